//! The way through on real exports, when `IGNY8_SHARED` names the folder that holds `data/keywords/`; without it this
//! skips, and says so. A Keyword Planner export of 2,214 lines in UTF-16 and a Search Console export of 1,000 become
//! clusters, ideas, twenty articles and public pages.
#![allow(clippy::disallowed_methods, reason = "the variable is the test's own")]

use std::{collections::BTreeSet, fs, path::PathBuf, time::Instant};

use crate::common::{Answer, Client, Cloud, check_rest};
use http_body_util::Full;
use hyper::{Method, Request, body::Bytes};
use igny8_core::{Ctx, Env};
use igny8_work::Work;
use serde_json::{Value, json};

const PLANNER: &str = "gkp_auto-repair_es_utf16_preamble.csv";
const CONSOLE: &str = "gsc_queries_1000.csv";
const CREDITS: i64 = 2_000;
const ARTICLES: usize = 20;

/// The folder of the real files, if the environment names one.
fn folder() -> Option<PathBuf> {
    let shared = std::env::var_os("IGNY8_SHARED");
    if shared.is_none() {
        println!("SKIPPED: set IGNY8_SHARED to the folder with data/keywords/ to go the way on the real exports");
    }
    shared.map(|shared| PathBuf::from(shared).join("data/keywords"))
}

async fn inline(ana: &Client<'_>, site: &str, file: Vec<u8>) -> Answer {
    let path = format!("/api/planner/keywords/import?site_id={site}");
    ana.call(Method::POST, &path, Some(Bytes::from(file)), &[("content-type", "application/octet-stream")]).await
}

/// Uploads a file to its presigned address; the path that runs the import.
async fn upload(ana: &Client<'_>, site: &str, file: Vec<u8>) -> String {
    let started = ana.post("/api/planner/keywords/import-url", &json!({ "site_id": site })).await.good();
    let put = Request::put(started["url"].as_str().unwrap()).body(Full::new(Bytes::from(file))).unwrap();
    let put = ana.cloud.send(put).await;
    assert!(put.status.is_success(), "{}", put.text());
    format!("/api/planner/keywords/imports/{}/run", started["import_id"].as_str().unwrap())
}

/// The sum of a number over the results of a job's items.
fn sum(job: &Value, field: &str) -> u64 {
    job["items"].as_array().unwrap().iter().map(|item| item["result"][field].as_u64().unwrap_or_default()).sum()
}

fn ids(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| row["id"].clone()).collect()
}

async fn total(ana: &Client<'_>, list: &str) -> u64 {
    ana.get(&format!("{list}&limit=1&count=true")).await.good()["total"].as_u64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn from_real_exports_to_public_pages() {
    let Some(folder) = folder() else { return };
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", &CREDITS.to_string())]).await;
    let ana = cloud.owner("ana").await;
    let (site, host) = ana.site("Taller Ana").await;
    let begun = Instant::now();
    let told = |what: &str| println!("{:>6.1} s  {what}", begun.elapsed().as_secs_f64());

    // Keyword Planner: too many lines for an answer at once, which names the other way.
    let planner = fs::read(folder.join(PLANNER)).unwrap();
    let refused = inline(&ana, &site, planner.clone()).await.bad(413);
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("POST /api/planner/keywords/import-url"), "{refused:#}");
    let run = upload(&ana, &site, planner.clone()).await;
    let job = ana.job(&run, &json!({})).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(job["items"][0]["result"]["source"], "google_keyword_planner");
    let (created, duplicates) = (sum(&job, "created"), sum(&job, "duplicates"));
    assert_eq!((created + duplicates, sum(&job, "rejected_count")), (2_214, 0), "{job:#}");
    told(&format!("Keyword Planner: {created} keywords, {duplicates} duplicates of 2,214 lines"));

    // Search Console: at once.
    let report = inline(&ana, &site, fs::read(folder.join(CONSOLE)).unwrap()).await.good();
    let number = |field: &str| report[field].as_u64().unwrap();
    assert_eq!(report["source"], "search_console");
    let lines = number("created") + number("updated") + number("duplicates");
    assert_eq!((lines, number("rejected_count")), (1_000, 0), "{report:#}");
    told(&format!("Search Console: {} keywords of 1,000 lines", number("created")));
    let keywords = total(&ana, &format!("/api/planner/keywords?site_id={site}")).await;
    assert_eq!(keywords, created + number("created"));

    // Again, nothing is new.
    let run = upload(&ana, &site, planner).await;
    let again = ana.job(&run, &json!({})).await;
    assert_eq!((sum(&again, "created"), sum(&again, "updated")), (0, 0), "{again:#}");

    // Clusters, until no keyword is new.
    let all_new = json!({ "site_id": site, "all_new": true });
    let estimate = ana.post("/api/planner/cluster?estimate=true", &all_new).await.good();
    assert_eq!(estimate["items"], keywords.div_ceil(30), "{estimate}");
    let mut rounds = 0;
    while total(&ana, &format!("/api/planner/keywords?site_id={site}&status=new")).await > 0 {
        rounds += 1;
        assert!(rounds <= 3, "keywords stay new");
        let job = ana.job("/api/planner/cluster", &all_new).await;
        assert_eq!(job["status"], "succeeded", "{job:#}");
        let line = format!("clustering: {} items, {} credits", job["total"], job["credits"]["charged"]);
        told(&line);
    }
    let mut clusters = ana.all(&format!("/api/planner/clusters?site_id={site}")).await;
    let counted: u64 = clusters.iter().map(|cluster| cluster["keyword_count"].as_u64().unwrap()).sum();
    assert_eq!(counted, keywords);
    told(&format!("{} clusters hold {counted} keywords", clusters.len()));

    // Thirty ideas for the six largest clusters, twenty of them queued and written.
    clusters.sort_by_key(|cluster| std::cmp::Reverse(cluster["keyword_count"].as_u64()));
    let job =
        ana.job("/api/planner/ideas/generate", &json!({ "cluster_ids": ids(&clusters[..6]), "per_cluster": 5 })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let ideas = ana.all(&format!("/api/planner/ideas?site_id={site}")).await;
    assert_eq!((ideas.len(), &job["credits"]["charged"]), (30, &json!(30)), "{job:#}");
    told("30 ideas");
    // Some would compete with each other; who has seen with which may have them written all the same.
    let chosen = ids(&ideas[..ARTICLES]);
    ana.post("/api/planner/ideas/queue", &json!({ "idea_ids": chosen })).await.bad(409);
    let chosen = json!({ "idea_ids": chosen, "overrule": chosen });
    let tasks = ana.post("/api/planner/ideas/queue", &chosen).await.good();
    let job = ana.job("/api/writer/generate", &json!({ "task_ids": tasks["task_ids"] })).await;
    assert_eq!((&job["status"], &job["progress"]["done"]), (&json!("succeeded"), &json!(ARTICLES)), "{job:#}");
    assert_eq!(job["credits"]["charged"], 3 * ARTICLES);
    let contents = ana.all(&format!("/api/writer/content?site_id={site}")).await;
    assert_eq!(contents.len(), ARTICLES);
    told("20 articles");

    // Public pages.
    let publish = json!({ "content_ids": ids(&contents), "destinations": ["igny8"] });
    let job = ana.job("/api/publish", &publish).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let host = format!("{host}.localhost");
    let sitemap = cloud.page(&host, "/sitemap.xml").await.text();
    let mut pages = BTreeSet::new();
    for content in ana.all(&format!("/api/writer/content?site_id={site}&status=published")).await {
        let url = content["destinations"]["igny8"]["url"].as_str().unwrap().to_owned();
        let page = cloud.page(&host, &format!("/{}", content["slug"].as_str().unwrap())).await;
        assert_eq!(page.status, 200, "{url}");
        for part in ["<h1", "rel=\"canonical\"", "application/ld+json", "name=\"description\"", "<article"] {
            assert!(page.text().contains(part), "{part} is missing on {url}");
        }
        assert!(sitemap.contains(&url), "{url} is missing in {sitemap}");
        pages.insert(url);
    }
    assert_eq!(pages.len(), ARTICLES);
    for file in ["/", "/feed.xml", "/robots.txt"] {
        assert_eq!(cloud.page(&host, file).await.status, 200, "{file}");
    }
    told("20 public pages");

    // What the jobs charged is what the balance lacks.
    let jobs = ana.all("/api/system/jobs").await;
    assert!(jobs.iter().all(|job| job["status"] == "succeeded"), "{jobs:#?}");
    let charged: i64 = jobs.iter().map(|job| job["credits"]["charged"].as_i64().unwrap()).sum();
    let balance = ana.get("/api/billing/balance").await.good();
    assert_eq!(balance["available"], CREDITS - charged, "{balance:#}");
    told(&format!("{} jobs, {charged} credits", jobs.len()));
    cloud.check(&[&ana]).await;
    let app = cloud.up.admin(&cloud.settings).unwrap();
    let ctx = Ctx::system(ana.tenant.parse().unwrap(), "test", Env::system());
    check_rest(&app.table, &Work::new(app.cloud.clone(), app.table.clone()), &ctx).await;
}

/// Of the other files one has a single keyword whose searches are a range, and two are no exports.
#[tokio::test(flavor = "multi_thread")]
async fn the_other_files_are_told_apart() {
    let Some(folder) = folder() else { return };
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Taller Ana").await;
    let known = [PLANNER, CONSOLE];
    let mut others: Vec<_> = fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    others.sort();
    others.retain(|file| !known.contains(&file.file_name().unwrap().to_str().unwrap()));
    for file in others {
        let name = file.file_name().unwrap().to_str().unwrap();
        let bytes = fs::read(&file).unwrap();
        match name {
            "gkp_empty-result_utf16_preamble.csv" => {
                let report = inline(&ana, &site, bytes).await.good();
                assert_eq!((&report["source"], &report["created"]), (&json!("google_keyword_planner"), &json!(1)));
                let rows = ana.all(&format!("/api/planner/keywords?site_id={site}")).await;
                // "N/A" searches, between 10,000 and 100,000: their geometric mean.
                assert_eq!((&rows[0]["keyword"], &rows[0]["volume"]), (&json!("white girls"), &json!(31_623)));
            }
            // Questions and their intents, under `text` and `category`: no keyword column, whatever the size.
            "banking77_test.csv" => {
                inline(&ana, &site, bytes.clone()).await.bad(422);
                let run = upload(&ana, &site, bytes).await;
                let told = ana.call(Method::POST, &run, None, &[]).await.bad(422);
                assert!(told["detail"].as_str().unwrap().contains("keyword"), "{told:#}");
            }
            // Compressed: not a text.
            "banking77_train.csv.gz" => {
                inline(&ana, &site, bytes).await.bad(400);
            }
            other => panic!("{other} is new here: say what becomes of it"),
        }
        println!("{name}: as it should");
    }
    cloud.check(&[&ana]).await;
}

/// The headers that the data's README describes, as files of the project (libs/planning/tests/exports), with their
/// damaged lines: over HTTP, each is recognised by its header.
#[tokio::test(flavor = "multi_thread")]
async fn every_header_is_recognised_over_http() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let exports = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../libs/planning/tests/exports");
    let mut sources = BTreeSet::new();
    let mut files: Vec<_> = fs::read_dir(exports).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    for file in files {
        let (site, _) = ana.site(file.file_stem().unwrap().to_str().unwrap()).await;
        let report = inline(&ana, &site, fs::read(&file).unwrap()).await.good();
        let created = report["created"].as_u64().unwrap();
        assert!(created > 0, "{}: {report:#}", file.display());
        for rejected in report["rejected"].as_array().unwrap() {
            assert!(rejected["line"].as_u64().unwrap() > 1 && !rejected["message"].as_str().unwrap().is_empty());
        }
        println!("{}: {} {created} + {}", file.display(), report["source"], report["rejected_count"]);
        sources.insert(report["source"].as_str().unwrap().to_owned());
    }
    let expected = [
        "ahrefs_keywords_explorer",
        "ahrefs_site_explorer",
        "google_keyword_planner",
        "other",
        "search_console",
        "semrush_keyword_magic",
    ];
    assert_eq!(sources.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    cloud.check(&[&ana]).await;
}
