//! WebSocket APIs: events, refusals, the management API with its permissions, and the quotas.

#![allow(clippy::unwrap_used, clippy::panic, reason = "the tests fail where they cannot go on")]

mod common;

use std::time::{Duration, Instant};

use common::{echoes, handler, http, open, serve};
use futures::{SinkExt as _, StreamExt as _};
use igny8_local::{AccessKey, LocalCloud};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Error, Message, protocol::frame::coding::CloseCode},
};

type Socket = WebSocketStream<TcpStream>;

async fn connect(url: &str) -> Result<Socket, u16> {
    let address = url.trim_start_matches("ws://").split('/').next().unwrap();
    let tcp = TcpStream::connect(address).await.unwrap();
    match tokio_tungstenite::client_async(url, tcp).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(error) => panic!("{error}"),
    }
}

async fn hear(socket: &mut Socket) -> Option<Message> {
    let next = tokio::time::timeout(Duration::from_secs(10), socket.next()).await.unwrap();
    next.and_then(Result::ok)
}

/// A call of the management API with someone's key.
async fn manage(cloud: &LocalCloud, key: &AccessKey, method: &str, id: &str, body: &[u8]) -> (u16, Value) {
    let credential = format!("AWS4-HMAC-SHA256 Credential={}/20261122/eu-central-1/execute-api/aws4_request", key.id);
    let headers = [("authorization", credential.as_str())];
    let path = format!("/@connections/{}", id.replace('=', "%3D").replace('/', "%2F").replace('+', "%2B"));
    let (status, _, body) = http(cloud.endpoint(), method, &path, &headers, body).await;
    (status, serde_json::from_slice(&body).unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_from_its_handshake_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let (mut registry, seen) = echoes(&cloud);
    let log = seen.clone();
    registry.insert(
        "Chat".into(),
        handler(move |event, _| {
            log.lock().unwrap().push(("Chat".to_owned(), event.clone()));
            async move {
                match (event["requestContext"]["routeKey"].as_str(), event["queryStringParameters"]["who"].as_str()) {
                    (Some("$connect"), Some("nobody")) => Ok(json!({"statusCode": 403})),
                    (Some("$connect"), Some("broken")) => Err("a bug".to_owned()),
                    (Some("$default"), _) if event["body"] == "fail" => Err("a bug".to_owned()),
                    _ => Ok(json!({"statusCode": 200})),
                }
            }
        }),
    );
    serve(&cloud, registry);
    let url = cloud.template().functions["Chat"].environment["CHAT_URL"].clone();
    assert_eq!(url, format!("{}/chat", cloud.url().replacen("http", "ws", 1)));
    assert_eq!(connect(&format!("{url}?who=nobody")).await.err(), Some(403));
    assert_eq!(connect(&format!("{url}?who=broken")).await.err(), Some(502));
    let mut socket = connect(&format!("{url}?who=ana&ticket=a%2Bb")).await.unwrap();
    let event = seen.lock().unwrap().last().unwrap().1.clone();
    let context = &event["requestContext"];
    assert_eq!((&context["routeKey"], &context["eventType"]), (&json!("$connect"), &json!("CONNECT")));
    assert_eq!((&context["stage"], &context["apiId"]), (&json!("chat"), &json!("ChatApi")));
    assert_eq!(event["queryStringParameters"], json!({"who": "ana", "ticket": "a+b"}));
    let id = context["connectionId"].as_str().unwrap().to_owned();
    assert!(id.len() == 16 && id.ends_with('='), "{id}");

    // What is said is an invocation; one that fails is told.
    socket.send(Message::text("hello")).await.unwrap();
    socket.send(Message::text("fail")).await.unwrap();
    let told = hear(&mut socket).await.unwrap().into_text().unwrap().to_string();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!((&told["message"], &told["connectionId"]), (&json!("Internal server error"), &json!(id)));
    let said = |text: &str| seen.lock().unwrap().iter().any(|(_, event)| event["body"] == text);
    assert!(said("hello") && said("fail"));

    // The management API, by who may.
    let (chat, other) = (cloud.access_key("Chat").unwrap(), cloud.access_key("Sweep").unwrap());
    assert_eq!(manage(&cloud, &chat, "POST", &id, b"news").await.0, 200);
    assert_eq!(hear(&mut socket).await, Some(Message::text("news")));
    assert_eq!(manage(&cloud, &chat, "POST", &id, &vec![b'x'; 128 * 1024 + 1]).await.0, 413);
    assert_eq!(manage(&cloud, &other, "POST", &id, b"news").await.0, 403);
    assert_eq!(manage(&cloud, &chat, "DELETE", &id, b"").await.0, 403, "it may only send");
    let (status, shown) = manage(&cloud, &cloud.admin_key(), "GET", &id, b"").await;
    assert_eq!((status, &shown["identity"]["sourceIp"]), (200, &json!("127.0.0.1")));
    let denied: Vec<_> = cloud.denied().into_iter().map(|denied| (denied.function, denied.action)).collect();
    let action = "execute-api:ManageConnections".to_owned();
    assert_eq!(denied, [("Chat".to_owned(), action.clone()), ("Sweep".to_owned(), action)]);
    assert_eq!(manage(&cloud, &cloud.admin_key(), "DELETE", &id, b"").await.0, 204);
    assert!(matches!(hear(&mut socket).await, Some(Message::Close(_))));
    let begun = Instant::now();
    while !seen.lock().unwrap().iter().any(|(_, event)| event["requestContext"]["eventType"] == "DISCONNECT") {
        assert!(begun.elapsed() < Duration::from_secs(10), "the end is not told");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(manage(&cloud, &chat, "POST", &id, b"news").await.0, 410);
    cloud.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_binary_ends_the_socket() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let (registry, seen) = echoes(&cloud);
    serve(&cloud, registry);
    let url = format!("{}/chat", cloud.url().replacen("http", "ws", 1));
    for (message, code) in [
        (Message::text("x".repeat(32 * 1024 + 1)), CloseCode::Size),
        (Message::binary(vec![1]), CloseCode::Unsupported),
    ] {
        let mut socket = connect(&url).await.unwrap();
        socket.send(message).await.unwrap();
        match hear(&mut socket).await {
            Some(Message::Close(Some(frame))) => assert_eq!(frame.code, code),
            other => panic!("{other:?}"),
        }
    }
    let mut socket = connect(&url).await.unwrap();
    socket.send(Message::text("x".repeat(32 * 1024))).await.unwrap();
    let begun = Instant::now();
    while !seen.lock().unwrap().iter().any(|(_, event)| event["body"].as_str().is_some_and(|body| body.len() == 32768))
    {
        assert!(begun.elapsed() < Duration::from_secs(10), "a frame of 32 KB is not heard");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    // Another path is no socket, and a plain request to the stage is none either.
    assert_eq!(connect(&url.replace("/chat", "/other")).await.err(), Some(200));
    assert_eq!(http(cloud.url(), "GET", "/chat", &[], b"").await.0, 200, "the catch-all route");
    cloud.shutdown().await;
    assert_eq!(cloud.connections().count(), 0);
}
