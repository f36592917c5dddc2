//! HTTP/1.1 servers on loopback: accept, serve, and end cleanly.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use futures::future::BoxFuture;
use http::{Request, Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::emulators::Body;

/// What answers a request; `None` closes the connection without an answer.
pub(crate) type Handler =
    Arc<dyn Fn(Request<Incoming>, SocketAddr) -> BoxFuture<'static, Option<Response<Body>>> + Send + Sync>;

/// The connection is to be closed without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the answer is lost")]
struct Lost;

/// Serves until the token is cancelled; open requests are then answered, idle connections closed.
pub(crate) fn serve(listener: TcpListener, handler: Handler, stop: CancellationToken, tasks: &TaskTracker) {
    let connections = tasks.clone();
    tasks.spawn(async move {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = stop.cancelled() => break,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    // Too many open files, mostly; trying again at once would only burn the processor.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
                    continue;
                }
            };
            let _ = stream.set_nodelay(true);
            let (handler, stop) = (Arc::clone(&handler), stop.clone());
            connections.spawn(async move {
                let service = service_fn(move |request| {
                    let answer = handler(request, peer);
                    async move { answer.await.ok_or(Lost) }
                });
                let connection = http1::Builder::new()
                    .timer(TokioTimer::new())
                    .serve_connection(TokioIo::new(stream), service)
                    .with_upgrades();
                tokio::pin!(connection);
                tokio::select! {
                    result = connection.as_mut() => {
                        if let Err(error) = result {
                            tracing::debug!(%error, "a connection ended");
                        }
                        return;
                    }
                    () = stop.cancelled() => {}
                }
                connection.as_mut().graceful_shutdown();
                let _ = connection.await;
            });
        }
    });
}

/// Makes a handler of something that always answers.
pub(crate) fn always<F>(answer: impl Fn(Request<Incoming>, SocketAddr) -> F + Send + Sync + 'static) -> Handler
where
    F: Future<Output = Result<Response<Body>, Infallible>> + Send + 'static,
{
    Arc::new(move |request, peer| {
        let answer = answer(request, peer);
        Box::pin(async move { answer.await.ok() })
    })
}
