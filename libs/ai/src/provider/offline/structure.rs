//! What a kind of content has beside its body, and the outline that it has by itself: general, and never a figure.

use serde_json::{Value, json};

use super::words::{capitalized, title_case};
use crate::shapes::{ContentInput, Section};

/// A heading, and what its section says.
type Part = (&'static str, [&'static str; 3]);

const POST: [Part; 6] = [
    ("What {k} is about", ["the question behind it", "what belongs to it", "what does not"]),
    ("What to find out first", ["your own situation", "your limits", "what others did"]),
    ("How to choose", ["what decides", "what can wait", "what to leave out"]),
    ("How to go about it", ["a first step", "a check on the way", "a good end"]),
    ("Mistakes to avoid", ["too much at once", "too little time", "no second look"]),
    ("What comes next", ["a routine", "a date to look again", "a question to ask"]),
];
const PAGE: [Part; 4] = [
    ("What you find here", ["what {k} is to us", "whom it is for", "where to begin"]),
    ("How we work", ["what we ask first", "what we agree on", "what you can expect"]),
    ("What people ask first", ["effort", "time", "what if it does not fit"]),
    ("What to do next", ["a small step", "a question to us", "a date"]),
];
const PRODUCT: [Part; 5] = [
    ("What {k} does for you", ["the need behind it", "a usual day with it", "what it does not do"]),
    ("For whom it is, and for whom not", ["who is glad of it", "who needs something else", "how to tell"]),
    ("How to use it", ["the first time", "every day", "what to avoid"]),
    ("Care and storage", ["after use", "once a year", "when to replace it"]),
    ("Before you buy", ["what to measure", "what to compare", "what to ask"]),
];
const SERVICE: [Part; 5] = [
    ("What you get", ["the result", "what is included", "what is not"]),
    ("How it goes", ["the first talk", "the plan", "the work"]),
    ("What it depends on", ["the state of things", "your wishes", "the time of year"]),
    ("What we need from you", ["information", "access", "decisions"]),
    ("When {k} is not the right thing", ["other ways", "a later date", "doing it yourself"]),
];
const TERM: [Part; 4] = [
    ("What belongs to {k}", ["the parts of it", "what is often mixed up with it", "what does not belong here"]),
    ("How the parts differ", ["in purpose", "in effort", "in who uses them"]),
    ("How to find the right one", ["begin with the need", "rule out", "compare what is left"]),
    ("Where to go from here", ["for beginners", "for those who choose", "for those who go deeper"]),
];

/// For a task without an outline.
pub(super) fn usual_outline(entity_type: &str, keyword: &str) -> Vec<Section> {
    let parts: &[Part] = match entity_type {
        "page" => &PAGE,
        "product" => &PRODUCT,
        "service" => &SERVICE,
        "taxonomy" => &TERM,
        _ => &POST,
    };
    let fill = |text: &str| text.replace("{k}", keyword);
    let section = |(heading, points): &Part| Section {
        heading: fill(heading),
        points: points.iter().map(|point| fill(point)).collect(),
    };
    parts.iter().map(section).collect()
}

/// The `structure_data` of an answer. `outline` is what was written along.
pub(super) fn data(input: &ContentInput, keyword: &str, outline: &[Section]) -> Value {
    match input.entity_type.as_str() {
        "page" => {
            let kind = match input.structure.as_str() {
                "landing_page" => "landing",
                "cluster_hub" => "hub",
                _ => "other",
            };
            json!({ "page_kind": kind, "action_label": "Ask us about it" })
        }
        "product" => json!({ "spec_names": ["Size", "Weight", "Material", "What is in the box"] }),
        "service" => json!({
            "service_type": title_case(keyword),
            "steps": [
                { "name": "First talk", "text": "You say what you need, and we say whether we can help." },
                { "name": "Plan", "text": "You get in writing what will be done, and what it depends on." },
                { "name": "Work", "text": "It is done as agreed, and we go through it together at the end." },
            ],
        }),
        "taxonomy" => json!({
            "description": format!("Everything about {keyword} on this site: to begin with, to compare, and to look up."),
        }),
        _ => json!({ "section": section_of(input, keyword), "how_to": how_to(input, outline) }),
    }
}

fn section_of(input: &ContentInput, keyword: &str) -> String {
    let industry = input.site.industry.trim();
    if industry.is_empty() { title_case(keyword) } else { capitalized(industry) }
}

/// A title that promises instructions has them: its outline, step by step.
fn how_to(input: &ContentInput, outline: &[Section]) -> Option<Value> {
    let promised = input.title.to_lowercase().contains("how to") || input.title.to_lowercase().contains("step by step");
    let steps: Vec<Value> = outline
        .iter()
        .map(|section| {
            let points: Vec<&str> = section.points.iter().map(|point| point.trim_end_matches('.')).collect();
            let text = if points.is_empty() { String::new() } else { format!("{}.", capitalized(&points.join(", "))) };
            json!({ "name": section.heading, "text": text })
        })
        .collect();
    (promised && steps.len() > 1).then(|| json!({ "supplies": [], "tools": [], "steps": steps }))
}
