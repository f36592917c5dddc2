//! Retry: failed items get a new generation and a new reservation.

use igny8_billing::Split;
use igny8_core::{Credits, Ctx, Cursor, Error, JobId, Limit, Page, Result};
use igny8_platform::audit;
use igny8_table::{Cond, Keys, Query};

use crate::{
    Item, ItemState, Job, Phase, Work,
    finish::{ITEM, unchanged},
    lane::move_lane,
    pump::state_update,
};

/// Items per transaction.
const CHUNK: usize = 40;

impl Work {
    /// Runs the failed items of an ended job again. Their credits are reserved anew, chunk by chunk.
    ///
    /// Errors: 409 while the job runs or when nothing of it failed; 402 with too few credits.
    pub async fn retry(&self, ctx: &Ctx, id: JobId) -> Result<Job> {
        self.check_retry(ctx, id).await?;
        let keys = Keys::new(ctx);
        let mut cursor = None;
        loop {
            let page = self.failed_items(&keys, id, CHUNK, cursor).await?;
            let mut open = page.items;
            while !open.is_empty() && !self.retry_chunk(ctx, id, &open).await? {
                // Another retry has taken some of them: go on with what still has failed.
                let wanted: Vec<_> = open.iter().map(|item| item.id().key(&keys)).collect();
                let current = self.table.get_many::<Item>(&wanted).await?;
                open = current.into_iter().flatten().filter(|item| item.state == ItemState::Failed).collect();
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        self.pump(ctx).await?;
        self.stored(ctx, id).await
    }

    /// What [`Work::retry`] would reserve, and how many items it would run; nothing is started.
    ///
    /// Errors: 409 as it says.
    pub async fn estimate_retry(&self, ctx: &Ctx, id: JobId) -> Result<(Credits, usize)> {
        self.check_retry(ctx, id).await?;
        let keys = Keys::new(ctx);
        let (mut credits, mut items, mut cursor) = (Credits::default(), 0, None);
        loop {
            let page = self.failed_items(&keys, id, Limit::MAX, cursor).await?;
            credits += page.items.iter().map(|item| item.price).sum();
            items += page.items.len();
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok((credits, items));
            }
        }
    }

    async fn check_retry(&self, ctx: &Ctx, id: JobId) -> Result<()> {
        let job = self.job(ctx, id).await?;
        if !job.status().is_terminal() {
            return Err(Error::conflict("This job has not ended yet. Wait for it, or cancel it first."));
        }
        if job.failed == 0 {
            return Err(Error::conflict("No item of this job failed, so there is nothing to run again."));
        }
        Ok(())
    }

    async fn failed_items(&self, keys: &Keys, id: JobId, most: usize, cursor: Option<Cursor>) -> Result<Page<Item>> {
        let query = Query::partition(Item::partition(keys, id))
            .filter(Cond::eq("state", ItemState::Failed))
            .limit(Limit::new(most).unwrap_or_default())
            .cursor(cursor);
        Ok(self.table.query::<Item>(keys, query).await?)
    }

    /// Retries all of these items; false when one of them has changed in the meantime.
    async fn retry_chunk(&self, ctx: &Ctx, id: JobId, items: &[Item]) -> Result<bool> {
        let keys = Keys::new(ctx);
        let price: Credits = items.iter().map(|item| item.price).sum();
        let booked = self
            .billing
            .book(ctx, "work.retry", |booking, effects| {
                let mut open: Split = booking.reserve(price)?;
                for item in items {
                    let reserved = open.take(item.price);
                    open = open - reserved;
                    let mut again = item.clone();
                    again.state = ItemState::Waiting;
                    again.due = ctx.now();
                    effects.update(
                        ITEM,
                        state_update(&keys, &again)
                            .set_n("generation", item.generation + 1)
                            .set_n("attempts", 0)
                            .set_n("sends", 0)
                            .set("phase", Phase::Init.as_str())
                            .set_serde("reserved", &reserved)?
                            .remove("error")
                            .when(unchanged(item)),
                    );
                }
                let count = items.len() as i64;
                effects.update(
                    "job",
                    Job::change(&keys, id, ctx.now())
                        .add("generation", 1)
                        .add("failed", -count)
                        .add("credits_reserved", price.0)
                        .remove("cancel_requested_at")
                        .remove("error"),
                );
                move_lane(ctx, effects, 0, count, None);
                audit(ctx, effects, "job.retried", format!("job:{id}"))?;
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
