//! Quotations: words between quotation marks, and whether a source has them.

use std::ops::Range;

use crate::words::Chars;

/// Fewer words between marks are a name or irony.
const LEAST_WORDS: usize = 3;

const PAIRS: [(char, char); 6] = [('“', '”'), ('„', '“'), ('„', '”'), ('«', '»'), ('»', '«'), ('"', '"')];

/// What stands between quotation marks on one line, without them.
pub fn quotations_of(chars: &Chars) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    // Up to where it is known that a mark is not closed, by the mark: thousands that nobody closes are looked at once.
    let mut open_until: Vec<(char, usize)> = Vec::new();
    let mut index = 0;
    while let Some(mark) = chars.at(index) {
        let is_known = open_until.iter().any(|(open, until)| *open == mark && index < *until);
        if is_known || !PAIRS.iter().any(|(open, _)| *open == mark) {
            index += 1;
            continue;
        }
        let closes = |c: char| PAIRS.contains(&(mark, c));
        let end = chars.run(index + 1..chars.len(), |c| !closes(c) && c != '\n');
        if !chars.at(end).is_some_and(closes) {
            open_until.retain(|(open, _)| *open != mark);
            open_until.push((mark, end));
            index += 1;
            continue;
        }
        if chars.slice(index + 1..end).split_whitespace().count() >= LEAST_WORDS {
            found.push(index + 1..end);
        }
        index = end + 1;
    }
    found
}

/// A text made plain for comparing: small letters, one kind of quotation mark and dash, single spaces. With each character
/// goes where it stood.
pub struct Plain {
    text: String,
    /// For each character the byte at which it begins, and its place in the text as it was.
    places: Vec<(usize, usize)>,
}

impl Plain {
    pub fn new(text: &str) -> Self {
        let mut plain = Self { text: String::with_capacity(text.len()), places: Vec::new() };
        for (place, c) in text.chars().enumerate() {
            let c = match c {
                '“' | '”' | '„' | '«' | '»' | '"' | '’' | '‘' | '\'' | '*' | '_' => continue,
                '–' | '—' | '‑' => '-',
                c if c.is_whitespace() => ' ',
                c => c,
            };
            if c == ' ' && (plain.text.is_empty() || plain.text.ends_with(' ')) {
                continue;
            }
            for lower in c.to_lowercase() {
                plain.places.push((plain.text.len(), place));
                plain.text.push(lower);
            }
        }
        plain
    }

    /// The place in the text as it was of the character that has this byte.
    fn place(&self, byte: usize) -> Option<usize> {
        let at = self.places.partition_point(|(start, _)| *start <= byte).checked_sub(1)?;
        self.places.get(at).map(|(_, place)| *place)
    }

    /// Where a quotation stands, in characters of the whole text. Where it leaves something out (…), its parts follow each
    /// other.
    pub fn place_of(&self, quotation: &Quotation) -> Option<Range<usize>> {
        let mut whole: Option<Range<usize>> = None;
        let mut from = 0;
        for part in &quotation.0 {
            let start = from + self.text.get(from..)?.find(part.as_str())?;
            from = start + part.len();
            let (first, last) = (self.place(start)?, self.place(from - 1)? + 1);
            whole = Some(whole.map_or(first, |whole| whole.start)..last);
        }
        whole
    }
}

/// A quotation that is looked for: its parts, made plain as the texts are.
pub struct Quotation(Vec<String>);

impl Quotation {
    pub fn new(quotation: &str) -> Self {
        let marked = quotation.replace("[…]", "…").replace("[...]", "…").replace("...", "…");
        let parts = marked.split('…').map(|part| trim(&Plain::new(part).text).to_owned());
        Self(parts.filter(|part| !part.is_empty()).collect())
    }
}

fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '.' | ',' | ';' | ':' | '!' | '?'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotations_stand_between_marks_of_many_kinds() {
        let text = "He said “never drive on worn pads” and \"check them every year\". The “best” shop. „Immer zuerst prüfen lassen“ «antes de salir siempre»";
        let chars = Chars::new(text);
        let found: Vec<_> = quotations_of(&chars).into_iter().map(|span| chars.slice(span)).collect();
        assert_eq!(
            found,
            [
                "never drive on worn pads",
                "check them every year",
                "Immer zuerst prüfen lassen",
                "antes de salir siempre"
            ]
        );
    }

    #[test]
    fn a_quotation_is_found_in_other_clothes_and_not_in_other_words() {
        let source = Plain::new("She wrote: “Never drive\non worn  pads – not even home.” And left.");
        let place = source.place_of(&Quotation::new("never drive on worn pads - not even home")).unwrap();
        let text: String = "She wrote: “Never drive\non worn  pads – not even home.” And left."
            .chars()
            .skip(place.start)
            .take(place.len())
            .collect();
        assert_eq!(text, "Never drive\non worn  pads – not even home");
        assert!(source.place_of(&Quotation::new("Never drive … not even home")).is_some());
        assert!(
            source.place_of(&Quotation::new("not even home […] never drive")).is_none(),
            "in another order it is another thing"
        );
        assert!(source.place_of(&Quotation::new("never drive on new pads")).is_none());
    }

    #[test]
    fn marks_that_nobody_closes_take_work_by_the_length() {
        for hostile in ["«", "„", "“a ", "\"", "«„“", "„ \n"] {
            let chars = Chars::new(&hostile.repeat(100_000 / hostile.chars().count()));
            quotations_of(&chars);
            let looks = chars.looks.get();
            assert!(looks < 10 * 100_000, "{looks} looks at {hostile:?}");
        }
        let chars = Chars::new("«one “two three four” and\n«five six seven» “");
        let found: Vec<_> = quotations_of(&chars).into_iter().map(|span| chars.slice(span)).collect();
        assert_eq!(found, ["two three four", "five six seven"], "what is not closed hides nothing behind it");
    }
}
