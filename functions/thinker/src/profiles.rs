//! `/api/thinker/author-profiles`: in whose voice content is written.

use axum::{Json, extract::State, response::Response};
use igny8_api::{Body, Caller, Created, Failure, IfMatch, List, ListParams, Path, no_content, versioned};
use igny8_core::{AuthorProfileId, Page};
use igny8_thinker::{AuthorProfile, AuthorProfileInput, Thinker};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(thinker: Thinker) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, put, delete)).with_state(thinker)
}

/// Author profiles, newest first.
#[utoipa::path(
    get, path = "/api/thinker/author-profiles", params(ListParams),
    responses((status = 200, body = Page<AuthorProfile>))
)]
async fn list(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    list: List,
) -> Result<Json<Page<AuthorProfile>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    Ok(Json(thinker.profiles(&ctx, list.page()).await?))
}

/// Makes an author profile.
#[utoipa::path(
    post, path = "/api/thinker/author-profiles",
    request_body(content = AuthorProfileInput, example = json!({ "name": "Ana Ruiz", "job_title": "Mechanic", "persona": "Twenty years in a small workshop.", "tone": "calm and plain" })),
    responses((status = 201, body = AuthorProfile))
)]
async fn create(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Body(input): Body<AuthorProfileInput>,
) -> Result<Created<AuthorProfile>, Failure> {
    Ok(Created(thinker.create_profile(&ctx, input).await?))
}

/// An author profile.
#[utoipa::path(
    get, path = "/api/thinker/author-profiles/{id}", params(("id" = AuthorProfileId, Path)),
    responses((status = 200, body = AuthorProfile))
)]
async fn get(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path(id): Path<AuthorProfileId>,
) -> Result<Response, Failure> {
    let row = thinker.profile(&ctx, id).await?;
    Ok(versioned(row.version, row))
}

/// Puts what is known of an author anew.
#[utoipa::path(
    put, path = "/api/thinker/author-profiles/{id}", params(("id" = AuthorProfileId, Path)),
    request_body(content = AuthorProfileInput, example = json!({ "name": "Ana Ruiz", "job_title": "Mechanic", "persona": "Twenty years in a small workshop.", "tone": "calm and plain" })),
    responses((status = 200, body = AuthorProfile))
)]
async fn put(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path(id): Path<AuthorProfileId>,
    IfMatch(version): IfMatch,
    Body(input): Body<AuthorProfileInput>,
) -> Result<Response, Failure> {
    let row = thinker.put_profile(&ctx, id, input, version).await?;
    Ok(versioned(row.version, row))
}

/// Removes an author profile. What was written stays.
#[utoipa::path(
    delete, path = "/api/thinker/author-profiles/{id}", params(("id" = AuthorProfileId, Path)),
    responses((status = 204))
)]
async fn delete(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path(id): Path<AuthorProfileId>,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    thinker.delete_profile(&ctx, id, version).await?;
    Ok(no_content())
}
