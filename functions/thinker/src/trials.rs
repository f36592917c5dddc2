//! `/api/thinker/test`, `/draft` and what came of them and of tests of pictures; `/models` to choose among.

use axum::{Json, extract::State};
use igny8_api::{AcceptedJob, Body, Caller, Estimate, Failure, Path};
use igny8_app::{Estimated, Models, Started};
use igny8_content::{Contents, TEST_IMAGE, TestedImage};
use igny8_core::{Error, TrialId};
use igny8_thinker::{DraftRequest, TestRequest, Thinker, TrialView};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(thinker: Thinker, contents: Contents, models: Models) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(test))
        .routes(routes!(draft))
        .with_state(thinker.clone())
        .merge(OpenApiRouter::new().routes(routes!(get)).with_state((thinker, contents)))
        .merge(OpenApiRouter::new().routes(routes!(choices)).with_state(models))
}

/// Tries a prompt with some variables: the rendered prompt, the answer as it came and as it is read, tokens and cost.
/// It costs what an answer of the function costs.
#[utoipa::path(
    post, path = "/api/thinker/test",
    params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = TestRequest, example = json!({ "function": "auto_cluster" })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn test(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(request): Body<TestRequest>,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(thinker.plan_test(&ctx, &request).await?.into());
    }
    Ok(thinker.test(&ctx, &request).await?.into())
}

/// Turns a wish in plain words into something to edit. Nothing is saved by itself.
#[utoipa::path(
    post, path = "/api/thinker/draft",
    params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = DraftRequest, example = json!({
        "kind": "persona", "wish": "A patient mechanic who explains with everyday comparisons."
    })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn draft(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(request): Body<DraftRequest>,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(thinker.plan_draft(&request)?.into());
    }
    Ok(thinker.draft(&ctx, &request).await?.into())
}

/// A trial with what came of it.
#[derive(Debug, Serialize, ToSchema)]
struct TrialDetail {
    /// The trial.
    #[serde(flatten)]
    trial: TrialView,
    /// The pictures of a test of models for pictures, as far as they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pictures: Option<Vec<TestedImage>>,
}

/// A test or a draft by the id of its job, with what came of it.
#[utoipa::path(
    get, path = "/api/thinker/trials/{id}", params(("id" = TrialId, Path)),
    responses((status = 200, body = TrialDetail))
)]
async fn get(
    State((thinker, contents)): State<(Thinker, Contents)>,
    Caller(ctx): Caller,
    Path(id): Path<TrialId>,
) -> Result<Json<TrialDetail>, Failure> {
    let trial = thinker.trial(&ctx, id).await?;
    let pictures = if trial.function == TEST_IMAGE.name {
        let job = id.to_string().parse().map_err(Error::internal)?;
        Some(contents.tested_images(&ctx, job).await?)
    } else {
        None
    };
    Ok(Json(TrialDetail { trial, pictures }))
}

/// What a prompt or a strategy may be asked with.
#[derive(Debug, Serialize, ToSchema)]
struct ModelChoices {
    /// Names of models that the operator has set up, the usual one first.
    models: Vec<String>,
}

/// The models that may be chosen.
#[utoipa::path(get, path = "/api/thinker/models", responses((status = 200, body = ModelChoices)))]
async fn choices(State(models): State<Models>, Caller(_): Caller) -> Result<Json<ModelChoices>, Failure> {
    Ok(Json(ModelChoices { models: models.choices()? }))
}
