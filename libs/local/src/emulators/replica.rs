//! What an index shows that lags: a second table engine in memory, to which the first one's stream is applied late.
//!
//! A Query on an index that is sent here sees exactly the state of that long ago, with the engine's own key conditions,
//! filters and pages. Reads of the table itself never come here: they may be asked to be consistent.

use std::{sync::Arc, time::Duration};

use dynoxide::{
    Database,
    actions::{get_records::GetRecordsRequest, get_shard_iterator::encode_shard_iterator},
    streams::shard_id,
};
use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinHandle, time::Instant};

use super::table::TableEngine;
use crate::{
    faults::Faults,
    place::{LocalError, Result},
    template::Table,
};

/// The late copy.
pub struct Replica {
    engine: Arc<TableEngine>,
    tasks: Vec<JoinHandle<()>>,
}

impl Replica {
    /// Copies the tables as they are now, and follows their streams from here on.
    pub async fn start(source: &TableEngine, tables: &[Table], faults: Arc<Faults>) -> Result<Self> {
        let engine = Arc::new(TableEngine::memory()?);
        let mut tasks = Vec::new();
        for table in tables.iter().filter(|table| table.stream.is_some()) {
            // Nobody follows the copy, and each write would look for the end of a stream.
            engine.create(&Table { stream: None, ..table.clone() }).await?;
            let position = latest(&source.database(), &table.name).await?;
            copy(source, &engine, &table.name).await?;
            let (seen, late) = mpsc::unbounded_channel();
            tasks.push(tokio::spawn(read(source.database(), source.changed(), table.name.clone(), position, seen)));
            tasks.push(tokio::spawn(apply(Arc::clone(&engine), table.name.clone(), Arc::clone(&faults), late)));
        }
        Ok(Self { engine, tasks })
    }

    /// The engine to ask.
    pub fn engine(&self) -> &TableEngine {
        &self.engine
    }
}

impl Drop for Replica {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

fn refuse(error: impl std::fmt::Display) -> LocalError {
    LocalError::Table(error.to_string())
}

/// The position behind the last record.
async fn latest(database: &Database, table: &str) -> Result<i64> {
    let (database, table) = (database.clone(), table.to_owned());
    tokio::task::spawn_blocking(move || {
        use dynoxide::actions::get_shard_iterator::{GetShardIteratorRequest, decode_shard_iterator};
        let request = GetShardIteratorRequest {
            stream_arn: dynoxide::streams::stream_arn(&table, "any"),
            shard_id: shard_id(&table),
            shard_iterator_type: "LATEST".into(),
            sequence_number: None,
        };
        let iterator = database.get_shard_iterator(request).map_err(refuse)?.shard_iterator.unwrap_or_default();
        decode_shard_iterator(&iterator).map(|(_, _, position)| position).ok_or_else(|| refuse("no stream position"))
    })
    .await
    .map_err(refuse)?
}

async fn copy(source: &TableEngine, target: &TableEngine, table: &str) -> Result<()> {
    let mut start = Value::Null;
    loop {
        let mut request = json!({"TableName": table});
        if !start.is_null() {
            request["ExclusiveStartKey"] = start;
        }
        let page = source.call("Scan", &request).await.map_err(|e| refuse(e.message))?;
        for item in page["Items"].as_array().into_iter().flatten() {
            let put = json!({"TableName": table, "Item": item});
            target.call("PutItem", &put).await.map_err(|e| refuse(e.message))?;
        }
        start = page["LastEvaluatedKey"].clone();
        if start.is_null() {
            return Ok(());
        }
    }
}

/// Notes each record with the moment it was seen.
async fn read(
    database: Database,
    mut changed: tokio::sync::watch::Receiver<u64>,
    table: String,
    mut position: i64,
    seen: mpsc::UnboundedSender<(Instant, Value)>,
) {
    loop {
        changed.borrow_and_update();
        let (records, next) = match records(&database, &table, position, 1000).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::error!(%error, "the late copy cannot follow the stream");
                return;
            }
        };
        let now = Instant::now();
        let full = records.len() == 1000;
        for record in records {
            if seen.send((now, record)).is_err() {
                return;
            }
        }
        position = next;
        if !full && changed.changed().await.is_err() {
            return;
        }
    }
}

/// Records after a position, as JSON, and the position behind them.
pub(crate) async fn records(
    database: &Database,
    table: &str,
    position: i64,
    limit: usize,
) -> Result<(Vec<Value>, i64)> {
    let (database, table) = (database.clone(), table.to_owned());
    tokio::task::spawn_blocking(move || {
        use dynoxide::actions::get_shard_iterator::decode_shard_iterator;
        let iterator = encode_shard_iterator(&table, &shard_id(&table), position);
        let request = GetRecordsRequest { shard_iterator: iterator, limit: Some(limit) };
        let answer = database.get_records(request).map_err(refuse)?;
        let next = answer.next_shard_iterator.as_deref().and_then(decode_shard_iterator);
        let records = answer.records.iter().map(serde_json::to_value).collect::<Result<_, _>>().map_err(refuse)?;
        Ok((records, next.map_or(position, |(_, _, position)| position)))
    })
    .await
    .map_err(refuse)?
}

/// Applies each record once its time has come.
async fn apply(
    engine: Arc<TableEngine>,
    table: String,
    faults: Arc<Faults>,
    mut late: mpsc::UnboundedReceiver<(Instant, Value)>,
) {
    while let Some((seen, record)) = late.recv().await {
        let lag = faults.plan().stale_indexes.unwrap_or(Duration::ZERO);
        tokio::time::sleep_until(seen + lag).await;
        let record = &record["dynamodb"];
        let result = match &record["NewImage"] {
            Value::Null => engine.call("DeleteItem", &json!({"TableName": table, "Key": record["Keys"]})).await,
            image => engine.call("PutItem", &json!({"TableName": table, "Item": image})).await,
        };
        if let Err(error) = result {
            tracing::error!(error = error.message, "the late copy cannot apply a record");
        }
    }
}
