//! What a request leaves in the log: one line with names and numbers, and nothing of anyone's.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may fail them")]

mod common;

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use common::TestApi;
use serde_json::Value;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Lines {
    fn take(&self) -> Vec<Value> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap());
        String::from_utf8(bytes).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

#[tokio::test]
async fn one_line_per_request_without_anything_personal() {
    let api = TestApi::start().await;
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    let ours = |lines: Vec<Value>| lines.into_iter().filter(|line| line["message"] == "request").collect::<Vec<_>>();

    let answer = api.post("editor:1", "/api/toy/things?colour=hidden", r#"{"name": "ada@example.org"}"#).await;
    let [line] = ours(lines.take()).try_into().unwrap();
    assert_eq!(
        (&line["method"], &line["path"], &line["status"]),
        (&"POST".into(), &"/api/toy/things".into(), &201.into())
    );
    assert_eq!((&line["function"], &line["request_id"]), (&"toy".into(), &answer.header("x-request-id").into()));
    assert_eq!(line["tenant"].as_str().unwrap().len(), 26);
    assert!(line["duration_ms"].as_f64().unwrap() > 0.0);

    api.post("editor:1", "/api/toy/things", r#"{"name": "a", "volume": "ada@example.org"}"#).await.problem(422);
    api.get("secret-token-of-ada", "/api/toy/things?q=hidden").await.problem(401);
    api.get("viewer:1", "/ada@example.org").await.problem(404);
    api.post_once("editor:1", "key-of-ada@example.org", "/api/toy/things", r#"{"name": "ada@example.org"}"#).await;
    let all = lines.take();
    let codes: Vec<_> = ours(all.clone()).iter().map(|line| (line["path"].clone(), line["code"].clone())).collect();
    assert_eq!(
        codes,
        [
            ("/api/toy/things".into(), "invalid".into()),
            ("/api/toy/things".into(), "unauthenticated".into()),
            ("none".into(), "not_found".into()),
            ("/api/toy/things".into(), Value::Null),
        ]
    );
    // Debug lines of libraries are not ours to keep clean; the functions do not write them.
    for line in all {
        let text = line.to_string();
        assert!(!text.contains("ada") && !text.contains("hidden"), "{text}");
    }
}

#[tokio::test]
async fn the_cause_of_our_own_faults_is_logged_once() {
    let api = TestApi::start().await;
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt().json().flatten_event(true).with_writer(move || writer.clone()).finish();
    let _guard = tracing::subscriber::set_default(subscriber);
    for (kind, cause) in [("internal", "the secret of the table"), ("panic", "the secret of the panic")] {
        let answer = api.get("viewer:1", &format!("/api/toy/trouble/{kind}")).await;
        let told: Vec<_> = lines.take().into_iter().filter(|line| line["cause"].is_string()).collect();
        assert_eq!(told.len(), 1);
        assert!(told[0]["cause"].as_str().unwrap().contains(cause));
        assert_eq!(
            (&told[0]["level"], &told[0]["request_id"]),
            (&"ERROR".into(), &answer.header("x-request-id").into())
        );
    }
}
