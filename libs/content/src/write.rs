//! `generate_content`: a task becomes an article in blocks, by one model call.

use std::sync::Arc;

use async_trait::async_trait;
use igny8_ai::{
    AiFunction,
    shapes::{ContentInput, ContentOutput, Section, SiteInfo, content_schema, content_schema_for},
};
use igny8_blocks::{Document, StructureData};
use igny8_core::{ContentId, Credits, Ctx, Error, JobId, TaskId, slugify};
use igny8_planning::entity::{Cluster, ContentIdea, IdeaStatus};
use igny8_table::{Cond, Effects, Entity, Keys, TableError, Update};
use igny8_work::{Failure, FunctionSpec, Item, Models, Outcome, Phase, Progress, Step};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Body, Content, ContentStatus, Contents, Revision, Slug, StoredRevision, Task, TaskStatus,
    generate::PRICE,
    truth::{Given, Making, with_references},
    voice::{self, Order},
};

/// Writes an article.
pub const GENERATE_CONTENT: FunctionSpec =
    FunctionSpec { name: "generate_content", queue: "writer-generate", max_attempts: 4 };

/// The most bytes of the error that a task keeps; the row has to stay small.
const MOST_ERROR: usize = 400;

/// How many slugs are tried for a title: the plain one, then `-2` and so on.
const SLUGS: usize = 20;

/// The AI function.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GenerateContent;

impl AiFunction for GenerateContent {
    const NAME: &'static str = GENERATE_CONTENT.name;
    const MAX_TOKENS: u32 = 16_000;
    const TEMPERATURE: f32 = 0.6;
    type Input = ContentInput;
    type Output = ContentOutput;

    fn schema() -> Value {
        content_schema()
    }

    fn kind<'i>(&self, input: &'i ContentInput) -> Option<&'i str> {
        Some(&input.entity_type)
    }

    fn schema_of(&self, input: &ContentInput) -> Value {
        content_schema_for(&input.entity_type)
    }

    /// An article without its end is not one.
    fn accepts_cut(&self) -> bool {
        false
    }

    /// What fits the schema is accepted; length and structure are no reason to refuse. But there must be a body.
    fn check(&self, input: &ContentInput, mut output: ContentOutput) -> Result<ContentOutput, String> {
        // As it will be kept, but for where its links lead.
        let (body, _) = Given::default().resolve(&output.blocks);
        if body.word_count() < 30 {
            let removed = Document::from_model(&with_references(&output.blocks)).removed;
            let problem = removed.first().map(|error| format!(" ({}: {})", error.field, error.message));
            return Err(format!(
                "The article has no readable body. Write it into blocks, as the schema says.{}",
                problem.unwrap_or_default()
            ));
        }
        if let Err(errors) = body.validate() {
            let first = errors.first().map(|error| format!("{}: {}", error.field, error.message));
            return Err(format!("The body cannot be kept. {}", first.unwrap_or_default()));
        }
        if output.title.trim().is_empty() {
            output.title.clone_from(&input.title);
        }
        Ok(output)
    }

    fn price(&self, _: &ContentInput, _: &ContentOutput) -> Credits {
        PRICE
    }
}

#[derive(Debug, Deserialize)]
struct Input {
    task_id: TaskId,
}

/// The worker's step.
#[derive(Clone)]
pub struct WriteStep {
    contents: Contents,
    models: Arc<dyn Models>,
}

impl WriteStep {
    /// The step with the models it may ask.
    pub fn new(contents: Contents, models: Arc<dyn Models>) -> Self {
        Self { contents, models }
    }
}

#[async_trait]
impl Step for WriteStep {
    fn spec(&self) -> FunctionSpec {
        GENERATE_CONTENT
    }

    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let input: Input = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        let mut task = self.contents.task(ctx, input.task_id).await?;
        let mut looks = 0;
        loop {
            if !self.contents.may_write(ctx, &task, item.job).await? {
                return Err(Failure::for_good("Another job has written this task in the meantime."));
            }
            match self.begin(ctx, &task, item.job).await {
                Ok(()) => break,
                // Marked with its job just now, or changed by a person: what it is now counts.
                Err(TableError::Condition(_)) if looks < 5 => task = self.contents.task(ctx, input.task_id).await?,
                Err(error) => return Err(error.into()),
            }
            looks += 1;
        }
        let site = self.contents.accounts.site(ctx, task.site_id).await?;
        let cluster = match task.cluster_id {
            Some(id) => self.contents.table.get::<Cluster>(Cluster::key_of(&Keys::new(ctx), id)).await?,
            None => None,
        };
        let chosen = voice::chosen(&self.contents.thinker, ctx, Order::from(&task), &self.models).await?;
        let given = self.contents.given(ctx, item, task.site_id, &task.source_ids, None).await?;
        let (sources, pages) = given.for_model();
        let question = ContentInput {
            site: SiteInfo {
                site_name: site.name.clone(),
                industry: site.industry.clone().unwrap_or_default(),
                locale: site.locale.clone(),
            },
            title: task.title.clone(),
            structure: task.structure.clone(),
            entity_type: task.entity_type.clone(),
            audience: task.audience.clone(),
            angle: task.angle.clone(),
            outline: chosen.whole(outline_of(&task)),
            keywords: task.keywords.clone(),
            language: chosen.language.clone().unwrap_or_else(|| site.locale.clone()),
            estimated_words: task.estimated_words,
            author: chosen.voice(),
            sources,
            pages,
        };
        let (answer, usage) =
            self.contents.work.ask(chosen.models.as_ref(), &GenerateContent, &question, ctx, item, progress).await?;
        progress.phase(Phase::Save).await;
        let model = usage.last().map(|used| used.model.clone());
        let (body, dropped) = body_of(&answer.output, &task.entity_type, &task.structure, &given);
        let making = Making::of(&usage, dropped);
        let named = cluster.as_ref().map(|cluster| cluster.id);
        let (mut content, body_key) = self.store(ctx, item, &task, &question.language, cluster, model, body).await?;
        content.author_profile_id = chosen.author.map(|author| author.id);
        let mut effects = rows(ctx, &task, &content, body_key, item.raw_prefix(ctx.tenant), making)?;
        if let Some(cluster) = named {
            // One that is merged meanwhile: the step runs again, and the task names the other one by then.
            effects.check("cluster", Cluster::key_of(&Keys::new(ctx), cluster), Cluster::stays());
        }
        Ok(Outcome {
            effects,
            price: PRICE,
            usage,
            result: json!({ "content_id": content.id, "task_id": task.id, "words": content.word_count }),
        })
    }

    async fn give_up(&self, ctx: &Ctx, item: &Item, sentence: &str) -> Result<Effects, Failure> {
        let input: Input = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        let task = self.contents.task(ctx, input.task_id).await?;
        let mut effects = Effects::new();
        if task.job_id == Some(item.job) && task.content_id.is_none() {
            effects.update(
                "task",
                Update::at(task.key(&Keys::new(ctx)))
                    .set("status", TaskStatus::Failed)
                    .set("error", &sentence[..sentence.floor_char_boundary(MOST_ERROR)])
                    .set("updated_at", ctx.now())
                    .when(Cond::eq("job_id", item.job).and(Cond::Lacks("content_id"))),
            );
        }
        Ok(effects)
    }
}

impl WriteStep {
    /// Shows that the task is being written.
    async fn begin(&self, ctx: &Ctx, task: &Task, job: JobId) -> Result<(), TableError> {
        if task.status == TaskStatus::InProgress && task.job_id == Some(job) {
            return Ok(());
        }
        let unchanged = match task.job_id {
            Some(before) => Cond::eq("job_id", before),
            None => Cond::Lacks("job_id"),
        };
        let mut effects = Effects::new();
        effects.update(
            "task",
            Update::at(task.key(&Keys::new(ctx)))
                .set("status", TaskStatus::InProgress)
                .set("job_id", job)
                .set("updated_at", ctx.now())
                .when(unchanged.and(Cond::Lacks("content_id")).and(Cond::eq("status", task.status))),
        );
        self.contents.table.transact("content.begin", effects).await
    }

    /// Puts the body into the bucket; the content, and where its body lies. Nothing points there yet: a rerun writes the
    /// same object again.
    #[allow(clippy::too_many_arguments, reason = "a content has these parts")]
    async fn store(
        &self,
        ctx: &Ctx,
        item: &Item,
        task: &Task,
        locale: &str,
        cluster: Option<Cluster>,
        model: Option<String>,
        body: Body,
    ) -> Result<(Content, String), Failure> {
        let reference = item.reference();
        let id = ContentId::derived(task.site_id, item.job.millis(), &[&reference]);
        let body_key = StoredRevision::body_key(ctx.tenant, id, 1, &format!("g{}", item.generation));
        self.contents.cloud.put_json("content.put_body", &body_key, &body).await?;
        let slug = self.free_slug(ctx, task, id, &body.title).await?;
        let mut keywords = task.keywords.iter().cloned();
        let content = Content {
            id,
            site_id: task.site_id,
            sector_id: task.sector_id,
            task_id: Some(task.id),
            idea_id: task.idea_id,
            cluster_id: task.cluster_id,
            entity_type: task.entity_type.clone(),
            structure: task.structure.clone(),
            slug,
            word_count: body.blocks.word_count(),
            title: body.title,
            excerpt: body.excerpt,
            meta_title: body.meta_title,
            meta_description: body.meta_description,
            primary_keyword: keywords.next(),
            secondary_keywords: keywords.collect(),
            source_ids: task.source_ids.clone(),
            category: cluster.map(|cluster| cluster.name),
            tags: Vec::new(),
            redirects: Vec::new(),
            language: locale.to_owned(),
            source: "ai".to_owned(),
            ai_model: model,
            author_profile_id: None,
            reviewer_profile_id: None,
            status: ContentStatus::Draft,
            revision: 1,
            ai_revision: Some(1),
            destinations: std::collections::BTreeMap::new(),
            featured_image_id: None,
            created_at: ctx.now(),
            updated_at: ctx.now(),
            created_by: None,
            version: 1,
        };
        Ok((content, body_key))
    }

    async fn free_slug(&self, ctx: &Ctx, task: &Task, id: ContentId, title: &str) -> Result<String, Failure> {
        let keys = Keys::new(ctx);
        let plain = slugify(title);
        let candidates: Vec<String> = std::iter::once(plain.clone())
            .chain((2..=SLUGS).map(|n| format!("{plain}-{n}")))
            // Twenty pages of one title: the id sets this one apart.
            .chain(std::iter::once(format!("{plain}-{}", id.to_string().to_lowercase())))
            .collect();
        let wanted: Vec<_> = candidates.iter().map(|slug| Slug::key_of(&keys, task.site_id, slug)).collect();
        let taken: Vec<Option<Slug>> = self.contents.table.get_many(&wanted).await?;
        let free = candidates.into_iter().zip(taken).find(|(_, taken)| taken.is_none()).map(|(slug, _)| slug);
        free.ok_or_else(|| Failure::from(Error::conflict("There is no free address for this title.")))
    }
}

/// The outline that a task orders.
pub(crate) fn outline_of(task: &Task) -> Vec<Section> {
    let sections = task.outline.iter();
    sections.map(|part| Section { heading: part.heading.clone(), points: part.points.clone() }).collect()
}

/// What a model wrote, as it is kept: texts on one line and no longer than they may be, empty ones made from the body.
/// Its references are resolved; with it come the links that were dropped.
pub(crate) fn body_of(output: &ContentOutput, kind: &str, structure: &str, given: &Given) -> (Body, Vec<String>) {
    let (blocks, dropped) = given.resolve(&output.blocks);
    let cut = |text: &str, most: usize| -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(most).collect()
    };
    let or = |text: String, other: String| if text.is_empty() { other } else { text };
    let title = cut(&output.title, 200);
    let excerpt = or(cut(&output.excerpt, 400), blocks.excerpt(200));
    let body = Body {
        meta_title: or(cut(&output.meta_title, 120), cut(&title, 120)),
        meta_description: or(cut(&output.meta_description, 320), blocks.excerpt(155)),
        title,
        excerpt,
        blocks,
        structure_data: Some(StructureData::from_model(kind, structure, &output.structure_data)),
    };
    (body, dropped)
}

/// The rows that an article means.
fn rows(
    ctx: &Ctx,
    task: &Task,
    content: &Content,
    body_key: String,
    raw: String,
    making: Making,
) -> Result<Effects, Failure> {
    let keys = Keys::new(ctx);
    let now = ctx.now();
    let mut effects = Effects::new();
    effects.create("content", &keys, content)?;
    effects.create("slug", &keys, &Slug { slug: content.slug.clone(), content_id: content.id, redirect: false })?;
    let revision = Revision {
        content_id: content.id,
        number: 1,
        title: content.title.clone(),
        word_count: content.word_count,
        note: "Written by the AI".to_owned(),
        provenance: making.provenance,
        prompt_version: making.prompt_version,
        created_at: now,
        created_by: None,
    };
    effects.create("revision", &keys, &StoredRevision { revision, body_key, base_key: None, raw: Some(raw) })?;
    effects.update(
        "task",
        Update::at(task.key(&keys))
            .set("status", TaskStatus::Draft)
            .set("content_id", content.id)
            .set("updated_at", now)
            .remove("error")
            .when(Cond::eq("status", TaskStatus::InProgress).and(Cond::Lacks("content_id"))),
    );
    if let Some(idea) = task.idea_id {
        effects.update(
            "idea",
            Update::at(ContentIdea::key_of(&keys, idea))
                .set("status", IdeaStatus::Written)
                .set("updated_at", now)
                .when(Cond::Exists),
        );
    }
    Ok(effects)
}
