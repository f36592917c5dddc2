//! `/api/settings/tenant`: limits of AI work that a tenant may change for itself.

use std::collections::BTreeMap;

use axum::{extract::State, response::Response};
use igny8_ai::Strategy;
use igny8_api::{Body, Caller, Failure, IfMatch, versioned};
use igny8_core::{Ctx, Error, FieldError, Result};
use igny8_platform::{
    Settings,
    settings::{SETTINGS, Setting},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Service, ai_models};

/// One limit.
#[derive(Debug, Serialize, ToSchema)]
struct Limit {
    /// Its name, for changing it.
    key: &'static str,
    /// What it is for.
    about: &'static str,
    /// What it is now.
    value: u64,
    /// What it is until someone changes it.
    default: u64,
    /// The smallest value.
    min: u64,
    /// The largest value; of what protects who pays the providers, the operator's.
    max: u64,
}

/// The settings of the tenant.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TenantSettings {
    /// The limits.
    limits: Vec<Limit>,
    /// Which AI model is asked first: the first in order, the cheapest, or each by its weight.
    #[schema(value_type = String, example = "order")]
    ai_routing: Strategy,
    /// AI models of functions that have some of their own, first to last.
    ai_models_by_function: BTreeMap<String, Vec<String>>,
    /// For `If-Match`; 0 until something is changed.
    version: u64,
}

/// What is to be changed; what is left out stays, and null goes back to the default.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantChange {
    /// Limits by their key.
    #[serde(default)]
    limits: BTreeMap<String, Option<u64>>,
    /// Which AI model is asked first: `order`, `price` or `balance`.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "price")]
    ai_routing: Option<Strategy>,
    /// AI models of a function, first to last, by its name; an empty list takes them away.
    #[serde(default)]
    ai_models_by_function: BTreeMap<String, Vec<String>>,
}

/// The limits of AI work, and how its models are chosen.
#[utoipa::path(get, path = "/api/settings/tenant", responses((status = 200, body = TenantSettings)))]
pub(crate) async fn get(State(service): State<Service>, Caller(ctx): Caller) -> Result<Response, Failure> {
    let view = view(&service.settings(&ctx).await?);
    Ok(versioned(view.version, view))
}

/// Changes limits, or how models are chosen. It holds for work that begins a few seconds later.
#[utoipa::path(
    patch, path = "/api/settings/tenant",
    request_body(content = TenantChange, example = json!({ "limits": { "ai_daily_cost_cents": 500 }, "ai_routing": "price" })),
    responses((status = 200, body = TenantSettings))
)]
pub(crate) async fn change(
    State(service): State<Service>,
    Caller(ctx): Caller,
    IfMatch(version): IfMatch,
    Body(change): Body<TenantChange>,
) -> Result<Response, Failure> {
    let view = view(&apply(&service, &ctx, version, change).await?);
    Ok(versioned(view.version, view))
}

async fn apply(service: &Service, ctx: &Ctx, version: Option<u64>, change: TenantChange) -> Result<Settings> {
    let mut row = service.row(ctx, version).await?;
    let before = service.settings(ctx).await?;
    let mut wrong = Vec::new();
    for (key, value) in change.limits {
        let field = format!("limits.{key}");
        match (SETTINGS.iter().find(|setting| setting.by_tenant && setting.key == key), value) {
            (None, _) => wrong.push(unknown(field, &own().map(|setting| setting.key).collect::<Vec<_>>().join(", "))),
            (Some(_), None) => {
                row.values.remove(&key);
            }
            (Some(setting), Some(value)) => {
                let most = before.most(*setting);
                wrong.extend(row.set(setting, most, value).err().map(|error| FieldError { field, ..error }));
            }
        }
    }
    if let Some(strategy) = change.ai_routing {
        row.routing = Some(strategy.as_str().to_owned());
    }
    if !change.ai_models_by_function.is_empty() {
        let known = ai_models::known(service, ctx).await?;
        let known: Vec<String> = known.iter().map(igny8_ai::Model::key).collect();
        for (function, models) in change.ai_models_by_function {
            let field = format!("ai_models_by_function.{function}");
            if igny8_ai::Prompt::default_for(&function).is_none() {
                let message = "There is no such AI function.".to_owned();
                wrong.push(FieldError { field, message });
            } else if models.iter().any(|model| !known.contains(model)) {
                wrong.push(unknown(field, &known.join(", ")));
            } else if models.is_empty() {
                row.by_function.remove(&function);
            } else {
                row.by_function.insert(function, models.join(","));
            }
        }
    }
    if !wrong.is_empty() {
        return Err(Error::invalid_fields(wrong));
    }
    row.save(&service.table, ctx, "settings:tenant").await?;
    service.settings(ctx).await
}

fn unknown(field: String, known: &str) -> FieldError {
    FieldError { field, message: format!("There is no such name. Use {known}.") }
}

fn own() -> impl Iterator<Item = &'static Setting> {
    SETTINGS.iter().filter(|setting| setting.by_tenant)
}

fn view(settings: &Settings) -> TenantSettings {
    let limit = |setting: &Setting| Limit {
        key: setting.key,
        about: setting.about,
        value: settings.get(*setting),
        default: settings.standard(*setting),
        min: setting.min,
        max: settings.most(*setting),
    };
    let list = |names: String| names.split(',').map(str::to_owned).collect();
    TenantSettings {
        limits: own().map(limit).collect(),
        ai_routing: settings.routing().and_then(Strategy::named).unwrap_or_default(),
        ai_models_by_function: settings.by_function().into_iter().map(|(name, models)| (name, list(models))).collect(),
        version: settings.tenant().version,
    }
}
