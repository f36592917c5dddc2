//! What stands between the engine and a model: limits on calls, and the memory of how calls went.
//!
//! The engine asks before each call and tells afterwards; where the counters live is the caller's business.

use std::{fmt, time::Duration};

use async_trait::async_trait;

use crate::router::Model;

/// Whether a model may be called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Go,
    /// This model not now; another one may be asked.
    Wait {
        /// When to ask for it again.
        after: Duration,
        /// For the user: why, as a whole sentence.
        sentence: String,
    },
    /// No model now: the limit is not the model's.
    Stop {
        /// When to try again.
        after: Duration,
        /// For the user: why, and what to do.
        sentence: String,
    },
}

/// How a call went, as far as the health of its model goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// It answered, whatever the answer is good for.
    Good,
    /// It was busy, broken or too slow.
    Bad {
        /// The provider's own delay.
        after: Option<Duration>,
    },
    /// It refused for a reason that says nothing about its health.
    Unknown,
}

/// The limits on calls.
#[async_trait]
pub trait Gate: Send + Sync + fmt::Debug {
    /// Asks for one call of a model, and counts it when it may go.
    ///
    /// # Errors
    /// When the counters cannot be reached.
    async fn admit(&self, model: &Model) -> igny8_core::Result<Admission>;

    /// Tells how an admitted call went and what it cost, in millionths of a cent.
    ///
    /// # Errors
    /// When the counters cannot be reached; the answer is stored by then, so a rerun does not pay for it again.
    async fn report(&self, model: &Model, health: Health, cost_microcents: u64) -> igny8_core::Result<()>;
}

/// No limits: for trying things out.
#[derive(Debug, Clone, Copy, Default)]
pub struct Open;

#[async_trait]
impl Gate for Open {
    async fn admit(&self, _model: &Model) -> igny8_core::Result<Admission> {
        Ok(Admission::Go)
    }

    async fn report(&self, _model: &Model, _health: Health, _cost_microcents: u64) -> igny8_core::Result<()> {
        Ok(())
    }
}
