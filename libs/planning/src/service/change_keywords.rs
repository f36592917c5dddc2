//! Changes of keywords, one or many: numbers, intent, sector, cluster, state. A cluster's totals move in the same write.

use std::collections::BTreeMap;

use igny8_core::{ClusterId, Ctx, Error, KeywordId, Result, SectorId, SiteId, SiteScoped, maybe_null};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Key, Keys, TableError, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Planning, expect_version};
use crate::{
    Intent,
    entity::{Cluster, Keyword, KeywordStatus},
};

/// Keywords per transaction: each may leave another cluster, and then its row and that cluster's are written.
const CHUNK: usize = 40;
/// The most searches a month: the sums of a cluster stay within what a number holds, and imports have the same bound.
pub(crate) const MOST_SEARCHES: u64 = 1_000_000_000_000;
/// How often a chunk is read anew because one of its keywords has changed meanwhile.
const RERUNS: u32 = 5;

/// A change of keywords; what is left out stays, and null takes away.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KeywordUpdate {
    /// Searches a month.
    #[serde(deserialize_with = "maybe_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    pub volume: Option<Option<u64>>,
    /// Keyword difficulty, 0 to 100.
    #[serde(deserialize_with = "maybe_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u8>, maximum = 100)]
    pub difficulty: Option<Option<u8>>,
    /// Cost per click in the account's currency, as 1.25.
    #[serde(deserialize_with = "maybe_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<f32>)]
    pub cpc: Option<Option<f32>>,
    /// Search intent.
    #[serde(deserialize_with = "maybe_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Intent>)]
    pub intent: Option<Option<Intent>>,
    /// The sector of its site.
    #[serde(deserialize_with = "maybe_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SectorId>)]
    pub sector_id: Option<Option<SectorId>>,
    /// The cluster of its site that it moves to; null takes it out of its cluster.
    #[serde(deserialize_with = "maybe_null", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ClusterId>)]
    pub cluster_id: Option<Option<ClusterId>>,
    /// `archived` puts it away, `new` takes it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<KeywordStatus>,
}

/// What became of each of many keywords.
pub type PerKeyword = Vec<(KeywordId, Result<()>)>;

impl Planning {
    /// Changes a keyword; `version` is that of `If-Match`.
    ///
    /// Errors: a sector or cluster that is not there (404) or of another site (422); a cluster that is being merged (409).
    pub async fn update_keyword(
        &self,
        ctx: &Ctx,
        id: KeywordId,
        change: KeywordUpdate,
        version: Option<u64>,
    ) -> Result<Keyword> {
        let before = self.keyword(ctx, id).await?;
        expect_version(before.version, version)?;
        self.check_change(ctx, &change).await?;
        let mut after = changed(&before, &change)?;
        after.updated_at = ctx.now();
        after.version += 1;
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        let mut totals = Totals::default();
        effects.replace("keyword", &keys, &after, before.version)?;
        totals.moved(&before, &after);
        totals.write(&keys, &mut effects);
        audit(ctx, &mut effects, "keyword.updated", format!("keyword:{id}"))?;
        self.table.transact("planning.update_keyword", effects).await.map_err(gone)?;
        Ok(after)
    }

    /// Changes many keywords alike, and tells of each what became of it. A repeat changes nothing more.
    ///
    /// Errors: what is wrong with the change itself, as for one keyword.
    pub async fn change_keywords(&self, ctx: &Ctx, ids: &[KeywordId], change: &KeywordUpdate) -> Result<PerKeyword> {
        self.check_change(ctx, change).await?;
        let mut by_site: BTreeMap<_, Vec<KeywordId>> = BTreeMap::new();
        for id in ids {
            by_site.entry(id.site_tag()).or_default().push(*id);
        }
        let mut done: BTreeMap<KeywordId, Result<()>> = BTreeMap::new();
        for mut ids in by_site.into_values() {
            ids.sort_unstable();
            ids.dedup();
            for chunk in ids.chunks(CHUNK) {
                let mut attempts = 0;
                loop {
                    match self.change_chunk(ctx, chunk, change).await {
                        Ok(outcome) => done.extend(outcome),
                        Err(ChunkError::Moved) if attempts < RERUNS => {
                            attempts += 1;
                            continue;
                        }
                        Err(ChunkError::Moved) => done.extend(chunk.iter().map(|id| {
                            (*id, Err(Error::conflict("It is being changed by others at this moment. Try again.")))
                        })),
                        Err(ChunkError::Other(error)) => {
                            let same = || Error::new(error.kind(), error.detail());
                            done.extend(chunk.iter().map(|id| (*id, Err(same()))));
                        }
                    }
                    break;
                }
            }
        }
        // One answer for each id of the request, in its order; an id that stands there twice was done once.
        Ok(ids.iter().map(|id| (*id, done.remove(id).unwrap_or(Ok(())))).collect())
    }

    /// The change of a chunk of one site in one transaction.
    async fn change_chunk(
        &self,
        ctx: &Ctx,
        ids: &[KeywordId],
        change: &KeywordUpdate,
    ) -> std::result::Result<PerKeyword, ChunkError> {
        let keys = Keys::new(ctx);
        let wanted: Vec<Key> = ids.iter().map(|id| Keyword::key_of(&keys, *id)).collect();
        let rows = self.table.get_many::<Keyword>(&wanted).await?;
        let Some(site) = rows.iter().flatten().map(|row| row.site_id).next() else {
            return Ok(ids.iter().map(|id| (*id, Err(Error::not_found("keyword")))).collect());
        };
        let visible = self.visible(ctx, site).await?;
        let mut effects = Effects::new();
        let mut totals = Totals::default();
        let mut done = PerKeyword::new();
        for (id, row) in ids.iter().zip(rows) {
            let Some(before) = row.filter(|_| visible) else {
                done.push((*id, Err(Error::not_found("keyword"))));
                continue;
            };
            match changed(&before, change) {
                Ok(after) if after == before => done.push((*id, Ok(()))),
                Ok(mut after) => {
                    after.updated_at = ctx.now();
                    after.version += 1;
                    effects.replace("keyword", &keys, &after, before.version)?;
                    totals.moved(&before, &after);
                    done.push((*id, Ok(())));
                }
                Err(error) => done.push((*id, Err(error))),
            }
        }
        if effects.is_empty() {
            return Ok(done);
        }
        totals.write(&keys, &mut effects);
        audit(ctx, &mut effects, "keywords.changed", format!("site:{site}"))?;
        match self.table.transact("planning.change_keywords", effects).await {
            Ok(()) => Ok(done),
            Err(error) if error.failed("keyword") => Err(ChunkError::Moved),
            Err(error) => Err(ChunkError::Other(gone(error))),
        }
    }

    /// Whether the caller may see a site: who is limited to some workspaces does not see those of others.
    async fn visible(&self, ctx: &Ctx, site: SiteId) -> Result<bool> {
        match self.accounts.site(ctx, site).await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == igny8_core::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// What is wrong with a change before any keyword is looked at.
    async fn check_change(&self, ctx: &Ctx, change: &KeywordUpdate) -> Result<()> {
        if change.difficulty.flatten().is_some_and(|difficulty| difficulty > 100) {
            return Err(Error::invalid("difficulty", "must be from 0 to 100"));
        }
        if change.volume.flatten().is_some_and(|volume| volume > MOST_SEARCHES) {
            return Err(Error::invalid("volume", "must be from 0 to 1,000,000,000,000"));
        }
        if change.cpc.flatten().is_some_and(|cpc| !cpc.is_finite() || !(0.0..=100_000.0).contains(&cpc)) {
            return Err(Error::invalid("cpc", "must be from 0 to 100,000"));
        }
        if matches!(change.status, Some(KeywordStatus::Clustered | KeywordStatus::Mapped)) {
            return Err(Error::invalid("status", "can be set to archived or new; the rest follows from work"));
        }
        if let Some(sector) = change.sector_id.flatten() {
            let site = self.accounts.site_of(ctx, sector).await.map_err(|_| Error::not_found("sector"))?;
            self.accounts.sector(ctx, site.id, sector).await?;
        }
        if let Some(cluster) = change.cluster_id.flatten() {
            let cluster = self.cluster_by_id(ctx, cluster).await?;
            if cluster.merging_into.is_some() {
                return Err(merging());
            }
        }
        Ok(())
    }
}

/// Why a chunk was not written.
enum ChunkError {
    /// One of its keywords has changed since it was read.
    Moved,
    Other(Error),
}

impl From<Error> for ChunkError {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<TableError> for ChunkError {
    fn from(error: TableError) -> Self {
        Self::Other(error.into())
    }
}

fn merging() -> Error {
    Error::conflict("This cluster is being merged into another one. Choose that one, or wait until it is done.")
}

/// A cluster that went, or began to be merged, between the check and the write.
fn gone(error: TableError) -> Error {
    if error.failed("cluster") { merging() } else { error.into() }
}

/// The keyword after the change; its state follows from its cluster.
fn changed(before: &Keyword, change: &KeywordUpdate) -> Result<Keyword> {
    let elsewhere = |tag| tag != before.id.site_tag();
    if change.sector_id.flatten().is_some_and(|sector| elsewhere(sector.site_tag())) {
        return Err(Error::invalid("sector_id", "is of another site than the keyword"));
    }
    if change.cluster_id.flatten().is_some_and(|cluster| elsewhere(cluster.site_tag())) {
        return Err(Error::invalid("cluster_id", "is of another site than the keyword"));
    }
    let mut after = before.clone();
    after.volume = change.volume.unwrap_or(after.volume);
    after.difficulty = change.difficulty.unwrap_or(after.difficulty);
    after.cpc_cents = change.cpc.map_or(after.cpc_cents, |cpc| cpc.map(|cpc| (f64::from(cpc) * 100.0).round() as u32));
    after.intent = change.intent.unwrap_or(after.intent);
    after.sector_id = change.sector_id.unwrap_or(after.sector_id);
    after.cluster_id = change.cluster_id.unwrap_or(after.cluster_id);
    after.status = match (change.status.unwrap_or(before.status), after.cluster_id) {
        (KeywordStatus::Archived, _) => KeywordStatus::Archived,
        (_, None) => KeywordStatus::New,
        (KeywordStatus::New, Some(_)) => KeywordStatus::Clustered,
        (other, Some(_)) => other,
    };
    Ok(after)
}

/// The searches of a keyword, as they count for its cluster.
pub(crate) fn searches(keyword: &Keyword) -> i64 {
    keyword.volume.unwrap_or_default().min(MOST_SEARCHES) as i64
}

/// How the totals of clusters move with their keywords: a cluster's are the sums of its keywords' at every moment.
#[derive(Debug, Default)]
pub struct Totals(BTreeMap<ClusterId, (i64, i64)>);

impl Totals {
    /// So many keywords and searches more.
    pub(crate) fn add(&mut self, cluster: ClusterId, keywords: i64, volume: i64) {
        let total = self.0.entry(cluster).or_default();
        *total = (total.0 + keywords, total.1 + volume);
    }

    /// A keyword as it was and as it is.
    pub(crate) fn moved(&mut self, before: &Keyword, after: &Keyword) {
        if let Some(cluster) = before.cluster_id {
            self.add(cluster, -1, -searches(before));
        }
        if let Some(cluster) = after.cluster_id {
            self.add(cluster, 1, searches(after));
        }
    }

    /// One write for each cluster whose totals move. Nothing new comes into a cluster that is being merged.
    pub(crate) fn write(self, keys: &Keys, effects: &mut Effects) {
        for (cluster, (keywords, volume)) in self.0 {
            if (keywords, volume) != (0, 0) {
                let must = if keywords > 0 { Cluster::stays() } else { Cond::Exists };
                effects.update(
                    "cluster",
                    Update::at(Cluster::key_of(keys, cluster))
                        .add("keyword_count", keywords)
                        .add("volume", volume)
                        .when(must),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use igny8_core::Env;
    use proptest::prelude::*;

    use super::*;

    fn keyword(site: SiteId, cluster: Option<ClusterId>, status: KeywordStatus, volume: Option<u64>) -> Keyword {
        let now = Env::system().now();
        Keyword {
            id: KeywordId::new(site, 1, 1),
            site_id: site,
            sector_id: None,
            keyword: "brake pads".to_owned(),
            volume,
            difficulty: None,
            cpc_cents: None,
            intent: None,
            locale: None,
            parent_topic: None,
            source: "api".to_owned(),
            status,
            cluster_id: cluster,
            created_at: now,
            updated_at: now,
            created_by: None,
            version: 1,
        }
    }

    fn status() -> impl Strategy<Value = KeywordStatus> {
        prop_oneof![Just(KeywordStatus::New), Just(KeywordStatus::Archived)]
    }

    proptest! {
        #[test]
        fn the_state_follows_from_the_cluster_and_totals_are_kept(
            volumes in prop::collection::vec(prop::option::of(0_u64..1_000_000), 1..20),
            from in 0_usize..3, to in 0_usize..3, to_status in prop::option::of(status()),
        ) {
            let site = SiteId::new(1, 1);
            let clusters = [None, Some(ClusterId::new(site, 1, 1)), Some(ClusterId::new(site, 1, 2))];
            let mut totals = Totals::default();
            let change = KeywordUpdate { cluster_id: Some(clusters[to]), status: to_status, ..KeywordUpdate::default() };
            for volume in &volumes {
                let state = if from == 0 { KeywordStatus::New } else { KeywordStatus::Mapped };
                let before = keyword(site, clusters[from], state, *volume);
                let after = changed(&before, &change).unwrap();
                totals.moved(&before, &after);
                let away = after.status == KeywordStatus::Archived;
                prop_assert!(away || (after.status == KeywordStatus::New) == after.cluster_id.is_none());
            }
            let sum: u64 = volumes.iter().map(|volume| volume.unwrap_or_default()).sum();
            let (count, sum) = (volumes.len() as i64, sum as i64);
            for (n, cluster) in clusters.iter().enumerate().skip(1) {
                let side = |at: usize| i64::from(at == n);
                let expected = ((side(to) - side(from)) * count, (side(to) - side(from)) * sum);
                let found = totals.0.get(&cluster.unwrap()).copied().unwrap_or_default();
                prop_assert_eq!(found, expected);
            }
        }
    }

    #[test]
    fn null_takes_away_and_what_is_left_out_stays() {
        let site = SiteId::new(1, 1);
        let mut before = keyword(site, None, KeywordStatus::New, Some(7));
        before.intent = Some(Intent::Commercial);
        let change: KeywordUpdate = serde_json::from_str(r#"{"intent": null, "cpc": 1.25}"#).unwrap();
        let after = changed(&before, &change).unwrap();
        assert_eq!((after.intent, after.cpc_cents, after.volume), (None, Some(125), Some(7)));
        let other = ClusterId::new(SiteId::new(2, u128::MAX), 1, 1);
        let change = KeywordUpdate { cluster_id: Some(Some(other)), ..KeywordUpdate::default() };
        assert_eq!(changed(&before, &change).unwrap_err().fields()[0].field, "cluster_id");
    }
}
