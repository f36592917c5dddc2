//! The functions of the system: jobs, notices, the live feed, schedules, health, the sweep, dead letters, the table's stream and mail.

pub mod dead_letters;
pub mod events;
pub mod feed;
pub mod jobs;
pub mod live;
pub mod mail;
pub mod notices;
pub mod schedule_worker;
pub mod schedules;
pub mod status;
pub mod stream;
pub mod sweep;
pub mod tick;

use igny8_lambda::App;
use utoipa_axum::router::OpenApiRouter;

/// All routes of the module, for the document.
pub fn routes(app: &App) -> Vec<OpenApiRouter> {
    vec![
        jobs::routes(igny8_app::work(app)),
        events::routes(igny8_app::live(app)),
        notices::routes(igny8_app::live(app)),
        schedules::routes(igny8_app::automation(app)),
        status::routes(app.table.clone()),
    ]
}
