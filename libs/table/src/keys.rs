//! Keys: the only place where one is built.

use std::fmt::Display;

use igny8_core::{Ctx, SiteScoped, TenantId};

/// The primary key of a row.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Partition key.
    pub pk: String,
    /// Sort key.
    pub sk: String,
}

/// Makes the keys of one tenant.
///
/// Another tenant's key cannot be made from them: the tenant is in the prefix, and no argument can get out of it.
#[derive(Debug, Clone)]
pub struct Keys {
    prefix: String,
}

impl Keys {
    /// The keys of the context's tenant.
    pub fn new(ctx: &Ctx) -> Self {
        Self::of(ctx.tenant)
    }

    /// The keys for a request that is not in a tenant yet (signing in): it reaches rows outside of tenants alone.
    pub fn outside() -> Self {
        Self { prefix: "T##".to_owned() }
    }

    /// Whose row this is, by its partition key; none for what is outside of tenants. For readers of the stream, who are
    /// given rows and not asked by anyone.
    pub fn tenant_of(pk: &str) -> Option<TenantId> {
        pk.strip_prefix("T#")?.split('#').next()?.parse().ok()
    }

    pub(crate) fn of(tenant: TenantId) -> Self {
        Self { prefix: format!("T#{tenant}#") }
    }

    pub(crate) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// A partition of the tenant: all rows of a kind.
    pub fn partition(&self, kind: &str) -> String {
        format!("{}{kind}", self.prefix)
    }

    /// A row of the tenant.
    pub fn row(&self, kind: &str, sk: impl Display) -> Key {
        Key { pk: self.partition(kind), sk: sk.to_string() }
    }

    /// A partition of a site: all rows of a kind.
    pub fn site_partition(&self, site: impl SiteScoped, kind: &str) -> String {
        format!("{}{}#{kind}", self.prefix, site.site_tag())
    }

    /// A row of a site.
    pub fn site_row(&self, site: impl SiteScoped, kind: &str, sk: impl Display) -> Key {
        Key { pk: self.site_partition(site, kind), sk: sk.to_string() }
    }

    /// A partition of the children of a parent, as the items of a job.
    pub fn child_partition(&self, parent_kind: &str, parent: impl Display, kind: &str) -> String {
        format!("{}{parent_kind}#{parent}#{kind}", self.prefix)
    }

    /// A child of a parent.
    pub fn child_row(&self, parent_kind: &str, parent: impl Display, kind: &str, sk: impl Display) -> Key {
        Key { pk: self.child_partition(parent_kind, parent, kind), sk: sk.to_string() }
    }

    /// A row outside of tenants: an external key (email, host, hash of a token) that is unique in the whole system.
    pub fn global(kind: &str, natural: impl Display) -> Key {
        Key { pk: format!("{kind}#{natural}"), sk: "-".to_owned() }
    }

    /// A row outside of tenants that hangs on another one, as the sessions of a person.
    pub fn global_child(kind: &str, natural: impl Display, child_kind: &str, sk: impl Display) -> Key {
        Key { pk: format!("{kind}#{natural}"), sk: format!("{child_kind}#{sk}") }
    }
}
