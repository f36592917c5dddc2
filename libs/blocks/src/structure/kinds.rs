//! The shapes of the five kinds' data; no rule about their values is kept here (see `check`).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Money, PriceRange, VERSION};

const fn version() -> u16 {
    VERSION
}

/// What a post has beside its body. Its questions are FAQ blocks of the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PostData {
    /// The version of this shape: 1.
    #[serde(default = "version")]
    pub schema_version: u16,
    /// The part of a magazine that it belongs to, as `Maintenance`; at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// The instructions, where the post shows how to do something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub how_to: Option<HowTo>,
}

/// Instructions for doing something, step by step.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HowTo {
    /// How long all of it takes, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 525_600)]
    pub total_minutes: Option<u32>,
    /// What is used up, as `Brake cleaner`; at most 30.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supplies: Vec<String>,
    /// What is needed and stays, as `Torque wrench`; at most 30.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// What to do, in order; at most 30.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StructureStep>,
}

/// One step of instructions or of a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StructureStep {
    /// What is done, in a few words; at most 200 characters.
    pub name: String,
    /// How it is done, plain text; at most 1,000 characters.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

/// What a page has beside its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PageData {
    /// The version of this shape: 1.
    #[serde(default = "version")]
    pub schema_version: u16,
    /// What the page is for.
    #[serde(default)]
    pub page_kind: PageKind,
    /// What the reader is asked to do at its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub action: Option<PageAction>,
}

/// What a page is for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageKind {
    /// The way in to the site.
    Home,
    /// Who is behind the site.
    About,
    /// How to reach them.
    Contact,
    /// One offer or decision.
    Landing,
    /// The way in to one topic, with links to its parts.
    Hub,
    /// Terms, privacy, imprint.
    Legal,
    /// Anything else.
    #[default]
    Other,
}

/// A link that the reader is asked to follow.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PageAction {
    /// The words on it, as `Ask for a date`; at most 60 characters.
    pub label: String,
    /// Where it leads: `https://…`, `mailto:…`, `tel:…` or a path of the site; left out until a person gives it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What a product has beside its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductData {
    /// The version of this shape: 1.
    #[serde(default = "version")]
    pub schema_version: u16,
    /// The seller's own number for it; at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sku: Option<String>,
    /// The name of its brand; at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<String>,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Money>,
    /// Whether it can be bought.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub availability: Option<Availability>,
    /// Its Global Trade Item Number (EAN, UPC, ISBN-13): 8, 12, 13 or 14 digits, the last one their check digit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// Its properties, in the order of the table; at most 100.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specs: Vec<Spec>,
    /// How buyers rated it; only what was really counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
}

/// A property of a product.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// As `Weight`; at most 100 characters.
    pub name: String,
    /// As `1.2 kg`; at most 200 characters. Empty until a person knows it; a page shows only what has a value.
    #[serde(default)]
    pub value: String,
}

/// How buyers rated a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rating {
    /// The mean of all ratings, of 1 to 5 stars, in hundredths: 460 is 4.6.
    #[schema(minimum = 100, maximum = 500)]
    pub average: u16,
    /// How many there are.
    #[schema(minimum = 1)]
    pub count: u32,
}

/// Whether a product can be bought; the names are those of schema.org's ItemAvailability.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Availability {
    InStock,
    LimitedAvailability,
    PreOrder,
    BackOrder,
    OutOfStock,
    Discontinued,
}

/// What a service has beside its body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ServiceData {
    /// The version of this shape: 1.
    #[serde(default = "version")]
    pub schema_version: u16,
    /// What kind of service it is, as `Brake repair`; at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_type: Option<String>,
    /// What kind of party provides it.
    #[serde(default)]
    pub provider_type: ProviderType,
    /// Places where it is offered, as `Madrid`; at most 50.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub area_served: Vec<String>,
    /// What it costs, from and up to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<PriceRange>,
    /// How long it takes, in minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 525_600)]
    pub duration_minutes: Option<u32>,
    /// How it goes, in order; at most 30.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<StructureStep>,
}

/// What kind of party provides a service: a type of schema.org.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProviderType {
    /// Any organisation.
    #[default]
    Organization,
    /// A business that people visit, or that comes to them, in one place.
    LocalBusiness,
    /// One person.
    Person,
}

/// What a term of a taxonomy has beside the body of its page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TaxonomyData {
    /// The version of this shape: 1.
    #[serde(default = "version")]
    pub schema_version: u16,
    /// What the term sorts by.
    #[serde(default)]
    pub term_kind: TermKind,
    /// The name of the term above it; at most 100 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// What the term covers, plain text; at most 1,000 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

/// What a term sorts by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TermKind {
    /// A part of the site.
    #[default]
    Category,
    /// A word that things share.
    Tag,
    /// A property of products, as a colour or a size.
    Attribute,
}

/// The kinds start empty, at the present version.
macro_rules! empty {
    ($($name:ident { $($field:ident),* }),* $(,)?) => {
        $(impl Default for $name {
            fn default() -> Self {
                Self { schema_version: VERSION, $($field: Default::default()),* }
            }
        })*
    };
}

empty! {
    PostData { section, how_to },
    PageData { page_kind, action },
    ProductData { sku, brand, price, availability, gtin, specs, rating },
    ServiceData { service_type, provider_type, area_served, price, duration_minutes, steps },
    TaxonomyData { term_kind, parent, description },
}
