//! What stands in the JSON without quotes: numbers, literals, words, and the calls of functions around them.

use serde_json::{Number, Value};

use super::{
    escapes::decode,
    parser::{Parsed, Parser},
    report::RepairKind,
    strings::{Place, is_blank, is_quote, window},
};

impl Parser<'_> {
    /// A number; what only begins like one becomes a text.
    pub(super) fn number(&mut self, place: Place) -> Parsed {
        if let Some((number, len)) = self.plain_number() {
            self.pos += len;
            return Parsed::whole(Value::Number(number.into()));
        }
        let at = self.pos;
        let rest = self.rest();
        let len = rest.find(|c: char| !(c.is_ascii_digit() || "+-.eE_".contains(c))).unwrap_or(rest.len());
        let token = &rest[..len];
        let after = &rest[len..];
        let same_line = after.trim_start_matches([' ', '\t']);
        let followed_by_word = same_line.chars().next().is_some_and(|c| c.is_alphabetic() || c == '%')
            || after.starts_with(|c: char| {
                !(is_blank(c) || is_quote(c) || ",}]{[/;#`".contains(c) || (c == ')' && self.in_tuple()))
            })
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

    /// A number of digits alone that the next comma or bracket ends, with its length.
    fn plain_number(&self) -> Option<(u64, usize)> {
        let bytes = &self.text.as_bytes()[self.pos..];
        let len = bytes.iter().take(18).take_while(|byte| byte.is_ascii_digit()).count();
        let is_plain = matches!(bytes.get(len)?, b',' | b']' | b'}') && (len == 1 || (len > 1 && bytes[0] != b'0'));
        is_plain.then(|| (bytes[..len].iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')), len))
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
        // What ends in a point or an exponent was going to be a fraction.
        let is_fraction = token.ends_with(['.', 'e', 'E', '+', '-']) && !plain.contains(['.', 'e', 'E']);
        let number = if is_fraction { format!("{plain}.0") } else { plain }.parse().ok()?;
        self.notes.add(RepairKind::Number, at);
        Some(number)
    }

    /// A literal or a text without quotes, up to the end of its line or element.
    pub(super) fn bare(&mut self, place: Place) -> Parsed {
        if let Some(value) = self.call() {
            return Parsed::whole(value);
        }
        let at = self.pos;
        let rest = self.rest();
        let mut end = rest.len();
        let mut stray_quote = 0;
        let mut braces = 0_usize;
        for (index, c) in rest.char_indices() {
            let stops = match c {
                '\n' | '\r' => true,
                ',' | ';' if place == Place::Root => true,
                ',' => braces == 0 && !(place == Place::Member && self.goes_on(&rest[..index], at + index)),
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
                ')' => self.in_tuple(),
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
        let (literal, proper) = literal(word);
        if let Some(value) = literal {
            if !proper {
                self.notes.add(RepairKind::Literal, at);
            }
            if stray_quote > 0 {
                self.notes.add(RepairKind::MissingQuote, at + end);
            }
            let is_odd = |c: char| is_blank(c) && !matches!(c, ' ' | '\n' | '\r' | '\t');
            if let Some(place) = rest[word.len()..end].find(is_odd) {
                self.notes.add(RepairKind::Whitespace, at + word.len() + place);
            }
            Parsed::whole(value)
        } else {
            self.notes.add(RepairKind::UnquotedString, at);
            Parsed { value: self.keep(Value::String(word.to_owned()), cut), cut }
        }
    }

    /// True when the comma at `comma` belongs to a text without quotes: words follow it, and no key.
    fn goes_on(&self, before: &str, comma: usize) -> bool {
        let next = self.ahead(comma + 1);
        let is_word = self.char_at(next).is_some_and(char::is_alphabetic);
        is_word && !self.key_at(next) && literal(before.trim_end()).0.is_none()
    }

    /// `ObjectId("123")`, `callback(2);`: the one plain value in the call of a function.
    fn call(&mut self) -> Option<Value> {
        let rest = self.rest();
        let name = rest.find(|c: char| !(c.is_alphanumeric() || "_$.".contains(c))).filter(|len| *len > 0)?;
        let at = self.pos;
        let inner = self.ahead(at + rest[name..].strip_prefix('(').map(|_| name + 1)?);
        let (value, end) = if self.char_at(inner).is_some_and(is_quote) {
            let end = self.string_end(inner)?;
            let mut chars = self.text[inner..end].chars();
            chars.next();
            chars.next_back();
            (Value::String(decode(chars.as_str())), end)
        } else {
            let len = window(&self.text[inner..]).find(')')?;
            let word = self.text[inner..inner + len].trim_end();
            let number = word.parse::<Number>().ok().map(Value::Number);
            (number.or_else(|| literal(word).0)?, inner + word.len())
        };
        let close = self.ahead(end);
        let behind = close + 1;
        if self.char_at(close) != Some(')')
            || !matches!(self.char_at(self.ahead(behind)), None | Some(',' | '}' | ']' | ';'))
        {
            return None;
        }
        self.notes.add(RepairKind::FunctionCall, at);
        self.pos = behind;
        Some(value)
    }
}

/// What a word without quotes stands for, and whether JSON writes it so.
fn literal(word: &str) -> (Option<Value>, bool) {
    match word {
        "true" => (Some(Value::Bool(true)), true),
        "false" => (Some(Value::Bool(false)), true),
        "null" => (Some(Value::Null), true),
        "True" | "TRUE" => (Some(Value::Bool(true)), false),
        "False" | "FALSE" => (Some(Value::Bool(false)), false),
        "Null" | "NULL" | "None" | "nil" | "undefined" | "NaN" | "nan" | "Infinity" | "-Infinity" | "inf" => {
            (Some(Value::Null), false)
        }
        _ => (None, false),
    }
}
