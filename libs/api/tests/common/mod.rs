//! A tiny API with every extractor, and a client that speaks to it without a network.
#![allow(dead_code, reason = "each test file uses its part")]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
    response::Response,
};
use http_body_util::BodyExt;
use igny8_api::{
    AcceptedJob, Access, Api, Authenticator, Bulk, BulkRequest, Caller, ClientIp, Created, Estimate, Failure, Identity,
    IfMatch, JobAnswers, List, ListParams, Path, Query, Raw, Reply, SearchParams, StartedJob, Visitor, accepted,
    access::Rule, created, no_content, versioned,
};
use igny8_core::{
    Actor, Credits, Ctx, Error, ErrorKind, JobId, KeywordId, Result, Role, SessionId, SiteId, TenantId, UserId,
};
use igny8_platform::{remember_answer, remember_job};
use igny8_table::Effects;
use igny8_testing::{START, TestTable};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

pub const RULES: &[Rule] = &[
    Rule { method: "GET", path: "/api/toy/open", access: Access::Public },
    Rule { method: "POST", path: "/api/toy/open", access: Access::Public },
    Rule { method: "GET", path: "/api/toy/things", access: Access::Role(Role::Viewer) },
    Rule { method: "POST", path: "/api/toy/things", access: Access::Role(Role::Editor) },
    Rule { method: "POST", path: "/api/toy/things/bulk", access: Access::Role(Role::Editor) },
    Rule { method: "POST", path: "/api/toy/things/upload", access: Access::Role(Role::Editor) },
    Rule { method: "GET", path: "/api/toy/things/{id}", access: Access::Role(Role::Viewer) },
    Rule { method: "PATCH", path: "/api/toy/things/{id}", access: Access::Role(Role::Admin) },
    Rule { method: "DELETE", path: "/api/toy/things/{id}", access: Access::Role(Role::Owner) },
    Rule { method: "POST", path: "/api/toy/work", access: Access::Role(Role::Editor) },
    Rule { method: "GET", path: "/api/toy/trouble/{kind}", access: Access::Role(Role::Viewer) },
    Rule { method: "POST", path: "/api/toy/trouble/{kind}", access: Access::Role(Role::Viewer) },
];

/// Things that the toy has made, and the table in which it remembers.
#[derive(Clone)]
pub struct Toy {
    pub made: Arc<AtomicUsize>,
    pub table: igny8_table::Table,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThingCreate {
    pub name: String,
    pub site_id: Option<SiteId>,
    #[serde(default)]
    pub volume: u32,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Thing {
    pub name: String,
    pub number: usize,
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ThingFilter {
    /// Only of this site.
    pub site_id: Option<SiteId>,
    /// At least this volume.
    pub volume_min: Option<u32>,
}

#[utoipa::path(get, path = "/api/toy/open", responses((status = 200, body = Value)))]
async fn open(visitor: Visitor) -> axum::Json<Value> {
    axum::Json(serde_json::json!({"request_id": visitor.request_id, "ip": visitor.ip}))
}

#[utoipa::path(post, path = "/api/toy/open", request_body = ThingCreate, responses((status = 201, body = Thing)))]
async fn open_create(toy: axum::extract::State<Toy>, _: Visitor, body: igny8_api::Body<ThingCreate>) -> Created<Thing> {
    Created(Thing { name: body.0.name, number: toy.made.fetch_add(1, Ordering::SeqCst) })
}

#[utoipa::path(get, path = "/api/toy/things", params(ListParams, SearchParams, ThingFilter), responses((status = 200, body = Value)))]
async fn list(Caller(ctx): Caller, list: List<ThingFilter>) -> Reply<axum::Json<Value>> {
    let descending = list.order(&[("name", false), ("-name", true)])?;
    Ok(axum::Json(serde_json::json!({
        "tenant": ctx.tenant, "limit": list.limit.get(), "q": list.q, "cursor": list.cursor, "count": list.count,
        "descending": descending, "site_id": list.filter.site_id, "volume_min": list.filter.volume_min,
    })))
}

#[utoipa::path(post, path = "/api/toy/things", request_body = ThingCreate, responses((status = 201, body = Thing)))]
async fn create(
    toy: axum::extract::State<Toy>,
    Caller(_): Caller,
    Estimate(estimate): Estimate,
    igny8_api::Body(body): igny8_api::Body<ThingCreate>,
) -> Reply {
    if estimate {
        return Ok(axum::response::IntoResponse::into_response(axum::Json(serde_json::json!({"credits": 0}))));
    }
    match body.name.as_str() {
        "refuse" => return Err(Error::invalid("name", "is taken").into()),
        "huge" => {
            toy.made.fetch_add(1, Ordering::SeqCst);
            return Ok(created("x".repeat(400 * 1024)));
        }
        "fail" => return Err(Error::unavailable("the cause").into()),
        _ => {}
    }
    Ok(created(Thing { name: body.name, number: toy.made.fetch_add(1, Ordering::SeqCst) }))
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ThingAction {
    Archive,
}

#[utoipa::path(post, path = "/api/toy/things/bulk", request_body = BulkRequest<ThingAction, KeywordId>,
    responses((status = 200, body = Bulk<KeywordId>)))]
async fn bulk(body: igny8_api::Body<BulkRequest<ThingAction, KeywordId>>) -> Bulk<KeywordId> {
    Bulk::new(body.0.ids.into_iter().map(|id| (id, Err(Error::not_found("thing")))))
}

#[utoipa::path(post, path = "/api/toy/things/upload", request_body(content = String, content_type = "text/csv"),
    responses((status = 200, body = Value)))]
async fn upload(raw: Raw) -> axum::Json<Value> {
    axum::Json(serde_json::json!({"media_type": raw.media_type, "bytes": raw.bytes.len()}))
}

#[utoipa::path(get, path = "/api/toy/things/{id}", params(("id" = KeywordId, Path)), responses((status = 200, body = Value)))]
async fn read(Path(id): Path<KeywordId>) -> Response {
    versioned(3, serde_json::json!({"id": id}))
}

#[utoipa::path(patch, path = "/api/toy/things/{id}", params(("id" = KeywordId, Path), ("If-Match" = Option<String>, Header)),
    request_body = ThingCreate, responses((status = 200, body = Value)))]
async fn change(Path(id): Path<KeywordId>, version: IfMatch, _: igny8_api::Body<ThingCreate>) -> Reply {
    version.check(3)?;
    Ok(versioned(4, serde_json::json!({"id": id})))
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Removal {
    /// With all that hangs on it.
    pub deep: Option<bool>,
}

#[utoipa::path(delete, path = "/api/toy/things/{id}", params(("id" = KeywordId, Path), Removal), responses((status = 204)))]
async fn remove(Path(_): Path<KeywordId>, Query(_): Query<Removal>) -> Response {
    no_content()
}

#[utoipa::path(post, path = "/api/toy/work", responses((status = 202, body = AcceptedJob)))]
async fn work(toy: axum::extract::State<Toy>, Caller(ctx): Caller, identity: Identity) -> Reply {
    assert_eq!(ctx.tenant, identity.tenant);
    toy.made.fetch_add(1, Ordering::SeqCst);
    let (millis, random) = ctx.seed();
    let job = JobId::new(millis, random);
    let mut effects = Effects::new();
    remember_job(&ctx, &mut effects, job)?;
    toy.table.transact("toy.work", effects).await?;
    Ok(accepted(job, job_body(job, "preparing")))
}

fn job_body(id: JobId, status: &str) -> AcceptedJob {
    AcceptedJob { job: StartedJob { id, function: "toy".to_owned(), status: status.to_owned(), total: 1 } }
}

#[utoipa::path(get, path = "/api/toy/trouble/{kind}", params(("kind" = String, Path)), responses((status = 200)))]
#[allow(clippy::panic, reason = "that is the trouble")]
async fn trouble(Path(kind): Path<String>) -> Reply<()> {
    match kind.as_str() {
        "panic" => panic!("the secret of the panic"),
        "internal" => Err(Error::internal("the secret of the table").into()),
        "limited" => Err(Error::new(
            ErrorKind::RateLimited { retry_after: Duration::from_millis(1500) },
            "Too many requests. Wait a moment.",
        )
        .into()),
        "credits" => {
            let kind = ErrorKind::InsufficientCredits { required: Credits(30), available: Credits(25) };
            Err(Error::new(kind, "The work needs 30 credits; 25 are available.").into())
        }
        "wait" => Err(Failure::from(Error::conflict("Not now.")).retry_after(Duration::from_secs(7))),
        _ => Ok(()),
    }
}

/// Does the deed, remembers it, and then fails: what is done must show in the next answer.
#[utoipa::path(post, path = "/api/toy/trouble/{kind}", params(("kind" = String, Path)), responses((status = 201)))]
async fn trouble_after_the_deed(toy: axum::extract::State<Toy>, Caller(ctx): Caller, _: Path<String>) -> Reply {
    let number = toy.made.fetch_add(1, Ordering::SeqCst);
    let mut effects = Effects::new();
    remember_answer(&ctx, &mut effects, 201, &Thing { name: "done".to_owned(), number })?;
    toy.table.transact("toy.deed", effects).await?;
    Err(Error::unavailable("the answer got lost").into())
}

#[utoipa::path(get, path = "/api/toy/forgotten", responses((status = 200)))]
async fn forgotten() -> &'static str {
    "nobody said who may read this"
}

pub fn toy_routes(toy: Toy) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(open, open_create))
        .routes(routes!(list, create))
        .routes(routes!(bulk))
        .routes(routes!(upload))
        .routes(routes!(read, change, remove))
        .routes(routes!(work))
        .routes(routes!(trouble, trouble_after_the_deed))
        .routes(routes!(forgotten))
        .with_state(toy)
}

/// Tokens are the name of a role and the number of a tenant: `editor:1`.
struct Tokens;

fn identity(token: &str) -> Result<Identity> {
    let wrong = || Error::unauthenticated("The token is not valid.");
    let (role, tenant) = token.split_once(':').ok_or_else(wrong)?;
    let tenant: u128 = tenant.parse().map_err(|_| wrong())?;
    let role = match role {
        "viewer" => Role::Viewer,
        "editor" => Role::Editor,
        "admin" => Role::Admin,
        "owner" => Role::Owner,
        _ => return Err(wrong()),
    };
    let now = START.millis();
    Ok(Identity {
        tenant: TenantId::new(now, tenant),
        actor: Actor::User(UserId::new(now, 1)),
        role,
        session: Some(SessionId::new(now, 1)),
    })
}

#[async_trait]
impl Authenticator for Tokens {
    async fn bearer(&self, token: &str) -> Result<Identity> {
        identity(token)
    }

    async fn api_key(&self, key: &str) -> Result<Identity> {
        identity(key.strip_prefix("key-").ok_or_else(|| Error::unauthenticated("The key is not valid."))?)
    }
}

struct Jobs;

#[async_trait]
impl JobAnswers for Jobs {
    async fn answer(&self, _: &Ctx, job: JobId) -> Result<Response> {
        Ok(accepted(job, job_body(job, "running")))
    }
}

pub struct TestApi {
    pub router: Router,
    pub toy: Toy,
    pub tokens: Arc<dyn Authenticator>,
    pub clock: Arc<igny8_core::FixedClock>,
    pub env: igny8_core::Env,
    pub ctx: Ctx,
}

impl TestApi {
    pub async fn start() -> Self {
        let test = TestTable::start().await;
        let (table, env, clock, ctx) =
            (test.table.clone(), test.env.clone(), test.clock.clone(), test.ctx(Role::Editor));
        let toy = Toy { made: Arc::default(), table: table.clone() };
        let tokens: Arc<dyn Authenticator> = Arc::new(Tokens);
        let api = Api::new("toy", env.clone(), table, tokens.clone()).jobs(Arc::new(Jobs)).rules(RULES);
        let router = api.serve(toy_routes(toy.clone()));
        Self { router, toy, tokens, clock, env, ctx }
    }

    pub fn made(&self) -> usize {
        self.toy.made.load(Ordering::SeqCst)
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = tower::ServiceExt::oneshot(self.router.clone(), request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    pub async fn get(&self, token: &str, path: &str) -> Answer {
        self.send(request(Method::GET, token, path).body(Body::empty()).unwrap()).await
    }

    pub async fn post(&self, token: &str, path: &str, body: impl Into<Body>) -> Answer {
        let request = request(Method::POST, token, path).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(body.into()).unwrap()).await
    }

    pub async fn post_once(&self, token: &str, key: &str, path: &str, body: &str) -> Answer {
        let request = request(Method::POST, token, path).header("Idempotency-Key", key);
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }
}

/// A request; without a token when that is empty.
pub fn request(method: Method, token: &str, path: &str) -> axum::http::request::Builder {
    let request = Request::builder().method(method).uri(path).extension(ClientIp("192.0.2.1".to_owned()));
    if token.is_empty() { request } else { request.header(header::AUTHORIZATION, format!("Bearer {token}")) }
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Must be a problem of this status; gives its code, its detail and its fields.
    pub fn problem(&self, status: u16) -> (String, String, Vec<String>) {
        assert_eq!(self.status.as_u16(), status, "{self:?}");
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["request_id"], self.header("x-request-id"));
        let text = |name: &str| problem[name].as_str().unwrap().to_owned();
        let fields = problem["errors"].as_array().cloned().unwrap_or_default();
        let fields = fields
            .iter()
            .map(|error| format!("{}: {}", error["field"].as_str().unwrap(), error["message"].as_str().unwrap()));
        (text("code"), text("detail"), fields.collect())
    }
}
