//! Writes `openapi.json` from the code, or with `--check` says whether the one in the repository is up to date.

use std::{path::Path, process::ExitCode};

#[allow(clippy::print_stdout, clippy::print_stderr, reason = "a developer's command")]
fn main() -> ExitCode {
    let path = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi.json"));
    let document = match igny8_up::document().to_pretty_json() {
        Ok(document) => document + "\n",
        Err(error) => {
            eprintln!("the document cannot be written: {error}");
            return ExitCode::FAILURE;
        }
    };
    if std::env::args().any(|argument| argument == "--check") {
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        if kept == document {
            println!("openapi.json is up to date");
            return ExitCode::SUCCESS;
        }
        eprintln!("openapi.json is not what the code says; run: cargo run --bin igny8-openapi");
        return ExitCode::FAILURE;
    }
    match std::fs::write(path, document) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", path.display());
            ExitCode::FAILURE
        }
    }
}
