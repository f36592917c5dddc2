//! The functions of the writer: tasks, content, writing, and its worker.

pub mod content;
pub mod generate;
pub mod generate_worker;
pub mod tasks;

use igny8_lambda::App;
use utoipa_axum::router::OpenApiRouter;

/// All routes of the module, for the document.
pub fn routes(app: &App) -> Vec<OpenApiRouter> {
    let contents = igny8_app::contents(app);
    vec![tasks::routes(contents.clone()), content::routes(contents.clone()), generate::routes(contents)]
}
