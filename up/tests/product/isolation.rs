//! Isolation over every operation of the document that the running cloud hands out: its owner is served, nobody else is.
//!
//! Nothing here lists routes. What an operation names is read from the document: parameters and fields whose type is an
//! id are filled with ids of a fixture, and optional ones count too: another tenant's id is 404 wherever it stands.

pub(crate) mod fixture;
mod lists;
mod operation;
mod samples;

use std::collections::{BTreeMap, BTreeSet};

use crate::common::{Answer, Client, Cloud};
use fixture::{Fixture, complete, fixture, id, works_on_another_job, works_when_prepared};
use hyper::Method;
use igny8_up::{document, parts};
use operation::{Call, Operation, document_of};
use serde_json::{Value, json};

const ROLES: [&str; 4] = ["viewer", "editor", "admin", "owner"];

/// Every GET of the document with the ids of a fixture: all that its owner can see.
async fn seen(operations: &[Operation], client: &Client<'_>, fixture: &Fixture) -> BTreeMap<String, String> {
    let mut seen = BTreeMap::new();
    for operation in operations.iter().filter(|operation| operation.method == Method::GET && !operation.public) {
        let answer = operation.send(client, &operation.usual(fixture)).await;
        assert!(answer.status.is_success(), "{}: {} {}", answer.what, answer.status, answer.text());
        seen.insert(operation.name(), answer.text());
    }
    seen
}

/// Everything in a text that looks like an id.
fn ids_in(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() == 26 && word.chars().all(|c| c.is_ascii_digit() || c.is_ascii_uppercase()))
        .map(str::to_owned)
        .collect()
}

/// What of the owner an answer shows that was not in the request.
fn shown(answer: &Answer, call: &Call, ids: &BTreeSet<String>, word: &str) -> Vec<String> {
    let sent = format!("{} {}", call.path, String::from_utf8_lossy(call.body.as_deref().unwrap_or_default()));
    let text = format!("{} {:?}", answer.text(), answer.headers);
    let mut shown: Vec<_> = ids_in(&text).into_iter().filter(|id| ids.contains(id) && !sent.contains(id)).collect();
    if text.to_lowercase().contains(word) {
        shown.push(format!("“{word}”"));
    }
    shown
}

fn credits() -> [(&'static str, &'static str); 1] {
    [("IGNY8_TRIAL_CREDITS", "500")]
}

#[test]
fn the_document_and_the_table_of_access_agree() {
    assert_eq!(igny8_api::access::differences(&document()), Vec::<String>::new());
    assert_eq!(igny8_api::docs::conflicts(&parts()), Vec::<String>::new(), "two schemas of one name");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_is_served_on_every_example() {
    let cloud = Cloud::start_with(&credits()).await;
    let ana = cloud.owner("ana").await;
    let shared = fixture(&ana, "ana").await;
    let mut operations = document_of(&cloud).await;
    let order = [Method::GET, Method::PATCH, Method::POST, Method::PUT, Method::DELETE];
    operations.sort_by_key(|operation| order.iter().position(|method| *method == operation.method));
    let deletes = operations.iter().position(|operation| operation.method == Method::DELETE).unwrap();
    operations[deletes..].reverse();

    let mut refused = Vec::new();
    for (n, operation) in operations.iter_mut().enumerate() {
        operation.example = complete(&cloud, &ana, operation, n).await;
        let answer = operation.send(&ana, &operation.usual(&shared)).await;
        if answer.status.is_success() {
            continue;
        }
        // An operation before it may have used the fixture up.
        let fresh = cloud.owner(&format!("fresh-{n}")).await;
        let own = fixture(&fresh, &format!("fresh-{n}")).await;
        let second = operation.send(&fresh, &operation.usual(&own)).await;
        let on_jobs = operation.places.iter().any(|place| place.kind == "JobId");
        let prepared = second.status.is_success() || works_when_prepared(&fresh, &id(&own, "SiteId"), operation).await;
        if !(prepared || on_jobs && works_on_another_job(operation).await) {
            refused.push(format!("{}: {} {}", operation.name(), second.status, second.text()));
        }
    }
    assert_eq!(refused, Vec::<String>::new());
    assert_eq!(cloud.up.cloud().denied(), vec![], "calls that a policy does not allow");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_is_served() {
    const WORD: &str = "zanzibar";
    let cloud = Cloud::start_with(&credits()).await;
    let owner = cloud.owner(WORD).await;
    let bob = cloud.owner("bob").await;
    let theirs = fixture(&owner, WORD).await;
    let own = fixture(&bob, "bob").await;
    let operations = document_of(&cloud).await;
    let mut keys = Vec::new();
    for role in &ROLES[..3] {
        let key = owner.post("/api/auth/api-keys", &json!({ "name": format!("{WORD} {role}"), "role": role })).await;
        let secret = key.good()["secret"].as_str().unwrap().to_owned();
        keys.push((*role, Client { key: Some(secret), token: None, ..owner.clone() }));
    }
    let before = seen(&operations, &owner, &theirs).await;
    let ids: BTreeSet<_> = before.values().flat_map(|text| ids_in(text)).chain(theirs.values().cloned()).collect();

    assert!(theirs.values().all(|id| ids.contains(id)) && ids.len() > theirs.len(), "{ids:?}");
    let (mut wrong, mut tried) = (Vec::new(), 0_usize);
    for operation in &operations {
        let mut calls = vec![(None, operation.usual(&theirs))];
        for target in 0..operation.places.len() {
            let one = |mixed: bool| {
                operation.call(|n, place| {
                    let (own, theirs) = (id(&own, &place.kind), id(&theirs, &place.kind));
                    if n != target {
                        place.usual.then(|| vec![own])
                    } else if mixed {
                        Some(vec![own, theirs])
                    } else {
                        Some(vec![theirs])
                    }
                })
            };
            calls.push((Some(&operation.places[target]), one(false)));
            if operation.places[target].array && !operation.bulk {
                calls.push((Some(&operation.places[target]), one(true)));
            }
        }
        if operation.estimates {
            for n in 0..calls.len() {
                let (target, call) = &calls[n];
                let joint = if call.path.contains('?') { '&' } else { '?' };
                let path = format!("{}{joint}estimate=true", call.path);
                calls.push((*target, Call { path, body: call.body.clone() }));
            }
        }
        for (target, call) in &calls {
            tried += 1;
            let mut note = |who: &str, answer: &Answer, expected: &str| {
                let body = String::from_utf8_lossy(call.body.as_deref().unwrap_or_default()).into_owned();
                let text: String = answer.text().chars().take(300).collect();
                wrong.push(format!(
                    "{who}: {} {} {body}: expected {expected}, got {} {text}",
                    operation.method, call.path, answer.status
                ));
            };
            if !operation.public {
                let answer = operation.send(&cloud.nobody(), call).await;
                if answer.status != 401 {
                    note("nobody", &answer, "401");
                }
            }
            let mut answer = operation.send(&bob, call).await;
            // An optional id may exclude other fields of the example.
            if let Some(target) = target.filter(|target| answer.status == 422 && !target.usual)
                && let Some(bare) = operation.bare(call, target)
            {
                answer = operation.send(&bob, &bare).await;
            }
            let names = !operation.public && operation.places.iter().any(|place| place.usual || target.is_some());
            if answer.status.is_server_error() {
                note("bob", &answer, "no 5xx");
            } else if operation.bulk {
                let items = if answer.status == 200 { answer.json()["items"].clone() } else { Value::Null };
                let all = items.as_array().is_some_and(|items| items.iter().all(|i| i["error"]["status"] == 404));
                if !all {
                    note("bob", &answer, "404 per id");
                }
            } else if names && answer.status != 404 {
                note("bob", &answer, "404");
            }
            let shown = shown(&answer, call, &ids, WORD);
            if !shown.is_empty() {
                note("bob", &answer, &format!("nothing of the owner's, but there is {shown:?}"));
            }
            let rank = |role: &str| ROLES.iter().position(|known| *known == role);
            let required = operation.role.as_deref().map(|role| rank(role).unwrap());
            for (role, client) in keys.iter().filter(|(role, _)| rank(role) < required) {
                let answer = operation.send(client, call).await;
                if answer.status != 403 {
                    note(role, &answer, "403");
                }
            }
        }
    }
    // What bob sees of his own afterwards holds nothing either.
    for operation in operations.iter().filter(|operation| operation.method == Method::GET && !operation.public) {
        let call = operation.usual(&own);
        let answer = operation.send(&bob, &call).await;
        let shown = shown(&answer, &call, &ids, WORD);
        if !shown.is_empty() {
            wrong.push(format!("{} shows bob {shown:?}", operation.name()));
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "of {tried} requests");
    let after = seen(&operations, &owner, &theirs).await;
    for (name, text) in &before {
        assert_eq!(text, &after[name], "{name} has changed");
    }
    cloud.check(&[&owner, &bob]).await;
}

/// What lives in a site, or follows it.
const OF_SITES: [&str; 12] = [
    "SiteId",
    "SectorId",
    "KeywordId",
    "ClusterId",
    "IdeaId",
    "TaskId",
    "ContentId",
    "DeploymentId",
    "RecordId",
    "ImportId",
    "ImageId",
    "JobId",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_one_workspace_sees_no_site_of_another() {
    const WORD: &str = "zanzibar";
    let cloud = Cloud::start_with(&credits()).await;
    let owner = cloud.owner("ana").await;
    let hidden = fixture(&owner, WORD).await;
    let room = owner.post("/api/auth/workspaces", &json!({ "name": "Client B" })).await.good();
    let site = json!({ "name": "Own", "site_type": "blog", "hosting_type": "igny8", "workspace_id": room["id"] });
    let own = owner.post("/api/auth/sites", &site).await.good();
    let invite = json!({ "email": "mia@example.com", "role": "editor", "workspace_ids": [room["id"]] });
    owner.post("/api/auth/users", &invite).await.good();
    let token = fixture::mailed_token(&cloud, "mia@example.com").await;
    let accept = json!({ "token": token, "password": fixture::PASSWORD, "display_name": "Mia" });
    let mia = cloud.nobody().post("/api/auth/invitations/accept", &accept).await.good();
    let mia = Client { token: Some(mia["access_token"].as_str().unwrap().to_owned()), ..owner.clone() };
    let task = json!({ "site_id": own["id"], "title": "Own task", "keywords": ["own"] });
    let task = mia.post("/api/writer/tasks", &task).await.good();
    let job = mia.job("/api/writer/generate", &json!({ "task_ids": [task["id"]] })).await;

    let operations = document_of(&cloud).await;
    let before = seen(&operations, &owner, &hidden).await;
    let (mut wrong, mut tried) = (Vec::new(), 0);
    for operation in operations.iter().filter(|operation| !operation.public) {
        let named = |place: &operation::Place| OF_SITES.contains(&place.kind.as_str());
        for target in 0..operation.places.len() {
            if !named(&operation.places[target]) {
                continue;
            }
            // Her own site is where a filter by something of the other one is tried.
            let call = operation.call(|n, place| {
                let usual = place.usual || n == target;
                let own_site = n != target && place.kind == "SiteId";
                usual.then(|| vec![if own_site { fixture::id_of(&own) } else { id(&hidden, &place.kind) }])
            });
            tried += 1;
            let mut answer = operation.send(&mia, &call).await;
            // An optional id may exclude other fields of the example.
            if let Some(bare) = operation.bare(&call, &operation.places[target]).filter(|_| answer.status == 422) {
                answer = operation.send(&mia, &bare).await;
            }
            let refused = if operation.bulk && answer.status == 200 {
                answer.json()["items"].as_array().unwrap().iter().all(|item| item["error"]["status"] == 404)
            } else {
                let above = matches!(operation.role.as_deref(), Some("admin" | "owner"));
                answer.status == if above { 403 } else { 404 }
            };
            if !refused {
                wrong.push(format!("{} {}: {} {}", operation.method, call.path, answer.status, answer.text()));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "of {tried} requests");
    assert!(tried > 60, "{tried}");
    // What belongs to no site, as the trial of a prompt, is for everybody.
    let jobs = mia.all("/api/system/jobs").await;
    let of_sites: Vec<_> = jobs.iter().filter(|job| !job["site_id"].is_null()).map(|job| &job["id"]).collect();
    assert_eq!(of_sites, [&job["id"]], "{jobs:#?}");
    assert_eq!(seen(&operations, &owner, &hidden).await.len(), before.len());
    let site = format!("/api/auth/sites/{}", fixture::id_of(&own));
    owner.delete(&site).await.good();
    assert!(mia.all("/api/system/jobs").await.iter().all(|job| job["site_id"].is_null()));
    assert_eq!(mia.get(&format!("/api/system/jobs/{}", fixture::id_of(&job))).await.status, 404);
    cloud.check(&[&owner]).await;
}
