//! HTTP: events of API Gateway HTTP APIs and of Function URLs (payload 2.0), through the conversion of `lambda_http`.
//!
//! Format: <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>

use std::{convert::Infallible, sync::Arc};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, HeaderName, HeaderValue, Request, uri::PathAndQuery},
    response::Response,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use igny8_api::{ClientIp, Failure, RequestId};
use igny8_core::{Error, ErrorKind};
use lambda_http::{
    Adapter, Context, LambdaEvent, aws_lambda_events::apigw::ApiGatewayV2httpRequest, request::LambdaRequest,
};
use serde_json::Value;
use tower::{Service, ServiceExt, service_fn};

use crate::{Invocation, Invoke, metrics, read_event};

/// The longest path and query: API Gateway takes 10,240 bytes for the request line and all headers together.
const LONGEST_ADDRESS: usize = 10_240;

pub(crate) fn invoke(router: Router) -> Invoke {
    Arc::new(move |event, invocation| {
        let router = router.clone();
        Box::pin(async move { answer(router, request_of(event)?, invocation).await })
    })
}

/// Reads the event. Headers that `http` would refuse are dropped: one of them would make the whole event unreadable.
fn request_of(mut event: Value) -> Result<ApiGatewayV2httpRequest, String> {
    if let Some(headers) = event.get_mut("headers").and_then(Value::as_object_mut) {
        headers.retain(|name, value| {
            HeaderName::from_bytes(name.as_bytes()).is_ok()
                && value.as_str().is_some_and(|value| HeaderValue::from_str(value).is_ok())
        });
    }
    match read_event(event, "an event of an HTTP API")? {
        LambdaRequest::ApiGatewayV2(request) => Ok(request),
        _ => Err("this is not an event of an HTTP API (payload 2.0)".to_owned()),
    }
}

/// What is taken out of an event before `lambda_http` converts it: it would panic at some of it, and a release build
/// does not survive a panic.
#[derive(Default)]
struct Taken {
    headers: HeaderMap,
    body: Body,
    id: Option<String>,
    ip: Option<String>,
}

fn take(event: &mut ApiGatewayV2httpRequest) -> Result<Taken, Error> {
    let refuse = |detail: &str| Err(Error::new(ErrorKind::Unreadable, detail));
    // With the host of the event, lambda_http would build an absolute address from what the client says.
    let headers = std::mem::take(&mut event.headers);
    let context = &mut event.request_context;
    context.domain_name = None;
    let (id, ip) = (context.request_id.clone(), context.http.source_ip.clone());
    let raw_path = std::mem::take(&mut event.raw_path).unwrap_or_default();
    let mut path = raw_path.as_str();
    let query = std::mem::take(&mut event.raw_query_string).unwrap_or_default();
    // The name of a stage is in front of the path, unless a domain of our own is used. Our routes do not have it.
    if let Some(stage) = context.stage.take().filter(|stage| stage != "$default")
        && let Some(rest) = path.strip_prefix('/').and_then(|path| path.strip_prefix(stage.as_str()))
        && rest.starts_with('/')
    {
        path = rest;
    }
    if !path.starts_with('/') || path.len() + query.len() > LONGEST_ADDRESS {
        return refuse("The address cannot be read.");
    }
    if PathAndQuery::try_from(format!("/?{query}")).is_err() {
        return refuse("The query cannot be read; percent-encode it.");
    }
    event.raw_path = Some(path.to_owned());
    event.raw_query_string = Some(query);
    let text = event.body.take().unwrap_or_default();
    let body = if std::mem::take(&mut event.is_base64_encoded) {
        match STANDARD.decode(text) {
            Ok(bytes) => Body::from(bytes),
            Err(_) => return refuse("The body cannot be read."),
        }
    } else {
        Body::from(text)
    };
    Ok(Taken { headers, body, id, ip })
}

async fn answer(router: Router, mut event: ApiGatewayV2httpRequest, invocation: Invocation) -> Result<Value, String> {
    let mut context = Context::default();
    context.request_id.clone_from(&invocation.request_id);
    context.deadline = u64::try_from(invocation.deadline.millis()).unwrap_or_default();
    // The adapter takes a service that could be called more than once; what was taken can be given only once.
    let mut taken = Some(take(&mut event));
    let service = service_fn(move |request: lambda_http::Request| {
        let (router, taken) = (router.clone(), taken.take().unwrap_or_else(|| Ok(Taken::default())));
        let id = invocation.request_id.clone();
        async move {
            Ok::<_, Infallible>(match taken {
                Ok(taken) => route(router, request, taken, id).await,
                Err(error) => Failure::from(error).respond(&id),
            })
        }
    });
    // The adapter is not Sync, so it must not live across the await.
    let answered = Adapter::from(service).call(LambdaEvent::new(LambdaRequest::ApiGatewayV2(event), context));
    let response = match answered.await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    serde_json::to_value(response).map_err(|error| error.to_string())
}

async fn route(router: Router, request: lambda_http::Request, taken: Taken, id: String) -> Response {
    let (mut parts, _) = request.into_parts();
    // What lambda_http has put there: the cookies, which the event keeps apart, and the trace.
    let made = std::mem::replace(&mut parts.headers, taken.headers);
    for (name, value) in &made {
        parts.headers.insert(name, value.clone());
    }
    parts.extensions.insert(RequestId(taken.id.unwrap_or(id)));
    if let Some(ip) = taken.ip {
        parts.extensions.insert(ClientIp(ip));
    }
    let response = match router.oneshot(Request::from_parts(parts, taken.body)).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    // Lambda counts an answer of 5xx as a success.
    if response.status().is_server_error() {
        metrics::count(metrics::ERRORS, 1);
    }
    response
}
