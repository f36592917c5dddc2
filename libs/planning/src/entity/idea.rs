//! An idea: the plan of a page, with the outline that the article will follow.

use igny8_core::{ClusterId, IdeaId, SectorId, SiteId, TaskId, Timestamp, UserId};
use igny8_table::{Entity, Indexes, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{MergedInto, Plan, Verdict};

/// How far an idea has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdeaStatus {
    /// Nobody has decided yet.
    New,
    /// It shall be written.
    Accepted,
    /// A task has it.
    Queued,
    /// A content came of it.
    Written,
    /// It shall not be written.
    Rejected,
}

impl std::fmt::Display for IdeaStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::New => "new",
            Self::Accepted => "accepted",
            Self::Queued => "queued",
            Self::Written => "written",
            Self::Rejected => "rejected",
        })
    }
}

/// A section of an outline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OutlineSection {
    /// Its heading.
    pub heading: String,
    /// What it says, point by point.
    #[serde(default)]
    pub points: Vec<String>,
}

/// An idea for a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ContentIdea {
    /// Its id.
    pub id: IdeaId,
    /// The site.
    pub site_id: SiteId,
    /// The sector of the site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sector_id: Option<SectorId>,
    /// The cluster that it serves.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cluster_id: Option<ClusterId>,
    /// The title, unique within its site.
    pub title: String,
    /// What sets it apart.
    pub angle: String,
    /// The sections, in order: the article follows them.
    pub outline: Vec<OutlineSection>,
    /// The keywords that it serves, the primary one first.
    pub target_keywords: Vec<String>,
    /// post, page, product, service or taxonomy.
    pub entity_type: String,
    /// One of the 14 structures.
    pub structure: String,
    /// Words that it should have.
    pub estimated_words: u32,
    /// Whom it is for.
    pub audience: String,
    /// How far it has come.
    pub status: IdeaStatus,
    /// What it would compete with, as the gate found when it was made, renamed or queued; none when it is new to the site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub verdict: Option<Verdict>,
    /// Why it was rejected, where somebody said so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reject_reason: Option<String>,
    /// What it was merged into, of a rejected one; its merge may be taken back.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub merged_into: Option<MergedInto>,
    /// The task that has it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub task_id: Option<TaskId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Who made it, where a person did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_by: Option<UserId>,
    /// Grows with every change; `If-Match` takes it.
    pub version: u64,
}

impl ContentIdea {
    /// Where an idea lives.
    pub fn key_of(keys: &Keys, id: IdeaId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }

    /// What it plans.
    pub fn plan(&self) -> Plan<'_> {
        Plan {
            title: &self.title,
            angle: &self.angle,
            audience: &self.audience,
            outline: &self.outline,
            keywords: &self.target_keywords,
            keywords_field: "target_keywords",
            entity_type: &self.entity_type,
            structure: &self.structure,
            estimated_words: self.estimated_words,
        }
    }

    /// The partition of a cluster's ideas, in `GSI2`.
    pub fn by_cluster(keys: &Keys, cluster: ClusterId) -> String {
        keys.site_partition(cluster, &format!("CLUSTER#{cluster}#IDEA"))
    }
}

impl Entity for ContentIdea {
    const KIND: &'static str = "IDEA";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }

    fn indexes(&self, keys: &Keys) -> Indexes {
        Indexes {
            gsi1: None,
            gsi2: self.cluster_id.map(|cluster| (Self::by_cluster(keys, cluster), self.id.to_string())),
        }
    }
}

/// The title of an idea: one row per normal form makes it unique within its site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdeaTitle {
    /// The site.
    pub site_id: SiteId,
    /// The title in its normal form.
    pub title: String,
    /// The idea of that title.
    pub id: IdeaId,
}

impl IdeaTitle {
    /// Where the title lives. A long title is cut: two that agree in 200 characters are the same.
    pub fn key_of(keys: &Keys, site: SiteId, title: &str) -> Key {
        let title: String = title.chars().take(200).collect();
        keys.site_row(site, Self::KIND, title)
    }
}

impl Entity for IdeaTitle {
    const KIND: &'static str = "IDEA_TITLE";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.site_id, &self.title)
    }
}
