//! `Idempotency-Key`: a POST is carried out once within 24 hours, however often it is sent.
//!
//! The row is written before the request is carried out, and completed by the deed's own transaction
//! (`igny8_platform::remember_answer`, `remember_job`) or, where the handler has not done that, here. A public route has
//! no tenant to keep a row in, and no answer that should be kept: there the header is passed over.

use std::time::Duration;

use async_trait::async_trait;
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::Next,
    response::Response,
};
use bytes::Bytes;
use http_body_util::BodyExt;
use igny8_core::{Ctx, Error, Idempotency, JobId, Result, Timestamp};
use igny8_platform::{Answer, IDEMPOTENCY_KEPT, IdempotencyRow};
use igny8_table::{Cond, Effects, Key, Keys, TableError, Update, from_item};
use sha2::{Digest, Sha256};

use crate::{
    Api, Failure, body,
    reply::{NotStored, location_of},
};

const NAME: &str = "Idempotency-Key";
const LONGEST_KEY: usize = 255;
/// Longer than the 30 s after which API Gateway gives up, so that a running request is never taken over.
const LOCK: Duration = Duration::from_mins(1);
/// How often a row may change under our eyes before we say that it is busy.
const ATTEMPTS: usize = 4;

/// Builds the answer of a started job anew: a repeated request then shows how far the job is.
#[async_trait]
pub trait JobAnswers: Send + Sync {
    /// The answer, as the route that starts such jobs gives it.
    async fn answer(&self, ctx: &Ctx, job: JobId) -> Result<Response>;
}

enum Begun {
    /// Ours to carry out, until the lock is over.
    Run {
        locked_until: Timestamp,
    },
    Answered(Answer),
    Running {
        until: Timestamp,
    },
}

/// Carries a POST out, once for its key.
pub(crate) async fn run(api: &Api, ctx: Ctx, mut request: Request, next: Next) -> Result<Response, Failure> {
    let Some(key) = key_of(&request)? else {
        request.extensions_mut().insert(ctx);
        return Ok(next.run(request).await);
    };
    let (parts, body) = request.into_parts();
    let bytes = body::read(body).await?;
    let idempotency = Idempotency { key, request_hash: hash(&parts, &bytes) };
    match begin(api, &ctx, &idempotency).await? {
        Begun::Running { until } => {
            let error = Error::conflict("The request with this Idempotency-Key is still running. Repeat it later.");
            Err(Failure::from(error).retry_after(until.since(ctx.now())))
        }
        Begun::Answered(answer) => replay(api, &ctx, answer).await,
        Begun::Run { locked_until } => {
            let row = Row { key: IdempotencyRow::key_of(&Keys::new(&ctx), &idempotency.key), locked_until };
            let ctx = Ctx { idempotency: Some(idempotency), ..ctx };
            let mut request = Request::from_parts(parts, Body::from(bytes));
            request.extensions_mut().insert(ctx);
            row.finish(api, next.run(request).await).await
        }
    }
}

fn key_of(request: &Request) -> Result<Option<String>> {
    let mut values = request.headers().get_all(NAME).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().unwrap_or_default();
    let visible = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_graphic());
    if visible && key.len() <= LONGEST_KEY && values.next().is_none() {
        Ok(Some(key.to_owned()))
    } else {
        Err(Error::invalid(NAME, format!("must be 1 to {LONGEST_KEY} visible ASCII characters, given once")))
    }
}

/// SHA-256 of method, path, query and body, each with its length in front, in hex.
fn hash(parts: &Parts, body: &Bytes) -> String {
    let mut hash = Sha256::new();
    let uri = &parts.uri;
    let query = uri.query().unwrap_or_default();
    for part in [parts.method.as_str().as_bytes(), uri.path().as_bytes(), query.as_bytes(), body] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().fold(String::with_capacity(64), |mut text, byte| {
        text.push_str(&format!("{byte:02x}"));
        text
    })
}

/// Makes the request ours, or says what became of it before.
async fn begin(api: &Api, ctx: &Ctx, idempotency: &Idempotency) -> Result<Begun, Failure> {
    let keys = Keys::new(ctx);
    let now = ctx.now();
    // Nothing there, or something that only waits to be tidied up.
    let mut when = Cond::NotExists.or(Cond::lt("expires_at", now));
    for _ in 0..ATTEMPTS {
        let locked_until = now + LOCK;
        let row = IdempotencyRow {
            key: idempotency.key.clone(),
            request_hash: idempotency.request_hash.clone(),
            locked_until,
            expires_at: now + IDEMPOTENCY_KEPT,
            answer: None,
        };
        let mut effects = Effects::new();
        effects.put("idempotency", &keys, &row, Some(when))?;
        let found = match api.0.table.transact("api.idempotency_begin", effects).await {
            Ok(()) => return Ok(Begun::Run { locked_until }),
            Err(TableError::Condition(failed)) => failed.found,
            Err(error) => return Err(error.into()),
        };
        let Some(found) = found else {
            // The row that stood in the way is gone again.
            when = Cond::NotExists;
            continue;
        };
        let found: IdempotencyRow = from_item(found)?;
        if found.request_hash != idempotency.request_hash {
            return Err(Error::invalid(NAME, "was used for another request; take a new one").into());
        }
        if let Some(answer) = found.answer {
            return Ok(Begun::Answered(answer));
        }
        if found.locked_until > now {
            return Ok(Begun::Running { until: found.locked_until });
        }
        // Who had it died before the deed: the deed and the answer are one transaction.
        when = Cond::eq("locked_until", found.locked_until)
            .and(Cond::eq("request_hash", &found.request_hash))
            .and(Cond::Lacks("answer"));
    }
    let error = Error::conflict("Several requests with this Idempotency-Key arrive at once. Repeat it later.");
    Err(Failure::from(error).retry_after(Duration::from_secs(1)))
}

async fn replay(api: &Api, ctx: &Ctx, answer: Answer) -> Result<Response, Failure> {
    let mut response = match answer {
        Answer::Body { status, body } => remembered(status, body),
        Answer::Job(job) => match &api.0.jobs {
            Some(jobs) => jobs.answer(ctx, job).await?,
            None => return Err(Error::internal("a job was remembered, but Api::jobs is not set").into()),
        },
    };
    response.headers_mut().insert(HeaderName::from_static("idempotency-replayed"), HeaderValue::from_static("true"));
    Ok(response)
}

fn remembered(status: u16, body: String) -> Response {
    let location = job_in(&body);
    let empty = body.is_empty();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    if !empty {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    if let Some(location) = location.filter(|_| status == 202) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Where the job of a remembered answer can be followed.
fn job_in(body: &str) -> Option<HeaderValue> {
    let body: serde_json::Value = serde_json::from_str(body).ok()?;
    location_of(body.get("job")?.get("id")?.as_str()?)
}

/// The row of a request that is being carried out by us.
struct Row {
    key: Key,
    locked_until: Timestamp,
}

impl Row {
    /// Still ours, and without an answer.
    fn open(&self) -> Cond {
        Cond::eq("locked_until", self.locked_until).and(Cond::Lacks("answer"))
    }

    /// Remembers a good answer, and forgets a bad or a secret one, so that the request may be repeated.
    async fn finish(self, api: &Api, response: Response) -> Result<Response, Failure> {
        let keep = response.status().is_success() && response.extensions().get::<NotStored>().is_none();
        let (response, effects) = if keep {
            let (head, body) = response.into_parts();
            let bytes = body.collect().await.map_err(|error| Error::internal(error.to_string()))?.to_bytes();
            let answer = answer_of(head.status.as_u16(), &bytes);
            let update = Update::at(self.key.clone()).set_serde("answer", &answer)?.when(self.open());
            let mut effects = Effects::new();
            effects.update("idempotency", update);
            (Response::from_parts(head, Body::from(bytes)), effects)
        } else {
            let mut effects = Effects::new();
            effects.delete("idempotency", self.key.clone(), Some(self.open()));
            (response, effects)
        };
        match api.0.table.transact("api.idempotency_finish", effects).await {
            // Mostly the deed's own transaction has remembered the answer already.
            Ok(()) | Err(TableError::Condition(_)) => {}
            // The deed is done or refused, and the client should hear of it. The lock keeps others out for a while.
            Err(error) => tracing::warn!(error = %error, "an answer could not be remembered"),
        }
        Ok(response)
    }
}

fn answer_of(status: u16, bytes: &Bytes) -> Answer {
    Answer::body(status, String::from_utf8_lossy(bytes).into_owned())
}
