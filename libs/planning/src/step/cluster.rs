//! `auto_cluster`: up to 30 keywords, as the settings say, become new and existing clusters.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use igny8_accounts::{Site, SiteType};
use igny8_ai::{
    AiFunction,
    shapes::{ClusterInput, ClusterOutput, ExistingCluster, KeywordIn, SiteInfo, cluster_schema},
};
use igny8_core::{ClusterId, Credits, Ctx, KeywordId, Limit, SectorId, SiteId};
use igny8_similarity::name_form;
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query, Update};
use igny8_work::{Failure, FunctionSpec, Item, Models, Outcome, Progress, Step};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{AUTO_CLUSTER, compare::compare, cut};
use crate::{
    Planning,
    entity::{Cluster, ClusterName, Keyword, KeywordStatus, PageType},
    normal_form,
    service::{LONGEST_NAME, PER_CREDIT, name_of},
};

/// How many existing clusters the model is told: those that are nearest to the keywords.
const CONTEXT: usize = 40;
/// Of how many clusters of the site, newest first, they are chosen: about 250 units.
const CHOSEN_OF: usize = 2_000;

/// The AI function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AutoCluster;

impl AiFunction for AutoCluster {
    const NAME: &'static str = AUTO_CLUSTER.name;
    const MAX_TOKENS: u32 = 4_000;
    const TEMPERATURE: f32 = 0.2;
    type Input = ClusterInput;
    type Output = ClusterOutput;

    fn schema() -> Value {
        cluster_schema()
    }

    /// Each keyword in one cluster only; unknown numbers and empty clusters are dropped. Half of the keywords must have
    /// found a place; the rest stays new.
    fn check(&self, input: &ClusterInput, mut output: ClusterOutput) -> Result<ClusterOutput, String> {
        let mut open: BTreeSet<u32> = input.keywords.iter().map(|keyword| keyword.id_no).collect();
        let all = open.len();
        for cluster in &mut output.clusters {
            cluster.keywords.retain(|number| open.remove(number));
            cluster.name = cut(&cluster.name, LONGEST_NAME);
            cluster.description = cut(&cluster.description, 500);
        }
        output.clusters.retain(|cluster| !cluster.keywords.is_empty() && !normal_form(&cluster.name).is_empty());
        let placed: usize = output.clusters.iter().map(|cluster| cluster.keywords.len()).sum();
        if placed * 2 < all {
            return Err(format!(
                "Only {placed} of the {all} keywords have a cluster. Put every number from 1 to {all} into exactly one."
            ));
        }
        Ok(output)
    }

    fn price(&self, _: &ClusterInput, output: &ClusterOutput) -> Credits {
        let placed: usize = output.clusters.iter().map(|cluster| cluster.keywords.len()).sum();
        Credits(placed.div_ceil(PER_CREDIT) as i64)
    }
}

#[derive(Debug, Deserialize)]
struct Input {
    site_id: SiteId,
    #[serde(default)]
    sector_id: Option<SectorId>,
    #[serde(default)]
    keyword_ids: Vec<KeywordId>,
    /// It is the last item, which has no keywords of its own.
    #[serde(default)]
    compare: bool,
}

/// The worker's step.
#[derive(Clone)]
pub struct ClusterStep {
    planning: Planning,
    models: Arc<dyn Models>,
}

impl ClusterStep {
    /// The step with the models it may ask.
    pub fn new(planning: Planning, models: Arc<dyn Models>) -> Self {
        Self { planning, models }
    }
}

/// What the model is told about a site.
pub(crate) fn site_info(site: &Site) -> SiteInfo {
    SiteInfo {
        site_name: site.name.clone(),
        industry: site.industry.clone().unwrap_or_default(),
        locale: site.locale.clone(),
    }
}

/// The clusters that the model is told, nearest first.
fn nearest<'a>(all: &'a [Cluster], keywords: &[Option<Keyword>]) -> Vec<&'a Cluster> {
    let about: Vec<String> = all.iter().map(|cluster| format!("{} {}", cluster.name, cluster.description)).collect();
    let wanted: Vec<&str> = keywords.iter().flatten().map(|keyword| keyword.keyword.as_str()).collect();
    igny8_similarity::relevant(&about, &wanted, CONTEXT).into_iter().map(|at| &all[at]).collect()
}

/// Where the answer names a cluster in other words than the site does (another order, a plural), the site's name counts:
/// items that run at the same time do not see each other's clusters, and models do not copy names faithfully.
fn use_existing_names(output: &mut ClusterOutput, existing: &[Cluster], sector: Option<SectorId>) {
    let mut known: BTreeMap<String, &str> = BTreeMap::new();
    // The oldest of several wins.
    for cluster in existing.iter().filter(|cluster| cluster.sector_id == sector) {
        known.insert(name_form(&cluster.name), &cluster.name);
    }
    let taken: BTreeSet<String> = known.values().map(|name| normal_form(name)).collect();
    for cluster in &mut output.clusters {
        if !taken.contains(&normal_form(&cluster.name))
            && let Some(name) = known.get(&name_form(&cluster.name))
        {
            (*name).clone_into(&mut cluster.name);
        }
    }
}

#[async_trait]
impl Step for ClusterStep {
    fn spec(&self) -> FunctionSpec {
        AUTO_CLUSTER
    }

    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let planning = &self.planning;
        let input: Input = serde_json::from_value(item.input.clone()).map_err(igny8_core::Error::internal)?;
        if input.compare {
            return compare(planning, ctx, item, input.site_id).await;
        }
        let keys = Keys::new(ctx);
        let site = planning.accounts.site(ctx, input.site_id).await?;
        let wanted: Vec<Key> = input.keyword_ids.iter().map(|id| Keyword::key_of(&keys, *id)).collect();
        // In the order of the item, so that a rerun numbers them alike.
        let keywords: Vec<Option<Keyword>> = planning.table.get_many(&wanted).await?;
        if !keywords.iter().flatten().any(|keyword| keyword.status == KeywordStatus::New) {
            return Ok(Outcome { result: json!({ "clusters": 0, "keywords": 0 }), ..Outcome::default() });
        }
        let all = self.existing(ctx, &input).await?;
        let existing = nearest(&all, &keywords);
        let question = ClusterInput {
            site: site_info(&site),
            keywords: keywords
                .iter()
                .enumerate()
                .filter_map(|(n, keyword)| Some((n, keyword.as_ref()?)))
                .map(|(n, keyword)| KeywordIn {
                    id_no: n as u32 + 1,
                    keyword: keyword.keyword.clone(),
                    volume: keyword.volume,
                    difficulty: keyword.difficulty.map(f64::from),
                    intent: keyword.intent.map(|intent| intent.as_str().to_owned()),
                })
                .collect(),
            existing_clusters: existing
                .iter()
                .map(|cluster| ExistingCluster {
                    name: cluster.name.clone(),
                    description: Some(cluster.description.clone()).filter(|text| !text.is_empty()),
                })
                .collect(),
        };
        let (answer, usage) =
            planning.work.ask(self.models.as_ref(), &AutoCluster, &question, ctx, item, progress).await?;
        let price = AutoCluster.price(&question, &answer.output);
        let (effects, result) = self.apply(ctx, &input, site.site_type, &keywords, &all, answer.output).await?;
        let nothing = result["keywords"] == json!(0);
        Ok(Outcome { effects, price: if nothing { Credits::ZERO } else { price }, usage, result })
    }
}

impl ClusterStep {
    /// The newest clusters of the site, or of the sector that the keywords are of.
    async fn existing(&self, ctx: &Ctx, input: &Input) -> Result<Vec<Cluster>, Failure> {
        let keys = Keys::new(ctx);
        let mut query = Query::partition(keys.site_partition(input.site_id, Cluster::KIND))
            .descending()
            .limit(Limit::new(Limit::MAX).unwrap_or_default());
        if let Some(sector) = input.sector_id {
            query = query.filter(Cond::eq("sector_id", sector));
        }
        let (mut found, mut cursor) = (Vec::new(), None);
        while found.len() < CHOSEN_OF {
            let page = self.planning.table.query::<Cluster>(&keys, query.clone().cursor(cursor)).await?;
            found.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        Ok(found)
    }

    /// The rows that an answer means: names decide which clusters are new, as they are now and not as the model saw
    /// them; only keywords that still are new move.
    async fn apply(
        &self,
        ctx: &Ctx,
        input: &Input,
        site_type: SiteType,
        keywords: &[Option<Keyword>],
        existing: &[Cluster],
        mut output: ClusterOutput,
    ) -> Result<(Effects, Value), Failure> {
        let keys = Keys::new(ctx);
        let now = ctx.now();
        use_existing_names(&mut output, existing, input.sector_id);
        // Two clusters of one name in the answer are one.
        let mut by_name: BTreeMap<String, (String, String, Vec<&Keyword>)> = BTreeMap::new();
        for cluster in &output.clusters {
            let members = cluster
                .keywords
                .iter()
                .filter_map(|number| keywords.get(*number as usize - 1)?.as_ref())
                .filter(|keyword| keyword.status == KeywordStatus::New);
            by_name
                .entry(normal_form(&cluster.name))
                .or_insert_with(|| (cluster.name.clone(), cluster.description.clone(), Vec::new()))
                .2
                .extend(members);
        }
        by_name.retain(|_, (_, _, members)| !members.is_empty());
        let names: Vec<Key> =
            by_name.keys().map(|name| ClusterName::key_of(&keys, input.site_id, input.sector_id, name)).collect();
        let known: Vec<Option<ClusterName>> = self.planning.table.get_many(&names).await?;
        let mut effects = Effects::new();
        let (mut created, mut moved, mut ids) = (Vec::new(), 0, Vec::new());
        for ((name, (title, description, members)), known) in by_name.into_iter().zip(known) {
            let volume: u64 = members.iter().filter_map(|keyword| keyword.volume).sum();
            let id = if let Some(known) = known {
                effects.update(
                    "cluster",
                    Update::at(Cluster::key_of(&keys, known.id))
                        .add("keyword_count", members.len() as i64)
                        .add("volume", volume as i64)
                        .set("updated_at", now)
                        .when(Cond::Exists),
                );
                known.id
            } else {
                let (millis, random) = ctx.seed();
                let cluster = Cluster {
                    id: ClusterId::new(input.site_id, millis, random),
                    site_id: input.site_id,
                    sector_id: input.sector_id,
                    page_type: PageType::guess(&title, site_type),
                    name: title,
                    description,
                    keyword_count: members.len() as u64,
                    volume,
                    hub_id: None,
                    spoke_count: 0,
                    merging_into: None,
                    created_at: now,
                    updated_at: now,
                    created_by: None,
                    version: 1,
                };
                debug_assert_eq!(normal_form(&cluster.name), name);
                effects.create("cluster", &keys, &cluster)?;
                effects.create("cluster name", &keys, &name_of(&cluster))?;
                created.push(cluster.id);
                cluster.id
            };
            ids.push(id);
            for keyword in members {
                let mut keyword = keyword.clone();
                keyword.status = KeywordStatus::Clustered;
                keyword.cluster_id = Some(id);
                keyword.updated_at = now;
                keyword.version += 1;
                effects.replace("keyword", &keys, &keyword, keyword.version - 1)?;
                moved += 1;
            }
        }
        let result = json!({
            "clusters": ids.len(), "created": created.len(), "keywords": moved, "cluster_ids": ids, "created_ids": created,
        });
        Ok((effects, result))
    }
}
