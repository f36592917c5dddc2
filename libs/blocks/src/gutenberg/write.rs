//! From blocks to block markup, as WordPress's own editor saves it.

use std::{borrow::Cow, fmt::Write as _};

use super::grammar::json_text;
use crate::{
    AssetUrl, Block, Document, FaqItem, ImageSource,
    clean::{language_name, source},
    inline::Inline,
    markup::{self, attribute_into, escape_into},
    write_html::HeadingIds,
};

impl Document {
    /// The block markup of WordPress: a blank line between blocks, safe whatever the blocks hold.
    ///
    /// Questions are `core/details` within a group of class `faq`, a remark is a group of class `callout`; all others are
    /// the blocks of WordPress of the same name. Headings have the ids of [`Document::to_html`]. The `src` of one of
    /// our own pictures stays `asset:<id>`, which [`Document::from_gutenberg`] reads back.
    pub fn to_gutenberg(&self) -> String {
        self.gutenberg(None)
    }

    /// As [`Document::to_gutenberg`], for a site: our own pictures get their address, and one without is left out.
    pub fn to_gutenberg_with(&self, asset_url: &AssetUrl<'_>) -> String {
        self.gutenberg(Some(asset_url))
    }

    fn gutenberg(&self, asset_url: Option<&AssetUrl<'_>>) -> String {
        let mut ids = HeadingIds::default();
        let mut out = String::new();
        for block in &self.0 {
            let start = out.len();
            if start > 0 {
                out.push_str("\n\n");
            }
            let before = out.len();
            write_block(&mut out, block, &mut ids, asset_url);
            if out.len() == before {
                out.truncate(start);
            }
        }
        out
    }
}

fn write_block(out: &mut String, block: &Block, ids: &mut HeadingIds, asset_url: Option<&AssetUrl<'_>>) {
    match block {
        Block::Heading { level, text } => {
            let inline = Inline::read(text);
            let level = *level.clamp(&2, &4);
            let id = ids.next(&inline);
            // The level that WordPress takes for granted is not written.
            let level_name = if level == 2 { String::new() } else { format!("\"level\":{level},") };
            delimited(out, "heading", &format!("{{{level_name}\"anchor\":{}}}", json_text(&id)), |out| {
                let text = without_shortcodes(inline.html());
                let _ = write!(out, "<h{level} id=\"{id}\" class=\"wp-block-heading\">{text}</h{level}>");
            });
        }
        Block::Paragraph { text } => paragraph(out, text),
        Block::List { ordered, items } => {
            let (name, attributes) = if *ordered { ("ol", "{\"ordered\":true}") } else { ("ul", "") };
            delimited(out, "list", attributes, |out| {
                let _ = write!(out, "<{name} class=\"wp-block-list\">");
                for (at, item) in items.iter().enumerate() {
                    out.push_str(if at > 0 { "\n\n" } else { "" });
                    delimited(out, "list-item", "", |out| element(out, "li", "", item));
                }
                let _ = write!(out, "</{name}>");
            });
        }
        Block::Image { src, alt, caption } => image(out, src, alt, caption.as_deref(), asset_url),
        Block::Quote { text, cite } => delimited(out, "quote", "", |out| {
            out.push_str("<blockquote class=\"wp-block-quote\">");
            paragraph(out, text);
            if let Some(cite) = cite {
                element(out, "cite", "", cite);
            }
            out.push_str("</blockquote>");
        }),
        Block::Table { header, rows, caption } => table(out, header, rows, caption.as_deref()),
        Block::Code { language, text } => code(out, language.as_deref().and_then(language_name), text),
        Block::Faq { items } => group(out, "div", "faq", |out| {
            for (at, FaqItem { question, answer }) in items.iter().enumerate() {
                out.push_str(if at > 0 { "\n\n" } else { "" });
                delimited(out, "details", "", |out| {
                    out.push_str("<details class=\"wp-block-details\">");
                    element(out, "summary", "", question);
                    paragraph(out, answer);
                    out.push_str("</details>");
                });
            }
        }),
        Block::Callout { tone, text } => {
            group(out, "aside", &format!("callout callout-{}", tone.as_str()), |out| paragraph(out, text));
        }
        Block::Html { html } => {
            if let Some(html) = markup::sanitise(html) {
                // Only within an attribute can a comment seem to begin here: comments themselves are gone.
                let html = without_shortcodes(html.replace("<!--", "&lt;!--"));
                delimited(out, "html", "", |out| out.push_str(&html));
            }
        }
    }
}

/// A block between its comments; the attributes are JSON, or nothing.
fn delimited(out: &mut String, name: &str, attributes: &str, content: impl FnOnce(&mut String)) {
    let space = if attributes.is_empty() { "" } else { " " };
    let _ = writeln!(out, "<!-- wp:{name} {attributes}{space}-->");
    content(out);
    let _ = write!(out, "\n<!-- /wp:{name} -->");
}

fn paragraph(out: &mut String, text: &str) {
    delimited(out, "paragraph", "", |out| element(out, "p", PARAGRAPH_CLASS, text));
}

fn element(out: &mut String, name: &str, class: &str, text: &str) {
    let _ = write!(out, "<{name}{class}>{}</{name}>", without_shortcodes(Inline::read(text).html()));
}

fn group(out: &mut String, tag: &str, class: &str, content: impl FnOnce(&mut String)) {
    let tag_name = if tag == "div" { String::new() } else { format!("\"tagName\":\"{tag}\",") };
    delimited(out, "group", &format!("{{{tag_name}\"className\":\"{class}\"}}"), |out| {
        let _ = write!(out, "<{tag} class=\"wp-block-group {class}\">");
        content(out);
        let _ = write!(out, "</{tag}>");
    });
}

/// What stands in the `src` of a picture; `None` when it is one of our own that has no address.
fn image_address(src: &ImageSource, asset_url: Option<&AssetUrl<'_>>) -> Option<String> {
    match (src, asset_url) {
        (ImageSource::Asset(id), Some(asset_url)) => asset_url(id).and_then(|url| crate::address::image(&url)),
        (src, _) => Some(src.to_string()),
    }
}

fn image(out: &mut String, src: &ImageSource, alt: &str, caption: Option<&str>, asset_url: Option<&AssetUrl<'_>>) {
    let Some(src) = source(src).and_then(|src| image_address(&src, asset_url)) else { return };
    delimited(out, "image", "", |out| {
        out.push_str("<figure class=\"wp-block-image\"><img");
        let mut attributes = String::new();
        attribute_into(&mut attributes, "src", &src);
        attribute_into(&mut attributes, "alt", alt);
        out.push_str(&without_shortcodes(attributes));
        out.push_str("/>");
        if let Some(caption) = caption {
            element(out, "figcaption", CAPTION_CLASS, caption);
        }
        out.push_str("</figure>");
    });
}

const PARAGRAPH_CLASS: &str = "";
const CAPTION_CLASS: &str = " class=\"wp-element-caption\"";

fn table(out: &mut String, header: &[String], rows: &[Vec<String>], caption: Option<&str>) {
    let row = |out: &mut String, name: &str, cells: &[String]| {
        out.push_str("<tr>");
        for cell in cells {
            element(out, name, "", cell);
        }
        out.push_str("</tr>");
    };
    delimited(out, "table", "", |out| {
        out.push_str("<figure class=\"wp-block-table\"><table class=\"has-fixed-layout\">");
        if !header.is_empty() {
            out.push_str("<thead>");
            row(out, "th", header);
            out.push_str("</thead>");
        }
        out.push_str("<tbody>");
        for cells in rows {
            row(out, "td", cells);
        }
        out.push_str("</tbody></table>");
        if let Some(caption) = caption {
            element(out, "figcaption", CAPTION_CLASS, caption);
        }
        out.push_str("</figure>");
    });
}

/// WordPress has no place for a language; a class is where highlighters look for it.
fn code(out: &mut String, language: Option<String>, text: &str) {
    let class = language.map(|language| format!("language-{language}"));
    let attributes = class.as_ref().map(|class| format!("{{\"className\":{}}}", json_text(class)));
    delimited(out, "code", attributes.as_deref().unwrap_or_default(), |out| {
        let classes = class.map_or_else(|| "wp-block-code".to_owned(), |class| format!("wp-block-code {class}"));
        let _ = write!(out, "<pre class=\"{classes}\"><code>");
        let mut escaped = String::with_capacity(text.len() + 16);
        escape_into(&mut escaped, text);
        // An address alone on a line would be made a player or a card (oEmbed).
        let lines = escaped.split('\n').map(|line| {
            let alone = line.starts_with("http://") || line.starts_with("https://");
            if alone { Cow::Owned(line.replacen("://", ":&#47;&#47;", 1)) } else { Cow::Borrowed(line) }
        });
        out.push_str(&without_shortcodes(lines.collect::<Vec<_>>().join("\n")));
        out.push_str("</code></pre>");
    });
}

/// Writes `[` so that WordPress runs no shortcode: what a text says is what a page shows.
fn without_shortcodes(html: String) -> String {
    if html.contains('[') { html.replace('[', "&#91;") } else { html }
}
