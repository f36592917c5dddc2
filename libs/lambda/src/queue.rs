//! Queues: messages as text, and which of them failed.
//!
//! <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html>

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use igny8_core::{Error, ErrorKind};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tracing::Instrument;

use crate::{Invocation, Invoke, describe, metrics, read_event};

#[derive(Deserialize)]
struct QueueEvent {
    #[serde(rename = "Records")]
    records: Vec<Record>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    message_id: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    attributes: HashMap<String, String>,
    #[serde(default, rename = "eventSourceARN")]
    queue: String,
}

/// A message of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueMessage {
    /// The id that SQS gave it.
    pub id: String,
    /// The body as it was sent.
    pub body: String,
    /// What SQS says about it: `ApproximateReceiveCount`, `MessageGroupId`, `SentTimestamp` and so on.
    pub attributes: HashMap<String, String>,
}

impl QueueMessage {
    /// The body as a type of ours. What cannot be read now can never be: the error is `Unreadable`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_str(&self.body).map_err(|error| {
            Error::new(ErrorKind::Unreadable, "The message is not what this queue takes.").with_source(error)
        })
    }

    /// How often it was received, this time included.
    pub fn received(&self) -> u32 {
        self.attributes.get("ApproximateReceiveCount").and_then(|count| count.parse().ok()).unwrap_or(1)
    }

    /// Its group: the tenant.
    pub fn group(&self) -> Option<&str> {
        self.attributes.get("MessageGroupId").map(String::as_str)
    }
}

pub(crate) fn invoke<F, Fut>(handle: F) -> Invoke
where
    F: Fn(QueueMessage, Invocation) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Error>> + Send + 'static,
{
    let handle = Arc::new(handle);
    Arc::new(move |event, invocation| {
        let handle = handle.clone();
        Box::pin(async move {
            let records = read_event::<QueueEvent>(event, "an event of a queue")?.records;
            let mut failed: Vec<Value> = Vec::new();
            // In a FIFO queue, what comes after a failed message of the same group must wait for it.
            let mut stopped: BTreeSet<String> = BTreeSet::new();
            for record in records {
                let message = QueueMessage { id: record.message_id, body: record.body, attributes: record.attributes };
                let (id, group) = (message.id.clone(), message.group().unwrap_or_default().to_owned());
                let fifo = record.queue.rsplit('.').next() == Some("fifo");
                if fifo && stopped.contains(&group) {
                    failed.push(json!({"itemIdentifier": id}));
                    continue;
                }
                let span = tracing::info_span!(
                    "message",
                    request_id = invocation.request_id,
                    function = invocation.function_name,
                    message = id
                );
                let done = handle(message, invocation.clone()).instrument(span.clone()).await;
                let _entered = span.enter();
                match done {
                    Ok(()) => metrics::count("messages", 1),
                    Err(error) if error.kind() == ErrorKind::Unreadable => {
                        metrics::count("unreadable", 1);
                        tracing::error!(error = describe(&error), "a message can never be read and is dropped");
                    }
                    Err(error) => {
                        metrics::count(metrics::ERRORS, 1);
                        tracing::warn!(error = describe(&error), "a message failed and will come again");
                        failed.push(json!({"itemIdentifier": id}));
                        stopped.insert(group);
                    }
                }
            }
            Ok(json!({"batchItemFailures": failed}))
        })
    })
}
