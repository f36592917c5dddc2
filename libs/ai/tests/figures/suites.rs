//! The cases of two repair libraries: how many come out as they have them, and that the reason stands in
//! repair_choices.md for each that does not.

use std::collections::BTreeSet;

use igny8_ai::reader::{CutOff, read, read_with};
use serde_json::Value;

use crate::{lines, shared, show};

/// Which cases of which suite differ by choice, and why.
const CHOICES: &str = include_str!("../repair_choices.md");

/// What a library makes of an input; `None` when it refuses it, or gives back an empty text.
fn expected(case: &Value) -> Option<Value> {
    // Where a log was asked for too, the value comes first.
    if case["options"]["logging"] == true {
        return case["expected"].get(0).cloned();
    }
    match case["expected_is"].as_str()? {
        "error" => None,
        "object" => Some(case["expected"].clone()).filter(|value| value.as_str() != Some("")),
        _ => serde_json::from_str(case["expected"].as_str().unwrap_or_default()).ok(),
    }
}

/// The numbers (from 1) that a suite's column of the table names.
fn chosen(column: usize) -> BTreeSet<usize> {
    let rows = CHOICES.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| reason"));
    let cells = rows.filter_map(|row| row.split('|').nth(column + 1));
    cells.flat_map(|cell| cell.split_whitespace()).filter_map(|number| number.parse().ok()).collect()
}

fn suite(file: &str, column: usize) {
    let Some(dir) = shared() else { return };
    let cases = lines(&dir, file);
    let mut differ = BTreeSet::new();
    for (n, case) in (1..).zip(&cases) {
        let input = case["input"].as_str().unwrap_or_default();
        let ours = read_with::<Value>(input, CutOff::Keep);
        // Nothing is guessed silently: what was not valid comes with what was repaired.
        match (&ours, serde_json::from_str::<Value>(input)) {
            (Ok(read), Err(_)) => assert!(!read.repairs.is_empty(), "{input}"),
            (_, Ok(valid)) => {
                let strict = read::<Value>(input).unwrap();
                assert!(strict.value == valid && strict.repairs.is_empty(), "{input}");
            }
            (Err(_), Err(_)) => {}
        }
        let (ours, theirs) = (ours.ok().map(|read| read.value), expected(case));
        if ours != theirs {
            let text = |value: Option<Value>| value.map_or_else(|| "refused".to_owned(), |value| value.to_string());
            println!("{n} {input:?}\n   theirs {}\n   ours   {}", text(theirs), text(ours));
            differ.insert(n);
        }
    }
    let agreed = cases.len() - differ.len();
    show(file, agreed, cases.len());
    assert!(agreed * 100 >= cases.len() * 85, "{agreed} of {}", cases.len());
    let named = chosen(column);
    let (unexplained, stale): (Vec<_>, Vec<_>) =
        (differ.difference(&named).collect(), named.difference(&differ).collect());
    assert!(unexplained.is_empty(), "{file}: cases {unexplained:?} differ without a reason in repair_choices.md");
    assert!(stale.is_empty(), "{file}: cases {stale:?} do not differ; take them out of repair_choices.md");
}

#[test]
fn jsonrepair_cases() {
    suite("jsonrepair_cases.jsonl", 1);
}

#[test]
fn json_repair_cases() {
    suite("json_repair_cases.jsonl", 2);
}
