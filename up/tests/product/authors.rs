//! Who wrote and who checked a page: named on it, to readers and to search engines, with a page of their own; and in whose
//! voice, from which sources and by which model a content is written anew.

use hyper::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    common::{Client, Cloud},
    model::{Model, Question, Reply},
};

const STUDY: &str = "The study measured 2.4 million stops of 850 cars. On city roads pads last about 30,000 km.";

async fn profile(ana: &Client<'_>, profile: Value) -> Value {
    ana.post("/api/thinker/author-profiles", &profile).await.good()["id"].clone()
}

/// A content by a task, as it was first written.
async fn written(ana: &Client<'_>, task: &Value) -> Value {
    let task = ana.post("/api/writer/tasks", task).await.good();
    let job = ana.job("/api/writer/generate", &json!({ "task_ids": [task["id"]] })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    ana.get(&format!("/api/writer/content/{}", job["items"][0]["result"]["content_id"].as_str().unwrap())).await.good()
}

fn path(content: &Value) -> String {
    format!("/api/writer/content/{}", content["id"].as_str().unwrap())
}

/// The schema.org thing of a page that has this type.
fn thing(page: &str, kind: &str) -> Value {
    let scripts = page.split("<script type=\"application/ld+json\">").skip(1);
    let mut things =
        scripts.map(|rest| serde_json::from_str::<Value>(rest.split_once("</script>").unwrap().0).unwrap());
    things.find(|thing| thing["@type"] == kind).unwrap_or_else(|| panic!("no {kind}: {page}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn author_and_reviewer_are_named_and_have_pages() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "50")]).await;
    let ana = cloud.owner("ana").await;
    let (site, host) = ana.site("Garage").await;
    let host = format!("{host}.localhost");
    let author = profile(
        &ana,
        json!({ "name": "Ana Ruiz", "job_title": "Mechanic", "bio": "Ana mends <cars> & more.",
            "credentials": ["Master craftswoman"], "same_as": ["https://example.org/ana"] }),
    )
    .await;
    let reviewer = profile(&ana, json!({ "name": "Dr. Bo Lind", "job_title": "Engineer" })).await;
    let namesake = profile(&ana, json!({ "name": "Ana Ruiz" })).await;
    let task = |title: &str, author: &Value| json!({ "site_id": site, "title": title, "keywords": ["brake pads"], "author_profile_id": author });
    let first = written(&ana, &task("Brake pads", &author)).await;
    let second = written(&ana, &task("Brake discs", &namesake)).await;
    assert_eq!((&first["author_profile_id"], &first["reviewer_profile_id"]), (&author, &Value::Null));

    // Nobody checks themselves, and another tenant's people are not there.
    let one = path(&first);
    let refused = ana.patch(&one, &json!({ "reviewer_profile_id": author })).await.bad(422);
    assert_eq!(refused["errors"][0]["field"], "reviewer_profile_id");
    let bob = cloud.owner("bob").await;
    let foreign = profile(&bob, json!({ "name": "Bob" })).await;
    ana.patch(&one, &json!({ "reviewer_profile_id": foreign })).await.bad(404);
    ana.patch(&one, &json!({ "author_profile_id": foreign })).await.bad(404);
    let named = ana.patch(&one, &json!({ "reviewer_profile_id": reviewer })).await.good();
    assert_eq!((&named["reviewer_profile_id"], &named["revision"]), (&reviewer, &first["revision"]));
    let preview = format!("/api/publish/preview/{}", first["id"].as_str().unwrap());
    let said = ana.get(&preview).await.good();
    assert_eq!(said["json_ld"][0]["author"]["name"], "Ana Ruiz", "{said:#}");

    let publish = json!({ "content_ids": [first["id"], second["id"]], "destinations": ["igny8"] });
    assert_eq!(ana.job("/api/publish", &publish).await["status"], "succeeded");
    let page = cloud.page(&host, &format!("/{}", first["slug"].as_str().unwrap())).await.text();
    assert!(page.contains("By <a href=\"/authors/ana-ruiz\" rel=\"author\">Ana Ruiz</a>"), "{page}");
    assert!(page.contains("Reviewed by <a href=\"/authors/dr-bo-lind\">Dr. Bo Lind</a>"), "{page}");
    let article = thing(&page, "BlogPosting");
    let home = article["publisher"]["url"].as_str().unwrap();
    assert_eq!(article, ana.get(&preview).await.good()["json_ld"][0], "what the editor shows is what is public");
    assert_eq!(article["author"]["url"], format!("{home}/authors/ana-ruiz"));
    let checked = &article["mainEntityOfPage"]["reviewedBy"];
    assert_eq!((&checked["@type"], &checked["jobTitle"]), (&json!("Person"), &json!("Engineer")), "{article:#}");

    // Their pages: who they are and what they wrote or checked, each namesake apart.
    let own = cloud.page(&host, "/authors/ana-ruiz").await.text();
    let person = thing(&own, "ProfilePage")["mainEntity"].clone();
    assert_eq!(person["url"], article["author"]["url"]);
    assert_eq!(
        (&person["description"], &person["sameAs"][0]),
        (&json!("Ana mends <cars> & more."), &json!("https://example.org/ana"))
    );
    let lists =
        |page: &str, content: &Value| page.contains(&format!("href=\"/{}\"", content["slug"].as_str().unwrap()));
    assert!(own.contains("Ana mends &lt;cars&gt; &amp; more.") && own.contains("Master craftswoman"), "{own}");
    assert!(lists(&own, &first) && !lists(&own, &second), "{own}");
    let other = cloud.page(&host, "/authors/ana-ruiz-2").await.text();
    assert!(lists(&other, &second) && !lists(&other, &first), "{other}");
    let bo = cloud.page(&host, "/authors/dr-bo-lind").await.text();
    assert!(lists(&bo, &first) && !lists(&bo, &second), "{bo}");
    let sitemap = cloud.page(&host, "/sitemap.xml").await.text();
    for address in ["/authors/ana-ruiz", "/authors/ana-ruiz-2", "/authors/dr-bo-lind"] {
        assert!(sitemap.contains(&format!("<loc>{home}{address}</loc>")), "{sitemap}");
    }

    // The same once more is the same bytes.
    let again = format!("/api/publish/sites/{site}/deploy");
    assert_eq!(ana.job(&again, &json!({})).await["status"], "succeeded");
    assert_eq!(cloud.page(&host, "/authors/ana-ruiz").await.text(), own);
    // Who has another name has another page, and the old address leads there.
    let renamed = json!({ "name": "Ana Lind", "bio": "Ana mends <cars> & more." });
    let at = format!("/api/thinker/author-profiles/{}", author.as_str().unwrap());
    let renamed = ana.call(Method::PUT, &at, Some(renamed.to_string().into()), &[]).await.good();
    assert_eq!(renamed["former_slugs"], json!(["ana-ruiz"]));
    assert_eq!(ana.job(&again, &json!({})).await["status"], "succeeded");
    // The namesake has the plain address from now on, and nobody is led away from a page; it was not theirs before, so they
    // take nothing along.
    assert!(cloud.page(&host, "/authors/ana-ruiz").await.text().contains("Ana Ruiz"));
    ana.delete(&format!("/api/thinker/author-profiles/{}", namesake.as_str().unwrap())).await.good();
    assert_eq!(ana.job(&again, &json!({})).await["status"], "succeeded");
    let old = cloud.page(&host, "/authors/ana-ruiz").await;
    assert_eq!(
        (old.status, old.headers["location"].to_str().unwrap()),
        (StatusCode::MOVED_PERMANENTLY, "/authors/ana-lind")
    );
    assert!(cloud.page(&host, "/authors/ana-lind").await.text().contains("Ana Lind"));

    // Who is deleted leaves the site; everything else stays.
    ana.delete(&format!("/api/thinker/author-profiles/{}", reviewer.as_str().unwrap())).await.good();
    assert_eq!(ana.job(&again, &json!({})).await["status"], "succeeded");
    let page = cloud.page(&host, &format!("/{}", first["slug"].as_str().unwrap())).await.text();
    assert!(page.contains("/authors/ana-lind") && !page.contains("Bo Lind") && !page.contains("reviewedBy"), "{page}");
    assert_eq!(cloud.page(&host, "/authors/dr-bo-lind").await.status, 404);
    // A content that still names them can be changed, and its author taken away.
    let freed = ana.patch(&one, &json!({ "author_profile_id": null, "tags": ["brakes"] })).await.good();
    assert_eq!((&freed["author_profile_id"], &freed["reviewer_profile_id"]), (&Value::Null, &reviewer));
    cloud.check(&[&ana, &bob]).await;
}

/// A good answer; a section with references of every kind.
fn answer(question: &Question) -> Reply {
    if question.function != "regenerate_section" {
        return Reply::text(question.good());
    }
    let text = "On city roads, pads last about 30,000 km, as <a href=\"ref:S1\">a study</a> shows; others say 90,000 km on \
        city roads. More in <a href=\"ref:P1\">our guide</a>, or <a href=\"https://made-up.example/\">elsewhere</a>.";
    Reply::text(json!({ "blocks": [{ "type": "paragraph", "text": text }] }))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_anew_has_the_voice_the_strategy_and_the_sources() {
    let model = Model::start(answer).await;
    let mut vars = model.vars();
    vars.push(("AI_FALLBACK_MODEL", "other"));
    let cloud = Cloud::start_with(&vars).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let author =
        profile(&ana, json!({ "name": "Ana Ruiz", "persona": "Twenty years in a workshop", "tone": "calm" })).await;
    let strategy = json!({ "name": "Posts", "entity_type": "post", "sections": ["What it costs"], "model": "other" });
    ana.post("/api/thinker/strategies", &strategy).await.good();
    let source = json!({ "site_id": site, "title": "Pad study", "url": "https://example.com/study", "text": STUDY });
    let source = ana.post("/api/writer/sources", &source).await.good();
    let guide = written(&ana, &json!({ "site_id": site, "title": "Guide", "keywords": ["guide"] })).await;
    let publish = json!({ "content_ids": [guide["id"]], "destinations": ["igny8"] });
    assert_eq!(ana.job("/api/publish", &publish).await["status"], "succeeded");
    let task = json!({ "site_id": site, "title": "Brake pads", "keywords": ["brake pads"], "source_ids": [source["id"]],
        "author_profile_id": author, "outline": [{ "heading": "Signs of wear", "points": ["Noise"] }] });
    let content = written(&ana, &task).await;
    let (one, id) = (path(&content), &content["id"]);
    let first = model.seen().pop().unwrap();

    // The whole, and another body: asked as the first time.
    let whole = ana.job("/api/writer/regenerate", &json!({ "content_id": id, "instructions": "Shorter." })).await;
    assert_eq!(whole["status"], "succeeded", "{whole:#}");
    let body = ana.job("/api/writer/variations", &json!({ "content_id": id, "kind": "body" })).await;
    assert_eq!(body["status"], "succeeded", "{body:#}");
    let [whole, body]: [Question; 2] = model.seen().split_off(model.seen().len() - 2).try_into().unwrap();
    for question in [&whole, &body] {
        assert_eq!((question.function, question.model.as_str()), ("generate_content", "other"));
        for part in ["author", "outline", "sources", "pages"] {
            assert_eq!(question.data(part), first.data(part), "{part}");
        }
    }
    assert!(first.data("outline").to_string().contains("What it costs"), "{}", first.user);
    assert_eq!(first.data("author")["persona"], "Twenty years in a workshop");

    // Titles, and one section: its references resolve, its claims bind, what was made up is dropped and listed.
    let titles = ana.job("/api/writer/variations", &json!({ "content_id": id, "kind": "titles" })).await;
    assert_eq!(titles["status"], "succeeded", "{titles:#}");
    let section = ana.job("/api/writer/regenerate", &json!({ "content_id": id, "section": 0 })).await;
    assert_eq!(section["status"], "succeeded", "{section:#}");
    let [titles, section]: [Question; 2] = model.seen().split_off(model.seen().len() - 2).try_into().unwrap();
    assert_eq!((titles.model.as_str(), titles.data("author")), ("other", first.data("author")));
    assert_eq!((section.model.as_str(), section.data("author")), ("other", first.data("author")));
    assert_eq!((section.data("sources"), section.data("pages")), (first.data("sources"), first.data("pages")));
    let now = ana.get(&one).await.good();
    let html = now["html"].as_str().unwrap();
    assert!(html.contains("<a href=\"https://example.com/study\">a study</a>"), "{html}");
    assert!(
        html.contains(&format!("<a href=\"/{}\">our guide</a>, or elsewhere.", guide["slug"].as_str().unwrap())),
        "{html}"
    );
    let claims = ana.get(&format!("{one}/claims")).await.good();
    let bound = |text: &str| {
        let all = claims["claims"].as_array().unwrap();
        all.iter().find(|claim| claim["text"] == text).unwrap()["support"]["source"].clone()
    };
    assert_eq!((bound("30,000 km"), bound("90,000 km")), (source["id"].clone(), Value::Null), "{claims:#}");
    let provenance = ana.all(&format!("{one}/revisions")).await.remove(0)["provenance"].clone();
    assert_eq!(provenance["dropped_links"], json!(["https://made-up.example/"]), "{provenance:#}");
    assert_eq!(provenance["model"], "test-model");
    // What was chosen says where it comes from as well.
    ana.post(&format!("{one}/variations/1/choose"), &json!({})).await.good();
    let chosen = ana.all(&format!("{one}/revisions")).await.remove(0);
    assert_eq!(chosen["provenance"]["model"], "test-model", "{chosen:#}");
    // Who no longer has a profile has no voice, and that stops nothing.
    ana.delete(&format!("/api/thinker/author-profiles/{}", author.as_str().unwrap())).await.good();
    let job = ana.job("/api/writer/regenerate", &json!({ "content_id": id, "section": 0 })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert!(!model.seen().pop().unwrap().user.contains("<data name=\"author\">"));
    cloud.check(&[&ana]).await;
}
