//! The worker of `generate_content`.

use std::sync::Arc;

use igny8_app::{Models, WORKER_NEEDS};
use igny8_content::WriteStep;
use igny8_lambda::FunctionSpec;

/// Takes messages of the queue `writer-generate`.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-generate-worker",
    needs: WORKER_NEEDS,
    build: |app| Ok(igny8_app::worker(app, WriteStep::new(igny8_app::contents(app), Arc::new(Models::new(app))))),
};
