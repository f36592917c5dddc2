//! What goes into the AI functions and what comes out of them: the serde shapes and the JSON Schemas of the answers.
//!
//! They live here because three parties must agree on them: the prompts, the offline model and the bounded contexts.
//! Reading is lenient where models are careless (a number as text, a missing list); the schemas are strict.

mod careless;
mod schema;
mod structure;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use careless::numbers;
pub(crate) use careless::{number, text_or_nothing};
pub use schema::{cluster_schema, content_schema, ideas_schema, section_schema, titles_schema};
pub(crate) use schema::{list, object, one_of, text};
pub use structure::content_schema_for;

/// The 14 structures of a content.
pub const STRUCTURES: [&str; 14] = [
    "article",
    "guide",
    "comparison",
    "review",
    "listicle",
    "landing_page",
    "business_page",
    "service_page",
    "general",
    "cluster_hub",
    "product_page",
    "category_archive",
    "tag_archive",
    "attribute_archive",
];

/// The kinds of content.
pub const ENTITY_TYPES: [&str; 5] = ["post", "page", "product", "service", "taxonomy"];

/// What every function is told about the site.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SiteInfo {
    /// The site's name.
    #[serde(default)]
    pub site_name: String,
    /// Its industry, as the owner put it; may be empty.
    #[serde(default)]
    pub industry: String,
    /// BCP 47 tag of the site's language and region, as `en-US`; may be empty.
    #[serde(default)]
    pub locale: String,
}

/// A keyword, with a number that stands for it in the answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct KeywordIn {
    /// Its number in this request, from 1; models copy numbers more faithfully than texts.
    pub id_no: u32,
    /// The keyword.
    pub keyword: String,
    /// Searches a month.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub volume: Option<u64>,
    /// Difficulty, 0 to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub difficulty: Option<f64>,
    /// Search intent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<String>,
}

/// A cluster that the site already has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ExistingCluster {
    /// Its name.
    pub name: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// Input of `auto_cluster`: up to 50 keywords.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClusterInput {
    /// The site.
    #[serde(flatten)]
    pub site: SiteInfo,
    /// The keywords to group.
    pub keywords: Vec<KeywordIn>,
    /// Clusters that may take keywords too.
    #[serde(default)]
    pub existing_clusters: Vec<ExistingCluster>,
}

/// Output of `auto_cluster`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClusterOutput {
    /// New clusters, and existing ones by their exact name.
    pub clusters: Vec<ClusterOut>,
}

/// One cluster of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClusterOut {
    /// Its name.
    pub name: String,
    /// What it is about, in a sentence.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub description: String,
    /// The numbers of its keywords.
    #[serde(deserialize_with = "numbers")]
    pub keywords: Vec<u32>,
}

/// The cluster that ideas are wanted for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ClusterInfo {
    /// Its name.
    pub name: String,
    /// What it is about; may be empty.
    #[serde(default)]
    pub description: String,
    /// Its keywords.
    pub keywords: Vec<String>,
}

/// Input of `generate_ideas`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IdeasInput {
    /// The site.
    #[serde(flatten)]
    pub site: SiteInfo,
    /// The cluster.
    pub cluster: ClusterInfo,
    /// Titles that the site already has; ideas must differ from them.
    #[serde(default)]
    pub existing_titles: Vec<String>,
    /// How many ideas are wanted.
    pub count: u32,
}

/// Output of `generate_ideas`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IdeasOutput {
    /// The ideas.
    pub ideas: Vec<IdeaOut>,
}

/// One idea of an answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IdeaOut {
    /// The title.
    pub title: String,
    /// What sets it apart from what others wrote.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub angle: String,
    /// One of [`STRUCTURES`].
    #[serde(default = "default_structure")]
    pub structure: String,
    /// One of [`ENTITY_TYPES`].
    #[serde(default = "default_entity_type")]
    pub entity_type: String,
    /// Keywords of the cluster that it serves.
    #[serde(default)]
    pub target_keywords: Vec<String>,
    /// Its sections, 6 to 10.
    pub outline: Vec<Section>,
    /// Words that it should have.
    #[serde(default, deserialize_with = "number")]
    pub estimated_words: u32,
    /// Whom it is for.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub audience: String,
}

fn default_structure() -> String {
    "article".to_owned()
}

fn default_entity_type() -> String {
    "post".to_owned()
}

/// One section of an outline.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its heading.
    pub heading: String,
    /// What it says, point by point.
    #[serde(default)]
    pub points: Vec<String>,
}

/// In whose voice a content is written.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Author {
    /// Name.
    pub name: String,
    /// Who that is and how they see things.
    #[serde(default)]
    pub persona: String,
    /// How they write.
    #[serde(default)]
    pub tone: String,
}

/// Input of `generate_content`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ContentInput {
    /// The site.
    #[serde(flatten)]
    pub site: SiteInfo,
    /// The title of the task.
    pub title: String,
    /// One of [`STRUCTURES`].
    pub structure: String,
    /// One of [`ENTITY_TYPES`].
    pub entity_type: String,
    /// Whom it is for; may be empty.
    #[serde(default)]
    pub audience: String,
    /// What sets it apart; may be empty.
    #[serde(default)]
    pub angle: String,
    /// The sections to follow.
    #[serde(default)]
    pub outline: Vec<Section>,
    /// The keywords, the primary one first.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// BCP 47 tag of the language to write in, as `en`.
    #[serde(default)]
    pub language: String,
    /// Words that it should have.
    #[serde(default)]
    pub estimated_words: u32,
    /// The author profile, if one is set.
    #[serde(default)]
    pub author: Option<Author>,
    /// What it is written from; figures and quotations come from here alone.
    #[serde(default)]
    pub sources: Vec<SourceIn>,
    /// Pages of the site that it may refer to.
    #[serde(default)]
    pub pages: Vec<PageIn>,
}

/// A source that a writer is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceIn {
    /// How the answer refers to it: S1, S2 …; a link is `<a href="ref:S1">`.
    #[serde(rename = "ref")]
    pub reference: String,
    /// What it is called.
    pub title: String,
    /// Its text, or the beginning of it.
    pub text: String,
}

/// A page of the site that a writer may refer to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageIn {
    /// How the answer refers to it: P1, P2 …
    #[serde(rename = "ref")]
    pub reference: String,
    /// Its title.
    pub title: String,
}

/// Output of `generate_content` and `reparse_content`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ContentOutput {
    /// The title.
    pub title: String,
    /// Title for search results, about 60 characters.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub meta_title: String,
    /// Description for search results, about 155 characters.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub meta_description: String,
    /// A teaser of one or two sentences.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub excerpt: String,
    /// The body; each block is checked by the crate that owns their schema.
    pub blocks: Vec<Value>,
    /// What the kind of content has beside its body, as the model may know it; checked by the crate that owns the shape.
    /// `reparse_content` has none.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub structure_data: Value,
}

/// Input of `reparse_content`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ReparseInput {
    /// The title that the content has now.
    #[serde(default)]
    pub title: String,
    /// A stored raw answer, or HTML that a person edited, or Markdown.
    pub text: String,
    /// BCP 47 tag of its language.
    #[serde(default)]
    pub language: String,
}

/// Input of `regenerate_section`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SectionInput {
    /// The title of the page.
    pub title: String,
    /// The keywords of the page, the primary one first.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// The headings of the page, in its order.
    #[serde(default)]
    pub outline: Vec<String>,
    /// The heading of the section.
    pub section: String,
    /// The level of that heading, 2 to 4.
    pub level: u8,
    /// The section as it is now, as plain text.
    #[serde(default)]
    pub text: String,
    /// What the editor of the page wishes; may be empty.
    #[serde(default)]
    pub instructions: String,
    /// BCP 47 tag of the language.
    #[serde(default)]
    pub language: String,
    /// The author profile, if one is set.
    #[serde(default)]
    pub author: Option<Author>,
    /// What it is written from; figures and quotations come from here alone.
    #[serde(default)]
    pub sources: Vec<SourceIn>,
    /// Pages of the site that it may refer to.
    #[serde(default)]
    pub pages: Vec<PageIn>,
}

/// Output of `regenerate_section`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SectionOutput {
    /// The section below its heading; each block is checked by the crate that owns their schema.
    pub blocks: Vec<Value>,
}

/// Input of `generate_variation`: other titles for a page.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TitlesInput {
    /// The title that the page has.
    pub title: String,
    /// The keywords of the page, the primary one first.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// The headings of the page, in its order.
    #[serde(default)]
    pub outline: Vec<String>,
    /// How the page begins.
    #[serde(default)]
    pub excerpt: String,
    /// Titles that were found before.
    #[serde(default)]
    pub known: Vec<String>,
    /// How many titles.
    pub count: u32,
    /// BCP 47 tag of the language.
    #[serde(default)]
    pub language: String,
    /// The author profile, if one is set.
    #[serde(default)]
    pub author: Option<Author>,
}

/// Output of `generate_variation`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TitlesOutput {
    /// The titles.
    pub titles: Vec<TitleOut>,
}

/// Another title.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct TitleOut {
    /// The title.
    pub title: String,
    /// Title for search results, about 60 characters.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub meta_title: String,
}
