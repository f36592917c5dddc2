//! `/api/thinker/prompts`: what the models are asked with, in versions.

use axum::{Json, extract::State, response::Response};
use igny8_api::{AcceptedJob, Body, Caller, Estimate, Failure, IfMatch, List, ListParams, Path, no_content, versioned};
use igny8_app::{Estimated, Started};
use igny8_core::Page;
use igny8_thinker::{Activation, PromptDetail, PromptSummary, PromptUpdate, PromptVersion, PromptVersionView, Thinker};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(thinker: Thinker) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(get, put, delete))
        .routes(routes!(versions))
        .routes(routes!(version))
        .routes(routes!(restore))
        .routes(routes!(check))
        .routes(routes!(activate))
        .with_state(thinker)
}

/// Every prompt, with which version of it is live.
#[utoipa::path(get, path = "/api/thinker/prompts", responses((status = 200, body = Page<PromptSummary>)))]
async fn list(State(thinker): State<Thinker>, Caller(ctx): Caller) -> Result<Json<Page<PromptSummary>>, Failure> {
    Ok(Json(thinker.prompts(&ctx).await?))
}

/// A prompt with its variables, its default and the text that is live.
#[utoipa::path(
    get, path = "/api/thinker/prompts/{name}", params(("name" = String, Path)),
    responses((status = 200, body = PromptDetail))
)]
async fn get(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path(name): Path<String>,
) -> Result<Response, Failure> {
    let prompt = thinker.prompt(&ctx, &name).await?;
    Ok(versioned(prompt.prompt.version, prompt))
}

/// Saves a text as a new version. It is not live yet: check it, then activate it.
#[utoipa::path(
    put, path = "/api/thinker/prompts/{name}", params(("name" = String, Path)),
    request_body(content = PromptUpdate, example = json!({
        "note": "Shorter names",
        "text": "You group keywords.\nAnswer with one JSON object: {\"clusters\": [{\"name\": \"…\", \"description\": \"…\", \"keywords\": [1]}]}\n=== user ===\n{{ existing_clusters | data }}\n{{ keywords | data }}"
    })),
    responses((status = 200, body = PromptDetail))
)]
async fn put(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path(name): Path<String>,
    IfMatch(version): IfMatch,
    Body(update): Body<PromptUpdate>,
) -> Result<Response, Failure> {
    let prompt = thinker.save_prompt(&ctx, &name, update, version).await?;
    Ok(versioned(prompt.prompt.version, prompt))
}

/// Back to the default. The versions stay.
#[utoipa::path(
    delete, path = "/api/thinker/prompts/{name}", params(("name" = String, Path)),
    responses((status = 204))
)]
async fn delete(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path(name): Path<String>,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    thinker.reset_prompt(&ctx, &name, version).await?;
    Ok(no_content())
}

/// Versions of a prompt, newest first, without their texts.
#[utoipa::path(
    get, path = "/api/thinker/prompts/{name}/versions", params(ListParams, ("name" = String, Path)),
    responses((status = 200, body = Page<PromptVersion>))
)]
async fn versions(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path(name): Path<String>,
    list: List,
) -> Result<Json<Page<PromptVersion>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    Ok(Json(thinker.prompt_versions(&ctx, &name, list.page()).await?))
}

/// A version with its text, and how it does on the golden set.
#[utoipa::path(
    get, path = "/api/thinker/prompts/{name}/versions/{n}", params(("name" = String, Path), ("n" = u32, Path)),
    responses((status = 200, body = PromptVersionView))
)]
async fn version(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path((name, number)): Path<(String, u32)>,
) -> Result<Json<PromptVersionView>, Failure> {
    Ok(Json(thinker.prompt_version(&ctx, &name, number).await?))
}

/// Makes the text of an older version the newest one.
#[utoipa::path(
    post, path = "/api/thinker/prompts/{name}/versions/{n}/restore",
    params(("name" = String, Path), ("n" = u32, Path)),
    responses((status = 200, body = PromptDetail))
)]
async fn restore(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path((name, number)): Path<(String, u32)>,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    let prompt = thinker.restore_prompt(&ctx, &name, number, version).await?;
    Ok(versioned(prompt.prompt.version, prompt))
}

/// Asks the golden set with a version and with what is live. One answer for each question is charged.
#[utoipa::path(
    post, path = "/api/thinker/prompts/{name}/versions/{n}/check",
    params(
        ("name" = String, Path), ("n" = u32, Path),
        ("estimate" = Option<bool>, Query, description = "Only say what it would cost.")
    ),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn check(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path((name, number)): Path<(String, u32)>,
    Estimate(estimate): Estimate,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(thinker.plan_check(&ctx, &name, number).await?.into());
    }
    Ok(thinker.check_prompt(&ctx, &name, number).await?.into())
}

/// Makes a version live, when its check was not worse; an admin may overrule that.
#[utoipa::path(
    post, path = "/api/thinker/prompts/{name}/versions/{n}/activate",
    params(("name" = String, Path), ("n" = u32, Path)),
    request_body(content = Activation, example = json!({ "overrule": true })),
    responses((status = 200, body = PromptDetail))
)]
async fn activate(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path((name, number)): Path<(String, u32)>,
    IfMatch(version): IfMatch,
    Body(activation): Body<Activation>,
) -> Result<Response, Failure> {
    let prompt = thinker.activate_prompt(&ctx, &name, number, activation, version).await?;
    Ok(versioned(prompt.prompt.version, prompt))
}
