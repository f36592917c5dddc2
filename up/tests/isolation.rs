//! Isolation over every operation of the document that the running cloud hands out: its owner is served, nobody else is.
//!
//! Nothing here lists routes. What an operation names is read from the document: parameters and fields whose type is an
//! id are filled with ids of a fixture, and optional ones count too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot be set up must fail")]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, BufReader, Read, Write},
};

use common::{Answer, Client, Cloud};
use hyper::{Method, body::Bytes};
use igny8_up::document;
use serde_json::{Value, json};

/// Ids by their type: `KeywordId` → one.
type Fixture = BTreeMap<String, String>;

const PASSWORD: &str = "correct horse battery";
const ROLES: [&str; 4] = ["viewer", "editor", "admin", "owner"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Query,
    Body,
}

/// Where an operation takes an id.
struct Place {
    part: Part,
    name: String,
    kind: String,
    array: bool,
    /// Sent even when it is not what is tried: it is required, or the example has it.
    usual: bool,
}

struct Operation {
    method: Method,
    path: String,
    role: Option<String>,
    public: bool,
    estimates: bool,
    bulk: bool,
    media: Option<String>,
    example: Option<Value>,
    /// The fields that the body must have.
    required: Vec<String>,
    places: Vec<Place>,
}

/// A request as it will be sent.
struct Call {
    path: String,
    body: Option<Bytes>,
}

impl Operation {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The request whose ids `pick` says; none leaves an optional one out.
    fn call(&self, pick: impl Fn(usize, &Place) -> Option<Vec<String>>) -> Call {
        let mut path = self.path.clone();
        let mut query: Vec<String> = Vec::new();
        let mut body = self.example.clone();
        for (n, place) in self.places.iter().enumerate() {
            let Some(ids) = pick(n, place) else { continue };
            match place.part {
                Part::Path => path = path.replace(&format!("{{{}}}", place.name), &ids[0]),
                Part::Query => query.push(format!("{}={}", place.name, ids[0])),
                Part::Body if place.array => body.as_mut().unwrap()[&place.name] = json!(ids),
                Part::Body => body.as_mut().unwrap()[&place.name] = json!(ids[0]),
            }
        }
        // What is no id in a path is a number from 1.
        while let Some((start, end)) = path.find('{').zip(path.find('}')) {
            path.replace_range(start..=end, "1");
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let body = body.map(|body| match body {
            Value::String(text) => Bytes::from(text),
            json => Bytes::from(json.to_string()),
        });
        Call { path, body }
    }

    /// The same without the fields of the example that the body can do without, unless they are `target`.
    fn bare(&self, call: &Call, target: &Place) -> Option<Call> {
        let mut body: Value = serde_json::from_slice(call.body.as_deref()?).ok()?;
        body.as_object_mut()?.retain(|name, _| *name == target.name || self.required.contains(name));
        Some(Call { path: call.path.clone(), body: Some(body.to_string().into()) })
    }

    /// The usual request with the ids of one fixture.
    fn usual(&self, fixture: &Fixture) -> Call {
        self.call(|_, place| place.usual.then(|| vec![id(fixture, &place.kind)]))
    }

    async fn send(&self, client: &Client<'_>, call: &Call) -> Answer {
        let media = self.media.as_deref().unwrap_or("application/json");
        let headers = [("content-type", media)];
        let headers = if call.body.is_some() { &headers[..] } else { &[] };
        client.call(self.method.clone(), &call.path, call.body.clone(), headers).await
    }
}

#[track_caller]
fn id(fixture: &Fixture, kind: &str) -> String {
    fixture.get(kind).unwrap_or_else(|| panic!("the fixture has no {kind}: add one")).clone()
}

/// The type of id that a schema is, and whether it is a list of them; `owner` is the name of the schema around it.
fn id_type(schema: &Value, owner: &str) -> Option<(String, bool)> {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return (name.ends_with("Id") && name != "PlanId").then(|| (name.to_owned(), false));
    }
    if schema["format"] == "ulid" {
        return Some((owner.rsplit('_').next()?.to_owned(), false));
    }
    if let Some(items) = schema.get("items") {
        return id_type(items, owner).map(|(kind, _)| (kind, true));
    }
    schema["oneOf"].as_array()?.iter().find_map(|one| id_type(one, owner))
}

fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            if operation.get("responses").is_none() {
                continue;
            }
            let mut places = Vec::new();
            let mut estimates = false;
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                estimates |= name == "estimate";
                let part = match parameter["in"].as_str().unwrap() {
                    "path" => Part::Path,
                    "query" => Part::Query,
                    _ => continue,
                };
                if let Some((kind, array)) = id_type(&parameter["schema"], "") {
                    let usual = parameter["required"] == true;
                    places.push(Place { part, name: name.to_owned(), kind, array, usual });
                }
            }
            let content = operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next());
            let example = content.map(|(_, content)| content["example"].clone());
            assert!(example.as_ref().is_none_or(|example| !example.is_null()), "{method} {path} has no example");
            let schema = content.and_then(|(_, content)| content["schema"]["$ref"].as_str()?.rsplit('/').next());
            let schema = schema.unwrap_or_default();
            let fields = document["components"]["schemas"][schema]["properties"].as_object();
            for (name, field) in fields.into_iter().flatten() {
                if let Some((kind, array)) = id_type(field, schema) {
                    let usual = example.as_ref().unwrap().get(name).is_some();
                    places.push(Place { part: Part::Body, name: name.clone(), kind, array, usual });
                }
            }
            let text = example.as_ref().map(Value::to_string).unwrap_or_default();
            let filled = places.iter().filter(|place| place.part == Part::Body && place.usual).count();
            assert_eq!(text.matches("01JZ0000000000000000000000").count(), filled, "ids in {method} {path}: {text}");
            let role = operation["x-required-role"].as_str().filter(|role| *role != "public");
            let required = document["components"]["schemas"][schema]["required"].as_array();
            let required = required.into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect();
            found.push(Operation {
                required,
                public: operation["security"].as_array().is_some_and(Vec::is_empty),
                role: role.map(str::to_owned),
                estimates,
                bulk: schema.starts_with("BulkRequest"),
                media: content.map(|(media, _)| media.clone()),
                example,
                places,
                path: path.clone(),
                method,
            });
        }
    }
    found
}

/// The token of the link that was mailed to someone.
async fn mailed_token(cloud: &Cloud, email: &str) -> String {
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

fn id_of(value: &Value) -> String {
    value["id"].as_str().unwrap_or_else(|| panic!("no id: {value:#}")).to_owned()
}

/// One of everything; `word` is in every name and text of it.
async fn fixture(client: &Client<'_>, word: &str) -> Fixture {
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
    let publish = json!({ "content_ids": [id_of(&contents[1])], "destinations": ["igny8"] });
    assert_eq!(client.job("/api/publish", &publish).await["status"], "succeeded");
    let deployments = client.all(&format!("/api/publish/deployments?site_id={site}")).await;
    put("DeploymentId", id_of(&deployments[0]));
    put("RecordId", id_of(&client.all(&format!("/api/publish/records?site_id={site}")).await[0]));
    client.job(&format!("/api/publish/sites/{site}/deploy"), &json!({})).await;
    let import = created("/api/planner/keywords/import-url".into(), json!({ "site_id": site })).await;
    upload(client.cloud, import["url"].as_str().unwrap(), format!("Keyword\n{word} upload\n").into()).await;
    put("ImportId", import["import_id"].as_str().unwrap().to_owned());
    fixture
}

async fn upload(cloud: &Cloud, url: &str, file: Bytes) {
    let answer = cloud.send(hyper::Request::put(url).body(http_body_util::Full::new(file)).unwrap()).await;
    assert!(answer.status.is_success(), "{}: {} {}", answer.what, answer.status, answer.text());
}

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

/// Puts in what only a mail or an earlier answer has: tokens, and an email that is not taken.
async fn complete(cloud: &Cloud, owner: &Client<'_>, operation: &Operation, n: usize) -> Option<Value> {
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
    Some(example)
}

/// A provider that takes no key; its address.
fn locked_provider() -> String {
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

/// Whether an operation on a job that has ended well refuses works on one that still runs, or on one that has failed.
async fn works_on_another_job(operation: &Operation) -> bool {
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

async fn document_of(cloud: &Cloud) -> Vec<Operation> {
    let document = cloud.nobody().get("/api/openapi.json").await.good();
    let operations = operations(&document);
    assert!(operations.len() > 50, "{}", operations.len());
    operations
}

fn credits() -> [(&'static str, &'static str); 1] {
    [("IGNY8_TRIAL_CREDITS", "500")]
}

#[test]
fn the_document_and_the_table_of_access_agree() {
    assert_eq!(igny8_api::access::differences(&document()), Vec::<String>::new());
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
        if !(second.status.is_success() || on_jobs && works_on_another_job(operation).await) {
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
            // A filter by what is not there finds nothing.
            let filters = target.is_some_and(|target| target.part == Part::Query && !target.usual);
            let nothing = filters && answer.status == 200 && answer.json()["items"] == json!([]);
            if answer.status.is_server_error() {
                note("bob", &answer, "no 5xx");
            } else if operation.bulk {
                let items = if answer.status == 200 { answer.json()["items"].clone() } else { Value::Null };
                let all = items.as_array().is_some_and(|items| items.iter().all(|i| i["error"]["status"] == 404));
                if !all {
                    note("bob", &answer, "404 per id");
                }
            } else if names && answer.status != 404 && !nothing {
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
