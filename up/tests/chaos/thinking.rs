//! The walk through the thinker: an author, a strategy, a prompt of one's own from the draft to its use and back, a test.

use hyper::Method;
use serde_json::{Value, json};

use crate::{
    stack::{Person, Stack},
    walk::Walk,
};

async fn put(stack: &Stack, who: &Person, path: &str, body: &Value) -> Value {
    stack.call(who, Method::PUT, path, Some(body)).await.good()
}

pub async fn thinking(stack: &Stack, who: &Person) {
    let mut walk = Walk::new(stack, who);
    let (profiles, strategies) = ("/api/thinker/author-profiles", "/api/thinker/strategies");
    let author = walk.make(profiles, profiles, &json!({ "name": "Ana Ruiz" }), "name").await;
    let of_author = format!("{profiles}/{author}");
    put(stack, who, &of_author, &json!({ "name": "Ana Ruiz", "tone": "calm" })).await;
    walk.expect(profiles, "tone", "calm", 1);
    let guides = json!({ "name": "Guides", "entity_type": "post", "author_profile_id": author });
    let strategy = walk.make(strategies, strategies, &guides, "name").await;
    let of_strategy = format!("{strategies}/{strategy}");
    put(
        stack,
        who,
        &of_strategy,
        &json!({ "name": "Guides", "entity_type": "post", "words": 900, "structure": "guide" }),
    )
    .await;
    walk.expect(strategies, "structure", "guide", 1);
    walk.check().await;
    walk.expected.clear();
    walk.delete(&of_strategy, strategies, "name", "Guides").await;
    walk.delete(&of_author, profiles, "name", "Ana Ruiz").await;
    walk.check().await;

    // Long enough not to fit into its row.
    let prompt = "/api/thinker/prompts/auto_cluster";
    let before = stack.get(who, prompt).await;
    let mut rules = String::new();
    for n in 0..30 {
        rules.push_str(&format!("- Rule {n}: read each of the keywords once more before you answer.\n"));
    }
    let text = format!("{rules}{}", before["default_text"].as_str().unwrap());
    let saved = put(stack, who, prompt, &json!({ "text": text, "note": "More care" })).await;
    assert_eq!((saved["newest"].as_u64(), saved["live"].as_u64()), (Some(1), None), "one version: {saved:#}");
    let version = format!("{prompt}/versions/1");
    let job = walk.job(&format!("{version}/check"), &json!({})).await;
    assert_eq!((job["status"].as_str(), job["credits"]["charged"].as_u64()), (Some("succeeded"), Some(2)), "{job:#}");
    assert_eq!(stack.get(who, &version).await["golden"]["status"], "good");
    let used = stack.post(who, &format!("{version}/activate"), &json!({})).await.good();
    assert_eq!(used["live"], 1, "{used:#}");
    let job = walk.job("/api/thinker/test", &json!({ "function": "auto_cluster" })).await;
    assert_eq!((job["status"].as_str(), job["credits"]["charged"].as_u64()), (Some("succeeded"), Some(1)), "{job:#}");
    let trial = stack.get(who, &format!("/api/thinker/trials/{}", job["id"].as_str().unwrap())).await;
    assert!(trial["test"]["system"].as_str().unwrap().starts_with("- Rule 0"), "{trial:#}");
    stack.delete(who, prompt).await;
    let after = stack.get(who, prompt).await;
    assert_eq!((&after["live"], &after["text"], &after["newest"]), (&Value::Null, &before["text"], &json!(1)));
}
