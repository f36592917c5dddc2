//! The tolerant parser: one JSON value from a place in a text, with a note of every liberty taken.

use serde_json::{Map, Number, Value};

use super::{
    CutOff, MAX_DEPTH,
    report::{Notes, Problem, ReadError, ReadErrorKind, RepairKind},
    strings::{Place, Text, is_blank, is_quote},
};

/// A list or object that is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frame {
    Array,
    Object,
}

impl Frame {
    pub(super) const fn closer(self) -> char {
        match self {
            Self::Array => ']',
            Self::Object => '}',
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
    const fn whole(value: Value) -> Self {
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
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, start: usize, cut_off: CutOff) -> Self {
        Self { text, pos: start, frames: Vec::new(), notes: Notes::default(), cut_off }
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

    pub(super) fn char_at(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
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
        self.rest().is_empty() || self.rest().starts_with("```")
    }

    fn skip_ellipsis(&mut self) -> bool {
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
            Some('{') => self.nested(Frame::Object),
            Some('[') => self.nested(Frame::Array),
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
    fn keep(&self, value: Value, cut: bool) -> Option<Value> {
        (!cut || self.cut_off == CutOff::Keep).then_some(value)
    }

    fn nested(&mut self, frame: Frame) -> Outcome {
        if self.frames.len() >= MAX_DEPTH {
            let message = format!("it is nested deeper than {MAX_DEPTH} levels");
            return Err(Problem { error: ReadError::new(ReadErrorKind::TooDeep, message), offset: Some(self.pos) });
        }
        self.pos += 1;
        self.frames.push(frame);
        let outcome = match frame {
            Frame::Array => self.array(),
            Frame::Object => self.object(),
        };
        self.frames.pop();
        outcome
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

    /// True when a comma and a key stand behind the bracket at the present position.
    fn followed_by_key(&self) -> bool {
        let comma = self.ahead(self.pos + 1);
        let next = self.ahead(comma + 1);
        self.char_at(comma) == Some(',') && self.char_at(next).is_some_and(is_quote) && self.key_at(next)
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
            Some(_) if self.at_end() => {}
            Some(_) => self.notes.add(RepairKind::MissingComma, at),
        }
    }

    fn array(&mut self) -> Outcome {
        let mut items = Vec::new();
        loop {
            self.skip();
            if self.at_end() {
                return Ok(Parsed { value: Some(Value::Array(items)), cut: true });
            }
            match self.peek() {
                Some(']') => {
                    self.pos += 1;
                    return Ok(Parsed::whole(Value::Array(items)));
                }
                Some('}') if self.followed_by_key() && self.frames.iter().rev().nth(1) == Some(&Frame::Object) => {
                    self.notes.add(RepairKind::MissingBracket, self.pos);
                    self.pos += 1;
                    return Ok(Parsed::whole(Value::Array(items)));
                }
                Some('}') if self.wrong_closer(Frame::Object) => return Ok(Parsed::whole(Value::Array(items))),
                Some('}') => {}
                Some(',') => self.lone_comma(),
                _ if self.skip_ellipsis() => self.comma(),
                _ => {
                    let parsed = self.value(Place::Element)?;
                    if parsed.cut {
                        if self.cut_off == CutOff::Keep {
                            items.extend(parsed.value);
                        }
                        return Ok(Parsed { value: Some(Value::Array(items)), cut: true });
                    }
                    items.extend(parsed.value);
                    self.comma();
                }
            }
        }
    }

    fn object(&mut self) -> Outcome {
        let mut members = Map::new();
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
                _ if self.skip_ellipsis() => self.comma(),
                _ => {
                    if self.member(&mut members)? {
                        return Ok(Parsed { value: Some(Value::Object(members)), cut: true });
                    }
                    self.comma();
                }
            }
        }
    }

    /// Reads one member; true when the text ended in it.
    fn member(&mut self, members: &mut Map<String, Value>) -> Result<bool, Problem> {
        let at = self.pos;
        let Text { text: key, cut } = self.key()?;
        if cut {
            return Ok(true);
        }
        self.skip();
        match self.peek() {
            Some(':') => self.pos += 1,
            _ if self.at_end() => return Ok(true),
            Some(',' | '}' | ']') => return Err(self.broken(&format!("`:` and a value after the key `{key}`"))),
            Some(_) => self.notes.add(RepairKind::MissingColon, self.pos),
            None => return Ok(true),
        }
        self.skip();
        let parsed = match self.peek() {
            _ if self.at_end() => return Ok(true),
            Some(',' | '}' | ']') => {
                self.notes.add(RepairKind::MissingValue, self.pos);
                Parsed::whole(Value::Null)
            }
            _ => self.value(Place::Member)?,
        };
        if let Some(value) = parsed.value
            && members.insert(key, value).is_some()
        {
            self.notes.add(RepairKind::DuplicateKey, at);
        }
        Ok(parsed.cut)
    }

    fn key(&mut self) -> Result<Text, Problem> {
        let at = self.pos;
        let Some(c) = self.peek() else { return Ok(Text { text: String::new(), cut: true }) };
        if is_quote(c) {
            return Ok(self.string(Place::Key));
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

    /// A number; what only begins like one becomes a text.
    fn number(&mut self, place: Place) -> Parsed {
        let at = self.pos;
        let rest = self.rest();
        let len = rest.find(|c: char| !(c.is_ascii_digit() || "+-.eE_".contains(c))).unwrap_or(rest.len());
        let token = &rest[..len];
        let after = &rest[len..];
        let same_line = after.trim_start_matches([' ', '\t']);
        let followed_by_word = same_line.chars().next().is_some_and(|c| c.is_alphabetic() || c == '%')
            || after.starts_with(|c: char| !(is_blank(c) || is_quote(c) || ",}]{[/;#`".contains(c)))
            || (after.starts_with('/') && !after.starts_with("//") && !after.starts_with("/*"));
        let number = if followed_by_word { None } else { self.digits(token, at) };
        let Some(number) = number else { return self.bare(place) };
        self.pos = at + len;
        let after_quote = self.ahead(self.pos + 1);
        if self.rest().starts_with('"') && matches!(self.char_at(after_quote), None | Some(',' | '}' | ']')) {
            self.notes.add(RepairKind::MissingQuote, self.pos);
            self.pos += 1;
        }
        // At the very end more digits may have followed.
        let cut = self.rest().is_empty() && place != Place::Root;
        Parsed { value: self.keep(Value::Number(number), cut), cut }
    }

    fn digits(&mut self, token: &str, at: usize) -> Option<Number> {
        if let Ok(number) = token.parse() {
            return Some(number);
        }
        let plain = token.replace('_', "");
        let plain = plain.trim_start_matches('+').trim_end_matches(['e', 'E', '+', '-']).trim_end_matches('.');
        let plain = match plain.strip_prefix('-').unwrap_or(plain).strip_prefix('.') {
            Some(fraction) if plain.starts_with('-') => format!("-0.{fraction}"),
            Some(fraction) => format!("0.{fraction}"),
            None => plain.to_owned(),
        };
        let number = plain.parse().ok()?;
        self.notes.add(RepairKind::Number, at);
        Some(number)
    }

    /// A literal or a text without quotes, up to the end of its line or element.
    fn bare(&mut self, place: Place) -> Parsed {
        let at = self.pos;
        let rest = self.rest();
        let mut end = rest.len();
        let mut stray_quote = 0;
        let mut braces = 0_usize;
        for (index, c) in rest.char_indices() {
            let stops = match c {
                '\n' | '\r' => true,
                ',' | ';' if place == Place::Root => true,
                ',' => braces == 0,
                '`' => rest[index..].starts_with("```"),
                '{' if index > 0 => {
                    braces += 1;
                    false
                }
                '}' if braces > 0 => {
                    braces -= 1;
                    false
                }
                '}' | ']' => place != Place::Root,
                '"' => {
                    let next = self.ahead(at + index + 1);
                    let closes = matches!(self.char_at(next), None | Some(',' | '}' | ']'));
                    stray_quote = usize::from(closes);
                    closes || rest[..index].ends_with([' ', '\t'])
                }
                _ => false,
            };
            if stops {
                end = index;
                break;
            }
        }
        let word = rest[..end].trim_end();
        self.pos = at + end + stray_quote;
        let cut = self.rest().is_empty() && place != Place::Root;
        let (literal, proper) = match word {
            "true" => (Some(Value::Bool(true)), true),
            "false" => (Some(Value::Bool(false)), true),
            "null" => (Some(Value::Null), true),
            "True" | "TRUE" => (Some(Value::Bool(true)), false),
            "False" | "FALSE" => (Some(Value::Bool(false)), false),
            "Null" | "NULL" | "None" | "nil" | "undefined" | "NaN" | "nan" | "Infinity" | "-Infinity" | "inf" => {
                (Some(Value::Null), false)
            }
            _ => (None, false),
        };
        if let Some(value) = literal {
            if !proper {
                self.notes.add(RepairKind::Literal, at);
            }
            Parsed::whole(value)
        } else {
            self.notes.add(RepairKind::UnquotedString, at);
            Parsed { value: self.keep(Value::String(word.to_owned()), cut), cut }
        }
    }
}
