//! A job: one request of a user, of one item or thousands.

use igny8_billing::Split;
use igny8_core::{Actor, Credits, JobId, SiteId, Timestamp};
use igny8_table::{Entity, Indexes, Key, Keys, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The state of a job, as users see it. It follows from the counters, so it can never contradict them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// Its items are being written.
    Preparing,
    /// No item has started.
    Queued,
    /// Some items have started or ended.
    Running,
    /// All items succeeded.
    Succeeded,
    /// Some items succeeded and some failed.
    Partial,
    /// No item succeeded.
    Failed,
    /// It was cancelled before all items had ended.
    Cancelled,
}

impl JobStatus {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Preparing => "preparing",
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Partial => "partial",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// True when nothing of the job will change by itself.
    pub const fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Partial | Self::Failed | Self::Cancelled)
    }
}

/// A job, as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// The function, as `auto_cluster`.
    pub function: String,
    /// The site it works on.
    pub site_id: Option<SiteId>,
    /// How many items it has.
    pub total: u64,
    /// How many items are written; fewer than `total` while it is preparing.
    pub made: u64,
    /// How many items succeeded.
    pub done: u64,
    /// How many items failed.
    pub failed: u64,
    /// How many items were cancelled.
    pub cancelled: u64,
    /// When its first item was dispatched.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub started_at: Option<Timestamp>,
    /// Credits that are reserved for items that have not ended.
    pub credits_reserved: i64,
    /// Credits that were charged.
    pub credits_charged: i64,
    /// Credits that were reserved and given back.
    pub credits_released: i64,
    /// The part of the reservation for items that are not written yet.
    pub unassigned: Split,
    /// Someone wants it to end.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cancel_requested_at: Option<Timestamp>,
    /// It ended before all of its items were written; `total` then counts those that were.
    #[serde(default)]
    pub abandoned: bool,
    /// Why it ended early, for the user.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// Who started it.
    pub created_by: Actor,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it was last changed; the epoch on rows that are older than this field.
    #[serde(default)]
    pub updated_at: Timestamp,
    /// Grows with each set of failed items that a user runs again: each generation has at most one end.
    #[serde(default)]
    pub generation: u32,
    /// While it is preparing: by when its items should be written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub prepare_until: Option<Timestamp>,
}

impl Job {
    /// Where a job lives.
    pub fn key_of(keys: &Keys, id: JobId) -> Key {
        keys.row(Self::KIND, id)
    }

    /// A change of a job. Every one goes through here, so that `updated_at` is never forgotten.
    pub(crate) fn change(keys: &Keys, id: JobId, now: Timestamp) -> Update {
        Update::at(Self::key_of(keys, id)).set("updated_at", now)
    }

    /// How many items have ended.
    pub const fn ended(&self) -> u64 {
        self.done + self.failed + self.cancelled
    }

    /// The state, from the counters.
    pub const fn status(&self) -> JobStatus {
        if self.made < self.total {
            return JobStatus::Preparing;
        }
        if self.ended() < self.total {
            return if self.started_at.is_none() && self.ended() == 0 { JobStatus::Queued } else { JobStatus::Running };
        }
        if self.cancelled > 0 || self.abandoned || self.cancel_requested_at.is_some() && self.done < self.total {
            JobStatus::Cancelled
        } else if self.failed == 0 {
            JobStatus::Succeeded
        } else if self.done == 0 {
            JobStatus::Failed
        } else {
            JobStatus::Partial
        }
    }
}

impl Entity for Job {
    const KIND: &'static str = "JOB";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }

    fn indexes(&self, keys: &Keys) -> Indexes {
        // While it is preparing, the sweep must find it.
        let gsi1 =
            self.prepare_until.map(|until| (crate::item::queue_partition(keys), format!("P#{until}#{}", self.id)));
        Indexes { gsi1, gsi2: None }
    }
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobProgress {
    /// How many items it has.
    pub total: u64,
    /// How many items succeeded.
    pub done: u64,
    /// How many items failed.
    pub failed: u64,
    /// How many items were cancelled.
    pub cancelled: u64,
    /// Where the work is: init, prep, ai_call, parse, save, done.
    pub phase: crate::Phase,
}

/// What a job costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobCredits {
    /// Reserved for items that have not ended.
    pub reserved: Credits,
    /// Charged for items that succeeded.
    pub charged: Credits,
    /// Reserved once and given back.
    pub refunded: Credits,
}

/// A job, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobView {
    /// Its id.
    pub id: JobId,
    /// The function, as `auto_cluster`.
    pub function: String,
    /// The site it works on.
    pub site_id: Option<SiteId>,
    /// How far it is, in one word.
    pub status: JobStatus,
    /// How many items it has.
    pub total: u64,
    /// How far it is.
    pub progress: JobProgress,
    /// What it costs.
    pub credits: JobCredits,
    /// Why it ended early, for the user.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// Its items; only for a single job, the first 200.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub items: Option<Vec<crate::read::ItemView>>,
    /// When it was started.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl From<&Job> for JobView {
    fn from(job: &Job) -> Self {
        let status = job.status();
        let phase = match status {
            JobStatus::Preparing | JobStatus::Queued => crate::Phase::Init,
            // The least that holds; who knows an item that runs says more.
            JobStatus::Running => crate::Phase::Prep,
            _ => crate::Phase::Done,
        };
        Self {
            id: job.id,
            function: job.function.clone(),
            site_id: job.site_id,
            status,
            total: job.total,
            progress: JobProgress {
                total: job.total,
                done: job.done,
                failed: job.failed,
                cancelled: job.cancelled,
                phase,
            },
            credits: JobCredits {
                reserved: Credits(job.credits_reserved),
                charged: Credits(job.credits_charged),
                refunded: Credits(job.credits_released),
            },
            error: job.error.clone(),
            items: None,
            created_at: job.created_at,
            updated_at: job.updated_at.max(job.created_at),
        }
    }
}
