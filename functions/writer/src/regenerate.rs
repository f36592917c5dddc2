//! `/api/writer/regenerate`: starts to write a content or a section of it anew.

use axum::extract::State;
use igny8_api::{AcceptedJob, Body, Caller, Estimate, Failure};
use igny8_app::{Estimated, HTTP_NEEDS, Started};
use igny8_content::{Contents, RegenerateRequest};
use igny8_lambda::FunctionSpec;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-regenerate",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::contents(app))),
};

/// The routes.
pub fn routes(contents: Contents) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(regenerate)).with_state(contents)
}

/// Writes a content anew for 3 credits, or one section of it for 1. What people changed since the AI wrote it is kept: it
/// is merged in, and where both changed the same the new text waits as a proposal.
#[utoipa::path(
    post, path = "/api/writer/regenerate", params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = RegenerateRequest, example = json!({ "content_id": "01JZ0000000000000000000000" })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn regenerate(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(request): Body<RegenerateRequest>,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(contents.plan_regeneration(&ctx, &request).await?.into());
    }
    Ok(contents.regenerate(&ctx, &request).await?.into())
}
