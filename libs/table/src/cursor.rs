//! Cursors: where a list goes on.
//!
//! A cursor holds sort keys and what follows the tenant's prefix of a partition key, never the prefix itself: it
//! cannot lead into another tenant's rows, whoever made it.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use igny8_core::Cursor;

use crate::{Index, Item, Keys, Query, TableError, text_of};

pub(crate) fn after(query: &Query, keys: &Keys, item: &Item) -> Option<Cursor> {
    let sk = text_of(item, "SK")?;
    let parts = match query.index {
        None => vec![sk],
        Some(index) => {
            let pk = text_of(item, "PK")?;
            vec![sk, pk.strip_prefix(keys.prefix())?, text_of(item, index.sk())?]
        }
    };
    Some(Cursor(URL_SAFE_NO_PAD.encode(serde_json::to_vec(&parts).ok()?)))
}

pub(crate) fn start_key(query: &Query, keys: &Keys, cursor: &Cursor) -> Result<Item, TableError> {
    let bytes = URL_SAFE_NO_PAD.decode(&cursor.0).map_err(|_| TableError::Cursor)?;
    let parts: Vec<String> = serde_json::from_slice(&bytes).map_err(|_| TableError::Cursor)?;
    if parts.iter().any(|part| part.len() > 1024) {
        return Err(TableError::Cursor);
    }
    let mut key = HashMap::new();
    let mut insert = |name: &str, text: String| key.insert(name.to_owned(), AttributeValue::S(text));
    match (query.index, parts.as_slice()) {
        (None, [sk]) if !sk.is_empty() => {
            insert("PK", query.pk.clone());
            insert("SK", sk.clone());
        }
        (Some(index), [sk, pk, index_sk]) if !sk.is_empty() && !index_sk.is_empty() => {
            insert("PK", format!("{}{pk}", keys.prefix()));
            insert("SK", sk.clone());
            insert(index.pk(), query.pk.clone());
            insert(index.sk(), index_sk.clone());
        }
        _ => return Err(TableError::Cursor),
    }
    Ok(key)
}

impl Index {
    pub(crate) const fn pk(self) -> &'static str {
        match self {
            Self::Gsi1 => "GSI1PK",
            Self::Gsi2 => "GSI2PK",
        }
    }

    pub(crate) const fn sk(self) -> &'static str {
        match self {
            Self::Gsi1 => "GSI1SK",
            Self::Gsi2 => "GSI2SK",
        }
    }
}
