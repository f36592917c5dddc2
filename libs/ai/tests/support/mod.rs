//! A model server that answers as told, a store that counts, and an AI function to run.
#![allow(
    dead_code,
    missing_docs,
    clippy::unwrap_used,
    clippy::needless_pass_by_value,
    reason = "helpers of tests, of which each test file uses its part"
)]

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router as Axum,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, Uri},
    response::{IntoResponse, Response},
};
use igny8_ai::{
    AiFunction, AnswerStore, Call, StoredAnswer,
    shapes::{ClusterInput, ClusterOutput, cluster_schema},
};
use igny8_core::Credits;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: String,
    pub delay: Duration,
}

impl Reply {
    pub fn new(status: u16, body: impl ToString) -> Self {
        Self { status, headers: Vec::new(), body: body.to_string(), delay: Duration::ZERO }
    }

    /// A chat completion with this text.
    pub fn chat(text: &str) -> Self {
        Self::finished(text, "stop")
    }

    pub fn finished(text: &str, reason: &str) -> Self {
        Self::new(
            200,
            json!({
                "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "test-model-1",
                "choices": [{ "index": 0, "finish_reason": reason, "message": { "role": "assistant", "content": text } }],
                "usage": { "prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120 },
            }),
        )
    }

    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::new(status, json!({ "error": { "code": code, "message": message, "param": null, "type": "x" } }))
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

/// A request as the server saw it.
#[derive(Debug, Clone)]
pub struct Seen {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

#[derive(Clone, Default)]
struct Script {
    replies: Arc<Mutex<Vec<Reply>>>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

pub struct Server {
    pub url: String,
    script: Script,
}

impl Server {
    /// Answers with the replies in their order; the last one stays.
    pub async fn start(replies: Vec<Reply>) -> Self {
        let script = Script { replies: Arc::new(Mutex::new(replies)), seen: Arc::default() };
        let app =
            Axum::new().fallback(answer).layer(axum::extract::DefaultBodyLimit::disable()).with_state(script.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, script }
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.script.seen.lock().unwrap().clone()
    }
}

async fn answer(State(script): State<Script>, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    script.seen.lock().unwrap().push(Seen { path: uri.path().to_owned(), headers, body });
    let reply = {
        let mut replies = script.replies.lock().unwrap();
        if replies.len() > 1 { replies.remove(0) } else { replies[0].clone() }
    };
    tokio::time::sleep(reply.delay).await;
    let mut response = (StatusCode::from_u16(reply.status).unwrap(), reply.body).into_response();
    for (name, value) in reply.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// Accepts connections, sends `bytes` after the request has begun to arrive, and hangs up.
pub async fn rude_server(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 65_536];
            let _ = socket.read(&mut buffer).await;
            let _ = socket.write_all(bytes).await;
        }
    });
    url
}

/// Keeps answers in memory and counts what is asked of it.
#[derive(Default)]
pub struct Memory {
    pub answers: Mutex<HashMap<Call, StoredAnswer>>,
    /// When true, saving fails as if the network broke before the write.
    pub broken: bool,
}

#[async_trait]
impl AnswerStore for Memory {
    async fn load(&self, call: Call) -> igny8_core::Result<Option<StoredAnswer>> {
        Ok(self.answers.lock().unwrap().get(&call).cloned())
    }

    async fn save_if_absent(&self, call: Call, answer: &StoredAnswer) -> igny8_core::Result<StoredAnswer> {
        if self.broken {
            return Err(igny8_core::Error::unavailable("S3 is away"));
        }
        Ok(self.answers.lock().unwrap().entry(call).or_insert_with(|| answer.clone()).clone())
    }
}

/// Clustering, with the checks that any owner of it would make.
pub struct Cluster;

impl AiFunction for Cluster {
    const NAME: &'static str = "auto_cluster";
    const MAX_TOKENS: u32 = 800;
    type Input = ClusterInput;
    type Output = ClusterOutput;

    fn schema() -> Value {
        cluster_schema()
    }

    fn check(&self, input: &ClusterInput, mut output: ClusterOutput) -> Result<ClusterOutput, String> {
        let count = input.keywords.len() as u32;
        for cluster in &mut output.clusters {
            cluster.keywords.retain(|number| (1..=count).contains(number));
        }
        output.clusters.retain(|cluster| !cluster.keywords.is_empty());
        if output.clusters.is_empty() {
            return Err(format!("No cluster has a keyword; use the numbers 1 to {count}."));
        }
        Ok(output)
    }

    fn price(&self, input: &ClusterInput, _output: &ClusterOutput) -> Credits {
        Credits((input.keywords.len() as i64 + 29) / 30)
    }
}

pub fn keywords(list: &[&str]) -> ClusterInput {
    serde_json::from_value(json!({
        "site_name": "Stride",
        "keywords": list.iter().enumerate().map(|(at, keyword)| json!({ "id_no": at + 1, "keyword": keyword })).collect::<Vec<_>>(),
    }))
    .unwrap()
}

pub const GOOD: &str = r#"{"clusters": [{"name": "Shoes", "description": "About shoes.", "keywords": [1, 2]}]}"#;
