//! Rules 5 and 6: an item ends in one transaction with its effects and its charge; or waits for its time, or fails.

use std::time::Duration;

use igny8_billing::{BookError, Split, Usage};
use igny8_core::{Credits, Ctx, Result};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Keys, TableError};

use crate::{Item, ItemError, ItemState, Job, Outcome, Phase, UsedModel, Work, lane::move_lane, pump::state_update};

/// SQS delays a message by at most 15 minutes.
const LONGEST_DELAY: Duration = Duration::from_mins(15);

/// The label of the item in a transaction: its condition fails when the lease is not ours any more.
pub(crate) const ITEM: &str = "item";

impl Work {
    /// Writes the effects of an item, its end, its charge, its usage and an audit entry: all or nothing.
    pub(crate) async fn finish(&self, ctx: &Ctx, item: &Item, outcome: &Outcome) -> Result<(), BookError> {
        let keys = Keys::new(ctx);
        let now = ctx.now();
        self.billing
            .book(ctx, "work.finish", |booking, effects| {
                let reason = format!("{}: {}", item.function, item.title);
                let charged =
                    booking.charge(ctx, item.reserved, outcome.price, item.job, &item.reference(), &reason).total();
                let mut ended = item.clone();
                ended.state = ItemState::Succeeded;
                ended.due = now;
                effects.append(outcome.effects.clone());
                effects.update(
                    ITEM,
                    state_update(&keys, &ended)
                        .set("phase", Phase::Done.as_str())
                        .set_serde("reserved", &Split::ZERO)?
                        .set_n("charged", charged)
                        .set_serde("result", &outcome.result)?
                        .remove("error")
                        .when(held(item)),
                );
                effects.update(
                    "job",
                    Job::change(&keys, item.job, ctx.now())
                        .add("done", 1)
                        .add("credits_reserved", -item.reserved.total().0)
                        .add("credits_charged", charged.0)
                        .add("credits_released", (item.reserved.total() - charged).0),
                );
                move_lane(ctx, effects, -1, 0, None);
                log_usage(ctx, effects, item, &outcome.usage, charged)?;
                audit(ctx, effects, &format!("{}.done", item.function), format!("item:{}", item.id()))?;
                Ok(())
            })
            .await
    }

    /// Puts an item back until `due`: its slot is free meanwhile.
    pub(crate) async fn retry_later(
        &self,
        ctx: &Ctx,
        item: &Item,
        delay: Duration,
        sentence: &str,
        usage: &[UsedModel],
    ) -> Result<()> {
        self.put_back(ctx, item, item, delay, sentence, usage).await
    }

    /// Puts an item back that a limit did not let through: it was not tried, and may be so as often as before.
    pub(crate) async fn postpone(
        &self,
        ctx: &Ctx,
        item: &Item,
        delay: Duration,
        sentence: &str,
        usage: &[UsedModel],
    ) -> Result<()> {
        let untried = Item { attempts: item.attempts.saturating_sub(1), sends: 0, ..item.clone() };
        self.put_back(ctx, item, &untried, delay, sentence, usage).await
    }

    /// Puts an item back as `counted` has its attempts and messages.
    async fn put_back(
        &self,
        ctx: &Ctx,
        item: &Item,
        counted: &Item,
        delay: Duration,
        sentence: &str,
        usage: &[UsedModel],
    ) -> Result<()> {
        let keys = Keys::new(ctx);
        let mut waiting = counted.clone();
        waiting.state = ItemState::Waiting;
        waiting.due = ctx.now() + delay;
        let error = ItemError { message: sentence.to_owned(), will_retry: true, at: ctx.now() };
        let mut effects = Effects::new();
        effects.update(
            ITEM,
            state_update(&keys, &waiting)
                .set("phase", Phase::Init.as_str())
                .set_n("attempts", waiting.attempts)
                .set_n("sends", waiting.sends)
                .set_serde("error", &error)?
                .remove("lease")
                .when(held(item)),
        );
        move_lane(ctx, &mut effects, -1, 1, None);
        log_usage(ctx, &mut effects, item, usage, Credits::ZERO)?;
        match self.table.transact("work.retry_later", effects).await {
            Ok(()) => {
                // The message only wakes the worker, which then pumps; a lost one costs at most a minute.
                if delay <= LONGEST_DELAY {
                    self.ring(ctx, &waiting, delay).await;
                }
                Ok(())
            }
            Err(error) if error.failed(ITEM) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives an item up: its credits come back, and `effects` tidy up what it worked on.
    ///
    /// `when` is what must still hold of the item; true when it was this call that ended it.
    pub(crate) async fn fail(
        &self,
        ctx: &Ctx,
        item: &Item,
        when: Cond,
        sentence: &str,
        usage: &[UsedModel],
        tidy: &Effects,
    ) -> Result<bool> {
        let keys = Keys::new(ctx);
        let in_flight = matches!(item.state, ItemState::Dispatched | ItemState::Running);
        let error = ItemError { message: sentence.to_owned(), will_retry: false, at: ctx.now() };
        let booked = self
            .billing
            .book(ctx, "work.fail", |booking, effects| {
                booking.release(item.reserved);
                let mut ended = item.clone();
                ended.state = ItemState::Failed;
                ended.due = ctx.now();
                effects.append(tidy.clone());
                effects.update(
                    ITEM,
                    state_update(&keys, &ended)
                        .set("phase", Phase::Done.as_str())
                        .set_serde("reserved", &Split::ZERO)?
                        .set_serde("error", &error)?
                        .when(when.clone()),
                );
                effects.update(
                    "job",
                    Job::change(&keys, item.job, ctx.now())
                        .add("failed", 1)
                        .add("credits_reserved", -item.reserved.total().0)
                        .add("credits_released", item.reserved.total().0),
                );
                let (running, waiting) = if in_flight { (-1, 0) } else { (0, -1) };
                move_lane(ctx, effects, running, waiting, None);
                log_usage(ctx, effects, item, usage, Credits::ZERO)?;
                audit(ctx, effects, &format!("{}.failed", item.function), format!("item:{}", item.id()))?;
                Ok(())
            })
            .await;
        match booked {
            Ok(()) => Ok(true),
            Err(error) if error.failed(ITEM) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }
}

/// The lease that a worker holds on an item.
pub(crate) fn held(item: &Item) -> Cond {
    Cond::eq("state", ItemState::Running).and(Cond::eq("lease", item.lease.as_deref().unwrap_or_default()))
}

/// The state of an item as it was read, for those who do not hold its lease.
pub(crate) fn unchanged(item: &Item) -> Cond {
    Cond::eq("state", item.state)
        .and(Cond::eq_n("generation", item.generation))
        .and(Cond::eq_n("attempts", item.attempts))
        .and(Cond::eq("due", item.due))
}

fn log_usage(
    ctx: &Ctx,
    effects: &mut Effects,
    item: &Item,
    usage: &[UsedModel],
    charged: Credits,
) -> Result<(), TableError> {
    for (n, used) in usage.iter().enumerate() {
        let row = Usage {
            // One row per call: a rerun that reads the stored answer writes the same row again.
            id: format!("{}/{}/{}", item.id(), item.generation, used.call),
            function: item.function.clone(),
            model: used.model.clone(),
            tokens_in: used.tokens_in,
            tokens_out: used.tokens_out,
            cost_microcents: used.cost_microcents,
            prompt_version: used.prompt_version,
            credits: if n + 1 == usage.len() { charged } else { Credits::ZERO },
            job_id: item.job,
            site_id: item.site_id,
            created_at: ctx.now(),
        };
        effects.put("usage", &Keys::new(ctx), &row, None)?;
    }
    Ok(())
}
