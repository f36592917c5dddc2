//! Someone who watches: opens sockets until one opens, and asks until there is an answer.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use igny8_core::Ctx;
use igny8_live::Notice;
use igny8_table::{Entity, Keys};
use serde_json::json;

use crate::{
    common::{items_of, rows},
    socket::Socket,
    stack::{Person, Stack},
};

/// Opens three sockets, one after the other, each with a ticket of its own, and is answered on each; then reads the
/// notices.
pub async fn watching(stack: &Stack, who: &Person) {
    for _ in 0..3 {
        let mut socket = open(stack, who).await;
        loop {
            socket.say(&json!({ "type": "ping" })).await;
            let heard = socket.hear().await;
            // The function may have died of the question.
            if heard["type"] == "pong" {
                break;
            }
        }
        socket.close().await;
        // The end is told once, and a process may die of it.
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    for until in ["2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"] {
        stack.post(who, "/api/system/notices/read", &json!({ "until": until })).await.good();
    }
}

/// Who signs out while they listen is turned away at their next word; three times, as a process may die of it.
pub async fn turned_away(stack: &Stack) {
    // Nothing happens in a tenant of their own, so that nobody but they themselves brings it about.
    let gil = stack.register("gil").await;
    for _ in 0..3 {
        let signed_in = stack.login(&gil.email, None).await;
        let mut socket = open(stack, &gil.signed_in(&signed_in)).await;
        let token = json!({ "refresh_token": signed_in["refresh_token"] });
        assert!(stack.public("/api/auth/logout", &token).await.0.status.is_success());
        socket.say(&json!({ "type": "ping" })).await;
        // The end, or what is said of a function that has died.
        let heard = socket.heard().await;
        assert!(heard.as_ref().is_none_or(|message| message["type"] != "pong"), "{heard:?}");
    }
}

/// A connection: a ticket whose answer was lost, or that was spent by a process that died, is followed by another one.
async fn open(stack: &Stack, who: &Person) -> Socket {
    let begun = Instant::now();
    loop {
        let answer = stack.post(who, "/api/system/events/ticket", &json!({})).await.good();
        let (url, ticket) = (answer["url"].as_str().unwrap(), answer["ticket"].as_str().unwrap());
        match Socket::open(url, ticket).await {
            Ok(socket) => return socket,
            Err(status) => assert!([403, 502].contains(&status), "{status}"),
        }
        assert!(begun.elapsed() < Duration::from_mins(3), "no socket opens");
    }
}

/// Every job has ended with a notice, and no end has two.
pub async fn check_notices(stack: &Stack, ctx: &Ctx) {
    let (keys, begun) = (Keys::new(ctx), Instant::now());
    let ended = items_of(&stack.app.table, ctx).await.unwrap();
    let ended: BTreeMap<_, _> = ended.into_iter().map(|(job, _)| (job.id, job.generation)).collect();
    loop {
        let notices: Vec<Notice> = rows(&stack.app.table, &keys, keys.partition(Notice::KIND)).await.unwrap();
        for (job, generation) in &ended {
            let told = notices.iter().filter(|notice| notice.job_id == *job).count();
            assert!(told <= *generation as usize + 1, "{job}: {notices:#?}");
        }
        let told: BTreeSet<_> = notices.iter().map(|notice| notice.job_id).collect();
        if ended.keys().all(|job| told.contains(job)) {
            return;
        }
        // The stream is behind, and repeats what a process died of after a while.
        assert!(begun.elapsed() < Duration::from_mins(2), "a job ended without a notice: {ended:?} {told:?}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}
