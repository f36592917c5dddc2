//! Splitting a cluster: some of its keywords go into a new one, all of them in one transaction.

use igny8_core::{ClusterId, Ctx, Error, KeywordId, Result, SiteScoped};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Effects, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Planning,
    change_keywords::{Totals, searches},
    clusters::{name_of, new_cluster, refused},
};
use crate::entity::{Cluster, Keyword, KeywordStatus};

/// The most keywords that one transaction takes over, with the new cluster, its name, the old one, audit and answer.
const MOST: usize = 90;

/// How to split a cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClusterSplit {
    /// The name of the new cluster, unique within the site and sector.
    pub name: String,
    /// What its searchers want.
    #[serde(default)]
    pub description: String,
    /// Which of its keywords go into the new cluster: 1 to 90. More can be moved there afterwards.
    pub keyword_ids: Vec<KeywordId>,
}

impl Planning {
    /// Makes a new cluster of some keywords of another one; it has its sector and its hub. Answers the new one.
    ///
    /// Errors: a keyword that is not there (404) or not in this cluster, a name that is taken (409).
    pub async fn split_cluster(&self, ctx: &Ctx, id: ClusterId, split: ClusterSplit) -> Result<Cluster> {
        let from = self.cluster_by_id(ctx, id).await?;
        let mut ids = split.keyword_ids;
        ids.sort_unstable();
        ids.dedup();
        if ids.is_empty() || ids.len() > MOST {
            return Err(Error::invalid("keyword_ids", format!("send 1 to {MOST} ids; move more of them afterwards")));
        }
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Keyword::key_of(&keys, *id)).collect();
        let found: Option<Vec<Keyword>> = self.table.get_many::<Keyword>(&wanted).await?.into_iter().collect();
        let keywords = found
            .filter(|found| found.iter().all(|keyword| keyword.id.site_tag() == id.site_tag()))
            .ok_or_else(|| Error::not_found("keyword"))?;
        if from.merging_into.is_some() {
            return Err(Error::conflict("This cluster is being merged into another one. Wait until it is done."));
        }
        if let Some(other) = keywords.iter().find(|keyword| keyword.cluster_id != Some(id)) {
            let message = format!("“{}” is not in this cluster. Load it again and choose anew.", other.keyword);
            return Err(Error::conflict(message));
        }
        let site = self.accounts.site(ctx, from.site_id).await?;
        let mut cluster = new_cluster(ctx, &site, from.sector_id, &split.name, &split.description)?;
        cluster.keyword_count = keywords.len() as u64;
        cluster.volume = keywords.iter().map(searches).sum::<i64>() as u64;
        let mut effects = Effects::new();
        self.move_to_hub(ctx, &cluster, from.hub_id, &mut effects).await?;
        cluster.hub_id = from.hub_id;
        effects.create("cluster", &keys, &cluster)?;
        effects.create("name", &keys, &name_of(&cluster))?;
        let mut totals = Totals::default();
        for before in keywords {
            totals.add(id, -1, -searches(&before));
            let mut after = before.clone();
            after.cluster_id = Some(cluster.id);
            // The ideas stay with the old cluster, so nothing serves it here yet.
            if after.status == KeywordStatus::Mapped {
                after.status = KeywordStatus::Clustered;
            }
            after.updated_at = ctx.now();
            after.version += 1;
            effects.replace("keyword", &keys, &after, before.version)?;
        }
        totals.write(&keys, &mut effects);
        audit(ctx, &mut effects, "cluster.split", format!("cluster:{id}"))?;
        remember_answer(ctx, &mut effects, 201, &cluster)?;
        self.table.transact("planning.split_cluster", effects).await.map_err(|error| {
            if error.failed("keyword") {
                return Error::conflict(
                    "One of these keywords has changed meanwhile. Load them again and choose anew.",
                );
            }
            refused(error, &cluster)
        })?;
        Ok(cluster)
    }
}
