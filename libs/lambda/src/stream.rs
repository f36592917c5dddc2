//! The table's stream: what has changed, in order, as items of the table.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html>

use std::{collections::HashMap, sync::Arc};

use base64::{Engine, engine::general_purpose::STANDARD};
use igny8_core::Error;
use igny8_table::{AttributeValue, Item};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::Instrument;

use crate::{Invocation, Invoke, describe, metrics, read_event};

#[derive(Deserialize)]
struct StreamEvent {
    #[serde(rename = "Records")]
    records: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    #[serde(rename = "eventID")]
    event_id: String,
    event_name: StreamChange,
    dynamodb: Change,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Change {
    #[serde(default)]
    sequence_number: String,
    #[serde(default)]
    keys: Image,
    new_image: Option<Image>,
    old_image: Option<Image>,
}

type Image = HashMap<String, Value>;

/// What happened to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum StreamChange {
    /// It was written for the first time.
    Insert,
    /// It was changed.
    Modify,
    /// It was removed, by us or because its time was over.
    Remove,
}

/// A change of one row.
#[derive(Debug, Clone, PartialEq)]
pub struct StreamRecord {
    /// The same for every delivery of this change.
    pub event_id: String,
    /// Its place in the shard.
    pub sequence_number: String,
    /// What happened.
    pub name: StreamChange,
    /// The keys of the row.
    pub keys: Item,
    /// The row before.
    pub old: Option<Item>,
    /// The row after.
    pub new: Option<Item>,
}

/// A batch could not be worked off.
#[derive(Debug)]
pub struct StreamError {
    error: Error,
    sequence_number: Option<String>,
}

impl StreamError {
    /// The records before this one are done; Lambda sends again from here.
    pub fn at(record: &StreamRecord, error: impl Into<Error>) -> Self {
        Self { error: error.into(), sequence_number: Some(record.sequence_number.clone()) }
    }
}

impl<E: Into<Error>> From<E> for StreamError {
    /// Nothing of the batch counts as done.
    fn from(error: E) -> Self {
        Self { error: error.into(), sequence_number: None }
    }
}

pub(crate) fn invoke<F, Fut>(handle: F) -> Invoke
where
    F: Fn(Vec<StreamRecord>, Invocation) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), StreamError>> + Send + 'static,
{
    let handle = Arc::new(handle);
    Arc::new(move |event, invocation| {
        let handle = handle.clone();
        Box::pin(async move {
            let event: StreamEvent = read_event(event, "an event of a stream")?;
            let mut records = Vec::with_capacity(event.records.len());
            for record in event.records {
                match read(record) {
                    Ok(record) => records.push(record),
                    // It would block its shard for a day, and be no better then.
                    Err(error) => {
                        metrics::count("unreadable", 1);
                        tracing::error!(error, "a record of the stream can never be read and is dropped");
                    }
                }
            }
            let Some(first) = records.first().map(|record| record.sequence_number.clone()) else {
                return Ok(json!({"batchItemFailures": []}));
            };
            let number = records.len() as u64;
            let span = tracing::info_span!(
                "stream",
                request_id = invocation.request_id,
                function = invocation.function_name,
                records = number
            );
            let done = handle(records, invocation).instrument(span.clone()).await;
            let _entered = span.enter();
            match done {
                Ok(()) => {
                    metrics::count("records", number);
                    Ok(json!({"batchItemFailures": []}))
                }
                Err(failed) => {
                    metrics::count(metrics::ERRORS, 1);
                    tracing::warn!(error = describe(&failed.error), "a batch of the stream failed and will come again");
                    let from = failed.sequence_number.unwrap_or(first);
                    if from.is_empty() {
                        // Without a place to go on, only the whole batch can be sent again.
                        return Err(describe(&failed.error));
                    }
                    Ok(json!({"batchItemFailures": [{"itemIdentifier": from}]}))
                }
            }
        })
    })
}

fn read(record: Value) -> Result<StreamRecord, String> {
    let record: Record = read_event(record, "a record of a stream")?;
    Ok(StreamRecord {
        event_id: record.event_id,
        sequence_number: record.dynamodb.sequence_number,
        name: record.event_name,
        keys: item(record.dynamodb.keys)?,
        old: record.dynamodb.old_image.map(item).transpose()?,
        new: record.dynamodb.new_image.map(item).transpose()?,
    })
}

fn item(image: Image) -> Result<Item, String> {
    image
        .into_iter()
        .map(|(name, value)| match attribute(value) {
            Some(value) => Ok((name, value)),
            None => Err(format!("the attribute {name} has no type that we know")),
        })
        .collect()
}

/// An attribute value in DynamoDB's JSON: `{"S": "text"}`.
///
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>
fn attribute(value: Value) -> Option<AttributeValue> {
    let Value::Object(map) = value else { return None };
    let mut entries = map.into_iter();
    let (Some((kind, value)), None) = (entries.next(), entries.next()) else { return None };
    Some(match (kind.as_str(), value) {
        ("S", Value::String(text)) => AttributeValue::S(text),
        ("N", Value::String(number)) => AttributeValue::N(number),
        ("B", Value::String(text)) => AttributeValue::B(STANDARD.decode(text).ok()?.into()),
        ("BOOL", Value::Bool(value)) => AttributeValue::Bool(value),
        ("NULL", Value::Bool(value)) => AttributeValue::Null(value),
        ("L", Value::Array(values)) => AttributeValue::L(values.into_iter().map(attribute).collect::<Option<_>>()?),
        ("M", Value::Object(values)) => AttributeValue::M(
            values.into_iter().map(|(name, value)| Some((name, attribute(value)?))).collect::<Option<_>>()?,
        ),
        ("SS", Value::Array(texts)) => AttributeValue::Ss(strings(texts)?),
        ("NS", Value::Array(numbers)) => AttributeValue::Ns(strings(numbers)?),
        ("BS", Value::Array(texts)) => AttributeValue::Bs(
            strings(texts)?.into_iter().map(|text| Some(STANDARD.decode(text).ok()?.into())).collect::<Option<_>>()?,
        ),
        _ => return None,
    })
}

fn strings(values: Vec<Value>) -> Option<Vec<String>> {
    values.into_iter().map(|value| if let Value::String(text) = value { Some(text) } else { None }).collect()
}
