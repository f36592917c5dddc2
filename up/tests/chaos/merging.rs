//! The comparison at the end of a clustering, and the merges that it starts, die at every one of their writes: the clusters
//! that mean the same are one in the end, by one merge, for the price that was quoted.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde_json::json;

use crate::{
    common::check_rest,
    every_point::clock,
    provider::TWINS,
    stack::Stack,
    walk::{Walk, ids, site},
};

/// Two answers' worth of one topic.
const KEYWORDS: usize = 60;
/// The points at which somebody must have died for this to have tried anything.
const POINTS: [&str; 5] =
    ["work.create", "work.finish", "planning.mark_merge", "planning.merge_keywords", "work.retry_later"];

#[tokio::test(flavor = "multi_thread")]
async fn clusters_that_mean_the_same_are_merged_whoever_dies() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("killed-at");
    let plan = format!("each:{}", file.display());
    let dies = |name: &str| ["planner-cluster-worker", "planner-merge-worker"].contains(&name);
    let plans = |name: &str| if dies(name) { vec![plan.clone()] } else { Vec::new() };
    let stack = Arc::new(Stack::start(folder.path(), 1, &plans).await);
    let ana = stack.register("ana").await;
    let stop = Arc::new(AtomicBool::new(false));
    let clock = tokio::spawn(clock(Arc::clone(&stack), vec![ana.ctx.clone()], Arc::clone(&stop)));

    let mut walk = Walk::new(&stack, &ana);
    let id = site(&mut walk, "Twins").await;
    let keywords: Vec<_> =
        (0..KEYWORDS).map(|n| json!({ "keyword": format!("{TWINS} brake pads {n}"), "volume": 10 })).collect();
    walk.post("/api/planner/keywords", &json!({ "site_id": id, "keywords": keywords })).await;
    let job = walk.job("/api/planner/cluster", &json!({ "site_id": id, "all_new": true })).await;
    assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("succeeded"), &json!(2)), "{job:#}");

    let clusters = stack.all(&ana, &format!("/api/planner/clusters?site_id={id}")).await;
    let totals: Vec<_> = clusters.iter().map(|row| (row["keyword_count"].as_u64(), row["volume"].as_u64())).collect();
    assert_eq!(totals, [(Some(KEYWORDS as u64), Some(10 * KEYWORDS as u64))], "{clusters:#?}");
    let rows = stack.all(&ana, &format!("/api/planner/keywords?site_id={id}")).await;
    assert!(rows.iter().all(|row| row["cluster_id"] == ids(&clusters)[0]), "{rows:#?}");
    let merges = stack.all(&ana, &format!("/api/system/jobs?site_id={id}&function=merge_clusters")).await;
    let done: u64 = merges.iter().map(|job| job["progress"]["done"].as_u64().unwrap()).sum();
    assert_eq!(done, 1, "one merge: {merges:#?}");

    stop.store(true, Ordering::Relaxed);
    clock.await.unwrap();
    check_rest(&stack.app.table, &stack.work, &ana.ctx).await;
    let killed: BTreeSet<String> = std::fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect();
    eprintln!("{} deaths: {killed:?}", killed.len());
    for point in POINTS {
        for when in ["before", "after"] {
            assert!(killed.contains(&format!("{point} {when}")), "nobody died {when} {point}: {killed:#?}");
        }
    }
    stack.stop().await;
}
