//! `/api/writer/reparse`: starts to read contents into blocks again.

use axum::extract::State;
use igny8_api::{AcceptedJob, Body, Caller, Estimate, Failure};
use igny8_app::{Estimated, HTTP_NEEDS, Started};
use igny8_content::{Contents, ReparseRequest};
use igny8_lambda::FunctionSpec;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-reparse",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::contents(app))),
};

/// The routes.
pub fn routes(contents: Contents) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(reparse)).with_state(contents)
}

/// Reads contents again, from the stored answers of the model or from HTML: free where our own reader does it, 1 credit
/// each where a model has to. The estimate is the most that it can cost.
#[utoipa::path(
    post, path = "/api/writer/reparse", params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = ReparseRequest, example = json!({ "content_ids": ["01JZ0000000000000000000000"] })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn reparse(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(request): Body<ReparseRequest>,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(contents.plan_reparse(&ctx, &request).await?.into());
    }
    Ok(contents.reparse(&ctx, &request).await?.into())
}
