//! `/api/writer/content`: what was written, its revisions and its editorial state.

use axum::{Json, extract::State, response::Response};
use igny8_api::{Body, Caller, Failure, IfMatch, List, ListParams, Path, versioned};
use igny8_app::HTTP_NEEDS;
use igny8_blocks::{
    Document, StructureData,
    structure::{KindSchema, json_schemas},
};
use igny8_content::{Claims, Content, ContentQuery, ContentStatus, ContentUpdate, ContentView, Contents, Revision};
use igny8_core::{ClusterId, ContentId, Page, SiteId};
use igny8_lambda::FunctionSpec;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-content",
    needs: HTTP_NEEDS,
    build: |app| {
        igny8_app::http(app, FUNCTION.name, {
            let contents = igny8_app::contents(app);
            routes(contents.clone()).merge(crate::versions::routes(contents))
        })
    },
};

/// The routes.
pub fn routes(contents: Contents) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(schemas))
        .routes(routes!(get, update))
        .routes(routes!(claims))
        .routes(routes!(revisions))
        .routes(routes!(revision))
        .routes(routes!(restore))
        .with_state(contents)
}

/// Which contents.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The site.
    site_id: SiteId,
    /// Only in this state.
    status: Option<ContentStatus>,
    /// Only of this cluster.
    cluster_id: Option<ClusterId>,
    /// Only of this kind: post, page, product, service or taxonomy.
    entity_type: Option<String>,
}

/// Contents of a site, newest first, without their bodies.
#[utoipa::path(
    get, path = "/api/writer/content", params(ListParams, Filter),
    responses((status = 200, body = Page<Content>))
)]
async fn list(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    list: List<Filter>,
) -> Result<Json<Page<Content>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    let filter = list.filter.clone();
    let query = ContentQuery {
        site_id: filter.site_id,
        status: filter.status,
        cluster_id: filter.cluster_id,
        entity_type: filter.entity_type,
        page: list.page(),
    };
    Ok(Json(contents.contents(&ctx, query).await?))
}

/// The schemas of the kinds.
#[derive(Debug, Serialize, ToSchema)]
struct Schemas {
    /// One for each kind.
    items: Vec<KindSchema>,
}

/// The JSON Schemas of `structure_data`, one for each kind of content.
#[utoipa::path(get, path = "/api/writer/content/schemas", responses((status = 200, body = Schemas)))]
async fn schemas(Caller(_): Caller) -> Json<Schemas> {
    Json(Schemas { items: json_schemas() })
}

/// A content with its blocks, and with the HTML made from them.
#[utoipa::path(
    get, path = "/api/writer/content/{id}", params(("id" = ContentId, Path)),
    responses((status = 200, body = ContentView))
)]
async fn get(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ContentId>,
) -> Result<Response, Failure> {
    let view = contents.content_view(&ctx, id).await?;
    Ok(versioned(view.content.version, view))
}

/// Changes a content. A change of what readers see makes a revision; `status` moves draft, review and approved.
#[utoipa::path(
    patch, path = "/api/writer/content/{id}", params(("id" = ContentId, Path)),
    request_body(content = ContentUpdate, example = json!({ "status": "approved" })),
    responses((status = 200, body = ContentView))
)]
async fn update(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ContentId>,
    IfMatch(version): IfMatch,
    Body(change): Body<ContentUpdate>,
) -> Result<Response, Failure> {
    let view = contents.update_content(&ctx, id, change, version).await?;
    Ok(versioned(view.content.version, view))
}

/// The figures and quotations of a content as it is now, each with the span of one of its sources that supports it.
#[utoipa::path(
    get, path = "/api/writer/content/{id}/claims", params(("id" = ContentId, Path)),
    responses((status = 200, body = Claims))
)]
async fn claims(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ContentId>,
) -> Result<Json<Claims>, Failure> {
    Ok(Json(contents.claims(&ctx, id).await?))
}

/// Revisions of a content, newest first.
#[utoipa::path(
    get, path = "/api/writer/content/{id}/revisions", params(ListParams, ("id" = ContentId, Path)),
    responses((status = 200, body = Page<Revision>))
)]
async fn revisions(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ContentId>,
    list: List,
) -> Result<Json<Page<Revision>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    Ok(Json(contents.revisions(&ctx, id, list.page()).await?))
}

/// A revision with its body.
#[derive(Debug, Serialize, ToSchema)]
struct RevisionView {
    /// The revision.
    #[serde(flatten)]
    revision: Revision,
    /// The teaser as it was.
    excerpt: String,
    /// The title in search results as it was.
    meta_title: String,
    /// The description in search results as it was.
    meta_description: String,
    /// The body as it was.
    blocks: Document,
    /// What its kind had beside the body; revisions from before it had any have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    structure_data: Option<StructureData>,
    /// The same as HTML.
    html: String,
}

/// A revision of a content with its body.
#[utoipa::path(
    get, path = "/api/writer/content/{id}/revisions/{n}", params(("id" = ContentId, Path), ("n" = u32, Path)),
    responses((status = 200, body = RevisionView))
)]
async fn revision(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(ContentId, u32)>,
) -> Result<Json<RevisionView>, Failure> {
    let (revision, body) = contents.revision(&ctx, id, number).await?;
    Ok(Json(RevisionView {
        revision,
        html: body.blocks.to_html(),
        excerpt: body.excerpt,
        meta_title: body.meta_title,
        meta_description: body.meta_description,
        blocks: body.blocks,
        structure_data: body.structure_data,
    }))
}

/// Makes an older revision the newest one.
#[utoipa::path(
    post, path = "/api/writer/content/{id}/revisions/{n}/restore",
    params(("id" = ContentId, Path), ("n" = u32, Path)),
    responses((status = 200, body = ContentView))
)]
async fn restore(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path((id, number)): Path<(ContentId, u32)>,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    let view = contents.restore_revision(&ctx, id, number, version).await?;
    Ok(versioned(view.content.version, view))
}
