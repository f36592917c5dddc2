//! Invitations: a row that admins see, a token that only the mail holds, and a person who accepts.

use std::time::Duration;

use igny8_core::{Ctx, Error, InvitationId, Page, PageRequest, Result, Role, TenantId, Timestamp, UserId, WorkspaceId};
use igny8_platform::{MailKind, audit, remember_answer, send_mail};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Accounts, SignIn, Tenant, User, Visitor,
    input::{self, Check},
    member::{Membership, check_limits, may_grant, may_manage},
    register::NewUser,
    secret,
};

/// How long an invitation is good for.
const LIFE: Duration = Duration::from_hours(7 * 24);

/// How far an invitation has come. Whether it has expired follows from `expires_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InvitationStatus {
    /// It waits.
    Pending,
    /// The person is a member.
    Accepted,
    /// It was taken back.
    Revoked,
}

/// An invitation of a person into a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Who is invited.
    pub email: String,
    /// As what.
    pub role: Role,
    /// Limited to which workspaces; none is no limit.
    pub workspace_ids: Vec<WorkspaceId>,
    /// How far it has come.
    pub status: InvitationStatus,
    /// Who has invited; null for a program with a key.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

impl Invitation {
    fn key_of(keys: &Keys, id: InvitationId) -> Key {
        keys.row(Self::KIND, id)
    }
}

impl Entity for Invitation {
    const KIND: &'static str = "INVITATION";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}

/// Keeps one open invitation per email and tenant.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Invitee {
    email: String,
    invitation: InvitationId,
    expires_at: Timestamp,
}

impl Invitee {
    fn key_of(keys: &Keys, email: &str) -> Key {
        keys.row(Self::KIND, email)
    }
}

impl Entity for Invitee {
    const KIND: &'static str = "INVITEE";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, &self.email)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Leads from a token to its invitation: whoever accepts is not signed in, so there is no tenant yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct InvitationToken {
    invitation: InvitationId,
    tenant: TenantId,
    token_hash: String,
    expires_at: Timestamp,
}

impl InvitationToken {
    fn key_of(id: InvitationId) -> Key {
        Keys::global(Self::KIND, id)
    }
}

impl Entity for InvitationToken {
    const KIND: &'static str = "INVITATIONTOKEN";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(self.invitation)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Who is to be invited.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InviteInput {
    /// The email.
    #[schema(format = "email", example = "bo@example.com")]
    pub email: String,
    /// As what: viewer, editor, admin or owner.
    pub role: Role,
    /// Limited to which workspaces; none is no limit. Only for viewers and editors.
    #[serde(default)]
    #[schema(max_items = 50)]
    pub workspace_ids: Vec<WorkspaceId>,
}

/// An answer to an invitation.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInput {
    /// The token of the link.
    pub token: String,
    /// The password to set, or the right one of who has an account already.
    #[schema(format = "password", max_length = 1024)]
    pub password: Option<String>,
    /// How a new person wants to be called.
    #[schema(max_length = 100)]
    pub display_name: Option<String>,
}

fn not_valid() -> Error {
    Error::invalid("token", "is not valid any more; ask for a new invitation")
}

impl Accounts {
    /// Invites someone by mail.
    pub async fn invite(&self, ctx: &Ctx, input: InviteInput) -> Result<Invitation> {
        may_grant(ctx.role, input.role)?;
        let mut check = Check::default();
        let email = check.field("email", crate::email(&input.email));
        check.done()?;
        let email = email.unwrap_or_default();
        let mut workspace_ids = input.workspace_ids;
        workspace_ids.sort_unstable();
        workspace_ids.dedup();
        check_limits(input.role, &workspace_ids)?;
        self.expect_workspaces(ctx, &workspace_ids).await?;
        let keys = Keys::new(ctx);
        if let Some(user) = self.user_id_by_email(&email).await?
            && self.table.get::<Membership>(Membership::key_of(&keys, user)).await?.is_some()
        {
            return Err(Error::conflict("This person is a member already."));
        }
        let tenant = self.tenant(ctx).await?;
        let inviter = match ctx.user() {
            Some(id) => Some(self.user(id).await?),
            None => None,
        };
        let now = ctx.now();
        let invitation = Invitation {
            id: InvitationId::new(now.millis(), ctx.env.random()),
            tenant_id: ctx.tenant,
            email,
            role: input.role,
            workspace_ids,
            status: InvitationStatus::Pending,
            created_by: ctx.user(),
            created_at: now,
            updated_at: now,
            expires_at: now + LIFE,
        };
        let token = format!("{}.{}", invitation.id, ctx.env.secret());
        let link = self.link(&format!("accept-invitation#token={token}"))?;
        let by = inviter.as_ref().map_or(tenant.name.as_str(), User::name);

        let mut effects = Effects::new();
        let expires_at = invitation.expires_at;
        let invitee = Invitee { email: invitation.email.clone(), invitation: invitation.id, expires_at };
        effects.put("invitee", &keys, &invitee, Some(Cond::NotExists.or(Cond::lt("expires_at", now))))?;
        effects.create("invitation", &keys, &invitation)?;
        let row = InvitationToken {
            invitation: invitation.id,
            tenant: ctx.tenant,
            token_hash: secret::hash(&token),
            expires_at,
        };
        effects.create("token", &keys, &row)?;
        let text = format!(
            "Hello,\n\n{by} invites you to {} on IGNY8, as {}. To accept, open this link within seven days:\n\n{link}\n\n\
             If you do not know why, do nothing.\n",
            tenant.name, invitation.role
        );
        let subject = format!("{by} invites you to {}", tenant.name);
        send_mail(&ctx.env, &mut effects, MailKind::Invitation, &invitation.email, subject, text)?;
        audit(ctx, &mut effects, "user.invited", format!("invitation:{}", invitation.id))?;
        remember_answer(ctx, &mut effects, 201, &invitation)?;
        match self.table.transact("accounts.invite", effects).await {
            Err(error) if error.failed("invitee") => {
                Err(Error::conflict("This person is invited already. Revoke that invitation to send another one."))
            }
            other => {
                other?;
                Ok(invitation)
            }
        }
    }

    /// The invitations of the tenant, the newest first.
    pub async fn invitations(&self, ctx: &Ctx, paging: PageRequest) -> Result<Page<Invitation>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.partition(Invitation::KIND)).descending();
        Ok(self.table.page(&keys, query, paging).await?)
    }

    /// One invitation of the tenant.
    pub async fn invitation(&self, ctx: &Ctx, id: InvitationId) -> Result<Invitation> {
        let key = Invitation::key_of(&Keys::new(ctx), id);
        self.table.get(key).await?.ok_or_else(|| Error::not_found("invitation"))
    }

    /// Takes an invitation back. One that was taken back before stays so.
    pub async fn revoke_invitation(&self, ctx: &Ctx, id: InvitationId) -> Result<()> {
        let keys = Keys::new(ctx);
        let invitation = self.invitation(ctx, id).await?;
        may_manage(ctx.role, invitation.role)?;
        match invitation.status {
            InvitationStatus::Revoked => return Ok(()),
            InvitationStatus::Accepted => {
                return Err(Error::conflict("The invitation was accepted. Remove the member instead."));
            }
            InvitationStatus::Pending => {}
        }
        let mut effects = Effects::new();
        Self::close(&keys, &mut effects, &invitation, "revoked", ctx.now());
        audit(ctx, &mut effects, "user.invitation_revoked", format!("invitation:{id}"))?;
        Ok(self.table.transact("accounts.revoke_invitation", effects).await?)
    }

    /// Adds the end of an invitation: nobody can use its token any more, and the email is free for another one.
    fn close(keys: &Keys, effects: &mut Effects, invitation: &Invitation, status: &str, now: Timestamp) {
        let update = Update::at(Invitation::key_of(keys, invitation.id))
            .set("status", status)
            .set("updated_at", now)
            .when(Cond::eq("status", "pending"));
        effects.update("invitation", update);
        effects.delete("token", InvitationToken::key_of(invitation.id), None);
        // An expired one may have made room for another invitation of the same person; that one stays.
        if invitation.expires_at > now {
            effects.delete("invitee", Invitee::key_of(keys, &invitation.email), None);
        }
    }

    /// Accepts an invitation and signs the person in: a new one with the password they choose, or one who has an
    /// account and proves it with its password.
    pub async fn accept_invitation(&self, visitor: &Visitor, input: AcceptInput) -> Result<SignIn> {
        let (id, _) = input.token.split_once('.').ok_or_else(not_valid)?;
        let id: InvitationId = id.parse().map_err(|_| not_valid())?;
        let row = self.table.get::<InvitationToken>(InvitationToken::key_of(id)).await?.ok_or_else(not_valid)?;
        let now = visitor.env.now();
        if row.expires_at <= now || !secret::matches(&input.token, &row.token_hash) {
            return Err(not_valid());
        }
        // Only to read the invitation; who acts is known further down.
        let reader = Ctx::system(row.tenant, &visitor.request_id, visitor.env.clone());
        let invitation = self.invitation(&reader, id).await?;
        let tenant = self.tenant(&reader).await?;
        let Some(password) = input.password else {
            return Err(Error::invalid("password", "is needed: a new one, or that of your account"));
        };

        let mut effects = Effects::new();
        let (user, generation) = if self.user_id_by_email(&invitation.email).await?.is_some() {
            let (mut user, credential) = self.prove(&invitation.email, password).await?;
            user.email_verified = true;
            user.updated_at = now;
            effects.update("user", User::verified(user.id, now));
            (user, credential.generation)
        } else {
            let mut check = Check::default();
            check.field("password", input::new_password(&password, &invitation.email));
            let name = check.maybe("display_name", input.display_name.as_deref(), input::name);
            check.done()?;
            let new = NewUser::new(&visitor.env, invitation.email.clone(), password, name, true).await?;
            new.create(&mut effects)?;
            (new.user, new.credential.generation)
        };
        let ctx = visitor.as_user(row.tenant, user.id, invitation.role);
        let keys = Keys::new(&ctx);
        Membership::new(&ctx, user.id, invitation.role, invitation.workspace_ids.clone())
            .create(&keys, &mut effects)?;
        if invitation.role == Role::Owner {
            effects.update("tenant", Tenant::count_owners(&keys, 1));
        }
        Self::close(&keys, &mut effects, &invitation, "accepted", now);
        let (session, refresh_token) = Self::open_session(&ctx, &mut effects, user.id, generation)?;
        audit(&ctx, &mut effects, "user.joined", format!("user:{}", user.id))?;
        match self.table.transact("accounts.accept_invitation", effects).await {
            Err(error) if error.failed("member") => Err(Error::conflict("You are a member already. Sign in instead.")),
            Err(error) if error.failed("invitation") => Err(not_valid()),
            other => {
                other?;
                Ok(SignIn { user, tenant, role: ctx.role, session, refresh_token })
            }
        }
    }
}
