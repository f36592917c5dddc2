//! Tasks that are written by themselves: each stands in a partition of what is due, in the order of time.
//!
//! What stands there is a reminder, the task itself decides: one that was started, changed or removed meanwhile only
//! loses its reminder. Starting is the same call as the button's, under our own role.

use std::{collections::BTreeMap, time::Duration};

use igny8_core::{Ctx, Env, Error, ErrorKind, Limit, Result, SiteScoped, SiteTag, TaskId, TenantId, Timestamp};
use igny8_platform::settings::{AI_MAX_ITEMS_PER_REQUEST, Settings};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query, Update};
use serde::{Deserialize, Serialize};

use crate::{Contents, GenerateRequest, PRICE, Task, TaskStatus};

/// Reminders are spread over so many partitions.
const SHARDS: u64 = 4;
/// Reminders per partition and look.
const MOST: usize = 200;
/// Reminders that are written in one transaction.
const CHUNK: usize = 30;
/// A task that cannot be paid is tried again after so long.
const UNPAID: Duration = Duration::from_hours(1);
/// What failed for another reason is tried again after so long.
const FAILED: Duration = Duration::from_mins(10);
/// Nobody plans further ahead.
const FURTHEST: Duration = Duration::from_hours(24 * 366);

/// The reminder that a task is to be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueTask {
    /// Whose.
    pub tenant: TenantId,
    /// The task.
    pub task_id: TaskId,
    /// What the task says; a reminder of another time is out of date.
    pub scheduled_at: Timestamp,
    /// When to look at it: later than planned when it could not be paid.
    pub due: Timestamp,
}

impl DueTask {
    fn partition(shard: u64) -> String {
        Keys::global(Self::KIND, shard).pk
    }
}

impl Entity for DueTask {
    const KIND: &'static str = "DUE_TASK";

    fn key(&self, _: &Keys) -> Key {
        let shard = self
            .tenant
            .to_string()
            .bytes()
            .fold(0_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)))
            % SHARDS;
        Key { pk: Self::partition(shard), sk: format!("{}#{}#{}", self.due, self.tenant, self.task_id) }
    }
}

/// What a look at the due tasks did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DueStarted {
    /// Tasks that were started.
    pub started: u32,
    /// Tasks that have too few credits, and are tried again.
    pub unpaid: u32,
    /// Reminders of tasks that are written, changed or gone.
    pub outdated: u32,
    /// Sites for which something went wrong; they are tried again.
    pub errors: u32,
}

/// The reminder of a task that is created or changed; `before` is what it was planned for.
pub(crate) fn plan(ctx: &Ctx, effects: &mut Effects, before: Option<Timestamp>, task: &Task) -> Result<()> {
    if before == task.scheduled_at {
        return Ok(());
    }
    let keys = Keys::new(ctx);
    let reminder = |at| DueTask { tenant: ctx.tenant, task_id: task.id, scheduled_at: at, due: at };
    if let Some(before) = before {
        effects.delete("reminder", reminder(before).key(&keys), None);
    }
    if let Some(at) = task.scheduled_at {
        if at > ctx.now() + FURTHEST {
            return Err(Error::invalid("scheduled_at", "choose a time within a year"));
        }
        effects.put("new reminder", &keys, &reminder(at), None)?;
    }
    Ok(())
}

impl Contents {
    /// Starts the tasks whose time has come, of all tenants: a job per site.
    pub async fn start_due_tasks(&self, env: &Env) -> Result<DueStarted> {
        let mut done = DueStarted::default();
        for shard in 0..SHARDS {
            let now = env.now();
            let query = Query::partition(DueTask::partition(shard))
                .between("0", format!("{now}~"))
                .limit(Limit::new(MOST).unwrap_or_default());
            let mut sites: BTreeMap<(TenantId, SiteTag), Vec<DueTask>> = BTreeMap::new();
            for due in self.table.query::<DueTask>(&Keys::outside(), query).await?.items {
                sites.entry((due.tenant, due.task_id.site_tag())).or_default().push(due);
            }
            for ((tenant, _), due) in sites {
                let ctx = Ctx::system(tenant, format!("due-{now}"), env.clone());
                if let Err(error) = self.start_due(&ctx, &due, &mut done).await {
                    done.errors += 1;
                    tracing::error!(%tenant, %error, cause = error.cause(), "due tasks of a site were not started");
                    // Also after an error: a site that fails each time must not stand before the others for ever.
                    self.move_due(&ctx, &due, Some(FAILED), None).await?;
                }
            }
        }
        Ok(done)
    }

    /// Starts the due tasks of one site.
    async fn start_due(&self, ctx: &Ctx, due: &[DueTask], done: &mut DueStarted) -> Result<()> {
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = due.iter().map(|due| Task::key_of(&keys, due.task_id)).collect();
        let tasks = self.table.get_many::<Task>(&wanted).await?;
        let (mut ready, mut outdated) = (Vec::new(), Vec::new());
        for (due, task) in due.iter().zip(tasks) {
            let waits = task.as_ref().is_some_and(|task| {
                task.scheduled_at == Some(due.scheduled_at)
                    && task.status == TaskStatus::Queued
                    && task.content_id.is_none()
            });
            let free = match task.filter(|_| waits) {
                Some(Task { job_id: Some(job), .. }) => self.work.status(ctx, job).await?.is_terminal(),
                Some(_) => true,
                None => false,
            };
            if free { ready.push(due.clone()) } else { outdated.push(due.clone()) }
        }
        self.forget(ctx, &outdated).await?;
        done.outdated += outdated.len() as u32;
        if ready.is_empty() {
            return Ok(());
        }
        let settings = Settings::read(&self.table, ctx).await?;
        let at_once = settings.get(AI_MAX_ITEMS_PER_REQUEST) as usize;
        let affordable = self.work.billing().balance(ctx).await?.available().0.max(0) / PRICE.0;
        let affordable = usize::try_from(affordable).unwrap_or_default();
        // What cannot be paid comes last, alone, so that it does not hold up what can.
        let (paid, unpaid) = ready.split_at(ready.len().min(affordable));
        for due in paid.chunks(at_once).chain(unpaid.chunks(at_once)) {
            self.start_some(ctx, due, done).await?;
        }
        Ok(())
    }

    async fn start_some(&self, ctx: &Ctx, ready: &[DueTask], done: &mut DueStarted) -> Result<()> {
        let task_ids = ready.iter().map(|due| due.task_id).collect();
        match self.generate(ctx, &GenerateRequest { task_ids, ..GenerateRequest::default() }).await {
            Ok(_) => {
                done.started += ready.len() as u32;
                // A death before this: the next look finds tasks that are being written, and forgets them.
                self.forget(ctx, ready).await
            }
            Err(error) if matches!(error.kind(), ErrorKind::InsufficientCredits { .. }) => {
                done.unpaid += ready.len() as u32;
                let sentence = "It was due, but there are too few credits. It starts by itself when there are enough.";
                self.move_due(ctx, ready, Some(UNPAID), Some(sentence)).await
            }
            Err(error) if error.kind() == ErrorKind::NotFound => self.forget(ctx, ready).await,
            Err(error) => Err(error),
        }
    }

    async fn forget(&self, ctx: &Ctx, due: &[DueTask]) -> Result<()> {
        self.move_due(ctx, due, None, None).await
    }

    /// Moves reminders to a later time, and says at the tasks why; without a time they are gone.
    async fn move_due(&self, ctx: &Ctx, due: &[DueTask], later: Option<Duration>, why: Option<&str>) -> Result<()> {
        let keys = Keys::new(ctx);
        for chunk in due.chunks(CHUNK) {
            let mut effects = Effects::new();
            for due in chunk {
                effects.delete("reminder", due.key(&keys), None);
                if let Some(later) = later {
                    effects.put("new reminder", &keys, &DueTask { due: ctx.now() + later, ..due.clone() }, None)?;
                }
                if let Some(why) = why {
                    let update = Update::at(Task::key_of(&keys, due.task_id)).set("error", why);
                    effects.update("task", update.when(Cond::eq("status", TaskStatus::Queued)));
                }
            }
            self.table.transact("content.move_due", effects).await?;
        }
        Ok(())
    }
}
