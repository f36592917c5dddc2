//! Sources, read once: their figures by what they are, and their words for quotations.

use std::{collections::HashMap, ops::Range};

use crate::{
    Source, Support,
    figure::{Figure, Measure, figures_of},
    quotation::{Plain, Quotation},
    words::{Chars, sentences},
};

/// With how many sentences of the sources a figure is compared. More have the same number only where somebody repeats it
/// without end.
const MOST_COMPARED: usize = 500;

/// A source that was read.
struct Read<'a> {
    id: &'a str,
    chars: Chars,
    figures: Vec<Figure>,
    plain: Plain,
}

impl Read<'_> {
    fn support(&self, span: Range<usize>) -> Support {
        Support { source: self.id.to_owned(), start: span.start, end: span.end, text: self.chars.slice(span) }
    }
}

/// All sources of a body.
pub struct Sources<'a> {
    read: Vec<Read<'a>>,
    /// The sources and the figures in them by number and measure, in the order of reading: only these are compared.
    same: HashMap<(i128, Measure), Vec<(usize, usize)>>,
    /// How many figures were compared; what a hostile source costs is counted by it.
    #[cfg(test)]
    compared: std::cell::Cell<usize>,
}

impl<'a> Sources<'a> {
    pub fn new(sources: &[Source<'a>]) -> Self {
        let mut all = Self {
            read: Vec::new(),
            same: HashMap::new(),
            #[cfg(test)]
            compared: std::cell::Cell::default(),
        };
        for (number, source) in sources.iter().enumerate() {
            let chars = Chars::new(source.text);
            let figures = figures_of(&chars, &sentences(&chars), false);
            for (at, figure) in figures.iter().enumerate() {
                let same = all.same.entry((figure.value, figure.measure)).or_default();
                let says_it_again = same.last().is_some_and(|(source, before)| {
                    let before = figures.get(*before).filter(|_| *source == number);
                    before.is_some_and(|before| before.sentence == figure.sentence && before.noun == figure.noun)
                });
                if same.len() < MOST_COMPARED && !says_it_again {
                    same.push((number, at));
                }
            }
            all.read.push(Read { id: source.id, figures, plain: Plain::new(source.text), chars });
        }
        all
    }

    /// The sentence that says the same figure of the same; of several, the one that shares most words with the claim, the
    /// first of equals.
    pub fn support_of_figure(&self, figure: &Figure) -> Option<Support> {
        let mut best: Option<(usize, &Read<'_>, &Figure)> = None;
        for (source, at) in self.same.get(&(figure.value, figure.measure)).into_iter().flatten() {
            let Some((source, candidate)) =
                self.read.get(*source).and_then(|source| Some((source, source.figures.get(*at)?)))
            else {
                continue;
            };
            #[cfg(test)]
            self.compared.set(self.compared.get() + 1);
            if !figure.agrees_with(candidate) {
                continue;
            }
            let shared =
                figure.shared(candidate) * 2 + usize::from(figure.noun.is_some() && figure.noun == candidate.noun);
            if best.as_ref().is_none_or(|(most, ..)| shared > *most) {
                best = Some((shared, source, candidate));
            }
        }
        best.map(|(_, source, candidate)| source.support(candidate.sentence.clone()))
    }

    /// The words of a source that are quoted.
    pub fn support_of_quotation(&self, quotation: &str) -> Option<Support> {
        let quotation = Quotation::new(quotation);
        self.read.iter().find_map(|source| Some(source.support(source.plain.place_of(&quotation)?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(text: &str, source: &str) -> usize {
        let sources: Vec<_> = ["a", "b", "c", "d", "e"].map(|id| Source { id, text: source }).into();
        let sources = Sources::new(&sources);
        let chars = Chars::new(text);
        for figure in figures_of(&chars, &sentences(&chars), false) {
            sources.support_of_figure(&figure);
        }
        sources.compared.get()
    }

    #[test]
    fn a_figure_is_compared_with_what_has_its_number() {
        assert_eq!(compared("It has 7 doors.", "Houses have 8 doors. Cars have 7 doors, and 9 wheels."), 5);
        assert_eq!(compared("It has 7 doors.", &"7 ".repeat(400)), 5, "a sentence that repeats it is one");
    }

    #[test]
    fn a_source_that_repeats_a_number_without_end_is_compared_to_an_end() {
        for hostile in ["1 ", "Aa 1. ", "Aa 1 day.\n", "1 door 1 cat "] {
            let source = hostile.repeat(100_000 / hostile.len());
            let claims = 50;
            let compared = compared(&"The house has 1 door, and 1 day.\n".repeat(claims), &source);
            assert!(compared <= 2 * claims * MOST_COMPARED, "{compared} of {hostile:?}");
        }
    }
}
