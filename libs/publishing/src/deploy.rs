//! `deploy`: renders a site with the contents that are to be public, checks it, uploads it and moves the pointer.

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use igny8_accounts::Site;
use igny8_blocks::jsonld;
use igny8_content::{Body, Content, ContentStatus, Destination, DestinationStatus, Task, TaskStatus};
use igny8_core::{ContentId, Credits, Ctx, DeploymentId, Error, SiteId};
use igny8_render::{Article, File, Heading, address, check, render};
use igny8_table::{Cond, Effects, Keys, Update};
use igny8_work::{Failure, FunctionSpec, Item, Outcome, Phase, Progress, Step};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Deployment, Publishing, PublishingRecord, RecordStatus,
    service::{HOSTED, is_approved, point_to},
};

/// Publishes contents to the site that we host.
pub const DEPLOY: FunctionSpec = FunctionSpec { name: "publish", queue: "publisher-deploy", max_attempts: 4 };

/// Objects that are read or written at the same time.
const AT_ONCE: usize = 16;
/// Warnings that a deployment remembers.
const MOST_WARNINGS: usize = 20;

#[derive(Debug, Deserialize)]
struct Input {
    site_id: SiteId,
    content_ids: Vec<ContentId>,
}

/// The worker's step.
#[derive(Debug, Clone)]
pub struct DeployStep {
    publishing: Publishing,
}

impl DeployStep {
    /// The step.
    pub const fn new(publishing: Publishing) -> Self {
        Self { publishing }
    }
}

/// A content as it will be public, with its body.
struct Page {
    content: Content,
    destination: Destination,
    body: Body,
    is_new: bool,
}

#[async_trait]
impl Step for DeployStep {
    fn spec(&self) -> FunctionSpec {
        DEPLOY
    }

    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        let input: Input = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        let publishing = &self.publishing;
        let site = publishing.accounts.site(ctx, input.site_id).await?;
        // The pointer is read first: if another deployment moves it meanwhile, this one is made anew.
        let host = publishing.host(&site).await?;
        let base_url = publishing.url_of(&site)?;
        let random = ctx.env.random();
        let id = DeploymentId::new(site.id, ctx.now().millis(), random);
        let pages = self.pages(ctx, &site, &base_url, id, &input.content_ids).await?;
        let files = draw(&site, &base_url, &pages);
        let (blocking, warnings): (Vec<_>, Vec<_>) =
            check(&files).into_iter().partition(|problem| problem.kind.blocks());
        if let Some(first) = blocking.first() {
            let more = blocking.len() - 1;
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            return Err(Failure::for_good(format!(
                "The site was not published: {first}{more}. Mend it and publish again."
            )));
        }
        progress.phase(Phase::Save).await;
        let deployment = Deployment {
            id,
            site_id: site.id,
            prefix: format!("sites/{}/{}/{id}/", ctx.tenant, site.id),
            files: files.len() as u32,
            bytes: files.iter().map(|file| file.bytes.len() as u64).sum(),
            contents: pages.len() as u32,
            warnings: warnings.iter().take(MOST_WARNINGS).map(ToString::to_string).collect(),
            job_id: item.job,
            created_at: ctx.now(),
        };
        self.upload(&deployment, files).await?;
        let mut effects = Effects::new();
        effects.update("host", point_to(&host, &deployment));
        effects.create("deployment", &Keys::new(ctx), &deployment)?;
        for page in pages.iter().filter(|page| page.is_new) {
            enter(ctx, &mut effects, item, page)?;
        }
        let published = pages.iter().filter(|page| page.is_new).count();
        Ok(Outcome {
            effects,
            price: Credits::ZERO,
            usage: Vec::new(),
            result: json!({ "deployment_id": id, "url": base_url, "published": published, "files": deployment.files }),
        })
    }
}

impl DeployStep {
    /// What will be public: what is so already, as it was published, and the new contents as they are now.
    async fn pages(
        &self,
        ctx: &Ctx,
        site: &Site,
        base_url: &str,
        deployment: DeploymentId,
        new: &[ContentId],
    ) -> Result<Vec<Page>, Failure> {
        let publishing = &self.publishing;
        let mut wanted: Vec<(Content, Destination, bool)> = Vec::new();
        let mut public = publishing.published(ctx, site.id).await?;
        let review = !new.is_empty() && publishing.contents.wants_review(ctx, site).await?;
        for id in new {
            let content = match public.remove(id) {
                Some(content) => content,
                None => publishing.contents.content(ctx, *id).await?,
            };
            if review && !is_approved(&content) {
                return Err(Failure::for_good(format!("“{}” must be approved first.", content.title)));
            }
            let destination = Destination {
                status: DestinationStatus::Published,
                revision: content.revision,
                url: format!("{base_url}{}", address(&content.slug)),
                published_at: content.destinations.get(HOSTED).map_or(ctx.now(), |before| before.published_at),
                deployment_id: deployment,
                slug: content.slug.clone(),
            };
            wanted.push((content, destination, true));
        }
        for content in public.into_values() {
            if let Some(destination) = content.destinations.get(HOSTED).cloned() {
                wanted.push((content, destination, false));
            }
        }
        let contents = &publishing.contents;
        let numbers: Vec<_> = wanted.iter().map(|(content, there, _)| (content.id, there.revision)).collect();
        let revisions = contents.stored_revisions(ctx, &numbers).await?;
        let pages = stream::iter(wanted.into_iter().zip(revisions))
            .map(|((content, destination, is_new), revision)| async move {
                let body = contents.stored_body(&revision).await?;
                Ok::<_, Failure>(Page { content, destination, body, is_new })
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        Ok(pages)
    }

    async fn upload(&self, deployment: &Deployment, files: Vec<File>) -> Result<(), Failure> {
        let cloud = &self.publishing.cloud;
        stream::iter(files)
            .map(|file| async move {
                let key = format!("{}{}", deployment.prefix, file.path);
                cloud.put_object("publishing.upload", &key, file.content_type, file.bytes).await
            })
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>()
            .await?;
        Ok(())
    }
}

/// The files of the site.
fn draw(site: &Site, base_url: &str, pages: &[Page]) -> Vec<File> {
    let articles: Vec<Article> = pages.iter().map(|page| article(site, base_url, page)).collect();
    let changed = pages.iter().map(|page| page.content.updated_at).max();
    let definition = igny8_render::Site {
        name: site.name.clone(),
        description: String::new(),
        base_url: base_url.to_owned(),
        locale: site.locale.clone(),
        industry: site.industry.clone(),
        updated_at: changed.map_or(site.updated_at, |changed| changed.max(site.updated_at)),
        generator: Some("IGNY8".to_owned()),
    };
    let mut files: Vec<File> = Vec::new();
    render(&definition, &articles, &mut files);
    files
}

fn article(site: &Site, base_url: &str, page: &Page) -> Article {
    let (content, body, there) = (&page.content, &page.body, &page.destination);
    let modified = if page.is_new { content.updated_at } else { there.published_at.max(content.created_at) };
    let keywords = content.primary_keyword.iter().chain(&content.secondary_keywords).cloned().collect();
    let publisher =
        jsonld::Party { organization: true, name: site.name.clone(), url: Some(base_url.to_owned()), logo: None };
    let described = jsonld::Article {
        kind: if content.entity_type == "post" { "BlogPosting".to_owned() } else { String::new() },
        headline: body.title.clone(),
        url: there.url.clone(),
        description: Some(body.meta_description.clone()),
        language: Some(content.language.clone()),
        images: Vec::new(),
        published: Some(there.published_at),
        modified: Some(modified),
        author: Some(publisher.clone()),
        publisher: Some(publisher),
        keywords,
        section: content.category.clone(),
    };
    Article {
        slug: there.slug.clone(),
        title: body.title.clone(),
        meta_title: body.meta_title.clone(),
        meta_description: body.meta_description.clone(),
        excerpt: body.excerpt.clone(),
        body_html: body.blocks.to_html(),
        headings: body
            .blocks
            .outline()
            .into_iter()
            .map(|entry| Heading { id: entry.id, level: entry.level, text: entry.text })
            .collect(),
        author: None,
        published_at: there.published_at,
        updated_at: modified,
        language: content.language.clone(),
        category: content.category.clone(),
        tags: Vec::new(),
        word_count: content.word_count,
        featured_image: None,
        json_ld: std::iter::once(jsonld::article(&described, &body.blocks))
            .chain(jsonld::faq_page(&body.blocks))
            .collect(),
    }
}

/// The rows of a content that goes public.
fn enter(ctx: &Ctx, effects: &mut Effects, item: &Item, page: &Page) -> Result<(), Failure> {
    let keys = Keys::new(ctx);
    let (before, there) = (&page.content, &page.destination);
    let mut content = before.clone();
    content.status = ContentStatus::Published;
    content.destinations.insert(HOSTED.to_owned(), there.clone());
    content.version += 1;
    effects.put("content", &keys, &content, Some(Cond::eq_n("version", before.version)))?;
    let record = PublishingRecord {
        id: PublishingRecord::id_of(content.id, HOSTED),
        site_id: content.site_id,
        content_id: content.id,
        destination: HOSTED.to_owned(),
        status: RecordStatus::Published,
        title: page.body.title.clone(),
        url: there.url.clone(),
        revision: there.revision,
        job_id: item.job,
        deployment_id: there.deployment_id,
        published_at: there.published_at,
        updated_at: ctx.now(),
    };
    effects.put("record", &keys, &record, None)?;
    if let Some(task) = content.task_id {
        effects.update(
            "task",
            Update::at(Task::key_of(&keys, task))
                .set("status", TaskStatus::Published)
                .set("updated_at", ctx.now())
                .when(Cond::Exists),
        );
    }
    Ok(())
}
