//! Keywords of a site: lists, the export, changes. They come in through `add_keywords`.

use igny8_accounts::InSite;
use igny8_core::{ClusterId, Ctx, Error, ErrorKind, KeywordId, Page, PageRequest, Result, SectorId, SiteId};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Entity, Index, Key, Keys, Query, TableError, Update};

use super::{Planning, change_keywords::searches};
use crate::{
    Intent,
    entity::{Cluster, Keyword, KeywordName, KeywordStatus},
    normal_form,
};

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
    /// Only those that begin so; for the order by name alone.
    pub prefix: Option<String>,
    /// In which order.
    pub sort: KeywordSort,
    /// Which page.
    pub page: PageRequest,
}

impl Planning {
    /// A keyword by its id.
    pub async fn keyword(&self, ctx: &Ctx, id: KeywordId) -> Result<Keyword> {
        let key = Keyword::key_of(&Keys::new(ctx), id);
        let row = self.table.get::<Keyword>(key).await?.ok_or_else(|| Error::not_found("keyword"))?;
        // Who is limited to some workspaces does not see the sites of others, nor what is in them.
        self.accounts.site(ctx, row.site_id).await.map_err(|_| Error::not_found("keyword"))?;
        Ok(row)
    }

    /// Pages of a site's keywords.
    ///
    /// Errors: a site, sector or cluster that is not there (404); by name with filters, or a prefix in another order
    /// (422).
    pub async fn keywords(&self, ctx: &Ctx, query: KeywordQuery) -> Result<Page<Keyword>> {
        let named = [query.sector_id.map(InSite::sector), query.cluster_id.map(InSite::row::<Cluster>)];
        self.accounts.site_with(ctx, query.site_id, named).await?;
        let keys = Keys::new(ctx);
        if query.sort == KeywordSort::Name {
            return self.keywords_by_name(&keys, query).await;
        }
        if query.prefix.is_some() {
            return Err(Error::invalid("sort", "a search by name is in the order of names"));
        }
        let mut read = match (query.cluster_id, query.sort) {
            (_, KeywordSort::Volume) => {
                Query::partition(Keyword::by_volume(&keys, query.site_id)).index(Index::Gsi1).descending()
            }
            (Some(cluster), _) => Query::partition(Keyword::by_cluster(&keys, cluster)).index(Index::Gsi2).descending(),
            (None, _) => Query::partition(keys.site_partition(query.site_id, Keyword::KIND)).descending(),
        };
        if let Some(filter) = query.filter() {
            read = read.filter(filter);
        }
        Ok(self.table.page(&keys, read, query.page).await?)
    }

    async fn keywords_by_name(&self, keys: &Keys, query: KeywordQuery) -> Result<Page<Keyword>> {
        if query.filter().is_some() {
            let field = if query.prefix.is_some() { "q" } else { "sort" };
            return Err(Error::invalid(field, "the order by name cannot be combined with filters"));
        }
        let prefix = normal_form(query.prefix.as_deref().unwrap_or_default());
        let read = Query::partition(keys.site_partition(query.site_id, KeywordName::KIND)).begins_with(prefix);
        let names = self.table.page::<KeywordName>(keys, read, query.page).await?;
        let ids: Vec<Key> = names.items.iter().map(|name| Keyword::key_of(keys, name.id)).collect();
        let items = self.table.get_many::<Keyword>(&ids).await?.into_iter().flatten().collect();
        Ok(Page { items, next_cursor: names.next_cursor, total: names.total })
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
                    .add("volume", -searches(&row))
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
