//! From text to cells: lines, quoted cells and the two ways in which they break.
//!
//! Not the `csv` crate's reader, for three reasons: it counts lines wrongly after CRLF and skipped lines, reads text
//! after a closing quotation mark as part of the cell, and lets one quotation mark that is never closed swallow the
//! rest of the file. A test compares the two where they must agree.

use std::borrow::Cow;

/// How many lines one record may span; a quotation mark that stays open for longer is taken for a stray one. It also
/// bounds how often a line is looked at again, and so keeps the time linear.
const LONGEST_RECORD: u32 = 50;

/// How many cells of a record are kept; those beyond it must be blank.
pub(super) const MOST_CELLS: usize = 1000;

/// Why a record has no cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Damage {
    /// A quotation mark opens a cell and none closes it.
    Unclosed,
    /// There is text between a closing quotation mark and the next delimiter.
    TextAfterQuote,
    /// More than [`MOST_CELLS`].
    TooManyCells,
}

/// A record: one line, or several when a quoted cell holds line breaks.
pub(super) struct Record<'a> {
    /// The line on which it begins, from 1.
    pub line: u32,
    pub cells: Result<Vec<Cow<'a, str>>, Damage>,
}

impl Record<'_> {
    /// True when no cell holds anything.
    pub fn is_blank(&self) -> bool {
        self.cells.as_ref().is_ok_and(|cells| cells.iter().all(|cell| is_blank(cell)))
    }
}

/// True for white space, marks that cannot be seen, and nothing.
pub(super) fn is_blank(cell: &str) -> bool {
    cell.chars().all(|c| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'))
}

/// Iterates over the records of a text. After a damaged record it goes on with the next line, so that what is lost is
/// one line.
#[derive(Debug, Clone)]
pub(super) struct Records<'a> {
    text: &'a str,
    /// What stands between cells, one ASCII character.
    delimiter: u8,
    /// The byte at which the next record begins, and its line.
    at: usize,
    line: u32,
}

impl<'a> Records<'a> {
    /// Records from the start of a text; `delimiter` is an ASCII character.
    pub const fn new(text: &'a str, delimiter: u8) -> Self {
        Self { text, delimiter, at: 0, line: 1 }
    }

    /// The same place, with another delimiter for what follows.
    pub const fn with_delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = delimiter;
        self
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    /// The length of the line break at a byte: CRLF, LF, or CR alone.
    fn line_break(&self, at: usize) -> usize {
        match (self.byte(at), self.byte(at + 1)) {
            (Some(b'\r'), Some(b'\n')) => 2,
            (Some(b'\r' | b'\n'), _) => 1,
            _ => 0,
        }
    }

    /// The first byte from `at` on that ends an unquoted cell.
    fn cell_end(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        let ends = |byte: &u8| *byte == self.delimiter || matches!(byte, b'\r' | b'\n');
        rest.iter().position(ends).map_or(self.text.len(), |length| at + length)
    }

    /// The byte at which the line of `at` ends, without its break.
    fn line_end(&self, at: usize) -> usize {
        let rest = self.text.as_bytes().get(at..).unwrap_or_default();
        rest.iter().position(|byte| matches!(byte, b'\r' | b'\n')).map_or(self.text.len(), |length| at + length)
    }

    /// The byte of the opening quotation mark, if the cell at `at` is quoted; spaces before it are passed over.
    fn opening(&self, mut at: usize) -> Option<usize> {
        while self.byte(at) == Some(b' ') {
            at += 1;
        }
        (self.byte(at) == Some(b'"')).then_some(at)
    }

    /// Reads the quoted cell whose text begins at `start`: the cell and the byte after it, with the lines it spans
    /// added to `lines`.
    fn quoted(&self, start: usize, lines: &mut u32) -> Result<(Cow<'a, str>, usize), Damage> {
        let mut at = start;
        let mut doubled = false;
        loop {
            match self.byte(at) {
                None => return Err(Damage::Unclosed),
                Some(b'"') if self.byte(at + 1) == Some(b'"') => {
                    doubled = true;
                    at += 2;
                }
                Some(b'"') => break,
                Some(b'\r' | b'\n') => {
                    *lines += 1;
                    if *lines > LONGEST_RECORD {
                        return Err(Damage::Unclosed);
                    }
                    at += self.line_break(at);
                }
                Some(_) => at += 1,
            }
        }
        let inner = &self.text[start..at];
        let cell = if doubled { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) };
        let end = self.cell_end(at + 1);
        if self.text[at + 1..end].bytes().any(|byte| byte != b' ') {
            return Err(Damage::TextAfterQuote);
        }
        Ok((cell, end))
    }

    /// Reads the cells of the record at `self.at`, and where and how many lines further the next one begins.
    fn cells(&self) -> Result<(Vec<Cow<'a, str>>, usize, u32), Damage> {
        let mut cells = Vec::new();
        let mut lines = 0;
        let mut at = self.at;
        loop {
            let (cell, end) = if let Some(quote) = self.opening(at) {
                self.quoted(quote + 1, &mut lines)?
            } else {
                let end = self.cell_end(at);
                (Cow::Borrowed(&self.text[at..end]), end)
            };
            if cells.len() < MOST_CELLS {
                cells.push(cell);
            } else if !is_blank(&cell) {
                return Err(Damage::TooManyCells);
            }
            if self.byte(end) == Some(self.delimiter) {
                at = end + 1;
            } else {
                return Ok((cells, end + self.line_break(end), lines + 1));
            }
        }
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Record<'a>;

    fn next(&mut self) -> Option<Record<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let line = self.line;
        let cells = match self.cells() {
            Ok((cells, next, lines)) => {
                self.at = next;
                self.line = self.line.saturating_add(lines);
                Ok(cells)
            }
            Err(damage) => {
                let end = self.line_end(self.at);
                self.at = end + self.line_break(end);
                self.line = self.line.saturating_add(1);
                Err(damage)
            }
        };
        Some(Record { line, cells })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Damage, Records};

    type Seen = Vec<(u32, Result<Vec<String>, Damage>)>;

    fn records(text: &str, delimiter: u8) -> Seen {
        Records::new(text, delimiter)
            .map(|record| (record.line, record.cells.map(|cells| cells.into_iter().map(String::from).collect())))
            .collect()
    }

    fn cells(cells: &[&str]) -> Vec<String> {
        cells.iter().map(|cell| (*cell).to_owned()).collect()
    }

    #[test]
    fn counts_lines_of_every_kind() {
        let text = "a,b\r\n\r\n\"c\r\nd\",\"e \"\"f\"\"\"\n\ng\r55\" tv, \"h\" \n";
        assert_eq!(
            records(text, b','),
            [
                (1, Ok(cells(&["a", "b"]))),
                (2, Ok(cells(&[""]))),
                (3, Ok(cells(&["c\r\nd", "e \"f\""]))),
                (5, Ok(cells(&[""]))),
                (6, Ok(cells(&["g"]))),
                (7, Ok(cells(&["55\" tv", "h"]))),
            ]
        );
    }

    #[test]
    fn a_stray_quotation_mark_costs_one_line() {
        assert_eq!(
            records("a,\"b\nc,d\n\"e\",f", b','),
            [(1, Err(Damage::TextAfterQuote)), (2, Ok(cells(&["c", "d"]))), (3, Ok(cells(&["e", "f"])))]
        );
        let long = format!("\"a\n{}", "b\n".repeat(60));
        let seen = records(&long, b',');
        assert_eq!(seen[0], (1, Err(Damage::Unclosed)));
        assert_eq!((seen.len(), seen[60].0), (61, 61));
    }

    #[test]
    fn too_many_cells_are_damage_unless_blank() {
        assert!(matches!(records(&",".repeat(5000), b',')[0].1, Ok(ref cells) if cells.len() == super::MOST_CELLS));
        assert_eq!(records(&"a,".repeat(5000), b',')[0].1, Err(Damage::TooManyCells));
    }

    proptest! {
        #[test]
        fn agrees_with_the_csv_crate_on_what_it_writes(
            rows in prop::collection::vec(prop::collection::vec("[a-c \",;\t\r\né]{0,6}", 1..5), 0..8),
            delimiter in prop::sample::select(vec![b',', b';', b'\t'])
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).delimiter(delimiter)
                .quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let seen: Vec<Vec<String>> = records(&text, delimiter).into_iter().map(|(_, cells)| cells.unwrap()).collect();
            prop_assert_eq!(&seen, &rows);
            let theirs: Vec<Vec<String>> = csv::ReaderBuilder::new().flexible(true).has_headers(false)
                .delimiter(delimiter).from_reader(text.as_bytes()).into_deserialize().map(Result::unwrap).collect();
            prop_assert_eq!(seen, theirs);
        }

        #[test]
        fn takes_any_text_line_by_line(text in "[a\",;\t\r\n é]{0,200}") {
            let seen = records(&text, b',');
            let mut last = 0;
            for (line, _) in &seen {
                prop_assert!(*line > last);
                last = *line;
            }
        }
    }
}
