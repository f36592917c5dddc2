//! From block markup to blocks: what [`Document::to_gutenberg`] wrote, and whatever a site has.
//!
//! Each outermost block becomes a piece of HTML, which is read as any HTML is: a block that is broken breaks no other.
//! On the way, what is not HTML that says what it means (raw HTML, embeds, players, verse) is made into HTML that does.

use super::{
    grammar::{Delimiter, Token, tokens},
    shortcode,
};
use crate::{Cleaned, Document, address, markup, parse::Page, read_html::Reader};

impl Document {
    /// Reads the content of a post, with blocks or from before there were any, into cleaned blocks; reads back exactly
    /// what [`Document::to_gutenberg`] wrote.
    ///
    /// Blocks within blocks follow each other (columns, groups, covers, galleries); of blocks that nobody knows the text
    /// stays; what WordPress fills in when it shows a page (latest posts, forms) goes.
    pub fn from_gutenberg(content: &str) -> Self {
        Self::read_gutenberg(content).document
    }

    /// As [`Document::from_gutenberg`], and says what was left out or changed.
    pub fn read_gutenberg(content: &str) -> Cleaned {
        let mut post = Post::default();
        for token in tokens(content) {
            post.token(token);
        }
        post.finish()
    }
}

/// A block that is open.
struct Open {
    block: Delimiter,
    /// Where its content begins in the HTML of the outermost block.
    start: usize,
}

#[derive(Default)]
struct Post {
    reader: Reader,
    open: Vec<Open>,
    /// The HTML of the outermost block as far as it was read.
    html: String,
}

/// Deeper blocks are read as HTML of the block they are in.
const DEEPEST: usize = 64;

impl Post {
    fn token(&mut self, token: Token<'_>) {
        match token {
            Token::Html(html) if self.open.is_empty() => self.classic(html),
            Token::Html(html) => self.html.push_str(html),
            Token::Void(block) => self.void(&block),
            Token::Open(block) if self.open.len() < DEEPEST => self.begin(block),
            Token::Open(_) => {
                self.reader.note("Blocks are nested far deeper than any text needs; the inner ones were joined.");
            }
            Token::Close(name) => {
                let Some(at) = self.open.iter().rposition(|open| open.block.name == name) else {
                    self.reader.note(format!("The block {name} ends where it never began; its text was kept."));
                    return;
                };
                while self.open.len() > at + 1 {
                    self.never_ended();
                }
                self.end();
            }
        }
    }

    fn finish(mut self) -> Cleaned {
        while !self.open.is_empty() {
            self.never_ended();
        }
        self.reader.finish("content")
    }

    fn begin(&mut self, block: Delimiter) {
        if block.name == "core/list" && self.open.iter().any(|open| open.block.name == "core/list") {
            self.reader.note("The items of a list within a list follow the item they belong to.");
        }
        self.open.push(Open { block, start: self.html.len() });
    }

    fn never_ended(&mut self) {
        if let Some(open) = self.open.last() {
            self.reader.note(format!("The block {} never ends; its text was kept.", open.block.name));
        }
        self.end();
    }

    /// Ends the innermost block.
    fn end(&mut self) {
        let Some(Open { block, start }) = self.open.pop() else { return };
        let outermost = self.open.is_empty();
        if outermost && block.name == "core/freeform" {
            let html = std::mem::take(&mut self.html);
            self.classic(&html);
            return;
        }
        if let Some(html) = self.translated(&block, start) {
            self.html.truncate(start);
            self.html.push_str(&html);
        }
        if outermost {
            let html = std::mem::take(&mut self.html);
            self.reader.read(&html);
        }
    }

    /// Content that is no block: from before there were blocks, when a blank line ended a paragraph.
    fn classic(&mut self, html: &str) {
        if markup::is_blank(html) {
            return;
        }
        let (html, gone) = shortcode::expand(html);
        for name in gone {
            self.reader.note(format!("The shortcode [{name}] runs only in WordPress; it was left out."));
        }
        self.reader.read_lines(&html);
    }

    /// A block without content of its own.
    fn void(&mut self, block: &Delimiter) {
        let name = &block.name;
        match (name.as_str(), address_of(block)) {
            ("core/separator" | "core/spacer" | "core/more" | "core/nextpage", _) => self.ornament(name),
            // As editors of long ago wrote embeds.
            (name, Some(url)) if is_embed(name) => {
                let html = link(&url, &url);
                if self.open.is_empty() { self.reader.read(&html) } else { self.html.push_str(&html) }
            }
            (name, _) if name.starts_with("core/") => self
                .reader
                .note(format!("The block {name} is filled by WordPress when it shows a page; it was left out.")),
            (name, _) => {
                self.reader.note(format!("The block {name} is not WordPress's own and has no text; it was left out."));
            }
        }
    }

    fn ornament(&mut self, name: &str) {
        self.reader.note(format!("The block {name} has no text; it was left out."));
    }

    /// The HTML that says what a block means; `None` when its own does.
    fn translated(&mut self, block: &Delimiter, start: usize) -> Option<String> {
        let inner = &self.html[start..];
        match block.name.as_str() {
            "core/html" => {
                let clean = markup::sanitise(inner);
                let kept = clean.as_ref().map_or(0, String::len);
                let written = inner.trim().replace("&#91;", "[");
                if kept < written.len() {
                    self.reader.note("Parts of raw HTML that may not run or be shown were removed.");
                }
                Some(clean.map(|html| format!("<div class=\"raw-html\">{html}</div>")).unwrap_or_default())
            }
            "core/shortcode" => {
                let kept = shortcode::without_all(inner);
                self.reader.note("A shortcode runs only in WordPress; it was left out, and the text within it kept.");
                Some(format!("<p>{kept}</p>"))
            }
            "core/separator" | "core/spacer" | "core/more" | "core/nextpage" => {
                self.ornament(&block.name);
                None
            }
            "core/verse" => Some(verse(inner)),
            // What opens and closes is a question with its answer.
            "core/accordion" => Some(format!("<div class=\"faq\">{inner}</div>")),
            "core/accordion-heading" | "core/button" if inner.contains("<button") => Some(button(inner)),
            "core/video" | "core/audio" => {
                let link = player(inner);
                self.reader.note(format!("A player ({}) became a link to what it plays.", block.name));
                Some(link + inner)
            }
            name if is_embed(name) => {
                self.reader.note("What was embedded from another site became a link to it.");
                Some(embed(inner))
            }
            name if !name.starts_with("core/") => {
                self.reader.note(format!("The block {name} is not WordPress's own; its text was kept."));
                None
            }
            _ => None,
        }
    }
}

fn is_embed(name: &str) -> bool {
    name == "core/embed" || name.starts_with("core-embed/")
}

fn address_of(block: &Delimiter) -> Option<String> {
    address::link(block.text("url")?)
}

fn link(href: &str, text: &str) -> String {
    let mut out = String::from("<p><a");
    markup::attribute_into(&mut out, "href", href);
    out.push('>');
    markup::escape_into(&mut out, text);
    out.push_str("</a></p>");
    out
}

/// A poem: each line of it is a line.
fn verse(inner: &str) -> String {
    let lines = inner.trim().replace('\n', "<br>");
    let (Some(start), Some(end)) = (lines.find("<pre"), lines.rfind("</pre>")) else { return lines };
    if start + "<pre".len() > end {
        return lines;
    }
    format!("{}<p{}</p>{}", &lines[..start], &lines[start + "<pre".len()..end], &lines[end + "</pre>".len()..])
}

/// The words on a button are text of the page; the sign beside those of an accordion is not.
fn button(inner: &str) -> String {
    let words = inner.replace("<button", "<span").replace("</button>", "</span>");
    words.replace("aria-hidden=\"true\">+</span>", "></span>")
}

/// A link to what a player plays, named as its file is.
fn player(inner: &str) -> String {
    let page = Page::parse(inner);
    let elements = page.html.tree.values().filter_map(|node| node.as_element());
    let mut plays = elements.filter(|element| matches!(element.name(), "video" | "audio" | "source"));
    let Some(url) = plays.find_map(|element| address::link(element.attr("src")?)) else { return String::new() };
    let path = url.split(['?', '#']).next().unwrap_or_default();
    link(&url, path.rsplit('/').find(|part| !part.is_empty()).unwrap_or(&url))
}

/// The address within an embed becomes a link; its caption stays.
fn embed(inner: &str) -> String {
    const WRAPPER: &str = "wp-block-embed__wrapper\">";
    let linked = || {
        let start = inner.find(WRAPPER)? + WRAPPER.len();
        let end = start + inner[start..].find('<')?;
        let url = Page::parse(inner[start..end].trim()).html.root_element().text().collect::<String>();
        Some(format!("{}{}{}", &inner[..start], link(&address::link(&url)?, &url), &inner[end..]))
    };
    linked().unwrap_or_else(|| inner.to_owned())
}

#[cfg(test)]
mod tests;
