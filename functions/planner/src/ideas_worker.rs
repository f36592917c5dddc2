//! The worker of `generate_ideas`.

use std::sync::Arc;

use igny8_app::{Models, WORKER_NEEDS};
use igny8_lambda::FunctionSpec;
use igny8_planning::IdeasStep;

/// Takes messages of the queue `planner-ideas`.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "planner-ideas-worker",
    needs: WORKER_NEEDS,
    build: |app| {
        let rivals = Arc::new(igny8_app::contents(app));
        let step = IdeasStep::new(igny8_app::planning(app), Arc::new(Models::new(app)), rivals);
        Ok(igny8_app::worker(app, step))
    },
};
