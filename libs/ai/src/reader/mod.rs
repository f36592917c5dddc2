//! The tolerant reader: from what a language model wrote to a typed value, with a list of what had to be repaired.
//!
//! Valid JSON is read by serde_json alone and comes back unchanged. Everything else goes through a hand-written parser
//! that knows the habits of models (fences, prose, unescaped quotes, cut-off ends, …). It takes linear time: each byte
//! is looked at a bounded number of times, and the attempts to find the JSON in the text share one budget of work.
//! The crates that do this (llm_json, jsonrepair) overflow the stack on deep nesting and agree less with the cases of
//! the libraries that they port.

mod escapes;
mod parser;
mod report;
mod strings;
mod words;

use serde::de::DeserializeOwned;
use serde_json::Value;

use parser::{Parsed, Parser};
use report::{Notes, Problem};
pub use report::{ReadError, ReadErrorKind, Repair, RepairKind};

/// The longest answer that is read, in bytes.
pub const MAX_BYTES: usize = 4 * 1024 * 1024;
/// The deepest nesting that is read.
pub const MAX_DEPTH: usize = 128;
/// How many bytes may be parsed per byte of text, over all attempts to find the JSON in it; what does not fit is parsed
/// twice.
const WORK_PER_BYTE: usize = 4;

/// A value that was read, and what was repaired on the way.
#[derive(Debug, Clone, PartialEq)]
pub struct Read<T> {
    /// The value.
    pub value: T,
    /// What was repaired, in the order of the text; empty for valid JSON.
    pub repairs: Vec<Repair>,
}

impl<T> Read<T> {
    /// True when the answer ended early and only its complete parts were kept.
    pub fn is_cut(&self) -> bool {
        self.repairs.iter().any(|repair| repair.kind == RepairKind::CutOff)
    }
}

/// What to do with the element or text in which an answer ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CutOff {
    /// Leave it out: a list keeps its complete elements, an object its complete members.
    #[default]
    Drop,
    /// Keep what is there of it; for showing, not for work.
    Keep,
}

/// Reads a value out of a model's answer.
///
/// # Errors
/// [`ReadError`], whose text is meant for the model.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<Read<T>, ReadError> {
    read_with(text, CutOff::Drop)
}

/// Like [`read`], with a choice of what happens to a cut-off end.
///
/// # Errors
/// [`ReadError`], whose text is meant for the model.
pub fn read_with<T: DeserializeOwned>(text: &str, cut_off: CutOff) -> Result<Read<T>, ReadError> {
    if text.len() > MAX_BYTES {
        let message = format!("The answer has {} bytes, at most {MAX_BYTES} can be read", text.len());
        return Err(ReadError::new(ReadErrorKind::TooLarge, message));
    }
    let error = match serde_json::from_str(text) {
        Ok(value) => return Ok(Read { value, repairs: Vec::new() }),
        Err(error) => error,
    };
    // Valid, and of another shape.
    if error.is_data()
        && let Ok(value) = serde_json::from_str::<Value>(text)
    {
        let mut notes = Notes::default();
        let value = fit_wrapped(&value, &mut notes, 0, cut_off)?;
        return Ok(Read { value, repairs: notes.repairs(text) });
    }
    let start = text.len() - text.trim_start_matches(strings::is_blank).len();
    if start == text.len() {
        return Err(ReadError::new(ReadErrorKind::Empty, "The answer was empty, JSON was expected"));
    }
    let mut search = Search { text, cut_off, work: WORK_PER_BYTE * text.len() + 4096 };
    // What a model thinks aloud may hold drafts of the answer; the answer stands behind it.
    match text[start..].strip_prefix("<think>") {
        None => search.run(start),
        Some(thoughts) => match thoughts.find("</think>") {
            Some(end) => search.run(text.len() - thoughts.len() + end + "</think>".len()).map(|mut read| {
                let thinking = Repair { kind: RepairKind::Prose, line: 1, column: 1, count: 1 };
                read.repairs.retain(|repair| repair.kind != RepairKind::Prose);
                read.repairs.insert(0, thinking);
                read
            }),
            None => Err(ReadError { cut: true, ..search.no_json(start) }),
        },
    }
}

/// Makes `T` of a value; when it does not fit, of what is wrapped in it.
fn fit_wrapped<T: DeserializeOwned>(
    value: &Value,
    notes: &mut Notes,
    offset: usize,
    cut_off: CutOff,
) -> Result<T, ReadError> {
    let error = match fit(value) {
        Ok(fitting) => return Ok(fitting),
        Err(error) => error,
    };
    let inner = match value {
        Value::Array(items) if items.len() == 1 => items.first(),
        Value::Object(members) if members.len() == 1 => {
            members.values().next().filter(|inner| inner.is_object() || inner.is_array())
        }
        // A string that holds JSON: read that, but only once, so that nothing nests without end.
        Value::String(inner) if inner.len() > 1 && !inner.trim_start().starts_with('"') => {
            let inner = read_with::<Value>(inner, cut_off).ok().filter(|inner| !inner.value.is_string());
            return match inner.and_then(|inner| Some((fit(&inner.value).ok()?, inner.repairs))) {
                Some((fitting, repairs)) => {
                    notes.add(RepairKind::Wrapped, offset);
                    for repair in repairs {
                        notes.add(repair.kind, offset);
                    }
                    Ok(fitting)
                }
                None => Err(error),
            };
        }
        _ => None,
    };
    match inner.map(fit) {
        Some(Ok(fitting)) => {
            notes.add(RepairKind::Wrapped, offset);
            Ok(fitting)
        }
        _ => Err(error),
    }
}

fn fit<T: DeserializeOwned>(value: &Value) -> Result<T, ReadError> {
    // To keep a path costs more than the rest, and is only needed where something does not fit.
    if let Ok(fitting) = T::deserialize(value) {
        return Ok(fitting);
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let path = match error.path().to_string() {
            path if path == "." || path == "?" => String::new(),
            path => path,
        };
        ReadError { path, ..ReadError::new(ReadErrorKind::Shape, error.inner().to_string()) }
    })
}

/// The search for the JSON in a text that is not JSON as a whole.
struct Search<'t> {
    text: &'t str,
    cut_off: CutOff,
    /// How many more bytes may be parsed.
    work: usize,
}

struct Found<T> {
    from: usize,
    to: usize,
    value: T,
    notes: Notes,
}

/// A failed attempt: how far it came, whether there was a whole value that just does not fit, and what was wrong.
type Miss = (usize, bool, Problem);

impl Search<'_> {
    fn run<T: DeserializeOwned>(&mut self, start: usize) -> Result<Read<T>, ReadError> {
        if self.cut_off == CutOff::Keep
            && let Some(found) = self.several(start)
        {
            return Ok(self.finish(start, found));
        }
        let mut failure = None;
        let mut best = self.largest(fenced_starts(self.text, start), true, &mut failure);
        if best.is_none() {
            let brackets = self.text[start..].match_indices(['{', '[']).map(|(at, _)| start + at);
            best = self.largest(brackets, false, &mut failure);
        }
        if best.is_none() {
            best = self.lines(start, false);
        }
        if best.is_none() && failure.is_none() {
            best = self.scalar(start, &mut failure);
        }
        match best {
            Some(found) => Ok(self.finish(start, found)),
            None => Err(match failure {
                Some((_, problem)) => problem.into_error(self.text),
                None => self.no_json(start),
            }),
        }
    }

    /// The value with the longest text among those that fit; remembers the failure that got furthest.
    fn largest<T: DeserializeOwned>(
        &mut self,
        starts: impl Iterator<Item = usize>,
        fenced: bool,
        failure: &mut Option<(usize, Problem)>,
    ) -> Option<Found<T>> {
        let mut best: Option<Found<T>> = None;
        let mut next = 0;
        for from in starts {
            // What is shorter than the best so far cannot win.
            if best.as_ref().is_some_and(|best| self.text.len() - from <= best.to - best.from) {
                break;
            }
            if from < next || self.work == 0 {
                continue;
            }
            match self.attempt(from) {
                Ok(mut found) => {
                    next = found.to;
                    if fenced {
                        found.notes.add(RepairKind::Fence, from);
                    }
                    if let Some(best) = &mut best {
                        best.notes.add(RepairKind::SeveralValues, found.from);
                        if found.to - found.from > best.to - best.from {
                            found.notes.add(RepairKind::SeveralValues, best.from);
                            *best = found;
                        }
                    } else {
                        best = Some(found);
                    }
                }
                Err((to, whole, problem)) => {
                    if problem.error.kind == ReadErrorKind::TooDeep {
                        *failure = Some((to - from, problem));
                        return None;
                    }
                    // Inside of a value that is whole and only does not fit there is nothing to look for.
                    next = if whole { to } else { from + 1 };
                    if failure.as_ref().is_none_or(|(longest, _)| to - from > *longest) {
                        *failure = Some((to - from, problem));
                    }
                }
            }
        }
        best
    }

    /// One attempt.
    fn attempt<T: DeserializeOwned>(&mut self, from: usize) -> Result<Found<T>, Miss> {
        let inside = self.text[from + 1..].trim_start_matches(strings::is_blank);
        if inside.starts_with("\\\"") {
            return self.attempt_escaped(from);
        }
        let read = || {
            let mut parser = Parser::new(self.text, from, self.cut_off);
            let outcome = parser.root();
            (outcome, parser.position(), parser.into_notes())
        };
        let (outcome, to, notes) = read();
        self.work = self.work.saturating_sub(to - from + 1);
        let Parsed { value, cut } = outcome.map_err(|problem| (to, false, problem))?;
        if let Ok(value) = T::deserialize(value.unwrap_or(Value::Null)) {
            return Ok(Found { from, to, value, notes });
        }
        // What does not fit is read once more, for it has been taken apart: to keep a copy of what fits costs more.
        let (outcome, _, mut notes) = read();
        let value = outcome.ok().and_then(|parsed| parsed.value).unwrap_or(Value::Null);
        match fit_wrapped(&value, &mut notes, from, self.cut_off) {
            Ok(value) => Ok(Found { from, to, value, notes }),
            Err(error) => Err((to, !cut && !notes.has(RepairKind::UnquotedString), ReadError { cut, ..error }.into())),
        }
    }

    /// `{\"a\": 1}`: a JSON string that lost its outer quotes.
    fn attempt_escaped<T: DeserializeOwned>(&mut self, from: usize) -> Result<Found<T>, Miss> {
        let len = self.text.len();
        self.work = self.work.saturating_sub(2 * (len - from));
        let inner = escapes::unescape(&self.text[from..]);
        let mut parser = Parser::new(&inner, 0, self.cut_off);
        let Parsed { value, cut } = parser.root().map_err(|error| (len, true, error))?;
        let mut notes = parser.into_notes();
        notes.add(RepairKind::EscapedJson, from);
        match fit_wrapped(&value.unwrap_or(Value::Null), &mut notes, from, self.cut_off) {
            Ok(value) => Ok(Found { from, to: len, value, notes }),
            Err(error) => Err((len, true, ReadError { cut, ..error }.into())),
        }
    }

    /// For showing: all values as one list, where the text is nothing but values, or has several in fences.
    fn several<T: DeserializeOwned>(&mut self, start: usize) -> Option<Found<T>> {
        let fenced: Vec<usize> = fenced_starts(self.text, start).take(MAX_DEPTH).collect();
        if fenced.len() < 2 {
            let text = self.text;
            return self.lines(start, true).filter(|found| text[found.to..].trim_matches(strings::is_blank).is_empty());
        }
        let (mut items, mut notes, mut end) = (Vec::new(), Notes::default(), start);
        for from in fenced {
            if from < end || self.work == 0 {
                continue;
            }
            let mut parser = Parser::new(self.text, from, self.cut_off);
            let value = parser.root().ok()?.value?;
            end = parser.position();
            self.work = self.work.saturating_sub(end - from + 1);
            notes.add(RepairKind::Fence, from);
            items.push(value);
        }
        let value = fit(&Value::Array(items)).ok()?;
        notes.add(RepairKind::SeveralValues, start);
        Some(Found { from: start, to: end, value, notes })
    }

    /// Several values one after the other, as one list: JSON lines, or a list that lost its brackets.
    ///
    /// `showing` leaves out what is empty, and a row of lists, of which the largest tells more.
    fn lines<T: DeserializeOwned>(&mut self, start: usize, showing: bool) -> Option<Found<T>> {
        let mut items = Vec::new();
        let mut notes = Notes::default();
        let (mut at, mut end) = (start, start);
        while self.text[at..].starts_with(['{', '[']) && self.work > 0 {
            let mut parser = Parser::new(self.text, at, self.cut_off);
            let parsed = parser.root().ok()?;
            self.work = self.work.saturating_sub(parser.position() - at + 1);
            if !parsed.cut || self.cut_off == CutOff::Keep {
                items.extend(parsed.value);
            }
            end = parser.position();
            let rest = self.text[end..].trim_start_matches(|c| strings::is_blank(c) || c == ',');
            at = self.text.len() - rest.len();
        }
        if showing {
            items.retain(|item| item.as_array().is_none_or(|list| !list.is_empty()));
            items.retain(|item| item.as_object().is_none_or(|members| !members.is_empty()));
        }
        if items.len() < 2 || (showing && items.iter().all(Value::is_array)) {
            return None;
        }
        let value = fit(&Value::Array(items)).ok()?;
        notes.add(RepairKind::SeveralValues, start);
        Some(Found { from: start, to: end, value, notes })
    }

    /// A text, number or literal that is the whole answer.
    fn scalar<T: DeserializeOwned>(
        &mut self,
        start: usize,
        failure: &mut Option<(usize, Problem)>,
    ) -> Option<Found<T>> {
        let mut parser = Parser::new(self.text, start, self.cut_off);
        let parsed = parser.root().ok()?;
        let (to, notes) = (parser.position(), parser.into_notes());
        let rest = self.text[to..].trim_matches(|c| strings::is_blank(c) || c == ',' || c == ';');
        // Prose is no answer; for showing, a text is a text.
        let is_prose = notes.has(RepairKind::UnquotedString);
        let says_nothing = !self.text[start..to].contains(char::is_alphanumeric);
        if (is_prose && (self.cut_off == CutOff::Drop || says_nothing)) || !(rest.is_empty() || rest.starts_with("```"))
        {
            return None;
        }
        let mut notes = notes;
        match fit_wrapped(&parsed.value?, &mut notes, start, self.cut_off) {
            Ok(value) => Some(Found { from: start, to, value, notes }),
            Err(error) => {
                if !is_prose {
                    *failure = Some((to - start, error.into()));
                }
                None
            }
        }
    }

    fn finish<T>(&self, start: usize, mut found: Found<T>) -> Read<T> {
        let is_noise = |text: &str| text.trim_matches(|c| strings::is_blank(c) || c == '`').is_empty();
        let before = &self.text[start..found.from];
        if found.notes.has(RepairKind::Fence) {
            let line = before.trim_end().rfind("```").unwrap_or(0);
            if !is_noise(&before[..line]) {
                found.notes.add(RepairKind::Prose, start);
            }
        } else if !before.is_empty() {
            found.notes.add(if is_noise(before) { RepairKind::Fence } else { RepairKind::Prose }, start);
        }
        let after = &self.text[found.to..];
        if after.trim_start().starts_with("```") {
            found.notes.add(RepairKind::Fence, found.to);
        }
        let junk = |c: char| strings::is_blank(c) || c == '`' || "}],;)".contains(c);
        let left = after.trim_start_matches(junk);
        // A byte order mark, say, or a space that JSON does not know.
        let odd = |c: char| strings::is_blank(c) && !matches!(c, ' ' | '\n' | '\r' | '\t');
        let behind = &after[..after.len() - left.len()];
        for (at, around) in [(0, &self.text[..start]), (found.to, behind)] {
            if let Some(place) = around.find(odd).filter(|_| is_noise(around) || at > 0) {
                found.notes.add(RepairKind::Whitespace, at + place);
            }
        }
        if !left.is_empty() {
            found.notes.add(RepairKind::Prose, self.text.len() - left.len());
        } else if after.contains(['}', ']']) {
            found.notes.add(RepairKind::ExtraBracket, found.to);
        } else if after.contains([',', ';']) {
            found.notes.add(RepairKind::ExtraComma, found.to);
        } else if after.contains(['`', ')']) && !found.notes.has(RepairKind::Fence) {
            found.notes.add(RepairKind::Prose, found.to);
        }
        if found.notes.has(RepairKind::CutOff) && !left.is_empty() {
            // The text went on behind the place where the JSON stopped, so it was not the end that is missing.
            found.notes.add(RepairKind::MissingBracket, found.to);
        }
        Read { value: found.value, repairs: found.notes.repairs(self.text) }
    }

    fn no_json(&self, start: usize) -> ReadError {
        let begin: String = self.text[start..].chars().take(60).collect();
        let message = format!(
            "The answer holds no JSON; it begins with {begin:?}. Answer with the JSON alone, without other text"
        );
        ReadError::new(ReadErrorKind::NoJson, message)
    }
}

/// Where JSON begins right behind the opening of a fence, from `start` on.
fn fenced_starts(text: &str, start: usize) -> impl Iterator<Item = usize> {
    let first_bracket = text[start..].find(['{', '[']).map_or(start, |at| start + at);
    text[start..].match_indices("```").filter_map(move |(at, fence)| {
        let at = start + at;
        // A fence behind a bracket and in the middle of a line belongs to a text inside the JSON.
        let line_start = text[..at].trim_end_matches([' ', '\t']);
        // A longer row of backticks is one fence, looked at once.
        let is_row = text[..at].ends_with('`');
        if is_row || (at > first_bracket && !line_start.ends_with('\n')) {
            return None;
        }
        let rest = text[at + fence.len()..].trim_start_matches('`');
        let info = rest.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "-_+.".contains(c));
        let body = info.trim_start_matches(strings::is_blank);
        let is_tuple =
            || body.strip_prefix('(').is_some_and(|inner| inner.starts_with(|c: char| c.is_ascii_digit() || c == '"'));
        (body.starts_with(['{', '[']) || is_tuple()).then(|| text.len() - body.len())
    })
}

#[cfg(test)]
mod tests;
