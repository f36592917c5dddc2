//! The worker of everything that the AI writes: a message names an item, and its function says which step it is.
//!
//! They share a queue, because they share everything that a queue is for: the models, the time that an answer takes and
//! the tenant's lane. A queue of each function's own would be a setting and a right more in every function.

use std::sync::Arc;

use async_trait::async_trait;
use igny8_core::Ctx;
use igny8_table::Effects;
use igny8_work::{Failure, FunctionSpec, Item, Models, Outcome, Progress, Step};

use crate::{
    Contents, GENERATE_CONTENT, REGENERATE, REPARSE, VARIATION, WriteStep, regenerate::RegenerateStep,
    reparse::ReparseStep, variation::VariationStep,
};

/// The steps of the queue `writer-generate`.
#[derive(Clone)]
pub struct Rewriting {
    pub(crate) contents: Contents,
    pub(crate) models: Arc<dyn Models>,
    write: WriteStep,
}

impl Rewriting {
    /// The steps with the models they may ask.
    pub fn new(contents: Contents, models: Arc<dyn Models>) -> Self {
        Self { write: WriteStep::new(contents.clone(), models.clone()), contents, models }
    }
}

#[async_trait]
impl Step for Rewriting {
    fn spec(&self) -> FunctionSpec {
        GENERATE_CONTENT
    }

    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let name = item.function.as_str();
        if name == REGENERATE.name {
            RegenerateStep(self).run(ctx, item, progress).await
        } else if name == VARIATION.name {
            VariationStep(self).run(ctx, item, progress).await
        } else if name == REPARSE.name {
            ReparseStep(self).run(ctx, item, progress).await
        } else {
            self.write.run(ctx, item, progress).await
        }
    }

    /// Only an article leaves something half-way: its task.
    async fn give_up(&self, ctx: &Ctx, item: &Item, sentence: &str) -> Result<Effects, Failure> {
        if item.function == GENERATE_CONTENT.name {
            self.write.give_up(ctx, item, sentence).await
        } else {
            Ok(Effects::new())
        }
    }
}
