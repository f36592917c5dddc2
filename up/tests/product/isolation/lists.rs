//! What every list keeps, and that no answer holds more than the document says.

use std::collections::BTreeSet;

use hyper::Method;
use serde_json::Value;

use super::{
    credits,
    fixture::fixture,
    operation::{Call, document_of},
};
use crate::common::Cloud;

#[tokio::test(flavor = "multi_thread")]
async fn every_list_counts_what_it_has() {
    let cloud = Cloud::start_with(&credits()).await;
    let ana = cloud.owner("ana").await;
    let fixture = fixture(&ana, "ana").await;
    let (mut lists, mut more_than_one) = (0, 0);
    for operation in document_of(&cloud).await.iter().filter(|operation| operation.counts) {
        let path = operation.usual(&fixture).path;
        let joint = if path.contains('?') { '&' } else { '?' };
        let rows = ana.all(&path).await.len();
        let call = Call { path: format!("{path}{joint}count=true&limit=1"), body: None };
        let page = operation.send(&ana, &call).await.good();
        assert_eq!(page["total"], rows, "{path}: {page:#}");
        assert_eq!(page["items"].as_array().unwrap().len(), rows.min(1), "{path}");
        assert_eq!(page["next_cursor"].is_null(), rows <= 1, "{path}");
        assert!(operation.send(&ana, &Call { path, body: None }).await.good().get("total").is_none());
        lists += 1;
        more_than_one += usize::from(rows > 1);
    }
    assert!(lists >= 18 && more_than_one >= 5, "{lists} {more_than_one}");
    cloud.check(&[&ana]).await;
}

/// The names that a schema knows at each depth; false where it allows any.
fn unknown(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Array(values) => {
            for value in values {
                unknown(document, &schema["items"], value, at, found);
            }
        }
        Value::Object(fields) => {
            let mut known = Vec::new();
            if !properties(document, schema, &mut known) {
                return;
            }
            for (name, value) in fields {
                match known.iter().find(|(known, _)| *known == name) {
                    Some((_, schema)) => unknown(document, schema, value, &format!("{at}.{name}"), found),
                    None => {
                        found.insert(format!("{at}.{name}"));
                    }
                }
            }
        }
        _ => {}
    }
}

/// Collects the properties of a schema; false when it allows any.
fn properties<'a>(document: &'a Value, schema: &'a Value, known: &mut Vec<(&'a str, &'a Value)>) -> bool {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return properties(document, &document["components"]["schemas"][name], known);
    }
    let parts = ["allOf", "oneOf", "anyOf"].map(|word| schema[word].as_array()).into_iter().flatten().flatten();
    let mut closed = true;
    let mut any = false;
    for part in parts {
        any = true;
        // A null beside the real schema has no properties to know.
        closed &= part["type"] == "null" || properties(document, part, known);
    }
    if let Some(fields) = schema["properties"].as_object() {
        known.extend(fields.iter().map(|(name, schema)| (name.as_str(), schema)));
        return closed;
    }
    any && closed
}

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_holds_more_than_the_document_says() {
    let cloud = Cloud::start_with(&credits()).await;
    let ana = cloud.owner("ana").await;
    let fixture = fixture(&ana, "ana").await;
    let document = cloud.nobody().get("/api/openapi.json").await.good();
    let (mut found, mut read) = (BTreeSet::new(), 0);
    for operation in document_of(&cloud).await {
        if operation.method != Method::GET || operation.public {
            continue;
        }
        let described = &document["paths"][&operation.path]["get"]["responses"]["200"]["content"];
        let Some(schema) = described.get("application/json").map(|content| &content["schema"]) else { continue };
        let answer = operation.send(&ana, &operation.usual(&fixture)).await.good();
        unknown(&document, schema, &answer, &operation.name(), &mut found);
        read += 1;
    }
    assert_eq!(found, BTreeSet::new());
    assert!(read > 30, "{read}");
    // The check sees what it is there for.
    let page = serde_json::json!({ "items": [{ "id": "1", "body_key": "content/x" }], "next_cursor": null });
    let schema = &document["paths"]["/api/writer/content"]["get"]["responses"]["200"]["content"]["application/json"];
    unknown(&document, &schema["schema"], &page, "list", &mut found);
    assert_eq!(found, BTreeSet::from(["list.items.body_key".to_owned()]));
}
