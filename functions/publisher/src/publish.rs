//! `/api/publish`: brings contents to their public place.

use axum::{Json, extract::State};
use igny8_api::{Accepted, AcceptedJob, Body, Caller, Estimate, Failure, List, ListParams, Path};
use igny8_app::{Estimated, Started, started};
use igny8_core::{ContentId, DeploymentId, Page, RecordId, SiteId};
use igny8_lambda::FunctionSpec;
use igny8_publishing::{DeploymentView, Preview, PublishRequest, Publishing, PublishingRecord};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "publisher",
    needs: &["TABLE_NAME", "BUCKET_NAME", "JWT_PUBLIC_KEYS", "SITES_DOMAIN"],
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::publishing(app))),
};

/// The routes.
pub fn routes(publishing: Publishing) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(publish))
        .routes(routes!(records))
        .routes(routes!(record))
        .routes(routes!(preview))
        .routes(routes!(deployments))
        .routes(routes!(deployment))
        .routes(routes!(rollback))
        .routes(routes!(deploy))
        .with_state(publishing)
}

/// Publishes contents. It is free.
#[utoipa::path(
    post, path = "/api/publish", params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = PublishRequest, example = json!({
        "content_ids": ["01JZ0000000000000000000000"], "destinations": ["igny8"]
    })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn publish(
    State(publishing): State<Publishing>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(request): Body<PublishRequest>,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(publishing.plan(&ctx, &request).await?.into());
    }
    Ok(publishing.publish(&ctx, &request).await?.into())
}

/// Which records.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct RecordFilter {
    /// The site.
    site_id: SiteId,
    /// Only of this content.
    content_id: Option<ContentId>,
}

/// Where the contents of a site are.
#[utoipa::path(
    get, path = "/api/publish/records", params(ListParams, RecordFilter),
    responses((status = 200, body = Page<PublishingRecord>))
)]
async fn records(
    State(publishing): State<Publishing>,
    Caller(ctx): Caller,
    list: List<RecordFilter>,
) -> Result<Json<Page<PublishingRecord>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    let (site, content) = (list.filter.site_id, list.filter.content_id);
    Ok(Json(publishing.records(&ctx, site, content, list.page()).await?))
}

/// One content at one destination.
#[utoipa::path(
    get, path = "/api/publish/records/{id}", params(("id" = RecordId, Path)),
    responses((status = 200, body = PublishingRecord))
)]
async fn record(
    State(publishing): State<Publishing>,
    Caller(ctx): Caller,
    Path(id): Path<RecordId>,
) -> Result<Json<PublishingRecord>, Failure> {
    Ok(Json(publishing.record(&ctx, id).await?))
}

/// What a content will tell search engines on the site that we host, once it is published as it is now.
#[utoipa::path(
    get, path = "/api/publish/preview/{id}", params(("id" = ContentId, Path)),
    responses((status = 200, body = Preview))
)]
async fn preview(
    State(publishing): State<Publishing>,
    Caller(ctx): Caller,
    Path(id): Path<ContentId>,
) -> Result<Json<Preview>, Failure> {
    Ok(Json(publishing.preview(&ctx, id).await?))
}

/// Which deployments.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DeploymentFilter {
    /// The site.
    site_id: SiteId,
}

/// The versions of a hosted site, newest first.
#[utoipa::path(
    get, path = "/api/publish/deployments", params(ListParams, DeploymentFilter),
    responses((status = 200, body = Page<DeploymentView>))
)]
async fn deployments(
    State(publishing): State<Publishing>,
    Caller(ctx): Caller,
    list: List<DeploymentFilter>,
) -> Result<Json<Page<DeploymentView>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    Ok(Json(publishing.deployments(&ctx, list.filter.site_id, list.page()).await?))
}

/// A version of a hosted site.
#[utoipa::path(
    get, path = "/api/publish/deployments/{id}", params(("id" = DeploymentId, Path)),
    responses((status = 200, body = DeploymentView))
)]
async fn deployment(
    State(publishing): State<Publishing>,
    Caller(ctx): Caller,
    Path(id): Path<DeploymentId>,
) -> Result<Json<DeploymentView>, Failure> {
    Ok(Json(publishing.deployment(&ctx, id).await?))
}

/// Shows visitors this version, older or newer: only the pointer moves.
#[utoipa::path(
    post, path = "/api/publish/deployments/{id}/rollback", params(("id" = DeploymentId, Path)),
    responses((status = 200, body = DeploymentView))
)]
async fn rollback(
    State(publishing): State<Publishing>,
    Caller(ctx): Caller,
    Path(id): Path<DeploymentId>,
) -> Result<Json<DeploymentView>, Failure> {
    Ok(Json(publishing.rollback(&ctx, id).await?))
}

/// Renders a hosted site anew with what is published.
#[utoipa::path(
    post, path = "/api/publish/sites/{id}/deploy", params(("id" = SiteId, Path)),
    responses((status = 202, body = AcceptedJob))
)]
async fn deploy(
    State(publishing): State<Publishing>,
    Caller(ctx): Caller,
    Path(id): Path<SiteId>,
) -> Result<Accepted<AcceptedJob>, Failure> {
    Ok(started(&publishing.deploy(&ctx, id).await?))
}
