//! Sectors: the topic areas of a site.

use igny8_core::{
    Ctx, Error, Page, PageRequest, Result, SectorId, SiteId, SiteScoped, TenantId, Timestamp, UserId, maybe_null,
};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Accounts, Site, expect_version,
    input::{self, Check},
};

/// A topic area of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sector {
    /// Its id.
    pub id: SectorId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// The site.
    pub site_id: SiteId,
    /// Its name.
    pub name: String,
    /// What it is about.
    pub description: Option<String>,
    /// Who made it; null for a program with a key.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    pub version: u64,
}

impl Sector {
    fn key_of(keys: &Keys, id: SectorId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }
}

impl Entity for Sector {
    const KIND: &'static str = "SECTOR";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}

/// A sector to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SectorCreate {
    /// Its name.
    #[schema(min_length = 1, max_length = 100, example = "Brakes")]
    pub name: String,
    /// What it is about.
    #[schema(max_length = 500)]
    pub description: Option<String>,
}

/// A change of a sector; what is left out stays, and null takes away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SectorPatch {
    /// Another name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// What it is about.
    #[serde(deserialize_with = "maybe_null")]
    #[schema(value_type = Option<String>, max_length = 500)]
    pub description: Option<Option<String>>,
}

fn description(text: &str) -> Result<String, &'static str> {
    input::line(text, 500)
}

impl Accounts {
    /// Makes a sector of a site.
    pub async fn create_sector(&self, ctx: &Ctx, site: SiteId, input: SectorCreate) -> Result<Sector> {
        let mut check = Check::default();
        let name = check.field("name", input::name(&input.name)).unwrap_or_default();
        let description = check.maybe("description", input.description.as_deref(), description);
        check.done()?;
        let site = self.site(ctx, site).await?;
        let now = ctx.now();
        let sector = Sector {
            id: SectorId::new(site.id, now.millis(), ctx.env.random()),
            tenant_id: ctx.tenant,
            site_id: site.id,
            name,
            description,
            created_by: ctx.user(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.check("site", Site::key_of(&keys, site.id), Cond::Exists);
        effects.create("sector", &keys, &sector)?;
        audit(ctx, &mut effects, "sector.created", format!("sector:{}", sector.id))?;
        remember_answer(ctx, &mut effects, 201, &sector)?;
        match self.table.transact("accounts.create_sector", effects).await {
            Err(error) if error.failed("site") => Err(Error::not_found("site")),
            other => {
                other?;
                Ok(sector)
            }
        }
    }

    /// The sectors of a site, the oldest first.
    pub async fn sectors(&self, ctx: &Ctx, site: SiteId, paging: PageRequest) -> Result<Page<Sector>> {
        let site = self.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.site_partition(site.id, Sector::KIND));
        Ok(self.table.page(&keys, query, paging).await?)
    }

    /// One sector of a site.
    pub async fn sector(&self, ctx: &Ctx, site: SiteId, id: SectorId) -> Result<Sector> {
        let site = self.site(ctx, site).await?;
        if id.site_tag() != site.id.site_tag() {
            return Err(Error::not_found("sector"));
        }
        self.table.get(Sector::key_of(&Keys::new(ctx), id)).await?.ok_or_else(|| Error::not_found("sector"))
    }

    /// Changes a sector.
    pub async fn change_sector(
        &self,
        ctx: &Ctx,
        site: SiteId,
        id: SectorId,
        patch: SectorPatch,
        expected: Option<u64>,
    ) -> Result<Sector> {
        let mut check = Check::default();
        let name = check.maybe("name", patch.name.as_deref(), input::name);
        let text = patch.description.map(|text| check.maybe("description", text.as_deref(), description));
        check.done()?;
        let before = self.sector(ctx, site, id).await?;
        expect_version(expected, before.version)?;
        let mut sector = before.clone();
        sector.name = name.unwrap_or(sector.name);
        sector.description = text.unwrap_or(sector.description);
        if sector == before {
            return Ok(sector);
        }
        sector.updated_at = ctx.now();
        sector.version += 1;
        let mut effects = Effects::new();
        effects.replace("sector", &Keys::new(ctx), &sector, before.version)?;
        audit(ctx, &mut effects, "sector.changed", format!("sector:{id}"))?;
        self.table.transact("accounts.change_sector", effects).await?;
        Ok(sector)
    }

    /// Removes a sector. What names it keeps the name of something that is not there any more, and reads as without.
    pub async fn delete_sector(&self, ctx: &Ctx, site: SiteId, id: SectorId) -> Result<()> {
        let sector = self.sector(ctx, site, id).await?;
        let mut effects = Effects::new();
        effects.delete("sector", Sector::key_of(&Keys::new(ctx), sector.id), None);
        audit(ctx, &mut effects, "sector.deleted", format!("sector:{id}"))?;
        Ok(self.table.transact("accounts.delete_sector", effects).await?)
    }
}
