//! From an HTTP request to the event of payload format 2.0, for HTTP APIs and Function URLs.
//!
//! Format: AWS's "Lambda proxy integrations for HTTP APIs". What it leaves open was measured by others on AWS: bodies
//! are text only for `text/*` and JSON, XML and JavaScript of `application/`; an HTTP API decodes `rawPath` and
//! cuts it at a decoded `?`, a Function URL does neither.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use http::{HeaderMap, header, request::Parts};
use igny8_core::Timestamp;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use super::routes::Parameters;

/// What an event says beside the request itself.
pub(super) struct Setting<'a> {
    pub route_key: &'a str,
    pub parameters: Parameters,
    /// A Function URL's event, which differs in small things.
    pub function_url: bool,
    pub account: &'a str,
    pub request_id: &'a str,
    pub source_ip: &'a str,
    pub now: Timestamp,
}

/// Headers about the connection and not the request.
const HOP_BY_HOP: &[&str] =
    &["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "proxy-connection"];

pub(super) fn event(parts: &Parts, body: &Bytes, setting: &Setting<'_>) -> Value {
    let path = parts.uri.path();
    let raw_path = if setting.function_url {
        path.to_owned()
    } else {
        let decoded = percent_decode_str(path).decode_utf8_lossy();
        decoded.split('?').next().unwrap_or_default().to_owned()
    };
    let query = parts.uri.query().unwrap_or_default();
    let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let domain = host.rsplit_once(':').filter(|(_, port)| port.parse::<u16>().is_ok()).map_or(host, |(name, _)| name);
    let cookies: Vec<String> = parts
        .headers
        .get_all(header::COOKIE)
        .iter()
        .flat_map(|value| {
            String::from_utf8_lossy(value.as_bytes()).split(';').map(|one| one.trim().to_owned()).collect::<Vec<_>>()
        })
        .filter(|cookie| !cookie.is_empty())
        .collect();
    let mut out = json!({
        "version": "2.0",
        "routeKey": setting.route_key,
        "rawPath": raw_path,
        "rawQueryString": query,
        "headers": headers(&parts.headers, setting, host),
        "requestContext": {
            "accountId": setting.account,
            "apiId": "local",
            "domainName": domain,
            "domainPrefix": domain.split('.').next(),
            "http": {
                "method": parts.method.as_str(),
                "path": raw_path,
                "protocol": format!("{:?}", parts.version),
                "sourceIp": setting.source_ip,
                "userAgent": text(&parts.headers, header::USER_AGENT),
            },
            "requestId": setting.request_id,
            "routeKey": setting.route_key,
            "stage": "$default",
            "time": apache_time(setting.now),
            "timeEpoch": setting.now.millis(),
        },
        "isBase64Encoded": false,
    });
    if !cookies.is_empty() {
        out["cookies"] = cookies.into();
    }
    let parameters = joined(super::query_pairs(query));
    if !parameters.is_empty() {
        out["queryStringParameters"] = parameters.into_iter().collect::<Map<_, _>>().into();
    }
    if !setting.parameters.is_empty() {
        let map: Map<_, _> =
            setting.parameters.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        out["pathParameters"] = map.into();
    }
    if !body.is_empty() {
        if is_text(text(&parts.headers, header::CONTENT_TYPE)) {
            // AWS replaces what is not UTF-8, too.
            out["body"] = String::from_utf8_lossy(body).into();
        } else {
            out["body"] = STANDARD.encode(body).into();
            out["isBase64Encoded"] = true.into();
        }
    }
    out
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn headers(given: &HeaderMap, setting: &Setting<'_>, host: &str) -> Value {
    let mut out = BTreeMap::<String, String>::new();
    for (name, value) in given {
        let name = name.as_str();
        // An HTTP API moves cookies into their own field; a Function URL also leaves them here.
        if HOP_BY_HOP.contains(&name) || (name == "cookie" && !setting.function_url) {
            continue;
        }
        let value = String::from_utf8_lossy(value.as_bytes());
        out.entry(name.to_owned())
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert_with(|| value.into_owned());
    }
    let forwarded = match out.get("x-forwarded-for") {
        Some(before) => format!("{before}, {}", setting.source_ip),
        None => setting.source_ip.to_owned(),
    };
    let port = host.rsplit_once(':').map_or("80", |(_, port)| port);
    out.insert("x-forwarded-for".into(), forwarded);
    out.insert("x-forwarded-port".into(), port.into());
    out.insert("x-forwarded-proto".into(), "http".into());
    let id = setting.request_id.replace('-', "");
    let trace = format!("Root=1-{:08x}-{}", setting.now.secs(), id.get(..24).unwrap_or_default());
    out.entry("x-amzn-trace-id".into()).or_insert(trace);
    json!(out)
}

/// Names with their values, repeated ones joined by commas.
fn joined(pairs: impl Iterator<Item = (String, String)>) -> BTreeMap<String, Value> {
    let mut out = BTreeMap::<String, String>::new();
    for (name, value) in pairs {
        out.entry(name)
            .and_modify(|all| {
                all.push(',');
                all.push_str(&value);
            })
            .or_insert(value);
    }
    out.into_iter().map(|(name, value)| (name, value.into())).collect()
}

/// Whether API Gateway passes a body of that type as text; all others, forms and untyped ones too, come in base64.
fn is_text(content_type: &str) -> bool {
    let kind = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind.starts_with("text/")
        || matches!(kind.as_str(), "application/json" | "application/xml" | "application/javascript")
}

/// `12/Mar/2020:19:03:58 +0000`.
pub(super) fn apache_time(now: Timestamp) -> String {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let iso = now.to_string();
    let month: usize = iso[5..7].parse().unwrap_or(1);
    format!("{}/{}/{}:{} +0000", &iso[8..10], MONTHS[(month - 1) % 12], &iso[..4], &iso[11..19])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> Parts {
        let mut builder = http::Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        builder.body(()).unwrap().into_parts().0
    }

    fn setting(function_url: bool) -> Setting<'static> {
        Setting {
            route_key: "ANY /path",
            parameters: vec![("proxy".into(), "a b".into())],
            function_url,
            account: "123400000000",
            request_id: "0f5b2c1e-1111-4222-8333-444444444444",
            source_ip: "1.1.1.1",
            now: "2019-11-24T18:55:08.700Z".parse().unwrap(),
        }
    }

    #[test]
    fn a_whole_event() {
        let parts = request(
            "POST",
            "/path/a%20b?foo=bar&array=one&array=two%2Bx&plus=a+b&flag",
            &[
                ("Host", "example.org:8010"),
                ("Content-Type", "application/json; charset=utf-8"),
                ("Cookie", "tz=Europe%2FParis; four=two+%2B+2"),
                ("Cookie", "theme=light"),
                ("X-My-Header", "Hello world"),
                ("x-my-header", "Hello john"),
                ("Connection", "keep-alive"),
                ("User-Agent", "probe/1"),
            ],
        );
        let event = event(&parts, &Bytes::from_static(b"{\"foo\":\"bar\"}"), &setting(false));
        insta::assert_json_snapshot!(event);
    }

    #[test]
    fn bodies_are_text_or_base64_by_their_type() {
        for (content_type, text) in [
            ("application/json", true),
            ("text/csv", true),
            ("TEXT/plain;charset=x", true),
            ("application/xml", true),
            ("application/javascript", true),
            ("application/x-www-form-urlencoded", false),
            ("application/octet-stream", false),
            ("multipart/form-data; boundary=x", false),
            ("", false),
            ("application/problem+json", false),
            ("image/svg+xml", false),
        ] {
            let parts = request("POST", "/", &[("content-type", content_type)]);
            let event = event(&parts, &Bytes::from_static("Hello 🌍".as_bytes()), &setting(false));
            assert_eq!(event["isBase64Encoded"], !text, "{content_type}");
            assert_eq!(event["body"], if text { "Hello 🌍" } else { "SGVsbG8g8J+MjQ==" }, "{content_type}");
        }
    }

    #[test]
    fn text_that_is_not_utf8_is_spoiled_as_on_aws() {
        let parts = request("POST", "/", &[("content-type", "text/csv")]);
        let event = event(&parts, &Bytes::from_static(b"\xff\xfea\x00"), &setting(false));
        assert_eq!(event["body"], "\u{fffd}\u{fffd}a\u{0}");
    }

    #[test]
    fn apis_decode_the_path_and_function_urls_do_not() {
        let parts = request("GET", "/a%20b%3Fc", &[("cookie", "x=1")]);
        let api = event(&parts, &Bytes::new(), &setting(false));
        assert_eq!((api["rawPath"].as_str(), api.get("body")), (Some("/a b"), None));
        assert!(api["headers"].get("cookie").is_none());
        let url = event(&parts, &Bytes::new(), &setting(true));
        assert_eq!((url["rawPath"].as_str(), url["headers"]["cookie"].as_str()), (Some("/a%20b%3Fc"), Some("x=1")));
    }
}
