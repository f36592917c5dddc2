//! `/api/thinker/*`: one function, as its resources are small and asked for together.

use igny8_app::HTTP_NEEDS;
use igny8_lambda::{App, FunctionSpec};
use utoipa_axum::router::OpenApiRouter;

use crate::{image_tests, profiles, prompts, strategies, trials};

/// The function.
pub const FUNCTION: FunctionSpec =
    FunctionSpec { name: "thinker", needs: HTTP_NEEDS, build: |app| igny8_app::http(app, FUNCTION.name, routes(app)) };

/// The routes.
pub fn routes(app: &App) -> OpenApiRouter {
    let thinker = igny8_app::thinker(app);
    OpenApiRouter::new()
        .merge(prompts::routes(thinker.clone()))
        .merge(profiles::routes(thinker.clone()))
        .merge(strategies::routes(thinker.clone()))
        .merge(trials::routes(thinker, igny8_app::contents(app), igny8_app::Models::new(app)))
        .merge(image_tests::routes(igny8_app::contents(app), igny8_app::ImageModels::new(app)))
}
