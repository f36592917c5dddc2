//! Real processes against a Runtime API: what Lambda does, in a few lines.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may fail them")]

mod common;

use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use common::{http_event, message};
use serde_json::{Value, json};
use tokio::sync::{Mutex, mpsc};

/// Gives out events and takes answers.
struct RuntimeApi {
    address: String,
    events: mpsc::UnboundedSender<Value>,
    answers: mpsc::UnboundedReceiver<(String, String, Value)>,
}

#[derive(Clone)]
struct Shared {
    events: Arc<Mutex<mpsc::UnboundedReceiver<Value>>>,
    answers: mpsc::UnboundedSender<(String, String, Value)>,
}

async fn next(State(shared): State<Shared>) -> Response {
    let Some(event) = shared.events.lock().await.recv().await else { return StatusCode::GONE.into_response() };
    let headers = [
        ("lambda-runtime-aws-request-id", "156cb537-e2d4-11e8-9b34-d36013741fb9"),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:probe"),
        ("lambda-runtime-trace-id", "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Sampled=0"),
    ];
    (headers, event.to_string()).into_response()
}

async fn answer(State(shared): State<Shared>, Path((id, kind)): Path<(String, String)>, body: String) -> StatusCode {
    let body = serde_json::from_str(&body).unwrap_or(Value::String(body));
    shared.answers.send((id, kind, body)).unwrap();
    StatusCode::ACCEPTED
}

impl RuntimeApi {
    async fn start() -> Self {
        let (events, waiting) = mpsc::unbounded_channel();
        let (answered, answers) = mpsc::unbounded_channel();
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{kind}", post(answer))
            .with_state(Shared { events: Arc::new(Mutex::new(waiting)), answers: answered });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, events, answers }
    }

    async fn call(&mut self, event: Value) -> (String, Value) {
        self.events.send(event).unwrap();
        let answer = tokio::time::timeout(Duration::from_secs(30), self.answers.recv());
        let (id, kind, body) = answer.await.expect("no answer within 30 s").unwrap();
        assert_eq!(id, "156cb537-e2d4-11e8-9b34-d36013741fb9");
        (kind, body)
    }
}

/// A process that ends with the test.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Process {
    fn start(example: &str, vars: &[(&str, &str)]) -> Self {
        // target/debug/deps/process-… → target/debug/examples/…; plain `cargo test` builds both.
        let tests = std::env::current_exe().unwrap();
        let binary: PathBuf = tests.parent().unwrap().parent().unwrap().join("examples").join(example);
        assert!(binary.exists(), "{} is not built: run cargo build -p igny8-lambda --examples", binary.display());
        let child = Command::new(binary).env_clear().envs(vars.iter().copied()).stdout(Stdio::piped()).spawn().unwrap();
        Self(child)
    }

    /// Ends the process and gives what it wrote: every line is JSON.
    fn lines(mut self) -> Vec<Value> {
        let _ = self.0.kill();
        let out = self.0.stdout.take().unwrap();
        let line = |line: String| serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"));
        BufReader::new(out).lines().map_while(Result::ok).map(line).collect()
    }
}

fn vars<'a>(address: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let fixed = [
        ("AWS_LAMBDA_RUNTIME_API", address),
        ("AWS_LAMBDA_FUNCTION_NAME", "igny8-dev-probe"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "very secret"),
    ];
    fixed.into_iter().chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn an_http_function_serves_call_after_call() {
    let mut api = RuntimeApi::start().await;
    let process = Process::start("probe-http", &vars(&api.address, &[("TABLE_NAME", "igny8-dev")]));
    for name in ["Ada", "Grace"] {
        let (kind, answer) = api.call(http_event("GET", &format!("/api/probe/{name}"), "q=1", None)).await;
        assert_eq!(kind, "response");
        assert_eq!(answer["statusCode"], 200);
        assert_eq!(answer["body"], format!("Hello {name} from igny8-dev in JKJaXmPLvHcESHA="));
    }
    let (kind, answer) = api.call(json!({"no": "HTTP"})).await;
    assert_eq!(kind, "error");
    assert!(answer["errorMessage"].as_str().unwrap().contains("HTTP API"), "{answer}");
    assert_eq!(api.call(http_event("GET", "/api/probe/again", "", None)).await.0, "response");

    let lines = process.lines();
    let metrics: Vec<_> = lines.iter().filter(|line| line["_aws"].is_object()).collect();
    assert!(metrics.len() >= 3, "{lines:?}");
    assert_eq!((&metrics[0]["function"], &metrics[0]["greetings"]), (&json!("probe-http"), &json!(1)));
    let logs: Vec<_> = lines.iter().filter(|line| line["message"] == "greeted").collect();
    assert_eq!((&logs[0]["name"], &logs[0]["level"]), (&json!("Ada"), &json!("INFO")));
    assert!(!lines.iter().any(|line| line.to_string().contains("very secret")));
}

#[tokio::test]
async fn a_worker_tells_which_messages_failed() {
    let mut api = RuntimeApi::start().await;
    let process = Process::start("probe-queue", &vars(&api.address, &[("IGNY8_LOG", "error")]));
    let event = json!({"Records": [message("1", "good"), message("2", "fail"), message("3", "good")]});
    let (kind, answer) = api.call(event).await;
    assert_eq!((kind.as_str(), answer), ("response", json!({"batchItemFailures": [{"itemIdentifier": "2"}]})));
    // The log shows errors alone, as it was told; metrics come all the same.
    assert!(process.lines().iter().all(|line| line["_aws"].is_object()));
}

#[tokio::test]
async fn a_function_that_cannot_start_says_why_and_ends() {
    let full = vars("127.0.0.1:9", &[("TABLE_NAME", "t")]);
    for (without, with) in [
        ("TABLE_NAME", None),
        ("AWS_REGION", None),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", None),
        ("", Some(("IGNY8_FAILPOINTS", "often"))),
    ] {
        let vars: Vec<_> = full.iter().copied().filter(|(name, _)| *name != without).chain(with).collect();
        let mut process = Process::start("probe-http", &vars);
        assert_eq!(process.0.wait().unwrap().code(), Some(1));
        let lines = process.lines();
        let name = with.map_or(without, |(name, _)| name);
        let error = lines.last().unwrap()["error"].as_str().unwrap();
        assert!(error.starts_with("probe-http cannot start: ") && error.contains(name), "{error}");
    }
}
