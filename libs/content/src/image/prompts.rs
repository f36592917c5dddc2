//! `generate_image_prompts`: a content becomes prompts and alt texts for its pictures, by one model call, free.

use std::sync::Arc;

use async_trait::async_trait;
use igny8_ai::{
    AiFunction,
    image::shapes::{
        ImagePrompt, ImagePromptsInput, ImagePromptsOutput, ImageSection, PlacedPrompt, check_alt, image_prompts_schema,
    },
    shapes::SiteInfo,
};
use igny8_blocks::{Block, Document};
use igny8_core::{ContentId, Credits, Ctx, Error, ImageId, Result, SiteId};
use igny8_platform::settings::{AI_IMAGES_PER_ARTICLE, Settings};
use igny8_table::{Cond, Effects, Entity, Index, Keys, Query};
use igny8_work::{Failure, FunctionSpec, Item, Job, JobCreate, Models, NewItem, Outcome, Phase, Progress, Step};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Image, ImageOrigin, ImageRole, ImageStatus};
use crate::{Content, Contents};

/// Plans the pictures of a content.
pub const GENERATE_IMAGE_PROMPTS: FunctionSpec =
    FunctionSpec { name: "generate_image_prompts", queue: "writer-image-prompts", max_attempts: 4 };

/// The most contents of one request.
pub(crate) const MOST_CONTENTS: usize = 40;
/// The most pictures between the blocks of one content, of an item that was made before this was a setting.
const fn most_in_article() -> u32 {
    3
}
/// The longest prompt, in characters.
pub(super) const LONGEST_PROMPT: usize = 1_000;
/// The longest alt text, in characters: what screen readers read in one go is half of it.
pub(super) const LONGEST_ALT: usize = 250;
/// How much of a section the model is shown, in characters.
const SHOWN: usize = 300;
/// The most sections that the model is shown.
const MOST_SECTIONS: usize = 30;

/// Contents whose pictures shall be planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImagePromptsRequest {
    /// The contents, at most 40, all of one site.
    pub content_ids: Vec<ContentId>,
}

/// The AI function.
#[derive(Debug, Clone, Copy)]
struct GenerateImagePrompts;

impl AiFunction for GenerateImagePrompts {
    const NAME: &'static str = GENERATE_IMAGE_PROMPTS.name;
    const MAX_TOKENS: u32 = 2_000;
    const TEMPERATURE: f32 = 0.6;
    type Input = ImagePromptsInput;
    type Output = ImagePromptsOutput;

    fn schema() -> Value {
        image_prompts_schema()
    }

    /// What has no prompt or no section is dropped; what has no alt text is asked for again.
    fn check(&self, input: &ImagePromptsInput, mut output: ImagePromptsOutput) -> Result<ImagePromptsOutput, String> {
        if output.featured.prompt.trim().is_empty() {
            return Err("The featured picture has no prompt. Describe what it shows.".to_owned());
        }
        check_alt(&output.featured.alt).map_err(|problem| format!("featured: {problem}"))?;
        let mut taken = std::collections::HashSet::new();
        let known = |no: u32| input.sections.iter().any(|section| section.no == no);
        output
            .images
            .retain(|image| !image.prompt.trim().is_empty() && known(image.section) && taken.insert(image.section));
        output.images.truncate(input.most as usize);
        for (n, image) in output.images.iter().enumerate() {
            check_alt(&image.alt).map_err(|problem| format!("images[{n}]: {problem}"))?;
        }
        Ok(output)
    }

    fn price(&self, _: &ImagePromptsInput, _: &ImagePromptsOutput) -> Credits {
        Credits::ZERO
    }
}

impl Contents {
    /// How many contents this would plan pictures for; it is free.
    pub async fn plan_image_prompts(&self, ctx: &Ctx, request: &ImagePromptsRequest) -> Result<(Credits, usize)> {
        let (_, contents) = self.contents_to_illustrate(ctx, request).await?;
        Ok((Credits::ZERO, contents.len()))
    }

    /// Starts to plan the pictures of contents: one item each, free. Pictures that were planned before and never made
    /// are replaced.
    ///
    /// Errors: unknown content (404), more than 40 or of several sites (422).
    pub async fn generate_image_prompts(&self, ctx: &Ctx, request: &ImagePromptsRequest) -> Result<Job> {
        let (site, contents) = self.contents_to_illustrate(ctx, request).await?;
        // The item keeps the number: what a person was told when it began holds when its turn comes.
        let most = Settings::read(&self.table, ctx).await?.get(AI_IMAGES_PER_ARTICLE);
        let items = contents
            .iter()
            .map(|content| NewItem {
                title: content.title.clone(),
                input: json!({ "content_id": content.id, "most": most }),
                price: Credits::ZERO,
            })
            .collect();
        self.work.create(ctx, JobCreate::new(ctx, GENERATE_IMAGE_PROMPTS, site, items)).await
    }

    async fn contents_to_illustrate(&self, ctx: &Ctx, request: &ImagePromptsRequest) -> Result<(SiteId, Vec<Content>)> {
        let mut seen = std::collections::HashSet::new();
        let ids: Vec<ContentId> = request.content_ids.iter().copied().filter(|id| seen.insert(*id)).collect();
        if ids.is_empty() || ids.len() > MOST_CONTENTS {
            return Err(Error::invalid("content_ids", format!("send 1 to {MOST_CONTENTS} ids")));
        }
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Content::key_of(&keys, *id)).collect();
        let contents: Option<Vec<Content>> = self.table.get_many::<Content>(&wanted).await?.into_iter().collect();
        let contents = contents.ok_or_else(|| Error::not_found("content"))?;
        let site = contents[0].site_id;
        if contents.iter().any(|content| content.site_id != site) {
            return Err(Error::invalid("content_ids", "must all be of one site"));
        }
        self.accounts.site(ctx, site).await.map_err(|_| Error::not_found("content"))?;
        Ok((site, contents))
    }

    /// All pictures of a content, oldest first, by the index: one that was just made may be missing.
    pub(crate) async fn images_by_content(&self, ctx: &Ctx, content: ContentId) -> Result<Vec<Image>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(Image::by_content(&keys, content)).index(Index::Gsi2);
        Ok(self.table.query::<Image>(&keys, query).await?.items)
    }
}

#[derive(Debug, Deserialize)]
struct Input {
    content_id: ContentId,
    #[serde(default = "most_in_article")]
    most: u32,
}

/// The worker's step.
#[derive(Clone)]
pub struct ImagePromptsStep {
    contents: Contents,
    models: Arc<dyn Models>,
}

impl ImagePromptsStep {
    /// The step with the models it may ask.
    pub fn new(contents: Contents, models: Arc<dyn Models>) -> Self {
        Self { contents, models }
    }
}

#[async_trait]
impl Step for ImagePromptsStep {
    fn spec(&self) -> FunctionSpec {
        GENERATE_IMAGE_PROMPTS
    }

    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let input: Input = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        progress.phase(Phase::Prep).await;
        let contents = &self.contents;
        let content = contents.content(ctx, input.content_id).await?;
        let site = contents.accounts.site(ctx, content.site_id).await?;
        let body = contents.body(ctx, &content).await?;
        let places = places(&body.blocks);
        let question = ImagePromptsInput {
            site: SiteInfo {
                site_name: site.name.clone(),
                industry: site.industry.clone().unwrap_or_default(),
                locale: site.locale.clone(),
            },
            title: body.title.clone(),
            excerpt: body.excerpt.clone(),
            keywords: content.primary_keyword.iter().chain(&content.secondary_keywords).cloned().collect(),
            language: content.language.clone(),
            sections: places.iter().map(|place| place.section.clone()).collect(),
            most: input.most.min(places.len() as u32),
        };
        let (answer, usage) =
            contents.work.ask(self.models.as_ref(), &GenerateImagePrompts, &question, ctx, item, progress).await?;
        let images = planned(ctx, item, &content, &places, &answer.output);
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        let before = contents.images_by_content(ctx, content.id).await?;
        // Plans that nobody has made use of give way.
        for old in before.iter().filter(|old| old.status == ImageStatus::Prompted && old.files.is_none()) {
            effects.delete("old image", old.key(&keys), Some(Cond::eq("status", ImageStatus::Prompted)));
        }
        for image in &images {
            effects.create("image", &keys, image)?;
        }
        let ids: Vec<ImageId> = images.iter().map(|image| image.id).collect();
        Ok(Outcome {
            effects,
            price: Credits::ZERO,
            usage,
            result: json!({ "content_id": content.id, "image_ids": ids }),
        })
    }
}

/// A section of a body, and after how many blocks its picture goes.
struct Place {
    section: ImageSection,
    position: u32,
}

/// The sections of a body: each heading, with the first text below it. The picture goes after that text.
fn places(body: &Document) -> Vec<Place> {
    let blocks = body.blocks();
    let mut places: Vec<Place> = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        let Block::Heading { text, level: 2 } = block else { continue };
        let first = match blocks.get(index + 1) {
            Some(Block::Paragraph { text }) => plain(text),
            _ => String::new(),
        };
        let position = if first.is_empty() { index + 1 } else { index + 2 } as u32;
        let section = ImageSection { no: places.len() as u32 + 1, heading: plain(text), text: cut(&first, SHOWN) };
        places.push(Place { section, position });
    }
    places.truncate(MOST_SECTIONS);
    places
}

/// A text of a block without its markup.
pub(super) fn plain(text: &str) -> String {
    Document(vec![Block::Paragraph { text: text.to_owned() }]).plain_text()
}

pub(super) fn cut(text: &str, most: usize) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect()
}

/// The rows of the pictures that a model has planned. Their ids follow from the item: a rerun makes the same ones.
fn planned(ctx: &Ctx, item: &Item, content: &Content, places: &[Place], output: &ImagePromptsOutput) -> Vec<Image> {
    let row = |n: usize, prompt: &ImagePrompt, role: ImageRole, place: Option<&Place>| Image {
        id: ImageId::derived(content.site_id, item.job.millis(), &[&item.reference(), &n.to_string()]),
        site_id: content.site_id,
        content_id: content.id,
        role,
        position: place.map_or(0, |place| place.position),
        section: place.map(|place| cut(&place.section.heading, 200)),
        prompt: cut(&prompt.prompt, LONGEST_PROMPT),
        alt: cut(&prompt.alt, LONGEST_ALT),
        status: ImageStatus::Prompted,
        error: None,
        source: ImageOrigin::Generated,
        provider: None,
        model: None,
        files: None,
        license: String::new(),
        credit: String::new(),
        job_id: None,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        created_by: None,
        version: 1,
    };
    let mut images = vec![row(0, &output.featured, ImageRole::Featured, None)];
    for (n, PlacedPrompt { prompt, alt, section }) in output.images.iter().enumerate() {
        let place = places.iter().find(|place| place.section.no == *section);
        let prompt = ImagePrompt { prompt: prompt.clone(), alt: alt.clone() };
        images.push(row(n + 1, &prompt, ImageRole::InArticle, place));
    }
    images
}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(sections: u32) -> ImagePromptsInput {
        let section = |no| ImageSection { no, heading: format!("Part {no}"), text: String::new() };
        ImagePromptsInput { sections: (1..=sections).map(section).collect(), most: 2, ..Default::default() }
    }

    fn placed(section: u32, alt: &str) -> PlacedPrompt {
        PlacedPrompt { prompt: "A disc".into(), alt: alt.into(), section }
    }

    #[test]
    fn an_answer_without_alt_texts_goes_back_and_pictures_without_a_place_go() {
        let featured = ImagePrompt { prompt: "A car".into(), alt: "A red car".into() };
        let images = vec![placed(9, "Far away"), placed(1, "Pads"), placed(1, "Pads again"), placed(2, "Discs")];
        let output = ImagePromptsOutput { featured: featured.clone(), images };
        let checked = GenerateImagePrompts.check(&input(2), output).unwrap();
        assert_eq!(checked.images.iter().map(|image| image.alt.as_str()).collect::<Vec<_>>(), ["Pads", "Discs"]);
        let images = vec![placed(1, "Image of pads")];
        let error = GenerateImagePrompts.check(&input(1), ImagePromptsOutput { featured, images }).unwrap_err();
        assert!(error.starts_with("images[0]: The alt text begins with “image of”"), "{error}");
        let bare = ImagePromptsOutput {
            featured: ImagePrompt { prompt: "A car".into(), alt: " ".into() },
            images: Vec::new(),
        };
        assert!(GenerateImagePrompts.check(&input(1), bare).unwrap_err().contains("is missing"));
    }

    #[test]
    fn a_picture_goes_after_the_first_text_of_its_section() {
        let heading = |text: &str| Block::Heading { level: 2, text: text.into() };
        let text = |text: &str| Block::Paragraph { text: text.into() };
        let body = Document(vec![
            text("Intro"),
            heading("One"),
            text("<em>First</em> words"),
            heading("Two"),
            heading("Three"),
        ]);
        let found = places(&body);
        let shown: Vec<_> = found
            .iter()
            .map(|place| {
                (place.section.no, place.section.heading.as_str(), place.section.text.as_str(), place.position)
            })
            .collect();
        assert_eq!(shown, [(1, "One", "First words", 3), (2, "Two", "", 4), (3, "Three", "", 5)]);
    }
}
