//! Every kind of content from its task to its public page: written by a real job, completed by a person, published.

use crate::common::{Client, Cloud};
use hyper::Method;
use serde_json::{Value, json};

/// Each kind with a structure that fits it, what the model gives, what a person adds, and what the page then says.
struct Kind {
    entity_type: &'static str,
    structure: &'static str,
    title: &'static str,
    /// What of the data is there once it is written.
    written: &'static str,
    /// What is missing then.
    missing: &'static [&'static str],
    /// What a person changes.
    adds: fn(&mut Value),
    /// What the JSON-LD of the public page has as types.
    types: &'static [&'static str],
    /// What stands on the public page.
    shows: &'static [&'static str],
}

const KINDS: [Kind; 5] = [
    Kind {
        entity_type: "post",
        structure: "guide",
        title: "How to change brake pads",
        written: "/how_to/steps/1/name",
        missing: &["structure_data.how_to.total_minutes"],
        adds: |data| data["how_to"]["total_minutes"] = json!(90),
        types: &["BlogPosting", "HowTo", "FAQPage", "BreadcrumbList"],
        shows: &["1 h 30 min", "Step by step"],
    },
    Kind {
        entity_type: "page",
        structure: "landing_page",
        title: "Brakes without worry",
        written: "/action/label",
        missing: &["structure_data.action.url"],
        adds: |data| data["action"]["url"] = json!("mailto:ana@garage.example"),
        types: &["WebPage", "FAQPage", "BreadcrumbList"],
        shows: &["href=\"mailto:ana@garage.example\"", "Ask us about it"],
    },
    Kind {
        entity_type: "product",
        structure: "product_page",
        title: "Brake pads, set of four",
        written: "/specs/0/name",
        missing: &["structure_data.price", "structure_data.availability", "structure_data.brand", "structure_data.sku"],
        adds: |data| {
            data["price"] = json!({ "amount": 3_990, "currency": "EUR" });
            data["availability"] = json!("in_stock");
            data["specs"][0]["value"] = json!("12 mm");
        },
        types: &["Product", "FAQPage", "BreadcrumbList"],
        shows: &["39.90 EUR", "In stock", "<th scope=\"row\">Size</th><td>12 mm</td>"],
    },
    Kind {
        entity_type: "service",
        structure: "service_page",
        title: "Brake repair",
        written: "/steps/2/name",
        missing: &["structure_data.area_served", "structure_data.price", "structure_data.duration_minutes"],
        adds: |data| {
            data["area_served"] = json!(["Madrid"]);
            data["price"] = json!({ "from": 8_900, "currency": "EUR" });
        },
        types: &["Service", "FAQPage", "BreadcrumbList"],
        shows: &["from 89.00 EUR", "Madrid", "First talk"],
    },
    Kind {
        entity_type: "taxonomy",
        structure: "category_archive",
        title: "All about brakes",
        written: "/description",
        missing: &[],
        adds: |data| data["parent"] = json!("Cars"),
        types: &["CollectionPage", "FAQPage", "BreadcrumbList"],
        shows: &["Part of", "Cars"],
    },
];

fn missing(view: &Value) -> Vec<&str> {
    view["missing"].as_array().unwrap().iter().map(|one| one["field"].as_str().unwrap()).collect()
}

/// Makes the tasks by ideas: the kind flows from the idea to the task to the content.
async fn tasks(client: &Client<'_>, site: &str) -> Vec<Value> {
    let mut ideas = Vec::new();
    for kind in &KINDS {
        let idea = json!({
            "site_id": site, "title": kind.title, "target_keywords": ["brake pads"],
            "entity_type": kind.entity_type, "structure": kind.structure,
        });
        ideas.push(client.post("/api/planner/ideas", &idea).await.good()["id"].clone());
    }
    client.post("/api/planner/ideas/queue", &json!({ "idea_ids": ideas })).await.good()["task_ids"]
        .as_array()
        .unwrap()
        .clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_written_completed_and_published() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "100")]).await;
    let ana = cloud.owner("ana").await;
    let (site, host) = ana.site("Garage").await;
    let tasks = tasks(&ana, &site).await;
    // A task may change its kind until it is written.
    let path = format!("/api/writer/tasks/{}", tasks[0].as_str().unwrap());
    let changed = ana.patch(&path, &json!({ "entity_type": "page", "structure": "general" })).await.good();
    assert_eq!((&changed["entity_type"], &changed["structure"]), (&json!("page"), &json!("general")));
    ana.patch(&path, &json!({ "entity_type": "post", "structure": "guide" })).await.good();

    let job = ana.job("/api/writer/generate", &json!({ "task_ids": tasks })).await;
    assert_eq!((&job["status"], &job["credits"]["charged"]), (&json!("succeeded"), &json!(15)), "{job:#}");
    let schemas = ana.get("/api/writer/content/schemas").await.good();
    let mut ids = Vec::new();
    for (kind, schema) in KINDS.iter().zip(schemas["items"].as_array().unwrap()) {
        assert_eq!(schema["kind"], kind.entity_type);
        let list = ana.all(&format!("/api/writer/content?site_id={site}&entity_type={}", kind.entity_type)).await;
        assert_eq!(list.len(), 1, "{list:#?}");
        let id = list[0]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/writer/content/{id}");
        let view = ana.get(&path).await.good();
        let data = &view["structure_data"];
        assert_eq!((&data["kind"], &data["schema_version"]), (&json!(kind.entity_type), &schema["schema_version"]));
        assert!(data.pointer(kind.written).is_some_and(Value::is_string), "{data:#}");
        assert!(kind.missing.iter().all(|field| missing(&view).contains(field)), "{:?}", missing(&view));

        let mut completed = data.clone();
        (kind.adds)(&mut completed);
        let edited = ana.patch(&path, &json!({ "structure_data": completed })).await.good();
        assert_eq!((&edited["structure_data"], &edited["revision"]), (&completed, &json!(2)));
        assert!(missing(&edited).len() < missing(&view).len().max(1), "{:?}", missing(&edited));
        // The same again is no change; the revision before has the data as it was.
        assert_eq!(ana.patch(&path, &json!({ "structure_data": completed })).await.good()["revision"], 2);
        let first = ana.get(&format!("{path}/revisions/1")).await.good();
        assert_eq!(&first["structure_data"], data);
        ids.push(id);
    }
    ana.get(&format!("/api/writer/content?site_id={site}&entity_type=blog")).await.bad(422);

    let job = ana.job("/api/publish", &json!({ "content_ids": ids, "destinations": ["igny8"] })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    for (kind, id) in KINDS.iter().zip(&ids) {
        let preview = ana.get(&format!("/api/publish/preview/{id}")).await.good();
        let content = ana.get(&format!("/api/writer/content/{id}")).await.good();
        assert_eq!(preview["url"], content["destinations"]["igny8"]["url"]);
        let page = cloud.page(&format!("{host}.localhost"), &format!("/{}", content["slug"].as_str().unwrap())).await;
        assert_eq!(page.status, 200);
        let page = page.text();
        for part in kind.shows {
            assert!(page.contains(part), "{} does not show {part}: {page}", kind.entity_type);
        }
        let scripts = page.split("<script type=\"application/ld+json\">").skip(1);
        let said: Vec<Value> =
            scripts.map(|rest| serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()).collect();
        let types: Vec<&str> = said.iter().map(|value| value["@type"].as_str().unwrap()).collect();
        assert_eq!(types, kind.types, "{}", kind.entity_type);
        // What the preview promised is what visitors get, but for the breadcrumbs.
        assert_eq!(preview["json_ld"].as_array().unwrap(), &said[..said.len() - 1], "{}", kind.entity_type);
    }
    // The feed has posts alone; products and services have lists of their own.
    let feed = cloud.page(&format!("{host}.localhost"), "/feed.xml").await.text();
    assert_eq!(feed.matches("<entry").count(), 1, "{feed}");
    for shelf in ["/browse/products", "/browse/services"] {
        assert_eq!(cloud.page(&format!("{host}.localhost"), shelf).await.status, 200, "{shelf}");
    }
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_the_data_is_named_by_field() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let task = json!({ "site_id": site, "title": "Pads", "entity_type": "product", "structure": "product_page" });
    let task = ana.post("/api/writer/tasks", &task).await.good()["id"].clone();
    ana.job("/api/writer/generate", &json!({ "task_ids": [task] })).await;
    let id = ana.all(&format!("/api/writer/content?site_id={site}")).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/writer/content/{id}");
    let cases = [
        (json!({ "kind": "product", "price": { "amount": -1, "currency": "EUR" } }), "structure_data.price.amount"),
        (json!({ "kind": "product", "price": { "amount": 1, "currency": "Euro" } }), "structure_data.price.currency"),
        (json!({ "kind": "product", "gtin": "123" }), "structure_data.gtin"),
        (json!({ "kind": "product", "prize": 1 }), "structure_data.prize"),
        (json!({ "kind": "post" }), "structure_data.kind"),
        (json!({ "price": null }), "structure_data.kind"),
        (json!([]), "structure_data.kind"),
    ];
    for (data, field) in cases {
        let problem = ana.patch(&path, &json!({ "structure_data": data })).await.bad(422);
        assert_eq!(problem["errors"][0]["field"], field, "{problem:#}");
    }
    // What another tenant asks for is not there, also not its preview.
    let eve = cloud.owner("eve").await;
    eve.get(&format!("/api/publish/preview/{id}")).await.bad(404);
    eve.call(Method::PATCH, &path, Some(json!({ "structure_data": { "kind": "product" } }).to_string().into()), &[])
        .await
        .bad(404);
    cloud.check(&[&ana, &eve]).await;
}
