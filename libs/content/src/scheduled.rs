//! What schedules ask for: the next things of a site that wait, a bounded number of them.

use std::collections::{HashMap, HashSet};

use igny8_core::{ContentId, Ctx, JobId, Limit, Result, SiteId};
use igny8_table::{Cond, Entity, Index, Keys, Query};

use crate::{
    Content, ContentStatus, Contents, Image, ImageRole, ImageStatus, Task, TaskStatus,
    generate::not_for_later,
    image::{MOST_CONTENTS, MOST_SCHEDULED},
};

/// Contents that are asked whether they have pictures, at most: half a unit each.
const MOST_ASKED: usize = 400;
/// Tasks of a site that wait and that a run looks at, at most: some of them may be at work.
const MOST_WAITING: usize = 1_000;
/// Planned pictures of a site that a run looks at, at most.
const MOST_PLANNED: usize = 2_000;

/// Contents whose pictures a schedule may pay: approved and public ones, and if `unreviewed` those on their way there.
const fn illustrated(unreviewed: bool) -> &'static [ContentStatus] {
    use ContentStatus::{Approved, Draft, Published, Review};
    if unreviewed { &[Draft, Review, Approved, Published] } else { &[Approved, Published] }
}

impl Contents {
    /// Tasks that wait to be written, the oldest first, at most so many: those that no job has, and those whose job was
    /// cancelled before it came to them. What is planned for a later time is left to it.
    pub async fn waiting_tasks(&self, ctx: &Ctx, site: SiteId, most: usize) -> Result<Vec<Task>> {
        self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.site_partition(site, Task::KIND))
            .filter(Cond::eq("status", TaskStatus::Queued).and(not_for_later(ctx)));
        let mut waiting = Vec::new();
        for task in self.table.first::<Task>(&keys, query, MOST_WAITING).await? {
            if waiting.len() == most {
                break;
            }
            let is_free = match task.job_id {
                Some(job) => self.work.status(ctx, job).await?.is_terminal(),
                None => true,
            };
            if is_free {
                waiting.push(task);
            }
        }
        Ok(waiting)
    }

    /// Pictures that are planned and not made, at most so many and never more than 40: those for the tops of pages before
    /// those for sections, the oldest first. What failed waits for a person, who can change its prompt.
    pub async fn images_to_make_next(
        &self,
        ctx: &Ctx,
        site: SiteId,
        unreviewed: bool,
        most: usize,
    ) -> Result<Vec<Image>> {
        self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let waiting = [ImageStatus::Prompted, ImageStatus::Queued, ImageStatus::Generating];
        let query = Query::partition(keys.site_partition(site, Image::KIND)).filter(Cond::any_of("status", waiting));
        let mut images = self.table.first::<Image>(&keys, query, MOST_PLANNED).await?;
        images.retain(|image| !image.prompt.is_empty());
        images.sort_by_key(|image| (image.role == ImageRole::InArticle, image.id));
        let wanted = self.wanted(ctx, &images, illustrated(unreviewed)).await?;
        let (mut at_work, mut next) = (HashMap::<JobId, bool>::new(), Vec::new());
        for image in images.into_iter().filter(|image| wanted.contains(&image.content_id)) {
            if next.len() == most.min(MOST_SCHEDULED) {
                break;
            }
            let is_free = match image.job_id {
                Some(job) if !at_work.contains_key(&job) => {
                    let is_over = self.work.status(ctx, job).await?.is_terminal();
                    *at_work.entry(job).or_insert(is_over)
                }
                Some(job) => at_work[&job],
                None => true,
            };
            if is_free {
                next.push(image);
            }
        }
        Ok(next)
    }

    /// Of the contents of these pictures those that are in one of these states.
    async fn wanted(&self, ctx: &Ctx, images: &[Image], states: &[ContentStatus]) -> Result<HashSet<ContentId>> {
        let keys = Keys::new(ctx);
        let ids: HashSet<ContentId> = images.iter().map(|image| image.content_id).collect();
        let wanted: Vec<_> = ids.iter().map(|id| Content::key_of(&keys, *id)).collect();
        let contents = self.table.get_many::<Content>(&wanted).await?;
        let found = contents.into_iter().flatten().filter(|content| states.contains(&content.status));
        Ok(found.map(|content| content.id).collect())
    }

    /// Contents that have no picture, planned or made, the oldest first: at most so many and never more than 40, of the
    /// first 400 without one at the top.
    pub async fn contents_without_images(
        &self,
        ctx: &Ctx,
        site: SiteId,
        unreviewed: bool,
        most: usize,
    ) -> Result<Vec<Content>> {
        self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let bare = Cond::any_of("status", illustrated(unreviewed)).and(Cond::Lacks("featured_image_id"));
        let query = Query::partition(keys.site_partition(site, Content::KIND)).filter(bare);
        let mut found = Vec::new();
        for content in self.table.first::<Content>(&keys, query, MOST_ASKED).await? {
            if found.len() == most.min(MOST_CONTENTS) {
                break;
            }
            let images = Query::partition(Image::by_content(&keys, content.id))
                .index(Index::Gsi2)
                .limit(Limit::new(1).unwrap_or_default());
            if self.table.query::<Image>(&keys, images).await?.items.is_empty() {
                found.push(content);
            }
        }
        Ok(found)
    }

    /// Contents that may be published and are not, the oldest first, at most so many: approved ones, and drafts too if
    /// `unreviewed` and the site wants no review.
    pub async fn publishable(&self, ctx: &Ctx, site: SiteId, unreviewed: bool, most: usize) -> Result<Vec<Content>> {
        let site = self.accounts.site(ctx, site).await?;
        let keys = Keys::new(ctx);
        let wanted: &[ContentStatus] = if unreviewed && !self.wants_review(ctx, &site).await? {
            &[ContentStatus::Approved, ContentStatus::Draft]
        } else {
            &[ContentStatus::Approved]
        };
        let query =
            Query::partition(keys.site_partition(site.id, Content::KIND)).filter(Cond::any_of("status", wanted));
        Ok(self.table.first::<Content>(&keys, query, most).await?)
    }
}
