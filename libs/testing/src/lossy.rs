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
    to_lose: Arc<AtomicUsize>,
    lost: Arc<AtomicUsize>,
}

impl Lossy {
    pub(crate) async fn before(endpoint: &str) -> Self {
        let behind = endpoint.trim_start_matches("http://").trim_end_matches('/').to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (to_lose, lost) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let line = (to_lose.clone(), lost.clone());
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (to_lose, lost) = line.clone();
                tokio::spawn(carry(near, behind.clone(), to_lose, lost));
            }
        });
        Self { address, to_lose, lost }
    }

    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The next `answers` answers are lost.
    pub fn lose(&self, answers: usize) {
        self.to_lose.store(answers, Ordering::SeqCst);
    }

    /// How many answers have been lost so far.
    pub fn lost(&self) -> usize {
        self.lost.load(Ordering::SeqCst)
    }
}

/// Carries one connection, message by message, until one side ends or an answer is lost.
async fn carry(mut near: TcpStream, behind: String, to_lose: Arc<AtomicUsize>, lost: Arc<AtomicUsize>) {
    let Ok(mut far) = TcpStream::connect(&behind).await else { return };
    loop {
        let Some(request) = message(&mut near).await else { return };
        if far.write_all(&request).await.is_err() {
            return;
        }
        let Some(answer) = message(&mut far).await else { return };
        let lose = to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok();
        if lose {
            lost.fetch_add(1, Ordering::SeqCst);
            return;
        }
        if near.write_all(&answer).await.is_err() {
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
