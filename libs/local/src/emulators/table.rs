//! DynamoDB: dynoxide over a SQLite file, on a thread of its own behind its own loopback port.
//!
//! Its HTTP server is used, not its library calls, because only the server validates requests as AWS does. The front
//! door forwards to it; nobody else knows the port.

use std::{net::SocketAddr, path::Path, thread::JoinHandle};

use bytes::Bytes;
use dynoxide::Database;
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::{Map, Value, json};
use tokio::sync::{oneshot, watch};

use super::{ApiError, JsonResult};
use crate::{
    place::{LocalError, Result},
    template::Table,
};

/// The running table engine.
pub struct TableEngine {
    database: Database,
    address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    changed: watch::Sender<u64>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// Operations after which a stream may have new records.
const WRITES: &[&str] = &[
    "PutItem",
    "UpdateItem",
    "DeleteItem",
    "BatchWriteItem",
    "TransactWriteItems",
    "ExecuteStatement",
    "ExecuteTransaction",
    "BatchExecuteStatement",
];

/// Whether an operation writes items.
pub fn is_write(operation: &str) -> bool {
    WRITES.contains(&operation)
}

/// Lets the engine find the end of a stream without reading all of it.
///
/// With each write it asks for the largest sequence number of the table's stream, as a number, and without this index it
/// reads every record for it: writes become slower with each write, and some thousands of rows take minutes.
fn index_stream(file: &Path) -> rusqlite::Result<()> {
    rusqlite::Connection::open(file)?.execute_batch(
        "CREATE INDEX IF NOT EXISTS igny8_stream_sequence
         ON _stream_records (table_name, CAST(sequence_number AS INTEGER))",
    )
}

impl TableEngine {
    /// Opens or creates the SQLite file and serves it.
    ///
    /// The file is written without fsync: it survives the end of the process by any signal, not a power cut.
    pub fn open(file: &Path) -> Result<Self> {
        let refuse = |e: dynoxide::DynoxideError| LocalError::Table(e.to_string());
        let path = file.to_str().ok_or_else(|| LocalError::Table("the data directory is no text".into()))?;
        let database = Database::new(path).map_err(refuse)?;
        index_stream(file).map_err(|e| LocalError::Table(e.to_string()))?;
        database.enable_bulk_loading().map_err(refuse)?;
        Self::serve(database)
    }

    /// An engine without a file.
    pub fn memory() -> Result<Self> {
        Self::serve(Database::memory().map_err(|e| LocalError::Table(e.to_string()))?)
    }

    fn serve(database: Database) -> Result<Self> {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").map_err(LocalError::io("the table's port"))?;
        listener.set_nonblocking(true).map_err(LocalError::io("the table's port"))?;
        let address = listener.local_addr().map_err(LocalError::io("the table's port"))?;
        let (stop, stopped) = oneshot::channel();
        let served = database.clone();
        // SQLite takes one writer at a time, so one thread is enough and keeps its waits off the others.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(LocalError::io("the table's thread"))?;
        let thread = std::thread::Builder::new()
            .name("local-table".into())
            .spawn(move || {
                runtime.block_on(async {
                    match tokio::net::TcpListener::from_std(listener) {
                        Ok(listener) => {
                            let stopped = async {
                                let _ = stopped.await;
                            };
                            if let Err(error) = dynoxide::server::serve_with_shutdown(listener, served, stopped).await {
                                tracing::error!(%error, "the table's server ended");
                            }
                        }
                        Err(error) => tracing::error!(%error, "the table's port is gone"),
                    }
                });
            })
            .map_err(LocalError::io("the table's thread"))?;
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let changed = watch::Sender::new(0);
        Ok(Self { database, address, client, changed, stop: Some(stop), thread: Some(thread) })
    }

    /// The engine itself, for the stream poller. Its calls block.
    pub fn database(&self) -> Database {
        self.database.clone()
    }

    /// Wakes those who wait for new stream records.
    pub fn changed(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// Carries out an operation (`PutItem`, `GetRecords`, …) as its JSON body says; status and body of the answer.
    pub async fn forward(&self, operation: &str, body: Bytes) -> Result<(StatusCode, Bytes)> {
        let service = if operation.contains("Stream") || matches!(operation, "GetRecords" | "GetShardIterator") {
            "DynamoDBStreams_20120810"
        } else {
            "DynamoDB_20120810"
        };
        let refuse = |e: &dyn std::fmt::Display| LocalError::Table(e.to_string());
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = format!("http://{}/", self.address).parse().map_err(|e| refuse(&e))?;
        let target = HeaderValue::from_str(&format!("{service}.{operation}")).map_err(|e| refuse(&e))?;
        let headers = request.headers_mut();
        headers.insert("x-amz-target", target);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/x-amz-json-1.0"));
        headers.insert("x-amz-date", HeaderValue::from_static("20260101T000000Z"));
        // The engine wants complete credentials and verifies none; the front door has checked the caller.
        headers.insert(
            header::AUTHORIZATION,
            HeaderValue::from_static(
                "AWS4-HMAC-SHA256 Credential=local/20260101/local/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=local",
            ),
        );
        let response = self.client.request(request).await.map_err(|e| refuse(&e))?;
        let status = response.status();
        let body = response.into_body().collect().await.map_err(|e| refuse(&e))?.to_bytes();
        if status.is_success() && is_write(operation) {
            self.changed.send_modify(|writes| *writes += 1);
        }
        Ok((status, body))
    }

    /// As [`TableEngine::forward`], from JSON to JSON.
    pub async fn call(&self, operation: &str, body: &Value) -> JsonResult {
        let broken = |e: &dyn std::fmt::Display| ApiError {
            status: 500,
            code: "InternalServerError".into(),
            message: e.to_string(),
            more: Value::Null,
        };
        let (status, bytes) = self.forward(operation, body.to_string().into()).await.map_err(|e| broken(&e))?;
        let answer: Value = serde_json::from_slice(&bytes).map_err(|e| broken(&e))?;
        if status.is_success() {
            return Ok(answer);
        }
        Err(ApiError {
            status: status.as_u16(),
            code: answer["__type"].as_str().unwrap_or("InternalServerError").to_owned(),
            message: answer["message"].as_str().or(answer["Message"].as_str()).unwrap_or_default().to_owned(),
            more: Value::Null,
        })
    }

    /// Makes a table as declared; adds indexes that an existing one lacks.
    pub async fn create(&self, table: &Table) -> Result<()> {
        let refuse = |e: ApiError| LocalError::Table(format!("{}: {}: {}", table.name, e.code, e.message));
        match self.call("DescribeTable", &json!({"TableName": table.name})).await {
            Ok(there) => {
                let names = |value: &Value| -> Vec<String> {
                    let indexes = value.as_array().into_iter().flatten();
                    indexes.filter_map(|index| index["IndexName"].as_str().map(str::to_owned)).collect()
                };
                let have = names(&there["Table"]["GlobalSecondaryIndexes"]);
                for index in table.properties["GlobalSecondaryIndexes"].as_array().into_iter().flatten() {
                    if !index["IndexName"].as_str().is_some_and(|name| have.iter().any(|there| there == name)) {
                        let update = json!({
                            "TableName": table.name,
                            "AttributeDefinitions": table.properties["AttributeDefinitions"],
                            "GlobalSecondaryIndexUpdates": [{"Create": index}],
                        });
                        self.call("UpdateTable", &update).await.map_err(refuse)?;
                    }
                }
            }
            Err(error) if error.code.ends_with("ResourceNotFoundException") => {
                let mut request = Map::from_iter([("TableName".to_owned(), Value::from(table.name.as_str()))]);
                for key in [
                    "AttributeDefinitions",
                    "KeySchema",
                    "GlobalSecondaryIndexes",
                    "LocalSecondaryIndexes",
                    "BillingMode",
                ] {
                    if !table.properties[key].is_null() {
                        request.insert(key.to_owned(), table.properties[key].clone());
                    }
                }
                if let Some(view) = &table.stream {
                    let stream = json!({"StreamEnabled": true, "StreamViewType": view});
                    request.insert("StreamSpecification".to_owned(), stream);
                }
                self.call("CreateTable", &Value::Object(request)).await.map_err(refuse)?;
            }
            Err(error) => return Err(refuse(error)),
        }
        if let Some(attribute) = &table.ttl_attribute {
            let wanted = json!({
                "TableName": table.name,
                "TimeToLiveSpecification": {"AttributeName": attribute, "Enabled": true},
            });
            match self.call("UpdateTimeToLive", &wanted).await {
                Ok(_) => {}
                Err(error) if error.message.contains("already enabled") => {}
                Err(error) => return Err(refuse(error)),
            }
        }
        Ok(())
    }

    /// Stops the server and waits for its thread.
    pub fn close(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        // The server ends once its connections are closed; those of our own client are dropped with `self`.
        drop(self.thread.take());
    }
}

impl Drop for TableEngine {
    fn drop(&mut self) {
        self.close();
    }
}

/// Read and write units of a `ConsumedCapacity`, which is one object or a list.
pub fn consumed(operation: &str, capacity: &Value) -> (f64, f64) {
    let units: f64 = match capacity {
        Value::Array(tables) => tables.iter().filter_map(|table| table["CapacityUnits"].as_f64()).sum(),
        one => one["CapacityUnits"].as_f64().unwrap_or_default(),
    };
    if is_write(operation) { (0.0, units) } else { (units, 0.0) }
}
