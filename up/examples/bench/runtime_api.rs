//! A Runtime API (2018-06-01) of our own, which takes the times of a process that polls it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use http_body_util::{BodyExt, Full};
use hyper::{
    Method, Request, Response,
    body::{Bytes, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::{net::TcpListener, process::Command, sync::Notify};

/// How long a life may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// A program that speaks the Runtime API.
pub struct Program {
    pub file: PathBuf,
    pub arguments: Vec<PathBuf>,
    environment: BTreeMap<String, String>,
}

/// What was seen of one process.
#[derive(Debug, Clone, Default)]
pub struct Life {
    /// Start of the process to its first poll.
    pub first_poll: Duration,
    /// Start of the process to its first answer.
    pub first_answer: Duration,
    /// Bytes: the most memory that it held (`VmHWM`).
    pub peak_memory: u64,
    /// CPU time of one warm call.
    pub cpu_per_call: Duration,
    /// The answer to the last call.
    pub answer: Value,
}

/// What is known while the process lives.
#[derive(Default)]
struct Seen {
    polled: Option<Instant>,
    answered: Option<Instant>,
    answers: usize,
    last: Bytes,
    cpu_before: Duration,
    cpu_after: Duration,
    peak_memory: u64,
}

struct Api {
    event: Bytes,
    calls: usize,
    pid: Mutex<u32>,
    seen: Mutex<Seen>,
    done: Notify,
}

impl Program {
    pub fn new(file: &Path, environment: BTreeMap<String, String>) -> Self {
        let file = file.canonicalize().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        Self { file, arguments: Vec::new(), environment }
    }

    /// Starts the program and hands it the event once and then `warm` times more.
    pub async fn live(&self, event: &Value, warm: usize) -> Life {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Arc::new(Api {
            event: event.to_string().into(),
            calls: warm + 1,
            pid: Mutex::new(0),
            seen: Mutex::default(),
            done: Notify::new(),
        });
        let mut command = Command::new(&self.file);
        command
            .args(&self.arguments)
            .env_clear()
            .envs(&self.environment)
            .env("AWS_LAMBDA_RUNTIME_API", listener.local_addr().unwrap().to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "bench")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true);
        let begun = Instant::now();
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{}: {error}", self.file.display()));
        *api.pid.lock().unwrap() = child.id().unwrap();
        let serving = tokio::spawn(serve(listener, Arc::clone(&api)));
        let ended = tokio::select! {
            () = api.done.notified() => None,
            status = child.wait() => Some(format!("ended with {}", status.unwrap())),
            () = tokio::time::sleep(PATIENCE) => Some("takes too long".to_owned()),
        };
        assert_eq!(ended, None, "{}", self.file.display());
        child.kill().await.unwrap();
        serving.abort();

        let seen = api.seen.lock().unwrap();
        Life {
            first_poll: seen.polled.unwrap() - begun,
            first_answer: seen.answered.unwrap() - begun,
            peak_memory: seen.peak_memory,
            cpu_per_call: seen.cpu_after.saturating_sub(seen.cpu_before) / u32::try_from(warm.max(1)).unwrap(),
            answer: serde_json::from_slice(&seen.last).unwrap_or_default(),
        }
    }
}

async fn serve(listener: TcpListener, api: Arc<Api>) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_nodelay(true).unwrap();
        let api = Arc::clone(&api);
        let service = service_fn(move |request| answer(Arc::clone(&api), request));
        // A process that is ended breaks its connection.
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

async fn answer(api: Arc<Api>, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let now = Instant::now();
    if request.method() == Method::GET {
        if api.seen.lock().unwrap().answers == api.calls {
            // Nothing more to do; the process is ended while it waits.
            std::future::pending::<()>().await;
        }
        api.seen.lock().unwrap().polled.get_or_insert(now);
        let response = Response::builder()
            .header("content-type", "application/json")
            .header("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
            .header("lambda-runtime-deadline-ms", (epoch() + Duration::from_secs(30)).as_millis().to_string())
            .header("lambda-runtime-invoked-function-arn", "arn:aws:lambda:eu-central-1:123456789012:function:bench");
        return Ok(response.body(Full::new(api.event.clone())).unwrap());
    }
    let body = request.into_body().collect().await?.to_bytes();
    let pid = *api.pid.lock().unwrap();
    let mut seen = api.seen.lock().unwrap();
    if seen.answers == 0 {
        seen.answered = Some(now);
        seen.cpu_before = cpu_time(pid);
    }
    seen.answers += 1;
    seen.last = body;
    if seen.answers == api.calls {
        seen.cpu_after = cpu_time(pid);
        seen.peak_memory = peak_memory(pid);
        api.done.notify_one();
    }
    Ok(Response::builder().status(202).body(Full::default()).unwrap())
}

#[allow(clippy::disallowed_methods, reason = "the bench plays Lambda, whose deadlines are by the clock on the wall")]
fn epoch() -> Duration {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap()
}

/// The time that all threads of a process have run: the first field of `schedstat`, in nanoseconds.
fn cpu_time(pid: u32) -> Duration {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).unwrap();
    let of_thread = |entry: std::io::Result<std::fs::DirEntry>| {
        let text = std::fs::read_to_string(entry.unwrap().path().join("schedstat")).unwrap_or_default();
        text.split(' ').next().and_then(|field| field.parse().ok()).unwrap_or(0)
    };
    Duration::from_nanos(threads.map(of_thread).sum())
}

fn peak_memory(pid: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}
