//! A model refers to what it was given and cannot lead anybody anywhere else; figures and quotations are bound to sources.

use serde_json::{Value, json};

use crate::{
    common::{Client, Cloud},
    model::{Model, Reply},
};

const STUDY: &str = "The study measured 2.4 million stops of 850 cars. On city roads pads last about 30,000 km. \
    “Nobody should drive on pads thinner than 3 mm,” says its author.";

/// An answer with true and false claims, and with links of every kind.
fn answer() -> Value {
    let text = |text: &str| json!({ "type": "paragraph", "text": text });
    json!({
        "title": "How long brake pads last", "meta_title": "", "meta_description": "", "excerpt": "",
        "blocks": [
            text("On city roads, pads last about 30,000 km, as <a href=\"ref:S1\">a study</a> shows; others say 90,000 km on city roads."),
            text("It measured 2.4 million stops. Read more at <a href=\"https://made-up.example/\">this place</a> or in \
                <a href=\"ref:P1\">our guide</a>, or <a href='ref:S9'>elsewhere</a>."),
            text("“Nobody should drive on pads thinner than 3 mm”, they write, and “everybody should buy new pads today”."),
            text("Look at your pads when you change the tyres, and ask somebody who knows about them whenever you are in doubt."),
        ],
        "structure_data": { "section": "Brakes", "how_to": null },
    })
}

async fn written(ana: &Client<'_>, site: &str, title: &str, sources: &[&Value]) -> Value {
    let task = json!({ "site_id": site, "title": title, "keywords": ["brake pads"], "source_ids": sources });
    let task = ana.post("/api/writer/tasks", &task).await.good();
    assert_eq!(task["source_ids"].as_array().map_or(0, Vec::len), sources.len());
    let job = ana.job("/api/writer/generate", &json!({ "task_ids": [task["id"]] })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let id = job["items"][0]["result"]["content_id"].as_str().unwrap();
    ana.get(&format!("/api/writer/content/{id}")).await.good()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_said_is_bound_to_a_source_or_flagged_and_links_lead_where_the_server_says() {
    let model = Model::start(|_| Reply::text(answer())).await;
    let cloud = Cloud::start_with(&model.vars()).await;
    let ana = cloud.owner("ana").await;
    let (site, host) = ana.site("Garage").await;
    let host = format!("{host}.localhost");
    let source = json!({ "site_id": site, "title": "Pad study", "url": "https://example.com/study", "text": STUDY });
    let source = ana.post("/api/writer/sources", &source).await.good();
    assert_eq!(source["chars"], STUDY.chars().count());

    // The first article is public: the second may refer to it.
    let first = written(&ana, &site, "Brakes", &[]).await;
    let publish = json!({ "content_ids": [first["id"]], "destinations": ["igny8"] });
    assert_eq!(ana.job("/api/publish", &publish).await["status"], "succeeded");
    let second = written(&ana, &site, "Brake pads", &[&source["id"]]).await;
    let html = second["html"].as_str().unwrap();
    let slug = first["slug"].as_str().unwrap();
    assert!(html.contains("<a href=\"https://example.com/study\">a study</a>"), "{html}");
    assert!(html.contains(&format!("<a href=\"/{slug}\">our guide</a>")), "{html}");
    assert!(html.contains("at this place or in") && html.contains("or elsewhere."), "{html}");
    assert!(!html.contains("made-up") && !html.contains("ref:") && !html.contains("ref.invalid"), "{html}");

    let path = format!("/api/writer/content/{}", second["id"].as_str().unwrap());
    let revisions = ana.all(&format!("{path}/revisions")).await;
    let provenance = &revisions[0]["provenance"];
    assert_eq!(provenance["dropped_links"], json!(["https://made-up.example/", "ref:S9"]), "{provenance:#}");
    assert!(provenance["tokens_out"].as_u64().unwrap() > 0 && provenance["model"].is_string(), "{provenance:#}");

    let found = ana.get(&format!("{path}/claims")).await.good();
    let told: Vec<_> = found["claims"]
        .as_array()
        .unwrap()
        .iter()
        .map(|claim| (claim["text"].as_str().unwrap(), claim["support"]["text"].as_str().unwrap_or("no source")))
        .collect();
    assert_eq!(
        told,
        [
            ("30,000 km", "On city roads pads last about 30,000 km."),
            ("90,000 km", "no source"),
            ("2.4 million", "The study measured 2.4 million stops of 850 cars."),
            ("Nobody should drive on pads thinner than 3 mm", "Nobody should drive on pads thinner than 3 mm"),
            ("3 mm", "“Nobody should drive on pads thinner than 3 mm,” says its author."),
            ("everybody should buy new pads today", "no source"),
        ]
    );
    assert_eq!((&found["unsupported"], &found["sources"][0]["id"]), (&json!(2), &source["id"]));

    // Whoever publishes it is told, before and after, and not stopped.
    let publish = json!({ "content_ids": [second["id"], first["id"]], "destinations": ["igny8"] });
    let told = "“How long brake pads last” has 2 figures or quotations without a source.";
    let estimate = ana.post("/api/publish?estimate=true", &publish).await.good();
    assert_eq!((&estimate["credits"], &estimate["warnings"][0]), (&json!(0), &json!(told)), "{estimate:#}");
    assert_eq!(ana.job("/api/publish", &publish).await["status"], "succeeded");
    let deployment = ana.all(&format!("/api/publish/deployments?site_id={site}")).await.remove(0);
    assert!(deployment["warnings"].as_array().unwrap().contains(&json!(told)), "{deployment:#}");

    // A change of what the page shows beside the text waits for the next time that it is published.
    let change = json!({ "tags": ["Stopping"], "category": "Workshop" });
    let before = ana.patch(&format!("/api/writer/content/{}", first["id"].as_str().unwrap()), &change).await.good();
    assert_ne!(before["destinations"]["igny8"]["shown"]["tags"], before["tags"], "{before:#}");
    let page = async || cloud.page(&host, &format!("/{slug}")).await.text();

    // A reference means what it meant when the model was asked: by now the second article is the newest page itself.
    let third = written(&ana, &site, "Brake discs", &[]).await;
    let publish = json!({ "content_ids": [third["id"]], "destinations": ["igny8"] });
    assert_eq!(ana.job("/api/publish", &publish).await["status"], "succeeded");
    assert!(!page().await.contains("Workshop"));
    let publish = json!({ "content_ids": [first["id"]], "destinations": ["igny8"] });
    assert_eq!(ana.job("/api/publish", &publish).await["status"], "succeeded");
    assert!(page().await.contains("Workshop"));
    let again = ana.job("/api/writer/reparse", &json!({ "content_ids": [second["id"]] })).await;
    assert_eq!(
        (&again["status"], &again["items"][0]["result"]["changed"]),
        (&json!("succeeded"), &json!(false)),
        "{again:#}"
    );
    assert_eq!(ana.get(&path).await.good()["html"], html);

    // A person's edit is compared as it is, and with the sources that they name.
    ana.patch(&path, &json!({ "source_ids": [] })).await.good();
    assert_eq!(ana.get(&format!("{path}/claims")).await.good()["unsupported"], 6);
    let (other, _) = ana.site("Bakery").await;
    let foreign = json!({ "site_id": other, "title": "Bread", "text": "Bread has 3 ingredients." });
    let foreign = ana.post("/api/writer/sources", &foreign).await.good();
    ana.patch(&path, &json!({ "source_ids": [foreign["id"]] })).await.bad(404);
    cloud.check(&[&ana]).await;
}

/// The links of a body, in its order.
fn links(content: &Value) -> Vec<String> {
    let html = content["html"].as_str().unwrap();
    html.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_read_again_leads_where_it_led() {
    let model = Model::start(|_| Reply::text(answer())).await;
    let cloud = Cloud::start_with(&model.vars()).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let source = |title: &str, url: &str| json!({ "site_id": site, "title": title, "url": url, "text": STUDY });
    let study = ana.post("/api/writer/sources", &source("Study", "https://example.com/study")).await.good();
    let other = ana.post("/api/writer/sources", &source("Other", "https://example.com/other")).await.good();
    let publish = async |content: &Value| {
        let publish = json!({ "content_ids": [content["id"]], "destinations": ["igny8"] });
        assert_eq!(ana.job("/api/publish", &publish).await["status"], "succeeded");
    };
    let first = written(&ana, &site, "Brakes", &[]).await;
    publish(&first).await;
    let article = written(&ana, &site, "Brake pads", &[&study["id"]]).await;
    let led = links(&article);
    let slug = first["slug"].as_str().unwrap();
    assert_eq!(led, ["https://example.com/study".to_owned(), format!("/{slug}")]);

    // P1 is another page by now, and S1 another source.
    publish(&written(&ana, &site, "Brake discs", &[]).await).await;
    let path = format!("/api/writer/content/{}", article["id"].as_str().unwrap());
    ana.patch(&path, &json!({ "source_ids": [other["id"], study["id"]] })).await.good();
    let before = model.seen().len();
    let again = json!({ "content_ids": [article["id"]] });
    let job = ana.job("/api/writer/reparse", &again).await;
    let result = &job["items"][0]["result"];
    assert_eq!((&job["credits"]["charged"], &result["changed"]), (&json!(0), &json!(false)), "{job:#}");
    assert_eq!(model.seen().len(), before, "there is nothing that a model would find");
    assert_eq!(links(&ana.get(&path).await.good()), led);
    cloud.check(&[&ana]).await;
}

/// An answer with a block that our reader cannot read, so that a model is asked; and with what no model may write.
fn broken_answer() -> Value {
    let mut answer = answer();
    let blocks = answer["blocks"].as_array_mut().unwrap();
    blocks.push(json!({ "type": "list", "ordered": false, "entries": ["Look", "Listen"] }));
    blocks.push(
        json!({ "type": "html", "html": "<p><a href=ref:S1>Data</a> <a href=https://evil.example>more</a></p>" }),
    );
    blocks.push(json!({ "type": "image", "src": "https://evil.example/p.gif", "alt": "" }));
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_reads_again_keeps_links_and_adds_none() {
    let model = Model::start(|question| {
        let mut answer = broken_answer();
        if question.function == "reparse_content" {
            answer["blocks"][4] = json!({ "type": "list", "ordered": false, "items": ["Look", "Listen"] });
            let more = "And <a href=\"https://invented.example/\">more</a>.";
            answer["blocks"].as_array_mut().unwrap().push(json!({ "type": "paragraph", "text": more }));
        }
        Reply::text(answer)
    })
    .await;
    let cloud = Cloud::start_with(&model.vars()).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let source = json!({ "site_id": site, "title": "Pad study", "url": "https://example.com/study", "text": STUDY });
    let source = ana.post("/api/writer/sources", &source).await.good();
    let article = written(&ana, &site, "Brake pads", &[&source["id"]]).await;
    let path = format!("/api/writer/content/{}", article["id"].as_str().unwrap());
    // An html block and a picture of a model are no way around.
    let led = links(&article);
    assert_eq!(led, ["https://example.com/study", "https://example.com/study"], "{article:#}");
    let dropped = ana.all(&format!("{path}/revisions")).await[0]["provenance"]["dropped_links"].to_string();
    for address in ["https://evil.example", "https://evil.example/p.gif", "https://made-up.example/"] {
        assert!(dropped.contains(&format!("\"{address}\"")), "{address}: {dropped}");
    }

    let job = ana.job("/api/writer/reparse", &json!({ "content_ids": [article["id"]] })).await;
    let result = &job["items"][0]["result"];
    assert_eq!((&job["credits"]["charged"], &result["by_ai"]), (&json!(1), &json!(true)), "{job:#}");
    let dropped = ana.all(&format!("{path}/revisions")).await[0]["provenance"]["dropped_links"].to_string();
    assert!(dropped.contains("https://invented.example/"), "{dropped}");
    let now = ana.get(&path).await.good();
    assert_eq!(links(&now), led, "{now:#}");
    assert!(
        now["html"].as_str().unwrap().contains("Listen") && !now["html"].as_str().unwrap().contains("evil"),
        "{now:#}"
    );

    // Of HTML that a person sends its own addresses stay, and no others.
    let html = "<main><p>Read <a href=\"https://example.com/mine\">mine</a> first.</p></main>";
    let job = ana.job("/api/writer/reparse", &json!({ "content_ids": [article["id"]], "html": html })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(links(&ana.get(&path).await.good()), ["https://example.com/mine"]);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sources_are_kept_changed_and_removed() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let path = "/api/writer/sources";
    let good = json!({ "site_id": site, "title": "Pad study", "text": STUDY });
    for (field, value) in [("title", json!(" ")), ("text", json!("  ")), ("url", json!("javascript:alert(1)"))] {
        let mut bad = good.clone();
        bad[field] = value;
        assert_eq!(ana.post(path, &bad).await.bad(422)["errors"][0]["field"], field);
    }
    let source = ana.post(path, &good).await.good();
    let one = format!("{path}/{}", source["id"].as_str().unwrap());
    assert_eq!(ana.get(&one).await.good()["text"], STUDY);
    let changed = ana.patch(&one, &json!({ "text": "Pads have 4 sides.", "url": "https://example.com/" })).await.good();
    assert_eq!((&changed["chars"], &changed["version"]), (&json!(18), &json!(2)));
    assert_eq!(ana.get(&one).await.good()["text"], "Pads have 4 sides.");
    let listed = ana.all(&format!("{path}?site_id={site}")).await;
    assert!(listed.len() == 1 && listed[0].get("text").is_none() && listed[0].get("text_key").is_none(), "{listed:#?}");
    ana.delete(&one).await;
    ana.get(&one).await.bad(404);
    cloud.check(&[&ana]).await;
}
