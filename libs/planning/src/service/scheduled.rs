//! What schedules ask for: the next things of a site that wait, a bounded number of them.

use igny8_core::{Ctx, ErrorKind, Limit, Result, SiteId};
use igny8_table::{Cond, Entity, Index, Keys, Query};
use igny8_work::{Job, NewItem};

use super::{ClusterSelection, Planning};
use crate::entity::{Cluster, ContentIdea, IdeaStatus};

/// Clusters that are asked whether they have ideas, at most: half a unit each.
const MOST_ASKED: usize = 400;

impl Planning {
    /// The items of which a clustering of all new keywords of a site would consist; none when no keyword is new.
    pub async fn plan_new(&self, ctx: &Ctx, site: SiteId) -> Result<Vec<NewItem>> {
        match self.clustering(ctx, site, ClusterSelection::AllNew).await {
            Ok(plan) => Ok(plan.items),
            Err(error) if error.kind() == ErrorKind::Invalid => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }

    /// Starts to cluster new keywords of a site: the first `most` items of them all.
    ///
    /// Errors: no keyword is new (422), too few credits (402).
    pub async fn cluster_new(&self, ctx: &Ctx, site: SiteId, most: usize) -> Result<Job> {
        let mut plan = self.clustering(ctx, site, ClusterSelection::AllNew).await?;
        plan.items.truncate(most);
        self.work.create(ctx, plan.job(ctx)).await
    }

    /// Clusters of a site that have keywords and no idea, the oldest first, at most so many; of the first 400 clusters.
    pub async fn clusters_without_ideas(&self, ctx: &Ctx, site: SiteId, most: usize) -> Result<Vec<Cluster>> {
        self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let with_keywords =
            Query::partition(keys.site_partition(site, Cluster::KIND)).filter(Cond::ge_n("keyword_count", 1));
        let mut found = Vec::new();
        for cluster in self.table.first::<Cluster>(&keys, with_keywords, MOST_ASKED).await? {
            let ideas = Query::partition(ContentIdea::by_cluster(&keys, cluster.id))
                .index(Index::Gsi2)
                .limit(Limit::new(1).unwrap_or_default());
            if self.table.query::<ContentIdea>(&keys, ideas).await?.items.is_empty() {
                found.push(cluster);
            }
            if found.len() >= most {
                break;
            }
        }
        Ok(found)
    }

    /// Ideas that a task may be made of, the oldest first, at most so many: accepted ones, and new ones if `unreviewed`,
    /// without those that have a rival which nobody has overruled.
    pub async fn ideas_to_write(
        &self,
        ctx: &Ctx,
        site: SiteId,
        unreviewed: bool,
        most: usize,
    ) -> Result<Vec<ContentIdea>> {
        self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let wanted: &[IdeaStatus] =
            if unreviewed { &[IdeaStatus::Accepted, IdeaStatus::New] } else { &[IdeaStatus::Accepted] };
        let query = Query::partition(keys.site_partition(site, ContentIdea::KIND))
            .filter(Cond::any_of("status", wanted))
            .limit(Limit::new(Limit::MAX).unwrap_or_default());
        let (mut ideas, mut cursor) = (Vec::new(), None);
        while ideas.len() < most {
            let page = self.table.query::<ContentIdea>(&keys, query.clone().cursor(cursor)).await?;
            let warns = |idea: &ContentIdea| idea.verdict.as_ref().is_some_and(|verdict| !verdict.overruled);
            ideas.extend(page.items.into_iter().filter(|idea| !warns(idea)));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        ideas.truncate(most);
        Ok(ideas)
    }
}
