//! The worker of `generate_images`.

use std::sync::Arc;

use igny8_app::{ImageModels, WORKER_NEEDS};
use igny8_content::ImageStep;
use igny8_lambda::FunctionSpec;

/// Takes messages of the queue `writer-images`.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-images-worker",
    needs: WORKER_NEEDS,
    build: |app| Ok(igny8_app::worker(app, ImageStep::new(igny8_app::contents(app), Arc::new(ImageModels::new(app))))),
};
