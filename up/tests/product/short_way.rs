//! The short way through on any AWS: real handlers, events and SDK calls; only API Gateway and Lambda's polling of
//! the queues are played by these few lines. It runs on the local cloud's emulators, and unchanged on another AWS at
//! `IGNY8_TEST_ENDPOINT` (`cargo xtask test --aws moto`).
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "a test makes what a deployment would make")]

use std::collections::BTreeMap;

use igny8_accounts::generate_key;
use igny8_cloud::{Cloud, Config};
use igny8_core::{Env, Timestamp};
use igny8_lambda::{App, Invocation, Invoke, metrics};
use igny8_local::{LocalCloud, Options, TemplateSource};
use igny8_testing::create_table;
use serde_json::{Value, json};

const QUEUES: [&str; 6] =
    ["planner-import", "planner-cluster", "planner-ideas", "planner-merge", "writer-generate", "publisher-deploy"];

struct Aws {
    functions: BTreeMap<&'static str, Invoke>,
    queues: BTreeMap<&'static str, String>,
    sqs: aws_sdk_sqs::Client,
    token: String,
    // Dropping them stops the emulators and removes their state.
    _local: Option<LocalCloud>,
    _folder: tempfile::TempDir,
}

impl Aws {
    async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (endpoint, local) = match std::env::var("IGNY8_TEST_ENDPOINT") {
            Ok(endpoint) if !endpoint.is_empty() => (endpoint, None),
            _ => {
                let template = TemplateSource::read(igny8_up::TEMPLATE).unwrap();
                let local = LocalCloud::open(Options::new(folder.path(), template)).await.unwrap();
                (local.endpoint().to_owned(), Some(local))
            }
        };
        let keys = generate_key(&Env::system()).unwrap();
        let admin = local.as_ref().map(LocalCloud::admin_key);
        let unique = format!("{:016x}", Env::system().random() as u64);
        let mut vars: BTreeMap<String, String> = [
            ("AWS_REGION", "us-east-1"),
            ("AWS_ENDPOINT_URL", endpoint.as_str()),
            ("AWS_ACCESS_KEY_ID", admin.as_ref().map_or("test", |key| &key.id)),
            ("AWS_SECRET_ACCESS_KEY", admin.as_ref().map_or("test", |key| &key.secret)),
            ("TABLE_NAME", &format!("short-{unique}")),
            ("BUCKET_NAME", &format!("short-{unique}")),
            ("EVENT_BUS_NAME", "default"),
            ("JWT_PUBLIC_KEYS", &keys.jwks),
            ("SIGNING_KEY_SECRET_ARN", &format!("signing-{unique}")),
            ("SITES_DOMAIN", "localhost:1"),
            ("APP_URL", "http://localhost:1"),
            ("LIVE_URL", "ws://localhost:1"),
            ("IGNY8_AI", "offline"),
        ]
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();

        let cloud = Cloud::new(Config::from_vars(vars.clone()).unwrap());
        let sqs = aws_sdk_sqs::Client::new(cloud.sdk_config());
        let mut queues = BTreeMap::new();
        for name in QUEUES {
            let made = sqs.create_queue().queue_name(format!("{name}-{unique}")).send().await.unwrap();
            let url = made.queue_url().unwrap().to_owned();
            vars.insert(format!("{}_QUEUE_URL", name.to_uppercase().replace('-', "_")), url.clone());
            queues.insert(name, url);
        }
        create_table(&cloud, &vars["TABLE_NAME"]).await;
        let s3 = aws_sdk_s3::config::Builder::from(cloud.sdk_config()).force_path_style(true).build();
        let s3 = aws_sdk_s3::Client::from_conf(s3);
        s3.create_bucket().bucket(&vars["BUCKET_NAME"]).send().await.unwrap();
        let secrets = aws_sdk_secretsmanager::Client::new(cloud.sdk_config());
        let name = &vars["SIGNING_KEY_SECRET_ARN"];
        secrets.create_secret().name(name).secret_string(&keys.secret).send().await.unwrap();

        let app = App::new(Config::from_vars(vars).unwrap(), Env::system());
        let functions = igny8_up::functions()
            .into_iter()
            .map(|function| (function.name, function.start(&app, metrics::nowhere).unwrap()))
            .collect();
        Self { functions, queues, sqs, token: String::new(), _local: local, _folder: folder }
    }

    async fn invoke(&self, function: &'static str, event: Value) -> Value {
        let invocation = Invocation {
            request_id: "short".to_owned(),
            function_name: function.to_owned(),
            deadline: Timestamp::from_millis(i64::MAX / 2),
        };
        self.functions[function](event, invocation).await.unwrap()
    }

    /// What API Gateway does: an event out of a request, a response out of an answer.
    async fn http(&self, function: &'static str, method: &str, path: &str, body: Option<&Value>) -> (u64, Value) {
        let (raw_path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut headers = json!({ "host": "localhost", "content-type": "application/json" });
        if !self.token.is_empty() {
            headers["authorization"] = json!(format!("Bearer {}", self.token));
        }
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": raw_path, "rawQueryString": query,
            "headers": headers, "isBase64Encoded": false, "body": body.map(ToString::to_string),
            "requestContext": {
                "accountId": "1", "apiId": "a", "domainName": "localhost", "domainPrefix": "l", "requestId": "r",
                "routeKey": "$default", "stage": "$default", "time": "01/Jan/2026:00:00:00 +0000", "timeEpoch": 1,
                "http": { "method": method, "path": raw_path, "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "t" }
            }
        });
        let answer = self.invoke(function, event).await;
        let text = answer["body"].as_str().unwrap_or("null");
        (answer["statusCode"].as_u64().unwrap(), serde_json::from_str(text).unwrap_or(Value::Null))
    }

    async fn good(&self, function: &'static str, method: &str, path: &str, body: Option<&Value>) -> Value {
        let (status, answer) = self.http(function, method, path, body).await;
        assert!((200..300).contains(&status), "{method} {path}: {status} {answer:#}");
        answer
    }

    /// What Lambda's polling does until the job has ended.
    async fn work(&self, queue: &'static str, worker: &'static str, started: &Value) -> Value {
        let path = format!("/api/system/jobs/{}", started["job"]["id"].as_str().unwrap());
        for _ in 0..100 {
            let received = self.sqs.receive_message().queue_url(&self.queues[queue]).wait_time_seconds(1).send().await;
            for message in received.unwrap().messages.unwrap_or_default() {
                let event = json!({ "Records": [{
                    "messageId": message.message_id, "receiptHandle": message.receipt_handle, "body": message.body,
                    "attributes": {}, "messageAttributes": {}, "md5OfBody": "", "eventSource": "aws:sqs",
                    "eventSourceARN": "arn:aws:sqs:us-east-1:1:q", "awsRegion": "us-east-1"
                }]});
                let answer = self.invoke(worker, event).await;
                assert_eq!(answer["batchItemFailures"], json!([]), "{answer:#}");
                let handle = message.receipt_handle.unwrap();
                let delete = self.sqs.delete_message().queue_url(&self.queues[queue]).receipt_handle(handle);
                delete.send().await.unwrap();
            }
            let job = self.good("system-jobs", "GET", &path, None).await;
            if !["preparing", "queued", "running"].contains(&job["status"].as_str().unwrap()) {
                assert_eq!(job["status"], "succeeded", "{job:#}");
                return job;
            }
        }
        panic!("the job does not end");
    }
}

fn ids(list: &Value) -> Vec<Value> {
    list["items"].as_array().unwrap().iter().map(|row| row["id"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn short_way() {
    let mut aws = Aws::start().await;
    let body = json!({ "tenant_name": "Ana", "email": "ana@example.com", "password": "correct horse battery" });
    let signed_in = aws.good("auth-session", "POST", "/api/auth/register", Some(&body)).await;
    aws.token = signed_in["access_token"].as_str().unwrap().to_owned();
    let body = json!({ "name": "Taller", "site_type": "blog", "hosting_type": "igny8" });
    let site = aws.good("auth-sites", "POST", "/api/auth/sites", Some(&body)).await["id"].clone();
    let keywords: Vec<_> = ["brake pads", "best brake pads", "oil change", "oil change cost"]
        .map(|keyword| json!({ "keyword": keyword, "volume": 100 }))
        .to_vec();
    let body = json!({ "site_id": site, "keywords": keywords });
    let added = aws.good("planner-keywords", "POST", "/api/planner/keywords", Some(&body)).await;
    assert_eq!(added["created"], 4, "{added:#}");

    let body = json!({ "site_id": site, "all_new": true });
    let started = aws.good("planner-cluster", "POST", "/api/planner/cluster", Some(&body)).await;
    aws.work("planner-cluster", "planner-cluster-worker", &started).await;
    let query = format!("site_id={}", site.as_str().unwrap());
    let clusters = aws.good("planner-clusters", "GET", &format!("/api/planner/clusters?{query}"), None).await;
    let body = json!({ "cluster_ids": [ids(&clusters)[0]], "per_cluster": 1 });
    let started = aws.good("planner-ideas", "POST", "/api/planner/ideas/generate", Some(&body)).await;
    aws.work("planner-ideas", "planner-ideas-worker", &started).await;
    let ideas = aws.good("planner-ideas", "GET", &format!("/api/planner/ideas?{query}"), None).await;
    let body = json!({ "idea_ids": ids(&ideas) });
    let tasks = aws.good("planner-ideas", "POST", "/api/planner/ideas/queue", Some(&body)).await;
    let body = json!({ "task_ids": tasks["task_ids"] });
    let started = aws.good("writer-generate", "POST", "/api/writer/generate", Some(&body)).await;
    aws.work("writer-generate", "writer-generate-worker", &started).await;
    let contents = aws.good("writer-content", "GET", &format!("/api/writer/content?{query}"), None).await;
    let body = json!({ "content_ids": ids(&contents), "destinations": ["igny8"] });
    let started = aws.good("publisher", "POST", "/api/publish", Some(&body)).await;
    let job = aws.work("publisher-deploy", "publisher-deploy-worker", &started).await;
    assert_eq!(job["items"][0]["result"]["published"], 1, "{job:#}");

    // 25 of the trial, less 1 for the clusters, 1 for the idea and 3 for the article.
    let balance = aws.good("billing", "GET", "/api/billing/balance", None).await;
    assert_eq!((&balance["balance"], &balance["reserved"]), (&json!(20), &json!(0)), "{balance:#}");
}
