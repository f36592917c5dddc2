//! The services behind the front door, asked with the real AWS SDK.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "the tests are about the SDK's own calls"
)]

mod common;

use std::{
    os::unix::fs::PermissionsExt as _,
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{
    operation::RequestId as _,
    types::{AttributeValue, Put, ReturnConsumedCapacity, TransactWriteItem},
};
use aws_sdk_s3::{error::ProvideErrorMetadata as _, presigning::PresigningConfig, primitives::ByteStream};
use common::{dynamo, http, open, s3, secrets, sqs};
use igny8_local::{Denied, LocalCloud, Options, TemplateSource};

const TABLE: &str = "igny8-local-table";
const BUCKET: &str = "igny8-local-site-bucket";

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.into())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_table_keeps_what_it_was_given_and_counts_units() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let client = dynamo(&cloud, cloud.access_key("PlannerKeywords").unwrap());
    let put = client.put_item().table_name(TABLE).item("PK", text("T#1")).item("SK", text("a"));
    let put = put.item("gsi1pk", text("G")).item("gsi1sk", text("1")).item("body", text(&"x".repeat(2500)));
    let answer = put.send().await.unwrap();
    assert!(answer.request_id().is_some());
    assert!(answer.consumed_capacity().is_none(), "nobody asked");
    // 2.5 KB are 3 units, and 3 more for the index, as on AWS.
    assert!((cloud.consumed()["PlannerKeywords"].write - 6.0).abs() < 1e-9, "{:?}", cloud.consumed());
    let query = client.query().table_name(TABLE).index_name("gsi1").key_condition_expression("gsi1pk = :p");
    let query = query.expression_attribute_values(":p", text("G"));
    let page = query.return_consumed_capacity(ReturnConsumedCapacity::Total).send().await.unwrap();
    assert_eq!(page.count(), 1);
    assert_eq!(page.consumed_capacity().unwrap().capacity_units(), Some(0.5));
    let item = |sk: &str| {
        let put = Put::builder().table_name(TABLE).item("PK", text("T#1")).item("SK", text(sk));
        TransactWriteItem::builder().put(put.condition_expression("attribute_not_exists(PK)").build().unwrap()).build()
    };
    let error = client.transact_write_items().transact_items(item("b")).transact_items(item("a")).send().await;
    let error = error.unwrap_err().into_service_error();
    let reasons = match &error {
        aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(e) => {
            e.cancellation_reasons().iter().map(|reason| reason.code().unwrap().to_owned()).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(reasons, ["None", "ConditionalCheckFailed"]);
    assert_eq!(cloud.denied(), []);

    // A second process finds the item.
    drop(client);
    cloud.shutdown().await;
    drop(cloud);
    let cloud = open(folder.path()).await;
    let client = dynamo(&cloud, cloud.admin_key());
    let got = client.get_item().table_name(TABLE).key("PK", text("T#1")).key("SK", text("a")).send().await.unwrap();
    assert_eq!(got.item().unwrap()["gsi1pk"], text("G"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_a_policy_is_refused_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let worker = cloud.access_key("GenerateWorker").unwrap();
    let client = dynamo(&cloud, worker.clone());
    client.put_item().table_name(TABLE).item("PK", text("p")).item("SK", text("s")).send().await.unwrap();
    let query = client.query().table_name(TABLE).index_name("gsi1").key_condition_expression("gsi1pk = :p");
    let error = query.expression_attribute_values(":p", text("G")).send().await.unwrap_err();
    assert_eq!(error.code(), Some("AccessDeniedException"));
    let queue = cloud.place().queue_url("GenerateQueue");
    let error =
        sqs(&cloud, worker.clone()).send_message().queue_url(&queue).message_body("x").send().await.unwrap_err();
    assert_eq!(error.code(), Some("AccessDeniedException"));
    let error = s3(&cloud, worker).get_object().bucket(BUCKET).key("k").send().await.unwrap_err();
    assert_eq!(error.code(), Some("AccessDenied"));
    let denied =
        |action: &str, resource: String| Denied { function: "GenerateWorker".into(), action: action.into(), resource };
    assert_eq!(
        cloud.denied(),
        [
            denied("dynamodb:Query", format!("{}/index/gsi1", cloud.place().table_arn(TABLE))),
            denied("s3:GetObject", format!("arn:aws:s3:::{BUCKET}/k")),
            denied("sqs:SendMessage", cloud.place().queue_arn("GenerateQueue")),
        ]
    );
    let nobody = igny8_local::AccessKey { id: "AKIANOBODY".into(), secret: "x".into() };
    let error = dynamo(&cloud, nobody).list_tables().send().await.unwrap_err();
    assert_eq!(error.code(), Some("UnrecognizedClientException"));
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_through_the_sdk_with_its_default_checksums() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let client = s3(&cloud, cloud.admin_key());
    let key = format!("sites/{}/ä b/index.html", "long".repeat(60));
    let body = "<p>Grüße</p>".repeat(20_000);
    let put = client.put_object().bucket(BUCKET).key(&key).body(ByteStream::from(body.clone().into_bytes()));
    let put = put.content_type("text/html").cache_control("max-age=60").metadata("job", "1").send().await.unwrap();
    assert!(put.checksum_crc32().is_some(), "the SDK's trailing checksum was checked");
    let got = client.get_object().bucket(BUCKET).key(&key).send().await.unwrap();
    assert_eq!(got.content_type(), Some("text/html"));
    assert_eq!(got.metadata().unwrap()["job"], "1");
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), body.as_bytes());
    // A file as a stream goes out aws-chunked with a trailer.
    let file = folder.path().join("upload");
    std::fs::write(&file, &body).unwrap();
    let stream = ByteStream::from_path(&file).await.unwrap();
    let streamed = client.put_object().bucket(BUCKET).key("streamed").body(stream).send().await.unwrap();
    assert_eq!(streamed.e_tag(), put.e_tag());
    let part = client.get_object().bucket(BUCKET).key("streamed").range("bytes=3-8").send().await.unwrap();
    assert_eq!(part.content_range(), Some(format!("bytes 3-8/{}", body.len()).as_str()));
    assert_eq!(part.body.collect().await.unwrap().into_bytes(), &body.as_bytes()[3..9]);
    let once = || client.put_object().bucket(BUCKET).key("once").if_none_match("*").body(ByteStream::from_static(b"1"));
    once().send().await.unwrap();
    assert_eq!(once().send().await.unwrap_err().code(), Some("PreconditionFailed"));
    for n in 0..5 {
        client
            .put_object()
            .bucket(BUCKET)
            .key(format!("list/{n}/x"))
            .body(ByteStream::from_static(b""))
            .send()
            .await
            .unwrap();
    }
    let mut pages = client.list_objects_v2().bucket(BUCKET).prefix("list/").max_keys(2).into_paginator().send();
    let mut keys = Vec::new();
    while let Some(page) = pages.next().await {
        keys.extend(page.unwrap().contents().iter().map(|object| object.key().unwrap().to_owned()));
    }
    assert_eq!(keys, ["list/0/x", "list/1/x", "list/2/x", "list/3/x", "list/4/x"]);
    let folders = client.list_objects_v2().bucket(BUCKET).prefix("list/").delimiter("/").send().await.unwrap();
    assert_eq!(folders.common_prefixes().len(), 5);
    client.copy_object().bucket(BUCKET).key("copy").copy_source(format!("{BUCKET}/streamed")).send().await.unwrap();
    let copy = client.head_object().bucket(BUCKET).key("copy").send().await.unwrap();
    assert_eq!((copy.content_length(), copy.e_tag()), (Some(body.len() as i64), put.e_tag()));
    client.delete_object().bucket(BUCKET).key("copy").send().await.unwrap();
    let gone = client.get_object().bucket(BUCKET).key("copy").send().await.unwrap_err();
    assert_eq!(gone.code(), Some("NoSuchKey"));
}

#[tokio::test(flavor = "multi_thread")]
async fn presigned_uploads_work_until_they_expire_and_answer_cors() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    // The function may write under uploads/, so a URL that it signs may, too.
    let client = s3(&cloud, cloud.access_key("Webhook").unwrap());
    let presign = |key: &'static str, seconds| {
        let client = client.clone();
        async move {
            let config = PresigningConfig::expires_in(Duration::from_secs(seconds)).unwrap();
            let request = client.put_object().bucket(BUCKET).key(key).presigned(config).await.unwrap();
            let at = request.uri().find(BUCKET).unwrap() - 1;
            request.uri()[at..].to_owned()
        }
    };
    let upload = presign("uploads/file.csv", 60).await;
    let page = [
        ("Origin", "http://127.0.0.1:8010"),
        ("Access-Control-Request-Method", "PUT"),
        ("Access-Control-Request-Headers", "content-type"),
    ];
    let (status, headers, _) = http(cloud.endpoint(), "OPTIONS", &upload, &page, b"").await;
    assert_eq!((status, headers["access-control-allow-methods"].as_str()), (200, "PUT"));
    let (status, headers, body) = http(cloud.endpoint(), "PUT", &upload, &page[..1], b"keyword\nx").await;
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&body));
    assert_eq!(headers["access-control-allow-origin"], "http://127.0.0.1:8010");
    assert_eq!(cloud.objects().head(BUCKET, "uploads/file.csv").unwrap().unwrap().size, 9);
    let other = upload.replace("file.csv", "other.csv");
    assert_eq!(http(cloud.endpoint(), "PUT", &other, &[], b"x").await.0, 403, "the signature names the key");
    let elsewhere = presign("sites/page.html", 60).await;
    assert_eq!(http(cloud.endpoint(), "PUT", &elsewhere, &[], b"x").await.0, 403, "the policy counts");
    let short = presign("uploads/late.csv", 1).await;
    tokio::time::sleep(Duration::from_millis(2100)).await;
    let (status, _, body) = http(cloud.endpoint(), "PUT", &short, &[], b"x").await;
    assert_eq!(status, 403);
    assert!(String::from_utf8_lossy(&body).contains("expired"), "{}", String::from_utf8_lossy(&body));
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_and_secrets_through_the_sdk() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let client = sqs(&cloud, cloud.admin_key());
    let url = client.get_queue_url().queue_name("GenerateDeadLetters").send().await.unwrap().queue_url.unwrap();
    assert_eq!(url, cloud.place().queue_url("GenerateDeadLetters"));
    client.send_message().queue_url(&url).message_body("hello").message_group_id("tenant").send().await.unwrap();
    let got = client.receive_message().queue_url(&url).wait_time_seconds(5).send().await.unwrap();
    let message = &got.messages()[0];
    assert_eq!(message.body(), Some("hello"));
    client.delete_message().queue_url(&url).receipt_handle(message.receipt_handle().unwrap()).send().await.unwrap();
    let begun = Instant::now();
    let empty = client.receive_message().queue_url(&url).wait_time_seconds(1).send().await.unwrap();
    assert!(empty.messages().is_empty() && begun.elapsed() >= Duration::from_secs(1));
    let error = client.get_queue_url().queue_name("none").send().await.unwrap_err().into_service_error();
    assert!(error.is_queue_does_not_exist(), "{error:?}");

    let webhook = secrets(&cloud, cloud.access_key("Webhook").unwrap());
    let arn = cloud.place().secret_arn("SigningKey");
    let value = webhook.get_secret_value().secret_id(&arn).send().await.unwrap();
    assert_eq!(value.secret_string().map(str::len), Some(64));
    let error = webhook.put_secret_value().secret_id(&arn).secret_string("x").send().await.unwrap_err();
    assert_eq!(error.code(), Some("AccessDeniedException"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_is_one_process_s_and_hidden_from_other_users() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    // As an older version left them: the seed, and the secrets of a template that has one.
    std::fs::create_dir(&data).unwrap();
    for (name, text) in [("keys.seed", "seed"), ("secrets.json", "{}"), ("table.sqlite", "")] {
        std::fs::write(data.join(name), text).unwrap();
        std::fs::set_permissions(data.join(name), std::fs::Permissions::from_mode(0o644)).unwrap();
    }
    let cloud = open(&data).await;
    cloud.secrets().set("key", "of great worth").unwrap();
    for file in std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }

    let second = || LocalCloud::open(Options::new(&data, TemplateSource::read(common::FIXTURE).unwrap()));
    let error = second().await.err().unwrap().to_string();
    assert!(error.contains("IGNY8_DATA_DIR=") && error.contains("IGNY8_ADDR="), "{error}");
    cloud.shutdown().await;
    drop(cloud);
    second().await.unwrap().shutdown().await;

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap();
    let options = Options { address: taken, ..Options::new(&data, TemplateSource::read(common::FIXTURE).unwrap()) };
    let error = LocalCloud::open(options).await.err().unwrap().to_string();
    assert!(error.starts_with(&format!("IGNY8_ADDR: cannot listen at {taken}")), "{error}");
    assert!(error.contains("IGNY8_ADDR=127.0.0.1:8020"), "{error}");

    let fresh = folder.path().join("fresh");
    open(&fresh).await.shutdown().await;
    assert_eq!(mode(&fresh), 0o700);
}
