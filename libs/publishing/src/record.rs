//! What publishing remembers: versions of a site, and where each content is.

use igny8_core::{ContentId, DeploymentId, JobId, RecordId, SiteId, Timestamp};
use igny8_table::{Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A version of a hosted site. Its files are never changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deployment {
    /// Its id.
    pub id: DeploymentId,
    /// The site.
    pub site_id: SiteId,
    /// The prefix of its files in the bucket.
    pub prefix: String,
    /// How many files it has.
    pub files: u32,
    /// Their size in bytes.
    pub bytes: u64,
    /// How many contents are in it.
    pub contents: u32,
    /// What the checks warned about, in words.
    pub warnings: Vec<String>,
    /// The job that made it.
    pub job_id: JobId,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Deployment {
    /// Where a deployment lives.
    pub fn key_of(keys: &Keys, id: DeploymentId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }
}

impl Entity for Deployment {
    const KIND: &'static str = "DEPLOYMENT";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}

/// A version of a hosted site, as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeploymentView {
    /// Its id.
    pub id: DeploymentId,
    /// The site.
    pub site_id: SiteId,
    /// True for the version that visitors see.
    pub live: bool,
    /// The address of the site.
    pub url: String,
    /// How many files it has.
    pub files: u32,
    /// Their size in bytes.
    pub bytes: u64,
    /// How many contents are in it.
    pub contents: u32,
    /// What the checks warned about, in words.
    pub warnings: Vec<String>,
    /// The job that made it.
    pub job_id: JobId,
    /// When it was made.
    pub created_at: Timestamp,
}

/// The state of a content at a destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecordStatus {
    /// It is public there.
    Published,
}

/// One content at one destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PublishingRecord {
    /// Its id: the same for the same content and destination.
    pub id: RecordId,
    /// The site.
    pub site_id: SiteId,
    /// The content.
    pub content_id: ContentId,
    /// `igny8`: the site that we host.
    pub destination: String,
    /// Its state there.
    pub status: RecordStatus,
    /// Its title there.
    pub title: String,
    /// Its address there.
    pub url: String,
    /// The revision that is there.
    pub revision: u32,
    /// The job that brought it there.
    pub job_id: JobId,
    /// The deployment that it came with.
    pub deployment_id: DeploymentId,
    /// When it first came there.
    pub published_at: Timestamp,
    /// When this revision came there.
    pub updated_at: Timestamp,
}

impl PublishingRecord {
    /// Where a record lives.
    pub fn key_of(keys: &Keys, id: RecordId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }

    /// The id of a content's record at a destination.
    pub fn id_of(content: ContentId, destination: &str) -> RecordId {
        RecordId::derived(content, content.millis(), &[&content.to_string(), destination])
    }
}

impl Entity for PublishingRecord {
    const KIND: &'static str = "PUBLISHING_RECORD";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}
