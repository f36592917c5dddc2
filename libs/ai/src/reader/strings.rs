//! Strings of the tolerant parser: where one really ends.
//!
//! Looking ahead is bounded everywhere (the next quote, a key's length, a comment's length, the depth of nesting), so
//! reading stays linear even for a text that is made of quotes alone.

use super::{
    CutOff,
    escapes::{decode, escape},
    parser::{Frame, Parser},
    report::RepairKind,
};

/// The longest key that is recognised by looking ahead, in bytes.
const KEY_AHEAD: usize = 128;
/// The comments that are skipped by looking ahead, in bytes, all of them in a row.
const COMMENT_AHEAD: usize = 512;

/// White space between tokens, the kinds that JSON does not know included.
pub(super) fn is_blank(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// True for an ASCII character that is neither white space nor may begin a comment.
pub(super) const fn is_solid(byte: u8) -> bool {
    byte > b' ' && byte.is_ascii() && byte != b'/' && byte != b'#'
}

/// How many bytes at the beginning of `text` only mean themselves in a string that `open` began. Most of an answer is
/// that, and it is passed a byte at a time without being decoded.
fn plain(text: &[u8], open: char) -> usize {
    let is_plain = |byte: &u8| match open {
        '"' => !matches!(byte, b'"' | b'\\' | 0..b' '),
        _ => byte.is_ascii() && !matches!(byte, b'"' | b'\'' | b'`' | b'\\' | 0..b' '),
    };
    text.iter().position(|byte| !is_plain(byte)).unwrap_or(text.len())
}

/// Where a string stands; what may follow it depends on that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Key,
    Member,
    Element,
    Root,
}

/// A string that was read.
pub(super) struct Text {
    pub(super) text: String,
    pub(super) cut: bool,
}

/// The characters that may end a string that `open` began.
fn closers(open: char) -> &'static [char] {
    match open {
        '"' => &['"'],
        '\'' => &['\''],
        '`' | '´' | '‘' | '’' | '‚' => &['`', '´', '‘', '’', '\''],
        _ => &['“', '”', '„', '‟', '«', '»', '"'],
    }
}

/// True for what may open a string.
pub(super) fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '`' | '´' | '‘' | '’' | '‚' | '“' | '”' | '„' | '‟')
}

impl Parser<'_> {
    /// The length of the key at the present position, when nothing about it needs a second look: in double quotes, with
    /// its colon directly behind it.
    pub(super) fn plain_key(&self) -> Option<usize> {
        let body = self.text.as_bytes()[self.pos..].strip_prefix(b"\"")?;
        let len = plain(&body[..KEY_AHEAD.min(body.len())], '"');
        let is_plain = len > 0 && !body[..len].contains(&b':') && !body[..len].contains(&b'}');
        (is_plain && body[len..].starts_with(b"\":")).then_some(len)
    }

    /// Reads the string whose opening quote is at the present position.
    pub(super) fn string(&mut self, place: Place) -> Text {
        let start = self.pos;
        let Some(open) = self.peek() else { return Text { text: String::new(), cut: true } };
        match open {
            '"' => {}
            '\'' => self.notes.add(RepairKind::SingleQuotes, start),
            _ => self.notes.add(RepairKind::SmartQuotes, start),
        }
        if self.rest().starts_with("\"\"\"") && place != Place::Key {
            return self.triple(start);
        }
        self.pos += open.len_utf8();
        let doubled = self.is_doubled(open, place);
        if doubled {
            self.notes.add(RepairKind::ExtraQuote, self.pos);
            self.pos += open.len_utf8();
        }
        let ends = closers(open);
        let body = self.pos;
        let mut text = String::new();
        loop {
            let run = &self.rest()[..plain(self.rest().as_bytes(), open)];
            text.push_str(run);
            self.pos += run.len();
            let Some(c) = self.peek() else { break };
            let at = self.pos;
            self.pos += c.len_utf8();
            if ends.contains(&c) {
                if doubled && self.peek() == Some(c) {
                    self.pos += c.len_utf8();
                }
                if self.ends_string(place) {
                    return Text { text, cut: false };
                }
                if let Some(comma) = self.lost_quote(at, body, place) {
                    self.notes.add(RepairKind::MissingQuote, comma);
                    let kept = text.trim_end().trim_end_matches(',').trim_end().len();
                    text.truncate(kept);
                    self.pos = comma;
                    return Text { text, cut: false };
                }
                self.notes.add(RepairKind::InnerQuote, at);
                text.push(c);
            } else if c == '\\' {
                if !escape(self.text, &mut self.pos, &mut text, &mut self.notes) {
                    break;
                }
            } else {
                if c < ' ' {
                    self.notes.add(RepairKind::ControlCharacter, at);
                }
                text.push(c);
            }
        }
        self.pos = self.text.len();
        match self.closing_tail(body) {
            Some(tail) => {
                self.notes.add(RepairKind::MissingQuote, tail);
                self.pos = tail;
                let text = decode(self.text[body..tail].trim_end().trim_end_matches(','));
                Text { text, cut: false }
            }
            None => Text { text, cut: true },
        }
    }

    /// `""a""`: a quote too many, with the text directly behind it.
    fn is_doubled(&self, open: char, place: Place) -> bool {
        if self.peek() != Some(open) || !matches!(open, '"' | '\'') {
            return false;
        }
        let behind = self.pos + open.len_utf8();
        match place {
            Place::Key => self.char_at(self.ahead(behind)).is_some_and(char::is_alphanumeric),
            _ => self.char_at(behind).is_some_and(char::is_alphanumeric),
        }
    }

    /// `"""raw text"""`, as Python writes it.
    fn triple(&mut self, start: usize) -> Text {
        self.notes.add(RepairKind::SmartQuotes, start);
        let body = start + 3;
        if let Some(len) = self.text[body..].find("\"\"\"") {
            self.pos = body + len + 3;
            return Text { text: self.text[body..body + len].to_owned(), cut: false };
        }
        self.pos = self.text.len();
        Text { text: self.text[body..].to_owned(), cut: true }
    }

    /// True when a quote that has just been passed is followed by what follows a string here.
    fn ends_string(&self, place: Place) -> bool {
        let after = self.pos;
        let next = self.ahead(after);
        let Some(c) = self.char_at(next) else { return true };
        if self.text[next..].starts_with("```") {
            return true;
        }
        match place {
            Place::Root => matches!(c, ',' | ';' | '+'),
            Place::Key => c == ':' || next > after || !(c.is_alphanumeric() || is_quote(c)),
            Place::Member | Place::Element => match c {
                ',' => self.fits_after_comma(next + 1, self.frames.last().copied()),
                '}' | ']' => self.closes_well(next),
                ')' => self.in_tuple(),
                '+' => self.char_at(self.ahead(next + 1)).is_none_or(is_quote),
                _ if next > after && self.stray_word(next, place) => true,
                _ if place == Place::Member => {
                    self.key_at(next) && (is_quote(c) || self.text[after..next].contains('\n'))
                }
                '{' | '[' => true,
                // A quote behind which a string ends is the end of this one, which has quotes in it.
                _ if is_quote(c) => {
                    let behind = self.char_at(self.ahead(next + c.len_utf8()));
                    next > after && !matches!(behind, Some(',' | ']'))
                }
                _ => next > after && c.is_ascii_digit(),
            },
        }
    }

    /// True for one word between a string and the bracket that closes what it is in.
    fn stray_word(&self, at: usize, place: Place) -> bool {
        let rest = window(&self.text[at..]);
        let Some(len) = rest.find(|c: char| !c.is_alphanumeric()).filter(|len| *len > 0) else { return false };
        let close = self.ahead(at + len);
        let closer = if place == Place::Member { '}' } else { ']' };
        self.char_at(close) == Some(closer) && self.closes_well(close)
    }

    /// True when the brackets from here close what is open and then something sensible follows.
    fn closes_well(&self, mut at: usize) -> bool {
        let mut open = self.frames.as_slice();
        while let (false, Some(c @ ('}' | ']' | ')'))) = (open.is_empty(), self.char_at(at)) {
            if c == ')' && open.last() != Some(&Frame::Tuple) {
                break;
            }
            // A bracket of the other kind closes the nearest frame of its own kind, and what is open inside of it.
            let closed = open.iter().rposition(|frame| frame.closer() == c).unwrap_or(open.len() - 1);
            open = &open[..closed];
            at = self.ahead(at + 1);
        }
        let Some(c) = self.char_at(at) else { return true };
        if self.text[at..].starts_with("```") || matches!(c, '}' | ']') {
            return true;
        }
        match (open.last(), c) {
            (None, ',') => self.char_at(self.ahead(at + 1)).is_none_or(|c| "{[\"`".contains(c)),
            (None, _) => true,
            (Some(frame), ',') => self.fits_after_comma(at + 1, Some(*frame)),
            (Some(_), c) => matches!(c, '{' | '[') || is_quote(c),
        }
    }

    /// True when what stands behind a comma fits into the frame that is open there.
    fn fits_after_comma(&self, at: usize, frame: Option<Frame>) -> bool {
        let next = self.ahead(at);
        let Some(c) = self.char_at(next) else { return true };
        let rest = &self.text[next..];
        // A bracket is structure even where it does not fit; to take it for text would hide the mistake.
        if matches!(c, '}' | ']' | ',' | '{' | '[' | ':') || rest.starts_with("...") || rest.starts_with("```") {
            return true;
        }
        match frame {
            Some(Frame::Object) => self.key_at(next) || (self.cut_soon(next) && is_quote(c)),
            _ => {
                c.is_ascii_digit()
                    || c == '-'
                    || is_quote(c)
                    || self.opens_tuple(next)
                    || ["true", "false", "null", "True", "False", "None"].iter().any(|word| rest.starts_with(word))
            }
        }
    }

    /// True when the text ends so soon that a key may have been cut off here.
    fn cut_soon(&self, at: usize) -> bool {
        self.text.len() - at <= KEY_AHEAD
            && !self.text[at..].chars().skip(1).any(|c| is_quote(c) || matches!(c, ':' | '}' | ']'))
    }

    /// Behind the string that begins here, when it ends on its line and is short or in double quotes.
    ///
    /// Looking for a double quote needs no bound: whoever looks begins at one of its own, so no stretch is looked at
    /// often.
    pub(super) fn string_end(&self, at: usize) -> Option<usize> {
        let open = self.char_at(at)?;
        let mut body = at + open.len_utf8();
        let doubled =
            self.char_at(body) == Some(open) && self.char_at(body + open.len_utf8()).is_some_and(char::is_alphanumeric);
        if doubled {
            body += open.len_utf8();
        }
        let mut escaped = false;
        let rest = &self.text[body..];
        let rest = if open == '"' { rest } else { window(rest) };
        let run = plain(rest.as_bytes(), open);
        body += run;
        let (end, c) = rest[run..].char_indices().find(|(_, c)| {
            let stops = !escaped && (closers(open).contains(c) || *c == '\n');
            escaped = !escaped && *c == '\\';
            stops
        })?;
        let end = body + end + c.len_utf8();
        let second = if doubled && self.char_at(end) == Some(open) { open.len_utf8() } else { 0 };
        (c != '\n').then_some(end + second)
    }

    /// True when a key with its colon begins here.
    pub(super) fn key_at(&self, at: usize) -> bool {
        let Some(open) = self.char_at(at) else { return false };
        let rest = window(&self.text[at..]);
        let end = if is_quote(open) {
            self.string_end(at)
        } else if open.is_alphabetic() || open == '_' || open == '$' {
            // Its closing quote may be there although the opening one is not.
            let len = rest.find(|c: char| !(c.is_alphanumeric() || "_-$".contains(c)));
            let end = len.map(|len| at + if rest[len..].starts_with('"') { len + 1 } else { len });
            // A word that belongs to nothing may stand before the key.
            let next = end.map(|end| self.ahead(end)).filter(|next| end.is_some_and(|end| *next > end));
            next.filter(|next| self.char_at(*next) == Some('"')).map_or(end, |next| self.string_end(next))
        } else if open.is_ascii_digit() {
            let len = rest.find(|c: char| !c.is_ascii_digit());
            len.filter(|len| rest[*len..].starts_with(':')).map(|len| at + len)
        } else {
            None
        };
        end.is_some_and(|end| self.char_at(self.ahead(end)) == Some(':'))
    }

    /// The colon behind a key that lost its closing quote: `"key:"value"` or `"key:value}`.
    pub(super) fn key_without_end(&self, at: usize, open: char) -> Option<usize> {
        let body = at + open.len_utf8();
        let rest = window(&self.text[body..]);
        let colon = rest.find(':').filter(|colon| *colon > 0)?;
        let stop = rest.find(|c: char| closers(open).contains(&c) || matches!(c, '}' | '\n'));
        let lost = match stop.map(|stop| (stop, &rest[stop..])) {
            Some((stop, _)) if stop < colon => false,
            Some((stop, behind)) if behind.starts_with(closers(open)) => {
                let opens_value = rest[colon + 1..stop].trim_start_matches(is_blank).is_empty();
                opens_value && self.char_at(self.ahead(body + stop + open.len_utf8())).is_some_and(|c| c != ':')
            }
            // Only at the very end: a long key may hold a colon and a brace.
            Some((_, behind)) => {
                let is_all = body + rest.len() == self.text.len();
                behind.starts_with('}') && is_all && !behind.contains(closers(open))
            }
            None => false,
        };
        lost.then_some(body + colon)
    }

    /// When the quote at `at` rather opens the next key or element, the string lost its closing quote before the comma:
    /// the place of that comma.
    fn lost_quote(&self, at: usize, body: usize, place: Place) -> Option<usize> {
        let before = self.text[body..at].trim_end();
        if !before.ends_with(',') {
            return None;
        }
        let comma = body + before.len() - 1;
        let line_break = self.text[comma..at].contains('\n');
        let opens_next = match place {
            Place::Member => self.key_at(at),
            Place::Element => line_break,
            Place::Key | Place::Root => false,
        };
        opens_next.then_some(comma)
    }

    /// When the text ends with exactly the brackets that are open, the last string lost its closing quote before them.
    fn closing_tail(&self, body: usize) -> Option<usize> {
        if self.frames.is_empty() {
            return None;
        }
        let mut rest = self.text[body..].trim_end_matches(|c| is_blank(c) || c == '`');
        for frame in &self.frames {
            rest = rest.strip_suffix(frame.closer())?.trim_end();
        }
        Some(body + rest.len())
    }

    /// The next place behind white space and short comments, without moving.
    pub(super) fn ahead(&self, mut at: usize) -> usize {
        if self.byte_at(at).is_some_and(is_solid) {
            return at;
        }
        while at < self.text.len() && !self.text.is_char_boundary(at) {
            at += 1;
        }
        let mut left = COMMENT_AHEAD;
        loop {
            let rest = &self.text[at.min(self.text.len())..];
            let trimmed = rest.trim_start_matches(is_blank);
            at = self.text.len() - trimmed.len();
            let mut end = left.min(trimmed.len());
            while !trimmed.is_char_boundary(end) {
                end -= 1;
            }
            let window = &trimmed[..end];
            let len = if window.starts_with("/*") {
                // One that is never closed goes on to the end.
                let at_end = (end == trimmed.len()).then_some(end);
                window.find("*/").map(|len| len + 2).or(at_end)
            } else if window.starts_with("//") {
                window.find('\n')
            } else {
                None
            };
            match len {
                Some(len) => (at, left) = (at + len, left - len),
                None => return at,
            }
        }
    }

    /// `+` between two strings joins them.
    pub(super) fn joined(&mut self, first: Text, place: Place) -> Text {
        let mut all = first;
        while !all.cut {
            let plus = self.ahead(self.pos);
            if self.char_at(plus) != Some('+') {
                break;
            }
            let next = self.ahead(plus + 1);
            match self.char_at(next) {
                Some(c) if is_quote(c) => {
                    self.notes.add(RepairKind::Concatenation, plus);
                    self.pos = next;
                    let more = self.string(place);
                    all.text.push_str(&more.text);
                    all.cut = more.cut;
                }
                None => {
                    self.pos = self.text.len();
                    all.cut = self.cut_off == CutOff::Drop;
                    break;
                }
                Some(_) => break,
            }
        }
        all
    }
}

/// The beginning of a text, as far as keys are looked for ahead.
pub(super) fn window(text: &str) -> &str {
    let mut end = KEY_AHEAD.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}
