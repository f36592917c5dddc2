//! A WebSocket API as API Gateway plays it: `$connect` decides over the handshake, every text is an invocation, and the
//! end is told as `$disconnect`.
//!
//! Quotas: AWS's "Quotas for configuring and running a WebSocket API". Of a shutdown nobody is told, as of a crash.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use futures::{SinkExt as _, StreamExt as _};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use hyper::{body::Incoming, upgrade::Upgraded};
use hyper_util::rt::TokioIo;
use igny8_core::Timestamp;
use serde_json::{Value, json};
use tokio::{sync::mpsc, time::Instant};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Error as SocketError, Message,
        handshake::derive_accept_key,
        protocol::{CloseFrame, Role, WebSocketConfig, frame::coding::CloseCode},
    },
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{answer, event};
use crate::{
    emulators::{
        Body,
        connections::{Client, Command, Connections, MESSAGE_LIMIT},
        full,
    },
    invoke::Functions,
    template::SocketApi,
};

/// The largest frame, in bytes; a larger message comes in several.
const FRAME_LIMIT: usize = 32 * 1024;
/// How long a socket lives.
const LIFE: Duration = Duration::from_hours(2);
/// How long a socket may say and be told nothing.
const IDLE: Duration = Duration::from_mins(10);

/// The WebSocket APIs of a template.
pub(crate) struct Sockets {
    pub apis: Vec<SocketApi>,
    pub functions: Arc<Functions>,
    pub connections: Arc<Connections>,
    pub stop: CancellationToken,
    pub tasks: TaskTracker,
}

/// One socket, from its handshake on.
struct Socket {
    api: SocketApi,
    id: String,
    functions: Arc<Functions>,
    connections: Arc<Connections>,
    client: Client,
    domain: String,
    connected_at: Timestamp,
}

/// How a socket ended.
struct End {
    code: CloseCode,
    reason: &'static str,
}

impl Sockets {
    /// The API that a request wants to open a socket of.
    pub fn api_of(&self, request: &Request<Incoming>) -> Option<&SocketApi> {
        let wants = |name, word: &str| {
            let value = request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
            value.is_some_and(|value| value.to_ascii_lowercase().split(',').any(|part| part.trim() == word))
        };
        let upgrades = wants(header::CONNECTION, "upgrade") && wants(header::UPGRADE, "websocket");
        let stage = request.uri().path().trim_matches('/');
        self.apis.iter().find(|api| upgrades && api.stage == stage)
    }

    /// Asks `$connect` and shakes hands, or answers why not.
    pub async fn open(&self, api: &SocketApi, mut request: Request<Incoming>, peer: SocketAddr) -> Response<Body> {
        let headers = request.headers();
        let Some(key) = headers.get(header::SEC_WEBSOCKET_KEY).cloned() else {
            return answer::message(StatusCode::BAD_REQUEST, "Bad Request");
        };
        if headers.get(header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != "13") {
            return answer::message(StatusCode::BAD_REQUEST, "Bad Request");
        }
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let env = self.functions.env();
        let socket = Socket {
            api: api.clone(),
            // As AWS's: eleven bytes in base64, with the padding.
            id: STANDARD.encode(&env.random().to_be_bytes()[..11]),
            functions: Arc::clone(&self.functions),
            connections: Arc::clone(&self.connections),
            client: Client { source_ip: peer.ip().to_string(), user_agent: text(header::USER_AGENT) },
            domain: text(header::HOST),
            connected_at: env.now(),
        };
        let mut event = socket.event("$connect", "CONNECT");
        event["headers"] = joined(headers);
        let query: serde_json::Map<_, _> = super::query_pairs(request.uri().query().unwrap_or_default())
            .map(|(name, value)| (name, Value::from(value)))
            .collect();
        if !query.is_empty() {
            event["queryStringParameters"] = query.into();
        }
        if let Err(refused) = socket.connect(event).await {
            return refused;
        }
        let told = self.connections.open(&socket.id, api, socket.client.clone(), socket.connected_at);
        let upgrade = hyper::upgrade::on(&mut request);
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            match upgrade.await {
                Ok(upgraded) => socket.live(upgraded, told, stop).await,
                Err(error) => {
                    tracing::debug!(%error, "a handshake was not ended");
                    socket.end(&End { code: CloseCode::Abnormal, reason: "" }).await;
                }
            }
        });
        let mut response = Response::new(full(bytes::Bytes::new()));
        *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
        let out = response.headers_mut();
        out.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
        out.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        if let Ok(accept) = derive_accept_key(key.as_bytes()).parse() {
            out.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
        }
        response
    }
}

impl Socket {
    /// The event of a route, as far as it is the same for all.
    fn event(&self, route: &str, kind: &str) -> Value {
        let env = self.functions.env();
        let now = env.now();
        let request_id = crate::uuid(env);
        json!({
            "requestContext": {
                "routeKey": route,
                "eventType": kind,
                "extendedRequestId": request_id,
                "requestTime": event::apache_time(now),
                "messageDirection": "IN",
                "stage": self.api.stage,
                "connectedAt": self.connected_at.millis(),
                "requestTimeEpoch": now.millis(),
                "identity": {"sourceIp": self.client.source_ip, "userAgent": self.client.user_agent},
                "requestId": request_id,
                "domainName": self.domain,
                "connectionId": self.id,
                "apiId": self.api.id,
            },
            "isBase64Encoded": false,
        })
    }

    async fn invoke(&self, route: &str, event: Value) -> Option<Result<Value, crate::InvokeError>> {
        let function = self.api.routes.get(route)?;
        Some(self.functions.invoke(function, event).await)
    }

    /// Asks whether the socket may be opened; an API without the route lets everyone in.
    async fn connect(&self, event: Value) -> Result<(), Response<Body>> {
        let Some(answered) = self.invoke("$connect", event).await else { return Ok(()) };
        let status = answered.ok().and_then(|value| u16::try_from(value["statusCode"].as_u64()?).ok());
        match status {
            Some(200..=299) => Ok(()),
            Some(status @ 400..=499) => {
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
                Err(answer::message(status, status.canonical_reason().unwrap_or("Forbidden")))
            }
            _ => Err(answer::message(StatusCode::BAD_GATEWAY, "Internal server error")),
        }
    }

    /// Reads and writes until the socket ends.
    async fn live(self, upgraded: Upgraded, mut told: mpsc::Receiver<Command>, stop: CancellationToken) {
        let config = WebSocketConfig::default().max_message_size(Some(MESSAGE_LIMIT)).max_frame_size(Some(FRAME_LIMIT));
        let mut stream = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, Some(config)).await;
        let socket = Arc::new(self);
        let over = Instant::now() + LIFE;
        let mut idle = Instant::now() + IDLE;
        let end = loop {
            let end = tokio::select! {
                command = told.recv() => {
                    idle = Instant::now() + IDLE;
                    match command {
                        Some(Command::Send(text)) => stream.send(Message::text(text)).await.err().map(broken),
                        Some(Command::Close) | None => Some(End { code: CloseCode::Normal, reason: "Connection Closed Normally" }),
                    }
                }
                heard = stream.next() => match heard {
                    Some(Ok(Message::Text(text))) => {
                        idle = Instant::now() + IDLE;
                        socket.hear(text.to_string());
                        None
                    }
                    Some(Ok(Message::Binary(_))) => Some(End { code: CloseCode::Unsupported, reason: "Binary is not supported" }),
                    Some(Ok(Message::Close(_))) => Some(End { code: CloseCode::Normal, reason: "Client-side close frame" }),
                    // Pings are answered by the protocol.
                    Some(Ok(_)) => None,
                    Some(Err(error)) => Some(broken(error)),
                    None => Some(broken(SocketError::ConnectionClosed)),
                },
                () = tokio::time::sleep_until(over) => Some(End { code: CloseCode::Away, reason: "Going away" }),
                () = tokio::time::sleep_until(idle) => Some(End { code: CloseCode::Away, reason: "Going away" }),
                () = stop.cancelled() => {
                    // Whoever would be told stops, too.
                    socket.connections.close(&socket.id);
                    let _ = close(&mut stream, &End { code: CloseCode::Away, reason: "Going away" }).await;
                    return;
                }
            };
            if let Some(end) = end {
                break end;
            }
        };
        let _ = close(&mut stream, &end).await;
        socket.end(&end).await;
    }

    /// Invokes with a text, beside what else goes over the socket.
    fn hear(self: &Arc<Self>, text: String) {
        let socket = Arc::clone(self);
        tokio::spawn(async move {
            socket.connections.active(&socket.id, socket.functions.env().now());
            let route = socket.route(&text);
            let mut event = socket.event(&route, "MESSAGE");
            event["body"] = text.into();
            let request_id = event["requestContext"]["requestId"].clone();
            if !matches!(socket.invoke(&route, event).await, Some(Ok(_))) {
                let told = json!({
                    "message": "Internal server error", "connectionId": socket.id, "requestId": request_id,
                });
                socket.connections.tell(&socket.id, told.to_string());
            }
        });
    }

    /// The route that a text names in `type`, or `$default`. Only this selection is played.
    fn route(&self, text: &str) -> String {
        let named = serde_json::from_str::<Value>(text).ok().and_then(|body| Some(body["type"].as_str()?.to_owned()));
        named.filter(|name| self.api.routes.contains_key(name)).unwrap_or_else(|| "$default".to_owned())
    }

    /// Forgets the socket and tells `$disconnect`.
    async fn end(&self, end: &End) {
        self.connections.close(&self.id);
        let mut event = self.event("$disconnect", "DISCONNECT");
        event["requestContext"]["disconnectStatusCode"] = u16::from(end.code).into();
        event["requestContext"]["disconnectReason"] = end.reason.into();
        if let Some(Err(error)) = self.invoke("$disconnect", event).await {
            tracing::debug!(%error, "the end of a socket was not told");
        }
    }
}

async fn close(stream: &mut WebSocketStream<TokioIo<Upgraded>>, end: &End) -> Result<(), SocketError> {
    if end.code == CloseCode::Abnormal {
        return Ok(());
    }
    let frame = CloseFrame { code: end.code, reason: end.reason.into() };
    let closing = async {
        stream.close(Some(frame)).await?;
        // Until the other side has closed too.
        while let Some(Ok(_)) = stream.next().await {}
        Ok(())
    };
    tokio::time::timeout(Duration::from_secs(1), closing).await.unwrap_or(Ok(()))
}

fn broken(error: SocketError) -> End {
    match error {
        SocketError::Capacity(_) => End { code: CloseCode::Size, reason: "Message too long" },
        SocketError::Protocol(_) | SocketError::Utf8(_) => End { code: CloseCode::Protocol, reason: "Protocol error" },
        _ => End { code: CloseCode::Abnormal, reason: "" },
    }
}

/// Headers as the event has them, repeated ones joined by commas.
fn joined(headers: &HeaderMap) -> Value {
    let mut out = std::collections::BTreeMap::<&str, String>::new();
    for (name, value) in headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        out.entry(name.as_str())
            .and_modify(|all| *all = format!("{all},{value}"))
            .or_insert_with(|| value.into_owned());
    }
    json!(out)
}
