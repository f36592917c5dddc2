//! The worker of `auto_cluster`.

use std::sync::Arc;

use igny8_app::{Models, WORKER_NEEDS};
use igny8_lambda::FunctionSpec;
use igny8_planning::ClusterStep;

/// Takes messages of the queue `planner-cluster`.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "planner-cluster-worker",
    needs: WORKER_NEEDS,
    build: |app| Ok(igny8_app::worker(app, ClusterStep::new(igny8_app::planning(app), Arc::new(Models::new(app))))),
};
