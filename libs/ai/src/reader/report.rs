//! What the reader says: which repairs it made, or why the answer cannot be used.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The kinds of repair, each the name of one habit of language models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairKind {
    /// The JSON stood in a Markdown fence.
    Fence,
    /// There was text before or after the JSON.
    Prose,
    /// There were several JSON values; the largest that fits was taken, or all were taken as one list.
    SeveralValues,
    /// The value was wrapped in one more list or object, or in a string.
    Wrapped,
    /// Every quote of the JSON was escaped, as inside a string.
    EscapedJson,
    /// A comma before a closing bracket.
    TrailingComma,
    /// A comma with nothing before it.
    ExtraComma,
    /// No comma between two elements.
    MissingComma,
    /// No colon after a key.
    MissingColon,
    /// A key without a value; it became null.
    MissingValue,
    /// A bracket that was never closed, or closed by the wrong kind.
    MissingBracket,
    /// A closing bracket too many.
    ExtraBracket,
    /// Strings in single quotes.
    SingleQuotes,
    /// Strings in typographic quotes, backticks or triple quotes.
    SmartQuotes,
    /// A string without its closing or opening quote.
    MissingQuote,
    /// A quote too many, as in `""a""`.
    ExtraQuote,
    /// A quote inside a string that was not escaped.
    InnerQuote,
    /// A key without quotes.
    UnquotedKey,
    /// A text without quotes.
    UnquotedString,
    /// Line breaks, tabs or other control characters inside a string.
    ControlCharacter,
    /// A backslash before a character that needs none, or half of a surrogate pair.
    BadEscape,
    /// Strings joined by `+`.
    Concatenation,
    /// A tuple or set as Python writes it; it became a list.
    Tuple,
    /// A value in the call of a function; the value was taken.
    FunctionCall,
    /// A word that belongs to no key and no value; it was left out.
    StrayWord,
    /// Comments.
    Comment,
    /// `...` in place of elements; the model may have left something out.
    Ellipsis,
    /// `True`, `None`, `undefined`, `NaN` and their like.
    Literal,
    /// A number as JSON does not write it: `.5`, `1_000`, `+3`, `2.`.
    Number,
    /// The same key twice in one object; the later one counts.
    DuplicateKey,
    /// Unusual white space between tokens.
    Whitespace,
    /// The answer ended early; what was incomplete has been left out.
    CutOff,
}

/// One kind of repair, where it was first needed and how often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// What was repaired.
    pub kind: RepairKind,
    /// Line of the first place, from 1.
    pub line: usize,
    /// Column of the first place in characters, from 1.
    pub column: usize,
    /// How many places.
    pub count: usize,
}

/// Why an answer cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadErrorKind {
    /// Nothing but white space.
    Empty,
    /// More than [`super::MAX_BYTES`].
    TooLarge,
    /// Nested deeper than [`super::MAX_DEPTH`].
    TooDeep,
    /// Text without any JSON.
    NoJson,
    /// JSON that stays unreadable.
    Broken,
    /// Readable JSON of another shape.
    Shape,
}

/// Why and where an answer cannot be used; its text is the sentence that goes back to the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadError {
    /// The kind.
    pub kind: ReadErrorKind,
    /// What is wrong, as half a sentence.
    pub message: String,
    /// Where in the value, as `clusters[2].name`; empty when it is the whole or not known.
    pub path: String,
    /// Where in the text, line and column from 1, when that is known.
    pub at: Option<(usize, usize)>,
    /// True when the answer also ended early.
    pub cut: bool,
}

impl ReadError {
    pub(super) fn new(kind: ReadErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), path: String::new(), at: None, cut: false }
    }
}

/// Why parsing stopped; the place is an offset, because finding line and column costs a walk through the text.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    pub(super) error: ReadError,
    pub(super) offset: Option<usize>,
}

impl Problem {
    pub(super) fn into_error(self, text: &str) -> ReadError {
        ReadError { at: self.offset.map(|offset| place(text, offset)), ..self.error }
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Self {
        Self { error, offset: None }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.at) {
            (ReadErrorKind::Shape, _) if self.path.is_empty() => {
                write!(f, "The JSON does not have the right shape: {}.", self.message)?;
            }
            (ReadErrorKind::Shape, _) => {
                write!(f, "The JSON does not have the right shape at `{}`: {}.", self.path, self.message)?;
            }
            (_, Some((line, column))) => {
                write!(f, "The JSON cannot be read at line {line}, column {column}: {}.", self.message)?;
            }
            (_, None) => write!(f, "{}.", self.message)?,
        }
        if self.cut {
            f.write_str(" The answer ended before the JSON did; write it shorter, so that it is complete.")?;
        }
        Ok(())
    }
}

impl std::error::Error for ReadError {}

/// Repairs by byte offset while reading; one entry per kind, so that a long broken answer stays small.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes(Vec<(RepairKind, usize, usize)>);

impl Notes {
    pub(super) fn add(&mut self, kind: RepairKind, offset: usize) {
        if let Some(entry) = self.0.iter_mut().find(|entry| entry.0 == kind) {
            entry.1 = entry.1.min(offset);
            entry.2 += 1;
        } else {
            self.0.push((kind, offset, 1));
        }
    }

    pub(super) fn has(&self, kind: RepairKind) -> bool {
        self.0.iter().any(|entry| entry.0 == kind)
    }

    pub(super) fn repairs(mut self, text: &str) -> Vec<Repair> {
        self.0.sort_by_key(|entry| (entry.1, entry.0));
        self.0
            .into_iter()
            .map(|(kind, offset, count)| {
                let (line, column) = place(text, offset);
                Repair { kind, line, column, count }
            })
            .collect()
    }
}

/// Line and column, from 1, of a byte offset.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let mut end = offset.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let before = &text[..end];
    let line_start = before.rfind('\n').map_or(0, |at| at + 1);
    (before.bytes().filter(|byte| *byte == b'\n').count() + 1, before[line_start..].chars().count() + 1)
}
