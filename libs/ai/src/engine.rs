//! Runs an AI function: prompt, call, read, check, at most one repair, and the models that stand in one after the other.
//!
//! A model that is over its limit or rests is passed over like one that cannot do it; when all of them are, the item is
//! put off without losing an attempt. Raw answers are stored before they are looked at. A rerun after a crash reads them and does not call again, so a
//! model is paid twice only when we die between its answer and the store.

mod outcome;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use serde_json::Value;
use tokio::time::Instant;

use crate::{
    answers::{AnswerStore, CHAIN, Call, StoredAnswer},
    function::AiFunction,
    gate::{Admission, Gate, Health, Open},
    price::Tokens,
    prompt::{Prompt, Rendered},
    provider::{ErrorClass, Finish, JsonSchema, ProviderError, Request},
    reader::{self, Repair},
    router::{Model, Router, Target},
};

pub use outcome::{Answer, Failure, Usage};

/// A call with less time than this left is not begun.
const MIN_CALL: Duration = Duration::from_secs(5);
/// What fails with less time than this, and less than half of what the item has, says nothing about the model.
const FAIR_CALL: Duration = Duration::from_secs(30);
/// How much of a bad answer is shown to the model again: its beginning and its end, in characters.
const SHOWN: (usize, usize) = (6_000, 2_000);

/// For the user, when no answer could be used.
const UNUSABLE: &str = "The AI model gave no usable answer, also not when it was asked again. Nothing is charged; retry, \
                        or choose another model.";

/// How to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// The tenant's own prompt; the default one when none.
    pub prompt: Option<Prompt>,
    /// How long all calls together may take.
    pub timeout: Duration,
    /// The most tokens of an answer, where the function would allow more.
    pub max_tokens: u32,
    /// The limits on calls.
    pub gate: Arc<dyn Gate>,
    /// A random number, which decides where questions are balanced between models.
    pub roll: u64,
}

impl Default for Options {
    /// The default prompt, no limits, and 240 seconds: less than a worker's 300.
    fn default() -> Self {
        Self { prompt: None, timeout: Duration::from_mins(4), max_tokens: u32::MAX, gate: Arc::new(Open), roll: 0 }
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
    let targets = VecDeque::from(router.route(F::NAME, options.roll).targets);
    let deadline = Instant::now() + options.timeout;
    let fair = FAIR_CALL.min(options.timeout / 2);
    let max_tokens = F::MAX_TOKENS.min(options.max_tokens);
    let gate = options.gate.as_ref();
    let mut run = Run { function, input, store, gate, deadline, fair, max_tokens, targets, slot: 0, usage: Vec::new() };
    let (vars, rendered) = match prepare(function, input, options.prompt.as_ref()) {
        Ok(prepared) => prepared,
        Err((sentence, detail)) => return Err(Failure::ForGood { sentence, detail, usage: run.usage }),
    };
    let request = |target: &Target, user: String| Request {
        model: target.model.name.clone(),
        function: F::NAME.to_owned(),
        input: vars.clone(),
        system: rendered.system.clone(),
        user,
        schema: Some(JsonSchema { name: F::NAME.to_owned(), schema: function.schema_of(input) }),
        max_tokens,
        temperature: F::TEMPERATURE,
        timeout: options.timeout,
    };

    // The first question, to the first model that can answer it.
    let question = |target: &Target| request(target, rendered.user.clone());
    let (answer, target) = match run.chain(question, None).await {
        Ok(answered) => answered,
        Err(stop) => return Err(run.failed(stop)),
    };
    let problem = match run.examine(&answer) {
        Ok((output, repairs)) => return Ok(Answer { output, usage: run.usage, repairs }),
        Err(problem) => problem,
    };

    // The same question again, with what was wrong.
    tracing::info!(function = F::NAME, model = answer.model, "an answer goes back to the model");
    let again = repair_prompt(&rendered.user, &answer.text, &problem);
    let mut outcome = match store.load(Call::Repair).await {
        Ok(stored) => run.call(Call::Repair, stored, &target, request(&target, again)).await,
        Err(error) => Err(error.into()),
    };
    if let Err(stop @ (Stop::OtherModel(_) | Stop::Wait { .. })) = outcome {
        outcome = run.chain(question, Some(stop)).await.map(|(answer, _)| answer);
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
fn prepare<F: AiFunction>(
    function: &F,
    input: &F::Input,
    own: Option<&Prompt>,
) -> Result<(Value, Rendered), (String, String)> {
    let internal = |detail: String| ("Something went wrong on our side. Tell the operator.".to_owned(), detail);
    let vars = serde_json::to_value(input).map_err(|error| internal(format!("the input of {}: {error}", F::NAME)))?;
    let Some(prompt) = own.cloned().or_else(|| Prompt::default_for_kind(F::NAME, function.kind(input))) else {
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
    Later {
        after: Option<Duration>,
        sentence: String,
        detail: String,
    },
    /// This model not now, another one perhaps.
    Wait {
        after: Duration,
        sentence: String,
    },
    /// No model now.
    Postponed {
        after: Duration,
        sentence: String,
    },
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
        let detail = format!("the store of raw answers or the limits: {error} ({})", error.cause().unwrap_or_default());
        let sentence = "The AI model could not be asked now, because our storage was busy.";
        Self::Later { after: None, sentence: sentence.to_owned(), detail }
    }
}

struct Run<'r, F: AiFunction> {
    function: &'r F,
    input: &'r F::Input,
    store: &'r dyn AnswerStore,
    gate: &'r dyn Gate,
    deadline: Instant,
    fair: Duration,
    max_tokens: u32,
    /// The models that have not been asked.
    targets: VecDeque<Target>,
    /// The place in [`CHAIN`] of the next first question.
    slot: usize,
    usage: Vec<Usage>,
}

impl<F: AiFunction> Run<'_, F> {
    /// Asks the models that are left, one after the other, until one answers; `before` is why that is needed.
    ///
    /// A model that is over its limit does not use up a place in the chain, so that the answers which are stored stay
    /// those of the questions which were asked.
    async fn chain(
        &mut self,
        request: impl Fn(&Target) -> Request,
        before: Option<Stop>,
    ) -> Result<(StoredAnswer, Target), Stop> {
        let mut last = before;
        while !self.targets.is_empty() {
            let call = CHAIN[self.slot.min(CHAIN.len() - 1)];
            let stored = self.store.load(call).await?;
            let behind = if stored.is_none() { self.answered_behind().await? } else { None };
            if self.is_departed(stored.as_ref()) && self.slot + 1 < CHAIN.len() {
                self.slot += 1;
                continue;
            }
            let Some(target) = self.next(stored.as_ref(), behind.as_ref()) else { break };
            // This model could not do it, and one behind it has answered: it is not asked again.
            let outcome = if behind.is_some() {
                Err(Stop::OtherModel(ProviderError::new(
                    ErrorClass::OtherModel,
                    UNUSABLE,
                    "another model answered before",
                )))
            } else {
                self.call(call, stored, &target, request(&target)).await
            };
            match outcome {
                Ok(answer) => {
                    self.slot += 1;
                    return Ok((answer, target));
                }
                Err(stop @ Stop::Wait { .. }) => last = Some(sooner(last, stop)),
                Err(stop @ Stop::OtherModel(_)) => {
                    self.slot += 1;
                    // What only has to wait may still do it.
                    last = Some(last.filter(|last| matches!(last, Stop::Wait { .. })).unwrap_or(stop));
                }
                Err(stop) => return Err(stop),
            }
        }
        Err(last.unwrap_or_else(|| Stop::Later {
            after: None,
            sentence: "There is no AI model to ask.".to_owned(),
            detail: "the route is empty".to_owned(),
        }))
    }

    /// The next model: the one that gave the stored answer, or else the first but the one that answered behind it. The
    /// order of today may be another one: a model that had to wait then was passed over.
    fn next(&mut self, stored: Option<&StoredAnswer>, behind: Option<&StoredAnswer>) -> Option<Target> {
        let mut targets = self.targets.iter();
        let at = match (stored, behind) {
            (Some(stored), _) => targets.position(|target| target.model.key() == stored.asked),
            (None, Some(behind)) => targets.position(|target| target.model.key() != behind.asked),
            (None, None) => None,
        };
        self.targets.remove(at.unwrap_or_default())
    }

    /// True for the refusal of a model that is not asked any more: it says nothing about the others.
    fn is_departed(&self, stored: Option<&StoredAnswer>) -> bool {
        stored.is_some_and(|stored| {
            stored.finish == Finish::ContentFilter
                && !stored.asked.is_empty()
                && self.targets.iter().all(|target| target.model.key() != stored.asked)
        })
    }

    /// The stored answer to the question behind this one, if there is one.
    async fn answered_behind(&self) -> Result<Option<StoredAnswer>, Stop> {
        for behind in CHAIN.iter().skip(self.slot + 1).take(self.targets.len()) {
            if let Some(answer) = self.store.load(*behind).await? {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }

    /// The stored answer of a call, or a new one, which is stored before anybody looks at it.
    async fn call(
        &mut self,
        call: Call,
        stored: Option<StoredAnswer>,
        target: &Target,
        request: Request,
    ) -> Result<StoredAnswer, Stop> {
        let answer = match stored {
            Some(stored) => stored,
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
            return Err(Stop::OtherModel(ProviderError::new(
                ErrorClass::OtherModel,
                "The AI provider's content filter stopped the answer. Change the keywords or the prompt.",
                format!("{} of {}: content filter", answer.model, answer.provider),
            )));
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
        match self.gate.admit(&target.model).await? {
            Admission::Go => {}
            Admission::Wait { after, sentence } => return Err(Stop::Wait { after, sentence }),
            Admission::Stop { after, sentence } => return Err(Stop::Postponed { after, sentence }),
        }
        request.timeout = left;
        let completion = match target.provider.complete(&request).await {
            Ok(completion) => completion,
            Err(error) => {
                let health = match error.class {
                    // A call that we ourselves gave little time says nothing about a model that all tenants share.
                    ErrorClass::RetryLater { .. } if left < self.fair => Health::Unknown,
                    ErrorClass::RetryLater { after } => Health::Bad { after },
                    ErrorClass::OtherModel | ErrorClass::ForGood => Health::Unknown,
                };
                let cost = if error.is_unanswered { most(&target.model, &request) } else { 0 };
                self.gate.report(&target.model, health, cost).await?;
                return Err(error.into());
            }
        };
        let answer = StoredAnswer::of(target, completion);
        let stored = self.store.save_if_absent(call, &answer).await;
        // Billed it is, kept or not.
        self.gate.report(&target.model, Health::Good, answer.cost_microcents.unwrap_or_default()).await?;
        Ok(stored?)
    }

    /// Reads and checks the latest answer; what is wrong about it comes back as a sentence for the model.
    fn examine(&mut self, answer: &StoredAnswer) -> Result<(F::Output, Vec<Repair>), String> {
        let shorter = format!(
            " The answer reached the limit of {} tokens; write it shorter, so that it is complete.",
            self.max_tokens
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
            Stop::Wait { after, sentence } | Stop::Postponed { after, sentence } => {
                Failure::Postponed { after, sentence, usage }
            }
            Stop::OtherModel(ProviderError { sentence, detail, .. })
            | Stop::ForGood(ProviderError { sentence, detail, .. }) => Failure::ForGood { sentence, detail, usage },
        }
    }
}

/// About the most that a call can have cost, in millionths of a cent: a token of the prompt has three bytes on average or
/// more, and the answer may have had all of its tokens. What a provider bills for an answer that we did not wait for is not known; the
/// cap on a day's cost takes it for all of that.
pub(crate) fn most(model: &Model, request: &Request) -> u64 {
    let fresh = (request.system.len() + request.user.len()).div_ceil(3) as u64;
    let tokens = Tokens { fresh, output: request.max_tokens.into(), ..Tokens::default() };
    model.price.map_or(0, |price| price.microcents(tokens))
}

/// Of two models that must wait, the one that may be asked first; anything else makes room for a wait.
fn sooner(before: Option<Stop>, new: Stop) -> Stop {
    match (before, new) {
        (Some(Stop::Wait { after, sentence }), Stop::Wait { after: new, .. }) if after <= new => {
            Stop::Wait { after, sentence }
        }
        (_, new) => new,
    }
}
