//! Answers to repeated requests: a POST with an `Idempotency-Key` is carried out once within 24 hours.
//!
//! `api` writes the row before the request is carried out; the deed's own transaction completes it, so a process that
//! dies after the deed has still remembered the answer.

use std::time::Duration;

use igny8_core::{Ctx, Idempotency, JobId, Result, Timestamp};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Table, TableError, Update};
use serde::{Deserialize, Serialize};

/// How long an answer is remembered.
pub const KEPT: Duration = Duration::from_hours(24);

/// A row of the table takes 400 KB, so longer answers are not kept, in bytes.
const LONGEST: usize = 300 * 1024;

/// What a finished request answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Status and JSON body.
    Body {
        /// HTTP status.
        status: u16,
        /// The body as JSON text.
        body: String,
    },
    /// The job that was started; its answer is built anew from the job.
    Job(JobId),
}

impl Answer {
    /// An answer with a body, or with a sentence where it is too long to be kept: carried out is carried out, and a
    /// repeat must not do it again only because we cannot repeat the words.
    pub fn body(status: u16, body: String) -> Self {
        let told = r#"{"detail":"This request was carried out before; its answer was too large to be kept."}"#;
        Self::Body { status, body: if body.len() <= LONGEST { body } else { told.to_owned() } }
    }
}

/// A request with an idempotency key.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct IdempotencyRow {
    /// The key as the client sent it.
    pub key: String,
    /// SHA-256 of method, path, query and body.
    pub request_hash: String,
    /// Until when the request counts as running; after that a repeat may carry it out.
    pub locked_until: Timestamp,
    /// Until when the row counts.
    pub expires_at: Timestamp,
    /// The answer, once there is one.
    pub answer: Option<Answer>,
}

impl IdempotencyRow {
    /// Where the row of a key lives.
    pub fn key_of(keys: &Keys, key: &str) -> Key {
        keys.row(Self::KIND, key)
    }
}

impl Entity for IdempotencyRow {
    const KIND: &'static str = "IDEMPOTENCY";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, &self.key)
    }

    fn ttl(&self) -> Option<Timestamp> {
        Some(self.expires_at)
    }
}

/// Adds the answer to the transaction of the deed, where the request has an idempotency key.
///
/// The deed fails when another request has answered under this key in the meantime.
pub fn remember_answer<T: Serialize>(
    ctx: &Ctx,
    effects: &mut Effects,
    status: u16,
    body: &T,
) -> Result<(), TableError> {
    if ctx.idempotency.is_none() {
        return Ok(());
    }
    let body = serde_json::to_string(body).map_err(|error| TableError::Shape(error.to_string()))?;
    remember(ctx, effects, &Answer::body(status, body))
}

/// Adds the started job as the answer to the transaction that starts it.
pub fn remember_job(ctx: &Ctx, effects: &mut Effects, job: JobId) -> Result<(), TableError> {
    remember(ctx, effects, &Answer::Job(job))
}

fn remember(ctx: &Ctx, effects: &mut Effects, answer: &Answer) -> Result<(), TableError> {
    let Some(idempotency) = &ctx.idempotency else { return Ok(()) };
    let update = Update::at(IdempotencyRow::key_of(&Keys::new(ctx), &idempotency.key))
        .set_serde("answer", answer)?
        .when(Cond::eq("request_hash", &idempotency.request_hash).and(Cond::Lacks("answer")));
    effects.update("idempotency", update);
    Ok(())
}

/// Begins a deed of our own that starts a job once under a key, however often it is begun within 24 hours: the context
/// to do it with, or the job that was started before.
pub async fn begin_once(table: &Table, ctx: &Ctx, key: &str) -> Result<Result<Ctx, JobId>> {
    let now = ctx.now();
    let row = IdempotencyRow {
        key: key.to_owned(),
        request_hash: key.to_owned(),
        locked_until: now,
        expires_at: now + KEPT,
        answer: None,
    };
    let mut effects = Effects::new();
    effects.put("idempotency", &Keys::new(ctx), &row, Some(Cond::NotExists))?;
    match table.transact("platform.begin_once", effects).await {
        Ok(()) => {}
        Err(TableError::Condition(_)) => {
            if let Some(job) = done_once(table, ctx, key).await? {
                return Ok(Err(job));
            }
        }
        Err(error) => return Err(error.into()),
    }
    let idempotency = Idempotency { key: key.to_owned(), request_hash: key.to_owned() };
    Ok(Ok(Ctx { idempotency: Some(idempotency), ..ctx.clone() }))
}

/// The job that was started under a key of [`begin_once`].
pub async fn done_once(table: &Table, ctx: &Ctx, key: &str) -> Result<Option<JobId>> {
    let row = table.get::<IdempotencyRow>(IdempotencyRow::key_of(&Keys::new(ctx), key)).await?;
    Ok(row.and_then(|row| match row.answer {
        Some(Answer::Job(job)) => Some(job),
        _ => None,
    }))
}
