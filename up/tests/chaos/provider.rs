//! A model server that speaks OpenAI's protocol over HTTP: it answers what the offline provider would, and misbehaves, at
//! random with a seed or where a title asks for it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use igny8_ai::provider::{Offline, Provider as _, Request};
use igny8_core::{Env, SystemClock};
use serde_json::{Map, Value, json};
use tokio::net::TcpListener;

/// How long it keeps a connection open before it drops it without an answer. The worker's own patience of four minutes is
/// longer than this test; for both it is a call without an answer.
const SILENCE: Duration = Duration::from_millis(800);

/// Of a hundred requests so many end so; the rest is answered well.
const MOODS: [(Mood, u64); 5] =
    [(Mood::Busy, 6), (Mood::Broken, 5), (Mood::Silent, 3), (Mood::Truncated, 5), (Mood::Wrong, 5)];

/// A title with this word is refused for good: the account has no credit left.
pub const REFUSED: &str = "refused";
/// A title with this word is answered from the third time on; before, with 429 and `Retry-After`.
pub const LATER: &str = "later";
/// Keywords with this word become one cluster, which each answer names anew.
pub const TWINS: &str = "twin";

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mood {
    Good,
    /// 429 with `Retry-After`.
    Busy,
    /// 500.
    Broken,
    /// No answer; the connection is closed after a while.
    Silent,
    /// Half of the answer, as the model says itself.
    Truncated,
    /// JSON of another shape, or no JSON.
    Wrong,
    /// 402: never to be tried again by itself.
    Refused,
}

/// The server.
#[derive(Clone)]
pub struct Provider {
    pub url: String,
    state: Shared,
}

#[derive(Clone)]
struct Shared {
    env: Env,
    moody: Arc<AtomicBool>,
    seen: Arc<Mutex<BTreeMap<Mood, u64>>>,
    /// Titles that were told to come later.
    told: Arc<Mutex<Vec<String>>>,
}

impl Provider {
    /// Serves on a free port; without moods until told otherwise.
    pub async fn start(seed: u64) -> Self {
        let state = Shared {
            env: Env::fixed(Arc::new(SystemClock), seed),
            moody: Arc::default(),
            seen: Arc::default(),
            told: Arc::default(),
        };
        let app = Router::new().fallback(answer).with_state(state.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/v1", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { url, state }
    }

    /// Misbehaves at random from now on, or not any more.
    pub fn be_moody(&self, moody: bool) {
        self.state.moody.store(moody, Ordering::Relaxed);
    }

    /// How often it answered how.
    pub fn seen(&self) -> BTreeMap<String, u64> {
        let seen = self.state.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.iter().map(|(mood, count)| (format!("{mood:?}"), *count)).collect()
    }
}

impl Shared {
    fn mood(&self, user: &str) -> Mood {
        if user.contains(REFUSED) {
            return Mood::Refused;
        }
        if user.contains(LATER) {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            if told.iter().filter(|told| *told == user).count() < 2 {
                told.push(user.to_owned());
                return Mood::Busy;
            }
        }
        if !self.moody.load(Ordering::Relaxed) {
            return Mood::Good;
        }
        let mut drawn = self.env.below(100);
        for (mood, share) in MOODS {
            if drawn < share {
                return mood;
            }
            drawn -= share;
        }
        Mood::Good
    }
}

async fn answer(State(state): State<Shared>, body: String) -> Response {
    let asked: Value = serde_json::from_str(&body).unwrap();
    if let Some(prompt) = asked["prompt"].as_str() {
        return picture(prompt);
    }
    let user = asked["messages"][1]["content"].as_str().unwrap();
    let mood = state.mood(user);
    *state.seen.lock().unwrap_or_else(PoisonError::into_inner).entry(mood).or_default() += 1;
    let error = |status: StatusCode, code: &str| {
        let error = json!({ "error": { "code": code, "message": code, "param": null, "type": "x" } });
        (status, error.to_string()).into_response()
    };
    match mood {
        Mood::Busy => {
            let mut response = error(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded");
            response.headers_mut().insert("retry-after", "1".parse().unwrap());
            response
        }
        Mood::Broken => error(StatusCode::INTERNAL_SERVER_ERROR, "server_error"),
        Mood::Refused => error(StatusCode::PAYMENT_REQUIRED, "insufficient_quota"),
        Mood::Silent => {
            tokio::time::sleep(SILENCE).await;
            // A body that breaks off before its announced end: the client sees a broken connection.
            let broken = futures::stream::iter([Ok("{"), Err(std::io::Error::other("silence"))]);
            axum::body::Body::from_stream(broken).into_response()
        }
        Mood::Good | Mood::Truncated | Mood::Wrong => {
            let text = good(&asked, user).await;
            let (text, finish) = match mood {
                Mood::Truncated => (text.chars().take(text.chars().count() / 2).collect(), "length"),
                Mood::Wrong if state.env.below(2) == 0 => (json!({ "answer": [1, 2, 3] }).to_string(), "stop"),
                Mood::Wrong => ("I am sorry, but I cannot do that.".to_owned(), "stop"),
                _ => (text, "stop"),
            };
            let tokens = body.len().div_ceil(4);
            let answer = json!({
                "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "chaos",
                "choices": [{ "index": 0, "finish_reason": finish, "message": { "role": "assistant", "content": text } }],
                "usage": { "prompt_tokens": tokens, "completion_tokens": text.len() / 4, "total_tokens": 0 },
            });
            ([("content-type", "application/json")], answer.to_string()).into_response()
        }
    }
}

/// A small picture: leases end after half a second here, in which a large one could not be drawn and made small.
fn picture(prompt: &str) -> Response {
    let scene = igny8_images::Scene { seed: prompt, brand: "chaos", width: 48, height: 32 };
    let file = igny8_ai::image::encode(&igny8_images::draw(&scene).unwrap());
    let answer = json!({ "created": 1, "data": [{ "b64_json": file }] });
    ([("content-type", "application/json")], answer.to_string()).into_response()
}

/// What the offline provider answers to the question that the prompt holds.
async fn good(asked: &Value, user: &str) -> String {
    let (function, input) = question(user);
    if let Some(twins) = input.get("keywords").and_then(twins) {
        return twins.to_string();
    }
    let request = Request {
        model: "chaos".to_owned(),
        function: function.to_owned(),
        input: Value::Object(input),
        system: asked["messages"][0]["content"].as_str().unwrap_or_default().to_owned(),
        user: user.to_owned(),
        schema: None,
        max_tokens: 16_000,
        temperature: 0.0,
        timeout: Duration::from_mins(1),
    };
    Offline.complete(&request).await.unwrap_or_else(|error| panic!("{}: {user}", error.detail)).text
}

/// One cluster of all keywords, named by the first one, where they are twins.
fn twins(keywords: &Value) -> Option<Value> {
    let all = keywords.as_array().filter(|all| !all.is_empty())?;
    let first = all[0]["keyword"].as_str().filter(|first| first.starts_with(TWINS))?;
    let numbers: Vec<_> = all.iter().map(|keyword| &keyword["id_no"]).collect();
    Some(json!({ "clusters": [{ "name": format!("On {first}"), "description": "", "keywords": numbers }] }))
}

/// The function and its input, read back from the data sections of its prompt.
fn question(user: &str) -> (&'static str, Map<String, Value>) {
    let mut input = Map::new();
    let mut function = "generate_content";
    for section in user.split("<data name=\"").skip(1) {
        let (name, rest) = section.split_once("\">\n").unwrap();
        let Ok(value) = serde_json::from_str::<Value>(rest.split_once("\n</data>").unwrap().0) else { continue };
        match (name, value) {
            ("site", Value::Object(site)) => {
                for (key, value) in site {
                    let key = if key == "name" { "site_name".to_owned() } else { key };
                    input.insert(key, value);
                }
            }
            ("brief", Value::Object(brief)) => input.extend(brief),
            ("article", Value::Object(article)) => {
                function = "generate_image_prompts";
                input.extend(article);
                // Said in the system prompt.
                input.insert("most".to_owned(), 3.into());
            }
            (name, value) => {
                match name {
                    "cluster" => function = "generate_ideas",
                    "keywords" => function = "auto_cluster",
                    _ => {}
                }
                input.insert(name.to_owned(), value);
            }
        }
    }
    if function == "generate_content" {
        // Said in the system prompt's sentences, or left out where it is empty.
        let rest = json!({ "structure": "article", "entity_type": "post", "language": "en", "estimated_words": 700 });
        input.extend(rest.as_object().unwrap().clone());
        input.entry("outline").or_insert_with(|| json!([]));
    }
    // “Write {{ count }} ideas.”
    let count = user.rsplit_once("\nWrite ").and_then(|(_, rest)| rest.split(' ').next()?.parse::<u32>().ok());
    if let Some(count) = count {
        input.insert("count".to_owned(), count.into());
    }
    (function, input)
}
