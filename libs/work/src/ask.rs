//! Asking a model for an item: raw answers are kept under item, generation and call (rule 4).

use async_trait::async_trait;
use igny8_ai::{AiFunction, Answer, AnswerStore, Call, Options, Router, StoredAnswer};
use igny8_cloud::{Cloud, CloudError};
use igny8_core::{Ctx, Result};

use crate::{Failure, Item, Phase, Progress, UsedModel, Work};

/// The raw answers of one item and generation, in the bucket.
struct Answers<'a> {
    cloud: &'a Cloud,
    prefix: String,
}

#[async_trait]
impl AnswerStore for Answers<'_> {
    async fn load(&self, call: Call) -> Result<Option<StoredAnswer>> {
        match self.cloud.get_json(&self.key(call)).await {
            Ok(answer) => Ok(Some(answer)),
            Err(CloudError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn save_if_absent(&self, call: Call, answer: &StoredAnswer) -> Result<StoredAnswer> {
        let key = self.key(call);
        let body = serde_json::to_vec(answer).map_err(igny8_core::Error::internal)?;
        if self.cloud.put_object_if_absent("work.raw_answer", &key, "application/json", body).await? {
            return Ok(answer.clone());
        }
        Ok(self.cloud.get_json(&key).await?)
    }
}

impl Answers<'_> {
    fn key(&self, call: Call) -> String {
        format!("{}/{}.json", self.prefix, call.as_str())
    }
}

/// Where the models come from: a router that is there, or one whose keys must be read first.
#[async_trait]
pub trait Models: Send + Sync {
    /// The router over the models.
    async fn router(&self) -> Result<Router>;
}

#[async_trait]
impl Models for Router {
    async fn router(&self) -> Result<Router> {
        Ok(self.clone())
    }
}

impl Work {
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
        progress.phase(Phase::AiCall).await;
        let store = Answers { cloud: &self.cloud, prefix: item.raw_prefix(ctx.tenant) };
        let standard = Options::default();
        let options = Options { timeout: router.timeout().unwrap_or(standard.timeout), ..standard };
        let answered = igny8_ai::run(&router, function, input, &store, &options).await;
        match answered {
            Ok(answer) => {
                progress.phase(Phase::Parse).await;
                let usage = answer.usage.iter().map(used).collect();
                Ok((answer, usage))
            }
            Err(igny8_ai::Failure::RetryLater { after, sentence, detail, usage }) => {
                Err(Failure::RetryLater { after, sentence, detail, usage: usage.iter().map(used).collect() })
            }
            Err(igny8_ai::Failure::ForGood { sentence, detail, usage }) => {
                Err(Failure::ForGood { sentence, detail, usage: usage.iter().map(used).collect() })
            }
        }
    }
}

fn used(usage: &igny8_ai::Usage) -> UsedModel {
    UsedModel {
        call: usage.call.as_str(),
        model: usage.model.clone(),
        tokens_in: usage.tokens_in,
        tokens_out: usage.tokens_out,
        cost_microcents: usage.cost_microcents.unwrap_or_default(),
    }
}
