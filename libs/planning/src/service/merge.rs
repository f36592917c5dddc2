//! Merging clusters: a free job walks what belongs to the merged ones over to the one that stays, in transactions that a
//! repeat finds done. What the planner holds of it is here; tasks and contents, and the step, are the writer's.
//!
//! One merge at a time per site, by a lock row that names its job. The merged clusters are marked first: from then on
//! nothing new refers to them ([`Cluster::stays`]). They go in the transaction that ends the item, and only when the
//! table says that they have neither keywords nor spokes.

use igny8_core::{ClusterId, Credits, Ctx, Error, JobId, Limit, Result, SiteId};
use igny8_table::{Cond, Effects, Entity, Index, Key, Keys, Query, TableError, Update};
use igny8_work::{FunctionSpec, Job, JobCreate, NewItem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    Planning,
    change_keywords::Totals,
    clusters::name_of,
    unmerge::{Merged, Moved, Was},
};
use crate::{
    entity::{Cluster, ContentIdea, Keyword},
    step::Same,
};

/// Merges clusters.
pub const MERGE_CLUSTERS: FunctionSpec =
    FunctionSpec { name: "merge_clusters", queue: "planner-merge", max_attempts: 4 };
/// Takes a merge back; the worker is the same.
pub const UNMERGE_CLUSTERS: FunctionSpec = FunctionSpec { name: "unmerge_clusters", ..MERGE_CLUSTERS };
/// The most clusters that one merge takes away.
pub(crate) const MOST_CLUSTERS: usize = 20;
/// The most keywords of them: some hundred transactions, a minute of a worker.
const MOST_KEYWORDS: u64 = 20_000;
/// Rows per transaction, with both clusters and the lock.
const CHUNK: usize = 45;
/// How often a chunk is read anew because a row in it has changed meanwhile.
pub(super) const RERUNS: u32 = 5;

/// Which clusters to merge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterMerge {
    /// The clusters that become part of this one, 1 to 20, all of its site. Itself among them changes nothing.
    pub cluster_ids: Vec<ClusterId>,
}

/// The merge of a site: whose job it names may walk. Free again once that job has ended.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct MergeLock {
    site_id: SiteId,
    job_id: JobId,
}

impl MergeLock {
    pub(super) fn key_of(keys: &Keys, site: SiteId) -> Key {
        keys.site_row(site, Self::KIND, "-")
    }
}

impl Entity for MergeLock {
    const KIND: &'static str = "MERGE";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.site_id)
    }
}

/// What a merge is told.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MergeInput {
    /// The cluster that stays.
    pub into: ClusterId,
    /// Those that go.
    pub from: Vec<ClusterId>,
    /// The job of the merge that is taken back, instead of one to be done.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub undo: Option<JobId>,
}

/// A merge under way: what it may write, and on which condition.
#[derive(Debug)]
pub struct Merge<'a> {
    /// The planner.
    planning: &'a Planning,
    ctx: &'a Ctx,
    keys: Keys,
    job: JobId,
    /// The cluster that stays.
    pub into: Cluster,
    /// Those that go and are still there.
    pub from: Vec<Cluster>,
}

impl Planning {
    /// Starts to merge clusters into one; it is free.
    ///
    /// Errors: a cluster that is not there (404) or of another site, too many (422); another merge in the site (409).
    pub async fn merge_clusters(&self, ctx: &Ctx, into: ClusterId, merge: &ClusterMerge) -> Result<Job> {
        let stays = self.cluster_by_id(ctx, into).await?;
        let mut ids = merge.cluster_ids.clone();
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() || ids.len() > MOST_CLUSTERS {
            return Err(Error::invalid("cluster_ids", format!("send 1 to {MOST_CLUSTERS} ids")));
        }
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Cluster::key_of(&keys, *id)).collect();
        let found: Option<Vec<Cluster>> = self.table.get_many::<Cluster>(&wanted).await?.into_iter().collect();
        let mut from = found.ok_or_else(|| Error::not_found("cluster"))?;
        if let Some(other) = from.iter().find(|one| one.site_id != stays.site_id) {
            self.cluster_by_id(ctx, other.id).await?;
            return Err(Error::invalid("cluster_ids", "must all be of one site"));
        }
        from.retain(|one| one.id != into);
        let keywords: u64 = from.iter().map(|one| one.keyword_count).sum();
        if keywords > MOST_KEYWORDS {
            let message = format!("they have {keywords} keywords together; merge at most {MOST_KEYWORDS} at once");
            return Err(Error::invalid("cluster_ids", message));
        }
        self.start_merge(ctx, JobCreate::new(ctx, MERGE_CLUSTERS, stays.site_id, vec![new_merge(&stays, &from)?])).await
    }

    /// Starts to merge clusters that mean the same, under a given id: a repeat is a conflict.
    ///
    /// Errors: another merge in the site, or this one has started already (409).
    pub(crate) async fn merge_same(&self, ctx: &Ctx, id: JobId, site: SiteId, groups: Vec<Same>) -> Result<Job> {
        let items: Result<Vec<NewItem>> = groups.iter().map(|(into, from)| new_merge(into, from)).collect();
        self.start_merge(ctx, JobCreate { id, ..JobCreate::new(ctx, MERGE_CLUSTERS, site, items?) }).await
    }

    /// Creates a job of merges, with the lock of its site.
    async fn start_merge(&self, ctx: &Ctx, create: JobCreate) -> Result<Job> {
        let Some(site) = create.site_id else { return Err(Error::internal("a merge without a site")) };
        let effects = self.lock_merges(ctx, site, create.id).await?;
        self.work.create(ctx, create.with(effects)).await
    }

    /// Makes a job the one that merges in its site, unless another one does.
    pub(super) async fn lock_merges(&self, ctx: &Ctx, site: SiteId, job: JobId) -> Result<Effects> {
        let keys = Keys::new(ctx);
        let free = match self.table.get::<MergeLock>(MergeLock::key_of(&keys, site)).await? {
            None => Cond::NotExists,
            Some(lock) if self.work.status(ctx, lock.job_id).await?.is_terminal() => Cond::eq("job_id", lock.job_id),
            Some(_) => return Err(busy()),
        };
        let mut effects = Effects::new();
        effects.put("lock", &keys, &MergeLock { site_id: site, job_id: job }, Some(free))?;
        Ok(effects)
    }

    /// The merge of an item as it stands now, its clusters marked. Those that have gone already are done.
    ///
    /// Errors: the cluster that should stay is not there any more (404), another merge has begun since (409).
    pub async fn begin_merge<'a>(&'a self, ctx: &'a Ctx, job: JobId, input: &MergeInput) -> Result<Merge<'a>> {
        let keys = Keys::new(ctx);
        let into = self.cluster_by_id(ctx, input.into).await?;
        let wanted: Vec<_> = input.from.iter().map(|id| Cluster::key_of(&keys, *id)).collect();
        let from: Vec<Cluster> = self.table.get_many::<Cluster>(&wanted).await?.into_iter().flatten().collect();
        let mut merge = Merge { planning: self, ctx, keys, job, into, from };
        merge.mark().await?;
        Ok(merge)
    }

    /// A cluster without the mark of a merge that is over: one that was cancelled between two tries had no time to take
    /// its marks off.
    pub(super) async fn without_old_mark(&self, ctx: &Ctx, mut cluster: Cluster) -> Result<Cluster> {
        let Some(into) = cluster.merging_into else { return Ok(cluster) };
        let keys = Keys::new(ctx);
        let key = MergeLock::key_of(&keys, cluster.site_id);
        let Some(lock) = self.table.get::<MergeLock>(key.clone()).await? else { return Ok(cluster) };
        if !self.work.status(ctx, lock.job_id).await?.is_terminal() {
            return Ok(cluster);
        }
        let mut effects = Effects::new();
        effects.check("lock", key, Cond::eq("job_id", lock.job_id));
        let marked = Cond::eq("merging_into", into);
        effects.update("cluster", Update::at(cluster.key(&keys)).remove("merging_into").when(marked));
        match self.table.transact("planning.mark_merge", effects).await {
            Ok(()) => cluster.merging_into = None,
            // Another merge has begun meanwhile.
            Err(TableError::Condition(_)) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(cluster)
    }

    /// The rows that take the marks of a merge off again when it is given up: what has not been moved stays.
    pub async fn leave_merge(&self, ctx: &Ctx, input: &MergeInput) -> Result<Effects> {
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = input.from.iter().map(|id| Cluster::key_of(&keys, *id)).collect();
        let mut effects = Effects::new();
        for one in self.table.get_many::<Cluster>(&wanted).await?.into_iter().flatten() {
            if one.merging_into == Some(input.into) {
                let marked = Cond::eq("merging_into", input.into);
                effects.update("cluster", Update::at(one.key(&keys)).remove("merging_into").when(marked));
            }
        }
        Ok(effects)
    }
}

/// The item that merges clusters into one.
fn new_merge(into: &Cluster, from: &[Cluster]) -> Result<NewItem> {
    let names: Vec<_> = from.iter().map(|one| one.name.as_str()).collect();
    let input = MergeInput { into: into.id, from: from.iter().map(|one| one.id).collect(), undo: None };
    Ok(NewItem {
        title: format!("{} into “{}”", listed(&names), into.name),
        input: serde_json::to_value(input).map_err(Error::internal)?,
        price: Credits::ZERO,
    })
}

/// “a”, “b” and 3 more.
pub(super) fn listed(names: &[&str]) -> String {
    match names {
        [] => "Nothing".to_owned(),
        [one] => format!("“{one}”"),
        [first, second] => format!("“{first}” and “{second}”"),
        [first, rest @ ..] => format!("“{first}” and {} more", rest.len()),
    }
}

fn busy() -> Error {
    Error::conflict("Clusters of this site are being merged already. Wait until that is done; see its job.")
}

impl Merge<'_> {
    /// The ids of the clusters that go.
    pub fn ids(&self) -> Vec<ClusterId> {
        self.from.iter().map(|one| one.id).collect()
    }

    /// The site.
    pub const fn site(&self) -> SiteId {
        self.into.site_id
    }

    /// Holds only while this merge is the one of its site.
    fn guard(&self, effects: &mut Effects) {
        effects.check("lock", MergeLock::key_of(&self.keys, self.site()), Cond::eq("job_id", self.job));
    }

    /// Marks the clusters that go, and takes a mark of an earlier merge from the one that stays. What they were is written
    /// down before anything is moved.
    async fn mark(&mut self) -> Result<()> {
        let into = self.into.id;
        let mut effects = Effects::new();
        self.guard(&mut effects);
        let kept = self.planning.table.get::<Merged>(Merged::key_of(&self.keys, self.site(), self.job)).await?;
        if kept.is_none() && !self.from.is_empty() {
            let from = self.from.clone();
            let merged = Merged { site_id: self.site(), job_id: self.job, into, from, at: self.ctx.now() };
            effects.create("merged", &self.keys, &merged)?;
        }
        for one in self.from.iter().filter(|one| one.merging_into != Some(into)) {
            let update = Update::at(one.key(&self.keys)).set("merging_into", into).when(Cond::Exists);
            effects.update("cluster", update);
        }
        let marked = self.into.merging_into.is_some();
        if marked {
            effects.update("into", Update::at(self.into.key(&self.keys)).remove("merging_into").when(Cond::Exists));
        }
        if effects.len() > 1 {
            self.planning.table.transact("planning.mark_merge", effects).await.map_err(lost)?;
        }
        Ok(())
    }

    /// Writes down with a move what it moves.
    fn moved(
        &self,
        effects: &mut Effects,
        kind: &str,
        rows: Vec<Was>,
        hub: Option<ClusterId>,
    ) -> Result<(), TableError> {
        let (site_id, kind, at) = (self.site(), kind.to_owned(), self.ctx.now());
        effects.put("moved", &self.keys, &Moved { site_id, job_id: self.job, kind, rows, hub, at }, None)
    }

    /// Moves every keyword; how many this call has moved.
    pub async fn move_keywords(&self) -> Result<u64> {
        let mut moved = 0;
        for from in &self.from {
            let by_cluster = Query::partition(Keyword::by_cluster(&self.keys, from.id)).index(Index::Gsi2);
            moved += self.walk_keywords(from.id, by_cluster).await?;
            // The index may lag: what the cluster still counts is looked for in the rows themselves.
            let left = self.planning.table.get::<Cluster>(from.key(&self.keys)).await?;
            if left.is_some_and(|left| left.keyword_count > 0) {
                let rows = Query::partition(self.keys.site_partition(from.id, Keyword::KIND))
                    .filter(Cond::eq("cluster_id", from.id));
                moved += self.walk_keywords(from.id, rows).await?;
            }
        }
        Ok(moved)
    }

    async fn walk_keywords(&self, from: ClusterId, query: Query) -> Result<u64> {
        let (mut moved, mut cursor) = (0, None);
        loop {
            let page = query.clone().limit(Limit::new(Limit::MAX).unwrap_or_default()).cursor(cursor);
            let page = self.planning.table.query::<Keyword>(&self.keys, page).await?;
            let ids: Vec<_> = page.items.iter().map(|keyword| keyword.id).collect();
            for chunk in ids.chunks(CHUNK) {
                let wanted: Vec<Key> = chunk.iter().map(|id| Keyword::key_of(&self.keys, *id)).collect();
                let mut attempts = 0;
                moved += loop {
                    match self.move_chunk(from, &wanted).await {
                        Err(error) if error.failed("keyword") && attempts < RERUNS => attempts += 1,
                        other => break other.map_err(lost)?,
                    }
                };
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(moved);
            }
        }
    }

    /// Moves those of a chunk that are still in the cluster, with the totals of both.
    async fn move_chunk(&self, from: ClusterId, wanted: &[Key]) -> std::result::Result<u64, TableError> {
        let rows = self.planning.table.get_many::<Keyword>(wanted).await?;
        let mut effects = Effects::new();
        let mut totals = Totals::default();
        let mut was = Vec::new();
        for before in rows.into_iter().flatten().filter(|row| row.cluster_id == Some(from)) {
            let mut after = before.clone();
            after.cluster_id = Some(self.into.id);
            after.updated_at = self.ctx.now();
            after.version += 1;
            effects.replace("keyword", &self.keys, &after, before.version)?;
            totals.moved(&before, &after);
            was.push(Was::new(before.id, from, None));
        }
        let moved = was.len() as u64;
        if moved > 0 {
            self.moved(&mut effects, Keyword::KIND, was, None)?;
            totals.write(&self.keys, &mut effects);
            self.guard(&mut effects);
            self.planning.table.transact("planning.merge_keywords", effects).await?;
        }
        Ok(moved)
    }

    /// Takes the clusters that go out of their hubs, and gives what supports them to the one that stays, or to its hub.
    pub async fn move_spokes(&mut self) -> Result<()> {
        let all = Query::partition(self.keys.site_partition(self.site(), Cluster::KIND));
        let ids = self.ids();
        let concerned = Cond::any_of("hub_id", ids.iter().copied())
            .or(Cond::eq("id", self.into.id))
            .or(Cond::All(vec![Cond::any_of("id", ids.iter().copied()), Cond::Has("hub_id")]));
        let rows = self.planning.table.query_all::<Cluster>(&self.keys, all.filter(concerned), 10_000).await?;
        let into_hub = rows.iter().find(|row| row.id == self.into.id).and_then(|row| row.hub_id);
        let hub = into_hub.filter(|hub| !ids.contains(hub)).unwrap_or(self.into.id);
        for row in rows {
            let Some(before) = row.hub_id else { continue };
            let goes = ids.contains(&row.id);
            let stays_there = !goes && !ids.contains(&before);
            if stays_there {
                continue;
            }
            let mut effects = Effects::new();
            self.guard(&mut effects);
            super::hubs::leave_hub(&self.keys, &mut effects, before);
            let mut update = Update::at(row.key(&self.keys)).add("version", 1).when(Cond::eq("hub_id", before));
            if goes || row.id == hub {
                update = update.remove("hub_id");
            } else {
                update = update.set("hub_id", hub);
                effects.update(
                    "new hub",
                    Update::at(Cluster::key_of(&self.keys, hub)).add("spoke_count", 1).when(Cond::Exists),
                );
            }
            effects.update("spoke", update);
            if !goes {
                let now = (row.id != hub).then_some(hub);
                self.moved(&mut effects, Cluster::KIND, vec![Was::new(row.id, before, None)], now)?;
            }
            self.planning.table.transact("planning.merge_spokes", effects).await.map_err(lost)?;
        }
        // Their versions have moved: the end of the merge asks for what is there.
        for one in &mut self.from {
            if let Some(row) = self.planning.table.get::<Cluster>(one.key(&self.keys)).await? {
                *one = row;
            }
        }
        Ok(())
    }

    /// Moves every idea; how many this call has moved.
    pub async fn move_ideas(&self) -> Result<u64> {
        self.each::<ContentIdea>(|idea| {
            let update = Update::at(idea.key(&self.keys))
                .set("cluster_id", self.into.id)
                .set("GSI2PK", ContentIdea::by_cluster(&self.keys, self.into.id));
            let update = match self.into.sector_id {
                Some(sector) => update.set("sector_id", sector),
                None => update.remove("sector_id"),
            };
            let was = idea.cluster_id.map(|cluster| Was::new(idea.id, cluster, idea.sector_id));
            (update, idea.version, was)
        })
        .await
    }

    /// Writes what `change` says about each row of a kind that names one of the clusters: the update, the version that it
    /// was made for, and where the row was. How many rows that were.
    ///
    /// Their kinds have no index by cluster that never lags, so the site's rows are read, consistently.
    pub async fn each<E: Entity>(&self, change: impl Fn(&E) -> (Update, u64, Option<Was>)) -> Result<u64> {
        let mut moved = 0;
        for attempt in 0.. {
            let query = Query::partition(self.keys.site_partition(self.site(), E::KIND))
                .filter(Cond::any_of("cluster_id", self.ids()));
            let (mut cursor, mut again) = (None, false);
            loop {
                let page = query.clone().limit(Limit::new(Limit::MAX).unwrap_or_default()).cursor(cursor);
                let page = self.planning.table.query::<E>(&self.keys, page).await?;
                for chunk in page.items.chunks(CHUNK) {
                    let mut effects = Effects::new();
                    self.guard(&mut effects);
                    let mut rows = Vec::new();
                    for row in chunk {
                        let (update, version, was) = change(row);
                        rows.extend(was);
                        let update = update.set("updated_at", self.ctx.now()).add("version", 1);
                        effects.update("row", update.when(Cond::eq_n("version", version)));
                    }
                    self.moved(&mut effects, E::KIND, rows, None)?;
                    match self.planning.table.transact("planning.merge_rows", effects).await {
                        Ok(()) => moved += chunk.len() as u64,
                        // One of them was changed meanwhile: all of it is looked at again.
                        Err(error) if error.failed("row") && attempt < RERUNS => again = true,
                        Err(error) => return Err(lost(error)),
                    }
                }
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            if !again {
                break;
            }
        }
        Ok(moved)
    }

    /// What ends the merge: the clusters and their names go, if nothing is left in them.
    pub fn end(&self) -> Effects {
        let mut effects = Effects::new();
        self.guard(&mut effects);
        for one in &self.from {
            let empty = Cond::eq_n("keyword_count", 0)
                .and(Cluster::without_spokes())
                .and(Cond::Lacks("hub_id"))
                .and(Cond::eq_n("version", one.version));
            effects.delete("cluster", one.key(&self.keys), Some(empty));
            effects.delete("name", name_of(one).key(&self.keys), None);
        }
        let stays = Update::at(self.into.key(&self.keys)).set("updated_at", self.ctx.now()).when(Cluster::stays());
        effects.update("into", stays);
        effects
    }

    /// What the end of an item tells.
    pub fn result<const KINDS: usize>(&self, counts: [(&str, u64); KINDS]) -> serde_json::Value {
        let mut result = json!({ "cluster_id": self.into.id, "clusters": self.from.len() });
        for (kind, count) in counts {
            result[kind] = json!(count);
        }
        result
    }
}

/// What it means when a condition of a merge does not hold any more.
pub(super) fn lost(error: TableError) -> Error {
    if error.failed("lock") {
        return Error::conflict("Another merge has begun in this site since. Start this one again when that is done.");
    }
    if error.failed("cluster") || error.failed("into") {
        return Error::conflict(
            "One of the clusters was removed or merged elsewhere meanwhile. Start the merge again.",
        );
    }
    error.into()
}
