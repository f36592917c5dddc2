//! `/api/auth/api-keys`: keys for programs.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use igny8_accounts::{Accounts, ApiKey, ApiKeyCreate, ApiKeyCreated, ApiKeyPatch};
use igny8_api::{Body, Caller, Failure, IfMatch, List, ListParams, Path, Secret, no_content, versioned};
use igny8_app::HTTP_NEEDS;
use igny8_core::{ApiKeyId, Page};
use igny8_lambda::FunctionSpec;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::paging;

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "auth-api-keys",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::accounts(app))),
};

/// The routes.
pub fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete)).with_state(accounts)
}

/// The keys of the tenant, oldest first; their secrets are not kept.
#[utoipa::path(get, path = "/api/auth/api-keys", params(ListParams), responses((status = 200, body = Page<ApiKey>)))]
async fn list(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    list: List,
) -> Result<Json<Page<ApiKey>>, Failure> {
    Ok(Json(accounts.api_keys(&ctx, paging(&list, "created_at")?).await?))
}

/// Makes a key. Its secret is in this answer and nowhere else, a repeated request with the same `Idempotency-Key`
/// included.
#[utoipa::path(
    post, path = "/api/auth/api-keys",
    request_body(content = ApiKeyCreate, example = json!({ "name": "Reporting", "role": "viewer" })),
    responses((status = 201, body = ApiKeyCreated))
)]
async fn create(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Body(new): Body<ApiKeyCreate>,
) -> Result<Response, Failure> {
    // The deed itself has remembered the answer without the secret; this one must not be.
    Ok((StatusCode::CREATED, Secret(accounts.create_api_key(&ctx, new).await?)).into_response())
}

/// A key, without its secret.
#[utoipa::path(
    get, path = "/api/auth/api-keys/{id}", params(("id" = ApiKeyId, Path)),
    responses((status = 200, body = ApiKey))
)]
async fn get(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<ApiKeyId>,
) -> Result<Response, Failure> {
    let key = accounts.api_key(&ctx, id).await?;
    Ok(versioned(key.version, key))
}

/// Renames a key; role and end are for life.
#[utoipa::path(
    patch, path = "/api/auth/api-keys/{id}", params(("id" = ApiKeyId, Path)),
    request_body(content = ApiKeyPatch, example = json!({ "name": "Weekly reporting" })),
    responses((status = 200, body = ApiKey))
)]
async fn update(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<ApiKeyId>,
    IfMatch(version): IfMatch,
    Body(change): Body<ApiKeyPatch>,
) -> Result<Response, Failure> {
    let key = accounts.change_api_key(&ctx, id, change, version).await?;
    Ok(versioned(key.version, key))
}

/// Ends a key at once.
#[utoipa::path(
    delete, path = "/api/auth/api-keys/{id}", params(("id" = ApiKeyId, Path)),
    responses((status = 204))
)]
async fn delete(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<ApiKeyId>,
) -> Result<Response, Failure> {
    accounts.revoke_api_key(&ctx, id).await?;
    Ok(no_content())
}
