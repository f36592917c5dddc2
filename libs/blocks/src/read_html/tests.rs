//! What the reader makes of HTML as it is found.

use crate::{Block, Document, FaqItem, ImageSource, Tone};

fn paragraph(text: &str) -> Block {
    Block::Paragraph { text: text.into() }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn a_page_as_a_model_writes_it() {
    let document = Document::from_html(
        r#"<!doctype html><html><head><title>T</title><style>p{}</style></head><body><article>
        <h1>Oil <b>change</b></h1> Loose <i>text</i><br><br>more.
        <p>One <img src="https://a.example/a.jpg" alt="A" title="Cap"> two</p>
        <ul><li><p>a</p></li><li>b<ul><li>c</li></ul></li></ul>
        <blockquote><p>Said</p><p>so</p><footer>— <cite>X</cite></footer></blockquote>
        <pre class="lang-sh">$ ls<br>a</pre>
        <custom-box>Text in a box</custom-box><script>evil()</script><hr><h6>End</h6></article></body></html>"#,
    );
    assert_eq!(
        document.0,
        [
            Block::Heading { level: 2, text: "Oil <strong>change</strong>".into() },
            paragraph("Loose <em>text</em>"),
            paragraph("more."),
            paragraph("One"),
            Block::Image {
                src: ImageSource::Url("https://a.example/a.jpg".into()),
                alt: "A".into(),
                caption: Some("Cap".into()),
            },
            paragraph("two"),
            Block::List { ordered: false, items: strings(&["a", "b", "c"]) },
            Block::Quote { text: "Said<br>so".into(), cite: Some("— X".into()) },
            Block::Code { language: Some("sh".into()), text: "$ ls\na".into() },
            paragraph("Text in a box"),
            Block::Heading { level: 4, text: "End".into() },
        ]
    );
}

#[test]
fn tables_of_all_sorts() {
    let document = Document::from_html(
        "<table><tr><th>A<th>B<tr><td colspan=2>1<tr><td>2<td><table><tr><td>in</table></table>
         <figure><table><tbody><tr><td>x</td></tr></tbody></table><figcaption>Cap</figcaption></figure>",
    );
    assert_eq!(
        document.0,
        [
            Block::Table {
                header: strings(&["A", "B"]),
                rows: vec![strings(&["1", ""]), strings(&["2", "in"])],
                caption: None,
            },
            Block::Table { header: vec![], rows: vec![strings(&["x"])], caption: Some("Cap".into()) },
        ]
    );
}

#[test]
fn questions_in_both_forms() {
    let item = |question: &str, answer: &str| FaqItem { question: question.into(), answer: answer.into() };
    let document = Document::from_html(
        "<div class=faq><h2>FAQ</h2><h3>Why?</h3><p>So.</p><ul><li>x</ul><h3>How?</h3>Thus.</div>
         <details><summary>A?</summary>B</details> <details><summary>C?</summary><p>D</details>
         <aside class='callout callout-warning'>Hot</aside>",
    );
    assert_eq!(
        document.0,
        [
            Block::Heading { level: 2, text: "FAQ".into() },
            Block::Faq { items: vec![item("Why?", "So.<br>x"), item("How?", "Thus.")] },
            Block::Faq { items: vec![item("A?", "B"), item("C?", "D")] },
            Block::Callout { tone: Tone::Warning, text: "Hot".into() },
        ]
    );
}

#[test]
fn what_goes_is_told() {
    let read = Document::read_html("<p>a</p><script>x</script><img src=data:x><iframe src=/x></iframe>");
    assert_eq!(read.document.0, [paragraph("a")]);
    assert_eq!(read.removed.len(), 3, "{:?}", read.removed);
    assert!(read.removed.iter().all(|removed| removed.field == "html"));
}

#[test]
fn deep_nesting_ends() {
    let deep = |tag: &str, n| format!("{}x{}", format!("<{tag}>").repeat(n), format!("</{tag}>").repeat(n));
    for html in [deep("div", 5_000), deep("ul><li", 2_000), deep("blockquote", 5_000), deep("b", 5_000)] {
        let read = Document::read_html(&format!("<p>before</p>{html}"));
        assert!(read.document.to_html().contains("before"));
        assert!(read.removed[0].message.contains("nested"), "{:?}", read.removed);
    }
}
