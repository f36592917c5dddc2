//! Records what a real model answers to our own prompts; up/tests/recorded/README.md says how to call it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a tool of ours: what is not as it must be ends it, and where to record from is its caller's choice"
)]

#[path = "../tests/common/mod.rs"]
mod common;
#[path = "../tests/product/model/mod.rs"]
mod model;
#[path = "../tests/product/recording/mod.rs"]
mod recording;

use std::sync::{Arc, Mutex};

use common::Cloud;
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes};
use hyper_util::{client::legacy::Client as Hyper, rt::TokioExecutor};
use model::{Model, Question, Reply};
use recording::{FUNCTIONS, Recording, folder, nine_keywords, walk};
use serde_json::Value;

/// How a server may be asked for an answer's shape.
const FORMATS: [&str; 3] = ["json_schema", "json_object", "text"];

#[tokio::main]
async fn main() {
    let from = std::env::var("IGNY8_RECORD_FROM").expect("IGNY8_RECORD_FROM");
    let rounds = std::env::var("IGNY8_RECORD_ROUNDS").map_or(1, |rounds| rounds.parse().unwrap());
    let only = std::env::var("IGNY8_RECORD_ONLY").ok();
    let ends = std::env::var("IGNY8_RECORD_ENDS").ok();
    let keywords = std::env::var("IGNY8_RECORD_KEYWORDS").map_or_else(
        |_| nine_keywords(),
        |keywords| keywords.split(',').map(|keyword| keyword.trim().to_owned()).collect(),
    );
    for round in 1..=rounds {
        for function in FUNCTIONS {
            for format in FORMATS {
                let name = format!("{}-{}-{round}", function.replace('_', "-"), format.replace('_', "-"));
                let wanted = only.as_ref().is_none_or(|only| name.contains(only.as_str()));
                if !wanted || folder().join(format!("{name}.json")).exists() {
                    continue;
                }
                let answers: Arc<Mutex<Vec<Value>>> = Arc::default();
                let (kept, from) = (answers.clone(), from.clone());
                let model = Model::start_with(move |question| {
                    let (kept, from) = (kept.clone(), from.clone());
                    Box::pin(async move {
                        if question.function != function {
                            return Reply::text(question.good());
                        }
                        let reply = ask(&from, question, format, round).await;
                        kept.lock().unwrap().push(serde_json::from_str(&reply.body).unwrap());
                        reply
                    })
                })
                .await;
                let cloud = Cloud::start_with(&model.vars()).await;
                let ana = cloud.owner("ana").await;
                let (_, job) = walk(&ana, function, &keywords).await;
                let recording = Recording {
                    function: function.to_owned(),
                    format: format.to_owned(),
                    ends: job["status"].as_str().unwrap().to_owned(),
                    keywords: keywords.clone(),
                    answers: answers.lock().unwrap().clone(),
                };
                println!("{name}: {} after {} answers", recording.ends, recording.answers.len());
                if ends.as_ref().is_some_and(|ends| *ends != recording.ends) {
                    continue;
                }
                let text = serde_json::to_string_pretty(&recording).unwrap();
                std::fs::write(folder().join(format!("{name}.json")), text + "\n").unwrap();
            }
        }
    }
}

/// Asks the real model our question; only the shape, the length and the chance are set here. The body is changed as a
/// text: read and written again, the fields of the schema would come in another order, and so would the answer's.
async fn ask(from: &str, question: Question, format: &str, round: u64) -> Reply {
    let mut body = question.body;
    let (rest, _) = body.split_once(",\"response_format\":").expect("the format comes last");
    if format == "text" {
        body = format!("{rest}}}");
    } else if format == "json_object" {
        body = format!("{rest},\"response_format\":{{\"type\":\"json_object\"}}}}");
    }
    let (_, rest) = body.split_once("\"max_tokens\":").expect("a limit is set");
    let limit: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let most = std::env::var("IGNY8_RECORD_TOKENS").unwrap_or_else(|_| "400".to_owned());
    body = body.replacen(&format!("\"max_tokens\":{limit}"), &format!("\"max_tokens\":{most},\"seed\":{round}"), 1);
    let key = std::env::var("IGNY8_RECORD_KEY").unwrap_or_default();
    let request = Request::post(format!("{from}/chat/completions"))
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {key}"))
        .body(Full::new(Bytes::from(body)))
        .unwrap();
    let http: Hyper<_, Full<Bytes>> = Hyper::builder(TokioExecutor::new()).build_http();
    let answer = http.request(request).await.unwrap();
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    Reply::new(status, String::from_utf8_lossy(&bytes))
}
