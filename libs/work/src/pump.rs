//! Rule 2: `pump` moves waiting items of a tenant into their queues while the tenant has free slots.

use std::time::Duration;

use igny8_cloud::{Message, Queue};
use igny8_core::{Ctx, Limit, Result, Timestamp};
use igny8_table::{Cond, Effects, Entity, Index, Keys, Query, TableError, Update};

use crate::{
    Item, ItemMessage, ItemState, Job, Work,
    item::queue_partition,
    lane::{LANE, Lane, move_lane},
};

/// After how long without a claim a message counts as lost; doubled with each further one, at most 15 minutes.
const RESEND: Duration = Duration::from_mins(2);

pub(crate) fn resend_at(now: Timestamp, sends: u32) -> Timestamp {
    now + (RESEND * 2_u32.pow(sends.min(3))).min(Duration::from_mins(15))
}

impl Work {
    /// Dispatches what may be dispatched now. Returns how many items.
    ///
    /// It runs after every request that creates, cancels or retries work, after every message, and every minute: so a
    /// missed wake-up costs a minute, never an item.
    pub async fn pump(&self, ctx: &Ctx) -> Result<u32> {
        let keys = Keys::new(ctx);
        let Some(lane) = self.table.get::<Lane>(Lane::key_of(&keys)).await? else { return Ok(0) };
        if lane.pending <= 0 {
            return Ok(0);
        }
        let limit = self.billing.balance(ctx).await?.plan.in_flight();
        let free = i64::from(limit) - lane.in_flight;
        if free <= 0 {
            return Ok(0);
        }
        // The index may still show items that have moved on; a few more than needed make up for them.
        let query = Query::partition(queue_partition(&keys))
            .index(Index::Gsi1)
            .between("W#", format!("W#{}~", ctx.now()))
            .limit(Limit::new(free as usize + 4).unwrap_or_default());
        let mut dispatched = 0;
        for item in self.table.query::<Item>(&keys, query).await?.items {
            match self.dispatch(ctx, item, limit).await? {
                Dispatched::Sent => dispatched += 1,
                Dispatched::MovedOn => {}
                Dispatched::Full => break,
            }
        }
        Ok(dispatched)
    }

    async fn dispatch(&self, ctx: &Ctx, mut item: Item, limit: u32) -> Result<Dispatched> {
        let keys = Keys::new(ctx);
        let now = ctx.now();
        let due_before = item.due;
        item.state = ItemState::Dispatched;
        item.due = resend_at(now, item.sends);
        item.sends += 1;
        let mut effects = Effects::new();
        effects.update(
            "item",
            state_update(&keys, &item).set_n("sends", item.sends).when(
                Cond::eq("state", ItemState::Waiting)
                    .and(Cond::eq_n("generation", item.generation))
                    .and(Cond::eq("due", due_before)),
            ),
        );
        effects.update(
            "job",
            Job::change(&keys, item.job, now).set_if_absent("started_at", now).when(Cond::Lacks("cancel_requested_at")),
        );
        move_lane(ctx, &mut effects, 1, -1, Some(limit));
        match self.table.transact("work.dispatch", effects).await {
            Ok(()) => {
                self.ring(ctx, &item, Duration::ZERO).await;
                Ok(Dispatched::Sent)
            }
            Err(error) if error.failed(LANE) => Ok(Dispatched::Full),
            Err(error) if error.failed("job") => {
                // Cancelled, but the one who cancelled it has not come to this item.
                self.cancel_items(ctx, item.job, vec![(item.index, ItemState::Waiting)]).await?;
                Ok(Dispatched::MovedOn)
            }
            Err(TableError::Condition(_)) => Ok(Dispatched::MovedOn),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends the message about an item. If that fails, the item is dispatched all the same and the sweep sends again.
    pub(crate) async fn ring(&self, ctx: &Ctx, item: &Item, delay: Duration) {
        let message =
            ItemMessage { v: 1, tenant: ctx.tenant, job: item.job, index: item.index, generation: item.generation };
        let Ok(body) = serde_json::to_string(&message) else { return };
        let message = Message { body, group: ctx.tenant.to_string(), delay };
        let queue = Queue(item.queue.clone());
        if let Err(error) = self.cloud.send("work.send", &queue, message).await {
            tracing::warn!(%error, item = %item.id(), "a message was not sent; the sweep will send it");
        }
    }
}

enum Dispatched {
    Sent,
    MovedOn,
    Full,
}

/// Writes state, due time and place in the queue index of an item.
pub(crate) fn state_update(keys: &Keys, item: &Item) -> Update {
    let update = Update::at(item.key(keys)).set("state", item.state).set("due", item.due);
    match item.queue_sk() {
        Some(sk) => update.set("GSI1PK", queue_partition(keys)).set("GSI1SK", sk),
        None => update.remove("GSI1PK").remove("GSI1SK").remove("lease"),
    }
}
