//! What goes wrong on purpose, as the SDK sees it; and what does not when the process is killed.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "the tests are about the SDK's own calls"
)]

mod common;

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use aws_sdk_dynamodb::{
    error::ProvideErrorMetadata as _,
    types::{AttributeValue, Put, TransactWriteItem},
};
use common::{dynamo, open};
use igny8_local::{LocalCloud, emulators::objects::Meta};

const TABLE: &str = "igny8-local-table";

fn text(value: impl Into<String>) -> AttributeValue {
    AttributeValue::S(value.into())
}

async fn find(cloud: &LocalCloud, status: &str) -> i32 {
    let query = dynamo(cloud, cloud.admin_key()).query().table_name(TABLE).index_name("gsi1");
    let query = query.key_condition_expression("gsi1pk = :p").expression_attribute_values(":p", text(status));
    query.send().await.unwrap().count()
}

async fn put(cloud: &LocalCloud, id: &str, status: &str) {
    let client = dynamo(cloud, cloud.admin_key());
    let put = client.put_item().table_name(TABLE).item("PK", text("p")).item("SK", text(id));
    put.item("gsi1pk", text(status)).item("gsi1sk", text(id)).send().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn indexes_lag_and_the_table_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    put(&cloud, "old", "waiting").await;
    let lag = Duration::from_secs(2);
    cloud.set_faults(|plan| plan.stale_indexes = Some(lag)).await.unwrap();
    assert_eq!(find(&cloud, "waiting").await, 1, "what was there before is seen");
    let begun = Instant::now();
    put(&cloud, "old", "done").await;
    put(&cloud, "new", "waiting").await;
    let client = dynamo(&cloud, cloud.admin_key());
    let got = client.get_item().table_name(TABLE).key("PK", text("p")).key("SK", text("old")).send().await.unwrap();
    assert_eq!(got.item().unwrap()["gsi1pk"], text("done"), "the table itself is fresh");
    assert_eq!((find(&cloud, "waiting").await, find(&cloud, "done").await), (1, 0), "the index shows the past");
    while find(&cloud, "done").await == 0 {
        assert!(begun.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(begun.elapsed() >= lag, "{:?}", begun.elapsed());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(find(&cloud, "waiting").await, 1);
    cloud.set_faults(|plan| plan.stale_indexes = None).await.unwrap();
    put(&cloud, "newer", "waiting").await;
    assert_eq!(find(&cloud, "waiting").await, 2, "fresh again");
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_and_lost_answers_reach_the_sdk() {
    let folder = tempfile::tempdir().unwrap();
    let cloud = open(folder.path()).await;
    let client = dynamo(&cloud, cloud.admin_key());
    let once =
        client.config().to_builder().retry_config(aws_sdk_dynamodb::config::retry::RetryConfig::disabled()).build();
    let once = aws_sdk_dynamodb::Client::from_conf(once);
    let put = |sk: &str| once.put_item().table_name(TABLE).item("PK", text("p")).item("SK", text(sk)).send();
    cloud.set_faults(|plan| plan.table.conflict = 1.0).await.unwrap();
    assert_eq!(put("a").await.unwrap_err().code(), Some("TransactionConflictException"));
    let item = Put::builder().table_name(TABLE).item("PK", text("p")).item("SK", text("a")).build().unwrap();
    let error = once.transact_write_items().transact_items(TransactWriteItem::builder().put(item).build()).send().await;
    let error = error.unwrap_err().into_service_error();
    let aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(error) =
        error
    else {
        panic!("{error:?}")
    };
    assert_eq!(error.cancellation_reasons()[0].code(), Some("TransactionConflict"));
    cloud.set_faults(|plan| (plan.table.conflict, plan.table.internal) = (0.0, 1.0)).await.unwrap();
    assert!(put("a").await.unwrap_err().raw_response().unwrap().status().is_server_error());
    cloud.set_faults(|plan| (plan.table.internal, plan.table.lost_answer) = (0.0, 1.0)).await.unwrap();
    let error = put("lost").await.unwrap_err();
    assert!(error.raw_response().is_none(), "no answer at all: {error:?}");
    cloud.set_faults(|plan| plan.table.lost_answer = 0.0).await.unwrap();
    let got = client.get_item().table_name(TABLE).key("PK", text("p")).key("SK", text("lost")).send().await.unwrap();
    assert!(got.item().is_some(), "it was carried out all the same");
    cloud.set_faults(|plan| plan.table.throttle = 0.5).await.unwrap();
    for n in 0..20 {
        // The SDK's own retries get through.
        let put = client.put_item().table_name(TABLE).item("PK", text("p")).item("SK", text(n.to_string()));
        let retry = aws_sdk_dynamodb::config::retry::RetryConfig::standard()
            .with_max_attempts(12)
            .with_initial_backoff(Duration::from_millis(1));
        put.customize().config_override(aws_sdk_dynamodb::Config::builder().retry_config(retry)).send().await.unwrap();
    }
}

const CHILD: &str = "IGNY8_LOCAL_TEST_DIR";

/// Not a test of its own: the process that the next one kills. It writes and says what was acknowledged.
#[tokio::test(flavor = "multi_thread")]
async fn the_process_that_is_killed() {
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let cloud = open(std::path::Path::new(&folder)).await;
    let bucket = "igny8-local-site-bucket";
    for n in 0_u32.. {
        put(&cloud, &n.to_string(), "x").await;
        let body = vec![b'x'; 100_000];
        cloud.objects().put_bytes(bucket, &format!("k/{n}"), &body, Meta::default()).await.unwrap();
        cloud.secrets().set("counter", &n.to_string()).unwrap();
        println!("acknowledged {n}");
        std::io::stdout().flush().unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = None;
    for round in 0..3 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "the_process_that_is_killed", "--nocapture"])
            .env(CHILD, folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let numbers =
            lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("acknowledged ")?.parse::<u32>().ok());
        for number in numbers {
            acknowledged = Some(number);
            if number >= 10 + round * 7 {
                // SIGKILL, in the middle of the next write.
                child.kill().unwrap();
                break;
            }
        }
        child.wait().unwrap();
    }
    let acknowledged = acknowledged.unwrap();
    let cloud = open(folder.path()).await;
    let client = dynamo(&cloud, cloud.admin_key());
    for n in 0..=acknowledged {
        let got = client.get_item().table_name(TABLE).key("PK", text("p")).key("SK", text(n.to_string())).send().await;
        assert!(got.unwrap().item().is_some(), "item {n}");
        let object = cloud.objects().head("igny8-local-site-bucket", &format!("k/{n}")).unwrap();
        assert_eq!(object.unwrap().size, 100_000, "object {n}");
    }
    let counter: u32 = cloud.secrets().get("counter").unwrap().parse().unwrap();
    assert!(counter >= acknowledged);
}
