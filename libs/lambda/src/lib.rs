//! One line to start a Lambda function, whatever its kind: HTTP, socket, queue, stream, schedule or event of the bus.
//!
//! A function is described by a [`FunctionSpec`]. Its binary hands it to [`serve`]; the local cloud and tests make an
//! [`Invoke`] of it and call that with the same JSON event. Both run the same code. It knows no domain.

mod event;
mod http;
pub mod metrics;
mod queue;
mod serve;
mod socket;
mod stream;

use std::sync::Arc;

use futures::future::BoxFuture;
use igny8_cloud::{Cloud, Config};
use igny8_core::{Env, Error, Timestamp};
use igny8_table::Table;
use serde::de::DeserializeOwned;
use serde_json::Value;

pub use event::BusEvent;
pub use queue::QueueMessage;
pub use serve::{log_to_stdout, serve};
pub use socket::{SocketChange, SocketEvent};
pub use stream::{StreamChange, StreamError, StreamRecord};

/// Everything that a function is built from, made once per process from its configuration.
#[derive(Debug, Clone)]
pub struct App {
    /// The settings.
    pub config: Config,
    /// Objects, queues, secrets, the bus.
    pub cloud: Cloud,
    /// The table.
    pub table: Table,
    /// Time and chance.
    pub env: Env,
}

impl App {
    /// From a configuration; nothing is connected yet.
    pub fn new(config: Config, env: Env) -> Self {
        let cloud = Cloud::new(config.clone());
        Self { config, table: Table::new(cloud.clone(), env.clone()), cloud, env }
    }
}

/// What Lambda tells about one call, beside the event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// Lambda's id of the call; names it in logs.
    pub request_id: String,
    /// The function's name, as its [`FunctionSpec`] has it.
    pub function_name: String,
    /// When Lambda will end the call.
    pub deadline: Timestamp,
}

/// Calls a function: the JSON event in, the JSON answer or an error message out, as Lambda's own contract is.
pub type Invoke = Arc<dyn Fn(Value, Invocation) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// A function: its name in template.yaml, the settings it cannot do without, and how it is built.
///
/// ```
/// use igny8_lambda::{FunctionSpec, Handler};
///
/// const FUNCTION: FunctionSpec = FunctionSpec {
///     name: "work-sweep",
///     needs: &["TABLE_NAME"],
///     build: |app| {
///         let env = app.env.clone();
///         Ok(Handler::schedule(move |_| {
///             let now = env.now();
///             async move { Ok(now) }
///         }))
///     },
/// };
/// ```
#[derive(Debug, Clone, Copy)]
pub struct FunctionSpec {
    /// The name in template.yaml, and of the binary: `planner-keywords`.
    pub name: &'static str,
    /// Variables without which the function refuses to start.
    pub needs: &'static [&'static str],
    /// Builds the handler; called once per process.
    pub build: fn(&App) -> Result<Handler, Error>,
}

/// A function cannot start.
#[derive(Debug)]
pub struct StartError(String);

impl std::fmt::Display for StartError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StartError {}

impl FunctionSpec {
    /// Builds the function. `emit` takes its metrics: [`metrics::to_stdout`] on Lambda, [`metrics::nowhere`] in tests.
    pub fn start(&self, app: &App, emit: metrics::Emit) -> Result<Invoke, StartError> {
        let missing: Vec<_> = self.needs.iter().copied().filter(|name| app.config.get(name).is_none()).collect();
        if !missing.is_empty() {
            let missing = missing.join(", ");
            return Err(StartError(format!("{} cannot start: set the environment variables {missing}", self.name)));
        }
        let handler = (self.build)(app).map_err(|error| {
            let cause = error.cause().unwrap_or_else(|| error.to_string());
            StartError(format!("{} cannot start: {cause}", self.name))
        })?;
        Ok(metrics::measured(self.name, app.env.clone(), emit, handler.0))
    }
}

/// What a function does with an event.
#[derive(Clone)]
pub struct Handler(Invoke);

impl std::fmt::Debug for Handler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Handler")
    }
}

impl Handler {
    /// Answers HTTP: events of API Gateway HTTP APIs and Function URLs (payload 2.0).
    pub fn http(router: axum::Router) -> Self {
        Self(http::invoke(router))
    }

    /// Serves the routes of a WebSocket API. What is `Unauthenticated` or `Forbidden` refuses to connect (401, 403).
    pub fn socket<F, Fut>(handle: F) -> Self
    where
        F: Fn(SocketEvent, Invocation) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Error>> + Send + 'static,
    {
        Self(socket::invoke(handle))
    }

    /// Takes messages of a queue, one after the other; those that fail are told to SQS (`ReportBatchItemFailures`).
    ///
    /// An error of the kind `Unreadable` means that this message can never be read: it is logged and acknowledged, so
    /// that it neither blocks its neighbours nor comes back.
    pub fn queue<F, Fut>(handle: F) -> Self
    where
        F: Fn(QueueMessage, Invocation) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Error>> + Send + 'static,
    {
        Self(queue::invoke(handle))
    }

    /// Takes records of the table's stream, in order; on an error, Lambda sends again from the record that it names.
    pub fn stream<F, Fut>(handle: F) -> Self
    where
        F: Fn(Vec<StreamRecord>, Invocation) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), StreamError>> + Send + 'static,
    {
        Self(stream::invoke(handle))
    }

    /// Runs on a schedule; what it returns says what was done, is logged and is the answer.
    pub fn schedule<F, Fut, T>(run: F) -> Self
    where
        F: Fn(Invocation) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<T, Error>> + Send + 'static,
        T: serde::Serialize,
    {
        Self(event::schedule(run))
    }

    /// Takes events that a rule of the bus sends.
    pub fn event<F, Fut>(handle: F) -> Self
    where
        F: Fn(BusEvent, Invocation) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), Error>> + Send + 'static,
    {
        Self(event::bus(handle))
    }
}

/// Reads an event of AWS; what does not fit says which field.
fn read_event<T: DeserializeOwned>(event: Value, what: &str) -> Result<T, String> {
    serde_json::from_value(event).map_err(|error| format!("this is not {what}: {error}"))
}

/// An error for the log and for Lambda: the sentence and its cause.
fn describe(error: &Error) -> String {
    match error.cause() {
        Some(cause) => format!("{error} ({cause})"),
        None => error.to_string(),
    }
}
