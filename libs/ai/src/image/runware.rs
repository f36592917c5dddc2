//! Runware: one endpoint that takes a list of tasks; one `imageInference` task makes one picture.
//!
//! <https://runware.ai/docs/image-inference/introduction>

use std::{fmt, time::Duration};

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{ImageProvider, ImageRequest, MAX_ANSWER, MadeImage, Picture, Shape, decode, no_key, no_picture};
use crate::provider::{
    ErrorClass, ProviderError, classify,
    http::{Answer, Http},
};

/// Runware's API.
pub struct Runware {
    base_url: String,
    key: String,
    http: Http,
}

impl fmt::Debug for Runware {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Runware").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Task<'r> {
    #[serde(rename = "taskType")]
    kind: &'static str,
    #[serde(rename = "taskUUID")]
    uuid: String,
    model: &'r str,
    positive_prompt: &'r str,
    width: u32,
    height: u32,
    number_results: u8,
    output_type: &'static str,
    output_format: &'static str,
    include_cost: bool,
}

#[derive(Deserialize)]
struct Results {
    #[serde(default)]
    data: Vec<OneResult>,
    #[serde(default)]
    errors: Vec<OneError>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OneResult {
    #[serde(rename = "imageBase64Data")]
    image_base64_data: Option<String>,
    #[serde(rename = "imageURL")]
    image_url: Option<String>,
    /// US dollars.
    cost: Option<f64>,
}

#[derive(Deserialize)]
struct OneError {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

impl Runware {
    /// Where its API is.
    pub const BASE_URL: &'static str = "https://api.runware.ai/v1";

    /// The API at an address.
    pub fn new(base_url: impl Into<String>, key: &str) -> Self {
        let base_url = base_url.into().trim().trim_end_matches('/').to_owned();
        Self { base_url, key: key.trim().to_owned(), http: Http::default() }
    }

    fn body(request: &ImageRequest) -> String {
        // Both sides are multiples of 64 from 128 to 2048.
        let (width, height) = match request.shape {
            Shape::Landscape => (1536, 1024),
            Shape::Square => (1024, 1024),
        };
        let task = Task {
            kind: "imageInference",
            uuid: uuid(&request.reference),
            model: &request.model,
            positive_prompt: &request.prompt,
            width,
            height,
            number_results: 1,
            output_type: "base64Data",
            output_format: "WEBP",
            include_cost: true,
        };
        // Texts and numbers only, which always serialize.
        serde_json::to_string(&[task]).unwrap_or_default()
    }

    fn explain(&self, error: &OneError, answer: &Answer, model: &str) -> ProviderError {
        let says = format!("{} {}", error.code, error.message).to_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| says.contains(word));
        let (class, sentence) = if has(&["nsfw", "moderation", "content policy", "safety", "inappropriate"]) {
            (
                ErrorClass::ForGood,
                "The image provider's content filter refused this prompt. Change the prompt, then make it again.",
            )
        } else if has(&["apikey", "api key", "unauthorized", "authentication"]) {
            (
                ErrorClass::ForGood,
                "The image provider does not accept the API key. Set a valid key, then retry the failed items.",
            )
        } else if has(&["insufficientcredits", "insufficient credits", "balance"]) {
            (
                ErrorClass::ForGood,
                "The account at the image provider has no credit left. Top it up there, then retry the failed items.",
            )
        } else if has(&["timeout", "rate", "too many", "concurrent", "unavailable", "overloaded"]) {
            (
                ErrorClass::RetryLater { after: classify::retry_after(&answer.headers) },
                "The image provider has too many requests now.",
            )
        } else if has(&["model"]) {
            (ErrorClass::ForGood, "The image provider does not know the model that is set. Choose another model.")
        } else {
            return classify::refusal(self.name(), model, &self.key, answer);
        };
        let detail = format!("runware model {model}: status {}: {says}", answer.status.as_u16());
        ProviderError::new(class, sentence, detail.replace(&self.key, "[key]"))
    }
}

#[async_trait]
impl ImageProvider for Runware {
    fn name(&self) -> &'static str {
        "runware"
    }

    async fn generate(&self, request: &ImageRequest) -> Result<MadeImage, ProviderError> {
        if self.key.is_empty() {
            return Err(no_key(self.name()));
        }
        let bearer = format!("Bearer {}", self.key);
        let headers = [("authorization", bearer.as_str())];
        let body = Self::body(request);
        let answer = self.http.post_up_to(&self.base_url, &headers, body, request.timeout, MAX_ANSWER).await?;
        let results = serde_json::from_slice::<Results>(&answer.body).ok();
        if let Some(error) = results.as_ref().and_then(|results| results.errors.first()) {
            return Err(self.explain(error, &answer, &request.model));
        }
        if !answer.status.is_success() {
            return Err(classify::refusal(self.name(), &request.model, &self.key, &answer));
        }
        let result = results.and_then(|results| results.data.into_iter().next());
        let result = result.ok_or_else(|| classify::alien(self.name(), &request.model, &self.key, &answer))?;
        let picture = match (result.image_base64_data, result.image_url) {
            (Some(text), _) => Picture::Bytes(decode(self.name(), &text)?),
            (None, Some(url)) => Picture::At(url),
            (None, None) => return Err(no_picture(self.name(), "It is empty.")),
        };
        // A dollar is 100 cents of a million microcents each.
        let cost_microcents = result.cost.filter(|cost| *cost >= 0.0).map(|cost| (cost * 100_000_000.0).round() as u64);
        Ok(MadeImage { picture, model: request.model.clone(), cost_microcents })
    }

    async fn fetch(&self, address: &str, timeout: Duration) -> Result<Vec<u8>, ProviderError> {
        self.http.picture(address, &self.base_url, MAX_ANSWER, timeout).await
    }
}

/// A UUID that follows from a text (RFC 9562, version 8): the same task for each try of the same picture.
fn uuid(text: &str) -> String {
    let hex = igny8_images::hash(text.as_bytes());
    format!("{}-{}-8{}-a{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_task_is_named_by_its_reference() {
        let one = super::uuid("item/1");
        assert_eq!(one, super::uuid("item/1"));
        assert_ne!(one, super::uuid("item/2"));
        assert_eq!(one.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
    }
}
