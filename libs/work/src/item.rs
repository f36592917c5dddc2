//! An item of a job: one AI request or one plain step.

use std::fmt;

use igny8_billing::Split;
use igny8_core::{Credits, JobId, SiteId, TenantId, Timestamp};
use igny8_table::{Entity, Indexes, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The states of an item: waiting → dispatched → running → succeeded | failed | cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// It waits for a free slot of its tenant, or for its due time.
    Waiting,
    /// A message about it is in the queue.
    Dispatched,
    /// A worker has claimed it.
    Running,
    /// Done and charged.
    Succeeded,
    /// Given up; nothing was charged.
    Failed,
    /// Cancelled before it ran; nothing was charged.
    Cancelled,
}

impl ItemState {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Dispatched => "dispatched",
            Self::Running => "running",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for ItemState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where the work on an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Not started.
    Init,
    /// Its input is being read.
    Prep,
    /// The model is writing.
    AiCall,
    /// The answer is being read.
    Parse,
    /// The result is being written.
    Save,
    /// Ended.
    Done,
}

impl Phase {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Init => "init",
            Self::Prep => "prep",
            Self::AiCall => "ai_call",
            Self::Parse => "parse",
            Self::Save => "save",
            Self::Done => "done",
        }
    }
}

/// Which item: the job and the number within it, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ItemId {
    /// The job.
    pub job: JobId,
    /// The number within the job.
    pub index: u32,
}

impl ItemId {
    /// Where the item lives.
    pub fn key(self, keys: &Keys) -> Key {
        keys.child_row(crate::Job::KIND, self.job, Item::KIND, format!("{:05}", self.index))
    }
}

impl fmt::Display for ItemId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{:05}", self.job, self.index)
    }
}

/// The message about an item: ids only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemMessage {
    /// The version of this shape.
    pub v: u8,
    /// The tenant.
    pub tenant: TenantId,
    /// The job.
    pub job: JobId,
    /// The number within the job.
    pub index: u32,
    /// The generation it was sent for: a user's retry starts a new one.
    pub generation: u32,
}

/// Why an item failed or waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemError {
    /// A sentence for the user.
    pub message: String,
    /// True when it will be tried again by itself.
    pub will_retry: bool,
    /// When it happened.
    pub at: Timestamp,
}

/// An item, as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// The job.
    pub job: JobId,
    /// The number within the job.
    pub index: u32,
    /// The function, as `auto_cluster`.
    pub function: String,
    /// The queue of its worker.
    pub queue: String,
    /// The site it works on.
    pub site_id: Option<SiteId>,
    /// What it is about, for people.
    pub title: String,
    /// What the function needs to know: ids and small values.
    pub input: serde_json::Value,
    /// Its state.
    pub state: ItemState,
    /// Grows when a user retries; raw answers and ledger entries belong to a generation.
    pub generation: u32,
    /// How often it was claimed in this generation.
    pub attempts: u32,
    /// How often it may be claimed.
    pub max_attempts: u32,
    /// How often a message was sent in this generation.
    pub sends: u32,
    /// Waiting: not before. Dispatched: when to send again. Running: when the lease ends. Then: when it ended.
    pub due: Timestamp,
    /// The proof of the worker that runs it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub lease: Option<String>,
    /// Where the work is.
    pub phase: Phase,
    /// What is reserved for it; zero once it has ended.
    pub reserved: Split,
    /// What its generation reserves.
    pub price: Credits,
    /// What was charged.
    pub charged: Credits,
    /// Why it failed or waits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<ItemError>,
    /// What came of it: ids and counts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub result: Option<serde_json::Value>,
}

pub(crate) fn queue_partition(keys: &Keys) -> String {
    keys.partition("QUEUE")
}

impl Item {
    /// Which item this is.
    pub const fn id(&self) -> ItemId {
        ItemId { job: self.job, index: self.index }
    }

    /// The partition of a job's items.
    pub fn partition(keys: &Keys, job: JobId) -> String {
        keys.child_partition(crate::Job::KIND, job, Self::KIND)
    }

    /// The prefix of its raw answers in the bucket.
    pub fn raw_prefix(&self, tenant: TenantId) -> String {
        format!("raw/{tenant}/{}/{}", self.id(), self.generation)
    }

    /// Its reference in the ledger.
    pub fn reference(&self) -> String {
        format!("item/{}/{}", self.id(), self.generation)
    }

    /// Where it shows in the tenant's queue: waiting ones by due time, active ones by the time to look at them again.
    pub(crate) fn queue_sk(&self) -> Option<String> {
        let class = match self.state {
            ItemState::Waiting => 'W',
            ItemState::Dispatched | ItemState::Running => 'A',
            ItemState::Succeeded | ItemState::Failed | ItemState::Cancelled => return None,
        };
        Some(format!("{class}#{}#{}", self.due, self.id()))
    }
}

impl Entity for Item {
    const KIND: &'static str = "ITEM";

    fn key(&self, keys: &Keys) -> Key {
        self.id().key(keys)
    }

    fn indexes(&self, keys: &Keys) -> Indexes {
        Indexes { gsi1: self.queue_sk().map(|sk| (queue_partition(keys), sk)), gsi2: None }
    }
}
