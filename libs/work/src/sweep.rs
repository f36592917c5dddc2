//! The minute sweep and the dead letters: what crashes and lost messages leave behind.

use igny8_core::{Ctx, Env, Limit, Result};
use igny8_table::{Cond, Effects, Entity, Index, Keys, Query, TableError, Update};
use serde::Serialize;

use crate::{
    Item, ItemId, ItemMessage, ItemState, Job, Work,
    finish::unchanged,
    item::queue_partition,
    lane::{DUE_SHARDS, LOOK_AGAIN, Lane},
    pump::{resend_at, state_update},
};

/// Tenants per shard and sweep.
const TENANTS: usize = 100;
/// An item whose messages were all lost or dead is given up after so many.
const MOST_SENDS: u32 = 20;

/// What a sweep did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Swept {
    /// Tenants that were looked at.
    pub tenants: u32,
    /// Items whose message was sent again.
    pub sent_again: u32,
    /// Items that were given up.
    pub given_up: u32,
    /// Items that were dispatched because a slot was free.
    pub dispatched: u32,
    /// Jobs whose creation was interrupted.
    pub abandoned: u32,
    /// Tenants for which something went wrong; they are looked at again in a minute.
    pub errors: u32,
}

/// What [`Work::expire`] did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expired {
    /// Nothing was over.
    Nothing,
    /// Its message was sent again.
    SentAgain,
    /// It was given up.
    GivenUp,
}

impl Work {
    /// Looks at every tenant whose time has come.
    pub async fn sweep(&self, env: &Env) -> Result<Swept> {
        let mut swept = Swept::default();
        for shard in 0..DUE_SHARDS {
            let now = env.now();
            let query = Query::partition(Lane::due_partition(shard))
                .index(Index::Gsi1)
                .between("0", format!("{now}~"))
                .limit(Limit::new(TENANTS).unwrap_or_default());
            for lane in self.table.query::<Lane>(&Keys::outside(), query).await?.items {
                let ctx = Ctx::system(lane.tenant, format!("sweep-{now}"), env.clone());
                swept.tenants += 1;
                let done = self.sweep_now(&ctx, &mut swept).await;
                // Also after an error: a tenant that fails each time must not stand before the others for ever.
                let moved = self.look_again(&ctx, &lane).await;
                if let Err(error) = done.and(moved) {
                    swept.errors += 1;
                    tracing::error!(tenant = %lane.tenant, %error, cause = error.cause(), "the sweep of a tenant failed");
                }
            }
        }
        Ok(swept)
    }

    /// Does for one tenant what the minute sweep does.
    pub async fn sweep_now(&self, ctx: &Ctx, swept: &mut Swept) -> Result<()> {
        let keys = Keys::new(ctx);
        let now = ctx.now();
        let limit = Limit::new(Limit::MAX).unwrap_or_default();
        let over = |class: char| {
            Query::partition(queue_partition(&keys))
                .index(Index::Gsi1)
                .between(format!("{class}#"), format!("{class}#{now}~"))
                .limit(limit)
        };
        for item in self.table.query::<Item>(&keys, over('A')).await?.items {
            // The index may lag: the row itself decides.
            let Some(item) = self.table.get::<Item>(item.id().key(&keys)).await? else { continue };
            match self.expire(ctx, &item).await? {
                Expired::Nothing => {}
                Expired::SentAgain => swept.sent_again += 1,
                Expired::GivenUp => swept.given_up += 1,
            }
        }
        for job in self.table.query::<Job>(&keys, over('P')).await?.items {
            let Some(job) = self.table.get::<Job>(job.key(&keys)).await? else { continue };
            if job.prepare_until.is_some_and(|until| until <= now) {
                let sentence = "Its creation was interrupted. What had not started was given back; start it again.";
                self.finish_cancel(ctx, job.id, Some(sentence)).await?;
                swept.abandoned += 1;
            }
        }
        swept.dispatched += self.pump(ctx).await?;
        Ok(())
    }

    /// Sets the next look at a tenant, or forgets the tenant when nothing of it waits or runs.
    async fn look_again(&self, ctx: &Ctx, seen: &Lane) -> Result<()> {
        let keys = Keys::new(ctx);
        let Some(due) = &seen.due else { return Ok(()) };
        let update = |update: Update| {
            let mut effects = Effects::new();
            effects.update("lane", update);
            effects
        };
        let done = Update::at(Lane::key_of(&keys)).remove("GSI1PK").remove("GSI1SK").when(
            Cond::eq("GSI1SK", due)
                .and(Cond::eq_n("pending", 0).or(Cond::Lacks("pending")))
                .and(Cond::eq_n("in_flight", 0).or(Cond::Lacks("in_flight"))),
        );
        match self.table.transact("work.lane_done", update(done)).await {
            Err(TableError::Condition(_)) => {}
            other => return Ok(other?),
        }
        let later = Update::at(Lane::key_of(&keys))
            .set("GSI1SK", Lane::due_sk(ctx.tenant, ctx.now() + LOOK_AGAIN))
            .when(Cond::eq("GSI1SK", due));
        match self.table.transact("work.lane_later", update(later)).await {
            // Another sweep was faster.
            Err(TableError::Condition(_)) => Ok(()),
            other => Ok(other?),
        }
    }

    /// What to do with an item that nobody seems to work on: the one answer for sweep and dead letters.
    ///
    /// Its message is sent again. An item whose lease is over and whose attempts are spent is then given up by its
    /// worker; only when no worker answers for long, it is given up here.
    pub async fn expire(&self, ctx: &Ctx, item: &Item) -> Result<Expired> {
        let now = ctx.now();
        let over = match item.state {
            ItemState::Dispatched | ItemState::Running => item.due <= now,
            _ => false,
        };
        if !over {
            return Ok(Expired::Nothing);
        }
        if item.sends >= MOST_SENDS {
            let sentence = "It did not come to an end, several times. Nothing was charged; you can run it again.";
            let tidy = self.tidy(ctx, item, sentence).await;
            let failed = self.fail(ctx, item, unchanged(item), sentence, &[], &tidy).await?;
            return Ok(if failed { Expired::GivenUp } else { Expired::Nothing });
        }
        let keys = Keys::new(ctx);
        let mut again = item.clone();
        again.state = ItemState::Dispatched;
        again.due = resend_at(now, item.sends);
        again.sends += 1;
        let mut effects = Effects::new();
        effects.update(
            "item",
            state_update(&keys, &again).set_n("sends", again.sends).remove("lease").when(unchanged(item)),
        );
        match self.table.transact("work.send_again", effects).await {
            Ok(()) => {
                self.ring(ctx, &again, std::time::Duration::ZERO).await;
                Ok(Expired::SentAgain)
            }
            Err(TableError::Condition(_)) => Ok(Expired::Nothing),
            Err(error) => Err(error.into()),
        }
    }

    /// Takes a message from a dead-letter queue: it is the item that decides, not the message.
    pub async fn dead_letter(&self, env: &Env, body: &str) -> Result<Expired> {
        let Ok(message) = serde_json::from_str::<ItemMessage>(body) else {
            tracing::error!("a dead letter cannot be read; it is dropped");
            return Ok(Expired::Nothing);
        };
        let ctx = Ctx::system(message.tenant, format!("dead-letter-{}", message.job), env.clone());
        let id = ItemId { job: message.job, index: message.index };
        let Some(item) = self.table.get::<Item>(id.key(&Keys::new(&ctx))).await? else { return Ok(Expired::Nothing) };
        let expired = self.expire(&ctx, &item).await?;
        self.pump(&ctx).await?;
        Ok(expired)
    }
}
