//! Answers that many routes give: created, accepted, nothing, and one answer per id.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use igny8_core::{Error, JobId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Code, Failure};

/// 201 with the created object, unwrapped.
#[derive(Debug, Clone, Copy)]
pub struct Created<T>(pub T);

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        (StatusCode::CREATED, Json(self.0)).into_response()
    }
}

/// 201 with the created object, unwrapped.
pub fn created<T: Serialize>(body: T) -> Response {
    Created(body).into_response()
}

/// Marks an answer that must not be stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotStored;

/// 200 with an answer that is for the caller's eyes alone, such as new tokens.
///
/// It is not remembered for an `Idempotency-Key`: a repeated request is carried out again. Not `Debug`: it is not for
/// logs either.
#[derive(Clone, Copy)]
pub struct Secret<T>(pub T);

impl<T: Serialize> IntoResponse for Secret<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.0).into_response();
        response.extensions_mut().insert(NotStored);
        response
    }
}

/// 204 without a body.
pub fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// 202: work that takes time was started; `Location` says where to follow it.
#[derive(Debug, Clone, Copy)]
pub struct Accepted<T> {
    /// The job.
    pub job: JobId,
    /// The body; mostly [`AcceptedJob`].
    pub body: T,
}

impl<T: Serialize> IntoResponse for Accepted<T> {
    fn into_response(self) -> Response {
        accepted(self.job, self.body)
    }
}

/// 202 with `Location: /api/system/jobs/{id}`.
pub fn accepted<T: Serialize>(job: JobId, body: T) -> Response {
    let mut response = (StatusCode::ACCEPTED, Json(body)).into_response();
    if let Some(location) = location_of(&job.to_string()) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response
}

/// Where a job can be followed.
pub(crate) fn location_of(job: &str) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!("/api/system/jobs/{job}")).ok()
}

/// What a started job looks like in the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AcceptedJob {
    /// The job.
    pub job: StartedJob,
}

/// A job that was just started.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StartedJob {
    /// Its id.
    pub id: JobId,
    /// What it does: `auto_cluster`.
    pub function: String,
    /// How far it is: `preparing`, `queued`, …
    pub status: String,
    /// How many items it has.
    pub total: u64,
}

/// The body of `POST …/bulk`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest<A, I> {
    /// What to do with each of them.
    pub action: A,
    /// With which ones.
    pub ids: Vec<I>,
}

/// The most ids of a bulk action.
const MOST_IDS: usize = 200;

impl<A: Copy, I: Copy> BulkRequest<A, I> {
    /// Does the action with one id after the other; an error of one does not stop the rest. At most 200 ids (422).
    pub async fn each<F>(self, one: impl Fn(A, I) -> F) -> Result<Bulk<I>, Failure>
    where
        F: Future<Output = Result<(), Error>>,
    {
        if self.ids.len() > MOST_IDS {
            return Err(Error::invalid("ids", format!("at most {MOST_IDS} at once")).into());
        }
        let mut done = Vec::with_capacity(self.ids.len());
        for id in self.ids {
            done.push((id, one(self.action, id).await));
        }
        Ok(Bulk::new(done))
    }
}

/// An answer per id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Bulk<I> {
    /// In the order of the request.
    pub items: Vec<BulkItem<I>>,
}

/// What became of one id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkItem<I> {
    /// Which one.
    pub id: I,
    /// Whether it was done.
    pub ok: bool,
    /// Why it was not done.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<BulkError>,
}

/// Why one id of many was not done; the same words as in a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BulkError {
    /// The status that a request for this id alone would have had.
    pub status: u16,
    /// A stable word for programs.
    pub code: Code,
    /// What went wrong, and what to do next.
    pub detail: String,
}

impl<I> Bulk<I> {
    /// From what became of each id. One id's error says nothing about the others, so an error of ours is told per id
    /// too; its cause goes to the log.
    pub fn new(done: impl IntoIterator<Item = (I, Result<(), Error>)>) -> Self {
        let items = done.into_iter().map(|(id, result)| {
            let error = result.err().map(|error| {
                let code = Code::from(error.kind());
                if let Some(cause) = error.cause().filter(|_| code.is_ours()) {
                    tracing::error!(code = code.word(), cause, "one id of a bulk request failed on our side");
                }
                BulkError { status: code.status().as_u16(), code, detail: error.detail().to_owned() }
            });
            BulkItem { id, ok: error.is_none(), error }
        });
        Self { items: items.collect() }
    }
}

impl<I: Serialize> IntoResponse for Bulk<I> {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_id_of_many_does_not_stop_the_others() {
        let request = BulkRequest { action: 'a', ids: (0..200).collect() };
        let one = async |_: char, id: u32| if id == 0 { Err(Error::not_found("keyword")) } else { Ok(()) };
        let done = request.each(one).await.unwrap();
        assert_eq!(done.items.iter().filter(|item| item.ok).count(), 199);
        let request = BulkRequest { action: 'a', ids: (0..201).collect() };
        assert_eq!(request.each(one).await.unwrap_err().error().fields()[0].field, "ids");
    }

    #[test]
    fn a_bulk_answer_says_per_id_what_became_of_it() {
        let done =
            [("a", Ok(())), ("b", Err(Error::not_found("keyword"))), ("c", Err(Error::unavailable("secret cause")))];
        let bulk = serde_json::to_value(Bulk::new(done)).unwrap();
        assert_eq!(bulk["items"][0], serde_json::json!({"id": "a", "ok": true}));
        assert_eq!(bulk["items"][1]["error"]["status"], 404);
        assert_eq!(bulk["items"][1]["ok"], false);
        assert_eq!(bulk["items"][2]["error"]["code"], "unavailable");
        assert!(!bulk.to_string().contains("secret"));
    }
}
