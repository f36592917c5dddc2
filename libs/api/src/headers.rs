//! Versions in headers: `If-Match` of a change, `ETag` of an answer.

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::{IntoResponse, Response},
};
use igny8_core::{Error, ErrorKind, Result};
use serde::Serialize;

use crate::Failure;

/// The version that a change builds on, where the client sends `If-Match: "3"`; none without it or with `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub Option<u64>);

impl IfMatch {
    /// An error unless the client's version, if it names one, is the present one.
    pub fn check(self, version: u64) -> Result<()> {
        match self.0 {
            Some(wanted) if wanted != version => Err(Error::new(
                ErrorKind::VersionMismatch,
                format!("It is at version {version} now, not {wanted}. Load it again and repeat the change."),
            )),
            _ => Ok(()),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let Some(value) = parts.headers.get(header::IF_MATCH) else { return Ok(Self(None)) };
        let text = value.to_str().unwrap_or_default().trim();
        if text == "*" {
            return Ok(Self(None));
        }
        // What compresses an answer on its way makes its tag weak (W/"3"); the version is the same.
        let tag = text.strip_prefix("W/").unwrap_or(text);
        let version = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(tag);
        // Parsing alone would take "+3" too.
        let digits = version.bytes().all(|byte| byte.is_ascii_digit());
        match version.parse() {
            Ok(version) if digits => Ok(Self(Some(version))),
            _ => Err(Error::invalid("If-Match", "must be one version, as \"3\"").into()),
        }
    }
}

/// An object with its version as `ETag`, which a change can send back in `If-Match`.
pub fn versioned<T: Serialize>(version: u64, body: T) -> Response {
    let mut response = Json(body).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
