//! Which model answers which function, what it costs, and which one stands in when it cannot.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
    time::Duration,
};

use crate::{
    price::{Price, list_price, listed_names},
    provider::{Anthropic, Offline, OpenAi, Provider},
};

/// Where a model runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ProviderKind {
    /// Nowhere: the deterministic stand-in that needs no network.
    #[default]
    Offline,
    /// An OpenAI-compatible endpoint.
    OpenAi,
    /// Anthropic.
    Anthropic,
}

impl ProviderKind {
    /// Its name in settings and usage records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::OpenAi => "openai",
            Self::Anthropic => "anthropic",
        }
    }
}

impl fmt::Display for ProviderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for ProviderKind {
    type Err = UnknownProvider;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Offline, Self::OpenAi, Self::Anthropic]
            .into_iter()
            .find(|kind| kind.as_str() == text.trim())
            .ok_or_else(|| UnknownProvider(text.to_owned()))
    }
}

/// A name that is no provider's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no AI provider; use offline, openai or anthropic")]
pub struct UnknownProvider(pub String);

/// A model that may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Where it runs.
    pub provider: ProviderKind,
    /// Its name there.
    pub name: String,
    /// What it costs; `None` when that is not known.
    pub price: Option<Price>,
    /// False takes it out of use.
    pub enabled: bool,
    /// Its place among the models of a function, smallest first. Those that the configuration names have 10, 20, 30, …;
    /// another one is in use only when it has a place.
    pub order: Option<u32>,
    /// Its share of the questions where they are balanced, against those of the others.
    pub weight: u32,
    /// Requests a minute of all tenants together; the general limit when none.
    pub rate_per_minute: Option<u32>,
}

impl Model {
    /// A model with the price that is known for its name, enabled.
    pub fn new(provider: ProviderKind, name: impl Into<String>) -> Self {
        let name = name.into();
        let price = match provider {
            ProviderKind::Offline => Some(Price::new(0, 0)),
            _ => list_price(&name),
        };
        Self { provider, name, price, enabled: true, order: None, weight: 1, rate_per_minute: None }
    }

    /// Its name in settings and counters, as `openai:gpt-4.1-mini`.
    pub fn key(&self) -> String {
        format!("{}:{}", self.provider, self.name)
    }

    /// What it costs to ask and to answer about as much; a model without a price comes last.
    fn cents(&self) -> u64 {
        self.price.map_or(u64::MAX, |price| price.input.saturating_add(price.output))
    }
}

/// Which of the models of a function is asked first. The others follow when it cannot do it, is over its limit or rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// The first in order.
    #[default]
    Order,
    /// The cheapest.
    Price,
    /// Each by its weight, at random.
    Balance,
}

impl Strategy {
    /// Its name in settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Price => "price",
            Self::Balance => "balance",
        }
    }

    /// By its name in settings.
    pub fn named(name: &str) -> Option<Self> {
        [Self::Order, Self::Price, Self::Balance].into_iter().find(|strategy| strategy.as_str() == name)
    }
}

/// Everything the router needs, from plain values; the caller reads them from wherever settings live.
#[derive(Clone, Default)]
pub struct Config {
    /// Where the models run.
    pub ai: ProviderKind,
    /// Base address of the OpenAI-compatible endpoint, `/v1` included; OpenAI's own when empty.
    pub openai_base_url: String,
    /// Its key.
    pub openai_api_key: String,
    /// Its model; a default when empty.
    pub openai_model: String,
    /// Base address of Anthropic's API without `/v1`; its own when empty.
    pub anthropic_base_url: String,
    /// Anthropic's key.
    pub anthropic_api_key: String,
    /// Anthropic's model; a default when empty.
    pub anthropic_model: String,
    /// The models that stand in, as `model` or `provider:model`, first to last with commas; none when empty.
    pub fallback_model: String,
    /// Prices and switches of models, over the built-in list.
    pub models: Vec<Model>,
    /// Other models for a function, by its name; as `model` or `provider:model`, first to last with commas.
    pub by_function: BTreeMap<String, String>,
    /// The model that is asked first for a function, by its name, where it is among those that answer it.
    pub preferred: BTreeMap<String, String>,
    /// Which of several models is asked first.
    pub strategy: Strategy,
    /// How long all calls for one item may take together; 240 seconds when none.
    pub timeout: Option<Duration>,
}

/// Keys are not shown.
impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("ai", &self.ai)
            .field("openai_base_url", &self.openai_base_url)
            .field("openai_model", &self.openai_model)
            .field("anthropic_model", &self.anthropic_model)
            .field("fallback_model", &self.fallback_model)
            .field("models", &self.models)
            .field("by_function", &self.by_function)
            .field("strategy", &self.strategy)
            .finish_non_exhaustive()
    }
}

/// OpenAI's own address.
pub const OPENAI_BASE_URL: &str = "https://api.openai.com/v1";
const OPENAI_MODEL: &str = "gpt-4.1-mini";
const ANTHROPIC_MODEL: &str = "claude-sonnet-4-5";

/// A model and the provider that runs it.
#[derive(Debug, Clone)]
pub struct Target {
    /// The model.
    pub model: Model,
    /// Its provider.
    pub provider: Arc<dyn Provider>,
}

/// The most models that are asked about one item.
pub const MOST_MODELS: usize = 4;

/// The models that answer a function, in the order in which they are asked; never empty, at most [`MOST_MODELS`].
#[derive(Debug, Clone)]
pub struct Route {
    /// The models.
    pub targets: Vec<Target>,
}

/// Picks models. Made once per process, so that providers keep their connections and what they learned.
#[derive(Debug, Clone)]
pub struct Router {
    config: Config,
    openai: Arc<dyn Provider>,
    anthropic: Arc<dyn Provider>,
    offline: Arc<dyn Provider>,
}

impl Router {
    /// A router for a configuration. A missing key is no error here; it fails each call with a sentence.
    pub fn new(config: Config) -> Self {
        let or = |text: &str, default: &str| if text.trim().is_empty() { default.to_owned() } else { text.to_owned() };
        let openai = OpenAi::new(or(&config.openai_base_url, OPENAI_BASE_URL), config.openai_api_key.clone());
        let anthropic =
            Anthropic::new(or(&config.anthropic_base_url, Anthropic::BASE_URL), config.anthropic_api_key.clone());
        Self { openai: Arc::new(openai), anthropic: Arc::new(anthropic), offline: Arc::new(Offline), config }
    }

    /// The same router with another provider in the place of one; for tests and for wrapping one.
    #[must_use]
    pub fn with_provider(mut self, kind: ProviderKind, provider: Arc<dyn Provider>) -> Self {
        match kind {
            ProviderKind::Offline => self.offline = provider,
            ProviderKind::OpenAi => self.openai = provider,
            ProviderKind::Anthropic => self.anthropic = provider,
        }
        self
    }

    /// The same router with other settings; connections and what was learned stay.
    #[must_use]
    pub fn with_settings(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut router = self.clone();
        change(&mut router.config);
        router
    }

    /// Where the models run.
    pub const fn kind(&self) -> ProviderKind {
        self.config.ai
    }

    /// All models that the configuration and the settings name, whether they are in use or not.
    pub fn models(&self) -> Vec<Model> {
        let named = self.config.by_function.values().flat_map(|names| self.parse(names));
        let mut targets: Vec<Target> = self.configured().into_iter().chain(named).collect();
        in_places(&mut targets);
        let mut models: Vec<Model> = targets.into_iter().map(|target| target.model).collect();
        models.extend(self.config.models.iter().cloned());
        let mut seen = BTreeSet::new();
        models.retain(|model| seen.insert(model.key()));
        models
    }

    /// The models of the provider's own price list; none where the address is not the provider's own.
    pub fn listed(&self) -> Vec<Model> {
        let own = |address: &str, default: &str| address.trim().is_empty() || address.trim_end_matches('/') == default;
        let is_own = match self.config.ai {
            ProviderKind::Offline => false,
            ProviderKind::OpenAi => own(&self.config.openai_base_url, OPENAI_BASE_URL),
            ProviderKind::Anthropic => own(&self.config.anthropic_base_url, Anthropic::BASE_URL),
        };
        let of_provider = |name: &&str| name.starts_with("claude-") == (self.config.ai == ProviderKind::Anthropic);
        let names = listed_names().filter(|name| is_own && of_provider(name));
        names.map(|name| Model::new(self.config.ai, name)).collect()
    }

    /// The models that answer a function. `roll` is a random number, which decides where questions are balanced.
    ///
    /// Offline is never the fallback of a real provider: what it writes must not be mistaken for the real thing. A model
    /// that is switched off is skipped where there is another.
    pub fn route(&self, function: &str, roll: u64) -> Route {
        let config = &self.config;
        let configured = self.configured();
        if config.ai == ProviderKind::Offline {
            return Route { targets: configured };
        }
        let chosen = config.by_function.get(function).map(|names| self.parse(names)).unwrap_or_default();
        let enabled = |target: &Target| target.model.enabled;
        let mut targets: Vec<Target> = if chosen.iter().any(enabled) {
            // The spare models stand behind those of the function.
            chosen.into_iter().chain(self.parse(&config.fallback_model)).collect()
        } else {
            configured.clone()
        };
        let placed = config.models.iter().filter(|model| model.order.is_some());
        targets.extend(placed.map(|model| self.target(model.provider, &model.name)));
        in_places(&mut targets);
        targets.retain(|target| target.model.enabled && target.model.provider != ProviderKind::Offline);
        let mut seen = BTreeSet::new();
        targets.retain(|target| seen.insert(target.model.key()));
        if targets.is_empty() {
            targets = configured;
        }
        arrange(&mut targets, config.strategy, roll);
        let preferred = config.preferred.get(function);
        if let Some(at) = preferred.and_then(|name| targets.iter().position(|target| target.model.name == *name)) {
            targets[..=at].rotate_right(1);
        }
        targets.truncate(MOST_MODELS);
        Route { targets }
    }

    /// The default model and those that stand in.
    fn configured(&self) -> Vec<Target> {
        let config = &self.config;
        let default = match config.ai {
            ProviderKind::Offline => return vec![self.target(ProviderKind::Offline, "offline")],
            ProviderKind::OpenAi => self.named(&config.openai_model, OPENAI_MODEL, ProviderKind::OpenAi),
            ProviderKind::Anthropic => self.named(&config.anthropic_model, ANTHROPIC_MODEL, ProviderKind::Anthropic),
        };
        std::iter::once(default).chain(self.parse(&config.fallback_model)).collect()
    }

    /// The names of the models that a tenant may choose among for a function: those that the operator has set up.
    pub fn choices(&self, function: &str) -> Vec<String> {
        self.route(function, 0).targets.into_iter().map(|target| target.model.name).collect()
    }

    /// The same router with this model first for a function, where it is among its choices; the others stand in.
    #[must_use]
    pub fn preferring(mut self, function: &str, model: &str) -> Self {
        self.config.preferred.insert(function.to_owned(), model.to_owned());
        self
    }

    /// How long all calls for one item may take together, if that was set.
    pub const fn timeout(&self) -> Option<Duration> {
        self.config.timeout
    }

    /// The models of a list of names with commas.
    fn parse(&self, names: &str) -> Vec<Target> {
        names.split(',').filter_map(|name| self.parse_one(name)).collect()
    }

    fn parse_one(&self, name: &str) -> Option<Target> {
        let name = name.trim();
        let (kind, name) = match name.split_once(':').map(|(kind, rest)| (kind.parse::<ProviderKind>(), rest)) {
            Some((Ok(kind), rest)) => (kind, rest),
            // The part before a colon may belong to the model's name, as in `qwen3:0.6b`.
            _ if name.starts_with("claude-") && !self.config.anthropic_api_key.is_empty() => {
                (ProviderKind::Anthropic, name)
            }
            _ => (self.config.ai, name),
        };
        (!name.is_empty() && kind != ProviderKind::Offline).then(|| self.target(kind, name))
    }

    fn named(&self, name: &str, default: &str, kind: ProviderKind) -> Target {
        let name = name.trim();
        self.target(kind, if name.is_empty() { default } else { name })
    }

    fn target(&self, kind: ProviderKind, name: &str) -> Target {
        let listed = self.config.models.iter().find(|model| model.provider == kind && model.name == name);
        let model = listed.cloned().unwrap_or_else(|| Model::new(kind, name));
        let provider = match kind {
            ProviderKind::Offline => &self.offline,
            ProviderKind::OpenAi => &self.openai,
            ProviderKind::Anthropic => &self.anthropic,
        };
        Target { model, provider: Arc::clone(provider) }
    }
}

/// Gives each model without a place the one that it has in the list.
fn in_places(targets: &mut [Target]) {
    for (target, place) in targets.iter_mut().zip((10_u32..).step_by(10)) {
        target.model.order.get_or_insert(place);
    }
}

/// Brings the models into the order in which they are asked.
fn arrange(targets: &mut Vec<Target>, strategy: Strategy, roll: u64) {
    targets.sort_by_key(|target| target.model.order);
    match strategy {
        Strategy::Order => {}
        Strategy::Price => targets.sort_by_key(|target| target.model.cents()),
        Strategy::Balance => {
            let total: u64 = targets.iter().map(|target| u64::from(target.model.weight)).sum();
            let mut left = roll.checked_rem(total).unwrap_or_default();
            let drawn = targets.iter().position(|target| {
                let weight = u64::from(target.model.weight);
                let is_drawn = left < weight;
                left = left.saturating_sub(weight);
                is_drawn
            });
            let first = targets.remove(drawn.unwrap_or_default());
            targets.insert(0, first);
        }
    }
}

#[cfg(test)]
mod tests;
