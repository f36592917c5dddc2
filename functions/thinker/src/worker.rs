//! The worker of tests, golden runs and drafts.

use std::sync::Arc;

use igny8_app::{Models, WORKER_NEEDS};
use igny8_lambda::FunctionSpec;
use igny8_thinker::ThinkerStep;

/// Takes messages of the queue `thinker`.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "thinker-worker",
    needs: WORKER_NEEDS,
    build: |app| Ok(igny8_app::worker(app, ThinkerStep::new(igny8_app::thinker(app), Arc::new(Models::new(app))))),
};
