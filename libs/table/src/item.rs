//! Rows: an entity's fields as attributes, beside its keys.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use igny8_core::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use crate::{Key, Keys, TableError};

/// The attributes of a row.
pub type Item = HashMap<String, AttributeValue>;

/// The keys of a row in the sparse indexes; none unless a kind says otherwise.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Indexes {
    /// Partition and sort key in `GSI1`.
    pub gsi1: Option<(String, String)>,
    /// Partition and sort key in `GSI2`.
    pub gsi2: Option<(String, String)>,
}

/// What can be a row. Its serde fields become attributes by their names; absent options are left out.
pub trait Entity: Serialize + DeserializeOwned + Send + Sync {
    /// The kind, as it stands in keys: `KEYWORD`.
    const KIND: &'static str;

    /// Where the row lives.
    fn key(&self, keys: &Keys) -> Key;

    /// Where the row shows up besides.
    fn indexes(&self, keys: &Keys) -> Indexes {
        let _ = keys;
        Indexes::default()
    }

    /// After when DynamoDB may remove it. Expiry itself is compared in code; this only tidies up.
    fn ttl(&self) -> Option<Timestamp> {
        None
    }
}

/// The name of the attribute that says which call wrote a row last.
pub(crate) const WRITER: &str = "_w";

pub(crate) fn to_item<E: Entity>(keys: &Keys, entity: &E) -> Result<Item, TableError> {
    let mut item: Item = serde_dynamo::to_item(entity).map_err(|error| TableError::Shape(error.to_string()))?;
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    let key = entity.key(keys);
    item.insert("PK".into(), AttributeValue::S(key.pk));
    item.insert("SK".into(), AttributeValue::S(key.sk));
    item.insert("_k".into(), AttributeValue::S(E::KIND.into()));
    let indexes = entity.indexes(keys);
    for (name, index) in [("GSI1", indexes.gsi1), ("GSI2", indexes.gsi2)] {
        if let Some((pk, sk)) = index {
            item.insert(format!("{name}PK"), AttributeValue::S(pk));
            item.insert(format!("{name}SK"), AttributeValue::S(sk));
        }
    }
    if let Some(ttl) = entity.ttl() {
        item.insert("ttl".into(), AttributeValue::N(ttl.secs().to_string()));
    }
    Ok(item)
}

/// Reads an entity from a row; fields that it does not know (keys, older shapes) are passed over.
pub fn from_item<E: DeserializeOwned>(item: Item) -> Result<E, TableError> {
    serde_dynamo::from_item(item).map_err(|error| TableError::Shape(error.to_string()))
}

/// The text of an attribute.
pub fn text_of<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

/// The size of an item as DynamoDB counts it, about: names and values in UTF-8.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
pub(crate) fn size_of(item: &Item) -> usize {
    item.iter().map(|(name, value)| name.len() + value_size(value)).sum()
}

fn value_size(value: &AttributeValue) -> usize {
    match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(number) => number.len() / 2 + 2,
        AttributeValue::B(blob) => blob.as_ref().len(),
        AttributeValue::L(values) => 3 + values.iter().map(|value| 1 + value_size(value)).sum::<usize>(),
        AttributeValue::M(values) => 3 + values.iter().map(|(k, v)| 1 + k.len() + value_size(v)).sum::<usize>(),
        AttributeValue::Ss(texts) => texts.iter().map(String::len).sum(),
        _ => 1,
    }
}
