//! What a worker does with an item: read, think, and hand back effects. It never writes by itself.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use igny8_core::{Credits, Ctx, Error};
use igny8_table::{Effects, TableError};

use crate::{Item, Phase, Work};

/// The constants of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionSpec {
    /// Its name, as `auto_cluster`.
    pub name: &'static str,
    /// The queue of its worker, as `planner-cluster`.
    pub queue: &'static str,
    /// How often an item may be claimed.
    pub max_attempts: u32,
}

/// One call of a model that was made for an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedModel {
    /// Which call of the item: first, repair or fallback.
    pub call: &'static str,
    /// The model that answered.
    pub model: String,
    /// Tokens of the question.
    pub tokens_in: u64,
    /// Tokens of the answer.
    pub tokens_out: u64,
    /// Millionths of a US cent.
    pub cost_microcents: u64,
    /// The version of the tenant's own prompt that it was asked with; none is the default.
    pub prompt_version: Option<u32>,
}

/// What came of an item: written together with its end and its charge, or not at all.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The rows to write.
    pub effects: Effects,
    /// What was really made, in credits; never more than was reserved is charged.
    pub price: Credits,
    /// The model calls it took.
    pub usage: Vec<UsedModel>,
    /// Ids and counts, for people and for the next step.
    pub result: serde_json::Value,
}

/// Why an item did not come to an end.
#[derive(Debug)]
pub enum Failure {
    /// It may work later: after `after`, where the other side said so.
    RetryLater {
        /// How long the other side asked to wait.
        after: Option<Duration>,
        /// A sentence for the user: why. Whether it is tried again is added to it.
        sentence: String,
        /// For the log.
        detail: String,
        /// The model calls that were paid for.
        usage: Vec<UsedModel>,
    },
    /// A limit stands in the way: it waits for `after`, and that is no attempt.
    Postponed {
        /// For how long.
        after: Duration,
        /// A sentence for the user: why, and what to do.
        sentence: String,
        /// The model calls that were paid for.
        usage: Vec<UsedModel>,
    },
    /// It will not work.
    ForGood {
        /// A sentence for the user.
        sentence: String,
        /// For the log.
        detail: String,
        /// The model calls that were paid for.
        usage: Vec<UsedModel>,
    },
}

impl Failure {
    /// It will not work, and no model was asked.
    pub fn for_good(sentence: impl Into<String>) -> Self {
        Self::ForGood { sentence: sentence.into(), detail: String::new(), usage: Vec::new() }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let detail = error.cause().unwrap_or_default();
        let sentence = error.detail().to_owned();
        let usage = Vec::new();
        if error.retryable() || error.kind() == igny8_core::ErrorKind::Internal {
            Self::RetryLater { after: None, sentence, detail, usage }
        } else {
            Self::ForGood { sentence, detail, usage }
        }
    }
}

impl From<TableError> for Failure {
    fn from(error: TableError) -> Self {
        Error::from(error).into()
    }
}

impl From<igny8_cloud::CloudError> for Failure {
    fn from(error: igny8_cloud::CloudError) -> Self {
        Error::from(error).into()
    }
}

/// A way to tell where the work on an item is.
#[derive(Debug)]
pub struct Progress<'a> {
    pub(crate) work: &'a Work,
    pub(crate) ctx: &'a Ctx,
    pub(crate) item: &'a Item,
}

impl Progress<'_> {
    /// Shows the phase. It is only a picture: a failed write does not matter.
    pub async fn phase(&self, phase: Phase) {
        self.work.show_phase(self.ctx, self.item, phase).await;
    }
}

/// The steps of functions, for whoever gives up an item that no worker answers for.
#[derive(Clone, Default)]
pub(crate) struct Steps(Arc<[Arc<dyn Step>]>);

impl std::fmt::Debug for Steps {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.0.iter().map(|step| step.spec().name)).finish()
    }
}

impl Work {
    /// Work that knows these steps: what it gives up on its own is tidied up as their workers would.
    #[must_use]
    pub fn knowing(mut self, steps: impl IntoIterator<Item = Arc<dyn Step>>) -> Self {
        self.steps = Steps(steps.into_iter().collect());
        self
    }

    /// The rows to write when an item is given up by someone else than its worker.
    pub(crate) async fn tidy(&self, ctx: &Ctx, item: &Item, sentence: &str) -> Effects {
        match self.steps.0.iter().find(|step| step.spec().name == item.function) {
            Some(step) => give_up(step.as_ref(), ctx, item, sentence).await,
            None => Effects::new(),
        }
    }
}

/// The rows to write when an item is given up. It ends all the same when its step cannot tell them.
pub(crate) async fn give_up(step: &dyn Step, ctx: &Ctx, item: &Item, sentence: &str) -> Effects {
    match step.give_up(ctx, item, sentence).await {
        Ok(effects) => effects,
        Err(failure) => {
            tracing::error!(?failure, item = %item.id(), "nothing could be tidied up after an item");
            Effects::new()
        }
    }
}

/// The work of a function on one item.
#[async_trait]
pub trait Step: Send + Sync {
    /// The constants of the function.
    fn spec(&self) -> FunctionSpec;

    /// Does the work and hands back what is to be written.
    ///
    /// It may run again after a crash, and again when what it read has changed before it was written; so it must read
    /// anew each time, and pay for nothing twice that it can find stored.
    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure>;

    /// Rows to write when the item is given up, so that what it works on does not stay half-way; nothing by default.
    async fn give_up(&self, ctx: &Ctx, item: &Item, sentence: &str) -> Result<Effects, Failure> {
        let _ = (ctx, item, sentence);
        Ok(Effects::new())
    }
}
