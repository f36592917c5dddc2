//! Every function at its maximum size fits its transaction or is split: the largest requests that the API takes, and
//! the largest answers that a model may give, through the real HTTP API, queues and table code.
//!
//! Clustering takes 30 keywords to an item, so thirty new clusters are the most that one transaction must hold.

mod scale;

use crate::common::{Client, Cloud};
use crate::model::{Model, Question, Reply};
use http_body_util::Full;
use hyper::{Method, Request, body::Bytes};
use scale::largest;
use serde_json::{Value, json};

async fn start(model: &Model, more: &[(&str, &str)]) -> Cloud {
    scale::listen();
    let mut vars = model.vars();
    vars.extend(more);
    let cloud = Cloud::start_with(&vars).await;
    cloud.without_rates().await;
    cloud
}

async fn good_model() -> Model {
    Model::start(|question| Reply::text(question.good())).await
}

fn ids(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| row["id"].clone()).collect()
}

/// A text of so many characters that takes three bytes for most of them, and is another one for another number.
fn long(n: usize, characters: usize) -> String {
    // No two have a word in common, so that nothing takes them for the same.
    let letter = char::from_u32(u32::from('語') + n as u32 % 1_000).unwrap();
    format!("{n:04} {}", letter.to_string().repeat(characters - 5))
}

async fn add(ana: &Client<'_>, site: &str, sector: &Value, count: usize, characters: usize) -> Vec<Value> {
    let keywords: Vec<_> = (0..count)
        .map(|n| json!({ "keyword": long(n, characters), "volume": 9_999_999_999_u64, "difficulty": 100, "cpc": 99_999.99 }))
        .collect();
    let body = json!({ "site_id": site, "sector_id": sector, "keywords": keywords });
    assert_eq!(ana.post("/api/planner/keywords", &body).await.good()["created"], count);
    ana.all(&format!("/api/planner/keywords?site_id={site}")).await
}

/// Each keyword into a new cluster of its own, with the longest names; after an answer of no use and one that the
/// provider's filter stopped, so that all three calls stand in the usage log.
#[tokio::test(flavor = "multi_thread")]
async fn each_keyword_into_a_new_cluster_of_its_own() {
    let model = Model::start(|question| {
        if question.model == "main" {
            return if question.is_repair { Reply::finished("", "content_filter") } else { Reply::text("Well…") };
        }
        let keywords = question.data("keywords");
        let clusters = keywords.as_array().unwrap().iter().map(|keyword| {
            let number = keyword["keyword"].as_str().unwrap()[..4].parse().unwrap();
            json!({ "name": long(number, 120), "description": long(number, 500), "keywords": [keyword["id_no"]] })
        });
        Reply::text(json!({ "clusters": clusters.collect::<Vec<_>>() }))
    })
    .await;
    let cloud = start(&model, &[("AI_FALLBACK_MODEL", "spare")]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let sector = ana.post(&format!("/api/auth/sites/{site}/sectors"), &json!({ "name": "Brakes" })).await.good();
    let keywords = add(&ana, &site, &sector["id"], 50, 200).await;

    let body = json!({ "site_id": site, "keyword_ids": ids(&keywords) });
    let job = ana.job("/api/planner/cluster", &body).await;
    assert_eq!((&job["status"], &job["total"]), (&json!("succeeded"), &json!(3)), "{job:#}");
    assert_eq!(job["credits"], json!({ "reserved": 0, "charged": 2, "refunded": 0 }));
    let clusters = ana.all(&format!("/api/planner/clusters?site_id={site}")).await;
    assert_eq!(clusters.len(), 50);
    assert!(clusters.iter().all(|cluster| cluster["keyword_count"] == 1 && cluster["sector_id"] == sector["id"]));
    assert_eq!(ana.all(&format!("/api/planner/keywords?site_id={site}&status=clustered")).await.len(), 50);
    assert_eq!(ana.all("/api/billing/usage").await.len(), 6);
    let (actions, _) = largest("work.finish");
    assert!((97..=100).contains(&actions), "30 keywords, clusters and names, and the end of the item: {actions}");
    let one_more = [ids(&keywords), vec![json!(site)]].concat();
    let too_many = json!({ "site_id": site, "keyword_ids": one_more });
    ana.post("/api/planner/cluster", &too_many).await.bad(422);
    cloud.check(&[&ana]).await;
}

/// The largest answer about ideas: ten, each longer than a row takes, and fifty keywords of the cluster served. Of what
/// is too long the outlines go first: angle and audience leave room for the keywords, each of which is a row to write.
fn ten_long_ideas(question: &Question) -> Reply {
    let cluster = question.data("cluster");
    let keywords = cluster["keywords"].as_array().unwrap();
    let count = if keywords.is_empty() { 1 } else { 10 };
    let ideas = (0..count).map(|n| {
        let outline: Vec<_> = (0..14)
            .map(|s| json!({ "heading": long(s, 200), "points": (0..7).map(|p| long(p, 200)).collect::<Vec<_>>() }))
            .collect();
        let title = format!("{n} {}", cluster["name"].as_str().unwrap());
        json!({
            "title": format!("{title}{}", "語".repeat(150)), "angle": long(n, 100), "structure": "category_archive",
            "entity_type": "taxonomy", "outline": outline, "estimated_words": 99_999, "audience": long(n, 100),
            "target_keywords": keywords.iter().skip(n * 5).take(15).collect::<Vec<_>>(),
        })
    });
    Reply::text(json!({ "ideas": ideas.collect::<Vec<_>>() }))
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_ideas_for_each_of_two_hundred_clusters() {
    let model = Model::start(|question| match question.function {
        "auto_cluster" => {
            let all: Vec<_> =
                question.data("keywords").as_array().unwrap().iter().map(|keyword| keyword["id_no"].clone()).collect();
            Reply::text(json!({ "clusters": [{ "name": "Everything", "description": "", "keywords": all }] }))
        }
        _ => ten_long_ideas(question),
    })
    .await;
    let cloud = start(&model, &[]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let keywords = add(&ana, &site, &Value::Null, 60, 12).await;
    let all_new = json!({ "site_id": site, "all_new": true });
    assert_eq!(ana.job("/api/planner/cluster", &all_new).await["status"], "succeeded");
    for n in 1..200 {
        ana.post("/api/planner/clusters", &json!({ "site_id": site, "name": long(n, 120) })).await.good();
    }
    let clusters = ana.all(&format!("/api/planner/clusters?site_id={site}")).await;
    let most = json!({ "cluster_ids": ids(&clusters), "per_cluster": 10 });
    let estimate = ana.post("/api/planner/ideas/generate?estimate=true", &most).await.good();
    assert_eq!(estimate, json!({ "credits": 2_000, "items": 200 }));
    let job = ana.job("/api/planner/ideas/generate", &most).await;
    assert_eq!((&job["status"], &job["progress"]["done"]), (&json!("succeeded"), &json!(200)), "{:#}", job["progress"]);
    assert_eq!(job["credits"], json!({ "reserved": 0, "charged": 209, "refunded": 1_791 }));
    let (actions, bytes) = largest("work.finish");
    assert!(actions >= 20 + 50 + 7 && bytes < 4 << 20, "{actions} actions, {bytes} bytes");
    assert!(largest("work.create_items").0 <= 100);
    let mapped = ana.all(&format!("/api/planner/keywords?site_id={site}&status=mapped")).await;
    assert_eq!((mapped.len(), keywords.len()), (50, 60), "as many as the model was told of");
    let ideas = ana.all(&format!("/api/planner/ideas?site_id={site}")).await;
    assert_eq!(ideas.len(), 209);

    // The largest bulk actions on them.
    let two_hundred = ids(&ideas[..200]);
    for action in ["reject", "accept"] {
        let answer = ana.post("/api/planner/ideas/bulk", &json!({ "action": action, "ids": two_hundred })).await.good();
        let done = answer["items"].as_array().unwrap().iter().filter(|item| item["ok"] == true).count();
        assert_eq!(done, 200, "{answer:#}");
    }
    ana.post("/api/planner/ideas/bulk", &json!({ "action": "accept", "ids": ids(&ideas[..201]) })).await.bad(422);
    let queued = ana.post("/api/planner/ideas/queue", &json!({ "idea_ids": ids(&ideas[..45]) })).await.good();
    assert_eq!(queued["task_ids"].as_array().unwrap().len(), 45);
    assert!(largest("content.queue_ideas").0 <= 100);
    ana.post("/api/planner/ideas/queue", &json!({ "idea_ids": ids(&ideas[45..91]) })).await.bad(422);
    cloud.check(&[&ana]).await;
}

/// What a person may send is larger than what a model may: the longest ideas and tasks, as many as one request takes.
#[tokio::test(flavor = "multi_thread")]
async fn the_longest_plans_by_hand() {
    let model = good_model().await;
    let cloud = start(&model, &[]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    // 15,928 of the 16,000 bytes that the texts of a plan may have together, three for most characters.
    let section = |s: usize| json!({ "heading": long(s, 20), "points": vec![long(s, 126); 10] });
    let outline = (0..4).map(section).collect::<Vec<_>>();
    let idea = |n: usize, outline: &[Value]| {
        let keywords: Vec<_> = (0..2).map(|k| long(k, 50)).collect();
        json!({ "site_id": site, "title": long(n, 200), "outline": outline, "target_keywords": keywords })
    };
    let endless = json!({ "heading": "One", "points": vec![long(0, 300); 10] });
    let told = ana.post("/api/planner/ideas", &idea(0, &vec![endless; 20])).await.bad(422);
    assert_eq!(told["errors"][0]["field"], "outline", "{told:#}");
    let mut made = Vec::new();
    for n in 0..45 {
        made.push(ana.post("/api/planner/ideas", &idea(n, &outline)).await.good()["id"].clone());
    }
    let tasks = ana.post("/api/planner/ideas/queue", &json!({ "idea_ids": made })).await.good();
    let (actions, bytes) = largest("content.queue_ideas");
    assert!(actions <= 100 && bytes < 4 << 20, "{actions} actions, {bytes} bytes");
    let tasks = tasks["task_ids"].as_array().unwrap();
    let listed = ana.get(&format!("/api/writer/tasks?site_id={site}&limit=200")).await;
    assert!(listed.bytes.len() < 6_000_000, "{} bytes", listed.bytes.len());
    assert_eq!(ana.all(&format!("/api/writer/tasks?site_id={site}")).await.len(), 45);

    // Forty articles of such plans in the transaction of their job; more are taken before it.
    let many: Vec<_> = (0..501).map(|n| format!("01JZ00000000000000000{n:05}")).collect();
    ana.post("/api/writer/generate", &json!({ "task_ids": many })).await.bad(422);
    let job = ana.job("/api/writer/generate", &json!({ "task_ids": tasks[..40] })).await;
    assert_eq!((&job["status"], &job["progress"]["done"]), (&json!("succeeded"), &json!(40)), "{:#}", job["progress"]);
    let (actions, bytes) = largest("work.create");
    assert!(actions <= 100 && bytes < 4 << 20, "{actions} actions, {bytes} bytes");
    cloud.check(&[&ana]).await;
}

/// As many blocks and bytes as a body may have, of every kind that a model writes.
fn longest_article() -> Vec<Value> {
    let text = |n: usize, bytes: usize| {
        let mark = format!("Part {n}: <strong>brakes</strong> &amp; pads. ");
        let filler = "Every stop wears the pads a little, and they tell you so. ";
        let mut text = mark;
        while text.len() + filler.len() < bytes {
            text.push_str(filler);
        }
        let rest = bytes - text.len();
        text + &"x".repeat(rest)
    };
    (0..500)
        .map(|n| match n % 5 {
            0 => json!({ "type": "heading", "level": 2, "text": text(n, 2_000) }),
            1 => json!({ "type": "paragraph", "text": text(n, 2_000) }),
            2 => json!({ "type": "list", "ordered": false, "items": vec![text(n, 200); 10] }),
            3 => json!({ "type": "faq", "items": [{ "question": text(n, 1_000), "answer": text(n, 1_000) }] }),
            _ => json!({ "type": "table", "header": [], "rows": vec![vec![text(n, 100); 4]; 5], "caption": null }),
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_article_is_written_edited_restored_and_published() {
    let model = Model::start(|_| {
        Reply::text(json!({
            "title": long(1, 300), "meta_title": long(2, 200), "meta_description": long(3, 400),
            "excerpt": long(4, 500), "blocks": longest_article(),
        }))
    })
    .await;
    let cloud = start(&model, &[]).await;
    let ana = cloud.owner("ana").await;
    let (site, host) = ana.site("Garage").await;
    let keywords: Vec<_> = (0..50).map(|n| long(n, 17)).collect();
    let task = json!({ "site_id": site, "title": long(0, 200), "keywords": keywords });
    let task = ana.post("/api/writer/tasks", &task).await.good();
    let job = ana.job("/api/writer/generate", &json!({ "task_ids": [task["id"]] })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let path = format!("/api/writer/content/{}", job["items"][0]["result"]["content_id"].as_str().unwrap());
    let written = ana.get(&path).await.good();
    let blocks = written["blocks"].as_array().unwrap();
    assert_eq!(blocks.len(), 500);
    let bytes: usize = longest_article().iter().map(|block| block.to_string().len()).sum();
    assert!(bytes >= 1_000_000, "{bytes}");

    // An edit of that size; a byte more is refused.
    let mut other = blocks.clone();
    other.reverse();
    let edited = ana.patch(&path, &json!({ "blocks": other, "title": long(9, 200) })).await.good();
    assert_eq!((edited["revision"].as_u64(), &edited["blocks"][499]), (Some(2), &blocks[0]));
    let mut longer = blocks.clone();
    longer[1]["text"] = json!(format!("{}y", longer[1]["text"].as_str().unwrap()));
    ana.patch(&path, &json!({ "blocks": longer })).await.bad(422);
    let more: Vec<_> = (0..501).map(|n| json!({ "type": "paragraph", "text": format!("{n}") })).collect();
    ana.patch(&path, &json!({ "blocks": more })).await.bad(422);
    let restored = ana.post(&format!("{path}/revisions/1/restore"), &json!({})).await.good();
    assert_eq!(restored["blocks"], written["blocks"]);

    let publish = json!({ "content_ids": [written["id"]], "destinations": ["igny8"] });
    let job = ana.job("/api/publish", &publish).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let page = cloud.page(&format!("{host}.localhost"), &format!("/{}", restored["slug"].as_str().unwrap())).await;
    assert_eq!(page.status, 200);
    assert!(page.bytes.len() > 1_000_000, "{} bytes", page.bytes.len());
    println!("the page has {} bytes", page.bytes.len());

    // The same size in the marks that grow most when they are written as HTML and as JSON.
    for mark in ["\"", "&"] {
        let block = json!({ "type": "paragraph", "text": format!("x{}", mark.repeat(99_999)) });
        let blocks = vec![block; 10];
        let answer = ana.patch(&path, &json!({ "blocks": blocks })).await;
        println!("a body of {mark}: {} with {} bytes", answer.status, answer.bytes.len());
        assert!(answer.status.is_success() || answer.status == 422, "{mark}: {}", answer.status);
        assert_eq!(ana.get(&path).await.status, 200, "what was kept can be read");
    }
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seven_thousand_five_hundred_lines() {
    let model = good_model().await;
    let cloud = start(&model, &[]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let file = |lines: usize| {
        let lines: String = (0..lines).map(|n| format!("brake question number {n},{n},{},1.25\n", n % 101)).collect();
        format!("Keyword,Volume,KD,CPC\n{lines}")
    };
    let inline = async |lines: usize| {
        let path = format!("/api/planner/keywords/import?site_id={site}");
        ana.call(Method::POST, &path, Some(Bytes::from(file(lines))), &[("content-type", "text/csv")]).await
    };
    // At once: two thousand, and not one more.
    inline(2_001).await.bad(413);
    let begun = std::time::Instant::now();
    assert_eq!(inline(2_000).await.good()["created"], 2_000);
    println!("2,000 lines at once: {:?}", begun.elapsed());

    let started = ana.post("/api/planner/keywords/import-url", &json!({ "site_id": site })).await.good();
    let put = Request::put(started["url"].as_str().unwrap()).body(Full::new(Bytes::from(file(7_500)))).unwrap();
    assert!(cloud.send(put).await.status.is_success());
    let run = format!("/api/planner/keywords/imports/{}/run", started["import_id"].as_str().unwrap());
    let begun = std::time::Instant::now();
    let job = ana.job(&run, &json!({})).await;
    println!("7,500 lines by a job of {} items: {:?}", job["total"], begun.elapsed());
    assert_eq!((&job["status"], &job["total"]), (&json!("succeeded"), &json!(9)), "{job:#}");
    let sum = |field: &str| -> u64 {
        job["items"].as_array().unwrap().iter().map(|item| item["result"][field].as_u64().unwrap()).sum()
    };
    assert_eq!((sum("created"), sum("duplicates")), (5_500, 2_000));
    let (actions, _) = largest("planning.save_keywords");
    assert!((91..=100).contains(&actions), "45 keywords with their names, and an audit entry: {actions}");
    let count = ana.get(&format!("/api/planner/keywords?site_id={site}&count=true&limit=1")).await.good();
    assert_eq!(count["total"], 7_500);
    let export = ana.get(&format!("/api/planner/keywords/export?site_id={site}")).await;
    assert!(export.status.is_success() && export.text().lines().count() >= 7_501, "{}", export.status);

    // All of them to be clustered: 250 items and the comparison of what they make, written in chunks, and taken back in chunks.
    let all_new = json!({ "site_id": site, "all_new": true });
    let started = ana.post("/api/planner/cluster", &all_new).await.good();
    assert_eq!(started["job"]["total"], 251);
    let id = started["job"]["id"].as_str().unwrap();
    ana.post(&format!("/api/system/jobs/{id}/cancel"), &json!({})).await.good();
    let job = ana.wait(id).await;
    assert_eq!(job["status"], "cancelled");
    let credits = &job["credits"];
    assert_eq!(credits["charged"].as_u64().unwrap() + credits["refunded"].as_u64().unwrap(), 250, "{credits}");
    assert!(largest("work.create_items").0 <= 100);
    assert!(largest("work.cancel").0 <= 100);

    // The largest requests with many keywords.
    let rows = ana.all(&format!("/api/planner/keywords?site_id={site}&status=new&sort=-volume")).await;
    for action in ["archive", "unarchive", "delete"] {
        let answer =
            ana.post("/api/planner/keywords/bulk", &json!({ "action": action, "ids": ids(&rows[..200]) })).await.good();
        let done = answer["items"].as_array().unwrap().iter().filter(|item| item["ok"] == true).count();
        assert_eq!(done, 200, "{action}: {answer:#}");
    }
    ana.post("/api/planner/keywords/bulk", &json!({ "action": "archive", "ids": ids(&rows[..201]) })).await.bad(422);
    let body = |count: usize| {
        let keywords: Vec<_> = (0..count)
            .map(|n| json!({ "keyword": long(n, 200), "difficulty": if n == 0 { 1 } else { 101 } }))
            .collect();
        json!({ "site_id": site, "keywords": keywords })
    };
    let key = [("idempotency-key", "most")];
    let send = async |count: usize| {
        let path = "/api/planner/keywords";
        ana.call(Method::POST, path, Some(body(count).to_string().into()), &key).await
    };
    send(2_001).await.bad(413);
    let first = send(2_000).await.good();
    assert_eq!((&first["created"], first["rejected"].as_array().unwrap().len()), (&json!(1), 1_999));
    assert_eq!(send(2_000).await.good(), first, "the remembered answer is as large as it gets");
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_contents_are_published_in_one_request() {
    let model = good_model().await;
    let cloud = start(&model, &[]).await;
    let ana = cloud.owner("ana").await;
    let (site, host) = ana.site("Garage").await;
    let mut contents = Vec::new();
    for forty in 0..5 {
        let mut tasks = Vec::new();
        for n in 0..40 {
            let task = json!({ "site_id": site, "title": format!("Question {forty}-{n} about brakes") });
            tasks.push(ana.post("/api/writer/tasks", &task).await.good()["id"].clone());
        }
        let job = ana.job("/api/writer/generate", &json!({ "task_ids": tasks })).await;
        assert_eq!(job["status"], "succeeded", "{:#}", job["progress"]);
        contents.extend(job["items"].as_array().unwrap().iter().map(|item| item["result"]["content_id"].clone()));
    }
    let publish = json!({ "content_ids": contents, "destinations": ["igny8"] });
    let job = ana.job("/api/publish", &publish).await;
    assert_eq!((&job["status"], &job["total"]), (&json!("succeeded"), &json!(8)), "{job:#}");
    let (actions, bytes) = largest("work.finish");
    assert!(actions <= 100 && bytes < 4 << 20, "{actions} actions, {bytes} bytes");
    assert_eq!(ana.all(&format!("/api/publish/records?site_id={site}")).await.len(), 200);
    let sitemap = cloud.page(&format!("{host}.localhost"), "/sitemap.xml").await.text();
    assert!(sitemap.matches("<loc>").count() >= 200);
    let deployments = ana.all(&format!("/api/publish/deployments?site_id={site}")).await;
    assert_eq!((deployments.len(), &deployments[0]["contents"]), (8, &json!(200)));
    let one_more = [contents, vec![json!(site)]].concat();
    let too_many = json!({ "content_ids": one_more, "destinations": ["igny8"] });
    ana.post("/api/publish", &too_many).await.bad(422);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_clusters_with_five_thousand_keywords_become_one() {
    let model = good_model().await;
    let cloud = start(&model, &[]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    for part in 0..3 {
        let most = if part == 2 { 1_000 } else { 2_000 };
        let lines: String = (0..most).map(|n| format!("brake question {part} number {n},10\n")).collect();
        let path = format!("/api/planner/keywords/import?site_id={site}");
        let file = Bytes::from(format!("Keyword,Volume\n{lines}"));
        ana.call(Method::POST, &path, Some(file), &[("content-type", "text/csv")]).await.good();
    }
    let keywords = ids(&ana.all(&format!("/api/planner/keywords?site_id={site}")).await);
    assert_eq!(keywords.len(), 5_000);
    let mut clusters = Vec::new();
    for n in 0..50 {
        let cluster = json!({ "site_id": site, "name": format!("Cluster {n}") });
        clusters.push(ana.post("/api/planner/clusters", &cluster).await.good()["id"].clone());
    }
    let change = async |ids: &[Value], cluster: &Value| {
        let body = json!({ "action": "update", "ids": ids, "change": { "cluster_id": cluster } });
        let answer = ana.post("/api/planner/keywords/bulk", &body).await.good();
        let done = answer["items"].as_array().unwrap().iter().filter(|item| item["ok"] == true).count();
        assert_eq!(done, ids.len(), "{answer:#}");
    };
    // Forty keywords, each of another cluster, leave for one more: the most that a transaction of theirs holds.
    for (keyword, cluster) in keywords[..40].iter().zip(&clusters[10..]) {
        change(std::slice::from_ref(keyword), cluster).await;
    }
    change(&keywords[..40], &clusters[0]).await;
    let (actions, _) = largest("planning.change_keywords");
    assert!((80..=100).contains(&actions), "{actions}");
    for (n, some) in keywords.chunks(100).enumerate() {
        change(some, &clusters[n % 10]).await;
    }
    let split = json!({ "name": "Split", "keyword_ids": keywords[..90] });
    let path = format!("/api/planner/clusters/{}/split", clusters[0].as_str().unwrap());
    assert_eq!(ana.post(&path, &split).await.good()["keyword_count"], 90);
    assert!((90..=100).contains(&largest("planning.split_cluster").0));
    let into = format!("/api/planner/clusters/{}", clusters[0].as_str().unwrap());
    let begun = std::time::Instant::now();
    let all = ana.all(&format!("/api/planner/clusters?site_id={site}")).await;
    let full = all.iter().filter(|row| row["keyword_count"] != 0).map(|row| row["id"].clone()).collect::<Vec<_>>();
    assert_eq!(full.len(), 11);
    let job = ana.job(&format!("{into}/merge"), &json!({ "cluster_ids": full })).await;
    println!("4,590 keywords of 11 clusters merged: {:?}", begun.elapsed());
    assert_eq!(
        (&job["status"], &job["items"][0]["result"]["keywords"]),
        (&json!("succeeded"), &json!(4_590)),
        "{job:#}"
    );
    let row = ana.get(&into).await.good();
    assert_eq!((&row["keyword_count"], &row["volume"]), (&json!(5_000), &json!(50_000)));
    let id = clusters[0].as_str().unwrap();
    let left = format!("/api/planner/keywords?site_id={site}&cluster_id={id}&count=true&limit=1");
    assert_eq!(ana.get(&left).await.good()["total"], 5_000);
    assert!(largest("planning.merge_keywords").0 <= 100);
    let many: Vec<_> = clusters[20..42].to_vec();
    ana.post(&format!("{into}/merge"), &json!({ "cluster_ids": many })).await.bad(422);
    // Twenty at once, empty ones: the transaction that ends the item.
    let job = ana.job(&format!("{into}/merge"), &json!({ "cluster_ids": clusters[20..40] })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert!(largest("work.finish").0 <= 100);
    cloud.check(&[&ana]).await;
}
