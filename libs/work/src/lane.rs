//! The lane of a tenant: how much of its work is in flight and how much waits.
//!
//! Every change of an item's state that matters here changes these counters in the same transaction, so they are
//! exact, and the sweep forgets a tenant only when both are zero.

use std::time::Duration;

use igny8_core::{Ctx, TenantId, Timestamp};
use igny8_table::{Cond, Effects, Entity, Indexes, Key, Keys, Update};
use serde::{Deserialize, Serialize};

/// Tenants with work are spread over so many partitions of the due index.
pub const DUE_SHARDS: u64 = 8;

/// How long a tenant with work is left alone between two looks of the sweep.
///
/// Half of the schedule's minute: the look itself takes time, and the due time counts from its end. With a whole minute
/// the next sweep would come just before it, and the tenant's turn would be every second minute.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// The lane of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// Whose.
    pub tenant: TenantId,
    /// Items that are dispatched or running.
    #[serde(default)]
    pub in_flight: i64,
    /// Items that wait, and jobs whose items are still being written.
    #[serde(default)]
    pub pending: i64,
    /// When the sweep looks again, as it stands in the index.
    #[serde(rename = "GSI1SK", skip_serializing_if = "Option::is_none", default)]
    pub due: Option<String>,
}

impl Lane {
    /// Where the lane lives.
    pub fn key_of(keys: &Keys) -> Key {
        keys.row(Self::KIND, "-")
    }

    /// The partition of the due index in which this tenant stands.
    pub(crate) fn due_partition(shard: u64) -> String {
        format!("DUE#{shard}")
    }

    pub(crate) fn shard_of(tenant: TenantId) -> u64 {
        tenant.to_string().bytes().fold(0_u64, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(byte)))
            % DUE_SHARDS
    }

    pub(crate) fn due_sk(tenant: TenantId, due: Timestamp) -> String {
        format!("{due}#{tenant}")
    }
}

impl Entity for Lane {
    const KIND: &'static str = "LANE";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys)
    }

    fn indexes(&self, _: &Keys) -> Indexes {
        Indexes {
            gsi1: self.due.clone().map(|due| (Self::due_partition(Self::shard_of(self.tenant)), due)),
            gsi2: None,
        }
    }
}

/// The label of the lane in a transaction: its condition fails when the tenant has no free slot.
pub(crate) const LANE: &str = "lane";

/// Moves the counters of the context's tenant; with `limit` only while fewer are in flight.
pub(crate) fn move_lane(ctx: &Ctx, effects: &mut Effects, in_flight: i64, pending: i64, limit: Option<u32>) {
    let mut update = Update::at(Lane::key_of(&Keys::new(ctx)))
        .set("tenant", ctx.tenant)
        .set_if_absent("GSI1PK", Lane::due_partition(Lane::shard_of(ctx.tenant)))
        .set_if_absent("GSI1SK", Lane::due_sk(ctx.tenant, ctx.now() + LOOK_AGAIN));
    if in_flight != 0 {
        update = update.add("in_flight", in_flight);
    }
    if pending != 0 {
        update = update.add("pending", pending);
    }
    if let Some(limit) = limit {
        update = update.when(Cond::lt_n("in_flight", limit).or(Cond::Lacks("in_flight")));
    }
    effects.update(LANE, update);
}
