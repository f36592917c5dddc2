//! `/api/planner/keywords/imports`: uploaded keyword files, read by a job.

use axum::{Json, extract::State};
use igny8_api::{Accepted, AcceptedJob, Caller, Failure, Path};
use igny8_app::{HTTP_NEEDS, started};
use igny8_core::ImportId;
use igny8_lambda::FunctionSpec;
use igny8_planning::{Import, Planning};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "planner-imports",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::planning(app))),
};

/// The routes.
pub fn routes(planning: Planning) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get)).routes(routes!(run)).with_state(planning)
}

/// An import and the job that reads it.
#[utoipa::path(
    get, path = "/api/planner/keywords/imports/{import_id}", params(("import_id" = ImportId, Path)),
    responses((status = 200, body = Import))
)]
async fn get(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<ImportId>,
) -> Result<Json<Import>, Failure> {
    Ok(Json(planning.import(&ctx, id).await?))
}

/// Starts to read an uploaded file. It is free; the items of the job tell what came of each part.
#[utoipa::path(
    post, path = "/api/planner/keywords/imports/{import_id}/run", params(("import_id" = ImportId, Path)),
    responses((status = 202, body = AcceptedJob))
)]
async fn run(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<ImportId>,
) -> Result<Accepted<AcceptedJob>, Failure> {
    Ok(started(&planning.run_import(&ctx, id).await?))
}
