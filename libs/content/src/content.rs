//! A content: what was written, in blocks, with every revision kept.

use std::collections::BTreeMap;

use igny8_blocks::Document;
use igny8_core::{
    ClusterId, ContentId, DeploymentId, IdeaId, SectorId, SiteId, SiteScoped, TaskId, TenantId, Timestamp, UserId,
};
use igny8_table::{Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The editorial state of a content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContentStatus {
    /// It is being worked on.
    Draft,
    /// It waits for a reviewer.
    Review,
    /// It may be published.
    Approved,
    /// It is public somewhere.
    Published,
}

impl std::fmt::Display for ContentStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Draft => "draft",
            Self::Review => "review",
            Self::Approved => "approved",
            Self::Published => "published",
        })
    }
}

/// The state of a content at one destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DestinationStatus {
    /// It is there.
    Published,
}

/// A content at one destination.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Destination {
    /// Its state there.
    pub status: DestinationStatus,
    /// The revision that is there.
    pub revision: u32,
    /// Its address there.
    pub url: String,
    /// When it first came there.
    pub published_at: Timestamp,
    /// The deployment that brought this revision there.
    pub deployment_id: DeploymentId,
    /// The last part of its address there.
    pub slug: String,
}

/// A content, without its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Content {
    /// Its id.
    pub id: ContentId,
    /// The site.
    pub site_id: SiteId,
    /// The sector of the site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sector_id: Option<SectorId>,
    /// The task that ordered it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub task_id: Option<TaskId>,
    /// The idea behind it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub idea_id: Option<IdeaId>,
    /// The cluster that it serves.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cluster_id: Option<ClusterId>,
    /// post, page, product, service or taxonomy.
    pub entity_type: String,
    /// One of the 14 structures.
    pub structure: String,
    /// The title.
    pub title: String,
    /// The last part of its address, unique in the site.
    pub slug: String,
    /// A teaser of one or two sentences.
    pub excerpt: String,
    /// The title in search results.
    pub meta_title: String,
    /// The description in search results.
    pub meta_description: String,
    /// The keyword that it should be found with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub primary_keyword: Option<String>,
    /// Further keywords.
    pub secondary_keywords: Vec<String>,
    /// The name of its cluster: its category on the site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub category: Option<String>,
    /// BCP 47 tag of its language.
    pub language: String,
    /// Where it came from: `ai` or `manual`.
    pub source: String,
    /// The model that wrote its first revision.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ai_model: Option<String>,
    /// Its editorial state.
    pub status: ContentStatus,
    /// How many words its body has.
    pub word_count: u32,
    /// The number of its newest revision, from 1.
    pub revision: u32,
    /// Its state at each destination, by name (`igny8`).
    pub destinations: BTreeMap<String, Destination>,
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

impl Content {
    /// Where a content lives.
    pub fn key_of(keys: &Keys, id: ContentId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }
}

impl Entity for Content {
    const KIND: &'static str = "CONTENT";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}

/// What a revision holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Body {
    /// The title.
    pub title: String,
    /// A teaser.
    pub excerpt: String,
    /// The title in search results.
    pub meta_title: String,
    /// The description in search results.
    pub meta_description: String,
    /// The body.
    pub blocks: Document,
}

/// A revision of a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Revision {
    /// The content.
    pub content_id: ContentId,
    /// Its number, from 1.
    pub number: u32,
    /// The title as it was.
    pub title: String,
    /// How many words the body has.
    pub word_count: u32,
    /// Why it was made: generated, edited, restored from another.
    pub note: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it, where a person did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_by: Option<UserId>,
}

/// A revision as it is stored: the one row that knows where a body lies. That is nobody's business outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRevision {
    /// The revision.
    #[serde(flatten)]
    pub revision: Revision,
    /// Where its body lies.
    pub body_key: String,
}

impl StoredRevision {
    /// Where the body of a revision lies: `unique` sets apart two writers of the same number, of whom one will win.
    pub fn body_key(tenant: TenantId, content: ContentId, number: u32, unique: &str) -> String {
        format!("content/{tenant}/{content}/{number:05}-{unique}.json")
    }

    /// The partition of a content's revisions.
    pub fn partition(keys: &Keys, content: ContentId) -> String {
        keys.site_partition(content, &format!("CONTENT#{content}#REVISION"))
    }

    /// Where a revision lives.
    pub fn key_of(keys: &Keys, content: ContentId, number: u32) -> Key {
        Key { pk: Self::partition(keys, content), sk: format!("{number:05}") }
    }
}

impl Entity for StoredRevision {
    const KIND: &'static str = "REVISION";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.revision.content_id, self.revision.number)
    }
}

/// A slug of a site: one row per slug makes it unique there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slug {
    /// The slug.
    pub slug: String,
    /// The content at this address.
    pub content_id: ContentId,
}

impl Slug {
    /// Where a slug lives.
    pub fn key_of(keys: &Keys, site: impl SiteScoped, slug: &str) -> Key {
        keys.site_row(site, Self::KIND, slug)
    }
}

impl Entity for Slug {
    const KIND: &'static str = "SLUG";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.content_id, &self.slug)
    }
}

/// A content with its body, as the API shows it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ContentView {
    /// The content.
    #[serde(flatten)]
    pub content: Content,
    /// The body: the only source of truth.
    pub blocks: Document,
    /// The body as HTML, made from the blocks.
    pub html: String,
}
