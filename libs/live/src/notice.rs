//! Notices: work that has ended, kept for thirty days, and up to where each person has read them.

use std::time::Duration;

use igny8_core::{Credits, Ctx, JobId, Limit, Page, PageRequest, Result, SiteId, Timestamp};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query, TableError};
use igny8_work::{Job, JobStatus};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Live;

const KEPT: Duration = Duration::from_hours(30 * 24);

/// How a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NoticeOutcome {
    /// All of it worked.
    Success,
    /// Some of it worked.
    Partial,
    /// Nothing of it worked.
    Failure,
    /// It was cancelled, or its creation was interrupted.
    Cancelled,
}

impl NoticeOutcome {
    const fn of(status: JobStatus) -> Option<Self> {
        match status {
            JobStatus::Succeeded => Some(Self::Success),
            JobStatus::Partial => Some(Self::Partial),
            JobStatus::Failed => Some(Self::Failure),
            JobStatus::Cancelled => Some(Self::Cancelled),
            JobStatus::Preparing | JobStatus::Queued | JobStatus::Running => None,
        }
    }
}

/// The end of a job, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Time, job and its generation: sorts by time, and is the same however often the end is told.
    pub id: String,
    /// The job.
    pub job_id: JobId,
    /// Its function, as `auto_cluster`.
    pub function: String,
    /// The site it worked on.
    pub site_id: Option<SiteId>,
    /// How it ended.
    pub outcome: NoticeOutcome,
    /// What there is to say about it, for people.
    pub message: String,
    /// How many items it had.
    pub total: u64,
    /// How many succeeded.
    pub done: u64,
    /// How many failed.
    pub failed: u64,
    /// What it cost.
    pub charged: Credits,
    /// When it ended.
    pub at: Timestamp,
}

impl Notice {
    /// The notice of a job that has ended.
    pub(crate) fn of(job: &Job) -> Option<Self> {
        let outcome = NoticeOutcome::of(job.status())?;
        Some(Self {
            id: format!("{}#{}#{}", job.updated_at, job.id, job.generation),
            job_id: job.id,
            function: job.function.clone(),
            site_id: job.site_id,
            outcome,
            message: message(job, outcome),
            total: job.total,
            done: job.done,
            failed: job.failed,
            charged: Credits(job.credits_charged),
            at: job.updated_at,
        })
    }
}

impl Entity for Notice {
    const KIND: &'static str = "NOTICE";

    fn key(&self, keys: &Keys) -> Key {
        keys.row(Self::KIND, &self.id)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.at + KEPT)
    }
}

/// One sentence or two: how much was done, and what it cost.
fn message(job: &Job, outcome: NoticeOutcome) -> String {
    let things = |count: u64| if count == 1 { "1 item".to_owned() } else { format!("{count} items") };
    let cost = match job.credits_charged {
        0 => "Nothing was charged.".to_owned(),
        1 => "It cost 1 credit.".to_owned(),
        credits => format!("It cost {credits} credits."),
    };
    let told = match outcome {
        NoticeOutcome::Success if job.total == 1 => "It is done.".to_owned(),
        NoticeOutcome::Success => format!("All {} are done.", things(job.total)),
        NoticeOutcome::Partial => format!("{} of {} done, {} failed.", job.done, things(job.total), job.failed),
        NoticeOutcome::Failure if job.total == 1 => "It failed.".to_owned(),
        NoticeOutcome::Failure => format!("None of the {} worked.", things(job.total)),
        NoticeOutcome::Cancelled => match &job.error {
            Some(error) => error.clone(),
            None => format!("It was cancelled with {} of {} done.", job.done, things(job.total)),
        },
    };
    format!("{told} {cost}")
}

/// The end of a job, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticeView {
    /// Its id.
    pub id: String,
    /// The job.
    pub job_id: JobId,
    /// Its function, as `auto_cluster`.
    pub function: String,
    /// The site it worked on.
    pub site_id: Option<SiteId>,
    /// How it ended.
    pub outcome: NoticeOutcome,
    /// What there is to say about it, for people.
    pub message: String,
    /// How many items it had.
    pub total: u64,
    /// How many succeeded.
    pub done: u64,
    /// How many failed.
    pub failed: u64,
    /// What it cost.
    pub charged: Credits,
    /// When it ended.
    pub at: Timestamp,
    /// Whether the one who asks has read it.
    pub read: bool,
}

impl NoticeView {
    /// The notice for someone who has read up to then.
    pub(crate) fn new(notice: Notice, read_until: Timestamp) -> Self {
        Self {
            read: notice.at <= read_until,
            id: notice.id,
            job_id: notice.job_id,
            function: notice.function,
            site_id: notice.site_id,
            outcome: notice.outcome,
            message: notice.message,
            total: notice.total,
            done: notice.done,
            failed: notice.failed,
            charged: notice.charged,
            at: notice.at,
        }
    }
}

/// Up to when someone has read the notices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NoticesRead {
    /// Notices of this moment and earlier are read.
    pub until: Timestamp,
}

/// The same as a row, under who has read.
#[derive(Serialize, Deserialize)]
struct ReadMark {
    reader: String,
    until: Timestamp,
}

impl ReadMark {
    fn key_of(ctx: &Ctx) -> Key {
        Keys::new(ctx).row(Self::KIND, ctx.actor)
    }
}

impl Entity for ReadMark {
    const KIND: &'static str = "NOTICES_READ";

    fn key(&self, keys: &Keys) -> Key {
        keys.row(Self::KIND, &self.reader)
    }
}

impl Live {
    /// Writes the notice of a job's end; a second time changes nothing.
    pub(crate) async fn write_notice(&self, ctx: &Ctx, notice: &Notice) -> Result<()> {
        let mut effects = Effects::new();
        effects.create("notice", &Keys::new(ctx), notice)?;
        match self.table.transact("live.notice", effects).await {
            Err(error) if error.failed("notice") => Ok(()),
            other => Ok(other?),
        }
    }

    /// Up to when the one who asks has read.
    async fn read_until(&self, ctx: &Ctx) -> Result<Timestamp> {
        let mark = self.table.get::<ReadMark>(ReadMark::key_of(ctx)).await?;
        Ok(mark.map(|mark| mark.until).unwrap_or_default())
    }

    /// The notices that the context may see, newest first; only those that it has not read, where that is wanted.
    pub async fn notices(&self, ctx: &Ctx, unread: bool, page: PageRequest) -> Result<Page<NoticeView>> {
        let keys = Keys::new(ctx);
        let until = self.read_until(ctx).await?;
        let mut query = Query::partition(keys.partition(Notice::KIND)).descending();
        if unread {
            query = query.between(after(until), "~");
        }
        let query = self.work.seen_by(ctx, query).await?;
        let page = self.table.page::<Notice>(&keys, query, page).await?;
        Ok(page.map(|notice| NoticeView::new(notice, until)))
    }

    /// The notices of then and later, oldest first; none when there are more than one page of them.
    pub(crate) async fn notices_since(
        &self,
        ctx: &Ctx,
        since: Timestamp,
        most: Limit,
    ) -> Result<Option<Vec<NoticeView>>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.partition(Notice::KIND)).between(since.to_string(), "~").limit(most);
        let query = self.work.seen_by(ctx, query).await?;
        let page = self.table.query::<Notice>(&keys, query).await?;
        if page.next_cursor.is_some() {
            return Ok(None);
        }
        let until = self.read_until(ctx).await?;
        Ok(Some(page.items.into_iter().map(|notice| NoticeView::new(notice, until)).collect()))
    }

    /// Notes that someone has read the notices up to then; never less than they had read before, and nothing that is
    /// still to come.
    pub async fn read_notices(&self, ctx: &Ctx, until: Timestamp) -> Result<NoticesRead> {
        let until = until.min(ctx.now());
        let mark = ReadMark { reader: ctx.actor.to_string(), until };
        let mut effects = Effects::new();
        let further = Cond::NotExists.or(Cond::lt("until", until));
        effects.put("read", &Keys::new(ctx), &mark, Some(further))?;
        match self.table.transact("live.notices_read", effects).await {
            Ok(()) => Ok(NoticesRead { until }),
            Err(TableError::Condition(_)) => Ok(NoticesRead { until: self.read_until(ctx).await? }),
            Err(error) => Err(error.into()),
        }
    }
}

/// The first key after all notices of a moment.
fn after(until: Timestamp) -> String {
    format!("{until}~")
}
