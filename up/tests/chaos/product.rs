//! The walk through the product: planning by hand and by file, writing, publishing, and jobs too large for one write.

use std::{
    collections::BTreeSet,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
};

use serde_json::{Value, json};

use crate::{
    provider::{LATER, REFUSED},
    stack::{Person, Stack},
    walk::{Walk, ids, site},
};

/// Keywords, clusters and ideas by hand, and imports.
pub async fn planning(stack: &Stack, who: &Person) {
    let mut walk = Walk::new(stack, who);
    let id = site(&mut walk, "Planning").await;
    let of = |kind: &str| format!("/api/planner/{kind}?site_id={id}");

    let keyword = |text: &str| json!({ "keyword": text, "volume": 10 });
    let made = json!({ "site_id": id, "keywords": [keyword("brake pads"), keyword("brake discs"), keyword("oil")] });
    walk.post("/api/planner/keywords", &made).await;
    let rows = stack.all(who, &of("keywords")).await;
    assert_eq!(rows.len(), 3, "{rows:#?}");
    let by_name = |name: &str| rows.iter().find(|row| row["keyword"] == name).unwrap()["id"].clone();
    let pads = by_name("brake pads");
    stack.patch(who, &format!("/api/planner/keywords/{}", pads.as_str().unwrap()), &json!({ "difficulty": 40 })).await;
    let bulk = json!({ "action": "archive", "ids": [pads, by_name("brake discs")] });
    walk.post("/api/planner/keywords/bulk", &bulk).await;
    let oil = by_name("oil");
    walk.delete(&format!("/api/planner/keywords/{}", oil.as_str().unwrap()), &of("keywords"), "keyword", "oil").await;
    walk.expect(&of("keywords"), "keyword", "brake pads", 1);
    walk.expect(&of("keywords"), "status", "archived", 2);

    // An import of a file that was uploaded.
    let started = walk.post("/api/planner/keywords/import-url", &json!({ "site_id": id })).await;
    let url = started["url"].as_str().unwrap();
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let upload = crate::common::Web::new(format!("http://{host}"));
    let csv = "Keyword,Volume\nwheel alignment,800\nwheel balancing,600\nwheel alignment cost,500\n";
    upload.put(&format!("/{path}"), csv).await.good();
    let run = format!("/api/planner/keywords/imports/{}/run", started["import_id"].as_str().unwrap());
    let job = walk.job(&run, &json!({})).await;
    assert_eq!((job["status"].as_str(), job["progress"]["done"].as_u64()), (Some("succeeded"), Some(1)), "{job:#}");
    for name in ["wheel alignment", "wheel balancing", "wheel alignment cost"] {
        walk.expect(&of("keywords"), "keyword", name, 1);
    }

    merging(&mut walk, &id).await;
    rivals(&mut walk, &id).await;
    let cluster = json!({ "site_id": id, "name": "Brake pads", "description": "By hand" });
    let made = walk.make("/api/planner/clusters", &of("clusters"), &cluster, "name").await;
    let path = format!("/api/planner/clusters/{made}");
    walk.change(&path, &of("clusters"), "name", "Brake pads", "Brake discs").await;
    walk.delete(&path, &of("clusters"), "name", "Brake discs").await;

    let idea = json!({
        "site_id": id, "title": "When to change brake pads", "target_keywords": ["brake pads"],
        "outline": [{ "heading": "The signs", "points": ["Noise"] }],
    });
    let made = walk.make("/api/planner/ideas", &of("ideas"), &idea, "title").await;
    let path = format!("/api/planner/ideas/{made}");
    stack.patch(who, &path, &json!({ "status": "accepted" })).await;
    walk.expect(&of("ideas"), "status", "accepted", 1);
    walk.check().await;
    walk.expected.retain(|one| one.field != "status");
    walk.delete(&path, &of("ideas"), "title", "When to change brake pads").await;
    walk.check().await;
}

/// A cluster with keywords, a spoke, an idea and a task is split, and all of it merged again.
async fn merging(walk: &mut Walk<'_>, id: &str) {
    let of = |kind: &str| format!("/api/planner/{kind}?site_id={id}");
    let (stack, who, clusters) = (walk.stack, walk.who, "/api/planner/clusters");
    let cluster = |name: &str, hub: Option<&str>| json!({ "site_id": id, "name": name, "hub_id": hub });
    let stays = walk.make(clusters, &of("clusters"), &cluster("Wheels", None), "name").await;
    let goes = walk.make(clusters, &of("clusters"), &cluster("Alignment", None), "name").await;
    let spoke = walk.make(clusters, &of("clusters"), &cluster("Balance", Some(&goes)), "name").await;
    let rows = stack.all(who, &of("keywords")).await;
    let wheels: Vec<_> = rows.iter().filter(|row| row["keyword"].as_str().unwrap().starts_with("wheel")).collect();
    let wheels: Vec<Value> = wheels.iter().map(|row| row["id"].clone()).collect();
    let bulk = json!({ "action": "update", "ids": wheels, "change": { "cluster_id": goes } });
    let moved = walk.post("/api/planner/keywords/bulk", &bulk).await;
    assert!(moved["items"].as_array().unwrap().iter().all(|item| item["ok"] == true), "{moved:#}");
    let idea = json!({ "site_id": id, "title": "All about alignment", "cluster_id": goes });
    let idea = walk.make("/api/planner/ideas", &of("ideas"), &idea, "title").await;
    let split = json!({ "name": "Costs", "keyword_ids": [wheels[0]] });
    let costs = walk.make(&format!("{clusters}/{goes}/split"), &of("clusters"), &split, "name").await;
    stack.patch(who, &format!("{clusters}/{costs}"), &json!({ "hub_id": goes })).await;
    let merge = json!({ "cluster_ids": [goes, costs] });
    let job = walk.job(&format!("{clusters}/{stays}/merge"), &merge).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    for gone in ["Alignment", "Costs"] {
        walk.expect(&of("clusters"), "name", gone, 0);
    }
    let row = stack.get(who, &format!("{clusters}/{stays}")).await;
    let totals = [&row["keyword_count"], &row["volume"], &row["spoke_count"]].map(|total| total.as_u64().unwrap());
    assert_eq!(totals, [3, 1_900, 1], "{row:#}");
    assert_eq!(stack.get(who, &format!("{clusters}/{spoke}")).await["hub_id"], stays.as_str());
    assert_eq!(stack.get(who, &format!("/api/planner/ideas/{idea}")).await["cluster_id"], stays.as_str());

    // And all of it back again.
    let merged = job["id"].as_str().unwrap();
    let job = walk.job(&format!("{clusters}/merges/{merged}/undo"), &json!({})).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    for back in ["Alignment", "Costs"] {
        walk.expect(&of("clusters"), "name", back, 1);
    }
    let figures = async |cluster: &str| {
        let row = stack.get(who, &format!("{clusters}/{cluster}")).await;
        [&row["keyword_count"], &row["spoke_count"]].map(|total| total.as_u64().unwrap())
    };
    assert_eq!([figures(&stays).await, figures(&goes).await, figures(&costs).await], [[0, 0], [2, 2], [1, 0]]);
    assert_eq!(stack.get(who, &format!("{clusters}/{costs}")).await["hub_id"], goes.as_str());
    assert_eq!(stack.get(who, &format!("/api/planner/ideas/{idea}")).await["cluster_id"], goes.as_str());
}

/// An idea gets a rival after it was judged, is refused for it, and merged into it and taken back.
async fn rivals(walk: &mut Walk<'_>, id: &str) {
    let of = |kind: &str| format!("/api/planner/{kind}?site_id={id}");
    let (stack, who) = (walk.stack, walk.who);
    let idea = json!({
        "site_id": id, "title": "Bleeding the brakes at home", "target_keywords": ["bleed brakes"],
        "outline": [{ "heading": "What you need", "points": ["A helper"] }],
    });
    let made = walk.make("/api/planner/ideas", &of("ideas"), &idea, "title").await;
    let task = json!({ "site_id": id, "title": "Bleeding brakes at home", "keywords": ["brake fluid"] });
    let list = format!("/api/writer/tasks?site_id={id}");
    let task = walk.make("/api/writer/tasks", &list, &task, "title").await;
    let refused = stack.post(who, "/api/planner/ideas/queue", &json!({ "idea_ids": [made] })).await;
    assert_eq!(refused.status, 409, "{}", refused.text());
    let path = format!("/api/planner/ideas/{made}");
    assert_eq!(stack.get(who, &path).await["verdict"]["rival"]["id"], task.as_str());
    let keywords = async || stack.get(who, &format!("/api/writer/tasks/{task}")).await["keywords"].clone();
    walk.post(&format!("{path}/merge"), &json!({ "rival_id": task })).await;
    assert_eq!(keywords().await, json!(["brake fluid", "bleed brakes"]));
    walk.post(&format!("{path}/unmerge"), &json!({})).await;
    assert_eq!(keywords().await, json!(["brake fluid"]));
}

/// From keywords to a public page, with the AI; items that fail and are tried again.
pub async fn writing(stack: &Stack, who: &Person, plan: &str) {
    let mut walk = Walk::new(stack, who);
    let id = site(&mut walk, "Writing").await;
    let csv = "Keyword,Volume\nbrake pads,1300\nbest brake pads,900\nchange brake pads,700\noil change,2400\n\
        oil change near me,1900\noil change cost,1100\nwheel alignment,800\nwheel alignment cost,500\n";
    stack.csv(who, &format!("/api/planner/keywords/import?site_id={id}"), csv).await;
    let job = walk.job("/api/planner/cluster", &json!({ "site_id": id, "all_new": true })).await;
    assert_eq!((job["status"].as_str(), job["credits"]["charged"].as_u64()), (Some("succeeded"), Some(1)), "{job:#}");
    let clusters = stack.all(who, &format!("/api/planner/clusters?site_id={id}")).await;
    let job =
        walk.job("/api/planner/ideas/generate", &json!({ "cluster_ids": ids(&clusters), "per_cluster": 2 })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let ideas = stack.all(who, &format!("/api/planner/ideas?site_id={id}")).await;
    assert_eq!(job["credits"]["charged"].as_u64(), Some(ideas.len() as u64), "{job:#}");
    let queued = walk.post("/api/planner/ideas/queue", &json!({ "idea_ids": ids(&ideas[..3]) })).await;
    let mut tasks = queued["task_ids"].as_array().unwrap().clone();

    // A source that is kept, changed and removed.
    let sources = format!("/api/writer/sources?site_id={id}");
    let source = json!({ "site_id": id, "title": "Pad study", "text": "Pads last 30,000 km." });
    let made = walk.make("/api/writer/sources", &sources, &source, "title").await;
    let path = format!("/api/writer/sources/{made}");
    stack.patch(who, &path, &json!({ "text": "Pads last 40,000 km." })).await;
    walk.change(&path, &sources, "title", "Pad study", "Another study").await;
    walk.delete(&path, &sources, "title", "Another study").await;

    // Tasks by hand: one that is refused for good at first, one that is answered later, one that is deleted.
    let list = format!("/api/writer/tasks?site_id={id}");
    let mut by_hand = Vec::new();
    for title in [format!("A {REFUSED} task"), format!("A {LATER} task"), "A task too many".to_owned()] {
        let task = json!({ "site_id": id, "title": title, "keywords": ["brake pads"] });
        by_hand.push(walk.make("/api/writer/tasks", &list, &task, "title").await);
    }
    walk.delete(&format!("/api/writer/tasks/{}", by_hand[2]), &list, "title", "A task too many").await;
    stack.patch(who, &format!("/api/writer/tasks/{}", by_hand[1]), &json!({ "estimated_words": 700 })).await;
    tasks.extend(by_hand[..2].iter().map(|id| Value::from(id.as_str())));
    let count = tasks.len() as u64;

    let job = walk.job("/api/writer/generate", &json!({ "task_ids": tasks })).await;
    let ends = |job: &Value| (job["progress"]["done"].as_u64().unwrap(), job["progress"]["failed"].as_u64().unwrap());
    assert_eq!(ends(&job), (count - 1, 1), "{job:#}");
    // Its title no longer offends; the retry is repeated where its answer is lost, and then finds it running.
    let (path, refused) = (format!("/api/writer/tasks/{}", by_hand[0]), format!("A {REFUSED} task"));
    walk.change(&path, &list, "title", &refused, "A good task").await;
    let retry = format!("/api/system/jobs/{}/retry", job["id"].as_str().unwrap());
    let answer = stack.post(who, &retry, &json!({})).await;
    assert!(answer.status.is_success() || answer.status == 409, "{}", answer.text());
    let job = stack.wait(who, job["id"].as_str().unwrap()).await;
    assert_eq!(ends(&job), (count, 0), "{job:#}");
    assert_eq!(job["credits"]["charged"].as_u64(), Some(3 * count), "{job:#}");
    let contents = stack.all(who, &format!("/api/writer/content?site_id={id}")).await;
    assert_eq!(contents.len() as u64, count, "an article for each task");
    let wrote: BTreeSet<_> = contents.iter().map(|content| content["task_id"].to_string()).collect();
    assert_eq!(wrote.len() as u64, count, "two articles of one task: {contents:#?}");

    // A job that is cancelled.
    let task = json!({ "site_id": id, "title": "A task in vain", "keywords": ["oil"] });
    let vain = walk.make("/api/writer/tasks", &list, &task, "title").await;
    let job = stack.job(who, "/api/writer/generate", &json!({ "task_ids": [vain] })).await;
    let answer = stack.post(who, &format!("/api/system/jobs/{job}/cancel"), &json!({})).await;
    assert!(answer.status.is_success() || answer.status == 409, "{}", answer.text());
    stack.wait(who, &job).await;

    pictures(&mut walk, &id, &contents[0]["id"]).await;
    publishing(stack, who, &id, &contents, plan).await;
    walk.check().await;
    rewriting(&mut walk, &id, &contents[1]).await;
    walk.check().await;
}

/// What the AI does with a content that is there, an address that changes, tasks that are due, and many at once.
async fn rewriting(walk: &mut Walk<'_>, site: &str, content: &Value) {
    let (stack, who) = (walk.stack, walk.who);
    let path = format!("/api/writer/content/{}", content["id"].as_str().unwrap());
    for slug in ["moved-once", "moved-twice"] {
        assert_eq!(stack.patch(who, &path, &json!({ "slug": slug })).await["slug"], slug);
    }
    stack.delete(who, &format!("{path}/redirects/moved-once")).await;
    let now = stack.get(who, &path).await;
    assert_eq!(now["redirects"], json!([content["slug"]]), "{now:#}");

    // Anew, and anew over an edit: the edit stays.
    let anew = json!({ "content_id": content["id"] });
    let job = walk.job("/api/writer/regenerate", &anew).await;
    assert_eq!(job["items"][0]["result"]["revision"], 2, "{job:#}");
    let mut blocks = stack.get(who, &path).await["blocks"].clone();
    let paragraph = blocks.as_array_mut().unwrap().iter_mut().find(|block| block["type"] == "paragraph").unwrap();
    paragraph["text"] = json!("Ana wrote this.");
    stack.patch(who, &path, &json!({ "blocks": blocks })).await;
    let job = walk.job("/api/writer/regenerate", &anew).await;
    assert_eq!(job["items"][0]["result"]["proposal"], true, "{job:#}");
    assert_eq!(job["credits"]["charged"], 3, "{job:#}");
    stack.delete(who, &format!("{path}/proposal/1")).await;
    assert_eq!(stack.get(who, &path).await["blocks"], blocks);

    let job = walk.job("/api/writer/variations", &json!({ "content_id": content["id"], "kind": "body" })).await;
    assert_eq!(job["credits"]["charged"], 3, "{job:#}");
    let variations = format!("{path}/variations");
    assert_eq!(stack.all(who, &variations).await.len(), 1);
    stack.delete(who, &format!("{variations}/1")).await;
    assert_eq!(stack.all(who, &variations).await.len(), 0);

    // A task that is due is written once.
    let list = format!("/api/writer/tasks?site_id={site}");
    let due = json!({ "site_id": site, "title": "A task that is due", "scheduled_at": "2020-01-01T00:00:00Z" });
    let due = walk.make("/api/writer/tasks", &list, &due, "title").await;
    while stack.get(who, &format!("/api/writer/tasks/{due}")).await["status"] != "draft" {
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let contents = stack.all(who, &format!("/api/writer/content?site_id={site}")).await;
    assert_eq!(contents.iter().filter(|content| content["task_id"] == due.as_str()).count(), 1);

    // More tasks than fit beside their items, cancelled at once; twice, as a repeat finds the job and marks nothing again.
    for n in 0..60 {
        let task = json!({ "site_id": site, "title": format!("One of many {n}"), "keywords": ["oil"] });
        walk.post("/api/writer/tasks", &task).await;
    }
    for _ in 0..2 {
        let job = stack.job(who, "/api/writer/generate", &json!({ "site_id": site, "all_queued": true })).await;
        let answer = stack.post(who, &format!("/api/system/jobs/{job}/cancel"), &json!({})).await;
        assert!(answer.status.is_success() || answer.status == 409, "{}", answer.text());
        stack.wait(who, &job).await;
    }
}

/// Pictures that are planned, made, changed, put at the top, uploaded and deleted.
async fn pictures(walk: &mut Walk<'_>, site: &str, content: &Value) {
    let (stack, who) = (walk.stack, walk.who);
    let job = walk.job("/api/writer/images/prompts", &json!({ "content_ids": [content] })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let list = format!("/api/writer/images?site_id={site}");
    let planned = stack.all(who, &list).await;
    let job = walk.job("/api/writer/images/generate", &json!({ "image_ids": ids(&planned) })).await;
    assert_eq!(job["credits"]["charged"].as_u64(), Some(planned.len() as u64), "{job:#}");
    walk.expect(&list, "status", "ready", planned.len());
    walk.check().await;
    walk.expected.retain(|one| one.list != list);
    let first = format!("/api/writer/images/{}", planned[0]["id"].as_str().unwrap());
    let alt = planned[0]["alt"].as_str().unwrap().to_owned();
    walk.change(&first, &list, "alt", &alt, "A disc of steel").await;
    // It may stand at the top by itself already.
    for featured in [false, true] {
        walk.post(&format!("{first}/feature"), &json!({ "featured": featured })).await;
    }

    let started = walk.post("/api/writer/images/uploads", &json!({ "content_id": content, "alt": "My own" })).await;
    let (host, path) = started["url"].as_str().unwrap().strip_prefix("http://").unwrap().split_once('/').unwrap();
    let file = igny8_images::draw(&igny8_images::Scene { seed: "a", brand: "b", width: 64, height: 64 }).unwrap();
    crate::common::Web::new(format!("http://{host}")).put(&format!("/{path}"), file).await.good();
    let own = format!("/api/writer/images/{}", started["image_id"].as_str().unwrap());
    walk.post(&format!("{own}/finish"), &json!({})).await;
    walk.expect(&list, "alt", "My own", 1);
    walk.check().await;
    walk.delete(&own, &list, "alt", "My own").await;
    walk.expected.retain(|one| one.list != list);
}

/// An edit, a restored revision, approval, publication, a second deployment, and back.
async fn publishing(stack: &Stack, who: &Person, site: &str, contents: &[Value], plan: &str) {
    let path = format!("/api/writer/content/{}", contents[0]["id"].as_str().unwrap());
    let edited = stack.patch(who, &path, &json!({ "title": "Ana's own title" })).await;
    assert_eq!(edited["title"], "Ana's own title");
    let before = stack.all(who, &format!("{path}/revisions")).await.len();
    // The edit has died at these points already; a restoration passes them too, and must not make two revisions.
    die_again(plan, &["content.update ", "content.put_revision "]);
    let restored = stack.post(who, &format!("{path}/revisions/1/restore"), &json!({})).await.good();
    let after = stack.all(who, &format!("{path}/revisions")).await;
    assert_eq!((after.len(), restored["revision"].as_u64()), (before + 1, Some(before as u64 + 1)), "{after:#?}");
    for content in contents {
        let path = format!("/api/writer/content/{}", content["id"].as_str().unwrap());
        assert_eq!(stack.patch(who, &path, &json!({ "status": "approved" })).await["status"], "approved");
    }
    let walk = Walk::new(stack, who);
    let publish = json!({ "content_ids": ids(contents), "destinations": ["igny8"] });
    for (path, body) in [("/api/publish".to_owned(), publish), (format!("/api/publish/sites/{site}/deploy"), json!({}))]
    {
        let job = walk.job(&path, &body).await;
        assert_eq!(job["status"], "succeeded", "{job:#}");
    }
    let list = format!("/api/publish/deployments?site_id={site}");
    let deployments = stack.all(who, &list).await;
    assert_eq!(deployments.len(), 2, "a deployment for each job: {deployments:#?}");
    let older = deployments[1]["id"].as_str().unwrap();
    stack.post(who, &format!("/api/publish/deployments/{older}/rollback"), &json!({})).await.good();
    let live: Vec<_> = stack.all(who, &list).await.into_iter().filter(|one| one["live"] == true).collect();
    assert_eq!(ids(&live), [Value::from(older)]);
    let records = stack.all(who, &format!("/api/publish/records?site_id={site}")).await;
    assert_eq!(records.len(), contents.len(), "a record for each content: {records:#?}");
}

/// Lets processes die once more at points at which they did before.
fn die_again(plan: &str, points: &[&str]) {
    let path = plan.strip_prefix("each:").unwrap();
    let mut file = std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    file.lock().unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    let kept = text.lines().filter(|line| !points.iter().any(|point| line.starts_with(point)));
    let kept = kept.map(|line| [line, "\n"].concat()).collect::<String>();
    file.set_len(0).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(kept.as_bytes()).unwrap();
}

/// A job too large for one transaction, whose creation is interrupted twice and then cancelled.
pub async fn large_jobs(stack: &Stack, who: &Person) {
    let mut walk = Walk::new(stack, who);
    let id = site(&mut walk, "Much").await;
    let mut csv = "Keyword,Volume\n".to_owned();
    for n in 0..1_900 {
        csv.push_str(&format!("brake pads number {n},{n}\n"));
    }
    stack.csv(who, &format!("/api/planner/keywords/import?site_id={id}"), &csv).await;
    let mut interrupted = 0;
    for _ in 0..3 {
        let job = stack.job(who, "/api/planner/cluster", &json!({ "site_id": id, "all_new": true })).await;
        let seen = stack.get(who, &format!("/api/system/jobs/{job}")).await;
        interrupted += u32::from(seen["status"] == "preparing");
        let answer = stack.post(who, &format!("/api/system/jobs/{job}/cancel"), &json!({})).await;
        assert!(answer.status.is_success() || answer.status == 409, "{}", answer.text());
        let ended = stack.wait(who, &job).await;
        assert!(ended["progress"]["done"].as_u64().unwrap() < 60, "it was cancelled: {ended:#}");
    }
    assert!(interrupted >= 1, "no creation of a job was interrupted");
    let keywords = stack.all(who, &format!("/api/planner/keywords?site_id={id}")).await;
    assert_eq!(keywords.len(), 1_900, "each keyword of the file once");
}
