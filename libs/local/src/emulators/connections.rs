//! Open sockets, and API Gateway's management API for them: `POST`, `GET` and `DELETE /@connections/{id}`.
//!
//! Protocol: AWS's "Use @connections commands in your backend service". On AWS the name of the stage comes first in the
//! path; here an SDK with an endpoint of its own leaves it out.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use bytes::Bytes;
use http::{Method, Response, StatusCode};
use igny8_core::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::json;
use tokio::sync::mpsc;

use super::{Body, answer};
use crate::{iam::Need, place::Place, template::SocketApi};

/// The largest message, in bytes.
pub const MESSAGE_LIMIT: usize = 128 * 1024;
/// So many messages may wait for a client that does not read.
const BACKLOG: usize = 1000;

/// What a socket is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Send this text.
    Send(String),
    /// End.
    Close,
}

/// An open socket, as the management API shows it.
#[derive(Debug)]
struct Open {
    api: String,
    stage: String,
    source_ip: String,
    user_agent: String,
    connected_at: Timestamp,
    last_active_at: Timestamp,
    commands: mpsc::Sender<Command>,
}

/// All open sockets.
#[derive(Debug, Default)]
pub struct Connections(Mutex<BTreeMap<String, Open>>);

/// Who opens a socket.
#[derive(Debug, Clone, Default)]
pub struct Client {
    /// Its address.
    pub source_ip: String,
    /// What it calls itself.
    pub user_agent: String,
}

/// A call of the management API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    method: Method,
    id: String,
}

impl Call {
    /// Reads a call; none for what is no operation.
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        let id = path.split_once("/@connections/").map(|(_, id)| id).filter(|id| !id.contains('/'))?;
        let known = [Method::GET, Method::POST, Method::DELETE].contains(method);
        let id = percent_decode_str(id).decode_utf8_lossy().into_owned();
        known.then(|| Self { method: method.clone(), id })
    }
}

impl Connections {
    /// A new socket; what it is told comes out of the receiver.
    pub fn open(&self, id: &str, api: &SocketApi, client: Client, now: Timestamp) -> mpsc::Receiver<Command> {
        let (commands, told) = mpsc::channel(BACKLOG);
        let open = Open {
            api: api.id.clone(),
            stage: api.stage.clone(),
            source_ip: client.source_ip,
            user_agent: client.user_agent,
            connected_at: now,
            last_active_at: now,
            commands,
        };
        self.lock().insert(id.to_owned(), open);
        told
    }

    /// The socket has said something.
    pub fn active(&self, id: &str, now: Timestamp) {
        if let Some(open) = self.lock().get_mut(id) {
            open.last_active_at = now;
        }
    }

    /// Sends a text of the gateway itself.
    pub fn tell(&self, id: &str, text: String) {
        if let Some(open) = self.lock().get(id) {
            // A client that does not read does not read this either.
            let _ = open.commands.try_send(Command::Send(text));
        }
    }

    /// The socket has ended.
    pub fn close(&self, id: &str) {
        self.lock().remove(id);
    }

    /// How many sockets are open.
    pub fn count(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Open>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a call asks leave for. Of a socket that is gone nobody knows the API any more, and nothing is told of it.
    pub fn need(&self, call: &Call, place: &Place) -> Option<Need> {
        let sockets = self.lock();
        let open = sockets.get(&call.id)?;
        let path = format!("{}/{}/{}/@connections/{}", open.api, open.stage, call.method, call.id);
        Some(Need::new("execute-api:ManageConnections", place.arn("execute-api", path)))
    }

    /// Answers a call.
    pub fn answer(&self, call: &Call, body: &Bytes) -> Response<Body> {
        let sockets = self.lock();
        let Some(open) = sockets.get(&call.id) else { return gone() };
        if call.method == Method::GET {
            let told = json!({
                "connectedAt": open.connected_at, "lastActiveAt": open.last_active_at,
                "identity": {"sourceIp": open.source_ip, "userAgent": open.user_agent},
            });
            return answer(StatusCode::OK, "application/json", told.to_string());
        }
        let command = if call.method == Method::DELETE {
            Command::Close
        } else if body.len() > MESSAGE_LIMIT {
            let words = "Message too long";
            return failed(StatusCode::PAYLOAD_TOO_LARGE, "PayloadTooLargeException", words);
        } else {
            Command::Send(String::from_utf8_lossy(body).into_owned())
        };
        match (open.commands.try_send(command), &call.method) {
            (Ok(()), &Method::DELETE) => answer(StatusCode::NO_CONTENT, "application/json", ""),
            (Ok(()), _) => answer(StatusCode::OK, "application/json", ""),
            (Err(mpsc::error::TrySendError::Full(_)), _) => {
                failed(StatusCode::TOO_MANY_REQUESTS, "LimitExceededException", "The client does not read.")
            }
            (Err(mpsc::error::TrySendError::Closed(_)), _) => gone(),
        }
    }
}

fn gone() -> Response<Body> {
    failed(StatusCode::GONE, "GoneException", "")
}

/// An error of the REST-JSON protocol: clients know it by the header.
pub fn failed(status: StatusCode, kind: &'static str, words: &str) -> Response<Body> {
    let mut response = answer(status, "application/json", json!({ "message": words }).to_string());
    response.headers_mut().insert("x-amzn-errortype", http::HeaderValue::from_static(kind));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api() -> SocketApi {
        SocketApi { id: "Live".into(), stage: "live".into(), ..SocketApi::default() }
    }

    fn call(method: Method) -> Call {
        Call::of(&method, "/@connections/a%3D").unwrap()
    }

    #[test]
    fn a_socket_is_told_what_is_posted_and_ends_when_it_is_deleted() {
        let sockets = Connections::default();
        let mut told = sockets.open("a=", &api(), Client::default(), Timestamp::default());
        let post = |size: usize| sockets.answer(&call(Method::POST), &Bytes::from(vec![b'x'; size])).status().as_u16();
        assert_eq!((post(MESSAGE_LIMIT + 1), post(2)), (413, 200));
        assert_eq!(told.try_recv().unwrap(), Command::Send("xx".into()));
        assert_eq!(sockets.answer(&call(Method::DELETE), &Bytes::new()).status(), 204);
        assert_eq!(told.try_recv().unwrap(), Command::Close);
        assert_eq!(sockets.answer(&call(Method::GET), &Bytes::new()).status(), 200);
        sockets.close("a=");
        assert_eq!((post(2), sockets.count()), (410, 0));
    }

    #[test]
    fn a_call_asks_leave_for_its_api_stage_and_method() {
        let sockets = Connections::default();
        assert!(sockets.need(&call(Method::POST), &Place::default()).is_none());
        let _told = sockets.open("a=", &api(), Client::default(), Timestamp::default());
        let need = sockets.need(&call(Method::POST), &Place::default()).unwrap();
        let arn = "arn:aws:execute-api:eu-central-1:000000000000:Live/live/POST/@connections/a=";
        assert_eq!((need.action.as_str(), need.resource.as_str()), ("execute-api:ManageConnections", arn));
        assert!(Call::of(&Method::PUT, "/@connections/a").is_none() && Call::of(&Method::GET, "/other").is_none());
    }

    #[test]
    fn a_client_that_does_not_read_is_told_no_more() {
        let sockets = Connections::default();
        let _told = sockets.open("a=", &api(), Client::default(), Timestamp::default());
        let post = || sockets.answer(&call(Method::POST), &Bytes::from_static(b"x")).status().as_u16();
        assert!((0..BACKLOG).all(|_| post() == 200));
        assert_eq!(post(), 429);
    }
}
