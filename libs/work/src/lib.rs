//! Jobs and their items: created with their credits reserved, dispatched, claimed, run, finished or failed.
//!
//! The table is the truth and queues are only its doorbell: every state stands in a row, every change of state is a
//! conditional write, and what a crash leaves behind is found by the minute sweep. The seven rules are in
//! docs/architecture.md; this room does not know what a job does.

mod ask;
mod cancel;
mod claim;
mod create;
mod finish;
mod gate;
mod item;
mod job;
mod lane;
mod pump;
mod read;
mod retry;
mod step;
mod sweep;
mod worker;

pub use ask::{Models, OwnPrompt, apply as apply_settings};
pub use claim::Claim;
pub use create::{JobCreate, NewItem};
pub use gate::CallLimits;
pub use item::{Item, ItemError, ItemId, ItemMessage, ItemState, Phase};
pub use job::{Job, JobCredits, JobProgress, JobStatus, JobView};
pub use lane::{DUE_SHARDS, Lane};
pub use read::{ItemView, JobQuery};
pub use step::{Failure, FunctionSpec, Outcome, Progress, Step, UsedModel};
pub use sweep::{Expired, Swept};

use igny8_accounts::Accounts;
use igny8_billing::Billing;
use igny8_cloud::Cloud;
use igny8_platform::SettingsCache;
use igny8_table::Table;

/// Jobs of all tenants. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Work {
    pub(crate) cloud: Cloud,
    pub(crate) table: Table,
    pub(crate) billing: Billing,
    pub(crate) accounts: Accounts,
    pub(crate) settings: SettingsCache,
    steps: step::Steps,
}

impl Work {
    /// Work on a table, with queues to dispatch to.
    pub fn new(cloud: Cloud, table: Table) -> Self {
        let accounts = Accounts::new(table.clone(), cloud.clone());
        Self {
            billing: Billing::new(table.clone()),
            accounts,
            cloud,
            table,
            settings: SettingsCache::default(),
            steps: step::Steps::default(),
        }
    }

    /// The ledger that jobs charge.
    pub const fn billing(&self) -> &Billing {
        &self.billing
    }

    /// The table that jobs live in.
    pub const fn table(&self) -> &Table {
        &self.table
    }

    /// The objects and queues beside it.
    pub const fn cloud(&self) -> &Cloud {
        &self.cloud
    }
}
