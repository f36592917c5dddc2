//! `deploy`: renders a site with the contents that are to be public, checks it, uploads it and moves the pointer.

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt, stream};
use igny8_accounts::Site;
use igny8_content::{Body, Content, ContentStatus, Destination, DestinationStatus, Task, TaskStatus};
use igny8_core::{ContentId, Credits, Ctx, DeploymentId, Error, SiteId};
use igny8_render::{File, address, check};
use igny8_table::{Cond, Effects, Keys, Update};
use igny8_work::{Failure, FunctionSpec, Item, Outcome, Phase, Progress, Step};
use serde::Deserialize;
use serde_json::json;

use crate::{
    Deployment, Publishing, PublishingRecord, RecordStatus,
    drawing::{Drawing, Page},
    pictures::Pictures,
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
        let shown: Vec<(&Content, &Body)> = pages.iter().map(|page| (&page.content, &page.body)).collect();
        let drawing = Drawing::of(ctx, &publishing.contents, (&site, base_url.as_str()), &shown).await?;
        let files = drawing.files(&pages);
        let pictures = &drawing.pictures;
        let (blocking, warnings): (Vec<_>, Vec<_>) =
            check(&files).into_iter().partition(|problem| problem.kind.blocks());
        if let Some(first) = blocking.first() {
            let more = blocking.len() - 1;
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            return Err(Failure::for_good(format!(
                "The site was not published: {first}{more}. Mend it and publish again."
            )));
        }
        let unsupported = self.unsupported(ctx, &pages).await?;
        progress.phase(Phase::Save).await;
        let deployment = Deployment {
            id,
            site_id: site.id,
            prefix: format!("sites/{}/{}/{id}/", ctx.tenant, site.id),
            files: (files.len() + pictures.files().count()) as u32,
            bytes: files.iter().map(|file| file.bytes.len() as u64).sum::<u64>() + pictures.bytes(),
            contents: pages.len() as u32,
            warnings: warnings.iter().map(ToString::to_string).chain(unsupported).take(MOST_WARNINGS).collect(),
            job_id: item.job,
            created_at: ctx.now(),
        };
        self.upload(&deployment, files).await?;
        self.copy(&deployment, pictures).await?;
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
            if content.status == ContentStatus::Archived {
                return Err(Failure::for_good(format!("“{}” was put away.", content.title)));
            }
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
                shown: Some(content.shown()),
            };
            wanted.push((content, destination, true));
        }
        for content in public.into_values() {
            if let Some(destination) = content.destinations.get(HOSTED).cloned() {
                let content = match destination.shown.clone() {
                    Some(shown) => content.as_shown(shown),
                    None => content,
                };
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

    /// What is said of the claims of new pages, which are compared once more: sources change after a text was written.
    async fn unsupported(&self, ctx: &Ctx, pages: &[Page]) -> Result<Vec<String>, Failure> {
        let mut said = Vec::new();
        for page in pages.iter().filter(|page| page.is_new) {
            said.extend(self.publishing.warning(ctx, &page.content, &page.body).await?);
        }
        Ok(said)
    }

    /// Files of pictures are copied within the bucket: a version of a site is whole without anything beside it.
    async fn copy(&self, deployment: &Deployment, pictures: &Pictures) -> Result<(), Failure> {
        let cloud = &self.publishing.cloud;
        stream::iter(pictures.files())
            .map(|(from, path)| async move {
                cloud.copy_object("publishing.copy_picture", &from, &format!("{}{path}", deployment.prefix)).await
            })
            .buffer_unordered(AT_ONCE)
            .try_collect::<Vec<()>>()
            .await?;
        Ok(())
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
