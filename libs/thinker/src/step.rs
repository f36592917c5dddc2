//! The worker's step: a test, a question of a golden run, or a draft. What comes of it lies in an object before the item
//! ends; a rerun writes the same one again.

use std::sync::Arc;

use async_trait::async_trait;
use igny8_ai::{
    AiFunction, Prompt,
    catalog::{self, Spec, Variable},
    drafts::{self, DraftInput, PersonaDraft, PromptDraft, StrategyDraft},
    golden,
    provider::ErrorClass,
    shapes::STRUCTURES,
    trial::{self, Stop, Trial},
};
use igny8_core::{Credits, Ctx, Error};
use igny8_table::{Effects, Keys};
use igny8_work::{Failure, FunctionSpec, Item, Models, Outcome, Phase, Progress, Step, UsedModel};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    CaseResult, TestResult, Thinker,
    prompts::spec,
    start::{CHECK_PROMPT, TEST_PROMPT, TestInput},
    trial::result_key,
};

/// The longest text of a drafted rule of an author or a strategy, in characters.
const LONGEST: usize = 600;

/// The worker's step.
#[derive(Clone)]
pub struct ThinkerStep {
    thinker: Thinker,
    models: Arc<dyn Models>,
}

impl ThinkerStep {
    /// The step with the models it may ask.
    pub fn new(thinker: Thinker, models: Arc<dyn Models>) -> Self {
        Self { thinker, models }
    }
}

#[derive(Debug, Deserialize)]
struct CaseInput {
    name: String,
    number: u32,
    case: String,
}

#[derive(Debug, Deserialize)]
struct Wish {
    #[serde(rename = "wish")]
    text: String,
    language: String,
    entity_type: Option<String>,
    prompt: Option<String>,
}

#[async_trait]
impl Step for ThinkerStep {
    /// It takes all items of the queue `thinker`, whichever function they name.
    fn spec(&self) -> FunctionSpec {
        TEST_PROMPT
    }

    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        if item.function == TEST_PROMPT.name {
            return self.test(ctx, item, progress).await;
        }
        if item.function == CHECK_PROMPT.name {
            return self.check(ctx, item, progress).await;
        }
        self.draft(ctx, item, progress).await
    }
}

impl ThinkerStep {
    async fn test(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let key = item.input["key"].as_str().unwrap_or_default();
        let input: TestInput = self.thinker.cloud.get_json(key).await?;
        let spec = spec(&input.name)?;
        let prompt = Prompt::override_for(spec.function, &input.text)
            .map_err(|error| Failure::for_good(format!("The prompt cannot be used. {error}")))?;
        progress.phase(Phase::AiCall).await;
        let trial = self.ask(ctx, item, spec, &prompt, &input.variables, "test", input.model.as_deref()).await?;
        let usage = vec![used(&trial, "first")];
        let result = json!({ "model": trial.model, "readable": trial.parsed.is_some() });
        let body = TestResult::from(trial);
        progress.phase(Phase::Save).await;
        self.thinker.cloud.put_json("thinker.put_result", &result_key(ctx.tenant, item.job), &body).await?;
        Ok(Outcome { effects: Effects::new(), price: Credits(spec.credits), usage, result })
    }

    /// Asks a version and what is live the same question, at the same time.
    async fn check(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let input: CaseInput = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        let spec = spec(&input.name)?;
        let case = golden::cases(spec).into_iter().find(|case| case.name == input.case);
        let case =
            case.ok_or_else(|| Failure::for_good("This question is not asked any more. Run the check again."))?;
        let prompt = self.thinker.version_prompt(ctx, spec, input.number).await?;
        let (live, live_number) = self.thinker.live_or_default(ctx, spec).await?;
        progress.phase(Phase::AiCall).await;
        let against = format!("live-{}", live_number.unwrap_or_default());
        let (new, old) = tokio::try_join!(
            self.ask(ctx, item, spec, &prompt, &case.variables, "new", None),
            self.ask(ctx, item, spec, &live, &case.variables, &against, None),
        )?;
        let judge = |trial: &Trial| golden::judge(spec, &case.variables, trial.parsed.as_ref());
        let (checks, worse) = CaseResult::compare(&judge(&new), &judge(&old));
        let row = CaseResult {
            name: spec.name.to_owned(),
            number: input.number,
            case: input.case,
            live: live_number,
            checks,
            worse,
            model: new.model.clone(),
            job_id: item.job,
            at: ctx.now(),
        };
        let mut effects = Effects::new();
        effects.put("case", &Keys::new(ctx), &row, None)?;
        Ok(Outcome {
            effects,
            price: Credits(spec.credits),
            usage: vec![used(&old, "live"), used(&new, "first")],
            result: json!({ "case": row.case, "worse": worse, "name": row.name, "number": row.number }),
        })
    }

    #[allow(clippy::too_many_arguments, reason = "a question has these parts")]
    async fn ask(
        &self,
        ctx: &Ctx,
        item: &Item,
        spec: &Spec,
        prompt: &Prompt,
        variables: &Value,
        part: &str,
        model: Option<&str>,
    ) -> Result<Trial, Failure> {
        let mut router = self.models.router().await?;
        if let Some(model) = model {
            let choices = router.choices(spec.function);
            if !choices.iter().any(|choice| choice == model) {
                let there = choices.join(", ");
                return Err(Failure::for_good(format!("The model {model} is not set up. There are: {there}.")));
            }
            router = router.preferring(spec.function, model);
        }
        let (router, options) = self.thinker.work.keeping_to_limits(ctx, router).await?;
        let store = self.thinker.work.answers(ctx, item, part);
        trial::run(&router, spec, prompt, variables, store.as_ref(), &options).await.map_err(|stop| match stop {
            Stop::Prompt(error) => Failure::for_good(format!("The prompt cannot be used. {error}")),
            Stop::Limit { after, sentence } => Failure::Postponed { after, sentence, usage: Vec::new() },
            Stop::Store(error) => error.into(),
            Stop::Provider(error) => match error.class {
                ErrorClass::RetryLater { after } => {
                    Failure::RetryLater { after, sentence: error.sentence, detail: error.detail, usage: Vec::new() }
                }
                ErrorClass::OtherModel | ErrorClass::ForGood => {
                    Failure::ForGood { sentence: error.sentence, detail: error.detail, usage: Vec::new() }
                }
            },
        })
    }

    async fn draft(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let wish: Wish = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        let mut input = DraftInput {
            wish: wish.text,
            language: wish.language,
            entity_type: wish.entity_type.unwrap_or_default(),
            ..DraftInput::default()
        };
        match (item.function.as_str(), wish.prompt) {
            ("draft_prompt", Some(name)) => {
                let wanted = spec(&name)?;
                input.text = self.thinker.live_or_default(ctx, wanted).await?.0.text();
                input.variables = wanted.variables.iter().map(variable).collect();
                self.finish_draft(DraftPrompt(wanted), input, ctx, item, progress).await
            }
            ("draft_persona", _) => self.finish_draft(DraftPersona, input, ctx, item, progress).await,
            ("draft_strategy", _) => self.finish_draft(DraftStrategy, input, ctx, item, progress).await,
            (other, _) => Err(Failure::from(Error::internal(format!("{other} is no function of the thinker")))),
        }
    }

    async fn finish_draft<F>(
        &self,
        function: F,
        input: DraftInput,
        ctx: &Ctx,
        item: &Item,
        progress: &Progress<'_>,
    ) -> Result<Outcome, Failure>
    where
        F: AiFunction<Input = DraftInput>,
        F::Output: Serialize + Sync,
    {
        let work = &self.thinker.work;
        let (answer, usage) = work.ask(self.models.as_ref(), &function, &input, ctx, item, progress).await?;
        progress.phase(Phase::Save).await;
        let key = result_key(ctx.tenant, item.job);
        self.thinker.cloud.put_json("thinker.put_result", &key, &answer.output).await?;
        let price = function.price(&input, &answer.output);
        Ok(Outcome { effects: Effects::new(), price, usage, result: json!({ "drafted": F::NAME }) })
    }
}

fn variable(variable: &Variable) -> Value {
    json!({
        "name": variable.name, "kind": variable.kind, "meaning": variable.meaning, "required": variable.required
    })
}

fn used(trial: &Trial, call: &'static str) -> UsedModel {
    UsedModel {
        call,
        model: trial.model.clone(),
        tokens_in: trial.tokens_in,
        tokens_out: trial.tokens_out,
        cost_microcents: trial.cost_microcents.unwrap_or_default(),
        prompt_version: None,
    }
}

fn price_of(name: &str) -> Credits {
    Credits(catalog::find(name).map_or(1, |spec| spec.credits))
}

fn cut(text: &str) -> String {
    text.trim().chars().take(LONGEST).collect()
}

/// A wish becomes a template for one prompt.
struct DraftPrompt(&'static Spec);

impl AiFunction for DraftPrompt {
    const NAME: &'static str = "draft_prompt";
    const MAX_TOKENS: u32 = 8_000;
    const TEMPERATURE: f32 = 0.3;
    type Input = DraftInput;
    type Output = PromptDraft;

    fn schema() -> Value {
        drafts::prompt_schema()
    }

    /// Half a template is none.
    fn accepts_cut(&self) -> bool {
        false
    }

    /// What is drafted must be such that it can be saved.
    fn check(&self, _: &DraftInput, output: PromptDraft) -> Result<PromptDraft, String> {
        self.0.check(&output.text).map_err(|error| format!("The template cannot be used. {error}"))?;
        Ok(PromptDraft { note: cut(&output.note).chars().take(200).collect(), ..output })
    }

    fn price(&self, _: &DraftInput, _: &PromptDraft) -> Credits {
        price_of(Self::NAME)
    }
}

/// A wish becomes an author.
struct DraftPersona;

impl AiFunction for DraftPersona {
    const NAME: &'static str = "draft_persona";
    const MAX_TOKENS: u32 = 2_000;
    const TEMPERATURE: f32 = 0.6;
    type Input = DraftInput;
    type Output = PersonaDraft;

    fn schema() -> Value {
        drafts::persona_schema()
    }

    fn check(&self, _: &DraftInput, output: PersonaDraft) -> Result<PersonaDraft, String> {
        if output.name.trim().is_empty() || output.persona.trim().is_empty() {
            return Err("The author needs a name (or a role) and a persona.".to_owned());
        }
        let short = |text: &str, most: usize| -> String { cut(text).chars().take(most).collect() };
        Ok(PersonaDraft {
            name: short(&output.name, 100),
            job_title: short(&output.job_title, 100),
            persona: cut(&output.persona),
            tone: short(&output.tone, 200),
            bio: cut(&output.bio),
        })
    }

    fn price(&self, _: &DraftInput, _: &PersonaDraft) -> Credits {
        price_of(Self::NAME)
    }
}

/// A wish becomes a strategy.
struct DraftStrategy;

impl AiFunction for DraftStrategy {
    const NAME: &'static str = "draft_strategy";
    const MAX_TOKENS: u32 = 2_000;
    type Input = DraftInput;
    type Output = StrategyDraft;

    fn schema() -> Value {
        drafts::strategy_schema()
    }

    fn check(&self, _: &DraftInput, mut output: StrategyDraft) -> Result<StrategyDraft, String> {
        if !STRUCTURES.contains(&output.structure.as_str()) {
            return Err(format!("structure must be one of {}.", STRUCTURES.join(", ")));
        }
        output.name = cut(&output.name).chars().take(100).collect();
        output.words = output.words.clamp(200, 5_000);
        output.sections.retain(|section| !section.trim().is_empty());
        output.sections.truncate(6);
        for section in &mut output.sections {
            *section = cut(section).chars().take(100).collect();
        }
        Ok(output)
    }

    fn price(&self, _: &DraftInput, _: &StrategyDraft) -> Credits {
        price_of(Self::NAME)
    }
}
