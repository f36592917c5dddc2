//! Usage: what each model call took and what was charged for the item.

use igny8_core::{Credits, JobId, SiteId, Timestamp};
use igny8_table::{Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One call of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Usage {
    /// Job, item, generation and call: sorts by the time of the job, and the same call is the same row.
    pub id: String,
    /// The AI function, as `auto_cluster`.
    pub function: String,
    /// The model that answered.
    pub model: String,
    /// Tokens of the question.
    pub tokens_in: u64,
    /// Tokens of the answer.
    pub tokens_out: u64,
    /// What the call cost us, in millionths of a US cent.
    pub cost_microcents: u64,
    /// The version of the tenant's own prompt that was asked with; none is the default.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub prompt_version: Option<u32>,
    /// Credits charged for the item; on the item's last call, 0 on the others.
    pub credits: Credits,
    /// The job.
    pub job_id: JobId,
    /// The site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub site_id: Option<SiteId>,
    /// When.
    pub created_at: Timestamp,
}

impl Usage {
    /// The partition, in the order of time.
    pub fn partition(keys: &Keys) -> String {
        keys.partition(Self::KIND)
    }
}

impl Entity for Usage {
    const KIND: &'static str = "USAGE";

    fn key(&self, keys: &Keys) -> Key {
        keys.row(Self::KIND, &self.id)
    }
}
