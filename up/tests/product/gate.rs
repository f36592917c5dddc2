//! The gate through the real API: what has a rival is judged again when it changes and when it is queued, needs a word of
//! its own to be written, and can be merged into its rival and taken back.

use serde_json::{Value, json};

use crate::common::{Client, Cloud};

async fn idea(ana: &Client<'_>, site: &str, title: &str, keywords: &[&str], outline: Value) -> Value {
    let new = json!({ "site_id": site, "title": title, "target_keywords": keywords, "outline": outline });
    ana.post("/api/planner/ideas", &new).await.good()
}

fn path(row: &Value) -> String {
    format!("/api/planner/ideas/{}", row["id"].as_str().unwrap())
}

fn rival(row: &Value) -> [&str; 3] {
    let verdict = &row["verdict"];
    [&verdict["judgement"], &verdict["rival"]["kind"], &verdict["rival"]["title"]]
        .map(|text| text.as_str().unwrap_or(""))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idea_is_judged_again_when_it_changes_and_before_it_is_queued() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let signs = json!([{ "heading": "The signs", "points": ["Noise"] }]);
    let first = idea(&ana, &site, "When to change brake pads", &["brake pads"], signs).await;
    let second = idea(&ana, &site, "Choosing a car battery", &["car battery"], json!([])).await;
    assert_eq!((first.get("verdict"), second.get("verdict")), (None, None));

    // Another title is another question; a new angle is not.
    let renamed = ana.patch(&path(&second), &json!({ "title": "When to change your brake pads" })).await.good();
    assert_eq!(rival(&renamed), ["merge", "idea", "When to change brake pads"]);
    let overruled = ana.patch(&path(&second), &json!({ "overrule": true })).await.good();
    assert_eq!(overruled["verdict"]["overruled"], true);
    let kept =
        ana.patch(&path(&second), &json!({ "angle": "For beginners", "target_keywords": ["pads"] })).await.good();
    assert_eq!(kept["verdict"]["overruled"], true, "the same rival, and somebody has decided");
    let back = ana.patch(&path(&second), &json!({ "title": "Choosing a car battery" })).await.good();
    assert_eq!(back.get("verdict"), None);

    // A rival that came after the idea was judged: nothing is queued, and each idea with a rival is named.
    let task = json!({ "site_id": site, "title": "When to change the brake pads", "keywords": ["brake pads"] });
    ana.post("/api/writer/tasks", &task).await.good();
    let queue = async |body: Value| ana.post("/api/planner/ideas/queue", &body).await;
    let both = json!([second["id"], first["id"]]);
    let told = queue(json!({ "idea_ids": both })).await.bad(409);
    let errors = told["errors"].as_array().unwrap();
    assert_eq!((errors.len(), &errors[0]["field"]), (1, &json!("idea_ids[1]")), "{told:#}");
    assert!(errors[0]["message"].as_str().unwrap().contains("the task “When to change the brake pads”"), "{told:#}");
    let now = ana.get(&path(&first)).await.good();
    assert_eq!(rival(&now), ["merge", "task", "When to change the brake pads"]);
    assert_eq!(ana.get(&path(&second)).await.good()["status"], "new", "all of them or none");
    // By way of a task by hand it is the same.
    let by_hand = json!({ "site_id": site, "title": "When to change brake pads", "idea_id": first["id"] });
    assert_eq!(ana.post("/api/writer/tasks", &by_hand).await.bad(409)["errors"][0]["field"], "idea_id");

    // An overrule is for the rival that it names: not for one that came since.
    let task = json!({ "site_id": site, "title": "When to change brake pads", "keywords": ["brake pads"] });
    ana.post("/api/writer/tasks", &task).await.good();
    let overrule = json!({ "idea_ids": both, "overrule": [first["id"]] });
    queue(overrule.clone()).await.bad(409);
    assert_eq!(rival(&ana.get(&path(&first)).await.good()), ["reject", "task", "When to change brake pads"]);
    let queued = queue(overrule).await.good();
    assert_eq!(queued["task_ids"].as_array().unwrap().len(), 2);
    let row = ana.get(&path(&first)).await.good();
    assert_eq!((&row["status"], &row["verdict"]["overruled"]), (&json!("queued"), &json!(true)));
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_alike_only_the_later_one_waits_for_a_word() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let first = idea(&ana, &site, "When to change brake pads", &["brake pads"], json!([])).await;
    let later = idea(&ana, &site, "When to change your brake pads", &["brake pads"], json!([])).await;
    assert_eq!(rival(&later)[1..], ["idea", "When to change brake pads"]);
    let queue = async |idea: &Value| ana.post("/api/planner/ideas/queue", &json!({ "idea_ids": [idea["id"]] })).await;
    queue(&first).await.good();
    let told = queue(&later).await.bad(409);
    assert!(told["detail"].as_str().unwrap().contains("the task “When to change brake pads”"), "{told:#}");
    // The rival is gone: so is the verdict.
    let task = ana.get(&path(&first)).await.good()["task_id"].as_str().unwrap().to_owned();
    ana.delete(&format!("/api/writer/tasks/{task}")).await.good();
    ana.delete(&path(&first)).await.good();
    queue(&later).await.good();
    assert_eq!(ana.get(&path(&later)).await.good().get("verdict"), None);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idea_is_merged_into_its_rival_and_taken_back() {
    let cloud = Cloud::start().await;
    let (ana, ben) = (cloud.owner("ana").await, cloud.owner("ben").await);
    let (site, _) = ana.site("Garage").await;
    let signs = json!([{ "heading": "The signs", "points": ["Noise"] }]);
    let more = json!([
        { "heading": "the signs", "points": ["noise", "A longer way to stop"] },
        { "heading": "What it costs", "points": ["Parts", "Labour"] },
    ]);
    let first = idea(&ana, &site, "When to change brake pads", &["brake pads"], signs.clone()).await;
    let second = idea(&ana, &site, "When to change your brake pads", &["Brake Pads", "worn pads"], more.clone()).await;
    ana.patch(&path(&second), &json!({ "status": "accepted" })).await.good();
    let merge = format!("{}/merge", path(&second));
    let rival_id = json!({ "rival_id": first["id"] });
    ben.post(&merge, &rival_id).await.bad(404);
    ana.post(&merge, &json!({ "rival_id": second["id"] })).await.bad(409);
    let merged = ana.post(&merge, &rival_id).await.good();
    assert_eq!((&merged["status"], &merged["merged_into"]["rival"]["id"]), (&json!("rejected"), &first["id"]));
    let got = ana.get(&path(&first)).await.good();
    assert_eq!(got["target_keywords"], json!(["brake pads", "worn pads"]));
    let whole = json!([
        { "heading": "The signs", "points": ["Noise", "A longer way to stop"] },
        { "heading": "What it costs", "points": ["Parts", "Labour"] },
    ]);
    assert_eq!(got["outline"], whole);
    // It stands as it is until the merge is taken back; a second merge is none.
    ana.post(&merge, &rival_id).await.bad(409);
    ana.patch(&path(&second), &json!({ "status": "accepted" })).await.bad(409);
    // What somebody adds meanwhile stays.
    ana.patch(&path(&first), &json!({ "target_keywords": ["brake pads", "worn pads", "squeal"] })).await.good();
    let unmerge = format!("{}/unmerge", path(&second));
    let back = ana.post(&unmerge, &json!({})).await.good();
    assert_eq!((&back["status"], back.get("merged_into"), &back["outline"]), (&json!("accepted"), None, &more));
    let left = ana.get(&path(&first)).await.good();
    assert_eq!((&left["target_keywords"], &left["outline"]), (&json!(["brake pads", "squeal"]), &signs));
    ana.post(&unmerge, &json!({})).await.bad(409);

    // Into what the rival has become: a task, and then what was written of it.
    let queued = ana.post("/api/planner/ideas/queue", &json!({ "idea_ids": [first["id"]] })).await.good();
    let task = format!("/api/writer/tasks/{}", queued["task_ids"][0].as_str().unwrap());
    ana.post(&merge, &rival_id).await.good();
    assert_eq!(ana.get(&task).await.good()["outline"], whole);
    ana.post(&unmerge, &json!({})).await.good();
    assert_eq!(ana.get(&task).await.good()["outline"], signs);
    let job = ana.job("/api/writer/generate", &json!({ "task_ids": queued["task_ids"] })).await;
    let content = format!("/api/writer/content/{}", job["items"][0]["result"]["content_id"].as_str().unwrap());
    let merged = ana.post(&merge, &rival_id).await.good();
    assert_eq!(merged["merged_into"]["rival"]["kind"], "draft");
    let keywords = async || ana.get(&content).await.good()["secondary_keywords"].clone();
    assert_eq!(keywords().await, json!(["squeal", "worn pads"]));
    ana.post(&unmerge, &json!({})).await.good();
    assert_eq!(keywords().await, json!(["squeal"]));
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_merge_that_would_be_too_large_is_refused_and_changes_nothing() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let outline = |from: usize| -> Value {
        (from..from + 25).map(|n| json!({ "heading": format!("Part {n}"), "points": ["x".repeat(200)] })).collect()
    };
    let first = idea(&ana, &site, "When to change brake pads", &["brake pads"], outline(0)).await;
    let second = idea(&ana, &site, "When to change your brake pads", &["worn pads"], outline(25)).await;
    let told = ana.post(&format!("{}/merge", path(&second)), &json!({ "rival_id": first["id"] })).await.bad(422);
    assert_eq!(told["errors"][0]["field"], "rival_id", "{told:#}");
    assert_eq!(ana.get(&path(&second)).await.good(), second);
    assert_eq!(ana.get(&path(&first)).await.good(), first);
    cloud.check(&[&ana]).await;
}
