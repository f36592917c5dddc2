//! How a run ends: with an answer or a failure, and what it used.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{
    answers::Call,
    reader::{Repair, RepairKind},
};

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
    /// A limit stands in the way: it waits, and has not been tried.
    Postponed {
        /// For how long.
        after: Duration,
        /// For the user: why, and what to do.
        sentence: String,
        /// What was paid for before.
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
            Self::RetryLater { sentence, .. } | Self::Postponed { sentence, .. } | Self::ForGood { sentence, .. } => {
                sentence
            }
        }
    }

    /// The detail for the log.
    pub fn detail(&self) -> &str {
        match self {
            Self::RetryLater { detail, .. } | Self::ForGood { detail, .. } => detail,
            Self::Postponed { sentence, .. } => sentence,
        }
    }

    /// What was paid for nevertheless.
    pub fn usage(&self) -> &[Usage] {
        match self {
            Self::RetryLater { usage, .. } | Self::Postponed { usage, .. } | Self::ForGood { usage, .. } => usage,
        }
    }
}
