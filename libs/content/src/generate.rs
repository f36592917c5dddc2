//! Starting to write: tasks become items of one job, a few or all that wait.

use std::collections::{HashMap, HashSet};

use igny8_core::{Credits, Ctx, Error, JobId, Result, SiteId, TaskId};
use igny8_table::{Cond, Effects, Entity, Keys, Query, TableError, Update};
use igny8_work::{Job, JobCreate, NewItem};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::{Contents, Task, TaskStatus, write::GENERATE_CONTENT};

/// The most tasks that are named in one request.
const MOST: usize = 500;
/// The most tasks of a site that `all_queued` starts at once.
const MOST_QUEUED: usize = 2_000;
/// So many tasks are taken in the transaction that creates the job.
const AT_ONCE: usize = 40;
/// More of them are taken after it, so many in a transaction.
const CHUNK: usize = 90;
/// What an article costs.
pub const PRICE: Credits = Credits(3);

/// Of tasks: not planned for a time that is still to come.
pub(crate) fn not_for_later(ctx: &Ctx) -> Cond {
    Cond::Lacks("scheduled_at").or(Cond::lt("scheduled_at", ctx.now()))
}

/// Which tasks to write: `task_ids`, or all that wait in a site.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GenerateRequest {
    /// The tasks, all of one site; at most 500.
    #[serde(default)]
    pub task_ids: Vec<TaskId>,
    /// The site of `all_queued`.
    #[serde(default)]
    pub site_id: Option<SiteId>,
    /// All queued tasks of the site, the oldest first; at most 2,000. Tasks that are planned for a later time stay.
    #[serde(default)]
    pub all_queued: bool,
    /// The most credits to spend: tasks beyond it are not begun and stay as they are.
    #[serde(default)]
    #[schema(minimum = 1)]
    pub max_credits: Option<i64>,
}

/// What writing would start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GeneratePlan {
    /// Credits that it would reserve.
    pub credits: Credits,
    /// How many tasks it would begin.
    pub items: usize,
    /// How many it would leave as they are, beyond `max_credits`.
    pub skipped: usize,
}

/// Tasks that were chosen and may be written.
struct Chosen {
    site: SiteId,
    tasks: Vec<Task>,
    skipped: usize,
}

impl Contents {
    /// What writing these tasks would start and cost.
    pub async fn plan_generation(&self, ctx: &Ctx, request: &GenerateRequest) -> Result<GeneratePlan> {
        let chosen = self.tasks_to_write(ctx, request).await?;
        let credits = chosen.tasks.iter().map(|_| PRICE).sum();
        Ok(GeneratePlan { credits, items: chosen.tasks.len(), skipped: chosen.skipped })
    }

    /// Starts to write tasks: one item each, 3 credits for each that is written.
    ///
    /// Errors: unknown task (404), more than 500 (422), one that is being written or has been (409), too few credits (402).
    pub async fn generate(&self, ctx: &Ctx, request: &GenerateRequest) -> Result<Job> {
        let Chosen { site, tasks, .. } = self.tasks_to_write(ctx, request).await?;
        let items = tasks
            .iter()
            .map(|task| NewItem { title: task.title.clone(), input: json!({ "task_id": task.id }), price: PRICE })
            .collect();
        let create = JobCreate::new(ctx, GENERATE_CONTENT, site, items);
        if tasks.len() <= AT_ONCE {
            let mut effects = Effects::new();
            for task in &tasks {
                effects.update("task", take(ctx, task, create.id));
            }
            return self.work.create(ctx, create.with(effects)).await;
        }
        self.generate_many(ctx, create, &tasks).await
    }

    /// More tasks than fit beside their items: the job first, which is what counts, and then its mark on the tasks. Where a
    /// death or another job comes in between, the item takes its task itself when its turn comes, or finds that another
    /// job has it.
    async fn generate_many(&self, ctx: &Ctx, create: JobCreate, tasks: &[Task]) -> Result<Job> {
        let job = self.work.create(ctx, create).await?;
        for chunk in tasks.chunks(CHUNK) {
            if !self.take_all(ctx, chunk, job.id).await? {
                // A worker was faster with one of them: the others one by one.
                for task in chunk {
                    self.take_all(ctx, std::slice::from_ref(task), job.id).await?;
                }
            }
        }
        Ok(job)
    }

    /// Marks tasks with their job; false when somebody else has one of them, and then none is marked.
    async fn take_all(&self, ctx: &Ctx, tasks: &[Task], job: JobId) -> Result<bool> {
        let mut effects = Effects::new();
        for task in tasks {
            effects.update("task", take(ctx, task, job));
        }
        match self.table.transact("content.take_tasks", effects).await {
            Ok(()) => Ok(true),
            Err(TableError::Condition(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    async fn tasks_to_write(&self, ctx: &Ctx, request: &GenerateRequest) -> Result<Chosen> {
        if let Some(site) = request.site_id {
            self.accounts.site(ctx, site).await?;
        }
        let fit = match request.max_credits {
            Some(most) if most < PRICE.0 => {
                return Err(Error::invalid(
                    "max_credits",
                    format!("an article costs {PRICE} credits; allow that many"),
                ));
            }
            Some(most) => usize::try_from(most / PRICE.0).unwrap_or(usize::MAX),
            None => usize::MAX,
        };
        let (site, mut tasks) = match (request.all_queued, request.site_id) {
            (true, Some(site)) if request.task_ids.is_empty() => (site, self.queued(ctx, site).await?),
            (true, None) => return Err(Error::invalid("site_id", "say in which site")),
            (true, Some(_)) => return Err(Error::invalid("task_ids", "leave this out with all_queued")),
            (false, Some(_)) => return Err(Error::invalid("site_id", "goes with all_queued; tasks know their site")),
            (false, None) => self.named(ctx, &request.task_ids).await?,
        };
        let skipped = tasks.len().saturating_sub(fit);
        tasks.truncate(fit);
        Ok(Chosen { site, tasks, skipped })
    }

    /// Tasks by their ids, if all of them may be written.
    async fn named(&self, ctx: &Ctx, ids: &[TaskId]) -> Result<(SiteId, Vec<Task>)> {
        let mut seen = HashSet::new();
        let ids: Vec<TaskId> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
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
        let mut jobs = Jobs::default();
        for task in &tasks {
            if task.content_id.is_some() {
                return Err(Error::conflict(format!("“{}” has been written already; see its content.", task.title)));
            }
            if !jobs.leave(self, ctx, task).await? {
                return Err(Error::conflict(format!("“{}” is being written already; see its job.", task.title)));
            }
        }
        Ok((site, tasks))
    }

    /// All tasks of a site that wait and that nobody works on, the oldest first; those planned for a later time wait for it.
    async fn queued(&self, ctx: &Ctx, site: SiteId) -> Result<Vec<Task>> {
        let keys = Keys::new(ctx);
        let waiting = Cond::eq("status", TaskStatus::Queued).and(Cond::Lacks("content_id")).and(not_for_later(ctx));
        let query = Query::partition(keys.site_partition(site, Task::KIND)).filter(waiting);
        let mut jobs = Jobs::default();
        let mut free = Vec::new();
        for task in self.table.first::<Task>(&keys, query, MOST_QUEUED).await? {
            if jobs.leave(self, ctx, &task).await? {
                free.push(task);
            }
        }
        if free.is_empty() {
            return Err(Error::conflict("No task of this site waits to be written. Queue some ideas first."));
        }
        Ok(free)
    }

    /// Whether a job may write this task: it has it, or nobody does any more.
    pub(crate) async fn may_write(&self, ctx: &Ctx, task: &Task, job: JobId) -> Result<bool> {
        match task.job_id {
            _ if task.content_id.is_some() => Ok(false),
            Some(other) if other != job => Ok(self.work.status(ctx, other).await?.is_terminal()),
            _ => Ok(true),
        }
    }
}

/// Whether jobs have left their tasks; each is asked once.
#[derive(Default)]
struct Jobs(HashMap<JobId, bool>);

impl Jobs {
    /// A task whose job was cancelled or is over may be ordered again.
    async fn leave(&mut self, contents: &Contents, ctx: &Ctx, task: &Task) -> Result<bool> {
        let Some(job) = task.job_id else { return Ok(true) };
        if let Some(known) = self.0.get(&job) {
            return Ok(*known);
        }
        let over = contents.work.status(ctx, job).await?.is_terminal();
        self.0.insert(job, over);
        Ok(over)
    }
}

/// Only one job may have a task: a second request that came at the same moment fails here.
fn take(ctx: &Ctx, task: &Task, job: JobId) -> Update {
    let unchanged = match task.job_id {
        Some(job) => Cond::eq("job_id", job),
        None => Cond::Lacks("job_id"),
    };
    Update::at(Task::key_of(&Keys::new(ctx), task.id))
        .set("status", TaskStatus::Queued)
        .set("updated_at", ctx.now())
        .add("version", 1)
        .set("job_id", job)
        .remove("error")
        .when(
            unchanged
                .and(Cond::Lacks("content_id"))
                .and(Cond::any_of("status", TaskStatus::Queued.before().iter().copied())),
        )
}
