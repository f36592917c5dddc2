//! Who makes pictures for a worker, from its settings; the key is read from the secret store when first needed.

use std::sync::Arc;

use async_trait::async_trait;
use igny8_ai::{ImageConfig, ImageMaker, ImageProviderKind};
use igny8_cloud::CloudError;
use igny8_core::{Error, Result};
use igny8_lambda::App;
use tokio::sync::OnceCell;

use crate::models::timeout;

/// The maker of pictures of a worker. Cheap to clone.
#[derive(Debug, Clone)]
pub struct ImageModels {
    app: App,
    maker: Arc<OnceCell<ImageMaker>>,
}

impl ImageModels {
    /// Nothing is read yet.
    pub fn new(app: &App) -> Self {
        Self { app: app.clone(), maker: Arc::new(OnceCell::new()) }
    }

    fn provider(&self) -> Result<ImageProviderKind> {
        self.app.config.get("IGNY8_IMAGE_AI").unwrap_or("offline").parse().map_err(Error::internal)
    }

    /// The variables of a provider: its key on a laptop, the secret with its key on AWS, its address and its model.
    async fn read(&self) -> Result<ImageMaker> {
        let config = &self.app.config;
        let provider = self.provider()?;
        let names = match provider {
            ImageProviderKind::Offline => return Ok(ImageMaker::new(&ImageConfig::default())),
            ImageProviderKind::OpenAi => {
                ["OPENAI_API_KEY", "AI_KEY_SECRET_ARN", "OPENAI_IMAGE_BASE_URL", "OPENAI_IMAGE_MODEL"]
            }
            ImageProviderKind::Runware => {
                ["RUNWARE_API_KEY", "RUNWARE_KEY_SECRET_ARN", "RUNWARE_BASE_URL", "RUNWARE_MODEL"]
            }
        };
        let [key, secret, base_url, model] = names.map(|name| config.get(name));
        // Without a key, the provider says so per item.
        let key = match (key, secret) {
            (Some(key), _) => key.to_owned(),
            (None, Some(arn)) => match self.app.cloud.secret(arn).await {
                Err(CloudError::NotFound) => String::new(),
                other => other?,
            },
            (None, None) => String::new(),
        };
        // OpenAI's pictures come from where its texts come from, unless told.
        let base_url = match provider {
            ImageProviderKind::OpenAi => base_url.or_else(|| config.get("OPENAI_BASE_URL")),
            _ => base_url,
        };
        Ok(ImageMaker::new(&ImageConfig {
            provider,
            key,
            base_url: base_url.unwrap_or_default().to_owned(),
            model: model.unwrap_or_default().to_owned(),
            timeout: config.get("AI_TIMEOUT_SECONDS").map(timeout).transpose()?,
        }))
    }
}

#[async_trait]
impl igny8_content::ImageModels for ImageModels {
    /// The same one for the whole life of the process.
    async fn maker(&self) -> Result<ImageMaker> {
        Ok(self.maker.get_or_try_init(|| self.read()).await?.clone())
    }

    async fn maker_of(&self, model: &str) -> Result<ImageMaker> {
        match model.split_once(':') {
            Some((_, name)) if self.choices()?.iter().any(|choice| choice == model) => {
                Ok(self.maker().await?.with_model(name))
            }
            _ => Err(Error::invalid("model", format!("{model} is not set up any more"))),
        }
    }

    /// Those of the provider in use: the usual one, and what else it is known to have.
    fn choices(&self) -> Result<Vec<String>> {
        let provider = self.provider()?;
        let usual = match provider {
            ImageProviderKind::Offline => None,
            ImageProviderKind::OpenAi => self.app.config.get("OPENAI_IMAGE_MODEL"),
            ImageProviderKind::Runware => self.app.config.get("RUNWARE_MODEL"),
        };
        let known = provider.known_models().iter().copied();
        let usual = usual.map(str::trim).filter(|model| !model.is_empty());
        let mut choices: Vec<String> = Vec::new();
        for name in usual.into_iter().chain(known) {
            let choice = format!("{}:{name}", provider.as_str());
            if !choices.contains(&choice) {
                choices.push(choice);
            }
        }
        Ok(choices)
    }
}
