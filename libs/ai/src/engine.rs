//! Runs an AI function: prompt, call, read, check, and at most one repair and one fallback.
//!
//! Raw answers are stored before they are looked at. A rerun after a crash reads them and does not call again, so a
//! model is paid twice only when we die between its answer and the store.

use std::time::Duration;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use crate::{
    function::AiFunction,
    prompt::{Prompt, Rendered},
    provider::{ErrorClass, Finish, JsonSchema, ProviderError, Request},
    reader::{self, Repair, RepairKind},
    router::{Router, Target},
};

/// A call with less time than this left is not begun.
const MIN_CALL: Duration = Duration::from_secs(5);
/// How much of a bad answer is shown to the model again: its beginning and its end, in characters.
const SHOWN: (usize, usize) = (6_000, 2_000);

/// For the user, when no answer could be used.
const UNUSABLE: &str = "The AI model gave no usable answer, also not when it was asked again. Nothing is charged; retry, \
                        or choose another model.";

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
}

impl Call {
    /// Its name in keys.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Repair => "repair",
            Self::Fallback => "fallback",
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
    /// The model that answered.
    pub model: String,
    /// Its provider.
    pub provider: String,
    /// Tokens of the prompt.
    pub tokens_in: u64,
    /// Tokens of the answer.
    pub tokens_out: u64,
    /// What the call cost, in millionths of a cent; `None` when the model's price is not known.
    pub cost_microcents: Option<u64>,
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

/// What one call used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The AI function.
    pub function: String,
    /// Which call.
    pub call: Call,
    /// The model that answered.
    pub model: String,
    /// Its provider.
    pub provider: String,
    /// Tokens of the prompt.
    pub tokens_in: u64,
    /// Tokens of the answer.
    pub tokens_out: u64,
    /// Its cost in millionths of a cent; `None` when the model's price is not known.
    pub cost_microcents: Option<u64>,
    /// What had to be repaired in the answer.
    pub repaired: Vec<RepairKind>,
}

/// A usable answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer<T> {
    /// The checked output.
    pub output: T,
    /// What every call used, the useless ones too.
    pub usage: Vec<Usage>,
    /// What was repaired in the answer that is used.
    pub repairs: Vec<Repair>,
}

/// Why there is no usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// The same item may succeed later.
    RetryLater {
        /// The provider's own delay.
        after: Option<Duration>,
        /// For the user.
        sentence: String,
        /// For the log.
        detail: String,
        /// What was paid for nevertheless.
        usage: Vec<Usage>,
    },
    /// Another try would end the same way.
    ForGood {
        /// For the user.
        sentence: String,
        /// For the log.
        detail: String,
        /// What was paid for nevertheless.
        usage: Vec<Usage>,
    },
}

impl Failure {
    /// The sentence for the user.
    pub fn sentence(&self) -> &str {
        match self {
            Self::RetryLater { sentence, .. } | Self::ForGood { sentence, .. } => sentence,
        }
    }

    /// The detail for the log.
    pub fn detail(&self) -> &str {
        match self {
            Self::RetryLater { detail, .. } | Self::ForGood { detail, .. } => detail,
        }
    }

    /// What was paid for nevertheless.
    pub fn usage(&self) -> &[Usage] {
        match self {
            Self::RetryLater { usage, .. } | Self::ForGood { usage, .. } => usage,
        }
    }
}

/// How to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The tenant's own prompt; the default one when none.
    pub prompt: Option<Prompt>,
    /// How long all calls together may take.
    pub timeout: Duration,
}

impl Default for Options {
    /// The default prompt, and 240 seconds: less than a worker's 300.
    fn default() -> Self {
        Self { prompt: None, timeout: Duration::from_mins(4) }
    }
}

/// Runs an AI function once for one item.
///
/// # Errors
/// [`Failure`], classed.
pub async fn run<F: AiFunction>(
    router: &Router,
    function: &F,
    input: &F::Input,
    store: &dyn AnswerStore,
    options: &Options,
) -> Result<Answer<F::Output>, Failure> {
    let route = router.route(F::NAME);
    let mut run = Run { function, input, store, deadline: Instant::now() + options.timeout, usage: Vec::new() };
    let (vars, rendered) = match prepare::<F>(input, options.prompt.as_ref()) {
        Ok(prepared) => prepared,
        Err((sentence, detail)) => return Err(Failure::ForGood { sentence, detail, usage: run.usage }),
    };
    let request = |target: &Target, user: String| Request {
        model: target.model.name.clone(),
        function: F::NAME.to_owned(),
        input: vars.clone(),
        system: rendered.system.clone(),
        user,
        schema: Some(JsonSchema { name: F::NAME.to_owned(), schema: F::schema() }),
        max_tokens: F::MAX_TOKENS,
        temperature: F::TEMPERATURE,
        timeout: options.timeout,
    };

    // The first question, or the model that stands in.
    let mut spare = route.fallback;
    let mut target = route.first;
    let mut outcome = run.call(Call::First, &target, request(&target, rendered.user.clone()), spare.is_some()).await;
    if let (Err(Stop::OtherModel(_)), Some(other)) = (&outcome, spare.clone()) {
        spare = None;
        outcome = run.call(Call::Fallback, &other, request(&other, rendered.user.clone()), false).await;
        target = other;
    }
    let answer = match outcome {
        Ok(answer) => answer,
        Err(stop) => return Err(run.failed(stop)),
    };
    let problem = match run.examine(&answer) {
        Ok((output, repairs)) => return Ok(Answer { output, usage: run.usage, repairs }),
        Err(problem) => problem,
    };

    // The same question again, with what was wrong.
    tracing::info!(function = F::NAME, model = answer.model, "an answer goes back to the model");
    let again = repair_prompt(&rendered.user, &answer.text, &problem);
    let mut outcome = run.call(Call::Repair, &target, request(&target, again), spare.is_some()).await;
    if let (Err(Stop::OtherModel(_)), Some(other)) = (&outcome, spare) {
        outcome = run.call(Call::Fallback, &other, request(&other, rendered.user.clone()), false).await;
    }
    let answer = match outcome {
        Ok(answer) => answer,
        Err(stop) => return Err(run.failed(stop)),
    };
    match run.examine(&answer) {
        Ok((output, repairs)) => Ok(Answer { output, usage: run.usage, repairs }),
        Err(problem) => Err(Failure::ForGood {
            sentence: UNUSABLE.to_owned(),
            detail: format!("{} of {}: {problem}", answer.model, answer.provider),
            usage: run.usage,
        }),
    }
}

/// The variables and the rendered prompt, or a sentence and a detail about why there is none.
fn prepare<F: AiFunction>(input: &F::Input, own: Option<&Prompt>) -> Result<(Value, Rendered), (String, String)> {
    let internal = |detail: String| ("Something went wrong on our side. Tell the operator.".to_owned(), detail);
    let vars = serde_json::to_value(input).map_err(|error| internal(format!("the input of {}: {error}", F::NAME)))?;
    let Some(prompt) = own.cloned().or_else(|| Prompt::default_for(F::NAME)) else {
        return Err(internal(format!("{} has no prompt", F::NAME)));
    };
    let rendered = prompt
        .render(&vars)
        .map_err(|error| (format!("The prompt of {} cannot be used. {error}", F::NAME), error.to_string()))?;
    Ok((vars, rendered))
}

/// The question again, with the bad answer (its middle left out when it is long) and what was wrong about it.
fn repair_prompt(user: &str, bad: &str, problem: &str) -> String {
    let (head, tail) = SHOWN;
    let count = bad.chars().count();
    let shown = if count > head + tail {
        let begin: String = bad.chars().take(head).collect();
        let end: String = bad.chars().skip(count - tail).collect();
        format!("{begin}\n[…]\n{end}")
    } else {
        bad.to_owned()
    };
    let shown = shown.replace("</previous_answer>", "");
    format!(
        "{user}\n\nYour previous answer was:\n<previous_answer>\n{shown}\n</previous_answer>\n\nIt cannot be used. \
         {problem}\nAnswer again: the whole corrected JSON object, and nothing else."
    )
}

/// Why a call gave no answer that can be looked at.
enum Stop {
    OtherModel(ProviderError),
    Later { after: Option<Duration>, sentence: String, detail: String },
    ForGood(ProviderError),
}

impl From<ProviderError> for Stop {
    fn from(error: ProviderError) -> Self {
        match error.class {
            ErrorClass::RetryLater { after } => Self::Later { after, sentence: error.sentence, detail: error.detail },
            ErrorClass::OtherModel => Self::OtherModel(error),
            ErrorClass::ForGood => Self::ForGood(error),
        }
    }
}

impl From<igny8_core::Error> for Stop {
    fn from(error: igny8_core::Error) -> Self {
        let detail = format!("the store of raw answers: {error} ({})", error.cause().unwrap_or_default());
        let sentence = "The answer of the AI model could not be stored now.";
        Self::Later { after: None, sentence: sentence.to_owned(), detail }
    }
}

struct Run<'r, F: AiFunction> {
    function: &'r F,
    input: &'r F::Input,
    store: &'r dyn AnswerStore,
    deadline: Instant,
    usage: Vec<Usage>,
}

impl<F: AiFunction> Run<'_, F> {
    /// The stored answer of a call, or a new one, which is stored before anybody looks at it.
    ///
    /// With `or_fallback`, a call without an answer is not made again when the fallback has answered already: it was
    /// the model that could not do it.
    async fn call(
        &mut self,
        call: Call,
        target: &Target,
        request: Request,
        or_fallback: bool,
    ) -> Result<StoredAnswer, Stop> {
        let answer = match self.store.load(call).await? {
            Some(stored) => stored,
            None if or_fallback && self.store.load(Call::Fallback).await?.is_some() => {
                return Err(Stop::OtherModel(ProviderError {
                    class: ErrorClass::OtherModel,
                    sentence: UNUSABLE.to_owned(),
                    detail: "the fallback answered before".to_owned(),
                }));
            }
            None => self.ask(call, target, request).await?,
        };
        self.usage.push(Usage {
            function: F::NAME.to_owned(),
            call,
            model: answer.model.clone(),
            provider: answer.provider.clone(),
            tokens_in: answer.tokens_in,
            tokens_out: answer.tokens_out,
            cost_microcents: answer.cost_microcents,
            repaired: Vec::new(),
        });
        if answer.finish == Finish::ContentFilter {
            return Err(Stop::OtherModel(ProviderError {
                class: ErrorClass::OtherModel,
                sentence: "The AI provider's content filter stopped the answer. Change the keywords or the prompt."
                    .to_owned(),
                detail: format!("{} of {}: content filter", answer.model, answer.provider),
            }));
        }
        Ok(answer)
    }

    async fn ask(&self, call: Call, target: &Target, mut request: Request) -> Result<StoredAnswer, Stop> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left < MIN_CALL {
            return Err(Stop::Later {
                after: None,
                sentence: "The AI model took too long to answer.".to_owned(),
                detail: format!("no time left for the call {}", call.as_str()),
            });
        }
        request.timeout = left;
        let completion = target.provider.complete(&request).await?;
        let price = target.model.price;
        let answer = StoredAnswer {
            cost_microcents: price.map(|price| price.microcents(completion.tokens_in, completion.tokens_out)),
            text: completion.text,
            finish: completion.finish,
            model: completion.model,
            provider: target.provider.name().to_owned(),
            tokens_in: completion.tokens_in,
            tokens_out: completion.tokens_out,
        };
        Ok(self.store.save_if_absent(call, &answer).await?)
    }

    /// Reads and checks the latest answer; what is wrong about it comes back as a sentence for the model.
    fn examine(&mut self, answer: &StoredAnswer) -> Result<(F::Output, Vec<Repair>), String> {
        let shorter = format!(
            " The answer reached the limit of {} tokens; write it shorter, so that it is complete.",
            F::MAX_TOKENS
        );
        let read = reader::read::<F::Output>(&answer.text).map_err(|error| match answer.finish {
            Finish::Length if !error.cut => format!("{error}{shorter}"),
            _ => error.to_string(),
        })?;
        if let Some(usage) = self.usage.last_mut() {
            usage.repaired = read.repairs.iter().map(|repair| repair.kind).collect();
        }
        if read.is_cut() && !self.function.accepts_cut() {
            return Err(format!("The answer ends before the JSON does.{shorter}"));
        }
        let output = self.function.check(self.input, read.value)?;
        Ok((output, read.repairs))
    }

    fn failed(self, stop: Stop) -> Failure {
        let usage = self.usage;
        match stop {
            Stop::Later { after, sentence, detail } => Failure::RetryLater { after, sentence, detail, usage },
            Stop::OtherModel(ProviderError { sentence, detail, .. })
            | Stop::ForGood(ProviderError { sentence, detail, .. }) => Failure::ForGood { sentence, detail, usage },
        }
    }
}
