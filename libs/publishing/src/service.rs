//! The publisher's service: sentences that start with publishing, as `publishing.publish(ctx, request)`.

use std::collections::{BTreeMap, HashSet};

use igny8_accounts::{Accounts, Host, InSite, Site};
use igny8_cloud::Cloud;
use igny8_content::{Content, ContentStatus, Contents};
use igny8_core::{ContentId, Credits, Ctx, DeploymentId, Error, Page, PageRequest, RecordId, Result, SiteId};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Entity, Keys, Query, Table, Update};
use igny8_work::{Job, JobCreate, NewItem, Work};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{Deployment, DeploymentView, PublishingRecord, deploy::DEPLOY};

/// The most contents of one request.
const MOST: usize = 200;
/// Contents per item: three rows each still fit into its transaction.
const PER_ITEM: usize = 28;
/// The destination that we host.
pub(crate) const HOSTED: &str = "igny8";
/// What a content has that is public there.
const PUBLIC: &str = "destinations.igny8";

/// What to publish, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PublishRequest {
    /// The contents, all of one site.
    pub content_ids: Vec<ContentId>,
    /// Where to: `igny8` is the site that we host.
    pub destinations: Vec<String>,
}

/// What publishing would start, and what somebody should know before. It is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublishPlan {
    /// How many items it would start.
    pub items: usize,
    /// What warns and does not block, in words: figures and quotations without a source.
    pub warnings: Vec<String>,
}

/// The publisher of all tenants. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Publishing {
    pub(crate) table: Table,
    pub(crate) cloud: Cloud,
    pub(crate) work: Work,
    pub(crate) accounts: Accounts,
    pub(crate) contents: Contents,
}

/// The address of a hosted site under the domain of the service; on loopback without TLS.
pub fn public_url(sites_domain: &str, label: &str) -> String {
    let scheme = if sites_domain.split(':').next() == Some("localhost") { "http" } else { "https" };
    format!("{scheme}://{label}.{sites_domain}")
}

impl Publishing {
    /// The publisher on a table.
    pub const fn new(table: Table, cloud: Cloud, work: Work, accounts: Accounts, contents: Contents) -> Self {
        Self { table, cloud, work, accounts, contents }
    }

    /// The public address of a site: its own domain once that is verified, else one under our domain.
    pub fn url_of(&self, site: &Site) -> Result<String> {
        if let (Some(domain), Some(_)) = (&site.domain, site.domain_verified_at) {
            return Ok(format!("https://{domain}"));
        }
        Ok(public_url(self.cloud.config().need("SITES_DOMAIN")?, &site.host))
    }

    /// What publishing would start, and what it warns about: claims are compared with the sources as they are now.
    pub async fn plan(&self, ctx: &Ctx, request: &PublishRequest) -> Result<PublishPlan> {
        let (_, contents) = self.to_publish(ctx, request).await?;
        let items = contents.len().div_ceil(PER_ITEM);
        Ok(PublishPlan { items, warnings: self.warnings(ctx, contents).await? })
    }

    /// Starts to publish contents.
    ///
    /// Errors: unknown content (404), unknown destination (422), one that must be approved first (409).
    pub async fn publish(&self, ctx: &Ctx, request: &PublishRequest) -> Result<Job> {
        let (site, contents) = self.to_publish(ctx, request).await?;
        let items = contents
            .chunks(PER_ITEM)
            .map(|chunk| {
                let ids: Vec<ContentId> = chunk.iter().map(|content| content.id).collect();
                let title = match chunk {
                    [one] => format!("{}: {}", site.name, one.title),
                    many => format!("{}: {} pages", site.name, many.len()),
                };
                NewItem { title, input: json!({ "site_id": site.id, "content_ids": ids }), price: Credits::ZERO }
            })
            .collect();
        self.work.create(ctx, JobCreate::new(ctx, DEPLOY, site.id, items)).await
    }

    /// Starts to deploy a site anew, with what is published.
    pub async fn deploy(&self, ctx: &Ctx, site: SiteId) -> Result<Job> {
        let site = self.accounts.site(ctx, site).await?;
        let none: [ContentId; 0] = [];
        let item = NewItem {
            title: site.name,
            input: json!({ "site_id": site.id, "content_ids": none }),
            price: Credits::ZERO,
        };
        self.work.create(ctx, JobCreate::new(ctx, DEPLOY, site.id, vec![item])).await
    }

    async fn to_publish(&self, ctx: &Ctx, request: &PublishRequest) -> Result<(Site, Vec<Content>)> {
        if request.destinations.is_empty() {
            return Err(Error::invalid("destinations", "name at least one; igny8 is the site that we host"));
        }
        if let Some(n) = request.destinations.iter().position(|destination| destination != HOSTED) {
            let field = format!("destinations[{n}]");
            return Err(Error::invalid(field, "there is no such destination; igny8 is the site that we host"));
        }
        let mut seen = HashSet::new();
        let ids: Vec<ContentId> = request.content_ids.iter().copied().filter(|id| seen.insert(*id)).collect();
        if ids.is_empty() || ids.len() > MOST {
            return Err(Error::invalid("content_ids", format!("send 1 to {MOST} ids")));
        }
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Content::key_of(&keys, *id)).collect();
        let found: Option<Vec<Content>> = self.table.get_many::<Content>(&wanted).await?.into_iter().collect();
        let contents = found.ok_or_else(|| Error::not_found("content"))?;
        let site = self.accounts.site(ctx, contents[0].site_id).await?;
        if contents.iter().any(|content| content.site_id != site.id) {
            return Err(Error::invalid("content_ids", "must all be of one site"));
        }
        if let Some(content) = contents.iter().find(|content| content.status == ContentStatus::Archived) {
            let message = format!("“{}” is put away. Make it a draft again, then publish it.", content.title);
            return Err(Error::conflict(message));
        }
        let review = self.contents.wants_review(ctx, &site).await?;
        if let Some(content) = contents.iter().find(|content| review && !is_approved(content)) {
            let message = format!("“{}” must be approved first: this site wants a review.", content.title);
            return Err(Error::conflict(message));
        }
        Ok((site, contents))
    }

    /// Pages of a site's records, newest first.
    pub async fn records(
        &self,
        ctx: &Ctx,
        site: SiteId,
        content: Option<ContentId>,
        page: PageRequest,
    ) -> Result<Page<PublishingRecord>> {
        self.accounts.site_with(ctx, site, [content.map(InSite::row::<Content>)]).await?;
        let keys = Keys::new(ctx);
        let mut query = Query::partition(keys.site_partition(site, PublishingRecord::KIND)).descending();
        if let Some(content) = content {
            query = query.filter(Cond::eq("content_id", content));
        }
        Ok(self.table.page(&keys, query, page).await?)
    }

    /// A record by its id.
    pub async fn record(&self, ctx: &Ctx, id: RecordId) -> Result<PublishingRecord> {
        let key = PublishingRecord::key_of(&Keys::new(ctx), id);
        let record = self.table.get::<PublishingRecord>(key).await?.ok_or_else(|| Error::not_found("record"))?;
        self.accounts.site(ctx, record.site_id).await?;
        Ok(record)
    }

    /// Pages of a site's deployments, newest first.
    pub async fn deployments(&self, ctx: &Ctx, site: SiteId, page: PageRequest) -> Result<Page<DeploymentView>> {
        let site = self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.site_partition(site.id, Deployment::KIND)).descending();
        let found = self.table.page::<Deployment>(&keys, query, page).await?;
        let (url, host) = (self.url_of(&site)?, self.host(&site).await?);
        Ok(found.map(|deployment| view(deployment, &url, &host)))
    }

    /// A deployment by its id.
    pub async fn deployment(&self, ctx: &Ctx, id: DeploymentId) -> Result<DeploymentView> {
        let deployment = self.stored(ctx, id).await?;
        let site = self.accounts.site(ctx, deployment.site_id).await?;
        Ok(view(deployment, &self.url_of(&site)?, &self.host(&site).await?))
    }

    /// Shows visitors an older version again, or a newer one: the pointer moves, nothing is rendered.
    pub async fn rollback(&self, ctx: &Ctx, id: DeploymentId) -> Result<DeploymentView> {
        let deployment = self.stored(ctx, id).await?;
        let site = self.accounts.site(ctx, deployment.site_id).await?;
        let host = self.host(&site).await?;
        let mut effects = Effects::new();
        effects.update("host", point_to(&host, &deployment));
        audit(ctx, &mut effects, "site.rolled_back", format!("deployment:{id}"))?;
        self.table.transact("publishing.rollback", effects).await?;
        self.deployment(ctx, id).await
    }

    async fn stored(&self, ctx: &Ctx, id: DeploymentId) -> Result<Deployment> {
        let key = Deployment::key_of(&Keys::new(ctx), id);
        self.table.get::<Deployment>(key).await?.ok_or_else(|| Error::not_found("deployment"))
    }

    pub(crate) async fn host(&self, site: &Site) -> Result<Host> {
        self.table.get::<Host>(Host::key_of(&site.host)).await?.ok_or_else(|| Error::not_found("site"))
    }

    /// Contents of a site that are public, by their id; also one that was edited since and waits for a review.
    pub(crate) async fn published(&self, ctx: &Ctx, site: SiteId) -> Result<BTreeMap<ContentId, Content>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.site_partition(site, Content::KIND)).filter(Cond::Has(PUBLIC));
        let found = self.table.query_all::<Content>(&keys, query, 5_000).await?;
        Ok(found.into_iter().map(|content| (content.id, content)).collect())
    }
}

/// The move of the pointer, if nobody has moved it since the host was read.
pub(crate) fn point_to(host: &Host, deployment: &Deployment) -> Update {
    Update::at(Host::key_of(&host.label))
        .set("live_prefix", &deployment.prefix)
        .set("deployment", deployment.id)
        .set_n("version", host.version + 1)
        .when(Cond::eq_n("version", host.version))
}

/// Whether a content may go public on a site that wants a review.
pub(crate) const fn is_approved(content: &Content) -> bool {
    matches!(content.status, ContentStatus::Approved | ContentStatus::Published)
}

fn view(deployment: Deployment, url: &str, host: &Host) -> DeploymentView {
    DeploymentView {
        live: host.deployment == Some(deployment.id),
        url: url.to_owned(),
        id: deployment.id,
        site_id: deployment.site_id,
        files: deployment.files,
        bytes: deployment.bytes,
        contents: deployment.contents,
        warnings: deployment.warnings,
        job_id: deployment.job_id,
        created_at: deployment.created_at,
    }
}
