use serde_json::{Value, json};

use super::*;
use crate::template::Queue;

fn queues() -> Queues {
    let queues = Queues::new(Place::default(), Arc::new(Faults::none()));
    let queue = |name: &str, redrive| Queue {
        name: name.into(),
        visibility: Duration::from_secs(30),
        retention: Duration::from_hours(1),
        delay: Duration::ZERO,
        redrive,
    };
    queues.create(&queue("dead", None));
    queues.create(&queue("q", Some(("arn:aws:sqs:r:a:dead".into(), 2))));
    queues
}

fn message(body: &str, group: &str) -> NewMessage {
    NewMessage { body: body.into(), group: Some(group.into()), ..NewMessage::default() }
}

async fn receive(queues: &Queues, wait: u64) -> Option<Message> {
    queues.receive("q", 1, Duration::from_secs(wait), None).await.unwrap().pop()
}

#[tokio::test(start_paused = true)]
async fn a_received_message_is_hidden_comes_back_and_dies() {
    let queues = queues();
    queues.send("q", message("a", "t")).unwrap();
    let first = receive(&queues, 0).await.unwrap();
    assert_eq!(first.receives, 1);
    assert!(receive(&queues, 0).await.is_none(), "hidden");
    // A long poll ends when the visibility timeout does.
    let begun = Instant::now();
    let second = receive(&queues, 60).await.unwrap();
    assert_eq!((second.receives, begun.elapsed().as_secs()), (2, 30));
    queues.delete("q", &first.receipt);
    assert_eq!(queues.counts("q").unwrap().in_flight, 1, "an outdated handle deletes nothing");
    // The third receive would exceed maxReceiveCount, so the message dies instead.
    assert!(receive(&queues, 40).await.is_none());
    assert_eq!(queues.counts("q").unwrap().total(), 0);
    let dead = queues.receive("dead", 10, Duration::ZERO, None).await.unwrap();
    assert_eq!((dead[0].id.as_str(), dead[0].body.as_str()), (first.id.as_str(), "a"));
    assert_eq!(dead[0].dead_from.as_deref(), Some("arn:aws:sqs:eu-central-1:000000000000:q"));
}

#[tokio::test(start_paused = true)]
async fn delays_hold_back_and_visibility_can_be_changed() {
    let queues = queues();
    let late = NewMessage { delay: Some(Duration::from_secs(5)), ..message("late", "t") };
    queues.send("q", late).unwrap();
    assert_eq!(queues.counts("q").unwrap(), Counts { ready: 0, in_flight: 0, delayed: 1 });
    let begun = Instant::now();
    let got = receive(&queues, 20).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 5);
    assert_eq!(queues.change_visibility("q", &got.receipt, Duration::from_secs(2)), Some(true));
    let begun = Instant::now();
    let again = receive(&queues, 20).await.unwrap();
    assert_eq!(begun.elapsed().as_secs(), 2);
    assert_eq!(queues.change_visibility("q", &got.receipt, Duration::ZERO), Some(false), "outdated");
    assert_eq!(queues.change_visibility("q", &again.receipt, Duration::ZERO), Some(true));
    assert_eq!(queues.counts("q").unwrap().ready, 1);
}

#[tokio::test(start_paused = true)]
async fn a_quiet_group_is_served_before_a_noisy_ones_backlog() {
    let queues = queues();
    for number in 0..100 {
        queues.send("q", message(&format!("noisy {number}"), "noisy")).unwrap();
    }
    let mut in_flight = Vec::new();
    for _ in 0..5 {
        in_flight.push(receive(&queues, 0).await.unwrap());
    }
    queues.send("q", message("quiet 1", "quiet")).unwrap();
    queues.send("q", message("quiet 2", "quiet")).unwrap();
    assert_eq!(receive(&queues, 0).await.unwrap().body, "quiet 1");
    assert_eq!(receive(&queues, 0).await.unwrap().body, "quiet 2");
    assert_eq!(receive(&queues, 0).await.unwrap().body, "noisy 5", "order within a group, when nothing returns to it");
}

#[tokio::test(start_paused = true)]
async fn a_waiting_receiver_is_woken_by_a_message() {
    let queues = Arc::new(queues());
    let waiting = tokio::spawn({
        let queues = Arc::clone(&queues);
        async move { receive(&queues, 20).await }
    });
    tokio::time::sleep(Duration::from_secs(1)).await;
    let begun = Instant::now();
    queues.send("q", message("x", "t")).unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().body, "x");
    assert!(begun.elapsed() < Duration::from_millis(10));
}

#[tokio::test(start_paused = true)]
async fn speaks_the_json_protocol() {
    let queues = queues();
    let url = queues.url("q");
    let call = |name: &'static str, body: Value| {
        let queues = &queues;
        async move { operation(queues, name, &body).await }
    };
    let entries: Vec<Value> =
        (0..10).map(|n| json!({"Id": n.to_string(), "MessageBody": "b", "MessageGroupId": "g"})).collect();
    let sent = call("SendMessageBatch", json!({"QueueUrl": url, "Entries": entries})).await.unwrap();
    assert_eq!(sent["Successful"].as_array().unwrap().len(), 10);
    let got = call("ReceiveMessage", json!({"QueueUrl": url, "MaxNumberOfMessages": 10, "AttributeNames": ["All"]}));
    let got = got.await.unwrap();
    let messages = got["Messages"].as_array().unwrap();
    assert_eq!(messages.len(), 10);
    assert_eq!(messages[0]["Attributes"]["MessageGroupId"], "g");
    assert_eq!(messages[0]["MD5OfBody"], "92eb5ffee6ae2fec3ad71c777531578f");
    let gone = call("DeleteMessage", json!({"QueueUrl": url, "ReceiptHandle": messages[0]["ReceiptHandle"]}));
    gone.await.unwrap();
    let attributes = call("GetQueueAttributes", json!({"QueueUrl": url, "AttributeNames": ["All"]})).await.unwrap();
    assert_eq!(attributes["Attributes"]["ApproximateNumberOfMessagesNotVisible"], "9");
    for (name, body, code) in [
        ("SendMessage", json!({"QueueUrl": "http://x/0/none", "MessageBody": "b"}), "QueueDoesNotExist"),
        ("SendMessage", json!({"QueueUrl": url, "MessageBody": "b", "DelaySeconds": 901}), "InvalidParameterValue"),
        ("SendMessage", json!({"QueueUrl": url}), "MissingParameter"),
        ("SendMessageBatch", json!({"QueueUrl": url, "Entries": []}), "EmptyBatchRequest"),
        ("CreateQueue", json!({"QueueName": "x.fifo"}), "InvalidParameterValue"),
        (
            "ChangeMessageVisibility",
            json!({"QueueUrl": url, "ReceiptHandle": "x", "VisibilityTimeout": 1}),
            "MessageNotInflight",
        ),
    ] {
        let error = call(name, body).await.unwrap_err();
        assert!(error.code.ends_with(code), "{name}: {}", error.code);
    }
}

#[tokio::test(start_paused = true)]
async fn faults_lose_double_and_delay_messages() {
    let faults = Faults::seeded(7);
    faults.set(|plan| {
        plan.queue.lost = 0.2;
        plan.queue.twice = 0.2;
        plan.queue.late = 0.2;
        plan.queue.late_by = Duration::from_mins(1);
    });
    let queues = Queues::new(Place::default(), Arc::new(faults));
    queues.create(&Queue {
        name: "q".into(),
        visibility: Duration::from_secs(30),
        retention: Duration::from_hours(1),
        delay: Duration::ZERO,
        redrive: None,
    });
    for number in 0..1000 {
        queues.send("q", message(&number.to_string(), "g")).unwrap();
    }
    let counts = queues.counts("q").unwrap();
    assert!((150..250).contains(&counts.delayed), "{counts:?}");
    assert!((740..860).contains(&counts.ready), "400 once and 200 twice: {counts:?}");
}
