//! The front of the house: API Gateway's HTTP and WebSocket APIs, Function URLs, public sites and the pages of the local process.
//!
//! It turns requests into events and answers into responses; what a route does, the functions know.

mod answer;
mod event;
mod routes;
mod site;
mod socket;

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::Router;
use bytes::{Bytes, BytesMut};
use http::{Method, Request, Response, StatusCode, header, request::Parts};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use percent_encoding::percent_decode_str;
use tower::ServiceExt as _;

use crate::{
    emulators::{Body, BoxError, objects::ObjectStore},
    invoke::{Functions, InvokeError},
    template::{EventSource, Template},
};
use event::Setting;
use routes::{Parameters, Route, choose};

pub use site::{SiteResolver, SiteRoot};
pub(crate) use socket::Sockets;

/// API Gateway's limit for a request body, in bytes.
const BODY_LIMIT: usize = 10 * 1024 * 1024;
/// How long the rest of a body that is too large is taken in.
const DRAIN: Duration = Duration::from_mins(1);

#[derive(Debug, Clone)]
struct Target {
    function: String,
    timeout: Duration,
    function_url: bool,
}

/// The gateway of a template.
pub struct Gateway {
    account: String,
    functions: Arc<Functions>,
    store: Arc<ObjectStore>,
    sites: Option<Arc<dyn SiteResolver>>,
    local: Option<Router>,
    sockets: Sockets,
    api: Vec<Route<Target>>,
    urls: Vec<Route<Target>>,
}

impl Gateway {
    /// A gateway with the template's routes; `local` answers what no route takes.
    pub(crate) fn new(
        template: &Template,
        account: &str,
        sockets: Sockets,
        store: Arc<ObjectStore>,
        sites: Option<Arc<dyn SiteResolver>>,
        local: Option<Router>,
    ) -> Self {
        let (mut api, mut urls) = (Vec::new(), Vec::new());
        for function in template.functions.values() {
            for event in &function.events {
                if let EventSource::Http { method, path, timeout } = &event.source {
                    let target = Target { function: function.id.clone(), timeout: *timeout, function_url: false };
                    api.push(Route::new(method, path, target));
                }
            }
            for path in function.url.iter().flat_map(|url| &url.paths) {
                // A Function URL waits as long as the function may run.
                let target = Target { function: function.id.clone(), timeout: function.timeout, function_url: true };
                urls.push(Route::new("ANY", path, target));
            }
        }
        let functions = Arc::clone(&sockets.functions);
        Self { account: account.to_owned(), functions, store, sites, local, sockets, api, urls }
    }

    /// Answers one request.
    pub async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Body> {
        let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
        let host = host.or_else(|| request.uri().host()).map(name_of).unwrap_or_default();
        if !is_own(&host)
            && let Some(sites) = &self.sites
        {
            if let Some(root) = sites.resolve(&host).await {
                let path = request.uri().path();
                return site::serve(&self.store, &root, request.method(), path, request.headers());
            }
            if host.ends_with(".localhost") {
                return answer::message(StatusCode::NOT_FOUND, "There is no site of that name");
            }
        }
        if let Some(api) = self.sockets.api_of(&request) {
            return self.sockets.open(api, request, peer).await;
        }
        let (method, path) = (request.method().as_str(), request.uri().path());
        let under_api = path == "/api" || path.starts_with("/api/");
        let url = choose(&self.urls, method, path);
        let route = url.or_else(|| {
            // `$default` takes everything on AWS; here the pages of the local process stand beside the API.
            choose(&self.api, method, path)
                .filter(|(route, _)| under_api || self.local.is_none() || !route.is_default())
        });
        match (route, &self.local) {
            (Some((route, parameters)), _) => self.call(route, parameters, request, peer).await,
            (None, Some(local)) if !under_api => page(local.clone(), request).await,
            _ => answer::message(StatusCode::NOT_FOUND, "Not Found"),
        }
    }

    async fn call(
        &self,
        route: &Route<Target>,
        parameters: Parameters,
        request: Request<Incoming>,
        peer: SocketAddr,
    ) -> Response<Body> {
        let target = &route.target;
        let too_large = || answer::message(StatusCode::PAYLOAD_TOO_LARGE, "Request Entity Too Large");
        let (parts, body) = request.into_parts();
        let body = match read(&parts, body).await {
            Ok(Some(body)) => body,
            Ok(None) => return too_large(),
            Err(error) => {
                tracing::debug!(%error, "a request broke off");
                return answer::message(StatusCode::BAD_REQUEST, "Bad Request");
            }
        };
        let env = self.functions.env();
        let setting = Setting {
            route_key: if target.function_url { "$default" } else { &route.key },
            parameters: if target.function_url { Vec::new() } else { parameters },
            function_url: target.function_url,
            account: &self.account,
            request_id: &crate::uuid(env),
            source_ip: &peer.ip().to_string(),
            now: env.now(),
        };
        let event = event::event(&parts, &body, &setting);
        // The function goes on when the gateway stops waiting.
        let (functions, function) = (Arc::clone(&self.functions), target.function.clone());
        let task = tokio::spawn(async move { functions.invoke(&function, event).await });
        let mut response = match tokio::time::timeout(target.timeout, task).await {
            Err(_) => answer::message(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable"),
            Ok(Ok(Ok(value))) => answer::response(&value),
            Ok(Ok(Err(InvokeError::TooLarge("the event")))) => too_large(),
            Ok(_) if target.function_url => answer::message(StatusCode::BAD_GATEWAY, "Internal Server Error"),
            Ok(_) => answer::internal_error(),
        };
        if let Ok(id) = setting.request_id.parse() {
            response.headers_mut().insert("apigw-requestid", id);
        }
        if parts.method == Method::HEAD {
            *response.body_mut() = crate::emulators::full(Bytes::new());
        }
        response
    }
}

/// A page of the local process.
async fn page(router: Router, request: Request<Incoming>) -> Response<Body> {
    match router.oneshot(request.map(axum::body::Body::new)).await {
        Ok(response) => response.map(|body| body.map_err(|e| Box::new(e) as BoxError).boxed_unsync()),
        Err(never) => match never {},
    }
}

/// The body of a request; none when it is larger than the gateway takes.
///
/// The rest of a body that is too large is read and thrown away: a connection that is closed while bytes are still on
/// their way is reset, and the client sees a broken pipe instead of the answer. A client that asks first
/// (`Expect: 100-continue`) sends nothing and has its answer at once.
async fn read(parts: &Parts, mut body: Incoming) -> Result<Option<Bytes>, BoxError> {
    let declared = parts.headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let too_large = declared.is_some_and(|length: usize| length > BODY_LIMIT);
    if too_large && parts.headers.contains_key(header::EXPECT) {
        return Ok(None);
    }
    if !too_large {
        let mut whole = BytesMut::new();
        loop {
            let Some(frame) = body.frame().await else { return Ok(Some(whole.freeze())) };
            let Ok(data) = frame?.into_data() else { continue };
            if whole.len() + data.len() > BODY_LIMIT {
                break;
            }
            whole.extend_from_slice(&data);
        }
    }
    let rest = async { while let Some(Ok(_)) = body.frame().await {} };
    if tokio::time::timeout(DRAIN, rest).await.is_err() {
        tracing::debug!("a request that is too large does not end");
    }
    Ok(None)
}

/// A host name in lower case, without its port.
fn name_of(host: &str) -> String {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name.trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a host name means the local process itself.
fn is_own(host: &str) -> bool {
    host.is_empty() || host == "localhost" || host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok()
}

/// Names and values of a query string, decoded; `+` is a space.
pub(crate) fn query_pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    let decode = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8_lossy().into_owned()
    };
    query.split('&').filter(|part| !part.is_empty()).map(move |part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decode(name), decode(value))
    })
}
