//! `/api/writer/variations`: starts to write other titles or another body.

use axum::extract::State;
use igny8_api::{AcceptedJob, Body, Caller, Estimate, Failure};
use igny8_app::{Estimated, HTTP_NEEDS, Started};
use igny8_content::{Contents, VariationRequest};
use igny8_lambda::FunctionSpec;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-variations",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::contents(app))),
};

/// The routes.
pub fn routes(contents: Contents) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(vary)).with_state(contents)
}

/// Writes other titles for 1 credit, or another body for 3, to choose between.
#[utoipa::path(
    post, path = "/api/writer/variations", params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = VariationRequest, example = json!({ "content_id": "01JZ0000000000000000000000", "kind": "titles" })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn vary(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(request): Body<VariationRequest>,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(contents.plan_variations(&ctx, &request).await?.into());
    }
    Ok(contents.variations_of(&ctx, &request).await?.into())
}
