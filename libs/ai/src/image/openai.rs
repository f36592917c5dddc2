//! Any server with OpenAI's `POST /images/generations`: gpt-image-1 and its relatives, dall-e-3, and those who copy it.
//!
//! The models differ in sizes and in how an answer's form is asked for. The GPT image models always send base64 and
//! refuse `response_format`; the DALL·E models send an address unless that asks for base64. A parameter that is refused
//! by name is left out once.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{ImageProvider, ImageRequest, MAX_ANSWER, MadeImage, Picture, Shape, decode, no_key, no_picture};
use crate::provider::{
    ProviderError,
    classify::{self, Reason},
    http::{Answer, Http},
};

/// An OpenAI-compatible images endpoint.
pub struct OpenAiImages {
    base_url: String,
    key: String,
    http: Http,
}

impl fmt::Debug for OpenAiImages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenAiImages").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct Body<'r> {
    model: &'r str,
    prompt: &'r str,
    n: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_format: Option<&'static str>,
}

#[derive(Deserialize)]
struct Pictures {
    data: Vec<OnePicture>,
}

#[derive(Deserialize)]
struct OnePicture {
    b64_json: Option<String>,
    url: Option<String>,
}

impl OpenAiImages {
    /// An endpoint; `base_url` includes `/v1`.
    pub fn new(base_url: impl Into<String>, key: &str) -> Self {
        let base_url = base_url.into().trim().trim_end_matches('/').to_owned();
        Self { base_url, key: key.trim().to_owned(), http: Http::default() }
    }

    fn body(request: &ImageRequest) -> Body<'_> {
        let gpt = request.model.starts_with("gpt-image") || request.model.starts_with("chatgpt-image");
        let size = match (request.shape, gpt) {
            (Shape::Square, _) => "1024x1024",
            (Shape::Landscape, true) => "1536x1024",
            (Shape::Landscape, false) => "1792x1024",
        };
        Body {
            model: &request.model,
            prompt: &request.prompt,
            n: 1,
            size: Some(size),
            response_format: (!gpt).then_some("b64_json"),
            output_format: gpt.then_some("webp"),
        }
    }

    fn read(&self, request: &ImageRequest, answer: &Answer) -> Result<Picture, ProviderError> {
        if let Some(error) = classify::hidden(self.name(), &request.model, &self.key, answer) {
            return Err(error);
        }
        let alien = || classify::alien(self.name(), &request.model, &self.key, answer);
        let pictures: Pictures = serde_json::from_slice(&answer.body).map_err(|_| alien())?;
        let picture = pictures.data.into_iter().next().ok_or_else(alien)?;
        match (picture.b64_json, picture.url) {
            (Some(text), _) => decode(self.name(), &text).map(Picture::Bytes),
            (None, Some(url)) if url.starts_with("data:") => decode(self.name(), &url).map(Picture::Bytes),
            (None, Some(url)) => Ok(Picture::At(url)),
            (None, None) => Err(no_picture(self.name(), "It is empty.")),
        }
    }
}

#[async_trait]
impl ImageProvider for OpenAiImages {
    fn name(&self) -> &'static str {
        "openai"
    }

    async fn generate(&self, request: &ImageRequest) -> Result<MadeImage, ProviderError> {
        if self.key.is_empty() {
            return Err(no_key(self.name()));
        }
        let url = format!("{}/images/generations", self.base_url);
        let bearer = format!("Bearer {}", self.key);
        let deadline = Instant::now() + request.timeout;
        let mut body = Self::body(request);
        // Three parameters may be taken back, one after the other.
        for _ in 0..=3 {
            let left = deadline.saturating_duration_since(Instant::now());
            // Texts and numbers only, which always serialize.
            let text = serde_json::to_string(&body).unwrap_or_default();
            let answer = self.http.post_up_to(&url, &[("authorization", &bearer)], text, left, MAX_ANSWER).await?;
            if answer.status == StatusCode::OK {
                let picture = self.read(request, &answer)?;
                return Ok(MadeImage { picture, model: request.model.clone(), cost_microcents: None });
            }
            let reason = Reason::of(&answer.body);
            if answer.status != StatusCode::BAD_REQUEST || !take_back(&mut body, &reason) {
                return Err(classify::refusal(self.name(), &request.model, &self.key, &answer));
            }
            tracing::info!(model = request.model, "the image model refused a parameter");
        }
        Err(no_picture(self.name(), "It refused every form of the request."))
    }

    async fn fetch(&self, address: &str, timeout: Duration) -> Result<Vec<u8>, ProviderError> {
        self.http.picture(address, &self.base_url, MAX_ANSWER, timeout).await
    }
}

/// Leaves out the parameter that a refusal names; false when it names none of ours.
fn take_back(body: &mut Body<'_>, reason: &Reason) -> bool {
    if reason.names("response_format") && body.response_format.take().is_some() {
        return true;
    }
    if reason.names("output_format") && body.output_format.take().is_some() {
        return true;
    }
    reason.names("size") && body.size.take().is_some()
}
