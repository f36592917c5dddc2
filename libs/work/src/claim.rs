//! Rule 3: a worker claims an item with a fresh lease token; everything it writes later carries the token.

use std::time::Duration;

use igny8_core::{Ctx, Result};
use igny8_table::{Cond, Effects, Keys, TableError};

use crate::{Item, ItemId, ItemMessage, ItemState, Job, Phase, Work, pump::state_update};

/// How long a claim holds: longer than a worker can run (300 s), shorter than the queue hides the message (360 s).
pub(crate) const LEASE: Duration = Duration::from_secs(330);

/// The answer to a claim.
#[derive(Debug)]
pub enum Claim {
    /// It is yours.
    Claimed(Box<Item>),
    /// It has ended, or waits for its time; there is nothing to do.
    NothingToDo,
    /// Another worker has it.
    InProgress,
    /// Its attempts are spent: it must be given up.
    Spent(Box<Item>),
}

impl Work {
    /// Claims the item that a message is about.
    pub async fn claim(&self, ctx: &Ctx, message: &ItemMessage) -> Result<Claim> {
        let keys = Keys::new(ctx);
        let id = ItemId { job: message.job, index: message.index };
        let Some(mut item) = self.table.get::<Item>(id.key(&keys)).await? else { return Ok(Claim::NothingToDo) };
        if item.generation != message.generation {
            return Ok(Claim::NothingToDo);
        }
        match item.state {
            ItemState::Dispatched => {}
            ItemState::Running if item.due > ctx.now() => return Ok(Claim::InProgress),
            // Its worker is gone; the sweep dispatches it again or gives it up.
            ItemState::Running => return self.expire(ctx, &item).await.map(|_| Claim::NothingToDo),
            _ => return Ok(Claim::NothingToDo),
        }
        let job: Option<Job> = self.table.get(Job::key_of(&keys, item.job)).await?;
        if job.is_none_or(|job| job.cancel_requested_at.is_some()) {
            self.cancel_items(ctx, item.job, vec![(item.index, ItemState::Dispatched)]).await?;
            return Ok(Claim::NothingToDo);
        }
        if item.attempts >= item.max_attempts {
            return Ok(Claim::Spent(Box::new(item)));
        }
        let attempts_before = item.attempts;
        let lease = format!("{:032x}", ctx.env.random());
        item.state = ItemState::Running;
        item.attempts += 1;
        item.due = ctx.now() + LEASE;
        item.phase = Phase::Prep;
        item.lease = Some(lease.clone());
        let mut effects = Effects::new();
        effects.update(
            "item",
            state_update(&keys, &item)
                .set_n("attempts", item.attempts)
                .set("lease", &lease)
                .set("phase", Phase::Prep.as_str())
                .when(
                    Cond::eq("state", ItemState::Dispatched)
                        .and(Cond::eq_n("generation", item.generation))
                        .and(Cond::eq_n("attempts", attempts_before)),
                ),
        );
        match self.table.transact("work.claim", effects).await {
            Ok(()) => Ok(Claim::Claimed(Box::new(item))),
            Err(TableError::Condition(failed)) => {
                // The SDK may have repeated the call after its answer was lost: our own token means success.
                let stored = failed.found.as_ref().and_then(|found| igny8_table::text_of(found, "lease"));
                if stored == Some(lease.as_str()) { Ok(Claim::Claimed(Box::new(item))) } else { Ok(Claim::InProgress) }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Shows where the work on an item is.
    pub(crate) async fn show_phase(&self, ctx: &Ctx, item: &Item, phase: Phase) {
        let Some(lease) = &item.lease else { return };
        let mut effects = Effects::new();
        effects.update(
            "item",
            igny8_table::Update::at(item.id().key(&Keys::new(ctx)))
                .set("phase", phase.as_str())
                .when(Cond::eq("lease", lease)),
        );
        if let Err(error) = self.table.transact("work.phase", effects).await {
            tracing::debug!(%error, "a phase was not shown");
        }
    }
}
