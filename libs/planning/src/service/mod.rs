//! The planner's service: sentences that start with the planner, as `planning.cluster(ctx, selection)`.

mod add_keywords;
mod change_keywords;
mod clusters;
mod duplicates;
mod hubs;
mod ideas;
mod imports;
mod keywords;
mod merge;
mod scheduled;
mod split;
mod unmerge;

use igny8_accounts::Accounts;
use igny8_cloud::Cloud;
use igny8_core::{Error, ErrorKind, Result};
use igny8_table::Table;
use igny8_work::Work;

pub use add_keywords::{Added, AddedKeywords, KeywordCreate, RejectedKeyword};
pub use change_keywords::{KeywordUpdate, PerKeyword};
pub use clusters::{ClusterCreate, ClusterSelection, ClusterUpdate};
pub(crate) use clusters::{LONGEST_NAME, PER_CREDIT, name_of};
pub use duplicates::{DuplicateIn, DuplicateKeyword, DuplicateQuery, Duplicates};
#[cfg(test)]
pub(crate) use ideas::LONGEST_REASON;
pub(crate) use ideas::title_of;
pub use ideas::{IdeaCreate, IdeaQuery, IdeaUpdate, IdeasRequest};
pub use imports::{Import, ImportStarted, ImportStatus, ImportSummary};
pub(crate) use imports::{MOST_REPORTED, ROWS_PER_ITEM, UPLOAD, new_keyword, source_name};
pub use keywords::{KeywordQuery, KeywordSort};
pub(crate) use merge::MOST_CLUSTERS;
pub use merge::{ClusterMerge, MERGE_CLUSTERS, Merge, MergeInput};
pub use split::ClusterSplit;
pub use unmerge::{Unmerge, Was};

/// The planner of all tenants. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Planning {
    pub(crate) table: Table,
    pub(crate) cloud: Cloud,
    pub(crate) work: Work,
    pub(crate) accounts: Accounts,
}

impl Planning {
    /// The planner on a table.
    pub const fn new(table: Table, cloud: Cloud, work: Work, accounts: Accounts) -> Self {
        Self { table, cloud, work, accounts }
    }
}

/// The version of a row must be that of `If-Match`, where the client sent one.
pub fn expect_version(version: u64, expected: Option<u64>) -> Result<()> {
    match expected {
        Some(expected) if expected != version => Err(Error::new(
            ErrorKind::VersionMismatch,
            format!("It has version {version} by now, not {expected}. Load it again and repeat your change."),
        )),
        _ => Ok(()),
    }
}
