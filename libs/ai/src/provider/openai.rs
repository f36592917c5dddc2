//! Any endpoint that speaks OpenAI's chat completions: OpenAI, llama.cpp, Ollama, vLLM, OpenRouter, Groq, Mistral, ….
//!
//! What a model can do is found out by asking: JSON Schema first, after a refusal a JSON object, then plain text; the
//! same for the names of parameters. What was found is remembered per model while the process lives.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, PoisonError},
};

use async_trait::async_trait;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    Completion, ErrorClass, Finish, Provider, ProviderError, Request,
    classify::{self, About, Reason},
    http::{Answer, Http},
    schema::Ordered,
};

/// Calls of one `complete`: each may take back one thing that the model does not know.
const MAX_TRIES: usize = 5;

/// How an answer's shape is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Format {
    #[default]
    Schema,
    Object,
    Text,
}

impl Format {
    const fn weaker(self) -> Option<Self> {
        match self {
            Self::Schema => Some(Self::Object),
            Self::Object => Some(Self::Text),
            Self::Text => None,
        }
    }
}

/// What a model understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Abilities {
    format: Format,
    /// It wants `max_completion_tokens` for `max_tokens`, as newer OpenAI models do.
    completion_tokens: bool,
    no_temperature: bool,
}

/// An OpenAI-compatible endpoint.
pub struct OpenAi {
    base_url: String,
    key: String,
    http: Http,
    known: Mutex<HashMap<String, Abilities>>,
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAi").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl OpenAi {
    /// An endpoint; `base_url` includes `/v1`. An empty key fails every call with a sentence that says so.
    pub fn new(base_url: impl Into<String>, key: impl Into<String>) -> Self {
        let base_url = base_url.into().trim().trim_end_matches('/').to_owned();
        Self { base_url, key: key.into().trim().to_owned(), http: Http::default(), known: Mutex::default() }
    }

    fn abilities(&self, model: &str) -> Abilities {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(model).copied().unwrap_or_default()
    }

    fn remember(&self, model: &str, abilities: Abilities) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(model.to_owned(), abilities);
    }
}

/// The body of a request, field by field in the order in which it is read best.
#[derive(Serialize)]
struct ChatRequest<'r> {
    model: &'r str,
    stream: bool,
    messages: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat<'r>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ResponseFormat<'r> {
    JsonSchema { json_schema: NamedSchema<'r> },
    JsonObject,
}

#[derive(Serialize)]
struct NamedSchema<'r> {
    name: &'r str,
    strict: bool,
    schema: Ordered<'r>,
}

fn body(request: &Request, abilities: Abilities) -> String {
    let mut system = request.system.clone();
    let response_format = request.schema.as_ref().and_then(|schema| {
        let ordered = Ordered(&schema.schema);
        if abilities.format != Format::Schema {
            system.push_str("\n\nAnswer with one JSON object that fits this JSON Schema, and nothing else:\n");
            system.push_str(&serde_json::to_string(&ordered).unwrap_or_default());
        }
        match abilities.format {
            Format::Schema => Some(ResponseFormat::JsonSchema {
                json_schema: NamedSchema { name: &schema.name, strict: true, schema: ordered },
            }),
            Format::Object => Some(ResponseFormat::JsonObject),
            Format::Text => None,
        }
    });
    let chat = ChatRequest {
        model: &request.model,
        stream: false,
        messages: json!([
            { "role": "system", "content": system },
            { "role": "user", "content": request.user },
        ]),
        max_tokens: (!abilities.completion_tokens).then_some(request.max_tokens),
        max_completion_tokens: abilities.completion_tokens.then_some(request.max_tokens),
        temperature: (!abilities.no_temperature).then(|| (f64::from(request.temperature) * 100.0).round() / 100.0),
        response_format,
    };
    // Texts and numbers only, which always serialize.
    serde_json::to_string(&chat).unwrap_or_default()
}

/// What to leave out after a refusal; `None` when nothing is left that could help.
fn adapt(abilities: Abilities, reason: &Reason, has_schema: bool) -> Option<Abilities> {
    match reason.about() {
        About::MaxTokens if !abilities.completion_tokens => Some(Abilities { completion_tokens: true, ..abilities }),
        About::Temperature if !abilities.no_temperature => Some(Abilities { no_temperature: true, ..abilities }),
        // Some servers refuse a format they do not know without naming it.
        About::Format | About::Unknown if has_schema => {
            abilities.format.weaker().map(|format| Abilities { format, ..abilities })
        }
        _ => None,
    }
}

#[async_trait]
impl Provider for OpenAi {
    fn name(&self) -> &'static str {
        "openai"
    }

    async fn complete(&self, request: &Request) -> Result<Completion, ProviderError> {
        if self.key.is_empty() {
            return Err(ProviderError::new(
                ErrorClass::ForGood,
                "No API key is set for the AI provider. Set one, then retry the failed items.",
                "openai: the key is missing",
            ));
        }
        let url = format!("{}/chat/completions", self.base_url);
        let bearer = format!("Bearer {}", self.key);
        let deadline = Instant::now() + request.timeout;
        let known = self.abilities(&request.model);
        let mut abilities = known;
        let mut tries = 0;
        loop {
            tries += 1;
            let left = deadline.saturating_duration_since(Instant::now());
            let answer = self.http.post(&url, &[("authorization", &bearer)], body(request, abilities), left).await?;
            if answer.status == StatusCode::OK {
                let completion = self.read(request, &answer)?;
                if abilities != known {
                    self.remember(&request.model, abilities);
                }
                return Ok(completion);
            }
            let reason = Reason::of(&answer.body);
            if matches!(answer.status.as_u16(), 400 | 422) {
                if let Some(text) = reason.failed_generation {
                    return Ok(Completion { text, model: request.model.clone(), ..Completion::default() });
                }
                let adapted = adapt(abilities, &reason, request.schema.is_some());
                if let (Some(adapted), true) = (adapted, tries < MAX_TRIES) {
                    tracing::info!(model = request.model, ?adapted, "the model refused a parameter");
                    abilities = adapted;
                    continue;
                }
            }
            return Err(classify::refusal(self.name(), &request.model, &self.key, &answer));
        }
    }
}

impl OpenAi {
    fn read(&self, request: &Request, answer: &Answer) -> Result<Completion, ProviderError> {
        if let Some(error) = classify::hidden(self.name(), &request.model, &self.key, answer) {
            return Err(error);
        }
        let alien = || classify::alien(self.name(), &request.model, &self.key, answer);
        let body: ChatBody = serde_json::from_slice(&answer.body).map_err(|_| alien())?;
        let choice = body.choices.into_iter().next().ok_or_else(alien)?;
        let refused = choice.message.refusal.is_some_and(|refusal| !refusal.is_empty());
        let finish = match choice.finish_reason.as_deref() {
            Some("content_filter") => Finish::ContentFilter,
            _ if refused => Finish::ContentFilter,
            Some("length" | "max_tokens") => Finish::Length,
            _ => Finish::Stop,
        };
        let mut text = choice.message.content.map(Content::text).unwrap_or_default();
        // Asked for JSON, some models call a function that nobody offered and put the answer into its arguments.
        if text.trim().is_empty() {
            let calls = choice.message.tool_calls.unwrap_or_default();
            if let Some(call) = calls.into_iter().next() {
                text = call.function.arguments;
            }
        }
        let usage = body.usage.unwrap_or_default();
        Ok(Completion {
            text,
            finish,
            tokens_in: usage.prompt_tokens.unwrap_or_default(),
            tokens_cached: usage.prompt_tokens_details.and_then(|of| of.cached_tokens).unwrap_or_default(),
            tokens_cache_written: 0,
            tokens_out: usage.completion_tokens.unwrap_or_default(),
            model: body.model.filter(|model| !model.is_empty()).unwrap_or_else(|| request.model.clone()),
        })
    }
}

#[derive(Deserialize)]
struct ChatBody {
    choices: Vec<Choice>,
    model: Option<String>,
    usage: Option<ChatUsage>,
}

#[derive(Deserialize)]
struct Choice {
    message: Message,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Message {
    content: Option<Content>,
    refusal: Option<String>,
    tool_calls: Option<Vec<ToolCall>>,
}

/// Text, or a list of parts as some servers send it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

impl Content {
    fn text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Parts(parts) => parts.into_iter().filter_map(|part| part.text).collect(),
        }
    }
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
}

#[derive(Deserialize)]
struct ToolCall {
    function: ToolFunction,
}

#[derive(Deserialize)]
struct ToolFunction {
    #[serde(default)]
    arguments: String,
}

#[derive(Deserialize, Default)]
struct ChatUsage {
    prompt_tokens: Option<u64>,
    prompt_tokens_details: Option<PromptTokens>,
    completion_tokens: Option<u64>,
}

#[derive(Deserialize)]
struct PromptTokens {
    cached_tokens: Option<u64>,
}
