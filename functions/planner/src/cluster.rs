//! `/api/planner/cluster`: starts to group keywords into clusters.

use axum::extract::State;
use igny8_api::{AcceptedJob, Body, Caller, Estimate, Failure};
use igny8_app::{Estimated, HTTP_NEEDS, Started};
use igny8_core::{Error, KeywordId, SiteId};
use igny8_lambda::FunctionSpec;
use igny8_planning::{ClusterSelection, Planning};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "planner-cluster",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::planning(app))),
};

/// The routes.
pub fn routes(planning: Planning) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(start)).with_state(planning)
}

/// Which keywords to group.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ClusterRequest {
    /// The site.
    site_id: SiteId,
    /// These keywords, at most 50.
    #[serde(default)]
    keyword_ids: Option<Vec<KeywordId>>,
    /// Or all new ones of the site.
    #[serde(default)]
    all_new: bool,
}

/// Groups keywords into new and existing clusters: 1 credit per 30 keywords.
#[utoipa::path(
    post, path = "/api/planner/cluster", params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = ClusterRequest, example = json!({ "site_id": "01JZ0000000000000000000000", "all_new": true })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn start(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(request): Body<ClusterRequest>,
) -> Result<Started, Failure> {
    let selection = match (request.keyword_ids, request.all_new) {
        (None, true) => ClusterSelection::AllNew,
        (Some(ids), false) => ClusterSelection::Ids(ids),
        _ => return Err(Error::invalid("keyword_ids", "send either keyword_ids or all_new: true").into()),
    };
    if estimate {
        return Ok(planning.plan_clustering(&ctx, request.site_id, selection).await?.into());
    }
    Ok(planning.cluster(&ctx, request.site_id, selection).await?.into())
}
