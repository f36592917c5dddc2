//! The function of billing: balance, ledger, usage and plans.

pub mod account;

use igny8_lambda::App;
use utoipa_axum::router::OpenApiRouter;

/// All routes of the module, for the document.
pub fn routes(app: &App) -> Vec<OpenApiRouter> {
    vec![account::routes(igny8_app::work(app).billing().clone())]
}
