//! `/api/system/schedules`: what runs by itself, how often, within which bounds, and what it would do next.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use igny8_api::{AcceptedJob, Body, Caller, Failure, IfMatch, Path, Query, versioned};
use igny8_app::{HTTP_NEEDS, started};
use igny8_automation::{
    Automation, Schedule, ScheduleList, SchedulePreview, ScheduleUpdate, ScheduledFunction, Switch,
};
use igny8_core::SiteId;
use igny8_lambda::FunctionSpec;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-schedules",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::automation(app))),
};

/// The routes.
pub fn routes(automation: Automation) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(pause))
        .routes(routes!(resume))
        .routes(routes!(get, change))
        .routes(routes!(preview))
        .routes(routes!(run))
        .with_state(automation)
}

/// Of which site.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OfSite {
    /// The site.
    site_id: SiteId,
}

/// The schedules of a site, in the order of the pipeline. One that nobody has touched is off.
#[utoipa::path(
    get, path = "/api/system/schedules", params(OfSite),
    responses((status = 200, body = ScheduleList))
)]
async fn list(
    State(automation): State<Automation>,
    Caller(ctx): Caller,
    Query(of): Query<OfSite>,
) -> Result<Json<ScheduleList>, Failure> {
    Ok(Json(automation.schedules(&ctx, of.site_id).await?))
}

/// Pauses all schedules of the tenant: their times pass and nothing starts. Jobs that run go on.
#[utoipa::path(post, path = "/api/system/schedules/pause", responses((status = 200, body = Switch)))]
async fn pause(State(automation): State<Automation>, Caller(ctx): Caller) -> Result<Json<Switch>, Failure> {
    Ok(Json(automation.pause(&ctx).await?))
}

/// Lets the schedules of the tenant run again, from their next times on.
#[utoipa::path(post, path = "/api/system/schedules/resume", responses((status = 200, body = Switch)))]
async fn resume(State(automation): State<Automation>, Caller(ctx): Caller) -> Result<Json<Switch>, Failure> {
    Ok(Json(automation.resume(&ctx).await?))
}

/// A schedule of a site.
#[utoipa::path(
    get, path = "/api/system/schedules/{site_id}/{function}",
    params(("site_id" = SiteId, Path), ("function" = ScheduledFunction, Path)),
    responses((status = 200, body = Schedule))
)]
async fn get(
    State(automation): State<Automation>,
    Caller(ctx): Caller,
    Path((site, function)): Path<(SiteId, ScheduledFunction)>,
) -> Result<Response, Failure> {
    let schedule = automation.schedule(&ctx, site, function).await?;
    Ok(versioned(schedule.version, schedule))
}

/// Changes a schedule. Turned on, it runs for the first time after its rate.
#[utoipa::path(
    patch, path = "/api/system/schedules/{site_id}/{function}",
    params(("site_id" = SiteId, Path), ("function" = ScheduledFunction, Path)),
    request_body(content = ScheduleUpdate, example = json!({
        "enabled": true, "every_minutes": 360, "max_credits": 20,
        "quiet_hours": { "from": "22:00", "until": "06:00", "time_zone": "Europe/Berlin" }
    })),
    responses((status = 200, body = Schedule))
)]
async fn change(
    State(automation): State<Automation>,
    Caller(ctx): Caller,
    Path((site, function)): Path<(SiteId, ScheduledFunction)>,
    IfMatch(version): IfMatch,
    Body(update): Body<ScheduleUpdate>,
) -> Result<Response, Failure> {
    let schedule = automation.change(&ctx, site, function, update, version).await?;
    Ok(versioned(schedule.version, schedule))
}

/// What the next run would do and cost, as things are now; it starts nothing.
#[utoipa::path(
    get, path = "/api/system/schedules/{site_id}/{function}/preview",
    params(("site_id" = SiteId, Path), ("function" = ScheduledFunction, Path)),
    responses((status = 200, body = SchedulePreview))
)]
async fn preview(
    State(automation): State<Automation>,
    Caller(ctx): Caller,
    Path((site, function)): Path<(SiteId, ScheduledFunction)>,
) -> Result<Json<SchedulePreview>, Failure> {
    Ok(Json(automation.preview(&ctx, site, function).await?))
}

/// Does at once what the next run would do, within the same budget; its time stays. Answers the preview, with no item,
/// when there is nothing to do.
#[utoipa::path(
    post, path = "/api/system/schedules/{site_id}/{function}/run",
    params(("site_id" = SiteId, Path), ("function" = ScheduledFunction, Path)),
    responses((status = 202, body = AcceptedJob), (status = 200, body = SchedulePreview))
)]
async fn run(
    State(automation): State<Automation>,
    Caller(ctx): Caller,
    Path((site, function)): Path<(SiteId, ScheduledFunction)>,
) -> Result<Response, Failure> {
    Ok(match automation.run_now(&ctx, site, function).await? {
        Ok(job) => started(&job).into_response(),
        Err(preview) => Json(preview).into_response(),
    })
}
