//! Functions built from a configuration of their own, and calls of them.
#![allow(dead_code, reason = "each test file uses its part")]

use igny8_cloud::Config;
use igny8_core::{Env, Timestamp};
use igny8_lambda::{App, FunctionSpec, Invocation, Invoke, metrics};
use serde_json::{Value, json};

pub fn app(more: &[(&str, &str)]) -> App {
    let vars = [("AWS_REGION", "eu-central-1"), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];
    let vars = vars.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    App::new(Config::from_vars(vars).unwrap(), Env::system())
}

pub fn start(spec: &FunctionSpec) -> Invoke {
    spec.start(&app(&[]), metrics::nowhere).unwrap()
}

pub fn invocation() -> Invocation {
    Invocation {
        request_id: "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned(),
        function_name: "probe".to_owned(),
        deadline: Timestamp::from_millis(1_795_341_600_000),
    }
}

/// An event of an HTTP API, payload 2.0, as API Gateway sends it.
pub fn http_event(method: &str, path: &str, query: &str, body: Option<&str>) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "ANY /api/probe/{proxy+}",
        "rawPath": path,
        "rawQueryString": query,
        "cookies": ["a=1", "b=2"],
        "headers": {
            "accept": "*/*",
            "content-type": "application/json",
            "host": "id.execute-api.eu-central-1.amazonaws.com",
            "x-forwarded-for": "192.0.2.1",
            "x-forwarded-port": "443",
            "x-forwarded-proto": "https"
        },
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "id",
            "domainName": "id.execute-api.eu-central-1.amazonaws.com",
            "domainPrefix": "id",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "curl/8"
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": "ANY /api/probe/{proxy+}",
            "stage": "$default",
            "time": "22/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1_795_341_600_000_i64
        },
        "body": body,
        "isBase64Encoded": false
    })
}

/// A message of an event of a queue.
pub fn message(id: &str, body: &str) -> Value {
    json!({
        "messageId": id,
        "receiptHandle": "AQEBzWwaftRI0KuVm4tP",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "2",
            "SentTimestamp": "1795341600000",
            "SenderId": "AROAEXAMPLE:planner",
            "ApproximateFirstReceiveTimestamp": "1795341600001",
            "MessageGroupId": "01K0TENANT"
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:probe",
        "awsRegion": "eu-central-1"
    })
}
