//! What a run would do: the same question for a preview, for "run now" and for the run at its time.

use igny8_content::{GenerateRequest, IDEAS_PER_REQUEST, IMAGE_PRICE, ImagePromptsRequest};
use igny8_core::{ContentId, Credits, Ctx, Error, ErrorKind, IdeaId, ImageId, Result, TaskId, Timestamp};
use igny8_planning::IdeasRequest;
use igny8_platform::settings::{AI_MAX_ITEMS_PER_REQUEST, Settings};
use igny8_publishing::PublishRequest;
use igny8_work::Job;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Automation, Schedule, ScheduledFunction};

/// What an article costs.
const ARTICLE: i64 = igny8_content::PRICE.0;
/// How many names a preview tells.
const NAMED: usize = 10;
/// The destination that we host.
const HOSTED: &str = "igny8";

/// What the next run would do, as things are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SchedulePreview {
    /// How many requests, clusters, articles, pictures or pages it would work on; 0 when there is nothing to do.
    pub items: usize,
    /// Credits that it would reserve at most.
    pub credits: Credits,
    /// What it would work on: the first ten.
    pub titles: Vec<String>,
    /// The same in a sentence, or why it would do nothing.
    pub sentence: String,
    /// When it runs next; nothing while it is off.
    pub next_run: Option<Timestamp>,
}

/// What a run does.
#[derive(Debug)]
pub(crate) enum Action {
    /// So many items of new keywords.
    Cluster(usize),
    /// Ideas for these clusters.
    Ideas(IdeasRequest),
    /// These tasks, and tasks of these ideas.
    Write { tasks: Vec<TaskId>, ideas: Vec<IdeaId> },
    /// Prompts and alt texts for the pictures of these contents.
    PlanImages(Vec<ContentId>),
    /// These pictures, which are planned.
    MakeImages(Vec<ImageId>),
    /// These contents.
    Publish(Vec<ContentId>),
}

#[derive(Debug)]
pub(crate) struct Planned {
    pub(crate) action: Option<Action>,
    pub(crate) items: usize,
    pub(crate) credits: Credits,
    pub(crate) titles: Vec<String>,
    pub(crate) sentence: String,
}

impl Planned {
    fn nothing(sentence: impl Into<String>) -> Self {
        Self { action: None, items: 0, credits: Credits::ZERO, titles: Vec::new(), sentence: sentence.into() }
    }

    fn new(action: Action, credits: Credits, titles: Vec<String>, sentence: String) -> Self {
        Self { action: Some(action), items: titles.len(), credits, titles, sentence }
    }

    pub(crate) fn preview(self, next_run: Option<Timestamp>) -> SchedulePreview {
        let titles = self.titles.into_iter().take(NAMED).collect();
        SchedulePreview { items: self.items, credits: self.credits, titles, sentence: self.sentence, next_run }
    }
}

impl Automation {
    /// What a run of this schedule would do now, within its budget and what the tenant has.
    pub(crate) async fn plan(&self, ctx: &Ctx, schedule: &Schedule) -> Result<Planned> {
        self.accounts.site(ctx, schedule.site_id).await?;
        let available = self.work.billing().balance(ctx).await?.available();
        let budget = schedule.max_credits.min(available).0.max(0);
        let settings = Settings::read(&self.table, ctx).await?;
        // No more than one request may have: what is left comes with the next run.
        let most = match schedule.function {
            ScheduledFunction::AutoPublish => u64::from(schedule.max_items),
            _ => u64::from(schedule.max_items).min(settings.get(AI_MAX_ITEMS_PER_REQUEST)),
        } as usize;
        let planned = match schedule.function {
            ScheduledFunction::AutoCluster => self.plan_clusters(ctx, schedule, affordable(budget, 1, most)).await?,
            ScheduledFunction::AutoIdeas => {
                let each = self.planning.ideas_per_cluster(ctx).await?;
                self.plan_ideas(ctx, schedule, each, affordable(budget, i64::from(each), most)).await?
            }
            ScheduledFunction::AutoWriter => {
                self.plan_articles(ctx, schedule, affordable(budget, ARTICLE, most)).await?
            }
            ScheduledFunction::AutoImages => {
                self.plan_pictures(ctx, schedule, affordable(budget, IMAGE_PRICE.0, most)).await?
            }
            ScheduledFunction::AutoPublish => self.plan_publishing(ctx, schedule, most).await?,
        };
        Ok(planned.unwrap_or_else(|| {
            if available < schedule.max_credits {
                Planned::nothing(format!("{available} credits are left: too few to start anything."))
            } else {
                Planned::nothing("The budget of a run is too small to start anything. Raise it.")
            }
        }))
    }

    async fn plan_clusters(&self, ctx: &Ctx, schedule: &Schedule, most: usize) -> Result<Option<Planned>> {
        let all = self.planning.plan_new(ctx, schedule.site_id).await?;
        if all.is_empty() {
            return Ok(Some(Planned::nothing("No keyword is new.")));
        }
        let (items, left) = (all.len().min(most), all.len().saturating_sub(most));
        Ok((items > 0).then(|| {
            let credits = all.iter().take(items).map(|item| item.price).sum();
            let titles = all.into_iter().take(items).map(|item| item.title).collect();
            let sentence = format!("Cluster new keywords in {}.{}", count(items, "request"), later(left, "more"));
            Planned::new(Action::Cluster(items), credits, titles, sentence)
        }))
    }

    async fn plan_ideas(&self, ctx: &Ctx, schedule: &Schedule, each: u32, most: usize) -> Result<Option<Planned>> {
        let clusters = self.planning.clusters_without_ideas(ctx, schedule.site_id, most.max(1)).await?;
        if clusters.is_empty() {
            return Ok(Some(Planned::nothing("Every cluster has ideas.")));
        }
        Ok((most > 0).then(|| {
            let titles: Vec<_> = clusters.iter().map(|cluster| cluster.name.clone()).collect();
            let sentence = format!("Find ideas for {}.", count(clusters.len(), "cluster"));
            let credits = Credits(clusters.len() as i64 * i64::from(each));
            let cluster_ids = clusters.into_iter().map(|cluster| cluster.id).collect();
            Planned::new(
                Action::Ideas(IdeasRequest { cluster_ids, per_cluster: Some(each) }),
                credits,
                titles,
                sentence,
            )
        }))
    }

    async fn plan_articles(&self, ctx: &Ctx, schedule: &Schedule, most: usize) -> Result<Option<Planned>> {
        let asked = most.max(1);
        let tasks = self.contents.waiting_tasks(ctx, schedule.site_id, asked).await?;
        let ideas = match asked - tasks.len() {
            0 => Vec::new(),
            more => {
                let more = more.min(IDEAS_PER_REQUEST);
                self.planning.ideas_to_write(ctx, schedule.site_id, schedule.unreviewed, more).await?
            }
        };
        let count_of = tasks.len() + ideas.len();
        if count_of == 0 {
            return Ok(Some(Planned::nothing(
                "Nothing waits to be written. Accept an idea, or decide about those that name a rival.",
            )));
        }
        Ok((most > 0).then(|| {
            let titles = tasks.iter().map(|task| &task.title).chain(ideas.iter().map(|idea| &idea.title));
            let titles = titles.cloned().collect();
            let sentence = format!("Write {}.", count(count_of, "article"));
            let action = Action::Write {
                tasks: tasks.iter().map(|task| task.id).collect(),
                ideas: ideas.iter().map(|idea| idea.id).collect(),
            };
            Planned::new(action, Credits(count_of as i64 * ARTICLE), titles, sentence)
        }))
    }

    /// Pictures that are planned come first; when none is left, pictures are planned for contents that have none, which
    /// is free. So a run is one job, and nothing is planned that the budget does not come to.
    async fn plan_pictures(&self, ctx: &Ctx, schedule: &Schedule, most: usize) -> Result<Option<Planned>> {
        let (site, unreviewed) = (schedule.site_id, schedule.unreviewed);
        let images = self.contents.images_to_make_next(ctx, site, unreviewed, most.max(1)).await?;
        if !images.is_empty() {
            return Ok((most > 0).then(|| {
                let credits = Credits(images.len() as i64 * IMAGE_PRICE.0);
                let titles: Vec<_> = images.iter().map(igny8_content::Image::title).collect();
                let sentence = format!("Make {}.", count(images.len(), "picture"));
                let ids = images.into_iter().map(|image| image.id).collect();
                Planned::new(Action::MakeImages(ids), credits, titles, sentence)
            }));
        }
        let contents =
            self.contents.contents_without_images(ctx, site, unreviewed, schedule.max_items as usize).await?;
        if contents.is_empty() {
            return Ok(Some(Planned::nothing("Every article has its pictures.")));
        }
        let titles: Vec<_> = contents.iter().map(|content| content.title.clone()).collect();
        let sentence = format!("Plan the pictures of {}; the next run makes them.", count(contents.len(), "article"));
        let ids = contents.into_iter().map(|content| content.id).collect();
        Ok(Some(Planned::new(Action::PlanImages(ids), Credits::ZERO, titles, sentence)))
    }

    async fn plan_publishing(&self, ctx: &Ctx, schedule: &Schedule, most: usize) -> Result<Option<Planned>> {
        let contents = self.contents.publishable(ctx, schedule.site_id, schedule.unreviewed, most).await?;
        if contents.is_empty() {
            return Ok(Some(Planned::nothing("Nothing waits to be published.")));
        }
        let titles = contents.iter().map(|content| content.title.clone()).collect();
        let sentence = format!("Publish {}.", count(contents.len(), "page"));
        let ids = contents.into_iter().map(|content| content.id).collect();
        Ok(Some(Planned::new(Action::Publish(ids), Credits::ZERO, titles, sentence)))
    }

    /// Starts what was planned.
    pub(crate) async fn start(&self, ctx: &Ctx, schedule: &Schedule, action: Action) -> Result<Job> {
        match action {
            Action::Cluster(items) => self.planning.cluster_new(ctx, schedule.site_id, items).await,
            Action::Ideas(request) => self.planning.generate_ideas(ctx, &request).await,
            Action::Write { mut tasks, ideas } => {
                if !ideas.is_empty() {
                    // A deed before the job: the answer under the key is the job. What is queued by a run that dies
                    // here waits as a task, and the same run takes it when it is repeated.
                    let before = Ctx { idempotency: None, ..ctx.clone() };
                    tasks.extend(self.contents.queue_without_rivals(&before, ideas).await?);
                }
                if tasks.is_empty() {
                    return Err(Error::conflict(
                        "Each of the ideas would compete with your own content by now. Look at their verdicts.",
                    ));
                }
                self.contents.generate(ctx, &GenerateRequest { task_ids: tasks, ..GenerateRequest::default() }).await
            }
            Action::PlanImages(content_ids) => {
                self.contents.generate_image_prompts(ctx, &ImagePromptsRequest { content_ids }).await
            }
            Action::MakeImages(ids) => self.contents.make_images(ctx, &ids).await,
            Action::Publish(content_ids) => {
                let request = PublishRequest { content_ids, destinations: vec![HOSTED.to_owned()] };
                self.publishing.publish(ctx, &request).await
            }
        }
    }
}

/// How many things of a price a budget allows.
fn affordable(budget: i64, price: i64, most: usize) -> usize {
    usize::try_from(budget / price).unwrap_or(0).min(most)
}

fn count(number: usize, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

fn later(number: usize, what: &str) -> String {
    if number == 0 { String::new() } else { format!(" {number} {what} in later runs.") }
}

/// What no later try would mend.
pub(crate) const fn is_final(kind: ErrorKind) -> bool {
    !matches!(kind, ErrorKind::Unavailable | ErrorKind::Internal | ErrorKind::RateLimited { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_never_passed() {
        assert_eq!(affordable(15, 3, 40), 5);
        assert_eq!(affordable(14, 3, 40), 4);
        assert_eq!(affordable(2, 3, 40), 0);
        assert_eq!(affordable(-5, 3, 40), 0);
        assert_eq!(affordable(10_000, 1, 40), 40);
    }
}
