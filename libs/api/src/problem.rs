//! Errors as clients see them: RFC 9457 problem documents, made in one place from [`igny8_core::Error`].

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use igny8_core::{Credits, Error, ErrorKind, FieldError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The codes of errors: stable words for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// The request cannot be read (400).
    Unreadable,
    /// No valid token or key (401).
    Unauthenticated,
    /// Too few credits; see `required` and `available` (402).
    InsufficientCredits,
    /// The role may not do this (403).
    Forbidden,
    /// There is no such thing (404).
    NotFound,
    /// The address does not know this method; see `Allow` (405).
    MethodNotAllowed,
    /// It contradicts the present state (409).
    Conflict,
    /// `If-Match` names an older version (409).
    VersionMismatch,
    /// The operator has not configured this (409).
    NotConfigured,
    /// The body or the selection is too large (413).
    TooLarge,
    /// Readable but wrong; see `errors` (422).
    Invalid,
    /// The tenant is suspended (423).
    TenantSuspended,
    /// Too many requests; see `Retry-After` (429).
    RateLimited,
    /// Our own fault (500).
    Internal,
    /// Something we need does not answer now; try again (503).
    Unavailable,
}

impl Code {
    pub(crate) const fn status(self) -> StatusCode {
        match self {
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::InsufficientCredits => StatusCode::PAYMENT_REQUIRED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict | Self::VersionMismatch | Self::NotConfigured => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TenantSuspended => StatusCode::LOCKED,
            Self::RateLimited => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// True where the cause is ours and belongs into the log.
    pub(crate) const fn is_ours(self) -> bool {
        matches!(self, Self::Internal | Self::Unavailable)
    }

    /// The word as it stands in JSON.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Unauthenticated => "unauthenticated",
            Self::InsufficientCredits => "insufficient_credits",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::Conflict => "conflict",
            Self::VersionMismatch => "version_mismatch",
            Self::NotConfigured => "not_configured",
            Self::TooLarge => "too_large",
            Self::Invalid => "invalid",
            Self::TenantSuspended => "tenant_suspended",
            Self::RateLimited => "rate_limited",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Unreadable => "The request cannot be read",
            Self::Unauthenticated => "Not signed in",
            Self::InsufficientCredits => "Too few credits",
            Self::Forbidden => "Not allowed",
            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",
            Self::Conflict => "Conflict",
            Self::VersionMismatch => "Changed in the meantime",
            Self::NotConfigured => "Not configured",
            Self::TooLarge => "Too large",
            Self::Invalid => "Not valid",
            Self::TenantSuspended => "The account is suspended",
            Self::RateLimited => "Too many requests",
            Self::Internal => "An error on our side",
            Self::Unavailable => "Not available now",
        }
    }
}

impl From<ErrorKind> for Code {
    fn from(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Unreadable => Self::Unreadable,
            ErrorKind::Unauthenticated => Self::Unauthenticated,
            ErrorKind::InsufficientCredits { .. } => Self::InsufficientCredits,
            ErrorKind::Forbidden => Self::Forbidden,
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::Conflict => Self::Conflict,
            ErrorKind::VersionMismatch => Self::VersionMismatch,
            ErrorKind::NotConfigured => Self::NotConfigured,
            ErrorKind::TooLarge => Self::TooLarge,
            ErrorKind::Invalid => Self::Invalid,
            ErrorKind::TenantSuspended => Self::TenantSuspended,
            ErrorKind::RateLimited { .. } => Self::RateLimited,
            ErrorKind::Unavailable => Self::Unavailable,
            ErrorKind::Internal => Self::Internal,
        }
    }
}

/// An error as `application/problem+json` (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// Names the kind of problem: `urn:igny8:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind of problem in words, the same for every occurrence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// What went wrong this time, and what to do next.
    pub detail: String,
    /// A stable word for programs.
    pub code: Code,
    /// Names the request in our logs.
    pub request_id: String,
    /// Which fields are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub errors: Vec<FieldError>,
    /// With `insufficient_credits`: what the work would reserve at most.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub required: Option<Credits>,
    /// With `insufficient_credits`: what can still be reserved.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub available: Option<Credits>,
}

impl Problem {
    /// The media type of a problem.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    fn new(failure: &Failure, request_id: &str) -> Self {
        let code = failure.code();
        let (required, available) = match failure.0.error.kind() {
            ErrorKind::InsufficientCredits { required, available } => (Some(required), Some(available)),
            _ => (None, None),
        };
        Self {
            kind: format!("urn:igny8:problem:{}", code.word()),
            title: code.title().to_owned(),
            status: code.status().as_u16(),
            detail: failure.0.error.detail().to_owned(),
            code,
            request_id: request_id.to_owned(),
            errors: failure.0.error.fields().to_vec(),
            required,
            available,
        }
    }
}

/// What a handler answers when it fails. Any error that becomes an [`Error`] becomes a failure with `?`.
///
/// The answer is written at the boundary of the router, where the request's id is known, and the cause goes to the log.
#[derive(Debug)]
pub struct Failure(Box<Inner>);

#[derive(Debug)]
struct Inner {
    error: Error,
    retry_after: Option<Duration>,
    allow: Option<String>,
}

impl Failure {
    /// Says after how long to try again.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// The address does not know the method; `allow` lists those that it knows.
    pub(crate) fn method_not_allowed(allow: String) -> Self {
        let detail = format!("This address knows {allow} only.");
        Self(Box::new(Inner { error: Error::new(ErrorKind::NotFound, detail), retry_after: None, allow: Some(allow) }))
    }

    /// The code that the client will see.
    pub fn code(&self) -> Code {
        if self.0.allow.is_some() { Code::MethodNotAllowed } else { self.0.error.kind().into() }
    }

    /// What went wrong.
    pub fn error(&self) -> &Error {
        &self.0.error
    }

    /// The whole answer to a request that does not even reach a router.
    pub fn respond(&self, request_id: &str) -> Response {
        let mut response = self.render(request_id);
        crate::router::headers(response.headers_mut(), request_id);
        response
    }

    /// Writes the answer, and the cause of an error of ours to the log.
    pub(crate) fn render(&self, request_id: &str) -> Response {
        let problem = Problem::new(self, request_id);
        if problem.code.is_ours() {
            let cause = self.0.error.cause().unwrap_or_else(|| self.0.error.detail().to_owned());
            tracing::error!(request_id, code = problem.code.word(), cause, "a request failed on our side");
        }
        let mut response = Response::new(Body::from(serde_json::to_vec(&problem).unwrap_or_default()));
        *response.status_mut() = problem.code.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Problem::MEDIA_TYPE));
        let wait = self.0.retry_after.or(match self.0.error.kind() {
            ErrorKind::RateLimited { retry_after } => Some(retry_after),
            ErrorKind::Unavailable => Some(Duration::from_secs(1)),
            _ => None,
        });
        if let Some(wait) = wait {
            // Whole seconds, and never before the time.
            headers.insert(header::RETRY_AFTER, (wait.as_millis().div_ceil(1000).max(1) as u64).into());
        }
        if problem.code == Code::Unauthenticated {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(allow) = self.0.allow.as_deref().and_then(|allow| HeaderValue::from_str(allow).ok()) {
            headers.insert(header::ALLOW, allow);
        }
        response
    }
}

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(Box::new(Inner { error: error.into(), retry_after: None, allow: None }))
    }
}

/// A failure on its way to the boundary.
#[derive(Clone)]
pub(crate) struct Failed(pub(crate) Arc<Failure>);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = self.code().status();
        response.extensions_mut().insert(Failed(Arc::new(self)));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds() -> Vec<ErrorKind> {
        vec![
            ErrorKind::Unreadable,
            ErrorKind::Unauthenticated,
            ErrorKind::InsufficientCredits { required: Credits(3), available: Credits(2) },
            ErrorKind::Forbidden,
            ErrorKind::NotFound,
            ErrorKind::Conflict,
            ErrorKind::VersionMismatch,
            ErrorKind::NotConfigured,
            ErrorKind::TooLarge,
            ErrorKind::Invalid,
            ErrorKind::TenantSuspended,
            ErrorKind::RateLimited { retry_after: Duration::from_millis(1500) },
            ErrorKind::Unavailable,
            ErrorKind::Internal,
        ]
    }

    #[test]
    fn every_kind_has_its_status_and_word() {
        let rows: Vec<_> = kinds()
            .into_iter()
            .map(|kind| {
                let failure = Failure::from(Error::new(kind, "Do this."));
                let problem = Problem::new(&failure, "r1");
                let word = serde_json::to_value(problem.code).unwrap();
                assert_eq!(word, problem.code.word());
                let response = failure.render("r1");
                assert_eq!(response.status().as_u16(), problem.status);
                let wait = response.headers().get("retry-after").map(|wait| wait.to_str().unwrap().to_owned());
                format!("{} {} {:?}", problem.status, problem.kind, wait)
            })
            .collect();
        insta::assert_json_snapshot!(rows);
    }

    #[test]
    fn a_problem_names_credits_and_fields_only_where_there_are_some() {
        let kind = ErrorKind::InsufficientCredits { required: Credits(30), available: Credits(25) };
        let credits = Failure::from(Error::new(kind, "The work needs 30 credits; 25 are available."));
        let fields = Failure::from(Error::invalid("keywords[3].volume", "must not be negative"));
        insta::assert_json_snapshot!([Problem::new(&credits, "r1"), Problem::new(&fields, "r2")]);
    }
}
