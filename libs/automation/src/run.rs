//! The tick that finds what is due, and the run of one schedule.

use std::time::Duration;

use igny8_cloud::{Message, Queue};
use igny8_core::{Credits, Ctx, Env, Error, ErrorKind, JobId, Limit, Result, SiteId, TenantId, Timestamp};
use igny8_platform::{begin_once, done_once};
use igny8_table::{Cond, Effects, Index, Keys, Query, TableError, Update};
use serde::{Deserialize, Serialize};

use crate::{
    Automation, LastRun, RunOutcome, Schedule, ScheduledFunction,
    plan::is_final,
    schedule::{DUE_SHARDS, StoredSchedule},
};

/// Schedules that are read at once.
const BATCH: usize = 100;
/// How often a tick goes around the shards: at most so many batches of each, and of all others in between.
const ROUNDS: usize = 10;
/// A message that came to nothing is sent again after this time.
const SEND_AGAIN: Duration = Duration::from_mins(5);
/// A run that cannot begin for our own fault is given up after this time, and the next one comes at its time.
const PATIENCE: Duration = Duration::from_hours(1);
/// The queue of runs.
const QUEUE: &str = "system-schedule";

/// What a tick did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Ticked {
    /// Schedules that were due.
    pub due: u32,
    /// Messages that were sent.
    pub sent: u32,
    /// What went wrong; it is due again in five minutes.
    pub errors: u32,
}

/// The message about one run: ids, and which of its times it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunMessage {
    /// The version of this shape: 1.
    pub v: u32,
    /// Whose.
    pub tenant: TenantId,
    /// The site.
    pub site: SiteId,
    /// What to do.
    pub function: ScheduledFunction,
    /// The time of the run, as it stands in the row.
    pub run: Timestamp,
}

/// Whether a message is about a run of a schedule.
pub fn is_run(body: &str) -> bool {
    serde_json::from_str::<RunMessage>(body).is_ok()
}

impl Automation {
    /// Sends a message for every schedule that is due: found by the index, the longest due first.
    pub async fn tick(&self, env: &Env) -> Result<Ticked> {
        let mut ticked = Ticked::default();
        let mut open: Vec<u64> = (0..DUE_SHARDS).collect();
        for _ in 0..ROUNDS {
            let mut full = Vec::new();
            for shard in open {
                let now = env.now();
                let query = Query::partition(StoredSchedule::due_partition(shard))
                    .index(Index::Gsi1)
                    .between("0", format!("{now}~"))
                    .limit(Limit::new(BATCH).unwrap_or_default());
                let due = self.table.query::<StoredSchedule>(&Keys::outside(), query).await?.items;
                // What is sent leaves the front of its partition, so the next batch begins there again.
                if due.len() == BATCH {
                    full.push(shard);
                }
                for schedule in due {
                    self.ring_once(env, &schedule, &mut ticked).await;
                }
            }
            open = full;
        }
        Ok(ticked)
    }

    async fn ring_once(&self, env: &Env, schedule: &StoredSchedule, ticked: &mut Ticked) {
        ticked.due += 1;
        let ctx = Ctx::system(schedule.tenant, format!("tick-{}", env.now()), env.clone());
        match self.ring(&ctx, schedule).await {
            Ok(sent) => ticked.sent += u32::from(sent),
            Err(error) => {
                ticked.errors += 1;
                tracing::error!(tenant = %schedule.tenant, %error, cause = error.cause(), "a schedule was not sent");
            }
        }
    }

    /// Sends the message of a run, and sets when it would be sent again. False when another tick was faster.
    async fn ring(&self, ctx: &Ctx, stored: &StoredSchedule) -> Result<bool> {
        let schedule = &stored.schedule;
        let (Some(due), Some(run)) = (&stored.due, schedule.next_run) else { return Ok(false) };
        let key = StoredSchedule::key_of(&Keys::new(ctx), schedule.site_id, schedule.function);
        let mut effects = Effects::new();
        let again = StoredSchedule::due_at(ctx.tenant, schedule, ctx.now() + SEND_AGAIN);
        effects.update("schedule", Update::at(key).set("GSI1SK", again).when(Cond::eq("GSI1SK", due)));
        match self.table.transact("automation.ring", effects).await {
            Ok(()) => {}
            Err(TableError::Condition(_)) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        let (site, function) = (schedule.site_id, schedule.function);
        let message = RunMessage { v: 1, tenant: ctx.tenant, site, function, run };
        let body = serde_json::to_string(&message).map_err(Error::internal)?;
        let message = Message { body, group: ctx.tenant.to_string(), delay: Duration::ZERO };
        self.cloud.send("automation.send", &Queue(QUEUE.to_owned()), message).await?;
        Ok(true)
    }

    /// Carries out one run. An error means that the message should be delivered again.
    pub async fn handle(&self, env: &Env, body: &str) -> Result<()> {
        let Ok(message) = serde_json::from_str::<RunMessage>(body) else {
            // It will never be readable: an error would only bring it back.
            tracing::error!("a message about a schedule cannot be read; it is dropped");
            return Ok(());
        };
        let request_id = format!("{}/{}/{}", message.function, message.site, message.run);
        let ctx = Ctx::system(message.tenant, request_id, env.clone());
        let key = StoredSchedule::key_of(&Keys::new(&ctx), message.site, message.function);
        let Some(StoredSchedule { schedule, .. }) = self.table.get::<StoredSchedule>(key).await? else { return Ok(()) };
        // Turned off, changed, or done by another message.
        if schedule.next_run != Some(message.run) {
            return Ok(());
        }
        let now = ctx.now();
        if let Some(quiet) = &schedule.quiet_hours
            && let Some(end) = quiet.end_after(now)?
        {
            return self.end(&ctx, &schedule, skipped(now, "It was in the quiet hours."), end).await;
        }
        match self.accounts.site(&ctx, message.site).await {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => return self.forget(&ctx, &schedule).await,
            Err(error) => return Err(error),
        }
        let last = match self.run(&ctx, &schedule).await {
            Ok(last) => last,
            // What it wanted to work on has gone, or somebody else has taken it: the next look finds other things.
            Err(error) if has_moved(error.kind()) && now.since(message.run) <= PATIENCE => return Err(error),
            Err(error) if is_final(error.kind()) || now.since(message.run) > PATIENCE => LastRun {
                at: now,
                outcome: RunOutcome::Failed,
                sentence: error.detail().to_owned(),
                job_id: None,
                credits: Credits::ZERO,
            },
            Err(error) => return Err(error),
        };
        let next = message.run + schedule.every();
        // After a long rest of the house the runs that were missed are not made good.
        let next = if next <= now { now + schedule.every() } else { next };
        self.end(&ctx, &schedule, last, next).await
    }

    async fn run(&self, ctx: &Ctx, schedule: &Schedule) -> Result<LastRun> {
        let now = ctx.now();
        if self.switch(ctx).await?.paused_at.is_some() {
            return Ok(skipped(now, "All schedules are paused."));
        }
        let key = format!("schedule/{}/{}/{}", schedule.site_id, schedule.function, schedule.next_run.unwrap_or(now));
        let ctx = match begin_once(&self.table, ctx, &key).await? {
            Ok(ctx) => ctx,
            Err(job) => return self.started(ctx, job, "It was started.").await,
        };
        if self.is_at_work(&ctx, schedule).await? {
            return Ok(skipped(now, "The job of its last run is still at work."));
        }
        let planned = self.plan(&ctx, schedule).await?;
        let Some(action) = planned.action else {
            let sentence = planned.sentence;
            return Ok(LastRun {
                at: now,
                outcome: RunOutcome::Nothing,
                sentence,
                job_id: None,
                credits: Credits::ZERO,
            });
        };
        match self.start(&ctx, schedule, action).await {
            Ok(job) => self.started(&ctx, job.id, &planned.sentence).await,
            // The same message twice at once: the other one has started the job.
            Err(error) => match done_once(&self.table, &ctx, &key).await? {
                Some(job) => self.started(&ctx, job, &planned.sentence).await,
                None => Err(error),
            },
        }
    }

    /// Whether the job of its last run still is.
    pub(crate) async fn is_at_work(&self, ctx: &Ctx, schedule: &Schedule) -> Result<bool> {
        match schedule.last_run {
            Some(LastRun { job_id: Some(job), .. }) => Ok(!self.work.status(ctx, job).await?.is_terminal()),
            _ => Ok(false),
        }
    }

    /// Notes a run that a person has started, so that the next one waits for its job.
    pub(crate) async fn note_run(&self, ctx: &Ctx, schedule: &Schedule, job: JobId, sentence: &str) -> Result<()> {
        let last = self.started(ctx, job, sentence).await?;
        let key = StoredSchedule::key_of(&Keys::new(ctx), schedule.site_id, schedule.function);
        let mut effects = Effects::new();
        effects.update("schedule", Update::at(key).set_serde("last_run", &last)?.when(Cond::Exists));
        match self.table.transact("automation.end", effects).await {
            // One that nobody has touched has no row, and no run of its own.
            Ok(()) | Err(TableError::Condition(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn started(&self, ctx: &Ctx, job: JobId, sentence: &str) -> Result<LastRun> {
        let found = self.work.current(ctx, &[job]).await?.pop().flatten();
        let credits = found.map_or(0, |job| job.credits_reserved + job.credits_charged + job.credits_released);
        let credits = Credits(credits);
        let (outcome, sentence) = (RunOutcome::Started, sentence.to_owned());
        Ok(LastRun { at: ctx.now(), outcome, sentence, job_id: Some(job), credits })
    }

    /// Notes what became of a run and sets the next one; nothing when a person has changed the schedule meanwhile.
    async fn end(&self, ctx: &Ctx, schedule: &Schedule, last: LastRun, next: Timestamp) -> Result<()> {
        let key = StoredSchedule::key_of(&Keys::new(ctx), schedule.site_id, schedule.function);
        // A run that was skipped keeps the job of the one before it, which may still be at work.
        let before = schedule.last_run.as_ref().and_then(|before| before.job_id);
        let before = before.filter(|_| last.outcome == RunOutcome::Skipped);
        let last = LastRun { job_id: last.job_id.or(before), ..last };
        let mut effects = Effects::new();
        effects.update(
            "schedule",
            Update::at(key)
                .set_serde("last_run", &last)?
                .set("next_run", next)
                .set("GSI1SK", StoredSchedule::due_at(ctx.tenant, schedule, next))
                .when(Cond::eq("next_run", schedule.next_run.unwrap_or(next))),
        );
        match self.table.transact("automation.end", effects).await {
            Ok(()) | Err(TableError::Condition(_)) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Its site is gone: it is not due any more.
    async fn forget(&self, ctx: &Ctx, schedule: &Schedule) -> Result<()> {
        let mut effects = Effects::new();
        effects.delete("schedule", StoredSchedule::key_of(&Keys::new(ctx), schedule.site_id, schedule.function), None);
        Ok(self.table.transact("automation.forget", effects).await?)
    }
}

/// Whether an error is about what a run wanted to work on, and not about the run.
const fn has_moved(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::Conflict)
}

fn skipped(at: Timestamp, sentence: &str) -> LastRun {
    LastRun { at, outcome: RunOutcome::Skipped, sentence: sentence.to_owned(), job_id: None, credits: Credits::ZERO }
}
