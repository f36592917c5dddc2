//! Recorded real answers: of each that holds JSON at all, a value must come out.

use std::fs;

use igny8_ai::reader::{Read, read};
use serde_json::Value;

use crate::{lines, shared, show};

/// What models wrote in a whole response, whichever API it is of.
fn answers(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let mut text = |value: &Value| match value {
        Value::String(text) if !text.is_empty() => found.push(text.clone()),
        Value::Object(_) => found.push(value.to_string()),
        _ => {}
    };
    for choice in list(&body["choices"]) {
        text(&choice["message"]["content"]);
        for call in list(&choice["message"]["tool_calls"]) {
            text(&call["function"]["arguments"]);
        }
    }
    for block in list(&body["content"]) {
        text(&block["text"]);
        text(&block["input"]);
    }
    for output in list(&body["output"]) {
        text(&output["arguments"]);
        for part in list(&output["content"]) {
            text(&part["text"]);
        }
    }
    for part in list(&body["candidates"]).iter().flat_map(|candidate| list(&candidate["content"]["parts"])) {
        text(&part["text"]);
        text(&part["functionCall"]["args"]);
    }
    text(&body["error"]["failed_generation"]);
    found
}

/// What models wrote in a stream: its pieces joined, texts apart from arguments.
fn streamed(sse: &str) -> Vec<String> {
    let (mut content, mut arguments, mut whole) = (String::new(), String::new(), Vec::new());
    for line in sse.lines().filter_map(|line| line.strip_prefix("data:")) {
        let Ok(event) = serde_json::from_str::<Value>(line) else { continue };
        let add = |to: &mut String, value: &Value| to.push_str(value.as_str().unwrap_or_default());
        let delta = &event["choices"][0]["delta"];
        add(&mut content, &delta["content"]);
        add(&mut arguments, &delta["tool_calls"][0]["function"]["arguments"]);
        add(&mut content, &event["delta"]["text"]);
        add(&mut arguments, &event["delta"]["partial_json"]);
        match event["type"].as_str() {
            Some("response.output_text.delta") => add(&mut content, &event["delta"]),
            Some("response.function_call_arguments.delta") => add(&mut arguments, &event["delta"]),
            _ => {}
        }
        for part in event["candidates"][0]["content"]["parts"].as_array().into_iter().flatten() {
            add(&mut content, &part["text"]);
            if part["functionCall"]["args"].is_object() {
                whole.push(part["functionCall"]["args"].to_string());
            }
        }
    }
    whole.extend([content, arguments].into_iter().filter(|text| !text.is_empty()));
    whole
}

/// True where there is an answer in the sense of the engine: an object, or a list that begins one. A text about the
/// weather is none, and neither is a cluster name in brackets.
fn holds_json(text: &str) -> bool {
    let starts_object = |(at, _): (usize, &str)| text[at + 1..].trim_start().starts_with(['"', '\'', '}']);
    serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object() || value.is_array())
        || text.match_indices('{').any(starts_object)
}

/// True when what came out is a value of that text, and is told how it came about.
fn is_read(text: &str) -> bool {
    let Ok(Read { value, repairs }) = read::<Value>(text) else { return false };
    match serde_json::from_str::<Value>(text) {
        Ok(valid) => value == valid && repairs.is_empty(),
        Err(_) => (value.is_object() || value.is_array()) && !repairs.is_empty(),
    }
}

#[test]
fn recorded_answers_are_read() {
    let Some(dir) = shared() else { return };
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let outputs =
        lines(&dir, "pydantic-ai_recorded-outputs.jsonl").iter().map(|case| text(&case["response"])).collect();
    let bodies = lines(&dir, "recorded-http-bodies.jsonl").iter().flat_map(|case| answers(&case["body"])).collect();
    let streams = lines(&dir, "recorded-sse-streams.jsonl");
    let streams = streams.iter().flat_map(|case| streamed(&text(&case["sse"])));
    let small_model = fs::read_dir(dir.join("peers/llm/outputs")).unwrap();
    let small_model = small_model.map(|entry| fs::read_to_string(entry.unwrap().path()).unwrap()).collect();
    let sources: [(&str, Vec<String>); 4] = [
        ("recorded outputs", outputs),
        ("recorded HTTP bodies", bodies),
        ("recorded SSE streams", streams.collect()),
        ("answers of a small local model", small_model),
    ];
    let (mut read_in_all, mut all) = (0, 0);
    for (name, texts) in sources {
        let with_json: Vec<_> = texts.iter().filter(|text| holds_json(text)).collect();
        let unread: Vec<_> = with_json.iter().filter(|text| !is_read(text)).collect();
        let good = with_json.len() - unread.len();
        show(name, good, with_json.len());
        println!("    {} more hold no JSON", texts.len() - with_json.len());
        for text in unread {
            println!("    unread: {:?}: {:?}", text.chars().take(200).collect::<String>(), read::<Value>(text));
        }
        assert!(with_json.len() >= 3, "{name}: the check found next to nothing to read");
        (read_in_all, all) = (read_in_all + good, all + with_json.len());
    }
    show("real answers in all", read_in_all, all);
    assert!(read_in_all * 100 >= all * 95, "{read_in_all} of {all}");
}
