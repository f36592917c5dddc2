//! Ideas: starting to generate them, lists, changes.

use igny8_accounts::InSite;
use igny8_core::{
    ClusterId, Credits, Ctx, Error, IdeaId, Page, PageRequest, Result, SectorId, SiteId, SiteScoped, maybe_null,
};
use igny8_platform::{
    audit, remember_answer,
    settings::{AI_IDEAS_PER_CLUSTER, Settings},
};
use igny8_table::{Cond, Effects, Entity, Index, Keys, Query, TableError};
use igny8_work::{Job, JobCreate, NewItem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{Planning, expect_version};
use crate::{
    Rivals,
    entity::{Cluster, ContentIdea, IdeaStatus, IdeaTitle, OutlineSection},
    normal_form,
    step::GENERATE_IDEAS,
};

/// The most ideas per cluster and request.
const MOST_PER_CLUSTER: u32 = 10;
/// The most clusters of one request.
const MOST_CLUSTERS: usize = 200;
/// The longest reason for a rejection, in bytes: what a row has beside its plan.
pub(crate) const LONGEST_REASON: usize = 380;

/// Which ideas to generate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdeasRequest {
    /// The clusters, all of one site.
    pub cluster_ids: Vec<ClusterId>,
    /// How many ideas for each: 1 to 10; what the settings say (5) unless told.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10)]
    pub per_cluster: Option<u32>,
}

/// An idea made by hand. Its texts may have 16,000 bytes together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdeaCreate {
    /// The site.
    pub site_id: SiteId,
    /// The cluster that it serves.
    #[serde(default)]
    pub cluster_id: Option<ClusterId>,
    /// The title, unique within the site.
    pub title: String,
    /// What sets it apart.
    #[serde(default)]
    pub angle: String,
    /// The sections, in order.
    #[serde(default)]
    pub outline: Vec<OutlineSection>,
    /// The keywords that it serves, the primary one first.
    #[serde(default)]
    pub target_keywords: Vec<String>,
    /// post, page, product, service or taxonomy; post unless told.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// One of the 14 structures; article unless told.
    #[serde(default)]
    pub structure: Option<String>,
    /// Words that it should have; 1,000 unless told.
    #[serde(default)]
    pub estimated_words: Option<u32>,
    /// Whom it is for.
    #[serde(default)]
    pub audience: String,
}

/// A change of an idea; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdeaUpdate {
    /// The title, unique within the site.
    #[serde(default)]
    pub title: Option<String>,
    /// The cluster that it serves; null for none.
    #[serde(default, deserialize_with = "maybe_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ClusterId>)]
    pub cluster_id: Option<Option<ClusterId>>,
    /// post, page, product, service or taxonomy.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// One of the 14 structures.
    #[serde(default)]
    pub structure: Option<String>,
    /// What sets it apart.
    #[serde(default)]
    pub angle: Option<String>,
    /// The sections, in order.
    #[serde(default)]
    pub outline: Option<Vec<OutlineSection>>,
    /// The keywords that it serves.
    #[serde(default)]
    pub target_keywords: Option<Vec<String>>,
    /// Words that it should have.
    #[serde(default)]
    pub estimated_words: Option<u32>,
    /// Whom it is for.
    #[serde(default)]
    pub audience: Option<String>,
    /// accepted, rejected or new.
    #[serde(default)]
    pub status: Option<IdeaStatus>,
    /// True: it shall be written though the gate found a rival; false takes that back.
    #[serde(default)]
    pub overrule: Option<bool>,
    /// Why it is rejected, at most 380 bytes; gone once it is not rejected any more.
    #[serde(default)]
    pub reject_reason: Option<String>,
}

/// Which ideas.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdeaQuery {
    /// The site.
    pub site_id: SiteId,
    /// Only of this sector.
    pub sector_id: Option<SectorId>,
    /// Only of this cluster.
    pub cluster_id: Option<ClusterId>,
    /// Only in this state.
    pub status: Option<IdeaStatus>,
    /// Which page.
    pub page: PageRequest,
}

impl Planning {
    /// What generating ideas would start and cost.
    pub async fn plan_ideas(&self, ctx: &Ctx, request: &IdeasRequest) -> Result<(Credits, usize)> {
        let (_, items) = self.idea_items(ctx, request).await?;
        Ok((items.iter().map(|item| item.price).sum(), items.len()))
    }

    /// How many ideas a cluster gets where a request does not say it.
    pub async fn ideas_per_cluster(&self, ctx: &Ctx) -> Result<u32> {
        Ok(Settings::read(&self.table, ctx).await?.get(AI_IDEAS_PER_CLUSTER) as u32)
    }

    /// Starts to generate ideas: one item per cluster, charged by the ideas that it yields.
    pub async fn generate_ideas(&self, ctx: &Ctx, request: &IdeasRequest) -> Result<Job> {
        let (site, items) = self.idea_items(ctx, request).await?;
        self.work.create(ctx, JobCreate::new(ctx, GENERATE_IDEAS, site, items)).await
    }

    async fn idea_items(&self, ctx: &Ctx, request: &IdeasRequest) -> Result<(SiteId, Vec<NewItem>)> {
        let per_cluster = match request.per_cluster {
            Some(told) => told,
            None => self.ideas_per_cluster(ctx).await?,
        };
        if !(1..=MOST_PER_CLUSTER).contains(&per_cluster) {
            return Err(Error::invalid("per_cluster", format!("must be from 1 to {MOST_PER_CLUSTER}")));
        }
        let mut ids = request.cluster_ids.clone();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() || ids.len() > MOST_CLUSTERS {
            return Err(Error::invalid("cluster_ids", format!("send 1 to {MOST_CLUSTERS} ids")));
        }
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Cluster::key_of(&keys, *id)).collect();
        let found: Option<Vec<Cluster>> = self.table.get_many::<Cluster>(&wanted).await?.into_iter().collect();
        let clusters = found.ok_or_else(|| Error::not_found("cluster"))?;
        let site = clusters[0].site_id;
        if clusters.iter().any(|cluster| cluster.site_id != site) {
            return Err(Error::invalid("cluster_ids", "must all be of one site"));
        }
        self.accounts.site(ctx, site).await?;
        let items = clusters
            .into_iter()
            .map(|cluster| NewItem {
                title: cluster.name,
                input: json!({ "cluster_id": cluster.id, "count": per_cluster }),
                price: Credits(i64::from(per_cluster)),
            })
            .collect();
        Ok((site, items))
    }

    /// Makes an idea by hand.
    pub async fn create_idea(&self, ctx: &Ctx, new: IdeaCreate, rivals: &dyn Rivals) -> Result<ContentIdea> {
        self.accounts.site(ctx, new.site_id).await?;
        let cluster = self.cluster_for(ctx, new.site_id, new.cluster_id).await?;
        let sector_id = cluster.and_then(|cluster| cluster.sector_id);
        let (millis, random) = ctx.seed();
        let mut idea = ContentIdea {
            id: IdeaId::new(new.site_id, millis, random),
            site_id: new.site_id,
            sector_id,
            cluster_id: new.cluster_id,
            title: new.title.split_whitespace().collect::<Vec<_>>().join(" "),
            angle: new.angle,
            outline: new.outline,
            target_keywords: new.target_keywords,
            entity_type: new.entity_type.unwrap_or_else(|| "post".to_owned()),
            structure: new.structure.unwrap_or_else(|| "article".to_owned()),
            estimated_words: new.estimated_words.unwrap_or(1_000),
            audience: new.audience,
            status: IdeaStatus::New,
            verdict: None,
            reject_reason: None,
            merged_into: None,
            task_id: None,
            created_at: ctx.now(),
            updated_at: ctx.now(),
            created_by: ctx.user(),
            version: 1,
        };
        idea.plan().check()?;
        idea.verdict = self.gate(ctx, idea.site_id, rivals, &[&idea.title]).await?.judge(&idea);
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.create("idea", &keys, &idea)?;
        effects.create("title", &keys, &title_of(&idea))?;
        serve(&keys, &mut effects, idea.cluster_id);
        audit(ctx, &mut effects, "idea.created", format!("idea:{}", idea.id))?;
        remember_answer(ctx, &mut effects, 201, &idea)?;
        self.table.transact("planning.create_idea", effects).await.map_err(refused)?;
        Ok(idea)
    }

    /// The cluster that an idea will serve, if it is one of the site.
    async fn cluster_for(&self, ctx: &Ctx, site: SiteId, cluster: Option<ClusterId>) -> Result<Option<Cluster>> {
        match cluster {
            Some(cluster) if cluster.site_tag() == site.site_tag() => self.cluster_by_id(ctx, cluster).await.map(Some),
            Some(_) => Err(Error::not_found("cluster")),
            None => Ok(None),
        }
    }

    /// An idea by its id.
    pub async fn idea(&self, ctx: &Ctx, id: IdeaId) -> Result<ContentIdea> {
        let key = ContentIdea::key_of(&Keys::new(ctx), id);
        let row = self.table.get::<ContentIdea>(key).await?.ok_or_else(|| Error::not_found("idea"))?;
        // Who is limited to some workspaces does not see the sites of others, nor what is in them.
        self.accounts.site(ctx, row.site_id).await.map_err(|_| Error::not_found("idea"))?;
        Ok(row)
    }

    /// Pages of a site's ideas, newest first.
    pub async fn ideas(&self, ctx: &Ctx, query: IdeaQuery) -> Result<Page<ContentIdea>> {
        let named = [query.sector_id.map(InSite::sector), query.cluster_id.map(InSite::row::<Cluster>)];
        self.accounts.site_with(ctx, query.site_id, named).await?;
        let keys = Keys::new(ctx);
        let mut read = match query.cluster_id {
            Some(cluster) => Query::partition(ContentIdea::by_cluster(&keys, cluster)).index(Index::Gsi2),
            None => Query::partition(keys.site_partition(query.site_id, ContentIdea::KIND)),
        }
        .descending();
        if let Some(status) = query.status {
            read = read.filter(Cond::eq("status", status));
        }
        if let Some(sector) = query.sector_id {
            read = read.filter(Cond::eq("sector_id", sector));
        }
        Ok(self.table.page(&keys, read, query.page).await?)
    }

    /// Changes an idea; `version` is that of `If-Match`. One with another title or other keywords is judged again.
    pub async fn update_idea(
        &self,
        ctx: &Ctx,
        id: IdeaId,
        change: IdeaUpdate,
        version: Option<u64>,
        rivals: &dyn Rivals,
    ) -> Result<ContentIdea> {
        let before = self.idea(ctx, id).await?;
        expect_version(before.version, version)?;
        if let Some(merged) = &before.merged_into {
            let message = format!("It was merged into “{}”. Take the merge back first.", merged.rival.title);
            return Err(Error::conflict(message));
        }
        if matches!(before.status, IdeaStatus::Queued | IdeaStatus::Written) {
            return Err(Error::conflict("A task has this idea already; change the task or the content instead."));
        }
        let mut idea = before.clone();
        decide(&mut idea, change.status, change.reject_reason)?;
        if let Some(cluster) = change.cluster_id {
            let cluster = self.cluster_for(ctx, idea.site_id, cluster).await?;
            idea.cluster_id = cluster.as_ref().map(|cluster| cluster.id);
            idea.sector_id = cluster.map_or(idea.sector_id, |cluster| cluster.sector_id);
        }
        if let Some(title) = change.title {
            idea.title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        }
        idea.entity_type = change.entity_type.unwrap_or(idea.entity_type);
        idea.structure = change.structure.unwrap_or(idea.structure);
        idea.angle = change.angle.unwrap_or(idea.angle);
        idea.outline = change.outline.unwrap_or(idea.outline);
        idea.target_keywords = change.target_keywords.unwrap_or(idea.target_keywords);
        idea.estimated_words = change.estimated_words.unwrap_or(idea.estimated_words);
        idea.audience = change.audience.unwrap_or(idea.audience);
        idea.plan().check()?;
        if idea.title != before.title || idea.target_keywords != before.target_keywords {
            idea.verdict = self.gate(ctx, idea.site_id, rivals, &[&idea.title]).await?.judge(&idea);
        }
        let overruled = match (change.overrule, &mut idea.verdict) {
            (Some(_), None) => return Err(Error::invalid("overrule", "this idea has no verdict to overrule")),
            (Some(overruled), Some(verdict)) => {
                verdict.overruled = overruled;
                overruled
            }
            (None, _) => false,
        };
        idea.updated_at = ctx.now();
        idea.version += 1;
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.replace("idea", &keys, &idea, before.version)?;
        let (old, new) = (title_of(&before), title_of(&idea));
        if old.key(&keys) != new.key(&keys) {
            effects.delete("old title", old.key(&keys), Some(Cond::eq("id", id)));
            effects.create("title", &keys, &new)?;
        }
        if idea.cluster_id != before.cluster_id {
            serve(&keys, &mut effects, idea.cluster_id);
        }
        let deed = if overruled { "idea.overruled" } else { "idea.updated" };
        audit(ctx, &mut effects, deed, format!("idea:{id}"))?;
        self.table.transact("planning.update_idea", effects).await.map_err(refused)?;
        Ok(idea)
    }

    /// Removes an idea that no task has.
    pub async fn delete_idea(&self, ctx: &Ctx, id: IdeaId) -> Result<()> {
        let idea = self.idea(ctx, id).await?;
        if idea.task_id.is_some() {
            return Err(Error::conflict("A task has this idea; it stays as the plan of that task."));
        }
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.delete("idea", idea.key(&keys), Some(Cond::eq_n("version", idea.version)));
        effects.delete("title", title_of(&idea).key(&keys), None);
        audit(ctx, &mut effects, "idea.deleted", format!("idea:{id}"))?;
        self.table.transact("planning.delete_idea", effects).await?;
        Ok(())
    }
}

/// An idea names only a cluster that stays.
fn serve(keys: &Keys, effects: &mut Effects, cluster: Option<ClusterId>) {
    if let Some(cluster) = cluster {
        effects.check("cluster", Cluster::key_of(keys, cluster), Cluster::stays());
    }
}

/// Why an idea was not written, in words.
fn refused(error: TableError) -> Error {
    if error.failed("title") {
        return Error::conflict("There is an idea with this title in this site already.");
    }
    if error.failed("cluster") {
        return Error::conflict("This cluster is being merged into another one. Choose that one.");
    }
    error.into()
}

/// What a person may decide, and why; a reason belongs to a rejection alone.
fn decide(idea: &mut ContentIdea, status: Option<IdeaStatus>, reason: Option<String>) -> Result<()> {
    match status {
        None => {}
        Some(status @ (IdeaStatus::New | IdeaStatus::Accepted | IdeaStatus::Rejected)) => idea.status = status,
        Some(IdeaStatus::Queued | IdeaStatus::Written) => {
            return Err(Error::invalid("status", "is set by POST /api/planner/ideas/queue and by writing"));
        }
    }
    let reason = reason.map(|reason| reason.split_whitespace().collect::<Vec<_>>().join(" "));
    if reason.as_ref().is_some_and(|reason| reason.len() > LONGEST_REASON) {
        return Err(Error::invalid(
            "reject_reason",
            format!("may have {LONGEST_REASON} bytes, and this has more; say it shorter"),
        ));
    }
    let reason = reason.filter(|reason| !reason.is_empty());
    if idea.status != IdeaStatus::Rejected {
        if reason.is_some() {
            return Err(Error::invalid("reject_reason", "belongs to an idea that is rejected"));
        }
        idea.reject_reason = None;
    } else if reason.is_some() {
        idea.reject_reason = reason;
    }
    Ok(())
}

/// The row that makes an idea's title unique.
pub(crate) fn title_of(idea: &ContentIdea) -> IdeaTitle {
    IdeaTitle { site_id: idea.site_id, title: normal_form(&idea.title), id: idea.id }
}
