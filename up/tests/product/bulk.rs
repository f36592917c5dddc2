//! Many tasks in one job: a limit of credits, progress that is seen, cancelling, and trying the failed ones again.
//!
//! Small in CI; `IGNY8_BULK=500 cargo nextest run --test product bulk::` is the whole size.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::common::{Client, Cloud};
use crate::model::{Model, Question, Reply};

/// How many tasks: more than fit beside their items in one transaction.
#[allow(clippy::disallowed_methods, reason = "a long run on demand")]
fn size() -> usize {
    std::env::var("IGNY8_BULK").ok().map_or(48, |count| count.parse().unwrap())
}

async fn tasks(ana: &Client<'_>, site: &str, count: usize) -> Vec<Value> {
    let mut made = Vec::new();
    for n in 0..count {
        let task = json!({ "site_id": site, "title": format!("Brakes {n:04}"), "keywords": ["brakes"] });
        made.push(ana.post("/api/writer/tasks", &task).await.good()["id"].clone());
    }
    made
}

async fn charges(ana: &Client<'_>) -> Vec<i64> {
    let all = ana.all("/api/billing/transactions").await;
    let charges = all.iter().filter(|entry| entry["type"] == "charge");
    charges.map(|entry| entry["amount"].as_i64().unwrap()).collect()
}

/// A model that refuses every seventh title for good while it is told to.
async fn model(refuses: &Arc<AtomicBool>, delay: Duration) -> Model {
    let refuses = Arc::clone(refuses);
    Model::start(move |question: &Question| {
        let title = question.data("brief")["title"].as_str().unwrap().to_owned();
        let number: usize = title.trim_start_matches("Brakes ").parse().unwrap();
        if number % 7 == 3 && refuses.load(Ordering::Relaxed) {
            return Reply::error(402, "insufficient_quota", "No").after(delay);
        }
        Reply::text(question.good()).after(delay)
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_stays_below_its_limit_and_a_retry_charges_what_succeeds() {
    let (count, begun) = (size(), Instant::now());
    let refuses = Arc::new(AtomicBool::new(true));
    let model = model(&refuses, Duration::ZERO).await;
    let cloud = Cloud::start_with(&model.vars()).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    tasks(&ana, &site, count).await;

    // Three tasks more than the limit pays for stay as they are.
    let most = 3 * (count as i64 - 3) + 2;
    let order = json!({ "site_id": site, "all_queued": true, "max_credits": most });
    let estimate = ana.post("/api/writer/generate?estimate=true", &order).await.good();
    assert_eq!(estimate, json!({ "credits": most - 2, "items": count - 3, "skipped": 3 }));
    ana.post("/api/writer/generate", &json!({ "site_id": site, "all_queued": true, "max_credits": 2 })).await.bad(422);
    let job = ana.post("/api/writer/generate", &order).await.good()["job"]["id"].as_str().unwrap().to_owned();
    // Nobody else gets them meanwhile.
    let rest = ana.post("/api/writer/generate?estimate=true", &json!({ "site_id": site, "all_queued": true })).await;
    assert_eq!(rest.good()["items"], 3);

    // Progress is seen while it runs.
    let mut seen = BTreeSet::new();
    let ended = loop {
        let now = ana.get(&format!("/api/system/jobs/{job}")).await.good();
        seen.insert(now["progress"]["done"].as_u64().unwrap());
        if ["succeeded", "partial", "failed"].contains(&now["status"].as_str().unwrap()) {
            break now;
        }
        assert!(begun.elapsed() < Duration::from_mins(20), "{now:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    let bad = (0..count - 3).filter(|n| n % 7 == 3).count();
    let good = count - 3 - bad;
    assert_eq!(
        (&ended["status"], &ended["progress"]["done"]),
        (&json!("partial"), &json!(good)),
        "{:#}",
        ended["progress"]
    );
    assert!(seen.len() > 5, "{seen:?}");
    assert_eq!(ended["credits"], json!({ "reserved": 0, "charged": 3 * good, "refunded": 3 * bad }));
    assert_eq!(charges(&ana).await, vec![-3; good]);

    // The failed ones once more: only they are asked and charged.
    refuses.store(false, Ordering::Relaxed);
    let asked = model.seen().len();
    let retry = format!("/api/system/jobs/{job}/retry");
    assert_eq!(ana.post(&format!("{retry}?estimate=true"), &json!({})).await.good()["credits"], 3 * bad);
    ana.post(&retry, &json!({})).await.good();
    let ended = ana.wait(&job).await;
    assert_eq!((&ended["status"], &ended["progress"]["done"]), (&json!("succeeded"), &json!(count - 3)), "{ended:#}");
    assert_eq!((model.seen().len() - asked, charges(&ana).await.len()), (bad, count - 3));
    let left = ana.all(&format!("/api/writer/tasks?site_id={site}&status=queued")).await;
    assert_eq!(left.len(), 3);
    println!("{count} tasks, {bad} of them twice, in {:.1?}", begun.elapsed());
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_a_bulk_stops_within_what_is_in_flight() {
    let count = size();
    let asked = Arc::new(Mutex::new(0_usize));
    let seen = Arc::clone(&asked);
    let model = Model::start(move |question: &Question| {
        *seen.lock().unwrap() += 1;
        Reply::text(question.good()).after(Duration::from_millis(200))
    })
    .await;
    let cloud = Cloud::start_with(&model.vars()).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let made = tasks(&ana, &site, count).await;
    let started = ana.post("/api/writer/generate", &json!({ "task_ids": made })).await.good();
    let job = started["job"]["id"].as_str().unwrap();
    while *asked.lock().unwrap() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    ana.post(&format!("/api/system/jobs/{job}/cancel"), &json!({})).await.good();
    let at_cancel = *asked.lock().unwrap();
    let ended = ana.wait(job).await;
    let done = ended["progress"]["done"].as_u64().unwrap() as usize;
    // A trial tenant has one item in flight: the one that runs comes to its end, and nothing after it begins.
    let after = *asked.lock().unwrap();
    assert!(after <= at_cancel + 1 && done <= after, "{after} asked, {at_cancel} when it was cancelled, {done} done");
    assert_eq!(ended["status"], "cancelled");
    assert_eq!(ended["credits"]["charged"], 3 * done, "{:#}", ended["credits"]);
    assert_eq!(charges(&ana).await.len(), done);
    // What was not written can be ordered again.
    let left = ana.post("/api/writer/generate?estimate=true", &json!({ "site_id": site, "all_queued": true })).await;
    assert_eq!(left.good()["items"], count - done);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_without_enough_credits_takes_nothing() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "100")]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let made = tasks(&ana, &site, 41).await;
    let told = ana.post("/api/writer/generate", &json!({ "task_ids": made })).await.bad(402);
    assert_eq!((&told["required"], &told["available"]), (&json!(123), &json!(100)), "{told:#}");
    let free = ana.all(&format!("/api/writer/tasks?site_id={site}&status=queued")).await;
    assert!(free.len() == 41 && free.iter().all(|task| task["job_id"].is_null()), "{free:#?}");
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tasks_start_when_they_are_due() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "8")]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let at = |time: &str| json!({ "site_id": site, "title": format!("Due {time}"), "scheduled_at": time });
    let due = ana.post("/api/writer/tasks", &at("2020-01-01T00:00:00Z")).await.good();
    let soon = ana.post("/api/writer/tasks", &at("2020-01-02T00:00:00Z")).await.good();
    let unplanned = ana.post("/api/writer/tasks", &at("2020-01-03T00:00:00Z")).await.good();
    ana.post("/api/writer/tasks", &at("2999-01-01T00:00:00Z")).await.bad(422);
    let path = |task: &Value| format!("/api/writer/tasks/{}", task["id"].as_str().unwrap());
    let changed = ana.patch(&path(&unplanned), &json!({ "scheduled_at": null })).await.good();
    assert!(changed["scheduled_at"].is_null(), "{changed:#}");
    let sweep = async || {
        cloud.up.cloud().trigger("system-sweep").await.unwrap();
        for job in ana.all("/api/system/jobs").await {
            ana.wait(job["id"].as_str().unwrap()).await;
        }
        ana.all("/api/system/jobs").await
    };
    let jobs = sweep().await;
    assert_eq!(jobs.len(), 1, "one job for the site: {jobs:#?}");
    assert_eq!((&jobs[0]["total"], &jobs[0]["credits"]["charged"]), (&json!(2), &json!(6)), "{jobs:#?}");
    for task in [&due, &soon] {
        assert_eq!(ana.get(&path(task)).await.good()["status"], "draft");
    }
    assert_eq!(ana.get(&path(&unplanned)).await.good()["status"], "queued");
    // Each is started once; and what cannot be paid waits, and says so.
    ana.patch(&path(&unplanned), &json!({ "scheduled_at": "2020-01-04T00:00:00Z" })).await.good();
    assert_eq!(sweep().await.len(), 1);
    let waits = ana.get(&path(&unplanned)).await.good();
    assert_eq!(waits["status"], "queued");
    assert!(waits["error"].as_str().unwrap().contains("too few credits"), "{waits:#}");
    assert_eq!(sweep().await.len(), 1, "it is not tried every minute");
    cloud.check(&[&ana]).await;
}
