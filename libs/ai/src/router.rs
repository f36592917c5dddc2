//! Which model answers which function, what it costs, and which one stands in when it cannot.

use std::{collections::BTreeMap, fmt, sync::Arc, time::Duration};

use crate::provider::{Anthropic, Offline, OpenAi, Provider};

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

/// What a model costs, in cents for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Tokens of prompts.
    pub input: u64,
    /// Tokens of answers.
    pub output: u64,
}

impl Price {
    /// The cost of one call in millionths of a cent: one token at a cent for a million costs exactly one.
    pub const fn microcents(self, tokens_in: u64, tokens_out: u64) -> u64 {
        self.input.saturating_mul(tokens_in).saturating_add(self.output.saturating_mul(tokens_out))
    }
}

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
}

impl Model {
    /// A model with the price that is known for its name, enabled.
    pub fn new(provider: ProviderKind, name: impl Into<String>) -> Self {
        let name = name.into();
        let price = match provider {
            ProviderKind::Offline => Some(Price { input: 0, output: 0 }),
            _ => list_price(&name),
        };
        Self { provider, name, price, enabled: true }
    }
}

/// List prices, by the longest name that a model's name begins with; settings override them.
fn list_price(name: &str) -> Option<Price> {
    const LIST: [(&str, u64, u64); 13] = [
        ("gpt-4.1", 200, 800),
        ("gpt-4.1-mini", 40, 160),
        ("gpt-4.1-nano", 10, 40),
        ("gpt-4o", 250, 1000),
        ("gpt-4o-mini", 15, 60),
        ("gpt-5", 125, 1000),
        ("gpt-5-mini", 25, 200),
        ("gpt-5-nano", 5, 40),
        ("o4-mini", 110, 440),
        ("claude-haiku-4-5", 100, 500),
        ("claude-sonnet-4", 300, 1500),
        ("claude-opus-4-1", 1500, 7500),
        ("claude-opus-4-5", 500, 2500),
    ];
    // A dated name is its model's, as gpt-4o-2024-08-06; another word or version behind it is another model.
    let is_dated = |rest: &str| rest.is_empty() || (rest.starts_with("-20") && rest.len() >= 9);
    LIST.iter()
        .filter(|(prefix, ..)| name.strip_prefix(prefix).is_some_and(is_dated))
        .max_by_key(|(prefix, ..)| prefix.len())
        .map(|&(_, input, output)| Price { input, output })
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
    /// The model that stands in, as `model` or `provider:model`; none when empty.
    pub fallback_model: String,
    /// Prices and switches of models, over the built-in list.
    pub models: Vec<Model>,
    /// Another model for a function, by its name; as `model` or `provider:model`.
    pub by_function: BTreeMap<String, String>,
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

/// Which model answers a function, and which one stands in.
#[derive(Debug, Clone)]
pub struct Route {
    /// The model to ask.
    pub first: Target,
    /// The one to ask when the first cannot do it.
    pub fallback: Option<Target>,
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

    /// The models that answer a function. Offline is never the fallback of a real provider: what it writes must not be
    /// mistaken for the real thing.
    pub fn route(&self, function: &str) -> Route {
        let config = &self.config;
        let default = match config.ai {
            ProviderKind::Offline => self.target(ProviderKind::Offline, "offline"),
            ProviderKind::OpenAi => self.named(&config.openai_model, OPENAI_MODEL, ProviderKind::OpenAi),
            ProviderKind::Anthropic => self.named(&config.anthropic_model, ANTHROPIC_MODEL, ProviderKind::Anthropic),
        };
        if config.ai == ProviderKind::Offline {
            return Route { first: default, fallback: None };
        }
        let chosen = config.by_function.get(function).filter(|name| !name.trim().is_empty());
        let chosen = chosen.and_then(|name| self.parse(name)).filter(|target| target.model.enabled);
        let spare = self.parse(&config.fallback_model).filter(|target| target.model.enabled);
        // A model that is switched off is skipped where there is another.
        let first = match (chosen, &spare) {
            (Some(chosen), _) => chosen,
            (None, Some(spare)) if !default.model.enabled => spare.clone(),
            (None, _) => default.clone(),
        };
        let is_other =
            |target: &Target| (target.model.provider, &target.model.name) != (first.model.provider, &first.model.name);
        let fallback = spare.filter(is_other);
        Route { first, fallback }
    }

    /// How long all calls for one item may take together, if that was set.
    pub const fn timeout(&self) -> Option<Duration> {
        self.config.timeout
    }

    fn parse(&self, name: &str) -> Option<Target> {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn names(config: Config, function: &str) -> (String, Option<String>) {
        let route = Router::new(config).route(function);
        let name = |target: &Target| format!("{}:{}", target.model.provider, target.model.name);
        (name(&route.first), route.fallback.as_ref().map(name))
    }

    #[test]
    fn picks_by_function_and_never_falls_back_to_offline() {
        assert_eq!(
            names(Config { fallback_model: "gpt-5".into(), ..Config::default() }, "x"),
            ("offline:offline".into(), None)
        );
        let config = Config {
            ai: ProviderKind::OpenAi,
            openai_model: "qwen3:0.6b".into(),
            anthropic_api_key: "k".into(),
            fallback_model: "claude-haiku-4-5".into(),
            by_function: [("auto_cluster".to_owned(), "openai:small".to_owned())].into(),
            ..Config::default()
        };
        let fallback = Some("anthropic:claude-haiku-4-5".to_owned());
        assert_eq!(names(config.clone(), "generate_content"), ("openai:qwen3:0.6b".into(), fallback.clone()));
        assert_eq!(names(config.clone(), "auto_cluster"), ("openai:small".into(), fallback));
        let offline = Config { fallback_model: "offline:offline".into(), ..config.clone() };
        assert_eq!(names(offline, "x").1, None);
        let itself = Config { fallback_model: "qwen3:0.6b".into(), ..config.clone() };
        assert_eq!(names(itself, "x").1, None);
        let off = Model { enabled: false, ..Model::new(ProviderKind::OpenAi, "qwen3:0.6b") };
        let disabled = Config { models: vec![off], ..config };
        assert_eq!(names(disabled, "x"), ("anthropic:claude-haiku-4-5".into(), None));
    }

    #[test]
    fn cost_is_exact() {
        let price = Price { input: 15, output: 60 };
        assert_eq!(price.microcents(1_000_000, 0), 15 * 1_000_000);
        assert_eq!(price.microcents(1234, 567), 15 * 1234 + 60 * 567);
        assert_eq!(Model::new(ProviderKind::OpenAi, "gpt-4o-mini-2024-07-18").price, Some(price));
        assert_eq!(Model::new(ProviderKind::OpenAi, "gpt-4o-audio").price, None);
    }

    #[test]
    fn keys_are_not_shown() {
        let config =
            Config { openai_api_key: "sk-secret".into(), anthropic_api_key: "sk-other".into(), ..Config::default() };
        let shown = format!("{config:?} {:?}", Router::new(config.clone()));
        assert!(!shown.contains("sk-"), "{shown}");
    }
}
