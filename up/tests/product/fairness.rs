//! One tenant with much to do does not keep others waiting: counted in items on each run, in seconds on demand
//! (`IGNY8_FAIRNESS=full`).

use std::time::{Duration, Instant};

use crate::common::{Client, Cloud, check_rest};
use futures::StreamExt;
use igny8_billing::Balance;
use igny8_core::{Ctx, Env};
use igny8_table::{Effects, Keys, Update};
use igny8_work::{ItemState, Lane, Work};
use serde_json::{Value, json};

/// Articles of the noisy tenant.
const MANY: usize = 24;
/// Articles of each quiet one.
const FEW: usize = 3;
/// How many quiet tenants there are.
const QUIET: usize = 4;

async fn tasks(client: &Client<'_>, count: usize) -> Vec<Value> {
    let (site, _) = client.site(&format!("Site of {}", client.tenant)).await;
    let mut ids = Vec::new();
    for n in 0..count {
        let title = format!("When to change brake pads, part {n}");
        let task = json!({ "site_id": site, "title": title, "keywords": ["brake pads"] });
        ids.push(client.post("/api/writer/tasks", &task).await.good()["id"].clone());
    }
    ids
}

async fn write(client: &Client<'_>, tasks: &[Value]) -> String {
    let started = client.post("/api/writer/generate", &json!({ "task_ids": tasks })).await.good();
    started["job"]["id"].as_str().unwrap().to_owned()
}

async fn done(client: &Client<'_>, job: &str) -> u64 {
    client.get(&format!("/api/system/jobs/{job}")).await.good()["progress"]["done"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn one_who_has_much_to_do_does_not_hold_up_the_others() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "200")]).await;
    let noisy = cloud.owner("noisy").await;
    let many = tasks(&noisy, MANY).await;
    let mut quiet = Vec::new();
    for n in 0..QUIET {
        let client = cloud.owner(&format!("quiet{n}")).await;
        let few = tasks(&client, FEW).await;
        quiet.push((client, few));
    }

    // The noisy one comes first, with everything at once.
    let noisy_job = write(&noisy, &many).await;
    let app = cloud.up.admin(&cloud.settings).unwrap();
    let ctx = Ctx::system(noisy.tenant.parse().unwrap(), "test", Env::system());
    let mut jobs = Vec::new();
    for (client, few) in &quiet {
        jobs.push((client, write(client, few).await));
    }
    let before = done(&noisy, &noisy_job).await;
    loop {
        // However much waits, a trial has one item in flight: that is what leaves the workers to the others.
        let active = crate::common::items_of(&app.table, &ctx).await.unwrap().into_iter().flat_map(|(_, items)| items);
        let active = active.filter(|item| matches!(item.state, ItemState::Dispatched | ItemState::Running)).count();
        // The rows are not read at one moment: one item may have ended and the next begun meanwhile.
        assert!(active <= 2, "{active} items of a trial are in flight");
        let mut open = 0;
        for (client, job) in &jobs {
            open += u64::from(done(client, job).await < FEW as u64);
        }
        if open == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let meanwhile = done(&noisy, &noisy_job).await - before;
    // Each has one slot, so while a quiet tenant writes its articles the noisy one writes about as many; with one queue
    // for all, it would have written all of its own before.
    assert!(
        meanwhile <= 4 * FEW as u64,
        "{meanwhile} articles of the noisy tenant while the quiet ones wrote {FEW} each"
    );
    assert!(before + meanwhile < MANY as u64, "the quiet ones waited for the noisy one");

    // And nothing of the noisy one's is forgotten.
    let job = noisy.wait(&noisy_job).await;
    assert_eq!((job["status"].as_str(), job["progress"]["done"].as_u64()), (Some("succeeded"), Some(MANY as u64)));
    let work = Work::new(app.cloud.clone(), app.table.clone());
    check_rest(&app.table, &work, &ctx).await;
    let mut all = vec![&noisy];
    all.extend(quiet.iter().map(|(client, _)| client));
    cloud.check(&all).await;
}

/// Items of the noisy tenant, at size.
const FULL_MANY: usize = 5_000;
/// Items of each quiet tenant, at size.
const FULL_FEW: usize = 5;
/// Quiet tenants, at size.
const FULL_QUIET: usize = 19;
/// Clusters of one request, each an item.
const PER_REQUEST: usize = 200;

/// A word that is like no other, so that each cluster has ideas of its own.
fn word(n: usize) -> String {
    const SYLLABLES: [&str; 8] = ["ba", "ko", "fi", "lu", "me", "ra", "to", "vi"];
    [n / 64, n / 8, n].iter().map(|n| SYLLABLES[n % 8]).collect()
}

/// Makes clusters of a new site, some requests at a time.
async fn clusters(client: &Client<'_>, count: usize) -> Vec<Value> {
    let (site, _) = client.site(&format!("Site of {}", client.tenant)).await;
    let made = futures::stream::iter(0..count).map(|n| {
        let cluster = json!({ "site_id": site, "name": format!("{} pads", word(n)) });
        async move { client.post("/api/planner/clusters", &cluster).await.good()["id"].clone() }
    });
    made.buffered(8).collect().await
}

/// Starts a job with an item for each cluster.
async fn ideas(client: &Client<'_>, clusters: &[Value]) -> String {
    let body = json!({ "cluster_ids": clusters, "per_cluster": 1 });
    client.post("/api/planner/ideas/generate", &body).await.good()["job"]["id"].as_str().unwrap().to_owned()
}

/// The owner of a new tenant, with a key: a token is good for fifteen minutes, and this may take longer.
async fn owner<'a>(cloud: &'a Cloud, name: &str) -> Client<'a> {
    let mut client = cloud.owner(name).await;
    let key = client.post("/api/auth/api-keys", &json!({ "name": "fairness", "role": "admin" })).await.good();
    client.key = Some(key["secret"].as_str().unwrap().to_owned());
    client.token = None;
    client
}

/// How long the quiet ones need for their next items, all at once.
async fn round(quiet: &[(Client<'_>, Vec<Value>)], number: usize) -> Duration {
    let begun = Instant::now();
    futures::future::join_all(quiet.iter().map(|(client, clusters)| async move {
        let job = ideas(client, &clusters[number * FULL_FEW..][..FULL_FEW]).await;
        loop {
            let seen = client.get(&format!("/api/system/jobs/{job}")).await.good();
            match seen["status"].as_str().unwrap() {
                "succeeded" => break,
                "queued" | "running" => tokio::time::sleep(Duration::from_millis(500)).await,
                _ => panic!("{seen:#}"),
            }
            assert!(begun.elapsed() < Duration::from_mins(5), "a quiet tenant is not served: {seen:#}");
        }
    }))
    .await;
    begun.elapsed()
}

/// One with 5,000 items and nineteen with 5, in seconds: `IGNY8_FAIRNESS=full`, some minutes. The noisy one is once a
/// trial like the others, and once on the largest plan, which may have eight in flight.
#[tokio::test(flavor = "multi_thread")]
#[allow(clippy::print_stderr, clippy::disallowed_methods, reason = "a long run on demand, which prints its figures")]
async fn nineteen_beside_five_thousand_items() {
    if std::env::var("IGNY8_FAIRNESS").as_deref() != Ok("full") {
        eprintln!("skipped: set IGNY8_FAIRNESS=full to measure 5,000 items beside 19 × 5");
        return;
    }
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "20000")]).await;
    let mut quiet = Vec::new();
    for n in 0..FULL_QUIET {
        let client = owner(&cloud, &format!("quiet{n}")).await;
        let made = clusters(&client, 5 * FULL_FEW).await;
        quiet.push((client, made));
    }
    let noisy = owner(&cloud, "noisy").await;
    let made = clusters(&noisy, PER_REQUEST).await;
    let app = cloud.up.admin(&cloud.settings).unwrap();
    let ctx = Ctx::system(noisy.tenant.parse().unwrap(), "test", Env::system());
    let work = Work::new(app.cloud.clone(), app.table.clone());

    // The first round only warms up: connections, pages of memory, prompts.
    eprintln!("{FULL_QUIET} tenants are there; the first round {:.2?}", round(&quiet, 0).await);
    let alone = round(&quiet, 1).await;
    eprintln!("alone {alone:.2?}");
    let mut jobs = Vec::new();
    for _ in 0..FULL_MANY / PER_REQUEST {
        jobs.push(ideas(&noisy, &made).await);
    }
    let waiting = async || {
        let lane = app.table.get::<Lane>(Lane::key_of(&Keys::new(&ctx))).await.unwrap().unwrap();
        lane.pending + lane.in_flight
    };
    let (before, mut ratios) = (waiting().await, Vec::new());
    assert!(before > FULL_MANY as i64 * 9 / 10, "{before} items wait: there is no backlog to be fair about");
    for (number, plan) in [(2, "trial"), (3, "agency")] {
        let mut effects = Effects::new();
        effects.update("plan", Update::at(Balance::key_of(&Keys::new(&ctx))).set("plan", plan));
        app.table.transact("test.plan", effects).await.unwrap();
        let (from, beside) = (waiting().await, round(&quiet, number).await);
        let ratio = beside.as_secs_f64() / alone.as_secs_f64();
        let meanwhile = from - waiting().await;
        eprintln!(
            "alone {alone:.2?}, beside {from} items ({plan}) {beside:.2?}: {ratio:.2} ×, which did {meanwhile} meanwhile"
        );
        ratios.push(ratio);
    }
    assert!(waiting().await > FULL_MANY as i64 / 2, "the backlog was gone while it was measured");
    // The machine may have become slower or faster meanwhile: what they need alone is measured again at the end.
    let begun = Instant::now();
    for job in &jobs {
        let answer = noisy.post(&format!("/api/system/jobs/{job}/cancel"), &json!({})).await;
        assert!(answer.status.is_success() || answer.status == 409, "{}: {}", answer.what, answer.text());
    }
    for job in &jobs {
        noisy.wait(job).await;
    }
    eprintln!("{} jobs cancelled in {:.0?}; alone again {:.2?}", jobs.len(), begun.elapsed(), round(&quiet, 4).await);
    assert!(ratios.iter().all(|ratio| *ratio <= 1.5), "{ratios:.2?}");
    check_rest(&app.table, &work, &ctx).await;
    let mut all = vec![&noisy];
    all.extend(quiet.iter().map(|(client, _)| client));
    cloud.check(&all).await;
}
