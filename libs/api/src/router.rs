//! What surrounds every route: request id, log line, panics, errors, headers, and the guard.

use std::{
    any::Any,
    collections::BTreeSet,
    panic::AssertUnwindSafe,
    sync::{Arc, OnceLock},
    time::Instant,
};

use axum::{
    Router,
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use igny8_core::{Ctx, Env, Error, TenantId};
use igny8_table::Table;
use tracing::{Instrument, field::Empty};
use utoipa_axum::router::OpenApiRouter;

use crate::{
    Access, Authenticator, Failure, Identity, JobAnswers, RequestId,
    access::{self, Rule},
    idempotency,
    problem::Failed,
};

/// What the routes of one function share.
#[derive(Clone)]
pub struct Api(pub(crate) Arc<Inner>);

#[derive(Clone)]
pub(crate) struct Inner {
    function: String,
    pub(crate) env: Env,
    pub(crate) table: Table,
    authenticator: Arc<dyn Authenticator>,
    pub(crate) jobs: Option<Arc<dyn JobAnswers>>,
    rules: &'static [Rule],
    routes: BTreeSet<(&'static str, String)>,
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Api({})", self.0.function)
    }
}

/// What the layers of one request tell each other.
#[derive(Clone, Default)]
struct Seen(Arc<OnceLock<TenantId>>);

impl Api {
    /// For a function by its name. `table` keeps the answers to repeated requests.
    pub fn new(function: impl Into<String>, env: Env, table: Table, authenticator: Arc<dyn Authenticator>) -> Self {
        Self(Arc::new(Inner {
            function: function.into(),
            env,
            table,
            authenticator,
            jobs: None,
            rules: access::RULES,
            routes: BTreeSet::new(),
        }))
    }

    /// Builds the answer of a started job anew, for repeated requests; needed where a function starts jobs.
    #[must_use]
    pub fn jobs(mut self, jobs: Arc<dyn JobAnswers>) -> Self {
        Arc::make_mut(&mut self.0).jobs = Some(jobs);
        self
    }

    /// Another table of rules than [`access::RULES`]; for tests of routes that are not ours.
    #[must_use]
    pub fn rules(mut self, rules: &'static [Rule]) -> Self {
        Arc::make_mut(&mut self.0).rules = rules;
        self
    }

    /// The routes with everything around them.
    ///
    /// Only documented routes are served, and each is guarded by its rule: one without a rule answers 500.
    pub fn serve(mut self, routes: OpenApiRouter) -> Router {
        let (router, document) = routes.split_for_parts();
        Arc::make_mut(&mut self.0).routes = access::routes_of(&document);
        router
            .fallback(async || Failure::from(Error::new(igny8_core::ErrorKind::NotFound, "There is no such path.")))
            .layer(from_fn_with_state(self.clone(), guard))
            .layer(from_fn_with_state(self, boundary))
    }
}

/// The outermost layer: every answer, good or bad, leaves through here.
///
/// A panic in a handler becomes a problem where panics unwind (tests, the local cloud). Release builds abort: Lambda
/// then ends the process and the gateway answers 502; nothing half-done stays, since each deed is one transaction.
async fn boundary(State(api): State<Api>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let api = api.0;
    let id = match request.extensions().get::<RequestId>() {
        Some(id) => id.0.clone(),
        None => format!("{:032x}", api.env.random()),
    };
    let seen = Seen::default();
    request.extensions_mut().insert(RequestId(id.clone()));
    request.extensions_mut().insert(api.env.clone());
    request.extensions_mut().insert(seen.clone());
    let method = request.method().clone();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let span = tracing::info_span!("request", request_id = id, function = api.function, tenant = Empty);

    let answered = AssertUnwindSafe(next.run(request)).catch_unwind().instrument(span.clone()).await;
    let _entered = span.enter();
    let mut response = answered.unwrap_or_else(|panic| {
        Failure::from(Error::internal(format!("a handler panicked: {}", panic_text(panic.as_ref())))).into_response()
    });
    let mut code = None;
    if let Some(Failed(failure)) = response.extensions_mut().remove::<Failed>() {
        code = Some(failure.code().word());
        response = failure.render(&id);
    }
    headers(response.headers_mut(), &id);
    tracing::info!(
        request_id = id,
        tenant = seen.0.get().map(tracing::field::display),
        function = api.function,
        method = method.as_str(),
        path = path.as_ref().map_or("none", MatchedPath::as_str),
        status = response.status().as_u16(),
        code,
        duration_ms = started.elapsed().as_secs_f64() * 1000.0,
        "request"
    );
    response
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default()
}

/// Answers of an API are data: never to be sniffed, framed, cached or run.
pub(crate) fn headers(headers: &mut HeaderMap, id: &str) {
    let fixed = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
    ];
    for (name, value) in fixed {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // A public route may say otherwise, as the signing keys do.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
}

/// Lets a request through to its route, as its rule says.
async fn guard(State(api): State<Api>, request: Request, next: Next) -> Response {
    match admit(&api, request, next).await {
        Ok(response) => response,
        Err(failure) => failure.into_response(),
    }
}

async fn admit(api: &Api, mut request: Request, next: Next) -> Result<Response, Failure> {
    let Some(path) = request.extensions().get::<MatchedPath>().cloned() else { return Ok(next.run(request).await) };
    let (path, method) = (path.as_str(), access::method_of(request.method()).to_owned());
    let known = || api.0.routes.iter().filter(|(_, served)| served == path).map(|(method, _)| *method);
    if !known().any(|known| known == method) {
        return Err(Failure::method_not_allowed(known().collect::<Vec<_>>().join(", ")));
    }
    match access::find(api.0.rules, &method, path) {
        None => Err(Error::internal(format!("{method} {path} is not in access.rs")).into()),
        Some(Access::Public) => Ok(next.run(request).await),
        Some(Access::Role(least)) => {
            let identity = authenticate(api, request.headers()).await?;
            if let Some(seen) = request.extensions().get::<Seen>() {
                let _ = seen.0.set(identity.tenant);
            }
            tracing::Span::current().record("tenant", tracing::field::display(identity.tenant));
            if identity.role < least {
                let role = identity.role;
                return Err(Error::forbidden(format!("This needs the role {least}; you have the role {role}.")).into());
            }
            let ctx = context(api, &request, identity);
            request.extensions_mut().insert(identity);
            if request.method() == Method::POST {
                return idempotency::run(api, ctx, request, next).await;
            }
            request.extensions_mut().insert(ctx);
            Ok(next.run(request).await)
        }
    }
}

fn context(api: &Api, request: &Request, identity: Identity) -> Ctx {
    Ctx {
        tenant: identity.tenant,
        actor: identity.actor,
        role: identity.role,
        request_id: request.extensions().get::<RequestId>().map(|id| id.0.clone()).unwrap_or_default(),
        idempotency: None,
        env: api.0.env.clone(),
    }
}

async fn authenticate(api: &Api, headers: &HeaderMap) -> Result<Identity, Failure> {
    let none = || Error::unauthenticated("Send Authorization: Bearer with an access token, or X-Api-Key with a key.");
    if let Some(value) = headers.get(header::AUTHORIZATION) {
        let (scheme, token) = value.to_str().ok().and_then(|value| value.split_once(' ')).ok_or_else(none)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(none().into());
        }
        return Ok(api.0.authenticator.bearer(token.trim()).await?);
    }
    let key = headers.get("x-api-key").and_then(|value| value.to_str().ok()).ok_or_else(none)?;
    Ok(api.0.authenticator.api_key(key.trim()).await?)
}
