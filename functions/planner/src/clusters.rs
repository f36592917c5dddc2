//! `/api/planner/clusters`: clusters of a site.

use axum::{Json, extract::State, response::Response};
use igny8_api::{Body, Caller, Created, Failure, IfMatch, List, ListParams, Path, no_content, versioned};
use igny8_app::HTTP_NEEDS;
use igny8_core::{ClusterId, Page, SectorId, SiteId};
use igny8_lambda::FunctionSpec;
use igny8_planning::{ClusterCreate, ClusterUpdate, Planning, entity::Cluster};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "planner-clusters",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::planning(app))),
};

/// The routes.
pub fn routes(planning: Planning) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete)).with_state(planning)
}

/// Which clusters.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The site.
    site_id: SiteId,
    /// Only of this sector.
    sector_id: Option<SectorId>,
}

/// Clusters of a site, newest first.
#[utoipa::path(
    get, path = "/api/planner/clusters", params(ListParams, Filter),
    responses((status = 200, body = Page<Cluster>))
)]
async fn list(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    list: List<Filter>,
) -> Result<Json<Page<Cluster>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    let filter = &list.filter;
    Ok(Json(planning.clusters(&ctx, filter.site_id, filter.sector_id, list.page()).await?))
}

/// Makes a cluster by hand.
#[utoipa::path(
    post, path = "/api/planner/clusters",
    request_body(content = ClusterCreate, example = json!({
        "site_id": "01JZ0000000000000000000000", "name": "Brake pads", "description": "Choosing and changing brake pads"
    })),
    responses((status = 201, body = Cluster))
)]
async fn create(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Body(new): Body<ClusterCreate>,
) -> Result<Created<Cluster>, Failure> {
    Ok(Created(planning.create_cluster(&ctx, new).await?))
}

/// A cluster.
#[utoipa::path(
    get, path = "/api/planner/clusters/{id}", params(("id" = ClusterId, Path)),
    responses((status = 200, body = Cluster))
)]
async fn get(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<ClusterId>,
) -> Result<Response, Failure> {
    let cluster = planning.cluster_by_id(&ctx, id).await?;
    Ok(versioned(cluster.version, cluster))
}

/// Changes a cluster's name or description.
#[utoipa::path(
    patch, path = "/api/planner/clusters/{id}", params(("id" = ClusterId, Path)),
    request_body(content = ClusterUpdate, example = json!({ "name": "Brake pads and discs" })),
    responses((status = 200, body = Cluster))
)]
async fn update(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<ClusterId>,
    IfMatch(version): IfMatch,
    Body(change): Body<ClusterUpdate>,
) -> Result<Response, Failure> {
    let cluster = planning.update_cluster(&ctx, id, change, version).await?;
    Ok(versioned(cluster.version, cluster))
}

/// Removes a cluster without keywords and ideas.
#[utoipa::path(
    delete, path = "/api/planner/clusters/{id}", params(("id" = ClusterId, Path)),
    responses((status = 204))
)]
async fn delete(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<ClusterId>,
) -> Result<Response, Failure> {
    planning.delete_cluster(&ctx, id).await?;
    Ok(no_content())
}
