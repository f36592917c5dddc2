//! What holds for every document, and one document with every kind as it looks in each form.

use proptest::prelude::*;
use scraper::{Html, Node};

use crate::{Block, Cleaned, Document, FaqItem, ImageSource, Tone, address, markup};

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

/// Bits of what people, models and attackers write.
const BITS: [&str; 64] = [
    "a",
    "Oil ",
    " ",
    "\n",
    "\r\n",
    "\t",
    "é",
    "زيت",
    "\u{200f}",
    "\u{202e}",
    "油",
    "🚗",
    "\u{a0}",
    "\u{0}",
    "\u{feff}",
    "\u{85}",
    "<",
    ">",
    "&",
    "\"",
    "'",
    "&amp;",
    "&lt;",
    "&lt;script&gt;",
    "&#x3c;",
    "&nbsp;",
    "<b>",
    "</b>",
    "<strong>",
    "</strong>",
    "<em>",
    "</em>",
    "<i>",
    "<code>",
    "</code>",
    "<br>",
    "<br/>",
    "<a href=\"/x?a=1&b=2\">",
    "</a>",
    "<a href='javascript:alert(1)'>",
    "<a href=\"https://a.example/\" rel=\"nofollow x\" onclick=\"y()\">",
    "<script>alert(1)</script>",
    "<script>",
    "</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=\"/a.jpg\" alt='\"'>",
    "<svg onload=alert(1)>",
    "<style>",
    "<!--",
    "-->",
    "<p>",
    "</p>",
    "<div onclick=x>",
    "</div>",
    "<table><tr><td>",
    "</table>",
    "<ul><li>",
    "</ul>",
    "<h2>",
    "<details><summary>",
    "<iframe srcdoc='<script>x</script>'>",
    "<pre>\n",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<template>",
];

/// Bits that mean something in Markdown.
const MARKS: [&str; 40] = [
    "*",
    "**",
    "_",
    "`",
    "```",
    "# ",
    "- ",
    "1. ",
    "> ",
    "> [!TIP]\n",
    "[",
    "](",
    ")",
    "![",
    "|",
    "\n|---|\n",
    "\n",
    "\n\n",
    "~",
    "~~~",
    "\\",
    "===",
    "---",
    "+ ",
    "2) ",
    "&copy;",
    "<br>",
    ":",
    "!",
    "[^1]",
    "{#id}",
    "$x$",
    "a",
    "b c",
    "é",
    "زيت",
    "javascript:x",
    "/x",
    "    ",
    "<script>",
];

fn soup() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(&BITS[..]), 0..12).prop_map(|bits| bits.concat()),
        1 => prop::collection::vec(prop::sample::select(&MARKS[..]), 0..8).prop_map(|bits| bits.concat()),
        1 => ".{0,24}",
    ]
}

fn source() -> impl Strategy<Value = ImageSource> {
    let known = [
        "/a.jpg",
        "https://a.example/b.png?c=\"d\"&e",
        "asset:hero-1",
        "asset:a/b",
        "//cdn.example/x y.jpg",
        "javascript:x",
    ];
    prop_oneof![3 => prop::sample::select(known.to_vec()).prop_map(str::to_owned), 1 => soup()]
        .prop_map(ImageSource::from)
}

fn block() -> impl Strategy<Value = Block> {
    let texts = || prop::collection::vec(soup(), 0..4);
    let maybe = || prop::option::of(soup());
    prop_oneof![
        (0..7_u8, soup()).prop_map(|(level, text)| Block::Heading { level, text }),
        soup().prop_map(|text| Block::Paragraph { text }),
        (any::<bool>(), texts()).prop_map(|(ordered, items)| Block::List { ordered, items }),
        (source(), soup(), maybe()).prop_map(|(src, alt, caption)| Block::Image { src, alt, caption }),
        (soup(), maybe()).prop_map(|(text, cite)| Block::Quote { text, cite }),
        (texts(), prop::collection::vec(texts(), 0..4), maybe()).prop_map(|(header, rows, caption)| Block::Table {
            header,
            rows,
            caption
        }),
        (maybe(), soup()).prop_map(|(language, text)| Block::Code { language, text }),
        (Just(Some("rust".to_owned())), soup()).prop_map(|(language, text)| Block::Code { language, text }),
        prop::collection::vec((soup(), soup()).prop_map(|(question, answer)| FaqItem { question, answer }), 0..3)
            .prop_map(|items| Block::Faq { items }),
        (prop::sample::select(Tone::ALL.to_vec()), soup()).prop_map(|(tone, text)| Block::Callout { tone, text }),
        soup().prop_map(|html| Block::Html { html }),
    ]
}

fn document() -> impl Strategy<Value = Document> {
    prop::collection::vec(block(), 0..6).prop_map(Document)
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

proptest! {
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
