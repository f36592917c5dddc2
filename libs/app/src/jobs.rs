//! Jobs as answers: what was started, or what it would cost.

use async_trait::async_trait;
use axum::response::{IntoResponse, Response};
use igny8_api::{Accepted, AcceptedJob, JobAnswers, StartedJob};
use igny8_content::GeneratePlan;
use igny8_core::{Credits, Ctx, JobId, Result};
use igny8_publishing::PublishPlan;
use igny8_work::{Job, JobView, Work};
use serde::Serialize;
use utoipa::ToSchema;

/// What work would cost at most, and how many items it has: the answer to `?estimate=true`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Estimated {
    /// Credits that it would reserve.
    pub credits: Credits,
    /// How many items it would start.
    pub items: usize,
    /// How many it would leave as they are, beyond a limit that was set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<usize>,
    /// What warns and does not stop it, in words.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

/// The answer to a request that may start a job.
#[derive(Debug)]
pub enum Started {
    /// It was only a question.
    Estimate(Estimated),
    /// A job was started.
    Job(Box<Accepted<AcceptedJob>>),
}

impl From<(Credits, usize)> for Estimated {
    fn from((credits, items): (Credits, usize)) -> Self {
        Self { credits, items, skipped: None, warnings: Vec::new() }
    }
}

impl From<(Credits, usize)> for Started {
    fn from(price: (Credits, usize)) -> Self {
        Self::Estimate(price.into())
    }
}

impl From<GeneratePlan> for Started {
    fn from(plan: GeneratePlan) -> Self {
        let skipped = (plan.skipped > 0).then_some(plan.skipped);
        Self::Estimate(Estimated { credits: plan.credits, items: plan.items, skipped, warnings: Vec::new() })
    }
}

impl From<PublishPlan> for Started {
    fn from(PublishPlan { items, warnings }: PublishPlan) -> Self {
        Self::Estimate(Estimated { warnings, ..Estimated::from((Credits::ZERO, items)) })
    }
}

impl From<Job> for Started {
    fn from(job: Job) -> Self {
        Self::Job(Box::new(started(&job)))
    }
}

impl IntoResponse for Started {
    fn into_response(self) -> Response {
        match self {
            Self::Estimate(estimate) => axum::Json(estimate).into_response(),
            Self::Job(accepted) => accepted.into_response(),
        }
    }
}

/// 202 with the job.
pub fn started(job: &Job) -> Accepted<AcceptedJob> {
    let view = JobView::from(job);
    let status = view.status.as_str().to_owned();
    Accepted {
        job: job.id,
        body: AcceptedJob { job: StartedJob { id: job.id, function: view.function, status, total: view.total } },
    }
}

pub(crate) struct Answers(pub(crate) Work);

#[async_trait]
impl JobAnswers for Answers {
    async fn answer(&self, ctx: &Ctx, job: JobId) -> Result<Response> {
        Ok(started(&self.0.job(ctx, job).await?).into_response())
    }
}
