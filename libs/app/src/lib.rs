//! What functions share: services made from configuration, callers from tokens, and jobs as answers.
//!
//! The one place where the contexts are put together. A function takes from here what it needs, and nothing here has
//! an opinion of its own.

mod caller;
mod images;
mod jobs;
mod models;

use std::sync::Arc;

use igny8_accounts::{Accounts, Verifier};
use igny8_api::Api;
use igny8_automation::Automation;
use igny8_content::{Contents, ImagePromptsStep, ImageStep, MergeStep, Rewriting};
use igny8_core::{Error, Result};
use igny8_lambda::{App, Handler};
use igny8_live::Live;
use igny8_planning::{ClusterStep, IdeasStep, ImportStep, Planning};
use igny8_publishing::{DeployStep, Publishing};
use igny8_thinker::Thinker;
use igny8_work::{Step, Work};
use utoipa_axum::router::OpenApiRouter;

pub use images::ImageModels;
pub use jobs::{Estimated, Started, started};
pub use models::Models;

/// Who signs our access tokens.
pub const ISSUER: &str = "igny8";
/// For whom they are meant.
pub const AUDIENCE: &str = "igny8-api";

/// What every HTTP function needs to be told.
pub const HTTP_NEEDS: &[&str] = &["TABLE_NAME", "BUCKET_NAME", "JWT_PUBLIC_KEYS"];
/// What every worker needs to be told.
pub const WORKER_NEEDS: &[&str] = &["TABLE_NAME", "BUCKET_NAME"];

/// Tenants, people, sites.
pub fn accounts(app: &App) -> Accounts {
    Accounts::new(app.table.clone(), app.cloud.clone())
}

/// Jobs and the ledger.
pub fn work(app: &App) -> Work {
    Work::new(app.cloud.clone(), app.table.clone())
}

/// Jobs and the ledger, for those who give up what no worker answers for: it knows the steps of all workers.
pub fn work_of_all(app: &App) -> Work {
    let models = || Arc::new(Models::new(app));
    let steps: [Arc<dyn Step>; 8] = [
        Arc::new(ClusterStep::new(planning(app), models())),
        Arc::new(IdeasStep::new(planning(app), models(), Arc::new(contents(app)))),
        Arc::new(ImportStep::new(planning(app))),
        Arc::new(Rewriting::new(contents(app), models())),
        Arc::new(ImagePromptsStep::new(contents(app), models())),
        Arc::new(ImageStep::new(contents(app), Arc::new(ImageModels::new(app)))),
        Arc::new(MergeStep::new(contents(app))),
        Arc::new(DeployStep::new(publishing(app))),
    ];
    work(app).knowing(steps)
}

/// The live feed.
pub fn live(app: &App) -> Live {
    Live::new(app.cloud.clone(), app.table.clone(), accounts(app), work(app))
}

/// The thinker.
pub fn thinker(app: &App) -> Thinker {
    Thinker::new(app.table.clone(), app.cloud.clone(), work(app), accounts(app))
}

/// The planner.
pub fn planning(app: &App) -> Planning {
    Planning::new(app.table.clone(), app.cloud.clone(), work(app), accounts(app))
}

/// The writer.
pub fn contents(app: &App) -> Contents {
    Contents::new(app.table.clone(), app.cloud.clone(), work(app), accounts(app), planning(app))
}

/// The publisher.
pub fn publishing(app: &App) -> Publishing {
    Publishing::new(app.table.clone(), app.cloud.clone(), work(app), accounts(app), contents(app))
}

/// Schedules.
pub fn automation(app: &App) -> Automation {
    let (table, cloud) = (app.table.clone(), app.cloud.clone());
    Automation::new(table, cloud, work(app), accounts(app), planning(app), contents(app), publishing(app))
}

/// An HTTP function: its routes behind the guard.
pub fn http(app: &App, name: &'static str, routes: OpenApiRouter) -> Result<Handler> {
    Ok(Handler::http(router(app, name, routes)?))
}

/// The routes of an HTTP function behind the guard, before they are wrapped for Lambda.
pub fn router(app: &App, name: &'static str, routes: OpenApiRouter) -> Result<axum::Router> {
    let keys = app.config.need("JWT_PUBLIC_KEYS")?;
    let verifier = Verifier::new(keys, ISSUER, AUDIENCE).map_err(Error::internal)?;
    let callers = caller::Callers::new(accounts(app), verifier, app.env.clone());
    let api =
        Api::new(name, app.env.clone(), app.table.clone(), Arc::new(callers)).jobs(Arc::new(jobs::Answers(work(app))));
    Ok(api.serve(routes))
}

/// A worker: one message is one item, and `step` is what is done with it.
pub fn worker<S: Step + 'static>(app: &App, step: S) -> Handler {
    let step = Arc::new(step);
    let known: Arc<dyn Step> = step.clone();
    let (work, env) = (work(app).knowing([known]), app.env.clone());
    Handler::queue(move |message, _| {
        let (work, env, step) = (work.clone(), env.clone(), step.clone());
        async move { work.handle(&env, step.as_ref(), &message.body).await }
    })
}
