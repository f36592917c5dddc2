//! The worker of everything that the AI writes.

use std::sync::Arc;

use igny8_app::{Models, WORKER_NEEDS};
use igny8_content::Rewriting;
use igny8_lambda::FunctionSpec;

/// Takes messages of the queue `writer-generate`.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-generate-worker",
    needs: WORKER_NEEDS,
    build: |app| Ok(igny8_app::worker(app, Rewriting::new(igny8_app::contents(app), Arc::new(Models::new(app))))),
};
