//! `/api/system/notices`: what has ended, and up to where one has read it.

use axum::{Json, extract::State};
use igny8_api::{Body, Caller, Failure, List, ListParams};
use igny8_app::HTTP_NEEDS;
use igny8_core::{Page, Timestamp};
use igny8_lambda::FunctionSpec;
use igny8_live::{Live, NoticeView, NoticesRead};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-notices",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::live(app))),
};

/// The routes.
pub fn routes(live: Live) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(read)).with_state(live)
}

/// Which notices.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// Only those that the caller has not read.
    unread: Option<bool>,
}

/// Work that has ended in the last 30 days, newest first.
#[utoipa::path(
    get, path = "/api/system/notices", params(ListParams, Filter),
    responses((status = 200, body = Page<NoticeView>))
)]
async fn list(
    State(live): State<Live>,
    Caller(ctx): Caller,
    list: List<Filter>,
) -> Result<Json<Page<NoticeView>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    Ok(Json(live.notices(&ctx, list.filter.unread.unwrap_or_default(), list.page()).await?))
}

/// Up to where.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReadInput {
    /// Notices of this moment and earlier are read.
    until: Timestamp,
}

/// Marks notices as read, for the caller alone. What was read before stays read.
#[utoipa::path(
    post, path = "/api/system/notices/read",
    request_body(content = ReadInput, example = json!({ "until": "2026-11-22T09:00:00.000Z" })),
    responses((status = 200, body = NoticesRead))
)]
async fn read(
    State(live): State<Live>,
    Caller(ctx): Caller,
    Body(input): Body<ReadInput>,
) -> Result<Json<NoticesRead>, Failure> {
    Ok(Json(live.read_notices(&ctx, input.until).await?))
}
