//! Every extractor and every habit, on a tiny API.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may fail them")]

mod common;

use axum::{
    body::Body,
    http::{Method, header},
};
use common::{TestApi, request};
use igny8_api::BODY_LIMIT;
use igny8_core::{KeywordId, SiteId};

fn thing() -> String {
    KeywordId::new(SiteId::new(1, u128::MAX), 1_795_341_600_000, u128::MAX).to_string()
}

#[tokio::test]
async fn a_token_or_a_key_lets_in_and_nothing_else() {
    let api = TestApi::start().await;
    assert_eq!(api.get("viewer:1", "/api/toy/things").await.status, 200);
    let key = async |value: &str| {
        let request = request(Method::GET, "", "/api/toy/things").header("X-Api-Key", value);
        api.send(request.body(Body::empty()).unwrap()).await
    };
    assert_eq!(key("key-viewer:1").await.status, 200);
    let (code, ..) = key("viewer:1").await.problem(401);
    assert_eq!(code, "unauthenticated");
    for token in ["", "viewer", "viewer:x", "root:1"] {
        let answer = api.get(token, "/api/toy/things").await;
        answer.problem(401);
        assert_eq!(answer.header("www-authenticate"), "Bearer");
    }
    for value in ["Bearer", "Basic dmlld2VyOjE=", "viewer:1", ""] {
        let request = request(Method::GET, "", "/api/toy/things").header(header::AUTHORIZATION, value);
        api.send(request.body(Body::empty()).unwrap()).await.problem(401);
    }
}

#[tokio::test]
async fn the_guard_asks_for_the_role_of_the_table() {
    let api = TestApi::start().await;
    let path = format!("/api/toy/things/{}", thing());
    for (method, least) in [(Method::GET, 0), (Method::PATCH, 2), (Method::DELETE, 3)] {
        for (rank, role) in ["viewer:1", "editor:1", "admin:1", "owner:1"].into_iter().enumerate() {
            let body = Body::from(r#"{"name": "a"}"#);
            let answer = api.send(request(method.clone(), role, &path).body(body).unwrap()).await;
            if rank < least {
                let (code, detail, _) = answer.problem(403);
                assert_eq!(code, "forbidden");
                assert!(detail.contains("needs the role"), "{detail}");
            } else {
                assert!(answer.status.is_success(), "{method} {role} {answer:?}");
            }
        }
    }
    let head = api.send(request(Method::HEAD, "viewer:1", &path).body(Body::empty()).unwrap()).await;
    assert_eq!(head.status, 200);
    let head = api.send(request(Method::HEAD, "", &path).body(Body::empty()).unwrap()).await;
    assert_eq!(head.status, 401);
}

#[tokio::test]
async fn a_route_without_a_rule_is_never_served() {
    let api = TestApi::start().await;
    let answer = api.get("owner:1", "/api/toy/forgotten").await;
    assert_eq!(answer.problem(500).0, "internal");
    assert!(!answer.text.contains("nobody"));
}

#[tokio::test]
async fn public_routes_know_where_the_visitor_is_from() {
    let api = TestApi::start().await;
    let answer = api.get("", "/api/toy/open").await;
    assert_eq!(answer.json()["ip"], "192.0.2.1");
    assert_eq!(answer.json()["request_id"], answer.header("x-request-id"));
    let own = request(Method::GET, "", "/api/toy/open").header("x-request-id", "chosen by the client");
    let answer = api.send(own.body(Body::empty()).unwrap()).await;
    assert_ne!(answer.header("x-request-id"), "chosen by the client");
    let given =
        request(Method::GET, "", "/api/toy/open").extension(igny8_api::RequestId("JKJaXmPLvHcESHA=".to_owned()));
    let answer = api.send(given.body(Body::empty()).unwrap()).await;
    assert_eq!(answer.header("x-request-id"), "JKJaXmPLvHcESHA=");
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_too() {
    let api = TestApi::start().await;
    assert_eq!(api.get("owner:1", "/api/toy/nothing").await.problem(404).0, "not_found");
    assert_eq!(api.get("", "/").await.problem(404).0, "not_found");
    let answer = api.send(request(Method::PUT, "owner:1", "/api/toy/things").body(Body::empty()).unwrap()).await;
    assert_eq!(answer.problem(405).0, "method_not_allowed");
    assert_eq!(answer.header("allow"), "GET, POST");
    for id in ["1", "%ff", "01ARZ3NDEKTSV4RRFFQ69G5FA", "x'%20or%201=1", &thing().to_lowercase()] {
        assert_eq!(api.get("owner:1", &format!("/api/toy/things/{id}")).await.problem(404).0, "not_found");
    }
}

#[tokio::test]
async fn bodies_are_read_with_clear_errors() {
    let api = TestApi::start().await;
    let post = |body: Body| api.post("editor:1", "/api/toy/things", body);
    let answer = post(Body::from(r#"{"name": "a", "volume": 3}"#)).await;
    assert_eq!((answer.status.as_u16(), answer.json()["name"].as_str()), (201, Some("a")));

    let (code, detail, _) = post(Body::from("{\"name\": ")).await.problem(400);
    assert_eq!(code, "unreadable");
    assert!(detail.contains("line 1 column"), "{detail}");
    assert!(post(Body::from(b"{\"name\": \"\xc3\x28\"}".to_vec())).await.problem(400).1.contains("UTF-8"));
    assert!(post(Body::empty()).await.problem(400).1.contains("empty"));

    let (code, _, fields) = post(Body::from(r#"{"name": "a", "volume": -1}"#)).await.problem(422);
    assert_eq!(code, "invalid");
    assert_eq!(fields, ["volume: invalid value: integer `-1`, expected u32"]);
    let fields = post(Body::from(r#"{"name": "a", "colour": 1}"#)).await.problem(422).2;
    assert_eq!(fields, ["colour: is not a field that we know, expected one of `name`, `site_id`, `volume`"]);
    let fields = post(Body::from(r#"{"name": "a", "site_id": "x"}"#)).await.problem(422).2;
    assert!(fields[0].starts_with("site_id: not an id"), "{fields:?}");

    let (code, detail, _) = post(Body::from(vec![b' '; BODY_LIMIT + 1])).await.problem(413);
    assert_eq!((code.as_str(), detail.as_str()), ("too_large", "The body is larger than 6 MB."));
    post(Body::from(vec![b' '; BODY_LIMIT])).await.problem(400);

    let form = request(Method::POST, "editor:1", "/api/toy/things")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    assert!(api.send(form.body(Body::from("name=a")).unwrap()).await.problem(400).1.contains("application/json"));
    assert_eq!(api.made(), 1);
}

#[tokio::test]
async fn uploads_come_as_they_are() {
    let api = TestApi::start().await;
    let csv = request(Method::POST, "editor:1", "/api/toy/things/upload")
        .header(header::CONTENT_TYPE, "Text/CSV; charset=utf-8");
    let answer = api.send(csv.body(Body::from(b"\xff\xfea".to_vec())).unwrap()).await;
    assert_eq!(answer.json(), serde_json::json!({"media_type": "text/csv", "bytes": 3}));
    let large = request(Method::POST, "editor:1", "/api/toy/things/upload").body(Body::from(vec![0; BODY_LIMIT + 1]));
    api.send(large.unwrap()).await.problem(413);
}

#[tokio::test]
async fn lists_take_pages_searches_orders_and_filters() {
    let api = TestApi::start().await;
    let get = async |query: &str| {
        let path = format!("/api/toy/things?{query}");
        api.get("viewer:1", &path).await
    };
    let plain = get("").await.json();
    assert_eq!((&plain["limit"], &plain["count"], &plain["q"]), (&50.into(), &false.into(), &().into()));
    let full = get("limit=200&cursor=abc&q=%20caf%C3%A9%20&sort=-name&count=true&volume_min=7").await.json();
    assert_eq!(full["limit"], 200);
    assert_eq!((full["q"].as_str(), full["cursor"].as_str()), (Some("café"), Some("abc")));
    assert_eq!((&full["descending"], &full["count"], &full["volume_min"]), (&true.into(), &true.into(), &7.into()));
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("limit=1&limit=2", "limit"),
        ("limit=-1", "limit"),
        ("count=yes", "count"),
        ("sort=volume", "sort"),
        ("volume_min=-1", "volume_min"),
        ("volume_min=1&volume_min=2", "volume_min"),
        ("site_id=1", "site_id"),
        ("colour=red", "colour"),
    ] {
        let (code, _, fields) = get(query).await.problem(422);
        assert_eq!(code, "invalid");
        assert!(fields[0].starts_with(&format!("{field}: ")), "{query} {fields:?}");
    }
    let long = format!("/api/toy/things?q={}", "a".repeat(201));
    api.get("viewer:1", &long).await.problem(422);
}

#[tokio::test]
async fn a_query_that_is_no_list_denies_what_it_does_not_know() {
    let api = TestApi::start().await;
    let delete = |query: &str| {
        let path = format!("/api/toy/things/{}?{query}", thing());
        api.send(request(Method::DELETE, "owner:1", &path).body(Body::empty()).unwrap())
    };
    let answer = delete("deep=true").await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (204, ""));
    assert_eq!(delete("").await.status, 204);
    assert!(delete("depe=true").await.problem(422).2[0].starts_with("depe: is not a field that we know"));
    assert!(delete("deep=perhaps").await.problem(422).2[0].starts_with("deep: "));
}

#[tokio::test]
async fn a_dry_run_starts_nothing() {
    let api = TestApi::start().await;
    let answer = api.post("editor:1", "/api/toy/things?estimate=true", r#"{"name": "a"}"#).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, serde_json::json!({"credits": 0})));
    assert_eq!(api.made(), 0);
    api.post("editor:1", "/api/toy/things?estimate=1", r#"{"name": "a"}"#).await.problem(422);
    assert_eq!(api.post("editor:1", "/api/toy/things?estimate=false", r#"{"name": "a"}"#).await.status, 201);
}

#[tokio::test]
async fn a_change_may_name_the_version_it_builds_on() {
    let api = TestApi::start().await;
    let path = format!("/api/toy/things/{}", thing());
    assert_eq!(api.get("viewer:1", &path).await.header("etag"), "\"3\"");
    let patch = |tag: &str| {
        let request = request(Method::PATCH, "admin:1", &path).header(header::IF_MATCH, tag);
        api.send(request.body(Body::from(r#"{"name": "a"}"#)).unwrap())
    };
    for tag in ["\"3\"", "3", "W/\"3\"", "*"] {
        assert_eq!(patch(tag).await.header("etag"), "\"4\"", "{tag}");
    }
    let (code, detail, _) = patch("\"2\"").await.problem(409);
    assert_eq!(code, "version_mismatch");
    assert!(detail.contains("version 3 now, not 2"), "{detail}");
    for tag in ["\"x\"", "", "\"3\", \"4\"", "-1", "+3"] {
        assert!(patch(tag).await.problem(422).2[0].starts_with("If-Match: "), "{tag}");
    }
}

#[tokio::test]
async fn a_bulk_answer_is_per_id() {
    let api = TestApi::start().await;
    let body = format!(r#"{{"action": "archive", "ids": ["{}"]}}"#, thing());
    let answer = api.post("editor:1", "/api/toy/things/bulk", body).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["items"][0]["error"]["status"], 404);
    let wrong = api.post("editor:1", "/api/toy/things/bulk", r#"{"action": "burn", "ids": []}"#).await;
    assert!(wrong.problem(422).2[0].starts_with("action: unknown variant"));
}

#[tokio::test]
async fn errors_say_what_the_client_may_know() {
    let api = TestApi::start().await;
    let answer = api.get("viewer:1", "/api/toy/trouble/internal").await;
    assert_eq!(answer.problem(500).0, "internal");
    assert!(!answer.text.contains("secret"));
    let answer = api.get("viewer:1", "/api/toy/trouble/limited").await;
    assert_eq!((answer.problem(429).0.as_str(), answer.header("retry-after")), ("rate_limited", "2"));
    let answer = api.get("viewer:1", "/api/toy/trouble/credits").await;
    assert_eq!(answer.problem(402).0, "insufficient_credits");
    assert_eq!((&answer.json()["required"], &answer.json()["available"]), (&30.into(), &25.into()));
    let answer = api.get("viewer:1", "/api/toy/trouble/wait").await;
    assert_eq!((answer.problem(409).0.as_str(), answer.header("retry-after")), ("conflict", "7"));
}

#[tokio::test]
async fn a_panic_is_a_problem_and_not_the_end() {
    let api = TestApi::start().await;
    let answer = api.get("viewer:1", "/api/toy/trouble/panic").await;
    assert_eq!(answer.problem(500).0, "internal");
    assert!(!answer.text.contains("secret"));
    assert_eq!(api.get("viewer:1", "/api/toy/trouble/none").await.status, 200);
}

#[tokio::test]
async fn every_answer_has_the_headers() {
    let api = TestApi::start().await;
    for path in ["/api/toy/open", "/api/toy/things", "/nothing", "/api/toy/trouble/panic"] {
        let answer = api.get("viewer:1", path).await;
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.header("content-security-policy").contains("default-src 'none'"));
        assert!(!answer.header("x-request-id").is_empty());
    }
}
