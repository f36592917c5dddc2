//! The SPA in `web/`: its packages, its build and its checks.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::SystemTime,
};

use crate::{
    shell::{Doing, Fault, Result, cargo, find, program, read, root, run, target},
    steps::Outcome,
};

/// What the pages are made of, and what they are made by.
const SOURCES: &[&str] =
    &["web/src", "web/public", "web/index.html", "web/package-lock.json", "web/vite.config.ts", "openapi.json"];
/// The oldest Node that Vite runs on: major and minor version.
const NODE: (u32, u32) = (20, 19);
/// Script of the first page that loads, compressed, in bytes.
const FIRST_LOAD: u64 = 250_000;

fn folder() -> PathBuf {
    root().join("web")
}

fn npm(arguments: &[&str]) -> Command {
    let mut command = program("npm");
    command.args(arguments).current_dir(folder());
    // Nothing of the suite is to be fetched or reported by the tools themselves.
    command
        .env("npm_config_fund", "false")
        .env("npm_config_audit", "false")
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
    command
}

fn npx(arguments: &[&str]) -> Command {
    let mut command = npm(&["exec", "--no", "--"]);
    command.args(arguments);
    command
}

/// Whether Node is here and new enough; else what to install.
pub fn has_node() -> Result {
    let install = "On Debian 13 or newer: apt-get install nodejs npm";
    if find("node").is_none() || find("npm").is_none() {
        return Err(Fault::new(format!("there is no Node with npm. {install}")));
    }
    let version = read(program("node").arg("--version"))?;
    let mut parts = version.trim().trim_start_matches('v').split('.').map(|part| part.parse().unwrap_or(0));
    let found = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
    if found >= NODE {
        return Ok(());
    }
    Err(Fault::new(format!("Node {} is too old: it takes {}.{} or newer. {install}", version.trim(), NODE.0, NODE.1)))
}

/// Installs the packages of the lock file, unless they are there.
fn packages() -> Result {
    has_node()?;
    let lock = folder().join("package-lock.json");
    let wanted = fs::read_to_string(&lock).doing(format!("reading {}", lock.display()))?;
    let stamp = folder().join("node_modules/.installed");
    if fs::read_to_string(&stamp).is_ok_and(|made| made == wanted) {
        return Ok(());
    }
    // Not `npm ci`: it wants the packages of every other platform in the lock file, and not every registry has them. The
    // versions and hashes are the lock file's all the same, and it is not written.
    run(&mut npm(&["install", "--no-save", "--no-progress"]))?;
    fs::write(&stamp, wanted).doing(format!("writing {}", stamp.display()))
}

/// Builds the pages when they are missing or older than what they are made of.
pub fn build() -> Result {
    let made = folder().join("dist/index.html").metadata().and_then(|file| file.modified()).ok();
    if made.is_some_and(|made| SOURCES.iter().all(|source| newest(&root().join(source)) <= made)) {
        return Ok(());
    }
    packages()?;
    run(&mut npm(&["run", "--silent", "build"]))
}

/// When the newest file at or under a path was changed; the beginning of time where there is none.
fn newest(path: &Path) -> SystemTime {
    let Ok(entries) = fs::read_dir(path) else {
        return path.metadata().and_then(|file| file.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    };
    // What is generated into the sources is no source.
    let generated = |path: &Path| path.file_name() == Some(OsStr::new("schema.d.ts"));
    let times = entries.flatten().map(|entry| entry.path()).filter(|path| !generated(path)).map(|path| newest(&path));
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}

/// Types against openapi.json, style, component tests, the build and its size.
pub fn step() -> Result<Outcome> {
    packages()?;
    run(&mut npm(&["run", "--silent", "build"]))?;
    run(&mut npx(&["biome", "ci", "--error-on-warnings", "."]))?;
    run(&mut npx(&["vitest", "run"]))?;
    let size = first_load()?;
    let note = format!("first load {} KB of script, compressed", size / 1000);
    if size > FIRST_LOAD {
        return Err(Fault::new(format!(
            "{note}: more than {} KB. Split a route, or do without a package",
            FIRST_LOAD / 1000
        )));
    }
    Ok(Outcome::Passed(Some(note)))
}

/// Bytes of script that the index loads at once, compressed as the edge does.
fn first_load() -> Result<u64> {
    let dist = folder().join("dist");
    let index = fs::read_to_string(dist.join("index.html")).doing("reading web/dist/index.html")?;
    let is_script = |part: &&str| part.starts_with("/assets/") && Path::new(part).extension() == Some(OsStr::new("js"));
    let scripts = index.split('"').filter(is_script);
    let mut size = 0;
    for script in scripts {
        let mut gzip = program("gzip");
        let file = dist.join(script.trim_start_matches('/'));
        let output = gzip.args(["-9", "-c"]).arg(&file).output().doing("gzip")?;
        size += output.stdout.len() as u64;
    }
    Ok(size)
}

/// The ways through in a real browser, against the local cloud.
pub fn browser() -> Result<Outcome> {
    let Some(chromium) = find("chromium") else {
        return Err(Fault::new("there is no Chromium. On Debian: apt-get install chromium"));
    };
    build()?;
    packages()?;
    run(cargo().args(["build", "--locked", "--workspace", "--bins"]))?;
    let mut playwright = npx(&["playwright", "test"]);
    playwright.env("IGNY8_UP", target().join("debug/igny8-up")).env("CHROMIUM", chromium);
    run(&mut playwright)?;
    Ok(Outcome::Passed(None))
}
