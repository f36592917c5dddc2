//! The models that a worker may ask, from its settings; the key is read from the secret store when first needed.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use igny8_ai::{Config, ProviderKind, Router};
use igny8_cloud::CloudError;
use igny8_core::{Error, Result};
use igny8_lambda::App;
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

    async fn read(&self) -> Result<Router> {
        let router = self.router.get_or_try_init(async || {
            let config = &self.app.config;
            let get = |name: &str| config.get(name).unwrap_or_default().to_owned();
            let kind: ProviderKind = config.get("IGNY8_AI").unwrap_or("offline").parse().map_err(Error::internal)?;
            // On AWS the key is a secret; on a laptop it is a variable. Without one, the provider says so per item.
            let key = match (config.get("OPENAI_API_KEY"), config.get("AI_KEY_SECRET_ARN")) {
                (Some(key), _) => key.to_owned(),
                (None, Some(arn)) if kind == ProviderKind::OpenAi => match self.app.cloud.secret(arn).await {
                    Err(CloudError::NotFound) => String::new(),
                    other => other?,
                },
                _ => String::new(),
            };
            Ok::<_, Error>(Router::new(Config {
                ai: kind,
                openai_base_url: get("OPENAI_BASE_URL"),
                openai_api_key: key,
                openai_model: get("OPENAI_MODEL"),
                anthropic_base_url: get("ANTHROPIC_BASE_URL"),
                anthropic_api_key: get("ANTHROPIC_API_KEY"),
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
fn timeout(seconds: &str) -> Result<Duration> {
    match seconds.parse() {
        Ok(seconds @ 5..=280) => Ok(Duration::from_secs(seconds)),
        _ => Err(Error::internal(format!("AI_TIMEOUT_SECONDS is {seconds}, not 5 to 280"))),
    }
}

#[async_trait]
impl igny8_work::Models for Models {
    /// The same one for the whole life of the process.
    async fn router(&self) -> Result<Router> {
        self.read().await
    }
}
