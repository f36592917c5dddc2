//! Characters, sentences and words, as far as claims need them: in any language that puts spaces between words.

use std::ops::Range;

/// The longest sentence, in characters: what nobody parted, as minified data or a text without points, is parted here, so
/// that the work for a text grows with its length alone.
const LONGEST_SENTENCE: usize = 1_000;

/// A text by its characters: spans are counted in characters, as editors and other languages count.
pub struct Chars {
    chars: Vec<char>,
    /// How many characters were looked at; what a hostile text costs is counted by it.
    #[cfg(test)]
    pub looks: std::cell::Cell<usize>,
}

impl Chars {
    pub fn new(text: &str) -> Self {
        Self {
            chars: text.chars().collect(),
            #[cfg(test)]
            looks: std::cell::Cell::default(),
        }
    }

    pub fn len(&self) -> usize {
        self.chars.len()
    }

    pub fn at(&self, index: usize) -> Option<char> {
        self.look(1);
        self.chars.get(index).copied()
    }

    /// The character before an index.
    pub fn before(&self, index: usize) -> Option<char> {
        index.checked_sub(1).and_then(|index| self.at(index))
    }

    pub fn slice(&self, span: Range<usize>) -> String {
        self.look(span.len());
        self.chars.get(span).map(|chars| chars.iter().collect()).unwrap_or_default()
    }

    /// The end of the run of characters that are alike, from an index on and at most to another.
    pub fn run(&self, within: Range<usize>, alike: impl Fn(char) -> bool) -> usize {
        let end = within.end.min(self.len());
        let run = self.chars.get(within.start..end).unwrap_or_default();
        let length = run.iter().position(|c| !alike(*c)).unwrap_or(run.len());
        self.look(length + 1);
        within.start + length
    }

    /// The start of the run of characters that are alike, before an index and at most from another on.
    pub fn run_back(&self, within: Range<usize>, alike: impl Fn(char) -> bool) -> usize {
        let end = within.end.min(self.len());
        let run = self.chars.get(within.start..end).unwrap_or_default();
        let length = run.iter().rev().take_while(|c| alike(**c)).count();
        self.look(length + 1);
        end - length
    }

    #[cfg(test)]
    fn look(&self, many: usize) {
        self.looks.set(self.looks.get() + many);
    }

    #[cfg(not(test))]
    #[expect(clippy::unused_self, reason = "only tests count")]
    fn look(&self, _: usize) {}
}

/// The sentences of a text, in its order: they end at a line's end, or at . ! ? … before a space and what may begin a
/// sentence, or where they have become too long to be one.
pub fn sentences(chars: &Chars) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for index in 0..chars.len() {
        let is_end = match chars.at(index) {
            Some('\n') => true,
            Some('!' | '?' | '…' | '。' | '！' | '？') => chars.at(index + 1).is_none_or(char::is_whitespace),
            Some('.') => ends_with_point(chars, index),
            _ => false,
        };
        if is_end {
            push(chars, start..index + 1, &mut found);
            start = index + 1;
        }
    }
    push(chars, start..chars.len(), &mut found);
    found
}

/// A point ends a sentence before a space and a capital, a digit, a quotation mark or the end; not in "approx. 30 km" or "e.g. this".
fn ends_with_point(chars: &Chars, index: usize) -> bool {
    let Some(next) = chars.at(index + 1) else { return true };
    if !next.is_whitespace() {
        return false;
    }
    let begins = chars.at(chars.run(index + 1..chars.len(), char::is_whitespace));
    let word = chars.run_back(0..index, char::is_alphabetic);
    let is_short = index - word <= 2 || chars.before(word) == Some('.');
    match begins {
        None => true,
        Some(c) if c.is_uppercase() => !is_short || index - word == 0,
        Some(c) if c.is_ascii_digit() => index - word > 6 || chars.before(index).is_some_and(|c| c.is_ascii_digit()),
        Some(c) => !c.is_alphabetic() && !c.is_lowercase(),
    }
}

fn push(chars: &Chars, span: Range<usize>, found: &mut Vec<Range<usize>>) {
    let mut start = chars.run(span.clone(), char::is_whitespace);
    let end = chars.run_back(start..span.end, char::is_whitespace);
    while end - start > LONGEST_SENTENCE {
        let cut = cut(chars, start);
        found.push(start..cut);
        start = chars.run(cut..end, char::is_whitespace);
    }
    if start < end {
        found.push(start..end);
    }
}

/// Where a sentence that is too long is parted: after a word, or at least not within a number.
fn cut(chars: &Chars, start: usize) -> usize {
    let places = || (start + LONGEST_SENTENCE / 2..=start + LONGEST_SENTENCE).rev();
    let is = |at: usize, fits: fn(char) -> bool| chars.at(at).is_some_and(fits);
    let after_word = |at: &usize| is(*at, char::is_whitespace) && is(at - 1, |c| !c.is_whitespace() && !c.is_numeric());
    let beside_number = |at: &usize| is(at - 1, |c| !c.is_numeric() && !c.is_ascii_punctuation());
    places().find(after_word).or_else(|| places().find(beside_number)).unwrap_or(start + LONGEST_SENTENCE)
}

/// The sentences that a span touches, from the first to the last; `sentences` are those of its text.
pub fn sentence_around(sentences: &[Range<usize>], span: &Range<usize>) -> Range<usize> {
    let first = sentences.partition_point(|sentence| sentence.end <= span.start);
    let past = sentences.partition_point(|sentence| sentence.start < span.end);
    match (sentences.get(first), past.checked_sub(1).and_then(|last| sentences.get(last))) {
        (Some(first), Some(last)) if first.start <= last.start => first.start..last.end,
        _ => span.clone(),
    }
}

/// The words of a text, in lower case.
pub fn words(text: &str) -> impl Iterator<Item = String> {
    let parts = text.split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’');
    parts.filter(|word| !word.is_empty()).map(str::to_lowercase)
}

/// A word that says what a text is about; nothing for short words and for those that every text has.
pub fn topic(word: &str) -> Option<String> {
    const EVERYWHERE: [&str; 48] = [
        "about", "after", "also", "been", "before", "between", "both", "could", "does", "each", "from", "have", "into",
        "just", "least", "less", "more", "most", "much", "nearly", "only", "other", "over", "roughly", "some", "such",
        "than", "that", "their", "them", "then", "there", "these", "they", "this", "those", "under", "until", "very",
        "were", "what", "when", "which", "while", "will", "with", "would", "your",
    ];
    let word = word.to_lowercase();
    if word.chars().count() < 4 && word.is_ascii() || word.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    if EVERYWHERE.contains(&word.as_str()) { None } else { Some(stem(&word)) }
}

/// A word without the endings by which its forms differ; the same for "weigh", "weighs" and "weighed". It need not be a word.
pub fn stem(word: &str) -> String {
    let word = word.trim_end_matches("'s").trim_end_matches("’s");
    for ending in ["ing", "ed", "es", "s"] {
        if let Some(root) = word.strip_suffix(ending)
            && root.chars().count() >= 3
        {
            return root.trim_end_matches('e').to_owned();
        }
    }
    word.trim_end_matches('e').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<String> {
        let chars = Chars::new(text);
        sentences(&chars).into_iter().map(|span| chars.slice(span)).collect()
    }

    #[test]
    fn sentences_end_where_readers_end_them() {
        assert_eq!(
            split("It has 1.3 litres. That is little! Is it?\nYes"),
            ["It has 1.3 litres.", "That is little!", "Is it?", "Yes"]
        );
        assert_eq!(
            split("Pads last approx. 30 km here. See e.g. this one."),
            ["Pads last approx. 30 km here.", "See e.g. this one."]
        );
        assert_eq!(split("Founded in 1998. 300 people work there."), ["Founded in 1998.", "300 people work there."]);
        assert_eq!(split("  \n "), Vec::<String>::new());
    }

    #[test]
    fn forms_of_a_word_are_one_topic() {
        for (one, other) in [("weighs", "weighed"), ("cars", "car"), ("costing", "costs"), ("prices", "price")] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
        let topics: Vec<_> = words("They have been in the workshop").filter_map(|word| topic(&word)).collect();
        assert_eq!(topics, ["workshop"]);
    }

    #[test]
    fn what_is_too_long_for_a_sentence_is_parted_beside_words() {
        let text = "A line of 12,345 words ".repeat(200);
        let parts = split(&text);
        assert!(parts.len() > 1 && parts.iter().all(|part| part.chars().count() <= LONGEST_SENTENCE), "{parts:#?}");
        assert_eq!(parts.join(" "), text.trim());
        let data = split(&"{\"a\":12.5},".repeat(500));
        let is_parted = |part: &String| part.starts_with(char::is_numeric) || part.ends_with(char::is_numeric);
        assert!(data.len() > 1 && !data.iter().any(is_parted), "no number is parted: {data:#?}");
        assert_eq!(split(&"1".repeat(2_500)).len(), 3);
    }

    #[test]
    fn the_sentences_of_a_span_are_found() {
        let chars = Chars::new("One two. Three four. Five six.");
        let found = sentences(&chars);
        assert_eq!(chars.slice(sentence_around(&found, &(10..12))), "Three four.");
        assert_eq!(chars.slice(sentence_around(&found, &(4..12))), "One two. Three four.");
        assert_eq!(sentence_around(&found, &(8..9)), 8..9, "between two sentences there is none");
        assert_eq!(sentence_around(&[], &(1..2)), 1..2);
    }

    #[test]
    fn parting_a_text_takes_work_by_its_length() {
        for hostile in ["\n", ". ", "a", "1", " ", "…", "a. ", "\"a\":1,"] {
            let chars = Chars::new(&hostile.repeat(100_000 / hostile.chars().count()));
            sentences(&chars);
            let looks = chars.looks.get();
            assert!(looks < 20 * 100_000, "{looks} looks at {hostile:?}");
        }
    }
}
