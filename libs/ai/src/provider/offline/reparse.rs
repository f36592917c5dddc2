//! Turns a stored answer, edited HTML or Markdown into blocks again, by their marks.

use serde_json::{Value, json};

use super::content::escape;
use crate::{
    reader::{CutOff, read_with},
    shapes::{ContentOutput, ReparseInput},
};

pub(super) fn answer(input: &ReparseInput) -> ContentOutput {
    // A raw answer holds the blocks already.
    if let Ok(read) = read_with::<ContentOutput>(&input.text, CutOff::Drop)
        && !read.value.blocks.is_empty()
    {
        return read.value;
    }
    let text = if looks_like_html(&input.text) { lines_of_html(&input.text) } else { input.text.clone() };
    let blocks = blocks(&text);
    let excerpt = blocks
        .iter()
        .find(|block| block["type"] == "paragraph")
        .and_then(|block| block["text"].as_str())
        .map(|text| text.chars().take(200).collect())
        .unwrap_or_default();
    ContentOutput {
        structure_data: serde_json::Value::Null,
        title: input.title.clone(),
        meta_title: input.title.chars().take(60).collect(),
        meta_description: String::new(),
        excerpt,
        blocks,
    }
}

fn looks_like_html(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    ["<p", "<h1", "<h2", "<h3", "<ul", "<ol", "<div", "<li"].iter().any(|tag| lower.contains(tag))
}

/// HTML as the lines of Markdown that [`blocks`] reads; inline marks that blocks know stay.
fn lines_of_html(html: &str) -> String {
    const INLINE: [&str; 5] = ["strong", "em", "code", "a", "br"];
    let mut out = String::new();
    let mut ordered = false;
    let mut rest = html;
    while let Some(open) = rest.find('<') {
        out.push_str(&rest[..open].split_whitespace().fold(String::new(), |mut line, word| {
            if !line.is_empty() || rest[..open].starts_with(char::is_whitespace) {
                line.push(' ');
            }
            line.push_str(word);
            line
        }));
        if rest[..open].ends_with(char::is_whitespace) {
            out.push(' ');
        }
        rest = &rest[open..];
        let Some(close) = rest.find('>') else { break };
        let tag = &rest[..=close];
        let name: String =
            tag.chars().skip(1).skip_while(|c| *c == '/').take_while(char::is_ascii_alphanumeric).collect();
        let name = name.to_ascii_lowercase();
        let closing = tag.starts_with("</");
        match (name.as_str(), closing) {
            ("h1" | "h2", false) => out.push_str("\n\n## "),
            ("h3", false) => out.push_str("\n\n### "),
            ("h4" | "h5" | "h6", false) => out.push_str("\n\n#### "),
            ("ol" | "ul", open_or_close) => {
                ordered = name == "ol" && !open_or_close;
                out.push_str("\n\n");
            }
            ("li", false) => out.push_str(if ordered { "\n1. " } else { "\n- " }),
            ("blockquote", false) => out.push_str("\n\n> "),
            ("b", _) => out.push_str(if closing { "</strong>" } else { "<strong>" }),
            ("i", _) => out.push_str(if closing { "</em>" } else { "<em>" }),
            ("p" | "div" | "section" | "article" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote", _)
                // A paragraph inside a quote or a list item stays on its line.
                if !out.ends_with("> ") && !out.ends_with("- ") && !out.ends_with("1. ") => {
                    out.push_str("\n\n");
                }
            (inline, _) if INLINE.contains(&inline) => out.push_str(tag),
            _ => {}
        }
        rest = &rest[close + 1..];
    }
    out.push_str(rest);
    out
}

fn blocks(text: &str) -> Vec<Value> {
    let mut blocks = Vec::new();
    let mut paragraph: Vec<&str> = Vec::new();
    let mut items: Vec<String> = Vec::new();
    let mut ordered = false;
    let mut code: Option<(String, Vec<&str>)> = None;
    let flush = |blocks: &mut Vec<Value>, paragraph: &mut Vec<&str>, items: &mut Vec<String>, ordered: bool| {
        if !paragraph.is_empty() {
            blocks.push(json!({ "type": "paragraph", "text": inline(&paragraph.join(" ")) }));
            paragraph.clear();
        }
        if !items.is_empty() {
            blocks.push(json!({ "type": "list", "ordered": ordered, "items": std::mem::take(items) }));
        }
    };
    for line in text.lines() {
        let trimmed = line.trim();
        if let Some((language, mut lines)) = code.take() {
            if trimmed.starts_with("```") {
                let language = if language.is_empty() { Value::Null } else { json!(language) };
                blocks.push(json!({ "type": "code", "language": language, "text": lines.join("\n") }));
            } else {
                lines.push(line);
                code = Some((language, lines));
            }
            continue;
        }
        let item = list_item(trimmed);
        if item.is_none_or(|(is_ordered, _)| is_ordered != ordered) {
            flush(&mut blocks, &mut Vec::new(), &mut items, ordered);
        }
        if let Some((is_ordered, text)) = item {
            flush(&mut blocks, &mut paragraph, &mut Vec::new(), ordered);
            ordered = is_ordered;
            items.push(inline(text));
        } else if trimmed.is_empty() {
            flush(&mut blocks, &mut paragraph, &mut items, ordered);
        } else if let Some(language) = trimmed.strip_prefix("```") {
            flush(&mut blocks, &mut paragraph, &mut items, ordered);
            code = Some((language.trim().to_owned(), Vec::new()));
        } else if trimmed.starts_with('#') {
            flush(&mut blocks, &mut paragraph, &mut items, ordered);
            let level = trimmed.chars().take_while(|c| *c == '#').count().clamp(2, 4);
            blocks.push(json!({ "type": "heading", "level": level, "text": inline(trimmed.trim_start_matches('#')) }));
        } else if let Some(quote) = trimmed.strip_prefix('>') {
            flush(&mut blocks, &mut paragraph, &mut items, ordered);
            blocks.push(json!({ "type": "quote", "text": inline(quote), "cite": null }));
        } else {
            paragraph.push(trimmed);
        }
    }
    if let Some((language, lines)) = code {
        blocks.push(json!({ "type": "code", "language": language, "text": lines.join("\n") }));
    }
    flush(&mut blocks, &mut paragraph, &mut items, ordered);
    blocks
}

/// `- text`, `* text` or `1. text`: whether it is ordered, and the text.
fn list_item(line: &str) -> Option<(bool, &str)> {
    if let Some(text) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((false, text));
    }
    let (number, text) = line.split_once(". ")?;
    (number.len() <= 3 && !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()))
        .then_some((true, text))
}

/// Restricted inline HTML: what is not one of its tags is text.
fn inline(text: &str) -> String {
    const KEPT: [&str; 9] = ["<strong>", "</strong>", "<em>", "</em>", "<code>", "</code>", "</a>", "<br>", "<br/>"];
    let mut out = String::new();
    let mut rest = text.trim();
    while let Some(at) = rest.find('<') {
        out.push_str(&amp(&rest[..at]));
        rest = &rest[at..];
        let link = rest.starts_with("<a href=\"").then(|| rest.find('>').map(|end| &rest[..=end])).flatten();
        let kept = KEPT.iter().copied().find(|tag| rest.starts_with(tag)).or(link);
        if let Some(tag) = kept {
            out.push_str(if tag == "<br/>" { "<br>" } else { tag });
            rest = &rest[tag.len()..];
        } else {
            out.push_str("&lt;");
            rest = &rest[1..];
        }
    }
    out.push_str(&amp(rest));
    out
}

/// Escapes what is not escaped yet.
fn amp(text: &str) -> String {
    let plain = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&");
    escape(&plain)
}
