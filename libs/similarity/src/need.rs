//! Whether two texts ask for the same page: titles, queries, keywords.
//!
//! A cosine alone takes `duo for mac` and `duo for windows` for nearly the same, because all that they share counts and
//! what sets them apart does not. So what each says that the other does not lowers it: not when one merely says more
//! (`duo yubikey`, `duo yubikey setup`), but when each says something else in the same place. And a series has a part 1
//! and a part 2: other numbers are another page, except years.

use std::collections::BTreeSet;

use crate::{Corpus, Vector, terms::words};

/// How much it counts that each says something that the other does not.
const APART: f32 = 0.7;
/// What is left of the closeness when the numbers differ.
const OTHER_NUMBERS: f32 = 0.5;
/// From this closeness on two texts ask for the same page. Chosen on one half of the labelled pairs, see
/// `tests/pairs/README.md`.
pub const SAME_NEED: f32 = 0.51;

/// What a text asks for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Need {
    vector: Vector,
    /// Its words that are no years, and how much each says.
    words: Vec<(String, f32)>,
    /// Its numbers that are no years.
    numbers: BTreeSet<String>,
}

impl Corpus {
    /// What a text asks for, its words weighed by how common they are among these texts.
    pub fn need(&self, text: &str) -> Need {
        let words = words(text);
        let is_number = |word: &&String| word.chars().all(|c| c.is_ascii_digit());
        let is_year =
            |word: &&String| is_number(word) && word.len() == 4 && (word.starts_with("19") || word.starts_with("20"));
        let numbers = words.iter().filter(|word| is_number(word) && !is_year(word)).cloned().collect();
        let words = words
            .into_iter()
            .filter(|word| !is_year(&word))
            .map(|word| {
                let says = self.says(&word);
                (word, says * says)
            })
            .collect();
        Need { vector: self.vector(text), words, numbers }
    }
}

impl Need {
    /// How near two needs are, from 0 to 1.
    pub fn closeness(&self, other: &Self) -> f32 {
        let apart = self.alone(other).min(other.alone(self));
        let numbers = if self.numbers == other.numbers { 1.0 } else { OTHER_NUMBERS };
        self.vector.cosine(&other.vector) * (1.0 - APART * apart) * numbers
    }

    /// The share of what it says that the other does not say.
    fn alone(&self, other: &Self) -> f32 {
        let all: f32 = self.words.iter().map(|(_, says)| says).sum();
        let said = |word: &str| other.words.iter().any(|(theirs, _)| akin(word, theirs));
        let alone: f32 = self.words.iter().filter(|(word, _)| !said(word)).map(|(_, says)| says).sum();
        if all > 0.0 { alone / all } else { 1.0 }
    }
}

/// How many words `text` has, and how many of them `other` has too, in one of their forms.
pub fn shared_words(text: &str, other: &str) -> (usize, usize) {
    let (ours, theirs) = (words(text), words(other));
    let shared = ours.iter().filter(|word| theirs.iter().any(|their| akin(word, their))).count();
    (ours.len(), shared)
}

/// The same word, or two forms of it: one is the other with one or two letters more, or they share their beginning, at
/// least four letters and two thirds of the longer one.
fn akin(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    let shared = a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count();
    let (a, b) = (a.chars().count(), b.chars().count());
    let (shorter, longer) = (a.min(b), a.max(b));
    (shared == shorter && shorter >= 3 && longer <= shorter + 2) || (shared >= 4 && shared * 3 >= longer * 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn closeness(a: &str, b: &str) -> f32 {
        let others = ["duo for mac", "duo for windows", "duo yubikey", "usability testing, part 1", "brake pads"];
        let corpus = Corpus::new(&[others.as_slice(), &[a, b]].concat());
        corpus.need(a).closeness(&corpus.need(b))
    }

    #[test]
    fn saying_more_is_nearer_than_saying_something_else() {
        assert!(closeness("duo yubikey", "duo yubikey setup") > closeness("duo for mac", "duo for windows"));
        assert!(closeness("brake pads", "brake pad") > SAME_NEED);
    }

    #[test]
    fn parts_differ_and_years_do_not() {
        let parts = closeness("usability testing, part 1", "usability testing, part 2");
        assert!(parts < SAME_NEED, "{parts}");
        let years = closeness("best brake pads 2025", "best brake pads 2026");
        assert!(years > parts + 0.2, "{years}");
    }

    #[test]
    fn words_are_shared_in_any_form() {
        assert_eq!(shared_words("brake pads", "How to change a brake pad"), (2, 2));
        assert_eq!(shared_words("oil change", "changes brake pads"), (2, 1));
        assert_eq!(shared_words("café", ""), (1, 0));
    }

    #[test]
    fn it_is_the_same_both_ways_and_one_at_most() {
        for (a, b) in [("duo for mac", "duo"), ("", "brake pads"), ("日本語", "日本語 キーワード"), ("", "")]
        {
            assert!((closeness(a, b) - closeness(b, a)).abs() < 1e-6);
            assert!((0.0..=1.0).contains(&closeness(a, b)));
        }
    }
}
