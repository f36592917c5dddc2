//! One tenant with much to do does not keep others waiting: counted in items, not in seconds.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

mod common;

use std::time::Duration;

use common::{Client, Cloud, check_rest};
use igny8_core::{Ctx, Env};
use igny8_work::{ItemState, Work};
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
        let active = common::items_of(&app.table, &ctx).await.unwrap().into_iter().flat_map(|(_, items)| items);
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
