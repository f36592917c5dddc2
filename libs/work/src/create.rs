//! Rule 1: a job and its reservation in one transaction, its items after it in chunks.

use std::time::Duration;

use igny8_billing::{Booking, Split};
use igny8_core::{Credits, Ctx, Error, JobId, Result, SiteId};
use igny8_platform::{
    audit, remember_job,
    settings::{AI_MAX_ATTEMPTS, AI_MAX_ITEMS_PER_REQUEST, Settings},
};
use igny8_table::{Cond, Effects, Keys, TableError};
use serde_json::Value;

use crate::{FunctionSpec, Item, ItemState, Job, Phase, Work, lane::move_lane};

/// A job of at most so many items is written in one transaction.
const AT_ONCE: usize = 60;
/// Items per chunk of a larger job: with the job and the lane below the 100 actions of a transaction.
const CHUNK: usize = 90;
/// A job whose items are not written by then was interrupted, and the sweep ends it.
const PREPARE: Duration = Duration::from_mins(2);
/// The most items of one job.
pub(crate) const MOST_ITEMS: usize = 10_000;

/// An item to be created.
#[derive(Debug, Clone, PartialEq)]
pub struct NewItem {
    /// What it is about, for people.
    pub title: String,
    /// What the function needs to know: ids and small values.
    pub input: Value,
    /// The most that it can cost.
    pub price: Credits,
}

/// A job to be created.
#[derive(Debug)]
pub struct JobCreate {
    /// Its id, for rows that name the job in the transaction that creates it.
    pub id: JobId,
    /// The function.
    pub function: FunctionSpec,
    /// The site it works on.
    pub site_id: Option<SiteId>,
    /// Its items; at least one.
    pub items: Vec<NewItem>,
    /// Rows to write in the transaction that creates the job (small jobs only: they must fit beside the items).
    pub effects: Effects,
}

impl JobCreate {
    /// A job with a new id.
    pub fn new(ctx: &Ctx, function: FunctionSpec, site_id: SiteId, items: Vec<NewItem>) -> Self {
        let (millis, random) = ctx.seed();
        let id = JobId::new(millis, random);
        Self { id, function, site_id: Some(site_id), items, effects: Effects::new() }
    }

    /// With rows that are written in the transaction that creates the job.
    #[must_use]
    pub fn with(mut self, effects: Effects) -> Self {
        self.effects = effects;
        self
    }

    /// What the job reserves at most.
    pub fn price(&self) -> Credits {
        self.items.iter().map(|item| item.price).sum()
    }
}

impl Work {
    /// Creates a job, reserves its credits and starts to dispatch it.
    ///
    /// Errors: too few credits (402); nothing to do or more than 10,000 items (422).
    pub async fn create(&self, ctx: &Ctx, mut create: JobCreate) -> Result<Job> {
        let id = create.id;
        let total = create.items.len();
        if total == 0 {
            return Err(Error::invalid("ids", "There is nothing to do."));
        }
        if total > MOST_ITEMS {
            return Err(Error::invalid("ids", format!("{total} items are too many for one job; choose fewer.")));
        }
        self.limited(ctx, &mut create).await?;
        let at_once = total <= AT_ONCE && create.effects.has_room(total + 10, 0);
        let job = self
            .billing
            .book(ctx, "work.create", |booking, effects| {
                let reserved = booking.reserve(create.price())?;
                let made = if at_once { total } else { 0 };
                let mut job = Job {
                    id,
                    function: create.function.name.to_owned(),
                    site_id: create.site_id,
                    total: total as u64,
                    made: made as u64,
                    done: 0,
                    failed: 0,
                    cancelled: 0,
                    started_at: None,
                    credits_reserved: reserved.total().0,
                    credits_charged: 0,
                    credits_released: 0,
                    unassigned: reserved,
                    cancel_requested_at: None,
                    abandoned: false,
                    error: None,
                    created_by: ctx.actor,
                    created_at: ctx.now(),
                    updated_at: ctx.now(),
                    generation: 0,
                    prepare_until: (!at_once).then(|| ctx.now() + PREPARE),
                };
                enter_job(ctx, &create, &mut job, at_once, effects)?;
                Ok(job)
            })
            .await?;
        let job = if at_once { job } else { self.write_items(ctx, &create, job).await? };
        self.pump(ctx).await?;
        Ok(job)
    }

    /// Keeps AI work (whatever has a price) to the tenant's settings: how many items a request may have, and how often
    /// each is tried.
    async fn limited(&self, ctx: &Ctx, create: &mut JobCreate) -> Result<()> {
        if create.price() == Credits::ZERO {
            return Ok(());
        }
        let settings = Settings::read(&self.table, ctx).await?;
        let most = settings.get(AI_MAX_ITEMS_PER_REQUEST);
        let paid = create.items.iter().filter(|item| item.price > Credits::ZERO).count();
        if paid as u64 > most {
            let message = format!(
                "{paid} items are more than the {most} that Settings allow in one request; choose fewer, or ask an admin."
            );
            return Err(Error::invalid("ids", message));
        }
        create.function.max_attempts = match settings.changed(AI_MAX_ATTEMPTS) {
            Some(attempts) => u32::try_from(attempts).unwrap_or(u32::MAX),
            None => create.function.max_attempts,
        };
        Ok(())
    }

    /// Writes the items of a large job, each chunk only while nobody has cancelled it.
    async fn write_items(&self, ctx: &Ctx, create: &JobCreate, mut job: Job) -> Result<Job> {
        let keys = Keys::new(ctx);
        while job.made < job.total {
            let before = job.made;
            let first = before as usize;
            let count = CHUNK.min(create.items.len() - first);
            let items = make_items(ctx, create, &mut job, first, count);
            job.made += count as u64;
            let last = job.made == job.total;
            let mut effects = Effects::new();
            for item in &items {
                effects.create("item", &keys, item)?;
            }
            let mut update = Job::change(&keys, job.id, ctx.now())
                .set_n("made", job.made)
                .set_serde("unassigned", &job.unassigned)?
                .when(Cond::eq_n("made", before).and(Cond::Lacks("cancel_requested_at")));
            if last {
                update = update.remove("prepare_until").remove("GSI1PK").remove("GSI1SK");
            }
            effects.update("job", update);
            move_lane(ctx, &mut effects, 0, count as i64 - i64::from(last), None);
            match self.table.transact("work.create_items", effects).await {
                Ok(()) => {}
                // Cancelled in the meantime: whoever cancelled it also ends it.
                Err(error) if error.failed("job") => return self.stored(ctx, job.id).await,
                Err(error) => return Err(error.into()),
            }
        }
        job.prepare_until = None;
        Ok(job)
    }
}

fn enter_job(
    ctx: &Ctx,
    create: &JobCreate,
    job: &mut Job,
    at_once: bool,
    effects: &mut Effects,
) -> Result<(), TableError> {
    let keys = Keys::new(ctx);
    effects.append(create.effects.clone());
    if at_once {
        let items = make_items(ctx, create, job, 0, create.items.len());
        for item in &items {
            effects.create("item", &keys, item)?;
        }
        move_lane(ctx, effects, 0, items.len() as i64, None);
    } else {
        // The job itself waits while its items are written, so that the sweep keeps an eye on it.
        move_lane(ctx, effects, 0, 1, None);
    }
    effects.create("job", &keys, job)?;
    remember_job(ctx, effects, job.id)?;
    audit(ctx, effects, "job.created", format!("job:{}", job.id))
}

/// Makes items and moves their part of the reservation from the job to them.
fn make_items(ctx: &Ctx, create: &JobCreate, job: &mut Job, first: usize, count: usize) -> Vec<Item> {
    create.items[first..first + count]
        .iter()
        .enumerate()
        .map(|(n, new)| {
            let reserved = job.unassigned.take(new.price);
            job.unassigned = job.unassigned - reserved;
            Item {
                job: job.id,
                index: (first + n) as u32,
                function: create.function.name.to_owned(),
                queue: create.function.queue.to_owned(),
                site_id: create.site_id,
                title: new.title.clone(),
                input: new.input.clone(),
                state: ItemState::Waiting,
                generation: 1,
                attempts: 0,
                max_attempts: create.function.max_attempts,
                sends: 0,
                due: ctx.now(),
                lease: None,
                phase: Phase::Init,
                reserved,
                price: new.price,
                charged: Credits::ZERO,
                error: None,
                result: None,
            }
        })
        .collect()
}

/// Ends an interrupted preparation: what was not written is given back, and the job has only what was written.
pub(crate) fn abandon(
    ctx: &Ctx,
    job: &Job,
    sentence: Option<&str>,
    booking: &mut Booking,
    effects: &mut Effects,
) -> Result<(), TableError> {
    booking.release(job.unassigned);
    let given_back = job.unassigned.total().0;
    let mut update = Job::change(&Keys::new(ctx), job.id, ctx.now())
        .set_n("total", job.made)
        .set_n("credits_reserved", job.credits_reserved - given_back)
        .set_n("credits_released", job.credits_released + given_back)
        .set_serde("unassigned", &Split::ZERO)?
        .set_if_absent("cancel_requested_at", ctx.now())
        .set_bool("abandoned", true)
        .remove("prepare_until")
        .remove("GSI1PK")
        .remove("GSI1SK")
        .when(
            Cond::eq_n("made", job.made)
                .and(Cond::Has("prepare_until"))
                .and(Cond::eq_n("credits_reserved", job.credits_reserved))
                .and(Cond::eq_n("credits_released", job.credits_released)),
        );
    if let Some(sentence) = sentence {
        update = update.set("error", sentence);
    }
    effects.update("job", update);
    move_lane(ctx, effects, 0, -1, None);
    Ok(())
}
