//! Whether a site wants a review, and what an edit does to an approval.

use crate::common::{Answer, Client, Cloud};
use serde_json::{Value, json};

/// A site of `count` drafts.
async fn drafts(client: &Client<'_>, count: usize) -> (String, String, Vec<String>) {
    let (site, host) = client.site("Garage").await;
    let mut tasks = Vec::new();
    for n in 0..count {
        let task = json!({ "site_id": site, "title": format!("Brakes {n}"), "keywords": ["brakes"] });
        tasks.push(client.post("/api/writer/tasks", &task).await.good()["id"].clone());
    }
    assert_eq!(client.job("/api/writer/generate", &json!({ "task_ids": tasks })).await["status"], "succeeded");
    let contents = client.all(&format!("/api/writer/content?site_id={site}")).await;
    (site, host, contents.iter().map(|content| content["id"].as_str().unwrap().to_owned()).collect())
}

async fn wants(client: &Client<'_>, site: &str, settings: Value) {
    client.patch(&format!("/api/auth/sites/{site}/settings"), &settings).await.good();
}

async fn patch(client: &Client<'_>, id: &str, change: Value) -> Answer {
    client.patch(&format!("/api/writer/content/{id}"), &change).await
}

async fn status(client: &Client<'_>, id: &str, to: &str) -> Answer {
    patch(client, id, json!({ "status": to })).await
}

fn publish(ids: &[&String]) -> Value {
    json!({ "content_ids": ids, "destinations": ["igny8"] })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_contents_are_reviewed_and_the_rest_is_not() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "100")]).await;
    let ana = cloud.owner("ana").await;
    let (site, _, ids) = drafts(&ana, 5).await;
    wants(&ana, &site, json!({ "review": "first_n", "review_first": 2 })).await;
    for id in &ids[..2] {
        status(&ana, id, "approved").await.bad(409);
        ana.post("/api/publish", &publish(&[id])).await.bad(409);
        status(&ana, id, "review").await.good();
        ana.post("/api/publish", &publish(&[id])).await.bad(409);
        status(&ana, id, "approved").await.good();
    }
    // Two have passed: the third is approved at once, the fourth is published as a draft, with one that was reviewed.
    status(&ana, &ids[2], "approved").await.good();
    let job = ana.job("/api/publish", &publish(&[&ids[3], &ids[0]])).await;
    assert_eq!((&job["status"], &job["items"][0]["result"]["published"]), (&json!("succeeded"), &json!(2)), "{job:#}");
    // A larger number starts it again for those that have not passed.
    wants(&ana, &site, json!({ "review_first": 5 })).await;
    status(&ana, &ids[4], "approved").await.bad(409);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_takes_an_approval_back_where_the_site_wants_a_review() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, host, ids) = drafts(&ana, 2).await;
    let (id, other) = (&ids[0], &ids[1]);

    // Without a review an approval outlives an edit.
    status(&ana, id, "approved").await.good();
    assert_eq!(patch(&ana, id, json!({ "excerpt": "One." })).await.good()["status"], "approved");

    wants(&ana, &site, json!({ "review": "always" })).await;
    assert_eq!(patch(&ana, id, json!({ "excerpt": "One." })).await.good()["status"], "approved", "the same text");
    assert_eq!(patch(&ana, id, json!({ "excerpt": "Two." })).await.good()["status"], "review");
    ana.post("/api/publish", &publish(&[id])).await.bad(409);
    let both = json!({ "title": "Brakes that stop", "status": "approved" });
    assert_eq!(patch(&ana, id, both).await.good()["status"], "approved", "who edits may approve what they see");
    let restored = ana.post(&format!("/api/writer/content/{id}/revisions/1/restore"), &json!({})).await.good();
    assert_eq!(restored["status"], "review");
    status(&ana, id, "approved").await.good();
    assert_eq!(ana.job("/api/publish", &publish(&[id])).await["status"], "succeeded");

    // What is public stays so while its successor waits, also through the deployment of another one.
    let page = async || cloud.page(&format!("{host}.localhost"), "/").await.text();
    let before = ana.get(&format!("/api/writer/content/{id}")).await.good();
    let title = before["title"].as_str().unwrap().to_owned();
    assert!(page().await.contains(&title), "{title}");
    let edited = patch(&ana, id, json!({ "title": "Quite another thing" })).await.good();
    assert_eq!((&edited["status"], &edited["destinations"]), (&json!("review"), &before["destinations"]));
    ana.post("/api/publish", &publish(&[id])).await.bad(409);
    for to in ["review", "approved"] {
        status(&ana, other, to).await.good();
    }
    assert_eq!(ana.job("/api/publish", &publish(&[other])).await["status"], "succeeded");
    let now = page().await;
    assert!(now.contains(&title) && !now.contains("Quite another thing"), "{now}");
    status(&ana, id, "approved").await.good();
    assert_eq!(ana.job("/api/publish", &publish(&[id])).await["status"], "succeeded");
    assert!(page().await.contains("Quite another thing"));
    cloud.check(&[&ana]).await;
}
