//! Events of the bus and of schedules: asynchronous calls, which Lambda repeats when they fail.

use std::sync::Arc;

use igny8_core::{Error, ErrorKind};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use tracing::Instrument;

use crate::{Invocation, Invoke, describe, metrics, read_event};

/// An event that a rule of the bus has sent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct BusEvent {
    /// The same for every delivery of this event.
    pub id: String,
    /// What happened: `mail.requested`.
    #[serde(rename = "detail-type")]
    pub detail_type: String,
    /// JSON with the ids it is about.
    #[serde(default)]
    pub detail: Value,
}

impl BusEvent {
    /// The detail as a type of ours. What cannot be read now can never be: the error is `Unreadable`.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        T::deserialize(&self.detail).map_err(|error| {
            Error::new(ErrorKind::Unreadable, "The event is not what this function takes.").with_source(error)
        })
    }
}

pub(crate) fn bus<F, Fut>(handle: F) -> Invoke
where
    F: Fn(BusEvent, Invocation) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Error>> + Send + 'static,
{
    let handle = Arc::new(handle);
    Arc::new(move |event, invocation| {
        let handle = handle.clone();
        Box::pin(async move {
            let event: BusEvent = read_event(event, "an event of the bus")?;
            let span = tracing::info_span!(
                "event",
                request_id = invocation.request_id,
                function = invocation.function_name,
                event = event.id,
                detail_type = event.detail_type
            );
            let done = handle(event, invocation).instrument(span.clone()).await;
            let _entered = span.enter();
            match done {
                Ok(()) => Ok(Value::Null),
                Err(error) if error.kind() == ErrorKind::Unreadable => {
                    metrics::count("unreadable", 1);
                    tracing::error!(error = describe(&error), "an event can never be read and is dropped");
                    Ok(Value::Null)
                }
                Err(error) => {
                    tracing::warn!(error = describe(&error), "an event failed and will come again");
                    Err(describe(&error))
                }
            }
        })
    })
}

pub(crate) fn schedule<F, Fut, T>(run: F) -> Invoke
where
    F: Fn(Invocation) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<T, Error>> + Send + 'static,
    T: Serialize,
{
    let run = Arc::new(run);
    // A schedule takes no input: whatever the event says, it looks for itself what is to be done.
    Arc::new(move |_, invocation| {
        let run = run.clone();
        Box::pin(async move {
            let span = tracing::info_span!(
                "schedule",
                request_id = invocation.request_id,
                function = invocation.function_name
            );
            let done = run(invocation).instrument(span.clone()).await;
            let _entered = span.enter();
            let status = done.and_then(|status| serde_json::to_value(status).map_err(Error::internal));
            match status {
                Ok(status) => {
                    tracing::info!(%status, "a schedule has run");
                    Ok(status)
                }
                Err(error) => {
                    tracing::error!(error = describe(&error), "a schedule failed");
                    Err(describe(&error))
                }
            }
        })
    })
}
