//! Reads the posts of real WordPress exports, when `IGNY8_SHARED` names the folder that holds `data/wordpress/`; without
//! it this skips, and says so. Every word that a visitor of the site sees must arrive.
#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "the variable is the test's own"
)]

use std::{collections::BTreeMap, fs, path::Path};

use ego_tree::{NodeRef, iter::Edge};
use igny8_blocks::Document;
use scraper::{Html, Node};

const FILES: [&str; 2] = ["theme-unit-test-data.xml", "gutenberg-64-block-test-data.xml"];

/// Elements whose text no visitor reads as text, or that must not stand on our pages: the exceptions to the rule.
const EXCEPTIONS: [&str; 16] = [
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "audio", "video", "title",
    "button", "select", "textarea", "option",
];

/// Elements within a word: all others part words.
const WITHIN: [&str; 28] = [
    "a", "abbr", "acronym", "b", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd", "mark",
    "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var",
];

/// Shortcodes of WordPress itself: it shows something else in their place.
const SHORTCODES: [&str; 7] = ["caption", "wp_caption", "gallery", "embed", "audio", "video", "playlist"];

type Words = BTreeMap<String, usize>;

fn count(text: &str) -> Words {
    let mut words = Words::new();
    for word in text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
        *words.entry(word.to_owned()).or_default() += 1;
    }
    words
}

/// The content of every item of an export, with its title.
fn posts(export: &str) -> Vec<(String, String)> {
    let cdata = |item: &str, tag: &str| {
        let (_, rest) = item.split_once(&format!("<{tag}>"))?;
        let (text, _) = rest.split_once(&format!("</{tag}>"))?;
        let text = text.trim().replace("]]]]><![CDATA[>", "]]>");
        Some(text.strip_prefix("<![CDATA[").and_then(|text| text.strip_suffix("]]>")).unwrap_or(&text).to_owned())
    };
    let items = export.split("<item>").skip(1);
    items
        .map(|item| (cdata(item, "title").unwrap_or_default(), cdata(item, "content:encoded").unwrap_or_default()))
        .collect()
}

/// Without the shortcodes whose name fits; `None` for all of them.
fn without_shortcodes(text: &str, names: Option<&[&str]>) -> String {
    let mut parts = text.split('[');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let end = part.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '/'))).unwrap_or(part.len());
        let name = part[..end].trim_matches('/');
        let fits = !name.is_empty() && names.is_none_or(|names| names.contains(&name));
        match part.split_once(']') {
            Some((_, after)) if fits => out.push_str(after),
            _ => out.extend(["[", part]),
        }
    }
    out
}

/// What a visitor reads, and apart from it the words of the exceptions; found without any code of the reader.
fn visible(content: &str) -> (String, String) {
    let mut parts = content.split("<!-- wp:shortcode -->");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (shortcodes, after) = part.split_once("<!-- /wp:shortcode -->").unwrap();
        text += &without_shortcodes(shortcodes, None);
        text += after;
    }
    let page = Html::parse_fragment(&without_shortcodes(&text, Some(&SHORTCODES)));
    let (mut seen, mut excepted) = (String::new(), String::new());
    let mut within = 0;
    let is =
        |node: &NodeRef<'_, Node>, names: &[&str]| node.value().as_element().is_some_and(|e| names.contains(&e.name()));
    for edge in page.tree.root().traverse() {
        match edge {
            Edge::Open(node) => {
                if let Some(text) = node.value().as_text() {
                    (if within > 0 { &mut excepted } else { &mut seen }).push_str(text);
                    continue;
                }
                within += usize::from(is(&node, &EXCEPTIONS));
                seen.push_str(if is(&node, &WITHIN) { "" } else { " " });
                excepted.push(' ');
            }
            Edge::Close(node) => {
                within -= usize::from(is(&node, &EXCEPTIONS));
                let parts_words = node.value().is_element() && !is(&node, &WITHIN);
                seen.push_str(if parts_words { " " } else { "" });
            }
        }
    }
    (seen, excepted)
}

#[test]
fn every_word_of_an_export_arrives() {
    let Some(shared) = std::env::var_os("IGNY8_SHARED") else {
        println!("SKIPPED: set IGNY8_SHARED to the folder with data/wordpress/ to read real exports");
        return;
    };
    let mut lost = Vec::new();
    for file in FILES {
        let export = fs::read_to_string(Path::new(&shared).join("data/wordpress").join(file)).unwrap();
        let posts = posts(&export);
        let (mut with_content, mut blocks, mut words, mut notes) = (0, 0, 0, BTreeMap::new());
        let mut exceptions = Words::new();
        for (title, content) in posts.iter().filter(|(_, content)| !content.trim().is_empty()) {
            let read = Document::read_gutenberg(content);
            with_content += 1;
            blocks += read.document.blocks().len();
            for note in read.removed {
                *notes.entry(note.message).or_insert(0) += 1;
            }
            let document = read.document;
            assert_eq!(document.clone().clean().document, document, "{title} is not in its normal form");
            assert_eq!(document.validate(), Ok(()), "{title}");
            assert_eq!(Document::from_gutenberg(&document.to_gutenberg()), document, "{title}");
            assert_eq!(Document::from_html(&document.to_html()), document, "{title}");

            let (seen, excepted) = visible(content);
            let kept = count(&document.plain_text());
            for (word, times) in count(&seen) {
                words += times;
                let arrived = kept.get(&word).copied().unwrap_or(0);
                if arrived < times {
                    lost.push(format!("{file}: {title}: {word:?} {arrived} of {times}"));
                }
            }
            for (word, times) in count(&excepted) {
                *exceptions.entry(word).or_default() += times;
            }
        }
        println!("{file}: {} items, {with_content} with content: {blocks} blocks, {words} words seen", posts.len());
        println!("  words within {}: {exceptions:?}", EXCEPTIONS.join(", "));
        for (note, times) in notes {
            println!("  {times} x {note}");
        }
    }
    assert!(lost.is_empty(), "{} words were lost:\n{}", lost.len(), lost.join("\n"));
}
