//! `/api/system/events`: the way into the live feed.

use axum::extract::State;
use igny8_api::{Caller, Failure, Identity, Secret};
use igny8_lambda::FunctionSpec;
use igny8_live::{Live, LiveMessage, TicketView};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "system-events",
    needs: &["TABLE_NAME", "BUCKET_NAME", "JWT_PUBLIC_KEYS", "LIVE_URL"],
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::live(app))),
};

/// What goes over the socket is in the document too, so that clients are generated from it.
#[derive(OpenApi)]
#[openapi(components(schemas(LiveMessage)))]
struct Messages;

/// The routes.
pub fn routes(live: Live) -> OpenApiRouter {
    OpenApiRouter::with_openapi(Messages::openapi()).routes(routes!(ticket)).with_state(live)
}

/// A ticket for the live feed: open the WebSocket `url` with `?ticket=`, once and within 30 seconds.
///
/// Send `{"since": <the latest at>}` to be told what was missed, and `{"type": "ping"}` every few minutes. What comes is a
/// `LiveMessage`. The answer is not kept for an `Idempotency-Key`.
#[utoipa::path(
    post, path = "/api/system/events/ticket",
    responses((status = 200, body = TicketView))
)]
async fn ticket(
    State(live): State<Live>,
    Caller(ctx): Caller,
    identity: Identity,
) -> Result<Secret<TicketView>, Failure> {
    Ok(Secret(live.ticket(&ctx, identity.session).await?))
}
