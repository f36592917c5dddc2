//! Of HTML, what has parts of its own: figures, quotes, program text, tables.

use ego_tree::iter::Edge;
use scraper::{Node, node::Element};

use super::{Loose, NodeRef, Reader, find, outermost};
use crate::{
    Block, Tone,
    inline::{Inline, Marks},
    markup,
};

/// The most columns that one cell spans.
const WIDEST_CELL: usize = 50;

impl Reader {
    /// A figure of one thing with its caption is that thing; of several, they follow each other.
    pub(super) fn figure(&mut self, node: NodeRef<'_>, marks: &Marks, depth: usize) {
        let caption_node = find(node, "figcaption");
        let shown = ["blockquote", "table", "pre"].into_iter().find_map(|name| find(node, name));
        let images = outermost(node, |name| name == "img");
        let accounted = || shown.map_or(0, visible) + caption_node.map_or(0, visible);
        let several = find(node, "figure").is_some() || accounted() != visible(node);
        if several || (shown.is_none() && images.is_empty()) {
            self.children(node, marks, depth + 1);
            self.flush(Loose);
            return;
        }
        let caption = caption_node.map(|caption| self.rich(caption)).filter(|text| !text.is_empty());
        match shown.and_then(|shown| Some((shown, shown.value().as_element()?))) {
            Some((quote, element)) if element.name() == "blockquote" => self.quote(quote, element, caption),
            Some((table, element)) if element.name() == "table" => self.table(table, caption),
            Some((pre, _)) => {
                self.code(pre);
                if let Some(text) = caption {
                    self.emit(Block::Paragraph { text });
                }
            }
            None => {
                // A gallery: the caption stands under the last of its pictures.
                let last = images.len() - 1;
                for (at, image) in images.iter().enumerate() {
                    if let Node::Element(element) = image.value() {
                        self.image(element, caption.clone().filter(|_| at == last));
                    }
                }
            }
        }
    }

    pub(super) fn quote(&mut self, node: NodeRef<'_>, element: &Element, cite: Option<String>) {
        if element.classes().any(|class| class.starts_with("markdown-alert")) {
            let text = self.rich(node);
            self.emit(Block::Callout { tone: tone(element), text });
        } else {
            let inner = find(node, "footer").or_else(|| find(node, "cite")).filter(|_| cite.is_none());
            let cite = cite.or_else(|| inner.map(|cite| self.rich(cite)).filter(|cite| !cite.is_empty()));
            let is_cite = |other: NodeRef<'_>| inner.is_some_and(|inner| inner.id() == other.id());
            let text = self.rich_without(node, &is_cite);
            if text.is_empty() {
                let text = self.rich(node);
                self.emit(Block::Quote { text, cite: None });
            } else {
                self.emit(Block::Quote { text, cite });
            }
        }
        self.images(node);
    }

    pub(super) fn code(&mut self, node: NodeRef<'_>) {
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

    pub(super) fn table(&mut self, node: NodeRef<'_>, caption: Option<String>) {
        let own = find(node, "caption").map(|caption| self.rich(caption)).filter(|text| !text.is_empty());
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
                cells.push(self.rich(cell));
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
        if rows.iter().flatten().all(|cell| Inline::read(cell).is_blank()) && !header.is_empty() {
            // A table of one row of heads is a row all the same.
            rows = vec![std::mem::take(&mut header)];
        }
        let (caption, second) = if own.is_some() { (own, caption) } else { (caption, None) };
        self.emit(Block::Table { header, rows, caption });
        if let Some(text) = second {
            self.emit(Block::Paragraph { text });
        }
        self.images(node);
    }
}

/// How many characters of a node a reader sees.
fn visible(node: NodeRef<'_>) -> usize {
    let is_dropped = |node: &NodeRef<'_>| node.value().as_element().is_some_and(|e| markup::is_dropped(e.name()));
    let (mut seen, mut within) = (0, 0_usize);
    for edge in node.traverse() {
        match edge {
            Edge::Open(inner) if is_dropped(&inner) => within += 1,
            Edge::Close(inner) if is_dropped(&inner) => within -= 1,
            Edge::Open(inner) if within == 0 => {
                let text = inner.value().as_text().map_or("", |text| &**text);
                seen += text.chars().filter(|c| !markup::is_invisible(*c)).count();
            }
            _ => {}
        }
    }
    seen
}

pub(super) fn tone(element: &Element) -> Tone {
    let says = |words: &[&str]| element.classes().any(|class| words.iter().any(|word| class.ends_with(word)));
    if says(&["warning", "caution", "danger", "alert", "error"]) {
        Tone::Warning
    } else if says(&["tip", "hint", "success"]) {
        Tone::Tip
    } else {
        Tone::Note
    }
}
