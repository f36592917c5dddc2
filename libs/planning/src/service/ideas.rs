//! Ideas: starting to generate them, lists, changes.

use igny8_core::{ClusterId, Credits, Ctx, Error, IdeaId, Page, Result, SectorId, SiteId, SiteScoped};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Index, Keys, Query};
use igny8_work::{Job, JobCreate, NewItem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{PageRequest, Planning, expect_version};
use crate::{
    entity::{Cluster, ContentIdea, IdeaStatus, IdeaTitle, OutlineSection},
    normal_form,
    step::GENERATE_IDEAS,
};

/// Ideas per cluster, unless told.
pub const PER_CLUSTER: u32 = 5;
/// The most ideas per cluster and request.
const MOST_PER_CLUSTER: u32 = 10;
/// The most clusters of one request.
const MOST_CLUSTERS: usize = 200;

/// Which ideas to generate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IdeasRequest {
    /// The clusters, all of one site.
    pub cluster_ids: Vec<ClusterId>,
    /// How many ideas for each: 1 to 10, 5 unless told.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 10)]
    pub per_cluster: Option<u32>,
}

/// An idea made by hand.
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
    /// With how many there are in all.
    pub count: bool,
    /// Which page.
    pub page: PageRequest,
}

impl Planning {
    /// What generating ideas would start and cost.
    pub async fn plan_ideas(&self, ctx: &Ctx, request: &IdeasRequest) -> Result<(Credits, usize)> {
        let (_, items) = self.idea_items(ctx, request).await?;
        Ok((items.iter().map(|item| item.price).sum(), items.len()))
    }

    /// Starts to generate ideas: one item per cluster, charged by the ideas that it yields.
    pub async fn generate_ideas(&self, ctx: &Ctx, request: &IdeasRequest) -> Result<Job> {
        let (site, items) = self.idea_items(ctx, request).await?;
        self.work.create(ctx, JobCreate::new(ctx, GENERATE_IDEAS, site, items)).await
    }

    async fn idea_items(&self, ctx: &Ctx, request: &IdeasRequest) -> Result<(SiteId, Vec<NewItem>)> {
        let per_cluster = request.per_cluster.unwrap_or(PER_CLUSTER);
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
    pub async fn create_idea(&self, ctx: &Ctx, new: IdeaCreate) -> Result<ContentIdea> {
        self.accounts.site(ctx, new.site_id).await?;
        let sector_id = match new.cluster_id {
            Some(cluster) if cluster.site_tag() == new.site_id.site_tag() => {
                self.cluster_by_id(ctx, cluster).await?.sector_id
            }
            Some(_) => return Err(Error::not_found("cluster")),
            None => None,
        };
        let (millis, random) = ctx.seed();
        let idea = ContentIdea {
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
            task_id: None,
            created_at: ctx.now(),
            updated_at: ctx.now(),
            created_by: ctx.user(),
            version: 1,
        };
        check(&idea)?;
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.create("idea", &keys, &idea)?;
        effects.create("title", &keys, &title_of(&idea))?;
        audit(ctx, &mut effects, "idea.created", format!("idea:{}", idea.id))?;
        remember_answer(ctx, &mut effects, 201, &idea)?;
        self.table.transact("planning.create_idea", effects).await.map_err(|error| {
            if error.failed("title") {
                Error::conflict("There is an idea with this title in this site already.")
            } else {
                error.into()
            }
        })?;
        Ok(idea)
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
        self.accounts.site(ctx, query.site_id).await?;
        let keys = Keys::new(ctx);
        let mut read = match query.cluster_id {
            Some(cluster) if cluster.site_tag() == query.site_id.site_tag() => {
                Query::partition(ContentIdea::by_cluster(&keys, cluster)).index(Index::Gsi2)
            }
            Some(_) => return Err(Error::not_found("cluster")),
            None => Query::partition(keys.site_partition(query.site_id, ContentIdea::KIND)),
        }
        .descending();
        if let Some(status) = query.status {
            read = read.filter(Cond::eq("status", status));
        }
        if let Some(sector) = query.sector_id {
            read = read.filter(Cond::eq("sector_id", sector));
        }
        let total = if query.count { Some(self.table.count_rows(&read).await?) } else { None };
        let page =
            self.table.query::<ContentIdea>(&keys, read.limit(query.page.limit).cursor(query.page.cursor)).await?;
        Ok(Page { total, ..page })
    }

    /// Changes an idea; `version` is that of `If-Match`.
    pub async fn update_idea(
        &self,
        ctx: &Ctx,
        id: IdeaId,
        change: IdeaUpdate,
        version: Option<u64>,
    ) -> Result<ContentIdea> {
        let mut idea = self.idea(ctx, id).await?;
        expect_version(idea.version, version)?;
        if matches!(idea.status, IdeaStatus::Queued | IdeaStatus::Written) {
            return Err(Error::conflict("A task has this idea already; change the task or the content instead."));
        }
        match change.status {
            None => {}
            Some(status @ (IdeaStatus::New | IdeaStatus::Accepted | IdeaStatus::Rejected)) => idea.status = status,
            Some(IdeaStatus::Queued | IdeaStatus::Written) => {
                return Err(Error::invalid("status", "is set by POST /api/planner/ideas/queue and by writing"));
            }
        }
        idea.angle = change.angle.unwrap_or(idea.angle);
        idea.outline = change.outline.unwrap_or(idea.outline);
        idea.target_keywords = change.target_keywords.unwrap_or(idea.target_keywords);
        idea.estimated_words = change.estimated_words.unwrap_or(idea.estimated_words);
        idea.audience = change.audience.unwrap_or(idea.audience);
        check(&idea)?;
        idea.updated_at = ctx.now();
        idea.version += 1;
        let mut effects = Effects::new();
        effects.replace("idea", &Keys::new(ctx), &idea, idea.version - 1)?;
        audit(ctx, &mut effects, "idea.updated", format!("idea:{id}"))?;
        self.table.transact("planning.update_idea", effects).await?;
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

/// The row that makes an idea's title unique.
pub(crate) fn title_of(idea: &ContentIdea) -> IdeaTitle {
    IdeaTitle { site_id: idea.site_id, title: normal_form(&idea.title), id: idea.id }
}

fn check(idea: &ContentIdea) -> Result<()> {
    let longer = |text: &str, most: usize| text.chars().count() > most;
    if idea.title.is_empty() || longer(&idea.title, 200) {
        return Err(Error::invalid("title", "must have 1 to 200 characters"));
    }
    if !igny8_ai::shapes::ENTITY_TYPES.contains(&idea.entity_type.as_str()) {
        return Err(Error::invalid("entity_type", "must be post, page, product, service or taxonomy"));
    }
    if !igny8_ai::shapes::STRUCTURES.contains(&idea.structure.as_str()) {
        let message = format!("must be one of {}", igny8_ai::shapes::STRUCTURES.join(", "));
        return Err(Error::invalid("structure", message));
    }
    if longer(&idea.angle, 500) || longer(&idea.audience, 200) {
        return Err(Error::invalid("angle", "angle may have 500 characters and audience 200"));
    }
    check_outline(&idea.outline)?;
    if idea.target_keywords.len() > 50 || idea.target_keywords.iter().any(|keyword| longer(keyword, 200)) {
        return Err(Error::invalid("target_keywords", "at most 50 of 200 characters"));
    }
    if !(50..=20_000).contains(&idea.estimated_words) {
        return Err(Error::invalid("estimated_words", "must be from 50 to 20,000"));
    }
    Ok(())
}

/// The most characters of an outline: 45 ideas must fit into the transaction that queues them, and an idea into a row.
const LONGEST_OUTLINE: usize = 10_000;

/// An outline within the bounds of a row, or 422.
pub fn check_outline(outline: &[OutlineSection]) -> Result<()> {
    let texts = outline.iter().flat_map(|section| std::iter::once(&section.heading).chain(&section.points));
    let length: usize = texts.map(|text| text.chars().count()).sum();
    if length > LONGEST_OUTLINE {
        let message = format!("has {length} characters in all; at most {LONGEST_OUTLINE} are kept");
        return Err(Error::invalid("outline", message));
    }
    if outline.len() > 20
        || outline.iter().any(|section| {
            section.heading.trim().is_empty()
                || section.heading.chars().count() > 200
                || section.points.len() > 10
                || section.points.iter().any(|point| point.chars().count() > 300)
        })
    {
        return Err(Error::invalid(
            "outline",
            "at most 20 sections, each with a heading (200 characters) and at most 10 points (300 characters)",
        ));
    }
    Ok(())
}
