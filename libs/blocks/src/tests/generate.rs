//! Bodies to test with: one with every kind, and random ones. Also a part of the example that writes them for WordPress.

use proptest::prelude::*;

use super::{Block, Document, FaqItem, ImageSource, Tone};

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

/// Bits of what people, models and attackers write.
const BITS: [&str; 71] = [
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
    "[gallery ids=\"1\"]",
    "[/caption]",
    "\nhttps://a.example/watch\n",
    "<!-- wp:paragraph -->",
    "<!-- /wp:group -->",
    "<!-- wp:html {\"a\":\"-->",
    "<p title='<!-- wp:more /-->'>",
];

/// Bits that mean something in Markdown.
pub(crate) const MARKS: [&str; 40] = [
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

pub(crate) fn soup() -> impl Strategy<Value = String> {
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
        (prop::sample::select(vec!["rust", "c++", "c#", "a--b", "-"]), soup())
            .prop_map(|(language, text)| Block::Code { language: Some(language.to_owned()), text }),
        prop::collection::vec((soup(), soup()).prop_map(|(question, answer)| FaqItem { question, answer }), 0..3)
            .prop_map(|items| Block::Faq { items }),
        (prop::sample::select(Tone::ALL.to_vec()), soup()).prop_map(|(tone, text)| Block::Callout { tone, text }),
        soup().prop_map(|html| Block::Html { html }),
    ]
}

/// A body of any blocks at all, valid or not.
pub(crate) fn document() -> impl Strategy<Value = Document> {
    prop::collection::vec(block(), 0..6).prop_map(Document)
}
