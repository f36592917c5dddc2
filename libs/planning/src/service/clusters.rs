//! Clusters: starting to cluster, lists, changes.

use igny8_accounts::{InSite, Site};
use igny8_core::{
    ClusterId, Credits, Ctx, Error, KeywordId, Limit, Page, PageRequest, Result, SectorId, SiteId, SiteScoped,
    maybe_null,
};
use igny8_platform::{
    audit, remember_answer,
    settings::{AI_KEYWORDS_PER_ITEM, AI_KEYWORDS_PER_REQUEST, Settings},
};
use igny8_table::{Cond, Effects, Entity, Index, Keys, Query, Update};
use igny8_work::{Job, JobCreate, NewItem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Planning, expect_version, hubs::leave_hub};
use crate::{
    entity::{Cluster, ClusterName, Keyword, KeywordStatus, PageType},
    normal_form,
    step::AUTO_CLUSTER,
};

/// Keywords for one credit.
pub(crate) const PER_CREDIT: usize = 30;
/// The most keywords that one clustering of all new ones takes.
const MOST_NEW: usize = 30_000;
/// The longest name of a cluster, in characters.
pub(crate) const LONGEST_NAME: usize = 120;

/// Which keywords to cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClusterSelection {
    /// These, at most as many as the settings allow (50).
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
    /// The kind of page that answers it; by the name and the site unless told.
    #[serde(default)]
    pub page_type: Option<PageType>,
    /// The hub that it supports.
    #[serde(default)]
    pub hub_id: Option<ClusterId>,
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
    /// The kind of page that answers it.
    #[serde(default)]
    pub page_type: Option<PageType>,
    /// The hub that it supports; null for none.
    #[serde(default, deserialize_with = "maybe_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ClusterId>)]
    pub hub_id: Option<Option<ClusterId>>,
}

/// What a clustering will do.
#[derive(Debug)]
pub(crate) struct ClusterPlan {
    pub site: SiteId,
    /// An item for each question to the model.
    pub items: Vec<NewItem>,
}

impl ClusterPlan {
    /// The job: its questions, and after several of them the comparison of what they have made.
    pub fn job(mut self, ctx: &Ctx) -> JobCreate {
        if self.items.len() > 1 {
            self.items.push(NewItem {
                title: "Clusters that mean the same".to_owned(),
                input: json!({ "site_id": self.site, "compare": true }),
                price: Credits::ZERO,
            });
        }
        JobCreate::new(ctx, AUTO_CLUSTER, self.site, self.items)
    }
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
    /// Errors: unknown keyword (404), more ids than the settings allow or none that is new (422), too few credits (402).
    pub async fn cluster(&self, ctx: &Ctx, site: SiteId, selection: ClusterSelection) -> Result<Job> {
        let plan = self.clustering(ctx, site, selection).await?;
        self.work.create(ctx, plan.job(ctx)).await
    }

    pub(super) async fn clustering(&self, ctx: &Ctx, site: SiteId, selection: ClusterSelection) -> Result<ClusterPlan> {
        self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let settings = Settings::read(&self.table, ctx).await?;
        let [most, per_item] =
            [AI_KEYWORDS_PER_REQUEST, AI_KEYWORDS_PER_ITEM].map(|setting| settings.get(setting) as usize);
        let mut keywords = match selection {
            ClusterSelection::Ids(ids) if ids.is_empty() || ids.len() > most => {
                let message = format!("send 1 to {most} ids, or all_new: true for every new keyword");
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
                self.table.first::<Keyword>(&keys, query, MOST_NEW).await?
            }
        };
        keywords.retain(|keyword| keyword.status == KeywordStatus::New);
        if keywords.is_empty() {
            return Err(Error::invalid("keyword_ids", "none of these keywords is new; there is nothing to cluster"));
        }
        // In an order that does not depend on when they were added.
        keywords.sort_by_cached_key(|keyword| (keyword.sector_id, normal_form(&keyword.keyword)));
        let mut items = Vec::new();
        for same_sector in keywords.chunk_by(|a, b| a.sector_id == b.sector_id) {
            // The model sees an item only, so those that are alike share one.
            let texts: Vec<&str> = same_sector.iter().map(|keyword| keyword.keyword.as_str()).collect();
            for batch in igny8_similarity::batches(&texts, per_item) {
                let ids: Vec<_> = batch.iter().map(|at| same_sector[*at].id).collect();
                items.push(NewItem {
                    title: format!("{} keywords from “{}”", ids.len(), texts[batch[0]]),
                    input: json!({ "site_id": site, "sector_id": same_sector[0].sector_id, "keyword_ids": ids }),
                    price: Credits(batch.len().div_ceil(PER_CREDIT) as i64),
                });
            }
        }
        Ok(ClusterPlan { site, items })
    }

    /// Makes a cluster by hand.
    pub async fn create_cluster(&self, ctx: &Ctx, new: ClusterCreate) -> Result<Cluster> {
        let site = self.place(ctx, new.site_id, new.sector_id).await?;
        let keys = Keys::new(ctx);
        let mut cluster = new_cluster(ctx, &site, new.sector_id, &new.name, &new.description)?;
        cluster.page_type = new.page_type.unwrap_or(cluster.page_type);
        let mut effects = Effects::new();
        self.move_to_hub(ctx, &cluster, new.hub_id, &mut effects).await?;
        cluster.hub_id = new.hub_id;
        effects.create("cluster", &keys, &cluster)?;
        effects.create("name", &keys, &name_of(&cluster))?;
        audit(ctx, &mut effects, "cluster.created", format!("cluster:{}", cluster.id))?;
        remember_answer(ctx, &mut effects, 201, &cluster)?;
        self.table.transact("planning.create_cluster", effects).await.map_err(|error| refused(error, &cluster))?;
        Ok(cluster)
    }

    /// A cluster by its id.
    pub async fn cluster_by_id(&self, ctx: &Ctx, id: ClusterId) -> Result<Cluster> {
        let key = Cluster::key_of(&Keys::new(ctx), id);
        let row = self.table.get::<Cluster>(key).await?.ok_or_else(|| Error::not_found("cluster"))?;
        let row = self.without_old_mark(ctx, row).await?;
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
        after.page_type = change.page_type.unwrap_or(after.page_type);
        after.hub_id = change.hub_id.unwrap_or(after.hub_id);
        after.updated_at = ctx.now();
        after.version += 1;
        let mut effects = Effects::new();
        self.move_to_hub(ctx, &before, after.hub_id, &mut effects).await?;
        // The totals belong to the workers and may move meanwhile, so only these fields are written.
        let mut update = Update::at(after.key(&keys))
            .set("name", &after.name)
            .set("description", &after.description)
            .set("page_type", after.page_type)
            .set("updated_at", after.updated_at)
            .set_n("version", after.version)
            .when(Cond::eq_n("version", before.version));
        update = match after.hub_id {
            // Who is a hub by now stays one.
            Some(hub) if before.hub_id.is_none() => update.set("hub_id", hub).when(Cluster::without_spokes()),
            Some(hub) => update.set("hub_id", hub),
            None => update.remove("hub_id"),
        };
        effects.update("cluster", update);
        if normal_form(&before.name) != normal_form(&after.name) {
            effects.delete("old name", name_of(&before).key(&keys), None);
            effects.create("name", &keys, &name_of(&after))?;
        }
        audit(ctx, &mut effects, "cluster.updated", format!("cluster:{id}"))?;
        self.table.transact("planning.update_cluster", effects).await.map_err(|error| refused(error, &after))?;
        Ok(after)
    }

    /// Removes a cluster that has no keywords, no ideas and no spokes.
    pub async fn delete_cluster(&self, ctx: &Ctx, id: ClusterId) -> Result<()> {
        let cluster = self.cluster_by_id(ctx, id).await?;
        let keys = Keys::new(ctx);
        let ideas = Query::partition(crate::entity::ContentIdea::by_cluster(&keys, id))
            .index(Index::Gsi2)
            .limit(Limit::new(1).unwrap_or_default());
        if cluster.keyword_count > 0 || self.table.count_rows(&ideas).await? > 0 {
            return Err(Error::conflict("This cluster has keywords or ideas. Remove them first."));
        }
        if cluster.spoke_count > 0 {
            return Err(Error::conflict("Other clusters support this one; give them another hub first."));
        }
        let mut effects = Effects::new();
        let empty =
            Cond::eq_n("keyword_count", 0).and(Cluster::without_spokes()).and(Cond::eq_n("version", cluster.version));
        effects.delete("cluster", cluster.key(&keys), Some(empty));
        effects.delete("name", name_of(&cluster).key(&keys), None);
        if let Some(hub) = cluster.hub_id {
            leave_hub(&keys, &mut effects, hub);
        }
        audit(ctx, &mut effects, "cluster.deleted", format!("cluster:{id}"))?;
        self.table.transact("planning.delete_cluster", effects).await?;
        Ok(())
    }
}

/// A cluster without keywords that is not in the table yet.
pub(super) fn new_cluster(
    ctx: &Ctx,
    site: &Site,
    sector: Option<SectorId>,
    name: &str,
    description: &str,
) -> Result<Cluster> {
    let (millis, random) = ctx.seed();
    let name = clean_name(name)?;
    Ok(Cluster {
        id: ClusterId::new(site.id, millis, random),
        site_id: site.id,
        sector_id: sector,
        page_type: PageType::guess(&name, site.site_type),
        name,
        description: description.chars().take(500).collect(),
        keyword_count: 0,
        volume: 0,
        hub_id: None,
        spoke_count: 0,
        merging_into: None,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        created_by: ctx.user(),
        version: 1,
    })
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

/// Why a cluster was not written, in words.
pub(super) fn refused(error: igny8_table::TableError, cluster: &Cluster) -> Error {
    if error.failed("name") {
        return Error::conflict(format!("There is a cluster “{}” in this site already.", cluster.name));
    }
    if error.failed("hub") {
        return Error::conflict("The hub has changed meanwhile. Load it again and repeat your change.");
    }
    error.into()
}
