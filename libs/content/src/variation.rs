//! Variations: other titles or another body for a content, to choose between.

use async_trait::async_trait;
use igny8_ai::{
    AiFunction,
    shapes::{ContentInput, TitlesInput, TitlesOutput, titles_schema},
};
use igny8_core::{ContentId, Credits, Ctx, Error, JobId, Page, PageRequest, Result, Timestamp};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query};
use igny8_work::{Failure, FunctionSpec, Item, Job, JobCreate, NewItem, Outcome, Phase, Progress, Step};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{
    Body, ContentView, Contents,
    edit::Save,
    generate::PRICE,
    regenerate::whole_question,
    rewriting::Rewriting,
    truth::Making,
    voice::{self, Order},
    write::{GenerateContent, body_of},
};

/// Writes other titles, or another body.
pub const VARIATION: FunctionSpec =
    FunctionSpec { name: "generate_variation", queue: "writer-generate", max_attempts: 4 };
/// What a set of titles costs.
const TITLES_PRICE: Credits = Credits(1);
/// Titles of one set.
const TITLES: u32 = 5;
/// The most variations that a content keeps.
const MOST: usize = 100;

/// What is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VariationKind {
    /// The title, and the title in search results: five of them, 1 credit.
    Titles,
    /// The body with its teaser: one, 3 credits.
    Body,
}

/// Of which content, and what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VariationRequest {
    /// The content.
    pub content_id: ContentId,
    /// titles or body.
    pub kind: VariationKind,
}

/// Another title or body for a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Variation {
    /// The content.
    pub content_id: ContentId,
    /// Its number among the content's variations, from 1.
    pub number: u32,
    /// What is another one.
    pub kind: VariationKind,
    /// The title; of a body, the one that it was written with.
    pub title: String,
    /// The title in search results.
    pub meta_title: String,
    /// How a body begins; empty for a title.
    pub excerpt: String,
    /// How many words a body has; 0 for a title.
    pub word_count: u32,
    /// The model that wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ai_model: Option<String>,
    /// The job that made it.
    pub job_id: JobId,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A variation with its body.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VariationView {
    /// The variation.
    #[serde(flatten)]
    pub variation: Variation,
    /// The body as HTML; empty for a title.
    pub html: String,
}

/// A variation as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct StoredVariation {
    #[serde(flatten)]
    variation: Variation,
    /// Where a body lies.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    body_key: Option<String>,
    /// The model's part in it. Older rows do not say it.
    #[serde(default)]
    making: Making,
}

impl StoredVariation {
    fn partition(keys: &Keys, content: ContentId) -> String {
        keys.site_partition(content, &format!("CONTENT#{content}#VARIATION"))
    }

    fn key_of(keys: &Keys, content: ContentId, number: u32) -> Key {
        Key { pk: Self::partition(keys, content), sk: format!("{number:05}") }
    }
}

impl Entity for StoredVariation {
    const KIND: &'static str = "VARIATION";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.variation.content_id, self.variation.number)
    }
}

impl Contents {
    /// What variations would cost: 1 credit for titles, 3 for a body.
    pub async fn plan_variations(&self, ctx: &Ctx, request: &VariationRequest) -> Result<(Credits, usize)> {
        self.content(ctx, request.content_id).await?;
        Ok((price(request.kind), 1))
    }

    /// Starts to write other titles, or another body.
    ///
    /// Errors: unknown content (404), a hundred variations already (409), too few credits (402).
    pub async fn variations_of(&self, ctx: &Ctx, request: &VariationRequest) -> Result<Job> {
        let content = self.content(ctx, request.content_id).await?;
        if self.stored_variations(ctx, content.id).await?.len() + TITLES as usize > MOST {
            return Err(Error::conflict(format!(
                "A content keeps {MOST} variations. Delete some that you do not want."
            )));
        }
        let input = serde_json::to_value(request).map_err(Error::internal)?;
        let item = NewItem { title: content.title, input, price: price(request.kind) };
        self.work.create(ctx, JobCreate::new(ctx, VARIATION, content.site_id, vec![item])).await
    }

    /// Pages of a content's variations, newest first.
    pub async fn variations(&self, ctx: &Ctx, id: ContentId, page: PageRequest) -> Result<Page<Variation>> {
        self.content(ctx, id).await?;
        let keys = Keys::new(ctx);
        let query = Query::partition(StoredVariation::partition(&keys, id)).descending();
        Ok(self.table.page::<StoredVariation>(&keys, query, page).await?.map(|stored| stored.variation))
    }

    /// A variation with its body.
    pub async fn variation(&self, ctx: &Ctx, id: ContentId, number: u32) -> Result<VariationView> {
        self.content(ctx, id).await?;
        let stored = self.stored_variation(ctx, id, number).await?;
        let html = match &stored.body_key {
            Some(key) => self.cloud.get_json::<Body>(key).await?.blocks.to_html(),
            None => String::new(),
        };
        Ok(VariationView { variation: stored.variation, html })
    }

    /// Makes a variation the newest revision. It stays, and so does what was there, as a revision.
    ///
    /// Errors: unknown content or variation (404), the content has changed since `version` (409).
    pub async fn choose_variation(
        &self,
        ctx: &Ctx,
        id: ContentId,
        number: u32,
        version: Option<u64>,
    ) -> Result<ContentView> {
        let before = self.content(ctx, id).await?;
        let StoredVariation { variation, body_key, making } = self.stored_variation(ctx, id, number).await?;
        igny8_planning::expect_version(before.version, version)?;
        let mine = self.body(ctx, &before).await?;
        let mut body = mine.clone();
        let mut save = Save { making, ..Save::default() };
        let what = if let Some(key) = body_key {
            let written: Body = self.cloud.get_json(&key).await?;
            body.blocks = written.blocks;
            body.excerpt = written.excerpt;
            // What the AI writes next is told apart from this text.
            save.base_key = Some(key);
            "Body"
        } else {
            body.title = variation.title;
            body.meta_title = variation.meta_title;
            "Title"
        };
        let mut after = before.clone();
        if body != mine {
            save.note = Some(format!("{what} chosen from variation {number}"));
            self.review_again(ctx, &mut after).await?;
        }
        self.save(ctx, &before, after, body, save).await
    }

    /// Removes a variation.
    pub async fn delete_variation(&self, ctx: &Ctx, id: ContentId, number: u32) -> Result<()> {
        self.content(ctx, id).await?;
        let stored = self.stored_variation(ctx, id, number).await?;
        let mut effects = Effects::new();
        effects.delete("variation", stored.key(&Keys::new(ctx)), Some(Cond::Exists));
        audit(ctx, &mut effects, "content.variation_deleted", format!("content:{id}"))?;
        self.table.transact("content.delete_variation", effects).await?;
        Ok(())
    }

    async fn stored_variation(&self, ctx: &Ctx, id: ContentId, number: u32) -> Result<StoredVariation> {
        let key = StoredVariation::key_of(&Keys::new(ctx), id, number);
        self.table.get::<StoredVariation>(key).await?.ok_or_else(|| Error::not_found("variation"))
    }

    async fn stored_variations(&self, ctx: &Ctx, id: ContentId) -> Result<Vec<StoredVariation>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(StoredVariation::partition(&keys, id));
        Ok(self.table.query_all::<StoredVariation>(&keys, query, 2 * MOST).await?)
    }
}

const fn price(kind: VariationKind) -> Credits {
    match kind {
        VariationKind::Titles => TITLES_PRICE,
        VariationKind::Body => PRICE,
    }
}

/// The AI function that finds titles.
#[derive(Debug, Clone, Copy)]
struct GenerateTitles;

impl AiFunction for GenerateTitles {
    const NAME: &'static str = VARIATION.name;
    const MAX_TOKENS: u32 = 1_500;
    const TEMPERATURE: f32 = 0.9;
    type Input = TitlesInput;
    type Output = TitlesOutput;

    fn schema() -> Value {
        titles_schema()
    }

    fn check(&self, input: &TitlesInput, output: TitlesOutput) -> Result<TitlesOutput, String> {
        let mut titles: Vec<_> = Vec::new();
        for mut title in output.titles {
            title.title = line(&title.title, 200);
            title.meta_title = line(&title.meta_title, 120);
            if title.meta_title.is_empty() {
                title.meta_title = line(&title.title, 120);
            }
            let known = |known: &str| known.to_lowercase() == title.title.to_lowercase();
            let double = known(&input.title)
                || input.known.iter().any(|old| known(old))
                || titles.iter().any(|other: &igny8_ai::shapes::TitleOut| known(&other.title));
            if !title.title.is_empty() && !double {
                titles.push(title);
            }
        }
        titles.truncate(TITLES as usize);
        if titles.is_empty() {
            return Err("There is no title that is not known already. Write others.".to_owned());
        }
        Ok(TitlesOutput { titles })
    }

    fn price(&self, _: &TitlesInput, _: &TitlesOutput) -> Credits {
        TITLES_PRICE
    }
}

fn line(text: &str, most: usize) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect()
}

/// The worker's step.
pub(crate) struct VariationStep<'a>(pub &'a Rewriting);

#[async_trait]
impl Step for VariationStep<'_> {
    fn spec(&self) -> FunctionSpec {
        VARIATION
    }

    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let input: VariationRequest = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        let contents = &self.0.contents;
        let content = contents.content(ctx, input.content_id).await?;
        let mine = contents.body(ctx, &content).await?;
        let others = contents.stored_variations(ctx, content.id).await?;
        let first = others.last().map_or(1, |last| last.variation.number + 1);
        let chosen = voice::chosen(&contents.thinker, ctx, Order::from(&content), &self.0.models).await?;
        let (models, work) = (chosen.models.as_ref(), &contents.work);
        let (texts, usage, dropped): (Vec<(Body, bool)>, _, _) = match input.kind {
            VariationKind::Titles => {
                let question = TitlesInput {
                    title: mine.title.clone(),
                    keywords: content.keywords(),
                    outline: mine.blocks.outline().into_iter().map(|entry| entry.text).collect(),
                    excerpt: mine.excerpt.clone(),
                    // Only of what was there when the job began: a rerun must ask the same.
                    known: others
                        .iter()
                        .filter(|other| other.variation.job_id != item.job)
                        .map(|other| other.variation.title.clone())
                        .collect(),
                    count: TITLES,
                    language: content.language.clone(),
                    author: chosen.voice(),
                };
                let (answer, usage) = work.ask(models, &GenerateTitles, &question, ctx, item, progress).await?;
                let titles = answer.output.titles.into_iter();
                let bodies = titles
                    .map(|title| (Body { title: title.title, meta_title: title.meta_title, ..mine.clone() }, false));
                (bodies.collect(), usage, Vec::new())
            }
            VariationKind::Body => {
                let wish = format!("Take another approach than the text that is there (variation {first}).");
                let given = contents.given(ctx, item, content.site_id, &content.source_ids, Some(content.id)).await?;
                let about = (&chosen, &given);
                let question: ContentInput = whole_question(contents, ctx, &content, &mine, &wish, about).await?;
                let (answer, usage) = work.ask(models, &GenerateContent, &question, ctx, item, progress).await?;
                let (body, dropped) = body_of(&answer.output, &content.entity_type, &content.structure, &given);
                (vec![(body, true)], usage, dropped)
            }
        };
        progress.phase(Phase::Save).await;
        let keys = Keys::new(ctx);
        let model = usage.last().map(|used| used.model.clone());
        let making = Making::of(&usage, dropped);
        let mut effects = Effects::new();
        let mut numbers = Vec::new();
        for (number, (body, whole)) in (first..).zip(texts) {
            let body_key = if whole {
                let name = format!("{}-variation", item.reference().replace('/', "-"));
                Some(contents.put_anew(ctx, content.id, &name, &body).await?)
            } else {
                None
            };
            let variation = Variation {
                content_id: content.id,
                number,
                kind: input.kind,
                title: body.title,
                meta_title: body.meta_title,
                excerpt: if whole { body.excerpt } else { String::new() },
                word_count: if whole { body.blocks.word_count() } else { 0 },
                ai_model: model.clone(),
                job_id: item.job,
                created_at: ctx.now(),
            };
            // Another job may have taken the number meanwhile: then this runs again with the next ones.
            effects.create("variation", &keys, &StoredVariation { variation, body_key, making: making.clone() })?;
            numbers.push(number);
        }
        let result = json!({ "content_id": content.id, "variations": numbers });
        Ok(Outcome { effects, price: price(input.kind), usage, result })
    }
}

#[cfg(test)]
mod tests {
    use igny8_ai::{
        AiFunction,
        shapes::{TitleOut, TitlesInput, TitlesOutput},
    };

    use super::GenerateTitles;

    #[test]
    fn titles_that_are_known_are_no_variations() {
        let input = TitlesInput { title: "Oil".to_owned(), known: vec!["Old".to_owned()], ..TitlesInput::default() };
        let output = |titles: &[&str]| TitlesOutput {
            titles: titles.iter().map(|t| TitleOut { title: (*t).to_owned(), meta_title: String::new() }).collect(),
        };
        let kept = GenerateTitles.check(&input, output(&["oil", " New  one ", "OLD", "new one", ""])).unwrap();
        assert_eq!(kept.titles, [TitleOut { title: "New one".to_owned(), meta_title: "New one".to_owned() }]);
        assert!(GenerateTitles.check(&input, output(&["Oil"])).is_err());
    }
}
