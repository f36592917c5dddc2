//! The whole cloud: requests, queues, streams, schedules, the bus and sites, with functions in this process.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "the tests are about the SDK's own calls"
)]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use async_trait::async_trait;
use aws_sdk_dynamodb::types::AttributeValue;
use common::{dynamo, echoes, handler, http, open, serve, sqs};
use igny8_local::{
    Guests, LocalCloud, SiteResolver, SiteRoot,
    emulators::{objects::Meta, queues::NewMessage},
};
use serde_json::{Value, json};

const TABLE: &str = "igny8-local-table";

async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(10), "{what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn parsed(body: &[u8]) -> Value {
    serde_json::from_slice(body).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(body)))
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_reach_their_functions_as_events() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let (registry, _) = echoes(&cloud);
    serve(&cloud, registry);
    let json = [("content-type", "application/json"), ("cookie", "a=1; b=2")];
    let (status, headers, body) = http(cloud.url(), "POST", "/api/planner/keywords?q=x%20y", &json, b"{\"a\":1}").await;
    let event = parsed(&body);
    assert_eq!(status, 200);
    assert!(headers.contains_key("apigw-requestid"));
    assert_eq!(event["routeKey"], "ANY /api/planner/keywords");
    assert_eq!((&event["body"], &event["cookies"]), (&json!("{\"a\":1}"), &json!(["a=1", "b=2"])));
    assert_eq!(event["queryStringParameters"]["q"], "x y");
    let (_, _, body) = http(cloud.url(), "PUT", "/api/planner/keywords/import/1", &[], &[0xff, 0xfe]).await;
    let event = parsed(&body);
    assert_eq!((&event["pathParameters"]["proxy"], &event["body"]), (&json!("import/1"), &json!("//4=")));
    let (_, _, body) = http(cloud.url(), "GET", "/api/nowhere", &[], b"").await;
    assert_eq!(parsed(&body)["routeKey"], "$default");
    let (_, _, body) = http(cloud.url(), "POST", "/webhooks/stripe", &[], b"x").await;
    assert_eq!(
        (&parsed(&body)["routeKey"], &parsed(&body)["rawPath"]),
        (&json!("$default"), &json!("/webhooks/stripe"))
    );
    let (_, _, body) = http(cloud.url(), "GET", "/bridge/wordpress/x%20y", &[], b"").await;
    assert_eq!(parsed(&body)["rawPath"], "/bridge/wordpress/x%20y");
    cloud.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_and_failures_answer_as_on_aws() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let (mut registry, seen) = echoes(&cloud);
    registry.insert(
        "PlannerKeywords".into(),
        handler(|event, context| async move {
            assert!(context.deadline_ms > 0 && context.function_name == "PlannerKeywords");
            match event["rawPath"].as_str().unwrap_or_default().rsplit('/').next() {
                Some("error") => Err("broken".into()),
                Some("panic") => panic!("for the test"),
                Some("nonsense") => Ok(json!({"statusCode": "what"})),
                Some("huge") => Ok(json!({"statusCode": 200, "body": "x".repeat(7 * 1024 * 1024)})),
                _ => Ok(json!("plain")),
            }
        }),
    );
    registry.insert(
        "Fallback".into(),
        handler(|_, _| async {
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok(Value::Null)
        }),
    );
    serve(&cloud, registry);
    let get = |path: &'static str| http(cloud.url(), "GET", path, &[], b"");
    for path in ["error", "panic", "nonsense", "huge"] {
        let (status, _, body) = http(cloud.url(), "GET", &format!("/api/planner/keywords/{path}"), &[], b"").await;
        assert_eq!((status, parsed(&body)), (500, json!({"message": "Internal Server Error"})), "{path}");
    }
    let (status, _, body) = get("/api/planner/keywords").await;
    assert_eq!((status, body.as_slice()), (200, b"plain".as_slice()));
    let begun = Instant::now();
    let (status, _, body) = get("/api/slow").await;
    assert_eq!((status, parsed(&body)), (500, json!({"message": "Internal Server Error"})), "the function's timeout");
    assert!(begun.elapsed() < Duration::from_secs(3));
    for (megabytes, content_type, expected) in [
        (11, "text/csv", 413),
        (7, "text/csv", 413),
        (5, "application/octet-stream", 413),
        (4, "application/octet-stream", 200),
        (5, "text/csv", 200),
    ] {
        let body = vec![b'a'; megabytes * 1024 * 1024];
        let (status, _, _) =
            http(cloud.url(), "POST", "/api/planner/keywords", &[("content-type", content_type)], &body).await;
        assert_eq!(status, expected, "{megabytes} MB of {content_type}");
    }
    assert!(seen.lock().unwrap().is_empty());
    cloud.shutdown().await;
}

/// What a client sees of a refusal that first sends all it has.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_refused_in_words() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    const LARGE: usize = 24 * 1024 * 1024;
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let (registry, seen) = echoes(&cloud);
    serve(&cloud, registry);
    let address = cloud.url().trim_start_matches("http://").to_owned();
    let chunk = [b"100000\r\n".to_vec(), vec![b'a'; 1 << 20], b"\r\n".to_vec()].concat();
    let chunked = [chunk.repeat(LARGE >> 20), b"0\r\n\r\n".to_vec()].concat();
    let (length, none) = (format!("content-length: {LARGE}"), Vec::new());
    let whole = vec![b'a'; LARGE];
    let ways = [
        (length.clone(), &whole),
        ("transfer-encoding: chunked".to_owned(), &chunked),
        // Who asks first sends nothing.
        (format!("{length}\r\nexpect: 100-continue"), &none),
    ];
    for (header, body) in ways.iter().cycle().take(12) {
        let mut stream = tokio::net::TcpStream::connect(&address).await.unwrap();
        let head = format!(
            "POST /api/planner/keywords HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-type: text/csv\r\n{header}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 413 "), "{header}: {answer}");
        assert!(answer.ends_with("{\"message\":\"Request Entity Too Large\"}"), "{header}: {answer}");
    }
    assert!(seen.lock().unwrap().is_empty());
    cloud.shutdown().await;
}

struct Sites;

#[async_trait]
impl SiteResolver for Sites {
    async fn resolve(&self, host: &str) -> Option<SiteRoot> {
        let prefix = match host {
            "garden.localhost" | "garden.example" => "sites/garden/v2",
            _ => return None,
        };
        Some(SiteRoot { bucket: "igny8-local-site-bucket".into(), prefix: prefix.into() })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sites_by_host_and_local_pages() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let (registry, _) = echoes(&cloud);
    let local = axum::Router::new()
        .route("/", axum::routing::get(|| async { "the app" }))
        .route("/local/echo", axum::routing::post(|body: String| async move { body }));
    cloud.serve(Guests { registry, sites: Some(Arc::new(Sites)), local: Some(local) }).unwrap();
    for (name, body) in [("index.html", "home"), ("post/index.html", "post")] {
        let key = format!("sites/garden/v2/{name}");
        cloud.objects().put_bytes("igny8-local-site-bucket", &key, body.as_bytes(), Meta::default()).await.unwrap();
    }
    let get = |host: &'static str, path: &'static str| async move { (host, path) };
    for (host, path, status, expected) in [
        ("garden.localhost:8010", "/", 200, "home"),
        ("GARDEN.localhost", "/post", 200, "post"),
        ("garden.example:80", "/post/", 200, "post"),
        ("garden.localhost", "/api/planner/keywords", 404, "Not found."),
        ("127.0.0.1", "/", 200, "the app"),
        ("localhost:9", "/", 200, "the app"),
    ] {
        let (host, path) = get(host, path).await;
        let (got, _, body) = http(cloud.url(), "GET", path, &[("host", host)], b"").await;
        assert_eq!((got, String::from_utf8_lossy(&body).as_ref()), (status, expected), "{host}{path}");
    }
    assert_eq!(http(cloud.url(), "GET", "/", &[("host", "weeds.localhost")], b"").await.0, 404);
    assert_eq!(http(cloud.url(), "POST", "/local/echo", &[], b"hi").await.2, b"hi");
    assert_eq!(http(cloud.url(), "GET", "/local/none", &[], b"").await.0, 404);
    let (_, _, body) = http(cloud.url(), "GET", "/api/none", &[], b"").await;
    assert_eq!(parsed(&body)["routeKey"], "$default");
    cloud.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_deliver_retry_report_partial_failures_and_bury() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let (mut registry, _) = echoes(&cloud);
    let tries = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&tries);
    registry.insert(
        "GenerateWorker".into(),
        handler(move |event, _| {
            let counted = Arc::clone(&counted);
            async move {
                let record = &event["Records"][0];
                assert_eq!(record["eventSource"], "aws:sqs");
                match record["body"].as_str() {
                    Some("bad") => {
                        counted.fetch_add(1, Ordering::SeqCst);
                        Ok(json!({"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}))
                    }
                    Some("nonsense") => Ok(json!({"batchItemFailures": [{"itemIdentifier": "other"}]})),
                    Some("error") => Err("broken".into()),
                    _ => Ok(json!({"batchItemFailures": []})),
                }
            }
        }),
    );
    serve(&cloud, registry);
    let client = sqs(&cloud, cloud.access_key("PlannerKeywords").unwrap());
    let url = cloud.place().queue_url("GenerateQueue");
    for (body, group) in [("good", "a"), ("bad", "a"), ("nonsense", "b"), ("error", "b")] {
        client.send_message().queue_url(&url).message_body(body).message_group_id(group).send().await.unwrap();
    }
    assert!(cloud.queues().drained("GenerateQueue", Duration::from_secs(15)).await);
    assert_eq!(tries.load(Ordering::SeqCst), 2, "maxReceiveCount");
    let mut dead: Vec<_> = cloud
        .queues()
        .receive("GenerateDeadLetters", 10, Duration::ZERO, None)
        .await
        .unwrap()
        .into_iter()
        .map(|message| message.body)
        .collect();
    dead.sort();
    assert_eq!(dead, ["bad", "error", "nonsense"]);
    assert_eq!(cloud.tally("GenerateWorker"), (7, 2));
    assert_eq!(cloud.denied(), []);
    cloud.shutdown().await;
}

async fn put(cloud: &LocalCloud, pk: &str, sk: &str) {
    let client = dynamo(cloud, cloud.admin_key());
    let put = client
        .put_item()
        .table_name(TABLE)
        .item("PK", AttributeValue::S(pk.into()))
        .item("SK", AttributeValue::S(sk.into()));
    put.send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_stream_comes_in_order_at_least_once_and_goes_on_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let got = Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
    let start = |poison: bool| {
        let (got, folder) = (Arc::clone(&got), folder.path().to_owned());
        async move {
            let cloud = open(&folder).await;
            let (mut registry, _) = echoes(&cloud);
            registry.insert(
                "StreamFeed".into(),
                handler(move |event, _| {
                    let got = Arc::clone(&got);
                    async move {
                        let keys = event["Records"].as_array().unwrap().iter();
                        let keys: Vec<_> = keys
                            .map(|record| record["dynamodb"]["Keys"]["SK"]["S"].as_str().unwrap().to_owned())
                            .collect();
                        if poison && keys.iter().any(|key| key == "poison") {
                            return Err("poison".into());
                        }
                        got.lock().unwrap().extend(keys);
                        Ok(Value::Null)
                    }
                }),
            );
            serve(&cloud, registry);
            cloud
        }
    };
    let cloud = start(true).await;
    for key in ["1", "2", "poison", "3"] {
        put(&cloud, "p", key).await;
    }
    // MaximumRetryAttempts is 3: the poisoned record is given up, and told.
    eventually("records around the poison arrive", || got.lock().unwrap().iter().any(|key| key == "3")).await;
    let told = cloud.queues().receive("GenerateDeadLetters", 10, Duration::from_secs(5), None).await.unwrap();
    assert_eq!(parsed(told[0].body.as_bytes())["DDBStreamBatchInfo"]["batchSize"], 1);
    let mut order = got.lock().unwrap().clone();
    order.dedup();
    assert_eq!(order, ["1", "2", "3"]);
    // Deletions are filtered out by the template's pattern.
    let client = dynamo(&cloud, cloud.admin_key());
    let key = |value: &str| AttributeValue::S(value.into());
    client.delete_item().table_name(TABLE).key("PK", key("p")).key("SK", key("1")).send().await.unwrap();
    put(&cloud, "p", "4").await;
    eventually("4 arrives", || got.lock().unwrap().last().is_some_and(|key| key == "4")).await;
    cloud.shutdown().await;
    drop(cloud);
    got.lock().unwrap().clear();
    let cloud = start(false).await;
    put(&cloud, "p", "5").await;
    eventually("5 arrives", || got.lock().unwrap().last().is_some_and(|key| key == "5")).await;
    let after = got.lock().unwrap().clone();
    assert!(after == ["5"] || after == ["4", "5"], "{after:?}");
    cloud.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bus_rules_and_schedules() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let (mut registry, seen) = echoes(&cloud);
    let fails = Arc::new(AtomicU32::new(2));
    let (left, noted) = (Arc::clone(&fails), Arc::clone(&seen));
    registry.insert(
        "Automation".into(),
        handler(move |event, _| {
            let outcome =
                if left.fetch_sub(1, Ordering::SeqCst) > 0 { Err("not yet".to_owned()) } else { Ok(Value::Null) };
            if outcome.is_ok() {
                noted.lock().unwrap().push(("Automation".into(), event));
            }
            async move { outcome }
        }),
    );
    fails.store(2, Ordering::SeqCst);
    serve(&cloud, registry);
    // The bus through the front door, in EventBridge's own protocol.
    let events = |words: u32| {
        json!({"Entries": [{
            "EventBusName": "Bus", "Source": "igny8.content", "DetailType": "content.published",
            "Detail": json!({"words": words}).to_string(),
        }]})
    };
    let auth = format!(
        "AWS4-HMAC-SHA256 Credential={}/20260101/x/events/aws4_request, SignedHeaders=host, Signature=x",
        cloud.admin_key().id
    );
    let headers = [
        ("authorization", auth.as_str()),
        ("x-amz-target", "AWSEvents.PutEvents"),
        ("content-type", "application/x-amz-json-1.1"),
    ];
    for words in [50, 500] {
        let (status, _, body) =
            http(cloud.endpoint(), "POST", "/", &headers, events(words).to_string().as_bytes()).await;
        assert_eq!((status, &parsed(&body)["FailedEntryCount"]), (200, &json!(0)));
    }
    eventually("the matching event arrives, at the third try", || !seen.lock().unwrap().is_empty()).await;
    let (_, event) = seen.lock().unwrap()[0].clone();
    assert_eq!((&event["detail"]["words"], &event["source"]), (&json!(500), &json!("igny8.content")));
    assert_eq!(cloud.tally("Automation"), (3, 2));

    cloud.trigger("sweep").await.unwrap();
    let (name, event) = seen.lock().unwrap().last().cloned().unwrap();
    assert_eq!((name.as_str(), &event["source"], &event["detail"]), ("Sweep", &json!("aws.scheduler"), &json!("{}")));
    assert!(cloud.trigger("GenerateWorker").await.is_err(), "it has no schedule");
    cloud.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_that_is_missing_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let (mut registry, _) = echoes(&cloud);
    registry.remove("Webhook");
    let error = cloud.serve(Guests { registry, ..Guests::default() }).unwrap_err();
    assert!(error.to_string().contains("Webhook"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_noisy_tenant_does_not_delay_a_quiet_one() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let (mut registry, _) = echoes(&cloud);
    let done = Arc::new(std::sync::Mutex::new(Vec::<String>::new()));
    let noted = Arc::clone(&done);
    registry.insert(
        "GenerateWorker".into(),
        handler(move |event, _| {
            let noted = Arc::clone(&noted);
            async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                noted
                    .lock()
                    .unwrap()
                    .push(event["Records"][0]["attributes"]["MessageGroupId"].as_str().unwrap().into());
                Ok(json!({"batchItemFailures": []}))
            }
        }),
    );
    let send = |group: &str| {
        let message = NewMessage { body: "x".into(), group: Some(group.into()), ..NewMessage::default() };
        cloud.queues().send("GenerateQueue", message).unwrap();
    };
    for _ in 0..400 {
        send("noisy");
    }
    for _ in 0..5 {
        send("quiet");
    }
    serve(&cloud, registry);
    assert!(cloud.queues().drained("GenerateQueue", Duration::from_secs(20)).await);
    let done = done.lock().unwrap();
    let last = done.iter().rposition(|group| group == "quiet").unwrap();
    assert!(done.len() == 405 && last < 20, "the quiet tenant's last item was number {last}");
}
