//! A task: the order to write something.

use igny8_core::{ClusterId, ContentId, IdeaId, JobId, SectorId, SiteId, TaskId, Timestamp, UserId};
use igny8_planning::{Plan, entity::OutlineSection};
use igny8_table::{Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How far a task has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskStatus {
    /// It waits to be written.
    Queued,
    /// The model writes.
    InProgress,
    /// Its content is a draft.
    Draft,
    /// Its content waits for a reviewer.
    Review,
    /// Its content is public.
    Published,
    /// It could not be written; it can be tried again.
    Failed,
}

impl std::fmt::Display for TaskStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Queued => "queued",
            Self::InProgress => "in_progress",
            Self::Draft => "draft",
            Self::Review => "review",
            Self::Published => "published",
            Self::Failed => "failed",
        })
    }
}

/// A task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The site.
    pub site_id: SiteId,
    /// The sector of the site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sector_id: Option<SectorId>,
    /// The idea that it carries out.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub idea_id: Option<IdeaId>,
    /// The cluster that it serves.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cluster_id: Option<ClusterId>,
    /// The title.
    pub title: String,
    /// post, page, product, service or taxonomy.
    pub entity_type: String,
    /// One of the 14 structures.
    pub structure: String,
    /// The keywords, the primary one first.
    pub keywords: Vec<String>,
    /// The sections that the article follows.
    pub outline: Vec<OutlineSection>,
    /// What sets it apart.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub angle: String,
    /// Whom it is for.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub audience: String,
    /// Words that it should have.
    pub estimated_words: u32,
    /// How far it has come.
    pub status: TaskStatus,
    /// The job that writes it, or wrote it last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub job_id: Option<JobId>,
    /// The content that came of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub content_id: Option<ContentId>,
    /// Why it failed, for the user.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Who made it, where a person did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_by: Option<UserId>,
    /// Grows with every change by a person; `If-Match` takes it.
    pub version: u64,
}

impl Task {
    /// Where a task lives.
    pub fn key_of(keys: &Keys, id: TaskId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }

    /// What it plans.
    pub fn plan(&self) -> Plan<'_> {
        Plan {
            title: &self.title,
            angle: &self.angle,
            audience: &self.audience,
            outline: &self.outline,
            keywords: &self.keywords,
            keywords_field: "keywords",
            entity_type: &self.entity_type,
            structure: &self.structure,
            estimated_words: self.estimated_words,
        }
    }
}

impl Entity for Task {
    const KIND: &'static str = "TASK";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}

/// A task to be made. Its texts, with those of its idea, may have 2,800 bytes together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskCreate {
    /// The site.
    pub site_id: SiteId,
    /// The title, 1 to 200 characters.
    pub title: String,
    /// post, page, product, service or taxonomy; post unless told.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// One of the 14 structures; article unless told.
    #[serde(default)]
    pub structure: Option<String>,
    /// The idea that it carries out; its outline, keywords and audience are taken over.
    #[serde(default)]
    pub idea_id: Option<IdeaId>,
    /// The cluster that it serves.
    #[serde(default)]
    pub cluster_id: Option<ClusterId>,
    /// The keywords, the primary one first.
    #[serde(default)]
    pub keywords: Option<Vec<String>>,
    /// The sections that the article follows.
    #[serde(default)]
    pub outline: Option<Vec<OutlineSection>>,
    /// Words that it should have; 1,000 unless told.
    #[serde(default)]
    pub estimated_words: Option<u32>,
}

/// A change of a task that waits; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskUpdate {
    /// The title, 1 to 200 characters.
    #[serde(default)]
    pub title: Option<String>,
    /// The keywords, the primary one first.
    #[serde(default)]
    pub keywords: Option<Vec<String>>,
    /// The sections that the article follows.
    #[serde(default)]
    pub outline: Option<Vec<OutlineSection>>,
    /// Words that it should have.
    #[serde(default)]
    pub estimated_words: Option<u32>,
}
