//! Cleaning: brings a body into its one normal form and says what was left out on the way.

use igny8_core::FieldError;

use crate::{
    Block, Document, FaqItem, ImageSource, address,
    inline::{Inline, Notes},
    markup,
};

/// The longest name of a language, in bytes.
const LONGEST_LANGUAGE: usize = 32;

/// A body in its normal form, and what was left out of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cleaned {
    /// The body. Cleaning it again changes nothing, and it is valid unless it is too large.
    pub document: Document,
    /// What was left out; the paths are of the body as it was before.
    pub removed: Vec<FieldError>,
}

impl Document {
    /// The normal form: rich text and raw HTML sanitised, spaces tidied, tables squared, empty parts gone.
    ///
    /// What it does: `b` becomes `strong`, a heading of level 1 becomes 2 and of 5 becomes 4, rows of a table get
    /// as many cells as the widest has, entities in the `alt` of an image become their characters, forbidden links lose their address, an image that cannot be shown goes.
    #[must_use]
    pub fn clean(self) -> Cleaned {
        clean_numbered(self.0.into_iter().enumerate(), Vec::new())
    }
}

/// Cleans blocks that carry the number by which whoever wrote them knows them; `removed` is what is known already.
pub(crate) fn clean_numbered(blocks: impl Iterator<Item = (usize, Block)>, removed: Vec<FieldError>) -> Cleaned {
    let mut cleaner = Cleaner { removed };
    let document = blocks.filter_map(|(at, block)| cleaner.block(at, block)).collect();
    Cleaned { document, removed: cleaner.removed }
}

struct Cleaner {
    removed: Vec<FieldError>,
}

impl Cleaner {
    fn note(&mut self, field: String, message: impl Into<String>) {
        self.removed.push(FieldError { field, message: message.into() });
    }

    /// Rich text in its normal form; `None` when nothing is to be seen.
    fn rich(&mut self, field: &str, text: &str) -> Option<String> {
        let mut notes = Notes::default();
        let inline = Inline::parse(text, &mut notes);
        for note in notes.into_vec() {
            self.note(field.to_owned(), note);
        }
        (!inline.is_blank()).then(|| inline.html())
    }

    fn rich_option(&mut self, field: &str, text: Option<String>) -> Option<String> {
        text.and_then(|text| self.rich(field, &text))
    }

    fn block(&mut self, at: usize, block: Block) -> Option<Block> {
        let path = format!("blocks[{at}]");
        let kind = block.kind();
        let kept = self.kept(&path, block);
        if kept.is_none() && self.removed.last().is_none_or(|last| last.field != path) {
            self.note(path, format!("This {} is empty; it was removed.", kind.as_str()));
        }
        kept
    }

    fn kept(&mut self, path: &str, block: Block) -> Option<Block> {
        let text_path = format!("{path}.text");
        Some(match block {
            Block::Heading { level, text } => {
                Block::Heading { level: level.clamp(2, 4), text: self.rich(&text_path, &text)? }
            }
            Block::Paragraph { text } => Block::Paragraph { text: self.rich(&text_path, &text)? },
            Block::List { ordered, items } => {
                let items: Vec<String> = items
                    .iter()
                    .enumerate()
                    .filter_map(|(at, item)| self.rich(&format!("{path}.items[{at}]"), item))
                    .collect();
                if items.is_empty() {
                    return None;
                }
                Block::List { ordered, items }
            }
            Block::Image { src, alt, caption } => {
                let Some(src) = source(&src) else {
                    let message = "This image has no address that can be shown; it was removed.";
                    self.note(path.to_owned(), message);
                    return None;
                };
                let caption = self.rich_option(&format!("{path}.caption"), caption);
                Block::Image { src, alt: markup::attribute_line(&alt), caption }
            }
            Block::Quote { text, cite } => Block::Quote {
                text: self.rich(&text_path, &text)?,
                cite: self.rich_option(&format!("{path}.cite"), cite),
            },
            Block::Table { header, rows, caption } => self.table(path, &header, &rows, caption)?,
            Block::Code { language, text } => {
                let text = markup::many_lines(&text);
                if markup::is_blank(&text) {
                    return None;
                }
                Block::Code { language: language.as_deref().and_then(language_name), text }
            }
            Block::Faq { items } => {
                let items: Vec<FaqItem> = items
                    .iter()
                    .enumerate()
                    .filter_map(|(at, item)| self.faq_item(&format!("{path}.items[{at}]"), item))
                    .collect();
                if items.is_empty() {
                    return None;
                }
                Block::Faq { items }
            }
            Block::Callout { tone, text } => Block::Callout { tone, text: self.rich(&text_path, &text)? },
            Block::Html { html } => {
                let Some(clean) = markup::sanitise(&html) else {
                    self.note(path.to_owned(), "Nothing of this HTML may be shown; it was removed.");
                    return None;
                };
                if clean.len() < html.trim().len() {
                    self.note(format!("{path}.html"), "Scripts, styles, or other parts that may not run were removed.");
                }
                Block::Html { html: clean }
            }
        })
    }

    fn faq_item(&mut self, path: &str, item: &FaqItem) -> Option<FaqItem> {
        let question = self.rich(&format!("{path}.question"), &item.question);
        let answer = self.rich(&format!("{path}.answer"), &item.answer);
        let item = question.zip(answer).map(|(question, answer)| FaqItem { question, answer });
        if item.is_none() {
            self.note(path.to_owned(), "A question needs an answer, and an answer a question; it was removed.");
        }
        item
    }

    fn table(&mut self, path: &str, header: &[String], rows: &[Vec<String>], caption: Option<String>) -> Option<Block> {
        let header = self.cells(&format!("{path}.header"), header);
        let mut rows: Vec<Vec<String>> =
            rows.iter().enumerate().map(|(at, row)| self.cells(&format!("{path}.rows[{at}]"), row)).collect();
        rows.retain(|row| !row.is_empty());
        let width = rows.iter().map(Vec::len).max()?.max(header.len());
        let square = |mut row: Vec<String>| {
            row.resize(width, String::new());
            row
        };
        let header = if header.is_empty() { header } else { square(header) };
        Some(Block::Table {
            header,
            rows: rows.into_iter().map(square).collect(),
            caption: self.rich_option(&format!("{path}.caption"), caption),
        })
    }

    /// The cells up to the last one with something in it.
    fn cells(&mut self, path: &str, row: &[String]) -> Vec<String> {
        let mut cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(at, cell)| self.rich(&format!("{path}[{at}]"), cell).unwrap_or_default())
            .collect();
        cells.truncate(cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1));
        cells
    }
}

/// The source of a picture as it is kept; `None` when it cannot be shown.
pub(crate) fn source(src: &ImageSource) -> Option<ImageSource> {
    match src {
        ImageSource::Url(url) => address::image(url).map(ImageSource::Url),
        ImageSource::Asset(id) => address::is_asset_id(id).then(|| src.clone()),
    }
}

/// The name of a language as it is kept: up to 32 of `a-z 0-9 + # . _ -`.
pub(crate) fn language_name(raw: &str) -> Option<String> {
    let name = raw.trim().to_ascii_lowercase();
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'#' | b'.' | b'_' | b'-');
    ((1..=LONGEST_LANGUAGE).contains(&name.len()) && name.bytes().all(known)).then_some(name)
}

#[cfg(test)]
mod tests {
    use crate::{Block, Document, FaqItem, ImageSource};

    fn paragraph(text: &str) -> Block {
        Block::Paragraph { text: text.into() }
    }

    #[test]
    fn empty_parts_go_and_are_named() {
        let faq = |question: &str, answer: &str| FaqItem { question: question.into(), answer: answer.into() };
        let cleaned = Document(vec![
            paragraph(" <br>&nbsp; "),
            paragraph("kept"),
            Block::Image { src: ImageSource::Url("javascript:x".into()), alt: "a".into(), caption: None },
            Block::List { ordered: false, items: vec![String::new(), "<b>a</b>".into()] },
            Block::Faq { items: vec![faq("q", ""), faq("q", "a")] },
            Block::Html { html: "<script>x</script>".into() },
            Block::Code { language: Some("C++ \"x".into()), text: "\r\n  a\r\n".into() },
        ])
        .clean();
        assert_eq!(
            cleaned.document,
            Document(vec![
                paragraph("kept"),
                Block::List { ordered: false, items: vec!["<strong>a</strong>".into()] },
                Block::Faq { items: vec![faq("q", "a")] },
                Block::Code { language: None, text: "  a".into() },
            ])
        );
        let fields: Vec<&str> = cleaned.removed.iter().map(|removed| removed.field.as_str()).collect();
        assert_eq!(fields, ["blocks[0]", "blocks[2]", "blocks[4].items[0]", "blocks[5]"]);
        assert!(cleaned.removed[0].message.contains("paragraph is empty"));
        assert_eq!(cleaned.document.validate(), Ok(()));
    }

    #[test]
    fn tables_become_square() {
        let row = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
        let table = Block::Table {
            header: row(&["A", ""]),
            rows: vec![row(&["1", "2", "3", ""]), row(&["", " "]), row(&["4"])],
            caption: Some(" ".into()),
        };
        assert_eq!(
            Document(vec![table]).clean().document.0,
            [Block::Table {
                header: row(&["A", "", ""]),
                rows: vec![row(&["1", "2", "3"]), row(&["4", "", ""])],
                caption: None,
            }]
        );
        let empty = Block::Table { header: row(&["A"]), rows: vec![], caption: None };
        assert!(Document(vec![empty]).clean().document.is_empty());
    }

    #[test]
    fn levels_are_brought_into_range() {
        let heading = |level| Block::Heading { level, text: "a".into() };
        let levels = Document(vec![heading(0), heading(3), heading(9)]).clean().document;
        assert_eq!(levels.0, [heading(2), heading(3), heading(4)]);
    }
}
