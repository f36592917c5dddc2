//! What the reader makes of recorded real answers and of the cases of two repair libraries, as a table of figures with
//! the bounds that must hold. Runs when IGNY8_SHARED names the directory that holds `data/llm-json` and `peers/llm`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod recorded;
mod suites;

use std::path::PathBuf;

#[allow(clippy::disallowed_methods, reason = "names the directory of optional test data")]
fn shared() -> Option<PathBuf> {
    let Ok(dir) = std::env::var("IGNY8_SHARED") else {
        println!("SKIPPED: recorded answers were not checked, because IGNY8_SHARED is not set");
        return None;
    };
    Some(PathBuf::from(dir))
}

fn lines(dir: &std::path::Path, file: &str) -> Vec<serde_json::Value> {
    let text = std::fs::read_to_string(dir.join("data/llm-json").join(file)).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// One line of the table of figures.
fn show(what: &str, good: usize, all: usize) {
    println!("{what:<44} {good:>4} of {all:>4}  {:>5.1} %", good as f64 * 100.0 / all.max(1) as f64);
}
