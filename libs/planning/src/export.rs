//! Writing keywords as CSV for spreadsheets, so that no cell runs as a formula and [`crate::import`] reads it back.

use std::borrow::Cow;

use crate::{Intent, import::Row};

/// The headers that [`csv()`] writes, in order; [`crate::import`] recognises each.
pub const HEADERS: [&str; 8] =
    ["Keyword", "Volume", "Difficulty", "CPC", "Intent", "Country", "Language", "Parent Topic"];

/// True when a spreadsheet could run the cell as a formula: its first character that is neither white space nor an
/// apostrophe is one of `= + - @` (full width too), or it begins with TAB, CR or LF (OWASP, "CSV Injection").
///
/// Apostrophes are looked through so that [`escape`] and [`unescape`] are exact inverses.
fn is_dangerous(cell: &str) -> bool {
    let inner = cell.trim_start_matches('\'');
    inner.starts_with(['\t', '\r', '\n'])
        || cell
            .trim_start_matches(|c: char| c == '\'' || c.is_whitespace())
            .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

/// Puts an apostrophe before a cell that a spreadsheet could run as a formula; `None` for all others.
///
/// The text itself is never changed in storage: this belongs at the door.
pub fn escape(cell: &str) -> Cow<'_, str> {
    if is_dangerous(cell) { Cow::Owned(format!("'{cell}")) } else { Cow::Borrowed(cell) }
}

/// Takes away the apostrophe that [`escape`] (or a spreadsheet) put before a cell, and no other.
pub fn unescape(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(inner) if is_dangerous(inner) => inner,
        _ => cell,
    }
}

/// Writes rows as CSV: UTF-8 with a byte order mark (Excel needs it), comma, CRLF, CPC with two decimals.
///
/// Reading the result with [`crate::import::read`] gives the same rows, apart from their line numbers.
pub fn csv<'a>(rows: impl IntoIterator<Item = &'a Row>) -> Result<Vec<u8>, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(HEADERS)?;
    let text = |value: &'a Option<String>| value.as_deref().map_or(Cow::Borrowed(""), escape);
    let number = |value: Option<String>| Cow::Owned(value.unwrap_or_default());
    for row in rows {
        let cells: [Cow<'_, str>; HEADERS.len()] = [
            escape(&row.keyword),
            number(row.volume.map(|volume| volume.to_string())),
            number(row.difficulty.map(|difficulty| difficulty.to_string())),
            number(row.cpc_cents.map(|cents| format!("{}.{:02}", cents / 100, cents % 100))),
            Cow::Borrowed(row.intent.map_or("", Intent::as_str)),
            text(&row.country),
            text(&row.language),
            text(&row.parent_topic),
        ];
        writer.write_record(cells.iter().map(|cell| cell.as_bytes()))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}
