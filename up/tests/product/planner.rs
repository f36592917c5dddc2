//! The planner's deeds through the real API: many keywords at once, duplicates across sites, titles, and the map.

use serde_json::{Value, json};

use crate::{
    common::{Client, Cloud},
    isolation::fixture::{PASSWORD, mailed_token},
};

fn id(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id: {value:#}")).to_owned()
}

async fn keywords(ana: &Client<'_>, site: &str, names: &[&str]) -> Vec<Value> {
    let rows: Vec<_> = names.iter().map(|name| json!({ "keyword": name, "volume": 100 })).collect();
    ana.post("/api/planner/keywords", &json!({ "site_id": site, "keywords": rows })).await.good();
    ana.all(&format!("/api/planner/keywords?site_id={site}&sort=keyword")).await
}

async fn cluster(ana: &Client<'_>, site: &str, name: &str) -> String {
    id(&ana.post("/api/planner/clusters", &json!({ "site_id": site, "name": name })).await.good())
}

#[tokio::test(flavor = "multi_thread")]
async fn many_keywords_change_alike_and_each_is_answered_for() {
    let cloud = Cloud::start().await;
    let (ana, ben) = (cloud.owner("ana").await, cloud.owner("ben").await);
    let (site, _) = ana.site("Garage").await;
    let (second, _) = ana.site("Second").await;
    let (theirs, _) = ben.site("Theirs").await;
    let rows = keywords(&ana, &site, &["a", "b", "c"]).await;
    let other = id(&keywords(&ana, &second, &["d"]).await[0]);
    let foreign = id(&keywords(&ben, &theirs, &["e"]).await[0]);
    let pads = cluster(&ana, &site, "Pads").await;
    let bulk = async |body: Value| ana.post("/api/planner/keywords/bulk", &body).await;
    let ids = [id(&rows[0]), id(&rows[1]), other.clone(), foreign.clone(), id(&rows[0])];
    let change = json!({ "action": "update", "ids": ids, "change": { "cluster_id": pads, "intent": "commercial" } });
    let done = bulk(change.clone()).await.good();
    let told: Vec<_> = done["items"].as_array().unwrap().iter().map(|item| &item["error"]["status"]).collect();
    assert_eq!(told, [&Value::Null, &Value::Null, &json!(422), &json!(404), &Value::Null], "{done:#}");
    let row = async |path: String| ana.get(&path).await.good();
    let pads_row = row(format!("/api/planner/clusters/{pads}")).await;
    assert_eq!((&pads_row["keyword_count"], &pads_row["volume"]), (&json!(2), &json!(200)));
    // Once more: nothing is counted twice.
    bulk(change).await.good();
    let again = row(format!("/api/planner/clusters/{pads}")).await;
    assert_eq!(again, pads_row);
    let kept = row(format!("/api/planner/keywords/{}", ids[0])).await;
    assert_eq!(
        (&kept["status"], &kept["intent"], &kept["version"]),
        (&json!("clustered"), &json!("commercial"), &json!(2))
    );
    // Out again, and what is null is gone.
    let out =
        json!({ "action": "update", "ids": ids[..1], "change": { "cluster_id": null, "intent": null, "cpc": 1.5 } });
    bulk(out).await.good();
    let out = row(format!("/api/planner/keywords/{}", ids[0])).await;
    assert_eq!((&out["status"], out.get("intent"), &out["cpc_cents"]), (&json!("new"), None, &json!(150)));
    assert_eq!(row(format!("/api/planner/clusters/{pads}")).await["volume"], 100);

    // What is wrong with the request itself.
    let field = |answer: crate::common::Answer| answer.bad(422)["errors"][0]["field"].clone();
    let one = &ids[..1];
    assert_eq!(field(bulk(json!({ "action": "update", "ids": one })).await), "change");
    assert_eq!(field(bulk(json!({ "action": "archive", "ids": one, "change": {} })).await), "change");
    let wrong = |change: Value| json!({ "action": "update", "ids": one, "change": change });
    assert_eq!(field(bulk(wrong(json!({ "difficulty": 101 }))).await), "difficulty");
    assert_eq!(field(bulk(wrong(json!({ "cpc": -1 }))).await), "cpc");
    assert_eq!(field(bulk(wrong(json!({ "status": "mapped" }))).await), "status");
    assert_eq!(field(bulk(json!({ "action": "archive", "ids": vec![&ids[0]; 201] })).await), "ids");
    let strange = cluster(&ben, &theirs, "Strange").await;
    bulk(wrong(json!({ "cluster_id": strange }))).await.bad(404);
    cloud.check(&[&ana, &ben]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keywords_of_other_sites_are_found_where_one_may_see_them() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let workspace = id(&ana.post("/api/auth/workspaces", &json!({ "name": "Client" })).await.good());
    let (site, _) = ana.site("Garage").await;
    let (second, _) = ana.site("Second").await;
    let (third, _) = ana.site("Third").await;
    for one in [&site, &second] {
        ana.patch(&format!("/api/auth/sites/{one}"), &json!({ "workspace_id": workspace })).await.good();
    }
    keywords(&ana, &site, &["Brake pads", "Discs", "Oil"]).await;
    keywords(&ana, &second, &["brake  PADS"]).await;
    keywords(&ana, &third, &["brake pads", "oil"]).await;
    let path = format!("/api/planner/keywords/duplicates?site_id={site}");
    let found = |answer: &Value| -> Vec<(String, usize)> {
        let items = answer["items"].as_array().unwrap().iter();
        items
            .map(|item| (item["keyword"].as_str().unwrap().to_owned(), item["also_in"].as_array().unwrap().len()))
            .collect()
    };
    let all = ana.get(&path).await.good();
    assert_eq!(found(&all), [("Brake pads".to_owned(), 2), ("Oil".to_owned(), 1)]);
    assert_eq!((&all["compared"], &all["sites"], &all["sites_left_out"]), (&json!(3), &json!(2), &json!(0)));
    // Part by part, and with one site only.
    let first = ana.get(&format!("{path}&limit=1")).await.good();
    let next = ana.get(&format!("{path}&limit=2&cursor={}", first["next_cursor"].as_str().unwrap())).await.good();
    assert_eq!(
        (found(&first).len(), found(&next), &next["next_cursor"]),
        (1, vec![("Oil".to_owned(), 1)], &Value::Null)
    );
    let one = ana.get(&format!("{path}&other_site_id={second}")).await.good();
    assert_eq!(found(&one), [("Brake pads".to_owned(), 1)]);
    for wrong in ["limit=0", "limit=201", "cursor=x", "q=a"] {
        ana.get(&format!("{path}&{wrong}")).await.bad(422);
    }
    // Who is limited to a workspace hears nothing of the third site.
    let email = "eve@example.com";
    let invited = json!({ "email": email, "role": "viewer", "workspace_ids": [workspace] });
    ana.post("/api/auth/users", &invited).await.good();
    let accept = json!({ "token": mailed_token(&cloud, email).await, "password": PASSWORD, "display_name": "Eve" });
    let signed_in = cloud.nobody().post("/api/auth/invitations/accept", &accept).await.good();
    let eve = Client { key: None, token: Some(signed_in["access_token"].as_str().unwrap().to_owned()), ..ana.clone() };
    assert_eq!(found(&eve.get(&path).await.good()), [("Brake pads".to_owned(), 1)]);
    eve.get(&format!("{path}&other_site_id={third}")).await.bad(404);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ideas_are_renamed_rejected_with_a_reason_and_stand_on_the_map() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let (pads, discs) = (cluster(&ana, &site, "Pads").await, cluster(&ana, &site, "Discs").await);
    let new = |title: &str| json!({ "site_id": site, "title": title, "cluster_id": pads });
    let idea = id(&ana.post("/api/planner/ideas", &new("All about pads")).await.good());
    let other = id(&ana.post("/api/planner/ideas", &new("Pads, compared")).await.good());
    let path = format!("/api/planner/ideas/{idea}");
    let change =
        json!({ "title": "  Pads:  the guide ", "entity_type": "page", "structure": "guide", "cluster_id": discs });
    let changed = ana.patch(&path, &change).await.good();
    let told = ["title", "entity_type", "structure", "cluster_id"].map(|field| changed[field].as_str().unwrap());
    assert_eq!(told, ["Pads: the guide", "page", "guide", discs.as_str()]);
    assert_eq!(ana.all(&format!("/api/planner/ideas?site_id={site}&cluster_id={discs}")).await.len(), 1);
    // The old title is free, the new one is taken; another way to write it is no change of it.
    ana.patch(&format!("/api/planner/ideas/{other}"), &json!({ "title": "PADS: the Guide" })).await.bad(409);
    ana.patch(&path, &json!({ "title": "Pads: The Guide" })).await.good();
    let third = id(&ana.post("/api/planner/ideas", &new("all ABOUT pads")).await.good());

    let bulk = async |body: Value| ana.post("/api/planner/ideas/bulk", &body).await;
    bulk(json!({ "action": "accept", "ids": [idea], "reason": "Good" })).await.bad(422);
    bulk(json!({ "action": "reject", "ids": [idea, other], "reason": " Too   thin " })).await.good();
    let rejected = ana.get(&path).await.good();
    assert_eq!((&rejected["status"], &rejected["reject_reason"]), (&json!("rejected"), &json!("Too thin")));
    ana.patch(&path, &json!({ "reject_reason": "x".repeat(381) })).await.bad(422);
    ana.patch(&format!("/api/planner/ideas/{third}"), &json!({ "reject_reason": "why" })).await.bad(422);
    bulk(json!({ "action": "restore", "ids": [idea] })).await.good();
    let restored = ana.get(&path).await.good();
    assert_eq!((&restored["status"], restored.get("reject_reason")), (&json!("new"), None));

    // The map: two clusters, one of them the hub; rejected ideas do not count.
    ana.patch(&format!("/api/planner/clusters/{discs}"), &json!({ "hub_id": pads })).await.good();
    let map = ana.get(&format!("/api/planner/clusters/map?site_id={site}")).await.good();
    let of = |name: &str| map["clusters"].as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
    assert_eq!((&of("Pads")["page_type"], &of("Pads")["ideas"]), (&json!("hub"), &json!(1)), "{map:#}");
    assert_eq!((&of("Discs")["hub_id"], &of("Discs")["ideas"]), (&json!(pads), &json!(1)));
    assert_eq!((&map["whole"], &map["counted"]), (&json!(true), &json!(true)));
    ana.patch(&format!("/api/planner/clusters/{discs}"), &json!({ "hub_id": null })).await.good();
    assert_eq!(ana.get(&format!("/api/planner/clusters/{pads}")).await.good()["spoke_count"], 0);
    cloud.check(&[&ana]).await;
}
