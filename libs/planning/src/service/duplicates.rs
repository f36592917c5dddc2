//! Duplicates: which keywords of a site stand in other sites of the tenant too, by their names and never by a scan.

use std::collections::BTreeMap;

use igny8_accounts::{Site, SiteQuery};
use igny8_core::{Ctx, Cursor, KeywordId, Limit, PageRequest, Result, SiteId};
use igny8_table::{Entity, Key, Keys, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Planning;
use crate::entity::{Keyword, KeywordName, KeywordStatus};

/// The most other sites of one comparison: each costs a unit per keyword.
pub const MOST_SITES: usize = 20;

/// Which keywords to compare, and with which sites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DuplicateQuery {
    /// The site whose keywords are compared.
    pub site_id: SiteId,
    /// With this site only; with the first 20 others unless told.
    pub other_site_id: Option<SiteId>,
    /// How many keywords, in the order of their names.
    pub limit: Limit,
    /// Where the comparison before ended.
    pub cursor: Option<Cursor>,
}

/// A keyword as it stands in another site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DuplicateIn {
    /// The other site.
    pub site_id: SiteId,
    /// Its name.
    pub site_name: String,
    /// The keyword there.
    pub keyword_id: KeywordId,
}

/// A keyword that stands in other sites too.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DuplicateKeyword {
    /// Its id in the site that was asked for.
    pub id: KeywordId,
    /// The keyword.
    pub keyword: String,
    /// Searches a month.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub volume: Option<u64>,
    /// How far it has come in the site that was asked for.
    pub status: KeywordStatus,
    /// Where else it stands.
    pub also_in: Vec<DuplicateIn>,
}

/// What a comparison found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Duplicates {
    /// The keywords of this part that stand elsewhere too; the others are left out.
    pub items: Vec<DuplicateKeyword>,
    /// Pass it as `cursor` to compare the next keywords; null when all have been compared.
    pub next_cursor: Option<Cursor>,
    /// How many keywords were compared.
    pub compared: usize,
    /// With how many other sites.
    pub sites: usize,
    /// How many sites that the caller may see were left out; compare with them one by one.
    pub sites_left_out: usize,
}

impl Planning {
    /// Compares the next keywords of a site, by name, with those of other sites that the caller may see.
    ///
    /// Errors: a site that is not there or not for the caller (404).
    pub async fn duplicates(&self, ctx: &Ctx, query: DuplicateQuery) -> Result<Duplicates> {
        self.accounts.site(ctx, query.site_id).await?;
        let (others, sites_left_out) = self.others(ctx, &query).await?;
        let keys = Keys::new(ctx);
        let read = Query::partition(keys.site_partition(query.site_id, KeywordName::KIND))
            .limit(query.limit)
            .cursor(query.cursor);
        let names = self.table.query::<KeywordName>(&keys, read).await?;
        let mut found: BTreeMap<KeywordId, Vec<DuplicateIn>> = BTreeMap::new();
        for other in &others {
            let wanted: Vec<Key> =
                names.items.iter().map(|name| KeywordName::key_of(&keys, other.id, &name.name)).collect();
            let there = self.table.get_many::<KeywordName>(&wanted).await?;
            for (name, there) in names.items.iter().zip(there) {
                if let Some(there) = there {
                    let (site_id, site_name) = (other.id, other.name.clone());
                    found.entry(name.id).or_default().push(DuplicateIn { site_id, site_name, keyword_id: there.id });
                }
            }
        }
        // In the order of the names.
        let ids: Vec<KeywordId> = names.items.iter().map(|name| name.id).filter(|id| found.contains_key(id)).collect();
        let wanted: Vec<Key> = ids.iter().map(|id| Keyword::key_of(&keys, *id)).collect();
        let rows = self.table.get_many::<Keyword>(&wanted).await?;
        let items = rows
            .into_iter()
            .flatten()
            .map(|row| DuplicateKeyword {
                also_in: found.remove(&row.id).unwrap_or_default(),
                id: row.id,
                keyword: row.keyword,
                volume: row.volume,
                status: row.status,
            })
            .collect();
        Ok(Duplicates {
            items,
            next_cursor: names.next_cursor,
            compared: names.items.len(),
            sites: others.len(),
            sites_left_out,
        })
    }

    /// The sites to compare with, and how many more there are.
    async fn others(&self, ctx: &Ctx, query: &DuplicateQuery) -> Result<(Vec<Site>, usize)> {
        if let Some(other) = query.other_site_id {
            let site = self.accounts.site(ctx, other).await?;
            return Ok((if site.id == query.site_id { Vec::new() } else { vec![site] }, 0));
        }
        let (mut others, mut more, mut cursor) = (Vec::new(), 0, None);
        loop {
            let page = PageRequest { limit: Limit::new(Limit::MAX).unwrap_or_default(), cursor, count: false };
            let page = self.accounts.sites(ctx, &SiteQuery::default(), page).await?;
            for site in page.items.into_iter().filter(|site| site.id != query.site_id) {
                if others.len() < MOST_SITES {
                    others.push(site);
                } else {
                    more += 1;
                }
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok((others, more));
            }
        }
    }
}
