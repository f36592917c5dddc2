//! The functions of the writer: tasks, content, pictures, writing, and their workers.

pub mod content;
pub mod generate;
pub mod generate_worker;
pub mod image_prompts_worker;
pub mod images;
pub mod images_worker;
pub mod regenerate;
pub mod reparse;
pub mod sources;
pub mod tasks;
pub mod variations;
pub mod versions;

use igny8_lambda::App;
use utoipa_axum::router::OpenApiRouter;

/// All routes of the module, for the document.
pub fn routes(app: &App) -> Vec<OpenApiRouter> {
    let contents = igny8_app::contents(app);
    vec![
        tasks::routes(contents.clone()),
        content::routes(contents.clone()),
        sources::routes(contents.clone()),
        images::routes(contents.clone()),
        versions::routes(contents.clone()),
        generate::routes(contents.clone()),
        regenerate::routes(contents.clone()),
        variations::routes(contents.clone()),
        reparse::routes(contents),
    ]
}
