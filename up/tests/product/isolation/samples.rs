//! The samples of events/ are requests that their functions take.

use serde_json::{Value, json};

use super::{
    credits,
    fixture::{PASSWORD, drop_proposals, fixture, id},
    operation::{Call, Operation, Part, document_of},
};
use crate::common::Cloud;

/// Whether a path is one of this template, as `/a/{id}`.
fn is_path_of(template: &str, path: &str) -> bool {
    let parts = |path: &str| path.split('/').map(str::to_owned).collect::<Vec<_>>();
    let (template, path) = (parts(template), parts(path));
    template.len() == path.len() && template.iter().zip(&path).all(|(t, p)| t == p || t.starts_with('{'))
}

/// The operation that a sample calls; a path in words before one with an id.
fn called<'a>(operations: &'a [Operation], method: &str, path: &str) -> Option<&'a Operation> {
    let fits = |operation: &&Operation| operation.method == method && is_path_of(&operation.path, path);
    operations.iter().filter(fits).min_by_key(|operation| operation.path.matches('{').count())
}

fn sample(name: &str) -> Value {
    let file = format!("{}/../events/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn the_samples_of_a_mail_are_one_row_and_its_event() {
    let change = &sample("system-stream")["Records"][0]["dynamodb"];
    let texts = |row: &Value| {
        let texts = row.as_object().unwrap().iter();
        texts
            .filter_map(|(name, value)| Some((name.clone(), value.get("S")?.clone())))
            .collect::<serde_json::Map<_, _>>()
    };
    let row = texts(&change["NewImage"]);
    let mail: igny8_platform::Mail = serde_json::from_value(Value::Object(row.clone())).unwrap();
    let key = igny8_platform::Mail::key_of(mail.id);
    assert_eq!(Value::Object(texts(&change["Keys"])), json!({ "PK": key.pk, "SK": key.sk }));
    let event = sample("system-mail");
    assert_eq!((&event["detail-type"], &event["detail"]["id"]), (&row["event"], &row["id"]));
    assert_eq!((&event["detail"]["pk"], &event["detail"]["kind"]), (&row["PK"], &row["_k"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_http_sample_is_a_request_that_is_served() {
    let cloud = Cloud::start_with(&credits()).await;
    let ana = cloud.owner("ana").await;
    let fixture = fixture(&ana, "ana").await;
    let operations = document_of(&cloud).await;
    let (mut wrong, mut tried) = (Vec::new(), 0);
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../events")).unwrap();
    let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    // The writer's before the publisher's: what is public cannot be approved.
    files.sort_by(|a, b| b.cmp(a));
    for file in files {
        let event: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        let Some(method) = event["requestContext"]["http"]["method"].as_str() else { continue };
        let (path, query) = (event["rawPath"].as_str().unwrap(), event["rawQueryString"].as_str().unwrap());
        let Some(operation) = called(&operations, method, path) else {
            wrong.push(format!("{}: {method} {path} is no operation", file.display()));
            continue;
        };
        // The ids of a sample are of nobody: those of the fixture stand in, where the document says an id is.
        let body = event["body"].as_str().filter(|body| !body.is_empty());
        let mut body: Option<Value> = body.map(|body| serde_json::from_str(body).unwrap());
        let mut query: Vec<(String, String)> = query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect();
        let mut path = operation.usual(&fixture).path.split('?').next().unwrap().to_owned();
        for place in &operation.places {
            let id = id(&fixture, &place.kind);
            match place.part {
                Part::Path => {}
                Part::Query => {
                    for (_, value) in query.iter_mut().filter(|(name, _)| *name == place.name) {
                        value.clone_from(&id);
                    }
                }
                Part::Body => {
                    if let Some(field) = body.as_mut().and_then(|body| body.get_mut(&place.name)) {
                        *field = if place.array { json!([id]) } else { json!(id) };
                    }
                }
            }
        }
        if path.ends_with("/login") {
            // Who signs in has an account.
            let someone = body.as_mut().unwrap();
            someone["password"] = json!(PASSWORD);
            let account = json!({ "tenant_name": "Ada", "email": someone["email"], "password": PASSWORD });
            cloud.nobody().post("/api/auth/register", &account).await.good();
        }
        if path.ends_with("/regenerate") || path.ends_with("/reparse") {
            drop_proposals(&ana).await;
        }
        if !query.is_empty() {
            let pairs: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
            path = format!("{path}?{}", pairs.join("&"));
        }
        let call = Call { path, body: body.map(|body| body.to_string().into()) };
        let answer = operation.send(&ana, &call).await;
        tried += 1;
        if !answer.status.is_success() {
            wrong.push(format!("{}: {method} {}: {} {}", file.display(), call.path, answer.status, answer.text()));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(tried >= 17, "{tried}");
    assert_eq!(cloud.up.cloud().denied(), vec![], "calls that a policy does not allow");
}
