//! One of everything that a tenant can have, and what an example needs besides.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
};

use hyper::body::Bytes;
use serde_json::{Value, json};

use super::operation::Operation;
use crate::common::{Client, Cloud};

/// Ids by their type: `KeywordId` → one.
pub type Fixture = BTreeMap<String, String>;

pub const PASSWORD: &str = "correct horse battery";

#[track_caller]
pub fn id(fixture: &Fixture, kind: &str) -> String {
    fixture.get(kind).unwrap_or_else(|| panic!("the fixture has no {kind}: add one")).clone()
}

/// The token of the link that was mailed to someone.
pub async fn mailed_token(cloud: &Cloud, email: &str) -> String {
    for _ in 0..200 {
        let outbox = cloud.nobody().get("/local/outbox").await.text();
        let mail = outbox.split("<article>").find(|mail| mail.contains(&format!("to {email} ")));
        if let Some(token) = mail.and_then(|mail| mail.split("token=").nth(1)) {
            return token.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no mail came to {email}");
}

pub fn id_of(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id: {value:#}")).to_owned()
}

/// One of everything; `word` is in every name and text of it.
pub async fn fixture(client: &Client<'_>, word: &str) -> Fixture {
    let mut fixture = Fixture::new();
    let mut put = |kind: &str, id: String| fixture.insert(kind.to_owned(), id);
    let (site, _) = client.site(&format!("{word} garage")).await;
    put("TenantId", client.tenant.clone());
    put("SiteId", site.clone());
    let created = |path: String, body: Value| async move { client.post(&path, &body).await.good() };
    let named = json!({ "name": format!("{word} brakes") });
    put("SectorId", id_of(&created(format!("/api/auth/sites/{site}/sectors"), named.clone()).await));
    put("WorkspaceId", id_of(&created("/api/auth/workspaces".into(), named.clone()).await));
    let key = json!({ "name": word, "role": "viewer" });
    put("ApiKeyId", id_of(&created("/api/auth/api-keys".into(), key).await));
    let invite = |who: &str| json!({ "email": format!("{word}-{who}@example.com"), "role": "viewer" });
    put("InvitationId", id_of(&created("/api/auth/users".into(), invite("guest")).await));
    created("/api/auth/users".into(), invite("mate")).await;
    let token = mailed_token(client.cloud, &format!("{word}-mate@example.com")).await;
    let accept = json!({ "token": token, "password": PASSWORD, "display_name": format!("{word} mate") });
    let mate = client.cloud.nobody().post("/api/auth/invitations/accept", &accept).await.good();
    put("UserId", id_of(&mate["user"]));

    let keywords = json!({ "site_id": site, "keywords": [{ "keyword": format!("{word} pads"), "volume": 10 }] });
    created("/api/planner/keywords".into(), keywords).await;
    put("KeywordId", id_of(&client.all(&format!("/api/planner/keywords?site_id={site}")).await[0]));
    let cluster = json!({ "site_id": site, "name": format!("{word} cluster") });
    put("ClusterId", id_of(&created("/api/planner/clusters".into(), cluster).await));
    let idea = json!({
        "site_id": site, "title": format!("{word} idea"),
        "outline": [{ "heading": format!("{word} signs"), "points": ["Noise"] }],
    });
    put("IdeaId", id_of(&created("/api/planner/ideas".into(), idea).await));
    let mut tasks = Vec::new();
    for n in 0..3 {
        let task = json!({ "site_id": site, "title": format!("{word} task {n}"), "keywords": [word] });
        tasks.push(id_of(&created("/api/writer/tasks".into(), task).await));
    }
    put("TaskId", tasks.pop().unwrap());
    let job = client.job("/api/writer/generate", &json!({ "task_ids": tasks })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    put("JobId", id_of(&job));
    let contents = client.all(&format!("/api/writer/content?site_id={site}")).await;
    put("ContentId", id_of(&contents[0]));
    let planned = client.job("/api/writer/images/prompts", &json!({ "content_ids": [id_of(&contents[0])] })).await;
    assert_eq!(planned["status"], "succeeded", "{planned:#}");
    let image = id_of(&client.all(&format!("/api/writer/images?site_id={site}&role=featured")).await[0]);
    let made = client.job("/api/writer/images/generate", &json!({ "image_ids": [image] })).await;
    assert_eq!(made["status"], "succeeded", "{made:#}");
    put("ImageId", image);
    rewrite(client, &id_of(&contents[0]), word).await;
    let publish = json!({ "content_ids": [id_of(&contents[1])], "destinations": ["igny8"] });
    assert_eq!(client.job("/api/publish", &publish).await["status"], "succeeded");
    let source = json!({ "site_id": site, "title": format!("{word} source"), "text": format!("{word} has 3 parts.") });
    put("SourceId", id_of(&created("/api/writer/sources".into(), source).await));
    let deployments = client.all(&format!("/api/publish/deployments?site_id={site}")).await;
    put("DeploymentId", id_of(&deployments[0]));
    put("RecordId", id_of(&client.all(&format!("/api/publish/records?site_id={site}")).await[0]));
    client.job(&format!("/api/publish/sites/{site}/deploy"), &json!({})).await;
    let profile = json!({ "name": format!("{word} author") });
    put("AuthorProfileId", id_of(&created("/api/thinker/author-profiles".into(), profile).await));
    let strategy = json!({ "name": format!("{word} strategy"), "entity_type": "page" });
    put("StrategyId", id_of(&created("/api/thinker/strategies".into(), strategy).await));
    let test = client.job("/api/thinker/test", &json!({ "function": "auto_cluster" })).await;
    assert_eq!(test["status"], "succeeded", "{test:#}");
    put("TrialId", id_of(&test));
    let prompt = client.get("/api/thinker/prompts/auto_cluster").await.good();
    let text = format!("You work for {word}.\n{}", prompt["text"].as_str().unwrap());
    let saved = json!({ "text": text, "note": word }).to_string();
    client.call(hyper::Method::PUT, "/api/thinker/prompts/auto_cluster", Some(saved.into()), &[]).await.good();
    let import = created("/api/planner/keywords/import-url".into(), json!({ "site_id": site })).await;
    upload(client.cloud, import["url"].as_str().unwrap(), format!("Keyword\n{word} upload\n").into()).await;
    put("ImportId", import["import_id"].as_str().unwrap().to_owned());
    fixture
}

/// What can lie at a content: an old address `1`, variations, and a proposal with one conflict.
async fn rewrite(client: &Client<'_>, content: &str, word: &str) {
    let path = format!("/api/writer/content/{content}");
    for slug in ["1".to_owned(), format!("{word}-page")] {
        client.patch(&path, &json!({ "slug": slug })).await.good();
    }
    let titles = json!({ "content_id": content, "kind": "titles" });
    assert_eq!(client.job("/api/writer/variations", &titles).await["status"], "succeeded");
    let mut blocks = client.get(&path).await.good()["blocks"].clone();
    let paragraph = blocks.as_array_mut().unwrap().iter_mut().find(|block| block["type"] == "paragraph").unwrap();
    paragraph["text"] = json!(format!("{} And {word}.", paragraph["text"].as_str().unwrap()));
    client.patch(&path, &json!({ "blocks": blocks })).await.good();
    let job = client.job("/api/writer/regenerate", &json!({ "content_id": content })).await;
    assert_eq!(job["items"][0]["result"]["conflicts"], 1, "{job:#}");
}

pub async fn upload(cloud: &Cloud, url: &str, file: Bytes) {
    let answer = cloud.send(hyper::Request::put(url).body(http_body_util::Full::new(file)).unwrap()).await;
    assert!(answer.status.is_success(), "{}: {} {}", answer.what, answer.status, answer.text());
}

/// Puts in what only a mail or an earlier answer has: tokens, and an email that is not taken.
pub async fn complete(cloud: &Cloud, owner: &Client<'_>, operation: &Operation, n: usize) -> Option<Value> {
    let mut example = operation.example.clone()?;
    let email = format!("someone-{n}@example.com");
    if example.get("tenant_name").is_some() {
        example["email"] = json!(email);
    }
    if example.get("refresh_token").is_some() || example.get("token").is_some() {
        let someone = json!({ "tenant_name": "Someone", "email": email, "password": PASSWORD });
        let invited = operation.path.contains("invitation");
        if invited {
            owner.post("/api/auth/users", &json!({ "email": email, "role": "viewer" })).await.good();
            example["token"] = json!(mailed_token(cloud, &email).await);
        } else {
            let signed_in = cloud.nobody().post("/api/auth/register", &someone).await.good();
            if example.get("refresh_token").is_some() {
                example["refresh_token"] = signed_in["refresh_token"].clone();
            } else {
                cloud.nobody().post("/api/auth/password-reset", &json!({ "email": email })).await.good();
                example["token"] = json!(mailed_token(cloud, &email).await);
            }
        }
    }
    if operation.path.ends_with("/split") {
        join(owner).await;
    }
    if operation.path.ends_with("/regenerate") || operation.path.ends_with("/reparse") {
        drop_proposals(owner).await;
    }
    Some(example)
}

/// Puts the fixture's keyword into its cluster, so that this one can be split: both are the oldest of their site.
async fn join(owner: &Client<'_>) {
    for site in owner.all("/api/auth/sites").await {
        let site = id_of(&site);
        let keywords = owner.all(&format!("/api/planner/keywords?site_id={site}")).await;
        let clusters = owner.all(&format!("/api/planner/clusters?site_id={site}")).await;
        if let (Some(keyword), Some(cluster)) = (keywords.last(), clusters.last()) {
            let path = format!("/api/planner/keywords/{}", id_of(keyword));
            owner.patch(&path, &json!({ "cluster_id": id_of(cluster) })).await.good();
        }
    }
}

/// A provider that takes no key; its address.
pub fn locked_provider() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut request = BufReader::new(stream.try_clone().unwrap());
                let (mut line, mut length) = (String::new(), 0);
                while request.read_line(&mut line).unwrap_or(0) > 2 {
                    let lower = line.to_lowercase();
                    length = lower.strip_prefix("content-length:").map_or(length, |n| n.trim().parse().unwrap());
                    line.clear();
                }
                let _ = request.read_exact(&mut vec![0; length]);
                let error = r#"{"error":{"message":"Incorrect API key","code":"invalid_api_key"}}"#;
                let head = "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\nconnection: close";
                let _ = write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{error}", error.len());
            });
        }
    });
    format!("http://{address}/v1")
}

/// Whether an operation that no usual row allows works on one that was made for it: an idea with a rival, one that was
/// merged, a merge of clusters.
pub async fn works_when_prepared(client: &Client<'_>, site: &str, operation: &Operation) -> bool {
    let made = |path: &'static str, body: Value| async move { id_of(&client.post(path, &body).await.good()) };
    let mut operation = operation.clone();
    let (kind, id) = if operation.path.ends_with("/undo") {
        let cluster = |name: &str| made("/api/planner/clusters", json!({ "site_id": site, "name": name }));
        let (stays, goes) = (cluster("Tyres").await, cluster("Wheels").await);
        let path = format!("/api/planner/clusters/{stays}/merge");
        ("JobId", id_of(&client.job(&path, &json!({ "cluster_ids": [goes] })).await))
    } else if operation.path.ends_with("/merge") || operation.path.ends_with("/unmerge") {
        let idea = |title: &str| made("/api/planner/ideas", json!({ "site_id": site, "title": title }));
        let rival = idea("When to change brake pads").await;
        let idea = idea("When to change your brake pads").await;
        let merge = json!({ "rival_id": rival });
        if operation.path.ends_with("/unmerge") {
            client.post(&format!("/api/planner/ideas/{idea}/merge"), &merge).await.good();
        } else {
            operation.example = Some(merge);
        }
        ("IdeaId", idea)
    } else {
        return false;
    };
    let fixture = Fixture::from([(kind.to_owned(), id)]);
    operation.send(client, &operation.usual(&fixture)).await.status.is_success()
}

/// Whether an operation on a job that has ended well refuses works on one that still runs, or on one that has failed.
pub async fn works_on_another_job(operation: &Operation) -> bool {
    let url = locked_provider();
    let vars = [("IGNY8_AI", "openai"), ("OPENAI_BASE_URL", &url), ("OPENAI_API_KEY", "none")];
    let cloud = Cloud::start_with(&vars).await;
    let eva = cloud.owner("eva").await;
    let (site, _) = eva.site("Garage").await;
    let task = json!({ "site_id": site, "title": "Brakes", "keywords": ["brakes"] });
    let task = id_of(&eva.post("/api/writer/tasks", &task).await.good());
    for ended in [false, true] {
        let started = eva.post("/api/writer/generate", &json!({ "task_ids": [task] })).await.good();
        let job = id_of(&started["job"]);
        if ended {
            assert_eq!(eva.wait(&job).await["status"], "failed");
        }
        let fixture = Fixture::from([("JobId".to_owned(), job.clone())]);
        let works = operation.send(&eva, &operation.usual(&fixture)).await.status.is_success();
        eva.wait(&job).await;
        cloud.check(&[&eva]).await;
        if works {
            return true;
        }
    }
    false
}

/// Drops the proposals that wait: nothing is written anew over them.
pub async fn drop_proposals(owner: &Client<'_>) {
    for site in owner.all("/api/auth/sites").await {
        for content in owner.all(&format!("/api/writer/content?site_id={}", id_of(&site))).await {
            let path = format!("/api/writer/content/{}/proposal", id_of(&content));
            let waits = owner.get(&path).await.good()["proposal"].clone();
            if !waits.is_null() {
                owner.delete(&format!("{path}/{}", waits["number"])).await.good();
            }
        }
    }
}
