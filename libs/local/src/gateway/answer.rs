//! From a function's answer to an HTTP response, by the rules of payload format 2.0.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Response, StatusCode, header};
use serde_json::Value;

use crate::emulators::{Body, answer, full};

/// What API Gateway says when a function fails or answers nonsense.
pub(super) fn internal_error() -> Response<Body> {
    message(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error")
}

/// An answer of the gateway itself.
pub(super) fn message(status: StatusCode, words: &str) -> Response<Body> {
    answer(status, "application/json", serde_json::json!({"message": words}).to_string())
}

/// The response that a function's answer means; nonsense is a 500.
pub(super) fn response(value: &Value) -> Response<Body> {
    let Some(status) = value.get("statusCode") else {
        // Without a status the answer itself is the body.
        let body = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        return answer(StatusCode::OK, "application/json", body);
    };
    structured(status, value).unwrap_or_else(internal_error)
}

fn structured(status: &Value, value: &Value) -> Option<Response<Body>> {
    let status = status.as_u64().or_else(|| status.as_str()?.parse().ok())?;
    let status = StatusCode::from_u16(u16::try_from(status).ok()?).ok()?;
    let body = match &value["body"] {
        Value::Null => Bytes::new(),
        Value::String(text) if value["isBase64Encoded"] == true => STANDARD.decode(text).ok()?.into(),
        Value::String(text) => Bytes::copy_from_slice(text.as_bytes()),
        _ => return None,
    };
    let mut response = Response::new(full(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    match &value["headers"] {
        Value::Null => {}
        Value::Object(map) => {
            for (name, value) in map {
                let text = match value {
                    Value::String(text) => text.clone(),
                    Value::Number(number) => number.to_string(),
                    Value::Bool(flag) => flag.to_string(),
                    _ => return None,
                };
                let name: HeaderName = name.parse().ok()?;
                // The gateway counts the bytes itself.
                if name != header::CONTENT_LENGTH && name != header::TRANSFER_ENCODING && name != header::CONNECTION {
                    headers.insert(name, HeaderValue::from_bytes(text.as_bytes()).ok()?);
                }
            }
        }
        _ => return None,
    }
    for cookie in value["cookies"].as_array().into_iter().flatten() {
        headers.append(header::SET_COOKIE, HeaderValue::from_bytes(cookie.as_str()?.as_bytes()).ok()?);
    }
    headers.entry(header::CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
    Some(response)
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt as _;
    use serde_json::json;

    use super::*;

    async fn read(value: Value) -> (u16, Vec<(String, String)>, String) {
        let (parts, body) = response(&value).into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let headers = parts.headers.iter().map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
        (parts.status.as_u16(), headers.collect(), String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn answers_become_responses() {
        let json = || vec![("content-type".to_owned(), "application/json".to_owned())];
        assert_eq!(read(json!("Hello")).await, (200, json(), "Hello".into()));
        assert_eq!(read(json!({"a": 1})).await, (200, json(), "{\"a\":1}".into()));
        assert_eq!(read(json!({"statusCode": "204"})).await, (204, json(), String::new()));
        let (status, headers, body) = read(json!({
            "statusCode": 201, "headers": {"Content-Type": "text/plain", "X-N": 5, "Content-Length": "99"},
            "cookies": ["a=1; Path=/", "b=2"], "body": "SGk=", "isBase64Encoded": true,
        }))
        .await;
        assert_eq!((status, body.as_str()), (201, "Hi"));
        let all: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(all, ["content-type: text/plain", "x-n: 5", "set-cookie: a=1; Path=/", "set-cookie: b=2"]);
    }

    #[tokio::test]
    async fn nonsense_is_a_500() {
        for nonsense in [
            json!({"statusCode": 99}),
            json!({"statusCode": "x"}),
            json!({"statusCode": 200, "body": {"a": 1}}),
            json!({"statusCode": 200, "headers": [1]}),
            json!({"statusCode": 200, "headers": {"bad name": "x"}}),
            json!({"statusCode": 200, "body": "!!", "isBase64Encoded": true}),
        ] {
            let (status, _, body) = read(nonsense.clone()).await;
            assert_eq!((status, body.as_str()), (500, "{\"message\":\"Internal Server Error\"}"), "{nonsense}");
        }
    }
}
