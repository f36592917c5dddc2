//! The document: complete, secured by the same table as the guard, and the same for every reader.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may fail them")]

mod common;

use common::{RULES, TestApi, toy_routes};
use igny8_api::{access, docs};
use serde_json::Value;

async fn document() -> Value {
    let api = TestApi::start().await;
    serde_json::to_value(docs::with_rules("1.2.3", [toy_routes(api.toy).into_openapi()], RULES)).unwrap()
}

#[tokio::test]
async fn every_operation_says_who_may_call_it_and_what_may_go_wrong() {
    let document = document().await;
    assert_eq!(document["openapi"], "3.1.0");
    assert_eq!(document["info"]["version"], "1.2.3");
    let mut ids = std::collections::BTreeSet::new();
    let mut rows = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()));
            let answers: Vec<_> = operation["responses"].as_object().unwrap().keys().cloned().collect();
            let headers: Vec<_> =
                operation["parameters"].as_array().into_iter().flatten().map(|p| p["name"].clone()).collect();
            rows.push(serde_json::json!({
                "route": format!("{method} {path}"), "id": operation["operationId"],
                "role": operation["x-required-role"], "security": operation["security"].as_array().unwrap().len(),
                "answers": answers.join(" "), "parameters": headers,
            }));
            for (status, answer) in operation["responses"].as_object().unwrap() {
                if status.as_str() >= "400" {
                    let schema = &answer["content"]["application/problem+json"]["schema"];
                    assert_eq!(schema["$ref"], "#/components/schemas/Problem", "{method} {path} {status}");
                }
            }
        }
    }
    insta::assert_json_snapshot!(rows);
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let document = document().await;
    let mut open = vec![&document];
    let mut seen = 0;
    while let Some(value) = open.pop() {
        match value {
            Value::Object(map) => {
                if let Some(target) = map.get("$ref").and_then(Value::as_str) {
                    let pointer = target.strip_prefix('#').unwrap();
                    assert!(document.pointer(pointer).is_some(), "{target}");
                    seen += 1;
                }
                open.extend(map.values());
            }
            Value::Array(values) => open.extend(values),
            _ => {}
        }
    }
    assert!(seen > 20);
    for name in ["Problem", "Code", "FieldError"] {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
    let schemes = &document["components"]["securitySchemes"];
    assert_eq!((&schemes["bearer"]["scheme"], &schemes["api_key"]["in"]), (&"bearer".into(), &"header".into()));
}

#[tokio::test]
async fn the_table_and_a_document_are_compared_both_ways() {
    let api = TestApi::start().await;
    let document = toy_routes(api.toy).into_openapi();
    let differences = access::differences(&document);
    assert!(
        differences.contains(&"GET /api/toy/open is served, but access.rs does not say who may call it".to_owned())
    );
    assert!(differences.contains(&"POST /api/auth/login is in access.rs, but no function serves it".to_owned()));
    assert_eq!(differences.len(), access::routes_of(&document).len() + access::RULES.len());
}

#[tokio::test]
async fn two_schemas_of_one_name_are_found() {
    let api = TestApi::start().await;
    let one = toy_routes(api.toy).into_openapi();
    let mut other = one.clone();
    assert!(docs::conflicts(&[one.clone(), other.clone()]).is_empty());
    let schemas = &mut other.components.as_mut().unwrap().schemas;
    let wrong = schemas["ThingCreate"].clone();
    schemas.insert("Thing".to_owned(), wrong);
    assert_eq!(docs::conflicts(&[one, other]), ["Thing"]);
}
