//! The SPA's built files at `/`, as the edge serves them on AWS: deep links get the index, assets with a hash in their
//! name are kept for ever, and the page may load and call nothing but what is ours (`web/headers.json`).

use std::path::Path;

use axum::{
    Router,
    http::{HeaderName, HeaderValue, header},
    middleware::map_response,
    response::Response,
};
use tower_http::services::{ServeDir, ServeFile};

/// What every answer carries, by header; the places `{live}` and `{uploads}` are the origins of this stage.
const HEADERS: &str = include_str!("../../web/headers.json");

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

/// Serves the built SPA of a folder; none when it is not built.
pub(crate) fn router(folder: &Path, live: &str, uploads: &str) -> Option<Router> {
    let index = folder.join("index.html");
    if !index.is_file() {
        return None;
    }
    let headers = headers(live, uploads);
    let stamp = move |kept: HeaderValue| {
        let headers = headers.clone();
        map_response(move |mut answer: Response| {
            let (headers, kept) = (headers.clone(), kept.clone());
            async move {
                answer.headers_mut().extend(headers);
                if answer.status().is_success() {
                    answer.headers_mut().insert(header::CACHE_CONTROL, kept);
                }
                answer
            }
        })
    };
    // A missing asset is a 404 and not the index: a browser would take the page for a script.
    let assets = Router::new().fallback_service(ServeDir::new(folder.join("assets"))).layer(stamp(FOR_EVER));
    let pages = ServeDir::new(folder).fallback(ServeFile::new(index));
    Some(Router::new().fallback_service(pages).layer(stamp(NEVER)).nest("/assets", assets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_may_call_only_what_is_ours() {
        let headers = headers("ws://127.0.0.1:1", "http://127.0.0.1:2");
        assert_eq!(headers.len(), 5);
        let (_, policy) = headers.iter().find(|(name, _)| name == "content-security-policy").unwrap();
        let policy = policy.to_str().unwrap();
        assert!(policy.contains("connect-src 'self' ws://127.0.0.1:1 http://127.0.0.1:2;"), "{policy}");
        assert!(!policy.contains("unsafe") && !policy.contains('{'), "{policy}");
    }

    #[test]
    fn what_is_not_built_is_not_served() {
        let folder = tempfile::tempdir().unwrap();
        assert!(router(folder.path(), "", "").is_none());
    }
}
