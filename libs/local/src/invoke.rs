//! Invocations: Lambda's contract between what starts functions and the functions.
//!
//! Limits, timeouts, concurrency, retries of asynchronous invocations and their failure queue live here; what the events
//! look like does not.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures::future::BoxFuture;
use igny8_core::Env;
use serde_json::{Value, json};
use tokio::sync::Semaphore;

use crate::{
    emulators::queues::{NewMessage, Queues},
    place::last_part,
    template::{Function, Template},
};

/// What Lambda tells a function beside the event.
#[derive(Debug, Clone)]
pub struct InvocationContext {
    /// Names this invocation in logs.
    pub request_id: String,
    /// The function's physical name.
    pub function_name: String,
    /// When the invocation is cut off, in milliseconds since the Unix epoch.
    pub deadline_ms: i64,
}

/// A function: JSON event in, JSON answer or error text out.
pub type Invoke = Arc<dyn Fn(Value, InvocationContext) -> BoxFuture<'static, Result<Value, String>> + Send + Sync>;

/// The functions by logical id or binary name.
pub type Registry = BTreeMap<String, Invoke>;

/// Why an invocation gave no answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum InvokeError {
    /// The registry has no such function.
    #[error("{0} is not in the registry")]
    Missing(String),
    /// The function failed.
    #[error("{0}")]
    Failed(String),
    /// It did not answer in time.
    #[error("Task timed out after {0:.2} seconds")]
    TimedOut(f64),
    /// Event or answer are over 6 MB.
    #[error("{0} is over the limit of 6 MB")]
    TooLarge(&'static str),
}

/// Lambda's limit for the event and the answer of a synchronous invocation, in bytes.
pub const PAYLOAD_LIMIT: usize = 6 * 1024 * 1024;

/// How often Lambda repeats a failed asynchronous invocation, and how long it waits before.
const ASYNC_RETRIES: [Duration; 2] = [Duration::from_mins(1), Duration::from_mins(2)];

/// What a function has done so far.
#[derive(Debug, Default)]
struct Tally {
    invocations: AtomicU64,
    errors: AtomicU64,
}

struct Entry {
    function: Function,
    invoke: Option<Invoke>,
    places: Option<Arc<Semaphore>>,
    tally: Tally,
}

/// All functions of a template, ready to be invoked.
pub struct Functions {
    env: Env,
    queues: Arc<Queues>,
    entries: BTreeMap<String, Entry>,
    /// Divides the waits before asynchronous retries, so that tests need not take minutes.
    haste: u32,
}

impl Functions {
    /// Joins the template's functions with the registry's.
    pub fn new(template: &Template, registry: &Registry, queues: Arc<Queues>, env: Env, haste: u32) -> Self {
        let entries = template.functions.values().map(|function| {
            let invoke =
                [&function.id, &function.binary, &function.name].into_iter().find_map(|name| registry.get(name));
            let places = function.concurrency.map(|most| Arc::new(Semaphore::new(most as usize)));
            let entry = Entry { function: function.clone(), invoke: invoke.cloned(), places, tally: Tally::default() };
            (function.id.clone(), entry)
        });
        Self { env, queues, entries: entries.collect(), haste: haste.max(1) }
    }

    /// Functions of the template that the registry does not have.
    pub fn missing(&self) -> Vec<&str> {
        self.entries.values().filter(|entry| entry.invoke.is_none()).map(|entry| entry.function.id.as_str()).collect()
    }

    /// Time and randomness.
    pub fn env(&self) -> &Env {
        &self.env
    }

    /// Invocations and failed invocations of a function so far.
    pub fn tally(&self, id: &str) -> (u64, u64) {
        self.entries.get(id).map_or((0, 0), |entry| {
            (entry.tally.invocations.load(Ordering::Relaxed), entry.tally.errors.load(Ordering::Relaxed))
        })
    }

    /// Invokes a function by logical id and waits for its answer.
    pub async fn invoke(&self, id: &str, event: Value) -> Result<Value, InvokeError> {
        let missing = || InvokeError::Missing(id.to_owned());
        let entry = self.entries.get(id).ok_or_else(missing)?;
        let invoke = entry.invoke.as_ref().ok_or_else(missing)?;
        if event.to_string().len() > PAYLOAD_LIMIT {
            return Err(InvokeError::TooLarge("the event"));
        }
        let _place = match &entry.places {
            Some(places) => Arc::clone(places).acquire_owned().await.ok(),
            None => None,
        };
        let request_id = crate::uuid(&self.env);
        let timeout = entry.function.timeout;
        let begun = self.env.now();
        let context = InvocationContext {
            request_id: request_id.clone(),
            function_name: entry.function.name.clone(),
            deadline_ms: (begun + timeout).millis(),
        };
        // A task of its own, so that a panic ends this invocation and nothing else.
        let mut task = tokio::spawn(invoke(event, context));
        let outcome = match tokio::time::timeout(timeout, &mut task).await {
            Ok(Ok(Ok(answer))) if answer.to_string().len() > PAYLOAD_LIMIT => Err(InvokeError::TooLarge("the answer")),
            Ok(Ok(Ok(answer))) => Ok(answer),
            Ok(Ok(Err(error))) => Err(InvokeError::Failed(error)),
            Ok(Err(_)) => Err(InvokeError::Failed("the function panicked".into())),
            Err(_) => {
                task.abort();
                Err(InvokeError::TimedOut(timeout.as_secs_f64()))
            }
        };
        let duration_ms = self.env.now().since(begun).as_millis() as u64;
        entry.tally.invocations.fetch_add(1, Ordering::Relaxed);
        match &outcome {
            Ok(_) => tracing::info!(function = id, request_id, duration_ms, "invoked"),
            Err(error) => {
                entry.tally.errors.fetch_add(1, Ordering::Relaxed);
                tracing::warn!(function = id, request_id, duration_ms, %error, "invocation failed");
            }
        }
        outcome
    }

    /// Invokes a function as EventBridge and Scheduler do: repeated twice when it fails, then sent to `dead_letter` or
    /// the function's own failure queue.
    pub async fn invoke_async(&self, id: &str, event: Value, dead_letter: Option<&str>) -> Result<Value, InvokeError> {
        let mut outcome = self.invoke(id, event.clone()).await;
        for wait in ASYNC_RETRIES {
            if !matches!(outcome, Err(InvokeError::Failed(_) | InvokeError::TimedOut(_))) {
                break;
            }
            tokio::time::sleep(wait / self.haste).await;
            outcome = self.invoke(id, event.clone()).await;
        }
        if let Err(error) = &outcome {
            let own = self.entries.get(id).and_then(|entry| entry.function.on_failure.as_deref());
            // A dead-letter queue gets the event itself, a failure destination a record about it.
            if let Some(queue) = dead_letter {
                self.queues.send(last_part(queue), NewMessage { body: event.to_string(), ..NewMessage::default() });
            } else if let Some(queue) = own {
                let record = json!({
                    "version": "1.0", "timestamp": self.env.now(), "requestPayload": event,
                    "requestContext": {"functionArn": id, "condition": "RetriesExhausted", "approximateInvokeCount": 3},
                    "responseContext": {"functionError": "Unhandled"}, "responsePayload": {"errorMessage": error.to_string()},
                });
                self.queues.send(last_part(queue), NewMessage { body: record.to_string(), ..NewMessage::default() });
            }
        }
        outcome
    }
}
