//! Clusters: starting to cluster, lists, changes.

use igny8_accounts::InSite;
use igny8_core::{
    ClusterId, Credits, Ctx, Error, KeywordId, Limit, Page, PageRequest, Result, SectorId, SiteId, SiteScoped,
};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Index, Keys, Query, Update};
use igny8_work::{Job, JobCreate, NewItem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Planning, expect_version};
use crate::{
    entity::{Cluster, ClusterName, Keyword, KeywordStatus},
    normal_form,
    step::AUTO_CLUSTER,
};

/// The most keyword ids of one request.
const MOST_IDS: usize = 50;
/// Keywords per item: one credit's worth, and 30 new clusters still fit into its transaction.
pub(crate) const PER_ITEM: usize = 30;
/// The most keywords that one clustering of all new ones takes.
const MOST_NEW: usize = 30_000;
/// The longest name of a cluster, in characters.
pub(crate) const LONGEST_NAME: usize = 120;

/// Which keywords to cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClusterSelection {
    /// These, at most 50.
    Ids(Vec<KeywordId>),
    /// All new ones of the site.
    AllNew,
}

/// A cluster made by hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterCreate {
    /// The site.
    pub site_id: SiteId,
    /// The sector of the site.
    #[serde(default)]
    pub sector_id: Option<SectorId>,
    /// A short name, unique within the site and sector.
    pub name: String,
    /// What its searchers want.
    #[serde(default)]
    pub description: String,
}

/// A change of a cluster; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterUpdate {
    /// A short name.
    #[serde(default)]
    pub name: Option<String>,
    /// What its searchers want.
    #[serde(default)]
    pub description: Option<String>,
}

/// What a clustering will do.
#[derive(Debug)]
pub(crate) struct ClusterPlan {
    pub items: Vec<NewItem>,
}

impl Planning {
    /// What a clustering would start and cost.
    pub async fn plan_clustering(
        &self,
        ctx: &Ctx,
        site: SiteId,
        selection: ClusterSelection,
    ) -> Result<(Credits, usize)> {
        let plan = self.clustering(ctx, site, selection).await?;
        Ok((plan.items.iter().map(|item| item.price).sum(), plan.items.len()))
    }

    /// Starts to cluster keywords of a site.
    ///
    /// Errors: unknown keyword (404), more than 50 ids or none that is new (422), too few credits (402).
    pub async fn cluster(&self, ctx: &Ctx, site: SiteId, selection: ClusterSelection) -> Result<Job> {
        let plan = self.clustering(ctx, site, selection).await?;
        self.work.create(ctx, JobCreate::new(ctx, AUTO_CLUSTER, site, plan.items)).await
    }

    async fn clustering(&self, ctx: &Ctx, site: SiteId, selection: ClusterSelection) -> Result<ClusterPlan> {
        self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let mut keywords = match selection {
            ClusterSelection::Ids(ids) if ids.is_empty() || ids.len() > MOST_IDS => {
                let message = format!("send 1 to {MOST_IDS} ids, or all_new: true for every new keyword");
                return Err(Error::invalid("keyword_ids", message));
            }
            ClusterSelection::Ids(mut ids) => {
                ids.sort_unstable();
                ids.dedup();
                if ids.iter().any(|id| id.site_tag() != site.site_tag()) {
                    return Err(Error::not_found("keyword"));
                }
                let wanted: Vec<_> = ids.iter().map(|id| Keyword::key_of(&keys, *id)).collect();
                let found = self.table.get_many::<Keyword>(&wanted).await?;
                let found: Option<Vec<_>> = found.into_iter().collect();
                found.ok_or_else(|| Error::not_found("keyword"))?
            }
            ClusterSelection::AllNew => {
                let query = Query::partition(keys.site_partition(site, Keyword::KIND))
                    .filter(Cond::eq("status", KeywordStatus::New));
                self.table.query_all::<Keyword>(&keys, query, MOST_NEW).await?
            }
        };
        keywords.retain(|keyword| keyword.status == KeywordStatus::New);
        if keywords.is_empty() {
            return Err(Error::invalid("keyword_ids", "none of these keywords is new; there is nothing to cluster"));
        }
        // Neighbours by sector and name often belong together, so they share a request.
        keywords.sort_by_cached_key(|keyword| (keyword.sector_id, normal_form(&keyword.keyword)));
        let mut items = Vec::new();
        for same_sector in keywords.chunk_by(|a, b| a.sector_id == b.sector_id) {
            for chunk in same_sector.chunks(PER_ITEM) {
                let ids: Vec<_> = chunk.iter().map(|keyword| keyword.id).collect();
                items.push(NewItem {
                    title: format!("{} keywords from “{}”", ids.len(), chunk[0].keyword),
                    input: json!({ "site_id": site, "sector_id": chunk[0].sector_id, "keyword_ids": ids }),
                    price: Credits(1),
                });
            }
        }
        Ok(ClusterPlan { items })
    }

    /// Makes a cluster by hand.
    pub async fn create_cluster(&self, ctx: &Ctx, new: ClusterCreate) -> Result<Cluster> {
        self.place(ctx, new.site_id, new.sector_id).await?;
        let keys = Keys::new(ctx);
        let (millis, random) = ctx.seed();
        let cluster = Cluster {
            id: ClusterId::new(new.site_id, millis, random),
            site_id: new.site_id,
            sector_id: new.sector_id,
            name: clean_name(&new.name)?,
            description: new.description.chars().take(500).collect(),
            keyword_count: 0,
            volume: 0,
            created_at: ctx.now(),
            updated_at: ctx.now(),
            created_by: ctx.user(),
            version: 1,
        };
        let mut effects = Effects::new();
        effects.create("cluster", &keys, &cluster)?;
        effects.create("name", &keys, &name_of(&cluster))?;
        audit(ctx, &mut effects, "cluster.created", format!("cluster:{}", cluster.id))?;
        remember_answer(ctx, &mut effects, 201, &cluster)?;
        self.table.transact("planning.create_cluster", effects).await.map_err(|error| name_taken(error, &cluster))?;
        Ok(cluster)
    }

    /// A cluster by its id.
    pub async fn cluster_by_id(&self, ctx: &Ctx, id: ClusterId) -> Result<Cluster> {
        let key = Cluster::key_of(&Keys::new(ctx), id);
        let row = self.table.get::<Cluster>(key).await?.ok_or_else(|| Error::not_found("cluster"))?;
        // Who is limited to some workspaces does not see the sites of others, nor what is in them.
        self.accounts.site(ctx, row.site_id).await.map_err(|_| Error::not_found("cluster"))?;
        Ok(row)
    }

    /// Pages of a site's clusters, newest first.
    pub async fn clusters(
        &self,
        ctx: &Ctx,
        site: SiteId,
        sector: Option<SectorId>,
        page: PageRequest,
    ) -> Result<Page<Cluster>> {
        self.accounts.site_with(ctx, site, [sector.map(InSite::sector)]).await?;
        let keys = Keys::new(ctx);
        let mut query = Query::partition(keys.site_partition(site, Cluster::KIND)).descending();
        if let Some(sector) = sector {
            query = query.filter(Cond::eq("sector_id", sector));
        }
        Ok(self.table.page(&keys, query, page).await?)
    }

    /// Changes a cluster; `version` is that of `If-Match`.
    pub async fn update_cluster(
        &self,
        ctx: &Ctx,
        id: ClusterId,
        change: ClusterUpdate,
        version: Option<u64>,
    ) -> Result<Cluster> {
        let before = self.cluster_by_id(ctx, id).await?;
        expect_version(before.version, version)?;
        let keys = Keys::new(ctx);
        let mut after = before.clone();
        if let Some(name) = change.name {
            after.name = clean_name(&name)?;
        }
        if let Some(description) = change.description {
            after.description = description.chars().take(500).collect();
        }
        after.updated_at = ctx.now();
        after.version += 1;
        let mut effects = Effects::new();
        // The totals belong to the workers and may move meanwhile, so only these fields are written.
        effects.update(
            "cluster",
            Update::at(after.key(&keys))
                .set("name", &after.name)
                .set("description", &after.description)
                .set("updated_at", after.updated_at)
                .set_n("version", after.version)
                .when(Cond::eq_n("version", before.version)),
        );
        if normal_form(&before.name) != normal_form(&after.name) {
            effects.delete("old name", name_of(&before).key(&keys), None);
            effects.create("name", &keys, &name_of(&after))?;
        }
        audit(ctx, &mut effects, "cluster.updated", format!("cluster:{id}"))?;
        self.table.transact("planning.update_cluster", effects).await.map_err(|error| name_taken(error, &after))?;
        Ok(after)
    }

    /// Removes a cluster that has no keywords.
    pub async fn delete_cluster(&self, ctx: &Ctx, id: ClusterId) -> Result<()> {
        let cluster = self.cluster_by_id(ctx, id).await?;
        let keys = Keys::new(ctx);
        let ideas = Query::partition(crate::entity::ContentIdea::by_cluster(&keys, id))
            .index(Index::Gsi2)
            .limit(Limit::new(1).unwrap_or_default());
        if cluster.keyword_count > 0 || self.table.count_rows(&ideas).await? > 0 {
            return Err(Error::conflict("This cluster has keywords or ideas. Remove them first."));
        }
        let mut effects = Effects::new();
        effects.delete("cluster", cluster.key(&keys), Some(Cond::eq_n("keyword_count", 0)));
        effects.delete("name", name_of(&cluster).key(&keys), None);
        audit(ctx, &mut effects, "cluster.deleted", format!("cluster:{id}"))?;
        self.table.transact("planning.delete_cluster", effects).await?;
        Ok(())
    }
}

/// The row that makes a cluster's name unique.
pub(crate) fn name_of(cluster: &Cluster) -> ClusterName {
    ClusterName {
        site_id: cluster.site_id,
        sector_id: cluster.sector_id,
        name: normal_form(&cluster.name),
        id: cluster.id,
    }
}

fn clean_name(name: &str) -> Result<String> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", format!("must have 1 to {LONGEST_NAME} characters")));
    }
    Ok(name)
}

fn name_taken(error: igny8_table::TableError, cluster: &Cluster) -> Error {
    if error.failed("name") {
        return Error::conflict(format!("There is a cluster “{}” in this site already.", cluster.name));
    }
    error.into()
}
