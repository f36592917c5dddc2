//! The step `model`: the way from keywords to a draft with a real, small language model behind a real server.
//!
//! Model and server come from PyPI (`xtask/requirements/model.txt`) and run without a network. `IGNY8_MODEL_RUNS` says how
//! often the way is gone (3); up/tests/product/small_model.rs says what must hold of each.

use std::{
    fs::File,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    process::Stdio,
    thread,
    time::{Duration, Instant},
};

use crate::{
    python,
    shell::{Doing, Fault, Result, Server, free_port, root, run, target},
    steps::{Outcome, nextest},
};

/// How long the server may take to load the model.
const PATIENCE: Duration = Duration::from_mins(2);
/// The longest answer, in tokens.
const TOKENS: &str = "200";

/// The step.
pub fn step() -> Result<Outcome> {
    let home = python::venv("model")?;
    let port = free_port()?;
    let log = target().join("model.log");
    let out = File::create(&log).doing(format!("creating {}", log.display()))?;
    let err = out.try_clone().doing("the model's log")?;
    let mut command = python::tool(&home, "python");
    command
        .arg(root().join("xtask/py/model_server.py"))
        .args([&port.to_string(), TOKENS])
        // Threads that spin while they wait for each other starve everybody when the cores are shared.
        .env("OMP_WAIT_POLICY", "passive")
        .stdin(Stdio::piped())
        .stdout(out)
        .stderr(err);
    let mut server = Server(command.spawn().doing("the model server")?);
    let start = Instant::now();
    while !is_ready(port) {
        let ended = server.0.try_wait().doing("the model server")?.is_some();
        if ended || start.elapsed() > PATIENCE {
            return Err(Fault::new(format!("the model server does not serve; see {}", log.display())));
        }
        thread::sleep(Duration::from_millis(200));
    }
    let mut tests = nextest()?;
    tests
        .args(["--workspace", "--locked", "--test", "product", "--success-output", "immediate"])
        .args(["-E", "test(/^small_model::/)"])
        .env("IGNY8_TEST_MODEL", format!("http://127.0.0.1:{port}/v1"));
    run(&mut tests)?;
    Ok(Outcome::Passed(None))
}

/// Whether `GET /health` answers 200: it does so once the model is loaded.
fn is_ready(port: u16) -> bool {
    let ask = || -> std::io::Result<String> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let mut socket = TcpStream::connect_timeout(&address, Duration::from_secs(1))?;
        socket.set_read_timeout(Some(Duration::from_secs(5)))?;
        socket.write_all(b"GET /health HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        socket.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.split(' ').nth(1) == Some("200"))
}
