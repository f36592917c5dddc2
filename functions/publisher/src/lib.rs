//! The functions of the publisher: publishing, records, versions of hosted sites, and its worker.

pub mod deploy_worker;
pub mod publish;

use igny8_lambda::App;
use utoipa_axum::router::OpenApiRouter;

/// All routes of the module, for the document.
pub fn routes(app: &App) -> Vec<OpenApiRouter> {
    vec![publish::routes(igny8_app::publishing(app))]
}
