//! The SPA in `web/`: its packages, its build and its checks.

use std::{ffi::OsStr, fs, path::Path, time::SystemTime};

use crate::{
    node::Project,
    shell::{Doing, Fault, Result, cargo, find, program, root, run, target},
    steps::Outcome,
};

/// What the pages are made of, and what they are made by.
const SOURCES: &[&str] =
    &["web/src", "web/public", "web/index.html", "web/package-lock.json", "web/vite.config.ts", "openapi.json"];
const WEB: Project = Project("web");
/// Script of the first page that loads, compressed, in bytes.
const FIRST_LOAD: u64 = 250_000;

/// Builds the pages when they are missing or older than what they are made of.
pub fn build() -> Result {
    let made = WEB.folder().join("dist/index.html").metadata().and_then(|file| file.modified()).ok();
    if made.is_some_and(|made| SOURCES.iter().all(|source| newest(&root().join(source)) <= made)) {
        return Ok(());
    }
    WEB.packages()?;
    run(&mut WEB.npm(&["run", "--silent", "build"]))
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
    WEB.packages()?;
    run(&mut WEB.npm(&["run", "--silent", "build"]))?;
    run(&mut WEB.npx(&["biome", "ci", "--error-on-warnings", "."]))?;
    run(&mut WEB.npx(&["vitest", "run"]))?;
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
    let dist = WEB.folder().join("dist");
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
    WEB.packages()?;
    run(cargo().args(["build", "--locked", "--workspace", "--bins"]))?;
    let mut playwright = WEB.npx(&["playwright", "test"]);
    playwright.env("IGNY8_UP", target().join("debug/igny8-up")).env("CHROMIUM", chromium);
    run(&mut playwright)?;
    Ok(Outcome::Passed(None))
}
