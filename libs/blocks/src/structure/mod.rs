//! What a content has beside its body, by its kind: a price, an area, steps. Typed, versioned, checked.
//!
//! A change of a shape that older data cannot be read as raises [`VERSION`], and [`StructureData::read`] then brings the
//! older ones up to it; samples of every version stay in the tests.

mod check;
mod kinds;
mod model;
mod money;
mod schema;

use igny8_core::FieldError;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

pub use kinds::{
    Availability, HowTo, PageAction, PageData, PageKind, PostData, ProductData, ProviderType, Rating, ServiceData,
    Spec, StructureStep, TaxonomyData, TermKind,
};
pub use money::{Money, PriceRange, currency_digits, decimal};
pub use schema::{KindSchema, json_schemas};

/// The version of the shapes.
pub const VERSION: u16 = 1;
/// The field of a content that holds them, as errors name it.
pub const FIELD: &str = "structure_data";
/// The kinds: the `entity_type` of a content.
pub const KINDS: [&str; 5] = ["post", "page", "product", "service", "taxonomy"];

/// The data of one kind of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum StructureData {
    /// Of a post.
    Post(PostData),
    /// Of a page.
    Page(PageData),
    /// Of a product.
    Product(ProductData),
    /// Of a service.
    Service(ServiceData),
    /// Of a term of a taxonomy.
    Taxonomy(TaxonomyData),
}

impl Default for StructureData {
    fn default() -> Self {
        Self::Post(PostData::default())
    }
}

impl StructureData {
    /// The data of a content that has none yet; a post's for a kind that is not known. What its structure says is in it.
    pub fn empty(entity_type: &str, structure: &str) -> Self {
        match entity_type {
            "page" => Self::Page(PageData { page_kind: model::page_kind(structure), ..PageData::default() }),
            "product" => Self::Product(ProductData::default()),
            "service" => Self::Service(ServiceData::default()),
            "taxonomy" => {
                Self::Taxonomy(TaxonomyData { term_kind: model::term_kind(structure), ..TaxonomyData::default() })
            }
            _ => Self::default(),
        }
    }

    /// The kind, as `product`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Post(_) => KINDS[0],
            Self::Page(_) => KINDS[1],
            Self::Product(_) => KINDS[2],
            Self::Service(_) => KINDS[3],
            Self::Taxonomy(_) => KINDS[4],
        }
    }

    /// Reads and checks what a person sent for a content of a kind, tidied: no spaces at the ends, no empty rows.
    ///
    /// # Errors
    /// What is wrong, by path, as `structure_data.price.currency`, and what to send instead.
    pub fn read(entity_type: &str, value: &Value) -> Result<Self, Vec<FieldError>> {
        let wrong = |field: &str, message: String| vec![FieldError { field: join(field), message }];
        let Some(kind) = value.get("kind") else {
            return Err(wrong("kind", format!("is required; this content is a {entity_type}: send \"{entity_type}\"")));
        };
        if kind != entity_type {
            return Err(wrong("kind", format!("must be \"{entity_type}\", as the content is one; this is {kind}")));
        }
        if let Some(version) = value.get("schema_version").filter(|version| **version != VERSION) {
            return Err(wrong("schema_version", format!("must be {VERSION} or left out; this is {version}")));
        }
        let mut fields = value.clone();
        if let Value::Object(map) = &mut fields {
            map.remove("kind");
        }
        let read = match entity_type {
            "page" => typed(fields).map(Self::Page),
            "product" => typed(fields).map(Self::Product),
            "service" => typed(fields).map(Self::Service),
            "taxonomy" => typed(fields).map(Self::Taxonomy),
            _ => typed(fields).map(Self::Post),
        };
        let mut data = read.map_err(|error| vec![error])?;
        data.tidy();
        let errors = data.check();
        if errors.is_empty() { Ok(data) } else { Err(errors) }
    }
}

fn typed<T: serde::de::DeserializeOwned>(value: Value) -> Result<T, FieldError> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = error.path().to_string();
        let message = error.inner().to_string();
        // The name of a field that is not known or missing is in the message; it belongs into the path.
        let name = message.split_once(" field `").and_then(|(_, rest)| rest.split_once('`')).map(|(name, _)| name);
        let path = match (path.as_str(), name) {
            (".", Some(name)) => name.to_owned(),
            (".", None) => String::new(),
            (path, Some(name)) if !path.ends_with(name) => format!("{path}.{name}"),
            (path, _) => path.to_owned(),
        };
        FieldError { field: join(&path), message }
    })
}

/// The whole path of a field of the data.
fn join(path: &str) -> String {
    if path.is_empty() { FIELD.to_owned() } else { format!("{FIELD}.{path}") }
}

#[cfg(test)]
pub(crate) mod tests;
