//! The services themselves: table, objects, queues, secrets, bus and open sockets, without knowing who calls.
//!
//! `door` checks the caller and hands requests to them; state that must survive lies under the data directory.

pub mod bus;
pub mod connections;
pub mod objects;
pub mod queues;
pub mod replica;
pub mod secrets;
pub mod table;

pub(crate) use objects::hex;
pub(crate) use queues::md5;

use bytes::Bytes;
use http::{Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use serde_json::{Value, json};

/// A body of the front door and the gateway.
pub type Body = UnsyncBoxBody<Bytes, BoxError>;

/// Any error.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// A body that is all there.
pub fn full(bytes: impl Into<Bytes>) -> Body {
    Full::new(bytes.into()).map_err(|never| match never {}).boxed_unsync()
}

/// An answer with a body.
pub fn answer(status: StatusCode, content_type: &'static str, bytes: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(full(bytes));
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    response
}

/// The content type of the AWS JSON 1.0 and 1.1 protocols' answers.
const AMZ_JSON: &str = "application/x-amz-json-1.0";

/// The outcome of an operation of the AWS JSON protocols.
pub type JsonResult = Result<Value, ApiError>;

/// An error of the AWS JSON protocols.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiError {
    /// The HTTP status.
    pub status: u16,
    /// What goes into `__type`; clients match on the part behind `#`.
    pub code: String,
    /// Words for people.
    pub message: String,
    /// More members of the answer, such as `CancellationReasons`.
    pub more: Value,
}

impl ApiError {
    /// A 400 of that type.
    pub fn bad(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { status: 400, code: code.into(), message: message.into(), more: Value::Null }
    }

    /// The answer on the wire. DynamoDB writes `message`, some others `Message`: both are there.
    pub fn response(&self) -> Response<Body> {
        let mut body = json!({"__type": self.code, "message": self.message, "Message": self.message});
        if let (Some(body), Some(more)) = (body.as_object_mut(), self.more.as_object()) {
            body.extend(more.clone());
        }
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::BAD_REQUEST);
        let mut response = answer(status, AMZ_JSON, body.to_string());
        // SQS clients tell its errors apart by the codes of its old query protocol, which come in a header.
        if let Some(short) = self.code.strip_prefix("com.amazonaws.sqs#") {
            let old = match short {
                "QueueDoesNotExist" => "AWS.SimpleQueueService.NonExistentQueue".to_owned(),
                "InvalidParameterValue" | "MissingParameter" => short.to_owned(),
                other => format!("AWS.SimpleQueueService.{other}"),
            };
            if let Ok(value) = http::HeaderValue::from_str(&format!("{old};Sender")) {
                response.headers_mut().insert("x-amzn-query-error", value);
            }
        }
        response
    }
}

/// The answer of an operation of the AWS JSON protocols.
pub fn json_answer(result: JsonResult) -> Response<Body> {
    match result {
        Ok(value) => answer(StatusCode::OK, AMZ_JSON, value.to_string()),
        Err(error) => error.response(),
    }
}
