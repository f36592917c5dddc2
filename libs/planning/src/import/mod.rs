//! Reading keyword exports: any encoding, delimiter and column order, with a report of every line that is not taken.
//!
//! The way of a file: `encoding` makes text of bytes, `header` finds the header line, the delimiter and the
//! columns, `records` cuts the lines into cells, `number` reads counts, percentages and prices, and `sheet` makes
//! rows of them. Time is linear in the size of the file, memory bounded by it and by [`Limits`]; nothing here panics or
//! does I/O, and the same bytes always give the same [`Import`], so that a long import may be taken in chunks by index
//! and resumed.
//!
//! What is decided here and might surprise:
//!
//! - A range of volumes (`10K – 100K`, or Keyword Planner's Min and Max columns) counts as its geometric mean. Google's
//!   buckets are powers of ten and volumes spread evenly over their logarithm, so the mean errs by √10 at most to
//!   either side, where a bound may err by 10 to one side. `<10` is the range 1 to 10.
//! - `1.234` may be a thousand or one and a bit. A column that shows elsewhere which mark is its decimal one decides;
//!   otherwise it is a thousand in a volume, and a decimal in a CPC (and always in a difficulty, which ends at 100).
//! - Search Console's impressions are not a volume, and Keyword Planner's competition (among advertisers) is not a
//!   difficulty: both stay unread.
//! - A line whose number cannot be read is rejected as a whole; what tools write for "unknown" (`N/A`, `-`, `--`,
//!   nothing) is no number and no error.
//! - A keyword that comes again is a duplicate, whatever its other cells hold: the first line wins.

mod encoding;
mod error;
mod header;
mod number;
mod records;
mod sheet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use encoding::Encoding;
pub use error::ImportError;
pub use header::{Column, Field, Source};
pub use sheet::{Entries, Entry, Sheet};

use crate::Intent;

/// How much of a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes of a file.
    pub bytes: usize,
    /// The most lines below the header that are not empty.
    pub lines: usize,
}

impl Default for Limits {
    /// 16 MiB and 50,000 lines: more than any of the tools exports at once, and well within a function's memory.
    fn default() -> Self {
        Self { bytes: 16 << 20, lines: 50_000 }
    }
}

/// A keyword as the file has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Row {
    /// The line of the file on which it begins, from 1.
    pub line: u32,
    /// The keyword as spelled in the file, trimmed; see [`crate::clean_keyword`].
    pub keyword: String,
    /// Searches a month.
    pub volume: Option<u64>,
    /// How hard it is to rank for it, 0 to 100.
    pub difficulty: Option<u8>,
    /// The price of a click, in hundredths of the file's currency.
    pub cpc_cents: Option<u32>,
    /// The intent that the tool names; of several the one nearest to a purchase.
    pub intent: Option<Intent>,
    /// The country or place as the file has it; codes of two letters in upper case.
    pub country: Option<String>,
    /// The language as the file has it; codes in lower case.
    pub language: Option<String>,
    /// The parent keyword or topic.
    pub parent_topic: Option<String>,
}

impl Row {
    /// The language tag (`en`, `en-US`), when the file names a language by its code or by the English name of a common
    /// one.
    pub fn locale(&self) -> Option<String> {
        let language = self.language.as_deref()?.to_lowercase();
        let language = match language.as_str() {
            code if is_code(code, 2..=3) => code,
            "arabic" => "ar",
            "chinese" => "zh",
            "dutch" => "nl",
            "english" => "en",
            "french" => "fr",
            "german" => "de",
            "italian" => "it",
            "japanese" => "ja",
            "korean" => "ko",
            "polish" => "pl",
            "portuguese" => "pt",
            "russian" => "ru",
            "spanish" => "es",
            "swedish" => "sv",
            "turkish" => "tr",
            _ => return None,
        };
        Some(match self.country.as_deref().filter(|code| is_code(code, 2..=2)) {
            Some(country) => format!("{language}-{}", country.to_uppercase()),
            None => language.to_owned(),
        })
    }
}

/// True for so many ASCII letters and nothing else.
fn is_code(text: &str, letters: std::ops::RangeInclusive<usize>) -> bool {
    letters.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// A line that was not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rejected {
    /// The line of the file, from 1.
    pub line: u32,
    /// What is wrong with which column, for the user.
    pub message: String,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Import {
    /// The tool that wrote it.
    pub source: Source,
    /// How its characters are written.
    pub encoding: Encoding,
    /// What stands between its cells; `None` when it has one column only.
    pub delimiter: Option<char>,
    /// The line of the header, from 1.
    pub header_line: u32,
    /// Every column with what it is read as, for a preview.
    pub columns: Vec<Column>,
    /// The keywords, each once, in the order of the file.
    pub rows: Vec<Row>,
    /// The lines that were not taken.
    pub rejected: Vec<Rejected>,
    /// The lines whose keyword (in its [`crate::normal_form`]) a line above them has.
    pub duplicates: Vec<u32>,
    /// How many lines without any content were skipped.
    pub empty_lines: u32,
    /// What else the user should know, as sentences.
    pub notes: Vec<String>,
}

impl Import {
    /// How many lines held something: rows, duplicates and rejected ones.
    pub fn lines_read(&self) -> usize {
        self.rows.len() + self.duplicates.len() + self.rejected.len()
    }

    /// The rows of one chunk of `size`, counted from 0; empty past the end. As [`read`] is deterministic, a chunk of a
    /// file is the same whenever it is read.
    pub fn chunk(&self, index: usize, size: usize) -> &[Row] {
        let start = index.saturating_mul(size).min(self.rows.len());
        let end = start.saturating_add(size).min(self.rows.len());
        &self.rows[start..end]
    }

    /// How many chunks of `size` the rows make.
    pub fn chunks(&self, size: usize) -> usize {
        self.rows.len().div_ceil(size.max(1))
    }
}

/// Reads a keyword export within the usual [`Limits`].
pub fn read(bytes: &[u8]) -> Result<Import, ImportError> {
    read_within(bytes, Limits::default())
}

/// Reads a keyword export.
///
/// A file with a header and nothing below it is no error: it has no rows, and says so in its notes.
pub fn read_within(bytes: &[u8], limits: Limits) -> Result<Import, ImportError> {
    Sheet::open(bytes, limits)?.collect()
}
