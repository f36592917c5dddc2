//! What the main operations consume of the table, as docs/data.md says: a read or a write more than planned shows here.
//!
//! The requests go the whole way; the local cloud counts for each function what the table's engine reports, whose
//! rules `libs/table/tests/units.rs` holds against AWS's.

use std::{collections::BTreeSet, time::Duration};

use crate::common::{Client, Cloud, pass_time};
use igny8_core::{Ctx, Env};
use serde_json::{Value, json};

/// The lines of the table in docs/data.md that stand between the marks.
fn documented() -> Vec<String> {
    let page = include_str!("../../../docs/data.md");
    let (_, table) = page.split_once("<!-- units -->").expect("the table begins");
    let (table, _) = table.split_once("<!-- /units -->").expect("the table ends");
    table.trim().lines().skip(2).map(str::to_owned).collect()
}

struct Meter<'a> {
    ana: Client<'a>,
    site: String,
    lines: Vec<String>,
}

impl Meter<'_> {
    fn total(&self) -> f64 {
        // Whoever looks after a job while it runs is not part of it, nor who tells of it: how many batches the stream makes
        // of the changes is a matter of time.
        let consumed = self.ana.cloud.up.cloud().consumed();
        let counted =
            consumed.iter().filter(|(function, _)| !["SystemJobs", "SystemFeed"].contains(&function.as_str()));
        counted.map(|(_, capacity)| capacity.read + capacity.write).sum()
    }

    /// What has been consumed once nothing moves any more.
    async fn settled(&self) -> f64 {
        let (mut last, mut still) = (self.total(), 0);
        while still < 6 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            let now = self.total();
            still = if (now - last).abs() < 0.01 { still + 1 } else { 0 };
            last = now;
        }
        last
    }

    async fn start(&self) {
        self.settled().await;
        self.ana.cloud.up.cloud().reset_consumed();
    }

    async fn note(&mut self, operation: &str) {
        let units = self.settled().await;
        self.lines.push(format!("| {operation} | {units:.1} |"));
    }

    /// A page of fifty.
    async fn list(&mut self, what: &str, path: &str) {
        self.rows(what, path, 50).await;
    }

    async fn rows(&mut self, what: &str, path: &str, rows: usize) {
        self.start().await;
        let path = path.replace("{site}", &self.site);
        let page = self.ana.get(&path).await.good();
        assert_eq!(page["items"].as_array().unwrap().len(), rows, "{path}");
        self.note(&format!("list of {rows} {what}")).await;
    }

    async fn get(&mut self, what: &str, path: &str) -> Value {
        self.start().await;
        let answer = self.ana.get(path).await.good();
        self.note(what).await;
        answer
    }

    async fn post(&mut self, what: &str, path: &str, body: Value) -> Value {
        self.start().await;
        let answer = self.ana.post(path, &body).await.good();
        self.note(what).await;
        answer
    }

    /// A job, from the request to the last pump.
    async fn job(&mut self, what: &str, path: &str, body: Value) -> Value {
        self.start().await;
        let job = self.ana.job(path, &body).await;
        assert_eq!(job["status"], "succeeded", "{job:#}");
        self.note(what).await;
        job
    }

    async fn all(&self, path: &str) -> Vec<Value> {
        self.ana.all(&path.replace("{site}", &self.site)).await
    }
}

fn ids(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| row["id"].clone()).collect()
}

/// Keywords of thirty groups, with figures as an export has them.
fn keywords(from: usize, count: usize) -> Vec<Value> {
    let one = |n: usize| {
        json!({
            "keyword": format!("{} for model {n:03}", ["brake pads", "oil change", "wheel alignment"][n % 3]),
            "volume": 1000 + n, "difficulty": 20, "cpc": 1.25, "intent": "commercial"
        })
    };
    (from..from + count).map(one).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_main_operations_consume_what_the_page_says() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "1000")]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let mut meter = Meter { ana, site: site.clone(), lines: Vec::new() };
    let m = &mut meter;

    // Keywords.
    let add = |from, count| json!({ "site_id": site, "keywords": keywords(from, count) });
    m.post("add 1 keyword", "/api/planner/keywords", add(0, 1)).await;
    m.post("add 45 keywords", "/api/planner/keywords", add(1, 45)).await;
    m.post("add 44 keywords, all known", "/api/planner/keywords", add(2, 44)).await;
    m.start().await;
    let csv: String = (100..200).map(|n| format!("tyre change for model {n},{n},30,1.20\n")).collect();
    let path = format!("/api/planner/keywords/import?site_id={site}");
    let file = format!("Keyword,Volume,KD,CPC\n{csv}");
    m.ana.call(hyper::Method::POST, &path, Some(file.into()), &[("content-type", "text/csv")]).await.good();
    m.note("import 100 lines").await;
    m.list("keywords", "/api/planner/keywords?site_id={site}").await;
    m.list("keywords by volume", "/api/planner/keywords?site_id={site}&sort=-volume").await;
    m.list("keywords by name", "/api/planner/keywords?site_id={site}&q=tyre").await;
    let all = m.all("/api/planner/keywords?site_id={site}").await;
    assert_eq!(all.len(), 146);
    m.get("keyword by id", &format!("/api/planner/keywords/{}", all[0]["id"].as_str().unwrap())).await;

    // Clusters: one item of thirty keywords; then everything.
    let some = json!({ "site_id": site, "keyword_ids": ids(&all[..30]) });
    m.start().await;
    m.ana.post("/api/planner/cluster?estimate=true", &some).await.good();
    m.note("estimate of clustering 30 keywords").await;
    let job =
        m.job("cluster 30 keywords into one new cluster, from request to end", "/api/planner/cluster", some).await;
    assert_eq!(job["items"][0]["result"]["created"], 1, "{job:#}");
    // Several items: how often the pump looks then depends on who is faster.
    let job = m.ana.job("/api/planner/cluster", &json!({ "site_id": site, "all_new": true })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let mut clusters = m.all("/api/planner/clusters?site_id={site}").await;
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster["keyword_count"].as_u64()));
    let first = clusters[0]["id"].as_str().unwrap().to_owned();
    m.list("keywords of a cluster", &format!("/api/planner/keywords?site_id={{site}}&cluster_id={first}")).await;
    for n in clusters.len()..51 {
        let body = json!({ "site_id": site, "name": format!("Topic {n}"), "description": "What drivers ask." });
        if n == 50 {
            m.post("make a cluster by hand", "/api/planner/clusters", body).await;
        } else {
            m.ana.post("/api/planner/clusters", &body).await.good();
        }
    }
    m.list("clusters", "/api/planner/clusters?site_id={site}").await;

    // Fifty ideas and more. What generating them takes is not among the figures: how many keywords they map depends on
    // the order of the keywords' ids, and each is a row to write.
    let ask = |ids: &[Value], count: u32| json!({ "cluster_ids": ids, "per_cluster": count });
    let mut sixty: Vec<Value> = ids(&m.all("/api/planner/clusters?site_id={site}").await);
    sixty.truncate(6);
    let job = m.ana.job("/api/planner/ideas/generate", &ask(&sixty, 10)).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    m.list("ideas", "/api/planner/ideas?site_id={site}").await;
    let ideas = m.all("/api/planner/ideas?site_id={site}").await;
    let of = ideas[0]["cluster_id"].as_str().unwrap().to_owned();
    m.rows("ideas of a cluster", &format!("/api/planner/ideas?site_id={{site}}&cluster_id={of}"), 10).await;
    m.get("idea by id", &format!("/api/planner/ideas/{}", ideas[0]["id"].as_str().unwrap())).await;

    // Tasks and articles.
    m.post("queue 10 ideas", "/api/planner/ideas/queue", json!({ "idea_ids": ids(&ideas[..10]) })).await;
    m.ana.post("/api/planner/ideas/queue", &json!({ "idea_ids": ids(&ideas[10..50]) })).await.good();
    m.list("tasks", "/api/writer/tasks?site_id={site}").await;
    let tasks = ids(&m.all("/api/writer/tasks?site_id={site}").await);
    m.job("an article, from request to end", "/api/writer/generate", json!({ "task_ids": tasks[..1] })).await;
    for some in [&tasks[1..41], &tasks[41..]] {
        let job = m.ana.job("/api/writer/generate", &json!({ "task_ids": some })).await;
        assert_eq!(job["status"], "succeeded", "{job:#}");
    }
    m.list("contents", "/api/writer/content?site_id={site}").await;
    let contents = m.all("/api/writer/content?site_id={site}").await;
    let one = format!("/api/writer/content/{}", contents[0]["id"].as_str().unwrap());
    m.get("content by id", &one).await;
    m.start().await;
    m.ana.patch(&one, &json!({ "title": "Another title" })).await.good();
    m.note("edit a content").await;
    m.rows("revisions", &format!("{one}/revisions"), 2).await;

    // Publishing.
    let publish = |some: &[Value]| json!({ "content_ids": ids(some), "destinations": ["igny8"] });
    m.job("publish 10 contents, from request to end", "/api/publish", publish(&contents[..10])).await;
    let job = m.ana.job("/api/publish", &publish(&contents[10..])).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let again = format!("/api/publish/sites/{site}/deploy");
    m.job("deploy 50 published contents anew", &again, json!({})).await;
    m.list("records", "/api/publish/records?site_id={site}").await;
    m.rows("deployments", "/api/publish/deployments?site_id={site}", 4).await;
    let live = m.all("/api/publish/deployments?site_id={site}").await;
    m.post("roll back", &format!("/api/publish/deployments/{}/rollback", live[1]["id"].as_str().unwrap()), json!({}))
        .await;

    // Jobs and the ledger.
    m.list("transactions", "/api/billing/transactions?limit=50").await;
    m.list("usage", "/api/billing/usage?limit=50").await;
    m.get("balance", "/api/billing/balance").await;
    // The planner's larger deeds.
    let edit = |ids: &[Value], change: Value| json!({ "action": "update", "ids": ids, "change": change });
    let path = format!("/api/planner/keywords?site_id={{site}}&cluster_id={first}");
    let of_first = ids(&m.all(&path).await);
    let bulk = "/api/planner/keywords/bulk";
    let change = json!({ "intent": "informational", "difficulty": 7 });
    m.post("change 30 keywords alike", bulk, edit(&of_first[..30], change)).await;
    let (one, two) = (sixty[0].as_str().unwrap(), sixty[1].as_str().unwrap());
    m.post("move 30 keywords to another cluster", bulk, edit(&of_first[..30], json!({ "cluster_id": one }))).await;
    let split = json!({ "name": "A part of it", "keyword_ids": of_first[..30] });
    let made = m.post("split 30 keywords off", &format!("/api/planner/clusters/{one}/split"), split).await;
    // Neither idea nor content names it; the site's are looked through all the same.
    let merge = json!({ "cluster_ids": [made["id"]] });
    m.job("merge a cluster of 30 keywords, from request to end", &format!("/api/planner/clusters/{two}/merge"), merge)
        .await;
    m.get("map of 51 clusters, 60 ideas and 50 contents", &format!("/api/planner/clusters/map?site_id={site}")).await;
    let (other, _) = m.ana.site("Second").await;
    let known = json!({ "site_id": other, "keywords": keywords(0, 10) });
    m.ana.post("/api/planner/keywords", &known).await.good();
    let path = format!("/api/planner/keywords/duplicates?site_id={site}");
    m.get("50 keywords compared with one other site", &path).await;
    // The minute after which the sweep looks at the tenant, whether this run has taken one or not.
    let table = cloud.up.admin(&cloud.settings).unwrap().table;
    let ctx = Ctx::system(m.ana.tenant.parse().unwrap(), "test", Env::system());
    pass_time(&table, &ctx, Duration::ZERO).await.unwrap();
    m.start().await;
    m.ana.cloud.up.cloud().trigger("system-sweep").await.unwrap();
    m.note("sweep of a tenant that has just come to rest").await;
    m.start().await;
    m.ana.cloud.up.cloud().trigger("system-sweep").await.unwrap();
    m.note("sweep, idle").await;

    let measured = &meter.lines;
    println!("{}", measured.join("\n"));
    assert_eq!(measured.iter().collect::<BTreeSet<_>>().len(), measured.len(), "an operation is there twice");
    assert_eq!(*measured, documented(), "write these figures into docs/data.md once you know why they are so");
    cloud.check(&[&meter.ana]).await;
}
