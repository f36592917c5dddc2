//! The single table: keys, typed rows, effects, transactions with retry, and cursors.
//!
//! It knows no domain: kinds and their fields belong to the crates above. Every access pattern stands in docs/data.md.

mod cond;
mod cursor;
mod effects;
mod error;
mod item;
mod keys;
mod query;
mod read;
mod transact;

use std::{
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aws_sdk_dynamodb::types::ConsumedCapacity;
use igny8_cloud::Cloud;
use igny8_core::Env;

pub use aws_sdk_dynamodb::types::AttributeValue;
pub use cond::Cond;
pub use effects::{Effects, Update};
pub use error::{ConditionFailed, TableError};
pub use item::{Entity, Indexes, Item, from_item, text_of};
pub use keys::{Key, Keys};
pub use query::{Index, Query};

/// The table, for one function. Cheap to clone.
#[derive(Clone)]
pub struct Table(Arc<Inner>);

struct Inner {
    cloud: Cloud,
    env: Env,
    #[allow(clippy::disallowed_types, reason = "the table lives here")]
    client: OnceLock<aws_sdk_dynamodb::Client>,
    /// How long a write is retried on conflicts and throttles.
    patience: Duration,
    units: AtomicU64,
}

impl std::fmt::Debug for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Table")
    }
}

impl Table {
    /// The table that the configuration names; nothing is connected yet.
    pub fn new(cloud: Cloud, env: Env) -> Self {
        let inner =
            Inner { cloud, env, client: OnceLock::new(), patience: Duration::from_secs(10), units: AtomicU64::new(0) };
        Self(Arc::new(inner))
    }

    /// Request units that this table has consumed so far, in tenths: reads and writes together, as the service reports.
    pub fn tenths_of_units(&self) -> u64 {
        self.0.units.load(Ordering::Relaxed)
    }

    #[allow(clippy::disallowed_types, reason = "the table lives here")]
    fn client(&self) -> &aws_sdk_dynamodb::Client {
        self.0.client.get_or_init(|| aws_sdk_dynamodb::Client::new(self.0.cloud.sdk_config()))
    }

    fn name(&self) -> Result<&str, TableError> {
        Ok(self.0.cloud.config().need("TABLE_NAME")?)
    }

    fn count<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        let units: f64 = consumed.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
        self.0.units.fetch_add((units * 10.0).round() as u64, Ordering::Relaxed);
    }
}
