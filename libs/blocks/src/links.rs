//! Links that are resolved: each address of a body is given to somebody who knows where it leads, or loses its link.

use std::collections::BTreeSet;

use crate::{
    Block, Document, ImageSource, address,
    inline::{Inline, Run},
    markup,
    parse::Page,
};

/// An address that stands in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Address<'a> {
    /// Where a link leads.
    Link(&'a str),
    /// Where a picture is, or `asset:` and the id of one of our own.
    Picture(&'a str),
}

type Resolve<'r> = &'r mut dyn FnMut(Address<'_>) -> Option<String>;

impl Document {
    /// Gives every address of a body to `resolve`. What it answers is where the link leads or the picture is from then on;
    /// without an answer, or with one that may not stand in a body, the words of a link stay and the link goes, and a
    /// picture goes with its block.
    ///
    /// Raw HTML is read into blocks first, and what fits none of them is text: no address is passed over.
    pub fn resolve_links(&mut self, resolve: &mut dyn FnMut(Address<'_>) -> Option<String>) {
        let blocks = std::mem::take(&mut self.0);
        let blocks = blocks.into_iter().flat_map(|block| match block {
            Block::Html { html } => Self::from_html(&html).0,
            block => vec![block],
        });
        self.0 = blocks.filter_map(|block| resolved_block(block, resolve)).collect();
    }

    /// The addresses of all links and pictures of a body.
    pub fn addresses(&self) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        self.clone().resolve_links(&mut |address| {
            let (Address::Link(address) | Address::Picture(address)) = address;
            found.insert(address.to_owned());
            None
        });
        found
    }
}

fn resolved_block(mut block: Block, resolve: Resolve<'_>) -> Option<Block> {
    match &mut block {
        // What fits no other block.
        Block::Html { html } => {
            for node in Page::parse(html).html.tree.nodes() {
                let Some(element) = node.value().as_element() else { continue };
                // Whatever the answer is, its words alone are kept.
                if let Some(href) = element.attr("href") {
                    resolve(Address::Link(href));
                } else if let Some(src) = element.attr("src") {
                    resolve(Address::Picture(src));
                }
            }
            let mut text = String::new();
            markup::escape_into(&mut text, &Block::Html { html: std::mem::take(html) }.plain_text());
            return (!markup::is_blank(&text)).then_some(Block::Paragraph { text });
        }
        Block::Image { src, .. } => *src = ImageSource::from(picture(&src.to_string(), resolve)?),
        _ => {}
    }
    for text in rich_texts(&mut block) {
        if text.contains("<a") {
            *text = resolved(text, resolve);
        }
    }
    Some(block)
}

/// Where a picture is from now on; one of our own stays one by its id alone.
fn picture(at: &str, resolve: Resolve<'_>) -> Option<String> {
    let to = resolve(Address::Picture(at))?;
    if to == at { Some(to) } else { address::image(&to) }
}

/// The rich texts of a block, in the order of reading.
fn rich_texts(block: &mut Block) -> Vec<&mut String> {
    match block {
        Block::Heading { text, .. } | Block::Paragraph { text } | Block::Callout { text, .. } => vec![text],
        Block::List { items, .. } => items.iter_mut().collect(),
        Block::Image { caption, .. } => caption.iter_mut().collect(),
        Block::Quote { text, cite } => std::iter::once(text).chain(cite).collect(),
        Block::Table { header, rows, caption } => {
            header.iter_mut().chain(rows.iter_mut().flatten()).chain(caption).collect()
        }
        Block::Faq { items } => items.iter_mut().flat_map(|item| [&mut item.question, &mut item.answer]).collect(),
        Block::Code { .. } | Block::Html { .. } => Vec::new(),
    }
}

fn resolved(text: &str, resolve: Resolve<'_>) -> String {
    let mut inline = Inline::read(text);
    // A link over several runs is one link and is asked about once.
    let mut last: Option<(String, Option<String>)> = None;
    for run in &mut inline.runs {
        let Run::Text { marks, .. } = run else { continue };
        let Some(link) = &marks.link else { continue };
        let known = last.as_ref().filter(|(href, _)| *href == link.href).map(|(_, to)| to.clone());
        let to = known.unwrap_or_else(|| resolve(Address::Link(&link.href)).and_then(|to| address::link(&to)));
        last = Some((link.href.clone(), to.clone()));
        marks.link = to.map(|href| {
            let mut link = (**link).clone();
            link.href = href;
            link.into()
        });
    }
    inline.html()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FaqItem;

    #[test]
    fn links_lead_where_they_are_said_to_lead_or_go() {
        let mut document = Document(vec![
            Block::Paragraph {
                text: "See <a href=\"https://ref.invalid/S1\">the <strong>study</strong></a> and <a href=\"https://made.up/\">that</a>."
                    .to_owned(),
            },
            Block::Faq {
                items: vec![FaqItem {
                    question: "Where?".to_owned(),
                    answer: "<a href=\"https://ref.invalid/P1\">Here</a>".to_owned(),
                }],
            },
        ]);
        let mut asked = Vec::new();
        document.resolve_links(&mut |address| {
            let Address::Link(href) = address else { return None };
            asked.push(href.to_owned());
            match href.strip_prefix("https://ref.invalid/") {
                Some("S1") => Some("https://example.com/study".to_owned()),
                Some("P1") => Some("javascript:alert(1)".to_owned()),
                _ => None,
            }
        });
        assert_eq!(asked, ["https://ref.invalid/S1", "https://made.up/", "https://ref.invalid/P1"]);
        let html = document.to_html();
        assert!(
            html.contains("<a href=\"https://example.com/study\">the <strong>study</strong></a> and that."),
            "{html}"
        );
        assert!(html.contains("Here") && !html.contains("javascript"), "{html}");
    }

    #[test]
    fn neither_raw_html_nor_a_picture_passes_by() {
        let html = "<p>Read <a href=\"https://ref.invalid/S1\">the study</a> and <a href=https://evil.example>this</a>.\
            <img src=https://evil.example/p.gif></p><form action=https://evil.example/f><a href=\"/x\">in a form</a></form>";
        let picture = |src: &str| Block::Image {
            src: ImageSource::from(src.to_owned()),
            alt: "A brake".to_owned(),
            caption: Some("See <a href=\"https://evil.example/c\">here</a>".to_owned()),
        };
        let mut document = Document(vec![
            Block::Html { html: html.to_owned() },
            picture("https://made.up/x.png"),
            picture("asset:01H"),
            picture("/own.jpg"),
        ]);
        assert!(document.addresses().contains("https://evil.example/p.gif"), "{:?}", document.addresses());
        let mut asked = Vec::new();
        document.resolve_links(&mut |address| {
            asked.push(format!("{address:?}"));
            match address {
                Address::Link("https://ref.invalid/S1") => Some("https://example.com/study".to_owned()),
                Address::Picture("/own.jpg") => Some("/own.jpg".to_owned()),
                _ => None,
            }
        });
        let kept = document.to_html();
        for address in ["https://evil.example", "https://evil.example/p.gif", "https://made.up/x.png", "asset:01H"] {
            assert!(asked.iter().any(|asked| asked.contains(&format!("\"{address}"))), "{address}: {asked:?}");
        }
        assert!(!kept.contains("evil") && !kept.contains("made.up") && !kept.contains("ref.invalid"), "{kept}");
        assert!(kept.contains("<a href=\"https://example.com/study\">the study</a> and this"), "{kept}");
        assert!(
            kept.contains("/own.jpg") && document.0.iter().all(|block| !matches!(block, Block::Html { .. })),
            "{kept}"
        );
    }
}
