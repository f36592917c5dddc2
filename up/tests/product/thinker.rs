//! Prompts, authors and strategies of a tenant: what is refused, what goes live, and that it is what the models are asked
//! with.

use crate::common::{Answer, Client, Cloud};
use hyper::Method;
use serde_json::{Value, json};

const PROMPTS: &str = "/api/thinker/prompts";

async fn put(client: &Client<'_>, path: &str, body: &Value) -> Answer {
    client.call(Method::PUT, path, Some(body.to_string().into()), &[]).await
}

async fn text(client: &Client<'_>, name: &str) -> String {
    client.get(&format!("{PROMPTS}/{name}")).await.good()["text"].as_str().unwrap().to_owned()
}

/// Saves a text, checks it, and tries to use it.
async fn try_to_use(client: &Client<'_>, name: &str, text: &str) -> (Value, Answer) {
    let saved = put(client, &format!("{PROMPTS}/{name}"), &json!({ "text": text })).await.good();
    let version = format!("{PROMPTS}/{name}/versions/{}", saved["newest"]);
    client.post(&format!("{version}/activate"), &json!({})).await.bad(409);
    let job = client.job(&format!("{version}/check"), &json!({})).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let golden = client.get(&version).await.good()["golden"].clone();
    (golden, client.post(&format!("{version}/activate"), &json!({})).await)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_work_is_not_saved() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let good = text(&ana, "generate_content.post").await;
    let path = format!("{PROMPTS}/generate_content.post");
    for (bad, told) in [
        (good.replace("keywords", "title"), "{{ keywords }}"),
        (good.replace("{% endif %}", ""), "Line "),
        (good.replace("JSON object", "list"), "JSON"),
        (good.replace("\"blocks\":", "\"parts\":"), "\"blocks\""),
        (format!("{good}\n{{{{ nobody }}}}"), "{{ nobody }}"),
        (String::new(), "{{ title }}"),
    ] {
        let problem = put(&ana, &path, &json!({ "text": bad })).await.bad(422);
        assert_eq!(problem["errors"][0]["field"], "text", "{problem:#}");
        assert!(problem["detail"].as_str().unwrap().contains(told), "{told}: {problem:#}");
    }
    put(&ana, &format!("{PROMPTS}/nobody"), &json!({ "text": good })).await.bad(404);
    assert_eq!(ana.all(&format!("{path}/versions")).await.len(), 0);
    let wrong = async |body: Value| ana.post("/api/thinker/test", &body).await.bad(422)["errors"][0]["field"].clone();
    assert_eq!(wrong(json!({ "function": "sing" })).await, "function");
    assert_eq!(wrong(json!({ "function": "auto_cluster", "prompt": "{{ nobody }}" })).await, "prompt");
    assert_eq!(wrong(json!({ "function": "auto_cluster", "variables": { "x": 1 } })).await, "variables.x");
    let wrong = async |body: Value| ana.post("/api/thinker/draft", &body).await.bad(422)["errors"][0]["field"].clone();
    assert_eq!(wrong(json!({ "kind": "persona", "wish": "x" })).await, "wish");
    assert_eq!(wrong(json!({ "kind": "prompt", "wish": "Shorter sentences." })).await, "prompt");
    let stale = [("if-match", "\"7\"")];
    let body = json!({ "text": good }).to_string();
    ana.call(Method::PUT, &path, Some(body.into()), &stale).await.bad(409);
    assert_eq!(ana.get("/api/billing/balance").await.good()["reserved"], 0);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_prompt_is_refused_and_a_good_one_is_what_the_model_is_asked_with() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "200")]).await;
    let ana = cloud.owner("ana").await;
    let name = "generate_content.post";
    let default = text(&ana, name).await;
    let damaged = default.replace("in the opening paragraph", "at the very end");
    assert_ne!(damaged, default);
    let (golden, answer) = try_to_use(&ana, name, &damaged).await;
    assert_eq!(golden["status"], "worse", "{golden:#}");
    assert!(answer.bad(409)["detail"].as_str().unwrap().contains("first keyword"));
    let editor = ana.post("/api/auth/api-keys", &json!({ "name": "Bot", "role": "editor" })).await.good();
    let editor = Client { key: editor["secret"].as_str().map(str::to_owned), token: None, ..ana.clone() };
    let activate = format!("{PROMPTS}/{name}/versions/1/activate");
    editor.post(&activate, &json!({ "overrule": true })).await.bad(403);

    // A good change goes live, and writes.
    let good = default.replace("You are a careful writer", "You are a careful and cheerful writer");
    let (golden, answer) = try_to_use(&ana, name, &good).await;
    assert_eq!(golden["status"], "good", "{golden:#}");
    assert_eq!(answer.good()["live"], 2);
    let (site, host) = ana.site("Garage").await;
    let author = json!({ "name": "Ana Ruiz", "persona": "A mechanic", "language": "en-GB", "job_title": "Mechanic" });
    let author = ana.post("/api/thinker/author-profiles", &author).await.good()["id"].clone();
    let strategy = json!({ "name": "Posts", "entity_type": "post", "structure": "guide", "words": 800,
        "sections": ["What it costs"], "author_profile_id": author });
    ana.post("/api/thinker/strategies", &strategy).await.good();
    ana.post("/api/thinker/strategies", &strategy).await.bad(409);
    let task = json!({ "site_id": site, "title": "Brake pads", "keywords": ["brake pads"],
        "outline": [{ "heading": "Signs of wear", "points": ["Noise"] }] });
    let task = ana.post("/api/writer/tasks", &task).await.good();
    assert_eq!(
        (&task["structure"], &task["estimated_words"], &task["author_profile_id"]),
        (&json!("guide"), &json!(800), &author)
    );
    let own = json!({ "site_id": site, "title": "Oil", "structure": "review", "estimated_words": 700 });
    let own = ana.post("/api/writer/tasks", &own).await.good();
    assert_eq!((&own["structure"], &own["estimated_words"]), (&json!("review"), &json!(700)), "the task decides first");
    ana.job("/api/writer/generate", &json!({ "task_ids": [task["id"]] })).await;
    let content = ana.all(&format!("/api/writer/content?site_id={site}")).await.remove(0);
    assert_eq!((&content["author_profile_id"], &content["language"]), (&author, &json!("en-GB")), "{content:#}");
    let path = format!("/api/writer/content/{}", content["id"].as_str().unwrap());
    let view = ana.get(&path).await.good();
    assert!(view["html"].as_str().unwrap().contains(">What it costs</h2>"), "{view:#}");
    assert_eq!(ana.all(&format!("{path}/revisions")).await[0]["prompt_version"], 2);
    let usage = ana.all("/api/billing/usage").await;
    assert!(usage.iter().any(|one| one["function"] == "generate_content" && one["prompt_version"] == 2), "{usage:#?}");

    // Readers and search engines see who wrote it.
    let publish = json!({ "content_ids": [content["id"]], "destinations": ["igny8"] });
    assert_eq!(ana.job("/api/publish", &publish).await["status"], "succeeded");
    let page = cloud.page(&host, &format!("/{}/", content["slug"].as_str().unwrap())).await.text();
    assert!(page.contains("\"@type\":\"Person\"") && page.contains("\"jobTitle\":\"Mechanic\""), "{page}");
    assert!(page.matches("Ana Ruiz").count() >= 2, "a byline: {page}");

    // An admin answers for the damaged one; then back to the default.
    assert_eq!(ana.post(&activate, &json!({ "overrule": true })).await.good()["live"], 1);
    assert_eq!(text(&ana, name).await, damaged);
    ana.delete(&format!("{PROMPTS}/{name}")).await.good();
    assert_eq!(text(&ana, name).await, default);
    let restored = ana.post(&format!("{PROMPTS}/{name}/versions/1/restore"), &json!({})).await.good();
    assert_eq!(restored["newest"], 3, "{restored:#}");
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tests_and_drafts_cost_what_they_say_and_save_nothing() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "50")]).await;
    let ana = cloud.owner("ana").await;
    let test = json!({ "function": "generate_content.post", "variables": { "keywords": ["winter tyres"] } });
    let estimate = ana.post("/api/thinker/test?estimate=true", &test).await.good();
    let job = ana.job("/api/thinker/test", &test).await;
    assert_eq!((&job["credits"]["charged"], &estimate["credits"]), (&json!(3), &json!(3)), "{job:#}");
    let trial = ana.get(&format!("/api/thinker/trials/{}", job["id"].as_str().unwrap())).await.good();
    let result = &trial["test"];
    assert!(result["user"].as_str().unwrap().contains("winter tyres"), "{trial:#}");
    assert!(result["parsed"]["blocks"].as_array().unwrap().len() > 5 && result["tokens_out"].as_u64() > Some(100));
    let other = ana.job("/api/thinker/test", &json!({ "function": "auto_cluster", "model": "dear" })).await;
    assert_eq!((&other["status"], &other["credits"]["charged"]), (&json!("failed"), &json!(0)), "{other:#}");
    assert!(other["items"][0]["error"]["message"].as_str().unwrap().contains("offline"), "{other:#}");

    let wish = "Short sentences, and at least 900 words with questions at the end.";
    for (kind, field) in [("prompt", "text"), ("persona", "persona"), ("strategy", "structure")] {
        let body = json!({ "kind": kind, "wish": wish, "prompt": (kind == "prompt").then_some("generate_ideas") });
        let job = ana.job("/api/thinker/draft", &body).await;
        assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("succeeded"), &json!(1)), "{job:#}");
        let trial = ana.get(&format!("/api/thinker/trials/{}", job["id"].as_str().unwrap())).await.good();
        let draft = trial["draft"][field].as_str().unwrap();
        if kind == "prompt" {
            // What is drafted can be saved as it is.
            put(&ana, &format!("{PROMPTS}/generate_ideas"), &json!({ "text": draft })).await.good();
        }
    }
    assert_eq!(ana.all("/api/thinker/author-profiles").await.len(), 0);
    assert_eq!(ana.all("/api/thinker/strategies").await.len(), 0);
    cloud.check(&[&ana]).await;
}
