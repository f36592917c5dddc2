//! What the AI does with a content that is there: writing anew beside a person's edits, variations, reading again; and
//! addresses that change.

use crate::common::{Client, Cloud};
use serde_json::{Value, json};

/// A content of the offline model, and its site.
async fn written(ana: &Client<'_>) -> (String, String, Value) {
    let (site, host) = ana.site("Garage").await;
    let task = json!({ "site_id": site, "title": "When to change brake pads", "keywords": ["brake pads"] });
    let task = ana.post("/api/writer/tasks", &task).await.good();
    let job = ana.job("/api/writer/generate", &json!({ "task_ids": [task["id"]] })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let all = ana.all(&format!("/api/writer/content?site_id={site}")).await;
    (site, host, ana.get(&path(&all[0])).await.good())
}

fn path(content: &Value) -> String {
    format!("/api/writer/content/{}", content["id"].as_str().unwrap())
}

async fn charged(ana: &Client<'_>, path: &str, body: Value, credits: i64) -> Value {
    let most = ana.post(&format!("{path}?estimate=true"), &body).await.good()["credits"].as_i64().unwrap();
    let job = ana.job(path, &body).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert!(job["credits"]["charged"] == credits && credits <= most, "{job:#}, estimated {most}");
    job["items"][0]["result"].clone()
}

/// The index of the first paragraph after the `nth` heading, and that of the heading.
fn section(content: &Value, nth: usize) -> (usize, usize) {
    let blocks = content["blocks"].as_array().unwrap();
    let headings = blocks.iter().enumerate().filter(|(_, block)| block["type"] == "heading" && block["level"] == 2);
    let heading = headings.map(|(at, _)| at).nth(nth).unwrap();
    let paragraph = (heading..blocks.len()).find(|at| blocks[*at]["type"] == "paragraph").unwrap();
    (heading, paragraph)
}

#[tokio::test(flavor = "multi_thread")]
async fn writing_anew_keeps_what_a_person_wrote() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "100")]).await;
    let ana = cloud.owner("ana").await;
    let (_, _, first) = written(&ana).await;
    let (one, id) = (path(&first), &first["id"]);

    // Nobody has edited it: the new text is a revision.
    let result = charged(&ana, "/api/writer/regenerate", json!({ "content_id": id }), 3).await;
    assert_eq!(result["revision"], 2, "{result:#}");
    let second = ana.get(&one).await.good();
    assert_ne!(second["blocks"], first["blocks"]);
    assert_eq!(second["ai_revision"], 2);

    // An edit in one section, another section anew: they go together.
    let (_, edited) = section(&second, 0);
    let (other, _) = section(&second, 2);
    let mut blocks = second["blocks"].clone();
    let mine = format!("{} Ana checks this twice.", blocks[edited]["text"].as_str().unwrap());
    blocks[edited]["text"] = json!(mine);
    ana.patch(&one, &json!({ "blocks": blocks, "title": "Ana on brake pads" })).await.good();
    let body = json!({ "content_id": id, "section": other, "instructions": "shorter" });
    let result = charged(&ana, "/api/writer/regenerate", body, 1).await;
    let third = ana.get(&one).await.good();
    assert_eq!((&third["revision"], &result["revision"]), (&json!(4), &json!(4)));
    assert_eq!(third["blocks"][edited]["text"], json!(mine));
    assert_eq!(third["title"], "Ana on brake pads");
    assert_ne!(third["blocks"][other + 1], second["blocks"][other + 1]);
    assert_eq!(third["blocks"][other], second["blocks"][other]);

    // The whole anew, over the edit: it is a proposal, and the content stays.
    let result = charged(&ana, "/api/writer/regenerate", json!({ "content_id": id }), 3).await;
    assert_eq!(result["proposal"], true, "{result:#}");
    let now = ana.get(&one).await.good();
    assert_eq!((&now["blocks"], &now["version"]), (&third["blocks"], &third["version"]));
    let proposal = ana.get(&format!("{one}/proposal")).await.good()["proposal"].clone();
    let conflicts = proposal["conflicts"].as_array().unwrap();
    let has = |value: &Value| value.to_string().contains("Ana checks this twice.");
    assert!(conflicts.iter().any(|conflict| has(&conflict["mine"])) && has(&proposal["blocks"]), "{proposal:#}");

    // An edit after the proposal is kept like the one before it.
    let mut blocks = now["blocks"].clone();
    blocks.as_array_mut().unwrap().push(json!({ "type": "paragraph", "text": "Written by Ana at last." }));
    let later = ana.patch(&one, &json!({ "blocks": blocks })).await.good();
    let proposal = ana.get(&format!("{one}/proposal")).await.good()["proposal"].clone();
    let count = proposal["conflicts"].as_array().unwrap().len();
    assert_eq!(proposal["number"], 1);
    let at = format!("{one}/proposal/1");
    ana.post(&at, &json!({ "choices": vec!["mine"; count + 1] })).await.bad(422);
    let headers = [("if-match", "\"1\""), ("content-type", "application/json")];
    let body = json!({ "choices": vec!["both"; count] });
    ana.call(hyper::Method::POST, &at, Some(body.to_string().into()), &headers).await.bad(409);
    let taken = ana.post(&at, &body).await.good();
    assert_eq!(taken["revision"], json!(later["revision"].as_u64().unwrap() + 1));
    for words in ["Ana checks this twice.", "Written by Ana at last."] {
        assert!(taken["blocks"].to_string().contains(words), "{words} is not in {taken:#}");
    }
    assert_eq!(ana.get(&format!("{one}/proposal")).await.good(), json!({ "proposal": null }));
    ana.delete(&at).await.bad(404);
    let notes: Vec<_> = ana.all(&format!("{one}/revisions")).await.iter().map(|row| row["note"].clone()).collect();
    assert_eq!(notes[0], "The AI wrote it anew");

    // A heading that is none, and a section that is gone when its turn comes.
    ana.post("/api/writer/regenerate", &json!({ "content_id": id, "section": 9_999 })).await.bad(422);
    assert_eq!(cloud.up.cloud().denied(), vec![]);
    cloud.check(&[&ana]).await;
}

/// The proposal that waits at a content.
async fn waiting(ana: &Client<'_>, one: &str) -> Value {
    ana.get(&format!("{one}/proposal")).await.good()["proposal"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposal_that_waits_is_not_lost_and_choices_are_for_the_one_that_was_read() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "100")]).await;
    let ana = cloud.owner("ana").await;
    let (_, _, first) = written(&ana).await;
    let (one, id) = (path(&first), &first["id"]);
    let mut blocks = first["blocks"].clone();
    let sections = [section(&first, 0), section(&first, 1)];
    for (_, paragraph) in sections {
        let text = blocks[paragraph]["text"].as_str().unwrap();
        blocks[paragraph]["text"] = json!(format!("{text} Ana checks this twice."));
    }
    let edited = ana.patch(&one, &json!({ "blocks": blocks })).await.good();
    let anew = |n: usize| json!({ "content_id": id, "section": sections[n].0 });

    // Two orders that both contradict the edits, given before either is done: the one that comes first waits, and the
    // other says so and costs nothing.
    let start = async |n: usize| ana.post("/api/writer/regenerate", &anew(n)).await;
    let (a, b) = tokio::join!(start(0), start(1));
    let mut charged_credits = 0;
    let mut told = Vec::new();
    for started in [a, b] {
        if started.status == 409 {
            told.push(started.text());
            continue;
        }
        let job = ana.wait(started.json()["job"]["id"].as_str().unwrap()).await;
        charged_credits += job["credits"]["charged"].as_i64().unwrap();
        if job["status"] != "succeeded" {
            told.push(job["items"][0].to_string());
        }
    }
    assert_eq!((charged_credits, told.len()), (1, 1), "{told:?}");
    assert!(told[0].contains("waits already"), "{told:?}");
    let waits = waiting(&ana, &one).await;
    assert_eq!(waits["number"], 1, "{waits:#}");

    // Later orders are refused before anything is asked or charged; HTML is another thing.
    ana.post("/api/writer/regenerate", &json!({ "content_id": id })).await.bad(409);
    ana.post("/api/writer/reparse", &json!({ "content_ids": [id] })).await.bad(409);
    assert_eq!(waiting(&ana, &one).await, waits);

    // It is dropped by somebody, and another one comes; the content has the version that it had. Choices for the first are
    // not for the second, and it is not dropped unread.
    ana.delete(&format!("{one}/proposal/2")).await.bad(409);
    ana.delete(&format!("{one}/proposal/1")).await.good();
    charged(&ana, "/api/writer/regenerate", anew(1), 1).await;
    let second = waiting(&ana, &one).await;
    assert_eq!((&second["number"], &second["version"]), (&json!(2), &edited["version"]), "{second:#}");
    let choices = json!({ "choices": vec!["new"; waits["conflicts"].as_array().unwrap().len()] });
    ana.post(&format!("{one}/proposal/1"), &choices).await.bad(409);
    ana.delete(&format!("{one}/proposal/1")).await.bad(409);
    assert_eq!(ana.get(&one).await.good()["blocks"], edited["blocks"]);
    let choices = json!({ "choices": vec!["new"; second["conflicts"].as_array().unwrap().len()] });
    ana.post(&format!("{one}/proposal/2"), &choices).await.good();
    ana.post(&format!("{one}/proposal/2"), &choices).await.bad(404);
    assert_eq!(waiting(&ana, &one).await, Value::Null);
    assert_eq!(cloud.up.cloud().denied(), vec![]);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn variations_are_chosen_and_the_text_before_stays() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "50")]).await;
    let ana = cloud.owner("ana").await;
    let (_, _, first) = written(&ana).await;
    let (one, id) = (path(&first), &first["id"]);
    charged(&ana, "/api/writer/variations", json!({ "content_id": id, "kind": "titles" }), 1).await;
    charged(&ana, "/api/writer/variations", json!({ "content_id": id, "kind": "body" }), 3).await;
    let list = format!("{one}/variations");
    let all = ana.all(&list).await;
    assert_eq!(all.iter().map(|row| row["number"].as_u64().unwrap()).collect::<Vec<_>>(), [6, 5, 4, 3, 2, 1]);
    assert_eq!((&all[0]["kind"], &all[5]["kind"]), (&json!("body"), &json!("titles")));
    assert!(ana.get(&format!("{list}/6")).await.good()["html"].as_str().unwrap().contains("<h2"));

    let chosen = ana.post(&format!("{list}/1/choose"), &json!({})).await.good();
    assert_eq!((&chosen["title"], &chosen["blocks"]), (&all[5]["title"], &first["blocks"]));
    let chosen = ana.post(&format!("{list}/6/choose"), &json!({})).await.good();
    assert_eq!(
        (&chosen["title"], &chosen["revision"], &chosen["ai_revision"]),
        (&all[5]["title"], &json!(3), &json!(3))
    );
    assert_ne!(chosen["blocks"], first["blocks"]);
    let back = ana.post(&format!("{one}/revisions/1/restore"), &json!({})).await.good();
    assert_eq!((&back["blocks"], &back["title"]), (&first["blocks"], &first["title"]));
    ana.delete(&format!("{list}/2")).await.good();
    ana.get(&format!("{list}/2")).await.bad(404);
    assert_eq!(ana.all(&list).await.len(), 5);
    // Others than those that are there.
    charged(&ana, "/api/writer/variations", json!({ "content_id": id, "kind": "titles" }), 1).await;
    let titles: Vec<_> =
        ana.all(&list).await.iter().filter(|row| row["kind"] == "titles").map(|row| row["title"].to_string()).collect();
    let mut apart = titles.clone();
    apart.sort();
    apart.dedup();
    assert_eq!(apart.len(), titles.len(), "{titles:?}");
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_again_costs_only_what_a_model_does() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "50")]).await;
    let ana = cloud.owner("ana").await;
    let (site, _, first) = written(&ana).await;
    let (one, id) = (path(&first), &first["id"]);
    // Our reader made of the answer all that there is: a model would find no more, and is not asked.
    let result = charged(&ana, "/api/writer/reparse", json!({ "content_ids": [id] }), 0).await;
    assert_eq!((&result["changed"], &result["by_ai"]), (&json!(false), &json!(false)), "{result:#}");
    // HTML that a person edited takes the place of the body, for nothing.
    let html = "<h2>Why</h2><p>Old pads <b>squeal</b>.</p><ul><li>Listen</li></ul>";
    let result = charged(&ana, "/api/writer/reparse", json!({ "content_ids": [id], "html": html }), 0).await;
    assert_eq!(result["by_ai"], false, "{result:#}");
    let now = ana.get(&one).await.good();
    assert_eq!(now["blocks"][1], json!({ "type": "paragraph", "text": "Old pads <strong>squeal</strong>." }));
    assert_eq!((&now["revision"], now["blocks"].as_array().unwrap().len()), (&json!(2), 3));
    ana.post("/api/writer/reparse", &json!({ "content_ids": [id], "html": "<script>x</script>" })).await.bad(422);

    // An answer of which our reader once made less than there is: reading it again is free, and keeps an edit.
    let app = cloud.up.admin(&cloud.settings).unwrap();
    let ctx = igny8_core::Ctx::system(ana.tenant.parse().unwrap(), "test", igny8_core::Env::system());
    let task = json!({ "site_id": site, "title": "Oil change", "keywords": ["oil"] });
    let task = ana.post("/api/writer/tasks", &task).await.good();
    ana.job("/api/writer/generate", &json!({ "task_ids": [task["id"]] })).await;
    let content =
        ana.get(&format!("/api/writer/tasks/{}", task["id"].as_str().unwrap())).await.good()["content_id"].clone();
    let one = format!("/api/writer/content/{}", content.as_str().unwrap());
    let whole = ana.get(&one).await.good();
    let key = igny8_content::StoredRevision::key_of(
        &igny8_table::Keys::new(&ctx),
        content.as_str().unwrap().parse().unwrap(),
        1,
    );
    let stored: igny8_content::StoredRevision = app.table.get(key).await.unwrap().unwrap();
    let mut body: Value = app.cloud.get_json(&stored.body_key).await.unwrap();
    body["blocks"].as_array_mut().unwrap().pop();
    app.cloud.put_json("test.body", &stored.body_key, &body).await.unwrap();
    let result = charged(&ana, "/api/writer/reparse", json!({ "content_ids": [content] }), 0).await;
    assert_eq!((&result["by_ai"], &result["revision"]), (&json!(false), &json!(2)), "{result:#}");
    assert_eq!(ana.get(&one).await.good()["blocks"], whole["blocks"]);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_address_leads_to_the_new_one() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "50")]).await;
    let ana = cloud.owner("ana").await;
    let (site, host, first) = written(&ana).await;
    let task = json!({ "site_id": site, "title": "Oil change", "keywords": ["oil"] });
    let task = ana.post("/api/writer/tasks", &task).await.good();
    ana.job("/api/writer/generate", &json!({ "task_ids": [task["id"]] })).await;
    let all = ana.all(&format!("/api/writer/content?site_id={site}")).await;
    let other = path(all.iter().find(|content| content["id"] != first["id"]).unwrap());
    let one = path(&first);
    let old = first["slug"].as_str().unwrap().to_owned();
    let host = format!("{host}.localhost");
    let publish = json!({ "content_ids": [first["id"]], "destinations": ["igny8"] });
    ana.job("/api/publish", &publish).await;
    assert_eq!(cloud.page(&host, &format!("/{old}")).await.status, 200);

    // Two moves: both old addresses lead to the newest in one step.
    let moved = async |slug: &str| ana.patch(&one, &json!({ "slug": slug })).await;
    moved("pads").await.good();
    let now = moved("brake-pads").await.good();
    assert_eq!(now["redirects"], json!([old, "pads"]));
    // Until it is published again the page is where it was.
    assert_eq!(cloud.page(&host, &format!("/{old}")).await.status, 200);
    ana.job("/api/publish", &publish).await;
    assert_eq!(cloud.page(&host, "/brake-pads").await.status, 200);
    for slug in [old.as_str(), "pads"] {
        let answer = cloud.page(&host, &format!("/{slug}")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.headers["location"].to_str().unwrap()),
            (301, "/brake-pads"),
            "{slug}"
        );
    }

    // Nobody else may have it, neither by hand nor by being written; its own old one it may take back.
    ana.patch(&other, &json!({ "slug": "pads" })).await.bad(409);
    let back = moved("pads").await.good();
    assert_eq!((&back["slug"], &back["redirects"]), (&json!("pads"), &json!([old, "brake-pads"])));
    ana.delete(&format!("{one}/redirects/nothing")).await.bad(404);
    let freed = ana.delete(&format!("{one}/redirects/brake-pads")).await.good();
    assert_eq!(freed["redirects"], json!([old]));
    ana.patch(&other, &json!({ "slug": "brake-pads" })).await.good();
    ana.job("/api/publish", &publish).await;
    let answer = cloud.page(&host, &format!("/{old}")).await;
    assert_eq!((answer.status.as_u16(), answer.headers["location"].to_str().unwrap()), (301, "/pads"));
    assert_eq!(cloud.page(&host, "/brake-pads").await.status, 404);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_content_is_filed_and_put_away() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (_, host, first) = written(&ana).await;
    let one = path(&first);
    let filed = json!({ "category": "  Brake  service ", "tags": ["Pads", "pads", "Discs"], "language": "de-AT" });
    let now = ana.patch(&one, &filed).await.good();
    assert_eq!((&now["category"], &now["tags"]), (&json!("Brake service"), &json!(["Pads", "Discs"])));
    assert_eq!((&now["language"], &now["revision"]), (&json!("de-AT"), &json!(1)), "no text has changed");
    for (field, wrong) in [("language", json!("german")), ("tags", json!(["x".repeat(41)])), ("category", json!(""))] {
        let told = ana.patch(&one, &json!({ field: wrong })).await.bad(422);
        assert!(told["errors"][0]["field"].as_str().unwrap().starts_with(field), "{told:#}");
    }
    // Put away it is not published; a draft again, it is, with what it was filed under.
    let status = async |to: &str| ana.patch(&one, &json!({ "status": to })).await;
    status("archived").await.good();
    status("approved").await.bad(409);
    let publish = json!({ "content_ids": [first["id"]], "destinations": ["igny8"] });
    ana.post("/api/publish", &publish).await.bad(409);
    status("draft").await.good();
    ana.job("/api/publish", &publish).await;
    let host = format!("{host}.localhost");
    let page = cloud.page(&host, &format!("/{}", first["slug"].as_str().unwrap())).await.text();
    assert!(page.contains("lang=\"de-AT\"") && page.contains("Discs") && page.contains("Brake service"), "{page}");
    assert_eq!(cloud.page(&host, "/category/brake-service").await.status, 200);
    status("archived").await.bad(409);
    cloud.check(&[&ana]).await;
}
