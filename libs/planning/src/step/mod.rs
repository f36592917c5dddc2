//! The planner's work in the background: one step per function.

mod cluster;
mod compare;
mod ideas;
mod import;

use igny8_work::FunctionSpec;

pub use cluster::ClusterStep;
pub(crate) use compare::Same;
pub use ideas::IdeasStep;
pub use import::ImportStep;

/// Groups keywords into clusters.
pub const AUTO_CLUSTER: FunctionSpec = FunctionSpec { name: "auto_cluster", queue: "planner-cluster", max_attempts: 4 };
/// Makes ideas for a cluster.
pub const GENERATE_IDEAS: FunctionSpec =
    FunctionSpec { name: "generate_ideas", queue: "planner-ideas", max_attempts: 4 };
/// Reads an uploaded keyword file.
pub const IMPORT_KEYWORDS: FunctionSpec =
    FunctionSpec { name: "import_keywords", queue: "planner-import", max_attempts: 4 };

/// Cuts a text to so many characters.
pub(crate) fn cut(text: &str, most: usize) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect()
}
