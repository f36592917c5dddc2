//! A recorded conversation with a real model, and the way through the product that leads to it: for the test that plays it
//! back (`up/tests/recorded.rs`) and the tool that records (`up/examples/record.rs`).
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::common::Client;

const KEYWORDS: [&str; 9] = [
    "brake pads",
    "best brake pads",
    "change brake pads",
    "how to change brake pads",
    "oil change",
    "oil change near me",
    "oil change cost",
    "wheel alignment",
    "wheel alignment cost",
];
/// The AI functions that ask a model.
pub const FUNCTIONS: [&str; 3] = ["auto_cluster", "generate_ideas", "generate_content"];

/// One item's conversation with a model, as it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Recording {
    /// The AI function.
    pub function: String,
    /// How the answer's shape was asked for.
    pub format: String,
    /// How the job ended: `succeeded` or `failed`.
    pub ends: String,
    /// The keywords that the way began with.
    #[serde(default = "nine_keywords")]
    pub keywords: Vec<String>,
    /// The bodies of the answers, in their order, as they came.
    pub answers: Vec<Value>,
}

/// What the way begins with unless told.
pub fn nine_keywords() -> Vec<String> {
    KEYWORDS.map(str::to_owned).to_vec()
}

/// Where recordings lie.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

/// Goes the way until the function in question, whose job comes back with how the way went on.
pub async fn walk(ana: &Client<'_>, function: &str, keywords: &[String]) -> (String, Value) {
    let (site, _) = ana.site("Taller").await;
    let keywords: Vec<_> = keywords.iter().map(|keyword| json!({ "keyword": keyword })).collect();
    ana.post("/api/planner/keywords", &json!({ "site_id": site, "keywords": keywords })).await.good();
    let job = ana.job("/api/planner/cluster", &json!({ "site_id": site, "all_new": true })).await;
    if function == "auto_cluster" {
        return (site, job);
    }
    let clusters = ana.all(&format!("/api/planner/clusters?site_id={site}")).await;
    let ask = json!({ "cluster_ids": [clusters[0]["id"]], "per_cluster": 3 });
    let job = ana.job("/api/planner/ideas/generate", &ask).await;
    if function == "generate_ideas" {
        return (site, job);
    }
    let ideas = ana.all(&format!("/api/planner/ideas?site_id={site}")).await;
    let tasks = ana.post("/api/planner/ideas/queue", &json!({ "idea_ids": [ideas[0]["id"]] })).await.good();
    let job = ana.job("/api/writer/generate", &json!({ "task_ids": tasks["task_ids"] })).await;
    (site, job)
}
