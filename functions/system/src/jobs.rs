//! `/api/system/jobs`: work that takes time, watched, cancelled and run again.

use axum::{Json, extract::State};
use igny8_api::{Caller, Estimate, Failure, List, ListParams, Path};
use igny8_app::{Estimated, HTTP_NEEDS};
use igny8_core::{JobId, Page, SiteId};
use igny8_lambda::FunctionSpec;
use igny8_work::{ItemView, JobQuery, JobView, Work};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-jobs",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::work(app))),
};

/// The routes.
pub fn routes(work: Work) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get))
        .routes(routes!(items))
        .routes(routes!(cancel))
        .routes(routes!(retry))
        .with_state(work)
}

/// Which jobs.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only of this function, as `auto_cluster`.
    function: Option<String>,
    /// Only of this site.
    site_id: Option<SiteId>,
    /// Only those with failed items, or only those without.
    has_failures: Option<bool>,
}

/// Jobs, newest first, without their items.
#[utoipa::path(
    get, path = "/api/system/jobs", params(ListParams, Filter),
    responses((status = 200, body = Page<JobView>))
)]
async fn list(
    State(work): State<Work>,
    Caller(ctx): Caller,
    list: List<Filter>,
) -> Result<Json<Page<JobView>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    let Filter { function, site_id, has_failures } = list.filter.clone();
    Ok(Json(work.jobs(&ctx, JobQuery { function, site_id, has_failures, page: list.page() }).await?))
}

/// A job with its first 200 items.
#[utoipa::path(
    get, path = "/api/system/jobs/{id}", params(("id" = JobId, Path)),
    responses((status = 200, body = JobView))
)]
async fn get(State(work): State<Work>, Caller(ctx): Caller, Path(id): Path<JobId>) -> Result<Json<JobView>, Failure> {
    Ok(Json(work.job_view(&ctx, id).await?))
}

/// The items of a job.
#[utoipa::path(
    get, path = "/api/system/jobs/{id}/items", params(ListParams, ("id" = JobId, Path)),
    responses((status = 200, body = Page<ItemView>))
)]
async fn items(
    State(work): State<Work>,
    Caller(ctx): Caller,
    Path(id): Path<JobId>,
    list: List,
) -> Result<Json<Page<ItemView>>, Failure> {
    list.no_search()?;
    list.order(&[("index", ())])?;
    Ok(Json(work.items(&ctx, id, list.page()).await?))
}

/// Cancels a job: what has not started ends at once and costs nothing; what runs finishes and is charged.
#[utoipa::path(
    post, path = "/api/system/jobs/{id}/cancel", params(("id" = JobId, Path)),
    responses((status = 200, body = JobView))
)]
async fn cancel(
    State(work): State<Work>,
    Caller(ctx): Caller,
    Path(id): Path<JobId>,
) -> Result<Json<JobView>, Failure> {
    work.cancel(&ctx, id).await?;
    Ok(Json(work.job_view(&ctx, id).await?))
}

/// The job that runs again, or what that would cost.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum Retried {
    Estimate(Estimated),
    Job(Box<JobView>),
}

/// Runs the failed items of a job again; their credits are reserved anew. With `estimate=true` it only says what it would
/// reserve.
#[utoipa::path(
    post, path = "/api/system/jobs/{id}/retry",
    params(
        ("id" = JobId, Path),
        ("estimate" = Option<bool>, Query, description = "Only say what it would cost; nothing is started")
    ),
    responses((status = 200, body = Retried))
)]
async fn retry(
    State(work): State<Work>,
    Caller(ctx): Caller,
    Path(id): Path<JobId>,
    Estimate(estimate): Estimate,
) -> Result<Json<Retried>, Failure> {
    if estimate {
        return Ok(Json(Retried::Estimate(work.estimate_retry(&ctx, id).await?.into())));
    }
    work.retry(&ctx, id).await?;
    Ok(Json(Retried::Job(Box::new(work.job_view(&ctx, id).await?))))
}
