//! `/api/planner/ideas`: ideas of a site, generating them, and queueing them as tasks.

use axum::{
    Json,
    extract::{FromRef, State},
    response::Response,
};
use igny8_api::{
    AcceptedJob, Body, Bulk, BulkRequest, Caller, Created, Estimate, Failure, IfMatch, List, ListParams, Path,
    no_content, versioned,
};
use igny8_app::{Estimated, HTTP_NEEDS, Started};
use igny8_content::Contents;
use igny8_core::{ClusterId, Error, IdeaId, Page, SectorId, SiteId, TaskId};
use igny8_lambda::FunctionSpec;
use igny8_planning::{
    IdeaCreate, IdeaQuery, IdeaUpdate, IdeasRequest, Planning,
    entity::{ContentIdea, IdeaStatus},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "planner-ideas",
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
        .routes(routes!(bulk))
        .routes(routes!(generate))
        .routes(routes!(queue))
        .routes(routes!(get, update, delete))
        .routes(routes!(merge))
        .routes(routes!(unmerge))
        .with_state(Services { planning, contents })
}

/// Which ideas.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The site.
    site_id: SiteId,
    /// Only of this sector.
    sector_id: Option<SectorId>,
    /// Only of this cluster.
    cluster_id: Option<ClusterId>,
    /// Only in this state.
    status: Option<IdeaStatus>,
}

/// Ideas of a site, newest first.
#[utoipa::path(
    get, path = "/api/planner/ideas", params(ListParams, Filter),
    responses((status = 200, body = Page<ContentIdea>))
)]
async fn list(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    list: List<Filter>,
) -> Result<Json<Page<ContentIdea>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    let filter = list.filter.clone();
    let query = IdeaQuery {
        site_id: filter.site_id,
        sector_id: filter.sector_id,
        cluster_id: filter.cluster_id,
        status: filter.status,
        page: list.page(),
    };
    Ok(Json(planning.ideas(&ctx, query).await?))
}

/// Makes an idea by hand.
#[utoipa::path(
    post, path = "/api/planner/ideas",
    request_body(content = IdeaCreate, example = json!({
        "site_id": "01JZ0000000000000000000000", "title": "When to change brake pads",
        "outline": [{ "heading": "The signs", "points": ["Noise", "A longer way to stop"] }],
        "target_keywords": ["brake pads"]
    })),
    responses((status = 201, body = ContentIdea))
)]
async fn create(
    State(planning): State<Planning>,
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Body(new): Body<IdeaCreate>,
) -> Result<Created<ContentIdea>, Failure> {
    Ok(Created(planning.create_idea(&ctx, new, &contents).await?))
}

/// What to do with many ideas.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum IdeaAction {
    /// They shall be written.
    Accept,
    /// They shall not be written.
    Reject,
    /// Nobody has decided yet, again.
    Restore,
    /// Remove them for good.
    Delete,
}

/// What to do with which ideas.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkRequest_Ideas)]
struct IdeaBulk {
    /// What to do with each of them.
    action: IdeaAction,
    /// With which ones, at most 200.
    ids: Vec<IdeaId>,
    /// For `reject` alone: why, at most 380 bytes.
    #[serde(default)]
    reason: Option<String>,
}

/// Accepts, rejects, takes back or removes many ideas; answers per id.
#[utoipa::path(
    post, path = "/api/planner/ideas/bulk",
    request_body(content = IdeaBulk, example = json!({
        "action": "accept", "ids": ["01JZ0000000000000000000000"]
    })),
    responses((status = 200, body = Bulk<IdeaId>))
)]
async fn bulk(
    State(planning): State<Planning>,
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Body(request): Body<IdeaBulk>,
) -> Result<Bulk<IdeaId>, Failure> {
    let IdeaBulk { action, ids, reason } = request;
    if reason.is_some() && action != IdeaAction::Reject {
        return Err(Error::invalid("reason", "belongs to the action reject alone").into());
    }
    let (planning, contents, ctx, reason) = (&planning, &contents, &ctx, &reason);
    let decide = |id, status| async move {
        let change = IdeaUpdate { status: Some(status), reject_reason: reason.clone(), ..IdeaUpdate::default() };
        planning.update_idea(ctx, id, change, None, contents).await.map(drop)
    };
    let one = |action, id| async move {
        match action {
            IdeaAction::Accept => decide(id, IdeaStatus::Accepted).await,
            IdeaAction::Reject => decide(id, IdeaStatus::Rejected).await,
            IdeaAction::Restore => decide(id, IdeaStatus::New).await,
            IdeaAction::Delete => planning.delete_idea(ctx, id).await,
        }
    };
    BulkRequest { action, ids }.each(one).await
}

/// Generates ideas for clusters: 1 credit for each idea that is made.
#[utoipa::path(
    post, path = "/api/planner/ideas/generate", params(("estimate" = Option<bool>, Query, description = "Only say what it would cost.")),
    request_body(content = IdeasRequest, example = json!({ "cluster_ids": ["01JZ0000000000000000000000"], "per_cluster": 3 })),
    responses((status = 202, body = AcceptedJob), (status = 200, body = Estimated))
)]
async fn generate(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Estimate(estimate): Estimate,
    Body(request): Body<IdeasRequest>,
) -> Result<Started, Failure> {
    if estimate {
        return Ok(planning.plan_ideas(&ctx, &request).await?.into());
    }
    Ok(planning.generate_ideas(&ctx, &request).await?.into())
}

/// Which ideas to queue.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct QueueRequest {
    /// At most 45.
    idea_ids: Vec<IdeaId>,
    /// Those of them that shall be written though the gate found a rival: the one that the idea names at this moment.
    #[serde(default)]
    overrule: Vec<IdeaId>,
}

/// The tasks that were made.
#[derive(Debug, Serialize, ToSchema)]
struct Queued {
    /// In the order of the ideas.
    task_ids: Vec<TaskId>,
}

/// Makes a task of each idea; all of them or none. Each is judged once more: 409 when one has a rival that nobody has
/// overruled; `errors` names it for each, and so does the verdict of the idea from then on.
#[utoipa::path(
    post, path = "/api/planner/ideas/queue",
    request_body(content = QueueRequest, example = json!({ "idea_ids": ["01JZ0000000000000000000000"] })),
    responses((status = 201, body = Queued))
)]
async fn queue(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Body(request): Body<QueueRequest>,
) -> Result<Created<Queued>, Failure> {
    Ok(Created(Queued { task_ids: contents.queue_ideas(&ctx, request.idea_ids, &request.overrule).await? }))
}

/// What to merge an idea into.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct IdeaMerge {
    /// The rival that the idea's verdict names: so nobody merges into something that they have not seen.
    rival_id: String,
}

/// Merges an idea into its rival: an idea or a task that waits gets its keywords and its outline, a page or a draft its
/// keywords. The idea is rejected, and says what it became part of.
#[utoipa::path(
    post, path = "/api/planner/ideas/{id}/merge", params(("id" = IdeaId, Path)),
    request_body(content = IdeaMerge, example = json!({ "rival_id": "01K2V6Q8ZC4M7N9D3F5H1J0KRS" })),
    responses((status = 200, body = ContentIdea))
)]
async fn merge(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<IdeaId>,
    Body(request): Body<IdeaMerge>,
) -> Result<Response, Failure> {
    let idea = contents.merge_idea(&ctx, id, &request.rival_id).await?;
    Ok(versioned(idea.version, idea))
}

/// Takes the merge of an idea back: it is what it was before, and what it gave goes from its rival, as far as that is
/// still there and waits.
#[utoipa::path(
    post, path = "/api/planner/ideas/{id}/unmerge", params(("id" = IdeaId, Path)),
    responses((status = 200, body = ContentIdea))
)]
async fn unmerge(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<IdeaId>,
) -> Result<Response, Failure> {
    let idea = contents.unmerge_idea(&ctx, id).await?;
    Ok(versioned(idea.version, idea))
}

/// An idea.
#[utoipa::path(
    get, path = "/api/planner/ideas/{id}", params(("id" = IdeaId, Path)),
    responses((status = 200, body = ContentIdea))
)]
async fn get(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<IdeaId>,
) -> Result<Response, Failure> {
    let idea = planning.idea(&ctx, id).await?;
    Ok(versioned(idea.version, idea))
}

/// Changes, accepts or rejects an idea. One with another title or other keywords is judged again.
#[utoipa::path(
    patch, path = "/api/planner/ideas/{id}", params(("id" = IdeaId, Path)),
    request_body(content = IdeaUpdate, example = json!({ "status": "accepted" })),
    responses((status = 200, body = ContentIdea))
)]
async fn update(
    State(planning): State<Planning>,
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<IdeaId>,
    IfMatch(version): IfMatch,
    Body(change): Body<IdeaUpdate>,
) -> Result<Response, Failure> {
    let idea = planning.update_idea(&ctx, id, change, version, &contents).await?;
    Ok(versioned(idea.version, idea))
}

/// Removes an idea that no task has.
#[utoipa::path(
    delete, path = "/api/planner/ideas/{id}", params(("id" = IdeaId, Path)),
    responses((status = 204))
)]
async fn delete(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<IdeaId>,
) -> Result<Response, Failure> {
    planning.delete_idea(&ctx, id).await?;
    Ok(no_content())
}
