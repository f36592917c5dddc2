//! Pictures the whole way: planned, made, put in, published; uploaded; and refused where they are none.

use crate::common::{Client, Cloud};
use http_body_util::Full;
use hyper::{Request, body::Bytes};
use igny8_ai::image::encode;
use igny8_images::{Scene, draw};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::isolation::fixture::upload;

/// A site with one article; the ids of both.
async fn article(ana: &Client<'_>) -> (String, String, String) {
    let (site, host) = ana.site("Taller Ana").await;
    let outline =
        json!([{ "heading": "The signs", "points": ["Noise"] }, { "heading": "The change", "points": ["Tools"] }]);
    let task = json!({ "site_id": site, "title": "When to change brake pads", "keywords": ["brake pads"], "outline": outline });
    let task = ana.post("/api/writer/tasks", &task).await.good();
    let job = ana.job("/api/writer/generate", &json!({ "task_ids": [task["id"]] })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let content = ana.all(&format!("/api/writer/content?site_id={site}")).await.remove(0);
    (site, host, content["id"].as_str().unwrap().to_owned())
}

/// Plans the pictures of a content; they are free. Answers them, the featured one first.
async fn planned(ana: &Client<'_>, site: &str, content: &str) -> Vec<Value> {
    let body = json!({ "content_ids": [content] });
    let estimate = ana.post("/api/writer/images/prompts?estimate=true", &body).await.good();
    assert_eq!(estimate, json!({ "credits": 0, "items": 1 }));
    let job = ana.job("/api/writer/images/prompts", &body).await;
    assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("succeeded"), &json!(0)), "{job:#}");
    let mut images = ana.all(&format!("/api/writer/images?site_id={site}&content_id={content}")).await;
    images.sort_by_key(|image| image["position"].as_u64());
    images
}

fn ids(images: &[Value]) -> Vec<&str> {
    images.iter().map(|image| image["id"].as_str().unwrap()).collect()
}

async fn fetch(cloud: &Cloud, url: &str) -> crate::common::Answer {
    cloud.send(Request::get(url).body(Full::new(Bytes::new())).unwrap()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_plan_to_a_public_page() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "40")]).await;
    let ana = cloud.owner("ana").await;
    let (site, host, content) = article(&ana).await;
    let images = planned(&ana, &site, &content).await;
    assert!((2..=4).contains(&images.len()), "{images:#?}");
    assert_eq!((&images[0]["role"], &images[0]["position"]), (&json!("featured"), &json!(0)));
    assert!(images.iter().all(|image| image["status"] == "prompted" && image["alt"] != "" && image["prompt"] != ""));
    // Planning again replaces what nobody has made.
    assert_eq!(planned(&ana, &site, &content).await.len(), images.len());
    let images = planned(&ana, &site, &content).await;

    let seven: Vec<_> =
        (0..7).map(|_| content.clone()).enumerate().map(|(n, id)| format!("{}{n}", &id[..25])).collect();
    let refused = ana.post("/api/writer/images/generate", &json!({ "image_ids": seven })).await.bad(422);
    assert!(refused.to_string().contains("1 to 6"), "{refused:#}");
    let all = json!({ "image_ids": ids(&images) });
    let estimate = ana.post("/api/writer/images/generate?estimate=true", &all).await.good();
    assert_eq!(estimate, json!({ "credits": images.len(), "items": images.len() }));
    let job = ana.job("/api/writer/images/generate", &all).await;
    assert_eq!(job["credits"]["charged"], images.len(), "{job:#}");
    let made = ana.all(&format!("/api/writer/images?site_id={site}&status=ready")).await;
    assert_eq!(made.len(), images.len());
    for image in &made {
        let widths: Vec<_> = image["addresses"].as_array().unwrap().iter().map(|one| one["width"].clone()).collect();
        assert_eq!(widths, [480, 768, 1200, 1536], "{image:#}");
        let file = fetch(&cloud, image["addresses"][0]["url"].as_str().unwrap()).await;
        assert_eq!((file.status.as_u16(), &file.bytes[8..12]), (200, b"WEBP".as_slice()));
        let unsigned = image["addresses"][0]["url"].as_str().unwrap().split('?').next().unwrap();
        assert_eq!(fetch(&cloud, unsigned).await.status, 403);
    }

    // The first featured picture stands at the top by itself; another goes into the article.
    let view = ana.get(&format!("/api/writer/content/{content}")).await.good();
    assert_eq!(view["featured_image_id"], images[0]["id"]);
    let second = images[1]["id"].as_str().unwrap();
    let placed = ana.post(&format!("/api/writer/images/{second}/place"), &json!({})).await.good();
    let at = placed["blocks"].as_array().unwrap().iter().position(|block| block["src"] == format!("asset:{second}"));
    assert_eq!(at, images[1]["position"].as_u64().map(|position| position as usize), "{placed:#}");
    let again = ana.post(&format!("/api/writer/images/{second}/place"), &json!({})).await.good();
    assert_eq!(again["revision"], placed["revision"], "it stands there once");

    let job = ana.job("/api/publish", &json!({ "content_ids": [content], "destinations": ["igny8"] })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let slug = view["slug"].as_str().unwrap();
    let page = cloud.page(&host, &format!("/{slug}")).await.text();
    assert!(page.contains("property=\"og:image\"") && page.contains("-1200.jpg"), "{page}");
    assert!(page.matches("<picture>").count() >= 2 && page.contains("fetchpriority=\"high\""), "{page}");
    assert!(page.contains("loading=\"lazy\"") && page.contains("480w") && page.contains("width=\"1200\""), "{page}");
    assert!(!page.contains("asset:"), "{page}");
    let jpeg = page.split("src=\"").find(|part| part.starts_with("/img/")).unwrap().split('"').next().unwrap();
    let file = cloud.page(&host, jpeg).await;
    assert_eq!(file.status, 200);
    assert!(file.headers["cache-control"].to_str().unwrap().contains("immutable"));
    assert_eq!(file.headers["content-type"], "image/jpeg");

    // What is deleted is left out, and the page goes on without it.
    ana.delete(&format!("/api/writer/images/{second}")).await.good();
    ana.job(&format!("/api/publish/sites/{site}/deploy"), &json!({})).await;
    let page = cloud.page(&host, &format!("/{slug}")).await.text();
    assert!(!page.contains("asset:") && page.contains("property=\"og:image\""), "{page}");
    assert_eq!(cloud.up.cloud().denied(), vec![], "calls that a policy does not allow");
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_are_read_and_wait_for_their_words() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "10")]).await;
    let ana = cloud.owner("ana").await;
    let (_, _, content) = article(&ana).await;
    let start = async || {
        let started = ana.post("/api/writer/images/uploads", &json!({ "content_id": content })).await.good();
        let id = started["image_id"].as_str().unwrap();
        (format!("/api/writer/images/{id}"), started["url"].as_str().unwrap().to_owned())
    };
    let (image, url) = start().await;
    let early = ana.post(&format!("{image}/finish"), &json!({})).await.bad(409);
    assert!(early["detail"].as_str().unwrap().contains("PUT the file"), "{early:#}");
    let file = draw(&Scene { seed: "own", brand: "own", width: 900, height: 600 }).unwrap();
    upload(&cloud, &url, file.into()).await;
    let ready = ana.post(&format!("{image}/finish"), &json!({})).await.good();
    assert_eq!((&ready["status"], &ready["files"]["width"]), (&json!("ready"), &json!(900)), "{ready:#}");
    assert_eq!(ana.post(&format!("{image}/finish"), &json!({})).await.good()["version"], ready["version"]);

    for (deed, body) in [("place", json!({})), ("feature", json!({ "featured": true }))] {
        let wordless = ana.post(&format!("{image}/{deed}"), &body).await.bad(422);
        assert!(wordless.to_string().contains("say what is seen"), "{wordless:#}");
    }
    ana.patch(&image, &json!({ "alt": "My own garage", "credit": "Ana & <b>sons</b>" })).await.good();
    let placed = ana.post(&format!("{image}/place"), &json!({})).await.good();
    assert!(placed["html"].as_str().unwrap().contains("Ana &amp; &lt;b&gt;sons"), "{placed:#}");
    let top = ana.post(&format!("{image}/feature"), &json!({ "featured": true })).await.good();
    assert_eq!(top["featured_image_id"], ready["id"]);
    let out = ana.post(&format!("{image}/remove"), &json!({})).await.good();
    assert!(!out.to_string().contains("asset:"), "{out:#}");
    let made = json!({ "image_ids": [ready["id"]] });
    assert!(ana.post("/api/writer/images/generate", &made).await.bad(422).to_string().contains("uploaded"));
    ana.delete(&image).await.good();
    assert!(ana.get(&format!("/api/writer/content/{content}")).await.good().get("featured_image_id").is_none());

    let (image, url) = start().await;
    upload(&cloud, &url, "<svg xmlns='http://www.w3.org/2000/svg'></svg>".into()).await;
    let svg = ana.post(&format!("{image}/finish"), &json!({})).await.bad(422);
    assert!(svg["detail"].as_str().unwrap().contains("an SVG"), "{svg:#}");
    assert_eq!(cloud.up.cloud().denied(), vec![], "calls that a policy does not allow");
    cloud.check(&[&ana]).await;
}

/// A server of OpenAI's images API that answers by the words of the prompt, and counts what is made. A picture that it
/// keeps is there when it is asked for a second time.
async fn painter() -> (String, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let fetched = Arc::new(AtomicUsize::new(0));
    let kept = move || {
        let is_there = fetched.fetch_add(1, Ordering::Relaxed) > 0;
        let png = draw(&Scene { seed: "kept", brand: "b", width: 64, height: 48 }).unwrap();
        let soon = (axum::http::StatusCode::SERVICE_UNAVAILABLE, [("retry-after", "1")]);
        async move { if is_there { Ok(png) } else { Err(soon) } }
    };
    let answer = move |headers: axum::http::HeaderMap, body: String| {
        let number = counter.fetch_add(1, Ordering::Relaxed);
        async move {
            let address = format!("http://{}/kept.png", headers["host"].to_str().unwrap());
            let asked: Value = serde_json::from_str(&body).unwrap();
            let prompt = asked["prompt"].as_str().unwrap();
            let png = draw(&Scene { seed: prompt, brand: "b", width: 64, height: 48 }).unwrap();
            let svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>";
            let (status, answer) = if prompt.contains("svg") {
                (200, json!({ "data": [{ "b64_json": encode(svg) }] }))
            } else if prompt.contains("forbidden") {
                (400, json!({ "error": { "code": "moderation_blocked", "message": "safety system" } }))
            } else if prompt.contains("elsewhere") {
                (200, json!({ "data": [{ "url": address }] }))
            } else if prompt.contains("later") && number == 0 {
                (429, json!({ "error": { "code": "rate_limit_exceeded", "message": "slow down" } }))
            } else {
                (200, json!({ "data": [{ "b64_json": encode(&png) }] }))
            };
            (axum::http::StatusCode::from_u16(status).unwrap(), [("retry-after", "1")], answer.to_string())
        }
    };
    let app = axum::Router::new().route("/kept.png", axum::routing::get(kept)).fallback(answer);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    (url, count)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_picture_fails_in_words_and_costs_nothing() {
    let (url, count) = painter().await;
    let vars = [
        ("IGNY8_TRIAL_CREDITS", "20"),
        ("IGNY8_AI", "offline"),
        ("IGNY8_IMAGE_AI", "openai"),
        ("OPENAI_API_KEY", "k"),
        ("OPENAI_IMAGE_BASE_URL", &url),
    ];
    let cloud = Cloud::start_with(&vars).await;
    let ana = cloud.owner("ana").await;
    let (site, _, content) = article(&ana).await;
    let images = planned(&ana, &site, &content).await;
    let path = format!("/api/writer/images/{}", images[0]["id"].as_str().unwrap());
    let body = json!({ "image_ids": [images[0]["id"]] });
    // One that is asked to come later comes, and is paid once; one that cannot be fetched at once is not made again.
    for (prompt, ends, says, asked) in [
        ("come later", "ready", "", 2),
        ("kept elsewhere", "ready", "", 1),
        ("an svg", "failed", "an SVG", 1),
        ("forbidden", "failed", "content filter", 1),
    ] {
        count.store(0, Ordering::Relaxed);
        ana.patch(&path, &json!({ "prompt": prompt })).await.good();
        let job = ana.job("/api/writer/images/generate", &body).await;
        let image = ana.get(&path).await.good();
        assert_eq!(image["status"], ends, "{prompt}: {job:#} {image:#}");
        assert!(image["error"].as_str().unwrap_or_default().contains(says), "{image:#}");
        assert_eq!(job["credits"]["charged"], i32::from(ends == "ready"), "{job:#}");
        assert_eq!(count.load(Ordering::Relaxed), asked, "{prompt}");
        assert_eq!(image["files"]["width"], 64, "what was there before stays");
    }
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_count_towards_the_limit_of_a_day() {
    let (url, count) = painter().await;
    let vars = [
        ("IGNY8_TRIAL_CREDITS", "20"),
        ("IGNY8_AI", "offline"),
        ("IGNY8_IMAGE_AI", "openai"),
        ("OPENAI_API_KEY", "k"),
        ("OPENAI_IMAGE_BASE_URL", &url),
    ];
    let cloud = Cloud::start_with(&vars).await;
    let ana = cloud.owner("ana").await;
    // The provider does not say what a picture cost: it counts as the settings say.
    let limits = json!({ "limits": { "ai_daily_cost_cents": 25, "ai_image_cost_cents": 30 } });
    ana.patch("/api/settings/tenant", &limits).await.good();
    let (site, _, content) = article(&ana).await;
    let images = planned(&ana, &site, &content).await;
    let made = ana.job("/api/writer/images/generate", &json!({ "image_ids": [images[0]["id"]] })).await;
    assert_eq!(made["status"], "succeeded", "{made:#}");
    let over = ana.post("/api/writer/images/generate", &json!({ "image_ids": [images[1]["id"]] })).await.good();
    let id = over["job"]["id"].as_str().unwrap();
    let path = format!("/api/system/jobs/{id}");
    let mut item = Value::Null;
    for _ in 0..200 {
        item = ana.get(&path).await.good()["items"][0].clone();
        if item["error"]["will_retry"] == true {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let sentence = item["error"]["message"].as_str().unwrap_or_default();
    assert!(sentence.starts_with("AI has cost $0.30 today, and the limit for a day is $0.25."), "{item:#}");
    assert_eq!((&item["attempts"], count.load(Ordering::Relaxed)), (&json!(0), 1), "waiting is no attempt");
    ana.post(&format!("{path}/cancel"), &json!({})).await.good();
    let ended = ana.wait(id).await;
    assert_eq!(ended["credits"], json!({ "reserved": 0, "charged": 0, "refunded": 1 }));
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn models_for_pictures_are_tried_side_by_side() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "20")]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Taller Ana").await;
    let models = ana.get("/api/thinker/image-models").await.good()["models"].clone();
    assert_eq!(models, json!(["offline:offline", "offline:offline-2"]));
    let path = "/api/thinker/test-images";
    let test = json!({ "site_id": site, "prompt": "A worn brake pad beside a new one", "models": models });
    let wrong = async |change: Value| {
        let mut body = test.clone();
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        ana.post(path, &body).await.bad(422)["errors"][0]["field"].clone()
    };
    assert_eq!(wrong(json!({ "prompt": "x" })).await, "prompt");
    assert_eq!(wrong(json!({ "prompt": "x".repeat(1_001) })).await, "prompt");
    assert_eq!(wrong(json!({ "models": [] })).await, "models");
    assert_eq!(wrong(json!({ "models": ["offline:offline", "offline:offline"] })).await, "models");
    assert_eq!(wrong(json!({ "models": ["openai:gpt-image-1"] })).await, "models[0]");
    let estimate = ana.post(&format!("{path}?estimate=true"), &test).await.good();
    assert_eq!(estimate, json!({ "credits": 2, "items": 2 }));

    let job = ana.job(path, &test).await;
    assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("succeeded"), &json!(2)), "{job:#}");
    let trial = ana.get(&format!("/api/thinker/trials/{}", job["id"].as_str().unwrap())).await.good();
    assert_eq!((&trial["function"], &trial["status"]), (&json!("test_image"), &json!("succeeded")), "{trial:#}");
    let pictures = trial["pictures"].as_array().unwrap();
    let asked: Vec<_> = pictures.iter().map(|picture| &picture["model"]).collect();
    assert_eq!(json!(asked), models);
    let mut files = Vec::new();
    for picture in pictures {
        assert_eq!((&picture["cost_microcents"], &picture["width"]), (&json!(0), &json!(1536)), "{picture:#}");
        assert!(picture["took_ms"].is_u64());
        let file = fetch(&cloud, picture["addresses"][0]["url"].as_str().unwrap()).await;
        assert_eq!((file.status.as_u16(), &file.bytes[8..12]), (200, b"WEBP".as_slice()));
        files.push(file.bytes);
    }
    assert_ne!(files[0], files[1], "there is something to compare");
    // A trial is no picture of a content, and what it cost stands in the usage log under its model.
    assert_eq!(ana.all(&format!("/api/writer/images?site_id={site}")).await.len(), 0);
    let usage = ana.all("/api/billing/usage").await;
    assert_eq!(usage.iter().filter(|row| row["credits"] == 1).count(), 2, "{usage:#?}");
    let bob = cloud.owner("bob").await;
    bob.get(&format!("/api/thinker/trials/{}", job["id"].as_str().unwrap())).await.bad(404);
    bob.post(path, &test).await.bad(404);
    cloud.check(&[&ana, &bob]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_fails_costs_nothing_beside_one_that_does_not() {
    let (url, _) = painter().await;
    let vars = [
        ("IGNY8_TRIAL_CREDITS", "20"),
        ("IGNY8_AI", "offline"),
        ("IGNY8_IMAGE_AI", "openai"),
        ("OPENAI_API_KEY", "k"),
        ("OPENAI_IMAGE_BASE_URL", &url),
    ];
    let cloud = Cloud::start_with(&vars).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Taller Ana").await;
    let models = json!(["openai:gpt-image-1", "openai:gpt-image-1-mini"]);
    assert_eq!(ana.get("/api/thinker/image-models").await.good()["models"], models);
    let test = json!({ "site_id": site, "prompt": "forbidden things", "models": models });
    let job = ana.job("/api/thinker/test-images", &test).await;
    assert_eq!((&job["status"], &job["credits"]["refunded"]), (&json!("failed"), &json!(2)), "{job:#}");
    let trial = ana.get(&format!("/api/thinker/trials/{}", job["id"].as_str().unwrap())).await.good();
    for picture in trial["pictures"].as_array().unwrap() {
        assert!(picture["error"].as_str().unwrap().contains("content filter"), "{trial:#}");
        assert_eq!((&picture["width"], &picture["addresses"]), (&json!(0), &json!([])));
    }
    let test = json!({ "site_id": site, "prompt": "brake pads", "models": [models[0]] });
    let job = ana.job("/api/thinker/test-images", &test).await;
    let trial = ana.get(&format!("/api/thinker/trials/{}", job["id"].as_str().unwrap())).await.good();
    // What the provider does not say is what the settings count.
    assert_eq!(trial["pictures"][0]["cost_microcents"], 7_000_000, "{trial:#}");
    cloud.check(&[&ana]).await;
}
