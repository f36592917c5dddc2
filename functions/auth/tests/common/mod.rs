//! All routes of the module on an empty table, and people who call them.
#![allow(dead_code, reason = "every test file takes what it needs")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what cannot be set up must fail")]

use std::time::Duration;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt;
use igny8_accounts::{KeyPair, generate_key};
use igny8_core::{Credits, Env};
use igny8_fn_auth::{api_keys, session, sites, users, workspaces};
use igny8_lambda::App;
use igny8_platform::Mail;
use igny8_testing::TestTable;
use serde_json::{Value, json};
use tower::ServiceExt;

pub const PASSWORD: &str = "correct horse battery";

pub struct World {
    pub test: TestTable,
    pub keys: KeyPair,
    router: Router,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The body, if the status is the expected one.
    #[track_caller]
    pub fn ok(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// The status and the code of a problem.
    #[track_caller]
    pub fn problem(&self) -> (u16, &str) {
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.body);
        (self.status.as_u16(), self.body["code"].as_str().unwrap())
    }
}

/// Who calls.
#[derive(Clone, Copy)]
pub enum By<'a> {
    Nobody,
    Token(&'a str),
    Key(&'a str),
}

impl World {
    pub async fn new() -> Self {
        let keys = generate_key(&Env::system()).unwrap();
        let settings =
            [("APP_URL", "https://app.igny8.test/"), ("JWT_PUBLIC_KEYS", keys.jwks.as_str()), ("BUCKET_NAME", "none")];
        let test = TestTable::start_with(&settings).await;
        let app = app(&test);
        let accounts = igny8_app::accounts(&app);
        let routes = session::routes(accounts.clone(), session::Keys::with_secret(&app, &keys.secret), Credits(25))
            .merge(users::routes(accounts.clone()))
            .merge(sites::routes(accounts.clone()))
            .merge(workspaces::routes(accounts.clone()))
            .merge(api_keys::routes(accounts));
        let router = igny8_app::router(&app, "auth", routes).unwrap();
        Self { test, keys, router }
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Answer { status: head.status, headers: head.headers, body }
    }

    pub async fn call(&self, by: By<'_>, method: &str, path: &str, body: Value) -> Answer {
        self.send(request(by, method, path, &body)).await
    }

    pub async fn get(&self, by: By<'_>, path: &str) -> Answer {
        self.call(by, "GET", path, Value::Null).await
    }

    pub async fn post(&self, by: By<'_>, path: &str, body: Value) -> Answer {
        self.call(by, "POST", path, body).await
    }

    /// A new tenant; the answer to its owner.
    pub async fn register(&self, email: &str) -> Value {
        let input =
            json!({ "tenant_name": "Acme Garage", "email": email, "password": PASSWORD, "display_name": "Ana" });
        self.post(By::Nobody, "/api/auth/register", input).await.ok(201)
    }

    /// The token in the link of the last mail.
    pub async fn mailed_token(&self) -> String {
        self.test.clock.advance(Duration::from_millis(1));
        let mut mails = mails(&self.test).await;
        mails.sort_by_key(|mail| mail.id);
        let text = &mails.last().expect("there is a mail").text;
        assert!(text.contains("https://app.igny8.test/"), "{text}");
        let (_, rest) = text.split_once("#token=").expect("with a link");
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

/// A function's application on a table.
pub fn app(test: &TestTable) -> App {
    App {
        config: test.cloud.config().clone(),
        cloud: test.cloud.clone(),
        table: test.table.clone(),
        env: test.env.clone(),
    }
}

/// A request with a JSON body, or without one for null.
pub fn request(by: By<'_>, method: &str, path: &str, body: &Value) -> Request<Body> {
    let request = Request::builder().method(method).uri(path);
    let request = match by {
        By::Nobody => request,
        By::Token(token) => request.header("authorization", format!("Bearer {token}")),
        By::Key(key) => request.header("x-api-key", key),
    };
    if body.is_null() {
        return request.body(Body::empty()).unwrap();
    }
    request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap()
}

pub fn text<'a>(body: &'a Value, field: &str) -> &'a str {
    body[field].as_str().unwrap_or_else(|| panic!("no text {field} in {body}"))
}

/// Everything that is stored, for tests alone: the service itself never reads a table from end to end.
#[allow(clippy::disallowed_types, clippy::disallowed_methods)]
pub async fn stored(test: &TestTable) -> String {
    let client = aws_sdk_dynamodb::Client::new(test.cloud.sdk_config());
    let page = client.scan().table_name(test.cloud.config().need("TABLE_NAME").unwrap()).send().await.unwrap();
    format!("{:?}", page.items())
}

#[allow(clippy::disallowed_types, clippy::disallowed_methods)]
async fn mails(test: &TestTable) -> Vec<Mail> {
    let client = aws_sdk_dynamodb::Client::new(test.cloud.sdk_config());
    let page = client.scan().table_name(test.cloud.config().need("TABLE_NAME").unwrap()).send().await.unwrap();
    let items = page.items.unwrap_or_default().into_iter();
    let mails = items.filter(|item| igny8_table::text_of(item, "_k") == Some("MAIL"));
    mails.map(|item| igny8_table::from_item(item).unwrap()).collect()
}
