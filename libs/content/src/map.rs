//! The map of a site: its clusters as hubs and spokes, and what each has so far.

use std::collections::HashMap;

use igny8_core::{ClusterId, Ctx, Result, SiteId};
use igny8_planning::entity::{Cluster, ContentIdea, PageType};
use igny8_table::{Cond, Entity, Keys, Query, TableError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Content, Contents};

/// The most clusters of a map.
const MOST_CLUSTERS: usize = 2_000;
/// The most ideas, and the most contents, that are counted.
const MOST_ROWS: usize = 5_000;

/// A cluster on the map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct MappedCluster {
    /// Its id.
    pub id: ClusterId,
    /// Its name.
    pub name: String,
    /// The kind of page that answers it.
    pub page_type: PageType,
    /// The hub that it supports.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hub_id: Option<ClusterId>,
    /// Searches a month of all its keywords.
    pub volume: u64,
    /// How many keywords it has.
    pub keyword_count: u64,
    /// How many ideas serve it; rejected ones are not counted.
    pub ideas: u64,
    /// How many contents it has.
    pub contents: u64,
    /// How many of those are public.
    pub published: u64,
}

/// The clusters of a site as hubs and spokes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClusterMap {
    /// The newest clusters, at most 2,000.
    pub clusters: Vec<MappedCluster>,
    /// False when the site has more clusters than these.
    pub whole: bool,
    /// False when the site has more than 5,000 ideas or contents: then they are not counted, and all counts are 0.
    pub counted: bool,
}

#[derive(Debug, Default)]
struct Cover {
    ideas: u64,
    contents: u64,
    published: u64,
}

impl Contents {
    /// The map of a site.
    ///
    /// Errors: a site that is not there or not for the caller (404).
    pub async fn cluster_map(&self, ctx: &Ctx, site: SiteId) -> Result<ClusterMap> {
        self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let (clusters, whole) = self.newest_clusters(&keys, site).await?;
        let cover = self.cover(&keys, site).await?;
        let counted = cover.is_some();
        let mut cover = cover.unwrap_or_default();
        let clusters = clusters
            .into_iter()
            .map(|cluster| {
                let Cover { ideas, contents, published } = cover.remove(&cluster.id).unwrap_or_default();
                MappedCluster {
                    id: cluster.id,
                    name: cluster.name,
                    page_type: cluster.page_type,
                    hub_id: cluster.hub_id,
                    volume: cluster.volume,
                    keyword_count: cluster.keyword_count,
                    ideas,
                    contents,
                    published,
                }
            })
            .collect();
        Ok(ClusterMap { clusters, whole, counted })
    }

    async fn newest_clusters(&self, keys: &Keys, site: SiteId) -> Result<(Vec<Cluster>, bool)> {
        let mut rows = Vec::new();
        let mut cursor = None;
        loop {
            let limit = igny8_core::Limit::new(igny8_core::Limit::MAX).unwrap_or_default();
            let query = Query::partition(keys.site_partition(site, Cluster::KIND)).descending();
            let page = self.table.query::<Cluster>(keys, query.limit(limit).cursor(cursor)).await?;
            rows.extend(page.items);
            cursor = page.next_cursor;
            if cursor.is_none() || rows.len() >= MOST_CLUSTERS {
                return Ok((rows, cursor.is_none()));
            }
        }
    }

    /// What each cluster has; none when there is too much to count.
    async fn cover(&self, keys: &Keys, site: SiteId) -> Result<Option<HashMap<ClusterId, Cover>>> {
        let of = |kind| Query::partition(keys.site_partition(site, kind)).filter(Cond::Has("cluster_id"));
        let ideas = of(ContentIdea::KIND).filter(Cond::ne("status", "rejected"));
        let ideas = match self.table.query_all::<ContentIdea>(keys, ideas, MOST_ROWS).await {
            Err(TableError::TooLarge { .. }) => return Ok(None),
            found => found?,
        };
        let contents = match self.table.query_all::<Content>(keys, of(Content::KIND), MOST_ROWS).await {
            Err(TableError::TooLarge { .. }) => return Ok(None),
            found => found?,
        };
        let mut cover: HashMap<ClusterId, Cover> = HashMap::new();
        for cluster in ideas.iter().filter_map(|idea| idea.cluster_id) {
            cover.entry(cluster).or_default().ideas += 1;
        }
        for content in contents {
            if let Some(cluster) = content.cluster_id {
                let row = cover.entry(cluster).or_default();
                row.contents += 1;
                row.published += u64::from(content.status == crate::ContentStatus::Published);
            }
        }
        Ok(Some(cover))
    }
}
