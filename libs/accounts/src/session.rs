//! Signing in: sessions that refresh tokens keep alive, and what a person sees of themself.
//!
//! A refresh token is `<user>.<session>.<counter>.<secret>`. Half of the secret is the session's own and half is new
//! every time, so that a spent token is known to be ours: whoever shows one ends the session, and nobody can end a
//! session by its id alone. Only hashes of both are stored.

use std::time::Duration;

use igny8_core::{Ctx, Env, Error, Result, Role, SessionId, TenantId, Timestamp, UserId};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query, TableError, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    ACCESS_TOKEN_LIFE, Accounts, Signer, Tenant, TenantStatus, User, UserStatus, Visitor,
    member::{MemberOf, Membership},
    secret,
    user::Credential,
};

/// How long a refresh token is good for.
const REFRESH_TOKEN_LIFE: Duration = Duration::from_hours(30 * 24);

/// The fewest characters of a key with which a refresh may be repeated: a UUID has 36.
pub const REPEAT_KEY_LENGTH: usize = 32;

/// A sign-in of a person.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Session {
    id: SessionId,
    user_id: UserId,
    /// The tenant that its access tokens are for.
    tenant_id: TenantId,
    /// Counts refreshes; a token with a smaller number is spent.
    counter: u64,
    /// Hash of the half of the secret that stays.
    family_hash: String,
    /// Hash of the text of the one good token.
    token_hash: String,
    /// The generation of the credential with which it began.
    generation: u64,
    created_at: Timestamp,
    expires_at: Timestamp,
}

impl Session {
    fn key_of(user: UserId, id: SessionId) -> Key {
        Keys::global_child(User::KIND, user, Self::KIND, id)
    }
}

impl Entity for Session {
    const KIND: &'static str = "SESSION";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(self.user_id, self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// The parts of a refresh token.
#[derive(Debug, Clone, PartialEq, Eq)]
struct RefreshToken {
    user: UserId,
    session: SessionId,
    counter: u64,
    secret: String,
}

impl RefreshToken {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (user, session, counter, secret) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || !secret::is_secret(secret) {
            return None;
        }
        let token = Self {
            user: user.parse().ok()?,
            session: session.parse().ok()?,
            counter: counter.parse().ok()?,
            secret: secret.to_owned(),
        };
        (token.text() == text).then_some(token)
    }

    fn text(&self) -> String {
        format!("{}.{}.{}.{}", self.user, self.session, self.counter, self.secret)
    }

    fn family(&self) -> &str {
        &self.secret[..32]
    }

    /// The token that follows: the same family, another half.
    fn next(&self, env: &Env) -> Self {
        self.followed_by(&format!("{:032x}", env.random()))
    }

    /// The token that follows when the request names a key: who knows this token and the key makes the same one again.
    fn next_for(&self, key: &str) -> Self {
        self.followed_by(&secret::hash(&format!("{} {key}", self.text()))[..32])
    }

    fn followed_by(&self, half: &str) -> Self {
        Self { counter: self.counter + 1, secret: format!("{}{half}", self.family()), ..self.clone() }
    }
}

/// Someone who has just signed in. Not `Debug`: tokens are not for logs.
#[derive(Clone)]
pub struct SignIn {
    /// Who.
    pub user: User,
    /// In which tenant.
    pub tenant: Tenant,
    /// As what.
    pub role: Role,
    /// The session.
    pub session: SessionId,
    /// The one good refresh token.
    pub refresh_token: String,
}

/// The answer to every way of signing in. Not `Debug`: tokens are not for logs.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct SignedIn {
    /// For the `Authorization` header.
    pub access_token: String,
    /// For one refresh within 30 days.
    pub refresh_token: String,
    /// Always `Bearer`.
    #[schema(example = "Bearer")]
    pub token_type: String,
    /// For how many seconds the access token is good.
    #[schema(example = 900)]
    pub expires_in: u64,
    /// Who has signed in.
    pub user: User,
    /// In which tenant.
    pub tenant: Tenant,
    /// As what.
    pub role: Role,
}

impl SignIn {
    /// The answer, with an access token.
    pub fn answer(self, signer: &Signer, env: &Env) -> Result<SignedIn> {
        let access_token = signer.access_token(env, self.user.id, self.tenant.id, self.role, self.session)?;
        Ok(SignedIn {
            access_token,
            refresh_token: self.refresh_token,
            token_type: "Bearer".to_owned(),
            expires_in: ACCESS_TOKEN_LIFE.as_secs(),
            user: self.user,
            tenant: self.tenant,
            role: self.role,
        })
    }
}

/// What it takes to sign in.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginInput {
    /// The email.
    #[schema(format = "email", example = "ana@example.com")]
    pub email: String,
    /// The password.
    #[schema(format = "password", example = "correct horse battery")]
    pub password: String,
    /// In which tenant; the first one unless told.
    pub tenant_id: Option<TenantId>,
}

/// A refresh token, to be exchanged or ended.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshInput {
    /// The token.
    pub refresh_token: String,
}

/// Another tenant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SwitchInput {
    /// Which.
    pub tenant_id: TenantId,
}

/// A tenant that a person belongs to.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MyTenant {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// What the person may do there.
    pub role: Role,
}

/// What a person sees of themself.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Me {
    /// Who asks; null for a program with a key.
    pub user: Option<User>,
    /// The tenant of the token or key.
    pub tenant: Tenant,
    /// What may be done there.
    pub role: Role,
    /// The tenants to switch to, this one included; at most 200.
    pub tenants: Vec<MyTenant>,
}

fn ended() -> Error {
    Error::unauthenticated("The session has ended. Sign in again.")
}

impl Accounts {
    /// Whether a sign-in still counts: it was not ended, is not too old, and the password is the one of then.
    pub(crate) async fn session_lives(&self, ctx: &Ctx, user: UserId, id: SessionId) -> Result<bool> {
        let session = self.table.get::<Session>(Session::key_of(user, id)).await?;
        let Some(session) = session.filter(|session| session.expires_at > ctx.now()) else { return Ok(false) };
        let credential = self.table.get::<Credential>(Credential::key_of(user)).await?;
        Ok(credential.is_some_and(|credential| credential.generation == session.generation))
    }

    /// Adds a new session to the transaction; gives its id and its first refresh token.
    pub(crate) fn open_session(
        ctx: &Ctx,
        effects: &mut Effects,
        user: UserId,
        generation: u64,
    ) -> Result<(SessionId, String), TableError> {
        let now = ctx.now();
        let id = SessionId::new(now.millis(), ctx.env.random());
        let token = RefreshToken { user, session: id, counter: 1, secret: ctx.env.secret() };
        let session = Session {
            id,
            user_id: user,
            tenant_id: ctx.tenant,
            counter: 1,
            family_hash: secret::hash(token.family()),
            token_hash: secret::hash(&token.text()),
            generation,
            created_at: now,
            expires_at: now + REFRESH_TOKEN_LIFE,
        };
        effects.create("session", &Keys::outside(), &session)?;
        Ok((id, token.text()))
    }

    /// Signs a person in.
    pub async fn login(&self, visitor: &Visitor, input: LoginInput) -> Result<SignIn> {
        let (user, credential) = self.prove(&input.email, input.password).await?;
        let (ctx, tenant) =
            self.enter(visitor, user.id, input.tenant_id).await?.ok_or_else(|| match input.tenant_id {
                Some(_) => Error::not_found("tenant"),
                None => Error::forbidden("You do not belong to an account any more. Ask its owner for an invitation."),
            })?;
        let mut effects = Effects::new();
        let (session, refresh_token) = Self::open_session(&ctx, &mut effects, user.id, credential.generation)?;
        audit(&ctx, &mut effects, "user.signed_in", format!("user:{}", user.id))?;
        self.table.transact("accounts.login", effects).await?;
        Ok(SignIn { user, tenant, role: ctx.role, session, refresh_token })
    }

    /// Exchanges a refresh token for a new one. It can be done once: a second time ends the session, because one of
    /// the two has stolen it.
    ///
    /// A request that names a key may be repeated with it until the new token is used: the answer to the first may have
    /// been lost on its way, and that must not cost the session. Nothing is kept for that: the new token follows from the
    /// old one and the key. A key of less than [`REPEAT_KEY_LENGTH`] characters is passed over, as it could be guessed.
    ///
    /// Of calls at the very same moment one wins; the others are told to use its answer, and the session lives on.
    pub async fn refresh(&self, visitor: &Visitor, input: RefreshInput, repeat_key: Option<&str>) -> Result<SignIn> {
        let repeat_key = repeat_key.filter(|key| key.len() >= REPEAT_KEY_LENGTH);
        let token = RefreshToken::parse(&input.refresh_token).ok_or_else(ended)?;
        let key = Session::key_of(token.user, token.session);
        let session = self.table.get::<Session>(key.clone()).await?.ok_or_else(ended)?;
        let now = visitor.env.now();
        if session.expires_at <= now || !secret::matches(token.family(), &session.family_hash) {
            return Err(ended());
        }
        let next = repeat_key.map_or_else(|| token.next(&visitor.env), |key| token.next_for(key));
        let is_repeated = secret::matches(&next.text(), &session.token_hash);
        if token.counter < session.counter && !is_repeated {
            let ctx = visitor.as_user(session.tenant_id, session.user_id, Role::Viewer);
            let mut effects = Effects::new();
            effects.delete("session", key, None);
            audit(&ctx, &mut effects, "session.reuse_detected", format!("session:{}", session.id))?;
            self.table.transact("accounts.end_stolen_session", effects).await?;
            return Err(ended());
        }
        if !is_repeated && !secret::matches(&token.text(), &session.token_hash) {
            return Err(ended());
        }
        let credential = self.table.get::<Credential>(Credential::key_of(token.user)).await?.ok_or_else(ended)?;
        let user = self.user(token.user).await?;
        if credential.generation != session.generation || user.status == UserStatus::Disabled {
            return Err(ended());
        }
        let entered = match self.enter(visitor, user.id, Some(session.tenant_id)).await? {
            Some(entered) => Some(entered),
            // No longer a member of that one: any other tenant will do.
            None => self.enter(visitor, user.id, None).await?,
        };
        let (ctx, tenant) = entered.ok_or_else(ended)?;
        let answer = SignIn { user, tenant, role: ctx.role, session: session.id, refresh_token: next.text() };
        if is_repeated {
            return Ok(answer);
        }
        let expires_at = now + REFRESH_TOKEN_LIFE;
        let update = Update::at(key)
            .set("tenant_id", ctx.tenant)
            .set_n("counter", next.counter)
            .set("token_hash", secret::hash(&next.text()))
            .set("expires_at", expires_at)
            .set_n("ttl", expires_at.secs())
            .when(Cond::eq_n("counter", token.counter));
        let mut effects = Effects::new();
        effects.update("session", update);
        match self.table.transact("accounts.refresh", effects).await {
            Err(TableError::Condition(failed)) if failed.found.is_none() => Err(ended()),
            Err(TableError::Condition(_)) => {
                Err(Error::conflict("Another request is refreshing this session; use the tokens of its answer."))
            }
            other => {
                other?;
                Ok(answer)
            }
        }
    }

    /// Ends the session of a refresh token, spent or not. What is no token of ours changes nothing and is no error.
    pub async fn logout(&self, visitor: &Visitor, input: RefreshInput) -> Result<()> {
        let Some(token) = RefreshToken::parse(&input.refresh_token) else { return Ok(()) };
        let key = Session::key_of(token.user, token.session);
        let Some(session) = self.table.get::<Session>(key.clone()).await? else { return Ok(()) };
        if !secret::matches(token.family(), &session.family_hash) {
            return Ok(());
        }
        let ctx = visitor.as_user(session.tenant_id, session.user_id, Role::Viewer);
        let mut effects = Effects::new();
        effects.delete("session", key, None);
        audit(&ctx, &mut effects, "user.signed_out", format!("user:{}", session.user_id))?;
        Ok(self.table.transact("accounts.logout", effects).await?)
    }

    /// Signs the person of the context into another of their tenants: a new session takes the place of this one.
    pub async fn switch(&self, ctx: &Ctx, session: SessionId, input: SwitchInput) -> Result<SignIn> {
        let id = ctx.user().ok_or_else(|| Error::forbidden("A key belongs to one tenant."))?;
        let key = Session::key_of(id, session);
        let (old, credential) = (
            self.table.get::<Session>(key.clone()).await?.ok_or_else(ended)?,
            self.table.get::<Credential>(Credential::key_of(id)).await?.ok_or_else(ended)?,
        );
        let user = self.user(id).await?;
        let alive = old.expires_at > ctx.now() && old.generation == credential.generation;
        if !alive || user.status == UserStatus::Disabled {
            return Err(ended());
        }
        let visitor = Visitor { env: ctx.env.clone(), request_id: ctx.request_id.clone() };
        let (there, tenant) =
            self.enter(&visitor, id, Some(input.tenant_id)).await?.ok_or_else(|| Error::not_found("tenant"))?;
        let mut effects = Effects::new();
        effects.delete("old", key, Some(Cond::Exists));
        let (session, refresh_token) = Self::open_session(&there, &mut effects, id, credential.generation)?;
        audit(&there, &mut effects, "user.switched", format!("user:{id}"))?;
        match self.table.transact("accounts.switch", effects).await {
            Err(error) if error.failed("old") => Err(ended()),
            other => {
                other?;
                Ok(SignIn { user, tenant, role: there.role, session, refresh_token })
            }
        }
    }

    /// What the one who asks sees of themself.
    pub async fn me(&self, ctx: &Ctx) -> Result<Me> {
        let tenant = self.tenant(ctx).await?;
        let Some(id) = ctx.user() else {
            return Ok(Me { user: None, tenant, role: ctx.role, tenants: Vec::new() });
        };
        let user = self.user(id).await?;
        let of = self.memberships_of(id).await?;
        let role = of.iter().find(|one| one.tenant_id == ctx.tenant).map(|one| one.role).ok_or_else(ended)?;
        let visitor = Visitor { env: ctx.env.clone(), request_id: ctx.request_id.clone() };
        let keys: Vec<_> = of.iter().map(|one| tenant_key(&visitor, one)).collect();
        let tenants = self.table.get_many::<Tenant>(&keys).await?;
        let tenants = of.iter().zip(tenants).filter_map(|(one, tenant)| {
            let tenant = tenant.filter(|tenant| tenant.status != TenantStatus::Deleted)?;
            Some(MyTenant { id: tenant.id, name: tenant.name, role: one.role })
        });
        Ok(Me { user: Some(user), tenant, role, tenants: tenants.collect() })
    }

    /// The tenants of a person: at most 200, the oldest first.
    pub(crate) async fn memberships_of(&self, user: UserId) -> Result<Vec<Membership>> {
        let query = Query::partition(User::key_of(user).pk)
            .begins_with(format!("{}#", MemberOf::KIND))
            .limit(igny8_core::Limit::new(igny8_core::Limit::MAX).unwrap_or_default());
        let page = self.table.query::<MemberOf>(&Keys::outside(), query).await?;
        Ok(page.items.into_iter().map(|MemberOf(membership)| membership).collect())
    }

    /// The context of a person in a tenant of theirs: a given one, or the first that is not deleted.
    async fn enter(&self, visitor: &Visitor, user: UserId, tenant: Option<TenantId>) -> Result<Option<(Ctx, Tenant)>> {
        let memberships = match tenant {
            Some(tenant) => {
                let one = self.table.get::<MemberOf>(MemberOf::key_of(user, tenant)).await?;
                one.map(|MemberOf(membership)| membership).into_iter().collect()
            }
            None => self.memberships_of(user).await?,
        };
        for membership in memberships {
            let tenant = self.table.get::<Tenant>(tenant_key(visitor, &membership)).await?;
            if let Some(tenant) = tenant.filter(|tenant| tenant.status != TenantStatus::Deleted) {
                return Ok(Some((visitor.as_user(tenant.id, user, membership.role), tenant)));
            }
        }
        Ok(None)
    }
}

/// Where the tenant of a membership lives: the membership is the right to read it.
fn tenant_key(visitor: &Visitor, membership: &Membership) -> Key {
    let ctx = visitor.as_user(membership.tenant_id, membership.user_id, membership.role);
    Tenant::key_of(&Keys::new(&ctx))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use igny8_core::FixedClock;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_refresh_token_has_one_spelling(seed: u64, counter: u64) {
            let env = Env::fixed(Arc::new(FixedClock::default()), seed);
            let (user, session) = (UserId::new(5, env.random()), SessionId::new(6, env.random()));
            let token = RefreshToken { user, session, counter: counter >> 1, secret: env.secret() };
            prop_assert_eq!(RefreshToken::parse(&token.text()), Some(token.clone()));
            let next = token.next(&env);
            prop_assert_eq!(next.family(), token.family());
            prop_assert_ne!(next.text(), token.text());
            prop_assert_eq!(RefreshToken::parse(&format!("{}.", token.text())), None);
            prop_assert_eq!(RefreshToken::parse(&token.text().replacen('.', ".0", 2)), None);
        }

        #[test]
        fn anything_is_read_without_panic(text in "\\PC*") {
            prop_assert_eq!(RefreshToken::parse(&text), None);
        }
    }
}
