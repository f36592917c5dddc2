//! Real processes as functions. The process is this test binary itself, started again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "the process reads what Lambda gives it"
)]

mod common;

use std::{
    collections::BTreeMap,
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use igny8_local::{
    InvocationContext,
    process::{Binary, Processes},
};
use serde_json::{Value, json};

/// One request to the Runtime API: the request id (of `next`) and the body.
fn call(method: &str, path: &str, body: &str) -> (String, Value) {
    let api = std::env::var("AWS_LAMBDA_RUNTIME_API").unwrap();
    let mut stream = TcpStream::connect(&api).unwrap();
    let length = body.len();
    write!(stream, "{method} /2018-06-01/runtime/{path} HTTP/1.1\r\nhost: {api}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let id = head.lines().find_map(|line| line.strip_prefix("lambda-runtime-aws-request-id: "));
    (id.unwrap_or_default().to_owned(), serde_json::from_str(body).unwrap_or_default())
}

/// Not a test of its own: the process that the tests start.
#[test]
fn the_function() {
    if std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_none() {
        return;
    }
    if std::env::var_os("FAIL_INIT").is_some() {
        call("POST", "init/error", r#"{"errorType":"Config","errorMessage":"no table"}"#);
        std::process::exit(1);
    }
    let mut count = 0;
    loop {
        let (id, event) = call("GET", "invocation/next", "");
        count += 1;
        match event["do"].as_str() {
            Some("die") => std::process::abort(),
            Some("sleep") => std::thread::sleep(Duration::from_mins(1)),
            Some("error") => {
                call("POST", &format!("invocation/{id}/error"), r#"{"errorType":"Sad","errorMessage":"no"}"#);
            }
            _ => {
                let name = std::env::var("AWS_LAMBDA_FUNCTION_NAME").unwrap();
                let answer = json!({"count": count, "pid": std::process::id(), "name": name, "event": event});
                call("POST", &format!("invocation/{id}/response"), &answer.to_string());
            }
        }
    }
}

fn processes(concurrency: usize, environment: &[(&str, &str)]) -> std::sync::Arc<Processes> {
    Processes::new(Binary {
        program: std::env::current_exe().unwrap(),
        arguments: ["--exact", "the_function", "--nocapture"].map(str::to_owned).into(),
        environment: environment
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()))
            .collect::<BTreeMap<_, _>>(),
        function_name: "writer-worker".into(),
        memory_mb: 256,
        concurrency,
    })
}

fn context(id: &str) -> InvocationContext {
    InvocationContext { request_id: id.into(), function_name: "writer-worker".into(), deadline_ms: 0 }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_serves_many_dies_and_is_replaced() {
    let processes = processes(1, &[]);
    let invoke = processes.invoke();
    let first = invoke(json!({"x": 1}), context("1")).await.unwrap();
    assert_eq!(
        (&first["count"], &first["name"], &first["event"]),
        (&json!(1), &json!("writer-worker"), &json!({"x": 1}))
    );
    let second = invoke(json!({}), context("2")).await.unwrap();
    assert_eq!((&second["count"], &second["pid"]), (&json!(2), &first["pid"]), "warm");
    assert_eq!(invoke(json!({"do": "error"}), context("3")).await, Err("Sad: no".into()));
    let died = invoke(json!({"do": "die"}), context("4")).await.unwrap_err();
    assert!(died.contains("signal"), "{died}");
    let third = invoke(json!({}), context("5")).await.unwrap();
    assert_eq!(third["count"], 1);
    assert_ne!(third["pid"], first["pid"]);
    assert_eq!((processes.started(), processes.running().len()), (2, 1));
    processes.stop();
    assert!(invoke(json!({}), context("6")).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invocation_that_is_given_up_kills_its_process() {
    let processes = processes(1, &[]);
    let invoke = processes.invoke();
    let given_up = tokio::time::timeout(Duration::from_secs(2), invoke(json!({"do": "sleep"}), context("1"))).await;
    assert!(given_up.is_err());
    assert_eq!(invoke(json!({}), context("2")).await.unwrap()["count"], 1);
    let begun = std::time::Instant::now();
    while processes.running().len() > 1 {
        assert!(begun.elapsed() < Duration::from_secs(5), "the sleeper was killed");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrency_starts_more_processes_and_a_failed_start_is_told() {
    let two = processes(2, &[]);
    let invoke = two.invoke();
    let both = tokio::join!(invoke(json!({}), context("1")), invoke(json!({}), context("2")));
    assert!(both.0.is_ok() && both.1.is_ok());
    assert!(two.started() <= 2);
    let failing = processes(1, &[("FAIL_INIT", "1")]);
    let error = failing.invoke()(json!({}), context("1")).await.unwrap_err();
    assert_eq!(error, "Config: no table");
    let mut binary = Binary {
        program: "/nowhere/bootstrap".into(),
        arguments: Vec::new(),
        environment: BTreeMap::new(),
        function_name: "x".into(),
        memory_mb: 128,
        concurrency: 1,
    };
    binary.memory_mb = 256;
    let error = Processes::new(binary).invoke()(json!({}), context("1")).await.unwrap_err();
    assert!(error.contains("/nowhere/bootstrap"), "{error}");
}
