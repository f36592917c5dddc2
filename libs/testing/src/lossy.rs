//! A line to the emulator that carries requests and, when told so, loses the answer.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The line. Requests always arrive; the answers of the next few do not come back.
pub struct Lossy {
    address: String,
    plan: Arc<Plan>,
}

/// Which answers are lost.
#[derive(Default)]
struct Plan {
    /// So many still come back.
    to_pass: AtomicUsize,
    /// Then so many do not.
    to_lose: AtomicUsize,
    lost: AtomicUsize,
}

impl Plan {
    fn loses(&self) -> bool {
        let take = |count: &AtomicUsize| {
            count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
        };
        let loses = !take(&self.to_pass) && take(&self.to_lose);
        self.lost.fetch_add(usize::from(loses), Ordering::SeqCst);
        loses
    }
}

impl Lossy {
    pub(crate) async fn before(endpoint: &str) -> Self {
        let behind = endpoint.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let plan = Arc::new(Plan::default());
        let line = plan.clone();
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                tokio::spawn(carry(near, behind.clone(), line.clone()));
            }
        });
        Self { address, plan }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next `answers` answers are lost.
    pub fn lose(&self, answers: usize) {
        self.lose_after(0, answers);
    }

    /// The next `passed` answers come back, and `answers` after them are lost.
    pub fn lose_after(&self, passed: usize, answers: usize) {
        self.plan.to_pass.store(passed, Ordering::SeqCst);
        self.plan.to_lose.store(answers, Ordering::SeqCst);
    }

    /// How many answers have been lost so far.
    pub fn lost(&self) -> usize {
        self.plan.lost.load(Ordering::SeqCst)
    }
}

/// Carries one connection, message by message, until one side ends or an answer is lost.
async fn carry(mut near: TcpStream, behind: String, plan: Arc<Plan>) {
    let Ok(mut far) = TcpStream::connect(&behind).await else { return };
    loop {
        let Some(request) = message(&mut near).await else { return };
        if far.write_all(&request).await.is_err() {
            return;
        }
        let Some(answer) = message(&mut far).await else { return };
        if plan.loses() || near.write_all(&answer).await.is_err() {
            return;
        }
    }
}

/// One HTTP/1.1 message with a `Content-Length`, which is all that the SDK and the emulators send.
async fn message(from: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if from.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse::<usize>().ok())
        .unwrap_or(0);
    while bytes.len() < head + length {
        if from.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(bytes)
}
