//! `/api/thinker/strategies`: how content of a sector and kind is to be.

use axum::{Json, extract::State, response::Response};
use igny8_api::{Body, Caller, Created, Failure, IfMatch, List, ListParams, Path, no_content, versioned};
use igny8_core::{Page, StrategyId};
use igny8_thinker::{Strategy, StrategyInput, Thinker};
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) fn routes(thinker: Thinker) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, put, delete)).with_state(thinker)
}

/// Strategies that the caller may see.
#[utoipa::path(
    get, path = "/api/thinker/strategies", params(ListParams),
    responses((status = 200, body = Page<Strategy>))
)]
async fn list(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    list: List,
) -> Result<Json<Page<Strategy>>, Failure> {
    list.no_search()?;
    list.order(&[("id", ())])?;
    Ok(Json(thinker.strategies(&ctx, list.page()).await?))
}

/// Makes the strategy of a sector and kind; there is one of each at most.
#[utoipa::path(
    post, path = "/api/thinker/strategies",
    request_body(content = StrategyInput, example = json!({ "name": "Guides", "entity_type": "service", "structure": "guide", "words": 1200 })),
    responses((status = 201, body = Strategy))
)]
async fn create(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Body(input): Body<StrategyInput>,
) -> Result<Created<Strategy>, Failure> {
    Ok(Created(thinker.create_strategy(&ctx, input).await?))
}

/// A strategy.
#[utoipa::path(
    get, path = "/api/thinker/strategies/{id}", params(("id" = StrategyId, Path)),
    responses((status = 200, body = Strategy))
)]
async fn get(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path(id): Path<StrategyId>,
) -> Result<Response, Failure> {
    let row = thinker.strategy(&ctx, id).await?;
    Ok(versioned(row.version, row))
}

/// Puts what a strategy says anew. For which sector and kind it is stays.
#[utoipa::path(
    put, path = "/api/thinker/strategies/{id}", params(("id" = StrategyId, Path)),
    request_body(content = StrategyInput, example = json!({ "name": "Guides", "entity_type": "page", "structure": "guide", "words": 1500 })),
    responses((status = 200, body = Strategy))
)]
async fn put(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path(id): Path<StrategyId>,
    IfMatch(version): IfMatch,
    Body(input): Body<StrategyInput>,
) -> Result<Response, Failure> {
    let row = thinker.put_strategy(&ctx, id, input, version).await?;
    Ok(versioned(row.version, row))
}

/// Removes a strategy: the next wider one counts then.
#[utoipa::path(
    delete, path = "/api/thinker/strategies/{id}", params(("id" = StrategyId, Path)),
    responses((status = 204))
)]
async fn delete(
    State(thinker): State<Thinker>,
    Caller(ctx): Caller,
    Path(id): Path<StrategyId>,
    IfMatch(version): IfMatch,
) -> Result<Response, Failure> {
    thinker.delete_strategy(&ctx, id, version).await?;
    Ok(no_content())
}
