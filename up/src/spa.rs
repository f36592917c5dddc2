//! The SPA's built files at `/`, as the edge serves them on AWS (`infra-cdk/`): deep links get the index, assets with a
//! hash in their name are kept for ever, and the page may load and call nothing but what is ours (`web/headers.json`).
//! `web/paths.json` has the cases that both are tested with.

use std::path::Path;

use axum::{
    Router,
    extract::Request,
    http::{HeaderName, HeaderValue, StatusCode, Uri, header},
    middleware::{Next, from_fn},
    response::IntoResponse,
};
use tower_http::services::ServeDir;

/// What every answer carries, by header; the places `{live}` and `{uploads}` are the origins of this stage.
const HEADERS: &str = include_str!("../../web/headers.json");

/// Below it, files are named by their content.
const ASSETS: &str = "/assets/";
/// The page of every address.
const INDEX: &str = "/index.html";

/// Assets are named by their content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// The index names the assets of this version, so it is asked for each time.
const NEVER: HeaderValue = HeaderValue::from_static("no-cache");

/// The headers with this stage's origins filled in: `live` is the WebSocket API's, `uploads` the bucket's.
fn headers(live: &str, uploads: &str) -> Vec<(HeaderName, HeaderValue)> {
    let all: serde_json::Map<String, serde_json::Value> = serde_json::from_str(HEADERS).unwrap_or_default();
    let filled = all.iter().filter_map(|(name, value)| {
        let value = value.as_str()?.replace("{live}", live).replace("{uploads}", uploads);
        Some((name.parse().ok()?, value.parse().ok()?))
    });
    filled.collect()
}

/// Whether a path is an address of the SPA and not a file's: the last part of a file's has a dot, maybe an encoded one.
fn is_page(path: &str) -> bool {
    let last = path.rsplit('/').next().unwrap_or_default();
    !last.contains('.') && !last.to_ascii_lowercase().contains("%2e")
}

/// Serves the built SPA of a folder; none when it is not built.
pub(crate) fn router(folder: &Path, live: &str, uploads: &str) -> Option<Router> {
    if !folder.join("index.html").is_file() {
        return None;
    }
    let headers = headers(live, uploads);
    let serve = move |mut request: Request, next: Next| {
        let headers = headers.clone();
        async move {
            let path = request.uri().path();
            let asset = path.starts_with(ASSETS);
            let kept = if asset { FOR_EVER } else { NEVER };
            // A file that is not there is a 404 and not the index: a browser would take the page for a script.
            let page = !asset && is_page(path);
            // `ServeDir` would take the slash away; an object's name has it or has it not.
            let no_file = asset && path.ends_with('/');
            if page {
                *request.uri_mut() = Uri::from_static(INDEX);
            }
            let mut answer = if no_file { StatusCode::NOT_FOUND.into_response() } else { next.run(request).await };
            answer.headers_mut().extend(headers);
            if answer.status().is_success() {
                answer.headers_mut().insert(header::CACHE_CONTROL, kept);
            }
            answer
        }
    };
    let files = ServeDir::new(folder).append_index_html_on_directories(false);
    Some(Router::new().fallback_service(files).layer(from_fn(serve)))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs, sync::Arc, time::Duration};

    use axum::{body::Bytes, http::HeaderMap};
    use http_body_util::{BodyExt as _, Empty};
    use hyper_util::{client::legacy::Client, rt::TokioExecutor};
    use igny8_cloud::{Cloud, Config};
    use igny8_local::Faults;
    use serde_json::Value;

    use super::*;
    use crate::{Settings, Up};

    #[test]
    fn the_page_may_call_only_what_is_ours() {
        let headers = headers("ws://127.0.0.1:1", "http://127.0.0.1:2");
        assert_eq!(headers.len(), 5);
        let (_, policy) = headers.iter().find(|(name, _)| name == "content-security-policy").unwrap();
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("connect-src 'self' ws://127.0.0.1:1 http://127.0.0.1:2;"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('{'), "{policy}");
    }

    /// On AWS `{uploads}` is the bucket's `RegionalDomainName` (template.yaml, `UploadsUrl`): that must be where the SDK
    /// sends a browser.
    #[tokio::test]
    async fn an_upload_goes_to_the_origin_that_the_policy_of_the_edge_names() {
        for region in ["eu-central-1", "us-east-1"] {
            let vars = [
                ("AWS_REGION", region),
                ("AWS_ACCESS_KEY_ID", "id"),
                ("AWS_SECRET_ACCESS_KEY", "secret"),
                ("BUCKET_NAME", "igny8-dev-bucket-1a2b3c"),
            ];
            let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
            let cloud = Cloud::new(Config::from_vars(vars).unwrap());
            let address = cloud.presign_put("uploads/keywords.csv", Duration::from_mins(5)).await.unwrap();
            let origin = format!("https://igny8-dev-bucket-1a2b3c.s3.{region}.amazonaws.com/");
            assert!(address.starts_with(&format!("{origin}uploads/keywords.csv?")), "{address}");
        }
    }

    #[test]
    fn what_is_not_built_is_not_served() {
        let folder = tempfile::tempdir().unwrap();
        assert!(router(folder.path(), "", "").is_none());
    }

    #[tokio::test]
    async fn every_address_gets_what_the_edge_would_give() {
        let cases: Value = serde_json::from_str(include_str!("../../web/paths.json")).unwrap();
        let web = tempfile::tempdir().unwrap();
        let files: Vec<&str> = cases["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
        for file in &files {
            let path = web.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, file).unwrap();
        }
        let data = tempfile::tempdir().unwrap();
        let settings = BTreeMap::from([
            ("IGNY8_ADDR".to_owned(), "127.0.0.1:0".to_owned()),
            ("IGNY8_DATA_DIR".to_owned(), data.path().display().to_string()),
            ("IGNY8_WEB_DIR".to_owned(), web.path().display().to_string()),
        ]);
        let settings = Settings::from_vars(&settings).unwrap();
        let up = Up::start_with(&settings, Arc::new(Faults::none()), false).await.unwrap();

        let http = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
        let paths = cases["paths"].as_object().unwrap();
        assert!(paths.len() > 30, "where have the cases gone?");
        let mut wrong = Vec::new();
        for (path, wanted) in paths {
            let response = http.get(format!("{}{path}", up.url()).parse().unwrap()).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let found = kind(parts.status, &parts.headers, &body, &files);
            // What is kept for ever must not be the answer to a mistake.
            let prefix = if path.starts_with("/assets/") { "/assets/" } else { "/" };
            let kept = if matches!(found, "index" | "file") { cases["kept"][prefix].as_str() } else { None };
            let told = parts.headers.get(header::CACHE_CONTROL).map(|value| value.to_str().unwrap());
            if found != wanted || (found != "api" && told != kept) {
                wrong.push(format!("{path}: {found} ({}), {told:?}, not {wanted}, {kept:?}", parts.status));
            }
        }
        up.stop().await;
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    /// What an answer is, in the words of `web/paths.json`. Each file holds its own name.
    fn kind(status: StatusCode, headers: &HeaderMap, body: &[u8], files: &[&str]) -> &'static str {
        // The API's own policy lets nothing run.
        let policy = headers.get(header::CONTENT_SECURITY_POLICY).and_then(|policy| policy.to_str().ok());
        let of_pages = policy.is_some_and(|policy| policy.contains("script-src 'self'"));
        match (of_pages, status) {
            (false, _) => "api",
            (true, StatusCode::OK) if body == b"index.html" => "index",
            (true, StatusCode::OK) if files.iter().any(|file| file.as_bytes() == body) => "file",
            (true, StatusCode::NOT_FOUND) => "missing",
            _ => "something else",
        }
    }
}
