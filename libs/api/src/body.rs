//! Bodies: JSON with errors that name the line or the field, and raw uploads.

use axum::{
    extract::{FromRequest, Request},
    http::{HeaderMap, header},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use igny8_core::{Error, ErrorKind};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::error::Category;

use crate::{Failure, fields::field_error};

/// The largest body: Lambda takes no more than 6 MB per invocation.
pub const BODY_LIMIT: usize = 6 * 1024 * 1024;

/// A JSON body, always an object. Give `T` `deny_unknown_fields`, so that a misspelt field is not passed over in silence.
///
/// 400 for what is not JSON (with line and column), 422 for a wrong type or an unknown field (with its path), 413 over
/// [`BODY_LIMIT`].
#[derive(Debug, Clone, Copy)]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        if !says_json(request.headers()) {
            return Err(unreadable("The body must be JSON: send it with Content-Type: application/json."));
        }
        let bytes = read(request.into_body()).await?;
        Ok(Self(from_json(&bytes)?))
    }
}

/// A body as it is, for uploads.
#[derive(Debug, Clone)]
pub struct Raw {
    /// What the client says it is, in lower case and without parameters: `text/csv`. Empty when it says nothing.
    pub media_type: String,
    /// The bytes.
    pub bytes: Bytes,
}

impl<S: Sync> FromRequest<S> for Raw {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &S) -> Result<Self, Failure> {
        let media_type = media_type(request.headers()).unwrap_or_default();
        Ok(Self { media_type, bytes: read(request.into_body()).await? })
    }
}

/// U+FFFD in UTF-8.
const REPLACED: &[u8] = "\u{fffd}".as_bytes();

/// Reads a body to its end, up to [`BODY_LIMIT`].
pub(crate) async fn read(body: axum::body::Body) -> Result<Bytes, Failure> {
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            let detail = format!("The body is larger than {} MB.", BODY_LIMIT / 1024 / 1024);
            Err(Error::new(ErrorKind::TooLarge, detail).into())
        }
        Err(error) => Err(Error::new(ErrorKind::Unreadable, "The body broke off. Send it again.")
            .with_source(error.to_string())
            .into()),
    }
}

fn media_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(header::CONTENT_TYPE)?.to_str().unwrap_or("?");
    Some(text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// A body without a type is taken for JSON: there is nothing else that it could be.
fn says_json(headers: &HeaderMap) -> bool {
    media_type(headers).is_none_or(|media| {
        media == "application/json" || (media.starts_with("application/") && media.ends_with("+json"))
    })
}

fn from_json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
    if bytes.is_empty() {
        return Err(unreadable("The body is empty; send JSON."));
    }
    if let Err(error) = std::str::from_utf8(bytes) {
        return Err(unreadable(&format!("The body is not valid UTF-8 at byte {}.", error.valid_up_to() + 1)));
    }
    // First whether it is JSON at all: else a wrong type before the broken place would hide it.
    serde_json::from_slice::<IgnoredAny>(bytes).map_err(|error| syntax(&error))?;
    // serde would take an array for a struct, field by field.
    if bytes.trim_ascii_start().first() != Some(&b'{') {
        return Err(Error::invalid("body", "must be a JSON object").into());
    }
    // API Gateway replaces what is not UTF-8 before we see it; a damaged name must not be stored.
    if bytes.windows(REPLACED.len()).any(|window| window == REPLACED) {
        return Err(unreadable("The body is not valid UTF-8: it holds the replacement character U+FFFD."));
    }
    let mut json = serde_json::Deserializer::from_slice(bytes);
    serde_path_to_error::deserialize(&mut json).map_err(|error| json_failure(error.path(), error.inner()))
}

fn json_failure(path: &serde_path_to_error::Path, error: &serde_json::Error) -> Failure {
    match error.classify() {
        Category::Syntax | Category::Eof | Category::Io => syntax(error),
        Category::Data => {
            let place = format!(" at line {} column {}", error.line(), error.column());
            let text = error.to_string();
            let field = field_error(path, text.strip_suffix(&place).unwrap_or(&text));
            Error::invalid_fields(vec![field]).into()
        }
    }
}

fn syntax(error: &serde_json::Error) -> Failure {
    unreadable(&format!("The body is not valid JSON: {error}."))
}

fn unreadable(detail: &str) -> Failure {
    Error::new(ErrorKind::Unreadable, detail).into()
}

#[cfg(test)]
mod tests {
    use igny8_core::FieldError;
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Order {
        name: String,
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Line {
        volume: u32,
    }

    fn field(json: &str) -> FieldError {
        let failure = from_json::<Order>(json.as_bytes()).unwrap_err();
        assert_eq!(failure.error().kind(), ErrorKind::Invalid, "{json}");
        failure.error().fields()[0].clone()
    }

    fn detail(bytes: &[u8]) -> String {
        let failure = from_json::<Order>(bytes).unwrap_err();
        assert_eq!(failure.error().kind(), ErrorKind::Unreadable);
        failure.error().detail().to_owned()
    }

    #[test]
    fn what_is_not_json_is_told_with_its_place() {
        assert_eq!(detail(b""), "The body is empty; send JSON.");
        assert_eq!(detail(b"{\"name\": \"\xff\"}"), "The body is not valid UTF-8 at byte 11.");
        assert_eq!(detail(b"{\n  name: 1}"), "The body is not valid JSON: key must be a string at line 2 column 3.");
        assert!(detail(b"{\"name\": \"a\", \"lines\": []").contains("line 1 column 25"));
        assert!(detail(b"{\"name\": \"a\", \"lines\": []} x").contains("trailing characters"));
        assert!(detail(b"{\"name\": 3, \"lines\": ]").contains("line 1 column 22"));
        assert!(detail("[".repeat(1_000_000).as_bytes()).len() < 200);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_field() {
        let rows = [
            "{\"name\": 3, \"lines\": []}",
            "{\"name\": \"a\", \"lines\": [{\"volume\": 1}, {\"volume\": -1}]}",
            "{\"name\": \"a\", \"lines\": [{\"volume\": \"many\"}]}",
            "{\"name\": \"a\", \"lines\": [{}]}",
            "{\"name\": \"a\", \"lines\": [{\"volume\": 1, \"volme\": 2}]}",
            "{\"name\": \"a\", \"lines\": [{\"volume\": 1, \"volume\": 2}]}",
            "{\"lines\": []}",
            "{\"name\": \"a\", \"lines\": [], \"nmae\": \"b\"}",
            "[]",
            "null",
        ]
        .map(|json| (json, field(json)));
        insta::assert_json_snapshot!(rows);
    }

    #[test]
    fn null_is_as_good_as_nothing() {
        assert_eq!(field("{\"name\": \"a\", \"lines\": null}").message, "is missing: it is null");
        assert_eq!(field("{\"name\": null, \"lines\": []}").message, "is missing: it is null");
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_short_error_of_the_client(start in "[{\\[ ]?(\"(name|lines|volume)\": ?)?", bytes: Vec<u8>) {
            let body = [start.as_bytes(), &bytes].concat();
            let failure = from_json::<Order>(&body).unwrap_err();
            prop_assert!(matches!(failure.error().kind(), ErrorKind::Unreadable | ErrorKind::Invalid));
            prop_assert!(failure.error().detail().len() < 2000);
        }
    }

    #[test]
    fn a_huge_value_is_not_sent_back() {
        let wrong = format!("{{\"name\": \"a\", \"lines\": [{{\"volume\": \"{}\"}}]}}", "é".repeat(500_000));
        assert!(field(&wrong).message.chars().count() <= 301);
        let unknown = format!("{{\"{}\": 1}}", "k".repeat(500_000));
        assert!(field(&unknown).field.len() < 400);
    }
}
