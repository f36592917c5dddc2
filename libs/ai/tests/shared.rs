//! Checks against recorded real answers; they run when IGNY8_SHARED names the directory that holds `data/llm-json`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use std::{collections::BTreeMap, fs, path::PathBuf};

use igny8_ai::{
    Config, Options, ProviderKind, Router,
    provider::{Anthropic, ErrorClass, OpenAi, Provider, Request},
    reader::{ReadErrorKind, read},
    run,
};
use serde_json::Value;
use support::{Cluster, GOOD, Memory, Reply, Server, keywords};

#[allow(clippy::disallowed_methods, reason = "names the directory of optional test data")]
fn shared(file: &str) -> Option<PathBuf> {
    let Ok(dir) = std::env::var("IGNY8_SHARED") else {
        println!("SKIPPED: {file} was not checked, because IGNY8_SHARED is not set");
        return None;
    };
    Some(PathBuf::from(dir).join("data/llm-json").join(file))
}

fn lines(file: &str) -> Option<Vec<Value>> {
    let text = fs::read_to_string(shared(file)?).unwrap();
    Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}

#[test]
fn recorded_outputs() {
    let Some(cases) = lines("pydantic-ai_recorded-outputs.jsonl") else { return };
    let mut kinds = BTreeMap::<String, usize>::new();
    for case in &cases {
        let text = case["response"].as_str().unwrap();
        let outcome = read::<Value>(text);
        let kind = match &outcome {
            Ok(read) if read.repairs.is_empty() => "unchanged".to_owned(),
            Ok(read) => format!("{:?}", read.repairs.iter().map(|repair| repair.kind).collect::<Vec<_>>()),
            Err(error) => format!("{:?}", error.kind),
        };
        if case["shape"] == "valid" {
            assert_eq!(kind, "unchanged", "{text}");
        }
        *kinds.entry(format!("{} {kind}", case["shape"])).or_default() += 1;
    }
    println!("{kinds:#?}");
}

#[test]
fn json_test_suite() {
    let Some(archive) = shared("JSONTestSuite_test_parsing.tar.gz") else { return };
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("json-test-suite");
    fs::create_dir_all(&dir).unwrap();
    let status = std::process::Command::new("tar").arg("xzf").arg(archive).arg("-C").arg(&dir).status().unwrap();
    assert!(status.success());
    let (mut yes, mut refused, mut repaired) = (0, 0, 0);
    for entry in fs::read_dir(dir.join("test_parsing")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let bytes = fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let outcome = read::<Value>(&text);
        if name.starts_with("y_") {
            let read = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(read.repairs, [], "{name}");
            assert_eq!(read.value, serde_json::from_str::<Value>(&text).unwrap(), "{name}");
            yes += 1;
        } else if let Err(error) = outcome {
            assert!(error.kind != ReadErrorKind::TooLarge, "{name}");
            refused += 1;
        } else {
            repaired += 1;
        }
    }
    println!("JSONTestSuite: {yes} valid unchanged; of the others {repaired} read, {refused} refused");
    assert!(yes > 90);
}

fn plain_request() -> Request {
    Request {
        model: "recorded".into(),
        function: "auto_cluster".into(),
        input: Value::Null,
        system: String::new(),
        user: "Hello".into(),
        schema: None,
        max_tokens: 100,
        temperature: 0.0,
        timeout: std::time::Duration::from_secs(10),
    }
}

/// Whole recorded responses of real providers, replayed by a server.
#[tokio::test]
async fn recorded_bodies() {
    let Some(cases) = lines("recorded-http-bodies.jsonl") else { return };
    let mut counts = BTreeMap::<String, usize>::new();
    for case in &cases {
        let uri = case["uri"].as_str().unwrap();
        let status = u16::try_from(case["status"].as_u64().unwrap()).unwrap();
        let server = Server::start(vec![Reply::new(status, &case["body"])]).await;
        let (kind, outcome) = if uri.contains("/chat/completions") {
            ("chat", OpenAi::new(&server.url, "sk-x").complete(&plain_request()).await)
        } else if uri.contains("/v1/messages") {
            ("messages", Anthropic::new(&server.url, "sk-x").complete(&plain_request()).await)
        } else {
            // Another API altogether: what it says must still end in a class, never in a panic.
            ("other", OpenAi::new(&server.url, "sk-x").complete(&plain_request()).await)
        };
        let is_completion = case["body"].get("choices").is_some() || case["body"].get("content").is_some();
        match (&outcome, kind) {
            // What Groq refused as invalid comes with the text itself, to be repaired here.
            (Ok(completion), "chat") if status == 400 => {
                assert_eq!(Some(completion.text.as_str()), case["body"]["error"]["failed_generation"].as_str());
            }
            (Ok(completion), "chat" | "messages") => {
                assert_eq!(status, 200);
                assert!(!completion.text.is_empty() && completion.tokens_out > 0, "{uri}: {completion:?}");
            }
            (Err(error), "chat" | "messages") => assert!(status != 200 || !is_completion, "{uri}: {error}"),
            (Ok(_), _) => panic!("{uri} is no completion"),
            (Err(_), _) => {}
        }
        let label = match outcome {
            Ok(completion) => format!("{:?}", completion.finish),
            Err(error) => match error.class {
                ErrorClass::RetryLater { .. } => "retry later".to_owned(),
                ErrorClass::OtherModel => "other model".to_owned(),
                ErrorClass::ForGood => "for good".to_owned(),
            },
        };
        *counts.entry(format!("{kind} {status}: {label}")).or_default() += 1;
    }
    println!("recorded bodies: {counts:#?}");
}

/// What real models wrote, each in the place of the first answer: the run must end with the good second one, or in a
/// class; never in a panic.
#[tokio::test]
async fn recorded_outputs_through_the_engine() {
    let Some(cases) = lines("pydantic-ai_recorded-outputs.jsonl") else { return };
    for case in &cases {
        let text = case["response"].as_str().unwrap();
        let server = Server::start(vec![Reply::chat(text), Reply::chat(GOOD)]).await;
        let router = Router::new(Config {
            ai: ProviderKind::OpenAi,
            openai_base_url: server.url.clone(),
            openai_api_key: "sk-x".into(),
            ..Config::default()
        });
        let answer =
            run(&router, &Cluster, &keywords(&["a", "b"]), &Memory::default(), &Options::default()).await.unwrap();
        assert_eq!((answer.usage.len(), answer.output.clusters[0].keywords.as_slice()), (2, &[1, 2][..]), "{text}");
    }
}
