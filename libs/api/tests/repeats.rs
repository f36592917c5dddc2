//! `Idempotency-Key`: the same request is carried out once, whatever happens to it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may fail them")]

mod common;

use std::time::Duration;

use axum::{body::Body, http::Method};
use common::{TestApi, request};
use igny8_core::TenantId;
use igny8_platform::IdempotencyRow;
use igny8_table::{Effects, Keys, Update};
use igny8_testing::START;

const THING: &str = r#"{"name": "a"}"#;

/// The keys of the tenant that the token `editor:1` is for.
fn keys(api: &TestApi) -> Keys {
    let tenant = TenantId::new(START.millis(), 1);
    Keys::new(&igny8_core::Ctx { tenant, ..api.ctx.clone() })
}

async fn row(api: &TestApi, key: &str) -> Option<IdempotencyRow> {
    api.toy.table.get(IdempotencyRow::key_of(&keys(api), key)).await.unwrap()
}

/// Puts the row back to how it is while the request runs.
async fn as_if_running(api: &TestApi, key: &str) {
    let mut effects = Effects::new();
    effects.update("test", Update::at(IdempotencyRow::key_of(&keys(api), key)).remove("answer"));
    api.toy.table.transact("test", effects).await.unwrap();
}

#[tokio::test]
async fn the_second_time_gets_the_first_answer() {
    let api = TestApi::start().await;
    let first = api.post_once("editor:1", "k1", "/api/toy/things", THING).await;
    let again = api.post_once("editor:1", "k1", "/api/toy/things", THING).await;
    assert_eq!((first.status.as_u16(), first.header("idempotency-replayed")), (201, ""));
    assert_eq!((again.status.as_u16(), again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(again.json(), first.json());
    assert_eq!(again.header("content-type"), "application/json");
    assert_eq!(api.made(), 1);
    // Without a key, and under another one, it is another request.
    api.post("editor:1", "/api/toy/things", THING).await;
    api.post_once("editor:1", "k2", "/api/toy/things", THING).await;
    assert_eq!(api.made(), 3);
}

#[tokio::test]
async fn a_key_belongs_to_one_request_of_one_tenant() {
    let api = TestApi::start().await;
    api.post_once("editor:1", "k1", "/api/toy/things", THING).await;
    for (path, body) in
        [("/api/toy/things", r#"{"name": "b"}"#), ("/api/toy/things?estimate=false", THING), ("/api/toy/work", THING)]
    {
        let (_, _, fields) = api.post_once("editor:1", "k1", path, body).await.problem(422);
        assert!(fields[0].starts_with("Idempotency-Key: was used for another request"));
    }
    assert_eq!(api.made(), 1);
    let other = api.post_once("editor:2", "k1", "/api/toy/things", THING).await;
    assert_eq!((other.status.as_u16(), other.header("idempotency-replayed")), (201, ""));
}

#[tokio::test]
async fn a_key_is_visible_ascii() {
    let api = TestApi::start().await;
    let longest = "k".repeat(255);
    assert_eq!(api.post_once("editor:1", &longest, "/api/toy/things", THING).await.status, 201);
    for key in ["", "a b", "é", &"k".repeat(256), "tab\tbed"] {
        api.post_once("editor:1", key, "/api/toy/things", THING).await.problem(422);
    }
    let twice = request(Method::POST, "editor:1", "/api/toy/things")
        .header("Idempotency-Key", "a")
        .header("Idempotency-Key", "b");
    api.send(twice.body(Body::from(THING)).unwrap()).await.problem(422);
    assert_eq!(api.made(), 1);
}

#[tokio::test]
async fn a_started_job_is_shown_as_it_is_now() {
    let api = TestApi::start().await;
    let first = api.post_once("editor:1", "k1", "/api/toy/work", "").await;
    let again = api.post_once("editor:1", "k1", "/api/toy/work", "").await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (202, 202));
    assert_eq!(first.json()["job"]["status"], "preparing");
    assert_eq!(again.json()["job"]["status"], "running");
    assert_eq!(first.json()["job"]["id"], again.json()["job"]["id"]);
    let location = format!("/api/system/jobs/{}", first.json()["job"]["id"].as_str().unwrap());
    assert_eq!((first.header("location"), again.header("location")), (location.as_str(), location.as_str()));
    assert_eq!(api.made(), 1);
}

#[tokio::test]
async fn what_was_refused_or_failed_may_be_sent_again() {
    let api = TestApi::start().await;
    api.post_once("editor:1", "k1", "/api/toy/things", r#"{"name": "refuse"}"#).await.problem(422);
    api.post_once("editor:1", "k2", "/api/toy/things", r#"{"name": "fail"}"#).await.problem(503);
    api.post_once("editor:1", "k3", "/api/toy/things", "{").await.problem(400);
    for key in ["k1", "k2", "k3"] {
        assert!(row(&api, key).await.is_none(), "{key}");
    }
    // The key was not used up: another body is fine.
    assert_eq!(api.post_once("editor:1", "k1", "/api/toy/things", THING).await.status, 201);
}

#[tokio::test]
async fn a_deed_whose_answer_got_lost_is_not_done_again() {
    let api = TestApi::start().await;
    api.post_once("viewer:1", "k1", "/api/toy/trouble/late", "").await.problem(503);
    let again = api.post_once("viewer:1", "k1", "/api/toy/trouble/late", "").await;
    assert_eq!((again.status.as_u16(), again.json()["name"].as_str()), (201, Some("done")));
    assert_eq!(api.made(), 1);
}

#[tokio::test]
async fn a_running_request_is_waited_for_and_a_dead_one_taken_over() {
    let api = TestApi::start().await;
    api.post_once("editor:1", "k1", "/api/toy/things", THING).await;
    as_if_running(&api, "k1").await;
    api.clock.advance(Duration::from_millis(20_500));
    let answer = api.post_once("editor:1", "k1", "/api/toy/things", THING).await;
    assert_eq!((answer.problem(409).0.as_str(), answer.header("retry-after")), ("conflict", "40"));
    api.post_once("editor:1", "k1", "/api/toy/things", r#"{"name": "b"}"#).await.problem(422);
    assert_eq!(api.made(), 1);

    api.clock.advance(Duration::from_secs(40));
    let taken_over = api.post_once("editor:1", "k1", "/api/toy/things", THING).await;
    assert_eq!((taken_over.status.as_u16(), taken_over.header("idempotency-replayed")), (201, ""));
    let again = api.post_once("editor:1", "k1", "/api/toy/things", THING).await;
    assert_eq!(again.json(), taken_over.json());
    assert_eq!(api.made(), 2);
}

#[tokio::test]
async fn of_many_at_once_one_is_carried_out() {
    let api = TestApi::start().await;
    for (round, dead) in [(1, false), (2, true)] {
        if dead {
            as_if_running(&api, "k1").await;
            api.clock.advance(Duration::from_mins(2));
        }
        let posts = (0..12).map(|_| api.post_once("editor:1", "k1", "/api/toy/things", THING));
        let answers = futures::future::join_all(posts).await;
        let fresh =
            answers.iter().filter(|answer| answer.status == 201 && answer.header("idempotency-replayed").is_empty());
        assert_eq!(fresh.count(), 1);
        for answer in &answers {
            assert!(
                answer.status == 201 || (answer.status == 409 && !answer.header("retry-after").is_empty()),
                "{answer:?}"
            );
        }
        assert_eq!(api.made(), round);
    }
}

#[tokio::test]
async fn after_a_day_the_key_is_new() {
    let api = TestApi::start().await;
    api.post_once("editor:1", "k1", "/api/toy/things", THING).await;
    api.clock.advance(Duration::from_hours(23));
    assert_eq!(api.post_once("editor:1", "k1", "/api/toy/things", THING).await.header("idempotency-replayed"), "true");
    api.clock.advance(Duration::from_mins(61));
    let other = api.post_once("editor:1", "k1", "/api/toy/things", r#"{"name": "b"}"#).await;
    assert_eq!((other.status.as_u16(), other.json()["name"].as_str()), (201, Some("b")));
}

#[tokio::test]
async fn what_is_too_large_to_be_kept_is_not_done_again_either() {
    let api = TestApi::start().await;
    let first = api.post_once("editor:1", "k1", "/api/toy/things", r#"{"name": "huge"}"#).await;
    assert!(first.status == 201 && first.text.len() > 400 * 1024);
    let again = api.post_once("editor:1", "k1", "/api/toy/things", r#"{"name": "huge"}"#).await;
    assert_eq!(again.status, 201);
    assert!(again.json()["detail"].as_str().unwrap().contains("too large"));
    assert_eq!(api.made(), 1);
}

#[tokio::test]
async fn the_body_limit_holds_with_a_key_too() {
    let api = TestApi::start().await;
    let large = request(Method::POST, "editor:1", "/api/toy/things/upload").header("Idempotency-Key", "k1");
    api.send(large.body(Body::from(vec![0; igny8_api::BODY_LIMIT + 1])).unwrap()).await.problem(413);
    assert!(row(&api, "k1").await.is_none());
}

#[tokio::test]
async fn public_routes_keep_no_answers() {
    let api = TestApi::start().await;
    for _ in 0..2 {
        let answer = api.post_once("", "k1", "/api/toy/open", THING).await;
        assert_eq!((answer.status.as_u16(), answer.header("idempotency-replayed")), (201, ""));
    }
    assert_eq!(api.made(), 2);
}

#[tokio::test]
async fn who_may_not_do_it_leaves_no_trace() {
    let api = TestApi::start().await;
    api.post_once("viewer:1", "k1", "/api/toy/things", THING).await.problem(403);
    assert!(row(&api, "k1").await.is_none());
}
