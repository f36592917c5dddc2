//! A model server of a test: a real HTTP server that speaks OpenAI's chat protocol and answers as it is told.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "a test that cannot be set up must fail; each test file uses its part"
)]

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use futures::future::BoxFuture;
use serde_json::{Value, json};

/// What every answer says that it used.
pub const TOKENS: (u64, u64) = (100, 20);
/// The key that every test uses.
pub const KEY: &str = "sk-test";

/// A question as the server saw it.
#[derive(Debug, Clone)]
pub struct Question {
    /// How many came before it, of any function.
    pub number: usize,
    /// When it came.
    pub at: Instant,
    /// The AI function that asks.
    pub function: &'static str,
    /// The model that is asked.
    pub model: String,
    /// The user's part of the prompt.
    pub user: String,
    /// Whether it is the same question again, with what was wrong about the answer.
    pub is_repair: bool,
    /// The whole body, as it came: the order of a schema's fields matters to a model.
    pub body: String,
    /// The key that came along.
    pub key: String,
}

impl Question {
    fn read(number: usize, headers: &HeaderMap, raw: &[u8]) -> Self {
        let body: Value = serde_json::from_slice(raw).unwrap();
        let text = |n: usize| body["messages"][n]["content"].as_str().unwrap().to_owned();
        let (system, user) = (text(0), text(1));
        let function = if system.contains("group the search keywords") {
            "auto_cluster"
        } else if system.contains("ideas for pages") {
            "generate_ideas"
        } else if system.contains("careful writer") {
            "generate_content"
        } else if system.contains("careful editor") {
            "regenerate_section"
        } else if system.contains("finds titles") {
            "generate_variation"
        } else if system.contains("into typed blocks") {
            "reparse_content"
        } else {
            panic!("whose prompt is this? {system}")
        };
        let key = headers.get("authorization").map_or("", |value| value.to_str().unwrap());
        Self {
            number,
            at: Instant::now(),
            function,
            model: body["model"].as_str().unwrap().to_owned(),
            is_repair: user.contains("<previous_answer>"),
            user,
            key: key.trim_start_matches("Bearer ").to_owned(),
            body: String::from_utf8(raw.to_vec()).unwrap(),
        }
    }

    /// What stands in a section of data of the prompt.
    pub fn data(&self, name: &str) -> Value {
        let (_, rest) = self.user.split_once(&format!("<data name=\"{name}\">")).expect("the section is there");
        serde_json::from_str(rest.split_once("</data>").unwrap().0).unwrap()
    }

    /// An answer as a good model would give it.
    pub fn good(&self) -> Value {
        match self.function {
            "auto_cluster" => {
                let keywords = self.data("keywords");
                let all = keywords.as_array().unwrap();
                let clusters = all.chunks(5).map(|some| {
                    let numbers: Vec<_> = some.iter().map(|keyword| keyword["id_no"].clone()).collect();
                    json!({ "name": format!("About {}", some[0]["keyword"].as_str().unwrap()), "description": "A topic.", "keywords": numbers })
                });
                json!({ "clusters": clusters.collect::<Vec<_>>() })
            }
            "generate_ideas" => {
                let cluster = self.data("cluster");
                let count: usize =
                    self.user.rsplit_once("Write ").unwrap().1.split(' ').next().unwrap().parse().unwrap();
                let outline: Vec<_> = (1..=6)
                    .map(|n| json!({ "heading": format!("Part {n}"), "points": ["One thing.", "Another."] }))
                    .collect();
                let name = cluster["name"].as_str().unwrap();
                let ideas = (1..=count).map(|n| {
                    json!({
                        "title": format!("{name}: question {n}"), "angle": "With numbers.", "structure": "guide",
                        "entity_type": "post", "target_keywords": cluster["keywords"], "outline": outline,
                        "estimated_words": 1200, "audience": "Drivers."
                    })
                });
                json!({ "ideas": ideas.collect::<Vec<_>>() })
            }
            "regenerate_section" => {
                let text = "A section that was written anew, with other words than those that stood here before.";
                json!({ "blocks": [{ "type": "paragraph", "text": text }] })
            }
            "generate_variation" => {
                let title = |n: usize| json!({ "title": format!("Another title {n}"), "meta_title": "" });
                json!({ "titles": (1..=5).map(title).collect::<Vec<_>>() })
            }
            "reparse_content" => {
                let blocks = json!([{ "type": "paragraph", "text": self.data("text") }]);
                json!({ "title": "", "meta_title": "", "meta_description": "", "excerpt": "", "blocks": blocks })
            }
            _ => {
                let title = self.data("brief")["title"].clone();
                let text = "Brakes wear with every stop, and the pads tell you so before the discs do. ".repeat(4);
                json!({
                    "title": title, "meta_title": title, "meta_description": "What to know.", "excerpt": "In short.",
                    "blocks": [
                        { "type": "heading", "level": 2, "text": "What to know" },
                        { "type": "paragraph", "text": text },
                        { "type": "list", "ordered": false, "items": ["Listen.", "Look.", "Measure."] }
                    ]
                })
            }
        }
    }
}

/// What comes back for a question.
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
    pub fn text(text: impl ToString) -> Self {
        Self::finished(text, "stop")
    }

    /// A chat completion that ended for this reason: `stop`, `length`, `content_filter`.
    pub fn finished(text: impl ToString, reason: &str) -> Self {
        let (tokens_in, tokens_out) = TOKENS;
        Self::new(
            200,
            json!({
                "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "test-model",
                "choices": [{
                    "index": 0, "finish_reason": reason,
                    "message": { "role": "assistant", "content": text.to_string() }
                }],
                "usage": {
                    "prompt_tokens": tokens_in, "completion_tokens": tokens_out,
                    "total_tokens": tokens_in + tokens_out
                },
            }),
        )
    }

    pub fn error(status: u16, code: &str, message: &str) -> Self {
        Self::new(status, json!({ "error": { "code": code, "message": message, "param": null, "type": "x" } }))
    }

    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    #[must_use]
    pub const fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

type Answerer = dyn Fn(Question) -> BoxFuture<'static, Reply> + Send + Sync;

/// The server.
#[derive(Clone)]
pub struct Model {
    pub url: String,
    seen: Arc<Mutex<Vec<Question>>>,
    answer: Arc<Answerer>,
}

impl Model {
    /// Answers each question by a function.
    pub async fn start(answer: impl Fn(&Question) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_with(move |question| {
            let reply = answer(&question);
            Box::pin(async move { reply })
        })
        .await
    }

    /// Answers each question by a function that may have to wait for others.
    pub async fn start_with(answer: impl Fn(Question) -> BoxFuture<'static, Reply> + Send + Sync + 'static) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        let model = Self { url, seen: Arc::default(), answer: Arc::new(answer) };
        let app = Router::new().fallback(reply).layer(DefaultBodyLimit::disable()).with_state(model.clone());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        model
    }

    /// The settings that lead to it.
    pub fn vars(&self) -> Vec<(&str, &str)> {
        vec![
            ("IGNY8_AI", "openai"),
            ("OPENAI_BASE_URL", &self.url),
            ("OPENAI_API_KEY", KEY),
            ("OPENAI_MODEL", "main"),
            ("IGNY8_TRIAL_CREDITS", "5000"),
        ]
    }

    /// What it has been asked so far.
    pub fn seen(&self) -> Vec<Question> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

async fn reply(State(model): State<Model>, headers: HeaderMap, body: Bytes) -> Response {
    let question = {
        let mut seen = model.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let question = Question::read(seen.len(), &headers, &body);
        seen.push(question.clone());
        question
    };
    let reply = (model.answer)(question).await;
    tokio::time::sleep(reply.delay).await;
    let mut response = (StatusCode::from_u16(reply.status).unwrap(), reply.body).into_response();
    response.headers_mut().insert("content-type", "application/json".parse().unwrap());
    for (name, value) in reply.headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}
