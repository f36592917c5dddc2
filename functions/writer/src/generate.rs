//! `/api/writer/generate`: starts to write tasks.

use axum::extract::State;
use igny8_api::{AcceptedJob, Body, Caller, Estimate, Failure};
use igny8_app::{Estimated, HTTP_NEEDS, Started};
use igny8_content::{Contents, GenerateRequest};
use igny8_lambda::FunctionSpec;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-generate",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::contents(app))),
};

/// The routes.
pub fn routes(contents: Contents) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(start)).with_state(contents)
}

/// Writes tasks: 3 credits for each article that is written. Either `task_ids`, or all that wait in a site; beyond
/// `max_credits` none is begun.
#[utoipa::path(
    post, path = "/api/writer/generate", params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = GenerateRequest, example = json!({ "task_ids": ["01JZ0000000000000000000000"] })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn start(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(request): Body<GenerateRequest>,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(contents.plan_generation(&ctx, &request).await?.into());
    }
    Ok(contents.generate(&ctx, &request).await?.into())
}
