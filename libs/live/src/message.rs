//! What goes over the wire.

use igny8_billing::BalanceView;
use igny8_core::Timestamp;
use igny8_work::JobView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::NoticeView;

/// A message of the live feed. `at` is the time of the change; send the latest one back as `since`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveMessage {
    /// A job as it is now, without its items.
    Job {
        /// When it changed.
        at: Timestamp,
        /// The job.
        job: JobView,
    },
    /// The balance as it is now.
    Balance {
        /// When it was read.
        at: Timestamp,
        /// The balance.
        balance: BalanceView,
    },
    /// A job has ended.
    Notice {
        /// When it ended.
        at: Timestamp,
        /// What there is to say about it.
        notice: NoticeView,
    },
    /// Too much was missed to be told: load everything anew.
    Reload {
        /// As of when.
        at: Timestamp,
    },
    /// The answer to `{"type": "ping"}`.
    Pong {
        /// The present moment.
        at: Timestamp,
    },
}

/// What a client may say.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Heard {
    /// `ping`, or nothing.
    #[serde(rename = "type", default)]
    pub(crate) kind: Option<String>,
    /// The latest `at` that it knows: it wants what has changed since.
    #[serde(default)]
    pub(crate) since: Option<Timestamp>,
}
