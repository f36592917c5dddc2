//! HTTP events through the very conversion that runs on Lambda.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may fail them")]

mod common;

use axum::{
    Extension, Json, Router,
    body::Bytes,
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::any,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use common::{app, http_event, invocation, start};
use igny8_api::{ClientIp, RequestId};
use igny8_lambda::{FunctionSpec, Handler, Invoke, metrics};
use serde_json::{Value, json};

async fn echo(
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    Extension(id): Extension<RequestId>,
    ip: Option<Extension<ClientIp>>,
    body: Bytes,
) -> Response {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?").to_owned());
    let seen = json!({
        "method": method.as_str(), "path": uri.path(), "query": uri.query(), "id": id.0, "ip": ip.map(|ip| ip.0.0.clone()),
        "cookie": header("cookie"), "host": header("host"), "type": header("content-type"), "body": STANDARD.encode(&body),
    });
    (StatusCode::OK, [(header::SET_COOKIE, "c=3")], Json(seen)).into_response()
}

const SPEC: FunctionSpec = FunctionSpec {
    name: "probe",
    needs: &[],
    build: |_| {
        let router = Router::new()
            .route("/api/probe/image", any(async || ([(header::CONTENT_TYPE, "image/png")], vec![0_u8, 159, 146, 150])))
            .route("/api/probe/fail", any(async || StatusCode::BAD_GATEWAY))
            .route("/api/probe/none", any(async || StatusCode::NO_CONTENT))
            .fallback(echo);
        Ok(Handler::http(router))
    },
};

async fn call(event: Value) -> Value {
    start(&SPEC)(event, invocation()).await.unwrap()
}

fn body(answer: &Value) -> Value {
    serde_json::from_str(answer["body"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_request_comes_through_whole() {
    let answer = call(http_event("PATCH", "/api/probe/x", "q=caf%C3%A9&q=2&a%5B%5D=1", Some("Grüße 🌍"))).await;
    assert_eq!((&answer["statusCode"], &answer["isBase64Encoded"]), (&json!(200), &json!(false)));
    assert_eq!((&answer["cookies"], &answer["headers"]["content-type"]), (&json!(["c=3"]), &json!("application/json")));
    assert_eq!(
        body(&answer),
        json!({
            "method": "PATCH", "path": "/api/probe/x", "query": "q=caf%C3%A9&q=2&a%5B%5D=1", "id": "JKJaXmPLvHcESHA=",
            "ip": "192.0.2.1", "cookie": "a=1; b=2", "host": "id.execute-api.eu-central-1.amazonaws.com",
            "type": "application/json", "body": STANDARD.encode("Grüße 🌍"),
        })
    );
}

#[tokio::test]
async fn bytes_come_and_go_as_base64() {
    let mut event = http_event("POST", "/api/probe/x", "", Some(&STANDARD.encode(b"\xff\xfe\x00a")));
    event["isBase64Encoded"] = json!(true);
    assert_eq!(body(&call(event).await)["body"], STANDARD.encode(b"\xff\xfe\x00a"));
    let image = call(http_event("GET", "/api/probe/image", "", None)).await;
    assert_eq!(
        (&image["isBase64Encoded"], &image["body"]),
        (&json!(true), &json!(STANDARD.encode([0, 159, 146, 150])))
    );
    let none = call(http_event("GET", "/api/probe/none", "", None)).await;
    assert_eq!((&none["statusCode"], none["body"].as_str().unwrap_or_default()), (&json!(204), ""));
}

#[tokio::test]
async fn the_name_of_a_stage_is_not_part_of_the_path() {
    for (stage, raw, seen) in [
        ("prod", "/prod/api/probe/x", "/api/probe/x"),
        ("prod", "/api/probe/x", "/api/probe/x"),
        ("$default", "/prod/api/probe/x", "/prod/api/probe/x"),
        ("api", "/api/api/probe", "/api/probe"),
        ("ap", "/api/probe", "/api/probe"),
    ] {
        let mut event = http_event("GET", raw, "", None);
        event["requestContext"]["stage"] = json!(stage);
        assert_eq!(body(&call(event).await)["path"], seen, "{stage} {raw}");
    }
}

#[tokio::test]
async fn what_would_make_the_conversion_panic_is_a_problem_or_passed_over() {
    let odd = |change: fn(&mut Value)| {
        let mut event = http_event("POST", "/api/probe/x", "", Some("{}"));
        change(&mut event);
        call(event)
    };
    let refused: [fn(&mut Value); 5] = [
        |event| event["isBase64Encoded"] = json!(true),
        |event| event["rawPath"] = json!("api"),
        |event| event["rawPath"] = json!(":99999"),
        |event| event["rawQueryString"] = json!("a b\u{0}"),
        |event| event["rawPath"] = json!(format!("/{}", "a".repeat(70_000))),
    ];
    for change in refused {
        let answer = odd(change).await;
        assert_eq!(answer["statusCode"], 400, "{answer}");
        assert_eq!(answer["headers"]["content-type"], "application/problem+json");
        let problem = body(&answer);
        assert_eq!((&problem["code"], &problem["status"]), (&json!("unreadable"), &json!(400)));
        assert_eq!(answer["isBase64Encoded"], false);
    }
    let passed: [fn(&mut Value); 8] = [
        |event| event["headers"]["host"] = json!("a b:c"),
        |event| event["headers"]["host"] = json!("1.2.3.4.5"),
        |event| event["headers"]["x-forwarded-proto"] = json!("no scheme"),
        |event| event["headers"]["x-name"] = json!("naïve"),
        |event| event["headers"]["bad name"] = json!("x"),
        |event| event["requestContext"]["domainName"] = json!("<url-id>.lambda-url.eu-central-1.on.aws"),
        |event| event["rawPath"] = json!("/api/ü b\"<>/../x"),
        |event| event["cookies"] = json!(["a=ü"]),
    ];
    for change in passed {
        let answer = odd(change).await;
        assert_eq!(answer["statusCode"], 200, "{answer}");
    }
}

#[tokio::test]
async fn what_is_no_http_event_is_an_error_of_the_call() {
    let invoke = start(&SPEC);
    for event in [json!({}), json!(null), json!("text"), json!({"Records": []})] {
        let error = invoke(event, invocation()).await.unwrap_err();
        assert!(error.contains("HTTP API"), "{error}");
    }
}

#[tokio::test]
async fn answers_of_5xx_are_counted_as_errors() {
    static LINES: std::sync::Mutex<Vec<String>> = std::sync::Mutex::new(Vec::new());
    let invoke: Invoke = SPEC.start(&app(&[]), |line| LINES.lock().unwrap().push(line.to_owned())).unwrap();
    for path in ["/api/probe/fail", "/api/probe/x"] {
        invoke(http_event("GET", path, "", None), invocation()).await.unwrap();
    }
    let lines = LINES.lock().unwrap();
    let errors: Vec<_> =
        lines.iter().map(|line| serde_json::from_str::<Value>(line).unwrap()["Errors"].clone()).collect();
    assert_eq!(errors, [json!(1), json!(0)]);
    assert_eq!(metrics::ERRORS, "Errors");
}

/// Every HTTP event of a folder, when there is one: `IGNY8_AWS_EVENTS=…`.
#[tokio::test]
#[allow(clippy::disallowed_methods, reason = "the test runner's choice, not a setting of the service")]
async fn recorded_events_of_others_are_answered() {
    let Some(folder) = std::env::var_os("IGNY8_AWS_EVENTS") else {
        eprintln!("skipped: IGNY8_AWS_EVENTS does not name a folder of events");
        return;
    };
    let mut open = vec![std::path::PathBuf::from(folder)];
    let mut answered = 0;
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let Ok(event) = serde_json::from_slice::<Value>(&std::fs::read(&path).unwrap()) else { continue };
        // Requests to authorizers, and templates with placeholders, are not what a function is called with.
        let other = event["type"] == "REQUEST" || event.to_string().contains("{{{");
        if event["version"] == "2.0" && event["requestContext"]["http"]["method"].is_string() && !other {
            let answer = start(&SPEC)(event.clone(), invocation()).await.unwrap();
            assert_eq!(answer["statusCode"], 200, "{}", path.display());
            assert_eq!(body(&answer)["method"], event["requestContext"]["http"]["method"]);
            answered += 1;
        }
    }
    assert!(answered > 20, "only {answered} HTTP events in the folder");
}
