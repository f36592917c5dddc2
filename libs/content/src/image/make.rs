//! One picture from its provider, within the limits on calls: kept as it came, then as files.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use igny8_ai::{
    Health, ImageMaker, MadeImage, Picture, Shape,
    provider::{ErrorClass, ProviderError},
};
use igny8_cloud::CloudError;
use igny8_core::{Ctx, Error, Result, SiteId};
use igny8_platform::settings::{AI_IMAGE_COST_CENTS, AI_IMAGE_TIMEOUT_SECONDS};
use igny8_work::{Failure, Item, UsedModel};
use serde::{Deserialize, Serialize};

use super::ImageFiles;
use crate::Contents;

/// Parts of a cent in which costs are counted.
const MICROCENTS: u64 = 1_000_000;

/// Where pictures are made: a maker that is there, or one whose key must be read first.
#[async_trait]
pub trait ImageModels: Send + Sync {
    /// The maker of pictures.
    async fn maker(&self) -> Result<ImageMaker>;

    /// The maker with another model, as `openai:gpt-image-1`.
    ///
    /// Errors: it is none of those that may be tried (422).
    async fn maker_of(&self, model: &str) -> Result<ImageMaker>;

    /// The models that may be tried, as `openai:gpt-image-1`, the usual one first. No key is read for that.
    fn choices(&self) -> Result<Vec<String>>;
}

#[async_trait]
impl ImageModels for ImageMaker {
    async fn maker(&self) -> Result<ImageMaker> {
        Ok(self.clone())
    }

    async fn maker_of(&self, model: &str) -> Result<ImageMaker> {
        match model.split_once(':') {
            Some((provider, name)) if provider == self.provider() => Ok(self.clone().with_model(name)),
            _ => Err(Error::invalid("model", format!("{model} is not set up"))),
        }
    }

    fn choices(&self) -> Result<Vec<String>> {
        Ok(vec![self.key()])
    }
}

/// A picture as the provider sent it: kept before it is looked at, so that a rerun does not pay for another.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StoredImage {
    pub(super) provider: String,
    pub(super) model: String,
    pub(super) cost_microcents: Option<u64>,
    /// How long the provider took, in milliseconds.
    #[serde(default)]
    pub(super) took_ms: u64,
    /// In base64; empty where it is kept elsewhere.
    pub(super) picture: String,
    /// Where the provider keeps it for a while.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(super) kept_at: Option<String>,
}

/// What a picture is made from.
pub(super) struct Wanted<'a> {
    pub(super) site: SiteId,
    pub(super) prompt: &'a str,
    /// The model, as `openai:gpt-image-1`; the usual one without it.
    pub(super) model: Option<&'a str>,
}

/// Asks the maker for a picture.
async fn generate(
    ctx: &Ctx,
    maker: &ImageMaker,
    wanted: &Wanted<'_>,
    brand: &str,
    item: &Item,
) -> Result<StoredImage, ProviderError> {
    let begun = ctx.env.now();
    let made = maker.generate(wanted.prompt, brand, Shape::Landscape, &item.reference()).await?;
    let MadeImage { picture, model, cost_microcents } = made;
    let took_ms = ctx.env.now().since(begun).as_millis() as u64;
    let (picture, kept_at) = match picture {
        Picture::Bytes(bytes) => (igny8_ai::image::encode(&bytes), None),
        Picture::At(address) => (String::new(), Some(address)),
    };
    Ok(StoredImage { provider: maker.provider().to_owned(), model, cost_microcents, took_ms, picture, kept_at })
}

/// The worker's step.
#[derive(Clone)]
pub struct ImageStep {
    pub(super) contents: Contents,
    pub(super) models: Arc<dyn ImageModels>,
}

impl ImageStep {
    /// The step with the models it may ask.
    pub fn new(contents: Contents, models: Arc<dyn ImageModels>) -> Self {
        Self { contents, models }
    }

    /// The picture that was stored, or a new one, which is stored before anybody looks at it.
    pub(super) async fn make(&self, ctx: &Ctx, item: &Item, wanted: &Wanted<'_>) -> Result<StoredImage, Failure> {
        let cloud = &self.contents.cloud;
        let key = format!("{}/image.json", item.raw_prefix(ctx.tenant));
        match cloud.get_json(&key).await {
            Ok(stored) => return Ok(stored),
            Err(CloudError::NotFound) => {}
            Err(error) => return Err(error.into()),
        }
        let site = self.contents.accounts.site(ctx, wanted.site).await?;
        let maker = self.maker(wanted).await?;
        if maker.is_offline() {
            let made = generate(ctx, &maker, wanted, &site.name, item).await;
            let made = made.map_err(|error| classed(error, Vec::new()))?;
            return self.keep(&key, made).await;
        }
        let limits = self.contents.work.call_limits(ctx).await?;
        let settings = limits.settings();
        let cost_unsaid = settings.get(AI_IMAGE_COST_CENTS).saturating_mul(MICROCENTS);
        let maker = match settings.changed(AI_IMAGE_TIMEOUT_SECONDS) {
            Some(seconds) => maker.patient(Duration::from_secs(seconds)),
            None => maker,
        };
        let called = maker.key();
        limits.begin(&called).await?;
        match generate(ctx, &maker, wanted, &site.name, item).await {
            Ok(made) => {
                let made = StoredImage { cost_microcents: made.cost_microcents.or(Some(cost_unsaid)), ..made };
                let cost = made.cost_microcents.unwrap_or_default();
                let stored = self.keep(&key, made).await;
                // Billed it is, kept or not.
                limits.end(&called, Health::Good, cost).await?;
                stored
            }
            Err(error) => {
                let health = match error.class {
                    ErrorClass::RetryLater { after } => Health::Bad { after },
                    ErrorClass::OtherModel | ErrorClass::ForGood => Health::Unknown,
                };
                // What a provider bills for a picture that did not come is not known.
                limits.end(&called, health, if error.is_unanswered { cost_unsaid } else { 0 }).await?;
                Err(classed(error, Vec::new()))
            }
        }
    }

    async fn maker(&self, wanted: &Wanted<'_>) -> Result<ImageMaker> {
        match wanted.model {
            Some(model) => self.models.maker_of(model).await,
            None => self.models.maker().await,
        }
    }

    /// Keeps a picture as it came; the first one counts.
    async fn keep(&self, key: &str, made: StoredImage) -> Result<StoredImage, Failure> {
        let cloud = &self.contents.cloud;
        let body = serde_json::to_vec(&made).map_err(Error::internal)?;
        if cloud.put_object_if_absent("content.raw_image", key, "application/json", body).await? {
            return Ok(made);
        }
        Ok(cloud.get_json(key).await?)
    }

    /// The files of a picture that came, in the bucket; and what it cost, whatever becomes of it.
    ///
    /// One that its provider keeps is fetched again as often as that fails, and not made again.
    pub(super) async fn files(
        &self,
        ctx: &Ctx,
        stored: &StoredImage,
        wanted: &Wanted<'_>,
    ) -> Result<(ImageFiles, Vec<UsedModel>), Failure> {
        let usage = vec![UsedModel {
            call: "first",
            model: stored.model.clone(),
            tokens_in: 0,
            tokens_out: 0,
            cost_microcents: stored.cost_microcents.unwrap_or_default(),
            prompt_version: None,
        }];
        let unusable = |sentence: String| Failure::ForGood { sentence, detail: String::new(), usage: usage.clone() };
        let bytes = match &stored.kept_at {
            Some(address) => self.maker(wanted).await?.fetch(address).await,
            None => igny8_ai::image::decode(&stored.provider, &stored.picture),
        };
        let bytes = bytes.map_err(|error| classed(error, usage.clone()))?;
        match self.contents.store_image(ctx, bytes).await {
            Ok(files) => Ok((files, usage)),
            Err(error) if error.retryable() => Err(error.into()),
            Err(error) => Err(unusable(format!("The picture cannot be used. {}", error.detail()))),
        }
    }
}

/// The classes of a provider's error are those of an item: another model is not asked for a picture.
fn classed(error: ProviderError, usage: Vec<UsedModel>) -> Failure {
    let ProviderError { class, sentence, detail, .. } = error;
    match class {
        ErrorClass::RetryLater { after } => Failure::RetryLater { after, sentence, detail, usage },
        ErrorClass::OtherModel | ErrorClass::ForGood => Failure::ForGood { sentence, detail, usage },
    }
}
