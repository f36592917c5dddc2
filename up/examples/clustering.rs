//! Clusters the keywords on stdin, one a line, through the whole service: API, table, queues, workers. What stands in for the
//! model is the offline provider, which groups the words that it is told. Prints the cluster of each keyword, line by
//! line, and on stderr what it took. Run by `cargo xtask bench clustering`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool of ours: what is not as it must be ends it, and it talks to a program"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::{
    collections::BTreeMap,
    io::Read,
    time::{Duration, Instant},
};

use common::{Client, Cloud};
use igny8_core::{Ctx, Env};
use igny8_work::Work;
use serde_json::{Value, json};

/// Keywords of one request.
const PER_REQUEST: usize = 2_000;

#[tokio::main]
async fn main() {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let credits = (lines.len() + 100).to_string();
    let cloud = Cloud::start_with(&[("IGNY8_AI", "offline"), ("IGNY8_TRIAL_CREDITS", &credits)]).await;
    cloud.without_rates().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Queries").await;
    for some in lines.chunks(PER_REQUEST) {
        let keywords: Vec<_> = some.iter().map(|line| json!({ "keyword": line })).collect();
        ana.post("/api/planner/keywords", &json!({ "site_id": site, "keywords": keywords })).await.good();
    }

    let begun = Instant::now();
    let body = json!({ "site_id": site, "all_new": true });
    let estimate = ana.post("/api/planner/cluster?estimate=true", &body).await.good();
    let planned = begun.elapsed() / 2;
    let started = ana.post("/api/planner/cluster", &body).await.good();
    let job = ended(&cloud, &ana, started["job"]["id"].as_str().unwrap()).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let keywords = ana.all(&format!("/api/planner/keywords?site_id={site}")).await;
    let clusters = ana.all(&format!("/api/planner/clusters?site_id={site}")).await;
    let merges = ana.all(&format!("/api/system/jobs?site_id={site}&function=merge_clusters")).await;
    let merged: u64 = merges.iter().map(|job| job["progress"]["done"].as_u64().unwrap()).sum();
    eprintln!(
        "{} keywords, {} items in {:.0?} (prepared in {planned:.1?}), quoted {}, charged {}; {merged} merges at the end; {} clusters",
        keywords.len(),
        job["total"],
        begun.elapsed(),
        estimate["credits"],
        job["credits"]["charged"],
        clusters.len(),
    );
    cloud.check(&[&ana]).await;

    let form = |text: &str| text.to_lowercase();
    let of: BTreeMap<String, &str> =
        keywords.iter().filter_map(|row| Some((form(row["keyword"].as_str()?), row["cluster_id"].as_str()?))).collect();
    for (n, line) in lines.iter().enumerate() {
        // What has no cluster is alone.
        println!("{}", of.get(&form(line)).map_or_else(|| format!("none {n}"), |id| (*id).to_owned()));
    }
}

/// A job that has ended; asked of the table, for a token does not live as long as a large job.
async fn ended(cloud: &Cloud, ana: &Client<'_>, id: &str) -> Value {
    let app = cloud.app();
    let work = Work::new(app.cloud.clone(), app.table.clone());
    let ctx = Ctx::system(ana.tenant.parse().unwrap(), "example", Env::system());
    while !work.status(&ctx, id.parse().unwrap()).await.unwrap().is_terminal() {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    ana.get(&format!("/api/system/jobs/{id}")).await.good()
}
