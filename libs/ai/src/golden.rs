//! The golden set: fixed questions for each prompt, and checks that say by themselves whether an answer is good.
//!
//! A new version goes live only when it does not do worse on them than the one that is live.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    catalog::{Spec, content_sample, numbered, sections, site},
    shapes::{ClusterInfo, ClusterInput, ContentInput, ENTITY_TYPES, ExistingCluster, IdeasInput, STRUCTURES},
};

/// A fixed question.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// Its name, unique in its set; never given to another question.
    pub name: &'static str,
    /// What the prompt is rendered from.
    pub variables: Value,
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What was looked at.
    pub name: String,
    /// Whether it is good.
    pub passed: bool,
}

/// Whether an answer does worse than another on the same question: it fails where the other passes.
pub fn is_worse(new: &[Check], live: &[Check]) -> bool {
    let failed = |check: &Check| new.iter().any(|one| one.name == check.name && !one.passed);
    live.iter().any(|check| check.passed && failed(check))
}

/// The questions of a prompt.
pub fn cases(spec: &Spec) -> Vec<Case> {
    match spec.function {
        "auto_cluster" => cluster_cases(),
        "generate_ideas" => ideas_cases(),
        "generate_content" => content_cases(spec.entity_type().unwrap_or("post")),
        _ => vec![Case { name: "sample", variables: (spec.sample)() }],
    }
}

fn cluster_cases() -> Vec<Case> {
    let shoes = [
        "running shoes for flat feet",
        "best running shoes",
        "trail running shoe",
        "marathon training plan",
        "training plan marathon 16 weeks",
        "protein powder",
        "best vegan protein powder",
        "knee pain",
    ];
    let existing = ExistingCluster { name: "Knee Pain".into(), description: Some("Sore knees.".into()) };
    let shoes = ClusterInput { site: site(), keywords: numbered(&shoes), existing_clusters: vec![existing] };
    let car =
        ["brake pads", "best brake pads", "change brake pads", "oil change", "oil change near me", "oil change cost"];
    let car = ClusterInput { site: site(), keywords: numbered(&car), existing_clusters: Vec::new() };
    vec![Case { name: "sport", variables: json!(shoes) }, Case { name: "garage", variables: json!(car) }]
}

fn ideas_cases() -> Vec<Case> {
    let ask = |name: &str, keywords: &[&str], titles: &[&str], count| {
        let own = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect();
        let cluster = ClusterInfo { name: name.into(), description: String::new(), keywords: own(keywords) };
        json!(IdeasInput { site: site(), cluster, existing_titles: own(titles), count })
    };
    vec![
        Case {
            name: "pads",
            variables: ask("Brake Pads", &["brake pads", "when to change brake pads"], &["Brake Fluid Basics"], 3),
        },
        Case {
            name: "oil",
            variables: ask("Oil Change", &["oil change", "oil change cost", "oil change at home"], &[], 2),
        },
    ]
}

fn content_cases(kind: &str) -> Vec<Case> {
    let mut pads = content_sample();
    pads["entity_type"] = json!(kind);
    let oil = ContentInput {
        site: site(),
        title: "Oil Change at Home".into(),
        structure: "guide".into(),
        entity_type: kind.to_owned(),
        audience: "People with a drive and an afternoon".into(),
        angle: "Says at each step when to stop and call the workshop.".into(),
        outline: sections(&[
            ("What to have at hand", &["oil and filter", "a place that is level"]),
            ("The steps in order", &["drain", "change the filter", "fill and check"]),
            ("Where the old oil goes", &["collection points", "what the law says"]),
            ("When to leave it to others", &["a stuck plug", "a leak"]),
        ]),
        keywords: ["oil change at home", "oil filter"].map(str::to_owned).to_vec(),
        language: "en".into(),
        estimated_words: 1100,
        ..ContentInput::default()
    };
    vec![Case { name: "pads", variables: pads }, Case { name: "oil", variables: json!(oil) }]
}

/// Looks at an answer; none is one that could not be read.
pub fn judge(spec: &Spec, variables: &Value, answer: Option<&Value>) -> Vec<Check> {
    let mut checks = vec![Check { name: "The answer can be read".to_owned(), passed: answer.is_some() }];
    let nothing = Value::Null;
    let answer = answer.unwrap_or(&nothing);
    let found = match spec.function {
        "auto_cluster" => clusters(variables, answer),
        "generate_ideas" => ideas(variables, answer),
        "generate_content" => article(variables, answer),
        "reparse_content" => vec![("Every sentence is kept", text_of(answer).contains("A squeal is the first sign."))],
        "regenerate_section" => section(variables, answer),
        "generate_variation" => titles(variables, answer),
        "generate_image_prompts" => pictures(variables, answer),
        "draft_strategy" => vec![("The structure is a known one", is_one_of(&answer["structure"], &STRUCTURES))],
        "draft_prompt" => vec![(
            "The template keeps its variable",
            answer["text"].as_str().is_some_and(|text| text.contains("{{ title }}")),
        )],
        _ => vec![("It says who writes", answer["persona"].as_str().is_some_and(|text| !text.trim().is_empty()))],
    };
    checks.extend(found.into_iter().map(|(name, passed)| Check { name: name.to_owned(), passed }));
    checks
}

fn is_one_of(value: &Value, known: &[&str]) -> bool {
    value.as_str().is_some_and(|text| known.contains(&text))
}

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn clusters(variables: &Value, answer: &Value) -> Vec<(&'static str, bool)> {
    let wanted: BTreeSet<u64> = variables["keywords"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|keyword| keyword["id_no"].as_u64())
        .collect();
    let clusters: Vec<&Value> = answer["clusters"].as_array().into_iter().flatten().collect();
    let placed: Vec<u64> = clusters
        .iter()
        .flat_map(|cluster| cluster["keywords"].as_array().into_iter().flatten().filter_map(Value::as_u64))
        .collect();
    let distinct: BTreeSet<u64> = placed.iter().copied().collect();
    let short = |cluster: &&&Value| {
        cluster["name"].as_str().is_some_and(|name| (1..=6).contains(&name.split_whitespace().count()))
    };
    let existing: Vec<&str> = variables["existing_clusters"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|one| one["name"].as_str())
        .collect();
    let joins = existing.iter().all(|name| clusters.iter().any(|cluster| cluster["name"] == *name));
    vec![
        ("Every keyword has a cluster", distinct == wanted),
        ("No keyword is in two clusters", !placed.is_empty() && distinct.len() == placed.len()),
        ("There are fewer clusters than keywords", !clusters.is_empty() && clusters.len() < wanted.len()),
        ("Names are short", !clusters.is_empty() && clusters.iter().filter(short).count() == clusters.len()),
        ("A cluster that is there already is used", joins),
    ]
}

fn ideas(variables: &Value, answer: &Value) -> Vec<(&'static str, bool)> {
    let ideas: Vec<&Value> = answer["ideas"].as_array().into_iter().flatten().collect();
    let all = |good: &dyn Fn(&Value) -> bool| !ideas.is_empty() && ideas.iter().all(|idea| good(idea));
    let known = texts(&variables["cluster"]["keywords"]);
    let titles: BTreeSet<String> =
        ideas.iter().filter_map(|idea| idea["title"].as_str()).map(str::to_lowercase).collect();
    let taken = texts(&variables["existing_titles"]).iter().any(|title| titles.contains(&title.to_lowercase()));
    let from_cluster = |idea: &Value| {
        let targets = texts(&idea["target_keywords"]);
        !targets.is_empty() && targets.iter().all(|keyword| known.contains(keyword))
    };
    vec![
        ("There are as many ideas as asked for", json!(ideas.len()) == variables["count"]),
        ("Titles are new and differ", !ideas.is_empty() && titles.len() == ideas.len() && !taken),
        ("Keywords are those of the cluster", all(&from_cluster)),
        (
            "Outlines have 5 to 12 sections",
            all(&|idea| idea["outline"].as_array().is_some_and(|list| (5..=12).contains(&list.len()))),
        ),
        ("Structures are known ones", all(&|idea| is_one_of(&idea["structure"], &STRUCTURES))),
        ("Kinds are known ones", all(&|idea| is_one_of(&idea["entity_type"], &ENTITY_TYPES))),
    ]
}

/// All that a reader sees of an answer.
fn text_of(answer: &Value) -> String {
    fn collect(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::String(text) => out.push(text.clone()),
            Value::Array(items) => items.iter().for_each(|item| collect(item, out)),
            Value::Object(members) => {
                let shown =
                    members.iter().filter(|(name, _)| !["type", "tone", "language", "level"].contains(&name.as_str()));
                shown.for_each(|(_, member)| collect(member, out));
            }
            _ => {}
        }
    }
    let mut out = Vec::new();
    collect(&answer["blocks"], &mut out);
    out.join(" ")
}

fn article(variables: &Value, answer: &Value) -> Vec<(&'static str, bool)> {
    let blocks: Vec<&Value> = answer["blocks"].as_array().into_iter().flatten().collect();
    let of = |kind: &str| {
        blocks
            .iter()
            .filter(|block| block["type"] == kind)
            .filter_map(|block| block["text"].as_str())
            .collect::<Vec<_>>()
    };
    let body = text_of(answer);
    let lower = body.to_lowercase();
    let first = of("paragraph").first().map(|text| text.to_lowercase()).unwrap_or_default();
    let keywords = texts(&variables["keywords"]);
    let lead = keywords.first().is_some_and(|keyword| first.contains(*keyword));
    let headings: Vec<String> = of("heading").iter().map(|text| text.to_lowercase()).collect();
    let outline: Vec<String> = variables["outline"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|section| section["heading"].as_str())
        .map(str::to_lowercase)
        .collect();
    let mut at = headings.iter();
    let follows = outline.iter().all(|wanted| at.any(|heading| heading == wanted));
    let wanted = variables["estimated_words"].as_u64().unwrap_or(1000) as f64;
    let count = body.split_whitespace().count() as f64;
    let at_most = |field: &str, most: usize| {
        answer[field].as_str().is_some_and(|text| (1..=most).contains(&text.chars().count()))
    };
    vec![
        ("The first paragraph has the first keyword", lead),
        ("All keywords are used", keywords.iter().all(|keyword| lower.contains(*keyword))),
        ("The outline is followed", follows),
        ("It is about as long as asked for", (0.6..=1.5).contains(&(count / wanted))),
        ("It has no links", !lower.contains("<a ") && !lower.contains("http://") && !lower.contains("https://")),
        ("No Markdown is left in it", !body.contains("**") && !body.contains("](") && !body.contains("\n#")),
        ("It is written in the language", is_english(&lower)),
        ("The title for search results is short", at_most("meta_title", 70)),
        ("The description for search results is short", at_most("meta_description", 170)),
    ]
}

fn section(variables: &Value, answer: &Value) -> Vec<(&'static str, bool)> {
    let body = text_of(answer);
    let repeats = answer["blocks"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|block| block["type"] == "heading" && block["text"].as_str() == variables["section"].as_str());
    vec![
        ("It has something to say", body.split_whitespace().count() >= 20),
        ("It does not repeat its heading", !repeats),
        ("It has no links", !body.contains("<a ") && !body.contains("http")),
        ("It is written in the language", is_english(&body.to_lowercase())),
    ]
}

fn titles(variables: &Value, answer: &Value) -> Vec<(&'static str, bool)> {
    let titles: Vec<&str> =
        answer["titles"].as_array().into_iter().flatten().filter_map(|title| title["title"].as_str()).collect();
    let distinct: BTreeSet<String> = titles.iter().map(|title| title.to_lowercase()).collect();
    let known = texts(&variables["known"]);
    let is_known = |title: &&str| known.contains(title) || variables["title"].as_str() == Some(*title);
    vec![
        ("There are as many titles as asked for", json!(titles.len()) == variables["count"]),
        ("They differ", !titles.is_empty() && distinct.len() == titles.len()),
        ("They are new", !titles.is_empty() && !titles.iter().any(is_known)),
        ("They are short", !titles.is_empty() && titles.iter().all(|title| title.chars().count() <= 90)),
    ]
}

fn pictures(variables: &Value, answer: &Value) -> Vec<(&'static str, bool)> {
    let placed: Vec<&Value> = answer["images"].as_array().into_iter().flatten().collect();
    let all: Vec<&Value> = std::iter::once(&answer["featured"]).chain(placed.iter().copied()).collect();
    let says = |field: &str, most: usize| {
        all.iter().all(|one| one[field].as_str().is_some_and(|text| (1..=most).contains(&text.chars().count())))
    };
    vec![
        ("Every picture is described", says("prompt", 2_000)),
        ("Every picture has a short alt text", says("alt", 160)),
        ("There are no more than asked for", placed.len() as u64 <= variables["most"].as_u64().unwrap_or_default()),
    ]
}

/// Whether a text is English, by its most frequent words: the questions of the set all ask for it.
fn is_english(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().collect();
    let common = words.iter().filter(|word| ["the", "and", "of", "to", "a", "is", "in", "it"].contains(word)).count();
    !words.is_empty() && common * 10 >= words.len()
}

#[cfg(test)]
mod tests;
