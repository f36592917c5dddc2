//! Pictures without a model: abstract illustrations from `igny8-images`, deterministic, marked by the model's name.

use std::time::Duration;

use async_trait::async_trait;
use igny8_images::{Scene, draw};

use super::{ImageProvider, ImageRequest, MadeImage, Picture, Shape};
use crate::provider::{ErrorClass, ProviderError};

/// The offline provider.
#[derive(Debug, Clone, Copy, Default)]
pub struct OfflineImages;

#[async_trait]
impl ImageProvider for OfflineImages {
    fn name(&self) -> &'static str {
        "offline"
    }

    async fn generate(&self, request: &ImageRequest) -> Result<MadeImage, ProviderError> {
        let (width, height) = match request.shape {
            Shape::Landscape => (1536, 1024),
            Shape::Square => (1024, 1024),
        };
        // The reference is part of the seed: made anew, a picture is another one, as a model's would be.
        let seed = format!("{}\n{}", request.prompt, request.reference);
        let bytes = draw(&Scene { seed: &seed, brand: &request.brand, width, height }).map_err(|detail| {
            ProviderError::new(ErrorClass::ForGood, "The picture could not be drawn. Tell the operator.", detail)
        })?;
        Ok(MadeImage { picture: Picture::Bytes(bytes), model: request.model.clone(), cost_microcents: Some(0) })
    }

    async fn fetch(&self, address: &str, _timeout: Duration) -> Result<Vec<u8>, ProviderError> {
        let sentence = "The picture is kept elsewhere, and no image provider is set. Make it anew.";
        Err(ProviderError::new(ErrorClass::ForGood, sentence, format!("offline keeps nothing at {address}")))
    }
}
