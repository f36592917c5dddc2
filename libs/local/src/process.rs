//! Real binaries as functions: starts them as Lambda does and serves each the Runtime API (2018-06-01).
//!
//! A process takes one invocation at a time; more are started up to the binary's concurrency. One that dies fails the
//! invocation it had, as on Lambda, and the next invocation starts a new one.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, BufReader},
    net::TcpListener,
    process::{Child, Command},
    sync::{Semaphore, mpsc, oneshot},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    emulators::{Body, answer, full},
    invoke::{InvocationContext, Invoke},
    server,
};

/// A binary and how to start it.
#[derive(Debug, Clone)]
pub struct Binary {
    /// The file.
    pub program: PathBuf,
    /// Its arguments; a Lambda binary has none, an interpreter has its script.
    pub arguments: Vec<String>,
    /// Its whole environment, credentials and endpoint included; nothing is inherited.
    pub environment: BTreeMap<String, String>,
    /// The function's physical name.
    pub function_name: String,
    /// The function's memory in MB, which it is only told.
    pub memory_mb: u32,
    /// How many processes there may be at once.
    pub concurrency: usize,
}

/// The processes of one binary.
pub struct Processes {
    binary: Binary,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Worker>>,
    /// Process ids of those that run now, idle or not.
    running: Arc<Mutex<Vec<u32>>>,
    started: AtomicU64,
}

type Outcome = Result<Value, String>;
type Job = (Value, InvocationContext, oneshot::Sender<Reply>);

/// What becomes of a job.
enum Reply {
    /// The process answered or failed it, or died over it.
    Done(Outcome),
    /// The process ended before it fetched the job.
    Unfetched(Value, InvocationContext),
}

/// One process. Dropping it kills the process.
struct Worker {
    jobs: mpsc::Sender<Job>,
    stop: CancellationToken,
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Processes {
    /// None runs yet: the first invocation starts one.
    pub fn new(binary: Binary) -> Arc<Self> {
        let places = Arc::new(Semaphore::new(binary.concurrency.max(1)));
        Arc::new(Self { binary, places, idle: Mutex::default(), running: Arc::default(), started: AtomicU64::new(0) })
    }

    /// These processes as a function.
    pub fn invoke(self: &Arc<Self>) -> Invoke {
        let processes = Arc::clone(self);
        Arc::new(move |event, context| {
            let processes = Arc::clone(&processes);
            Box::pin(async move { processes.run(event, context).await })
        })
    }

    /// Process ids of those that run now.
    pub fn running(&self) -> Vec<u32> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many were started so far.
    pub fn started(&self) -> u64 {
        self.started.load(Ordering::Relaxed)
    }

    /// Ends all idle processes; busy ones end with their invocation.
    pub fn stop(&self) {
        self.places.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    async fn run(&self, event: Value, context: InvocationContext) -> Outcome {
        let _place = self.places.acquire().await.map_err(|_| "the function is shut down".to_owned())?;
        let mut job = (event, context);
        loop {
            let waiting = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let fresh = waiting.is_none();
            let worker = match waiting {
                Some(worker) => worker,
                None => self.start().await?,
            };
            let (reply, outcome) = oneshot::channel();
            let back = match worker.jobs.send((job.0, job.1, reply)).await {
                // When the caller gives up (its time is over) the worker is dropped here, and the process killed.
                Ok(()) => match outcome.await {
                    Ok(Reply::Done(outcome)) => {
                        if !worker.jobs.is_closed() && !self.places.is_closed() {
                            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
                        }
                        return outcome;
                    }
                    Ok(Reply::Unfetched(event, context)) => (event, context),
                    Err(_) => return Err("the process is gone".into()),
                },
                Err(mpsc::error::SendError((event, context, _))) => (event, context),
            };
            if fresh {
                return Err("Runtime exited before it asked for an invocation".into());
            }
            // An idle process has died meanwhile: another one takes the event.
            job = back;
        }
    }

    async fn start(&self) -> Result<Worker, String> {
        let refuse = |what: &str, e: std::io::Error| format!("{what} {}: {e}", self.binary.program.display());
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|e| refuse("no port for", e))?;
        let address = listener.local_addr().map_err(|e| refuse("no port for", e))?;
        let mut command = Command::new(&self.binary.program);
        command
            .args(&self.binary.arguments)
            .env_clear()
            .envs(&self.binary.environment)
            .env("AWS_LAMBDA_RUNTIME_API", address.to_string())
            .env("_HANDLER", "bootstrap")
            .env("AWS_LAMBDA_FUNCTION_NAME", &self.binary.function_name)
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", self.binary.memory_mb.to_string())
            .env("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().map_err(|e| refuse("cannot start", e))?;
        self.started.fetch_add(1, Ordering::Relaxed);
        log(&self.binary.function_name, child.stdout.take());
        log(&self.binary.function_name, child.stderr.take());
        let stop = CancellationToken::new();
        let (jobs, queue) = mpsc::channel(1);
        let runtime = Arc::new(Runtime {
            jobs: tokio::sync::Mutex::new(queue),
            current: Mutex::new(None),
            ended: CancellationToken::new(),
        });
        let tasks = TaskTracker::new();
        let served = Arc::clone(&runtime);
        let handler = server::always(move |request, _| {
            let runtime = Arc::clone(&served);
            async move { Ok(runtime.answer(request).await) }
        });
        server::serve(listener, handler, runtime.ended.clone(), &tasks);
        tokio::spawn(watch(child, runtime, stop.clone(), Arc::clone(&self.running), self.binary.function_name.clone()));
        Ok(Worker { jobs, stop })
    }
}

/// Waits for a process's end, its own or ours, and fails the invocation it had.
async fn watch(
    mut child: Child,
    runtime: Arc<Runtime>,
    stop: CancellationToken,
    running: Arc<Mutex<Vec<u32>>>,
    function: String,
) {
    let id = child.id().unwrap_or_default();
    running.lock().unwrap_or_else(PoisonError::into_inner).push(id);
    let status = tokio::select! {
        status = child.wait() => status.ok(),
        () = stop.cancelled() => {
            let _ = child.kill().await;
            None
        }
    };
    running.lock().unwrap_or_else(PoisonError::into_inner).retain(|other| *other != id);
    if let Some(status) = status {
        tracing::warn!(function, pid = id, %status, "a process has ended");
    }
    runtime.ended.cancel();
    {
        let mut jobs = runtime.jobs.lock().await;
        jobs.close();
        while let Ok((event, context, reply)) = jobs.try_recv() {
            let _ = reply.send(Reply::Unfetched(event, context));
        }
    }
    let words = status.map_or_else(|| "the process was stopped".into(), |status| format!("Runtime exited: {status}"));
    if let Some((_, reply)) = runtime.current.lock().unwrap_or_else(PoisonError::into_inner).take() {
        let _ = reply.send(Reply::Done(Err(words)));
    }
}

/// The Runtime API of one process.
struct Runtime {
    jobs: tokio::sync::Mutex<mpsc::Receiver<Job>>,
    current: Mutex<Option<(String, oneshot::Sender<Reply>)>>,
    ended: CancellationToken,
}

impl Runtime {
    async fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let path = request.uri().path().trim_start_matches("/2018-06-01/runtime/").to_owned();
        let parts: Vec<&str> = path.split('/').collect();
        match (request.method(), parts.as_slice()) {
            (&Method::GET, ["invocation", "next"]) => self.next().await,
            (&Method::POST, ["invocation", id, "response"]) => {
                let body = collect(request).await;
                // A handler that answers nothing has answered null.
                let value = if body.is_empty() { Ok(Value::Null) } else { serde_json::from_slice(&body) };
                self.finish(id, value.map_err(|_| "Runtime.MarshalError: the answer is no JSON".into()))
            }
            (&Method::POST, ["invocation", id, "error"]) => {
                let body = collect(request).await;
                self.finish(id, Err(words(&body)))
            }
            (&Method::POST, ["init", "error"]) => {
                let body = collect(request).await;
                let taken = self.current.lock().unwrap_or_else(PoisonError::into_inner).take();
                if let Some((_, reply)) = taken {
                    let _ = reply.send(Reply::Done(Err(words(&body))));
                } else if let Some((_, _, reply)) = self.jobs.lock().await.recv().await {
                    let _ = reply.send(Reply::Done(Err(words(&body))));
                }
                accepted()
            }
            _ => answer(StatusCode::NOT_FOUND, "application/json", "{\"errorType\":\"NotFound\"}"),
        }
    }

    async fn next(&self) -> Response<Body> {
        let job = tokio::select! {
            job = async { self.jobs.lock().await.recv().await } => job,
            () = self.ended.cancelled() => None,
        };
        let Some((event, context, reply)) = job else {
            return answer(StatusCode::GONE, "application/json", "{\"errorType\":\"Gone\"}");
        };
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = Some((context.request_id.clone(), reply));
        let mut response = answer(StatusCode::OK, "application/json", event.to_string());
        let id = context.request_id.replace('-', "");
        for (name, value) in [
            ("lambda-runtime-aws-request-id", context.request_id.clone()),
            ("lambda-runtime-deadline-ms", context.deadline_ms.to_string()),
            (
                "lambda-runtime-invoked-function-arn",
                format!("arn:aws:lambda:local:000000000000:function:{}", context.function_name),
            ),
            ("lambda-runtime-trace-id", format!("Root=1-00000000-{};Sampled=0", id.get(..24).unwrap_or_default())),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    fn finish(&self, id: &str, outcome: Outcome) -> Response<Body> {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.as_ref().is_none_or(|(running, _)| running != id) {
            return answer(StatusCode::BAD_REQUEST, "application/json", "{\"errorType\":\"InvalidRequestID\"}");
        }
        if let Some((_, reply)) = current.take() {
            let _ = reply.send(Reply::Done(outcome));
        }
        accepted()
    }
}

fn accepted() -> Response<Body> {
    let mut response = Response::new(full(Bytes::from_static(b"{\"status\":\"OK\"}")));
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}

async fn collect(request: Request<Incoming>) -> Bytes {
    request.into_body().collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default()
}

/// `errorType: errorMessage` of an error document.
fn words(body: &Bytes) -> String {
    let error: Value = serde_json::from_slice(body).unwrap_or_default();
    let kind = error["errorType"].as_str().unwrap_or("Error");
    format!("{kind}: {}", error["errorMessage"].as_str().unwrap_or_default())
}

/// Passes a process's lines on to the log.
fn log(function: &str, stream: Option<impl AsyncRead + Unpin + Send + 'static>) {
    let (Some(stream), function) = (stream, function.to_owned()) else { return };
    tokio::spawn(async move {
        let mut lines = BufReader::new(stream).lines();
        while let Ok(Some(line)) = lines.next_line().await {
            tracing::info!(target: "function", function, "{line}");
        }
    });
}
