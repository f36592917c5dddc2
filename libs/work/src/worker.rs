//! A worker's way with one message: claim, run, finish or fail, pump.

use std::time::Duration;

use igny8_core::{Ctx, Env, Error, Result};

use crate::{
    Claim, Failure, Item, ItemMessage, Phase, Progress, Step, Work,
    finish::{ITEM, held},
    step::give_up,
};

/// How often an item runs again at once because what it had read was changed before it could write.
const RERUNS: u32 = 5;
/// The first delay of a retry; doubled each time.
const BACKOFF: Duration = Duration::from_secs(10);
const LONGEST_BACKOFF: Duration = Duration::from_mins(10);

impl Work {
    /// Handles one message. An error means that it should be delivered again.
    pub async fn handle(&self, env: &Env, step: &dyn Step, body: &str) -> Result<()> {
        let Ok(message) = serde_json::from_str::<ItemMessage>(body) else {
            // It will never be readable: an error would only block its neighbours again and again.
            tracing::error!("a message cannot be read; it is dropped");
            return Ok(());
        };
        let request_id = format!("{}/{}/{}", message.job, message.index, message.generation);
        let ctx = Ctx::system(message.tenant, request_id, env.clone());
        let handled = self.handle_item(&ctx, step, &message).await;
        // Also after a message that did nothing: its tenant may have a free slot now.
        let pumped = self.pump(&ctx).await;
        handled.and(pumped.map(|_| ()))
    }

    async fn handle_item(&self, ctx: &Ctx, step: &dyn Step, message: &ItemMessage) -> Result<()> {
        match self.claim(ctx, message).await? {
            Claim::NothingToDo | Claim::InProgress => Ok(()),
            Claim::Spent(item) => {
                let sentence = "It did not come to an end, several times. Nothing was charged; you can run it again.";
                let tidy = give_up(step, ctx, &item, sentence).await;
                self.fail(ctx, &item, crate::finish::unchanged(&item), sentence, &[], &tidy).await?;
                Ok(())
            }
            Claim::Claimed(item) => self.run(ctx, step, &item).await,
        }
    }

    async fn run(&self, ctx: &Ctx, step: &dyn Step, item: &Item) -> Result<()> {
        let progress = Progress { work: self, ctx, item };
        for rerun in 0.. {
            let failure = match step.run(ctx, item, &progress).await {
                Ok(outcome) => {
                    progress.phase(Phase::Save).await;
                    match self.finish(ctx, item, &outcome).await {
                        Ok(()) => return Ok(()),
                        // The lease is over and someone else has taken the item: what they do counts.
                        Err(error) if error.failed(ITEM) => return Ok(()),
                        Err(igny8_billing::BookError::Table(igny8_table::TableError::Condition(_)))
                            if rerun < RERUNS =>
                        {
                            continue;
                        }
                        Err(error) => {
                            let error = Error::from(error);
                            Failure::RetryLater {
                                after: None,
                                sentence: error.detail().to_owned(),
                                detail: error.cause().unwrap_or_default(),
                                usage: outcome.usage,
                            }
                        }
                    }
                }
                Err(failure) => failure,
            };
            return self.handle_failure(ctx, step, item, failure).await;
        }
        Ok(())
    }

    async fn handle_failure(&self, ctx: &Ctx, step: &dyn Step, item: &Item, failure: Failure) -> Result<()> {
        let (sentence, detail, usage) = match failure {
            Failure::RetryLater { after, sentence, detail, usage } => {
                if item.attempts < item.max_attempts {
                    tracing::warn!(item = %item.id(), detail, "an item is tried again later");
                    let delay = after.unwrap_or_else(|| backoff(ctx, item.attempts));
                    let sentence = format!("{sentence} It is tried again by itself.");
                    return self.retry_later(ctx, item, delay, &sentence, &usage).await;
                }
                let tried = format!("It was tried {} times. Nothing was charged; you can run it again.", item.attempts);
                (format!("{sentence} {tried}"), detail, usage)
            }
            Failure::Postponed { after, sentence, usage } => {
                tracing::info!(item = %item.id(), sentence, "an item waits for a limit");
                return self.postpone(ctx, item, after, &sentence, &usage).await;
            }
            Failure::ForGood { sentence, detail, usage } => (sentence, detail, usage),
        };
        tracing::warn!(item = %item.id(), detail, "an item failed");
        let tidy = give_up(step, ctx, item, &sentence).await;
        self.fail(ctx, item, held(item), &sentence, &usage, &tidy).await?;
        Ok(())
    }
}

/// Exponential backoff with full jitter on its upper half.
fn backoff(ctx: &Ctx, attempts: u32) -> Duration {
    let full = (BACKOFF * 2_u32.pow(attempts.saturating_sub(1).min(8))).min(LONGEST_BACKOFF);
    full / 2 + Duration::from_millis(ctx.env.below(full.as_millis() as u64 / 2 + 1))
}
