//! The functions of the thinker: prompts, author profiles, strategies, trying them out, and the worker that does it.

pub mod api;
mod image_tests;
mod profiles;
mod prompts;
mod strategies;
mod trials;
pub mod worker;

use igny8_lambda::App;
use utoipa_axum::router::OpenApiRouter;

/// All routes of the module, for the document.
pub fn routes(app: &App) -> Vec<OpenApiRouter> {
    vec![api::routes(app)]
}
