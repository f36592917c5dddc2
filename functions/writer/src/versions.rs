//! Below `/api/writer/content/{id}`: its variations, its proposal and its old addresses.

use axum::{Json, extract::State, response::Response};
use igny8_api::{Body, Caller, Failure, IfMatch, List, ListParams, Path, no_content, versioned};
use igny8_content::{ContentView, Contents, ProposalAnswer, ProposalChoices, Variation, VariationView};
use igny8_core::{ContentId, Page};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The routes.
pub fn routes(contents: Contents) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(variations))
        .routes(routes!(variation, delete_variation))
        .routes(routes!(choose))
        .routes(routes!(proposal))
        .routes(routes!(accept, discard))
        .routes(routes!(release))
        .with_state(contents)
}

/// Variations of a content, newest first, without their bodies.
#[utoipa::path(
    get, path = "/api/writer/content/{id}/variations", params(ListParams, ("id" = ContentId, Path)),
    responses((status = 200, body = Page<Variation>))
)]
async fn variations(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ContentId>,
    list: List,
) -> Result<Json<Page<Variation>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    Ok(Json(contents.variations(&ctx, id, list.page()).await?))
}

/// A variation with its body.
#[utoipa::path(
    get, path = "/api/writer/content/{id}/variations/{n}", params(("id" = ContentId, Path), ("n" = u32, Path)),
    responses((status = 200, body = VariationView))
)]
async fn variation(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(ContentId, u32)>,
) -> Result<Json<VariationView>, Failure> {
    Ok(Json(contents.variation(&ctx, id, number).await?))
}

/// Makes a variation the newest revision; what was there stays a revision.
#[utoipa::path(
    post, path = "/api/writer/content/{id}/variations/{n}/choose",
    params(("id" = ContentId, Path), ("n" = u32, Path)),
    responses((status = 200, body = ContentView))
)]
async fn choose(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(ContentId, u32)>,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    let view = contents.choose_variation(&ctx, id, number, version).await?;
    Ok(versioned(view.content.version, view))
}

/// Removes a variation.
#[utoipa::path(
    delete, path = "/api/writer/content/{id}/variations/{n}", params(("id" = ContentId, Path), ("n" = u32, Path)),
    responses((status = 204))
)]
async fn delete_variation(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(ContentId, u32)>,
) -> Result<Response, Failure> {
    contents.delete_variation(&ctx, id, number).await?;
    Ok(no_content())
}

/// The text that came anew for an edited content and waits for choices, merged with what the content is now.
#[utoipa::path(
    get, path = "/api/writer/content/{id}/proposal", params(("id" = ContentId, Path)),
    responses((status = 200, body = ProposalAnswer))
)]
async fn proposal(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ContentId>,
) -> Result<Json<ProposalAnswer>, Failure> {
    Ok(Json(contents.proposal(&ctx, id).await?))
}

/// Takes the proposal of this number over as a new revision, with a choice for each conflict.
#[utoipa::path(
    post, path = "/api/writer/content/{id}/proposal/{n}", params(("id" = ContentId, Path), ("n" = u32, Path)),
    request_body(content = ProposalChoices, example = json!({ "choices": ["mine"] })),
    responses((status = 200, body = ContentView))
)]
async fn accept(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(ContentId, u32)>,
    IfMatch(version): IfMatch,
    Body(choices): Body<ProposalChoices>,
) -> Result<Response, Failure> {
    let view = contents.accept_proposal(&ctx, id, number, &choices.choices, version).await?;
    Ok(versioned(view.content.version, view))
}

/// Drops the proposal of this number: the content stays as it is.
#[utoipa::path(
    delete, path = "/api/writer/content/{id}/proposal/{n}", params(("id" = ContentId, Path), ("n" = u32, Path)),
    responses((status = 204))
)]
async fn discard(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(ContentId, u32)>,
) -> Result<Response, Failure> {
    contents.discard_proposal(&ctx, id, number).await?;
    Ok(no_content())
}

/// Gives an old address of a content up: it leads nowhere after the next publication, and another content may have it.
#[utoipa::path(
    delete, path = "/api/writer/content/{id}/redirects/{slug}",
    params(("id" = ContentId, Path), ("slug" = String, Path)),
    responses((status = 200, body = ContentView))
)]
async fn release(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path((id, slug)): Path<(ContentId, String)>,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    let view = contents.release_address(&ctx, id, &slug, version).await?;
    Ok(versioned(view.content.version, view))
}
