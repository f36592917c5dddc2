//! What is done with sites, and who sees which.

use std::fmt::Display;

use igny8_core::{Ctx, Error, Page, PageRequest, Result, Role, SectorId, SiteId, SiteScoped, SiteTag, WorkspaceId};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Keys, Query, TableError};

use crate::{
    Accounts, Host, HostingType, Membership, Sector, Site, SiteCreate, SitePatch, SiteSettings, SiteSettingsPatch,
    Workspace, expect_version,
    host::{DomainName, candidate, host_label},
    input::{self, Check},
    site::{DeletedSite, TagRow},
};

/// So many labels and tags are tried for a new site. Tags collide once in a million for the second site of a tenant.
const ATTEMPTS: u32 = 12;

/// The most sites of a tenant that are read for one answer.
const MOST_SITES: usize = 10_000;

/// Which sites of the tenant a context may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Visibility {
    /// All of them.
    All,
    /// Those of these workspaces.
    Workspaces(Vec<WorkspaceId>),
}

impl Visibility {
    /// True when what belongs to this workspace (or to none) may be seen.
    pub fn allows(&self, workspace: Option<WorkspaceId>) -> bool {
        match self {
            Self::All => true,
            Self::Workspaces(ids) => workspace.is_some_and(|id| ids.contains(&id)),
        }
    }
}

/// A row of a site that a filter names.
#[derive(Debug, Clone)]
pub struct InSite {
    kind: &'static str,
    tag: SiteTag,
    id: String,
}

impl InSite {
    /// A row that stands under its id, as a cluster.
    pub fn row<E: Entity>(id: impl SiteScoped + Display) -> Self {
        Self { kind: E::KIND, tag: id.site_tag(), id: id.to_string() }
    }

    /// A sector.
    pub fn sector(id: SectorId) -> Self {
        Self::row::<Sector>(id)
    }
}

/// Which sites to list.
#[derive(Debug, Clone, Default)]
pub struct SiteQuery {
    /// Only those of this workspace.
    pub workspace_id: Option<WorkspaceId>,
    /// Only those that live there.
    pub hosting_type: Option<HostingType>,
}

fn taken(error: TableError) -> Error {
    if error.failed("workspace") {
        Error::not_found("workspace")
    } else if error.failed("domain") {
        Error::conflict("Another site is served under this domain.")
    } else {
        error.into()
    }
}

impl Accounts {
    /// Which sites the context may see: all, unless its person is limited to workspaces.
    pub async fn visible_sites(&self, ctx: &Ctx) -> Result<Visibility> {
        let Some(user) = ctx.user().filter(|_| ctx.role < Role::Admin) else { return Ok(Visibility::All) };
        let membership = self.table.get::<Membership>(Membership::key_of(&Keys::new(ctx), user)).await?;
        let membership =
            membership.ok_or_else(|| Error::forbidden("You are not a member of this account any more."))?;
        Ok(match membership.workspace_ids {
            ids if ids.is_empty() => Visibility::All,
            ids => Visibility::Workspaces(ids),
        })
    }

    /// Makes a site, with a host of its own.
    pub async fn create_site(&self, ctx: &Ctx, input: SiteCreate) -> Result<Site> {
        let mut check = Check::default();
        let name = check.field("name", input::name(&input.name)).unwrap_or_default();
        let domain = check.maybe("domain", input.domain.as_deref(), input::domain);
        let industry = check.maybe("industry", input.industry.as_deref(), input::name);
        let locale = check.maybe("locale", input.locale.as_deref(), input::locale).unwrap_or_else(|| "en".to_owned());
        check.done()?;
        if !self.visible_sites(ctx).await?.allows(input.workspace_id) {
            return Err(Error::not_found("workspace"));
        }
        let now = ctx.now();
        let label = host_label(&name);
        let mut site = Site {
            id: SiteId::new(now.millis(), ctx.env.random()),
            tenant_id: ctx.tenant,
            name,
            domain,
            domain_verified_at: None,
            host: label.clone(),
            site_type: input.site_type,
            hosting_type: input.hosting_type,
            industry,
            locale,
            workspace_id: input.workspace_id,
            settings: SiteSettings::default(),
            created_by: ctx.user(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let mut labels = 0;
        for _ in 0..ATTEMPTS {
            match self.table.transact("accounts.create_site", Self::creation(ctx, &site)?).await {
                Ok(()) => return Ok(site),
                Err(error) if error.failed("host") => {
                    labels += 1;
                    site.host = candidate(ctx, &label, labels);
                }
                Err(error) if error.failed("tag") => site.id = SiteId::new(now.millis(), ctx.env.random()),
                Err(error) => return Err(taken(error)),
            }
        }
        Err(Error::unavailable("no free host or tag was found for a new site"))
    }

    fn creation(ctx: &Ctx, site: &Site) -> Result<Effects> {
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.create("site", &keys, site)?;
        effects.create("tag", &keys, &TagRow { tag: site.id.site_tag().to_string(), site: site.id })?;
        let host = Host {
            label: site.host.clone(),
            tenant: ctx.tenant,
            site: site.id,
            live_prefix: None,
            deployment: None,
            version: 1,
        };
        effects.create("host", &keys, &host)?;
        if let Some(workspace) = site.workspace_id {
            effects.update("workspace", Workspace::count_sites(&keys, workspace, 1));
        }
        audit(ctx, &mut effects, "site.created", format!("site:{}", site.id))?;
        remember_answer(ctx, &mut effects, 201, site)?;
        Ok(effects)
    }

    /// The sites that the context may see, the oldest first.
    pub async fn sites(&self, ctx: &Ctx, query: &SiteQuery, paging: PageRequest) -> Result<Page<Site>> {
        let keys = Keys::new(ctx);
        let mut list = Query::partition(keys.partition("SITE"));
        if let Visibility::Workspaces(ids) = self.visible_sites(ctx).await? {
            list = list.filter(Cond::any_of("workspace_id", ids));
        }
        if let Some(workspace) = query.workspace_id {
            self.workspace(ctx, workspace).await?;
            list = list.filter(Cond::eq("workspace_id", workspace));
        }
        if let Some(hosting_type) = query.hosting_type {
            let text = serde_json::to_value(hosting_type).map_err(Error::internal)?;
            list = list.filter(Cond::eq("hosting_type", text.as_str().unwrap_or_default()));
        }
        Ok(self.table.page(&keys, list, paging).await?)
    }

    /// The ids of the sites of these workspaces.
    pub async fn site_ids(&self, ctx: &Ctx, workspaces: Vec<WorkspaceId>) -> Result<Vec<SiteId>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.partition(Site::KIND)).filter(Cond::any_of("workspace_id", workspaces));
        let sites = self.table.query_all::<Site>(&keys, query, MOST_SITES).await?;
        Ok(sites.into_iter().map(|site| site.id).collect())
    }

    /// One site that the context may see.
    pub async fn site(&self, ctx: &Ctx, id: SiteId) -> Result<Site> {
        let site = self.table.get::<Site>(Site::key_of(&Keys::new(ctx), id)).await?;
        let site = site.ok_or_else(|| Error::not_found("site"))?;
        if self.visible_sites(ctx).await?.allows(site.workspace_id) { Ok(site) } else { Err(Error::not_found("site")) }
    }

    /// The site of a list, whose filters name these rows.
    ///
    /// Errors: the site is not there or not for the caller, or one of the rows is not in it (404). So a list never
    /// tells the id of another tenant from one that matches nothing.
    pub async fn site_with(
        &self,
        ctx: &Ctx,
        site: SiteId,
        named: impl IntoIterator<Item = Option<InSite>>,
    ) -> Result<Site> {
        let site = self.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        // Collected, as what is borrowed over an await must be known to be `Send`.
        let named: Vec<InSite> = named.into_iter().flatten().collect();
        for InSite { kind, tag, id } in named {
            let there =
                tag == site.id.site_tag() && self.table.get_item(keys.site_row(site.id, kind, id)).await?.is_some();
            if !there {
                return Err(Error::not_found(&kind.to_lowercase()));
            }
        }
        Ok(site)
    }

    /// The site in which something lives, by its id, if the context may see it.
    pub async fn site_of(&self, ctx: &Ctx, id: impl SiteScoped) -> Result<Site> {
        let key = TagRow::key_of(&Keys::new(ctx), id.site_tag());
        let tag = self.table.get::<TagRow>(key).await?.ok_or_else(|| Error::not_found("site"))?;
        self.site(ctx, tag.site).await
    }

    /// Changes a site.
    pub async fn change_site(&self, ctx: &Ctx, id: SiteId, patch: SitePatch, expected: Option<u64>) -> Result<Site> {
        let mut check = Check::default();
        let name = check.maybe("name", patch.name.as_deref(), input::name);
        let domain = patch.domain.map(|text| check.maybe("domain", text.as_deref(), input::domain));
        let industry = patch.industry.map(|text| check.maybe("industry", text.as_deref(), input::name));
        let locale = check.maybe("locale", patch.locale.as_deref(), input::locale);
        check.done()?;
        let before = self.site(ctx, id).await?;
        expect_version(expected, before.version)?;
        let mut site = before.clone();
        site.name = name.unwrap_or(site.name);
        site.site_type = patch.site_type.unwrap_or(site.site_type);
        site.hosting_type = patch.hosting_type.unwrap_or(site.hosting_type);
        site.industry = industry.unwrap_or(site.industry);
        site.locale = locale.unwrap_or(site.locale);
        site.workspace_id = patch.workspace_id.unwrap_or(site.workspace_id);
        site.domain = domain.unwrap_or(site.domain);
        if site == before {
            return Ok(site);
        }

        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        if site.domain != before.domain
            && let (Some(domain), Some(_)) = (&before.domain, before.domain_verified_at)
        {
            effects.delete("domain", DomainName::key_of(domain), None);
            site.domain_verified_at = None;
        }
        if site.workspace_id != before.workspace_id {
            if !self.visible_sites(ctx).await?.allows(site.workspace_id) {
                return Err(Error::not_found("workspace"));
            }
            if let Some(workspace) = before.workspace_id {
                effects.update("workspace", Workspace::count_sites(&keys, workspace, -1));
            }
            if let Some(workspace) = site.workspace_id {
                effects.update("workspace", Workspace::count_sites(&keys, workspace, 1));
            }
        }
        self.write_site(ctx, "accounts.change_site", "site.changed", effects, site).await
    }

    /// Writes the next version of a site that was read as it is but for the changes.
    async fn write_site(
        &self,
        ctx: &Ctx,
        point: igny8_cloud::failpoint::Point,
        deed: &str,
        mut effects: Effects,
        mut site: Site,
    ) -> Result<Site> {
        let before = site.version;
        site.updated_at = ctx.now();
        site.version += 1;
        effects.replace("site", &Keys::new(ctx), &site, before)?;
        audit(ctx, &mut effects, deed, format!("site:{}", site.id))?;
        self.table.transact(point, effects).await.map_err(taken)?;
        Ok(site)
    }

    /// Changes how a site is to be treated.
    pub async fn change_site_settings(
        &self,
        ctx: &Ctx,
        id: SiteId,
        patch: SiteSettingsPatch,
        expected: Option<u64>,
    ) -> Result<Site> {
        if patch.review_first.is_some_and(|first| !(1..=1000).contains(&first)) {
            return Err(Error::invalid("review_first", "must be between 1 and 1000"));
        }
        let before = self.site(ctx, id).await?;
        expect_version(expected, before.version)?;
        let mut site = before.clone();
        site.settings.review = patch.review.unwrap_or(site.settings.review);
        site.settings.review_first = patch.review_first.unwrap_or(site.settings.review_first);
        if site == before {
            return Ok(site);
        }
        self.write_site(ctx, "accounts.change_site_settings", "site.settings_changed", Effects::new(), site).await
    }

    /// Serves the site under its own domain from now on. The caller has proof that the domain is the tenant's (or is a
    /// laptop, where nobody else is).
    pub async fn attach_domain(&self, ctx: &Ctx, id: SiteId) -> Result<Site> {
        let mut site = self.site(ctx, id).await?;
        let Some(domain) = site.domain.clone() else {
            return Err(Error::conflict("The site has no domain yet. Set one first."));
        };
        if site.domain_verified_at.is_some() {
            return Ok(site);
        }
        let mut effects = Effects::new();
        let row = DomainName { domain, label: site.host.clone(), site: id };
        effects.create("domain", &Keys::outside(), &row)?;
        site.domain_verified_at = Some(ctx.now());
        self.write_site(ctx, "accounts.attach_domain", "site.domain_attached", effects, site).await
    }

    /// Deletes a site: it is out of every list and off the net at once, its host and domain are free again. The rows
    /// of its content stay where they are, out of reach, until they are cleaned up.
    pub async fn delete_site(&self, ctx: &Ctx, id: SiteId, expected: Option<u64>) -> Result<()> {
        let site = self.site(ctx, id).await?;
        expect_version(expected, site.version)?;
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.delete("site", Site::key_of(&keys, id), Some(Cond::eq_n("version", site.version)));
        effects.delete("host", Host::key_of(&site.host), None);
        if let (Some(domain), Some(_)) = (&site.domain, site.domain_verified_at) {
            effects.delete("domain", DomainName::key_of(domain), None);
        }
        if let Some(workspace) = site.workspace_id {
            effects.update("workspace", Workspace::count_sites(&keys, workspace, -1));
        }
        effects.create("deleted", &keys, &DeletedSite { site, deleted_at: ctx.now() })?;
        audit(ctx, &mut effects, "site.deleted", format!("site:{id}"))?;
        Ok(self.table.transact("accounts.delete_site", effects).await?)
    }
}
