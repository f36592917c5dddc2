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

    publishing(stack, who, &id, &contents, plan).await;
    walk.check().await;
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
    let kept = kept.fold(String::new(), |kept, line| kept + line + "\n");
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
