//! The worker of `merge_clusters`.

use igny8_app::WORKER_NEEDS;
use igny8_content::MergeStep;
use igny8_lambda::FunctionSpec;

/// Takes messages of the queue `planner-merge`.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "planner-merge-worker",
    needs: WORKER_NEEDS,
    build: |app| Ok(igny8_app::worker(app, MergeStep::new(igny8_app::contents(app)))),
};
