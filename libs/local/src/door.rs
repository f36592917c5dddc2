//! The front door: one loopback port for all services, which knows the caller by the access key and lets through what
//! its policies allow. Faults of the table strike here, between caller and engine.

use std::{collections::BTreeMap, net::SocketAddr, sync::Arc};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use s3s::service::S3Service;
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use tokio::sync::OnceCell;

use crate::{
    emulators::{
        ApiError, Body, BoxError, answer,
        bus::Buses,
        connections::{self, Connections},
        full, json_answer,
        queues::{self, Queues},
        replica::Replica,
        secrets::Secrets,
        table::{self, TableEngine},
    },
    faults::{Faults, TableFault},
    iam::{Callers, Denied, Need, matches},
    place::{Place, last_part},
    template::{Bucket, CorsRule, Table},
};

/// The largest request of the JSON protocols: DynamoDB takes 16 MB.
const BODY_LIMIT: usize = 17 * 1024 * 1024;

/// Everything behind the door.
pub(crate) struct Door {
    pub place: Place,
    pub callers: Arc<Callers>,
    pub faults: Arc<Faults>,
    pub table: Arc<TableEngine>,
    pub tables: Vec<Table>,
    pub replica: OnceCell<Replica>,
    pub queues: Arc<Queues>,
    pub secrets: Arc<Secrets>,
    pub buses: Arc<Buses>,
    pub connections: Arc<Connections>,
    pub objects: S3Service,
    pub buckets: Vec<Bucket>,
}

/// Whose request it is, and for which service.
struct Credential {
    key: String,
    service: String,
}

impl Door {
    /// Answers one request; `None` when its answer is to be lost.
    pub async fn answer(&self, request: Request<Incoming>, _peer: SocketAddr) -> Option<Response<Body>> {
        if request.method() == Method::OPTIONS {
            return Some(self.preflight(&request));
        }
        let Some(credential) = credential(&request) else {
            return Some(
                ApiError { status: 403, ..ApiError::bad("MissingAuthenticationToken", "The request is not signed.") }
                    .response(),
            );
        };
        if credential.service == "s3" {
            return Some(self.object(request).await);
        }
        let Some(caller) = self.callers.caller(&credential.key) else {
            let words = "The security token included in the request is invalid.";
            return Some(ApiError::bad("com.amazon.coral.service#UnrecognizedClientException", words).response());
        };
        if credential.service == "execute-api" {
            return Some(self.connection(caller, request).await);
        }
        let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
        let (service, operation) = target.rsplit_once('.').map_or(("", ""), |(service, name)| (service, name));
        let (service, operation) = (service.to_owned(), operation.to_owned());
        let body = match Limited::new(request.into_body(), BODY_LIMIT).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) => {
                tracing::debug!(%error, "a request broke off or is too large");
                return Some(
                    ApiError { status: 413, ..ApiError::bad("RequestEntityTooLarge", "too large") }.response(),
                );
            }
        };
        let Ok(json) = serde_json::from_slice::<Value>(&body) else {
            return Some(
                ApiError::bad("com.amazon.coral.service#SerializationException", "The body is no JSON.").response(),
            );
        };
        let needs = match service.as_str() {
            "DynamoDB_20120810" | "DynamoDBStreams_20120810" => self.table_needs(&operation, &json),
            "AmazonSQS" => queues::needs(&operation, &json, &self.place),
            "secretsmanager" => self.secrets.needs(&operation, &json),
            "AWSEvents" => self.buses.needs(&operation, &json),
            _ => {
                let words = format!("{} of {} is not played here", target_of(&operation), credential.service);
                return Some(ApiError::bad("com.amazon.coral.service#UnknownOperationException", words).response());
            }
        };
        if let Err(denied) = self.callers.check(caller, &needs) {
            let words = self.refusal(caller, &denied);
            return Some(ApiError::bad("com.amazon.coral.service#AccessDeniedException", words).response());
        }
        match service.as_str() {
            "AmazonSQS" => Some(json_answer(queues::operation(&self.queues, &operation, &json).await)),
            "secretsmanager" => Some(json_answer(self.secrets.operation(&operation, &json))),
            "AWSEvents" => Some(json_answer(self.buses.operation(&operation, &json))),
            _ => self.rows(caller, &operation, &json, body).await,
        }
    }

    fn refusal(&self, caller: &str, denied: &Denied) -> String {
        format!(
            "User: {} is not authorized to perform: {} on resource: {} because no identity-based policy allows the {} action",
            self.place.arn("sts", format_args!("assumed-role/{caller}")),
            denied.action,
            denied.resource,
            denied.action
        )
    }

    /// The management API of the WebSocket APIs.
    async fn connection(&self, caller: &str, request: Request<Incoming>) -> Response<Body> {
        let Some(call) = connections::Call::of(request.method(), request.uri().path()) else {
            return connections::failed(StatusCode::NOT_FOUND, "NotFoundException", "There is no such operation.");
        };
        if let Some(need) = self.connections.need(&call, &self.place)
            && let Err(denied) = self.callers.check(caller, &[need])
        {
            return connections::failed(StatusCode::FORBIDDEN, "ForbiddenException", &self.refusal(caller, &denied));
        }
        match Limited::new(request.into_body(), BODY_LIMIT).collect().await {
            Ok(body) => self.connections.answer(&call, &body.to_bytes()),
            Err(error) => connections::failed(StatusCode::BAD_REQUEST, "BadRequestException", &error.to_string()),
        }
    }

    /// What an operation on the table asks leave for.
    fn table_needs(&self, operation: &str, body: &Value) -> Vec<Need> {
        let arn = |name: &Value| self.place.table_arn(name.as_str().map_or("*", last_part));
        let need = |action: &str, arn: String| Need::new(format!("dynamodb:{action}"), arn);
        match operation {
            "BatchGetItem" | "BatchWriteItem" => {
                let tables = body["RequestItems"].as_object().into_iter().flatten();
                tables.map(|(name, _)| need(operation, self.place.table_arn(last_part(name)))).collect()
            }
            "TransactWriteItems" | "TransactGetItems" => {
                let mut needs: Vec<Need> = Vec::new();
                for item in body["TransactItems"].as_array().into_iter().flatten() {
                    for (kind, action) in item.as_object().into_iter().flatten() {
                        let name =
                            if kind == "ConditionCheck" { "ConditionCheckItem".into() } else { format!("{kind}Item") };
                        let need = need(&name, arn(&action["TableName"]));
                        if !needs.contains(&need) {
                            needs.push(need);
                        }
                    }
                }
                needs
            }
            "ExecuteStatement" | "BatchExecuteStatement" | "ExecuteTransaction" => {
                ["PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete"]
                    .map(|action| need(action, self.place.table_arn("*")))
                    .into()
            }
            "GetRecords" | "GetShardIterator" | "DescribeStream" | "ListStreams" => {
                vec![need(
                    operation,
                    self.place
                        .stream_arn(body["StreamArn"].as_str().and_then(|arn| arn.split('/').nth(1)).unwrap_or("*")),
                )]
            }
            _ => {
                let table = arn(&body["TableName"]);
                let resource = match body["IndexName"].as_str() {
                    Some(index) => format!("{table}/index/{index}"),
                    None => table,
                };
                vec![need(operation, resource)]
            }
        }
    }

    async fn rows(&self, caller: &str, operation: &str, json: &Value, body: Bytes) -> Option<Response<Body>> {
        let items = json["TransactItems"].as_array().map_or(0, Vec::len);
        let fault = self.faults.table(operation, items);
        if let TableFault::Refuse(error) = &fault {
            tracing::debug!(caller, operation, code = error.code, "a fault strikes");
            return Some(error.response());
        }
        let asked = !matches!(json["ReturnConsumedCapacity"].as_str(), None | Some("NONE"));
        let body = if asked || !counts(operation) {
            body
        } else {
            let mut json = json.clone();
            json["ReturnConsumedCapacity"] = "TOTAL".into();
            json.to_string().into()
        };
        let engine = match self.engine(operation, json).await {
            Ok(engine) => engine,
            Err(error) => return Some(broken(&error)),
        };
        let (status, answered) = match engine.forward(operation, body).await {
            Ok(answer) => answer,
            Err(error) => return Some(broken(&error)),
        };
        let (read, write, answered) = measured(operation, asked, answered);
        self.callers.consume(caller, read, write);
        if fault == TableFault::LostAnswer && status.is_success() {
            tracing::debug!(caller, operation, "the answer is lost");
            return None;
        }
        let mut response = answer(status, "application/x-amz-json-1.0", answered);
        if let Ok(id) = HeaderValue::from_str(&crate::uuid(self.faults.env())) {
            response.headers_mut().insert("x-amzn-requestid", id);
        }
        Some(response)
    }

    /// The engine that a request goes to: the late copy for indexes, while they are to lag.
    async fn engine(&self, operation: &str, json: &Value) -> crate::Result<&TableEngine> {
        if operation == "Query" && json["IndexName"].is_string() && self.faults.plan().stale_indexes.is_some() {
            let start = || Replica::start(&self.table, &self.tables, Arc::clone(&self.faults));
            return Ok(self.replica.get_or_try_init(start).await?.engine());
        }
        Ok(&self.table)
    }

    /// Begins the late copy, so that the first Query already sees an old state.
    pub async fn prepare_replica(&self) -> crate::Result<()> {
        let start = || Replica::start(&self.table, &self.tables, Arc::clone(&self.faults));
        self.replica.get_or_try_init(start).await.map(drop)
    }

    async fn object(&self, request: Request<Incoming>) -> Response<Body> {
        let origin = request.headers().get(header::ORIGIN).cloned();
        let rule =
            origin.as_ref().and_then(|origin| self.cors(request.uri().path(), origin, request.method().as_str()));
        let allowed = rule.map(|rule| (rule.exposed.join(", "), origin.unwrap_or(HeaderValue::from_static("*"))));
        let answered = self.objects.call(request.map(s3s::Body::from)).await;
        let mut response = match answered {
            Ok(response) => response.map(|body| body.map_err(|e| -> BoxError { e }).boxed_unsync()),
            Err(error) => {
                tracing::error!(?error, "S3 failed");
                answer(StatusCode::INTERNAL_SERVER_ERROR, "text/plain", "InternalError")
            }
        };
        if let Some((exposed, origin)) = allowed {
            let headers = response.headers_mut();
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
            headers.insert(header::VARY, HeaderValue::from_static("Origin"));
            if let Ok(exposed) = HeaderValue::from_str(&exposed) {
                headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
            }
        }
        response
    }

    /// The bucket's CORS rule for an origin and method.
    fn cors(&self, path: &str, origin: &HeaderValue, method: &str) -> Option<&CorsRule> {
        let bucket = path.trim_start_matches('/').split('/').next()?;
        let origin = origin.to_str().ok()?;
        let rules = &self.buckets.iter().find(|one| one.name == bucket)?.cors;
        rules.iter().find(|rule| {
            rule.methods.iter().any(|one| one == method) && rule.origins.iter().any(|one| matches(one, origin))
        })
    }

    fn preflight(&self, request: &Request<Incoming>) -> Response<Body> {
        let ask =
            |name| request.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
        let (method, headers) =
            (ask(header::ACCESS_CONTROL_REQUEST_METHOD), ask(header::ACCESS_CONTROL_REQUEST_HEADERS));
        let origin = request.headers().get(header::ORIGIN);
        let rule = origin.and_then(|origin| self.cors(request.uri().path(), origin, method)).filter(|rule| {
            let mut names = headers.split(',').map(str::trim).filter(|name| !name.is_empty());
            names.all(|name| {
                rule.headers.iter().any(|one| matches(&one.to_ascii_lowercase(), &name.to_ascii_lowercase()))
            })
        });
        let (Some(origin), Some(_)) = (origin, rule) else {
            return answer(StatusCode::FORBIDDEN, "text/plain", "CORSResponse: This CORS request is not allowed.");
        };
        let mut response = Response::new(full(Bytes::new()));
        let out = response.headers_mut();
        out.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
        for (name, value) in
            [(header::ACCESS_CONTROL_ALLOW_METHODS, method), (header::ACCESS_CONTROL_ALLOW_HEADERS, headers)]
        {
            if let Ok(value) = HeaderValue::from_str(value) {
                out.insert(name, value);
            }
        }
        response
    }
}

fn target_of(operation: &str) -> &str {
    if operation.is_empty() { "This operation" } else { operation }
}

fn broken(error: &crate::LocalError) -> Response<Body> {
    tracing::error!(%error, "the table engine failed");
    ApiError { status: 500, ..ApiError::bad("InternalServerError", error.to_string()) }.response()
}

/// Whether an operation takes `ReturnConsumedCapacity`.
fn counts(operation: &str) -> bool {
    table::is_write(operation)
        || matches!(operation, "GetItem" | "BatchGetItem" | "TransactGetItems" | "Query" | "Scan")
}

/// An answer's members, unread.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
struct Members(BTreeMap<String, Box<RawValue>>);

/// What an answer says was consumed; it is taken out again when nobody asked.
fn measured(operation: &str, asked: bool, answered: Bytes) -> (f64, f64, Bytes) {
    if !counts(operation) {
        return (0.0, 0.0, answered);
    }
    let Ok(Members(mut members)) = serde_json::from_slice(&answered) else { return (0.0, 0.0, answered) };
    let Some(raw) = members.get("ConsumedCapacity") else { return (0.0, 0.0, answered) };
    let capacity: Value = serde_json::from_str(raw.get()).unwrap_or_default();
    let (read, write) = table::consumed(operation, &capacity);
    if asked {
        return (read, write, answered);
    }
    members.remove("ConsumedCapacity");
    (read, write, serde_json::to_vec(&Members(members)).map_or(answered, Bytes::from))
}

/// Key and service of a signed request: from its header, or from its query when it is presigned.
fn credential<T>(request: &Request<T>) -> Option<Credential> {
    let from_header = |headers: &HeaderMap| {
        let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let scope = text.split("Credential=").nth(1)?.split([',', ' ']).next()?;
        Some(scope.to_owned())
    };
    let from_query = || {
        let query = request.uri().query()?;
        crate::gateway::query_pairs(query).find(|(name, _)| name == "X-Amz-Credential").map(|(_, scope)| scope)
    };
    let scope = from_header(request.headers()).or_else(from_query)?;
    let mut parts = scope.split('/');
    let key = parts.next()?.to_owned();
    let service = parts.nth(2)?.to_owned();
    Some(Credential { key, service })
}

/// The door as a handler of the server.
pub(crate) fn handler(door: Arc<Door>) -> crate::server::Handler {
    Arc::new(move |request, peer| {
        let door = Arc::clone(&door);
        Box::pin(async move { door.answer(request, peer).await })
    })
}
