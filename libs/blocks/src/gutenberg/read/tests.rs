//! What the reader makes of posts as they are found.

use crate::{Block, Document, FaqItem, ImageSource};

fn paragraph(text: &str) -> Block {
    Block::Paragraph { text: text.into() }
}

fn image(src: &str, caption: Option<&str>) -> Block {
    Block::Image { src: ImageSource::Url(src.into()), alt: String::new(), caption: caption.map(str::to_owned) }
}

fn list(items: &[&str]) -> Block {
    Block::List { ordered: false, items: items.iter().map(|item| (*item).to_owned()).collect() }
}

/// The blocks, and what was said of them.
fn read(content: &str) -> (Vec<Block>, Vec<String>) {
    let read = Document::read_gutenberg(content);
    assert!(read.removed.iter().all(|removed| removed.field == "content"));
    (read.document.0, read.removed.into_iter().map(|removed| removed.message).collect())
}

#[test]
fn containers_are_flattened() {
    let (blocks, notes) = read(
        r#"<!-- wp:columns --><div class="wp-block-columns"><!-- wp:column --><div class="wp-block-column">
        <!-- wp:heading {"level":3} --><h3 class="wp-block-heading">A</h3><!-- /wp:heading --></div><!-- /wp:column -->
        <!-- wp:column --><div class="wp-block-column"><!-- wp:list --><ul><!-- wp:list-item --><li>a<!-- wp:list -->
        <ul><!-- wp:list-item --><li>b</li><!-- /wp:list-item --></ul><!-- /wp:list --></li><!-- /wp:list-item --></ul>
        <!-- /wp:list --></div><!-- /wp:column --></div><!-- /wp:columns -->

        <!-- wp:cover {"url":"/c.jpg"} --><div class="wp-block-cover"><img class="wp-block-cover__image-background" alt=""
        src="/c.jpg"/><div class="wp-block-cover__inner-container"><!-- wp:paragraph --><p>Over</p><!-- /wp:paragraph -->
        <!-- wp:buttons --><div class="wp-block-buttons"><!-- wp:button --><div class="wp-block-button"><a
        class="wp-block-button__link" href="/buy">Buy</a></div><!-- /wp:button --></div><!-- /wp:buttons --></div></div>
        <!-- /wp:cover -->

        <!-- wp:gallery --><figure class="wp-block-gallery"><!-- wp:image --><figure class="wp-block-image"><img
        src="/1.jpg" alt=""/><figcaption>One</figcaption></figure><!-- /wp:image --><!-- wp:image --><figure
        class="wp-block-image"><img src="/2.jpg" alt=""/><figcaption>Two</figcaption></figure><!-- /wp:image -->
        <figcaption>Both</figcaption></figure><!-- /wp:gallery -->

        <!-- wp:media-text --><div class="wp-block-media-text"><figure><img src="/m.jpg" alt=""/></figure><div><!-- wp:quote
        --><blockquote><!-- wp:paragraph --><p>Q</p><!-- /wp:paragraph --><!-- wp:list --><ul><li>x</li></ul><!-- /wp:list
        --><cite>C</cite></blockquote><!-- /wp:quote --></div></div><!-- /wp:media-text -->"#,
    );
    assert_eq!(
        blocks,
        [
            Block::Heading { level: 3, text: "A".into() },
            list(&["a", "b"]),
            image("/c.jpg", None),
            paragraph("Over"),
            paragraph("<a href=\"/buy\">Buy</a>"),
            image("/1.jpg", Some("One")),
            image("/2.jpg", Some("Two")),
            paragraph("Both"),
            image("/m.jpg", None),
            Block::Quote { text: "Q<br>x".into(), cite: Some("C".into()) },
        ]
    );
    assert_eq!(notes.len(), 1, "{notes:?}");
}

#[test]
fn a_broken_block_breaks_no_other() {
    let (blocks, notes) = read(
        "<!-- wp:group --><div><table><tr><td><b>a<!-- wp:paragraph --><p>b<!-- /wp:group -->\
         <!-- wp:heading {\"level\":} --><h4>c</h4><!-- /wp:heading --><!-- /wp:list -->\
         <!-- wp:acme/box {\"title\":\"no text\"} --><div data-x=\"y\" onclick=\"z()\">d</div><!-- /wp:acme/box -->\
         <!-- wp:latest-posts /--><!-- wp:paragraph --><p>e</p>",
    );
    let texts: Vec<String> = blocks.iter().map(Block::plain_text).collect();
    assert_eq!(texts.concat().replace(char::is_whitespace, ""), "abcde");
    assert_eq!(
        blocks[blocks.len() - 3..],
        [Block::Heading { level: 4, text: "c".into() }, paragraph("d"), paragraph("e")]
    );
    for said in [
        "core/paragraph never ends",
        "core/list ends where it never began",
        "acme/box is not WordPress's own; its text was kept",
        "core/latest-posts is filled by WordPress",
    ] {
        assert!(notes.iter().any(|note| note.contains(said)), "{said}: {notes:?}");
    }
}

#[test]
fn what_is_not_html_becomes_html() {
    let (blocks, notes) = read(
        "<!-- wp:embed {\"url\":\"https://v.example/?a=1&amp;b\"} --><figure class=\"wp-block-embed\"><div class=\"wp-block-embed__wrapper\">\n\
         https://v.example/?a=1&amp;b\n</div><figcaption>Watch</figcaption></figure><!-- /wp:embed -->\
         <!-- wp:core-embed/youtube {\"url\":\"https://y.example/\"} /-->\
         <!-- wp:video --><figure class=\"wp-block-video\"><video src=\"/up/a.mp4?x\"></video><figcaption>Film</figcaption></figure><!-- /wp:video -->\
         <!-- wp:verse --><pre class=\"wp-block-verse\">Roses\n<em>are</em></pre><!-- /wp:verse -->\
         <!-- wp:html --><p>raw</p><script>x()</script><!-- /wp:html -->\
         <!-- wp:shortcode -->[box a=\"b\"]boxed[/box]<!-- /wp:shortcode -->\
         <!-- wp:separator --><hr/><!-- /wp:separator -->\
         <!-- wp:details --><details><summary>Q?</summary><!-- wp:paragraph --><p>A</p><!-- /wp:paragraph --></details><!-- /wp:details -->",
    );
    assert_eq!(
        blocks,
        [
            paragraph("<a href=\"https://v.example/?a=1&amp;b\">https://v.example/?a=1&amp;b</a>"),
            paragraph("Watch"),
            paragraph("<a href=\"https://y.example/\">https://y.example/</a>"),
            paragraph("<a href=\"/up/a.mp4?x\">a.mp4</a>"),
            paragraph("Film"),
            paragraph("Roses<br><em>are</em>"),
            Block::Html { html: "<p>raw</p>".into() },
            paragraph("boxed"),
            Block::Faq { items: vec![FaqItem { question: "Q?".into(), answer: "A".into() }] },
        ]
    );
    assert_eq!(notes.len(), 6, "{notes:?}");
}

#[test]
fn posts_from_before_there_were_blocks() {
    let classic = "First\nline <em>two</em>\n\nSecond.<!--more-->\r\n\r\n<h2>Head</h2>\n<ul>\n<li>a</li>\n</ul>\n\
         [caption width=\"1\"]<a href=\"/big\"><img src=\"/s.jpg\" alt=\"\" /></a> Cap [1][/caption]\n\n[gallery]\nLast [sic]";
    let expected = [
        paragraph("First<br>line <em>two</em>"),
        paragraph("Second."),
        Block::Heading { level: 2, text: "Head".into() },
        list(&["a"]),
        image("/s.jpg", Some("Cap [1]")),
        paragraph("Last [sic]"),
    ];
    let (blocks, notes) = read(classic);
    assert_eq!(blocks, expected);
    assert!(notes[0].contains("[gallery]") && notes.len() == 1, "{notes:?}");
    let (blocks, _) = read(&format!("<!-- wp:freeform -->{classic}<!-- /wp:freeform -->"));
    assert_eq!(blocks, expected);
}

#[test]
fn accordions_are_questions() {
    let (blocks, notes) = read(
        "<!-- wp:accordion --><div class=\"wp-block-accordion\"><!-- wp:accordion-item --><div class=\"wp-block-accordion-item\">\
         <!-- wp:accordion-heading --><h3 class=\"wp-block-accordion-heading\"><button type=\"button\"><span>How?</span><span \
         class=\"icon\" aria-hidden=\"true\">+</span></button></h3><!-- /wp:accordion-heading --><!-- wp:accordion-panel --><div \
         role=\"region\"><!-- wp:paragraph --><p>So.</p><!-- /wp:paragraph --></div><!-- /wp:accordion-panel --></div>\
         <!-- /wp:accordion-item --></div><!-- /wp:accordion -->",
    );
    assert_eq!(blocks, [Block::Faq { items: vec![FaqItem { question: "How?".into(), answer: "So.".into() }] }]);
    assert!(notes.is_empty(), "{notes:?}");
}

#[test]
fn half_a_question_is_a_paragraph() {
    let (blocks, _) = read(
        "<details><summary>Only</summary></details><details><summary>A</summary>B\
         <details><summary>C</summary>D</details></details><details>E</details>",
    );
    assert_eq!(
        blocks,
        [
            paragraph("Only"),
            Block::Faq { items: vec![FaqItem { question: "A".into(), answer: "B<br>C<br>D".into() }] },
            paragraph("E"),
        ]
    );
}

#[test]
fn deep_nesting_ends() {
    let deep = "<!-- wp:group --><div>".repeat(3_000) + "<p>x</p>" + &"</div><!-- /wp:group -->".repeat(3_000);
    let (_, notes) = read(&deep);
    assert!(notes.iter().any(|note| note.contains("nested")), "{notes:?}");
    let flat = "<!-- wp:group -->".repeat(3_000) + "<p>x</p>" + &"<!-- /wp:group -->".repeat(3_000);
    assert_eq!(read(&flat).0, [paragraph("x")]);
}
