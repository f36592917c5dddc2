//! Accounts: tenants, people and their sessions, tokens, memberships, workspaces, sites, sectors and API keys.
//!
//! It knows nothing of HTTP. Which role may call which route stands in `api`; here are the rules that depend on what is
//! stored: who may lift whom, who is the last owner, who sees which site. The access patterns stand in README.md.

mod api_key;
mod host;
mod input;
mod invitation;
mod member;
mod password;
mod register;
mod reset;
mod secret;
mod sector;
mod session;
mod site;
mod site_service;
mod tenant;
mod token;
mod user;
mod workspace;

use igny8_cloud::Cloud;
use igny8_core::{Actor, Ctx, Env, Error, ErrorKind, Result, Role, TenantId, UserId};
use igny8_table::Table;

pub use api_key::{ApiKey, ApiKeyCreate, ApiKeyCreated, ApiKeyPatch, KeyIdentity};
pub use host::{Host, host_label};
pub use input::{domain, email, locale};
pub use invitation::{AcceptInput, Invitation, InvitationStatus, InviteInput};
pub use member::{Member, MemberPatch, Membership};
pub use register::RegisterInput;
pub use reset::{ResetConfirmInput, ResetInput};
pub use sector::{Sector, SectorCreate, SectorPatch};
pub use session::{LoginInput, Me, MyTenant, RefreshInput, SignIn, SignedIn, SwitchInput};
pub use site::{HostingType, Review, Site, SiteCreate, SitePatch, SiteSettings, SiteSettingsPatch, SiteType};
pub use site_service::{InSite, SiteQuery, Visibility};
pub use tenant::{Tenant, TenantPatch, TenantStatus};
pub use token::{ACCESS_TOKEN_LIFE, Claims, KeyPair, Signer, TokenError, Verifier, generate_key};
pub use user::{User, UserStatus};
pub use workspace::{Workspace, WorkspaceCreate, WorkspacePatch};

/// The accounts service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Accounts {
    table: Table,
    cloud: Cloud,
}

impl Accounts {
    /// Accounts on a table; `APP_URL` of the cloud's configuration begins the links in mails.
    pub const fn new(table: Table, cloud: Cloud) -> Self {
        Self { table, cloud }
    }

    /// An address of the SPA. A token goes behind the #: browsers keep that to themselves, so no log of the edge has it.
    fn link(&self, path: &str) -> Result<String> {
        let base = self.cloud.config().need("APP_URL")?;
        Ok(format!("{}/{path}", base.trim_end_matches('/')))
    }
}

/// Who asks without being signed in: to register, to sign in, to accept an invitation.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Time and chance.
    pub env: Env,
    /// Names the request in the audit trail.
    pub request_id: String,
}

impl Visitor {
    /// The context in which the visitor acts once it is known who it is.
    fn as_user(&self, tenant: TenantId, user: UserId, role: Role) -> Ctx {
        Ctx {
            tenant,
            actor: Actor::User(user),
            role,
            request_id: self.request_id.clone(),
            idempotency: None,
            env: self.env.clone(),
        }
    }
}

/// Refuses when the caller has seen another version than the one that is stored.
fn expect_version(expected: Option<u64>, stored: u64) -> Result<()> {
    match expected {
        Some(expected) if expected != stored => Err(Error::new(
            ErrorKind::VersionMismatch,
            "It was changed by someone else in the meantime. Load it again and repeat.",
        )),
        _ => Ok(()),
    }
}
