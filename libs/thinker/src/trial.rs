//! What came of a test or a draft: an object under the id of its job.

use igny8_cloud::CloudError;
use igny8_core::{Ctx, Error, JobId, Result, TenantId, TrialId};
use igny8_work::JobStatus;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{Thinker, start::TEST_PROMPT};

/// The function that tries models for pictures, which is the writer's.
const TEST_IMAGE: &str = "test_image";

/// Where the question of a test lies.
pub(crate) fn input_key(tenant: TenantId, job: JobId) -> String {
    format!("trials/{tenant}/{job}/question.json")
}

/// Where what came of it lies.
pub(crate) fn result_key(tenant: TenantId, job: JobId) -> String {
    format!("trials/{tenant}/{job}/result.json")
}

/// The answer to a test.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct TestResult {
    /// The system part of the prompt, as it was sent.
    pub system: String,
    /// The user part of the prompt, as it was sent.
    pub user: String,
    /// The answer as it came.
    pub raw: String,
    /// The answer as it is read; none when it cannot be.
    #[schema(value_type = Option<Object>)]
    pub parsed: Option<Value>,
    /// Why it cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
    /// The model that answered.
    pub model: String,
    /// Tokens of the question.
    pub tokens_in: u64,
    /// Tokens of the answer.
    pub tokens_out: u64,
    /// What the call cost us, in millionths of a US cent; none when the model's price is not known.
    pub cost_microcents: Option<u64>,
}

impl From<igny8_ai::trial::Trial> for TestResult {
    fn from(trial: igny8_ai::trial::Trial) -> Self {
        Self {
            system: trial.system,
            user: trial.user,
            raw: trial.raw,
            parsed: trial.parsed,
            problem: trial.problem,
            model: trial.model,
            tokens_in: trial.tokens_in,
            tokens_out: trial.tokens_out,
            cost_microcents: trial.cost_microcents,
        }
    }
}

/// A test or a draft.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct TrialView {
    /// Its id, which is that of its job.
    pub id: TrialId,
    /// `test_prompt`, `test_image`, `draft_prompt`, `draft_persona` or `draft_strategy`.
    pub function: String,
    /// How far its job is.
    pub status: JobStatus,
    /// What came of a test.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test: Option<TestResult>,
    /// What was drafted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub draft: Option<Value>,
}

impl Thinker {
    /// A test or a draft, with what came of it once its job has succeeded.
    pub async fn trial(&self, ctx: &Ctx, id: TrialId) -> Result<TrialView> {
        let not_found = || Error::not_found("trial");
        let job: JobId = id.to_string().parse().map_err(Error::internal)?;
        let job = self.work.job(ctx, job).await.map_err(|error| if error.retryable() { error } else { not_found() })?;
        let is_test = job.function == TEST_PROMPT.name;
        let is_draft = job.function.starts_with("draft_");
        // What came of a test of pictures stands at its items; the writer knows to read it.
        if !is_test && !is_draft && job.function != TEST_IMAGE {
            return Err(not_found());
        }
        let mut view = TrialView { id, function: job.function.clone(), status: job.status(), test: None, draft: None };
        if view.status == JobStatus::Succeeded {
            let key = result_key(ctx.tenant, job.id);
            if is_test {
                view.test = Some(self.cloud.get_json(&key).await.map_err(gone)?);
            } else if is_draft {
                view.draft = Some(self.cloud.get_json(&key).await.map_err(gone)?);
            }
        }
        Ok(view)
    }
}

fn gone(error: CloudError) -> Error {
    match error {
        CloudError::NotFound => Error::not_found("trial any more"),
        other => other.into(),
    }
}
