//! What the planner holds, as rows.

mod cluster;
mod idea;
mod keyword;

pub use cluster::{Cluster, ClusterName, PageType};
pub use idea::{ContentIdea, IdeaStatus, IdeaTitle, OutlineSection};
pub use keyword::{Keyword, KeywordName, KeywordStatus};
