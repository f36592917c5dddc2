//! Sockets: events of an API Gateway WebSocket API, in the shape of its Lambda proxy integration.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html>

use std::{collections::HashMap, sync::Arc};

use igny8_core::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::{Value, json};
use tracing::Instrument;

use crate::{Invocation, Invoke, describe, metrics, read_event};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ProxyEvent {
    request_context: RequestContext,
    query_string_parameters: Option<HashMap<String, String>>,
    body: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestContext {
    connection_id: String,
    event_type: EventType,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum EventType {
    Connect,
    Message,
    Disconnect,
}

/// What happened on a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SocketEvent {
    /// The connection, by the id that API Gateway gave it.
    pub connection: String,
    /// What happened.
    pub change: SocketChange,
}

/// What can happen on a socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SocketChange {
    /// Someone wants to open it, with these values in the query of the address. An error refuses.
    Connect(HashMap<String, String>),
    /// A text came.
    Message(String),
    /// It is closed. API Gateway tries to tell, and does not promise it.
    Disconnect,
}

pub(crate) fn invoke<F, Fut>(handle: F) -> Invoke
where
    F: Fn(SocketEvent, Invocation) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), Error>> + Send + 'static,
{
    let handle = Arc::new(handle);
    Arc::new(move |event, invocation| {
        let handle = handle.clone();
        Box::pin(async move {
            let event: ProxyEvent = read_event(event, "an event of a WebSocket API")?;
            let change = match event.request_context.event_type {
                EventType::Connect => SocketChange::Connect(event.query_string_parameters.unwrap_or_default()),
                EventType::Message => SocketChange::Message(event.body.unwrap_or_default()),
                EventType::Disconnect => SocketChange::Disconnect,
            };
            let span = tracing::info_span!(
                "socket",
                request_id = invocation.request_id,
                function = invocation.function_name,
                connection = event.request_context.connection_id
            );
            let event = SocketEvent { connection: event.request_context.connection_id, change };
            let done = handle(event, invocation).instrument(span.clone()).await;
            let _entered = span.enter();
            match done {
                Ok(()) => Ok(answer(200)),
                Err(error) => match error.kind() {
                    ErrorKind::Unauthenticated => Ok(answer(401)),
                    ErrorKind::Forbidden => Ok(answer(403)),
                    ErrorKind::Unreadable => {
                        metrics::count("unreadable", 1);
                        Ok(answer(400))
                    }
                    _ => {
                        tracing::error!(error = describe(&error), "an event of a socket failed");
                        Err(describe(&error))
                    }
                },
            }
        })
    })
}

fn answer(status: u16) -> Value {
    json!({ "statusCode": status })
}
