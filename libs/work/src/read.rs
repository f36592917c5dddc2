//! Reading jobs.

use igny8_accounts::Visibility;
use igny8_core::{Credits, Ctx, Error, JobId, Limit, Page, PageRequest, Result, SiteId, Timestamp};
use igny8_table::{AttributeValue, Cond, Entity, Keys, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Item, ItemError, ItemState, Job, JobStatus, JobView, Phase, Work};

/// An item, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ItemView {
    /// Its number within the job, from 0.
    pub index: u32,
    /// What it is about.
    pub title: String,
    /// Its state.
    pub state: ItemState,
    /// Where the work is.
    pub phase: Phase,
    /// How often it was tried.
    pub attempts: u32,
    /// What was charged.
    pub charged: Credits,
    /// Why it failed or waits.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<ItemError>,
    /// What came of it: ids and counts.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[schema(value_type = Object)]
    pub result: Option<serde_json::Value>,
}

/// Which jobs of a list.
#[derive(Debug, Clone, Default)]
pub struct JobQuery {
    /// Only of this function, as `auto_cluster`.
    pub function: Option<String>,
    /// Only of this site.
    pub site_id: Option<SiteId>,
    /// Only those with failed items, or only those without.
    pub has_failures: Option<bool>,
    /// Where the page begins and how long it is.
    pub page: PageRequest,
}

impl From<Item> for ItemView {
    fn from(item: Item) -> Self {
        Self {
            index: item.index,
            title: item.title,
            state: item.state,
            phase: item.phase,
            attempts: item.attempts,
            charged: item.charged,
            error: item.error,
            result: item.result,
        }
    }
}

impl Work {
    /// A job by its id. It belongs to the workspace of its site: who is limited to others does not see it.
    pub async fn job(&self, ctx: &Ctx, id: JobId) -> Result<Job> {
        let job = self.stored(ctx, id).await?;
        if let Some(site) = job.site_id
            && self.accounts.visible_sites(ctx).await? != Visibility::All
        {
            self.accounts.site(ctx, site).await.map_err(|_| Error::not_found("job"))?;
        }
        Ok(job)
    }

    /// How far a job is, for rows that say which job they belong to: who may see those may know.
    pub async fn status(&self, ctx: &Ctx, id: JobId) -> Result<JobStatus> {
        Ok(self.stored(ctx, id).await?.status())
    }

    /// The row of a job, whoever asks.
    pub(crate) async fn stored(&self, ctx: &Ctx, id: JobId) -> Result<Job> {
        let key = Job::key_of(&Keys::new(ctx), id);
        self.table.get::<Job>(key).await?.ok_or_else(|| Error::not_found("job"))
    }

    /// A job with its first 200 items and the phase of the one that is furthest.
    pub async fn job_view(&self, ctx: &Ctx, id: JobId) -> Result<JobView> {
        let page = PageRequest { limit: Limit::new(Limit::MAX).unwrap_or_default(), ..PageRequest::default() };
        // Items first: a job that shows as ended must not come with items that have not.
        let items = self.items_of(ctx, id, page.clone()).await?.items;
        let job = self.job(ctx, id).await?;
        let ended = job.status().is_terminal();
        let items = if ended && items.iter().any(|item| !is_ended(item.state)) {
            self.items_of(ctx, id, page).await?.items
        } else {
            items
        };
        let mut view = JobView::from(&job);
        if !ended
            && let Some(phase) = items.iter().filter(|item| item.state == ItemState::Running).map(|i| i.phase).next()
        {
            view.progress.phase = phase;
        }
        view.items = Some(items);
        Ok(view)
    }

    /// Pages of a job's items.
    ///
    /// Errors: a job that is not there, or not for the caller (404).
    pub async fn items(&self, ctx: &Ctx, id: JobId, page: PageRequest) -> Result<Page<ItemView>> {
        self.job(ctx, id).await?;
        self.items_of(ctx, id, page).await
    }

    async fn items_of(&self, ctx: &Ctx, id: JobId, page: PageRequest) -> Result<Page<ItemView>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(Item::partition(&keys, id));
        Ok(self.table.page::<Item>(&keys, query, page).await?.map(ItemView::from))
    }

    /// Jobs by their ids as they are now; none for what is not there.
    pub async fn current(&self, ctx: &Ctx, ids: &[JobId]) -> Result<Vec<Option<Job>>> {
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Job::key_of(&keys, *id)).collect();
        Ok(self.table.get_many(&wanted).await?)
    }

    /// The jobs that were started since then and have changed since `changed`, newest first, as the list shows them; none
    /// when there are more than one page of them.
    pub async fn changed_since(
        &self,
        ctx: &Ctx,
        started: Timestamp,
        changed: Timestamp,
        most: Limit,
    ) -> Result<Option<Vec<JobView>>> {
        let keys = Keys::new(ctx);
        let first = JobId::new(started.millis(), 0);
        let query = Query::partition(keys.partition(Job::KIND))
            .between(first.to_string(), "~")
            .descending()
            .filter(Cond::Ge("updated_at", AttributeValue::S(changed.to_string())))
            .limit(most);
        let query = self.seen_by(ctx, query).await?;
        let page = self.table.query::<Job>(&keys, query).await?;
        Ok(page.next_cursor.is_none().then(|| page.items.iter().map(JobView::from).collect()))
    }

    /// Narrows a list whose rows say which site they belong to, if any, to what the context may see.
    pub async fn seen_by(&self, ctx: &Ctx, query: Query) -> Result<Query> {
        Ok(match self.accounts.visible_sites(ctx).await? {
            Visibility::All => query,
            Visibility::Workspaces(workspaces) => {
                let sites = self.accounts.site_ids(ctx, workspaces).await?;
                query.filter(Cond::Lacks("site_id").or(Cond::any_of("site_id", sites)))
            }
        })
    }

    /// Pages of the jobs that the context may see, newest first.
    ///
    /// Errors: a site that is not there, or not for the caller (404).
    pub async fn jobs(&self, ctx: &Ctx, wanted: JobQuery) -> Result<Page<JobView>> {
        let keys = Keys::new(ctx);
        let mut query = Query::partition(keys.partition(Job::KIND)).descending();
        if let Some(function) = wanted.function {
            query = query.filter(Cond::eq("function", function));
        }
        if let Some(site) = wanted.site_id {
            self.accounts.site(ctx, site).await?;
            query = query.filter(Cond::eq("site_id", site));
        }
        if let Some(has_failures) = wanted.has_failures {
            query = query.filter(if has_failures { Cond::ge_n("failed", 1) } else { Cond::eq_n("failed", 0) });
        }
        query = self.seen_by(ctx, query).await?;
        Ok(self.table.page::<Job>(&keys, query, wanted.page).await?.map(|job| JobView::from(&job)))
    }
}

const fn is_ended(state: ItemState) -> bool {
    matches!(state, ItemState::Succeeded | ItemState::Failed | ItemState::Cancelled)
}
