//! The tolerant parser: one JSON value from a place in a text, with a note of every liberty taken.

use serde_json::{Map, Value};

use super::{
    CutOff, MAX_DEPTH,
    report::{Notes, Problem, ReadError, ReadErrorKind, RepairKind},
    strings::{Place, Text, is_blank, is_quote, is_solid},
};

/// A list or object that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    Array,
    Object,
    /// `(1, 2)`, as Python writes it.
    Tuple,
    /// `{"a", "b"}`, as Python writes it.
    Set,
}

impl Frame {
    pub(super) const fn closer(self) -> char {
        match self {
            Self::Array => ']',
            Self::Object | Self::Set => '}',
            Self::Tuple => ')',
        }
    }
}

/// A value that was read, or as much of it as there is.
pub(super) struct Parsed {
    /// Nothing when the text ended before there was anything to keep.
    pub(super) value: Option<Value>,
    /// True when the text ended inside the value.
    pub(super) cut: bool,
}

impl Parsed {
    pub(super) const fn whole(value: Value) -> Self {
        Self { value: Some(value), cut: false }
    }
}

type Outcome = Result<Parsed, Problem>;

pub(super) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) pos: usize,
    pub(super) frames: Vec<Frame>,
    pub(super) notes: Notes,
    pub(super) cut_off: CutOff,
    /// Where a comma was missing last.
    gap: Option<usize>,
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, start: usize, cut_off: CutOff) -> Self {
        Self { text, pos: start, frames: Vec::new(), notes: Notes::default(), cut_off, gap: None }
    }

    /// True directly inside of a tuple.
    pub(super) fn in_tuple(&self) -> bool {
        self.frames.last() == Some(&Frame::Tuple)
    }

    pub(super) const fn position(&self) -> usize {
        self.pos
    }

    pub(super) fn into_notes(self) -> Notes {
        self.notes
    }

    /// Reads one value and notes whether it was cut off.
    pub(super) fn root(&mut self) -> Outcome {
        let parsed = self.value(Place::Root)?;
        if parsed.cut {
            self.notes.add(RepairKind::CutOff, self.pos);
        }
        Ok(parsed)
    }

    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.pos..]
    }

    pub(super) fn byte_at(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    pub(super) fn char_at(&self, at: usize) -> Option<char> {
        match self.byte_at(at)? {
            byte if byte.is_ascii() => Some(char::from(byte)),
            _ => self.text.get(at..)?.chars().next(),
        }
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.char_at(self.pos)
    }

    fn broken(&self, expected: &str) -> Problem {
        let found = match self.peek() {
            Some(c) => format!("{expected} was expected, but `{c}` was found"),
            None => format!("{expected} was expected, but the text ends"),
        };
        Problem { error: ReadError::new(ReadErrorKind::Broken, found), offset: Some(self.pos) }
    }

    /// Moves behind white space and comments.
    fn skip(&mut self) {
        if self.byte_at(self.pos).is_some_and(is_solid) {
            return;
        }
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\n', '\r', '\t']);
            self.pos += rest.len() - trimmed.len();
            let at = self.pos;
            let Some(c) = trimmed.chars().next() else { return };
            if is_blank(c) {
                self.notes.add(RepairKind::Whitespace, at);
                self.pos += c.len_utf8();
            } else if trimmed.starts_with("/*") {
                self.notes.add(RepairKind::Comment, at);
                self.pos += trimmed.find("*/").map_or(trimmed.len(), |len| len + 2);
            } else if trimmed.starts_with("//") || c == '#' {
                self.notes.add(RepairKind::Comment, at);
                self.pos += trimmed.find('\n').unwrap_or(trimmed.len());
            } else {
                return;
            }
        }
    }

    /// True at the end of the text, or at the fence that ends the JSON.
    fn at_end(&self) -> bool {
        self.byte_at(self.pos).is_none_or(|byte| byte == b'`' && self.rest().starts_with("```"))
    }

    fn skip_ellipsis(&mut self) -> bool {
        if self.byte_at(self.pos).is_some_and(|byte| byte.is_ascii() && byte != b'.') {
            return false;
        }
        for dots in ["...", "…"] {
            if self.rest().starts_with(dots) {
                self.notes.add(RepairKind::Ellipsis, self.pos);
                self.pos += dots.len();
                return true;
            }
        }
        false
    }

    fn value(&mut self, place: Place) -> Outcome {
        match self.peek() {
            Some('{') if self.opens_set() => self.python(Frame::Set),
            Some('{') => self.nested(Frame::Object),
            Some('[') => self.nested(Frame::Array),
            Some('(') if self.opens_tuple(self.pos) => self.python(Frame::Tuple),
            Some(c) if is_quote(c) => {
                let first = self.string(place);
                let Text { text, cut } = self.joined(first, place);
                Ok(Parsed { value: self.keep(Value::String(text), cut), cut })
            }
            Some(c) if c.is_ascii_digit() || matches!(c, '-' | '+' | '.') => Ok(self.number(place)),
            Some(c) if c.is_alphanumeric() || !c.is_ascii() || "_$<(/@%&*!?~|".contains(c) => Ok(self.bare(place)),
            _ => Err(self.broken("a value")),
        }
    }

    /// A scalar in which the text ended is kept only on request.
    pub(super) fn keep(&self, value: Value, cut: bool) -> Option<Value> {
        (!cut || self.cut_off == CutOff::Keep).then_some(value)
    }

    fn nested(&mut self, frame: Frame) -> Outcome {
        self.pos += 1;
        self.inside(frame)
    }

    fn python(&mut self, frame: Frame) -> Outcome {
        self.notes.add(RepairKind::Tuple, self.pos);
        self.nested(frame)
    }

    /// Reads what is inside of a bracket that has been passed, or that is missing.
    fn inside(&mut self, frame: Frame) -> Outcome {
        if self.frames.len() >= MAX_DEPTH {
            let message = format!("it is nested deeper than {MAX_DEPTH} levels");
            return Err(Problem { error: ReadError::new(ReadErrorKind::TooDeep, message), offset: Some(self.pos) });
        }
        self.frames.push(frame);
        let outcome = match frame {
            Frame::Object => self.object(),
            list => self.list(list),
        };
        self.frames.pop();
        outcome
    }

    /// True for a parenthesis behind which a value stands, and no words.
    pub(super) fn opens_tuple(&self, at: usize) -> bool {
        self.char_at(at) == Some('(')
            && self
                .char_at(self.ahead(at + 1))
                .is_some_and(|c| c.is_ascii_digit() || is_quote(c) || "-([{)".contains(c))
    }

    /// True for a brace behind which two strings stand with a comma and no colon.
    fn opens_set(&self) -> bool {
        let first = self.ahead(self.pos + 1);
        let Some(end) = self.char_at(first).filter(|c| is_quote(*c)).and_then(|_| self.string_end(first)) else {
            return false;
        };
        let comma = self.ahead(end);
        let second = self.ahead(comma + 1);
        self.char_at(comma) == Some(',') && self.char_at(second).is_some_and(is_quote) && !self.key_at(second)
    }

    /// What a bracket of the other kind means: true ends this frame, because it closes the one around it.
    fn wrong_closer(&mut self, closes: Frame) -> bool {
        let around = self.frames.len().saturating_sub(1);
        if self.frames[..around].contains(&closes) {
            self.notes.add(RepairKind::MissingBracket, self.pos);
            return true;
        }
        self.notes.add(RepairKind::ExtraBracket, self.pos);
        self.pos += 1;
        // `{"a": 1]` and nothing behind it: the bracket was meant to close this frame.
        let next = self.ahead(self.pos);
        self.frames.len() == 1 && next >= self.text.len()
    }

    /// True when a comma and a key stand behind the bracket at the present position; its colon may be missing.
    fn followed_by_key(&self) -> bool {
        let comma = self.ahead(self.pos + 1);
        let next = self.ahead(comma + 1);
        if self.char_at(comma) != Some(',') || !self.char_at(next).is_some_and(is_quote) {
            return false;
        }
        self.string_end(next).is_some_and(|end| self.char_at(self.ahead(end)).is_some_and(|c| c == ':' || is_quote(c)))
    }

    /// A comma where an element or member should begin.
    fn lone_comma(&mut self) {
        self.notes.add(RepairKind::ExtraComma, self.pos);
        self.pos += 1;
    }

    /// Behind an element: its comma; what is missing or too much is noted.
    fn comma(&mut self) {
        self.skip();
        let at = self.pos;
        match self.peek() {
            Some(',') => {
                self.pos += 1;
                self.skip();
                if matches!(self.peek(), Some(']' | '}')) {
                    self.notes.add(RepairKind::TrailingComma, at);
                }
            }
            None | Some(']' | '}') => {}
            Some(')') if self.in_tuple() => {}
            Some(_) if self.at_end() => {}
            Some(_) => {
                self.gap = Some(at);
                self.notes.add(RepairKind::MissingComma, at);
            }
        }
    }

    fn list(&mut self, frame: Frame) -> Outcome {
        let mut items = Vec::new();
        loop {
            self.skip();
            if self.at_end() {
                return Ok(Parsed { value: Some(Value::Array(items)), cut: true });
            }
            let parsed = match self.peek() {
                Some(c) if c == frame.closer() => {
                    // `(1)` is no list for Python either, `(1,)` is.
                    let alone = items.len() == 1 && !self.text[..self.pos].trim_end().ends_with(',');
                    self.pos += 1;
                    let one = if frame == Frame::Tuple && alone { items.pop() } else { None };
                    return Ok(Parsed::whole(one.unwrap_or(Value::Array(items))));
                }
                Some('}') if self.followed_by_key() && self.frames.iter().rev().nth(1) == Some(&Frame::Object) => {
                    self.notes.add(RepairKind::MissingBracket, self.pos);
                    self.pos += 1;
                    return Ok(Parsed::whole(Value::Array(items)));
                }
                Some(c @ ('}' | ']')) => {
                    if self.wrong_closer(if c == '}' { Frame::Object } else { Frame::Array }) {
                        return Ok(Parsed::whole(Value::Array(items)));
                    }
                    continue;
                }
                Some(',') => {
                    self.lone_comma();
                    continue;
                }
                _ if self.skip_ellipsis() => {
                    self.comma();
                    continue;
                }
                // A key in a list: the brace before it is missing.
                Some(c) if frame == Frame::Array && is_quote(c) && self.key_at(self.pos) => {
                    self.notes.add(RepairKind::MissingBracket, self.pos);
                    self.inside(Frame::Object)?
                }
                _ => self.value(Place::Element)?,
            };
            if parsed.cut {
                if self.cut_off == CutOff::Keep {
                    items.extend(parsed.value.filter(|value| value.as_str() != Some("")));
                }
                return Ok(Parsed { value: Some(Value::Array(items)), cut: true });
            }
            items.extend(parsed.value);
            self.comma();
        }
    }

    fn object(&mut self) -> Outcome {
        let mut members = Map::new();
        let mut last = None;
        loop {
            self.skip();
            if self.at_end() {
                return Ok(Parsed { value: Some(Value::Object(members)), cut: true });
            }
            match self.peek() {
                // The outermost object goes on behind this brace.
                Some('}') if self.frames.len() == 1 && self.followed_by_key() => {
                    self.notes.add(RepairKind::ExtraBracket, self.pos);
                    self.pos += 1;
                    self.comma();
                }
                Some('}') => {
                    self.pos += 1;
                    return Ok(Parsed::whole(Value::Object(members)));
                }
                Some(']') if self.wrong_closer(Frame::Array) => return Ok(Parsed::whole(Value::Object(members))),
                Some(']') => {}
                Some(',') => self.lone_comma(),
                // The next element of the list around this object: its closing brace is missing.
                Some('{') if self.frames.iter().rev().nth(1) == Some(&Frame::Array) => {
                    self.notes.add(RepairKind::MissingBracket, self.pos);
                    return Ok(Parsed::whole(Value::Object(members)));
                }
                // A list where a key should be goes on with the one before it, which was closed too early.
                Some('[') if last.is_some() => {
                    self.notes.add(RepairKind::ExtraBracket, self.pos);
                    let parsed = self.nested(Frame::Array)?;
                    let list = last.as_ref().and_then(|key| members.get_mut::<String>(key));
                    if let (Some(Value::Array(items)), Some(Value::Array(more))) = (list, parsed.value) {
                        items.extend(more);
                    }
                    if parsed.cut {
                        return Ok(Parsed { value: Some(Value::Object(members)), cut: true });
                    }
                    self.comma();
                }
                _ if self.skip_ellipsis() => self.comma(),
                _ => {
                    if self.member(&mut members, &mut last)? {
                        return Ok(Parsed { value: Some(Value::Object(members)), cut: true });
                    }
                    self.comma();
                }
            }
        }
    }

    /// Reads one member; true when the text ended in it. `last` becomes its key when its value is
    /// a list: only that goes on behind its end.
    fn member(&mut self, members: &mut Map<String, Value>, last: &mut Option<String>) -> Result<bool, Problem> {
        let at = self.pos;
        let quoted = self.peek().is_some_and(is_quote);
        let Text { text: key, cut } = self.key()?;
        // A line break at the end of a key is a slip of the pen; one that is escaped was meant.
        let slip = key.contains(char::is_control) && self.text[at..self.pos].contains(char::is_control);
        let key = if slip { key.trim_matches(char::is_control).to_owned() } else { key };
        if cut {
            return Ok(self.cut_member(members, key));
        }
        self.skip();
        match self.peek() {
            Some(':') => self.pos += 1,
            _ if self.at_end() => return Ok(self.cut_member(members, key)),
            Some(c) if !quoted && self.is_stray(at, c) => {
                self.notes.add(RepairKind::StrayWord, at);
                return Ok(false);
            }
            Some(',' | '}' | ']') => return Err(self.broken(&format!("`:` and a value after the key `{key}`"))),
            Some(_) => self.notes.add(RepairKind::MissingColon, self.pos),
            None => return Ok(true),
        }
        self.skip();
        let parsed = match self.peek() {
            _ if self.at_end() => return Ok(self.cut_member(members, key)),
            Some(',' | '}' | ']') => {
                self.notes.add(RepairKind::MissingValue, self.pos);
                Parsed::whole(Value::Null)
            }
            _ => self.value(Place::Member)?,
        };
        *last = parsed.value.as_ref().is_some_and(Value::is_array).then(|| key.clone());
        if let Some(value) = parsed.value
            && members.insert(key, value).is_some()
        {
            self.notes.add(RepairKind::DuplicateKey, at);
        }
        Ok(parsed.cut)
    }

    /// The text ended before the value of a key: it is null where incomplete parts are kept. Always true.
    fn cut_member(&mut self, members: &mut Map<String, Value>, key: String) -> bool {
        if self.cut_off == CutOff::Keep && !key.is_empty() {
            self.notes.add(RepairKind::MissingValue, self.pos);
            members.entry(key).or_insert(Value::Null);
        }
        true
    }

    /// True for a word without quotes between two members, or behind a value, that belongs to neither.
    fn is_stray(&self, at: usize, next: char) -> bool {
        match next {
            ',' | '}' => self.gap == Some(at),
            c => is_quote(c) && self.key_at(self.pos),
        }
    }

    fn key(&mut self) -> Result<Text, Problem> {
        let at = self.pos;
        let Some(c) = self.peek() else { return Ok(Text { text: String::new(), cut: true }) };
        if let Some(len) = self.plain_key() {
            let body = self.pos + 1;
            self.pos = body + len + 1;
            return Ok(Text { text: self.text[body..body + len].to_owned(), cut: false });
        }
        if is_quote(c) {
            return Ok(match self.key_without_end(at, c) {
                Some(colon) => {
                    self.notes.add(RepairKind::MissingQuote, colon);
                    self.pos = colon;
                    Text { text: self.text[at + c.len_utf8()..colon].to_owned(), cut: false }
                }
                None => self.string(Place::Key),
            });
        }
        if !(c.is_alphanumeric() || "_$@-".contains(c)) {
            return Err(self.broken("a key in double quotes"));
        }
        let rest = self.rest();
        let len = rest.find(|c: char| !(c.is_alphanumeric() || "_$@-.".contains(c))).unwrap_or(rest.len());
        self.notes.add(RepairKind::UnquotedKey, at);
        self.pos += len;
        // The closing quote may be there although the opening one is not.
        if self.rest().starts_with('"') {
            self.pos += 1;
        }
        Ok(Text { text: rest[..len].to_owned(), cut: self.rest().is_empty() })
    }
}
