//! The functions of the system: jobs, health, the sweep, dead letters, the table's stream and mail.

pub mod dead_letters;
pub mod jobs;
pub mod mail;
pub mod status;
pub mod stream;
pub mod sweep;

use igny8_lambda::App;
use utoipa_axum::router::OpenApiRouter;

/// All routes of the module, for the document.
pub fn routes(app: &App) -> Vec<OpenApiRouter> {
    vec![jobs::routes(igny8_app::work(app)), status::routes(app.table.clone())]
}
