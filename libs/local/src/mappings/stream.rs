//! From a table's stream to a function: Lambda's DynamoDB event source mapping over dynoxide's single shard.
//!
//! Records come in order and at least once. How far it is stands in a file, so a restart goes on there; a batch that was
//! being worked on then comes again.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};

use super::{Ground, failures};
use crate::{
    emulators::{bus::pattern_matches, queues::NewMessage, replica::records},
    place::last_part,
    template::StreamEvent,
};

/// The first and the longest wait before a batch is repeated.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(200), Duration::from_secs(30));

pub(super) async fn run(ground: Ground, function: String, mapping: StreamEvent, file: PathBuf) {
    let stop = ground.stop.clone();
    tokio::select! {
        () = follow(&ground, &function, &mapping, &file) => {}
        () = stop.cancelled() => {}
    }
}

async fn follow(ground: &Ground, function: &str, mapping: &StreamEvent, file: &Path) {
    // arn:aws:dynamodb:region:account:table/<name>/stream/<label>
    let table = mapping.arn.split('/').nth(1).unwrap_or_default().to_owned();
    let database = ground.table.database();
    let mut changed = ground.table.changed();
    let mut position = match read(file) {
        Some(position) => position,
        None if mapping.from_start => 0,
        None => end(ground, &table).await,
    };
    loop {
        changed.borrow_and_update();
        let (batch, next) = match records(&database, &table, position, mapping.batch_size).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(function, %error, "the stream cannot be read");
                return;
            }
        };
        if batch.is_empty() {
            if changed.changed().await.is_err() {
                return;
            }
            continue;
        }
        let wanted: Vec<Value> = batch
            .into_iter()
            .map(|record| dressed(record, ground, mapping))
            .filter(|record| passes(mapping, record))
            .collect();
        work(ground, function, mapping, wanted).await;
        position = next;
        if let Err(error) = write(file, position) {
            tracing::error!(function, %error, "the stream's checkpoint cannot be written");
        }
    }
}

/// The position behind the last record.
async fn end(ground: &Ground, table: &str) -> i64 {
    let mut position = 0;
    let database = ground.table.database();
    while let Ok((batch, next)) = records(&database, table, position, 1000).await {
        if batch.is_empty() {
            break;
        }
        position = next;
    }
    position
}

fn dressed(mut record: Value, ground: &Ground, mapping: &StreamEvent) -> Value {
    record["awsRegion"] = ground.place.region.as_str().into();
    record["eventSourceARN"] = mapping.arn.as_str().into();
    record
}

fn passes(mapping: &StreamEvent, record: &Value) -> bool {
    mapping.filters.is_empty() || mapping.filters.iter().any(|pattern| pattern_matches(pattern, record))
}

/// Invokes until every record is done or given up.
async fn work(ground: &Ground, function: &str, mapping: &StreamEvent, batch: Vec<Value>) {
    // Batches still to do, the next one last, each with how often it was repeated.
    let mut waiting = vec![(batch, 0_u32)];
    while let Some((batch, tries)) = waiting.pop() {
        if batch.is_empty() {
            continue;
        }
        let outcome = ground.functions.invoke(function, json!({"Records": batch})).await;
        // From which record on it is to be done again.
        let again = match &outcome {
            Ok(answer) if mapping.partial_failures => match failures(answer) {
                Ok(failed) if failed.is_empty() => None,
                Ok(failed) => {
                    Some(batch.iter().position(|record| failed.iter().any(|id| sequence(record) == id)).unwrap_or(0))
                }
                Err(()) => Some(0),
            },
            Ok(_) => None,
            Err(_) => Some(0),
        };
        let Some(from) = again else { continue };
        let rest = batch[from..].to_vec();
        // Progress was made: what is left counts anew.
        let tries = if from > 0 { 0 } else { tries + 1 };
        if mapping.max_retries.is_some_and(|most| tries > most) {
            give_up(ground, function, mapping, &rest);
            continue;
        }
        let wait = (BACKOFF.0 * 2_u32.saturating_pow(tries.min(16))).min(BACKOFF.1);
        tokio::time::sleep(wait).await;
        if mapping.bisect && rest.len() > 1 {
            let (first, second) = rest.split_at(rest.len() / 2);
            waiting.push((second.to_vec(), tries));
            waiting.push((first.to_vec(), tries));
        } else {
            waiting.push((rest, tries));
        }
    }
}

fn sequence(record: &Value) -> &str {
    record["dynamodb"]["SequenceNumber"].as_str().unwrap_or_default()
}

/// Tells the failure queue which records were given up: as on AWS, where they are and not what they hold.
fn give_up(ground: &Ground, function: &str, mapping: &StreamEvent, batch: &[Value]) {
    tracing::error!(function, records = batch.len(), "stream records are given up");
    let Some(target) = &mapping.on_failure else { return };
    let body = json!({
        "version": "1.0",
        "timestamp": ground.functions.env().now(),
        "requestContext": {"functionArn": ground.place.function_arn(function), "condition": "RetryAttemptsExhausted"},
        "DDBStreamBatchInfo": {
            "shardId": "shardId-local", "batchSize": batch.len(), "streamArn": mapping.arn,
            "startSequenceNumber": batch.first().map(sequence), "endSequenceNumber": batch.last().map(sequence),
        },
    });
    ground.queues.send(last_part(target), NewMessage { body: body.to_string(), ..NewMessage::default() });
}

fn read(file: &Path) -> Option<i64> {
    serde_json::from_slice::<Value>(&std::fs::read(file).ok()?).ok()?["position"].as_i64()
}

fn write(file: &Path, position: i64) -> std::io::Result<()> {
    let draft = file.with_extension("draft");
    std::fs::write(&draft, json!({"position": position}).to_string())?;
    std::fs::rename(draft, file)
}
