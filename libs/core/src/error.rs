//! The one error of the house: what kind it is, a sentence for the user, and what only the log may know.

use std::{error::Error as StdError, time::Duration};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Credits;

/// A result whose error is [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn StdError + Send + Sync>;

/// What went wrong with one field, or one line of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FieldError {
    /// The path of the field in the body or the query, as `keywords[3].volume`.
    pub field: String,
    /// What is wrong and what to send instead.
    pub message: String,
}

/// The kinds of error; `api` maps each to one HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The request cannot be read (400).
    Unreadable,
    /// No valid token or key (401).
    Unauthenticated,
    /// The tenant has too few credits (402).
    InsufficientCredits {
        /// What the work would reserve at most.
        required: Credits,
        /// What can still be reserved.
        available: Credits,
    },
    /// The role may not do this (403).
    Forbidden,
    /// There is no such thing, or it is another tenant's (404).
    NotFound,
    /// It contradicts the present state (409).
    Conflict,
    /// `If-Match` names an older version (409).
    VersionMismatch,
    /// The operator has not configured this (409).
    NotConfigured,
    /// The body or the selection is too large (413).
    TooLarge,
    /// Readable but wrong (422).
    Invalid,
    /// The tenant is suspended (423).
    TenantSuspended,
    /// Too many requests (429).
    RateLimited {
        /// After how long to try again.
        retry_after: Duration,
    },
    /// Something we need does not answer now; the same call may work later (503).
    Unavailable,
    /// Our own fault (500).
    Internal,
}

/// An error with a sentence for the user.
#[derive(Debug, thiserror::Error)]
#[error("{detail}")]
pub struct Error {
    kind: ErrorKind,
    detail: String,
    fields: Vec<FieldError>,
    source: Option<Source>,
}

impl Error {
    /// An error of a kind; `detail` is shown to the user and says what to do next.
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), fields: Vec::new(), source: None }
    }

    /// There is no such thing; the same words for what is another tenant's.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorKind::NotFound, format!("There is no such {what}."))
    }

    /// It contradicts the present state.
    pub fn conflict(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Conflict, detail)
    }

    /// The role may not do this.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Forbidden, detail)
    }

    /// No valid token or key.
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unauthenticated, detail)
    }

    /// One field is wrong.
    pub fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::invalid_fields(vec![FieldError { field: field.into(), message: message.into() }])
    }

    /// Several fields are wrong.
    pub fn invalid_fields(fields: Vec<FieldError>) -> Self {
        let detail = match fields.as_slice() {
            [one] => format!("{}: {}", one.field, one.message),
            many => format!("{} fields are not valid; see errors.", many.len()),
        };
        Self { kind: ErrorKind::Invalid, detail, fields, source: None }
    }

    /// Something we need does not answer; `source` goes to the log.
    pub fn unavailable(source: impl Into<Source>) -> Self {
        Self::new(ErrorKind::Unavailable, "A service that we need does not answer now. Try again in a moment.")
            .with_source(source)
    }

    /// Our own fault; `source` goes to the log.
    pub fn internal(source: impl Into<Source>) -> Self {
        Self::new(ErrorKind::Internal, "Something went wrong on our side. The request id helps us find it.")
            .with_source(source)
    }

    /// Says which parts of the request it is about, each in a sentence of its own.
    #[must_use]
    pub fn with_fields(mut self, fields: Vec<FieldError>) -> Self {
        self.fields = fields;
        self
    }

    /// Adds the cause, for the log alone.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind.
    pub const fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The sentence for the user.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// What is wrong with which field.
    pub fn fields(&self) -> &[FieldError] {
        &self.fields
    }

    /// The cause and its causes, for the log.
    pub fn cause(&self) -> Option<String> {
        let mut text = self.source.as_ref()?.to_string();
        let mut next = self.source.as_ref()?.source();
        while let Some(source) = next {
            text.push_str(": ");
            text.push_str(&source.to_string());
            next = source.source();
        }
        Some(text)
    }

    /// True when the very same call may succeed later.
    pub const fn retryable(&self) -> bool {
        match self.kind {
            ErrorKind::Unavailable | ErrorKind::RateLimited { .. } => true,
            ErrorKind::Unreadable
            | ErrorKind::Unauthenticated
            | ErrorKind::InsufficientCredits { .. }
            | ErrorKind::Forbidden
            | ErrorKind::NotFound
            | ErrorKind::Conflict
            | ErrorKind::VersionMismatch
            | ErrorKind::NotConfigured
            | ErrorKind::TooLarge
            | ErrorKind::Invalid
            | ErrorKind::TenantSuspended
            | ErrorKind::Internal => false,
        }
    }
}
