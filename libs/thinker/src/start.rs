//! What costs: testing a prompt, running its golden set, drafting. Each is a job.

use igny8_ai::{
    Prompt,
    catalog::{self, Spec},
    golden,
    shapes::ENTITY_TYPES,
};
use igny8_core::{Credits, Ctx, Error, Result};
use igny8_table::Effects;
use igny8_work::{FunctionSpec, Job, JobCreate, NewItem};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{Thinker, line, prompts::spec, trial::input_key, within};

/// Tries a prompt.
pub(crate) const TEST_PROMPT: FunctionSpec = FunctionSpec { name: "test_prompt", queue: "thinker", max_attempts: 3 };
/// Asks the golden set.
pub(crate) const CHECK_PROMPT: FunctionSpec = FunctionSpec { name: "check_prompt", queue: "thinker", max_attempts: 3 };

/// The most bytes of the variables of a test.
const MOST_VARIABLES: usize = 32 * 1024;

/// A test of a prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TestRequest {
    /// Which prompt, as `generate_content.post`.
    pub function: String,
    /// The template to try; the one that is live without it.
    #[serde(default)]
    pub prompt: Option<String>,
    /// The version to try, in place of a template.
    #[serde(default)]
    pub version: Option<u32>,
    /// What to render it from; the example of each variable without it.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    pub variables: Option<Value>,
    /// The model, one of those that the operator has set up.
    #[serde(default)]
    pub model: Option<String>,
}

/// What a test asks, as its worker finds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TestInput {
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) variables: Value,
    #[serde(default)]
    pub(crate) model: Option<String>,
}

/// Whether a version goes live although it was not found good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Activation {
    /// An admin answers for it.
    #[serde(default)]
    pub overrule: bool,
}

/// What to draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Draft {
    /// A prompt.
    Prompt,
    /// An author profile.
    Persona,
    /// A strategy.
    Strategy,
}

impl Draft {
    pub(crate) const fn function(self) -> FunctionSpec {
        let name = match self {
            Self::Prompt => "draft_prompt",
            Self::Persona => "draft_persona",
            Self::Strategy => "draft_strategy",
        };
        FunctionSpec { name, queue: "thinker", max_attempts: 3 }
    }
}

/// A wish in plain words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftRequest {
    /// What to draft.
    pub kind: Draft,
    /// What it should be like, 5 to 1,000 characters.
    pub wish: String,
    /// For a prompt: which one.
    #[serde(default)]
    pub prompt: Option<String>,
    /// For a strategy: the kind of content.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// BCP 47 tag of the language to answer in; English without it.
    #[serde(default)]
    pub language: Option<String>,
}

impl Thinker {
    /// What a test would cost: what an answer of this function costs.
    pub async fn plan_test(&self, ctx: &Ctx, request: &TestRequest) -> Result<(Credits, usize)> {
        let (spec, _) = self.test_input(ctx, request).await?;
        Ok((Credits(spec.credits), 1))
    }

    /// Tries a prompt: one question, and the answer as it comes.
    ///
    /// Errors: a template that cannot be rendered (422), with the line; too few credits (402).
    pub async fn test(&self, ctx: &Ctx, request: &TestRequest) -> Result<Job> {
        let (spec, input) = self.test_input(ctx, request).await?;
        let mut create = job(ctx, TEST_PROMPT, Vec::new());
        let key = input_key(ctx.tenant, create.id);
        create.items.push(NewItem {
            title: format!("Test: {}", spec.title),
            input: json!({ "key": key }),
            price: Credits(spec.credits),
        });
        self.cloud.put_json("thinker.put_test", &key, &input).await?;
        self.work.create(ctx, create).await
    }

    async fn test_input(&self, ctx: &Ctx, request: &TestRequest) -> Result<(&'static Spec, TestInput)> {
        let spec = catalog::find(&request.function)
            .ok_or_else(|| Error::invalid("function", "is no prompt; GET /api/thinker/prompts lists them"))?;
        let prompt = match (&request.prompt, request.version) {
            (Some(_), Some(_)) => return Err(Error::invalid("version", "send a prompt or a version, not both")),
            (Some(text), None) => Prompt::override_for(spec.function, text)
                .map_err(|error| Error::invalid("prompt", error.to_string()))?,
            (None, Some(number)) => self.version_prompt(ctx, spec, number).await?,
            (None, None) => self.live_or_default(ctx, spec).await?.0,
        };
        let variables = with_sample(spec, request.variables.clone())?;
        prompt.render(&variables).map_err(|error| Error::invalid("prompt", error.to_string()))?;
        let model = request.model.as_deref().map(|model| line("model", model, 1, 100)).transpose()?;
        Ok((spec, TestInput { name: spec.name.to_owned(), text: prompt.text(), variables, model }))
    }

    /// What a golden run of a version would cost: one answer for each question. The answers of the prompt that is live,
    /// which it is held against, are not charged.
    pub async fn plan_check(&self, ctx: &Ctx, name: &str, number: u32) -> Result<(Credits, usize)> {
        let spec = spec(name)?;
        self.version_prompt(ctx, spec, number).await?;
        let cases = golden::cases(spec).len();
        Ok((Credits(spec.credits * cases as i64), cases))
    }

    /// Asks the golden set with a version and with what is live: one item for each question.
    pub async fn check_prompt(&self, ctx: &Ctx, name: &str, number: u32) -> Result<Job> {
        let spec = spec(name)?;
        self.version_prompt(ctx, spec, number).await?;
        let item = |case: golden::Case| NewItem {
            title: format!("{} {number}: {}", spec.title, case.name),
            input: json!({ "name": spec.name, "number": number, "case": case.name }),
            price: Credits(spec.credits),
        };
        let items = golden::cases(spec).into_iter().map(item).collect();
        self.work.create(ctx, job(ctx, CHECK_PROMPT, items)).await
    }

    /// What a draft would cost.
    pub fn plan_draft(&self, request: &DraftRequest) -> Result<(Credits, usize)> {
        let (spec, _) = draft_input(request)?;
        Ok((Credits(spec.credits), 1))
    }

    /// Drafts something to edit. Nothing is saved by itself.
    pub async fn draft(&self, ctx: &Ctx, request: &DraftRequest) -> Result<Job> {
        let (spec, input) = draft_input(request)?;
        let item = NewItem { title: spec.title.to_owned(), input, price: Credits(spec.credits) };
        self.work.create(ctx, job(ctx, request.kind.function(), vec![item])).await
    }
}

/// A job of no site.
fn job(ctx: &Ctx, function: FunctionSpec, items: Vec<NewItem>) -> JobCreate {
    let (millis, random) = ctx.seed();
    JobCreate { id: igny8_core::JobId::new(millis, random), function, site_id: None, items, effects: Effects::new() }
}

/// The variables that were sent, over the examples of those that were not.
fn with_sample(spec: &Spec, sent: Option<Value>) -> Result<Value> {
    let mut all = (spec.sample)();
    let Some(sent) = sent else { return Ok(all) };
    if sent.to_string().len() > MOST_VARIABLES {
        return Err(Error::invalid("variables", format!("have at most {MOST_VARIABLES} bytes together")));
    }
    let Value::Object(sent) = sent else { return Err(Error::invalid("variables", "must be an object")) };
    for (name, value) in sent {
        match all.get_mut(&name) {
            Some(known) => *known = value,
            None => return Err(Error::invalid(format!("variables.{name}"), "is no variable of this prompt")),
        }
    }
    Ok(all)
}

fn draft_input(request: &DraftRequest) -> Result<(&'static Spec, Value)> {
    let wish = within("wish", &request.wish, 5, 1_000)?;
    let language = line("language", request.language.as_deref().unwrap_or("en"), 1, 35)?;
    let kind = request.entity_type.as_deref();
    if kind.is_some_and(|kind| !ENTITY_TYPES.contains(&kind)) {
        return Err(Error::invalid("entity_type", format!("must be one of {}", ENTITY_TYPES.join(", "))));
    }
    let prompt = match (request.kind, request.prompt.as_deref()) {
        (Draft::Prompt, None) => return Err(Error::invalid("prompt", "say which prompt the wish is about")),
        (Draft::Prompt, Some(name)) => match catalog::find(name) {
            Some(spec) => Some(spec.name),
            None => return Err(Error::invalid("prompt", "is no prompt; GET /api/thinker/prompts lists them")),
        },
        _ => None,
    };
    let input = json!({ "wish": wish, "language": language, "entity_type": kind, "prompt": prompt });
    Ok((spec(request.kind.function().name)?, input))
}
