//! From HTML to blocks: what `to_html` wrote, and whatever a model, an editor or another site wrote.

use std::collections::HashSet;

use ego_tree::{NodeId, iter::Edge};
use igny8_core::FieldError;
use scraper::{ElementRef, Html, Node, node::Element};

use crate::{
    Block, Cleaned, Document, FaqItem, ImageSource,
    clean::{clean_numbered, source},
    inline::{Builder, Except, Inline, Marks, Notes, Run, WHOLE, marked},
    markup,
    parse::Page,
};

mod parts;
use parts::tone;

type NodeRef<'a> = ego_tree::NodeRef<'a, Node>;

/// Deeper elements are read as text of their container: nobody writes so, and recursion must end.
const DEEPEST: usize = 64;

impl Document {
    /// Reads HTML, a fragment or a whole page, into cleaned blocks; reads back exactly what [`Document::to_html`] wrote.
    ///
    /// Scripts, styles, frames and forms go; an unknown element is as if it were not there, its text stays.
    pub fn from_html(html: &str) -> Self {
        Self::read_html(html).document
    }

    /// As [`Document::from_html`], and says what was left out.
    pub fn read_html(html: &str) -> Cleaned {
        let mut reader = Reader::default();
        reader.read(html);
        reader.finish("html")
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

/// Reads one piece of HTML after the other; the blocks of all are one body.
#[derive(Default)]
pub(crate) struct Reader {
    out: Vec<Block>,
    pending: Builder,
    questions: Vec<FaqItem>,
    notes: Notes,
    holders: HashSet<NodeId>,
    /// Whether the ends of lines in loose text mean something.
    lines: bool,
}

impl Reader {
    /// Reads a piece; what it leaves open ends with it.
    pub fn read(&mut self, html: &str) {
        let Page { html: page, cut } = Page::parse(html);
        if cut {
            self.notes.cut();
        }
        self.holders = holders(&page);
        self.children(*page.root_element(), &Marks::default(), 0);
        self.flush(Loose);
    }

    /// As [`Reader::read`], of text in which a line ends where it ends and an empty line ends a paragraph.
    pub fn read_lines(&mut self, html: &str) {
        self.lines = true;
        self.read(html);
        self.lines = false;
    }

    /// Says something of what was left out or changed.
    pub fn note(&mut self, note: impl Into<String>) {
        self.notes.add(note.into());
    }

    /// What was read; all that was left out is told under one name of a field.
    pub fn finish(mut self, field: &str) -> Cleaned {
        self.flush_questions();
        let removed = self.notes.into_vec().into_iter();
        let removed = removed.map(|message| FieldError { field: field.to_owned(), message }).collect();
        clean_numbered(self.out.into_iter().enumerate(), removed)
    }

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
            self.pending.collect(node, marks, WHOLE, &mut self.notes);
            return;
        }
        for child in node.children() {
            match child.value() {
                Node::Text(text) if self.lines => self.lines(text, marks),
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
                        self.pending.collect(child, &marks, WHOLE, &mut self.notes);
                    }
                }
                _ => {}
            }
        }
    }

    /// Loose text whose lines mean something.
    fn lines(&mut self, text: &str, marks: &Marks) {
        let mut ends = 0;
        for line in text.split_inclusive('\n') {
            let is_blank = line.bytes().all(|b| b.is_ascii_whitespace());
            match (is_blank, ends) {
                (true, _) | (false, 0) => {}
                (false, 1) => self.pending.line_break(),
                (false, _) => self.flush(Paragraph),
            }
            if !is_blank {
                ends = 0;
            }
            // A space between two words in marks is a text of its own.
            self.pending.text(line, marks);
            ends += usize::from(line.ends_with('\n'));
        }
        match ends {
            0 => {}
            1 => self.pending.line_break(),
            _ => self.flush(Paragraph),
        }
    }

    fn block(&mut self, node: NodeRef<'_>, element: &Element, marks: &Marks, depth: usize) {
        let has_class = |class: &str| element.classes().any(|known| known == class);
        match element.name() {
            "h1" | "h2" => self.heading(2, node),
            "h3" => self.heading(3, node),
            "h4" | "h5" | "h6" => self.heading(4, node),
            "p" => {
                let lines = std::mem::take(&mut self.lines);
                self.children(node, marks, depth + 1);
                self.flush(Paragraph);
                self.lines = lines;
            }
            // Pictures in a list, as galleries were written.
            "ul" | "ol" if element.classes().any(|class| class.contains("gallery")) => {
                self.children(node, marks, depth + 1);
                self.flush(Loose);
            }
            name @ ("ul" | "ol" | "menu" | "dir") => {
                let mut items = Vec::new();
                self.list_items(node, &mut items, 0);
                if !items.is_empty() {
                    self.emit(Block::List { ordered: name == "ol", items });
                }
                self.images(node);
            }
            "pre" => self.code(node),
            "table" => self.table(node, None),
            "figure" => self.figure(node, marks, depth),
            "blockquote" => self.quote(node, element, None),
            "details" => self.details(node),
            "aside" | "div" if element.classes().any(|class| class.starts_with("callout")) => {
                let text = self.rich(node);
                self.emit(Block::Callout { tone: tone(element), text });
                self.images(node);
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

    fn rich(&mut self, node: NodeRef<'_>) -> String {
        self.rich_without(node, WHOLE)
    }

    fn rich_without(&mut self, node: NodeRef<'_>, except: Except<'_>) -> String {
        Inline::of(node, except, &mut self.notes).html()
    }

    fn heading(&mut self, level: u8, node: NodeRef<'_>) {
        let text = self.rich(node);
        if !text.is_empty() {
            self.emit(Block::Heading { level, text });
        }
        self.images(node);
    }

    /// The pictures within a block whose text has no place for them follow it.
    fn images(&mut self, node: NodeRef<'_>) {
        for image in outermost(node, |name| name == "img") {
            if let Node::Element(element) = image.value() {
                self.image(element, None);
            }
        }
    }

    /// A question, unless one half of it is missing: then it is a paragraph.
    fn details(&mut self, node: NodeRef<'_>) {
        let summary = node.children().find(|child| child.value().as_element().is_some_and(|e| e.name() == "summary"));
        let question = summary.map(|summary| Inline::of(summary, WHOLE, &mut self.notes)).unwrap_or_default();
        let is_summary = |inner: NodeRef<'_>| summary.is_some_and(|summary| summary.id() == inner.id());
        let answer = Inline::of(node, &is_summary, &mut self.notes);
        if question.is_blank() || answer.is_blank() {
            for half in [question, answer].into_iter().filter(|half| !half.is_blank()) {
                self.emit(Block::Paragraph { text: half.html() });
            }
        } else {
            self.questions.push(FaqItem { question: question.html(), answer: answer.html() });
        }
        self.images(node);
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
                    self.rich(child)
                }
                Node::Element(element) if markup::is_dropped(element.name()) => {
                    self.notes.dropped(element.name());
                    continue;
                }
                Node::Element(_) if depth < DEEPEST => {
                    let names = |node: NodeRef<'_>, fits: fn(&str) -> bool| {
                        node.value().as_element().is_some_and(|element| fits(element.name()))
                    };
                    // A list in a table is a part of its text: the nested lists below are those outside of tables.
                    let in_table = |inner: NodeRef<'_>| {
                        let mut between = inner.ancestors().take_while(|up| up.id() != child.id());
                        between.any(|up| names(up, |name| name == "table"))
                    };
                    self.rich_without(child, &|inner| names(inner, is_list) && !in_table(inner))
                }
                Node::Element(_) => self.rich(child),
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

fn is_list(name: &str) -> bool {
    matches!(name, "ul" | "ol" | "menu" | "dir")
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
