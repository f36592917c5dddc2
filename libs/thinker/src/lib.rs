//! The thinker: how the models are asked. Prompts of tenants with their versions, author profiles, strategies, and
//! trying all of them out before they count.
//!
//! What a prompt may say and which questions try it stands in `igny8_ai`; here it is kept, tried and put to use.

mod profile;
mod prompt;
mod prompts;
mod start;
mod step;
mod strategies;
mod strategy;
mod trial;

use igny8_accounts::Accounts;
use igny8_cloud::Cloud;
use igny8_core::{Error, ErrorKind, Result};
use igny8_table::Table;
use igny8_work::Work;

pub use profile::{AuthorProfile, AuthorProfileInput};
pub use prompt::{
    CaseResult, CheckView, GoldenRun, GoldenStatus, PromptDetail, PromptSummary, PromptUpdate, PromptVersion,
    PromptVersionView, VariableView,
};
pub use start::{Activation, Draft, DraftRequest, TestRequest};
pub use step::ThinkerStep;
pub use strategies::Strategies;
pub use strategy::{Choice, Strategy, StrategyInput, resolve};
pub use trial::{TestResult, TrialView};

/// The thinker of all tenants. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Thinker {
    pub(crate) table: Table,
    pub(crate) cloud: Cloud,
    pub(crate) work: Work,
    pub(crate) accounts: Accounts,
}

impl Thinker {
    /// The thinker on a table.
    pub const fn new(table: Table, cloud: Cloud, work: Work, accounts: Accounts) -> Self {
        Self { table, cloud, work, accounts }
    }
}

/// The version of a row must be that of `If-Match`, where the client sent one.
pub(crate) fn expect_version(version: u64, expected: Option<u64>) -> Result<()> {
    match expected {
        Some(expected) if expected != version => Err(Error::new(
            ErrorKind::VersionMismatch,
            format!("It has version {version} by now, not {expected}. Load it again and repeat your change."),
        )),
        _ => Ok(()),
    }
}

/// A short text on one line, within its length.
pub(crate) fn line(field: &str, text: &str, least: usize, most: usize) -> Result<String> {
    within(field, text.split_whitespace().collect::<Vec<_>>().join(" "), least, most)
}

/// A text that may have lines, within its length.
pub(crate) fn within(field: &str, text: impl AsRef<str>, least: usize, most: usize) -> Result<String> {
    let text = text.as_ref().trim().to_owned();
    let length = text.chars().count();
    if length < least || length > most {
        return Err(Error::invalid(field, format!("must have {least} to {most} characters, this has {length}")));
    }
    Ok(text)
}
