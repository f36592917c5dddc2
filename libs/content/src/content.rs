//! A content: what was written, in blocks, with every revision kept.

use std::collections::BTreeMap;

use igny8_blocks::{Document, StructureData};
use igny8_core::{
    AuthorProfileId, ClusterId, ContentId, DeploymentId, FieldError, IdeaId, ImageId, SectorId, SiteId, SiteScoped,
    SourceId, TaskId, TenantId, Timestamp, UserId,
};
use igny8_table::{Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Provenance;

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
    /// It was put away; nothing publishes it until it is a draft again.
    Archived,
}

impl std::fmt::Display for ContentStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Draft => "draft",
            Self::Review => "review",
            Self::Approved => "approved",
            Self::Published => "published",
            Self::Archived => "archived",
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
    /// What its page shows beside the revision; as the content has it where it came there before this was kept.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub shown: Option<Shown>,
}

/// What a page shows of a content beside its body, as it was when it was published: a change waits for the next time, as
/// a new revision does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Shown {
    /// The keyword that it should be found with.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub primary_keyword: Option<String>,
    /// Further keywords.
    pub secondary_keywords: Vec<String>,
    /// Its category.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub category: Option<String>,
    /// Its tags.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    /// BCP 47 tag of its language.
    pub language: String,
    /// Its author.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub author_profile_id: Option<AuthorProfileId>,
    /// Who checked what it says.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reviewer_profile_id: Option<AuthorProfileId>,
    /// The picture at its top.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub featured_image_id: Option<ImageId>,
    /// How many words its body has.
    pub word_count: u32,
    /// When it was changed last.
    pub updated_at: Timestamp,
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
    /// The sources that its figures and quotations are compared with.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub source_ids: Vec<SourceId>,
    /// Its category on the site; at first the name of its cluster.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub category: Option<String>,
    /// Tags, for people and for search engines; at most 10.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub tags: Vec<String>,
    /// BCP 47 tag of its language.
    pub language: String,
    /// Old addresses that lead to this content; no other one can have them until they are released.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub redirects: Vec<String>,
    /// Where it came from: `ai` or `manual`.
    pub source: String,
    /// The model that wrote its first revision.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ai_model: Option<String>,
    /// In whose voice it is written.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub author_profile_id: Option<AuthorProfileId>,
    /// Who checked what it says: the page names them beside the author.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub reviewer_profile_id: Option<AuthorProfileId>,
    /// Its editorial state.
    pub status: ContentStatus,
    /// How many words its body has.
    pub word_count: u32,
    /// The number of its newest revision, from 1.
    pub revision: u32,
    /// The revision that holds what the AI wrote last: what a person changed since is kept when it writes anew.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ai_revision: Option<u32>,
    /// Its state at each destination, by name (`igny8`).
    pub destinations: BTreeMap<String, Destination>,
    /// The picture at its top.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub featured_image_id: Option<ImageId>,
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
    /// What a page shows of it, as it is now.
    pub fn shown(&self) -> Shown {
        Shown {
            primary_keyword: self.primary_keyword.clone(),
            secondary_keywords: self.secondary_keywords.clone(),
            category: self.category.clone(),
            tags: self.tags.clone(),
            language: self.language.clone(),
            author_profile_id: self.author_profile_id,
            reviewer_profile_id: self.reviewer_profile_id,
            featured_image_id: self.featured_image_id,
            word_count: self.word_count,
            updated_at: self.updated_at,
        }
    }

    /// Takes a picture away from its top, here and where it is public; whether it was there.
    pub(crate) fn without_image(&mut self, id: ImageId) -> bool {
        let shown = self.destinations.values_mut().filter_map(|place| place.shown.as_mut());
        let places = shown.map(|shown| &mut shown.featured_image_id).chain([&mut self.featured_image_id]);
        let mut found = false;
        for place in places.filter(|place| **place == Some(id)) {
            *place = None;
            found = true;
        }
        found
    }

    /// The content as a page shows it. One that came there without a picture gets the first one that it has since.
    #[must_use]
    pub fn as_shown(self, shown: Shown) -> Self {
        Self {
            primary_keyword: shown.primary_keyword,
            secondary_keywords: shown.secondary_keywords,
            category: shown.category,
            tags: shown.tags,
            language: shown.language,
            author_profile_id: shown.author_profile_id,
            reviewer_profile_id: shown.reviewer_profile_id,
            featured_image_id: shown.featured_image_id.or(self.featured_image_id),
            word_count: shown.word_count,
            updated_at: shown.updated_at,
            ..self
        }
    }

    /// Where a content lives.
    pub fn key_of(keys: &Keys, id: ContentId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }

    /// Its keywords, the primary one first.
    pub(crate) fn keywords(&self) -> Vec<String> {
        self.primary_keyword.iter().chain(&self.secondary_keywords).cloned().collect()
    }

    /// Takes over what a new revision shows.
    pub(crate) fn show(&mut self, body: &Body) {
        self.revision += 1;
        self.title.clone_from(&body.title);
        self.excerpt.clone_from(&body.excerpt);
        self.meta_title.clone_from(&body.meta_title);
        self.meta_description.clone_from(&body.meta_description);
        self.word_count = body.blocks.word_count();
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
    /// What its kind has beside the body, as a price or steps. Older bodies have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub structure_data: Option<StructureData>,
}

impl Body {
    /// The data of its kind: what is stored, or the empty data of the content's kind.
    pub fn data(&self, content: &Content) -> StructureData {
        let stored = self.structure_data.clone().filter(|data| data.kind() == content.entity_type);
        stored.unwrap_or_else(|| StructureData::empty(&content.entity_type, &content.structure))
    }
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
    /// The model behind it, where one wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub provenance: Option<Provenance>,
    /// The version of the tenant's own prompt that it was written with; none is the default.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub prompt_version: Option<u32>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it, where a person did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_by: Option<UserId>,
}

impl Revision {
    /// The newest revision of a content.
    pub(crate) fn of(content: &Content, note: String, now: Timestamp, by: Option<UserId>) -> Self {
        Self {
            content_id: content.id,
            number: content.revision,
            title: content.title.clone(),
            word_count: content.word_count,
            note,
            prompt_version: None,
            provenance: None,
            created_at: now,
            created_by: by,
        }
    }
}

/// A revision as it is stored: the one row that knows where a body lies. That is nobody's business outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRevision {
    /// The revision.
    #[serde(flatten)]
    pub revision: Revision,
    /// Where its body lies.
    pub body_key: String,
    /// Where the body lies as the AI wrote it, when a person's edits were merged into this revision.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub base_key: Option<String>,
    /// The prefix of the raw answers of which it was made, when it is a whole answer.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub raw: Option<String>,
}

impl StoredRevision {
    /// Where the body of a revision lies: `unique` sets apart two writers of the same number, of whom one will win.
    pub fn body_key(tenant: TenantId, content: ContentId, number: u32, unique: &str) -> String {
        format!("content/{tenant}/{content}/{number:05}-{unique}.json")
    }

    /// Where the body lies as the AI wrote it.
    pub fn written_key(&self) -> &str {
        self.base_key.as_deref().unwrap_or(&self.body_key)
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
    /// True for an old address, that leads to wherever the content is now: so there are neither chains nor loops.
    #[serde(default)]
    pub redirect: bool,
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
    /// What its kind has beside the body.
    pub structure_data: StructureData,
    /// What only a person can add to that; the public page does without it.
    pub missing: Vec<FieldError>,
    /// The body as HTML, made from the blocks.
    pub html: String,
}

#[cfg(test)]
mod tests {
    use igny8_blocks::StructureData;

    use super::Body;

    /// Bodies lie in the bucket for good: every shape that was ever written must still read, and be written as it was.
    #[test]
    fn bodies_that_were_stored_once_still_read() {
        let before = include_str!("../tests/stored/body-1.json");
        let body: Body = serde_json::from_str(before).unwrap();
        assert_eq!((body.blocks.blocks().len(), &body.structure_data), (2, &None));
        assert_eq!(serde_json::to_string(&body).unwrap(), before.trim());

        let with_data = include_str!("../tests/stored/body-2.json");
        let body: Body = serde_json::from_str(with_data).unwrap();
        assert_eq!(serde_json::to_string(&body).unwrap(), with_data.trim());
        let Some(StructureData::Product(product)) = body.structure_data else { panic!("{body:?}") };
        assert_eq!(product.price.map(|price| price.amount), Some(3_990));
    }
}
