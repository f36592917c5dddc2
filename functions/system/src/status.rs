//! `/api/system/health`, the document of the API, and the answer to every path that does not exist.

use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use igny8_api::Failure;
use igny8_app::HTTP_NEEDS;
use igny8_lambda::FunctionSpec;
use igny8_table::{Keys, Table};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-status",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(app.table.clone())),
};

/// The document, made by `cargo run --bin igny8-openapi` and kept in the repository.
const DOCUMENT: &str = include_str!("../../../openapi.json");

/// The routes.
pub fn routes(table: Table) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(health)).routes(routes!(openapi)).with_state(table)
}

/// Whether everything answers.
#[derive(Debug, Serialize, ToSchema)]
struct Health {
    /// `ok`.
    status: &'static str,
}

/// 200 when the service answers and reaches its table.
#[utoipa::path(get, path = "/api/system/health", responses((status = 200, body = Health)))]
async fn health(State(table): State<Table>) -> Result<Json<Health>, Failure> {
    table.get_item(Keys::global("HEALTH", "-")).await?;
    Ok(Json(Health { status: "ok" }))
}

/// This document.
#[utoipa::path(get, path = "/api/openapi.json", responses((status = 200, body = Object)))]
async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")], DOCUMENT)
        .into_response()
}
