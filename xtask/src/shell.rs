//! Running other programs, with faults that say what to do.

use std::{
    env,
    ffi::OsStr,
    fmt,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Why a command ended, as a sentence.
#[derive(Debug)]
pub struct Fault(String);

impl Fault {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<lexopt::Error> for Fault {
    fn from(error: lexopt::Error) -> Self {
        Self(error.to_string())
    }
}

/// The answer of everything here.
pub type Result<T = ()> = std::result::Result<T, Fault>;

/// Adds what was being done to an error of the operating system.
pub trait Doing<T> {
    fn doing(self, what: impl fmt::Display) -> Result<T>;
}

impl<T> Doing<T> for std::io::Result<T> {
    fn doing(self, what: impl fmt::Display) -> Result<T> {
        self.map_err(|error| Fault(format!("{what}: {error}")))
    }
}

/// The repository's root.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A variable of the environment, if it is set and not empty.
#[allow(clippy::disallowed_methods, reason = "libs/cloud is for the product; commands read their own environment")]
pub fn variable(name: &str) -> Option<String> {
    env::var(name).ok().filter(|value| !value.is_empty())
}

/// The program of that name on PATH.
#[allow(clippy::disallowed_methods, reason = "libs/cloud is for the product; commands read their own environment")]
pub fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|dir| dir.join(program)).find(|file| file.is_file())
}

/// A program to be run from the root, without standard input.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root()).stdin(Stdio::null());
    command
}

/// Cargo, the one that runs us, with the environment that it was called with.
///
/// `cargo xtask` tells this program about its own package. A build script that looks at those variables (ring's) would
/// take them for a change, and everything above it would be compiled anew at each turn between `cargo` and `cargo xtask`.
pub fn cargo() -> Command {
    let mut command = program(variable("CARGO").unwrap_or_else(|| "cargo".to_owned()));
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// How a command is shown: its program's name and its arguments.
pub fn shown(command: &Command) -> String {
    let name = Path::new(command.get_program()).file_name().unwrap_or_default();
    let mut text = name.to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

/// Runs a command, its output on ours.
pub fn run(command: &mut Command) -> Result {
    let name = shown(command);
    println!("$ {name}");
    let status = command.status().doing(&name)?;
    if status.success() { Ok(()) } else { Err(Fault(format!("`{name}` ended with {status}"))) }
}

/// Runs a command and gives its standard output.
pub fn read(command: &mut Command) -> Result<String> {
    let name = shown(command);
    let output = command.stderr(Stdio::inherit()).output().doing(&name)?;
    if !output.status.success() {
        return Err(Fault(format!("`{name}` ended with {}", output.status)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs commands side by side and shows what each printed, in their order; fails if any did.
pub fn run_together(commands: Vec<Command>) -> Result {
    let running: Vec<_> = commands
        .into_iter()
        .map(|mut command| {
            let name = shown(&command);
            thread::spawn(move || {
                let start = Instant::now();
                let output = command.stdout(Stdio::piped()).stderr(Stdio::piped()).output();
                (name, start.elapsed(), output)
            })
        })
        .collect();
    let mut failed = Vec::new();
    for thread in running {
        let (name, took, output) = thread.join().map_err(|_| Fault::new("a thread of ours panicked"))?;
        let Output { status, stdout, stderr } = output.doing(&name)?;
        println!("$ {name}   ({:.1} s)", took.as_secs_f64());
        print!("{}", String::from_utf8_lossy(&stdout));
        print!("{}", String::from_utf8_lossy(&stderr));
        if !status.success() {
            failed.push(name);
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(Fault(format!("`{}` failed", failed.join("` and `")))) }
}

/// Waits for a child up to a limit. `None` if it was not done by then; it is ended.
pub fn wait_at_most(child: &mut Child, limit: Duration) -> Result<Option<bool>> {
    let end = Instant::now() + limit;
    loop {
        if let Some(status) = child.try_wait().doing("waiting for a program")? {
            return Ok(Some(status.success()));
        }
        if Instant::now() >= end {
            // It may have ended in this very moment; either way it is gone.
            let _ = child.kill();
            let _ = child.wait();
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(50));
    }
}

/// A child that ends with us, by its id.
pub struct Server(pub Child);

impl Drop for Server {
    fn drop(&mut self) {
        // An error means that it ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A package or binary of the workspace, by cargo's own metadata.
pub struct Workspace(String);

impl Workspace {
    pub fn load() -> Result<Self> {
        Ok(Self(read(cargo().args(["metadata", "--no-deps", "--offline", "--format-version", "1"]))?))
    }

    /// Whether a binary of that name is built by any crate.
    pub fn has_binary(&self, name: &str) -> bool {
        // `{"kind":["bin"],"crate_types":["bin"],"name":"x",…}` is how cargo writes a target; no JSON reader needed.
        self.0.contains(&format!(r#"{{"kind":["bin"],"crate_types":["bin"],"name":"{name}","#))
    }
}

/// Whether any crate lives under functions/.
pub fn has_functions() -> bool {
    let Ok(entries) = std::fs::read_dir(root().join("functions")) else { return false };
    entries.flatten().any(|entry| entry.path().join("Cargo.toml").is_file())
}

/// A port on loopback that nobody listens on.
pub fn free_port() -> Result<u16> {
    let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).doing("looking for a free port")?;
    Ok(probe.local_addr().doing("looking for a free port")?.port())
}
