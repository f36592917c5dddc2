//! Providers of language models behind one trait, and the classes of their failures.
//!
//! Nobody outside of this crate needs to know which provider answered; prompts and answers are never logged here.

mod anthropic;
pub(crate) mod classify;
pub(crate) mod http;
pub mod offline;
mod openai;
mod schema;

use std::{fmt, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use anthropic::Anthropic;
pub use offline::Offline;
pub use openai::OpenAi;

/// The JSON Schema that an answer should fit.
#[derive(Debug, Clone, PartialEq)]
pub struct JsonSchema {
    /// A name that the provider shows the model; letters, digits and `_`.
    pub name: String,
    /// The schema, in the strict style: every property required, no additional ones.
    pub schema: Value,
}

/// One call of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The model's name, as the provider knows it.
    pub model: String,
    /// Name of the AI function that asks.
    pub function: String,
    /// The variables from which the prompt was rendered; what the offline model works from.
    pub input: Value,
    /// The system part of the prompt.
    pub system: String,
    /// The user part of the prompt.
    pub user: String,
    /// The shape of the answer, where the model can be held to one.
    pub schema: Option<JsonSchema>,
    /// At most this many tokens of answer.
    pub max_tokens: u32,
    /// Randomness of the answer, 0 to 2.
    pub temperature: f32,
    /// How long the whole call may take, second tries in another format included.
    pub timeout: Duration,
}

/// Why a model stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// It was done.
    #[default]
    Stop,
    /// It reached the token limit; the text is cut off.
    Length,
    /// A filter stopped it, or it declined.
    ContentFilter,
}

/// What a model answered.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Completion {
    /// The raw text.
    pub text: String,
    /// Why it stopped.
    pub finish: Finish,
    /// Tokens of the prompt, as the provider counts (and bills) them.
    pub tokens_in: u64,
    /// How many of them it found in its cache.
    pub tokens_cached: u64,
    /// How many of them it put into its cache and bills for that.
    pub tokens_cache_written: u64,
    /// Tokens of the answer, thinking included.
    pub tokens_out: u64,
    /// The model that answered, as the provider names it.
    pub model: String,
}

/// What to do about a failed call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorClass {
    /// The same call may succeed later.
    RetryLater {
        /// The provider's own delay.
        after: Option<Duration>,
    },
    /// This model cannot do it, another may.
    OtherModel,
    /// It needs a person.
    ForGood,
}

/// A failed call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderError {
    /// What to do about it.
    pub class: ErrorClass,
    /// A sentence for the user, that says what to do next.
    pub sentence: String,
    /// For the log alone; never holds a key.
    pub detail: String,
    /// True when the provider may have worked, and bill it: the question was sent, and no whole answer came back in time.
    pub is_unanswered: bool,
}

impl ProviderError {
    pub(crate) fn new(class: ErrorClass, sentence: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { class, sentence: sentence.into(), detail: detail.into(), is_unanswered: false }
    }
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.sentence, self.detail)
    }
}

impl std::error::Error for ProviderError {}

/// A provider of language models.
#[async_trait]
pub trait Provider: Send + Sync + fmt::Debug {
    /// A short name for usage records, as `openai`.
    fn name(&self) -> &'static str;

    /// Calls a model once.
    ///
    /// # Errors
    /// [`ProviderError`], classed.
    async fn complete(&self, request: &Request) -> Result<Completion, ProviderError>;
}
