//! Queues, streams, schedules and events of the bus: what is read, what is told as failed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may fail them")]

mod common;

use std::sync::{Arc, Mutex};

use common::{app, invocation, message, start};
use igny8_core::{Error, ErrorKind};
use igny8_lambda::{FunctionSpec, Handler, SocketChange, StreamChange, StreamError, metrics};
use igny8_table::{AttributeValue, from_item};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Order {
    item: String,
}

const QUEUE: FunctionSpec = FunctionSpec {
    name: "probe-worker",
    needs: &[],
    build: |_| {
        let seen: Arc<Mutex<Vec<String>>> = Arc::default();
        Ok(Handler::queue(move |message, call| {
            let seen = seen.clone();
            async move {
                assert_eq!((message.received(), message.group()), (2, Some("01K0TENANT")));
                assert_eq!(call.function_name, "probe");
                let order: Order = message.json()?;
                seen.lock().unwrap().push(order.item.clone());
                match order.item.as_str() {
                    "busy" => Err(Error::unavailable("throttled")),
                    "bug" => Err(Error::internal("a bug")),
                    "count" => Err(Error::new(ErrorKind::Conflict, seen.lock().unwrap().join(","))),
                    _ => Ok(()),
                }
            }
        }))
    },
};

fn failures(answer: &Value) -> Vec<&str> {
    answer["batchItemFailures"].as_array().unwrap().iter().map(|row| row["itemIdentifier"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn only_the_messages_that_failed_come_again() {
    let records = [
        message("1", r#"{"item": "good"}"#),
        message("2", r#"{"item": "busy"}"#),
        message("3", "not JSON at all"),
        message("4", r#"{"wrong": "shape"}"#),
        message("5", r#"{"item": "bug"}"#),
        message("6", r#"{"item": "after"}"#),
    ];
    let answer = start(&QUEUE)(json!({"Records": records}), invocation()).await.unwrap();
    // What cannot be read is not told as failed: it would only come back until it is dead.
    assert_eq!(failures(&answer), ["2", "5"]);
    let none = start(&QUEUE)(json!({"Records": [message("1", r#"{"item": "good"}"#)]}), invocation()).await.unwrap();
    assert_eq!(none, json!({"batchItemFailures": []}));
}

#[tokio::test]
async fn in_a_fifo_queue_the_group_waits_for_its_failed_message() {
    let fifo = |id: &str, item: &str| {
        let mut record = message(id, &json!({"item": item}).to_string());
        record["eventSourceARN"] = json!("arn:aws:sqs:eu-central-1:123456789012:probe.fifo");
        record
    };
    let records = [fifo("1", "good"), fifo("2", "busy"), fifo("3", "after")];
    let answer = start(&QUEUE)(json!({"Records": records}), invocation()).await.unwrap();
    assert_eq!(failures(&answer), ["2", "3"]);
}

#[tokio::test]
async fn an_event_that_is_none_of_a_queue_is_an_error() {
    assert!(start(&QUEUE)(json!({"detail": {}}), invocation()).await.unwrap_err().contains("a queue"));
}

/// A record as DynamoDB Streams gives it to Lambda, with every type of attribute.
fn record(id: &str, number: &str) -> Value {
    json!({
        "eventID": id,
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "eu-central-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_795_341_600,
            "Keys": {"PK": {"S": "T#1#JOB"}, "SK": {"S": "01J"}},
            "OldImage": {"PK": {"S": "T#1#JOB"}, "SK": {"S": "01J"}, "done": {"N": "1"}},
            "NewImage": {
                "PK": {"S": "T#1#JOB"}, "SK": {"S": "01J"}, "done": {"N": "2"}, "text": {"S": "Grüße"},
                "open": {"BOOL": true}, "nothing": {"NULL": true}, "bytes": {"B": "AAEC"},
                "list": {"L": [{"S": "a"}, {"L": []}]}, "map": {"M": {"b": {"N": "-1.5"}}},
                "texts": {"SS": ["x", "y"]}, "numbers": {"NS": ["1", "2"]}, "blobs": {"BS": ["AA=="]}
            },
            "SequenceNumber": number,
            "SizeBytes": 120,
            "StreamViewType": "NEW_AND_OLD_IMAGES"
        },
        "eventSourceARN": "arn:aws:dynamodb:eu-central-1:123456789012:table/igny8/stream/2026-11-22T10:00:00.000"
    })
}

#[derive(Deserialize)]
struct Row {
    done: u32,
    text: Option<String>,
    open: Option<bool>,
}

const STREAM: FunctionSpec = FunctionSpec {
    name: "probe-stream",
    needs: &[],
    build: |_| {
        Ok(Handler::stream(|records, _| async move {
            for record in &records {
                let (old, new) = (record.old.clone().unwrap(), record.new.clone().unwrap());
                assert_eq!(record.name, StreamChange::Modify);
                assert_eq!(record.keys["PK"], AttributeValue::S("T#1#JOB".into()));
                let after = |name: &str| new[name].clone();
                assert_eq!(after("bytes"), AttributeValue::B(vec![0, 1, 2].into()));
                assert_eq!(after("nothing"), AttributeValue::Null(true));
                assert_eq!(after("texts"), AttributeValue::Ss(vec!["x".into(), "y".into()]));
                assert_eq!(after("numbers"), AttributeValue::Ns(vec!["1".into(), "2".into()]));
                assert_eq!(after("blobs"), AttributeValue::Bs(vec![vec![0].into()]));
                assert_eq!(
                    after("list"),
                    AttributeValue::L(vec![AttributeValue::S("a".into()), AttributeValue::L(vec![])])
                );
                assert_eq!(after("map").as_m().unwrap()["b"], AttributeValue::N("-1.5".into()));
                let (old, new): (Row, Row) = (from_item(old)?, from_item(new)?);
                assert_eq!((old.done, new.done, new.text.as_deref(), new.open), (1, 2, Some("Grüße"), Some(true)));
                match record.event_id.as_str() {
                    "stop" => return Err(StreamError::at(record, Error::unavailable("the bus"))),
                    "all" => return Err(Error::unavailable("the table").into()),
                    _ => {}
                }
            }
            Ok(())
        }))
    },
};

#[tokio::test]
async fn a_stream_goes_on_where_it_failed() {
    let call = |records: Vec<Value>| start(&STREAM)(json!({"Records": records}), invocation());
    assert_eq!(call(vec![record("a", "1"), record("b", "2")]).await.unwrap(), json!({"batchItemFailures": []}));
    let answer = call(vec![record("a", "1"), record("stop", "2"), record("c", "3")]).await.unwrap();
    assert_eq!(failures(&answer), ["2"]);
    let answer = call(vec![record("a", "1"), record("b", "2"), record("all", "3")]).await.unwrap();
    assert_eq!(failures(&answer), ["1"]);
    assert_eq!(call(vec![]).await.unwrap(), json!({"batchItemFailures": []}));
    // Without a sequence number, the whole batch is sent again.
    assert!(call(vec![record("stop", "")]).await.is_err());
}

#[tokio::test]
async fn a_record_that_can_never_be_read_does_not_block_its_shard() {
    let mut odd = record("odd", "2");
    odd["dynamodb"]["NewImage"]["text"] = json!({"X": "?"});
    let mut nameless = record("odd", "3");
    nameless["eventName"] = json!("EXPLODE");
    let event = json!({"Records": [record("a", "1"), odd, nameless, record("stop", "4")]});
    assert_eq!(failures(&start(&STREAM)(event, invocation()).await.unwrap()), ["4"]);
}

const SCHEDULE: FunctionSpec = FunctionSpec {
    name: "probe-sweep",
    needs: &["TABLE_NAME"],
    build: |app| {
        let fails = app.config.get("FAILS").is_some();
        Ok(Handler::schedule(move |call| async move {
            metrics::count("items", 3);
            if fails { Err(Error::unavailable("the table")) } else { Ok(json!({"swept": 3, "by": call.request_id})) }
        }))
    },
};

/// What EventBridge sends on a schedule.
fn scheduled() -> Value {
    json!({
        "version": "0", "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa", "detail-type": "Scheduled Event",
        "source": "aws.events", "account": "123456789012", "time": "2026-11-22T10:00:00Z", "region": "eu-central-1",
        "resources": ["arn:aws:events:eu-central-1:123456789012:rule/sweep"], "detail": {}
    })
}

#[tokio::test]
async fn a_schedule_answers_what_it_did_and_counts_it() {
    static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());
    let invoke =
        SCHEDULE.start(&app(&[("TABLE_NAME", "t")]), |line| LINES.lock().unwrap().push(line.to_owned())).unwrap();
    let answer = invoke(scheduled(), invocation()).await.unwrap();
    assert_eq!(answer, json!({"swept": 3, "by": "8476a536-e9f4-11e8-9739-2dfe598c3fcd"}));
    let line: Value = serde_json::from_str(&LINES.lock().unwrap()[0]).unwrap();
    assert_eq!((&line["items"], &line["function"]), (&json!(3), &json!("probe-sweep")));
    let fails = SCHEDULE.start(&app(&[("TABLE_NAME", "t"), ("FAILS", "1")]), metrics::nowhere).unwrap();
    let error = fails(scheduled(), invocation()).await.unwrap_err();
    assert!(error.contains("the table"), "{error}");
}

const BROKEN: FunctionSpec =
    FunctionSpec { name: "broken", needs: &[], build: |app| Err(app.config.need("JWT_KEYS").unwrap_err().into()) };

#[test]
fn a_function_refuses_to_start_without_its_settings() {
    let error = SCHEDULE.start(&app(&[]), metrics::nowhere).err().unwrap().to_string();
    assert_eq!(error, "probe-sweep cannot start: set the environment variables TABLE_NAME");
    let error = BROKEN.start(&app(&[]), metrics::nowhere).err().unwrap().to_string();
    assert_eq!(error, "broken cannot start: the environment variable JWT_KEYS is not set");
}

const EVENT: FunctionSpec = FunctionSpec {
    name: "probe-mail",
    needs: &[],
    build: |_| {
        Ok(Handler::event(|event, _| async move {
            assert_eq!((event.detail_type.as_str(), event.id.as_str()), ("mail.requested", "e1"));
            match event.json::<Order>()?.item.as_str() {
                "busy" => Err(Error::unavailable("the mail port")),
                _ => Ok(()),
            }
        }))
    },
};

#[tokio::test]
async fn an_event_of_the_bus_comes_again_only_if_that_can_help() {
    let call = |detail: Value| {
        let event = json!({"version": "0", "id": "e1", "detail-type": "mail.requested", "source": "igny8",
            "account": "123456789012", "time": "2026-11-22T10:00:00Z", "region": "eu-central-1", "resources": [],
            "detail": detail});
        start(&EVENT)(event, invocation())
    };
    assert_eq!(call(json!({"item": "good"})).await, Ok(Value::Null));
    assert_eq!(call(json!({"wrong": 1})).await, Ok(Value::Null));
    assert!(call(json!({"item": "busy"})).await.unwrap_err().contains("the mail port"));
    assert!(start(&EVENT)(json!({}), invocation()).await.is_err());
}

const SOCKET: FunctionSpec = FunctionSpec {
    name: "probe-socket",
    needs: &[],
    build: |_| {
        Ok(Handler::socket(|event, _| async move {
            assert_eq!(event.connection, "BkT6sdGJFiACFGw=");
            match event.change {
                SocketChange::Connect(query) => match query.get("ticket").map(String::as_str) {
                    Some("good") => Ok(()),
                    Some(_) => Err(Error::forbidden("used")),
                    None => Err(Error::unauthenticated("none")),
                },
                SocketChange::Message(body) if body == "ping" => Ok(()),
                SocketChange::Message(_) => Err(Error::new(ErrorKind::Unreadable, "what?")),
                SocketChange::Disconnect => Err(Error::unavailable("busy")),
            }
        }))
    },
};

#[tokio::test]
async fn a_socket_is_opened_or_refused_and_its_texts_are_heard() {
    let event = |kind: &str, query: Value, body: Value| {
        json!({
            "requestContext": {"connectionId": "BkT6sdGJFiACFGw=", "eventType": kind, "routeKey": "$default", "stage": "live"},
            "queryStringParameters": query, "body": body, "isBase64Encoded": false,
        })
    };
    let none = || Value::Null;
    for (event, status) in [
        (event("CONNECT", json!({"ticket": "good"}), none()), 200),
        (event("CONNECT", json!({"ticket": "bad"}), none()), 403),
        (event("CONNECT", none(), none()), 401),
        (event("MESSAGE", none(), json!("ping")), 200),
        (event("MESSAGE", none(), json!("nonsense")), 400),
    ] {
        assert_eq!(start(&SOCKET)(event, invocation()).await, Ok(json!({"statusCode": status})));
    }
    // What may work later is Lambda's to repeat.
    assert!(start(&SOCKET)(event("DISCONNECT", none(), none()), invocation()).await.is_err());
    assert!(start(&SOCKET)(json!({"Records": []}), invocation()).await.is_err());
}
