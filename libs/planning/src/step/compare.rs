//! The last item of a clustering of several: clusters of the job that mean the same become one.
//!
//! Items that run at the same time do not see each other's clusters. So when all others have ended, this one compares
//! what they made ([`igny8_similarity::same`]) and starts merges as a person does: jobs with an item for each, by an id
//! that follows from this item, so that a rerun finds them. It is free, asks nobody, and ends when they have.
//!
//! It takes away what the job has made and nobody has touched since, and never joins what one answer held apart.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use igny8_core::{ClusterId, Ctx, Error, ErrorKind, JobId, KeywordId, SectorId, SiteId};
use igny8_similarity::{Group, same};
use igny8_table::{Key, Keys, Query};
use igny8_work::{Failure, Item, ItemState, Job, JobStatus, Outcome};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Planning,
    entity::{Cluster, Keyword},
    service::{MOST_CLUSTERS, MergeInput},
};

/// Merges of one job: with their lock they fit into the transaction that creates it.
const MOST_MERGES: usize = 40;
/// How often it compares what is left. A thousand merges are more than ever was needed.
const ROUNDS: u32 = 25;
/// How often it runs merges again that have failed.
const RETRIES: u32 = 3;
/// How long it leaves merges alone that it has started.
const MERGING: Duration = Duration::from_secs(3);
/// How long it leaves the rest of its job alone: a part of the job's age, within these bounds.
const CLUSTERING: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(5));
/// The tag of a cluster that stays as it is.
const STAYS: u32 = u32::MAX;

/// What the other items of the job were told, and what came of them.
#[derive(Debug, Deserialize)]
struct Told {
    #[serde(default)]
    keyword_ids: Vec<KeywordId>,
}

/// As [`ClusterStep`](super::ClusterStep) says it.
#[derive(Debug, Deserialize)]
struct Made {
    cluster_ids: Vec<ClusterId>,
    created_ids: Vec<ClusterId>,
}

/// What the answers of a job say of its clusters.
#[derive(Debug, Default)]
struct Answers {
    /// The answers, by number, in which a cluster was or one that has become part of it.
    used: BTreeMap<ClusterId, BTreeSet<u32>>,
    /// The clusters that they made.
    created: BTreeSet<ClusterId>,
    /// The keywords that they were about.
    keywords: Vec<KeywordId>,
}

/// One cluster, and those that mean the same.
pub(crate) type Same = (Cluster, Vec<Cluster>);

pub(super) async fn compare(planning: &Planning, ctx: &Ctx, item: &Item, site: SiteId) -> Result<Outcome, Failure> {
    let Some(job) = job(planning, ctx, item.job).await? else { return Ok(Outcome::default()) };
    if job.ended() + 1 < job.total {
        let after = (ctx.now().since(job.created_at) / 8).clamp(CLUSTERING.0, CLUSTERING.1);
        return Err(later(after, "It waits for the other keywords of this job to have their clusters."));
    }
    let (merged, next) = merges(planning, ctx, item).await?;
    if merged.iter().any(|merge| !merge.status().is_terminal()) {
        return Err(merging());
    }
    // What was given up may be half-way: all keywords moved, and an empty cluster left.
    if let Some(merge) = merged.iter().find(|merge| merge.failed > 0 && merge.generation < RETRIES) {
        return Err(match planning.work.retry(ctx, merge.id).await {
            Err(error) if error.kind() != ErrorKind::Conflict => error.into(),
            _ => merging(),
        });
    }
    if let Some(next) = next {
        let groups = same_clusters(planning, ctx, item.job, &merged).await?;
        if !groups.is_empty() {
            return Err(start(planning, ctx, next, site, groups).await);
        }
    }
    if job.failed > 0 {
        return Err(Failure::for_good(
            "Some keywords of this job have no cluster yet. Run the failed items again: then their clusters are \
             compared with the others, too.",
        ));
    }
    if merged.iter().any(|merge| merge.failed > 0) {
        return Err(Failure::for_good(
            "Some clusters that mean the same could not be merged. See the job that merges them, and run what failed again.",
        ));
    }
    let ids: Vec<JobId> = merged.iter().map(|job| job.id).collect();
    let merges: u64 = merged.iter().map(|job| job.done).sum();
    Ok(Outcome { result: json!({ "merges": merges, "merge_job_ids": ids }), ..Outcome::default() })
}

/// The jobs of merges that this item has started, in all of its generations, and the id of the next one: none where the
/// last has not worked, for the next would not either.
async fn merges(planning: &Planning, ctx: &Ctx, item: &Item) -> Result<(Vec<Job>, Option<JobId>), Failure> {
    let (mut merged, mut next) = (Vec::new(), None);
    for generation in 1..=item.generation {
        next = None;
        for round in 0..ROUNDS {
            let number = format!("{generation}/{round}");
            let id = JobId::derived(item.job.millis(), &["same", &item.id().to_string(), &number]);
            let Some(merge) = job(planning, ctx, id).await? else {
                next = Some(id);
                break;
            };
            let worked = merge.status() == JobStatus::Succeeded;
            merged.push(merge);
            if !worked {
                break;
            }
        }
    }
    Ok((merged, next))
}

/// Starts merges, and says that they must be waited for; or what stands in the way.
async fn start(planning: &Planning, ctx: &Ctx, id: JobId, site: SiteId, groups: Vec<Same>) -> Failure {
    let Err(error) = planning.merge_same(ctx, id, site, groups).await else { return merging() };
    match job(planning, ctx, id).await {
        // Another worker was faster, or its answer was lost.
        Ok(Some(_)) => merging(),
        Ok(None) if error.kind() == ErrorKind::Conflict => {
            later(CLUSTERING.0, "Other clusters of this site are being merged; it waits for them.")
        }
        Ok(None) => error.into(),
        Err(failure) => failure,
    }
}

fn merging() -> Failure {
    later(MERGING, "The clusters of this job that mean the same are being merged.")
}

fn later(after: Duration, sentence: &str) -> Failure {
    Failure::Postponed { after, sentence: sentence.to_owned(), usage: Vec::new() }
}

async fn job(planning: &Planning, ctx: &Ctx, id: JobId) -> Result<Option<Job>, Failure> {
    Ok(planning.work.current(ctx, &[id]).await?.pop().flatten())
}

/// The clusters of a job that mean the same, as they are now; the largest such groups first.
async fn same_clusters(planning: &Planning, ctx: &Ctx, job: JobId, merged: &[Job]) -> Result<Vec<Same>, Failure> {
    let keys = Keys::new(ctx);
    let answers = Answers::read(planning, &keys, job, merged).await?;
    let wanted: Vec<Key> = answers.used.keys().map(|id| Cluster::key_of(&keys, *id)).collect();
    let mut by_sector: BTreeMap<Option<SectorId>, Vec<Cluster>> = BTreeMap::new();
    for cluster in planning.table.get_many::<Cluster>(&wanted).await?.into_iter().flatten() {
        if cluster.merging_into.is_none() {
            by_sector.entry(cluster.sector_id).or_default().push(cluster);
        }
    }
    let wanted: Vec<Key> = answers.keywords.iter().map(|id| Keyword::key_of(&keys, *id)).collect();
    let keywords: Vec<Keyword> = planning.table.get_many::<Keyword>(&wanted).await?.into_iter().flatten().collect();
    let mut found: Vec<Same> =
        by_sector.into_values().flat_map(|clusters| alike(&clusters, &keywords, &answers)).collect();
    found.sort_by_key(|(into, from)| (std::cmp::Reverse(from.len()), into.id));
    found.truncate(MOST_MERGES);
    Ok(found)
}

/// Those of some clusters that mean the same, by the keywords in them.
fn alike(clusters: &[Cluster], keywords: &[Keyword], answers: &Answers) -> Vec<Same> {
    let place: BTreeMap<ClusterId, usize> = clusters.iter().enumerate().map(|(at, one)| (one.id, at)).collect();
    let mut texts: Vec<&str> = Vec::new();
    let mut groups: Vec<Group> = clusters.iter().map(|one| answers.group(one)).collect();
    for keyword in keywords {
        if let Some(at) = keyword.cluster_id.and_then(|id| place.get(&id)) {
            groups[*at].texts.push(texts.len());
            texts.push(&keyword.keyword);
        }
    }
    let stays = |at: &usize| {
        let cluster = &clusters[*at];
        (!answers.may_go(cluster), cluster.keyword_count, std::cmp::Reverse(cluster.id))
    };
    let pick = |group: Vec<usize>| {
        let into = *group.iter().max_by_key(|at| stays(at))?;
        let from = group.iter().filter(|at| **at != into).take(MOST_CLUSTERS).map(|at| clusters[*at].clone());
        Some((clusters[into].clone(), from.collect()))
    };
    same(&texts, &groups).into_iter().filter_map(pick).collect()
}

impl Answers {
    async fn read(planning: &Planning, keys: &Keys, job: JobId, merged: &[Job]) -> Result<Self, Failure> {
        let mut answers = Self::default();
        for item in items(planning, keys, job).await? {
            let made: Option<Made> = item.result.and_then(|result| serde_json::from_value(result).ok());
            let (Some(made), Ok(told)) = (made, serde_json::from_value::<Told>(item.input)) else { continue };
            for id in made.cluster_ids {
                answers.used.entry(id).or_default().insert(item.index);
            }
            answers.created.extend(made.created_ids);
            answers.keywords.extend(told.keyword_ids);
        }
        // What has been merged was in the answers of all of its parts.
        for merge in merged {
            for item in items(planning, keys, merge.id).await? {
                let merge: MergeInput = serde_json::from_value(item.input).map_err(Error::internal)?;
                for gone in merge.from {
                    let theirs = answers.used.remove(&gone).unwrap_or_default();
                    answers.used.entry(merge.into).or_default().extend(theirs);
                }
            }
        }
        Ok(answers)
    }

    /// It was made by this job, and nobody has changed it or hung anything on it in the hub-and-spoke map.
    fn may_go(&self, cluster: &Cluster) -> bool {
        self.created.contains(&cluster.id)
            && cluster.version == 1
            && cluster.hub_id.is_none()
            && cluster.spoke_count == 0
    }

    fn group(&self, cluster: &Cluster) -> Group {
        let mut known_by = self.used.get(&cluster.id).cloned().unwrap_or_default();
        if !self.may_go(cluster) {
            known_by.insert(STAYS);
        }
        Group { texts: Vec::new(), known_by }
    }
}

/// The items of a job that have succeeded.
async fn items(planning: &Planning, keys: &Keys, job: JobId) -> Result<Vec<Item>, Failure> {
    let items = Query::partition(Item::partition(keys, job));
    let items = planning.table.query_all::<Item>(keys, items, usize::MAX).await?;
    Ok(items.into_iter().filter(|item| item.state == ItemState::Succeeded).collect())
}
