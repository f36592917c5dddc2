//! A client of the live feed: opens a socket, says something, and keeps what it hears.
#![allow(dead_code, reason = "each test uses its part")]

use std::time::Duration;

use futures::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error, Message},
};

/// How long a message may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// An open socket.
pub struct Socket {
    stream: WebSocketStream<TcpStream>,
}

impl Socket {
    /// Opens an address with a ticket, or says with which status it was refused.
    pub async fn open(url: &str, ticket: &str) -> Result<Self, u16> {
        let address = url.trim_start_matches("ws://").split('/').next().unwrap();
        let tcp = TcpStream::connect(address).await.unwrap();
        match tokio_tungstenite::client_async(format!("{url}?ticket={ticket}"), tcp).await {
            Ok((stream, _)) => Ok(Self { stream }),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{url}: {error}"),
        }
    }

    pub async fn say(&mut self, message: &Value) {
        self.stream.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next message.
    pub async fn hear(&mut self) -> Value {
        self.heard().await.expect("the socket has ended")
    }

    /// The next message; none once the socket has ended.
    pub async fn heard(&mut self) -> Option<Value> {
        loop {
            let next = tokio::time::timeout(PATIENCE, self.stream.next()).await.expect("nothing is heard");
            match next? {
                Ok(Message::Text(text)) => return Some(serde_json::from_str(&text).unwrap()),
                Ok(Message::Close(_)) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }

    /// Everything up to a message of this type, which is the last.
    pub async fn until(&mut self, kind: &str) -> Vec<Value> {
        let mut heard = Vec::new();
        loop {
            heard.push(self.hear().await);
            if heard.last().unwrap()["type"] == kind {
                return heard;
            }
        }
    }

    /// What was heard so far: everything before the answer to a ping.
    pub async fn pending(&mut self) -> Vec<Value> {
        self.say(&json!({ "type": "ping" })).await;
        let mut heard = self.until("pong").await;
        heard.pop();
        heard
    }

    /// What has changed since then. Asked together with a ping: what is said on a socket is not answered in order.
    pub async fn missed(&mut self, since: &Value) -> Vec<Value> {
        self.say(&json!({ "type": "ping", "since": since })).await;
        let mut heard = self.until("pong").await;
        heard.pop();
        heard
    }

    /// What is there without waiting for more.
    pub async fn rest(&mut self) -> Vec<Value> {
        let mut heard = Vec::new();
        while let Ok(Some(Ok(message))) = tokio::time::timeout(Duration::from_millis(300), self.stream.next()).await {
            if let Message::Text(text) = message {
                heard.push(serde_json::from_str(&text).unwrap());
            }
        }
        heard
    }

    pub async fn close(mut self) {
        self.stream.close(None).await.unwrap();
        while let Some(Ok(_)) = self.stream.next().await {}
    }
}

/// The messages of one type.
pub fn of<'a>(heard: &'a [Value], kind: &str) -> Vec<&'a Value> {
    heard.iter().filter(|message| message["type"] == kind).collect()
}
