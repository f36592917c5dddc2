//! A fresh cloud for a test, clients by who they are, and the checks that every test ends with.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "a test that cannot be set up must fail"
)]

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, StatusCode, body::Bytes, header::HeaderMap};
use hyper_util::{
    client::legacy::{Client as Hyper, connect::HttpConnector},
    rt::TokioExecutor,
};
use igny8_local::Faults;
use igny8_up::{Settings, Up};
use serde_json::{Value, json};

/// A cloud of one test, on free ports, in a folder of its own.
pub struct Cloud {
    pub up: Up,
    pub settings: Settings,
    http: Hyper<HttpConnector, Full<Bytes>>,
    folder: tempfile::TempDir,
}

impl Cloud {
    /// A cloud whose new tenants have 25 credits.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A cloud with settings, as `IGNY8_TRIAL_CREDITS`.
    pub async fn start_with(vars: &[(&str, &str)]) -> Self {
        let _ = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_test_writer().try_init();
        let folder = tempfile::tempdir().unwrap();
        Self::open(folder, vars, Arc::new(Faults::none())).await
    }

    /// A cloud on the state that a folder holds.
    pub async fn open(folder: tempfile::TempDir, vars: &[(&str, &str)], faults: Arc<Faults>) -> Self {
        let mut settings: BTreeMap<String, String> =
            vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        settings.insert("IGNY8_ADDR".to_owned(), "127.0.0.1:0".to_owned());
        settings.insert("IGNY8_DATA_DIR".to_owned(), folder.path().display().to_string());
        let settings = Settings::from_vars(&settings).unwrap();
        let up = Up::start_with(&settings, faults, false).await.unwrap();
        let http = Hyper::builder(TokioExecutor::new()).build_http();
        Self { up, settings, http, folder }
    }

    /// Ends the process's part without mercy and keeps the folder.
    pub async fn stop(self) -> tempfile::TempDir {
        self.up.stop().await;
        self.folder
    }

    /// Someone without a token.
    pub fn nobody(&self) -> Client<'_> {
        Client { cloud: self, token: None, key: None, tenant: String::new(), user: String::new() }
    }

    /// The owner of a new tenant.
    pub async fn owner(&self, name: &str) -> Client<'_> {
        let body = json!({
            "tenant_name": name, "email": format!("{name}@example.com"), "password": "correct horse battery",
        });
        let answer = self.nobody().post("/api/auth/register", &body).await.good();
        Client {
            cloud: self,
            token: Some(answer["access_token"].as_str().unwrap().to_owned()),
            key: None,
            tenant: answer["tenant"]["id"].as_str().unwrap().to_owned(),
            user: answer["user"]["id"].as_str().unwrap().to_owned(),
        }
    }

    /// A page of a public site.
    pub async fn page(&self, host: &str, path: &str) -> Answer {
        let authority = self.up.url().trim_start_matches("http://");
        let port = authority.rsplit(':').next().unwrap();
        let request = Request::get(format!("{}{path}", self.up.url()))
            .header("host", format!("{host}:{port}"))
            .body(Full::default())
            .unwrap();
        self.send(request).await
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        let what = format!("{} {}", request.method(), request.uri());
        let response = self.http.request(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { what, status: parts.status, headers: parts.headers, bytes }
    }

    /// The checks that every test ends with: nothing was done that a policy does not allow, and each ledger adds up.
    pub async fn check(&self, clients: &[&Client<'_>]) {
        assert_eq!(self.up.cloud().denied(), vec![], "calls that a policy does not allow");
        for client in clients {
            client.check_ledger().await;
        }
    }
}

/// Someone who calls the API.
#[derive(Clone)]
pub struct Client<'a> {
    pub cloud: &'a Cloud,
    pub token: Option<String>,
    pub key: Option<String>,
    pub tenant: String,
    pub user: String,
}

/// What came back.
pub struct Answer {
    pub what: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Answer {
    /// The JSON of a 2xx answer; anything else fails the test with what came back.
    #[track_caller]
    pub fn good(self) -> Value {
        assert!(self.status.is_success(), "{}: {} {}", self.what, self.status, self.text());
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    /// The problem of an answer with this status.
    #[track_caller]
    pub fn bad(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.what, self.text());
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.what);
        self.json()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}: not JSON: {}", self.what, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl Client<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(body.to_string().into()), &[]).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PATCH, path, Some(body.to_string().into()), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None, &[]).await
    }

    /// Any request; a body without a content type is JSON.
    pub async fn call(&self, method: Method, path: &str, body: Option<Bytes>, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.cloud.up.url()));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = &self.key {
            request = request.header("x-api-key", key);
        }
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.cloud.send(request.body(Full::new(body.unwrap_or_default())).unwrap()).await
    }

    /// A new site; its id and its host label.
    pub async fn site(&self, name: &str) -> (String, String) {
        let body = json!({ "name": name, "site_type": "blog", "hosting_type": "igny8" });
        let site = self.post("/api/auth/sites", &body).await.good();
        (site["id"].as_str().unwrap().to_owned(), site["host"].as_str().unwrap().to_owned())
    }

    /// Starts a job and waits for its end.
    pub async fn job(&self, path: &str, body: &Value) -> Value {
        let started = self.post(path, body).await;
        assert_eq!(started.status, StatusCode::ACCEPTED, "{path}: {}", started.text());
        self.wait(started.json()["job"]["id"].as_str().unwrap()).await
    }

    /// Waits for the end of a job.
    pub async fn wait(&self, id: &str) -> Value {
        let mut last = Value::Null;
        for _ in 0..2400 {
            last = self.get(&format!("/api/system/jobs/{id}")).await.good();
            if ["succeeded", "partial", "failed", "cancelled"].contains(&last["status"].as_str().unwrap()) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the job does not end: {last:#}");
    }

    /// All rows of a list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{joint}limit=200{cursor}")).await.good();
            rows.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }

    /// balance = sum of all transactions, available = balance − reserved ≥ 0, numbers without a gap.
    pub async fn check_ledger(&self) {
        let balance = self.get("/api/billing/balance").await.good();
        let entries = self.all("/api/billing/transactions").await;
        let sum: i64 = entries.iter().map(|entry| entry["amount"].as_i64().unwrap()).sum();
        let number = |field: &str| balance[field].as_i64().unwrap();
        assert_eq!(number("balance"), sum, "{balance:#}");
        assert_eq!(number("available"), number("balance") - number("reserved"));
        assert!(number("available") >= 0 && number("reserved") >= 0);
        let mut numbers: Vec<_> = entries.iter().map(|entry| entry["number"].as_u64().unwrap()).collect();
        numbers.reverse();
        assert_eq!(numbers, (1..=entries.len() as u64).collect::<Vec<_>>());
    }
}
