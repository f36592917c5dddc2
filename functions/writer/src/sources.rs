//! `/api/writer/sources`: texts that a writer is given, and that figures and quotations are compared with.

use axum::{Json, extract::State, response::Response};
use igny8_api::{Body, Caller, Created, Failure, IfMatch, List, ListParams, Path, no_content, versioned};
use igny8_app::HTTP_NEEDS;
use igny8_content::{Contents, Source, SourceCreate, SourceUpdate, SourceView};
use igny8_core::{Page, SiteId, SourceId};
use igny8_lambda::FunctionSpec;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-sources",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::contents(app))),
};

/// The routes.
pub fn routes(contents: Contents) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete)).with_state(contents)
}

/// Which sources.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The site.
    site_id: SiteId,
}

/// Sources of a site, newest first, without their texts.
#[utoipa::path(
    get, path = "/api/writer/sources", params(ListParams, Filter),
    responses((status = 200, body = Page<Source>))
)]
async fn list(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    list: List<Filter>,
) -> Result<Json<Page<Source>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    Ok(Json(contents.sources(&ctx, list.filter.site_id, list.page()).await?))
}

/// Keeps a source.
#[utoipa::path(
    post, path = "/api/writer/sources",
    request_body(content = SourceCreate, example = json!({
        "site_id": "01JZ0000000000000000000000", "title": "Brake pad study 2025", "url": "https://example.com/study",
        "text": "On city roads pads last about 30,000 km."
    })),
    responses((status = 201, body = SourceView))
)]
async fn create(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Body(new): Body<SourceCreate>,
) -> Result<Created<SourceView>, Failure> {
    Ok(Created(contents.create_source(&ctx, new).await?))
}

/// A source with its text.
#[utoipa::path(
    get, path = "/api/writer/sources/{id}", params(("id" = SourceId, Path)),
    responses((status = 200, body = SourceView))
)]
async fn get(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<SourceId>,
) -> Result<Response, Failure> {
    let view = contents.source(&ctx, id).await?;
    Ok(versioned(view.source.version, view))
}

/// Changes a source.
#[utoipa::path(
    patch, path = "/api/writer/sources/{id}", params(("id" = SourceId, Path)),
    request_body(content = SourceUpdate, example = json!({ "title": "Brake pad study 2026" })),
    responses((status = 200, body = SourceView))
)]
async fn update(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<SourceId>,
    IfMatch(version): IfMatch,
    Body(change): Body<SourceUpdate>,
) -> Result<Response, Failure> {
    let view = contents.update_source(&ctx, id, change, version).await?;
    Ok(versioned(view.source.version, view))
}

/// Removes a source. What was written with it stays; its claims have no source then.
#[utoipa::path(
    delete, path = "/api/writer/sources/{id}", params(("id" = SourceId, Path)),
    responses((status = 204))
)]
async fn delete(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<SourceId>,
) -> Result<Response, Failure> {
    contents.delete_source(&ctx, id).await?;
    Ok(no_content())
}
