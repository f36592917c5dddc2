//! `merge_clusters`: what names a merged cluster follows to the one that stays: keywords and ideas, then tasks and contents.

use async_trait::async_trait;
use igny8_core::{ClusterId, Credits, Ctx, Error, JobId};
use igny8_planning::{MERGE_CLUSTERS, MergeInput, Was};
use igny8_table::{Effects, Entity, Keys, Update};
use igny8_work::{Failure, FunctionSpec, Item, Outcome, Phase, Progress, Step};

use crate::{Content, Contents, Task};

/// The worker's step. It writes as it goes, and a rerun finds what has been moved.
#[derive(Debug, Clone)]
pub struct MergeStep {
    contents: Contents,
}

impl MergeStep {
    /// The step.
    pub const fn new(contents: Contents) -> Self {
        Self { contents }
    }
}

#[async_trait]
impl Step for MergeStep {
    fn spec(&self) -> FunctionSpec {
        MERGE_CLUSTERS
    }

    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let input: MergeInput = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        if let Some(merge) = input.undo {
            return self.undo(ctx, item, progress, merge).await;
        }
        let planning = &self.contents.planning;
        let mut merge = planning.begin_merge(ctx, item.job, &input).await?;
        if merge.from.is_empty() {
            return Ok(Outcome { result: merge.result([]), ..Outcome::default() });
        }
        progress.phase(Phase::Save).await;
        let keywords = merge.move_keywords().await?;
        merge.move_spokes().await?;
        let ideas = merge.move_ideas().await?;
        let keys = Keys::new(ctx);
        let into = &merge.into;
        let moved = |key| {
            let update = Update::at(key).set("cluster_id", into.id);
            match into.sector_id {
                Some(sector) => update.set("sector_id", sector),
                None => update.remove("sector_id"),
            }
        };
        let tasks = merge
            .each::<Task>(|task| {
                let was = task.cluster_id.map(|cluster| Was::new(task.id, cluster, task.sector_id));
                (moved(task.key(&keys)), task.version, was)
            })
            .await?;
        let contents = merge
            .each::<Content>(|content| {
                let update = moved(content.key(&keys));
                // The category on the site is the cluster's name, unless somebody chose another.
                let from = merge.from.iter().find(|one| Some(one.id) == content.cluster_id);
                let named = from.is_some_and(|from| content.category.as_ref() == Some(&from.name));
                let mut was = content.cluster_id.map(|cluster| Was::new(content.id, cluster, content.sector_id));
                if let Some(was) = &mut was {
                    was.category = content.category.clone().filter(|_| named);
                }
                (if named { update.set("category", &into.name) } else { update }, content.version, was)
            })
            .await?;
        let result = merge.result([("keywords", keywords), ("ideas", ideas), ("tasks", tasks), ("contents", contents)]);
        Ok(Outcome { effects: merge.end(), price: Credits::ZERO, result, ..Outcome::default() })
    }

    async fn give_up(&self, ctx: &Ctx, item: &Item, _: &str) -> Result<Effects, Failure> {
        let input: MergeInput = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        // An undo marks nothing, and what is left of it can be taken back later.
        Ok(self.contents.planning.leave_merge(ctx, &input).await?)
    }
}

impl MergeStep {
    /// Takes a merge back.
    async fn undo(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>, merge: JobId) -> Result<Outcome, Failure> {
        let planning = &self.contents.planning;
        let site = item.site_id.ok_or_else(|| Error::internal("a merge without a site"))?;
        let unmerge = planning.begin_unmerge(ctx, item.job, site, merge).await?;
        progress.phase(Phase::Save).await;
        let keywords = unmerge.move_keywords().await?;
        unmerge.move_spokes().await?;
        let ideas = unmerge.move_ideas().await?;
        let (keys, into) = (Keys::new(ctx), unmerge.cluster());
        let is_there = |cluster: Option<ClusterId>| cluster == Some(into.id);
        let tasks = unmerge
            .each::<Task>(|task, _| is_there(task.cluster_id).then(|| (Update::at(task.key(&keys)), task.version)))
            .await?;
        let contents = unmerge
            .each::<Content>(|content, was| {
                is_there(content.cluster_id).then(|| {
                    let update = Update::at(content.key(&keys));
                    let is_named = content.category.as_ref() == Some(&into.name);
                    let update = match was.category.as_ref().filter(|_| is_named) {
                        Some(name) => update.set("category", name),
                        None => update,
                    };
                    (update, content.version)
                })
            })
            .await?;
        let result =
            unmerge.result([("keywords", keywords), ("ideas", ideas), ("tasks", tasks), ("contents", contents)]);
        Ok(Outcome { effects: unmerge.end(), price: Credits::ZERO, result, ..Outcome::default() })
    }
}
