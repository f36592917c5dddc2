//! Settings: their keys, bounds and defaults in one place, and the rows in which the system and a tenant change them.
//!
//! A setting is a whole number with a unit in its name. What counts is the tenant's row where a tenant may change the
//! setting, then the system's, then the default. Rows hold only what differs; a value out of bounds counts as its bound,
//! so that a bound which was narrowed later holds for what was written before.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use igny8_core::{Ctx, Error, ErrorKind, FieldError, Result, TenantId, Timestamp};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Table};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::audit;

/// How long a process works with settings that it has read.
const FRESH: Duration = Duration::from_secs(10);
/// A process remembers the settings of at most so many tenants.
const REMEMBERED: usize = 500;

/// One setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Its name in rows and in the API.
    pub key: &'static str,
    /// What it is for, in a sentence.
    pub about: &'static str,
    /// What it is until somebody changes it.
    pub default: u64,
    /// The smallest value.
    pub min: u64,
    /// The largest value.
    pub max: u64,
    /// True when a tenant may change it for itself.
    pub by_tenant: bool,
    /// True when a tenant may only lower it: it protects who pays the providers, which is the operator.
    pub only_lower: bool,
}

const fn tenant(key: &'static str, about: &'static str, default: u64, (min, max): (u64, u64)) -> Setting {
    Setting { key, about, default, min, max, by_tenant: true, only_lower: false }
}

const fn system(key: &'static str, about: &'static str, default: u64, (min, max): (u64, u64)) -> Setting {
    Setting { key, about, default, min, max, by_tenant: false, only_lower: false }
}

/// The most that AI may cost a tenant in a day (UTC), in US cents; 0 stops AI work.
pub const AI_DAILY_COST_CENTS: Setting = Setting {
    only_lower: true,
    ..tenant(
        "ai_daily_cost_cents",
        "The most that AI may cost in a day (UTC), in US cents; 0 stops AI work",
        1_000,
        (0, 100_000),
    )
};
/// How long the models may take for one item, in seconds.
pub const AI_TIMEOUT_SECONDS: Setting =
    tenant("ai_timeout_seconds", "How long the models may take for one item, in seconds", 240, (60, 280));
/// How often an AI item is tried before it is given up.
pub const AI_MAX_ATTEMPTS: Setting =
    tenant("ai_max_attempts", "How often an item is tried before it is given up", 4, (1, 8));
/// The most items of one request for AI work.
pub const AI_MAX_ITEMS_PER_REQUEST: Setting =
    tenant("ai_max_items_per_request", "The most items of one request", 10_000, (1, 10_000));
/// The most keywords that one request names for clustering.
pub const AI_KEYWORDS_PER_REQUEST: Setting = tenant(
    "ai_keywords_per_request",
    "The most keywords that are named in one request for clusters; all new ones together have no such limit",
    50,
    (1, 500),
);
/// How many keywords a model sees at once. No more than 30: what becomes of them is one transaction.
pub const AI_KEYWORDS_PER_ITEM: Setting = tenant(
    "ai_keywords_per_item",
    "How many keywords the model sees at once; each such batch costs a credit, so smaller ones cost more",
    30,
    (5, 30),
);
/// How many ideas a cluster gets, unless a request says it.
pub const AI_IDEAS_PER_CLUSTER: Setting =
    tenant("ai_ideas_per_cluster", "How many ideas a cluster gets, unless a request says it", 5, (1, 10));
/// The most pictures of one request. No more than 40: they are taken in the transaction that creates the job.
pub const AI_IMAGES_PER_REQUEST: Setting =
    tenant("ai_images_per_request", "The most pictures of one request", 6, (1, 40));
/// How many pictures are planned between the sections of an article, beside the one at its top.
pub const AI_IMAGES_PER_ARTICLE: Setting = tenant(
    "ai_images_per_article",
    "How many pictures are planned between the sections of an article, beside the one at its top",
    3,
    (0, 6),
);
/// The most tokens of one answer. A function may have a lower limit of its own, none has a higher one.
pub const AI_MAX_TOKENS: Setting =
    tenant("ai_max_tokens", "The most tokens of one answer; a long article takes about 8,000", 16_000, (500, 16_000));
/// How long a picture may take, in seconds.
pub const AI_IMAGE_TIMEOUT_SECONDS: Setting =
    tenant("ai_image_timeout_seconds", "How long a picture may take, in seconds", 180, (30, 180));
/// What a picture counts towards the day's costs where its provider does not say what it cost, in US cents.
pub const AI_IMAGE_COST_CENTS: Setting = tenant(
    "ai_image_cost_cents",
    "What a picture counts towards the costs of a day where its provider does not say what it cost, in US cents",
    7,
    (0, 500),
);
/// Requests to one model in a minute, of all tenants together.
pub const AI_RATE_PER_MINUTE: Setting =
    system("ai_rate_per_minute", "Requests to one model in a minute, of all tenants together", 60, (1, 100_000));
/// After so many failures in a row a model rests.
pub const AI_BREAKER_FAILURES: Setting =
    system("ai_breaker_failures", "After so many failures in a row a model rests", 5, (2, 100));
/// How long a model rests, in seconds.
pub const AI_BREAKER_SECONDS: Setting =
    system("ai_breaker_seconds", "How long a model rests, in seconds", 30, (1, 3_600));

/// All settings.
pub const SETTINGS: [Setting; 15] = [
    AI_DAILY_COST_CENTS,
    AI_MAX_ITEMS_PER_REQUEST,
    AI_KEYWORDS_PER_REQUEST,
    AI_KEYWORDS_PER_ITEM,
    AI_IDEAS_PER_CLUSTER,
    AI_IMAGES_PER_REQUEST,
    AI_IMAGES_PER_ARTICLE,
    AI_MAX_TOKENS,
    AI_TIMEOUT_SECONDS,
    AI_IMAGE_TIMEOUT_SECONDS,
    AI_IMAGE_COST_CENTS,
    AI_MAX_ATTEMPTS,
    AI_RATE_PER_MINUTE,
    AI_BREAKER_FAILURES,
    AI_BREAKER_SECONDS,
];

/// What is changed of one AI model; what is not said stays as the configuration has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct ModelSettings {
    /// Whether it is in use.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub enabled: Option<bool>,
    /// Its place among the models, smallest first.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub order: Option<u32>,
    /// Its share where questions are balanced between models.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub weight: Option<u32>,
    /// Requests a minute.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rate_per_minute: Option<u32>,
    /// What a million tokens of prompts cost, in US cents.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub input_cents: Option<u32>,
    /// What a million tokens of answers cost, in US cents.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub output_cents: Option<u32>,
}

impl ModelSettings {
    /// These, and of `base` what they do not say.
    #[must_use]
    pub fn over(self, base: Self) -> Self {
        Self {
            enabled: self.enabled.or(base.enabled),
            order: self.order.or(base.order),
            weight: self.weight.or(base.weight),
            rate_per_minute: self.rate_per_minute.or(base.rate_per_minute),
            input_cents: self.input_cents.or(base.input_cents),
            output_cents: self.output_cents.or(base.output_cents),
        }
    }
}

/// What is changed: by the operator for the whole system, or by a tenant for itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SettingsRow {
    /// Numbers by their key.
    #[serde(default)]
    pub values: BTreeMap<String, u64>,
    /// Models by `provider:name`.
    #[serde(default)]
    pub models: BTreeMap<String, ModelSettings>,
    /// Which model is asked first: `order`, `price` or `balance`.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub routing: Option<String>,
    /// The models of a function, first to last with commas.
    #[serde(default)]
    pub by_function: BTreeMap<String, String>,
    /// Grows with each change; 0 while there is no row.
    pub version: u64,
    /// When it was changed last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub updated_at: Option<Timestamp>,
}

impl SettingsRow {
    /// Where a tenant's row lives.
    pub fn key_of(keys: &Keys) -> Key {
        keys.row(Self::KIND, "-")
    }

    /// Where the system's row lives.
    pub fn system_key() -> Key {
        Keys::global(Self::KIND, "system")
    }

    /// Writes the tenant's row as its next version, with an entry of the audit trail about `target`.
    ///
    /// Errors: 409 when it was changed since it was read.
    pub async fn save(mut self, table: &Table, ctx: &Ctx, target: &str) -> Result<Self> {
        let before = self.version;
        self.version += 1;
        self.updated_at = Some(ctx.now());
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        let when = if before == 0 { Cond::NotExists } else { Cond::eq_n("version", before) };
        effects.put("settings", &keys, &self, Some(when))?;
        audit(ctx, &mut effects, "settings.changed", target.to_owned())?;
        match table.transact("settings.save", effects).await {
            Ok(()) => Ok(self),
            Err(error) if error.failed("settings") => Err(Error::new(
                ErrorKind::VersionMismatch,
                "The settings were changed by someone else in the meantime. Load them again and repeat.",
            )),
            Err(error) => Err(error.into()),
        }
    }

    /// Sets a number; the error names the field and its bounds, of which `most` is the upper one.
    pub fn set(&mut self, setting: &Setting, most: u64, value: u64) -> Result<(), FieldError> {
        if value < setting.min || value > most {
            let message = format!("Use a whole number from {} to {most}.", setting.min);
            return Err(FieldError { field: setting.key.to_owned(), message });
        }
        self.values.insert(setting.key.to_owned(), value);
        Ok(())
    }
}

impl Entity for SettingsRow {
    const KIND: &'static str = "SETTINGS";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys)
    }
}

/// The system's row, which the operator writes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SystemRow(pub SettingsRow);

impl Entity for SystemRow {
    const KIND: &'static str = SettingsRow::KIND;

    fn key(&self, _: &Keys) -> Key {
        SettingsRow::system_key()
    }
}

/// The settings that count for a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    system: SettingsRow,
    tenant: SettingsRow,
}

impl Settings {
    /// Settings of two rows.
    pub const fn new(system: SettingsRow, tenant: SettingsRow) -> Self {
        Self { system, tenant }
    }

    /// As they stand in the table now: two reads.
    pub async fn read(table: &Table, ctx: &Ctx) -> Result<Self> {
        let keys = [SettingsRow::system_key(), SettingsRow::key_of(&Keys::new(ctx))];
        let mut rows = table.get_many::<SettingsRow>(&keys).await?.into_iter().map(Option::unwrap_or_default);
        Ok(Self { system: rows.next().unwrap_or_default(), tenant: rows.next().unwrap_or_default() })
    }

    /// The tenant's own row.
    pub const fn tenant(&self) -> &SettingsRow {
        &self.tenant
    }

    /// A number.
    pub fn get(&self, setting: Setting) -> u64 {
        self.changed(setting).unwrap_or(setting.default)
    }

    /// A number, if someone has set it.
    pub fn changed(&self, setting: Setting) -> Option<u64> {
        let within = |value: &u64| (*value).clamp(setting.min, setting.max);
        let own = self.tenant.values.get(setting.key).filter(|_| setting.by_tenant);
        let own = own.map(|value| within(value).min(self.most(setting)));
        own.or_else(|| self.system.values.get(setting.key).map(within))
    }

    /// A number as it is until the tenant changes it.
    pub fn standard(&self, setting: Setting) -> u64 {
        let system = self.system.values.get(setting.key).copied();
        system.unwrap_or(setting.default).clamp(setting.min, setting.max)
    }

    /// The most that a tenant may set.
    pub fn most(&self, setting: Setting) -> u64 {
        if setting.only_lower { self.standard(setting) } else { setting.max }
    }

    /// These without what the tenant has changed.
    #[must_use]
    pub fn of_system(&self) -> Self {
        Self { system: self.system.clone(), tenant: SettingsRow::default() }
    }

    /// What is changed of the models, by `provider:name`. Rate and price of a model are the system's (see
    /// [`Self::own_rate`] and [`Self::own_price`]), and one that the system has switched off stays off.
    pub fn models(&self) -> BTreeMap<String, ModelSettings> {
        let mut models = self.system.models.clone();
        for (key, own) in &self.tenant.models {
            let base = models.get(key).copied().unwrap_or_default();
            let enabled = if base.enabled == Some(false) { base.enabled } else { own.enabled.or(base.enabled) };
            let ModelSettings { rate_per_minute, input_cents, output_cents, .. } = base;
            let change = ModelSettings { enabled, rate_per_minute, input_cents, output_cents, ..own.over(base) };
            models.insert(key.clone(), change);
        }
        models
    }

    /// What a tenant says that a million tokens of a model's prompts and answers cost, in US cents. It counts where it is
    /// more than what is known: the limit of a day protects who pays the provider.
    pub fn own_price(&self, model: &str) -> Option<(u32, u32)> {
        let own = self.tenant.models.get(model)?;
        (own.input_cents.is_some() || own.output_cents.is_some())
            .then(|| (own.input_cents.unwrap_or_default(), own.output_cents.unwrap_or_default()))
    }

    /// How many requests a minute a tenant allows itself to a model, beside the limit for all tenants.
    pub fn own_rate(&self, model: &str) -> Option<u32> {
        self.tenant.models.get(model)?.rate_per_minute
    }

    /// Which model is asked first, if that is set.
    pub fn routing(&self) -> Option<&str> {
        self.tenant.routing.as_deref().or(self.system.routing.as_deref())
    }

    /// The models of functions that have some of their own.
    pub fn by_function(&self) -> BTreeMap<String, String> {
        let mut all = self.system.by_function.clone();
        all.extend(self.tenant.by_function.clone());
        all
    }
}

/// Settings that were read a moment ago, by tenant. One per process; cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct SettingsCache(Arc<Mutex<HashMap<TenantId, (Timestamp, Arc<Settings>)>>>);

impl SettingsCache {
    /// The settings of the caller's tenant, at most ten seconds old.
    pub async fn get(&self, table: &Table, ctx: &Ctx) -> Result<Arc<Settings>> {
        let now = ctx.now();
        let known = |all: &HashMap<_, (Timestamp, Arc<Settings>)>| {
            all.get(&ctx.tenant).filter(|(read, _)| now.since(*read) < FRESH).map(|(_, settings)| Arc::clone(settings))
        };
        if let Some(settings) = known(&self.0.lock().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(settings);
        }
        let settings = Arc::new(Settings::read(table, ctx).await?);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.clear();
        }
        all.insert(ctx.tenant, (now, Arc::clone(&settings)));
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(values: &[(&Setting, u64)]) -> SettingsRow {
        SettingsRow {
            values: values.iter().map(|(setting, value)| (setting.key.to_owned(), *value)).collect(),
            ..SettingsRow::default()
        }
    }

    #[test]
    fn every_default_is_within_its_bounds_and_every_key_stands_once() {
        for setting in SETTINGS {
            assert!((setting.min..=setting.max).contains(&setting.default), "{}", setting.key);
            assert_eq!(SETTINGS.iter().filter(|other| other.key == setting.key).count(), 1, "{}", setting.key);
            assert_eq!(Settings::default().get(setting), setting.default);
        }
    }

    #[test]
    fn the_tenant_counts_before_the_system_where_it_may() {
        let settings = Settings::new(
            row(&[(&AI_DAILY_COST_CENTS, 500), (&AI_RATE_PER_MINUTE, 30), (&AI_TIMEOUT_SECONDS, 9_999)]),
            row(&[(&AI_DAILY_COST_CENTS, 700), (&AI_RATE_PER_MINUTE, 90_000), (&AI_MAX_ATTEMPTS, 2)]),
        );
        assert_eq!(settings.get(AI_DAILY_COST_CENTS), 500, "a tenant may only lower it");
        assert_eq!((settings.most(AI_DAILY_COST_CENTS), Settings::default().most(AI_DAILY_COST_CENTS)), (500, 1_000));
        assert_eq!(settings.get(AI_MAX_ATTEMPTS), 2);
        assert_eq!(settings.get(AI_RATE_PER_MINUTE), 30, "a tenant does not raise the limit of all");
        assert_eq!(settings.get(AI_TIMEOUT_SECONDS), 280, "a value out of bounds counts as its bound");
        let error = SettingsRow::default().set(&AI_MAX_ATTEMPTS, AI_MAX_ATTEMPTS.max, 9).unwrap_err();
        assert_eq!(
            (error.field.as_str(), error.message.as_str()),
            ("ai_max_attempts", "Use a whole number from 1 to 8.")
        );
    }

    #[test]
    fn a_tenants_rate_stands_beside_the_systems() {
        let mut settings = Settings::default();
        let model = |enabled, rate| ModelSettings { enabled, rate_per_minute: rate, ..ModelSettings::default() };
        settings.system.models.insert("openai:a".into(), model(Some(true), Some(100)));
        settings.tenant.models.insert("openai:a".into(), model(Some(false), Some(5)));
        assert_eq!(settings.models()["openai:a"], model(Some(false), Some(100)));
        assert_eq!((settings.own_rate("openai:a"), settings.own_rate("openai:b")), (Some(5), None));
    }
}
