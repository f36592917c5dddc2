//! `/api/planner/clusters`: clusters of a site.

use axum::{
    Json,
    extract::{FromRef, State},
    response::Response,
};
use igny8_api::{
    Accepted, AcceptedJob, Body, Caller, Created, Failure, IfMatch, List, ListParams, Path, Query, no_content,
    versioned,
};
use igny8_app::{HTTP_NEEDS, started};
use igny8_content::{ClusterMap, Contents};
use igny8_core::{ClusterId, JobId, Page, SectorId, SiteId};
use igny8_lambda::FunctionSpec;
use igny8_planning::{ClusterCreate, ClusterMerge, ClusterSplit, ClusterUpdate, Planning, entity::Cluster};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "planner-clusters",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::planning(app), igny8_app::contents(app))),
};

#[derive(Clone)]
struct Services {
    planning: Planning,
    contents: Contents,
}

impl FromRef<Services> for Planning {
    fn from_ref(services: &Services) -> Self {
        services.planning.clone()
    }
}

impl FromRef<Services> for Contents {
    fn from_ref(services: &Services) -> Self {
        services.contents.clone()
    }
}

/// The routes.
pub fn routes(planning: Planning, contents: Contents) -> OpenApiRouter {
    OpenApiRouter::<Services>::new()
        .routes(routes!(list, create))
        .routes(routes!(map))
        .routes(routes!(get, update, delete))
        .routes(routes!(merge))
        .routes(routes!(undo_merge))
        .routes(routes!(split))
        .with_state(Services { planning, contents })
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

/// Which map.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MapFilter {
    /// The site.
    site_id: SiteId,
}

/// The clusters of a site as hubs and spokes, with what each has so far: ideas, contents, public pages.
#[utoipa::path(
    get, path = "/api/planner/clusters/map", params(MapFilter),
    responses((status = 200, body = ClusterMap))
)]
async fn map(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Query(filter): Query<MapFilter>,
) -> Result<Json<ClusterMap>, Failure> {
    Ok(Json(contents.cluster_map(&ctx, filter.site_id).await?))
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

/// Changes a cluster's name, description, page type or hub.
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

/// Removes a cluster without keywords, ideas and spokes.
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

/// Merges other clusters into this one: their keywords, ideas, tasks and contents follow, and their names are free again.
///
/// It is free, and can be taken back for 30 days. One merge runs at a time in a site.
#[utoipa::path(
    post, path = "/api/planner/clusters/{id}/merge", params(("id" = ClusterId, Path)),
    request_body(content = ClusterMerge, example = json!({ "cluster_ids": ["01JZ0000000000000000000000"] })),
    responses((status = 202, body = AcceptedJob))
)]
async fn merge(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<ClusterId>,
    Body(request): Body<ClusterMerge>,
) -> Result<Accepted<AcceptedJob>, Failure> {
    Ok(started(&planning.merge_clusters(&ctx, id, &request).await?))
}

/// Takes a merge back: its clusters are there again, with what it moved and what is still where it put it.
///
/// It is free, and possible for 30 days.
#[utoipa::path(
    post, path = "/api/planner/clusters/merges/{job_id}/undo", params(("job_id" = JobId, Path)),
    responses((status = 202, body = AcceptedJob))
)]
async fn undo_merge(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(job): Path<JobId>,
) -> Result<Accepted<AcceptedJob>, Failure> {
    Ok(started(&planning.undo_merge(&ctx, job).await?))
}

/// Makes a new cluster of some keywords of this one, all at once. Ideas and contents stay where they are.
#[utoipa::path(
    post, path = "/api/planner/clusters/{id}/split", params(("id" = ClusterId, Path)),
    request_body(content = ClusterSplit, example = json!({
        "name": "Brake discs", "keyword_ids": ["01JZ0000000000000000000000"]
    })),
    responses((status = 201, body = Cluster))
)]
async fn split(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<ClusterId>,
    Body(request): Body<ClusterSplit>,
) -> Result<Created<Cluster>, Failure> {
    Ok(Created(planning.split_cluster(&ctx, id, request).await?))
}
