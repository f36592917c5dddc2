//! `/api/writer/tasks`: orders to write something.

use axum::{Json, extract::State, response::Response};
use igny8_api::{Body, Caller, Created, Failure, IfMatch, List, ListParams, Path, no_content, versioned};
use igny8_app::HTTP_NEEDS;
use igny8_content::{Contents, Task, TaskCreate, TaskQuery, TaskStatus, TaskUpdate};
use igny8_core::{ClusterId, Page, SiteId, TaskId};
use igny8_lambda::FunctionSpec;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "writer-tasks",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::contents(app))),
};

/// The routes.
pub fn routes(contents: Contents) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete)).with_state(contents)
}

/// Which tasks.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The site.
    site_id: SiteId,
    /// Only in this state.
    status: Option<TaskStatus>,
    /// Only of this cluster.
    cluster_id: Option<ClusterId>,
}

/// Tasks of a site, newest first.
#[utoipa::path(
    get, path = "/api/writer/tasks", params(ListParams, Filter),
    responses((status = 200, body = Page<Task>))
)]
async fn list(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    list: List<Filter>,
) -> Result<Json<Page<Task>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    let filter = list.filter.clone();
    let query =
        TaskQuery { site_id: filter.site_id, status: filter.status, cluster_id: filter.cluster_id, page: list.page() };
    Ok(Json(contents.tasks(&ctx, query).await?))
}

/// Makes a task by hand, or from an idea.
#[utoipa::path(
    post, path = "/api/writer/tasks",
    request_body(content = TaskCreate, example = json!({
        "site_id": "01JZ0000000000000000000000", "title": "When to change brake pads", "keywords": ["brake pads"]
    })),
    responses((status = 201, body = Task))
)]
async fn create(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Body(new): Body<TaskCreate>,
) -> Result<Created<Task>, Failure> {
    Ok(Created(contents.create_task(&ctx, new).await?))
}

/// A task.
#[utoipa::path(
    get, path = "/api/writer/tasks/{id}", params(("id" = TaskId, Path)),
    responses((status = 200, body = Task))
)]
async fn get(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<TaskId>,
) -> Result<Response, Failure> {
    let task = contents.task(&ctx, id).await?;
    Ok(versioned(task.version, task))
}

/// Changes a task that waits.
#[utoipa::path(
    patch, path = "/api/writer/tasks/{id}", params(("id" = TaskId, Path)),
    request_body(content = TaskUpdate, example = json!({ "estimated_words": 1200 })),
    responses((status = 200, body = Task))
)]
async fn update(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<TaskId>,
    IfMatch(version): IfMatch,
    Body(change): Body<TaskUpdate>,
) -> Result<Response, Failure> {
    let task = contents.update_task(&ctx, id, change, version).await?;
    Ok(versioned(task.version, task))
}

/// Removes a task that has no content.
#[utoipa::path(
    delete, path = "/api/writer/tasks/{id}", params(("id" = TaskId, Path)),
    responses((status = 204))
)]
async fn delete(
    State(contents): State<Contents>,
    Caller(ctx): Caller,
    Path(id): Path<TaskId>,
) -> Result<Response, Failure> {
    contents.delete_task(&ctx, id).await?;
    Ok(no_content())
}
