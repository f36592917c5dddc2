//! Numbers as people write them: separators of thousands and decimals, dates, spans.

use std::ops::Range;

use crate::{figure::measures, words::Chars};

/// What a value counts in: nine decimals are told apart.
pub const ONE: i128 = 1_000_000_000;

/// Where the values of dates begin; no number that has a meaning is as large.
const DATE: i128 = 1_000_000_000_000_000_000_000_000_000;

/// The longest number, in characters; longer ones are data.
const LONGEST_NUMBER: usize = 24;

/// A number in a text.
pub struct Number {
    /// Where it stands, in characters.
    pub span: Range<usize>,
    /// In billionths. None for what is a name or the like, and is passed over.
    pub value: Option<i128>,
    /// It is a date, or a span of two numbers.
    pub is_date: bool,
}

/// The number that begins at an index, with its separators; it is no part of a name such as 5W-30, A4 or 24/7.
pub fn number_at(chars: &Chars, index: usize, within: &Range<usize>) -> Option<Number> {
    let digit = |index: usize| index < within.end && chars.at(index).is_some_and(|c| c.is_ascii_digit());
    if !digit(index) {
        return None;
    }
    let mut end = index;
    loop {
        end = chars.run(end..within.end, |c| c.is_ascii_digit());
        let separates = matches!(chars.at(end), Some('.' | ',' | '\'' | '’' | '\u{a0}' | '\u{202f}' | '-' | '/'));
        if !(separates && digit(end + 1)) {
            break;
        }
        end += 1;
    }
    let glued = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() || c == '_');
    let before = chars.before(index);
    let hyphened = |at: Option<char>, beyond: Option<char>| at == Some('-') && glued(beyond);
    if glued(before) || hyphened(before, index.checked_sub(2).and_then(|index| chars.at(index))) {
        return Some(Number { span: index..skip_word(chars, end..within.end), value: None, is_date: false });
    }
    let scale_glued = glued(chars.at(end)) && !is_glued_unit(chars, end..within.end);
    if scale_glued || hyphened(chars.at(end), chars.at(end + 1)) && !is_glued_unit(chars, end + 1..within.end) {
        return Some(Number { span: index..skip_word(chars, end..within.end), value: None, is_date: false });
    }
    if end - index > LONGEST_NUMBER {
        return Some(Number { span: index..end, value: None, is_date: false });
    }
    let text = chars.slice(index..end);
    let is_date = text.contains(['-', '/']);
    let value = if is_date { dated(&text) } else { value_of(&text) };
    Some(Number { span: index..end, value, is_date })
}

/// Whether the letters that begin here are a unit or a scale that is written without a space, as in 30km or 5k.
fn is_glued_unit(chars: &Chars, within: Range<usize>) -> bool {
    let index = within.start;
    let end = chars.run(within, char::is_alphabetic);
    // What goes on with digits is a name, as 5W-30 or H7b2.
    let past = if chars.at(end) == Some('-') { end + 1 } else { end };
    if chars.at(past).is_some_and(|c| c.is_ascii_digit()) {
        return false;
    }
    let word = chars.slice(index..end).to_lowercase();
    measures(&word)
}

fn skip_word(chars: &Chars, within: Range<usize>) -> usize {
    chars.run(within, |c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// A date or a span of two numbers, as 2026-11-22, 22/11/2026 or 5-7; what is neither, as 24/7, is no figure.
fn dated(text: &str) -> Option<i128> {
    let parts: Option<Vec<u32>> = text.split(['-', '/']).map(|part| part.parse().ok()).collect();
    match (parts?.as_slice(), text.contains('/')) {
        // Day and month may stand in either order.
        (&[a, b, c], _) => {
            let mut parts = [a, b, c];
            parts.sort_unstable();
            let date =
                parts.iter().try_fold(0_i128, |all, part| all.checked_mul(10_000)?.checked_add((*part).into()))?;
            (date < DATE).then_some(DATE + date)
        }
        (&[a, b], false) if a < b => Some(2 * DATE + (i128::from(a) << 32) + i128::from(b)),
        _ => None,
    }
}

/// How much a number is. A separator is of thousands where three digits follow it each time, and else of decimals: `1,300`
/// and `1.300` are a thousand three hundred, `1,5` is one and a half.
fn value_of(text: &str) -> Option<i128> {
    let plain: String = text.chars().filter(|c| !matches!(c, '\'' | '’' | '\u{a0}' | '\u{202f}')).collect();
    let Some(last) = plain.rfind(['.', ',']) else { return parts_of(&plain, "") };
    let (whole, part) = (&plain[..last], &plain[last + 1..]);
    let (separator, other) = if plain[last..].starts_with('.') { ('.', ',') } else { (',', '.') };
    if !whole.contains(other)
        && let Some(whole) = grouped(&plain, separator)
    {
        return parts_of(&whole, "");
    }
    if whole.contains(separator) {
        return None;
    }
    // The last separator before decimals; those before it are of thousands.
    let whole = if whole.contains(other) { grouped(whole, other)? } else { whole.to_owned() };
    parts_of(&whole, part)
}

/// The digits of a number in groups of three, as 1,300,000; nothing for another, as 1,5 or 0.125.
fn grouped(text: &str, separator: char) -> Option<String> {
    let (first, rest) = text.split_once(separator)?;
    let fits =
        (1..=3).contains(&first.len()) && !first.starts_with('0') && rest.split(separator).all(|part| part.len() == 3);
    fits.then(|| text.replace(separator, ""))
}

fn parts_of(whole: &str, decimals: &str) -> Option<i128> {
    let whole: i128 = whole.parse().ok()?;
    let decimals: String = decimals.chars().chain("000000000".chars()).take(9).collect();
    whole.checked_mul(ONE)?.checked_add(decimals.parse().ok()?)
}
