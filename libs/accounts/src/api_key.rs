//! API keys: programs that act in one tenant. The secret is shown once; only its hash is stored.

use igny8_core::{ApiKeyId, Ctx, Env, Error, Page, PageRequest, Result, Role, TenantId, Timestamp, UserId};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Accounts, Visibility, expect_version,
    input::{self, Check},
    secret,
};

/// How every key begins, so that people and secret scanners know one when they see it.
const PREFIX: &str = "igny8";

/// A key, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ApiKey {
    /// Its id.
    pub id: ApiKeyId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// What it is for.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// Until when it is good; without end when null.
    pub expires_at: Option<Timestamp>,
    /// Who made it; null for another key.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    pub version: u64,
}

impl ApiKey {
    fn key_of(keys: &Keys, id: ApiKeyId) -> Key {
        keys.row(Self::KIND, id)
    }
}

impl Entity for ApiKey {
    const KIND: &'static str = "APIKEY";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}

/// What a key is known by: whoever shows one is in no tenant yet.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct ApiKeyHash {
    id: ApiKeyId,
    tenant: TenantId,
    role: Role,
    secret_hash: String,
    expires_at: Option<Timestamp>,
}

impl ApiKeyHash {
    fn key_of(id: ApiKeyId) -> Key {
        Keys::global(Self::KIND, id)
    }
}

impl Entity for ApiKeyHash {
    const KIND: &'static str = "APIKEYHASH";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        self.expires_at
    }
}

/// A key to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyCreate {
    /// What it is for.
    #[schema(min_length = 1, max_length = 100, example = "Reporting")]
    pub name: String,
    /// viewer, editor or admin, and at most what its maker is.
    pub role: Role,
    /// Until when it is good.
    pub expires_at: Option<Timestamp>,
}

/// A change of a key; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyPatch {
    /// Another name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
}

/// A new key. Not `Debug`: the secret is not for logs.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ApiKeyCreated {
    /// The key.
    #[serde(flatten)]
    pub key: ApiKey,
    /// The text for `X-Api-Key`. It is shown this once: a repeated request with the same `Idempotency-Key` has null
    /// here, because we do not keep it.
    pub secret: Option<String>,
}

/// Whom a key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyIdentity {
    /// The tenant.
    pub tenant: TenantId,
    /// The key.
    pub id: ApiKeyId,
    /// What it may do.
    pub role: Role,
}

impl Accounts {
    /// Makes a key.
    pub async fn create_api_key(&self, ctx: &Ctx, input: ApiKeyCreate) -> Result<ApiKeyCreated> {
        let mut check = Check::default();
        let name = check.field("name", input::name(&input.name)).unwrap_or_default();
        let now = ctx.now();
        if input.expires_at.is_some_and(|expires_at| expires_at <= now) {
            check.field::<()>("expires_at", Err("must lie in the future"));
        }
        match input.role {
            Role::Owner => check.field::<()>("role", Err("must not be owner: a key cannot own")),
            Role::SystemBot => check.field("role", Err("must not be system_bot: that is the service itself")),
            Role::Viewer | Role::Editor | Role::Admin => None,
        };
        check.done()?;
        if input.role > ctx.role {
            return Err(Error::forbidden("A key cannot do more than its maker."));
        }
        if self.visible_sites(ctx).await? != Visibility::All {
            return Err(Error::forbidden("A key sees all sites; you are limited to some workspaces."));
        }
        let id = ApiKeyId::new(now.millis(), ctx.env.random());
        let text = format!("{PREFIX}_{id}_{}", ctx.env.secret());
        let key = ApiKey {
            id,
            tenant_id: ctx.tenant,
            name,
            role: input.role,
            expires_at: input.expires_at,
            created_by: ctx.user(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let hash = ApiKeyHash {
            id,
            tenant: ctx.tenant,
            role: key.role,
            secret_hash: secret::hash(&text),
            expires_at: key.expires_at,
        };
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.create("key", &keys, &key)?;
        effects.create("hash", &keys, &hash)?;
        audit(ctx, &mut effects, "api_key.created", format!("api_key:{id}"))?;
        // The answer is kept for a day, and the secret must not be.
        let mut created = ApiKeyCreated { key, secret: None };
        remember_answer(ctx, &mut effects, 201, &created)?;
        self.table.transact("accounts.create_api_key", effects).await?;
        created.secret = Some(text);
        Ok(created)
    }

    /// The keys of the tenant, the oldest first.
    pub async fn api_keys(&self, ctx: &Ctx, paging: PageRequest) -> Result<Page<ApiKey>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.partition(ApiKey::KIND));
        Ok(self.table.page(&keys, query, paging).await?)
    }

    /// One key of the tenant.
    pub async fn api_key(&self, ctx: &Ctx, id: ApiKeyId) -> Result<ApiKey> {
        let key = ApiKey::key_of(&Keys::new(ctx), id);
        self.table.get(key).await?.ok_or_else(|| Error::not_found("API key"))
    }

    /// Renames a key.
    pub async fn change_api_key(
        &self,
        ctx: &Ctx,
        id: ApiKeyId,
        patch: ApiKeyPatch,
        expected: Option<u64>,
    ) -> Result<ApiKey> {
        let mut check = Check::default();
        let name = check.maybe("name", patch.name.as_deref(), input::name);
        check.done()?;
        let mut key = self.api_key(ctx, id).await?;
        expect_version(expected, key.version)?;
        let Some(name) = name else { return Ok(key) };
        let before = key.version;
        key.name = name;
        key.updated_at = ctx.now();
        key.version += 1;
        let mut effects = Effects::new();
        effects.replace("key", &Keys::new(ctx), &key, before)?;
        audit(ctx, &mut effects, "api_key.changed", format!("api_key:{id}"))?;
        self.table.transact("accounts.change_api_key", effects).await?;
        Ok(key)
    }

    /// Ends a key at once.
    pub async fn revoke_api_key(&self, ctx: &Ctx, id: ApiKeyId) -> Result<()> {
        let key = self.api_key(ctx, id).await?;
        if key.role > ctx.role {
            return Err(Error::forbidden("This key may do more than you; ask an owner to end it."));
        }
        let mut effects = Effects::new();
        effects.delete("key", ApiKey::key_of(&Keys::new(ctx), id), Some(Cond::Exists));
        effects.delete("hash", ApiKeyHash::key_of(id), None);
        audit(ctx, &mut effects, "api_key.revoked", format!("api_key:{id}"))?;
        match self.table.transact("accounts.revoke_api_key", effects).await {
            Err(error) if error.failed("key") => Err(Error::not_found("API key")),
            other => Ok(other?),
        }
    }

    /// Whom the text of an `X-Api-Key` header belongs to; one read.
    pub async fn authenticate_key(&self, env: &Env, text: &str) -> Result<KeyIdentity> {
        let not_valid = || Error::unauthenticated("The API key is not valid.");
        let mut parts = text.split('_');
        let (Some(PREFIX), Some(id), Some(secret), None) = (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(not_valid());
        };
        let id: ApiKeyId = id.parse().map_err(|_| not_valid())?;
        if !secret::is_secret(secret) {
            return Err(not_valid());
        }
        let row = self.table.get::<ApiKeyHash>(ApiKeyHash::key_of(id)).await?.ok_or_else(not_valid)?;
        let expired = row.expires_at.is_some_and(|expires_at| expires_at <= env.now());
        if expired || !secret::matches(text, &row.secret_hash) {
            return Err(not_valid());
        }
        Ok(KeyIdentity { tenant: row.tenant, id, role: row.role })
    }
}
