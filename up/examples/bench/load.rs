//! How many requests a second the local cloud answers, with clients that wait for each answer.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

use futures::future::join_all;
use hyper::{Method, body::Bytes};
use serde::Serialize;
use serde_json::json;

use crate::world::World;

/// Clients at once.
const CLIENTS: usize = 8;
/// How long each kind of request is sent.
const TIME: Duration = Duration::from_secs(4);

/// One kind of request.
#[derive(Debug, Serialize)]
pub struct Load {
    pub request: &'static str,
    pub per_second: f64,
    /// Beside a request that neither reads nor checks a token, in the same run.
    pub of_health: f64,
}

pub async fn measure(world: &World) -> Vec<Load> {
    let site = &world.site;
    let next = AtomicUsize::new(0);
    let nothing = || Bytes::new();
    let list = format!("/api/planner/keywords?site_id={site}&limit=50");
    let keyword = || {
        let n = next.fetch_add(1, Ordering::Relaxed);
        let body = json!({ "site_id": site, "keywords": [{ "keyword": format!("winter tyres {n}") }] });
        Bytes::from(body.to_string())
    };
    let health = rate(world, &Method::GET, "/api/system/health", nothing).await;
    let list = rate(world, &Method::GET, &list, nothing).await;
    let create = rate(world, &Method::POST, "/api/planner/keywords", keyword).await;
    let requests = [
        ("GET /api/system/health: no token, no read", health),
        ("GET /api/planner/keywords: a page of 50", list),
        ("POST /api/planner/keywords: one keyword", create),
    ];
    requests.map(|(request, per_second)| Load { request, per_second, of_health: per_second / health }).into()
}

async fn rate(world: &World, method: &Method, path: &str, body: impl Fn() -> Bytes) -> f64 {
    let (begun, answered) = (Instant::now(), AtomicUsize::new(0));
    let client = async || {
        while begun.elapsed() < TIME {
            let (status, bytes) = world.call(method, path, body()).await;
            assert!(status < 300, "{method} {path}: {status} {}", String::from_utf8_lossy(&bytes));
            answered.fetch_add(1, Ordering::Relaxed);
        }
    };
    join_all((0..CLIENTS).map(|_| client())).await;
    answered.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}
