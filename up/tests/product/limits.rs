//! The limits on AI work under whole jobs: what is over one waits and is not tried, a model that keeps failing rests for
//! everyone, and what an admin changes in the settings counts.

use std::time::Duration;

use igny8_platform::settings::{AI_BREAKER_FAILURES, AI_BREAKER_SECONDS, AI_RATE_PER_MINUTE};
use serde_json::{Value, json};

use crate::{
    common::Cloud,
    model::{Model, Question, Reply},
    provider::Stage,
};

fn models(questions: &[crate::model::Question]) -> Vec<&str> {
    questions.iter().map(|question| question.model.as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_keeps_failing_rests_for_everyone_and_another_stands_in() {
    let stage = Stage::open(&[("AI_FALLBACK_MODEL", "spare")]).await;
    stage.cloud.operator_sets(&[(AI_BREAKER_FAILURES, 2), (AI_BREAKER_SECONDS, 3_600)]).await;
    // Twice it is the model's turn; then it rests, and the attempt after that asks the other one.
    let ended = stage.write("main is down").await;
    ended.succeeded(3, &["first"]);
    assert_eq!(models(&ended.questions), ["main", "main", "spare"]);
    // Another tenant does not have to find out for itself.
    let ended = stage.write("good").await;
    ended.succeeded(1, &["first"]);
    assert_eq!(models(&ended.questions), ["spare"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_is_tried_again_after_its_rest() {
    let stage = Stage::open(&[]).await;
    stage.cloud.operator_sets(&[(AI_BREAKER_FAILURES, 2), (AI_BREAKER_SECONDS, 1)]).await;
    let ended = stage.write("broken twice").await;
    ended.succeeded(3, &["first"]);
    // It has answered: its failures are forgotten, and one more does not make it rest.
    let ended = stage.write("broken").await;
    ended.succeeded(2, &["first"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_over_the_rate_waits_its_turn_or_goes_to_another_model() {
    let alone = Stage::open(&[]).await;
    alone.cloud.operator_sets(&[(AI_RATE_PER_MINUTE, 1)]).await;
    // Both orders fall into one minute, or the first two of three do.
    let mut waits = Vec::new();
    for title in ["one", "two", "three"] {
        let (ana, _, job) = alone.order(title).await;
        for _ in 0..400 {
            let found = Stage::job(&ana, &job).await;
            if found["status"] == "succeeded" {
                break;
            }
            if found["items"][0]["error"]["will_retry"] == true {
                waits.push((ana, job));
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
    let (ana, job) = waits.pop().expect("one of them had to wait");
    let found = Stage::job(&ana, &job).await;
    let item = &found["items"][0];
    assert_eq!((&item["state"], &item["attempts"]), (&json!("waiting"), &json!(0)), "waiting is no attempt: {item:#}");
    let sentence = item["error"]["message"].as_str().unwrap();
    assert_eq!(sentence, "The AI model takes 1 requests in a minute, and this one waits for its turn.");
    // It can be cancelled like everything that waits, and its credits come back.
    ana.post(&format!("/api/system/jobs/{job}/cancel"), &json!({})).await.good();
    let found = ana.wait(&job).await;
    assert_eq!(found["credits"], json!({ "reserved": 0, "charged": 0, "refunded": 3 }));

    let stage = Stage::open(&[("AI_FALLBACK_MODEL", "spare, third")]).await;
    stage.cloud.operator_sets(&[(AI_RATE_PER_MINUTE, 1)]).await;
    let mut asked = Vec::new();
    for title in ["one", "two", "three"] {
        let ended = stage.write(title).await;
        ended.succeeded(1, &["first"]);
        asked.extend(ended.questions.into_iter().map(|question| question.model));
    }
    assert!(asked[0] == "main" && asked[1..].iter().any(|model| model != "main"), "{asked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_of_a_day_holds_work_back_until_it_is_raised() {
    let stage = Stage::open(&[]).await;
    let ana = stage.cloud.owner("capped").await;
    let (site, _) = ana.site("Garage").await;
    // A token costs a cent, so that one article is more than a day may cost.
    let price = json!({ "id": "openai:main", "input_cents": 1_000_000, "output_cents": 1_000_000 });
    let seen = ana.patch("/api/settings/ai-models", &price).await.good();
    assert_eq!((&seen["items"][0]["id"], &seen["items"][0]["input_cents"]), (&json!("openai:main"), &json!(1_000_000)));
    // What protects who pays the provider can only be made tighter.
    let cheap = json!({ "id": "openai:main", "input_cents": 0, "output_cents": 0 });
    ana.patch("/api/settings/ai-models", &cheap).await.good();
    let seen = ana.patch("/api/settings/ai-models", &price).await.good();
    assert_eq!(seen["items"][0]["input_cents"], 1_000_000);
    let problem =
        ana.patch("/api/settings/tenant", &json!({ "limits": { "ai_daily_cost_cents": 1_001 } })).await.bad(422);
    assert!(problem.to_string().contains("from 0 to 1000"), "{problem}");
    ana.patch("/api/settings/tenant", &json!({ "limits": { "ai_daily_cost_cents": 100 } })).await.good();
    let order = async |title: &str| {
        let task = ana.post("/api/writer/tasks", &json!({ "site_id": site, "title": title })).await.good();
        let started = ana.post("/api/writer/generate", &json!({ "task_ids": [task["id"]] })).await.good();
        started["job"]["id"].as_str().unwrap().to_owned()
    };
    let first = order("one").await;
    stage.hurry(&ana, &first).await;
    assert_eq!(
        ana.wait(&first).await["status"],
        "succeeded",
        "what is under way when the limit is reached is finished"
    );

    let second = order("two").await;
    let waiting = Stage::waiting(&ana, &second).await;
    let item = &waiting["items"][0];
    assert_eq!(item["attempts"], 0);
    let sentence = item["error"]["message"].as_str().unwrap();
    assert_eq!(
        sentence,
        "AI has cost $1.20 today, and the limit for a day is $1.00. It goes on after midnight UTC, or within the hour \
         after an admin raises the limit in Settings."
    );
    ana.patch("/api/settings/tenant", &json!({ "limits": { "ai_daily_cost_cents": null } })).await.good();
    // A process works with settings that are at most ten seconds old.
    tokio::time::sleep(Duration::from_secs(11)).await;
    stage.hurry(&ana, &second).await;
    let ended = ana.wait(&second).await;
    assert_eq!((&ended["status"], &ended["items"][0]["attempts"]), (&json!("succeeded"), &json!(1)));
    stage.cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_say_what_is_wrong_and_count_for_new_work() {
    let stage = Stage::open(&[("AI_FALLBACK_MODEL", "spare")]).await;
    let ana = stage.cloud.owner("settled").await;
    let fields = |problem: &Value| {
        problem["errors"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect::<Vec<_>>()
    };
    let wrong = json!({ "limits": { "ai_max_attempts": 99, "ai_rate_per_minute": 5 } });
    let problem = ana.patch("/api/settings/tenant", &wrong).await.bad(422);
    assert_eq!(fields(&problem), ["limits.ai_max_attempts", "limits.ai_rate_per_minute"]);
    let unknown = json!({ "ai_models_by_function": { "generate_content": ["openai:nobody"], "no_such": [] } });
    let problem = ana.patch("/api/settings/tenant", &unknown).await.bad(422);
    assert_eq!(fields(&problem), ["ai_models_by_function.generate_content", "ai_models_by_function.no_such"]);

    // The models as they are asked, and what changes that.
    let ids = |list: &Value| list["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect::<Vec<_>>();
    let list = ana.get("/api/settings/ai-models").await.good();
    assert_eq!(ids(&list), ["openai:main", "openai:spare"]);
    let list = ana.patch("/api/settings/ai-models", &json!({ "id": "openai:spare", "order": 1 })).await.good();
    assert_eq!(ids(&list), ["openai:spare", "openai:main"]);
    let list = ana.patch("/api/settings/ai-models", &json!({ "id": "openai:spare", "enabled": false })).await.good();
    assert_eq!((ids(&list)[0].clone(), &list["items"][1]["enabled"]), (json!("openai:main"), &json!(false)));
    let last = json!({ "id": "openai:main", "enabled": false });
    assert_eq!(fields(&ana.patch("/api/settings/ai-models", &last).await.bad(422)), ["enabled"]);
    ana.patch("/api/settings/ai-models", &json!({ "id": "openai:gone", "enabled": true })).await.bad(422);

    // A function may have a model of its own, and a request only so many items.
    let own = json!({ "limits": { "ai_max_items_per_request": 1, "ai_max_attempts": 2 }, "ai_models_by_function": { "generate_content": ["openai:spare"] } });
    ana.patch("/api/settings/ai-models", &json!({ "id": "openai:spare", "enabled": true, "order": 90 })).await.good();
    let settings = ana.patch("/api/settings/tenant", &own).await.good();
    assert_eq!(settings["ai_models_by_function"]["generate_content"], json!(["openai:spare"]));
    let (site, _) = ana.site("Garage").await;
    let mut tasks = Vec::new();
    for title in ["always broken", "good"] {
        tasks.push(
            ana.post("/api/writer/tasks", &json!({ "site_id": site, "title": title })).await.good()["id"].clone(),
        );
    }
    let problem = ana.post("/api/writer/generate", &json!({ "task_ids": tasks })).await.bad(422);
    assert!(problem.to_string().contains("more than the 1 that Settings allow"), "{problem}");
    let started = ana.post("/api/writer/generate", &json!({ "task_ids": [tasks[0]] })).await.good();
    let job = started["job"]["id"].as_str().unwrap().to_owned();
    stage.hurry(&ana, &job).await;
    let ended = ana.wait(&job).await;
    assert_eq!((&ended["status"], &ended["items"][0]["attempts"]), (&json!("failed"), &json!(2)), "{ended:#}");
    assert_eq!(models(&stage.seen())[..], ["spare", "spare"]);

    // Who has seen an older version does not overwrite a newer one; and another tenant has its own.
    let stale =
        ana.call(hyper::Method::PATCH, "/api/settings/tenant", Some("{}".into()), &[("if-match", "\"1\"")]).await;
    stale.bad(409);
    let bob = stage.cloud.owner("other").await;
    assert_eq!(bob.get("/api/settings/tenant").await.good()["version"], 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sizes_are_settings_and_a_job_keeps_those_that_it_was_quoted_with() {
    let model =
        Model::start(|question: &Question| Reply::text(question.good()).after(Duration::from_millis(300))).await;
    let cloud = Cloud::start_with(&model.vars()).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let set = async |limits: Value| {
        ana.patch("/api/settings/tenant", &json!({ "limits": limits })).await.good();
    };
    // Out of bounds, each is named.
    let wrong = json!({ "ai_keywords_per_item": 31, "ai_ideas_per_cluster": 0, "ai_images_per_request": 41,
        "ai_max_tokens": 499, "ai_image_timeout_seconds": 181 });
    let problem = ana.patch("/api/settings/tenant", &json!({ "limits": wrong })).await.bad(422);
    let named: Vec<_> = problem["errors"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
    let wanted: Vec<_> = wrong.as_object().unwrap().keys().map(|key| json!(format!("limits.{key}"))).collect();
    assert_eq!(named, wanted, "{problem:#}");

    let keywords: Vec<_> = (0..12).map(|n| json!({ "keyword": format!("brake pads size {n}") })).collect();
    ana.post("/api/planner/keywords", &json!({ "site_id": site, "keywords": keywords })).await.good();
    let ids: Vec<_> = ana.all(&format!("/api/planner/keywords?site_id={site}")).await;
    let ids: Vec<_> = ids.iter().map(|keyword| keyword["id"].clone()).collect();
    set(json!({ "ai_keywords_per_request": 11, "ai_keywords_per_item": 5, "ai_max_tokens": 700 })).await;
    let named = json!({ "site_id": site, "keyword_ids": ids });
    let refused = ana.post("/api/planner/cluster", &named).await.bad(422);
    assert!(refused.to_string().contains("1 to 11 ids"), "{refused:#}");
    let all = json!({ "site_id": site, "all_new": true });
    let quoted = ana.post("/api/planner/cluster?estimate=true", &all).await.good();
    assert_eq!(quoted, json!({ "credits": 3, "items": 3 }));
    let started = ana.post("/api/planner/cluster", &all).await.good();
    set(json!({ "ai_keywords_per_item": 30 })).await;
    let ended = ana.wait(started["job"]["id"].as_str().unwrap()).await;
    assert_eq!(
        (&ended["status"], &ended["credits"]["charged"]),
        (&json!("succeeded"), &quoted["credits"]),
        "{ended:#}"
    );
    for question in model.seen() {
        assert!(question.data("keywords").as_array().unwrap().len() <= 5);
        let body: Value = serde_json::from_str(&question.body).unwrap();
        assert_eq!(body["max_tokens"].as_u64().or(body["max_completion_tokens"].as_u64()), Some(700));
    }

    let cluster = ana.all(&format!("/api/planner/clusters?site_id={site}")).await[0]["id"].clone();
    set(json!({ "ai_ideas_per_cluster": 2 })).await;
    let ask = json!({ "cluster_ids": [cluster] });
    assert_eq!(ana.post("/api/planner/ideas/generate?estimate=true", &ask).await.good()["credits"], 2);
    let preview = format!("/api/system/schedules/{site}/auto_ideas/preview");
    let preview = ana.get(&preview).await.good();
    assert_eq!(preview["credits"].as_i64().unwrap(), 2 * preview["items"].as_i64().unwrap(), "{preview:#}");
    let started = ana.post("/api/planner/ideas/generate", &ask).await.good();
    set(json!({ "ai_ideas_per_cluster": 9 })).await;
    let ended = ana.wait(started["job"]["id"].as_str().unwrap()).await;
    assert_eq!(ended["credits"], json!({ "reserved": 0, "charged": 2, "refunded": 0 }), "{ended:#}");

    set(json!({ "ai_images_per_request": 1 })).await;
    let two = json!({ "image_ids": [id_like(&ids[0]), id_like(&ids[1])] });
    let refused = ana.post("/api/writer/images/generate", &two).await.bad(422);
    assert!(refused.to_string().contains("1 to 1 ids"), "{refused:#}");
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn trying_a_prompt_keeps_to_the_limit_of_a_day_too() {
    let stage = Stage::open(&[]).await;
    let ana = stage.cloud.owner("frugal").await;
    ana.patch("/api/settings/tenant", &json!({ "limits": { "ai_daily_cost_cents": 0 } })).await.good();
    let started = ana.post("/api/thinker/test", &json!({ "function": "auto_cluster" })).await.good();
    let job = started["job"]["id"].as_str().unwrap().to_owned();
    let item = Stage::waiting(&ana, &job).await["items"][0].clone();
    let sentence = item["error"]["message"].as_str().unwrap();
    assert!(sentence.starts_with("AI has cost $0.00 today, and the limit for a day is $0.00."), "{item:#}");
    assert_eq!((&item["attempts"], stage.seen().len()), (&json!(0), 0), "nobody is asked");
    ana.post(&format!("/api/system/jobs/{job}/cancel"), &json!({})).await.good();
    assert_eq!(ana.wait(&job).await["credits"]["charged"], 0);
    stage.cloud.check(&[&ana]).await;
}

/// An id that is well formed, whatever it is of: the number of ids is looked at first.
fn id_like(id: &Value) -> &str {
    id.as_str().unwrap()
}
