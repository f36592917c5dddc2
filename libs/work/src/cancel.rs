//! Cancel: waiting and dispatched items end at once, a running one finishes and is charged.

use igny8_billing::Split;
use igny8_core::{Ctx, Error, JobId, Limit, Result};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Keys, Query, TableError, Update};

use crate::{
    Item, ItemId, ItemState, Job, JobStatus, Phase, Work,
    create::abandon,
    finish::{ITEM, unchanged},
    lane::move_lane,
    pump::state_update,
};

/// Items per transaction, which writes the balance once.
const CHUNK: usize = 40;

impl Work {
    /// Cancels a job: it may be repeated, and what a crash leaves is ended by whoever meets it next.
    pub async fn cancel(&self, ctx: &Ctx, id: JobId) -> Result<Job> {
        let keys = Keys::new(ctx);
        let job = self.job(ctx, id).await?;
        if job.status().is_terminal() {
            if job.status() == JobStatus::Cancelled {
                return Ok(job);
            }
            return Err(Error::conflict("This job has ended already; there is nothing to cancel."));
        }
        let mut effects = Effects::new();
        effects.update(
            "job",
            Job::change(&keys, id, ctx.now()).set_if_absent("cancel_requested_at", ctx.now()).when(Cond::Exists),
        );
        audit(ctx, &mut effects, "job.cancelled", format!("job:{id}"))?;
        self.table.transact("work.cancel", effects).await?;
        self.finish_cancel(ctx, id, None).await?;
        self.pump(ctx).await?;
        self.stored(ctx, id).await
    }

    /// Ends everything of a cancelled job that has not started; also what an interrupted cancel left.
    pub(crate) async fn finish_cancel(&self, ctx: &Ctx, id: JobId, sentence: Option<&str>) -> Result<()> {
        let keys = Keys::new(ctx);
        // Items of a job that was still being prepared: none can be added once it is abandoned.
        loop {
            let job = self.stored(ctx, id).await?;
            if job.prepare_until.is_none() {
                break;
            }
            match self
                .billing
                .book(ctx, "work.abandon", |booking, effects| Ok(abandon(ctx, &job, sentence, booking, effects)?))
                .await
            {
                Ok(()) => break,
                Err(error) if error.failed("job") => {}
                Err(error) => return Err(error.into()),
            }
        }
        let mut cursor = None;
        loop {
            let query = Query::partition(Item::partition(&keys, id))
                .filter(Cond::any_of("state", [ItemState::Waiting, ItemState::Dispatched]))
                .limit(Limit::new(CHUNK).unwrap_or_default())
                .cursor(cursor);
            let page = self.table.query::<Item>(&keys, query).await?;
            let found = page.items.iter().map(|item| (item.index, item.state)).collect();
            self.cancel_items(ctx, id, found).await?;
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(());
            }
        }
    }

    /// Cancels these items if they still are waiting or dispatched: the balance is written once for all of them.
    pub(crate) async fn cancel_items(&self, ctx: &Ctx, job: JobId, mut items: Vec<(u32, ItemState)>) -> Result<()> {
        let keys = Keys::new(ctx);
        loop {
            let wanted: Vec<_> = items.iter().map(|(index, _)| ItemId { job, index: *index }.key(&keys)).collect();
            let current: Vec<Item> = self
                .table
                .get_many::<Item>(&wanted)
                .await?
                .into_iter()
                .flatten()
                .filter(|item| matches!(item.state, ItemState::Waiting | ItemState::Dispatched))
                .collect();
            if current.is_empty() {
                return Ok(());
            }
            match self.cancel_chunk(ctx, job, &current).await {
                Ok(()) => return Ok(()),
                // One of them has moved on: look again.
                Err(error) if error.failed(ITEM) => {
                    items = current.iter().map(|item| (item.index, item.state)).collect();
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn cancel_chunk(&self, ctx: &Ctx, job: JobId, items: &[Item]) -> Result<(), igny8_billing::BookError> {
        let keys = Keys::new(ctx);
        self.billing
            .book(ctx, "work.cancel_items", |booking, effects| {
                let mut reserved = Split::ZERO;
                let mut dispatched = 0;
                for item in items {
                    reserved += item.reserved;
                    dispatched += i64::from(item.state == ItemState::Dispatched);
                    let mut ended = item.clone();
                    ended.state = ItemState::Cancelled;
                    ended.due = ctx.now();
                    let update: Result<Update, TableError> = state_update(&keys, &ended)
                        .set("phase", Phase::Done.as_str())
                        .set_serde("reserved", &Split::ZERO);
                    effects.update(ITEM, update?.when(unchanged(item)));
                }
                booking.release(reserved);
                let count = items.len() as i64;
                effects.update(
                    "job",
                    Job::change(&keys, job, ctx.now())
                        .add("cancelled", count)
                        .add("credits_reserved", -reserved.total().0)
                        .add("credits_released", reserved.total().0),
                );
                move_lane(ctx, effects, -dispatched, dispatched - count, None);
                Ok(())
            })
            .await
    }
}
