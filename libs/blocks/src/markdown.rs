//! From blocks to Markdown (CommonMark with GitHub's tables and alerts) and back.

use std::fmt::Write as _;

use pulldown_cmark::{Options, Parser, html};

use crate::{
    Block, Cleaned, Document, FaqItem, ImageSource, Tone,
    clean::{language_name, source},
    inline::{Inline, Link, Marks, Run, link_tag},
    markup,
};

impl Document {
    /// Reads Markdown, with whatever HTML is in it, into cleaned blocks.
    pub fn from_markdown(markdown: &str) -> Self {
        Self::read_markdown(markdown).document
    }

    /// As [`Document::from_markdown`], and says what was left out.
    pub fn read_markdown(markdown: &str) -> Cleaned {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
        let mut page = String::with_capacity(markdown.len() * 2);
        html::push_html(&mut page, Parser::new_ext(markdown, options));
        Self::read_html(&page)
    }

    /// Markdown; what it has no words for (questions, line breaks, `rel` of links) is HTML within it, as it allows.
    pub fn to_markdown(&self) -> String {
        let mut out = String::new();
        for block in &self.0 {
            let text = block.to_markdown();
            if text.is_empty() {
                continue;
            }
            if !out.is_empty() {
                // Without a word between them, two lists would be one.
                let lists = out.ends_with(LIST_END) && matches!(block, Block::List { .. });
                out.truncate(out.trim_end_matches(LIST_END).len());
                out.push_str(if lists { "\n\n<!-- -->\n\n" } else { "\n\n" });
            }
            out.push_str(&text);
            if matches!(block, Block::List { .. }) {
                out.push_str(LIST_END);
            }
        }
        out.truncate(out.trim_end_matches(LIST_END).len());
        if !out.is_empty() {
            out.push('\n');
        }
        out
    }
}

/// Marks the end of a list while writing: a character that no cleaned text has.
const LIST_END: &str = "\u{0}";

impl Block {
    fn to_markdown(&self) -> String {
        match self {
            Self::Heading { level, text } => {
                let hashes = "#".repeat(usize::from(*level.clamp(&2, &4)));
                format!("{hashes} {}", inline(text, Place::Line))
            }
            Self::Paragraph { text } => inline(text, Place::Line),
            Self::List { ordered, items } => {
                let mark = |at: usize| if *ordered { format!("{}. ", at + 1) } else { "- ".to_owned() };
                let lines = items.iter().enumerate().map(|(at, item)| mark(at) + &inline(item, Place::Line));
                lines.collect::<Vec<_>>().join("\n")
            }
            Self::Image { src, alt, caption } => image(src, alt, caption.as_deref()),
            Self::Quote { text, cite } => {
                let cite = cite.as_ref().map(|cite| format!("\n>\n> <footer>{}</footer>", Inline::read(cite).html()));
                format!("> {}{}", inline(text, Place::Line), cite.unwrap_or_default())
            }
            Self::Table { header, rows, caption } => table(header, rows, caption.as_deref()),
            Self::Code { language, text } => {
                let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
                let fence = "`".repeat(longest.max(2) + 1);
                let language = language.as_deref().and_then(language_name).unwrap_or_default();
                format!("{fence}{language}\n{}\n{fence}", markup::many_lines(text))
            }
            Self::Faq { items } => {
                let items = items.iter().map(|FaqItem { question, answer }| {
                    let question = Inline::read(question).html();
                    format!("<details>\n<summary>{question}</summary>\n\n{}\n\n</details>", inline(answer, Place::Line))
                });
                items.collect::<Vec<_>>().join("\n\n")
            }
            Self::Callout { tone, text } => {
                let name = match tone {
                    Tone::Note => "NOTE",
                    Tone::Tip => "TIP",
                    Tone::Warning => "WARNING",
                };
                format!("> [!{name}]\n> {}", inline(text, Place::Line))
            }
            // An empty line within would end the HTML for a reader of Markdown.
            Self::Html { html } => markup::sanitise(html)
                .map(|html| html.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n"))
                .map(|html| format!("<div class=\"raw-html\">{html}</div>"))
                .unwrap_or_default(),
        }
    }
}

fn image(src: &ImageSource, alt: &str, caption: Option<&str>) -> String {
    let Some(src) = source(src) else { return String::new() };
    let mut out = format!("![{}]({}", escaped(&markup::one_line(alt), Place::Within), address(&src.to_string()));
    if let Some(caption) = caption {
        let plain = Inline::read(caption).plain_line();
        let _ = write!(out, " \"{}\"", escaped(&plain, Place::Within).replace('"', "\\\""));
    }
    out.push(')');
    out
}

fn table(header: &[String], rows: &[Vec<String>], caption: Option<&str>) -> String {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0).max(header.len());
    let line = |cells: &[String]| {
        let cells = (0..width).map(|at| cells.get(at).map(|cell| inline(cell, Place::Cell)).unwrap_or_default());
        format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    let mut lines = vec![line(header), format!("|{}", " --- |".repeat(width))];
    lines.extend(rows.iter().map(|row| line(row)));
    if let Some(caption) = caption {
        lines.push(String::new());
        lines.push(inline(caption, Place::Line));
    }
    lines.join("\n")
}

/// Where text stands, for what must be escaped differs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the beginning of a line.
    Line,
    /// After something else on the line.
    Within,
    /// In a cell of a table.
    Cell,
}

fn inline(text: &str, place: Place) -> String {
    let inline = Inline::read(text);
    let mut out = String::new();
    let mut link: Option<&Link> = None;
    let marks = |at: usize| match inline.runs.get(at) {
        Some(Run::Text { marks, .. }) => Some(marks),
        Some(Run::Break) | None => None,
    };
    for (at, run) in inline.runs.iter().enumerate() {
        match run {
            Run::Break => out.push_str("<br>"),
            Run::Text { text, marks: own } => {
                let own_link = own.link.as_deref();
                if link != own_link {
                    end_link(&mut out, link);
                    begin_link(&mut out, own_link);
                    link = own_link;
                }
                let emphatic = |marks: Option<&Marks>| marks.is_some_and(|marks| marks.strong || marks.em);
                let alone = !emphatic(at.checked_sub(1).and_then(marks)) && !emphatic(marks(at + 1));
                write_run(&mut out, text, own, alone, place);
            }
        }
        if link.is_some() && marks(at + 1).and_then(|marks| marks.link.as_deref()) != link {
            end_link(&mut out, link);
            link = None;
        }
    }
    if place == Place::Line && out.ends_with('#') && !out.ends_with("\\#") {
        // A heading may close with hashes.
        out.insert(out.len() - 1, '\\');
    }
    out
}

fn begin_link(out: &mut String, link: Option<&Link>) {
    match link {
        Some(link) if link.rel.is_some() => link_tag(out, link),
        Some(_) => out.push('['),
        None => {}
    }
}

fn end_link(out: &mut String, link: Option<&Link>) {
    match link {
        Some(link) if link.rel.is_some() => out.push_str("</a>"),
        Some(link) => out.extend(["](", &address(&link.href), ")"]),
        None => {}
    }
}

/// The target of a link: bare where it can be, between `<` and `>` where brackets would end it.
fn address(href: &str) -> String {
    let escaped = href.replace('\\', "\\\\").replace('&', "&amp;");
    if escaped.contains(['(', ')']) { format!("<{escaped}>") } else { escaped }
}

/// Stars serve where nothing can misread them, between words and at most around one run; tags serve everywhere.
fn write_run(out: &mut String, text: &str, marks: &Marks, alone: bool, place: Place) {
    let core = text.trim_matches(' ');
    let (before, after) = text.split_once(core).unwrap_or((text, ""));
    let ends = core.chars().next().zip(core.chars().next_back());
    let stars =
        alone && !marks.code && ends.is_some_and(|(first, last)| first.is_alphanumeric() && last.is_alphanumeric());
    let emphasis = [(marks.strong, "**", "strong"), (marks.em, "*", "em")];
    let emphasis: Vec<_> = emphasis.into_iter().filter(|(on, ..)| *on).collect();
    if emphasis.is_empty() && !marks.code {
        let place = if out.is_empty() { place } else { within(place) };
        out.push_str(&escaped(text, place));
        return;
    }
    out.push_str(before);
    for (_, star, tag) in &emphasis {
        if stars { out.push_str(star) } else { out.extend(["<", tag, ">"]) }
    }
    if marks.code {
        // Written as a tag, it needs neither counting of backticks nor care for bars in tables.
        if core.is_empty() || core.contains(['`', '|']) || core.len() != text.len() {
            let _ = write!(out, "<code>{}</code>", escaped(core, within(place)));
        } else {
            let _ = write!(out, "`{core}`");
        }
    } else {
        out.push_str(&escaped(core, within(place)));
    }
    for (_, star, tag) in emphasis.iter().rev() {
        if stars { out.push_str(star) } else { out.extend(["</", tag, ">"]) }
    }
    out.push_str(after);
}

fn within(place: Place) -> Place {
    if place == Place::Line { Place::Within } else { place }
}

/// Text that Markdown reads as the very same text.
fn escaped(text: &str, place: Place) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    for (at, c) in text.char_indices() {
        let first = place == Place::Line && at == 0;
        let numbered = place == Place::Line && digits > 0 && at == digits && matches!(c, '.' | ')');
        let always = matches!(c, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '~' | '|');
        if always || numbered || (first && matches!(c, '#' | '+' | '-' | '=')) || (c == '&' && is_entity(&text[at..])) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

fn is_entity(text: &str) -> bool {
    text.get(1..)
        .and_then(|rest| rest.find(';').map(|end| &rest[..end]))
        .is_some_and(|name| !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'#'))
}

#[cfg(test)]
mod tests {
    use super::inline;
    use crate::{Block, Document, FaqItem, Tone, markdown::Place};

    #[test]
    fn a_text_as_a_model_writes_it() {
        let document = Document::from_markdown(
            "# Title\n\nSome **bold** and `code` & [link](https://a.example).\n\n1. one\n2. two\n   - deep\n\n\
             > [!WARNING]\n> Hot\n\n| A | B |\n|---|---|\n| 1 | x \\| y |\n\n```rust\nfn main() {}\n```\n\n> Said\n\n\
             ![Alt](/a.jpg \"Cap\")\n\n<script>alert(1)</script>\n\n---\n\nEnd",
        );
        let kinds: Vec<&str> = document.blocks().iter().map(|block| block.kind().as_str()).collect();
        assert_eq!(kinds, ["heading", "paragraph", "list", "callout", "table", "code", "quote", "image", "paragraph"]);
        assert_eq!(
            document.0[1],
            Block::Paragraph {
                text: "Some <strong>bold</strong> and <code>code</code> &amp; <a href=\"https://a.example\">link</a>."
                    .into()
            }
        );
        assert_eq!(
            document.0[2],
            Block::List { ordered: true, items: vec!["one".into(), "two".into(), "deep".into()] }
        );
        assert_eq!(document.0[5], Block::Code { language: Some("rust".into()), text: "fn main() {}".into() });
    }

    #[test]
    fn marks_are_readable_where_they_can_be() {
        let line = |text: &str| inline(text, Place::Line);
        assert_eq!(line("a <strong>b c</strong> d <em>e</em>."), "a **b c** d *e*.");
        assert_eq!(line("<strong>b</strong><em>c</em>"), "<strong>b</strong><em>c</em>");
        assert_eq!(line("<a href=\"/x\">a <strong>b</strong></a> c"), "[a **b**](/x) c");
        assert_eq!(line("<a href=\"/x\" rel=\"nofollow\">a</a>"), "<a href=\"/x\" rel=\"nofollow\">a</a>");
        assert_eq!(line("<code>a|b</code>"), "<code>a\\|b</code>");
        assert_eq!(line("# a_b * c"), "\\# a\\_b \\* c");
        assert_eq!(line("1. a"), "1\\. a");
        assert_eq!(line("R&amp;D &amp;amp; C#"), "R&D \\&amp; C\\#");
    }

    #[test]
    fn kinds_survive() {
        let document = Document(vec![
            Block::List { ordered: false, items: vec!["a".into()] },
            Block::List { ordered: false, items: vec!["- b".into(), "<strong>c</strong>".into()] },
            Block::Faq { items: vec![FaqItem { question: "Why &lt;x&gt;?".into(), answer: "So<br>it is".into() }] },
            Block::Callout { tone: Tone::Tip, text: "Warm".into() },
            Block::Quote { text: "Said".into(), cite: Some("<em>X</em>".into()) },
            Block::Table { header: vec![], rows: vec![vec!["a|b".into(), String::new()]; 2], caption: None },
            Block::Code { language: None, text: "```\nx\n````".into() },
            Block::Html { html: "<div><p>a</p></div>".into() },
        ]);
        let clean = document.clone().clean().document;
        assert_eq!(Document::from_markdown(&document.to_markdown()), clean, "{}", document.to_markdown());
    }
}
