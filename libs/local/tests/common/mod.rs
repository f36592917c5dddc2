//! A local cloud on the fixture template, and real AWS SDK clients for it.

#![allow(
    dead_code,
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "each test file uses its part; these tests are about the SDK"
)]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use aws_credential_types::Credentials;
use aws_smithy_http_client::Builder;
use igny8_local::{AccessKey, Guests, InvocationContext, Invoke, LocalCloud, Options, Registry, TemplateSource};
use serde_json::{Value, json};

pub const FIXTURE: &str = include_str!("../fixture.yaml");

/// A handler from a plain function.
pub fn handler<F>(run: impl Fn(Value, InvocationContext) -> F + Send + Sync + 'static) -> Invoke
where
    F: Future<Output = Result<Value, String>> + Send + 'static,
{
    Arc::new(move |event, context| Box::pin(run(event, context)))
}

/// What functions were given, in order.
pub type Seen = Arc<Mutex<Vec<(String, Value)>>>;

/// Every function of the fixture, as one that notes its event and echoes it.
pub fn echoes(cloud: &LocalCloud) -> (Registry, Seen) {
    let seen = Seen::default();
    let mut registry = Registry::new();
    for id in cloud.template().functions.keys() {
        let (seen, name) = (Arc::clone(&seen), id.clone());
        let echo = handler(move |event, _| {
            seen.lock().unwrap().push((name.clone(), event.clone()));
            async move { Ok(json!({"statusCode": 200, "body": event.to_string()})) }
        });
        registry.insert(id.clone(), echo);
    }
    (registry, seen)
}

pub async fn open(folder: &std::path::Path) -> LocalCloud {
    let mut options = Options::new(folder, TemplateSource::read(FIXTURE).unwrap());
    options.schedules = false;
    options.haste = 1000;
    LocalCloud::open(options).await.unwrap()
}

pub fn serve(cloud: &LocalCloud, registry: Registry) {
    cloud.serve(Guests { registry, ..Guests::default() }).unwrap();
}

macro_rules! client {
    ($name:ident, $sdk:ident) => {
        pub fn $name(cloud: &LocalCloud, key: AccessKey) -> $sdk::Client {
            let config = $sdk::Config::builder()
                .behavior_version($sdk::config::BehaviorVersion::latest())
                .region($sdk::config::Region::new(cloud.place().region.clone()))
                .endpoint_url(cloud.endpoint())
                .credentials_provider(Credentials::new(key.id, key.secret, None, None, "test"))
                .http_client(Builder::new().build_http())
                .build();
            $sdk::Client::from_conf(config)
        }
    };
}

client!(dynamo, aws_sdk_dynamodb);
client!(s3, aws_sdk_s3);
client!(sqs, aws_sdk_sqs);
client!(secrets, aws_sdk_secretsmanager);

/// One HTTP/1.1 request over a plain socket: status, headers in lower case, body.
pub async fn http(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (u16, BTreeMap<String, String>, Vec<u8>) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let address = url.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let mut head = format!("{method} {path} HTTP/1.1\r\nconnection: close\r\n");
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host")) {
        write!(head, "host: {address}\r\n").unwrap();
    }
    for (name, value) in headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    if !body.is_empty() {
        write!(head, "content-length: {}\r\n", body.len()).unwrap();
    }
    head.push_str("\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole answer");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let mut map = BTreeMap::<String, String>::new();
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap_or((line, ""));
        map.entry(name.to_lowercase()).and_modify(|all| *all = format!("{all}\n{value}")).or_insert(value.to_owned());
    }
    let mut body = answer[end + 4..].to_vec();
    if map.get("transfer-encoding").is_some_and(|encoding| encoding == "chunked") {
        body = unchunked(&body);
    }
    (status, map, body)
}

fn unchunked(mut rest: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let length = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        out.extend_from_slice(&rest[end + 2..end + 2 + length]);
        rest = &rest[end + 4 + length..];
    }
    out
}
