//! The writer's service: sentences that start with the contents, as `contents.generate(ctx, ids)`.

use igny8_accounts::{Accounts, InSite, Review, Site};
use igny8_cloud::Cloud;
use igny8_core::{ClusterId, ContentId, Ctx, Error, Limit, Page, PageRequest, Result, SiteId, SiteScoped, TaskId};
use igny8_planning::{Planning, entity::Cluster};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Keys, Query, Table};
use igny8_work::{JobStatus, Work};

use crate::{
    Body, Content, ContentStatus, ContentView, Revision, StoredRevision, Task, TaskCreate, TaskStatus, TaskUpdate,
};

/// The writer of all tenants. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Contents {
    pub(crate) table: Table,
    pub(crate) cloud: Cloud,
    pub(crate) work: Work,
    pub(crate) accounts: Accounts,
    pub(crate) planning: Planning,
}

/// Which tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskQuery {
    /// The site.
    pub site_id: SiteId,
    /// Only in this state.
    pub status: Option<TaskStatus>,
    /// Only of this cluster.
    pub cluster_id: Option<ClusterId>,
    /// Which page.
    pub page: PageRequest,
}

/// Which contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentQuery {
    /// The site.
    pub site_id: SiteId,
    /// Only in this state.
    pub status: Option<ContentStatus>,
    /// Only of this cluster.
    pub cluster_id: Option<ClusterId>,
    /// Which page.
    pub page: PageRequest,
}

impl Contents {
    /// The writer on a table.
    pub const fn new(table: Table, cloud: Cloud, work: Work, accounts: Accounts, planning: Planning) -> Self {
        Self { table, cloud, work, accounts, planning }
    }

    /// Makes a task by hand, or from an idea.
    pub async fn create_task(&self, ctx: &Ctx, new: TaskCreate) -> Result<Task> {
        self.accounts.site(ctx, new.site_id).await?;
        let task = if let Some(idea) = new.idea_id {
            if idea.site_tag() != new.site_id.site_tag() {
                return Err(Error::not_found("idea"));
            }
            let idea = self.planning.idea(ctx, idea).await?;
            let mut task = crate::queue::task_of(ctx, &idea);
            task.title = new.title;
            task.keywords = new.keywords.unwrap_or(task.keywords);
            task.outline = new.outline.unwrap_or(task.outline);
            task
        } else {
            let cluster = match new.cluster_id {
                Some(cluster) if cluster.site_tag() == new.site_id.site_tag() => {
                    Some(self.planning.cluster_by_id(ctx, cluster).await?)
                }
                Some(_) => return Err(Error::not_found("cluster")),
                None => None,
            };
            let (millis, random) = ctx.seed();
            Task {
                id: TaskId::new(new.site_id, millis, random),
                site_id: new.site_id,
                sector_id: cluster.as_ref().and_then(|cluster| cluster.sector_id),
                idea_id: None,
                cluster_id: new.cluster_id,
                title: new.title,
                entity_type: new.entity_type.unwrap_or_else(|| "post".to_owned()),
                structure: new.structure.unwrap_or_else(|| "article".to_owned()),
                keywords: new.keywords.unwrap_or_default(),
                outline: new.outline.unwrap_or_default(),
                angle: String::new(),
                audience: String::new(),
                estimated_words: new.estimated_words.unwrap_or(1_000),
                status: TaskStatus::Queued,
                job_id: None,
                content_id: None,
                error: None,
                created_at: ctx.now(),
                updated_at: ctx.now(),
                created_by: ctx.user(),
                version: 1,
            }
        };
        task.plan().check()?;
        let mut effects = Effects::new();
        effects.create("task", &Keys::new(ctx), &task)?;
        if let Some(idea) = task.idea_id {
            crate::queue::take_idea(ctx, &mut effects, idea, task.id);
        }
        audit(ctx, &mut effects, "task.created", format!("task:{}", task.id))?;
        remember_answer(ctx, &mut effects, 201, &task)?;
        self.table.transact("content.create_task", effects).await.map_err(|error| {
            if error.failed("idea") { Error::conflict("A task has this idea already.") } else { error.into() }
        })?;
        Ok(task)
    }

    /// A task by its id.
    pub async fn task(&self, ctx: &Ctx, id: TaskId) -> Result<Task> {
        let key = Task::key_of(&Keys::new(ctx), id);
        let row = self.table.get::<Task>(key).await?.ok_or_else(|| Error::not_found("task"))?;
        // Who is limited to some workspaces does not see the sites of others, nor what is in them.
        self.accounts.site(ctx, row.site_id).await.map_err(|_| Error::not_found("task"))?;
        Ok(row)
    }

    /// Pages of a site's tasks, newest first.
    pub async fn tasks(&self, ctx: &Ctx, query: TaskQuery) -> Result<Page<Task>> {
        let named = [query.cluster_id.map(InSite::row::<Cluster>)];
        self.accounts.site_with(ctx, query.site_id, named).await?;
        let keys = Keys::new(ctx);
        let mut read = Query::partition(keys.site_partition(query.site_id, Task::KIND)).descending();
        if let Some(status) = query.status {
            read = read.filter(Cond::eq("status", status));
        }
        if let Some(cluster) = query.cluster_id {
            read = read.filter(Cond::eq("cluster_id", cluster));
        }
        Ok(self.table.page(&keys, read, query.page).await?)
    }

    /// Changes a task that waits; `version` is that of `If-Match`.
    pub async fn update_task(&self, ctx: &Ctx, id: TaskId, change: TaskUpdate, version: Option<u64>) -> Result<Task> {
        let mut task = self.task(ctx, id).await?;
        igny8_planning::expect_version(task.version, version)?;
        if !self.is_free(ctx, &task).await? {
            return Err(Error::conflict("This task is being written or has been; change its content instead."));
        }
        task.title = change.title.unwrap_or(task.title);
        task.keywords = change.keywords.unwrap_or(task.keywords);
        task.outline = change.outline.unwrap_or(task.outline);
        task.estimated_words = change.estimated_words.unwrap_or(task.estimated_words);
        task.plan().check()?;
        task.updated_at = ctx.now();
        task.version += 1;
        let mut effects = Effects::new();
        effects.put(
            "task",
            &Keys::new(ctx),
            &task,
            Some(Cond::eq_n("version", task.version - 1).and(Cond::eq("status", task.status))),
        )?;
        audit(ctx, &mut effects, "task.updated", format!("task:{id}"))?;
        self.table.transact("content.update_task", effects).await?;
        Ok(task)
    }

    /// True for a task that nobody works on: also one whose job was cancelled between two attempts.
    async fn is_free(&self, ctx: &Ctx, task: &Task) -> Result<bool> {
        match (task.status, task.job_id) {
            (TaskStatus::Queued | TaskStatus::Failed, _) => Ok(true),
            (TaskStatus::InProgress, Some(job)) => self.work.status(ctx, job).await.map(JobStatus::is_terminal),
            _ => Ok(false),
        }
    }

    /// Removes a task that has no content.
    pub async fn delete_task(&self, ctx: &Ctx, id: TaskId) -> Result<()> {
        let task = self.task(ctx, id).await?;
        if !self.is_free(ctx, &task).await? {
            return Err(Error::conflict("This task is being written or has been; it stays as the record of that."));
        }
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.delete("task", task.key(&keys), Some(Cond::eq("status", task.status)));
        if let Some(idea) = task.idea_id {
            crate::queue::give_idea_back(ctx, &mut effects, idea, id);
        }
        audit(ctx, &mut effects, "task.deleted", format!("task:{id}"))?;
        self.table.transact("content.delete_task", effects).await?;
        Ok(())
    }

    /// A content by its id, without its body.
    pub async fn content(&self, ctx: &Ctx, id: ContentId) -> Result<Content> {
        let key = Content::key_of(&Keys::new(ctx), id);
        let row = self.table.get::<Content>(key).await?.ok_or_else(|| Error::not_found("content"))?;
        // Who is limited to some workspaces does not see the sites of others, nor what is in them.
        self.accounts.site(ctx, row.site_id).await.map_err(|_| Error::not_found("content"))?;
        Ok(row)
    }

    /// A content with its body.
    pub async fn content_view(&self, ctx: &Ctx, id: ContentId) -> Result<ContentView> {
        let content = self.content(ctx, id).await?;
        let body = self.body(ctx, &content).await?;
        Ok(view(content, body))
    }

    /// Pages of a site's contents, newest first, without their bodies.
    pub async fn contents(&self, ctx: &Ctx, query: ContentQuery) -> Result<Page<Content>> {
        let named = [query.cluster_id.map(InSite::row::<Cluster>)];
        self.accounts.site_with(ctx, query.site_id, named).await?;
        let keys = Keys::new(ctx);
        let mut read = Query::partition(keys.site_partition(query.site_id, Content::KIND)).descending();
        if let Some(status) = query.status {
            read = read.filter(Cond::eq("status", status));
        }
        if let Some(cluster) = query.cluster_id {
            read = read.filter(Cond::eq("cluster_id", cluster));
        }
        Ok(self.table.page(&keys, read, query.page).await?)
    }

    /// Pages of a content's revisions, newest first.
    pub async fn revisions(&self, ctx: &Ctx, id: ContentId, page: PageRequest) -> Result<Page<Revision>> {
        self.content(ctx, id).await?;
        let keys = Keys::new(ctx);
        let query = Query::partition(StoredRevision::partition(&keys, id)).descending();
        Ok(self.table.page::<StoredRevision>(&keys, query, page).await?.map(|stored| stored.revision))
    }

    /// A revision with its body.
    pub async fn revision(&self, ctx: &Ctx, id: ContentId, number: u32) -> Result<(Revision, Body)> {
        self.content(ctx, id).await?;
        let stored = self.stored_revisions(ctx, &[(id, number)]).await?.remove(0);
        let body = self.stored_body(&stored).await?;
        Ok((stored.revision, body))
    }

    /// Whether contents of this site must be reviewed before they go public, by its settings as they are now.
    ///
    /// With `first_n` that is so until `review_first` contents of the site are approved or published.
    pub async fn wants_review(&self, ctx: &Ctx, site: &Site) -> Result<bool> {
        let first = match site.settings.review {
            Review::Never => return Ok(false),
            Review::Always => return Ok(true),
            Review::FirstN => site.settings.review_first as usize,
        };
        let keys = Keys::new(ctx);
        let passed = Query::partition(keys.site_partition(site.id, Content::KIND))
            .filter(Cond::any_of("status", [ContentStatus::Approved, ContentStatus::Published]))
            .limit(Limit::new(Limit::MAX).unwrap_or_default());
        let (mut found, mut cursor) = (0, None);
        loop {
            let page = self.table.query::<Content>(&keys, passed.clone().cursor(cursor)).await?;
            found += page.items.len();
            cursor = page.next_cursor;
            if found >= first || cursor.is_none() {
                return Ok(found < first);
            }
        }
    }

    /// The body of a content's newest revision.
    pub async fn body(&self, ctx: &Ctx, content: &Content) -> Result<Body> {
        let stored = self.stored_revisions(ctx, &[(content.id, content.revision)]).await?.remove(0);
        self.stored_body(&stored).await
    }

    /// Revisions by content and number, in this order; 404 when one of them is not there.
    pub async fn stored_revisions(&self, ctx: &Ctx, wanted: &[(ContentId, u32)]) -> Result<Vec<StoredRevision>> {
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = wanted.iter().map(|(id, number)| StoredRevision::key_of(&keys, *id, *number)).collect();
        let found: Option<Vec<_>> = self.table.get_many(&wanted).await?.into_iter().collect();
        found.ok_or_else(|| Error::not_found("revision"))
    }

    /// The body of a revision.
    pub async fn stored_body(&self, stored: &StoredRevision) -> Result<Body> {
        Ok(self.cloud.get_json(&stored.body_key).await?)
    }
}

pub(crate) fn view(content: Content, body: Body) -> ContentView {
    let html = body.blocks.to_html();
    ContentView { content, blocks: body.blocks, html }
}
