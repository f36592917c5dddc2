//! `/api/billing`: what is there, what is reserved, and where it went.

use axum::{Json, extract::State};
use igny8_api::{Caller, Failure, List, ListParams};
use igny8_app::HTTP_NEEDS;
use igny8_billing::{BalanceView, Billing, PLANS, Plan, Transaction, Usage};
use igny8_core::Page;
use igny8_lambda::FunctionSpec;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "billing",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::work(app).billing().clone())),
};

/// The routes.
pub fn routes(billing: Billing) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(balance))
        .routes(routes!(transactions))
        .routes(routes!(usage))
        .routes(routes!(plans))
        .with_state(billing)
}

/// The balance.
#[utoipa::path(get, path = "/api/billing/balance", responses((status = 200, body = BalanceView)))]
async fn balance(State(billing): State<Billing>, Caller(ctx): Caller) -> Result<Json<BalanceView>, Failure> {
    Ok(Json(BalanceView::from(&billing.balance(&ctx).await?)))
}

/// The ledger, newest first. Its entries are never changed.
#[utoipa::path(
    get, path = "/api/billing/transactions", params(ListParams),
    responses((status = 200, body = Page<Transaction>))
)]
async fn transactions(
    State(billing): State<Billing>,
    Caller(ctx): Caller,
    list: List,
) -> Result<Json<Page<Transaction>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    Ok(Json(billing.transactions(&ctx, list.page()).await?))
}

/// Every call of a model, newest job first.
#[utoipa::path(get, path = "/api/billing/usage", params(ListParams), responses((status = 200, body = Page<Usage>)))]
async fn usage(State(billing): State<Billing>, Caller(ctx): Caller, list: List) -> Result<Json<Page<Usage>>, Failure> {
    list.no_search()?;
    list.order(&[("-created_at", ())])?;
    Ok(Json(billing.usage(&ctx, list.page()).await?))
}

/// The plans.
#[derive(Debug, Serialize, ToSchema)]
struct Plans {
    /// From small to large.
    items: Vec<Plan>,
}

/// All plans.
#[utoipa::path(get, path = "/api/billing/plans", responses((status = 200, body = Plans)))]
async fn plans() -> Json<Plans> {
    Json(Plans { items: PLANS.to_vec() })
}
