//! The local cloud with a tenant, a site and a page of keywords, and what a function of it is started with.

use std::collections::BTreeMap;

use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, body::Bytes};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use igny8_local::template::EventSource;
use igny8_up::{Settings, Up, document};
use serde_json::{Value, json};

/// A page of a list.
const ROWS: usize = 50;

pub struct World {
    up: Up,
    settings: Settings,
    pub client: Client<HttpConnector, Full<Bytes>>,
    pub site: String,
    /// Values of parameters: those that a read may ask for.
    known: BTreeMap<&'static str, String>,
    token: String,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vars = [("IGNY8_ADDR", "127.0.0.1:0".to_owned()), ("IGNY8_DATA_DIR", folder.path().display().to_string())];
        let settings = Settings::from_vars(&vars.map(|(name, value)| (name.to_owned(), value)).into()).unwrap();
        let up = Up::start(&settings).await.unwrap();
        let client = Client::builder(TokioExecutor::new()).build_http();
        let mut world = Self {
            up,
            settings,
            client,
            site: String::new(),
            known: BTreeMap::new(),
            token: String::new(),
            _folder: folder,
        };
        let person = json!({ "tenant_name": "Bench", "email": "ana@example.com", "password": "correct horse battery" });
        world.token = text(&world.send("/api/auth/register", &person).await["access_token"]);
        let site = json!({ "name": "Bench", "site_type": "blog", "hosting_type": "igny8" });
        world.site = text(&world.send("/api/auth/sites", &site).await["id"]);
        let keyword = |n| json!({ "keyword": format!("brake pads {n}"), "volume": n });
        let keywords = json!({ "site_id": world.site, "keywords": (0..ROWS).map(keyword).collect::<Vec<_>>() });
        world.send("/api/planner/keywords", &keywords).await;
        let import = world.send("/api/planner/keywords/import-url", &json!({ "site_id": world.site })).await;
        world.known = [("site_id", world.site.clone()), ("import_id", text(&import["import_id"]))].into();
        world
    }

    pub async fn stop(self) {
        self.up.stop().await;
    }

    async fn send(&self, path: &str, body: &Value) -> Value {
        let (status, bytes) = self.call(&Method::POST, path, body.to_string().into()).await;
        assert!(status < 300, "{path}: {status} {}", String::from_utf8_lossy(&bytes));
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Sends a request as the owner; its status and its answer.
    pub async fn call(&self, method: &Method, path: &str, body: Bytes) -> (u16, Bytes) {
        let request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.up.url()))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        let response = self.client.request(request.body(Full::new(body)).unwrap()).await.unwrap();
        let status = response.status().as_u16();
        (status, response.into_body().collect().await.unwrap().to_bytes())
    }

    /// The environment of a function's process.
    pub fn environment(&self, function: &str) -> BTreeMap<String, String> {
        self.up.environment(&self.settings, function).unwrap()
    }

    /// The environment of a program that is no function of ours: table and endpoint, with keys that may do everything.
    pub fn environment_of_a_guest(&self) -> BTreeMap<String, String> {
        let mut vars = self.environment("system-status");
        let (key, table) = (self.up.cloud().admin_key(), self.environment("system-sweep").remove("TABLE_NAME"));
        let more =
            [("AWS_ACCESS_KEY_ID", key.id), ("AWS_SECRET_ACCESS_KEY", key.secret), ("TABLE_NAME", table.unwrap())];
        vars.extend(more.map(|(name, value)| (name.to_owned(), value)));
        vars
    }

    /// The first authenticated read of a function whose parameters are known, as a path with its query.
    pub fn read_of(&self, function: &str) -> Option<String> {
        let events = &self.up.cloud().template().function(function)?.events;
        let roots = events.iter().filter_map(|event| match &event.source {
            EventSource::Http { path, .. } if !path.contains('{') => Some(path.as_str()),
            _ => None,
        });
        let roots: Vec<_> = roots.collect();
        let document = serde_json::to_value(document()).unwrap();
        document["paths"].as_object()?.iter().find_map(|(path, operations)| {
            let operation = &operations["get"];
            let own = roots.iter().any(|root| path == root || path.starts_with(&format!("{root}/")));
            let guarded = operation["security"].as_array().is_some_and(|ways| !ways.is_empty());
            (own && guarded).then(|| self.filled(path, operation)).flatten()
        })
    }

    /// A path with the required parameters of its operation; none where one is not known.
    fn filled(&self, path: &str, operation: &Value) -> Option<String> {
        let (mut path, mut query) = (path.to_owned(), Vec::new());
        for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|one| one["required"] == true)
        {
            let name = parameter["name"].as_str()?;
            let value = self.known.get(name)?;
            match parameter["in"].as_str()? {
                "path" => path = path.replace(&format!("{{{name}}}"), value),
                _ => query.push(format!("{name}={value}")),
            }
        }
        Some(if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) })
    }

    /// A GET with the owner's token, as API Gateway hands it to a function (payload format 2.0).
    pub fn event(&self, path_and_query: &str) -> Value {
        let (path, query) = path_and_query.split_once('?').unwrap_or((path_and_query, ""));
        let parameters: BTreeMap<_, _> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        json!({
            "version": "2.0", "routeKey": format!("ANY {path}"), "rawPath": path, "rawQueryString": query,
            "queryStringParameters": parameters,
            "headers": {
                "accept": "application/json", "authorization": format!("Bearer {}", self.token),
                "host": "app.example.com", "user-agent": "bench", "x-forwarded-for": "203.0.113.24",
                "x-forwarded-port": "443", "x-forwarded-proto": "https",
            },
            "requestContext": {
                "accountId": "123456789012", "apiId": "a1b2c3d4e5", "stage": "$default", "requestId": "BkT3pjQ2liAEMVg=",
                "domainName": "app.example.com", "domainPrefix": "app", "routeKey": format!("ANY {path}"),
                "time": "22/Nov/2025:15:21:07 +0000", "timeEpoch": 1_763_824_867_412_u64,
                "http": {
                    "method": "GET", "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.24", "userAgent": "bench",
                },
            },
            "isBase64Encoded": false,
        })
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
