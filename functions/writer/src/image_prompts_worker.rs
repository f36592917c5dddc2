//! The worker of `generate_image_prompts`.

use std::sync::Arc;

use igny8_app::{Models, WORKER_NEEDS};
use igny8_content::ImagePromptsStep;
use igny8_lambda::FunctionSpec;

/// Takes messages of the queue `writer-image-prompts`.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-image-prompts-worker",
    needs: WORKER_NEEDS,
    build: |app| {
        Ok(igny8_app::worker(app, ImagePromptsStep::new(igny8_app::contents(app), Arc::new(Models::new(app)))))
    },
};
