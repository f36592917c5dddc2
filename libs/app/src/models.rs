//! The models that a worker may ask, from its settings; the key is read from the secret store when first needed.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use igny8_ai::{Config, ProviderKind, Router};
use igny8_cloud::CloudError;
use igny8_core::{Ctx, Error, Result};
use igny8_lambda::App;
use igny8_work::OwnPrompt;
use tokio::sync::OnceCell;

/// The models of a worker. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Models {
    app: App,
    router: Arc<OnceCell<Router>>,
}

impl Models {
    /// Nothing is read yet.
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), router: Arc::new(OnceCell::new()) }
    }

    /// The names of the models that the operator has set up, the usual one first. No key is read for that.
    pub fn choices(&self) -> Result<Vec<String>> {
        let get = |name: &str| self.app.config.get(name).unwrap_or_default().to_owned();
        let config = Config {
            ai: self.app.config.get("IGNY8_AI").unwrap_or("offline").parse().map_err(Error::internal)?,
            openai_model: get("OPENAI_MODEL"),
            anthropic_model: get("ANTHROPIC_MODEL"),
            fallback_model: get("AI_FALLBACK_MODEL"),
            ..Config::default()
        };
        Ok(Router::new(config).choices("generate_content"))
    }

    async fn read(&self) -> Result<Router> {
        let router = self.router.get_or_try_init(async || {
            let config = &self.app.config;
            let get = |name: &str| config.get(name).unwrap_or_default().to_owned();
            let kind: ProviderKind = config.get("IGNY8_AI").unwrap_or("offline").parse().map_err(Error::internal)?;
            // On AWS the key of the chosen provider is a secret; on a laptop it is a variable. Without one, the provider
            // says so per item.
            let key = async |of: ProviderKind, variable: &str| match (
                config.get(variable),
                config.get("AI_KEY_SECRET_ARN"),
            ) {
                (Some(key), _) => Ok(key.to_owned()),
                (None, Some(arn)) if kind == of => match self.app.cloud.secret(arn).await {
                    Err(CloudError::NotFound) => Ok(String::new()),
                    other => other,
                },
                _ => Ok(String::new()),
            };
            Ok::<_, Error>(Router::new(Config {
                ai: kind,
                openai_base_url: get("OPENAI_BASE_URL"),
                openai_api_key: key(ProviderKind::OpenAi, "OPENAI_API_KEY").await?,
                openai_model: get("OPENAI_MODEL"),
                anthropic_base_url: get("ANTHROPIC_BASE_URL"),
                anthropic_api_key: key(ProviderKind::Anthropic, "ANTHROPIC_API_KEY").await?,
                anthropic_model: get("ANTHROPIC_MODEL"),
                fallback_model: get("AI_FALLBACK_MODEL"),
                timeout: config.get("AI_TIMEOUT_SECONDS").map(timeout).transpose()?,
                ..Config::default()
            }))
        });
        Ok(router.await?.clone())
    }
}

/// The patience with a model: a call needs five seconds, and a worker has 300 for everything.
pub(crate) fn timeout(seconds: &str) -> Result<Duration> {
    match seconds.parse() {
        Ok(seconds @ 10..=280) => Ok(Duration::from_secs(seconds)),
        _ => Err(Error::internal(format!("AI_TIMEOUT_SECONDS is {seconds}, not 10 to 280"))),
    }
}

#[async_trait]
impl igny8_work::Models for Models {
    /// The same one for the whole life of the process.
    async fn router(&self) -> Result<Router> {
        self.read().await
    }

    async fn prompt(&self, ctx: &Ctx, function: &str, kind: Option<&str>) -> Result<Option<OwnPrompt>> {
        let live = crate::thinker(&self.app).live_prompt(ctx, function, kind).await?;
        Ok(live.map(|(prompt, version)| OwnPrompt { prompt, version }))
    }
}
