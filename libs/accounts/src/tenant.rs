//! Tenants: the customers, each behind its own wall.

use igny8_billing::PlanId;
use igny8_core::{Ctx, Error, Result, TenantId, Timestamp};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Entity, Key, Keys, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Accounts, expect_version,
    input::{self, Check},
};

/// How a tenant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TenantStatus {
    /// It tries the service.
    Trial,
    /// It pays.
    Active,
    /// A payment has failed; seven days of grace.
    PastDue,
    /// It may read, export and pay.
    Suspended,
    /// It has ended its plan.
    Cancelled,
    /// It is gone.
    Deleted,
}

/// A customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tenant {
    /// Its id.
    pub id: TenantId,
    /// Its name.
    pub name: String,
    /// Its name as part of an address; not unique.
    pub slug: String,
    /// Its plan.
    pub plan: PlanId,
    /// How it stands.
    pub status: TenantStatus,
    /// How many owners it has; never none.
    pub owners: u32,
    /// Since when it exists.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    pub version: u64,
}

impl Tenant {
    pub(crate) fn key_of(keys: &Keys) -> Key {
        keys.row(Self::KIND, "-")
    }

    /// The change of the number of owners. It fails where the last one would go.
    pub(crate) fn count_owners(keys: &Keys, by: i64) -> Update {
        let update = Update::at(Self::key_of(keys)).add("owners", by);
        if by < 0 { update.when(Cond::ge_n("owners", 1 - by)) } else { update.when(Cond::Exists) }
    }
}

impl Entity for Tenant {
    const KIND: &'static str = "TENANT";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys)
    }
}

/// A change of a tenant; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenantPatch {
    /// Another name; the slug follows.
    pub name: Option<String>,
}

impl Accounts {
    /// The tenant of the context.
    pub async fn tenant(&self, ctx: &Ctx) -> Result<Tenant> {
        self.table.get(Tenant::key_of(&Keys::new(ctx))).await?.ok_or_else(|| Error::not_found("tenant"))
    }

    /// Changes the tenant of the context.
    pub async fn change_tenant(&self, ctx: &Ctx, patch: TenantPatch, expected: Option<u64>) -> Result<Tenant> {
        let mut check = Check::default();
        let name = check.maybe("name", patch.name.as_deref(), input::name);
        check.done()?;
        let mut tenant = self.tenant(ctx).await?;
        expect_version(expected, tenant.version)?;
        let Some(name) = name else { return Ok(tenant) };
        let before = tenant.version;
        tenant.slug = igny8_core::slugify(&name);
        tenant.name = name;
        tenant.updated_at = ctx.now();
        tenant.version += 1;
        // Not the whole row: the number of owners may change beside us.
        let update = Update::at(Tenant::key_of(&Keys::new(ctx)))
            .set("name", &tenant.name)
            .set("slug", &tenant.slug)
            .set("updated_at", tenant.updated_at)
            .set_n("version", tenant.version)
            .when(Cond::eq_n("version", before));
        let mut effects = Effects::new();
        effects.update("tenant", update);
        audit(ctx, &mut effects, "tenant.changed", format!("tenant:{}", tenant.id))?;
        self.table.transact("accounts.change_tenant", effects).await?;
        Ok(tenant)
    }
}
