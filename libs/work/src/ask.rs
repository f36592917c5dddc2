//! Asking a model for an item: raw answers are kept under item, generation and call (rule 4), and calls keep to the
//! limits of the system and of the tenant.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use igny8_ai::{
    AiFunction, Answer, AnswerStore, Call, Config, Model, Options, Price, Prompt, ProviderKind, Router, StoredAnswer,
    Strategy,
};
use igny8_cloud::{Cloud, CloudError};
use igny8_core::{Ctx, Result};
use serde::{Deserialize, Serialize};

use igny8_platform::settings::{AI_MAX_TOKENS, AI_TIMEOUT_SECONDS, ModelSettings, Settings};

use crate::{CallLimits, Failure, Item, Phase, Progress, UsedModel, Work};

/// The raw answers of one item and generation, in the bucket.
struct Answers<'a> {
    cloud: &'a Cloud,
    prefix: String,
    /// The version of the tenant's own prompt that is asked with, or that a stored answer was asked with.
    prompt_version: Mutex<Option<u32>>,
}

/// A raw answer with the version of the prompt that it answers: a rerun may find another one live.
#[derive(Serialize, Deserialize)]
struct Versioned {
    #[serde(flatten)]
    answer: StoredAnswer,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    prompt_version: Option<u32>,
}

#[async_trait]
impl AnswerStore for Answers<'_> {
    async fn load(&self, call: Call) -> Result<Option<StoredAnswer>> {
        match self.cloud.get_json::<Versioned>(&self.key(call)).await {
            Ok(stored) => Ok(Some(self.taken(stored))),
            Err(CloudError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn save_if_absent(&self, call: Call, answer: &StoredAnswer) -> Result<StoredAnswer> {
        let key = self.key(call);
        let stored = Versioned { answer: answer.clone(), prompt_version: self.version() };
        let body = serde_json::to_vec(&stored).map_err(igny8_core::Error::internal)?;
        if self.cloud.put_object_if_absent("work.raw_answer", &key, "application/json", body).await? {
            return Ok(answer.clone());
        }
        Ok(self.taken(self.cloud.get_json::<Versioned>(&key).await?))
    }
}

impl Answers<'_> {
    fn version(&self) -> Option<u32> {
        *self.prompt_version.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The answer counts, and so does the prompt that it was asked with.
    fn taken(&self, stored: Versioned) -> StoredAnswer {
        *self.prompt_version.lock().unwrap_or_else(PoisonError::into_inner) = stored.prompt_version;
        stored.answer
    }

    fn key(&self, call: Call) -> String {
        format!("{}/{}.json", self.prefix, call.as_str())
    }
}

/// A tenant's own prompt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPrompt {
    /// The template.
    pub prompt: Prompt,
    /// Its version, for the record of what was made with it.
    pub version: u32,
}

/// Where the models come from, and what they are asked with: a router that is there, or one whose keys must be read
/// first.
#[async_trait]
pub trait Models: Send + Sync {
    /// The router over the models.
    async fn router(&self) -> Result<Router>;

    /// The tenant's own prompt for a function (of a kind of content, where each has its own); none is the default.
    async fn prompt(&self, ctx: &Ctx, function: &str, kind: Option<&str>) -> Result<Option<OwnPrompt>> {
        let _ = (ctx, function, kind);
        Ok(None)
    }
}

#[async_trait]
impl Models for Router {
    async fn router(&self) -> Result<Router> {
        Ok(self.clone())
    }
}

impl Work {
    /// The raw answers of an item to one of several questions, for a step that asks by itself.
    pub fn answers<'a>(&'a self, ctx: &Ctx, item: &Item, part: &str) -> Box<dyn AnswerStore + 'a> {
        let prefix = format!("{}/{part}", item.raw_prefix(ctx.tenant));
        Box::new(Answers { cloud: &self.cloud, prefix, prompt_version: Mutex::new(None) })
    }

    /// Runs an AI function for an item. A rerun reads the answers that were stored and does not pay for them again.
    pub async fn ask<F: AiFunction>(
        &self,
        models: &dyn Models,
        function: &F,
        input: &F::Input,
        ctx: &Ctx,
        item: &Item,
        progress: &Progress<'_>,
    ) -> Result<(Answer<F::Output>, Vec<UsedModel>), Failure> {
        let router = models.router().await?;
        let own = models.prompt(ctx, F::NAME, function.kind(input)).await?;
        progress.phase(Phase::AiCall).await;
        let version = own.as_ref().map(|own| own.version);
        let prefix = item.raw_prefix(ctx.tenant);
        let store = Answers { cloud: &self.cloud, prefix, prompt_version: Mutex::new(version) };
        let (router, options) = self.keeping_to_limits(ctx, router).await?;
        let options = Options { prompt: own.map(|own| own.prompt), ..options };
        let answered = igny8_ai::run(&router, function, input, &store, &options).await;
        let used = |usage: &igny8_ai::Usage| used(usage, store.version());
        match answered {
            Ok(answer) => {
                progress.phase(Phase::Parse).await;
                let usage = answer.usage.iter().map(used).collect();
                Ok((answer, usage))
            }
            Err(igny8_ai::Failure::RetryLater { after, sentence, detail, usage }) => {
                Err(Failure::RetryLater { after, sentence, detail, usage: usage.iter().map(used).collect() })
            }
            Err(igny8_ai::Failure::Postponed { after, sentence, usage }) => {
                Err(Failure::Postponed { after, sentence, usage: usage.iter().map(used).collect() })
            }
            Err(igny8_ai::Failure::ForGood { sentence, detail, usage }) => {
                Err(Failure::ForGood { sentence, detail, usage: usage.iter().map(used).collect() })
            }
        }
    }
}

impl Work {
    /// The limits on calls and the settings of the tenant, for a step that asks a provider by itself.
    pub async fn call_limits(&self, ctx: &Ctx) -> Result<CallLimits> {
        let settings = self.settings.get(&self.table, ctx).await?;
        Ok(CallLimits::new(self.table.clone(), ctx, settings))
    }

    /// The models as the settings have them, and the limits on calls. What costs nothing and is nowhere has neither.
    pub async fn keeping_to_limits(&self, ctx: &Ctx, router: Router) -> Result<(Router, Options)> {
        let standard = Options::default();
        let timeout = router.timeout().unwrap_or(standard.timeout);
        if router.kind() == ProviderKind::Offline {
            return Ok((router, Options { timeout, ..standard }));
        }
        let settings = self.settings.get(&self.table, ctx).await?;
        let router = router.with_settings(|config| apply(&settings, config));
        let options = Options {
            timeout: settings.changed(AI_TIMEOUT_SECONDS).map_or(timeout, Duration::from_secs),
            max_tokens: u32::try_from(settings.get(AI_MAX_TOKENS)).unwrap_or(u32::MAX),
            gate: Arc::new(CallLimits::new(self.table.clone(), ctx, settings)),
            roll: ctx.env.below(u64::MAX),
            ..standard
        };
        Ok((router, options))
    }
}

/// Puts settings over the configuration of models.
pub fn apply(settings: &Settings, config: &mut Config) {
    for (key, change) in settings.models() {
        let Some((Ok(kind), name)) = key.split_once(':').map(|(kind, name)| (kind.parse(), name)) else { continue };
        let known = config.models.iter().position(|model| model.provider == kind && model.name == name);
        let mut model = known.map_or_else(|| Model::new(kind, name), |at| config.models.remove(at));
        change_model(&mut model, change);
        if let Some((input, output)) = settings.own_price(&key) {
            let known = model.price.unwrap_or(Price::new(0, 0));
            let (input, output) = (known.input.max(u64::from(input)), known.output.max(u64::from(output)));
            model.price = Some(Price { input, output, ..known });
        }
        config.models.push(model);
    }
    config.strategy = settings.routing().and_then(Strategy::named).unwrap_or(config.strategy);
    config.by_function.extend(settings.by_function());
}

fn change_model(model: &mut Model, change: ModelSettings) {
    model.enabled = change.enabled.unwrap_or(model.enabled);
    model.order = change.order.or(model.order);
    model.weight = change.weight.unwrap_or(model.weight);
    model.rate_per_minute = change.rate_per_minute.or(model.rate_per_minute);
    if change.input_cents.is_some() || change.output_cents.is_some() {
        let known = model.price.unwrap_or(Price::new(0, 0));
        let or = |cents: Option<u32>, known: u64| cents.map_or(known, u64::from);
        model.price = Some(Price {
            input: or(change.input_cents, known.input),
            output: or(change.output_cents, known.output),
            ..known
        });
    }
}

fn used(usage: &igny8_ai::Usage, prompt_version: Option<u32>) -> UsedModel {
    UsedModel {
        call: usage.call.as_str(),
        model: usage.model.clone(),
        tokens_in: usage.tokens_in,
        tokens_out: usage.tokens_out,
        cost_microcents: usage.cost_microcents.unwrap_or_default(),
        prompt_version,
    }
}
