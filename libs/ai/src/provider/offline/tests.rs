//! The offline model gives what the flows need, the same each time, and says what it is.

use std::{collections::BTreeSet, time::Duration};

use serde_json::json;

use super::*;
use crate::shapes::{ClusterOutput, ContentInput, ContentOutput, IdeasOutput, STRUCTURES};

async fn ask<T: DeserializeOwned>(function: &str, input: Value) -> T {
    let request = Request {
        model: MODEL.into(),
        function: function.into(),
        input,
        system: String::new(),
        user: String::new(),
        schema: None,
        max_tokens: 1,
        temperature: 0.0,
        timeout: Duration::from_secs(1),
    };
    let first = Offline.complete(&request).await.unwrap();
    assert_eq!(Offline.complete(&request).await.unwrap().text, first.text, "the same input gives the same answer");
    assert_eq!(first.model, "offline");
    serde_json::from_str(&first.text).unwrap()
}

fn keywords(list: &[&str]) -> Value {
    list.iter().enumerate().map(|(at, keyword)| json!({ "id_no": at + 1, "keyword": keyword })).collect()
}

#[tokio::test]
async fn keywords_are_grouped_by_topic_and_existing_clusters_are_preferred() {
    let list = [
        "running shoes for flat feet",
        "best running shoes",
        "trail running shoe",
        "how to clean running shoes",
        "marathon training plan",
        "marathon training schedule for beginners",
        "training plan marathon 16 weeks",
        "protein powder",
        "best vegan protein powder",
        "knee pain",
    ];
    let input = json!({
        "keywords": keywords(&list),
        "existing_clusters": [{ "name": "Knee Pain", "description": "Sore knees." }],
    });
    let output: ClusterOutput = ask("auto_cluster", input).await;
    let mut all: Vec<u32> = output.clusters.iter().flat_map(|cluster| cluster.keywords.clone()).collect();
    all.sort_unstable();
    assert_eq!(all, (1..=10).collect::<Vec<_>>(), "every keyword once");
    let of = |number: u32| output.clusters.iter().find(|cluster| cluster.keywords.contains(&number)).unwrap();
    assert_eq!(of(10).name, "Knee Pain");
    assert_eq!(of(10).description, "Sore knees.");
    assert_eq!(of(5).keywords, [5, 6, 7]);
    assert_eq!(of(8).keywords, [8, 9]);
    assert!(of(1).keywords.contains(&2) && of(1).keywords.contains(&3), "{output:#?}");
    insta::assert_json_snapshot!(output);
}

#[tokio::test]
async fn fifty_unrelated_keywords_become_fifty_clusters() {
    let list: Vec<String> =
        (0..50_u8).map(|at| format!("{}{} topic{at}", char::from(b'a' + at % 26), u32::from(at) * 7919)).collect();
    let list: Vec<&str> = list.iter().map(String::as_str).collect();
    let output: ClusterOutput = ask("auto_cluster", json!({ "keywords": keywords(&list) })).await;
    let names: BTreeSet<&str> = output.clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    assert_eq!((output.clusters.len(), names.len()), (50, 50));
}

#[tokio::test]
async fn ideas_differ_and_have_outlines() {
    let input = json!({
        "site_name": "Stride",
        "cluster": { "name": "Running Shoes", "keywords": ["running shoes for flat feet", "trail running shoes", "clean running shoes"] },
        "existing_titles": ["Running Shoes: Start Here"],
        "count": 7,
    });
    let output: IdeasOutput = ask("generate_ideas", input).await;
    assert_eq!(output.ideas.len(), 7);
    let titles: BTreeSet<String> = output.ideas.iter().map(|idea| idea.title.to_lowercase()).collect();
    assert!(titles.len() == 7 && !titles.contains("running shoes: start here"));
    for idea in &output.ideas {
        assert!((6..=10).contains(&idea.outline.len()), "{}", idea.title);
        assert!(STRUCTURES.contains(&idea.structure.as_str()));
        assert!(idea.target_keywords.iter().all(|keyword| keyword.contains("running shoes")));
    }
    insta::assert_json_snapshot!(output.ideas[..2]);
}

fn brief(title: &str, words: u32) -> ContentInput {
    serde_json::from_value(json!({
        "title": title, "structure": "guide", "entity_type": "post", "audience": "New runners",
        "keywords": ["running shoes for flat feet", "arch support", "shoe width"],
        "estimated_words": words,
        "outline": (1..=7).map(|at| json!({ "heading": format!("Part {at} <b>"), "points": [format!("point {at}a"), format!("point {at}b"), format!("point {at}c")] })).collect::<Vec<_>>(),
    }))
    .unwrap()
}

fn texts(output: &ContentOutput) -> Vec<String> {
    output.blocks.iter().filter_map(|block| block["text"].as_str()).map(str::to_owned).collect()
}

#[tokio::test]
async fn an_article_follows_its_outline_and_says_what_it_is() {
    for words in [100, 900, 1400, 9000] {
        let output: ContentOutput = ask("generate_content", json!(brief("Flat Feet", words))).await;
        let headings: Vec<&str> = output
            .blocks
            .iter()
            .filter(|block| block["type"] == "heading")
            .map(|block| block["text"].as_str().unwrap())
            .collect();
        assert_eq!(headings[0], "Part 1 &lt;b&gt;");
        assert_eq!(headings.len(), 8);
        assert!(texts(&output)[0].contains("offline model"));
        let count: usize = texts(&output).iter().map(|text| text.split_whitespace().count()).sum();
        assert!((500..=1500).contains(&count), "{words} wanted, {count} written");
        let kinds: BTreeSet<&str> = output.blocks.iter().map(|block| block["type"].as_str().unwrap()).collect();
        assert_eq!(kinds, BTreeSet::from(["callout", "faq", "heading", "list", "paragraph", "table"]));
        let all = texts(&output).join(" ");
        assert!(!all.contains('{'), "a placeholder was left: {all}");
        assert!(all.contains("running shoes for flat feet"));
        let sentences: Vec<&str> = all.split(". ").filter(|sentence| sentence.len() > 40).collect();
        assert_eq!(sentences.iter().collect::<BTreeSet<_>>().len(), sentences.len(), "no sentence twice");
    }
}

#[tokio::test]
async fn no_two_articles_are_alike() {
    let mut seen = BTreeSet::new();
    for at in 0..30 {
        let mut input = brief(&format!("Title {at}"), 900);
        input.outline = Vec::new();
        let output: ContentOutput = ask("generate_content", json!(input)).await;
        assert!(seen.insert(texts(&output).join("\n")), "article {at} repeats another");
    }
    let output: ContentOutput = ask("generate_content", json!(brief("Flat Feet", 700))).await;
    insta::assert_json_snapshot!(output);
}

#[tokio::test]
async fn every_kind_has_its_own_data_and_outline() {
    let mut outlines = BTreeSet::new();
    let mut all = Vec::new();
    for kind in crate::shapes::ENTITY_TYPES {
        let mut input = brief("How to choose shoes", 900);
        input.outline = Vec::new();
        input.entity_type = kind.to_owned();
        let output: ContentOutput = ask("generate_content", json!(input)).await;
        assert!(output.blocks[0]["text"].as_str().unwrap().contains("offline model"), "it says what it is");
        let headings = output.blocks.iter().filter(|block| block["type"] == "heading");
        assert!(outlines.insert(headings.map(|block| block["text"].to_string()).collect::<String>()), "{kind}");
        let schema = crate::shapes::content_schema_for(kind);
        let asked = schema["properties"]["structure_data"]["required"].as_array().unwrap();
        assert!(asked.iter().all(|name| output.structure_data.get(name.as_str().unwrap()).is_some()), "{kind}");
        all.push(output.structure_data);
    }
    insta::assert_json_snapshot!(all);
}

#[tokio::test]
async fn text_becomes_blocks_again() {
    let html = "<h2>First</h2><p>Some <b>bold</b> &amp; <a href=\"/x\">link</a> 1 &lt; 2.</p><ul><li>one</li><li>two</li></ul>\
                <blockquote><p>Said.</p></blockquote><ol><li>a</li></ol>";
    let markdown =
        "# Title\n\nA line\nand more.\n\n- one\n- two\n\n1. a\n\n> Said.\n\n```rust\nfn x() {}\n```\nEnd <script>";
    let raw = "```json\n{\"title\": \"T\", \"blocks\": [{\"type\": \"paragraph\", \"text\": \"Kept\"},]}\n```";
    let mut all = Vec::new();
    for text in [html, markdown, raw] {
        let output: ContentOutput = ask("reparse_content", json!({ "title": "T", "text": text })).await;
        all.push(output.blocks);
    }
    insta::assert_json_snapshot!(all);
}

#[tokio::test]
async fn what_it_does_not_know_it_refuses() {
    let request = Request {
        model: MODEL.into(),
        function: "paint".into(),
        input: Value::Null,
        system: String::new(),
        user: String::new(),
        schema: None,
        max_tokens: 1,
        temperature: 0.0,
        timeout: Duration::from_secs(1),
    };
    assert_eq!(Offline.complete(&request).await.unwrap_err().class, ErrorClass::ForGood);
    let request = Request { function: "auto_cluster".into(), input: json!({ "keywords": "x" }), ..request };
    assert!(Offline.complete(&request).await.unwrap_err().detail.contains("keywords"));
}
