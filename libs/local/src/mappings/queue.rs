//! From a queue to a function: Lambda's SQS event source mapping.
//!
//! One long poll at a time waits for messages; each batch is an invocation of its own, up to the maximum concurrency. What
//! succeeded is deleted; what failed stays hidden until the queue's visibility timeout brings it back.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use tokio::{sync::Semaphore, time::Instant};

use super::{Ground, failures};
use crate::{
    emulators::{
        md5,
        queues::{Message, system_attributes},
    },
    place::last_part,
    template::QueueEvent,
};

/// Where AWS begins when no maximum is set (it scales up from there; two cores would not thank us for it).
const CONCURRENCY: u32 = 5;

/// SQS's longest poll.
const POLL: Duration = Duration::from_secs(20);

pub(super) async fn run(ground: Ground, function: String, mapping: QueueEvent) {
    let queue = last_part(&mapping.arn).to_owned();
    let places = Arc::new(Semaphore::new(mapping.max_concurrency.unwrap_or(CONCURRENCY) as usize));
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let messages = tokio::select! {
            messages = gather(&ground, &queue, &mapping) => messages,
            () = ground.stop.cancelled() => return,
        };
        let Some(messages) = messages else {
            tracing::error!(function, queue, "the queue of an event source mapping is not there");
            return;
        };
        if messages.is_empty() {
            continue;
        }
        let (ground, function, mapping, queue) = (ground.clone(), function.clone(), mapping.clone(), queue.clone());
        let tasks = ground.tasks.clone();
        tasks.spawn(async move {
            batch(&ground, &function, &mapping, &queue, messages).await;
            drop(place);
        });
    }
}

async fn gather(ground: &Ground, queue: &str, mapping: &QueueEvent) -> Option<Vec<Message>> {
    let receive = |most: usize, wait| ground.queues.receive(queue, most.min(10), wait, None);
    let mut messages = receive(mapping.batch_size, POLL).await?;
    let until = Instant::now() + mapping.window;
    while !messages.is_empty() && messages.len() < mapping.batch_size && Instant::now() < until {
        messages.extend(receive(mapping.batch_size - messages.len(), until - Instant::now()).await?);
    }
    Some(messages)
}

async fn batch(ground: &Ground, function: &str, mapping: &QueueEvent, queue: &str, messages: Vec<Message>) {
    let records: Vec<Value> = messages
        .iter()
        .map(|message| {
            json!({
                "messageId": message.id,
                "receiptHandle": message.receipt,
                "body": message.body,
                "attributes": system_attributes(message, &ground.place),
                "messageAttributes": message_attributes(&message.attributes),
                "md5OfBody": md5(message.body.as_bytes()),
                "eventSource": "aws:sqs",
                "eventSourceARN": mapping.arn,
                "awsRegion": ground.place.region,
            })
        })
        .collect();
    let Ok(answer) = ground.functions.invoke(function, json!({"Records": records})).await else { return };
    let failed = if mapping.partial_failures { failures(&answer) } else { Ok(Vec::new()) };
    // An id that is not in the batch fails the whole batch.
    let Ok(failed) = failed.and_then(|failed| {
        let known = failed.iter().all(|id| messages.iter().any(|message| message.id == *id));
        if known { Ok(failed) } else { Err(()) }
    }) else {
        tracing::warn!(function, "batchItemFailures is nonsense: the whole batch has failed");
        return;
    };
    for message in messages.iter().filter(|message| !failed.contains(&message.id)) {
        ground.queues.delete(queue, &message.receipt);
    }
}

/// From the wire's `StringValue` to the event's `stringValue`.
fn message_attributes(attributes: &Value) -> Value {
    let map = attributes.as_object().into_iter().flatten().map(|(name, value)| {
        let mut out = json!({"dataType": value["DataType"], "stringListValues": [], "binaryListValues": []});
        if let Some(text) = value["StringValue"].as_str() {
            out["stringValue"] = text.into();
        }
        if let Some(binary) = value["BinaryValue"].as_str() {
            out["binaryValue"] = binary.into();
        }
        (name.clone(), out)
    });
    Value::Object(map.collect())
}
