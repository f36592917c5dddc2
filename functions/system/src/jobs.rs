//! `/api/system/jobs`: work that takes time, watched, cancelled and run again.

use axum::{Json, extract::State};
use igny8_api::{Caller, Failure, List, ListParams, Path};
use igny8_app::HTTP_NEEDS;
use igny8_core::{JobId, Page, SiteId};
use igny8_lambda::FunctionSpec;
use igny8_work::{ItemView, JobQuery, JobView, Work};
use serde::Deserialize;
use utoipa::IntoParams;
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

/// Runs the failed items of a job again; their credits are reserved anew.
#[utoipa::path(
    post, path = "/api/system/jobs/{id}/retry", params(("id" = JobId, Path)),
    responses((status = 200, body = JobView))
)]
async fn retry(State(work): State<Work>, Caller(ctx): Caller, Path(id): Path<JobId>) -> Result<Json<JobView>, Failure> {
    work.retry(&ctx, id).await?;
    Ok(Json(work.job_view(&ctx, id).await?))
}
