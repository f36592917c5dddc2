//! Anthropic's messages API. The shape of an answer is asked for as the input of a tool that must be used.

use std::fmt;

use async_trait::async_trait;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Completion, ErrorClass, Finish, Provider, ProviderError, Request, classify,
    http::{Answer, Http},
    schema::Ordered,
};

/// The version of the API that the bodies here follow.
const VERSION: &str = "2023-06-01";

/// The messages API.
pub struct Anthropic {
    base_url: String,
    key: String,
    http: Http,
}

impl fmt::Debug for Anthropic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Anthropic").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl Anthropic {
    /// Anthropic's own address.
    pub const BASE_URL: &'static str = "https://api.anthropic.com";

    /// An endpoint; `base_url` without `/v1`. An empty key fails every call with a sentence that says so.
    pub fn new(base_url: impl Into<String>, key: impl Into<String>) -> Self {
        let base_url = base_url.into().trim().trim_end_matches('/').trim_end_matches("/v1").to_owned();
        Self { base_url, key: key.into().trim().to_owned(), http: Http::default() }
    }
}

#[derive(Serialize)]
struct MessageRequest<'r> {
    model: &'r str,
    max_tokens: u32,
    temperature: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    system: Option<Value>,
    messages: Value,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Value>,
}

#[derive(Serialize)]
struct Tool<'r> {
    name: &'r str,
    description: &'static str,
    input_schema: Ordered<'r>,
}

/// The system part, which is the same for all questions of a function: kept by the provider for some minutes together
/// with the tool before it, and cheaper from there.
///
/// <https://docs.anthropic.com/en/docs/build-with-claude/prompt-caching>
fn system(text: &str) -> Option<Value> {
    let block = || json!([{ "type": "text", "text": text, "cache_control": { "type": "ephemeral" } }]);
    (!text.is_empty()).then(block)
}

fn body(request: &Request) -> String {
    let schema = request.schema.as_ref();
    let message = MessageRequest {
        model: &request.model,
        max_tokens: request.max_tokens,
        temperature: (f64::from(request.temperature).clamp(0.0, 1.0) * 100.0).round() / 100.0,
        system: system(&request.system),
        messages: json!([{ "role": "user", "content": request.user }]),
        tools: schema
            .map(|schema| Tool {
                name: &schema.name,
                description: "Takes the finished answer.",
                input_schema: Ordered(&schema.schema),
            })
            .into_iter()
            .collect(),
        tool_choice: schema.map(|schema| json!({ "type": "tool", "name": schema.name })),
    };
    // Texts and numbers only, which always serialize.
    serde_json::to_string(&message).unwrap_or_default()
}

#[async_trait]
impl Provider for Anthropic {
    fn name(&self) -> &'static str {
        "anthropic"
    }

    async fn complete(&self, request: &Request) -> Result<Completion, ProviderError> {
        if self.key.is_empty() {
            return Err(ProviderError::new(
                ErrorClass::ForGood,
                "No API key is set for the AI provider. Set one, then retry the failed items.",
                "anthropic: the key is missing",
            ));
        }
        let url = format!("{}/v1/messages", self.base_url);
        let headers = [("x-api-key", self.key.as_str()), ("anthropic-version", VERSION)];
        let answer = self.http.post(&url, &headers, body(request), request.timeout).await?;
        if answer.status != StatusCode::OK {
            return Err(classify::refusal(self.name(), &request.model, &self.key, &answer));
        }
        self.read(request, &answer)
    }
}

impl Anthropic {
    fn read(&self, request: &Request, answer: &Answer) -> Result<Completion, ProviderError> {
        if let Some(error) = classify::hidden(self.name(), &request.model, &self.key, answer) {
            return Err(error);
        }
        let body: MessageBody = serde_json::from_slice(&answer.body)
            .map_err(|_| classify::alien(self.name(), &request.model, &self.key, answer))?;
        let finish = match body.stop_reason.as_deref() {
            Some("max_tokens" | "model_context_window_exceeded") => Finish::Length,
            Some("refusal") => Finish::ContentFilter,
            _ => Finish::Stop,
        };
        let mut text = String::new();
        let mut input = None;
        for block in body.content {
            match block.kind.as_str() {
                "text" => text.push_str(&block.text.unwrap_or_default()),
                "tool_use" => input = block.input.or(input),
                // Thoughts, citations and what may come: not part of the answer.
                _ => {}
            }
        }
        let tokens_cached = body.usage.cache_read_input_tokens.unwrap_or_default();
        let tokens_cache_written = body.usage.cache_creation_input_tokens.unwrap_or_default();
        Ok(Completion {
            text: input.map_or(text, |input| input.to_string()),
            finish,
            tokens_in: body.usage.input_tokens + tokens_cached + tokens_cache_written,
            tokens_cached,
            tokens_cache_written,
            tokens_out: body.usage.output_tokens,
            model: body.model.unwrap_or_else(|| request.model.clone()),
        })
    }
}

#[derive(Deserialize)]
struct MessageBody {
    content: Vec<Block>,
    stop_reason: Option<String>,
    model: Option<String>,
    usage: MessageUsage,
}

#[derive(Deserialize)]
struct Block {
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    input: Option<Value>,
}

#[derive(Deserialize)]
#[allow(clippy::struct_field_names, reason = "named as the API names them")]
struct MessageUsage {
    input_tokens: u64,
    output_tokens: u64,
    cache_read_input_tokens: Option<u64>,
    cache_creation_input_tokens: Option<u64>,
}
