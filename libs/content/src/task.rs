//! A task: the order to write something.

use igny8_core::{
    AuthorProfileId, ClusterId, ContentId, IdeaId, JobId, SectorId, SiteId, SourceId, TaskId, Timestamp, UserId,
};
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

impl TaskStatus {
    /// Every state, in the order of a task's life.
    pub const ALL: [Self; 6] =
        [Self::Queued, Self::InProgress, Self::Draft, Self::Review, Self::Published, Self::Failed];

    /// The states from which a task may come into this one: the one place that says so.
    ///
    /// queued → in_progress → draft ⇄ review → published, and failed from whatever is not written yet. What was public
    /// and is edited waits for a review again. Who runs a failed task again, or one whose job was cancelled, queues it
    /// or lets its item run once more.
    pub const fn before(self) -> &'static [Self] {
        match self {
            Self::Queued | Self::InProgress | Self::Failed => &[Self::Queued, Self::InProgress, Self::Failed],
            Self::Draft => &[Self::InProgress, Self::Draft, Self::Review],
            Self::Review | Self::Published => &[Self::Draft, Self::Review, Self::Published],
        }
    }

    /// Whether a task in this state may come into another one.
    pub fn may_become(self, to: Self) -> bool {
        to.before().contains(&self)
    }
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
    /// The sources that it is written from.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub source_ids: Vec<SourceId>,
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
    /// In whose voice; without one, the strategy decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_profile_id: Option<AuthorProfileId>,
    /// How far it has come.
    pub status: TaskStatus,
    /// The job that writes it, or wrote it last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub job_id: Option<JobId>,
    /// The content that came of it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub content_id: Option<ContentId>,
    /// When it is to be written by itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub scheduled_at: Option<Timestamp>,
    /// Why it failed or still waits, for the user.
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

/// A task to be made. Its texts, with those of its idea, may have 16,000 bytes together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskCreate {
    /// The site.
    pub site_id: SiteId,
    /// The title, 1 to 200 characters.
    pub title: String,
    /// post, page, product, service or taxonomy; that of the idea, or post unless told.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// One of the 14 structures; that of the idea, or article unless told.
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
    /// The sources that it is written from, at most five.
    #[serde(default)]
    pub source_ids: Option<Vec<SourceId>>,
    /// Words that it should have; what the strategy says, or 1,000, unless told.
    #[serde(default)]
    pub estimated_words: Option<u32>,
    /// In whose voice; without one, the strategy decides.
    #[serde(default)]
    pub author_profile_id: Option<AuthorProfileId>,
    /// When it is to be written by itself; only when somebody starts it unless told.
    #[serde(default)]
    pub scheduled_at: Option<Timestamp>,
}

/// A change of a task that waits; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaskUpdate {
    /// The title, 1 to 200 characters.
    #[serde(default)]
    pub title: Option<String>,
    /// post, page, product, service or taxonomy.
    #[serde(default)]
    pub entity_type: Option<String>,
    /// One of the 14 structures.
    #[serde(default)]
    pub structure: Option<String>,
    /// The keywords, the primary one first.
    #[serde(default)]
    pub keywords: Option<Vec<String>>,
    /// The sections that the article follows.
    #[serde(default)]
    pub outline: Option<Vec<OutlineSection>>,
    /// The sources that it is written from, at most five.
    #[serde(default)]
    pub source_ids: Option<Vec<SourceId>>,
    /// Words that it should have.
    #[serde(default)]
    pub estimated_words: Option<u32>,
    /// In whose voice.
    #[serde(default)]
    pub author_profile_id: Option<AuthorProfileId>,
    /// When it is to be written by itself; null for not by itself.
    #[serde(default, deserialize_with = "maybe_null")]
    #[schema(value_type = Option<Timestamp>)]
    pub scheduled_at: Option<Option<Timestamp>>,
}

/// Reads a field of a patch that may be left out (none), null (`Some(None)`) or a value.
pub(crate) fn maybe_null<'de, T, D>(deserializer: D) -> Result<Option<Option<T>>, D::Error>
where
    T: Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    Deserialize::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::TaskStatus::{self, Draft, Failed, InProgress, Published, Queued, Review};

    #[test]
    fn the_states_of_a_task_follow_each_other() {
        let ways: Vec<(TaskStatus, TaskStatus)> = TaskStatus::ALL
            .into_iter()
            .flat_map(|from| TaskStatus::ALL.map(|to| (from, to)))
            .filter(|(from, to)| from != to && from.may_become(*to))
            .collect();
        let expected = [
            (Queued, InProgress),
            (Queued, Failed),
            (InProgress, Queued),
            (InProgress, Draft),
            (InProgress, Failed),
            (Draft, Review),
            (Draft, Published),
            (Review, Draft),
            (Review, Published),
            (Published, Review),
            (Failed, Queued),
            (Failed, InProgress),
        ];
        assert_eq!(ways, expected);
    }
}
