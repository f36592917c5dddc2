//! What holds for every document, and one document with every kind as it looks in each form.

use proptest::prelude::*;
use scraper::{Html, Node};
use serde_json::Value;

use crate::{Block, Cleaned, Document, FaqItem, ImageSource, Tone};

/// One block of each kind with every field set.
pub(crate) fn every_kind() -> Document {
    let s = str::to_owned;
    Document(vec![
        Block::Heading { level: 2, text: s("Oil &amp; <em>filters</em>") },
        Block::Paragraph {
            text: s(
                "Change it <strong>every year</strong>: 5 &lt; 6.<br><a href=\"https://a.example/?a=1&amp;b=2\" rel=\"nofollow\">More</a>",
            ),
        },
        Block::List { ordered: true, items: vec![s("Warm the engine"), s("Drain the <strong>oil</strong>")] },
        Block::Image {
            src: ImageSource::Url(s("/media/oil.webp")),
            alt: s("A \"full\" pan"),
            caption: Some(s("The <em>old</em> oil")),
        },
        Block::Quote { text: s("تغيير الزيت مهم"), cite: Some(s("<a href=\"/ana\">Ana</a>")) },
        Block::Table {
            header: vec![s("Car"), s("Litres")],
            rows: vec![vec![s("A|B"), s("4.5")], vec![s("C"), s("")]],
            caption: Some(s("How much")),
        },
        Block::Code { language: Some(s("sh")), text: s("if [ 1 -lt 2 ]; then\n\techo \"<ok>\" && ls\nfi") },
        Block::Faq {
            items: vec![
                FaqItem { question: s("How often?"), answer: s("Every <strong>12</strong> months.") },
                FaqItem {
                    question: s("Which &lt;/script&gt; oil?"),
                    answer: s("See the <a href=\"#oil-filters\">table</a>."),
                },
            ],
        },
        Block::Callout { tone: Tone::Warning, text: s("Hot oil <code>burns</code>.") },
        Block::Html { html: s("<dl><dt>SAE</dt><dd>A scale</dd></dl>") },
    ])
}

#[test]
fn every_kind_in_every_form() {
    let document = every_kind();
    insta::assert_snapshot!("html", document.to_html());
    insta::assert_snapshot!("markdown", document.to_markdown());
    insta::assert_snapshot!("plain", document.plain_text());
    insta::assert_json_snapshot!("json", document);
    let clean = document.clone().clean();
    assert_eq!(clean, Cleaned { document: document.clone(), removed: vec![] });
    assert_eq!(Document::from_html(&document.to_html()), document);
}
