//! Fuzzing the reader on stable Rust: samples of what models write, broken further by random edits, and pieces of them
//! repeated until a quadratic reader would not come back. No panic, no hang, time linear in the size.
//!
//! A short run belongs to every test run. A long one: `IGNY8_FUZZ_CASES=1000000 cargo test -p igny8-ai --test fuzz`;
//! with IGNY8_SHARED the recorded answers and the cases of the repair libraries are samples too. What fails is shrunk
//! and shown.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::{
    fs,
    sync::LazyLock,
    time::{Duration, Instant},
};

use igny8_ai::{
    reader::{CutOff, Read, read, read_with},
    shapes::{ClusterOutput, ContentOutput},
};
use proptest::prelude::*;
use serde_json::Value;

/// Cases of a short run.
const CASES: u32 = 400;
/// The longest text of a case, in bytes.
const LONGEST: usize = 64 * 1024;
/// What the longest text may take in a debug build on a busy machine; a quadratic reader takes minutes.
const PATIENCE: Duration = Duration::from_secs(2);

/// Samples of our own: each habit of models that the reader knows.
const SAMPLES: [&str; 16] = [
    r#"{"clusters": [{"name": "Shoes", "description": "", "keywords": [1, 2, 3]}]}"#,
    "Sure! Here it is:\n```json\n{\"title\": \"A\", \"blocks\": [{\"type\": \"paragraph\", \"html\": \"<p>x</p>\"}]}\n```\nBye.",
    r"{'a': 'it\'s', b_2: [1, 2,], “c”: ‘d’}",
    "{\"a\": True, \"b\": None, \"c\": NaN, \"d\": .5, \"e\": 1_000} // end",
    "{\"a\": \"say \"hi\" to all\", \"b\": \"no end, \"c\": 1}",
    "{\"a\": [1, 2}, \"b\": {\"c\": 1]}}",
    "<think>{\"a\": 1}</think>{\"a\": 2}",
    "{\\\"a\\\": \\\"b\\\\n\\\"}",
    "{\"a\": 1}\n{\"a\": 2}\n{\"a\": 3}",
    "\"{\\\"clusters\\\": []}\"",
    "{\"a\": \"x\" + \"y\", /* c */ \"d\": ..., \"e\": \"\"\"raw \"text\" here\"\"\"}",
    "{\"clusters\": [{\"name\": \"cut",
    "{\"a\": \"\\ud83d\\ude00 \\u00e9 \\ud83d \\x\", \"\u{a0}b\": 1e999}",
    "[[[[[[[[{\"a\":[[[[]]]]}]]]]]]]]",
    "callback({\"a\": 1});",
    "I cannot do that, [sorry] {really}.",
];

/// Pieces that a broken answer is made of.
const TOKENS: [&str; 36] = [
    "{",
    "}",
    "[",
    "]",
    "\"",
    "'",
    "\\",
    "\\\"",
    ":",
    ",",
    "`",
    "```",
    "```json\n",
    "//",
    "/*",
    "*/",
    "\n",
    " ",
    "\t",
    "null",
    "True",
    "-",
    "1e",
    "0",
    "...",
    "“",
    "”",
    "\u{feff}",
    "😀",
    "<think>",
    "</think>",
    "+",
    "\"\"\"",
    "\\u",
    "é",
    "#",
];

static CORPUS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let mut corpus: Vec<String> = SAMPLES.iter().map(|&sample| sample.to_owned()).collect();
    let Some(shared) = setting("IGNY8_SHARED") else { return corpus };
    for (file, field) in [
        ("json_repair_cases.jsonl", "input"),
        ("jsonrepair_cases.jsonl", "input"),
        ("pydantic-ai_recorded-outputs.jsonl", "response"),
    ] {
        let text = fs::read_to_string(format!("{shared}/data/llm-json/{file}")).unwrap();
        let cases = text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        corpus.extend(cases.filter_map(|case| case[field].as_str().map(str::to_owned)));
    }
    corpus
});

#[allow(clippy::disallowed_methods, reason = "how long and on what to fuzz is the caller's choice")]
fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn config() -> ProptestConfig {
    let cases = setting("IGNY8_FUZZ_CASES").map_or(CASES, |text| text.parse().unwrap());
    ProptestConfig { cases, max_shrink_iters: 5_000, failure_persistence: None, ..ProptestConfig::default() }
}

/// One edit of a text; places are fractions, so that they fit any length.
#[derive(Debug, Clone)]
enum Edit {
    Cut(f64),
    Remove(f64, f64),
    Repeat(f64, f64, usize),
    Move(f64, f64, f64),
    Insert(f64, &'static str),
    Splice(f64, usize),
    Escape,
    Quote,
}

fn at(text: &str, place: f64) -> usize {
    let mut at = (text.len() as f64 * place) as usize;
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn range(text: &str, from: f64, len: f64) -> (usize, usize) {
    (at(text, from), at(text, (from + len * 0.3).min(1.0)))
}

impl Edit {
    fn apply(&self, text: &mut String) {
        match *self {
            Self::Cut(place) => text.truncate(at(text, place)),
            Self::Remove(from, len) => {
                let (from, to) = range(text, from, len);
                text.replace_range(from..to, "");
            }
            Self::Repeat(from, len, times) => {
                let (from, to) = range(text, from, len);
                let times = times.min(LONGEST / (to - from).max(1));
                let piece = text[from..to].repeat(times);
                text.insert_str(to, &piece);
            }
            Self::Move(from, len, place) => {
                let (from, to) = range(text, from, len);
                let piece = text[from..to].to_owned();
                let place = at(text, place);
                text.insert_str(place, &piece);
            }
            Self::Insert(place, token) => {
                let place = at(text, place);
                text.insert_str(place, token);
            }
            Self::Splice(place, other) => {
                let place = at(text, place);
                text.insert_str(place, &CORPUS[other % CORPUS.len()]);
            }
            Self::Escape => *text = text.replace('\\', "\\\\").replace('"', "\\\""),
            Self::Quote => *text = Value::from(text.as_str()).to_string(),
        }
        let end = LONGEST.min(text.len());
        text.truncate(at(text, end as f64 / text.len().max(1) as f64));
    }
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let place = || 0.0..1.0_f64;
    let edit = prop_oneof![
        2 => place().prop_map(Edit::Cut),
        2 => (place(), place()).prop_map(|(from, len)| Edit::Remove(from, len)),
        2 => (place(), place(), 1_usize..4_000).prop_map(|(from, len, times)| Edit::Repeat(from, len, times)),
        2 => (place(), place(), place()).prop_map(|(from, len, to)| Edit::Move(from, len, to)),
        4 => (place(), prop::sample::select(&TOKENS[..])).prop_map(|(place, token)| Edit::Insert(place, token)),
        1 => (place(), any::<usize>()).prop_map(|(place, other)| Edit::Splice(place, other)),
        1 => Just(Edit::Escape),
        1 => Just(Edit::Quote),
    ];
    prop::collection::vec(edit, 1..10)
}

/// Reads a text in all ways that the product has.
fn read_all(text: &str) {
    let valid = serde_json::from_str::<Value>(text);
    match (read::<Value>(text), valid) {
        (Ok(Read { value, repairs }), Ok(valid)) => assert!(value == valid && repairs.is_empty(), "valid and changed"),
        (Ok(Read { repairs, .. }), Err(_)) => assert!(!repairs.is_empty(), "repaired without a word"),
        (Err(error), valid) => assert!(valid.is_err() && !error.to_string().is_empty(), "valid and refused: {error}"),
    }
    let _ = read_with::<Value>(text, CutOff::Keep);
    let _ = read::<ClusterOutput>(text);
    let _ = read::<ContentOutput>(text);
}

/// The time of the fastest of some readings: one slow one may be the machine's.
fn time(text: &str) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..3 {
        let start = Instant::now();
        read_all(text);
        best = best.min(start.elapsed());
        if best < PATIENCE {
            break;
        }
    }
    best
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn broken_answers_end_in_time(sample in any::<usize>(), edits in edits()) {
        let mut text = CORPUS[sample % CORPUS.len()].clone();
        for edit in &edits {
            edit.apply(&mut text);
        }
        let taken = time(&text);
        prop_assert!(taken < PATIENCE, "{} bytes took {taken:?}: {text:?}", text.len());
    }

    /// A few pieces over and over: what would keep a parser that looks back or far ahead busy.
    #[test]
    fn repeated_pieces_end_in_time(
        before in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..4),
        piece in prop::collection::vec(prop::sample::select(&TOKENS[..]), 1..5),
        after in prop::collection::vec(prop::sample::select(&TOKENS[..]), 0..3),
    ) {
        let piece = piece.concat();
        let text = format!("{}{}{}", before.concat(), piece.repeat(LONGEST / 4 / piece.len()), after.concat());
        let taken = time(&text);
        prop_assert!(taken < PATIENCE, "{} bytes of {piece:?} took {taken:?}", text.len());
    }
}
