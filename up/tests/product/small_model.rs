//! The way from keywords to a draft with a real, small model, when `IGNY8_TEST_MODEL` names a server that speaks OpenAI's
//! chat protocol (`cargo xtask test --only model` starts one); without it this skips, and says so.
//!
//! Nobody expects sense of such a model. What must hold: each item ends, in something or in a clear failure with its credits
//! back, and nothing is stuck or charged wrongly. `IGNY8_MODEL_RUNS` is how often the way is gone (3).
#![allow(clippy::disallowed_methods, reason = "the variables are the test's own")]

use std::time::{Duration, Instant};

use futures::StreamExt;
use serde_json::{Value, json};

use crate::{
    common::{Client, Cloud},
    recording::nine_keywords,
};

/// How many ways are gone at the same time: the server has so many slots.
const AT_ONCE: usize = 2;

/// How each job of a way ended, in its order.
type Ends = [&'static str; 3];

#[tokio::test(flavor = "multi_thread")]
async fn every_way_with_a_real_model_ends_in_a_draft_or_in_a_clear_failure() {
    let Ok(model) = std::env::var("IGNY8_TEST_MODEL") else {
        println!("SKIPPED: IGNY8_TEST_MODEL names no server; `cargo xtask test --only model` starts one");
        return;
    };
    let runs = std::env::var("IGNY8_MODEL_RUNS").map_or(3, |runs| runs.parse().unwrap());
    let vars = [
        ("IGNY8_AI", "openai"),
        ("OPENAI_BASE_URL", model.as_str()),
        ("OPENAI_API_KEY", "sk-local-test"),
        ("OPENAI_MODEL", "smollm2-135m-instruct"),
        ("IGNY8_TRIAL_CREDITS", "100"),
    ];
    let cloud = Cloud::start_with(&vars).await;
    let ways = futures::stream::iter(0..runs).map(|run| way(&cloud, run)).buffer_unordered(AT_ONCE);
    let ends: Vec<Ends> = ways.collect().await;
    for (step, function) in ["auto_cluster", "generate_ideas", "generate_content"].into_iter().enumerate() {
        let good = ends.iter().filter(|ends| ends[step] == "succeeded").count();
        println!("{function}: {good} of {runs} succeeded, {} failed clearly, 0 stuck", runs - good);
    }
}

/// From keywords to a draft. What a job did not yield is made by hand, so that the next one is tried all the same.
async fn way(cloud: &Cloud, run: usize) -> Ends {
    let ana = cloud.owner(&format!("run-{run}")).await;
    // Such a model repeats itself up to the limit of tokens, ten to twenty a second, and does no better at the next try.
    let limits = json!({ "limits": { "ai_max_tokens": 500, "ai_max_attempts": 1 } });
    ana.patch("/api/settings/tenant", &limits).await.good();
    let (site, _) = ana.site("Taller").await;
    let keywords: Vec<_> = nine_keywords().iter().map(|keyword| json!({ "keyword": keyword })).collect();
    ana.post("/api/planner/keywords", &json!({ "site_id": site, "keywords": keywords })).await.good();

    let clustered = ended(&ana, "/api/planner/cluster", &json!({ "site_id": site, "all_new": true })).await;
    let clusters = ana.all(&format!("/api/planner/clusters?site_id={site}")).await;
    assert_eq!(clustered == "succeeded", !clusters.is_empty(), "{clusters:#?}");
    let cluster = match clusters.first() {
        Some(cluster) => cluster["id"].clone(),
        None => by_hand(&ana, "/api/planner/clusters", json!({ "site_id": site, "name": "Brake pads" })).await,
    };

    let ask = json!({ "cluster_ids": [cluster], "per_cluster": 2 });
    let imagined = ended(&ana, "/api/planner/ideas/generate", &ask).await;
    let ideas = ana.all(&format!("/api/planner/ideas?site_id={site}")).await;
    assert_eq!(imagined == "succeeded", !ideas.is_empty(), "{ideas:#?}");
    let idea = match ideas.first() {
        Some(idea) => idea["id"].clone(),
        None => {
            by_hand(&ana, "/api/planner/ideas", json!({ "site_id": site, "title": "When to change brake pads" })).await
        }
    };

    // Its ideas may be nearly the same; who has been told so may have one written all the same.
    let queue = "/api/planner/ideas/queue";
    let mut queued = ana.post(queue, &json!({ "idea_ids": [idea] })).await;
    if queued.status == 409 {
        queued = ana.post(queue, &json!({ "idea_ids": [idea], "overrule": [idea] })).await;
    }
    let tasks = queued.good();
    let wrote = ended(&ana, "/api/writer/generate", &tasks).await;
    let task = &ana.all(&format!("/api/writer/tasks?site_id={site}")).await[0];
    assert_eq!(task["status"], if wrote == "succeeded" { "draft" } else { "failed" }, "{task:#}");
    cloud.check(&[&ana]).await;
    println!("way {run}: {clustered}, {imagined}, {wrote}");
    [clustered, imagined, wrote]
}

async fn by_hand(ana: &Client<'_>, path: &str, body: Value) -> Value {
    ana.post(path, &body).await.good()["id"].clone()
}

/// Runs a job; how it ended. A failed item says why, and has cost nothing.
async fn ended(ana: &Client<'_>, path: &str, body: &Value) -> &'static str {
    let started = ana.post(path, body).await.good();
    let path = format!("/api/system/jobs/{}", started["job"]["id"].as_str().unwrap());
    let begun = Instant::now();
    // An answer takes some seconds here, and an item may be asked about again and tried again.
    let job = loop {
        let job = ana.get(&path).await.good();
        if ["succeeded", "partial", "failed", "cancelled"].contains(&job["status"].as_str().unwrap()) {
            break job;
        }
        assert!(begun.elapsed() < Duration::from_mins(9), "stuck: {job:#}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    let credits = &job["credits"];
    assert_eq!(credits["reserved"], 0, "{job:#}");
    if job["status"] == "succeeded" {
        assert!(credits["charged"].as_i64().unwrap() > 0, "{job:#}");
        return "succeeded";
    }
    assert_eq!((&job["status"], &credits["charged"]), (&json!("failed"), &json!(0)), "{job:#}");
    let sentence = job["items"][0]["error"]["message"].as_str().unwrap();
    // It cannot be used, or it took too long.
    let is_clear = ["Nothing is charged", "Nothing was charged"].iter().any(|said| sentence.contains(said));
    assert!(is_clear, "{sentence}");
    "failed"
}
