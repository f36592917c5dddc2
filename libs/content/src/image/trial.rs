//! `test_image`: one prompt drawn by one or two models, to be held side by side. Each picture costs what a picture costs
//! and lies with the others; it belongs to no content.

use igny8_core::{Ctx, Error, JobId, PageRequest, Result, SiteId};
use igny8_table::Effects;
use igny8_work::{Failure, FunctionSpec, Item, ItemState, Job, JobCreate, NewItem, Outcome, Phase, Progress};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    ImageAddress, ImageFiles,
    generate::PRICE,
    make::{ImageModels, ImageStep, Wanted},
    prompts::{LONGEST_PROMPT, cut},
};
use crate::Contents;

/// Tries a model for pictures.
pub const TEST_IMAGE: FunctionSpec = FunctionSpec { name: "test_image", queue: "writer-images", max_attempts: 3 };

/// The most models of one test: two can be compared at a glance.
const MOST_MODELS: usize = 2;
/// The shortest prompt, in characters.
const SHORTEST_PROMPT: usize = 5;

/// A test of models for pictures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageTest {
    /// The site in whose name it is made, and whose jobs it stands among.
    pub site_id: SiteId,
    /// What the picture shall show, 5 to 1,000 characters.
    pub prompt: String,
    /// One or two models of `GET /api/thinker/image-models`.
    #[schema(example = json!(["offline:offline"]))]
    pub models: Vec<String>,
}

/// A picture of a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TestedImage {
    /// The model that was asked, as `openai:gpt-image-1`.
    pub model: String,
    /// How far it is.
    pub state: ItemState,
    /// Why there is no picture, or not yet.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// How long the provider took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub took_ms: Option<u64>,
    /// What it cost us, in millionths of a US cent; where the provider does not say, what the settings count for it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cost_microcents: Option<u64>,
    /// Pixels from left to right, as it came; 0 before there is a picture.
    pub width: u32,
    /// Pixels from top to bottom, as it came; 0 before there is a picture.
    pub height: u32,
    /// Where its WebP files can be looked at, smallest first; none before there is a picture.
    pub addresses: Vec<ImageAddress>,
}

/// What an item asks.
#[derive(Debug, Serialize, Deserialize)]
struct Input {
    site_id: SiteId,
    prompt: String,
    model: String,
}

/// What came of an item.
#[derive(Debug, Serialize, Deserialize)]
struct Made {
    files: ImageFiles,
    took_ms: u64,
    cost_microcents: Option<u64>,
}

impl Contents {
    /// What a test would cost: what its pictures cost.
    pub async fn plan_image_test(
        &self,
        ctx: &Ctx,
        models: &dyn ImageModels,
        test: &ImageTest,
    ) -> Result<(igny8_core::Credits, usize)> {
        let items = self.tests(ctx, models, test).await?;
        Ok((items.iter().map(|item| item.price).sum(), items.len()))
    }

    /// Starts a test: one item for each model.
    ///
    /// Errors: unknown site (404), a prompt that is too short or too long, no model, more than two or one that is not
    /// there (422), too few credits (402).
    pub async fn test_images(&self, ctx: &Ctx, models: &dyn ImageModels, test: &ImageTest) -> Result<Job> {
        let items = self.tests(ctx, models, test).await?;
        self.work.create(ctx, JobCreate::new(ctx, TEST_IMAGE, test.site_id, items)).await
    }

    async fn tests(&self, ctx: &Ctx, models: &dyn ImageModels, test: &ImageTest) -> Result<Vec<NewItem>> {
        self.accounts.site(ctx, test.site_id).await?;
        let prompt = super::service::text("prompt", &test.prompt, LONGEST_PROMPT)?;
        if prompt.chars().count() < SHORTEST_PROMPT {
            let message = format!("must have at least {SHORTEST_PROMPT} characters: say what the picture shows");
            return Err(Error::invalid("prompt", message));
        }
        let wanted = &test.models;
        if wanted.is_empty() || wanted.len() > MOST_MODELS {
            return Err(Error::invalid("models", format!("send 1 to {MOST_MODELS} models")));
        }
        if wanted.iter().enumerate().any(|(n, model)| wanted[..n].contains(model)) {
            return Err(Error::invalid("models", "must differ; the same model twice compares nothing"));
        }
        let choices = models.choices()?;
        let mut items = Vec::with_capacity(wanted.len());
        for (n, model) in wanted.iter().enumerate() {
            if !choices.contains(model) {
                let message = format!("is not set up; there are {}", choices.join(", "));
                return Err(Error::invalid(format!("models[{n}]"), message));
            }
            let input = Input { site_id: test.site_id, prompt: prompt.clone(), model: model.clone() };
            items.push(NewItem {
                title: format!("{model}: {}", cut(&prompt, 80)),
                input: serde_json::to_value(input).map_err(Error::internal)?,
                price: PRICE,
            });
        }
        Ok(items)
    }

    /// The pictures of a test, as far as they are.
    pub async fn tested_images(&self, ctx: &Ctx, job: JobId) -> Result<Vec<TestedImage>> {
        let mut tested = Vec::new();
        for item in self.work.items(ctx, job, PageRequest::default()).await?.items {
            // The title begins with the model; what the item asks is not shown.
            let model = item.title.split(": ").next().unwrap_or_default().to_owned();
            let made = item.result.map(serde_json::from_value::<Made>).transpose().map_err(Error::internal)?;
            let (width, height) = made.as_ref().map_or((0, 0), |made| (made.files.width, made.files.height));
            let addresses = match &made {
                Some(made) => self.addresses(ctx, &made.files).await?,
                None => Vec::new(),
            };
            tested.push(TestedImage {
                model,
                state: item.state,
                error: item.error.map(|error| error.message),
                took_ms: made.as_ref().map(|made| made.took_ms),
                cost_microcents: made.as_ref().and_then(|made| made.cost_microcents),
                width,
                height,
                addresses,
            });
        }
        Ok(tested)
    }
}

impl ImageStep {
    /// Makes the picture of a test.
    pub(super) async fn test(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let input: Input = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        progress.phase(Phase::AiCall).await;
        let wanted = Wanted { site: input.site_id, prompt: &input.prompt, model: Some(&input.model) };
        let stored = self.make(ctx, item, &wanted).await?;
        progress.phase(Phase::Save).await;
        let (files, usage) = self.files(ctx, &stored, &wanted).await?;
        let made = Made { files, took_ms: stored.took_ms, cost_microcents: stored.cost_microcents };
        Ok(Outcome { effects: Effects::new(), price: PRICE, usage, result: json!(made) })
    }
}
