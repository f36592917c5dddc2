//! Adding keywords, many at once: checked, without repeats, in transactions that a repeat may find done.

use std::collections::{HashMap, HashSet};

use igny8_core::{Ctx, Error, ErrorKind, KeywordId, Result, SectorId, SiteId, SiteScoped};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Effects, Key, Keys, TableError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Planning,
    change_keywords::{MOST_SEARCHES, Totals, searches},
};
use crate::{
    Intent, clean_keyword,
    entity::{Keyword, KeywordName, KeywordStatus},
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
        let mut totals = Totals::default();
        for ((name, new), known) in chunk.iter().zip(known) {
            if let Some(known) = known {
                if let Some(mut row) = known_rows.get(&known.id).and_then(|row| refreshed(row, new)) {
                    if let (Some(cluster), Some(before)) = (row.cluster_id, known_rows.get(&known.id)) {
                        totals.add(cluster, 0, searches(&row) - searches(before));
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
        totals.write(&keys, &mut effects);
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
}

fn check(new: KeywordCreate) -> Result<NewKeyword, String> {
    let keyword = clean_keyword(&new.keyword).map_err(|error| error.to_string())?;
    if new.difficulty.is_some_and(|difficulty| difficulty > 100) {
        return Err("difficulty must be from 0 to 100".to_owned());
    }
    if new.volume.is_some_and(|volume| volume > MOST_SEARCHES) {
        return Err("volume must be from 0 to 1,000,000,000,000".to_owned());
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
