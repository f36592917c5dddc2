//! Taking a merge of clusters back: what the merge moved is written down beside each of its moves, and a free job walks it
//! back, in transactions that a repeat finds done. Tasks and contents, and the step, are the writer's.
//!
//! Only what is still where the merge put it goes back: what somebody has moved elsewhere since, or added, stays.

use std::time::Duration;

use igny8_core::{ClusterId, Credits, Ctx, Error, JobId, Result, SectorId, SiteId, Timestamp};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query, TableError, Update};
use igny8_work::{Job, JobCreate, NewItem};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Planning,
    change_keywords::Totals,
    clusters::name_of,
    hubs::leave_hub,
    merge::{MERGE_CLUSTERS, MergeInput, MergeLock, RERUNS, UNMERGE_CLUSTERS, listed, lost},
};
use crate::entity::{Cluster, ClusterName, ContentIdea, Keyword};

/// How long a merge can be taken back.
const KEPT: Duration = Duration::from_hours(30 * 24);

/// A merge that can be taken back: the clusters as they were before it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Merged {
    pub site_id: SiteId,
    pub job_id: JobId,
    pub into: ClusterId,
    pub from: Vec<Cluster>,
    pub at: Timestamp,
}

impl Merged {
    pub fn key_of(keys: &Keys, site: SiteId, job: JobId) -> Key {
        keys.site_row(site, Self::KIND, job)
    }
}

impl Entity for Merged {
    const KIND: &'static str = "MERGED";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.site_id, self.job_id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.at + KEPT)
    }
}

/// Where a row was before a merge moved it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Was {
    /// The row's id.
    pub id: String,
    /// Its cluster; of a spoke its hub.
    pub cluster: ClusterId,
    /// Its sector.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sector: Option<SectorId>,
    /// Its category on the site, where the merge changed it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub category: Option<String>,
}

impl Was {
    /// A row that was in a cluster.
    pub fn new(id: impl ToString, cluster: ClusterId, sector: Option<SectorId>) -> Self {
        Self { id: id.to_string(), cluster, sector, category: None }
    }
}

/// Rows that a merge moved in one transaction, this row with them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Moved {
    pub site_id: SiteId,
    pub job_id: JobId,
    /// Their kind, as KEYWORD.
    pub kind: String,
    pub rows: Vec<Was>,
    /// Of a spoke, the hub that it got.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hub: Option<ClusterId>,
    pub at: Timestamp,
}

impl Entity for Moved {
    const KIND: &'static str = "MOVED";

    fn key(&self, keys: &Keys) -> Key {
        // A row is moved once by a merge, so its id names the transaction.
        let first = self.rows.first().map_or("-", |row| row.id.as_str());
        keys.site_row(self.site_id, Self::KIND, format!("{}#{}#{first}", self.job_id, self.kind))
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.at + KEPT)
    }
}

/// A merge that is being taken back.
#[derive(Debug)]
pub struct Unmerge<'a> {
    planning: &'a Planning,
    ctx: &'a Ctx,
    keys: Keys,
    /// The job that takes it back.
    job: JobId,
    merged: Merged,
    into: Cluster,
}

impl Planning {
    /// Starts to take a merge back; it is free.
    ///
    /// Errors: no such job (404); one that is no merge, that runs, that was taken back or is older than 30 days; a name
    /// that another cluster has by now, the cluster itself gone, another merge in the site (409).
    pub async fn undo_merge(&self, ctx: &Ctx, merge: JobId) -> Result<Job> {
        let done = self.work.job(ctx, merge).await?;
        let no_merge = || Error::conflict("This job is no merge of clusters, or it moved nothing.");
        let site = done.site_id.filter(|_| done.function == MERGE_CLUSTERS.name).ok_or_else(no_merge)?;
        if !done.status().is_terminal() {
            return Err(Error::conflict("The merge still runs. Wait until it is done, then take it back."));
        }
        self.accounts.site(ctx, site).await.map_err(|_| Error::not_found("job"))?;
        if done.total > 1 {
            // The end of a clustering: what is written down for an undo names one cluster that got the others.
            return Err(Error::conflict(
                "This job joined several groups of clusters at the end of a clustering. Split the clusters that you want apart.",
            ));
        }
        let keys = Keys::new(ctx);
        let merged = self.merged(&keys, site, merge).await?;
        let into = self.cluster_that_got(ctx, &merged).await?;
        if let Some(name) = self.taken_name(&keys, &merged).await? {
            return Err(name_taken(&name));
        }
        let names: Vec<_> = merged.from.iter().map(|one| one.name.as_str()).collect();
        let input = MergeInput { into: into.id, from: Vec::new(), undo: Some(merge) };
        let item = NewItem {
            title: format!("{} out of “{}” again", listed(&names), into.name),
            input: serde_json::to_value(input).map_err(Error::internal)?,
            price: Credits::ZERO,
        };
        let create = JobCreate::new(ctx, UNMERGE_CLUSTERS, site, vec![item]);
        let effects = self.lock_merges(ctx, site, create.id).await?;
        self.work.create(ctx, create.with(effects)).await
    }

    async fn merged(&self, keys: &Keys, site: SiteId, merge: JobId) -> Result<Merged> {
        let row = self.table.get::<Merged>(Merged::key_of(keys, site, merge)).await?;
        row.ok_or_else(|| Error::conflict("This merge was taken back already, or it is older than 30 days."))
    }

    async fn cluster_that_got(&self, ctx: &Ctx, merged: &Merged) -> Result<Cluster> {
        let row = self.table.get::<Cluster>(Cluster::key_of(&Keys::new(ctx), merged.into)).await?;
        row.filter(|row| row.merging_into.is_none()).ok_or_else(|| {
            Error::conflict(
                "The cluster that they were merged into is gone. If it was merged too, take that back first.",
            )
        })
    }

    /// A name of theirs that another cluster has.
    async fn taken_name(&self, keys: &Keys, merged: &Merged) -> Result<Option<String>> {
        let wanted: Vec<_> = merged.from.iter().map(|one| name_of(one).key(keys)).collect();
        let found = self.table.get_many::<ClusterName>(&wanted).await?;
        let mut other =
            merged.from.iter().zip(found).filter(|(one, name)| name.as_ref().is_some_and(|n| n.id != one.id));
        Ok(other.next().map(|(one, _)| one.name.clone()))
    }

    /// What an item takes back, its clusters there again, without anything in them; none when it is done.
    ///
    /// Errors: as [`Planning::undo_merge`] for what has changed since (409).
    pub async fn begin_unmerge<'a>(
        &'a self,
        ctx: &'a Ctx,
        job: JobId,
        site: SiteId,
        merge: JobId,
    ) -> Result<Unmerge<'a>> {
        let keys = Keys::new(ctx);
        let merged = self.merged(&keys, site, merge).await?;
        let into = self.cluster_that_got(ctx, &merged).await?;
        let unmerge = Unmerge { planning: self, ctx, keys, job, merged, into };
        unmerge.restore().await?;
        Ok(unmerge)
    }
}

fn name_taken(name: &str) -> Error {
    Error::conflict(format!("Another cluster is called “{name}” by now. Rename it, then take the merge back."))
}

impl Unmerge<'_> {
    /// The cluster that they were merged into.
    pub const fn cluster(&self) -> &Cluster {
        &self.into
    }

    /// Holds only while this is the merge of its site.
    fn guard(&self, effects: &mut Effects) {
        effects.check("lock", MergeLock::key_of(&self.keys, self.merged.site_id), Cond::eq("job_id", self.job));
    }

    /// The clusters that are gone are there again; those of a merge that was given up lose its mark.
    async fn restore(&self) -> Result<()> {
        let wanted: Vec<_> = self.merged.from.iter().map(|one| one.key(&self.keys)).collect();
        let found = self.planning.table.get_many::<Cluster>(&wanted).await?;
        let mut effects = Effects::new();
        self.guard(&mut effects);
        for (was, found) in self.merged.from.iter().zip(found) {
            match found {
                Some(row) if row.merging_into.is_some() => {
                    let update = Update::at(row.key(&self.keys)).remove("merging_into").when(Cond::Exists);
                    effects.update("cluster", update);
                }
                Some(_) => {}
                None => {
                    let empty = Cluster {
                        keyword_count: 0,
                        volume: 0,
                        hub_id: None,
                        spoke_count: 0,
                        merging_into: None,
                        updated_at: self.ctx.now(),
                        version: was.version + 1,
                        ..was.clone()
                    };
                    effects.create("cluster", &self.keys, &empty)?;
                    effects.create("name", &self.keys, &name_of(&empty))?;
                }
            }
        }
        if effects.len() > 1 {
            self.planning
                .table
                .transact("planning.restore_clusters", effects)
                .await
                .map_err(|error| if error.failed("name") { name_taken("one of theirs") } else { lost(error) })?;
        }
        Ok(())
    }

    async fn moves(&self, kind: &str) -> Result<Vec<Moved>> {
        let of = Query::partition(self.keys.site_partition(self.merged.site_id, Moved::KIND))
            .begins_with(format!("{}#{kind}#", self.merged.job_id));
        Ok(self.planning.table.query_all::<Moved>(&self.keys, of, 10_000).await?)
    }

    /// Moves every keyword back; how many this call has moved.
    pub async fn move_keywords(&self) -> Result<u64> {
        let mut count = 0;
        for moved in self.moves(Keyword::KIND).await? {
            let mut attempts = 0;
            count += loop {
                match self.move_chunk(&moved).await {
                    Err(error) if error.failed("keyword") && attempts < RERUNS => attempts += 1,
                    other => break other.map_err(lost)?,
                }
            };
        }
        Ok(count)
    }

    async fn move_chunk(&self, moved: &Moved) -> std::result::Result<u64, TableError> {
        let mut effects = Effects::new();
        let mut totals = Totals::default();
        let mut count = 0;
        for (before, was) in self.rows::<Keyword>(moved).await? {
            if before.cluster_id != Some(self.into.id) {
                continue;
            }
            let mut after = before.clone();
            after.cluster_id = Some(was.cluster);
            after.updated_at = self.ctx.now();
            after.version += 1;
            effects.replace("keyword", &self.keys, &after, before.version)?;
            totals.moved(&before, &after);
            count += 1;
        }
        totals.write(&self.keys, &mut effects);
        self.write_back("planning.unmerge_keywords", effects, moved).await?;
        Ok(count)
    }

    /// The rows of a move that are still there, each with where it was.
    async fn rows<'m, E: Entity>(&self, moved: &'m Moved) -> std::result::Result<Vec<(E, &'m Was)>, TableError> {
        let key = |was: &Was| self.keys.site_row(moved.site_id, E::KIND, &was.id);
        let wanted: Vec<Key> = moved.rows.iter().map(key).collect();
        let found = self.planning.table.get_many::<E>(&wanted).await?;
        Ok(found.into_iter().zip(&moved.rows).filter_map(|(row, was)| Some((row?, was))).collect())
    }

    /// Writes the way back of a move, with which what is known of it goes.
    async fn write_back(
        &self,
        point: &'static str,
        mut effects: Effects,
        moved: &Moved,
    ) -> std::result::Result<(), TableError> {
        self.guard(&mut effects);
        effects.delete("moved", moved.key(&self.keys), None);
        self.planning.table.transact(point, effects).await
    }

    /// Moves every idea back; how many this call has moved.
    pub async fn move_ideas(&self) -> Result<u64> {
        self.each::<ContentIdea>(|idea, was| {
            (idea.cluster_id == Some(self.into.id)).then(|| {
                let update =
                    Update::at(idea.key(&self.keys)).set("GSI2PK", ContentIdea::by_cluster(&self.keys, was.cluster));
                (update, idea.version)
            })
        })
        .await
    }

    /// Moves the rows of a kind back: `change` says which ones, by the update of what is its own, and the version that it
    /// was made for. How many rows that were.
    pub async fn each<E: Entity>(&self, change: impl Fn(&E, &Was) -> Option<(Update, u64)>) -> Result<u64> {
        let mut count = 0;
        for moved in self.moves(E::KIND).await? {
            let mut attempts = 0;
            count += loop {
                let mut effects = Effects::new();
                for (row, was) in self.rows::<E>(&moved).await? {
                    let Some((update, version)) = change(&row, was) else { continue };
                    let update = update.set("cluster_id", was.cluster).set("updated_at", self.ctx.now());
                    let update = match was.sector {
                        Some(sector) => update.set("sector_id", sector),
                        None => update.remove("sector_id"),
                    };
                    effects.update("row", update.add("version", 1).when(Cond::eq_n("version", version)));
                }
                let rows = effects.len() as u64;
                match self.write_back("planning.unmerge_rows", effects, &moved).await {
                    Ok(()) => break rows,
                    // One of them was changed meanwhile.
                    Err(error) if error.failed("row") && attempts < RERUNS => attempts += 1,
                    Err(error) => return Err(lost(error)),
                }
            };
        }
        Ok(count)
    }

    /// Gives the hubs their spokes back: those that support what the merge gave them to, and have no spokes themselves.
    pub async fn move_spokes(&self) -> Result<()> {
        let mut moves = self.moves(Cluster::KIND).await?;
        // The one that became the hub of the others is a spoke again once it has none.
        moves.sort_by_key(|moved| moved.hub.is_none());
        for moved in moves {
            let Some((spoke, was)) = self.rows::<Cluster>(&moved).await?.into_iter().next() else {
                self.write_back("planning.unmerge_spokes", Effects::new(), &moved).await.map_err(lost)?;
                continue;
            };
            let effects = self.to_hub(&spoke, moved.hub, was.cluster);
            match self.write_back("planning.unmerge_spokes", effects, &moved).await {
                // Somebody has given it another place since, or its old hub is none any more: so it stays.
                Err(error) if error.failed("spoke") || error.failed("hub") => {
                    self.write_back("planning.unmerge_spokes", Effects::new(), &moved).await.map_err(lost)?;
                }
                other => other.map_err(lost)?,
            }
        }
        // Those that went were spokes themselves.
        for was in &self.merged.from {
            let Some(hub) = was.hub_id else { continue };
            let Some(row) = self.planning.table.get::<Cluster>(was.key(&self.keys)).await? else { continue };
            if row.hub_id.is_some() {
                continue;
            }
            let mut effects = self.to_hub(&row, None, hub);
            self.guard(&mut effects);
            match self.planning.table.transact("planning.unmerge_hubs", effects).await {
                Err(error) if error.failed("spoke") || error.failed("hub") => {}
                other => other.map_err(lost)?,
            }
        }
        Ok(())
    }

    /// A spoke goes from one hub, or none, to another.
    fn to_hub(&self, spoke: &Cluster, from: Option<ClusterId>, hub: ClusterId) -> Effects {
        let mut effects = Effects::new();
        let as_left = match from {
            Some(from) => {
                leave_hub(&self.keys, &mut effects, from);
                Cond::eq("hub_id", from)
            }
            None => Cond::Lacks("hub_id"),
        };
        let there = Cluster::stays().and(Cond::Lacks("hub_id"));
        effects.update("hub", Update::at(Cluster::key_of(&self.keys, hub)).add("spoke_count", 1).when(there));
        let spoke = Update::at(spoke.key(&self.keys)).set("hub_id", hub).add("version", 1);
        effects.update("spoke", spoke.when(as_left.and(Cluster::without_spokes())));
        effects
    }

    /// What ends it: it cannot be taken back twice.
    pub fn end(&self) -> Effects {
        let mut effects = Effects::new();
        self.guard(&mut effects);
        effects.delete("merged", self.merged.key(&self.keys), None);
        effects
    }

    /// What the end of an item tells.
    pub fn result<const KINDS: usize>(&self, counts: [(&str, u64); KINDS]) -> Value {
        let mut result =
            json!({ "cluster_id": self.into.id, "clusters": self.merged.from.len(), "undone": self.merged.job_id });
        for (kind, count) in counts {
            result[kind] = json!(count);
        }
        result
    }
}
