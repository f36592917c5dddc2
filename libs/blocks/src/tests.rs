//! What holds for every document, and one document with every kind as it looks in each form.

use proptest::prelude::*;
use scraper::{Html, Node};

use crate::{Block, Cleaned, Document, FaqItem, ImageSource, Tone, address, markup};

pub(crate) mod generate;
use generate::{MARKS, document, soup};

pub(crate) use generate::every_kind;

#[test]
fn every_kind_in_every_form() {
    let document = every_kind();
    insta::assert_snapshot!("html", document.to_html());
    insta::assert_snapshot!("markdown", document.to_markdown());
    insta::assert_snapshot!("gutenberg", document.to_gutenberg());
    insta::assert_snapshot!("plain", document.plain_text());
    insta::assert_json_snapshot!("json", document);
    let clean = document.clone().clean();
    assert_eq!(clean, Cleaned { document: document.clone(), removed: vec![] });
    assert_eq!(Document::from_html(&document.to_html()), document);
    let read = Cleaned { document: document.clone(), removed: vec![] };
    assert_eq!(Document::read_gutenberg(&document.to_gutenberg()), read);
}

/// What a browser that reads this HTML would run, or what no writer of ours writes.
fn danger(html: &str) -> Option<String> {
    if html.to_ascii_lowercase().contains("<script") {
        return Some("<script".to_owned());
    }
    for node in Html::parse_document(html).tree.values() {
        let Node::Element(element) = node else {
            if node.is_comment() {
                return Some("a comment".to_owned());
            }
            continue;
        };
        let name = element.name();
        if markup::is_dropped(name) && name != "head" {
            return Some(format!("<{name}>"));
        }
        for (attribute, value) in element.attrs() {
            let fine = match attribute {
                "href" => address::link(value).is_some(),
                "src" => address::image(value).is_some() || value.starts_with("asset:"),
                "style" | "srcdoc" | "srcset" => false,
                _ => !attribute.starts_with("on"),
            };
            if !fine {
                return Some(format!("{attribute}={value:?}"));
            }
        }
    }
    None
}

#[test]
fn the_guard_of_these_tests_sees_danger() {
    for bad in [
        "<SCRIPT>x</SCRIPT>",
        "<p onclick=x>",
        "<img src=x onerror=y>",
        "<a href='java\tscript:x'>",
        "<svg><a/></svg>",
        "<iframe>",
        "<p style=x>",
        "<!-- -->",
        "<img src='data:x'>",
    ] {
        assert!(danger(bad).is_some(), "{bad}");
    }
    assert_eq!(danger("<p>a <a href=\"/x\" rel=\"nofollow\">b</a><img src=\"asset:a\" alt=\"\"></p>"), None);
}

/// What block markup says of blocks beside their HTML; panics when it is more than WordPress itself would say.
fn attributes_of_blocks(markup: &str) {
    for comment in markup.split("<!-- ").skip(1).map(|rest| rest.split(" -->").next().unwrap()) {
        let Some((name, json)) = comment.split_once(' ') else { continue };
        for (key, value) in serde_json::from_str::<serde_json::Map<_, _>>(json).unwrap() {
            let known = match (name, key.as_str()) {
                ("wp:heading", "level") => value == 3 || value == 4,
                ("wp:heading", "anchor") => markup.contains(&format!(" id=\"{}\" ", value.as_str().unwrap())),
                ("wp:list", "ordered") => value == true,
                ("wp:group", "tagName") => value == "aside",
                ("wp:group", "className") => {
                    value == "faq" || Tone::ALL.iter().any(|tone| value == format!("callout callout-{}", tone.as_str()))
                }
                ("wp:code", "className") => {
                    let class = value.as_str().unwrap();
                    class.strip_prefix("language-").is_some_and(|language| language.len() <= 32)
                }
                _ => false,
            };
            assert!(known, "{comment}");
        }
    }
}

/// Without the comments of blocks.
fn without_comments(markup: &str) -> String {
    let after = |part: &str| part.split_once(" -->").map_or_else(|| part.to_owned(), |(_, html)| html.to_owned());
    let mut parts = markup.split("<!-- ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |html, part| html + &after(part))
}

proptest! {
    #[test]
    fn gutenberg_keeps_every_clean_document(document in document()) {
        let clean = document.clean().document;
        let markup = clean.to_gutenberg();
        let read = Document::read_gutenberg(&markup);
        prop_assert_eq!(read, Cleaned { document: clean, removed: vec![] }, "{}", markup);
    }

    #[test]
    fn block_markup_hides_nothing_and_runs_nothing(document in document()) {
        let markup = document.to_gutenberg();
        attributes_of_blocks(&markup);
        let html = without_comments(&markup);
        prop_assert_eq!(danger(&html), None, "{}", html);
        // Nothing is there twice: without the comments it has the characters of the page (a caption stands elsewhere).
        let shown = |html: &str| {
            let page = Html::parse_document(html);
            let mut shown: Vec<char> = page.root_element().text().flat_map(str::chars).collect();
            shown.retain(|c| !c.is_whitespace());
            shown.sort_unstable();
            shown
        };
        prop_assert_eq!(shown(&html), shown(&document.to_html()), "{}", html);
    }

    #[test]
    fn any_text_reads_as_block_markup(parts in prop::collection::vec(soup(), 0..4)) {
        let read = Document::read_gutenberg(&parts.concat()).document;
        prop_assert_eq!(danger(&read.to_html()), None);
        prop_assert_eq!(read.clone().clean().document, read);
    }

    #[test]
    fn html_keeps_every_clean_document(document in document()) {
        let clean = document.clean().document;
        let html = clean.to_html();
        prop_assert_eq!(Document::from_html(&html), clean, "{}", html);
    }

    #[test]
    fn nothing_on_a_page_runs(document in document()) {
        let html = document.to_html();
        prop_assert_eq!(danger(&html), None, "{}", html);
    }

    #[test]
    fn cleaning_twice_changes_nothing(document in document()) {
        let clean = document.clean().document;
        prop_assert_eq!(clean.clone().clean(), Cleaned { document: clean, removed: vec![] });
    }

    #[test]
    fn checking_never_panics_and_accepts_what_is_clean(document in document()) {
        let _ = document.validate();
        let _ = (document.word_count(), document.excerpt(9), document.to_markdown(), document.outline());
        prop_assert_eq!(document.clean().document.validate(), Ok(()));
    }

    #[test]
    fn any_text_reads_as_html_and_as_markdown(html in soup(), more in soup(), marks in prop::collection::vec(prop::sample::select(&MARKS[..]), 0..16)) {
        for read in [Document::from_html(&(html + &more)), Document::from_markdown(&(marks.concat() + &more))] {
            prop_assert_eq!(danger(&read.to_html()), None);
            prop_assert_eq!(read.clone().clean().document, read);
        }
    }

    #[test]
    fn json_keeps_every_document(document in document()) {
        let json = serde_json::to_value(&document).unwrap();
        prop_assert_eq!(&serde_json::from_value::<Document>(json.clone()).unwrap(), &document);
        let clean = document.clean().document;
        let json = serde_json::to_value(&clean).unwrap();
        prop_assert_eq!(Document::from_model(&json), Cleaned { document: clean, removed: vec![] });
    }

    #[test]
    fn markdown_keeps_every_text(document in document()) {
        let mut clean = document.clean().document;
        for block in &mut clean.0 {
            // What Markdown has no place for: marks in the caption of an image, the caption of a table.
            match block {
                Block::Image { caption, .. } | Block::Table { caption, .. } => *caption = None,
                _ => {}
            }
        }
        // Raw HTML may be of a form that Markdown ends early; neighbouring questions become one block.
        // The Markdown reader percent-encodes addresses: another spelling of the same one.
        let plain = |c: char| c.is_ascii_alphanumeric() || "/:._?=&-".contains(c);
        clean.0.retain(|block| match block {
            Block::Html { .. } => false,
            Block::Image { src, .. } => src.to_string().chars().all(plain),
            _ => true,
        });
        clean.0.dedup_by_key(|block| block.kind());
        let markdown = clean.to_markdown();
        prop_assert_eq!(Document::from_markdown(&markdown), clean, "{}", markdown);
    }
}
