//! `/api/thinker/test-images`: a prompt drawn by one or two models; `/image-models` to choose among.

use axum::{Json, extract::State};
use igny8_api::{AcceptedJob, Body, Caller, Estimate, Failure};
use igny8_app::{Estimated, ImageModels, Started};
use igny8_content::{Contents, ImageModels as _, ImageTest};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// What the handlers work with.
#[derive(Debug, Clone)]
struct Service {
    contents: Contents,
    models: ImageModels,
}

pub(crate) fn routes(contents: Contents, models: ImageModels) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(test)).routes(routes!(choices)).with_state(Service { contents, models })
}

/// Tries models for pictures: one prompt, one picture by each. Each costs what a picture costs; what came of them is
/// found under `/api/thinker/trials/{id}` by the id of the job.
#[utoipa::path(
    post, path = "/api/thinker/test-images",
    params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = ImageTest, example = json!({
        "site_id": "01JZ0000000000000000000000", "prompt": "A worn brake pad beside a new one, on a workbench",
        "models": ["offline:offline", "offline:offline-2"]
    })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn test(
    State(service): State<Service>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(test): Body<ImageTest>,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(service.contents.plan_image_test(&ctx, &service.models, &test).await?.into());
    }
    Ok(service.contents.test_images(&ctx, &service.models, &test).await?.into())
}

/// What a picture may be tried with.
#[derive(Debug, Serialize, ToSchema)]
struct ImageModelChoices {
    /// Models of the provider that the operator has set up, the usual one first.
    models: Vec<String>,
}

/// The models for pictures that may be tried.
#[utoipa::path(get, path = "/api/thinker/image-models", responses((status = 200, body = ImageModelChoices)))]
async fn choices(State(service): State<Service>, Caller(_): Caller) -> Result<Json<ImageModelChoices>, Failure> {
    Ok(Json(ImageModelChoices { models: service.models.choices()? }))
}
