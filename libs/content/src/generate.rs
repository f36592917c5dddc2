//! Starting to write: tasks become items of one job.

use igny8_core::{Credits, Ctx, Error, Result, SiteId, TaskId};
use igny8_table::{Cond, Effects, Keys, Update};
use igny8_work::{Job, JobCreate, NewItem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{Contents, Task, TaskStatus, write::GENERATE_CONTENT};

/// The most tasks of one request.
const MOST: usize = 40;
/// What an article costs.
pub(crate) const PRICE: Credits = Credits(3);

/// Which tasks to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GenerateRequest {
    /// The tasks, all of one site.
    pub task_ids: Vec<TaskId>,
}

impl Contents {
    /// What writing these tasks would start and cost.
    pub async fn plan_generation(&self, ctx: &Ctx, request: &GenerateRequest) -> Result<(Credits, usize)> {
        let (_, tasks) = self.tasks_to_write(ctx, request).await?;
        Ok((tasks.iter().map(|_| PRICE).sum(), tasks.len()))
    }

    /// Starts to write tasks: one item each, 3 credits for each that is written.
    ///
    /// Errors: unknown task (404), more than 40 (422), one that is being written or has been (409), too few credits (402).
    pub async fn generate(&self, ctx: &Ctx, request: &GenerateRequest) -> Result<Job> {
        let (site, tasks) = self.tasks_to_write(ctx, request).await?;
        let keys = Keys::new(ctx);
        let items = tasks
            .iter()
            .map(|task| NewItem { title: task.title.clone(), input: json!({ "task_id": task.id }), price: PRICE })
            .collect();
        let create = JobCreate::new(ctx, GENERATE_CONTENT, site, items);
        let mut effects = Effects::new();
        for task in &tasks {
            // Only one job may have a task: a second request that came at the same moment fails here.
            let unchanged = match task.job_id {
                Some(job) => Cond::eq("job_id", job),
                None => Cond::Lacks("job_id"),
            };
            effects.update(
                "task",
                Update::at(Task::key_of(&keys, task.id))
                    .set("status", TaskStatus::Queued)
                    .set("updated_at", ctx.now())
                    .add("version", 1)
                    .set("job_id", create.id)
                    .remove("error")
                    .when(unchanged.and(Cond::Lacks("content_id"))),
            );
        }
        self.work.create(ctx, create.with(effects)).await
    }

    async fn tasks_to_write(&self, ctx: &Ctx, request: &GenerateRequest) -> Result<(SiteId, Vec<Task>)> {
        let mut seen = std::collections::HashSet::new();
        let ids: Vec<TaskId> = request.task_ids.iter().copied().filter(|id| seen.insert(*id)).collect();
        if ids.is_empty() || ids.len() > MOST {
            return Err(Error::invalid("task_ids", format!("send 1 to {MOST} ids")));
        }
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Task::key_of(&keys, *id)).collect();
        let tasks: Option<Vec<Task>> = self.table.get_many::<Task>(&wanted).await?.into_iter().collect();
        let tasks = tasks.ok_or_else(|| Error::not_found("task"))?;
        let site = tasks[0].site_id;
        if tasks.iter().any(|task| task.site_id != site) {
            return Err(Error::invalid("task_ids", "must all be of one site"));
        }
        self.accounts.site(ctx, site).await?;
        for task in &tasks {
            if task.content_id.is_some() {
                return Err(Error::conflict(format!("“{}” has been written already; see its content.", task.title)));
            }
            // A task whose job was cancelled or is over may be ordered again.
            if let Some(job) = task.job_id
                && !self.work.status(ctx, job).await?.is_terminal()
            {
                return Err(Error::conflict(format!("“{}” is being written already; see its job.", task.title)));
            }
        }
        Ok((site, tasks))
    }
}
