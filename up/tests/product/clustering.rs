//! Clustering of more keywords than the model sees at a time: what its answers made apart from each other is merged at the
//! end, what one answer held apart stays apart, and all of it costs what was quoted.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::{Value, json};

use crate::{
    common::{Client, Cloud},
    model::{Model, Question, Reply},
};

/// Two answers' worth of one topic.
const KEYWORDS: usize = 60;

/// A cluster of each part of a question's keywords, named as only this answer would.
fn clusters(question: &Question, parts: usize) -> Value {
    let keywords = question.data("keywords");
    let all = keywords.as_array().unwrap();
    let clusters = all.chunks(all.len().div_ceil(parts)).map(|some| {
        let numbers: Vec<_> = some.iter().map(|keyword| &keyword["id_no"]).collect();
        json!({ "name": format!("On {}", some[0]["keyword"].as_str().unwrap()), "description": "", "keywords": numbers })
    });
    json!({ "clusters": clusters.collect::<Vec<_>>() })
}

async fn site_with_keywords(ana: &Client<'_>) -> String {
    let (site, _) = ana.site("Garage").await;
    let keywords: Vec<_> =
        (0..KEYWORDS).map(|n| json!({ "keyword": format!("best brake pads {n}"), "volume": 10 })).collect();
    ana.post("/api/planner/keywords", &json!({ "site_id": site, "keywords": keywords })).await.good();
    site
}

/// The keywords of each cluster of a site, by their texts; the totals must agree.
async fn by_cluster(ana: &Client<'_>, site: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut found: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for row in ana.all(&format!("/api/planner/keywords?site_id={site}")).await {
        let cluster = row["cluster_id"].as_str().unwrap_or("none").to_owned();
        found.entry(cluster).or_default().insert(row["keyword"].as_str().unwrap().to_owned());
    }
    let clusters = ana.all(&format!("/api/planner/clusters?site_id={site}")).await;
    let counted: BTreeMap<_, _> = clusters
        .iter()
        .map(|row| (row["id"].as_str().unwrap(), row["keyword_count"].as_u64().unwrap() as usize))
        .collect();
    let own: BTreeMap<_, _> =
        found.iter().filter(|(id, _)| *id != "none").map(|(id, all)| (id.as_str(), all.len())).collect();
    assert_eq!(own, counted, "{clusters:#?}");
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn clusters_of_one_job_that_mean_the_same_become_one() {
    let model = Model::start(|question| Reply::text(clusters(question, 1))).await;
    let cloud = Cloud::start_with(&model.vars()).await;
    cloud.without_rates().await;
    let ana = cloud.owner("ana").await;
    let site = site_with_keywords(&ana).await;
    let body = json!({ "site_id": site, "all_new": true });
    let quote = ana.post("/api/planner/cluster?estimate=true", &body).await.good();
    let job = ana.job("/api/planner/cluster", &body).await;
    assert_eq!((&job["status"], &job["total"]), (&json!("succeeded"), &json!(3)), "{job:#}");
    assert_eq!((&job["credits"]["charged"], &quote["credits"]), (&json!(2), &json!(2)), "{quote:#} {job:#}");
    assert_eq!(model.seen().len(), 2, "the comparison asks nobody");
    let found = by_cluster(&ana, &site).await;
    assert_eq!(found.values().map(BTreeSet::len).collect::<Vec<_>>(), [KEYWORDS], "{found:#?}");
    // What was merged can be read where other merges are.
    let merges = ana.all(&format!("/api/system/jobs?site_id={site}&function=merge_clusters")).await;
    assert_eq!(merges.len(), 1, "{merges:#?}");
    let last = job["items"].as_array().unwrap().iter().find(|item| item["result"]["merges"] == 1).unwrap();
    assert_eq!(last["result"]["merge_job_ids"], json!([merges[0]["id"]]), "{job:#}");
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_answer_held_apart_stays_apart() {
    let model = Model::start(|question| Reply::text(clusters(question, 2))).await;
    let cloud = Cloud::start_with(&model.vars()).await;
    cloud.without_rates().await;
    let ana = cloud.owner("ana").await;
    let site = site_with_keywords(&ana).await;
    ana.job("/api/planner/cluster", &json!({ "site_id": site, "all_new": true })).await;
    let found = by_cluster(&ana, &site).await;
    assert!((2..4).contains(&found.len()), "two answers of two clusters, some of which mean the same: {found:#?}");
    let apart: Vec<Vec<BTreeSet<String>>> = model
        .seen()
        .iter()
        .map(|question| {
            let keywords = question.data("keywords");
            let texts = |some: &[Value]| some.iter().map(|one| one["keyword"].as_str().unwrap().to_owned()).collect();
            keywords.as_array().unwrap().chunks(15).map(texts).collect()
        })
        .collect();
    for answer in &apart {
        let at = |part: &BTreeSet<String>| found.iter().find(|(_, all)| all.is_superset(part)).unwrap().0;
        assert_ne!(at(&answer[0]), at(&answer[1]), "{found:#?}");
    }
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_failed_and_is_run_again_is_compared_as_well() {
    let asked = Arc::new(AtomicUsize::new(0));
    let model = Model::start(move |question| match asked.fetch_add(1, Ordering::Relaxed) {
        1 => Reply::error(402, "insufficient_quota", "No credit"),
        _ => Reply::text(clusters(question, 1)),
    })
    .await;
    let cloud = Cloud::start_with(&model.vars()).await;
    cloud.without_rates().await;
    let ana = cloud.owner("ana").await;
    let site = site_with_keywords(&ana).await;
    let job = ana.job("/api/planner/cluster", &json!({ "site_id": site, "all_new": true })).await;
    let ends =
        |job: &Value| ["done", "failed"].map(|end| job["progress"][end].as_u64().unwrap()).map(|count| count as usize);
    assert_eq!((ends(&job), &job["credits"]["charged"]), ([1, 2], &json!(1)), "{job:#}");
    assert_eq!(by_cluster(&ana, &site).await.len(), 2, "one cluster, and keywords without one");

    let id = job["id"].as_str().unwrap();
    ana.post(&format!("/api/system/jobs/{id}/retry"), &json!({})).await.good();
    let job = ana.wait(id).await;
    assert_eq!((ends(&job), &job["credits"]["charged"]), ([3, 0], &json!(2)), "{job:#}");
    let found = by_cluster(&ana, &site).await;
    assert_eq!(found.values().map(BTreeSet::len).collect::<Vec<_>>(), [KEYWORDS], "{found:#?}");
    cloud.check(&[&ana]).await;
}
