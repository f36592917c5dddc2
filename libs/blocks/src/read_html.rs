//! From HTML to blocks: what `to_html` wrote, and whatever a model, an editor or another site wrote.

use std::collections::HashSet;

use ego_tree::{NodeId, iter::Edge};
use igny8_core::FieldError;
use scraper::{ElementRef, Html, Node, node::Element};

use crate::{
    Block, Cleaned, Document, FaqItem, ImageSource, Tone,
    clean::{clean_numbered, source},
    inline::{Builder, Inline, Marks, Notes, Run, marked},
    markup,
    parse::Page,
};

type NodeRef<'a> = ego_tree::NodeRef<'a, Node>;

/// Deeper elements are read as text of their container: nobody writes so, and recursion must end.
const DEEPEST: usize = 64;

/// The most columns that one cell spans.
const WIDEST_CELL: usize = 50;

impl Document {
    /// Reads HTML, a fragment or a whole page, into cleaned blocks; reads back exactly what [`Document::to_html`] wrote.
    ///
    /// Scripts, styles, frames and forms go; an unknown element is as if it were not there, its text stays.
    pub fn from_html(html: &str) -> Self {
        Self::read_html(html).document
    }

    /// As [`Document::from_html`], and says what was left out.
    pub fn read_html(html: &str) -> Cleaned {
        let Page { html: page, cut } = Page::parse(html);
        let mut reader = Reader { holders: holders(&page), ..Reader::default() };
        if cut {
            reader.notes.cut();
        }
        reader.children(*page.root_element(), &Marks::default(), 0);
        reader.flush(Loose);
        reader.flush_questions();
        let removed = reader.notes.into_vec().into_iter();
        let removed = removed.map(|message| FieldError { field: "html".to_owned(), message }).collect();
        clean_numbered(reader.out.into_iter().enumerate(), removed)
    }
}

/// The nodes with a block or an image somewhere inside.
fn holders(page: &Html) -> HashSet<NodeId> {
    let mut holders = HashSet::new();
    for node in page.tree.nodes() {
        if node.value().as_element().is_some_and(|e| markup::is_block(e.name()) || e.name() == "img") {
            for ancestor in node.ancestors() {
                if !holders.insert(ancestor.id()) {
                    break;
                }
            }
        }
    }
    holders
}

/// Whether pending text stands in a paragraph of its own or lies about between blocks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Paragraph,
    Loose,
}
use Standing::{Loose, Paragraph};

#[derive(Default)]
struct Reader {
    out: Vec<Block>,
    pending: Builder,
    questions: Vec<FaqItem>,
    notes: Notes,
    holders: HashSet<NodeId>,
}

impl Reader {
    fn emit(&mut self, block: Block) {
        self.flush_questions();
        self.out.push(block);
    }

    /// Neighbouring `details` are one FAQ.
    fn flush_questions(&mut self) {
        if !self.questions.is_empty() {
            let items = std::mem::take(&mut self.questions);
            self.out.push(Block::Faq { items });
        }
    }

    /// Ends the paragraph of what was read since the last block.
    fn flush(&mut self, standing: Standing) {
        let inline = std::mem::take(&mut self.pending).finish();
        // Loose text is often parted by two breaks where it means two paragraphs.
        let parts = match standing {
            Paragraph => vec![inline],
            Loose => split_at_double_breaks(inline),
        };
        for part in parts {
            if !part.is_blank() {
                self.emit(Block::Paragraph { text: part.html() });
            }
        }
    }

    fn children(&mut self, node: NodeRef<'_>, marks: &Marks, depth: usize) {
        if depth > DEEPEST {
            self.pending.collect(node, marks, &[], &mut self.notes);
            return;
        }
        for child in node.children() {
            match child.value() {
                Node::Text(text) => self.pending.text(text, marks),
                Node::Element(element) => {
                    let name = element.name();
                    if markup::is_dropped(name) {
                        self.notes.dropped(name);
                    } else if name == "img" {
                        self.flush(Loose);
                        self.image(element, None);
                    } else if markup::is_block(name) || self.holders.contains(&child.id()) {
                        self.flush(Loose);
                        self.block(child, element, marks, depth);
                    } else if name == "br" {
                        self.pending.line_break();
                    } else {
                        let marks = marked(marks.clone(), element, &mut self.notes);
                        self.pending.collect(child, &marks, &[], &mut self.notes);
                    }
                }
                _ => {}
            }
        }
    }

    fn block(&mut self, node: NodeRef<'_>, element: &Element, marks: &Marks, depth: usize) {
        let has_class = |class: &str| element.classes().any(|known| known == class);
        match element.name() {
            "h1" | "h2" => self.heading(2, node),
            "h3" => self.heading(3, node),
            "h4" | "h5" | "h6" => self.heading(4, node),
            "p" => {
                self.children(node, marks, depth + 1);
                self.flush(Paragraph);
            }
            name @ ("ul" | "ol" | "menu" | "dir") => {
                let mut items = Vec::new();
                self.list_items(node, &mut items, 0);
                if !items.is_empty() {
                    self.emit(Block::List { ordered: name == "ol", items });
                }
            }
            "pre" => self.code(node),
            "table" => self.table(node, None),
            "figure" => self.figure(node, marks, depth),
            "blockquote" => self.quote(node, element, None),
            "details" => {
                let question = find(node, "summary").map(|summary| self.rich(summary, &[])).unwrap_or_default();
                let answer = self.rich(node, &["summary"]);
                self.questions.push(FaqItem { question, answer });
            }
            "aside" | "div" if element.classes().any(|class| class.starts_with("callout")) => {
                let text = self.rich(node, &[]);
                self.emit(Block::Callout { tone: tone(element), text });
            }
            "section" | "div" if has_class("faq") => self.faq(node, marks, depth),
            "div" if has_class("raw-html") => {
                let html = ElementRef::wrap(node).map(|element| element.inner_html()).unwrap_or_default();
                self.emit(Block::Html { html });
            }
            "dt" => {
                self.children(node, &Marks { strong: true, ..marks.clone() }, depth + 1);
                self.flush(Loose);
            }
            _ => {
                let marks = marked(marks.clone(), element, &mut self.notes);
                self.children(node, &marks, depth + 1);
                self.flush(Loose);
            }
        }
    }

    fn rich(&mut self, node: NodeRef<'_>, except: &[&str]) -> String {
        Inline::of(node, except, &mut self.notes).html()
    }

    fn heading(&mut self, level: u8, node: NodeRef<'_>) {
        let text = self.rich(node, &[]);
        if !text.is_empty() {
            self.emit(Block::Heading { level, text });
        }
    }

    /// Items of nested lists follow the item that they belong to.
    fn list_items(&mut self, list: NodeRef<'_>, items: &mut Vec<String>, depth: usize) {
        for child in list.children() {
            let text = match child.value() {
                Node::Text(text) => Builder::plain(text).html(),
                Node::Element(element) if is_list(element.name()) => {
                    if depth < DEEPEST {
                        self.list_items(child, items, depth + 1);
                        continue;
                    }
                    self.rich(child, &[])
                }
                Node::Element(element) if markup::is_dropped(element.name()) => {
                    self.notes.dropped(element.name());
                    continue;
                }
                Node::Element(_) if depth < DEEPEST => self.rich(child, &LISTS),
                Node::Element(_) => self.rich(child, &[]),
                _ => continue,
            };
            if !text.is_empty() {
                items.push(text);
            }
            if depth < DEEPEST && child.value().is_element() {
                for nested in outermost(child, is_list) {
                    self.list_items(nested, items, depth + 1);
                }
            }
        }
    }

    fn image(&mut self, element: &Element, caption: Option<String>) {
        let lazy = ["src", "data-src", "data-lazy-src"];
        let src = lazy.into_iter().find_map(|name| source(&ImageSource::from(element.attr(name)?.to_owned())));
        let Some(src) = src else {
            self.notes.add("An image without an address that can be shown was removed.".to_owned());
            return;
        };
        let title = || element.attr("title").map(|title| Builder::plain(title).html());
        let alt = element.attr("alt").unwrap_or_default().to_owned();
        self.emit(Block::Image { src, alt, caption: caption.or_else(title) });
    }

    fn figure(&mut self, node: NodeRef<'_>, marks: &Marks, depth: usize) {
        let caption = find(node, "figcaption").map(|caption| self.rich(caption, &[])).filter(|text| !text.is_empty());
        if let Some(quote) = find(node, "blockquote")
            && let Node::Element(element) = quote.value()
        {
            self.quote(quote, element, caption);
        } else if let Some(table) = find(node, "table") {
            self.table(table, caption);
        } else if let Some(pre) = find(node, "pre") {
            self.code(pre);
            if let Some(text) = caption {
                self.emit(Block::Paragraph { text });
            }
        } else {
            let images = outermost(node, |name| name == "img");
            if images.is_empty() {
                self.children(node, marks, depth + 1);
                self.flush(Loose);
                return;
            }
            // A gallery: the caption stands under the last of its pictures.
            let last = images.len() - 1;
            for (at, image) in images.iter().enumerate() {
                if let Node::Element(element) = image.value() {
                    self.image(element, caption.clone().filter(|_| at == last));
                }
            }
        }
    }

    fn quote(&mut self, node: NodeRef<'_>, element: &Element, cite: Option<String>) {
        if element.classes().any(|class| class.starts_with("markdown-alert")) {
            let text = self.rich(node, &[]);
            self.emit(Block::Callout { tone: tone(element), text });
            return;
        }
        let inner = find(node, "footer").or_else(|| find(node, "cite"));
        let cite = cite.or_else(|| inner.map(|cite| self.rich(cite, &[])).filter(|cite| !cite.is_empty()));
        let text = self.rich(node, &["footer", "cite"]);
        if text.is_empty() {
            let text = self.rich(node, &[]);
            self.emit(Block::Quote { text, cite: None });
        } else {
            self.emit(Block::Quote { text, cite });
        }
    }

    fn code(&mut self, node: NodeRef<'_>) {
        let mut text = String::new();
        let mut language = None;
        for inner in node.descendants() {
            match inner.value() {
                Node::Text(part) => text.push_str(part),
                Node::Element(element) if element.name() == "br" => text.push('\n'),
                Node::Element(element) => {
                    let class = |class: &'_ str| {
                        class.strip_prefix("language-").or_else(|| class.strip_prefix("lang-")).map(str::to_owned)
                    };
                    language = language.or_else(|| element.classes().find_map(class));
                }
                _ => {}
            }
        }
        self.emit(Block::Code { language, text });
    }

    fn table(&mut self, node: NodeRef<'_>, caption: Option<String>) {
        let own = find(node, "caption").map(|caption| self.rich(caption, &[])).filter(|text| !text.is_empty());
        let mut header = Vec::new();
        let mut rows = Vec::new();
        for row in outermost(node, |name| name == "tr") {
            let mut cells = Vec::new();
            let mut all_heads = true;
            for cell in row.children() {
                let Some(element) = cell.value().as_element().filter(|e| matches!(e.name(), "td" | "th")) else {
                    continue;
                };
                all_heads &= element.name() == "th";
                cells.push(self.rich(cell, &[]));
                let span = element.attr("colspan").and_then(|span| span.trim().parse().ok()).unwrap_or(1_usize);
                cells.extend((1..span.min(WIDEST_CELL)).map(|_| String::new()));
            }
            let in_head =
                row.parent().is_some_and(|parent| parent.value().as_element().is_some_and(|e| e.name() == "thead"));
            if header.is_empty() && rows.is_empty() && (in_head || all_heads) {
                header = cells;
            } else {
                rows.push(cells);
            }
        }
        if rows.is_empty() && !header.is_empty() {
            // A table of one row of heads is a row all the same.
            rows.push(std::mem::take(&mut header));
        }
        self.emit(Block::Table { header, rows, caption: own.or(caption) });
    }

    /// Questions as `details`, or as headings with what follows them.
    fn faq(&mut self, node: NodeRef<'_>, marks: &Marks, depth: usize) {
        self.flush_questions();
        let before = std::mem::take(&mut self.out);
        self.children(node, marks, depth + 1);
        self.flush(Loose);
        self.flush_questions();
        let inner = std::mem::replace(&mut self.out, before);
        let (others, items) = questions_of(inner);
        self.out.extend(others);
        if !items.is_empty() {
            self.out.push(Block::Faq { items });
        }
    }
}

/// Parts the blocks of a FAQ into what stands before and between the questions, and questions with answers.
fn questions_of(blocks: Vec<Block>) -> (Vec<Block>, Vec<FaqItem>) {
    let mut others = Vec::new();
    let mut items: Vec<FaqItem> = Vec::new();
    let mut blocks = blocks.into_iter().peekable();
    while let Some(block) = blocks.next() {
        match block {
            Block::Heading { level, text } => {
                let mut answer = String::new();
                while let Some(Block::Paragraph { .. } | Block::List { .. }) = blocks.peek() {
                    match blocks.next() {
                        Some(Block::Paragraph { text }) => join_lines(&mut answer, [text]),
                        Some(Block::List { items, .. }) => join_lines(&mut answer, items),
                        _ => {}
                    }
                }
                if answer.is_empty() {
                    others.push(Block::Heading { level, text });
                } else {
                    items.push(FaqItem { question: text, answer });
                }
            }
            Block::Faq { items: more } => items.extend(more),
            block => others.push(block),
        }
    }
    (others, items)
}

fn join_lines(answer: &mut String, lines: impl IntoIterator<Item = String>) {
    for line in lines {
        if !answer.is_empty() {
            answer.push_str("<br>");
        }
        answer.push_str(&line);
    }
}

const LISTS: [&str; 4] = ["ul", "ol", "menu", "dir"];

fn is_list(name: &str) -> bool {
    LISTS.contains(&name)
}

fn find<'a>(node: NodeRef<'a>, name: &str) -> Option<NodeRef<'a>> {
    node.descendants().skip(1).find(|inner| inner.value().as_element().is_some_and(|element| element.name() == name))
}

/// The nodes within that fit and are not within another that fits, nor within a nested table.
fn outermost(root: NodeRef<'_>, fits: impl Fn(&str) -> bool) -> Vec<NodeRef<'_>> {
    let mut found = Vec::new();
    let mut within: Option<NodeId> = None;
    for edge in root.traverse() {
        match edge {
            Edge::Open(node) if within.is_none() && node.id() != root.id() => {
                let Some(element) = node.value().as_element() else { continue };
                if fits(element.name()) {
                    found.push(node);
                    within = Some(node.id());
                } else if element.name() == "table" {
                    within = Some(node.id());
                }
            }
            Edge::Close(node) if within == Some(node.id()) => within = None,
            _ => {}
        }
    }
    found
}

fn tone(element: &Element) -> Tone {
    let says = |words: &[&str]| element.classes().any(|class| words.iter().any(|word| class.ends_with(word)));
    if says(&["warning", "caution", "danger", "alert", "error"]) {
        Tone::Warning
    } else if says(&["tip", "hint", "success"]) {
        Tone::Tip
    } else {
        Tone::Note
    }
}

fn split_at_double_breaks(inline: Inline) -> Vec<Inline> {
    let mut parts = Vec::new();
    let mut runs: Vec<Run> = Vec::new();
    for run in inline.runs {
        if run == Run::Break && runs.last() == Some(&Run::Break) {
            runs.pop();
            parts.push(Inline { runs: std::mem::take(&mut runs) });
        } else {
            runs.push(run);
        }
    }
    parts.push(Inline { runs });
    parts
}

#[cfg(test)]
mod tests;
