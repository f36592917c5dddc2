//! The writer's service: sentences that start with the contents, as `contents.generate(ctx, ids)`.

use igny8_accounts::{Accounts, InSite, Review, Site};
use igny8_blocks::structure;
use igny8_cloud::Cloud;
use igny8_core::{ClusterId, ContentId, Ctx, Error, Limit, Page, PageRequest, Result, SiteId, SiteScoped, TaskId};
use igny8_planning::{Planning, entity::Cluster};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Keys, Query, Table};
use igny8_thinker::{Choice, Thinker};
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
    pub(crate) thinker: Thinker,
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
    /// Only of this kind: post, page, product, service or taxonomy.
    pub entity_type: Option<String>,
    /// Which page.
    pub page: PageRequest,
}

impl Contents {
    /// The writer on a table.
    pub fn new(table: Table, cloud: Cloud, work: Work, accounts: Accounts, planning: Planning) -> Self {
        let thinker = Thinker::new(table.clone(), cloud.clone(), work.clone(), accounts.clone());
        Self { table, cloud, work, accounts, planning, thinker }
    }

    /// Makes a task by hand, or from an idea.
    pub async fn create_task(&self, ctx: &Ctx, new: TaskCreate) -> Result<Task> {
        self.accounts.site(ctx, new.site_id).await?;
        let sources = self.check_sources(ctx, new.site_id, new.source_ids.unwrap_or_default()).await?;
        if let Some(profile) = new.author_profile_id {
            self.thinker.profile(ctx, profile).await?;
        }
        let idea = match new.idea_id {
            Some(idea) if idea.site_tag() == new.site_id.site_tag() => {
                let idea = self.planning.idea(ctx, idea).await?;
                Some(self.idea_for(ctx, idea, &new.title).await?)
            }
            Some(_) => return Err(Error::not_found("idea")),
            None => None,
        };
        let task = if let Some(idea) = &idea {
            let strategies = self.thinker.strategies_for(ctx, &[(idea.sector_id, idea.entity_type.as_str())]).await?;
            let mut task = crate::queue::task_of(ctx, idea, &strategies);
            task.title = new.title;
            task.author_profile_id = new.author_profile_id.or(task.author_profile_id);
            task.entity_type = new.entity_type.unwrap_or(task.entity_type);
            task.structure = new.structure.unwrap_or(task.structure);
            task.keywords = new.keywords.unwrap_or(task.keywords);
            task.outline = new.outline.unwrap_or(task.outline);
            task.source_ids = sources;
            task.scheduled_at = new.scheduled_at;
            task
        } else {
            let cluster = match new.cluster_id {
                Some(cluster) if cluster.site_tag() == new.site_id.site_tag() => {
                    Some(self.planning.cluster_by_id(ctx, cluster).await?)
                }
                Some(_) => return Err(Error::not_found("cluster")),
                None => None,
            };
            let sector = cluster.as_ref().and_then(|cluster| cluster.sector_id);
            let kind = new.entity_type.unwrap_or_else(|| "post".to_owned());
            let told = Choice {
                structure: new.structure,
                words: new.estimated_words,
                author_profile_id: new.author_profile_id,
                ..Choice::default()
            };
            let choice =
                self.thinker.strategies_for(ctx, &[(sector, kind.as_str())]).await?.choice(told, sector, &kind);
            let (millis, random) = ctx.seed();
            Task {
                id: TaskId::new(new.site_id, millis, random),
                site_id: new.site_id,
                sector_id: sector,
                idea_id: None,
                cluster_id: new.cluster_id,
                title: new.title,
                entity_type: kind,
                structure: choice.structure.unwrap_or_else(|| "article".to_owned()),
                keywords: new.keywords.unwrap_or_default(),
                source_ids: sources,
                outline: new.outline.unwrap_or_default(),
                angle: String::new(),
                audience: String::new(),
                estimated_words: choice.words.unwrap_or(1_000),
                author_profile_id: choice.author_profile_id,
                status: TaskStatus::Queued,
                job_id: None,
                content_id: None,
                scheduled_at: new.scheduled_at,
                error: None,
                created_at: ctx.now(),
                updated_at: ctx.now(),
                created_by: ctx.user(),
                version: 1,
            }
        };
        task.plan().check()?;
        let mut effects = Effects::new();
        crate::schedule::plan(ctx, &mut effects, None, &task)?;
        effects.create("task", &Keys::new(ctx), &task)?;
        match (&idea, task.cluster_id) {
            (Some(idea), _) => crate::queue::take_idea(ctx, &mut effects, idea, task.id)?,
            (None, Some(cluster)) => {
                effects.check("cluster", Cluster::key_of(&Keys::new(ctx), cluster), Cluster::stays());
            }
            (None, None) => {}
        }
        audit(ctx, &mut effects, "task.created", format!("task:{}", task.id))?;
        remember_answer(ctx, &mut effects, 201, &task)?;
        self.table.transact("content.create_task", effects).await.map_err(|error| {
            if error.failed("idea") {
                Error::conflict("A task has this idea already, or it has just been changed. Load it again.")
            } else if error.failed("cluster") {
                Error::conflict("This cluster is being merged into another one. Choose that one.")
            } else {
                error.into()
            }
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
        let before = task.scheduled_at;
        igny8_planning::expect_version(task.version, version)?;
        if !self.is_free(ctx, &task).await? {
            return Err(Error::conflict("This task is being written or has been; change its content instead."));
        }
        task.title = change.title.unwrap_or(task.title);
        task.entity_type = change.entity_type.unwrap_or(task.entity_type);
        task.structure = change.structure.unwrap_or(task.structure);
        task.keywords = change.keywords.unwrap_or(task.keywords);
        task.outline = change.outline.unwrap_or(task.outline);
        if let Some(sources) = change.source_ids {
            task.source_ids = self.check_sources(ctx, task.site_id, sources).await?;
        }
        task.estimated_words = change.estimated_words.unwrap_or(task.estimated_words);
        if let Some(profile) = change.author_profile_id {
            self.thinker.profile(ctx, profile).await?;
            task.author_profile_id = Some(profile);
        }
        task.scheduled_at = change.scheduled_at.unwrap_or(task.scheduled_at);
        task.plan().check()?;
        task.updated_at = ctx.now();
        task.version += 1;
        let mut effects = Effects::new();
        crate::schedule::plan(ctx, &mut effects, before, &task)?;
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
    pub(crate) async fn is_free(&self, ctx: &Ctx, task: &Task) -> Result<bool> {
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
        if let Some(kind) = query.entity_type {
            if !structure::KINDS.contains(&kind.as_str()) {
                return Err(Error::invalid("entity_type", "must be post, page, product, service or taxonomy"));
            }
            read = read.filter(Cond::eq("entity_type", kind));
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
    let structure_data = body.data(&content);
    ContentView { content, blocks: body.blocks, missing: structure_data.missing(), structure_data, html }
}
