//! Models that make pictures, behind one small trait, and which of them is asked.
//!
//! What they send is looked at before it leaves this room: whatever is not a PNG, a JPEG or a WebP is an error, for
//! servers have sent SVG, HTML and empty texts where a picture was promised.

mod offline;
mod openai;
mod runware;
pub mod shapes;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::provider::{ErrorClass, ProviderError};

pub use offline::OfflineImages;
pub use openai::OpenAiImages;
pub use runware::Runware;

/// The largest answer that is read, in bytes: a picture of 15 MB in base64.
const MAX_ANSWER: usize = 21 << 20;
/// OpenAI's model, unless told.
const OPENAI_MODEL: &str = "gpt-image-1";
/// Runware's model, unless told: FLUX.1 schnell, the cheapest that draws scenes well.
const RUNWARE_MODEL: &str = "runware:100@1";
/// How long a picture may take; less than a worker's 300 seconds with what follows, fetching it among that.
const TIMEOUT: Duration = Duration::from_mins(3);

/// How long fetching one from where its provider keeps it may take.
const FETCH: Duration = Duration::from_mins(1);

/// What a picture is wanted for; each provider turns it into a size that it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Across the page, about 3:2.
    Landscape,
    /// As wide as high.
    Square,
}

/// One picture to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRequest {
    /// The model, as the provider knows it.
    pub model: String,
    /// What to show.
    pub prompt: String,
    /// The name of the site: what the offline model takes its colours from.
    pub brand: String,
    /// Its proportions.
    pub shape: Shape,
    /// A text that is the same for each try of the same picture and for no other.
    pub reference: String,
    /// How long it may take.
    pub timeout: Duration,
}

/// How a picture comes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picture {
    /// A PNG, JPEG or WebP, by its first bytes.
    Bytes(Vec<u8>),
    /// Where the provider keeps it for a while: see [`ImageMaker::fetch`].
    At(String),
}

/// A picture that was made, and is billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MadeImage {
    /// The picture.
    pub picture: Picture,
    /// The model, as the provider names it.
    pub model: String,
    /// What it cost, in millionths of a cent; `None` where the provider does not say.
    pub cost_microcents: Option<u64>,
}

/// A provider of pictures.
#[async_trait]
pub trait ImageProvider: Send + Sync + fmt::Debug {
    /// A short name for rows and usage records, as `runware`.
    fn name(&self) -> &'static str;

    /// Makes one picture.
    ///
    /// # Errors
    /// [`ProviderError`], classed as those of language models.
    async fn generate(&self, request: &ImageRequest) -> Result<MadeImage, ProviderError>;

    /// Fetches a picture that it made from where it keeps it.
    ///
    /// # Errors
    /// As [`ImageProvider::generate`]; nothing is billed for another try.
    async fn fetch(&self, address: &str, timeout: Duration) -> Result<Vec<u8>, ProviderError>;
}

/// Where pictures are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImageProviderKind {
    /// Nowhere: abstract illustrations, drawn here.
    #[default]
    Offline,
    /// A server that speaks OpenAI's images API.
    OpenAi,
    /// Runware.
    Runware,
}

impl ImageProviderKind {
    /// Its name in settings and rows.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::OpenAi => "openai",
            Self::Runware => "runware",
        }
    }

    /// Models that are known to make pictures there, the usual one first.
    pub const fn known_models(self) -> &'static [&'static str] {
        match self {
            // Two hands: the same scene drawn twice differs, so there is something to compare.
            Self::Offline => &["offline", "offline-2"],
            Self::OpenAi => &[OPENAI_MODEL, "gpt-image-1-mini"],
            // FLUX.1 schnell and dev.
            Self::Runware => &[RUNWARE_MODEL, "runware:101@1"],
        }
    }
}

impl std::str::FromStr for ImageProviderKind {
    type Err = UnknownImageProvider;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Offline, Self::OpenAi, Self::Runware]
            .into_iter()
            .find(|kind| kind.as_str() == text.trim())
            .ok_or_else(|| UnknownImageProvider(text.to_owned()))
    }
}

/// A name that is no provider's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` makes no pictures; use offline, openai or runware")]
pub struct UnknownImageProvider(pub String);

/// Everything that is needed to make pictures, from plain values.
#[derive(Clone, Default)]
pub struct ImageConfig {
    /// Who makes them.
    pub provider: ImageProviderKind,
    /// The key of that provider.
    pub key: String,
    /// Its base address with `/v1`; its own when empty.
    pub base_url: String,
    /// Its model; a default when empty.
    pub model: String,
    /// How long one picture may take; three minutes when none.
    pub timeout: Option<Duration>,
}

/// The key is not shown.
impl fmt::Debug for ImageConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ImageConfig")
            .field("provider", &self.provider)
            .field("base_url", &self.base_url)
            .field("model", &self.model)
            .finish_non_exhaustive()
    }
}

/// The provider of pictures with its settings. Cheap to clone; made once per process.
#[derive(Debug, Clone)]
pub struct ImageMaker {
    provider: Arc<dyn ImageProvider>,
    model: String,
    timeout: Duration,
}

impl ImageMaker {
    /// For a configuration. A missing key is no error here; it fails each picture with a sentence.
    pub fn new(config: &ImageConfig) -> Self {
        let or = |text: &str, default: &str| if text.trim().is_empty() { default } else { text.trim() }.to_owned();
        let (provider, model): (Arc<dyn ImageProvider>, String) = match config.provider {
            ImageProviderKind::Offline => (Arc::new(OfflineImages), "offline".to_owned()),
            ImageProviderKind::OpenAi => (
                Arc::new(OpenAiImages::new(or(&config.base_url, crate::router::OPENAI_BASE_URL), &config.key)),
                or(&config.model, OPENAI_MODEL),
            ),
            ImageProviderKind::Runware => (
                Arc::new(Runware::new(or(&config.base_url, Runware::BASE_URL), &config.key)),
                or(&config.model, RUNWARE_MODEL),
            ),
        };
        Self { provider, model, timeout: config.timeout.unwrap_or(TIMEOUT).min(TIMEOUT) }
    }

    /// The same with another patience for each picture, at most three minutes.
    #[must_use]
    pub fn patient(self, timeout: Duration) -> Self {
        Self { timeout: timeout.min(TIMEOUT), ..self }
    }

    /// The same with another model of its provider.
    #[must_use]
    pub fn with_model(self, model: &str) -> Self {
        Self { model: model.to_owned(), ..self }
    }

    /// Whether it draws here, which costs nothing and has no limits.
    pub fn is_offline(&self) -> bool {
        self.provider.name() == ImageProviderKind::Offline.as_str()
    }

    /// Its name for limits and settings, as `openai:gpt-image-1`.
    pub fn key(&self) -> String {
        format!("{}:{}", self.provider.name(), self.model)
    }

    /// The provider's name.
    pub fn provider(&self) -> &'static str {
        self.provider.name()
    }

    /// The model's name.
    pub fn model(&self) -> &str {
        &self.model
    }

    /// Makes one picture.
    ///
    /// # Errors
    /// [`ProviderError`], classed.
    pub async fn generate(
        &self,
        prompt: &str,
        brand: &str,
        shape: Shape,
        reference: &str,
    ) -> Result<MadeImage, ProviderError> {
        let request = ImageRequest {
            model: self.model.clone(),
            prompt: prompt.to_owned(),
            brand: brand.to_owned(),
            shape,
            reference: reference.to_owned(),
            timeout: self.timeout,
        };
        let made = self.provider.generate(&request).await?;
        if let Picture::Bytes(bytes) = &made.picture {
            self.look_at(bytes)?;
        }
        Ok(made)
    }

    /// Fetches a picture that was made from where its provider keeps it: a PNG, JPEG or WebP, by its first bytes.
    ///
    /// # Errors
    /// [`ProviderError`], classed.
    pub async fn fetch(&self, address: &str) -> Result<Vec<u8>, ProviderError> {
        let bytes = self.provider.fetch(address, FETCH.min(self.timeout)).await?;
        self.look_at(&bytes)?;
        Ok(bytes)
    }

    fn look_at(&self, bytes: &[u8]) -> Result<(), ProviderError> {
        igny8_images::sniff(bytes).map_err(|error| no_picture(self.provider.name(), &error.to_string()))?;
        Ok(())
    }
}

/// What came is not a picture that we use.
fn no_picture(provider: &str, what: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::ForGood,
        format!("The image provider sent no picture that can be used. {what} Choose another image model."),
        format!("{provider}: not a PNG, JPEG or WebP: {what}"),
    )
}

/// A picture in base64, to be kept beside what is known about it.
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The bytes of a picture in base64, with or without the head of a data URL.
///
/// # Errors
/// What is no base64 is no picture.
pub fn decode(provider: &str, text: &str) -> Result<Vec<u8>, ProviderError> {
    let data = if text.starts_with("data:") { text.split_once(',').map_or("", |(_, data)| data) } else { text };
    STANDARD.decode(data.trim()).map_err(|error| no_picture(provider, &format!("It is no base64 ({error}).")))
}

/// The key is missing.
fn no_key(provider: &str) -> ProviderError {
    ProviderError::new(
        ErrorClass::ForGood,
        "No API key is set for the image provider. Set one, then retry the failed items.",
        format!("{provider}: the key is missing"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_read_with_and_without_its_head() {
        assert_eq!(decode("x", "aGk=").unwrap(), b"hi");
        assert_eq!(decode("x", "data:image/png;base64,aGk=\n").unwrap(), b"hi");
        assert!(decode("x", "<svg>").unwrap_err().sentence.contains("no picture"));
    }

    #[test]
    fn keys_are_not_shown() {
        let config = ImageConfig { key: "sk-secret".into(), provider: ImageProviderKind::OpenAi, ..Default::default() };
        let maker = ImageMaker::new(&config);
        assert!(!format!("{config:?} {maker:?}").contains("sk-secret"));
        assert_eq!((maker.provider(), maker.model()), ("openai", "gpt-image-1"));
    }
}
