//! Public sites, as CloudFront serves them from the bucket: by host name, from the files under one prefix.

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::Frame;
use percent_encoding::percent_decode_str;
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use crate::emulators::{
    Body, BoxError, answer, full,
    objects::{Meta, Object, ObjectStore},
};

/// Where a site's files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteRoot {
    /// The bucket's physical name.
    pub bucket: String,
    /// What the keys of the site's files begin with, as `sites/x/v3/`; a slash at the end is added when missing.
    pub prefix: String,
}

/// Knows which host names are sites.
#[async_trait]
pub trait SiteResolver: Send + Sync {
    /// The files of a host name (lower case, without port; `<site>.localhost` or a domain of its own).
    async fn resolve(&self, host: &str) -> Option<SiteRoot>;
}

/// The file of a version that says where old addresses lead.
const REDIRECTS: &str = "_redirects";

/// What is said about caching when the object says nothing: keep it, but ask.
const REVALIDATE: HeaderValue = HeaderValue::from_static("public, max-age=0, must-revalidate");

/// The answer for a path of a site.
pub(super) fn serve(
    store: &ObjectStore,
    root: &SiteRoot,
    method: &Method,
    path: &str,
    headers: &HeaderMap,
) -> Response<Body> {
    if *method != Method::GET && *method != Method::HEAD {
        let mut refused = answer(StatusCode::METHOD_NOT_ALLOWED, "text/plain; charset=utf-8", "Only GET and HEAD.");
        refused.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        return refused;
    }
    let slash = if root.prefix.is_empty() || root.prefix.ends_with('/') { "" } else { "/" };
    let file = |name: &str| match store.get(&root.bucket, &format!("{}{slash}{name}", root.prefix)) {
        Ok(found) => found.map(|object| (name.to_owned(), object)),
        Err(error) => {
            tracing::error!(%error, name, "a site's file cannot be read");
            None
        }
    };
    let names = candidates(path);
    let found = names.iter().find_map(|name| file(name));
    if found.is_none()
        && !names.is_empty()
        && let Some((_, list)) = file(REDIRECTS)
        && let Some(to) = moved_to(list, path)
    {
        let mut moved = answer(StatusCode::MOVED_PERMANENTLY, "text/plain; charset=utf-8", "Moved.");
        if let Ok(to) = HeaderValue::from_str(&to) {
            moved.headers_mut().insert(header::LOCATION, to);
            moved.headers_mut().insert(header::CACHE_CONTROL, REVALIDATE);
            return moved;
        }
    }
    let (status, name, object) = match found {
        Some((name, object)) => (StatusCode::OK, name, object),
        None => match file("404.html") {
            Some((name, object)) => (StatusCode::NOT_FOUND, name, object),
            None => return answer(StatusCode::NOT_FOUND, "text/plain; charset=utf-8", "Not found."),
        },
    };
    respond(status, &name, object, *method == Method::HEAD, headers)
}

/// Where a path went, by the lines `/old /new 301` of a version; paths are compared without a slash at their end.
fn moved_to(list: Object, path: &str) -> Option<String> {
    let mut text = String::new();
    // A version has few old addresses: the file is read only when there is nothing at the path.
    // What is behind its end are the store's own notes on it.
    let mut file = std::io::Read::take(list.file.try_into_std().ok()?, list.meta.size);
    std::io::Read::read_to_string(&mut file, &mut text).ok()?;
    let path = path.trim_end_matches('/');
    text.lines().find_map(|line| {
        let mut parts = line.split(' ');
        (parts.next() == Some(path)).then(|| parts.next().map(str::to_owned)).flatten()
    })
}

/// The keys, in order, under which a path's file may lie; none for a path that leaves the site.
fn candidates(path: &str) -> Vec<String> {
    let Ok(path) = percent_decode_str(path).decode_utf8() else { return Vec::new() };
    let path = path.trim_start_matches('/');
    let leaves = path.split('/').any(|segment| segment == ".." || segment == ".");
    if leaves || path.contains(['\\', '\0']) {
        return Vec::new();
    }
    if path.is_empty() || path.ends_with('/') {
        return vec![format!("{path}index.html")];
    }
    let last = path.rsplit('/').next().unwrap_or_default();
    if last.contains('.') { vec![path.to_owned()] } else { vec![format!("{path}/index.html"), path.to_owned()] }
}

fn respond(status: StatusCode, name: &str, object: Object, head: bool, asked: &HeaderMap) -> Response<Body> {
    let Meta { etag, size, content_type, cache_control, content_encoding, .. } = object.meta;
    let etag = format!("\"{etag}\"");
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let unchanged = status == StatusCode::OK
        && known.split(',').map(|one| one.trim().trim_start_matches("W/")).any(|one| one == etag || one == "*");
    let mut response = if unchanged || head {
        Response::new(full(Bytes::new()))
    } else {
        let stream = ReaderStream::with_capacity(object.file.take(size), 64 * 1024);
        let frames = futures::TryStreamExt::map_ok(stream, Frame::data);
        Response::new(StreamBody::new(frames).map_err(|e| Box::new(e) as BoxError).boxed_unsync())
    };
    *response.status_mut() = if unchanged { StatusCode::NOT_MODIFIED } else { status };
    let headers = response.headers_mut();
    let mut put = |name, value: Option<String>| {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    };
    put(header::ETAG, Some(etag));
    put(header::CACHE_CONTROL, cache_control);
    if !unchanged {
        let guessed = || {
            let kind = mime_guess::from_path(name).first_or_octet_stream();
            if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() }
        };
        put(header::CONTENT_TYPE, Some(content_type.unwrap_or_else(guessed)));
        put(header::CONTENT_ENCODING, content_encoding);
        put(header::CONTENT_LENGTH, Some(size.to_string()));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(REVALIDATE);
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    async fn store() -> (tempfile::TempDir, Arc<ObjectStore>, SiteRoot) {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(ObjectStore::open(folder.path()).unwrap());
        store.create_bucket("b").unwrap();
        for (key, body) in [
            ("sites/a/v1/index.html", "home"),
            ("sites/a/v1/blog/x/index.html", "x"),
            ("sites/a/v1/404.html", "gone"),
            ("sites/a/v1/style.css", "css"),
            ("sites/a/v1/_redirects", "/old /blog/x 301\n/blog/x /blog/y 301\n"),
            ("sites/b/v1/index.html", "other"),
            ("secret.txt", "secret"),
        ] {
            store.put_bytes("b", key, body.as_bytes(), Meta::default()).await.unwrap();
        }
        (folder, store, SiteRoot { bucket: "b".into(), prefix: "sites/a/v1".into() })
    }

    async fn get(
        store: &ObjectStore,
        root: &SiteRoot,
        method: Method,
        path: &str,
        known: &str,
    ) -> (u16, HeaderMap, String) {
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, known.parse().unwrap());
        let (parts, body) = serve(store, root, &method, path, &headers).into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status.as_u16(), parts.headers, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn pages_files_and_misses() {
        let (_folder, store, root) = store().await;
        for (path, status, body) in [
            ("/", 200, "home"),
            ("/blog/x", 200, "x"),
            ("/blog/x/", 200, "x"),
            ("/style.css", 200, "css"),
            ("/nothing", 404, "gone"),
            ("/../../b/v1/index.html", 404, "gone"),
            ("/%2e%2e/%2e%2e/%2e%2e/secret.txt", 404, "gone"),
            ("/..%2f..%2f..%2fsecret.txt", 404, "gone"),
            ("/a\\..\\x", 404, "gone"),
            ("/%ff", 404, "gone"),
        ] {
            let (got, _, text) = get(&store, &root, Method::GET, path, "").await;
            assert_eq!((got, text.as_str()), (status, body), "{path}");
        }
    }

    #[tokio::test]
    async fn old_addresses_are_moved_for_good() {
        let (_folder, store, root) = store().await;
        for path in ["/old", "/old/"] {
            let (status, headers, _) = get(&store, &root, Method::GET, path, "").await;
            assert_eq!((status, headers[header::LOCATION].to_str().unwrap()), (301, "/blog/x"), "{path}");
        }
        // Where a page is, nobody is sent away; and an address that leads nowhere stays so.
        assert_eq!(get(&store, &root, Method::GET, "/blog/x", "").await.0, 200);
        assert_eq!(get(&store, &root, Method::GET, "/older", "").await.0, 404);
    }

    #[tokio::test]
    async fn headers_and_conditions() {
        let (_folder, store, root) = store().await;
        let (_, headers, _) = get(&store, &root, Method::GET, "/style.css", "").await;
        assert_eq!(headers[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert_eq!(headers[header::CACHE_CONTROL], REVALIDATE);
        let etag = headers[header::ETAG].to_str().unwrap().to_owned();
        let (status, headers, body) = get(&store, &root, Method::GET, "/style.css", &format!("\"x\", W/{etag}")).await;
        assert_eq!((status, body.as_str(), &headers[header::ETAG]), (304, "", &HeaderValue::from_str(&etag).unwrap()));
        let (status, headers, body) = get(&store, &root, Method::HEAD, "/", "").await;
        assert_eq!((status, body.as_str(), headers[header::CONTENT_LENGTH].to_str().unwrap()), (200, "", "4"));
        assert_eq!(get(&store, &root, Method::POST, "/", "").await.0, 405);
    }
}
