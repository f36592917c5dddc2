//! From changes of rows to messages: what a batch of the table's stream means to those who are connected.
//!
//! What is told is read anew, not taken from the stream: so a batch that comes twice, or two that overtake each other,
//! never show an older state after a newer one.

use std::collections::{BTreeMap, BTreeSet};

use futures::{FutureExt as _, StreamExt as _, future::BoxFuture, stream};
use igny8_billing::{Balance, BalanceView};
use igny8_core::{Ctx, Env, JobId, Result, SiteId, TenantId};
use igny8_table::{Entity, Item as Row, Keys, TableError, from_item, text_of};
use igny8_work::{Item, ItemState, Job, JobStatus, JobView, Phase};

use crate::{Connection, Live, LiveMessage, Notice, NoticeView, connection::Sight};

/// So many connections are sent to at the same time.
const AT_ONCE: usize = 16;

/// A row before and after.
#[derive(Debug, Clone)]
pub struct Change {
    /// The row before; none when it is new.
    pub old: Option<Row>,
    /// The row after.
    pub new: Row,
}

/// What has happened to one tenant.
#[derive(Debug, Default, PartialEq, Eq)]
struct News {
    /// Jobs that changed, and the phase of an item of theirs that runs, if that is what changed.
    jobs: BTreeMap<JobId, Option<Phase>>,
    ended: Vec<Notice>,
    balance: bool,
}

/// A message, and whose it is.
struct Told {
    site: Option<SiteId>,
    message: LiveMessage,
}

impl Live {
    /// Writes the notices of what has ended, and tells those who are connected what has changed.
    ///
    /// A row that cannot be read is logged and passed over. Errors: the table does not answer; everything may then be done
    /// again.
    pub async fn feed(&self, env: &Env, changes: Vec<Change>) -> Result<()> {
        let mut outcome = Ok(());
        for (tenant, news) in sorted(changes) {
            let ctx = Ctx::system(tenant, "feed", env.clone());
            if let Err(error) = self.tell(&ctx, news).await {
                tracing::warn!(%tenant, %error, cause = error.cause(), "the news of a tenant were not told");
                // The others are told all the same.
                outcome = Err(error);
            }
        }
        outcome
    }

    async fn tell(&self, ctx: &Ctx, news: News) -> Result<()> {
        for notice in &news.ended {
            self.write_notice(ctx, notice).await?;
        }
        let connections = self.connections(ctx).await?;
        if connections.is_empty() {
            return Ok(());
        }
        let sights = self.sights(&ctx.env, &connections).await?;
        let told = self.messages(ctx, news).await?;
        let sends: Vec<BoxFuture<'_, Result<()>>> = connections
            .iter()
            .map(|connection| {
                let sight = sights.get(&connection.listener());
                self.tell_one(&ctx.env, connection, sight, &told).boxed()
            })
            .collect();
        let done: Vec<Result<()>> = stream::iter(sends).buffer_unordered(AT_ONCE).collect().await;
        done.into_iter().collect()
    }

    /// Tells one connection what it may see. Without a sight, its actor may not listen any more.
    async fn tell_one(&self, env: &Env, connection: &Connection, sight: Option<&Sight>, told: &[Told]) -> Result<()> {
        let Some(sight) = sight else { return self.turn_away(env, connection).await };
        let seen: Vec<_> = told.iter().filter(|one| sight.shows(one.site)).map(|one| one.message.clone()).collect();
        self.deliver(env, connection, &seen).await;
        Ok(())
    }

    async fn messages(&self, ctx: &Ctx, news: News) -> Result<Vec<Told>> {
        let mut told = Vec::new();
        let ids: Vec<_> = news.jobs.keys().copied().collect();
        for job in self.work.current(ctx, &ids).await?.into_iter().flatten() {
            let mut view = JobView::from(&job);
            if let (JobStatus::Running, Some(Some(phase))) = (view.status, news.jobs.get(&job.id)) {
                view.progress.phase = *phase;
            }
            told.push(Told { site: job.site_id, message: LiveMessage::Job { at: view.updated_at, job: view } });
        }
        if news.balance {
            let balance = BalanceView::from(&self.work.billing().balance(ctx).await?);
            told.push(Told { site: None, message: LiveMessage::Balance { at: ctx.now(), balance } });
        }
        told.extend(news.ended.into_iter().map(|notice| {
            let (site, at) = (notice.site_id, notice.at);
            let notice = NoticeView::new(notice, igny8_core::Timestamp::default());
            Told { site, message: LiveMessage::Notice { at, notice } }
        }));
        Ok(told)
    }
}

/// The changes by tenant.
fn sorted(changes: Vec<Change>) -> BTreeMap<TenantId, News> {
    let mut all = BTreeMap::<TenantId, News>::new();
    let mut broken = BTreeSet::new();
    for change in changes {
        let Some(tenant) = text_of(&change.new, "PK").and_then(Keys::tenant_of) else { continue };
        let kind = text_of(&change.new, "_k").unwrap_or_default().to_owned();
        if let Err(error) = note(all.entry(tenant).or_default(), &kind, change)
            && broken.insert(kind.clone())
        {
            tracing::error!(%tenant, kind, %error, "a row of the stream cannot be read and is passed over");
        }
    }
    all.retain(|_, news| *news != News::default());
    all
}

fn note(news: &mut News, kind: &str, change: Change) -> Result<(), TableError> {
    match kind {
        Job::KIND => {
            let job: Job = from_item(change.new)?;
            news.jobs.entry(job.id).or_default();
            // Only the step from open to ended is an end; what is written to a job later is none.
            let was_open = match change.old.map(from_item::<Job>) {
                Some(Ok(old)) => !old.status().is_terminal(),
                Some(Err(_)) | None => true,
            };
            news.ended.extend(Notice::of(&job).filter(|_| was_open));
        }
        Item::KIND => {
            let item: Item = from_item(change.new)?;
            if item.state == ItemState::Running {
                news.jobs.insert(item.job, Some(item.phase));
            }
        }
        Balance::KIND => news.balance = true,
        _ => {}
    }
    Ok(())
}
