//! The writer's service: sentences that start with the contents, as `contents.generate(ctx, ids)`.

use igny8_accounts::Accounts;
use igny8_cloud::Cloud;
use igny8_core::{ClusterId, ContentId, Ctx, Error, Page, Result, SiteId, SiteScoped, TaskId};
use igny8_planning::{PageRequest, Planning};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Keys, Query, Table};
use igny8_work::Work;

use crate::{Body, Content, ContentStatus, ContentView, Revision, Task, TaskCreate, TaskStatus, TaskUpdate};

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
    /// With how many there are in all.
    pub count: bool,
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
    /// With how many there are in all.
    pub count: bool,
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
        check_task(&task)?;
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
        self.accounts.site(ctx, query.site_id).await?;
        let keys = Keys::new(ctx);
        let mut read = Query::partition(keys.site_partition(query.site_id, Task::KIND)).descending();
        if let Some(status) = query.status {
            read = read.filter(Cond::eq("status", status));
        }
        if let Some(cluster) = query.cluster_id {
            read = read.filter(Cond::eq("cluster_id", cluster));
        }
        let total = if query.count { Some(self.table.count_rows(&read).await?) } else { None };
        let page = self.table.query::<Task>(&keys, read.limit(query.page.limit).cursor(query.page.cursor)).await?;
        Ok(Page { total, ..page })
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
        check_task(&task)?;
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
            (TaskStatus::InProgress, Some(job)) => Ok(self.work.job(ctx, job).await?.status().is_terminal()),
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
        let body: Body = self.cloud.get_json(&content.body_key).await?;
        Ok(view(content, body))
    }

    /// Pages of a site's contents, newest first, without their bodies.
    pub async fn contents(&self, ctx: &Ctx, query: ContentQuery) -> Result<Page<Content>> {
        self.accounts.site(ctx, query.site_id).await?;
        let keys = Keys::new(ctx);
        let mut read = Query::partition(keys.site_partition(query.site_id, Content::KIND)).descending();
        if let Some(status) = query.status {
            read = read.filter(Cond::eq("status", status));
        }
        if let Some(cluster) = query.cluster_id {
            read = read.filter(Cond::eq("cluster_id", cluster));
        }
        let total = if query.count { Some(self.table.count_rows(&read).await?) } else { None };
        let page = self.table.query::<Content>(&keys, read.limit(query.page.limit).cursor(query.page.cursor)).await?;
        Ok(Page { total, ..page })
    }

    /// Pages of a content's revisions, newest first.
    pub async fn revisions(&self, ctx: &Ctx, id: ContentId, page: PageRequest) -> Result<Page<Revision>> {
        self.content(ctx, id).await?;
        let keys = Keys::new(ctx);
        let query = Query::partition(Revision::partition(&keys, id)).descending().limit(page.limit).cursor(page.cursor);
        Ok(self.table.query::<Revision>(&keys, query).await?)
    }

    /// A revision with its body.
    pub async fn revision(&self, ctx: &Ctx, id: ContentId, number: u32) -> Result<(Revision, Body)> {
        let key = Revision::key_of(&Keys::new(ctx), id, number);
        let revision = self.table.get::<Revision>(key).await?.ok_or_else(|| Error::not_found("revision"))?;
        let body = self.cloud.get_json(&revision.body_key).await?;
        Ok((revision, body))
    }

    /// The body of a content's newest revision.
    pub async fn body(&self, content: &Content) -> Result<Body> {
        Ok(self.cloud.get_json(&content.body_key).await?)
    }
}

pub(crate) fn view(content: Content, body: Body) -> ContentView {
    let html = body.blocks.to_html();
    ContentView { content, blocks: body.blocks, html }
}

fn check_task(task: &Task) -> Result<()> {
    let longer = |text: &str, most: usize| text.chars().count() > most;
    if task.title.trim().is_empty() || longer(&task.title, 200) {
        return Err(Error::invalid("title", "must have 1 to 200 characters"));
    }
    if !igny8_ai::shapes::ENTITY_TYPES.contains(&task.entity_type.as_str()) {
        return Err(Error::invalid("entity_type", "must be post, page, product, service or taxonomy"));
    }
    if !igny8_ai::shapes::STRUCTURES.contains(&task.structure.as_str()) {
        let message = format!("must be one of {}", igny8_ai::shapes::STRUCTURES.join(", "));
        return Err(Error::invalid("structure", message));
    }
    if task.keywords.len() > 50 || task.keywords.iter().any(|keyword| longer(keyword, 200)) {
        return Err(Error::invalid("keywords", "at most 50 of 200 characters"));
    }
    if !(50..=20_000).contains(&task.estimated_words) {
        return Err(Error::invalid("estimated_words", "must be from 50 to 20,000"));
    }
    igny8_planning::check_outline(&task.outline)
}
