//! `cargo xtask test --aws moto`: the same tests on somebody else's idea of AWS.
//!
//! Which tests run there stands in .config/nextest.toml, profile `moto`. They find the server by AWS_ENDPOINT_URL.

use std::{
    fs::File,
    net::{Ipv4Addr, TcpStream},
    thread,
    time::{Duration, Instant},
};

use crate::{
    python,
    shell::{Doing, Fault, Result, Server, free_port, run, target},
    steps::{Outcome, nextest},
};

/// How long the server may take to listen.
const PATIENCE: Duration = Duration::from_mins(1);

/// The step of `test --aws moto`.
pub fn step() -> Result<Outcome> {
    let home = python::venv("aws")?;
    let port = free_port()?;
    let log = target().join("moto.log");
    let out = File::create(&log).doing(format!("creating {}", log.display()))?;
    let err = out.try_clone().doing("moto's log")?;
    let mut command = python::tool(&home, "moto_server");
    command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).stdout(out).stderr(err);
    let mut server = Server(command.spawn().doing("moto_server")?);
    let start = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        let ended = server.0.try_wait().doing("moto_server")?.is_some();
        if ended || start.elapsed() > PATIENCE {
            return Err(Fault::new(format!("moto_server does not listen; see {}", log.display())));
        }
        thread::sleep(Duration::from_millis(50));
    }
    let mut tests = nextest()?;
    tests
        .args(["--workspace", "--locked", "--profile", "moto"])
        .env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}"))
        .env("AWS_REGION", "eu-central-1")
        // moto takes any keys; without these an SDK would look for real ones.
        .env("AWS_ACCESS_KEY_ID", "testing")
        .env("AWS_SECRET_ACCESS_KEY", "testing")
        .env("IGNY8_TEST_ENDPOINT", format!("http://127.0.0.1:{port}"));
    run(&mut tests)?;
    Ok(Outcome::Passed(None))
}
