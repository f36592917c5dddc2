//! The functions of the planner: keywords, imports, clusters, ideas, and their workers.

pub mod cluster;
pub mod cluster_worker;
pub mod clusters;
pub mod ideas;
pub mod ideas_worker;
pub mod import_worker;
pub mod imports;
pub mod keywords;
pub mod merge_worker;

use igny8_lambda::App;
use utoipa_axum::router::OpenApiRouter;

/// All routes of the module, for the document.
pub fn routes(app: &App) -> Vec<OpenApiRouter> {
    let planning = igny8_app::planning(app);
    vec![
        keywords::routes(planning.clone()),
        imports::routes(planning.clone()),
        cluster::routes(planning.clone()),
        clusters::routes(planning.clone(), igny8_app::contents(app)),
        ideas::routes(planning, igny8_app::contents(app)),
    ]
}
