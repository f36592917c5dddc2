//! kill -9 of the whole local process: nothing that was said is lost, and what was begun comes to its end.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use crate::common::{Cloud, Web, check_rest, pass_time};
use igny8_core::{Ctx, Env};
use igny8_local::Faults;
use igny8_work::Work;
use serde_json::{Value, json};

/// The local process; it ends with the test, however that ends.
struct Process {
    child: Child,
    web: Web,
}

impl Process {
    fn start(folder: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_igny8-up"))
            .env("IGNY8_ADDR", "127.0.0.1:0")
            .env("IGNY8_DATA_DIR", folder)
            .env("IGNY8_TRIAL_CREDITS", "100")
            .env("IGNY8_AI", "offline")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("ready ").unwrap_or_else(|| panic!("it did not start: {line:?}"));
        Self { web: Web::new(url), child }
    }

    /// kill -9.
    fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// More keywords than one item of clustering takes: the trial runs one item at a time, so the job is in its middle when
/// the process is killed.
const KEYWORDS: usize = 240;

async fn health(web: &Web) -> u16 {
    for _ in 0..100 {
        let answer = web.call(hyper::Method::GET, "/api/system/health", None, None, &[]).await;
        if answer.as_ref().is_some_and(|answer| answer.status.is_success()) {
            return 200;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    0
}

async fn all(web: &Web, token: &str, path: &str) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = web.get(&format!("{path}&limit=200{cursor}"), token).await.good();
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_before_kill_9_ends_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut process = Process::start(folder.path());
    let web = process.web.clone();
    let body = json!({ "tenant_name": "Ana", "email": "ana@example.com", "password": "correct horse battery" });
    let answer = web.call(hyper::Method::POST, "/api/auth/register", None, Some(&body), &[]).await.unwrap().good();
    let token = answer["access_token"].as_str().unwrap().to_owned();
    let tenant = answer["tenant"]["id"].as_str().unwrap().to_owned();
    let site = json!({ "name": "Taller Ana", "site_type": "blog", "hosting_type": "igny8" });
    let site = web.post("/api/auth/sites", &token, &site).await.good()["id"].as_str().unwrap().to_owned();
    let topics = ["brake pads", "oil change", "wheel alignment", "car battery", "winter tyres", "timing belt"];
    let mut csv = "Keyword,Volume\n".to_owned();
    for n in 0..KEYWORDS {
        csv.push_str(&format!("{} number {n},{}\n", topics[n % topics.len()], 10 + n));
    }
    let import = format!("/api/planner/keywords/import?site_id={site}");
    let report = web.text(&import, &token, "text/csv", csv).await.good();
    assert_eq!(report["created"], KEYWORDS, "{report:#}");

    let started = web.post("/api/planner/cluster", &token, &json!({ "site_id": site, "all_new": true })).await;
    assert_eq!(started.status, 202, "{}", started.text());
    process.kill();
    let job = started.json()["job"].clone();
    let job_path = format!("/api/system/jobs/{}", job["id"].as_str().unwrap());

    // A new process on the same folder: it serves, the old token is good, the rows are there, and the job is not lost.
    let mut process = Process::start(folder.path());
    let web = process.web.clone();
    assert_eq!(health(&web).await, 200);
    assert_eq!(all(&web, &token, &format!("/api/planner/keywords?site_id={site}")).await.len(), KEYWORDS);
    let seen = web.get(&job_path, &token).await.good();
    assert_eq!(seen["total"], job["total"]);
    let counted: i64 = ["done", "failed", "cancelled"].iter().map(|n| seen["progress"][*n].as_i64().unwrap()).sum();
    let balance = web.get("/api/billing/balance", &token).await.good();
    eprintln!("after kill -9: {counted} of {} items had ended", seen["total"]);
    if counted < seen["total"].as_i64().unwrap() {
        assert!(["queued", "running"].contains(&seen["status"].as_str().unwrap()), "{seen:#}");
    }
    assert_eq!(balance["reserved"], seen["credits"]["reserved"], "{balance:#} {seen:#}");
    process.kill();
    drop(process);

    // The queues have forgotten the messages. Two minutes later the sweep sends them again: here the minutes pass by hand.
    let cloud = Cloud::open(folder, &[("IGNY8_TRIAL_CREDITS", "100")], Arc::new(Faults::none())).await;
    let app = cloud.up.admin(&cloud.settings).unwrap();
    let ctx = Ctx::system(tenant.parse().unwrap(), "test", Env::system());
    let web = Web::new(cloud.up.url());
    let mut last = Value::Null;
    for _ in 0..200 {
        last = web.get(&job_path, &token).await.good();
        if last["status"] == "succeeded" {
            break;
        }
        pass_time(&app.table, &ctx, Duration::from_secs(3)).await.unwrap();
        cloud.up.cloud().trigger("system-sweep").await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(last["status"], "succeeded", "{last:#}");
    let clusters = all(&web, &token, &format!("/api/planner/clusters?site_id={site}")).await;
    let counted: u64 = clusters.iter().map(|cluster| cluster["keyword_count"].as_u64().unwrap()).sum();
    let clustered = all(&web, &token, &format!("/api/planner/keywords?site_id={site}&status=clustered")).await;
    assert_eq!(counted, clustered.len() as u64);
    assert!(counted > 0);
    let work = Work::new(app.cloud.clone(), app.table.clone());
    check_rest(&app.table, &work, &ctx).await;
    cloud.check(&[]).await;
}
