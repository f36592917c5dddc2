//! The way of articles past a model server that breaks on demand and that none of us wrote (llmock), when
//! `IGNY8_FAULTY_MODEL` names it (`llmock serve --port 8602` serves at `http://127.0.0.1:8602`); without it this skips,
//! and says so. provider.rs goes the same ways with a server of its own.
#![allow(clippy::disallowed_methods, reason = "the variable is the test's own")]

use http_body_util::Full;
use hyper::{Request, body::Bytes};
use serde_json::{Value, json};

use crate::common::{Client, Cloud};
use crate::provider::hurry;

/// How long a model may take, in seconds.
const PATIENCE: &str = "10";

fn article() -> String {
    let text = "Brakes wear with every stop, and the pads tell you so before the discs do. ".repeat(4);
    let answer = json!({
        "title": "Brakes", "meta_title": "Brakes", "meta_description": "What to know.", "excerpt": "In short.",
        "blocks": [
            { "type": "heading", "level": 2, "text": "What to know" },
            { "type": "paragraph", "text": text },
            { "type": "list", "ordered": false, "items": ["Listen.", "Look.", "Measure."] }
        ]
    });
    answer.to_string()
}

fn fail(status: u16, times: u32) -> Value {
    json!({ "type": "fail", "status": status, "retry_after": 1, "times": times })
}

fn reply(text: &str, finish: &str, times: u32) -> Value {
    json!({ "type": "reply", "text": text, "finish_reason": finish, "times": times })
}

/// The server, told what to do with the next questions; after that it answers well.
async fn tell(cloud: &Cloud, server: &str, behaviors: &[Value]) {
    let scenario = format!("{server}/_llmock/scenario");
    let request = Request::delete(&scenario).body(Full::default()).unwrap();
    assert!(cloud.send(request).await.status.is_success());
    let mut all = behaviors.to_vec();
    all.push(json!({ "type": "reply", "text": article(), "times": null }));
    let body = Bytes::from(json!({ "behaviors": all }).to_string());
    let request = Request::post(&scenario).header("content-type", "application/json").body(Full::new(body)).unwrap();
    let answer = cloud.send(request).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

/// Orders articles of these titles in one job.
async fn order(ana: &Client<'_>, site: &str, titles: &[String]) -> String {
    let mut tasks = Vec::new();
    for title in titles {
        let task = json!({ "site_id": site, "title": title });
        tasks.push(ana.post("/api/writer/tasks", &task).await.good()["id"].clone());
    }
    let started = ana.post("/api/writer/generate", &json!({ "task_ids": tasks })).await.good();
    started["job"]["id"].as_str().unwrap().to_owned()
}

async fn charged(ana: &Client<'_>) -> i64 {
    let all = ana.all("/api/billing/transactions").await;
    -all.iter().filter(|entry| entry["type"] == "charge").map(|entry| entry["amount"].as_i64().unwrap()).sum::<i64>()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_charged_wrongly_with_a_server_that_breaks_on_demand() {
    let Ok(server) = std::env::var("IGNY8_FAULTY_MODEL") else {
        println!("SKIPPED: IGNY8_FAULTY_MODEL names no server; `llmock serve --port 8602` (PyPI: llmock) is one");
        return;
    };
    let base = format!("{server}/v1");
    let vars = [
        ("IGNY8_AI", "openai"),
        ("OPENAI_BASE_URL", base.as_str()),
        ("OPENAI_API_KEY", "sk-local-test"),
        ("OPENAI_MODEL", "main"),
        ("IGNY8_IMAGE_AI", "openai"),
        ("AI_TIMEOUT_SECONDS", PATIENCE),
        ("IGNY8_TRIAL_CREDITS", "300"),
    ];
    let cloud = Cloud::start_with(&vars).await;
    cloud.without_rates().await;
    let app = cloud.app();
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let half = &article()[..200];
    let slow = json!({ "type": "delay", "seconds": 15, "times": 1 });
    let wrong = r#"{"title": "An article", "body": ["no blocks"]}"#;
    let prose = "As a language model, I would rather talk about the sea.";
    // What the server does, how the item ends, after how many attempts.
    let ways: [(&str, Vec<Value>, &str, u64); 9] = [
        ("busy", vec![fail(429, 1)], "succeeded", 2),
        ("broken", vec![fail(500, 1), fail(503, 1)], "succeeded", 3),
        ("always busy", vec![fail(429, 4)], "failed", 4),
        ("slow", vec![slow], "succeeded", 2),
        ("cut", vec![reply(half, "length", 1)], "succeeded", 1),
        ("always cut", vec![reply(half, "length", 2)], "failed", 1),
        ("wrong schema", vec![reply(wrong, "stop", 1)], "succeeded", 1),
        ("always prose", vec![reply(prose, "stop", 2)], "failed", 1),
        ("no key", vec![fail(401, 1)], "failed", 1),
    ];
    let mut articles = 0;
    for (title, behaviors, ends, attempts) in ways {
        tell(&cloud, &server, &behaviors).await;
        let job = order(&ana, &site, &[title.to_owned()]).await;
        hurry(&cloud, &app, &ana, &job).await;
        let ended = ana.wait(&job).await;
        let item = &ended["items"][0];
        assert_eq!((&ended["status"], &item["attempts"]), (&json!(ends), &json!(attempts)), "{title}: {ended:#}");
        articles += i64::from(ends == "succeeded");
        assert_eq!(charged(&ana).await, 3 * articles, "{title}");
        if ends == "failed" {
            assert!(item["error"]["message"].as_str().unwrap().len() > 20, "{title}: {item:#}");
            // Once the server is well, the failed one is written, and paid once.
            ana.post(&format!("/api/system/jobs/{job}/retry"), &json!({})).await.good();
            hurry(&cloud, &app, &ana, &job).await;
            assert_eq!(ana.wait(&job).await["status"], "succeeded", "{title}");
            articles += 1;
            assert_eq!(charged(&ana).await, 3 * articles, "{title}, once more");
        }
    }

    // All of it at once, in one job of many; then the failed ones again, until all are written.
    let faults = [
        fail(429, 2),
        reply(half, "length", 2),
        fail(500, 1),
        reply(wrong, "stop", 1),
        fail(503, 2),
        reply(prose, "stop", 2),
        json!({ "type": "delay", "seconds": 15, "times": 1 }),
    ];
    tell(&cloud, &server, &faults).await;
    let titles: Vec<_> = (0..12).map(|n| format!("Brakes {n}")).collect();
    let job = order(&ana, &site, &titles).await;
    for round in 0.. {
        hurry(&cloud, &app, &ana, &job).await;
        let ended = ana.wait(&job).await;
        let done = ended["progress"]["done"].as_i64().unwrap();
        println!("round {round}: {done} of 12 written, {} failed", ended["progress"]["failed"]);
        assert_eq!(charged(&ana).await, 3 * (articles + done), "{ended:#}");
        assert_eq!(ended["credits"]["reserved"], 0, "{ended:#}");
        if ended["status"] == "succeeded" {
            break;
        }
        assert!(round < 5, "{ended:#}");
        ana.post(&format!("/api/system/jobs/{job}/retry"), &json!({})).await.good();
    }
    let contents = ana.all(&format!("/api/writer/content?site_id={site}")).await.len() as i64;
    assert_eq!((contents, charged(&ana).await), (articles + 12, 3 * (articles + 12)));

    // Its pictures are SVGs, whatever was promised: nothing that is kept, and nothing is charged.
    let test = json!({ "site_id": site, "prompt": "A brake pad", "models": ["openai:gpt-image-1"] });
    let job = ana.job("/api/thinker/test-images", &test).await;
    assert_eq!((&job["status"], &job["credits"]["refunded"]), (&json!("failed"), &json!(1)), "{job:#}");
    let sentence = job["items"][0]["error"]["message"].as_str().unwrap();
    assert!(sentence.contains("sent no picture that can be used"), "{sentence}");
    cloud.check(&[&ana]).await;
}
