//! Keywords: adding many at once, lists, changes.

use std::collections::{HashMap, HashSet};

use igny8_core::{ClusterId, Ctx, Error, ErrorKind, KeywordId, Page, Result, SectorId, SiteId, SiteScoped};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Index, Key, Keys, Query, TableError, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{PageRequest, Planning};
use crate::{
    Intent, clean_keyword,
    entity::{Cluster, Keyword, KeywordName, KeywordStatus},
    normal_form,
};

/// Keywords per transaction: two rows each, with room for the audit entry.
const CHUNK: usize = 45;
/// The most keywords of one request.
pub(crate) const MOST: usize = 2_000;

/// A keyword to be added.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeywordCreate {
    /// The keyword, 1 to 200 characters.
    pub keyword: String,
    /// Searches a month.
    #[serde(default)]
    pub volume: Option<u64>,
    /// Keyword difficulty, 0 to 100.
    #[serde(default)]
    #[schema(maximum = 100)]
    pub difficulty: Option<u8>,
    /// Cost per click in the account's currency, as 1.25.
    #[serde(default)]
    pub cpc: Option<f32>,
    /// Search intent.
    #[serde(default)]
    pub intent: Option<Intent>,
}

/// A keyword that was not added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RejectedKeyword {
    /// Its place in the request, from 0.
    pub index: usize,
    /// What is wrong.
    pub message: String,
}

/// What came of adding keywords.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AddedKeywords {
    /// How many are new.
    pub created: u64,
    /// How many the site (or this request) already had.
    pub duplicates: u64,
    /// Those that were not added, and why.
    pub rejected: Vec<RejectedKeyword>,
}

/// Counts of a batch of keywords.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Added {
    /// New ones.
    pub created: u64,
    /// Known ones whose numbers were brought up to date.
    pub updated: u64,
    /// Known ones that stayed as they were.
    pub duplicates: u64,
}

/// A change of a keyword; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeywordUpdate {
    /// Searches a month.
    #[serde(default)]
    pub volume: Option<u64>,
    /// Keyword difficulty, 0 to 100.
    #[serde(default)]
    #[schema(maximum = 100)]
    pub difficulty: Option<u8>,
    /// Search intent.
    #[serde(default)]
    pub intent: Option<Intent>,
    /// `archived` puts it away, `new` takes it back.
    #[serde(default)]
    pub status: Option<KeywordStatus>,
}

/// The order of a list of keywords.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeywordSort {
    /// As they were added, newest first.
    #[default]
    Newest,
    /// Most searched first.
    Volume,
    /// By name.
    Name,
}

/// Which keywords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeywordQuery {
    /// The site.
    pub site_id: SiteId,
    /// Only of this sector.
    pub sector_id: Option<SectorId>,
    /// Only of this cluster.
    pub cluster_id: Option<ClusterId>,
    /// Only in this state.
    pub status: Option<KeywordStatus>,
    /// Only with this intent.
    pub intent: Option<Intent>,
    /// Volume from.
    pub min_volume: Option<u64>,
    /// Volume to.
    pub max_volume: Option<u64>,
    /// Difficulty from.
    pub min_difficulty: Option<u8>,
    /// Difficulty to.
    pub max_difficulty: Option<u8>,
    /// Only those that begin so; they come by name.
    pub prefix: Option<String>,
    /// In which order.
    pub sort: KeywordSort,
    /// With how many there are in all.
    pub count: bool,
    /// Which page.
    pub page: PageRequest,
}

/// A keyword on its way into the table.
#[derive(Debug, Clone, Default)]
pub(crate) struct NewKeyword {
    pub keyword: String,
    pub volume: Option<u64>,
    pub difficulty: Option<u8>,
    pub cpc_cents: Option<u32>,
    pub intent: Option<Intent>,
    pub locale: Option<String>,
    pub parent_topic: Option<String>,
}

impl Planning {
    /// Adds keywords to a site; known ones stay as they are.
    ///
    /// Errors: unknown site or sector (404); more than 2,000 (413).
    pub async fn add_keywords(
        &self,
        ctx: &Ctx,
        site: SiteId,
        sector: Option<SectorId>,
        keywords: Vec<KeywordCreate>,
    ) -> Result<AddedKeywords> {
        if keywords.len() > MOST {
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!(
                    "At most {MOST} keywords per request; import a file through POST /api/planner/keywords/import-url."
                ),
            ));
        }
        self.place(ctx, site, sector).await?;
        let mut answer = AddedKeywords::default();
        let mut rows = Vec::with_capacity(keywords.len());
        for (index, new) in keywords.into_iter().enumerate() {
            match check(new) {
                Ok(row) => rows.push(row),
                Err(message) => answer.rejected.push(RejectedKeyword { index, message }),
            }
        }
        let added = self.save_keywords(ctx, site, sector, "api", rows, false, Some(&mut answer)).await?;
        answer.created = added.created;
        answer.duplicates = added.duplicates;
        Ok(answer)
    }

    /// The site and the sector, or 404.
    pub(crate) async fn place(
        &self,
        ctx: &Ctx,
        site: SiteId,
        sector: Option<SectorId>,
    ) -> Result<igny8_accounts::Site> {
        let found = self.accounts.site(ctx, site).await?;
        if let Some(sector) = sector {
            if sector.site_tag() != site.site_tag() {
                return Err(Error::not_found("sector"));
            }
            self.accounts.sector(ctx, site, sector).await?;
        }
        Ok(found)
    }

    /// Writes keywords in transactions of 45; `update` brings the numbers of known ones up to date.
    ///
    /// A repeat finds what was written as known, so an interrupted call can simply be made again.
    #[allow(clippy::too_many_arguments, reason = "an import has these parts")]
    pub(crate) async fn save_keywords(
        &self,
        ctx: &Ctx,
        site: SiteId,
        sector: Option<SectorId>,
        source: &str,
        rows: Vec<NewKeyword>,
        update: bool,
        mut remember: Option<&mut AddedKeywords>,
    ) -> Result<Added> {
        let mut total = Added::default();
        let mut seen = HashSet::new();
        let mut unique: Vec<(String, NewKeyword)> = Vec::with_capacity(rows.len());
        for row in rows {
            let name = normal_form(&row.keyword);
            if seen.insert(name.clone()) {
                unique.push((name, row));
            } else {
                total.duplicates += 1;
            }
        }
        let chunks = unique.len().div_ceil(CHUNK);
        for (n, chunk) in unique.chunks(CHUNK).enumerate() {
            let last = n + 1 == chunks;
            // Another request may add the same keyword at the same moment: then this one looks again.
            let mut attempts = 0;
            let added = loop {
                let answer = match (&mut remember, last) {
                    (Some(answer), true) => {
                        answer.created = total.created;
                        answer.duplicates = total.duplicates;
                        Some(&**answer)
                    }
                    _ => None,
                };
                match self.save_chunk(ctx, site, sector, source, chunk, update, answer).await {
                    Err(TableError::Condition(_)) if attempts < 5 => attempts += 1,
                    other => break other?,
                }
            };
            total.created += added.created;
            total.updated += added.updated;
            total.duplicates += added.duplicates;
        }
        Ok(total)
    }

    #[allow(clippy::too_many_arguments, reason = "an import has these parts")]
    async fn save_chunk(
        &self,
        ctx: &Ctx,
        site: SiteId,
        sector: Option<SectorId>,
        source: &str,
        chunk: &[(String, NewKeyword)],
        update: bool,
        remember: Option<&AddedKeywords>,
    ) -> Result<Added, TableError> {
        let keys = Keys::new(ctx);
        let now = ctx.now();
        let names: Vec<Key> = chunk.iter().map(|(name, _)| KeywordName::key_of(&keys, site, name)).collect();
        let known = self.table.get_many::<KeywordName>(&names).await?;
        let known_rows = if update {
            let keys: Vec<Key> = known.iter().flatten().map(|name| Keyword::key_of(&keys, name.id)).collect();
            let rows = self.table.get_many::<Keyword>(&keys).await?;
            rows.into_iter().flatten().map(|row| (row.id, row)).collect()
        } else {
            HashMap::new()
        };
        let mut added = Added::default();
        let mut effects = Effects::new();
        let mut volumes: HashMap<ClusterId, i64> = HashMap::new();
        for ((name, new), known) in chunk.iter().zip(known) {
            if let Some(known) = known {
                if let Some(mut row) = known_rows.get(&known.id).and_then(|row| refreshed(row, new)) {
                    if let (Some(cluster), Some(before)) = (row.cluster_id, known_rows.get(&known.id)) {
                        *volumes.entry(cluster).or_default() += searches(&row) - searches(before);
                    }
                    row.updated_at = now;
                    row.version += 1;
                    effects.replace("keyword", &keys, &row, row.version - 1)?;
                    added.updated += 1;
                } else {
                    added.duplicates += 1;
                }
                continue;
            }
            let (millis, random) = ctx.seed();
            let id = KeywordId::new(site, millis, random);
            let row = Keyword {
                id,
                site_id: site,
                sector_id: sector,
                keyword: new.keyword.clone(),
                volume: new.volume,
                difficulty: new.difficulty,
                cpc_cents: new.cpc_cents,
                intent: new.intent,
                locale: new.locale.clone(),
                parent_topic: new.parent_topic.clone(),
                source: source.to_owned(),
                status: KeywordStatus::New,
                cluster_id: None,
                created_at: now,
                updated_at: now,
                created_by: ctx.user(),
                version: 1,
            };
            effects.create("keyword", &keys, &row)?;
            effects.create("name", &keys, &KeywordName { site_id: site, name: name.clone(), id })?;
            added.created += 1;
        }
        for (cluster, more) in volumes {
            move_volume(&keys, &mut effects, cluster, more);
        }
        if let Some(answer) = remember {
            let mut answer = answer.clone();
            answer.created += added.created;
            answer.duplicates += added.duplicates;
            remember_answer(ctx, &mut effects, 201, &answer)?;
        }
        if !effects.is_empty() {
            audit(ctx, &mut effects, "keywords.saved", format!("site:{site}"))?;
        }
        self.table.transact("planning.save_keywords", effects).await?;
        Ok(added)
    }

    /// A keyword by its id.
    pub async fn keyword(&self, ctx: &Ctx, id: KeywordId) -> Result<Keyword> {
        let key = Keyword::key_of(&Keys::new(ctx), id);
        let row = self.table.get::<Keyword>(key).await?.ok_or_else(|| Error::not_found("keyword"))?;
        // Who is limited to some workspaces does not see the sites of others, nor what is in them.
        self.accounts.site(ctx, row.site_id).await.map_err(|_| Error::not_found("keyword"))?;
        Ok(row)
    }

    /// Pages of a site's keywords.
    pub async fn keywords(&self, ctx: &Ctx, query: KeywordQuery) -> Result<Page<Keyword>> {
        self.accounts.site(ctx, query.site_id).await?;
        let keys = Keys::new(ctx);
        let filter = query.filter();
        if query.prefix.is_some() || query.sort == KeywordSort::Name {
            return self.keywords_by_name(ctx, &keys, query).await;
        }
        let mut read = match (query.cluster_id, query.sort) {
            (Some(cluster), KeywordSort::Newest) if cluster.site_tag() == query.site_id.site_tag() => {
                Query::partition(Keyword::by_cluster(&keys, cluster)).index(Index::Gsi2).descending()
            }
            (Some(_), KeywordSort::Newest) => return Err(Error::not_found("cluster")),
            (None, KeywordSort::Newest) => {
                Query::partition(keys.site_partition(query.site_id, Keyword::KIND)).descending()
            }
            (_, KeywordSort::Volume) => {
                Query::partition(Keyword::by_volume(&keys, query.site_id)).index(Index::Gsi1).descending()
            }
            (_, KeywordSort::Name) => return Err(Error::invalid("sort", "cannot be combined with these filters")),
        };
        if let Some(filter) = filter {
            read = read.filter(filter);
        }
        let total = if query.count { Some(self.table.count_rows(&read).await?) } else { None };
        let page = self.table.query::<Keyword>(&keys, read.limit(query.page.limit).cursor(query.page.cursor)).await?;
        Ok(Page { total, ..page })
    }

    async fn keywords_by_name(&self, ctx: &Ctx, keys: &Keys, query: KeywordQuery) -> Result<Page<Keyword>> {
        if query.filter().is_some() {
            return Err(Error::invalid("q", "a search by name cannot be combined with filters"));
        }
        let prefix = normal_form(query.prefix.as_deref().unwrap_or_default());
        let read = Query::partition(keys.site_partition(query.site_id, KeywordName::KIND)).begins_with(prefix);
        let total = if query.count { Some(self.table.count_rows(&read).await?) } else { None };
        let names =
            self.table.query::<KeywordName>(keys, read.limit(query.page.limit).cursor(query.page.cursor)).await?;
        let ids: Vec<Key> = names.items.iter().map(|name| Keyword::key_of(&Keys::new(ctx), name.id)).collect();
        let items = self.table.get_many::<Keyword>(&ids).await?.into_iter().flatten().collect();
        Ok(Page { items, next_cursor: names.next_cursor, total })
    }

    /// The keywords of a site as rows of an export; an error when there are more than `most`.
    pub async fn export_keywords(&self, ctx: &Ctx, site: SiteId, most: usize) -> Result<Vec<crate::import::Row>> {
        self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.site_partition(site, Keyword::KIND));
        let found = self.table.query_all::<Keyword>(&keys, query, most).await.map_err(|error| match error {
            TableError::TooLarge { .. } => {
                Error::new(ErrorKind::TooLarge, format!("More than {most} keywords cannot be exported at once."))
            }
            other => other.into(),
        })?;
        Ok(found
            .into_iter()
            .zip(1..)
            .map(|(keyword, line)| crate::import::Row {
                line,
                keyword: keyword.keyword,
                volume: keyword.volume,
                difficulty: keyword.difficulty,
                cpc_cents: keyword.cpc_cents,
                intent: keyword.intent,
                country: None,
                language: keyword.locale,
                parent_topic: keyword.parent_topic,
            })
            .collect())
    }

    /// Changes a keyword; `version` is that of `If-Match`.
    pub async fn update_keyword(
        &self,
        ctx: &Ctx,
        id: KeywordId,
        change: KeywordUpdate,
        version: Option<u64>,
    ) -> Result<Keyword> {
        let mut row = self.keyword(ctx, id).await?;
        crate::service::expect_version(row.version, version)?;
        if change.difficulty.is_some_and(|difficulty| difficulty > 100) {
            return Err(Error::invalid("difficulty", "must be from 0 to 100"));
        }
        if let Some(status) = change.status {
            row.status = match (status, row.cluster_id) {
                (KeywordStatus::Archived, _) => KeywordStatus::Archived,
                (KeywordStatus::New, None) => KeywordStatus::New,
                (KeywordStatus::New, Some(_)) => KeywordStatus::Clustered,
                _ => return Err(Error::invalid("status", "can be set to archived or new; the rest follows from work")),
            };
        }
        let searches_before = searches(&row);
        row.volume = change.volume.or(row.volume);
        row.difficulty = change.difficulty.or(row.difficulty);
        row.intent = change.intent.or(row.intent);
        row.updated_at = ctx.now();
        row.version += 1;
        let mut effects = Effects::new();
        effects.replace("keyword", &Keys::new(ctx), &row, row.version - 1)?;
        if let Some(cluster) = row.cluster_id {
            move_volume(&Keys::new(ctx), &mut effects, cluster, searches(&row) - searches_before);
        }
        audit(ctx, &mut effects, "keyword.updated", format!("keyword:{id}"))?;
        self.table.transact("planning.update_keyword", effects).await?;
        Ok(row)
    }

    /// Removes a keyword, and takes it out of its cluster's totals.
    pub async fn delete_keyword(&self, ctx: &Ctx, id: KeywordId) -> Result<()> {
        let row = self.keyword(ctx, id).await?;
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.delete("keyword", row.key(&keys), Some(Cond::eq_n("version", row.version)));
        effects.delete("name", KeywordName::key_of(&keys, row.site_id, &normal_form(&row.keyword)), None);
        if let Some(cluster) = row.cluster_id {
            effects.update(
                "cluster",
                Update::at(Cluster::key_of(&keys, cluster))
                    .add("keyword_count", -1)
                    .add("volume", -(row.volume.unwrap_or_default() as i64))
                    .when(Cond::Exists),
            );
        }
        audit(ctx, &mut effects, "keyword.deleted", format!("keyword:{id}"))?;
        self.table.transact("planning.delete_keyword", effects).await?;
        Ok(())
    }
}

impl KeywordQuery {
    fn filter(&self) -> Option<Cond> {
        let mut conds = Vec::new();
        let by_cluster_index = self.cluster_id.is_some() && self.sort == KeywordSort::Newest;
        conds.extend(self.sector_id.map(|id| Cond::eq("sector_id", id)));
        conds.extend(self.cluster_id.filter(|_| !by_cluster_index).map(|id| Cond::eq("cluster_id", id)));
        conds.extend(self.status.map(|status| Cond::eq("status", status)));
        conds.extend(self.intent.map(|intent| Cond::eq("intent", intent.as_str())));
        conds.extend(self.min_volume.map(|n| Cond::ge_n("volume", n)));
        conds.extend(self.max_volume.map(|n| Cond::le_n("volume", n)));
        conds.extend(self.min_difficulty.map(|n| Cond::ge_n("difficulty", n)));
        conds.extend(self.max_difficulty.map(|n| Cond::le_n("difficulty", n)));
        (!conds.is_empty()).then_some(Cond::All(conds))
    }
}

fn check(new: KeywordCreate) -> Result<NewKeyword, String> {
    let keyword = clean_keyword(&new.keyword).map_err(|error| error.to_string())?;
    if new.difficulty.is_some_and(|difficulty| difficulty > 100) {
        return Err("difficulty must be from 0 to 100".to_owned());
    }
    let cpc_cents = match new.cpc {
        None => None,
        Some(cpc) if cpc.is_finite() && (0.0..=100_000.0).contains(&cpc) => Some((cpc * 100.0).round() as u32),
        Some(_) => return Err("cpc must be from 0 to 100,000".to_owned()),
    };
    Ok(NewKeyword {
        keyword,
        volume: new.volume,
        difficulty: new.difficulty,
        cpc_cents,
        intent: new.intent,
        ..NewKeyword::default()
    })
}

fn searches(keyword: &Keyword) -> i64 {
    keyword.volume.unwrap_or_default() as i64
}

/// A cluster's volume is the sum of its keywords' at every moment.
fn move_volume(keys: &Keys, effects: &mut Effects, cluster: ClusterId, more: i64) {
    if more != 0 {
        effects.update("cluster", Update::at(Cluster::key_of(keys, cluster)).add("volume", more).when(Cond::Exists));
    }
}

/// The row with the newer numbers, or none when they change nothing.
fn refreshed(row: &Keyword, new: &NewKeyword) -> Option<Keyword> {
    let mut fresh = row.clone();
    fresh.volume = new.volume.or(row.volume);
    fresh.difficulty = new.difficulty.or(row.difficulty);
    fresh.cpc_cents = new.cpc_cents.or(row.cpc_cents);
    fresh.intent = new.intent.or(row.intent);
    fresh.locale = new.locale.clone().or_else(|| row.locale.clone());
    fresh.parent_topic = new.parent_topic.clone().or_else(|| row.parent_topic.clone());
    (fresh != *row).then_some(fresh)
}
