//! Checking: every rule of a body, told by path, without changing anything.

use igny8_core::FieldError;

use crate::{
    Block, Document,
    clean::{language_name, source},
    inline::{Inline, Notes},
    markup,
};

/// The most blocks in one body.
pub const MAX_BLOCKS: usize = 500;
/// The most text in one block, in bytes of UTF-8 over all its fields.
pub const MAX_BLOCK_BYTES: usize = 100_000;
/// The most text in one body, in bytes of UTF-8.
pub const MAX_DOCUMENT_BYTES: usize = 1_000_000;
/// The most bytes of one body as JSON. An answer of a function holds it as JSON within JSON, beside its HTML, and may
/// have 6 MB: a body of nothing but quotation marks would fill four times its size there.
pub const MAX_JSON_BYTES: usize = 1_200_000;
/// The longest address of a link or a picture, in bytes.
pub const MAX_LINK_BYTES: usize = crate::address::LONGEST;

/// More errors than this in one answer help nobody.
const MOST_ERRORS: usize = 100;

impl Document {
    /// Checks every rule; the paths read as `blocks[3].level`. At most 100 errors are given.
    ///
    /// Limits: [`MAX_BLOCKS`], [`MAX_BLOCK_BYTES`], [`MAX_DOCUMENT_BYTES`], [`MAX_JSON_BYTES`], [`MAX_LINK_BYTES`].
    /// What [`Document::clean`] gives passes unless it is too large; it may be larger than what it was given.
    pub fn validate(&self) -> Result<(), Vec<FieldError>> {
        let mut errors = Errors::default();
        if self.0.len() > MAX_BLOCKS {
            errors.add("blocks", format!("{} blocks are too many; at most {MAX_BLOCKS} are kept.", self.0.len()));
        }
        let mut total = 0;
        for (at, block) in self.0.iter().enumerate().take(MAX_BLOCKS) {
            let path = format!("blocks[{at}]");
            let size = block.bytes();
            total += size;
            if size > MAX_BLOCK_BYTES {
                // What is too large is not read: reading costs more than counting.
                errors.add(&path, format!("This block has {size} bytes of text; at most {MAX_BLOCK_BYTES} are kept."));
            } else {
                errors.block(&path, block);
            }
            if errors.0.len() >= MOST_ERRORS {
                break;
            }
        }
        if total > MAX_DOCUMENT_BYTES {
            errors.add("blocks", format!("The text has {total} bytes; at most {MAX_DOCUMENT_BYTES} are kept."));
        } else if errors.0.is_empty() {
            let size = serde_json::to_vec(self).map_or(usize::MAX, |json| json.len());
            if size > MAX_JSON_BYTES {
                errors.add("blocks", format!("As JSON they have {size} bytes; at most {MAX_JSON_BYTES} are kept."));
            }
        }
        errors.0.truncate(MOST_ERRORS);
        if errors.0.is_empty() { Ok(()) } else { Err(errors.0) }
    }
}

impl Block {
    /// The size of its texts in bytes of UTF-8.
    pub fn bytes(&self) -> usize {
        let all = |texts: &[String]| texts.iter().map(String::len).sum::<usize>();
        let some = |text: &Option<String>| text.as_ref().map_or(0, String::len);
        match self {
            Self::Heading { text, .. } | Self::Paragraph { text } | Self::Callout { text, .. } => text.len(),
            Self::List { items, .. } => all(items),
            Self::Image { src, alt, caption } => src.to_string().len() + alt.len() + some(caption),
            Self::Quote { text, cite } => text.len() + some(cite),
            Self::Table { header, rows, caption } => {
                all(header) + rows.iter().map(|row| all(row)).sum::<usize>() + some(caption)
            }
            Self::Code { language, text } => text.len() + some(language),
            Self::Faq { items } => items.iter().map(|item| item.question.len() + item.answer.len()).sum(),
            Self::Html { html } => html.len(),
        }
    }
}

#[derive(Default)]
struct Errors(Vec<FieldError>);

impl Errors {
    fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldError { field: field.to_owned(), message: message.into() });
    }

    fn rich(&mut self, field: &str, text: &str) {
        let mut notes = Notes::default();
        let inline = Inline::parse(text, &mut notes);
        for note in notes.into_vec() {
            self.add(field, note);
        }
        if inline.is_blank() {
            self.add(field, "This is empty; write something or leave it out.");
        }
    }

    fn cell(&mut self, field: &str, text: &str) {
        if !text.is_empty() {
            let mut notes = Notes::default();
            Inline::parse(text, &mut notes);
            for note in notes.into_vec() {
                self.add(field, note);
            }
        }
    }

    fn rich_option(&mut self, field: &str, text: Option<&String>) {
        if let Some(text) = text {
            self.rich(field, text);
        }
    }

    fn filled<T>(&mut self, field: &str, items: &[T]) {
        if items.is_empty() {
            self.add(field, "At least one is needed.");
        }
    }

    fn block(&mut self, path: &str, block: &Block) {
        let of = |field: &str| format!("{path}.{field}");
        match block {
            Block::Heading { level, text } => {
                if !(2..=4).contains(level) {
                    self.add(&of("level"), format!("{level} is not a level of heading; 2, 3 and 4 are."));
                }
                self.rich(&of("text"), text);
            }
            Block::Paragraph { text } | Block::Callout { text, .. } => self.rich(&of("text"), text),
            Block::List { items, .. } => {
                self.filled(&of("items"), items);
                for (at, item) in items.iter().enumerate() {
                    self.rich(&format!("{path}.items[{at}]"), item);
                }
            }
            Block::Image { src, caption, .. } => {
                if source(src).is_none() {
                    let message = "An image needs an address with http or https, a path such as /a.jpg, or asset:<id>.";
                    self.add(&of("src"), message);
                }
                self.rich_option(&of("caption"), caption.as_ref());
            }
            Block::Quote { text, cite } => {
                self.rich(&of("text"), text);
                self.rich_option(&of("cite"), cite.as_ref());
            }
            Block::Table { header, rows, caption } => self.table(path, header, rows, caption.as_ref()),
            Block::Code { language, text } => {
                if language.as_ref().is_some_and(|name| language_name(name).is_none()) {
                    let message = "A language is up to 32 letters, digits and + # . _ -, or is left out.";
                    self.add(&of("language"), message);
                }
                if markup::is_blank(text) {
                    self.add(&of("text"), "This is empty; write something or leave the block out.");
                }
            }
            Block::Faq { items } => {
                self.filled(&of("items"), items);
                for (at, item) in items.iter().enumerate() {
                    self.rich(&format!("{path}.items[{at}].question"), &item.question);
                    self.rich(&format!("{path}.items[{at}].answer"), &item.answer);
                }
            }
            Block::Html { html } => {
                if markup::sanitise(html).is_none() {
                    self.add(
                        &of("html"),
                        "Nothing of this HTML may be shown; scripts, styles and frames are not kept.",
                    );
                }
            }
        }
    }

    fn table(&mut self, path: &str, header: &[String], rows: &[Vec<String>], caption: Option<&String>) {
        self.filled(&format!("{path}.rows"), rows);
        // Rows without anything are left out, and a table without rows with them: not without a word.
        let is_blank = |cell: &String| Inline::parse(cell, &mut Notes::default()).is_blank();
        if !rows.is_empty() && rows.iter().flatten().all(is_blank) {
            self.add(
                &format!("{path}.rows"),
                "Below its heading this table is empty; fill a cell or leave the table out.",
            );
        }
        let width = if header.is_empty() { rows.first().map_or(0, Vec::len) } else { header.len() };
        for (at, cell) in header.iter().enumerate() {
            self.cell(&format!("{path}.header[{at}]"), cell);
        }
        for (at, row) in rows.iter().enumerate() {
            let field = format!("{path}.rows[{at}]");
            if row.len() != width || row.is_empty() {
                self.add(&field, format!("This row has {} cells; the table has {width} columns.", row.len()));
            }
            for (column, cell) in row.iter().enumerate() {
                self.cell(&format!("{field}[{column}]"), cell);
            }
        }
        self.rich_option(&format!("{path}.caption"), caption);
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BLOCK_BYTES, MAX_BLOCKS};
    use crate::{Block, Document, FaqItem, ImageSource};

    fn paragraph(text: impl Into<String>) -> Block {
        Block::Paragraph { text: text.into() }
    }

    #[test]
    fn a_table_needs_a_cell_below_its_heading() {
        let table = |cells: Vec<String>| Block::Table { header: vec!["A".into()], rows: vec![cells], caption: None };
        assert_eq!(fields(vec![table(vec!["<br>".into()])]), ["blocks[0].rows"]);
        assert_eq!(Document(vec![table(vec!["1".into()])]).validate(), Ok(()));
    }

    fn fields(blocks: Vec<Block>) -> Vec<String> {
        Document(blocks).validate().unwrap_err().into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn every_fault_has_its_path() {
        let found = fields(vec![
            paragraph("fine"),
            Block::Heading { level: 1, text: " ".into() },
            Block::List { ordered: true, items: vec![] },
            Block::Image { src: ImageSource::Asset("a/b".into()), alt: String::new(), caption: Some(String::new()) },
            Block::Table {
                header: vec!["a".into()],
                rows: vec![vec!["b".into(), "<script>c</script>".into()]],
                caption: None,
            },
            Block::Faq { items: vec![FaqItem { question: "q".into(), answer: r#"<a href="ftp://x">y</a>"#.into() }] },
            Block::Code { language: Some("a b".into()), text: "\n".into() },
            Block::Html { html: "<style>x</style>".into() },
        ]);
        assert_eq!(
            found,
            [
                "blocks[1].level",
                "blocks[1].text",
                "blocks[2].items",
                "blocks[3].src",
                "blocks[3].caption",
                "blocks[4].rows[0]",
                "blocks[4].rows[0][1]",
                "blocks[5].items[0].answer",
                "blocks[6].language",
                "blocks[6].text",
                "blocks[7].html",
            ]
        );
    }

    #[test]
    fn limits_hold_at_the_edge() {
        assert_eq!(Document(vec![paragraph("a".repeat(MAX_BLOCK_BYTES)); 10]).validate(), Ok(()));
        assert_eq!(fields(vec![paragraph("a".repeat(MAX_BLOCK_BYTES + 1))]), ["blocks[0]"]);
        let mut blocks = vec![paragraph("a".repeat(MAX_BLOCK_BYTES)); 10];
        blocks.push(paragraph("a"));
        assert_eq!(fields(blocks), ["blocks"]);
        assert_eq!(Document(vec![paragraph("a"); MAX_BLOCKS]).validate(), Ok(()));
        assert_eq!(fields(vec![paragraph("a"); MAX_BLOCKS + 1]), ["blocks"]);
        assert_eq!(fields(vec![paragraph(""); MAX_BLOCKS]).len(), 100);
        // Quotation marks count twice in JSON.
        assert_eq!(Document(vec![paragraph("\"".repeat(99_000)); 6]).validate(), Ok(()));
        assert_eq!(fields(vec![paragraph("\"".repeat(99_000)); 7]), ["blocks"]);
    }
}
