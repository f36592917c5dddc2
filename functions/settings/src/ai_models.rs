//! `/api/settings/ai-models`: which models there are, which are in use, in which order, how often, and at what price.

use std::collections::BTreeSet;

use axum::{extract::State, response::Response};
use igny8_ai::Model;
use igny8_api::{Body, Caller, Failure, IfMatch, versioned};
use igny8_core::{Ctx, Error, FieldError, Result};
use igny8_platform::{
    Settings,
    settings::{AI_RATE_PER_MINUTE, ModelSettings},
};
use igny8_work::{Models as _, apply_settings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Service;

/// One AI model.
#[derive(Debug, Serialize, ToSchema)]
struct AiModel {
    /// For changing it: provider and name.
    #[schema(example = "openai:gpt-4.1-mini")]
    id: String,
    /// Where it runs.
    #[schema(example = "openai")]
    provider: &'static str,
    /// Its name there.
    #[schema(example = "gpt-4.1-mini")]
    name: String,
    /// Whether it is in use.
    enabled: bool,
    /// Its place among the models, smallest first; none for one that was never in use.
    order: Option<u32>,
    /// Its share of the questions where they are balanced between models.
    weight: u32,
    /// Requests a minute, at most: what the tenant allows itself, else what all tenants have together.
    rate_per_minute: u32,
    /// What a million tokens of prompts cost, in US cents; none when that is not known.
    input_cents: Option<u64>,
    /// What a million tokens of answers cost, in US cents; none when that is not known.
    output_cents: Option<u64>,
}

/// All AI models, in the order in which they are asked.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct AiModels {
    /// The models; those that are not in use come last.
    items: Vec<AiModel>,
    /// For `If-Match`; 0 until something is changed.
    version: u64,
}

/// A change of one model; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AiModelChange {
    /// Which one.
    #[schema(example = "openai:gpt-4.1-mini")]
    id: String,
    /// Whether it is in use.
    enabled: Option<bool>,
    /// Its place among the models, smallest first.
    #[schema(minimum = 1, maximum = 1000)]
    order: Option<u32>,
    /// Its share of the questions where they are balanced; 0 leaves it to stand in.
    #[schema(maximum = 1000)]
    weight: Option<u32>,
    /// Requests a minute, at most.
    #[schema(minimum = 1, maximum = 100_000)]
    rate_per_minute: Option<u32>,
    /// What a million tokens of prompts cost, in US cents; no less than what is known of it.
    #[schema(maximum = 10_000_000)]
    input_cents: Option<u32>,
    /// What a million tokens of answers cost, in US cents; no less than what is known of it.
    #[schema(maximum = 10_000_000)]
    output_cents: Option<u32>,
}

/// The AI models.
#[utoipa::path(get, path = "/api/settings/ai-models", responses((status = 200, body = AiModels)))]
pub(crate) async fn list(State(service): State<Service>, Caller(ctx): Caller) -> Result<Response, Failure> {
    let view = view(&service, &ctx).await?;
    Ok(versioned(view.version, view))
}

/// Changes one AI model. It holds for work that begins a few seconds later.
#[utoipa::path(
    patch, path = "/api/settings/ai-models",
    request_body(content = AiModelChange, example = json!({ "id": "offline:offline", "rate_per_minute": 30 })),
    responses((status = 200, body = AiModels))
)]
pub(crate) async fn change(
    State(service): State<Service>,
    Caller(ctx): Caller,
    IfMatch(version): IfMatch,
    Body(change): Body<AiModelChange>,
) -> Result<Response, Failure> {
    apply(&service, &ctx, version, change).await?;
    let view = view(&service, &ctx).await?;
    Ok(versioned(view.version, view))
}

async fn apply(service: &Service, ctx: &Ctx, version: Option<u64>, change: AiModelChange) -> Result<()> {
    let mut row = service.row(ctx, version).await?;
    let models = known(service, ctx).await?;
    let Some(model) = models.iter().find(|model| model.key() == change.id) else {
        let ids = models.iter().map(Model::key).collect::<Vec<_>>().join(", ");
        return Err(Error::invalid("id", format!("There is no such model. Use one of these: {ids}.")));
    };
    let bounds = [
        ("order", change.order, 1, 1_000),
        ("weight", change.weight, 0, 1_000),
        ("rate_per_minute", change.rate_per_minute, 1, 100_000),
        ("input_cents", change.input_cents, 0, 10_000_000),
        ("output_cents", change.output_cents, 0, 10_000_000),
    ];
    let settings = service.settings(ctx).await?;
    let listed = self::models(service, &settings.of_system()).await?;
    let price = listed.iter().find(|one| one.key() == change.id).and_then(|one| one.price);
    let least = |known: Option<u64>| u32::try_from(known.unwrap_or_default()).unwrap_or(u32::MAX);
    let bounds = bounds.map(|(field, value, min, max)| match field {
        // Less than the provider takes would let the limit of a day through.
        "input_cents" => (field, value, least(price.map(|price| price.input)), max),
        "output_cents" => (field, value, least(price.map(|price| price.output)), max),
        _ => (field, value, min, max),
    });
    let wrong =
        bounds.into_iter().filter(|(_, value, min, max)| value.is_some_and(|value| value < *min || value > *max));
    let wrong: Vec<FieldError> = wrong
        .map(|(field, _, min, max)| FieldError {
            field: field.to_owned(),
            message: format!("Use a whole number from {min} to {max}."),
        })
        .collect();
    if !wrong.is_empty() {
        return Err(Error::invalid_fields(wrong));
    }
    if change.enabled == Some(false) && !models.iter().any(|other| in_use(other) && other.key() != change.id) {
        return Err(Error::invalid("enabled", "One model must stay in use. Take another one into use first."));
    }
    let last = models.iter().filter_map(|model| model.order).max().unwrap_or_default();
    let first_use = change.enabled == Some(true) && model.order.is_none();
    let told = ModelSettings {
        enabled: change.enabled,
        order: change.order.or(first_use.then(|| (last + 10).min(1_000))),
        weight: change.weight,
        rate_per_minute: change.rate_per_minute,
        input_cents: change.input_cents,
        output_cents: change.output_cents,
    };
    let stored = row.models.entry(change.id.clone()).or_default();
    *stored = told.over(*stored);
    row.save(&service.table, ctx, &format!("ai_model:{}", change.id)).await?;
    Ok(())
}

const fn in_use(model: &Model) -> bool {
    model.enabled && model.order.is_some()
}

/// All models that the tenant may use: those of the configuration and the settings, and those of the provider's list.
pub(crate) async fn known(service: &Service, ctx: &Ctx) -> Result<Vec<Model>> {
    models(service, &service.settings(ctx).await?).await
}

async fn models(service: &Service, settings: &Settings) -> Result<Vec<Model>> {
    let router = service.models.router().await?.with_settings(|config| apply_settings(settings, config));
    let mut models = router.models();
    let mut seen: BTreeSet<String> = models.iter().map(Model::key).collect();
    models.extend(router.listed().into_iter().filter(|model| seen.insert(model.key())));
    models.sort_by_key(|model| (!in_use(model), model.order.unwrap_or(u32::MAX)));
    Ok(models)
}

async fn view(service: &Service, ctx: &Ctx) -> Result<AiModels> {
    let settings = service.settings(ctx).await?;
    let general = u32::try_from(settings.get(AI_RATE_PER_MINUTE)).unwrap_or(u32::MAX);
    let item = |model: Model| {
        let shared = model.rate_per_minute.unwrap_or(general);
        AiModel {
            id: model.key(),
            provider: model.provider.as_str(),
            enabled: in_use(&model),
            order: model.order,
            weight: model.weight,
            rate_per_minute: settings.own_rate(&model.key()).map_or(shared, |own| own.min(shared)),
            input_cents: model.price.map(|price| price.input),
            output_cents: model.price.map(|price| price.output),
            name: model.name,
        }
    };
    let items = models(service, &settings).await?.into_iter().map(item).collect();
    Ok(AiModels { items, version: settings.tenant().version })
}
