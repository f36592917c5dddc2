//! From cells to numbers: counts, percentages and prices as tools, spreadsheets and languages write them.
//!
//! No floating point: a number is a whole count of millionths, so that reading is exact.

/// What a cell counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Searches.
    Volume,
    /// 0 to 100.
    Difficulty,
    /// A price.
    Cpc,
}

/// A mark that may stand before decimals or between thousands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Point,
    Comma,
}

impl Mark {
    const fn of(c: char) -> Option<Self> {
        match c {
            '.' => Some(Self::Point),
            ',' => Some(Self::Comma),
            _ => None,
        }
    }

    const fn other(self) -> Self {
        match self {
            Self::Point => Self::Comma,
            Self::Comma => Self::Point,
        }
    }
}

/// Why a cell is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NumberError {
    #[error("is negative")]
    Negative,
    #[error("is not a number")]
    Damaged,
    #[error("is too large")]
    TooLarge,
}

/// Millionths of one.
const ONE: u128 = 1_000_000;
/// The largest number that is read, so that the product of two fits.
const MOST: u128 = 1_000_000_000_000 * ONE;
/// A longer cell is not a number; the check comes first, so that a huge one costs nothing.
const LONGEST_CELL: usize = 80;

/// A number in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Number(u128);

impl Number {
    /// The nearest whole number.
    pub fn rounded(self) -> u64 {
        u64::try_from((self.0 + ONE / 2) / ONE).unwrap_or(u64::MAX)
    }

    /// The nearest whole number of hundredths.
    pub fn hundredths(self) -> u64 {
        Self(self.0 * 100).rounded()
    }

    /// True when it is more than a whole number.
    pub const fn is_above(self, most: u32) -> bool {
        self.0 > most as u128 * ONE
    }

    /// What a range from one number to another counts as: its geometric mean, where a range from 0 (or to `<10`) begins
    /// at 1; see the top of [`super`].
    pub fn of_range(low: Self, high: Self) -> Self {
        let low = low.0.max(ONE.min(high.0));
        Self((low * high.0).isqrt())
    }
}

/// Votes on which mark is the decimal one in a column.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    points: u32,
    commas: u32,
}

impl Marks {
    /// Takes the votes of one cell: every mark in it that can be read in one way only.
    pub fn watch(&mut self, cell: &str, kind: Kind) {
        let mut buffer = String::new();
        let Ok(Some(parts)) = parts(cell, kind, &mut buffer) else { return };
        for part in [Some(parts.first), parts.second].into_iter().flatten() {
            match part.reading() {
                Some((_, Some(Mark::Point))) => self.points = self.points.saturating_add(1),
                Some((_, Some(Mark::Comma))) => self.commas = self.commas.saturating_add(1),
                Some((_, None)) | None => {}
            }
        }
    }

    /// The decimal mark, when one has more votes.
    pub const fn decimal(self) -> Option<Mark> {
        if self.points > self.commas {
            Some(Mark::Point)
        } else if self.commas > self.points {
            Some(Mark::Comma)
        } else {
            None
        }
    }
}

/// Reads a cell: `None` when it says that the number is not known. `decimal` is the decimal mark of the column, if it
/// shows one.
pub(super) fn read(cell: &str, kind: Kind, decimal: Option<Mark>) -> Result<Option<Number>, NumberError> {
    let mut buffer = String::new();
    let Some(parts) = parts(cell, kind, &mut buffer)? else { return Ok(None) };
    let first = parts.first.number(kind, decimal)?;
    let Some(second) = parts.second else {
        return Ok(Some(if parts.below { Number::of_range(Number(0), first) } else { first }));
    };
    let second = second.number(kind, decimal)?;
    if first.0 > second.0 {
        return Err(NumberError::Damaged);
    }
    Ok(Some(Number::of_range(first, second)))
}

/// True for a range, as `10K – 100K` or `<10`: what [`read`] makes of it is nowhere in the file.
pub(super) fn is_range(cell: &str, kind: Kind) -> bool {
    matches!(parts(cell, kind, &mut String::new()), Ok(Some(parts)) if parts.below || parts.second.is_some())
}

/// A cell taken apart: one number, or two of a range.
struct Parts<'b> {
    first: Part<'b>,
    second: Option<Part<'b>>,
    /// True for `<10`.
    below: bool,
}

/// One number as written: its digits with marks, and the power of ten that follows.
#[derive(Debug, Clone, Copy)]
struct Part<'b> {
    body: &'b str,
    power: i8,
    /// True when letters say thousands or millions (`1.2K`).
    magnitude: bool,
}

/// Takes a cell apart; `None` when it says that there is no number.
fn parts<'b>(cell: &str, kind: Kind, buffer: &'b mut String) -> Result<Option<Parts<'b>>, NumberError> {
    let cell = cell.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}'));
    if cell.len() > LONGEST_CELL {
        return Err(NumberError::Damaged);
    }
    // The apostrophe with which a spreadsheet marks a number as text.
    let cell = cell.strip_prefix('\'').unwrap_or(cell);
    buffer.extend(cell.chars().flat_map(char::to_lowercase).map(|c| match c {
        '–' | '—' | '‒' => '–',
        '−' | '－' => '-',
        '’' | '‘' | '´' => '\'',
        c if c.is_whitespace() => ' ',
        c => c,
    }));
    let text: &'b str = buffer.trim();
    let unknown =
        ["", "-", "--", "---", "–", "n/a", "n.a.", "na", "n/d", "nd", "nan", "none", "null", "k.a.", "unknown", "?"];
    if unknown.contains(&text) {
        return Ok(None);
    }
    for below in ["<=", "≤", "<"] {
        if let Some(rest) = text.strip_prefix(below) {
            return Ok(Some(Parts { first: part(rest, kind)?, second: None, below: true }));
        }
    }
    for above in [">=", "≥", ">"] {
        if let Some(rest) = text.strip_prefix(above) {
            return Ok(Some(Parts { first: part(rest, kind)?, second: None, below: false }));
        }
    }
    if let Some((low, high)) = range(text) {
        return Ok(Some(Parts { first: part(low, kind)?, second: Some(part(high, kind)?), below: false }));
    }
    let text = text.strip_suffix('+').unwrap_or(text);
    Ok(Some(Parts { first: part(text, kind)?, second: None, below: false }))
}

/// The two ends of a range, split at a dash or a word that is not at the start.
fn range(text: &str) -> Option<(&str, &str)> {
    let holds_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    for word in ["–", " to ", " a ", " bis ", " à ", " - "] {
        match text.split_once(word) {
            Some((low, high)) if holds_digit(low) => return Some((low, high)),
            _ => {}
        }
    }
    let (low, high) = text.split_once('-')?;
    // `1e-5` is no range, and `-5` and `$-5` are negative numbers.
    let exponent = low.strip_suffix('e').is_some_and(|digits| digits.ends_with(|c: char| c.is_ascii_digit()));
    (holds_digit(low) && !exponent).then_some((low, high))
}

/// Takes one number apart: sign, currency or per cent, magnitude.
fn part(text: &str, kind: Kind) -> Result<Part<'_>, NumberError> {
    let mut text = text.trim();
    match kind {
        Kind::Difficulty => text = text.strip_suffix('%').unwrap_or(text).trim_end(),
        Kind::Cpc => text = without_currency(text),
        Kind::Volume => {}
    }
    if let Some(rest) = text.strip_prefix('-') {
        let rest = if kind == Kind::Cpc { without_currency(rest) } else { rest };
        // "-5" is a number that may not be; "-x" is none.
        return Err(match part(rest, kind).map(|part| part.reading()) {
            Ok(Some(_)) if !rest.starts_with('-') => NumberError::Negative,
            _ => NumberError::Damaged,
        });
    }
    text = text.strip_prefix('+').unwrap_or(text);
    if let Some((digits, exponent)) = text.split_once('e')
        && digits.ends_with(|c: char| c.is_ascii_digit())
    {
        // Spreadsheets write large numbers as 1.2E+05.
        let power = exponent.strip_prefix('+').unwrap_or(exponent).parse().map_err(|_| NumberError::Damaged)?;
        return Ok(Part { body: digits, power, magnitude: true });
    }
    let end = text.trim_end_matches(|c: char| c.is_alphabetic() || c == '.');
    let (body, letters) = text.split_at(end.len());
    let power = match letters.trim_end_matches('.') {
        "" if letters.is_empty() => 0,
        "k" | "mil" | "tsd" | "тыс" => 3,
        "m" | "mi" | "mio" | "mln" | "mill" | "millones" | "млн" => 6,
        "b" | "bn" | "mrd" | "md" => 9,
        _ => return Err(NumberError::Damaged),
    };
    Ok(Part { body: body.trim_end(), power, magnitude: power > 0 })
}

/// A price without its currency, before or after it, as a sign or a code of three letters.
fn without_currency(text: &str) -> &str {
    let sign = |c: char| matches!(c, '$' | '€' | '£' | '¥' | '₹' | '₽' | '₩' | '₺' | '₴' | '₫' | '฿');
    let text = text.trim();
    let text = ["us$", "mx$", "ca$", "a$", "r$", "s/"].iter().find_map(|code| text.strip_prefix(code)).unwrap_or(text);
    let text = text.trim_matches(sign).trim();
    let is_code = |code: &str| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_lowercase()) && code != "mil";
    if let Some((code, rest)) = text.split_at_checked(3)
        && is_code(code)
    {
        return rest.trim();
    }
    match text.len().checked_sub(3).and_then(|at| text.split_at_checked(at)) {
        Some((rest, code)) if is_code(code) && !matches!(code, "tsd" | "mio" | "mln" | "mrd") => rest.trim(),
        _ => text,
    }
}

/// How the marks of a number are to be read.
enum Reading {
    /// Digits only, or marks between thousands.
    Whole,
    /// The decimal mark is at this byte; marks before it are between thousands.
    Decimal(usize),
    /// The only mark is at this byte, with three digits behind it: either.
    Either(usize, Mark),
}

impl Part<'_> {
    /// How its marks are to be read, and the decimal mark that this shows; `None` for a text that is no number.
    fn reading(&self) -> Option<(Reading, Option<Mark>)> {
        let body = self.body;
        if !body.ends_with(|c: char| c.is_ascii_digit()) || body.starts_with([' ', '\'']) {
            return None;
        }
        let mut marks = body.char_indices().filter(|(_, c)| !c.is_ascii_digit());
        if marks.clone().any(|(_, c)| !matches!(c, '.' | ',' | ' ' | '\'')) {
            return None;
        }
        let Some((last, last_char)) = marks.next_back() else { return Some((Reading::Whole, None)) };
        let Some(mark) = Mark::of(last_char) else {
            // A space or an apostrophe only stands between thousands, and before it no decimal mark can be.
            return Some((Reading::Whole, None));
        };
        let before: Vec<char> = marks.map(|(_, c)| c).collect();
        if before.contains(&last_char) {
            // It comes twice, so it is between thousands.
            return before.iter().all(|c| *c == last_char).then_some((Reading::Whole, Some(mark.other())));
        }
        let (whole, decimals) = (&body[..last], &body[last + 1..]);
        if !before.is_empty() || decimals.len() != 3 || whole.is_empty() || whole.len() > 3 || whole == "0" {
            return Some((Reading::Decimal(last), Some(mark)));
        }
        Some((Reading::Either(last, mark), None))
    }

    fn number(&self, kind: Kind, decimal: Option<Mark>) -> Result<Number, NumberError> {
        let (reading, _) = self.reading().ok_or(NumberError::Damaged)?;
        let point = match reading {
            Reading::Whole => None,
            Reading::Decimal(at) => Some(at),
            Reading::Either(at, mark) => {
                let is_decimal = match (kind, decimal) {
                    (Kind::Difficulty, _) | (Kind::Cpc, None) => true,
                    (_, Some(decimal)) => decimal == mark,
                    (Kind::Volume, None) => self.magnitude,
                };
                is_decimal.then_some(at)
            }
        };
        let (whole, decimals) = point.map_or((self.body, ""), |at| (&self.body[..at], &self.body[at + 1..]));
        let mut value = thousands(whole)?;
        // Millionths; what lies beyond them is cut off.
        let digits = decimals.bytes().chain(std::iter::repeat(b'0')).take(6);
        for digit in digits {
            value = value * 10 + u128::from(digit - b'0');
        }
        let scale = 10_u128.checked_pow(u32::from(self.power.unsigned_abs())).ok_or(NumberError::TooLarge)?;
        let value = if self.power < 0 { value / scale } else { value.saturating_mul(scale) };
        if value > MOST { Err(NumberError::TooLarge) } else { Ok(Number(value)) }
    }
}

/// Reads the whole part: digits, or groups of three with one mark between them (or of two before the last three, as
/// in India).
fn thousands(text: &str) -> Result<u128, NumberError> {
    let mark = text.chars().find(|c| !c.is_ascii_digit());
    if let Some(mark) = mark {
        let groups: Vec<&str> = text.split(mark).collect();
        let [first, between @ .., last] = groups.as_slice() else { return Err(NumberError::Damaged) };
        let by =
            |length: usize| (1..=length).contains(&first.len()) && between.iter().all(|group| group.len() == length);
        let digits = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
        if !digits || last.len() != 3 || !(by(3) || by(2)) {
            return Err(NumberError::Damaged);
        }
    }
    let mut value = 0_u128;
    for digit in text.bytes().filter(u8::is_ascii_digit) {
        value = value * 10 + u128::from(digit - b'0');
        if value > MOST {
            return Err(NumberError::TooLarge);
        }
    }
    Ok(value)
}

#[cfg(test)]
mod tests;
