//! Providers of pictures against a real HTTP server on loopback: what is asked, and each way in which they fail.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::time::Duration;

use igny8_ai::{
    ImageConfig, ImageMaker, ImageProviderKind, MadeImage, Shape,
    image::{Picture, encode},
    provider::{ErrorClass, ProviderError},
};
use igny8_images::{Scene, draw};
use serde_json::{Value, json};
use support::{Reply, Server, rude_server};

const KEY: &str = "sk-very-secret";
const SVG: &str =
    "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"8\" height=\"8\"><rect width=\"8\" height=\"8\"/></svg>";

fn png() -> Vec<u8> {
    draw(&Scene { seed: "a", brand: "b", width: 32, height: 32 }).unwrap()
}

fn maker(provider: ImageProviderKind, url: &str, model: &str) -> ImageMaker {
    ImageMaker::new(&ImageConfig {
        provider,
        key: KEY.to_owned(),
        base_url: url.to_owned(),
        model: model.to_owned(),
        timeout: Some(Duration::from_secs(2)),
    })
}

async fn make(maker: &ImageMaker) -> Result<MadeImage, ProviderError> {
    maker.generate("A brake disc", "Taller Ana", Shape::Landscape, "item/1").await
}

fn openai(picture: &Value) -> Reply {
    Reply::new(200, json!({ "created": 1, "data": [picture] }))
}

async fn refused(provider: ImageProviderKind, reply: Reply) -> ProviderError {
    let server = Server::start(vec![reply]).await;
    let error = make(&maker(provider, &server.url, "m")).await.unwrap_err();
    assert!(!error.to_string().contains(KEY), "{error}");
    assert!(error.sentence.ends_with('.'), "{}", error.sentence);
    error
}

#[tokio::test]
async fn openai_is_asked_as_its_models_want_it() {
    let server = Server::start(vec![openai(&json!({ "b64_json": encode(&png()) }))]).await;
    for (model, size, response, output) in [
        ("gpt-image-1", "1536x1024", Value::Null, json!("webp")),
        ("dall-e-3", "1792x1024", json!("b64_json"), Value::Null),
    ] {
        let made = make(&maker(ImageProviderKind::OpenAi, &server.url, model)).await.unwrap();
        assert_eq!((made.picture, made.model.as_str()), (Picture::Bytes(png()), model));
        let seen = server.seen().pop().unwrap();
        assert_eq!(seen.path, "/v1/images/generations");
        assert_eq!(seen.headers["authorization"], format!("Bearer {KEY}"));
        assert_eq!((&seen.body["size"], &seen.body["n"]), (&json!(size), &json!(1)));
        assert_eq!((&seen.body["response_format"], &seen.body["output_format"]), (&response, &output));
    }
}

#[tokio::test]
async fn a_parameter_that_is_refused_by_name_is_left_out_once() {
    let unknown = Reply::error(400, "unknown_parameter", "Unknown parameter: 'response_format'.");
    let server = Server::start(vec![unknown, openai(&json!({ "b64_json": encode(&png()) }))]).await;
    make(&maker(ImageProviderKind::OpenAi, &server.url, "flux")).await.unwrap();
    let seen = server.seen();
    assert_eq!(seen.len(), 2);
    assert!(seen[0].body.get("response_format").is_some() && seen[1].body.get("response_format").is_none());
}

#[tokio::test]
async fn an_address_is_fetched_without_the_key() {
    // A data URL is the picture itself.
    let data = format!("data:image/png;base64,{}", encode(&png()));
    let server = Server::start(vec![openai(&json!({ "url": data }))]).await;
    let made = make(&maker(ImageProviderKind::OpenAi, &server.url, "m")).await.unwrap();
    assert_eq!(made.picture, Picture::Bytes(png()));
    let elsewhere = Server::start(vec![Reply::new(200, "<html>not a picture</html>")]).await;
    let address = format!("{}/a.png", elsewhere.url);
    let server = Server::start(vec![openai(&json!({ "url": address }))]).await;
    let maker = maker(ImageProviderKind::OpenAi, &server.url, "m");
    assert_eq!(make(&maker).await.unwrap().picture, Picture::At(address.clone()));
    let error = maker.fetch(&address).await.unwrap_err();
    assert!(error.class == ErrorClass::ForGood && error.sentence.contains("no picture"), "{error}");
    assert!(!elsewhere.seen()[0].headers.contains_key("authorization"));
}

#[tokio::test]
async fn what_is_no_picture_is_refused_in_words() {
    for (text, says) in [(encode(SVG.as_bytes()), "an SVG"), (SVG.to_owned(), "no base64"), (String::new(), "empty")] {
        for (provider, reply) in [
            (ImageProviderKind::OpenAi, openai(&json!({ "b64_json": text }))),
            (ImageProviderKind::Runware, Reply::new(200, json!({ "data": [{ "imageBase64Data": text }] }))),
        ] {
            let error = refused(provider, reply).await;
            assert_eq!(error.class, ErrorClass::ForGood);
            assert!(error.sentence.contains(says), "{provider:?}: {}", error.sentence);
        }
    }
}

#[tokio::test]
async fn failures_of_openai_have_their_classes() {
    let class = async |reply: Reply| refused(ImageProviderKind::OpenAi, reply).await;
    let later = class(Reply::error(429, "rate_limit_exceeded", "Slow down").header("retry-after", "7")).await;
    assert_eq!(later.class, ErrorClass::RetryLater { after: Some(Duration::from_secs(7)) });
    assert_eq!(class(Reply::new(503, "busy")).await.class, ErrorClass::RetryLater { after: None });
    let policy = class(Reply::error(400, "moderation_blocked", "Rejected by the safety system")).await;
    assert!(policy.sentence.contains("content filter"), "{policy}");
    let key = class(Reply::error(401, "invalid_api_key", &format!("Incorrect key {KEY}"))).await;
    assert_eq!(key.class, ErrorClass::ForGood);
    let quota = class(Reply::error(400, "billing_hard_limit_reached", "Billing hard limit")).await;
    assert!(quota.class == ErrorClass::ForGood && quota.sentence.contains("credit"), "{quota}");
    assert_eq!(class(Reply::new(200, "<html>")).await.class, ErrorClass::ForGood);
    assert_eq!(class(Reply::new(200, json!({ "data": [] }))).await.class, ErrorClass::ForGood);
}

#[tokio::test]
async fn silence_and_broken_connections_are_tried_again_later() {
    let slow = Server::start(vec![Reply::new(200, "{}").after(Duration::from_secs(9))]).await;
    let rude = rude_server(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{").await;
    for url in [slow.url.as_str(), rude.as_str(), "http://127.0.0.1:1/v1"] {
        for provider in [ImageProviderKind::OpenAi, ImageProviderKind::Runware] {
            let error = make(&maker(provider, url, "m")).await.unwrap_err();
            assert_eq!(error.class, ErrorClass::RetryLater { after: None }, "{url}: {error}");
        }
    }
}

#[tokio::test]
async fn runware_is_asked_for_one_task_and_says_what_it_cost() {
    let answer = json!({ "data": [{
        "taskType": "imageInference", "imageUUID": "u", "taskUUID": "t", "imageBase64Data": encode(&png()), "cost": 0.0013
    }] });
    let server = Server::start(vec![Reply::new(200, answer)]).await;
    let made = make(&maker(ImageProviderKind::Runware, &server.url, "runware:100@1")).await.unwrap();
    assert_eq!((made.picture, made.cost_microcents), (Picture::Bytes(png()), Some(130_000)));
    make(&maker(ImageProviderKind::Runware, &server.url, "runware:100@1")).await.unwrap();
    let seen = server.seen();
    let task = &seen[0].body[0];
    assert_eq!((&task["taskType"], &task["numberResults"]), (&json!("imageInference"), &json!(1)));
    assert_eq!(task["positivePrompt"], "A brake disc");
    for side in ["width", "height"] {
        let pixels = task[side].as_u64().unwrap();
        assert!(pixels % 64 == 0 && (128..=2048).contains(&pixels), "{side} {pixels}");
    }
    assert_eq!(seen[0].body, seen[1].body, "the same picture is the same task");
}

#[tokio::test]
async fn failures_of_runware_have_their_classes() {
    let error = async |status: u16, code: &str, message: &str| {
        let body = json!({ "errors": [{ "code": code, "message": message, "parameter": "x", "taskUUID": "t" }] });
        refused(ImageProviderKind::Runware, Reply::new(status, body)).await
    };
    let key = error(401, "invalidApiKey", "Invalid API key").await;
    assert!(key.class == ErrorClass::ForGood && key.sentence.contains("API key"), "{key}");
    let money = error(402, "insufficientCredits", "Insufficient credits").await;
    assert!(money.class == ErrorClass::ForGood && money.sentence.contains("credit"), "{money}");
    let filter = error(400, "contentModeration", "Content policy violation: NSFW").await;
    assert!(filter.class == ErrorClass::ForGood && filter.sentence.contains("content filter"), "{filter}");
    let busy = error(429, "tooManyRequests", "Too many concurrent requests").await;
    assert!(matches!(busy.class, ErrorClass::RetryLater { .. }), "{busy}");
    let model = error(400, "invalidModel", "Unsupported model").await;
    assert!(model.class == ErrorClass::ForGood && model.sentence.contains("model"), "{model}");
}
