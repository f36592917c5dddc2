//! Real events of API Gateway against ours: only where a folder of samples is given, as they are not ours to keep.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, clippy::print_stderr, reason = "a check for developers")]

mod common;

use common::{echoes, http, open, serve};
use serde_json::Value;

/// The folder with `*.json` events of payload format 2.0.
const SAMPLES: &str = "IGNY8_HTTP_API_EVENTS";

#[tokio::test(flavor = "multi_thread")]
async fn requests_rebuilt_from_real_events_give_the_same_events() {
    let Some(samples) = std::env::var_os(SAMPLES) else {
        eprintln!("SKIPPED: {SAMPLES} names no folder with real events");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let (registry, _) = echoes(&cloud);
    serve(&cloud, registry);
    let mut compared = 0;
    for entry in std::fs::read_dir(samples).unwrap() {
        let path = entry.unwrap().path();
        let real: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut headers: Vec<(String, String)> = Vec::new();
        for (key, value) in real["headers"].as_object().unwrap() {
            let key = key.to_lowercase();
            if !key.starts_with("x-forwarded-") && key != "host" && key != "content-length" {
                headers.push((key, value.as_str().unwrap().to_owned()));
            }
        }
        let cookies: Vec<_> = real["cookies"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if !cookies.is_empty() {
            headers.push(("cookie".into(), cookies.join("; ")));
        }
        let query = real["rawQueryString"].as_str().unwrap();
        // Below our own catch-all route; brackets are legal in a URL only when escaped.
        let target = format!(
            "/api/planner/keywords{}?{}",
            real["rawPath"].as_str().unwrap(),
            query.replace('[', "%5B").replace(']', "%5D")
        );
        let body = match (real["body"].as_str(), real["isBase64Encoded"].as_bool()) {
            (Some(body), Some(true)) => {
                use base64::Engine as _;
                base64::engine::general_purpose::STANDARD.decode(body).unwrap()
            }
            (body, _) => body.unwrap_or_default().as_bytes().to_vec(),
        };
        let borrowed: Vec<(&str, &str)> = headers.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
        let method = real["requestContext"]["http"]["method"].as_str().unwrap();
        let (status, _, answer) = http(cloud.url(), method, &target, &borrowed, &body).await;
        assert_eq!(status, 200, "{name}");
        let ours: Value = serde_json::from_slice(&answer).unwrap();
        let list = |event: &Value| event["cookies"].as_array().cloned().unwrap_or_default();
        assert_eq!(list(&ours), list(&real), "{name}: cookies");
        if let Some(expected) = real["queryStringParameters"].as_object().filter(|map| !map.is_empty()) {
            assert_eq!(ours["queryStringParameters"].as_object().unwrap(), expected, "{name}: query");
        }
        for (key, value) in headers.iter().filter(|(key, _)| key != "cookie") {
            assert_eq!(ours["headers"][key], value.as_str(), "{name}: {key}");
        }
        // The samples keep form bodies as text for their framework's sake; the bytes must be the same.
        let bytes = match (ours["body"].as_str(), ours["isBase64Encoded"].as_bool()) {
            (Some(body), Some(true)) => {
                use base64::Engine as _;
                base64::engine::general_purpose::STANDARD.decode(body).unwrap()
            }
            (body, _) => body.unwrap_or_default().as_bytes().to_vec(),
        };
        assert_eq!(bytes, body, "{name}: body");
        let keys = |event: &Value| {
            event["requestContext"].as_object().unwrap().keys().cloned().collect::<std::collections::BTreeSet<_>>()
        };
        let lacking: Vec<_> = keys(&real)
            .difference(&keys(&ours))
            .filter(|key| *key != "routeId" && *key != "authorizer" && *key != "authentication")
            .cloned()
            .collect();
        assert!(lacking.is_empty(), "{name}: requestContext lacks {lacking:?}");
        compared += 1;
    }
    assert!(compared > 0, "the folder has no samples");
    eprintln!("{compared} real events compared");
    cloud.shutdown().await;
}
