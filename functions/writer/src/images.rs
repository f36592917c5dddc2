//! `/api/writer/images`: pictures of contents: planned, made, uploaded, placed.

use axum::{Json, extract::State, response::Response};
use igny8_api::{
    AcceptedJob, Body, Caller, Created, Estimate, Failure, IfMatch, List, ListParams, Path, no_content, versioned,
};
use igny8_app::{Estimated, HTTP_NEEDS, Started};
use igny8_content::{
    Content, ContentView, Contents, ImageFeature, ImageOrigin, ImagePromptsRequest, ImageQuery, ImageRole, ImageStatus,
    ImageUpdate, ImageUpload, ImageUploadStarted, ImageView, ImagesGenerate,
};
use igny8_core::{ContentId, ImageId, Page, SiteId};
use igny8_lambda::FunctionSpec;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-images",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::contents(app))),
};

/// The routes.
pub fn routes(contents: Contents) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(prompts))
        .routes(routes!(generate))
        .routes(routes!(upload))
        .routes(routes!(get, update, delete))
        .routes(routes!(finish))
        .routes(routes!(feature))
        .routes(routes!(place))
        .routes(routes!(remove))
        .with_state(contents)
}

/// Which pictures.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The site.
    site_id: SiteId,
    /// Only of this content.
    content_id: Option<ContentId>,
    /// Only in this state.
    status: Option<ImageStatus>,
    /// Only for this place.
    role: Option<ImageRole>,
    /// Only from there.
    source: Option<ImageOrigin>,
}

/// Pictures of a site or of one content, newest first, with addresses that end within two hours.
#[utoipa::path(
    get, path = "/api/writer/images", params(ListParams, Filter),
    responses((status = 200, body = Page<ImageView>))
)]
async fn list(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    list: List<Filter>,
) -> Result<Json<Page<ImageView>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    let filter = list.filter.clone();
    let query = ImageQuery {
        site_id: filter.site_id,
        content_id: filter.content_id,
        status: filter.status,
        role: filter.role,
        source: filter.source,
        page: list.page(),
    };
    Ok(Json(contents.images(&ctx, query).await?))
}

/// Plans the pictures of contents: prompts and alt texts, one item per content, free.
#[utoipa::path(
    post, path = "/api/writer/images/prompts", params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = ImagePromptsRequest, example = json!({ "content_ids": ["01JZ0000000000000000000000"] })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn prompts(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(request): Body<ImagePromptsRequest>,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(contents.plan_image_prompts(&ctx, &request).await?.into());
    }
    Ok(contents.generate_image_prompts(&ctx, &request).await?.into())
}

/// Makes pictures that are planned, or makes them anew: 1 credit for each that is made.
#[utoipa::path(
    post, path = "/api/writer/images/generate", params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = ImagesGenerate, example = json!({ "image_ids": ["01JZ0000000000000000000000"] })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn generate(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(request): Body<ImagesGenerate>,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(contents.plan_images(&ctx, &request).await?.into());
    }
    Ok(contents.generate_images(&ctx, &request).await?.into())
}

/// Begins an upload: an address for the file, a PNG, JPEG or WebP of at most 15 MB.
#[utoipa::path(
    post, path = "/api/writer/images/uploads",
    request_body(content = ImageUpload, example = json!({
        "content_id": "01JZ0000000000000000000000", "role": "featured", "alt": "A mechanic measures a brake disc"
    })),
    responses((status = 201, body = ImageUploadStarted))
)]
async fn upload(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Body(new): Body<ImageUpload>,
) -> Result<Created<ImageUploadStarted>, Failure> {
    Ok(Created(contents.upload_image(&ctx, new).await?))
}

/// A picture.
#[utoipa::path(
    get, path = "/api/writer/images/{id}", params(("id" = ImageId, Path)),
    responses((status = 200, body = ImageView))
)]
async fn get(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ImageId>,
) -> Result<Response, Failure> {
    let view = contents.image(&ctx, id).await?;
    Ok(versioned(view.image.version, view))
}

/// Changes the texts or the role of a picture.
#[utoipa::path(
    patch, path = "/api/writer/images/{id}", params(("id" = ImageId, Path)),
    request_body(content = ImageUpdate, example = json!({ "alt": "A mechanic measures a brake disc" })),
    responses((status = 200, body = ImageView))
)]
async fn update(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ImageId>,
    IfMatch(version): IfMatch,
    Body(change): Body<ImageUpdate>,
) -> Result<Response, Failure> {
    let view = contents.update_image(&ctx, id, change, version).await?;
    Ok(versioned(view.image.version, view))
}

/// Removes a picture; where it stands it is left out from now on.
#[utoipa::path(
    delete, path = "/api/writer/images/{id}", params(("id" = ImageId, Path)),
    responses((status = 204))
)]
async fn delete(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ImageId>,
) -> Result<Response, Failure> {
    contents.delete_image(&ctx, id).await?;
    Ok(no_content())
}

/// Ends an upload: the file is read, turned upright, freed of metadata and made small.
#[utoipa::path(
    post, path = "/api/writer/images/{id}/finish", params(("id" = ImageId, Path)),
    responses((status = 200, body = ImageView))
)]
async fn finish(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ImageId>,
) -> Result<Response, Failure> {
    let view = contents.finish_image(&ctx, id).await?;
    Ok(versioned(view.image.version, view))
}

/// Chooses the picture at the top of its content, or takes it away.
#[utoipa::path(
    post, path = "/api/writer/images/{id}/feature", params(("id" = ImageId, Path)),
    request_body(content = ImageFeature, example = json!({ "featured": true })),
    responses((status = 200, body = Content))
)]
async fn feature(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ImageId>,
    Body(change): Body<ImageFeature>,
) -> Result<Response, Failure> {
    let content = contents.feature_image(&ctx, id, change).await?;
    Ok(versioned(content.version, content))
}

/// Puts a picture into the body of its content, where it was planned: a new revision.
#[utoipa::path(
    post, path = "/api/writer/images/{id}/place", params(("id" = ImageId, Path)),
    responses((status = 200, body = ContentView))
)]
async fn place(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ImageId>,
) -> Result<Response, Failure> {
    let view = contents.place_image(&ctx, id).await?;
    Ok(versioned(view.content.version, view))
}

/// Takes a picture out of the body of its content: a new revision. The picture stays.
#[utoipa::path(
    post, path = "/api/writer/images/{id}/remove", params(("id" = ImageId, Path)),
    responses((status = 200, body = ContentView))
)]
async fn remove(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<ImageId>,
) -> Result<Response, Failure> {
    let view = contents.remove_image(&ctx, id).await?;
    Ok(versioned(view.content.version, view))
}
