//! Rich text: the small HTML within a block, read into runs and written from them; no markup is ever copied through.
//!
//! Runs are flat, so a text has exactly one written form: the order of nested tags is fixed (`a strong em code`),
//! neighbours with the same marks are one run, and spaces are collapsed as a browser would.

use std::rc::Rc;

use scraper::{Node, node::Element};

use crate::{address, markup, parse::Page};

mod known;

type NodeRef<'a> = ego_tree::NodeRef<'a, Node>;

/// Says which nodes are passed over with all that is in them.
pub(crate) type Except<'a> = &'a dyn Fn(NodeRef<'_>) -> bool;

/// Passes over nothing.
pub(crate) const WHOLE: Except<'static> = &|_| false;

/// The words of `rel` that are kept.
const RELS: [&str; 5] = ["nofollow", "sponsored", "ugc", "noopener", "noreferrer"];

/// More complaints about one text help nobody.
const MOST_NOTES: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    pub href: String,
    pub rel: Option<String>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    pub link: Option<Rc<Link>>,
    pub strong: bool,
    pub em: bool,
    pub code: bool,
}

impl Marks {
    fn common(&self, other: &Self) -> Self {
        Self {
            link: self.link.clone().filter(|link| other.link.as_ref() == Some(link)),
            strong: self.strong && other.strong,
            em: self.em && other.em,
            code: self.code && other.code,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Run {
    Text { text: String, marks: Marks },
    Break,
}

/// What was left out while reading, in words for the user.
#[derive(Debug, Default)]
pub(crate) struct Notes(Vec<String>);

impl Notes {
    pub fn add(&mut self, note: String) {
        if self.0.len() < MOST_NOTES && !self.0.contains(&note) {
            self.0.push(note);
        }
    }

    pub fn dropped(&mut self, name: &str) {
        if !markup::is_silent(name) {
            self.add(format!("<{name}> is not allowed; it was removed with its content."));
        }
    }

    pub fn cut(&mut self) {
        self.add("The HTML is nested far deeper than any text needs; the rest of it was left out.".to_owned());
    }

    pub fn into_vec(self) -> Vec<String> {
        self.0
    }
}

/// Rich text that was read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Inline {
    pub runs: Vec<Run>,
}

impl Inline {
    /// Reads rich text as an editor or a model wrote it.
    pub fn parse(text: &str, notes: &mut Notes) -> Self {
        if !text.contains(['<', '&']) {
            return Builder::plain(text);
        }
        known::read(text).unwrap_or_else(|| Self::parse_tree(text, notes))
    }

    /// The long way: as any HTML is read.
    fn parse_tree(text: &str, notes: &mut Notes) -> Self {
        let page = Page::parse(text);
        if page.cut {
            notes.cut();
        }
        Self::of(*page.html.root_element(), WHOLE, notes)
    }

    /// Reads rich text whose faults nobody wants to know.
    pub fn read(text: &str) -> Self {
        Self::parse(text, &mut Notes::default())
    }

    /// The rich text of what is in a node, but for what `except` passes over.
    pub fn of(node: NodeRef<'_>, except: Except<'_>, notes: &mut Notes) -> Self {
        let mut builder = Builder::default();
        builder.collect(node, &Marks::default(), except, notes);
        builder.finish()
    }

    /// True when there is nothing to see.
    pub fn is_blank(&self) -> bool {
        self.runs.iter().all(|run| match run {
            Run::Text { text, .. } => markup::is_blank(text),
            Run::Break => true,
        })
    }

    /// The words alone; a line break is `\n`.
    pub fn plain(&self) -> String {
        self.runs.iter().map(|run| if let Run::Text { text, .. } = run { text.as_str() } else { "\n" }).collect()
    }

    /// The words alone, on one line.
    pub fn plain_line(&self) -> String {
        self.plain().replace('\n', " ")
    }

    /// The one written form, which is also what a page shows.
    pub fn html(&self) -> String {
        let mut out = String::new();
        let mut open: Vec<Tag<'_>> = Vec::new();
        for (at, run) in self.runs.iter().enumerate() {
            match run {
                Run::Text { text, marks } => {
                    let wanted = Tag::of(marks);
                    let common = open.iter().zip(&wanted).take_while(|(a, b)| a == b).count();
                    close(&mut out, &mut open, common);
                    for tag in &wanted[common..] {
                        tag.open(&mut out);
                    }
                    open = wanted;
                    markup::escape_into(&mut out, text);
                }
                Run::Break => {
                    // A link over two lines stays one link.
                    let next = self.runs[at..].iter().find_map(|run| match run {
                        Run::Text { marks, .. } => Some(Tag::of(marks)),
                        Run::Break => None,
                    });
                    let common = open.iter().zip(next.iter().flatten()).take_while(|(a, b)| a == b).count();
                    close(&mut out, &mut open, common);
                    out.push_str("<br>");
                }
            }
        }
        close(&mut out, &mut open, 0);
        out
    }
}

#[derive(PartialEq, Eq)]
enum Tag<'a> {
    Link(&'a Link),
    Named(&'static str),
}

impl<'a> Tag<'a> {
    fn of(marks: &'a Marks) -> Vec<Self> {
        let link = marks.link.as_deref().map(Tag::Link);
        let named = [(marks.strong, "strong"), (marks.em, "em"), (marks.code, "code")];
        link.into_iter().chain(named.into_iter().filter(|(on, _)| *on).map(|(_, name)| Tag::Named(name))).collect()
    }

    fn open(&self, out: &mut String) {
        match self {
            Self::Named(name) => out.extend(["<", name, ">"]),
            Self::Link(link) => link_tag(out, link),
        }
    }
}

/// Writes the opening tag of a link.
pub(crate) fn link_tag(out: &mut String, link: &Link) {
    out.push_str("<a");
    markup::attribute_into(out, "href", &link.href);
    if let Some(rel) = &link.rel {
        markup::attribute_into(out, "rel", rel);
    }
    out.push('>');
}

fn close(out: &mut String, open: &mut Vec<Tag<'_>>, keep: usize) {
    for tag in open.drain(keep..).rev() {
        match tag {
            Tag::Link(_) => out.push_str("</a>"),
            Tag::Named(name) => out.extend(["</", name, ">"]),
        }
    }
}

/// Puts runs together, collapsing spaces on the way.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    runs: Vec<Run>,
}

impl Builder {
    /// What plain text reads as.
    pub fn plain(text: &str) -> Inline {
        let mut builder = Self::default();
        builder.text(text, &Marks::default());
        builder.finish()
    }

    pub fn text(&mut self, text: &str, marks: &Marks) {
        let mut after_space = match self.runs.last() {
            Some(Run::Text { text, .. }) => text.ends_with(' '),
            Some(Run::Break) | None => true,
        };
        let mut kept = String::with_capacity(text.len());
        for c in text.chars() {
            if c.is_ascii_whitespace() {
                if !after_space {
                    kept.push(' ');
                }
                after_space = true;
            } else if !markup::is_noise(c) {
                kept.push(c);
                after_space = false;
            }
        }
        if kept.is_empty() {
            return;
        }
        push_run(&mut self.runs, &kept, marks.clone());
    }

    /// A line break; three in a row are two.
    pub fn line_break(&mut self) {
        self.trim_end();
        let breaks = self.runs.iter().rev().take_while(|run| **run == Run::Break).count();
        if breaks < 2 && !self.runs.is_empty() {
            self.runs.push(Run::Break);
        }
    }

    /// The end of a line that nobody broke: where one paragraph ends and the next begins.
    fn line_end(&mut self) {
        self.trim_end();
        if matches!(self.runs.last(), Some(Run::Text { .. })) {
            self.runs.push(Run::Break);
        }
    }

    fn trim_end(&mut self) {
        if let Some(Run::Text { text, .. }) = self.runs.last_mut()
            && text.ends_with(' ')
        {
            text.pop();
            if text.is_empty() {
                self.runs.pop();
            }
        }
    }

    pub fn finish(mut self) -> Inline {
        self.trim_end();
        while self.runs.last() == Some(&Run::Break) {
            self.runs.pop();
        }
        Inline { runs: settle_spaces(self.runs) }
    }

    /// Reads all that is in a node; without recursion, for strangers nest as deep as they like.
    pub fn collect(&mut self, root: NodeRef<'_>, marks: &Marks, except: Except<'_>, notes: &mut Notes) {
        use ego_tree::iter::Edge;
        let mut stack = vec![marks.clone()];
        let mut skipped = None;
        for edge in root.traverse() {
            match edge {
                Edge::Open(node) => {
                    if skipped.is_some() || node.id() == root.id() {
                        continue;
                    }
                    let current = stack.last().cloned().unwrap_or_default();
                    match node.value() {
                        Node::Text(text) => self.text(text, &current),
                        Node::Element(element) => {
                            let name = element.name();
                            if except(node) || markup::is_dropped(name) {
                                skipped = Some(node.id());
                                if markup::is_dropped(name) {
                                    notes.dropped(name);
                                }
                                continue;
                            }
                            if markup::is_block(name) {
                                self.line_end();
                            }
                            if name == "br" {
                                self.line_break();
                            }
                            stack.push(marked(current, element, notes));
                        }
                        _ => {}
                    }
                }
                Edge::Close(node) => {
                    if skipped == Some(node.id()) {
                        skipped = None;
                    } else if skipped.is_none()
                        && node.id() != root.id()
                        && let Node::Element(element) = node.value()
                    {
                        stack.pop();
                        if markup::is_block(element.name()) {
                            self.line_end();
                        }
                    }
                }
            }
        }
    }
}

/// Gives a space between two runs the marks that both have, so that `<b>Note: </b>x` is `<b>Note:</b> x`.
fn settle_spaces(runs: Vec<Run>) -> Vec<Run> {
    let mut settled = Vec::with_capacity(runs.len());
    let mut space = false;
    for run in runs {
        let Run::Text { text, marks } = run else {
            settled.push(Run::Break);
            continue;
        };
        let core = text.trim_matches(' ');
        space |= text.starts_with(' ');
        if core.is_empty() {
            continue;
        }
        if space && let Some(Run::Text { marks: before, .. }) = settled.last() {
            let common = before.common(&marks);
            push_run(&mut settled, " ", common);
        }
        push_run(&mut settled, core, marks);
        space = text.ends_with(' ');
    }
    settled
}

fn push_run(runs: &mut Vec<Run>, more: &str, marks: Marks) {
    match runs.last_mut() {
        Some(Run::Text { text, marks: last }) if *last == marks => text.push_str(more),
        _ => runs.push(Run::Text { text: more.to_owned(), marks }),
    }
}

/// The marks within an element.
pub(crate) fn marked(mut marks: Marks, element: &Element, notes: &mut Notes) -> Marks {
    match element.name() {
        "strong" | "b" => marks.strong = true,
        "em" | "i" => marks.em = true,
        "code" | "kbd" | "samp" | "tt" => marks.code = true,
        "a" => match element.attr("href").map(|raw| (raw, address::link(raw))) {
            Some((_, Some(href))) => marks.link = Some(Rc::new(Link { href, rel: rel(element.attr("rel")) })),
            Some((raw, None)) => {
                let shown: String = raw.chars().take(60).collect();
                notes.add(format!(
                    "The link to {shown:?} is not allowed; only http, https, mailto, /path and #part are."
                ));
            }
            None => {}
        },
        "br" | "p" | "span" | "div" | "html" => {}
        "img" => notes.add("An image within text is not kept; it is a block of its own.".to_owned()),
        name if markup::is_block(name) => {}
        name => notes.add(format!("<{}> is not kept; its text is.", name.chars().take(40).collect::<String>())),
    }
    marks
}

fn rel(raw: Option<&str>) -> Option<String> {
    let mut kept: Vec<&str> = Vec::new();
    for word in raw?.split_ascii_whitespace() {
        if let Some(known) = RELS.iter().find(|known| known.eq_ignore_ascii_case(word))
            && !kept.contains(known)
        {
            kept.push(known);
        }
    }
    (!kept.is_empty()).then(|| kept.join(" "))
}

#[cfg(test)]
mod tests {
    use super::{Inline, Notes};

    fn clean(text: &str) -> String {
        Inline::read(text).html()
    }

    #[test]
    fn one_form_for_what_looks_the_same() {
        assert_eq!(clean("  a \n b  "), "a b");
        assert_eq!(clean("<b>a</b><strong> b</strong>"), "<strong>a b</strong>");
        assert_eq!(
            clean("<b>Note: </b>x<i> y</i><b><i> z</i></b>"),
            "<strong>Note:</strong> x <em>y </em><strong><em>z</em></strong>"
        );
        assert_eq!(clean("<em><strong>a</strong></em>"), "<strong><em>a</em></strong>");
        assert_eq!(clean("<i>a<b>b</i>c</b>"), "<em>a</em><strong><em>b</em>c</strong>");
        assert_eq!(clean("a <br/> <br><br> b<br>"), "a<br><br>b");
        assert_eq!(clean(r#"<a href="/x">a<br>b</a>"#), r#"<a href="/x">a<br>b</a>"#);
        assert_eq!(
            clean(r#"<a HREF=/x REL="NoFollow x nofollow ugc" onclick=y>a</a>"#),
            r#"<a href="/x" rel="nofollow ugc">a</a>"#
        );
        assert_eq!(clean("<p>a</p> <p>b</p>"), "a<br>b");
        assert_eq!(clean("مرحبا <b>بالعالم</b>"), "مرحبا <strong>بالعالم</strong>");
    }

    #[test]
    fn text_stays_text() {
        assert_eq!(clean("5 < 6 & 7 > 2 \"q\""), "5 &lt; 6 &amp; 7 &gt; 2 \"q\"");
        assert_eq!(clean("&lt;script&gt;"), "&lt;script&gt;");
        assert_eq!(clean("R&D a&nbsp;b"), "R&amp;D a\u{a0}b");
        assert_eq!(clean("x <y"), "x &lt;y");
        assert!(Inline::read("&nbsp;<br>\u{200b}").is_blank());
    }

    #[test]
    fn what_may_not_stay_is_named() {
        let mut notes = Notes::default();
        let text = r#"a<script>x</script><a href="javascript:y">b</a><u>c</u><img src=x onerror=y>"#;
        assert_eq!(Inline::parse(text, &mut notes).html(), "abc");
        let notes = notes.into_vec();
        assert_eq!(notes.len(), 4, "{notes:?}");
        assert!(notes[0].contains("<script>") && notes[1].contains("javascript:y") && notes[2].contains("<u>"));
    }
}
