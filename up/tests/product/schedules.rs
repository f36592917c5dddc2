//! What runs by itself: each schedule does what its button does, within its bounds, once for each of its times.

use std::time::Duration;

use igny8_core::{Ctx, Env};
use serde_json::{Value, json};

use crate::common::{Client, Cloud, come_due};

const WORDS: &str = "Keyword;Volume\nbrake pads;1300\nbest brake pads;900\nchange brake pads;700\noil change;2400\n\
    oil change near me;1900\noil change cost;1100\nwheel alignment;800\nwheel alignment cost;500\n";

/// A site with eight new keywords.
async fn garage(ana: &Client<'_>) -> (String, String) {
    let (site, host) = ana.site("Garage").await;
    let path = format!("/api/planner/keywords/import?site_id={site}");
    ana.call(hyper::Method::POST, &path, Some(WORDS.into()), &[("content-type", "text/csv")]).await.good();
    (site, host)
}

fn path(site: &str, function: &str) -> String {
    format!("/api/system/schedules/{site}/{function}")
}

fn tenant(ana: &Client<'_>) -> Ctx {
    Ctx::system(ana.tenant.parse().unwrap(), "test", Env::system())
}

/// Lets the time of a schedule come and the tick pass; its last run, once that is over.
async fn due(ana: &Client<'_>, site: &str, function: &str) -> Value {
    let before = ana.get(&path(site, function)).await.good();
    assert!(come_due(&ana.cloud.app().table, &tenant(ana), site, function).await, "{function} is off");
    let ticked = ana.cloud.up.cloud().trigger("system-tick").await.unwrap();
    assert_eq!((&ticked["sent"], &ticked["errors"]), (&json!(1), &json!(0)), "{ticked}");
    for _ in 0..300 {
        let now = ana.get(&path(site, function)).await.good();
        if now["last_run"] != before["last_run"] {
            assert!(now["next_run"].as_str() > before["last_run"]["at"].as_str(), "{now:#}");
            return now["last_run"].clone();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{function} did not run");
}

/// As `due`, and its job comes to its end.
async fn work(ana: &Client<'_>, site: &str, function: &str) -> Value {
    let preview = ana.get(&format!("{}/preview", path(site, function))).await.good();
    let last = due(ana, site, function).await;
    assert_eq!(last["outcome"], "started", "{last:#}");
    assert_eq!(last["sentence"], preview["sentence"], "what was foretold");
    assert_eq!(last["credits"], preview["credits"]);
    let job = ana.wait(last["job_id"].as_str().unwrap()).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    // Several pages are one item of publishing.
    let done =
        if function == "auto_publish" { &job["items"][0]["result"]["published"] } else { &job["progress"]["done"] };
    assert_eq!(done, &preview["items"], "{job:#}");
    job
}

#[tokio::test(flavor = "multi_thread")]
async fn from_keywords_to_public_pages_without_a_press() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "200")]).await;
    let ana = cloud.owner("ana").await;
    let (site, host) = garage(&ana).await;
    let list = ana.get(&format!("/api/system/schedules?site_id={site}")).await.good();
    let functions: Vec<_> = list["items"].as_array().unwrap().iter().map(|one| &one["function"]).collect();
    assert_eq!(functions, ["auto_cluster", "auto_ideas", "auto_writer", "auto_images", "auto_publish"]);
    assert!(list["items"].as_array().unwrap().iter().all(|one| one["enabled"] == false), "{list:#}");
    for function in ["auto_cluster", "auto_ideas", "auto_writer", "auto_images", "auto_publish"] {
        let on = json!({ "enabled": true, "unreviewed": true, "max_credits": 15 });
        let schedule = ana.patch(&path(&site, function), &on).await.good();
        assert!(schedule["next_run"].is_string(), "{schedule:#}");
    }

    work(&ana, &site, "auto_cluster").await;
    let again = due(&ana, &site, "auto_cluster").await;
    assert_eq!((&again["outcome"], &again["job_id"]), (&json!("nothing"), &Value::Null), "{again:#}");
    let job = work(&ana, &site, "auto_ideas").await;
    assert!(job["credits"]["charged"].as_i64().unwrap() <= 15, "{job:#}");
    // Five articles are what 15 credits pay; the next run takes the next ones.
    let job = work(&ana, &site, "auto_writer").await;
    assert_eq!(job["credits"]["charged"], 15, "{job:#}");
    work(&ana, &site, "auto_writer").await;
    pictures(&ana, &site).await;
    work(&ana, &site, "auto_publish").await;
    let contents = ana.all(&format!("/api/writer/content?site_id={site}")).await;
    assert!(contents.len() > 5 && contents.iter().all(|content| content["status"] == "published"), "{contents:#?}");
    let home = cloud.page(&format!("{host}.localhost"), "/").await.text();
    assert!(home.contains(contents[0]["title"].as_str().unwrap()));
    let jobs = ana.all(&format!("/api/system/jobs?site_id={site}")).await;
    assert_eq!(jobs.len(), 7, "{jobs:#?}");
    cloud.check(&[&ana]).await;
}

/// One run plans the pictures of all articles, the next one makes as many as its credits pay, tops first.
async fn pictures(ana: &Client<'_>, site: &str) {
    let job = work(ana, site, "auto_images").await;
    assert_eq!(
        (&job["function"], &job["credits"]["charged"]),
        (&json!("generate_image_prompts"), &json!(0)),
        "{job:#}"
    );
    let job = work(ana, site, "auto_images").await;
    assert_eq!((&job["function"], &job["credits"]["charged"]), (&json!("generate_images"), &json!(15)), "{job:#}");
    let contents = ana.all(&format!("/api/writer/content?site_id={site}")).await;
    let made = ana.all(&format!("/api/writer/images?site_id={site}&status=ready")).await;
    assert_eq!(made.len(), 15);
    let tops = contents.iter().filter(|content| content["featured_image_id"].is_string()).count();
    assert_eq!(tops, contents.len().min(15), "what shows by itself comes first");
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_made_for_what_was_looked_at_within_the_budget() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "60")]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let of = path(&site, "auto_images");
    let preview = async || ana.get(&format!("{of}/preview")).await.good();
    let mut tasks = Vec::new();
    for title in ["When to change brake pads", "What an oil change costs"] {
        let task = json!({ "site_id": site, "title": title, "keywords": ["brakes"] });
        tasks.push(ana.post("/api/writer/tasks", &task).await.good()["id"].clone());
    }
    ana.job("/api/writer/generate", &json!({ "task_ids": tasks })).await;
    assert_eq!(preview().await["sentence"], "Every article has its pictures.", "drafts are for who asks for them");
    ana.patch(&of, &json!({ "unreviewed": true, "max_items": 1 })).await.good();
    assert_eq!(preview().await["items"], 1, "no more than its number of things");
    ana.patch(&of, &json!({ "unreviewed": false, "max_items": 40 })).await.good();

    let contents = ana.all(&format!("/api/writer/content?site_id={site}")).await;
    let id = contents[0]["id"].as_str().unwrap();
    ana.patch(&format!("/api/writer/content/{id}"), &json!({ "status": "approved" })).await.good();
    let planned = preview().await;
    assert_eq!((&planned["items"], &planned["credits"]), (&json!(1), &json!(0)), "{planned:#}");
    assert_eq!(planned["titles"], json!([contents[0]["title"]]));
    ana.job(&format!("{of}/run"), &json!({})).await;
    let images = ana.all(&format!("/api/writer/images?site_id={site}")).await;
    let next = preview().await;
    assert_eq!((&next["items"], &next["credits"]), (&json!(images.len()), &json!(images.len())), "{next:#}");
    // A budget of nothing starts nothing and says so.
    ana.patch(&of, &json!({ "max_credits": 0 })).await.good();
    assert!(preview().await["sentence"].as_str().unwrap().starts_with("The budget of a run is too small"));
    // One credit is one picture: the one at the top.
    ana.patch(&of, &json!({ "max_credits": 1 })).await.good();
    let job = ana.job(&format!("{of}/run"), &json!({})).await;
    assert_eq!(job["credits"]["charged"], 1, "{job:#}");
    let content = ana.get(&format!("/api/writer/content/{id}")).await.good();
    assert_eq!(content["featured_image_id"], job["items"][0]["result"]["image_id"], "{job:#}");
    // A picture that is deleted is not planned again by itself while others of its content are left.
    for image in ana.all(&format!("/api/writer/images?site_id={site}&status=prompted")).await {
        ana.delete(&format!("/api/writer/images/{}", image["id"].as_str().unwrap())).await.good();
    }
    assert_eq!(preview().await["sentence"], "Every article has its pictures.");
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_happens_once_however_often_its_message_comes() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = garage(&ana).await;
    ana.patch(&path(&site, "auto_cluster"), &json!({ "enabled": true })).await.good();
    assert!(come_due(&cloud.app().table, &tenant(&ana), &site, "auto_cluster").await);
    let run = ana.get(&path(&site, "auto_cluster")).await.good()["next_run"].clone();
    let message = json!({ "v": 1, "tenant": ana.tenant, "site": site, "function": "auto_cluster", "run": run });
    let automation = igny8_app::automation(&cloud.app());
    let env = Env::system();
    let body = message.to_string();
    let runs = futures::future::join_all((0..4).map(|_| automation.handle(&env, &body))).await;
    assert!(runs.iter().any(Result::is_ok), "{runs:?}");
    automation.handle(&env, &body).await.unwrap();
    automation.handle(&env, "no message").await.unwrap();
    let jobs = ana.all(&format!("/api/system/jobs?site_id={site}")).await;
    assert_eq!(jobs.len(), 1, "{jobs:#?}");
    let schedule = ana.get(&path(&site, "auto_cluster")).await.good();
    assert_eq!(
        (&schedule["last_run"]["outcome"], &schedule["last_run"]["job_id"]),
        (&json!("started"), &jobs[0]["id"])
    );
    ana.wait(jobs[0]["id"].as_str().unwrap()).await;
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_asks_for_no_more_than_a_request_may_have_and_for_nothing_before_its_time() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "100")]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let later = Env::system().now() + Duration::from_hours(24 * 30);
    let mut tasks = Vec::new();
    for (title, at) in [("Planned", Some(later)), ("Brake pads", None), ("Oil change", None), ("Alignment", None)] {
        let task = json!({ "site_id": site, "title": title, "scheduled_at": at });
        tasks.push(ana.post("/api/writer/tasks", &task).await.good()["id"].clone());
    }
    ana.patch("/api/settings/tenant", &json!({ "limits": { "ai_max_items_per_request": 2 } })).await.good();
    ana.patch(&path(&site, "auto_writer"), &json!({ "enabled": true, "max_credits": 100 })).await.good();
    work(&ana, &site, "auto_writer").await;
    work(&ana, &site, "auto_writer").await;
    let last = due(&ana, &site, "auto_writer").await;
    assert_eq!(last["outcome"], "nothing", "{last:#}");
    let all = json!({ "site_id": site, "all_queued": true });
    ana.post("/api/writer/generate", &all).await.bad(409);
    for (task, status) in tasks.iter().zip(["queued", "draft", "draft", "draft"]) {
        let task = ana.get(&format!("/api/writer/tasks/{}", task.as_str().unwrap())).await.good();
        assert_eq!(task["status"], status, "{task:#}");
    }
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_starts_when_it_must_not() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = garage(&ana).await;
    let of = path(&site, "auto_cluster");
    let outcome = |last: &Value| last["outcome"].as_str().unwrap().to_owned();

    // Off: it is in no index.
    assert!(!come_due(&cloud.app().table, &tenant(&ana), &site, "auto_cluster").await);
    ana.patch(&of, &json!({ "enabled": true })).await.good();
    ana.post("/api/system/schedules/pause", &json!({})).await.good();
    assert_eq!(outcome(&due(&ana, &site, "auto_cluster").await), "skipped");
    ana.post("/api/system/schedules/resume", &json!({})).await.good();

    // Quiet for all of the day but a minute.
    let now = Env::system().now().to_string();
    let (hour, minute): (u32, u32) = (now[11..13].parse().unwrap(), now[14..16].parse().unwrap());
    let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
    let midnight = hour * 60 + minute + 24 * 60;
    let quiet = json!({ "from": clock(midnight - 60), "until": clock(midnight + 60), "time_zone": "UTC" });
    ana.patch(&of, &json!({ "quiet_hours": quiet })).await.good();
    let last = due(&ana, &site, "auto_cluster").await;
    assert_eq!(outcome(&last), "skipped", "{last:#}");
    let next = ana.get(&of).await.good()["next_run"].as_str().unwrap().to_owned();
    assert_eq!(&next[11..16], clock(midnight + 60), "it runs when they end");
    ana.patch(&of, &json!({ "quiet_hours": null })).await.good();

    // Without a budget.
    ana.patch(&of, &json!({ "max_credits": 0 })).await.good();
    let last = due(&ana, &site, "auto_cluster").await;
    assert_eq!((outcome(&last).as_str(), last["credits"].as_i64()), ("nothing", Some(0)), "{last:#}");
    let answer = ana.post(&format!("{of}/run"), &json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["items"], 0);
    assert_eq!(ana.all(&format!("/api/system/jobs?site_id={site}")).await.len(), 0);

    // Now, by a person, within the budget.
    ana.patch(&of, &json!({ "max_credits": 5 })).await.good();
    let job = ana.job(&format!("{of}/run"), &json!({})).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(job["credits"]["charged"], 1);

    // What is wrong is named, and another version is told.
    for (change, field) in [
        (json!({ "every_minutes": 1 }), "every_minutes"),
        (json!({ "max_items": 0 }), "max_items"),
        (json!({ "quiet_hours": { "from": "22:00", "until": "6", "time_zone": "UTC" } }), "quiet_hours.until"),
    ] {
        assert_eq!(ana.patch(&of, &change).await.bad(422)["errors"][0]["field"], field);
    }
    ana.get(&path(&site, "auto_nothing")).await.bad(404);

    // Its site is gone: the schedule goes with it.
    ana.patch(&of, &json!({ "enabled": true })).await.good();
    let ctx = tenant(&ana);
    ana.delete(&format!("/api/auth/sites/{site}")).await;
    assert!(come_due(&cloud.app().table, &ctx, &site, "auto_cluster").await);
    cloud.up.cloud().trigger("system-tick").await.unwrap();
    for _ in 0..300 {
        if !come_due(&cloud.app().table, &ctx, &site, "auto_cluster").await {
            return cloud.check(&[&ana]).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the schedule of a site that is gone is still there");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_with_very_many_schedules_does_not_keep_another_waiting() {
    let cloud = Cloud::start().await;
    let (noisy, quiet) = (cloud.owner("noisy").await, cloud.owner("quiet").await);
    for n in 0..60 {
        let (site, _) = noisy.site(&format!("Site {n}")).await;
        for function in ["auto_cluster", "auto_ideas"] {
            noisy.patch(&path(&site, function), &json!({ "enabled": true })).await.good();
            assert!(come_due(&cloud.app().table, &tenant(&noisy), &site, function).await);
        }
    }
    let (site, _) = garage(&quiet).await;
    quiet.patch(&path(&site, "auto_cluster"), &json!({ "enabled": true })).await.good();
    assert!(come_due(&cloud.app().table, &tenant(&quiet), &site, "auto_cluster").await);
    let ticked = cloud.up.cloud().trigger("system-tick").await.unwrap();
    assert_eq!(ticked, json!({ "due": 121, "sent": 121, "errors": 0 }), "one tick reaches all that is due");
    // Fair queues: its message is handled among the first, not after those of the noisy one.
    let mut ran = false;
    for _ in 0..600 {
        ran = quiet.get(&path(&site, "auto_cluster")).await.good()["last_run"]["outcome"] == "started";
        if ran {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(ran, "the quiet tenant's schedule did not run");
    quiet.wait(quiet.all("/api/system/jobs").await[0]["id"].as_str().unwrap()).await;
    cloud.check(&[&quiet]).await;
}
