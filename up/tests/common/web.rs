//! Calls of any address, where there is no cloud of the test's own.

use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, body::Bytes};
use hyper_util::{
    client::legacy::{Client as Hyper, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;

use super::Answer;

/// Calls any address, where there is no [`Cloud`]: another process, or a cloud that the test builds itself.
#[derive(Clone)]
pub struct Web {
    pub url: String,
    http: Hyper<HttpConnector, Full<Bytes>>,
}

impl Web {
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), http: Hyper::builder(TokioExecutor::new()).build_http() }
    }

    /// The answer, or none where nobody answers.
    pub async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
        headers: &[(&str, &str)],
    ) -> Option<Answer> {
        let mut headers = headers.to_vec();
        if body.is_some() {
            headers.push(("content-type", "application/json"));
        }
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        self.send(method, path, token, body, &headers).await
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Bytes,
        headers: &[(&str, &str)],
    ) -> Option<Answer> {
        let what = format!("{method} {path}");
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.url));
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.http.request(request.body(Full::new(body)).unwrap()).await.ok()?;
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.ok()?.to_bytes();
        Some(Answer { what, status: parts.status, headers: parts.headers, bytes })
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.call(Method::GET, path, Some(token), None, &[]).await.unwrap()
    }

    pub async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(token), Some(body), &[]).await.unwrap()
    }

    /// Puts a file to an address that was signed for it.
    pub async fn put(&self, path: &str, body: impl Into<Bytes>) -> Answer {
        self.send(Method::PUT, path, None, body.into(), &[]).await.unwrap()
    }

    /// Posts a text of some kind, as `text/csv`.
    pub async fn text(&self, path: &str, token: &str, kind: &str, body: String) -> Answer {
        self.send(Method::POST, path, Some(token), body.into(), &[("content-type", kind)]).await.unwrap()
    }
}
