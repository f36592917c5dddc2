//! Reading HTML into a tree, with bounds: the algorithm of the standard is quadratic in the depth of nesting, and a short
//! text can ask for a huge tree; both would stall a worker on text that no person wrote.

use std::cell::Cell;

use html5ever::{
    QualName, driver, local_name, ns,
    tendril::{StrTendril, TendrilSink},
    tree_builder::Tracer,
};
use scraper::{Html, HtmlTreeSink, Node};

use crate::markup;

/// Elements that may be open at once; browsers stop at 512.
const MOST_OPEN: usize = 400;

/// Nodes of one tree; a long article has a few thousand.
const MOST_NODES: usize = 200_000;

/// What a tree weighs at most, in bytes of text and attributes, beside twice its source.
const MOST_BYTES: usize = 2_000_000;

/// Bytes that are read between two looks at the bounds.
const STEP: usize = 2_048;

/// A tree, and whether it is only the beginning of what was written.
pub(crate) struct Page {
    pub html: Html,
    pub cut: bool,
}

impl Page {
    /// Reads a fragment, or a whole document as the fragment that its body is.
    pub fn parse(source: &str) -> Self {
        let source = markup::tame_angles(source);
        let body = QualName::new(None, ns!(html), local_name!("body"));
        let sink = HtmlTreeSink::new(Html::new_fragment());
        let mut parser = driver::parse_fragment(sink, driver::ParseOpts::default(), body, Vec::new(), false);
        let mut rest: &str = &source;
        let mut within = true;
        while within && !rest.is_empty() {
            let (step, after) = rest.split_at(rest.floor_char_boundary(STEP));
            parser.process(StrTendril::from(step));
            rest = after;
            let open = Open(Cell::new(0));
            parser.tokenizer.sink.trace_handles(&open);
            let nodes = parser.tokenizer.sink.sink.0.borrow().tree.values().len();
            within = open.0.get() <= MOST_OPEN && nodes <= MOST_NODES;
        }
        let html = parser.finish();
        if weight(&html) > MOST_BYTES + 2 * source.len() {
            // The same long attribute on thousands of elements: nothing in it is worth the memory.
            return Self { html: Html::parse_fragment(""), cut: true };
        }
        Self { html, cut: !within }
    }
}

/// Counts what the parser holds on to.
struct Open(Cell<usize>);

impl Tracer for Open {
    type Handle = ego_tree::NodeId;

    fn trace_handle(&self, _: &Self::Handle) {
        self.0.set(self.0.get() + 1);
    }
}

fn weight(html: &Html) -> usize {
    let of = |node: &Node| match node {
        Node::Text(text) => text.len(),
        Node::Element(element) => element.attrs().map(|(name, value)| name.len() + value.len()).sum(),
        _ => 0,
    };
    html.tree.values().map(of).sum()
}

#[cfg(test)]
mod tests {
    use super::Page;

    #[test]
    fn what_people_write_is_read_whole() {
        let html = format!("{}x{}", "<div>".repeat(300), "</div>".repeat(300)) + &"<p>ä<b>b</b>".repeat(20_000);
        let page = Page::parse(&html);
        assert!(!page.cut);
        assert_eq!(page.html.tree.values().filter(|node| node.is_text()).count(), 40_001);
    }

    #[test]
    fn bombs_are_cut() {
        let deep = "<div>".repeat(200_000);
        let formats = (0..150).map(|n| format!("<b a={n}>")).collect::<Vec<_>>().concat();
        let copies = format!("<p>{formats}{}", "<p>x".repeat(200_000));
        let heavy = format!("<p><a href='/{}'>{}", "a".repeat(2_000), "<p>x".repeat(50_000));
        for bomb in [deep, copies, heavy] {
            let page = Page::parse(&bomb);
            assert!(page.cut && page.html.tree.values().len() < 1_500_000, "{}", page.html.tree.values().len());
        }
    }
}
