//! `/api/auth/workspaces`: groups of sites.

use axum::{Json, extract::State, response::Response};
use igny8_accounts::{Accounts, Workspace, WorkspaceCreate, WorkspacePatch};
use igny8_api::{Body, Caller, Created, Failure, IfMatch, List, ListParams, Path, no_content, versioned};
use igny8_app::HTTP_NEEDS;
use igny8_core::{Page, WorkspaceId};
use igny8_lambda::FunctionSpec;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::paging;

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "auth-workspaces",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::accounts(app))),
};

/// The routes.
pub fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete)).with_state(accounts)
}

/// The workspaces that the caller may see, oldest first.
#[utoipa::path(
    get, path = "/api/auth/workspaces", params(ListParams),
    responses((status = 200, body = Page<Workspace>))
)]
async fn list(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    list: List,
) -> Result<Json<Page<Workspace>>, Failure> {
    Ok(Json(accounts.workspaces(&ctx, paging(&list, "created_at")?).await?))
}

/// Makes a workspace.
#[utoipa::path(
    post, path = "/api/auth/workspaces",
    request_body(content = WorkspaceCreate, example = json!({ "name": "Client A" })),
    responses((status = 201, body = Workspace))
)]
async fn create(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Body(new): Body<WorkspaceCreate>,
) -> Result<Created<Workspace>, Failure> {
    Ok(Created(accounts.create_workspace(&ctx, new).await?))
}

/// A workspace.
#[utoipa::path(
    get, path = "/api/auth/workspaces/{id}", params(("id" = WorkspaceId, Path)),
    responses((status = 200, body = Workspace))
)]
async fn get(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<WorkspaceId>,
) -> Result<Response, Failure> {
    let workspace = accounts.workspace(&ctx, id).await?;
    Ok(versioned(workspace.version, workspace))
}

/// Renames a workspace.
#[utoipa::path(
    patch, path = "/api/auth/workspaces/{id}", params(("id" = WorkspaceId, Path)),
    request_body(content = WorkspacePatch, example = json!({ "name": "Client B" })),
    responses((status = 200, body = Workspace))
)]
async fn update(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<WorkspaceId>,
    IfMatch(version): IfMatch,
    Body(change): Body<WorkspacePatch>,
) -> Result<Response, Failure> {
    let workspace = accounts.change_workspace(&ctx, id, change, version).await?;
    Ok(versioned(workspace.version, workspace))
}

/// Removes a workspace without sites.
#[utoipa::path(
    delete, path = "/api/auth/workspaces/{id}", params(("id" = WorkspaceId, Path)),
    responses((status = 204))
)]
async fn delete(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<WorkspaceId>,
) -> Result<Response, Failure> {
    accounts.delete_workspace(&ctx, id).await?;
    Ok(no_content())
}
