//! What is sent wrongly is told clearly, and leaves nothing half-written.

use crate::common::{Answer, Client, Cloud};
use http_body_util::Full;
use hyper::{Method, Request, body::Bytes};
use serde_json::{Value, json};

const NOT_THERE: &str = "01JZ0000000000000000000000";
const KEYWORDS: &str = "/api/planner/keywords";

/// The problem of an answer, complete as the contract has it.
#[track_caller]
fn problem(answer: Answer, status: u16, code: &str) -> Value {
    let header = answer.headers.get("x-request-id").cloned();
    let problem = answer.bad(status);
    assert_eq!(
        (problem["code"].as_str(), problem["status"].as_u64()),
        (Some(code), Some(status.into())),
        "{problem:#}"
    );
    for field in ["type", "title", "detail", "request_id"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field}: {problem:#}");
    }
    assert_eq!(header.unwrap().to_str().unwrap(), problem["request_id"].as_str().unwrap());
    assert!(problem["detail"].as_str().unwrap().len() < 2000, "{problem:#}");
    problem
}

/// The problem of a 422, which names this field.
#[track_caller]
fn invalid(answer: Answer, field: &str) {
    let problem = problem(answer, 422, "invalid");
    assert_eq!(problem["errors"][0]["field"], field, "{problem:#}");
    assert!(!problem["errors"][0]["message"].as_str().unwrap().is_empty(), "{problem:#}");
}

async fn send(client: &Client<'_>, path: &str, body: impl Into<Bytes>) -> Answer {
    client.call(Method::POST, path, Some(body.into()), &[]).await
}

async fn import(client: &Client<'_>, site: &str, file: impl Into<Bytes>) -> Answer {
    let headers = [("content-type", "application/octet-stream")];
    client.call(Method::POST, &format!("{KEYWORDS}/import?site_id={site}"), Some(file.into()), &headers).await
}

/// The keywords of a site, sorted.
async fn keywords(client: &Client<'_>, site: &str) -> Vec<String> {
    let rows = client.all(&format!("{KEYWORDS}?site_id={site}")).await;
    let mut names: Vec<_> = rows.iter().map(|row| row["keyword"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// How much there is of everything that the requests below could have made.
async fn counts(client: &Client<'_>, site: &str) -> Vec<(String, u64)> {
    let mut counts = Vec::new();
    for path in [
        "/api/auth/sites".to_owned(),
        "/api/auth/workspaces".to_owned(),
        "/api/auth/users/invitations".to_owned(),
        "/api/auth/api-keys".to_owned(),
        format!("/api/auth/sites/{site}/sectors"),
        format!("{KEYWORDS}?site_id={site}"),
        format!("/api/planner/clusters?site_id={site}"),
        format!("/api/planner/ideas?site_id={site}"),
        format!("/api/writer/tasks?site_id={site}"),
        "/api/system/jobs".to_owned(),
        "/api/billing/transactions".to_owned(),
    ] {
        counts.push((path.clone(), client.all(&path).await.len() as u64));
    }
    let reserved = client.get("/api/billing/balance").await.good()["reserved"].as_u64().unwrap();
    counts.push(("reserved".to_owned(), reserved));
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_and_addresses() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let before = counts(&ana, &site).await;
    let body = |keyword: Value| json!({ "site_id": site, "keywords": [keyword] });

    // Unreadable.
    let told = problem(send(&ana, KEYWORDS, "{\n  \"site_id\": \"x\",\n  keywords: 1}").await, 400, "unreadable");
    assert!(told["detail"].as_str().unwrap().contains("line 3"), "{told:#}");
    problem(send(&ana, KEYWORDS, "").await, 400, "unreadable");
    problem(send(&ana, KEYWORDS, "{\"site_id\": ").await, 400, "unreadable");
    problem(send(&ana, KEYWORDS, "[".repeat(100_000)).await, 400, "unreadable");
    let bytes = [b"{\"name\": \"", &b"\xff\xfe"[..], b"\"}"].concat();
    let untyped = Request::post(format!("{}/api/auth/workspaces", cloud.up.url()))
        .header("authorization", format!("Bearer {}", ana.token.as_deref().unwrap()))
        .body(Full::new(bytes.into()))
        .unwrap();
    let told = problem(cloud.send(untyped).await, 400, "unreadable");
    assert!(told["detail"].as_str().unwrap().contains("UTF-8"), "{told:#}");
    let text = [("content-type", "text/plain")];
    problem(ana.call(Method::POST, "/api/auth/workspaces", Some("{}".into()), &text).await, 400, "unreadable");

    let spoilt = format!("{{\"site_id\": \"{site}\", \"keywords\": [{{\"keyword\": \"\x01\"}}]}}").into_bytes();
    let spoilt: Vec<u8> = spoilt.into_iter().map(|byte| if byte == 1 { 0xff } else { byte }).collect();
    problem(send(&ana, KEYWORDS, spoilt).await, 400, "unreadable");

    // Wrong types, unknown and missing fields, values out of bounds.
    invalid(ana.post(KEYWORDS, &json!({ "site_id": site, "keywords": "brakes" })).await, "keywords");
    invalid(ana.post(KEYWORDS, &json!({ "site_id": 3, "keywords": [] })).await, "site_id");
    invalid(ana.post(KEYWORDS, &json!({ "site_id": "x", "keywords": [] })).await, "site_id");
    invalid(ana.post(KEYWORDS, &body(json!({ "keyword": "brakes", "volume": "many" }))).await, "keywords[0].volume");
    invalid(ana.post(KEYWORDS, &body(json!({ "keyword": "brakes", "volume": -5 }))).await, "keywords[0].volume");
    invalid(ana.post(KEYWORDS, &body(json!({ "keyword": "brakes", "volme": 5 }))).await, "keywords[0].volme");
    invalid(ana.post(KEYWORDS, &body(json!({ "volume": 5 }))).await, "keywords[0].keyword");
    invalid(ana.post(KEYWORDS, &json!([])).await, "body");
    invalid(ana.post(KEYWORDS, &json!({ "site_id": site, "keywords": [], "colour": "red" })).await, "colour");
    invalid(ana.post("/api/auth/workspaces", &json!({ "name": "" })).await, "name");
    invalid(ana.post("/api/auth/workspaces", &json!({ "name": "x".repeat(1_000_000) })).await, "name");
    invalid(ana.post("/api/auth/users", &json!({ "email": "no address", "role": "viewer" })).await, "email");
    invalid(ana.post("/api/auth/users", &json!({ "email": "a@example.com", "role": "king" })).await, "role");
    for role in ["owner", "system_bot"] {
        invalid(ana.post("/api/auth/api-keys", &json!({ "name": "Bot", "role": role })).await, "role");
    }
    let points: Vec<_> = (0..10).map(|n| format!("{n} {}", "p".repeat(290))).collect();
    let outline: Vec<_> = (0..6).map(|n| json!({ "heading": format!("Signs {n}"), "points": points })).collect();
    let long = json!({ "site_id": site, "title": "Brakes", "outline": outline });
    invalid(ana.post("/api/planner/ideas", &long).await, "outline");
    invalid(ana.post("/api/writer/tasks", &long).await, "outline");
    let words: Vec<_> = (0..51).map(|n| format!("{n} {}", "k".repeat(190))).collect();
    let long = json!({ "site_id": site, "title": "Brakes", "keywords": words });
    invalid(ana.post("/api/writer/tasks", &long).await, "keywords");
    let huge = body(json!({ "keyword": "k".repeat(1024 * 1024) }));
    let answer = ana.post(KEYWORDS, &huge).await.good();
    assert_eq!((answer["created"].as_u64(), answer["rejected"][0]["index"].as_u64()), (Some(0), Some(0)), "{answer:#}");
    assert!(answer.to_string().len() < 2000);

    // What is not there.
    let elsewhere = json!({ "site_id": NOT_THERE, "keywords": [{ "keyword": "brakes" }] });
    problem(ana.post(KEYWORDS, &elsewhere).await, 404, "not_found");
    problem(ana.get(&format!("{KEYWORDS}?site_id={NOT_THERE}")).await, 404, "not_found");
    problem(import(&ana, NOT_THERE, "Keyword\nbrakes\n").await, 404, "not_found");
    problem(
        ana.post("/api/planner/cluster", &json!({ "site_id": NOT_THERE, "all_new": true })).await,
        404,
        "not_found",
    );
    for id in ["x", "01jz", "%00", "..%2f..", "01JZ00000000000000000000000", &"9".repeat(500)] {
        problem(ana.get(&format!("{KEYWORDS}/{id}")).await, 404, "not_found");
        problem(ana.get(&format!("/api/system/jobs/{id}")).await, 404, "not_found");
    }
    for path in ["/api/nowhere", "/api/planner/nowhere/at/all", "/api/", "/api"] {
        problem(ana.get(path).await, 404, "not_found");
        problem(cloud.nobody().get(path).await, 404, "not_found");
    }
    let wrong = ana.call(Method::PUT, KEYWORDS, Some("{}".into()), &[]).await;
    assert!(wrong.headers["allow"].to_str().unwrap().contains("POST"));
    problem(wrong, 405, "method_not_allowed");

    // Lists.
    for limit in ["0", "201", "-1", "many", "1.5", "99999999999999999999"] {
        invalid(ana.get(&format!("{KEYWORDS}?site_id={site}&limit={limit}")).await, "limit");
    }
    for cursor in ["x", "%ff%fe", "AAAA", &"A".repeat(3000)] {
        invalid(ana.get(&format!("{KEYWORDS}?site_id={site}&cursor={cursor}")).await, "cursor");
    }
    invalid(ana.get(&format!("{KEYWORDS}?site_id={site}&sort=colour")).await, "sort");
    for sort in ["-volume", "-created_at"] {
        invalid(ana.get(&format!("{KEYWORDS}?site_id={site}&q=bra&sort={sort}")).await, "sort");
    }
    ana.get(&format!("{KEYWORDS}?site_id={site}&q=bra&sort=keyword")).await.good();
    invalid(ana.get(&format!("{KEYWORDS}?site_id={site}&q=bra&status=new")).await, "q");
    invalid(ana.get(&format!("{KEYWORDS}?site_id={site}&sort=keyword&status=new")).await, "sort");
    invalid(ana.get(&format!("{KEYWORDS}?site_id={site}&count=maybe")).await, "count");
    invalid(ana.get(&format!("{KEYWORDS}?site_id={site}&colour=red")).await, "colour");
    invalid(ana.get(&format!("{KEYWORDS}?site_id={site}&status=lost")).await, "status");
    invalid(ana.get(KEYWORDS).await, "site_id");

    // Too large: the gateway cuts off what no function may see, and speaks its own short JSON.
    let large = ana.post(KEYWORDS, &body(json!({ "keyword": "k".repeat(10_000_000) }))).await;
    assert_eq!(large.status, 413, "{}", large.text());
    assert!(large.json()["message"].is_string(), "{}", large.text());
    let many: Vec<_> = (0..2001).map(|n| json!({ "keyword": format!("brakes {n}") })).collect();
    let told = ana.post(KEYWORDS, &json!({ "site_id": site, "keywords": many })).await;
    assert!(problem(told, 413, "too_large")["detail"].as_str().unwrap().contains("import-url"));

    // Tokens.
    let stranger = Client { token: Some("x.y.z".to_owned()), ..ana.clone() };
    problem(stranger.get("/api/auth/me").await, 401, "unauthenticated");
    let stranger = Client { token: None, key: Some("nonsense".to_owned()), ..ana.clone() };
    problem(stranger.get("/api/auth/me").await, 401, "unauthenticated");

    assert_eq!(counts(&ana, &site).await, before);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;

    // Files that are refused as a whole.
    problem(import(&ana, &site, "").await, 422, "invalid");
    problem(import(&ana, &site, "  \n\n \n").await, 422, "invalid");
    problem(import(&ana, &site, "one,two\n1,2\n").await, 422, "invalid");
    let zip: Vec<u8> = b"PK\x03\x04".iter().copied().chain((0..=255).cycle().take(5000)).collect();
    problem(import(&ana, &site, zip).await, 400, "unreadable");
    let png: Vec<u8> = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".iter().copied().chain((0..=255).cycle().take(5000)).collect();
    problem(import(&ana, &site, png).await, 400, "unreadable");
    problem(send(&ana, &format!("{KEYWORDS}/import?site_id={site}"), "{}").await, 400, "unreadable");
    invalid(
        ana.call(
            Method::POST,
            &format!("{KEYWORDS}/import"),
            Some("Keyword\na\n".into()),
            &[("content-type", "text/csv")],
        )
        .await,
        "site_id",
    );
    assert_eq!(keywords(&ana, &site).await, Vec::<String>::new());

    // Files with nothing in them.
    let report = import(&ana, &site, "Keyword,Volume\n").await.good();
    assert_eq!((report["created"].as_u64(), report["rejected_count"].as_u64()), (Some(0), Some(0)), "{report:#}");
    let empty = format!("Keyword,Volume\n{}last one,5\n", "\n".repeat(300) + &",\n".repeat(300));
    let report = import(&ana, &site, empty).await.good();
    assert_eq!((report["created"].as_u64(), report["rejected_count"].as_u64()), (Some(1), Some(0)), "{report:#}");
    assert!(report["empty_lines"].as_u64().unwrap() >= 300, "{report:#}");
    assert_eq!(keywords(&ana, &site).await, ["last one"]);

    // Lines that cannot be taken are told by number; the others are.
    let long = "k".repeat(900_000);
    let file = format!(
        "Keyword,Volume,KD,CPC\ngood one,10,5,1.20\nnegative,-5,3,\ndamaged,12x4,3,\nhard,10,900,\n\
         good one,11,5,1.20\nGOOD ONE,12,5,1.20\n{long},10,,\nanother good one,20,6,\n"
    );
    let report = import(&ana, &site, file).await.good();
    let lines: Vec<_> =
        report["rejected"].as_array().unwrap().iter().map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [3, 4, 5, 8], "{report:#}");
    assert!(report["rejected"].as_array().unwrap().iter().all(|line| !line["message"].as_str().unwrap().is_empty()));
    assert_eq!((report["created"].as_u64(), report["duplicates"].as_u64()), (Some(2), Some(2)), "{report:#}");
    assert!(report.to_string().len() < 4000);
    assert_eq!(keywords(&ana, &site).await, ["another good one", "good one", "last one"]);

    // Another encoding than UTF-8.
    let latin = import(&ana, &site, &b"Keyword,Volume\ncaf\xe9 brakes,10\n"[..]).await.good();
    assert_eq!(latin["created"], 1, "{latin:#}");
    let spoilt = &b"Keyword,Volume\npi\xf1a brakes,10\n"[..];
    let csv = [("content-type", "text/csv")];
    let path = format!("{KEYWORDS}/import?site_id={site}");
    let spoilt = ana.call(Method::POST, &path, Some(spoilt.into()), &csv).await;
    assert_eq!(spoilt.good()["rejected"][0]["line"], 2);

    // UTF-16, the smaller byte first and the larger one first.
    for (mark, bytes) in [(&b"\xff\xfe"[..], u16::to_le_bytes as fn(u16) -> [u8; 2]), (b"\xfe\xff", u16::to_be_bytes)] {
        let text = format!("Keyword\tVolume\r\nniño {}\t10\r\n", bytes(1)[0]);
        let file: Vec<u8> = mark.iter().copied().chain(text.encode_utf16().flat_map(bytes)).collect();
        assert_eq!(import(&ana, &site, file).await.good()["created"], 1);
    }
    let names = keywords(&ana, &site).await;
    assert_eq!(names, ["another good one", "café brakes", "good one", "last one", "niño 0", "niño 1"]);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn formulas_come_in_as_text_and_go_out_harmless() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let formulas = ["=cmd|' /C calc'!A0", "+1+1", "@SUM(1+1)", "-2+3", "=HYPERLINK(\"http://evil.example\")"];
    let lines: String = formulas.iter().map(|formula| format!("\"{}\",10\n", formula.replace('"', "\"\""))).collect();
    let report = import(&ana, &site, format!("Keyword,Volume\nbrakes,1\n{lines}")).await.good();
    let (created, rejected) = (report["created"].as_u64().unwrap(), report["rejected_count"].as_u64().unwrap());
    assert_eq!(created + rejected, 6, "{report:#}");
    let added = json!({ "site_id": site, "keywords": [{ "keyword": "=1+1" }, { "keyword": "\t=2+2" }] });
    ana.post(KEYWORDS, &added).await.good();

    let path = format!("{KEYWORDS}/export?site_id={site}");
    let file = ana.get(&path).await;
    assert!(file.status.is_success(), "{}", file.text());
    let text = file.text();
    assert!(text.contains("brakes"), "{text}");
    for line in text.trim_start_matches('\u{feff}').lines() {
        for cell in line.split(',').map(|cell| cell.trim_start_matches('"')) {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "a spreadsheet would run {cell}: {text}");
        }
    }
    // The way back gives the same keywords.
    let (copy, _) = ana.site("Copy").await;
    import(&ana, &copy, file.bytes.clone()).await.good();
    assert_eq!(keywords(&ana, &copy).await, keywords(&ana, &site).await);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_long_is_shown_the_other_way() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let lines: String = (0..2100).map(|n| format!("brakes number {n},{n}\n")).collect();
    let file = format!("Keyword,Volume\n{lines}damaged,12x4\nbrakes number 1,1\n");
    let told = problem(import(&ana, &site, file.clone()).await, 413, "too_large");
    assert!(told["detail"].as_str().unwrap().contains("POST /api/planner/keywords/import-url"), "{told:#}");
    let wide = format!("Keyword,Note\nbrakes,{}\n", "x".repeat(1_200_000));
    problem(import(&ana, &site, wide).await, 413, "too_large");
    assert_eq!(keywords(&ana, &site).await, Vec::<String>::new());

    let place = json!({ "site_id": site });
    let started = ana.post(&format!("{KEYWORDS}/import-url"), &place).await.good();
    let run = format!("{KEYWORDS}/imports/{}/run", started["import_id"].as_str().unwrap());
    problem(ana.call(Method::POST, &run, None, &[]).await, 409, "conflict");
    let row = run.strip_suffix("/run").unwrap();
    assert_eq!(ana.get(row).await.good()["status"], "waiting");
    let put = Request::put(started["url"].as_str().unwrap()).body(Full::new(file.into())).unwrap();
    let put = cloud.send(put).await;
    assert!(put.status.is_success(), "{}", put.text());
    let job = ana.job(&run, &json!({})).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    assert_eq!(keywords(&ana, &site).await.len(), 2100);
    let row = ana.get(row).await.good();
    assert_eq!((&row["status"], &row["job_id"]), (&json!("done"), &job["id"]));
    problem(ana.call(Method::POST, &run, None, &[]).await, 409, "conflict");

    // A file that nobody can read is told at the start, and nothing is reserved or begun.
    let started = ana.post(&format!("{KEYWORDS}/import-url"), &place).await.good();
    let put = Request::put(started["url"].as_str().unwrap()).body(Full::new("one,two\n1,2\n".into())).unwrap();
    assert!(cloud.send(put).await.status.is_success());
    let run = format!("{KEYWORDS}/imports/{}/run", started["import_id"].as_str().unwrap());
    problem(ana.call(Method::POST, &run, None, &[]).await, 422, "invalid");
    assert_eq!(ana.all("/api/system/jobs").await.len(), 1);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_may_be_repeated_with_its_key() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let post = async |path: &str, key: &str, body: Value| {
        ana.call(Method::POST, path, Some(body.to_string().into()), &[("idempotency-key", key)]).await
    };

    let name = |name: &str| json!({ "name": name });
    let first = post("/api/auth/workspaces", "k1", name("One")).await;
    let second = post("/api/auth/workspaces", "k1", name("One")).await;
    assert_eq!((first.status, first.json()), (second.status, second.json()));
    assert_eq!(second.headers["idempotency-replayed"], "true");
    invalid(post("/api/auth/workspaces", "k1", name("Two")).await, "Idempotency-Key");
    invalid(post(KEYWORDS, "k1", name("One")).await, "Idempotency-Key");
    invalid(post("/api/auth/workspaces", &"k".repeat(1000), name("Two")).await, "Idempotency-Key");
    assert_eq!(ana.all("/api/auth/workspaces").await.len(), 1);

    let keywords = json!({ "site_id": site, "keywords": [{ "keyword": "brakes" }, { "keyword": "oil" }] });
    let first = post(KEYWORDS, "k2", keywords.clone()).await.good();
    assert_eq!(first["created"], 2);
    assert_eq!(post(KEYWORDS, "k2", keywords).await.good(), first);

    let all_new = json!({ "site_id": site, "all_new": true });
    let first = post("/api/planner/cluster", "k3", all_new.clone()).await;
    assert_eq!(first.status, 202, "{}", first.text());
    let id = first.json()["job"]["id"].as_str().unwrap().to_owned();
    ana.wait(&id).await;
    let second = post("/api/planner/cluster", "k3", all_new).await;
    assert_eq!((second.status.as_u16(), second.json()["job"]["id"].as_str()), (202, Some(id.as_str())));
    assert_eq!(ana.all("/api/system/jobs").await.len(), 1);

    // What was refused is not remembered: the mended request may come with the same key.
    invalid(post("/api/auth/workspaces", "k4", name("")).await, "name");
    assert_eq!(ana.all("/api/auth/workspaces").await.len(), 1);
    cloud.check(&[&ana]).await;
}
