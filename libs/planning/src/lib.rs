//! The planner: keywords become clusters, clusters become ideas.
//!
//! [`import`] reads the keyword files that users bring, [`export`] writes them again; [`Planning`] is the service, and
//! the steps are its work in the background.

pub mod entity;
pub mod export;
mod gate;
pub mod import;
mod intent;
mod keyword;
mod merged;
mod plan;
mod service;
mod step;

pub use gate::{Existing, Gate, Judgement, MOST_RIVALS, Rival, RivalKind, Rivals, Verdict, Why};
pub use intent::{Intent, guess_intent};
pub use keyword::{KeywordError, LONGEST_KEYWORD, clean_keyword, normal_form};
pub use merged::{Gift, MergedInto};
pub use plan::{PLAN_BYTES, Plan};
pub use service::{
    Added, AddedKeywords, ClusterCreate, ClusterMerge, ClusterSelection, ClusterSplit, ClusterUpdate, DuplicateIn,
    DuplicateKeyword, DuplicateQuery, Duplicates, IdeaCreate, IdeaQuery, IdeaUpdate, IdeasRequest, Import,
    ImportStarted, ImportStatus, ImportSummary, KeywordCreate, KeywordQuery, KeywordSort, KeywordUpdate,
    MERGE_CLUSTERS, Merge, MergeInput, PerKeyword, Planning, RejectedKeyword, Unmerge, Was, expect_version,
};
pub use step::{AUTO_CLUSTER, ClusterStep, GENERATE_IDEAS, IMPORT_KEYWORDS, IdeasStep, ImportStep};
