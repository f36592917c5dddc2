//! The terms of a text: its words, and the runs of three and four letters in them.

use std::hash::Hasher;

use unicode_normalization::UnicodeNormalization;

/// The runs of letters that count, in characters.
const RUNS: [usize; 2] = [3, 4];

/// A term as a number: two different terms are as good as never the same one.
pub(crate) type Term = u64;

/// The words and the runs of a text, each as often as it occurs.
#[derive(Debug, Default)]
pub(crate) struct Terms {
    pub words: Vec<Term>,
    pub runs: Vec<Term>,
}

/// Words in lower case without accents that Unicode can take apart, so that `café` and `cafe` meet.
pub(crate) fn words(text: &str) -> Vec<String> {
    let folded: String = text
        .nfkd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| !matches!(c, '\'' | '’'))
        .collect();
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

pub(crate) fn terms(text: &str) -> Terms {
    let mut terms = Terms::default();
    let mut padded = Vec::new();
    for word in words(text) {
        terms.words.push(number(0, word.chars()));
        padded.clear();
        padded.push(' ');
        padded.extend(word.chars());
        padded.push(' ');
        for length in RUNS {
            if padded.len() <= length {
                // A short word is one run, once.
                terms.runs.push(number(1, padded.iter().copied()));
                break;
            }
            terms.runs.extend(padded.windows(length).map(|run| number(1, run.iter().copied())));
        }
    }
    terms
}

/// FNV-1a with a last mix: the same on every machine, which the standard library does not promise of its own hasher.
pub(crate) fn number(kind: u8, letters: impl Iterator<Item = char>) -> Term {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ u64::from(kind);
    for letter in letters {
        hash = (hash ^ u64::from(u32::from(letter))).wrapping_mul(0x0100_0000_01b3);
    }
    hash ^= hash >> 32;
    hash = hash.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash ^ (hash >> 29)
}

/// Terms are mixed already.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 << 8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_meet_across_case_accents_and_apostrophes() {
        assert_eq!(words("Café, what’s  NEW?"), ["cafe", "whats", "new"]);
        assert_eq!(words("日本語 キーワード"), ["日本語", "キーワート"]);
        assert!(words(" ?! ").is_empty());
    }

    #[test]
    fn runs_stay_within_words() {
        let terms = terms("go abroad");
        assert_eq!(terms.words.len(), 2);
        // " go" and "go " and " go " of go; six of three and five of four of " abroad ".
        assert_eq!(terms.runs.len(), 3 + 6 + 5);
    }
}
