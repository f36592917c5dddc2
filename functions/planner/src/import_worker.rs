//! The worker of `import_keywords`.

use igny8_app::WORKER_NEEDS;
use igny8_lambda::FunctionSpec;
use igny8_planning::ImportStep;

/// Takes messages of the queue `planner-import`.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "planner-import-worker",
    needs: WORKER_NEEDS,
    build: |app| Ok(igny8_app::worker(app, ImportStep::new(igny8_app::planning(app)))),
};
