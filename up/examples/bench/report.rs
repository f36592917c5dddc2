//! The figures as tables, and which goals they miss.

use std::{io::Write, time::Duration};

use serde::Serialize;

use crate::{
    load::Load,
    runtime_api::{Life, Program},
};

const MB: f64 = 1_000_000.0;

/// What was measured of one program.
#[derive(Debug, Serialize)]
pub struct Figures {
    pub function: String,
    pub first_poll_ms: f64,
    pub first_answer_ms: f64,
    pub peak_memory_mb: f64,
    pub cpu_per_call_ms: f64,
    /// Megabytes of the archive that would be deployed; none for an interpreter.
    pub zip_mb: Option<f64>,
    /// The HTTP status of its answer.
    pub status: u64,
}

impl Figures {
    pub fn of(name: &str, program: &Program, lives: Vec<Life>, warm: Life) -> Self {
        let milliseconds = |field: fn(&Life) -> Duration| {
            let mut times: Vec<_> = lives.iter().map(field).collect();
            times.sort();
            times[times.len() / 2].as_secs_f64() * 1e3
        };
        let zip_mb = program.arguments.is_empty().then(|| zipped(&std::fs::read(&program.file).unwrap()) as f64 / MB);
        Self {
            function: name.to_owned(),
            first_poll_ms: milliseconds(|life| life.first_poll),
            first_answer_ms: milliseconds(|life| life.first_answer),
            peak_memory_mb: warm.peak_memory as f64 / MB,
            cpu_per_call_ms: warm.cpu_per_call.as_secs_f64() * 1e3,
            zip_mb,
            status: warm.answer["statusCode"].as_u64().unwrap_or_default(),
        }
    }
}

/// Bytes of a file once it is deflated, as a zip archive holds it.
fn zipped(file: &[u8]) -> usize {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(file).unwrap();
    encoder.finish().unwrap().len()
}

/// The goals that are missed, as sentences. The first program is the hello-world and the last is Python.
pub fn goals(figures: &[Figures]) -> Vec<String> {
    let [hello, ours @ .., python] = figures else { panic!("there is nothing to compare") };
    let mut missed = Vec::new();
    for row in ours {
        let mut goal = |holds: bool, what: &str| {
            if !holds {
                missed.push(format!("{}: {what}", row.function));
            }
        };
        goal(row.status == 200, "what was measured is no successful read");
        goal(row.first_poll_ms <= 3.0 * hello.first_poll_ms, "first poll after more than 3 × hello-world's");
        goal(row.first_answer_ms <= python.first_answer_ms / 20.0, "first answer after more than 1/20 of Python's");
        goal(row.peak_memory_mb < 20.0, "peak memory of 20 MB or more");
        goal(row.zip_mb.is_some_and(|zip| zip < 5.0), "zip of 5 MB or more");
    }
    missed
}

pub fn functions(figures: &[Figures]) -> String {
    let (hello, python) = (&figures[0], &figures[figures.len() - 1]);
    let mut lines = vec![
        "| function | first poll ms | × hello | first answer ms | 1/x of Python | peak MB | CPU ms/call | zip MB | status |"
            .to_owned(),
        "| --- |".to_owned() + &" ---: |".repeat(8),
    ];
    for row in figures {
        let zip = row.zip_mb.map_or_else(|| "–".to_owned(), |zip| format!("{zip:.2}"));
        lines.push(format!(
            "| {} | {:.2} | {:.2} | {:.2} | {:.1} | {:.1} | {:.3} | {zip} | {} |",
            row.function,
            row.first_poll_ms,
            row.first_poll_ms / hello.first_poll_ms,
            row.first_answer_ms,
            python.first_answer_ms / row.first_answer_ms,
            row.peak_memory_mb,
            row.cpu_per_call_ms,
            row.status
        ));
    }
    lines.join("\n")
}

pub fn load(loads: &[Load]) -> String {
    let mut lines =
        vec!["| request, 8 clients | a second | of health |".to_owned(), "| --- | ---: | ---: |".to_owned()];
    for load in loads {
        lines.push(format!("| {} | {:.0} | {:.2} |", load.request, load.per_second, load.of_health));
    }
    lines.join("\n")
}
