//! Trying a prompt out: one question with given variables, and the answer as it came.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    answers::{AnswerStore, Call, StoredAnswer},
    catalog::Spec,
    engine::{Options, most},
    gate::{Admission, Health},
    prompt::{Prompt, PromptError, Rendered},
    provider::{ErrorClass, Finish, JsonSchema, ProviderError, Request},
    router::Router,
};

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The system part as it was sent.
    pub system: String,
    /// The user part as it was sent.
    pub user: String,
    /// The answer as it came.
    pub raw: String,
    /// The answer as it is read; none when it cannot be.
    pub parsed: Option<Value>,
    /// Why it cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The model that answered.
    pub model: String,
    /// Tokens of the question.
    pub tokens_in: u64,
    /// Tokens of the answer.
    pub tokens_out: u64,
    /// What the call cost, in millionths of a cent; none when the model's price is not known.
    pub cost_microcents: Option<u64>,
}

/// Why nothing came of it.
#[derive(Debug)]
pub enum Stop {
    /// The template cannot be rendered.
    Prompt(PromptError),
    /// The provider did not answer.
    Provider(ProviderError),
    /// A limit stands in the way: it waits, and has not been tried.
    Limit {
        /// For how long.
        after: Duration,
        /// For the user: why, and what to do.
        sentence: String,
    },
    /// The answer could not be stored.
    Store(igny8_core::Error),
}

/// Asks once. The answer is stored before it is looked at; a rerun reads it.
///
/// # Errors
/// See [`Stop`]. An answer that cannot be read is no error: it is what was to be seen.
pub async fn run(
    router: &Router,
    spec: &Spec,
    prompt: &Prompt,
    variables: &Value,
    store: &dyn AnswerStore,
    options: &Options,
) -> Result<Trial, Stop> {
    let rendered = prompt.render(variables).map_err(Stop::Prompt)?;
    let answer = match store.load(Call::First).await.map_err(Stop::Store)? {
        Some(answer) => answer,
        None => ask(router, spec, &rendered, variables, store, options).await?,
    };
    let read = match answer.finish {
        Finish::ContentFilter => Err("The provider's content filter stopped the answer.".to_owned()),
        Finish::Stop | Finish::Length => (spec.read)(&answer.text),
    };
    let (parsed, problem) = match read {
        Ok(value) => (Some(value), None),
        Err(problem) => (None, Some(problem)),
    };
    Ok(Trial {
        system: rendered.system,
        user: rendered.user,
        raw: answer.text,
        parsed,
        problem,
        model: answer.model,
        tokens_in: answer.tokens_in,
        tokens_out: answer.tokens_out,
        cost_microcents: answer.cost_microcents,
    })
}

async fn ask(
    router: &Router,
    spec: &Spec,
    rendered: &Rendered,
    variables: &Value,
    store: &dyn AnswerStore,
    options: &Options,
) -> Result<StoredAnswer, Stop> {
    let mut request = Request {
        model: String::new(),
        function: spec.function.to_owned(),
        input: variables.clone(),
        system: rendered.system.clone(),
        user: rendered.user.clone(),
        schema: Some(JsonSchema { name: spec.function.to_owned(), schema: (spec.schema)() }),
        max_tokens: spec.max_tokens.min(options.max_tokens),
        temperature: spec.temperature,
        timeout: options.timeout,
    };
    let mut targets = router.route(spec.function, options.roll).targets.into_iter().peekable();
    let gate = options.gate.as_ref();
    while let Some(target) = targets.next() {
        match gate.admit(&target.model).await.map_err(Stop::Store)? {
            Admission::Go => {}
            Admission::Wait { .. } if targets.peek().is_some() => continue,
            Admission::Wait { after, sentence } | Admission::Stop { after, sentence } => {
                return Err(Stop::Limit { after, sentence });
            }
        }
        request.model.clone_from(&target.model.name);
        match target.provider.complete(&request).await {
            Ok(completion) => {
                let answer = StoredAnswer::of(&target, completion);
                let stored = store.save_if_absent(Call::First, &answer).await;
                let cost = answer.cost_microcents.unwrap_or_default();
                gate.report(&target.model, Health::Good, cost).await.map_err(Stop::Store)?;
                return stored.map_err(Stop::Store);
            }
            Err(error) => {
                let health = match error.class {
                    ErrorClass::RetryLater { after } => Health::Bad { after },
                    ErrorClass::OtherModel | ErrorClass::ForGood => Health::Unknown,
                };
                let cost = if error.is_unanswered { most(&target.model, &request) } else { 0 };
                gate.report(&target.model, health, cost).await.map_err(Stop::Store)?;
                if error.class != ErrorClass::OtherModel || targets.peek().is_none() {
                    return Err(Stop::Provider(error));
                }
            }
        }
    }
    Err(Stop::Store(igny8_core::Error::internal("a route without a model")))
}
