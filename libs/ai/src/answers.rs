//! Raw answers: which call each belongs to, and where they are kept.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::{
    price::Tokens,
    provider::{Completion, Finish},
    router::{MOST_MODELS, Target},
};

/// Which of the calls of one item an answer came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// The first question.
    First,
    /// The same question with what was wrong about the answer.
    Repair,
    /// The first question to the model that stands in.
    Fallback,
    /// The same to the one behind it.
    SecondFallback,
    /// The same to the last one.
    ThirdFallback,
}

/// The first question, to one model after the other.
pub(crate) const CHAIN: [Call; MOST_MODELS] = [Call::First, Call::Fallback, Call::SecondFallback, Call::ThirdFallback];

impl Call {
    /// Its name in keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Repair => "repair",
            Self::Fallback => "fallback",
            Self::SecondFallback => "fallback-2",
            Self::ThirdFallback => "fallback-3",
        }
    }
}

/// A raw answer, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// The raw text.
    pub text: String,
    /// Why the model stopped.
    pub finish: Finish,
    /// The model that was asked, as `openai:gpt-4.1-mini`; empty in answers from before this was kept.
    #[serde(default)]
    pub asked: String,
    /// The model that answered, as the provider names it.
    pub model: String,
    /// Its provider.
    pub provider: String,
    /// Tokens of the prompt.
    pub tokens_in: u64,
    /// Tokens of the prompt that the provider found in its cache; part of `tokens_in`.
    #[serde(default)]
    pub tokens_cached: u64,
    /// Tokens of the answer.
    pub tokens_out: u64,
    /// What the call cost, in millionths of a cent; `None` when the model's price is not known.
    pub cost_microcents: Option<u64>,
}

impl StoredAnswer {
    /// What a model answered, with what that costs.
    pub fn of(target: &Target, completion: Completion) -> Self {
        let tokens = Tokens {
            fresh: completion.tokens_in.saturating_sub(completion.tokens_cached + completion.tokens_cache_written),
            cached: completion.tokens_cached,
            cache_written: completion.tokens_cache_written,
            output: completion.tokens_out,
        };
        Self {
            cost_microcents: target.model.price.map(|price| price.microcents(tokens)),
            text: completion.text,
            asked: target.model.key(),
            finish: completion.finish,
            model: completion.model,
            provider: target.provider.name().to_owned(),
            tokens_in: completion.tokens_in,
            tokens_cached: completion.tokens_cached,
            tokens_out: completion.tokens_out,
        }
    }
}

/// Where raw answers are kept, for one item and one generation of it.
#[async_trait]
pub trait AnswerStore: Send + Sync {
    /// The answer of a call, if it was stored.
    async fn load(&self, call: Call) -> igny8_core::Result<Option<StoredAnswer>>;

    /// Stores an answer unless there is one already; gives back the one that is stored.
    async fn save_if_absent(&self, call: Call, answer: &StoredAnswer) -> igny8_core::Result<StoredAnswer>;
}

/// Keeps nothing: for trying a prompt out.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoStore;

#[async_trait]
impl AnswerStore for NoStore {
    async fn load(&self, _call: Call) -> igny8_core::Result<Option<StoredAnswer>> {
        Ok(None)
    }

    async fn save_if_absent(&self, _call: Call, answer: &StoredAnswer) -> igny8_core::Result<StoredAnswer> {
        Ok(answer.clone())
    }
}
