//! Each way in which a provider can fail, against a real HTTP server on loopback.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use std::time::{Duration, Instant};

use igny8_ai::{
    provider::{Anthropic, Completion, ErrorClass, Finish, JsonSchema, OpenAi, Provider, ProviderError, Request},
    shapes::cluster_schema,
};
use serde_json::{Value, json};
use support::{GOOD, Reply, Server, rude_server};

const KEY: &str = "sk-very-secret";

fn request(timeout: Duration) -> Request {
    Request {
        model: "test-model".into(),
        function: "auto_cluster".into(),
        input: Value::Null,
        system: "You group.".into(),
        user: "Group these.".into(),
        schema: Some(JsonSchema { name: "auto_cluster".into(), schema: cluster_schema() }),
        max_tokens: 500,
        temperature: 0.4,
        timeout,
    }
}

async fn complete(url: &str) -> Result<Completion, ProviderError> {
    OpenAi::new(url, KEY).complete(&request(Duration::from_secs(10))).await
}

async fn refused(reply: Reply) -> ProviderError {
    let server = Server::start(vec![reply]).await;
    let error = complete(&server.url).await.unwrap_err();
    assert!(!error.to_string().contains(KEY), "{error}");
    assert!(error.sentence.ends_with('.') && !error.sentence.contains("sk-"), "{}", error.sentence);
    error
}

const LATER: ErrorClass = ErrorClass::RetryLater { after: None };

#[tokio::test]
async fn a_good_answer_and_what_was_asked() {
    let server = Server::start(vec![Reply::chat(GOOD)]).await;
    let completion = complete(&format!("{}/", server.url)).await.unwrap();
    assert_eq!(
        completion,
        Completion {
            text: GOOD.into(),
            finish: Finish::Stop,
            tokens_in: 100,
            tokens_out: 20,
            model: "test-model-1".into(),
            ..Completion::default()
        }
    );
    let seen = &server.seen()[0];
    assert_eq!(seen.path, "/v1/chat/completions");
    assert_eq!(seen.headers["authorization"], format!("Bearer {KEY}"));
    assert_eq!(seen.body["response_format"]["type"], "json_schema");
    assert_eq!(seen.body["response_format"]["json_schema"]["strict"], true);
    assert_eq!(seen.body["response_format"]["json_schema"]["schema"], cluster_schema());
    assert_eq!((&seen.body["max_tokens"], &seen.body["temperature"]), (&json!(500), &json!(0.4)));
    assert_eq!(seen.body["messages"][1], json!({ "role": "user", "content": "Group these." }));
}

#[tokio::test]
async fn a_missing_key_is_for_good_and_calls_nobody() {
    let server = Server::start(vec![Reply::chat(GOOD)]).await;
    let openai = OpenAi::new(&server.url, " ").complete(&request(Duration::from_secs(1))).await.unwrap_err();
    let anthropic = Anthropic::new(&server.url, "").complete(&request(Duration::from_secs(1))).await.unwrap_err();
    for error in [openai, anthropic] {
        assert_eq!(error.class, ErrorClass::ForGood);
        assert!(error.sentence.contains("No API key is set"), "{}", error.sentence);
    }
    assert_eq!(server.seen().len(), 0);
}

#[tokio::test]
async fn statuses_are_classed() {
    let after = |seconds| ErrorClass::RetryLater { after: Some(Duration::from_secs(seconds)) };
    let cases = [
        (Reply::error(429, "rate_limit_exceeded", "Slow down").header("retry-after", "17"), after(17)),
        (
            Reply::error(429, "", "Slow down")
                .header("retry-after", "Sun, 22 Nov 2026 01:02:00 GMT")
                .header("date", "Sun, 22 Nov 2026 01:00:00 GMT"),
            after(120),
        ),
        (Reply::error(429, "rate_limit_exceeded", "Slow down"), LATER),
        (Reply::error(429, "insufficient_quota", "You exceeded your current quota"), ErrorClass::ForGood),
        (Reply::new(500, "oops"), LATER),
        (Reply::new(502, "<html>bad gateway</html>"), LATER),
        (Reply::new(503, "").header("retry-after", "5"), after(5)),
        (Reply::new(529, ""), LATER),
        (Reply::error(401, "invalid_api_key", &format!("Incorrect API key provided: {KEY}")), ErrorClass::ForGood),
        (Reply::new(403, "no"), ErrorClass::ForGood),
        (Reply::error(404, "model_not_found", "The model `x` does not exist"), ErrorClass::OtherModel),
        (Reply::new(404, "404 page not found"), ErrorClass::ForGood),
        (
            Reply::error(400, "context_length_exceeded", "This model's maximum context length is 8192 tokens"),
            ErrorClass::OtherModel,
        ),
        (Reply::error(400, "content_policy_violation", "Rejected by our safety system"), ErrorClass::OtherModel),
        (Reply::new(200, "<html>Welcome!</html>"), ErrorClass::ForGood),
        (Reply::new(200, json!({ "choices": [] })), ErrorClass::ForGood),
        (Reply::new(200, json!({ "error": { "code": 429, "message": "upstream is busy" } })), LATER),
    ];
    for (reply, class) in cases {
        let about = format!("{reply:?}");
        assert_eq!(refused(reply).await.class, class, "{about}");
    }
}

#[tokio::test]
async fn a_redirect_is_refused_and_the_key_not_sent_along() {
    let other = Server::start(vec![Reply::chat(GOOD)]).await;
    let error = refused(Reply::new(307, "").header("location", format!("{}/chat/completions", other.url))).await;
    assert_eq!(error.class, ErrorClass::ForGood);
    assert!(error.sentence.contains("redirects"));
    assert_eq!(other.seen().len(), 0);
}

#[tokio::test]
async fn a_slow_server_times_out() {
    let server = Server::start(vec![Reply::chat(GOOD).after(Duration::from_secs(20))]).await;
    let start = Instant::now();
    let error = OpenAi::new(&server.url, KEY).complete(&request(Duration::from_millis(300))).await.unwrap_err();
    assert_eq!(error.class, LATER);
    assert!(
        error.is_unanswered && error.sentence.contains("too long") && start.elapsed() < Duration::from_secs(5),
        "{error}"
    );
}

#[tokio::test]
async fn broken_connections_are_tried_again_later() {
    let none: &[u8] = b"";
    let cut = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n{\"choices\": [";
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{\"choices\"";
    for bytes in [none, cut, chunked] {
        let error = complete(&rude_server(bytes).await).await.unwrap_err();
        assert_eq!(error.class, LATER, "{error}");
        assert!(error.sentence.contains("broke"), "{error}");
        assert_eq!(error.is_unanswered, !bytes.is_empty(), "who hangs up at once has not worked");
    }
    let error = complete("http://127.0.0.1:9/v1").await.unwrap_err();
    assert!(!error.is_unanswered, "nothing was sent");
    assert!(error.class == LATER && error.sentence.contains("cannot be reached"), "{error}");
    for address in ["not an address", "ftp://127.0.0.1/v1", ""] {
        let error = complete(address).await.unwrap_err();
        assert_eq!(error.class, ErrorClass::ForGood, "{address}: {error}");
    }
}

#[tokio::test]
async fn a_huge_body_is_not_read_to_its_end() {
    let error = refused(Reply::new(200, "x".repeat(9 * 1024 * 1024))).await;
    assert!(error.class == ErrorClass::OtherModel && error.detail.contains("bytes"), "{error}");
}

#[tokio::test]
async fn formats_are_taken_back_one_by_one_and_remembered() {
    let server = Server::start(vec![
        Reply::error(400, "", "Invalid parameter: 'response_format' of type 'json_schema' is not supported"),
        Reply::error(422, "", "json_object is not supported by this backend"),
        Reply::chat(GOOD),
    ])
    .await;
    let provider = OpenAi::new(&server.url, KEY);
    provider.complete(&request(Duration::from_secs(10))).await.unwrap();
    let formats = |server: &Server| -> Vec<Value> {
        server.seen().iter().map(|seen| seen.body["response_format"]["type"].clone()).collect()
    };
    assert_eq!(formats(&server), [json!("json_schema"), json!("json_object"), Value::Null]);
    // Without a schema in the request the model is told the shape in words.
    let system = server.seen()[2].body["messages"][0]["content"].as_str().unwrap().to_owned();
    assert!(system.contains("JSON Schema") && system.contains("\"clusters\""), "{system}");

    provider.complete(&request(Duration::from_secs(10))).await.unwrap();
    assert_eq!(formats(&server)[3..], [Value::Null], "the second call knows");
    let other = Request { model: "another".into(), ..request(Duration::from_secs(10)) };
    provider.complete(&other).await.unwrap();
    assert_eq!(formats(&server)[4..], [json!("json_schema")], "another model is asked anew");
}

#[tokio::test]
async fn newer_parameters_are_found_out() {
    let server = Server::start(vec![
        Reply::new(
            400,
            json!({ "error": { "param": "max_tokens", "message": "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead." } }),
        ),
        Reply::new(
            400,
            json!({ "error": { "param": "temperature", "message": "Unsupported value: 'temperature' does not support 0.4 with this model." } }),
        ),
        Reply::chat(GOOD),
    ])
    .await;
    complete(&server.url).await.unwrap();
    let last = server.seen().pop().unwrap().body;
    assert_eq!(last["max_completion_tokens"], 500);
    assert!(last.get("max_tokens").is_none() && last.get("temperature").is_none());
    assert_eq!(last["response_format"]["type"], "json_schema");
}

#[tokio::test]
async fn what_a_provider_refused_as_bad_json_is_still_an_answer() {
    let reply = Reply::new(
        400,
        json!({ "error": { "code": "json_validate_failed", "message": "Failed to generate JSON", "failed_generation": "{\"clusters\": [,]" } }),
    );
    let server = Server::start(vec![reply]).await;
    assert_eq!(complete(&server.url).await.unwrap().text, "{\"clusters\": [,]");
}

#[tokio::test]
async fn anthropic_speaks_through_a_tool() {
    let body = |stop: &str, content: Value| {
        json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test-1", "content": content,
            "stop_reason": stop, "stop_sequence": null,
            "usage": { "input_tokens": 90, "cache_read_input_tokens": 10, "cache_creation_input_tokens": 0, "output_tokens": 30 },
        })
    };
    let tool = json!([
        { "type": "thinking", "thinking": "Hm.", "signature": "x" },
        { "type": "tool_use", "id": "t1", "name": "auto_cluster", "input": serde_json::from_str::<Value>(GOOD).unwrap() },
    ]);
    let server = Server::start(vec![
        Reply::new(200, body("tool_use", tool)),
        Reply::new(200, body("max_tokens", json!([{ "type": "text", "text": "{\"clu" }]))),
        Reply::new(200, body("refusal", json!([]))),
        Reply::new(529, json!({ "type": "error", "error": { "type": "overloaded_error", "message": "Overloaded" } })),
        Reply::new(404, json!({ "type": "error", "error": { "type": "not_found_error", "message": "model: claude-x" } })),
        Reply::new(
            400,
            json!({ "type": "error", "error": { "type": "invalid_request_error", "message": "Your credit balance is too low to access the Anthropic API." } }),
        ),
    ])
    .await;
    let provider = Anthropic::new(&server.url, KEY);
    let wanted = request(Duration::from_secs(10));
    let first = provider.complete(&wanted).await.unwrap();
    assert_eq!(serde_json::from_str::<Value>(&first.text).unwrap(), serde_json::from_str::<Value>(GOOD).unwrap());
    assert_eq!((first.tokens_in, first.tokens_out, first.finish), (100, 30, Finish::Stop));
    assert_eq!((first.tokens_cached, first.tokens_cache_written), (10, 0));
    assert_eq!(provider.complete(&wanted).await.unwrap().finish, Finish::Length);
    assert_eq!(provider.complete(&wanted).await.unwrap().finish, Finish::ContentFilter);
    for class in [LATER, ErrorClass::OtherModel, ErrorClass::ForGood] {
        assert_eq!(provider.complete(&wanted).await.unwrap_err().class, class);
    }
    let seen = &server.seen()[0];
    assert_eq!((seen.path.as_str(), &seen.headers["x-api-key"]), ("/v1/messages", &KEY.parse().unwrap()));
    assert_eq!(seen.body["tool_choice"], json!({ "type": "tool", "name": "auto_cluster" }));
    assert_eq!(seen.body["tools"][0]["input_schema"], cluster_schema());
    // The part that is the same for every question is kept by the provider.
    let system = json!([{ "type": "text", "text": wanted.system, "cache_control": { "type": "ephemeral" } }]);
    assert_eq!(seen.body["system"], system);
}
