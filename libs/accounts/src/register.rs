//! Registration: a tenant, its first owner and its trial credits, in one transaction.

use igny8_billing::{PlanId, open_account};
use igny8_core::{Credits, Env, Error, Result, Role, TenantId, UserId, slugify};
use igny8_platform::audit;
use igny8_table::{Effects, Keys, TableError};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    Accounts, SignIn, Tenant, TenantStatus, User, UserStatus, Visitor,
    input::{self, Check},
    member::Membership,
    password,
    user::{Credential, EmailRow},
};

/// What it takes to register.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegisterInput {
    /// The name of the company or of the person.
    #[schema(min_length = 1, max_length = 100, example = "Acme Garage")]
    pub tenant_name: String,
    /// The email of the first owner.
    #[schema(format = "email", max_length = 254, example = "ana@example.com")]
    pub email: String,
    /// At least 10 characters, and not the email.
    #[schema(format = "password", min_length = 10, max_length = 1024, example = "correct horse battery")]
    pub password: String,
    /// How the first owner wants to be called.
    #[schema(max_length = 100, example = "Ana")]
    pub display_name: Option<String>,
}

/// A person who does not exist yet.
pub(crate) struct NewUser {
    pub(crate) user: User,
    pub(crate) credential: Credential,
}

impl NewUser {
    /// Hashes the password; email and password have been checked.
    pub(crate) async fn new(
        env: &Env,
        email: String,
        password: String,
        display_name: Option<String>,
        email_verified: bool,
    ) -> Result<Self> {
        let hash = password::hash(env, password).await?;
        let now = env.now();
        let id = UserId::new(now.millis(), env.random());
        let user = User {
            id,
            email,
            email_verified,
            display_name,
            status: UserStatus::Active,
            created_at: now,
            updated_at: now,
        };
        Ok(Self { user, credential: Credential { user_id: id, hash, generation: 1 } })
    }

    /// Adds the person, and the row that makes the email unique under the label `email`.
    pub(crate) fn create(&self, effects: &mut Effects) -> Result<(), TableError> {
        let keys = Keys::outside();
        let email = EmailRow { email: self.user.email.clone(), user_id: self.user.id };
        effects.create("email", &keys, &email)?;
        effects.create("user", &keys, &self.user)?;
        effects.create("credential", &keys, &self.credential)
    }
}

impl Accounts {
    /// Registers a new tenant with its first owner, grants the trial's credits and signs the owner in.
    pub async fn register(&self, visitor: &Visitor, input: RegisterInput, trial: Credits) -> Result<SignIn> {
        let mut check = Check::default();
        let name = check.field("tenant_name", input::name(&input.tenant_name));
        let email = check.field("email", crate::email(&input.email));
        check.field("password", input::new_password(&input.password, email.as_deref().unwrap_or_default()));
        let display_name = check.maybe("display_name", input.display_name.as_deref(), input::name);
        check.done()?;
        let (Some(name), Some(email)) = (name, email) else {
            return Err(Error::internal("a checked field is missing"));
        };

        let env = &visitor.env;
        let new = NewUser::new(env, email, input.password, display_name, false).await?;
        let now = env.now();
        let tenant = Tenant {
            id: TenantId::new(now.millis(), env.random()),
            slug: slugify(&name),
            name,
            plan: PlanId::Trial,
            status: TenantStatus::Trial,
            owners: 1,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let ctx = visitor.as_user(tenant.id, new.user.id, Role::Owner);
        let keys = Keys::new(&ctx);
        let mut effects = Effects::new();
        new.create(&mut effects)?;
        effects.create("tenant", &keys, &tenant)?;
        Membership::new(&ctx, new.user.id, Role::Owner, Vec::new()).create(&keys, &mut effects)?;
        open_account(&ctx, &mut effects, trial)?;
        let (session, refresh_token) = Self::open_session(&ctx, &mut effects, new.user.id, new.credential.generation)?;
        audit(&ctx, &mut effects, "tenant.registered", format!("tenant:{}", tenant.id))?;
        match self.table.transact("accounts.register", effects).await {
            Err(error) if error.failed("email") => {
                Err(Error::conflict("There is an account with this email already. Sign in, or reset the password."))
            }
            other => {
                other?;
                Ok(SignIn { user: new.user, tenant, role: Role::Owner, session, refresh_token })
            }
        }
    }
}
