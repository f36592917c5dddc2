//! How fast the tolerant reader reads: valid JSON beside serde_json, broken answers beside llm_json, in MB/s.
//!
//! Both read the same texts into a `serde_json::Value`, in turns, and the best of several rounds counts: what a busy
//! machine adds is never in the best one. It fails below 50 MB/s, on broken answers too. With a folder as its argument the
//! texts are written there, for peers in other languages.

#[allow(dead_code, unused_imports)]
#[path = "../../../../libs/ai/src/reader/mod.rs"]
mod reader;

use std::{
    hint::black_box,
    process::ExitCode,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

/// Rounds of which the best counts.
const ROUNDS: usize = 15;
/// The least that is asked of the reader, in MB/s.
const LEAST: f64 = 50.0;

/// An article as models write it, of about this many bytes.
fn article(bytes: usize) -> Value {
    let mut blocks = Vec::new();
    let text =
        "Brakes wear with every stop, and the pads tell you so: “listen”, says the mechanic, before the discs do. ";
    while blocks.len() * 450 < bytes {
        blocks.push(json!({ "type": "heading", "level": 2, "text": format!("Part {}", blocks.len()) }));
        blocks.push(
            json!({ "type": "paragraph", "html": format!("<p>{}</p>", text.repeat(4)), "words": 76, "draft": false }),
        );
    }
    json!({ "title": "Brakes", "blocks": blocks })
}

/// Clusters as models write them, of about this many bytes.
fn clusters(bytes: usize) -> Value {
    let cluster = |n: usize| json!({ "name": format!("Topic {n}"), "description": "A topic.", "keywords": [n, n + 1, n + 2, n + 3] });
    json!({ "clusters": (0..bytes / 85).map(cluster).collect::<Vec<_>>() })
}

/// The habits of models, each over a whole answer.
fn broken(value: &Value) -> Vec<(&'static str, String)> {
    let valid = value.to_string();
    let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
    vec![
        ("in a fence, with prose", format!("Sure! Here it is:\n```json\n{pretty}\n```\nI hope this helps.")),
        ("trailing commas", valid.replace("}]", "},]").replace("false}", "false,}")),
        ("single quotes, True", valid.replace('"', "'").replace("false", "False")),
        ("line breaks in texts", valid.replace(". ", ".\n")),
        ("quotes inside texts", valid.replace(['“', '”'], "\"")),
        ("cut off", valid[..valid.len() - 40].to_owned()),
    ]
}

fn best(text: &str, read: impl Fn(&str) -> bool) -> Option<f64> {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let begun = Instant::now();
        if !black_box(read(black_box(text))) {
            return None;
        }
        best = best.min(begun.elapsed());
    }
    Some(text.len() as f64 / 1e6 / best.as_secs_f64())
}

fn write(folder: &str, number: usize, name: &str, text: &str) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    std::fs::write(format!("{folder}/{number:02} {}.txt", name.replace(", ", " ")), text)
}

fn main() -> ExitCode {
    let folder = std::env::args().nth(1);
    let mut number = 0;
    let ours = |text: &str| reader::read::<Value>(text).is_ok();
    let serde = |text: &str| serde_json::from_str::<Value>(text).is_ok();
    let llm_json = |text: &str| llm_json::loads(text, &Default::default()).is_ok();
    let mut slow = 0;
    println!("{:<34} {:>8} {:>10} {:>8} {:>7}", "tolerant reader", "KB", "MB/s", "peer", "ratio");
    for (kind, value) in [("article", article(200_000)), ("clusters", clusters(200_000))] {
        let valid = value.to_string();
        let mut cases = vec![("valid", valid)];
        cases.extend(broken(&value));
        for (name, text) in cases {
            number += 1;
            if let Some(Err(error)) = folder.as_deref().map(|to| write(to, number, &format!("{kind}, {name}"), &text)) {
                println!("the texts cannot be written: {error}");
                return ExitCode::FAILURE;
            }
            let peer = if name == "valid" { best(&text, serde) } else { best(&text, llm_json) };
            let Some(speed) = best(&text, ours) else {
                println!("{kind}, {name}: the reader does not read it");
                slow += 1;
                continue;
            };
            slow += usize::from(speed < LEAST);
            let shown = |number: Option<f64>| number.map_or("refuses".to_owned(), |number| format!("{number:.1}"));
            println!(
                "{:<34} {:>8} {:>10.1} {:>8} {:>7}",
                format!("{kind}, {name}"),
                text.len() / 1000,
                speed,
                shown(peer),
                shown(peer.map(|peer| speed / peer)),
            );
        }
    }
    println!("Peers: serde_json for valid JSON, llm_json 1.0 for broken answers.");
    if slow > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
