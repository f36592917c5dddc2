//! Figures: numbers with what they count, wherever a text has them.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    ops::Range,
    rc::Rc,
};

use crate::{
    number::{Number, ONE, number_at},
    words::{Chars, stem, topic, words},
};

/// What a number measures; two figures can only agree when this agrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// A bare number, or one with a noun.
    Plain,
    /// A share in a hundred.
    Percent,
    /// An amount of a currency, by its sign.
    Money(char),
    /// A unit of a closed list, by its short form.
    Unit(&'static str),
}

/// A figure of a text.
#[derive(Debug, Clone)]
pub struct Figure {
    /// Where it stands, its sign and unit included, in characters.
    pub span: Range<usize>,
    /// Where its sentence stands.
    pub sentence: Range<usize>,
    /// How much it is, in parts of [`ONE`]; for a date, what no number is.
    pub value: i128,
    /// What it measures.
    pub measure: Measure,
    /// The noun after it.
    pub noun: Option<Topic>,
    /// What its sentence is about; one set for all figures of a sentence.
    pub topics: Rc<[Topic]>,
}

/// A word without its ending, as a number: a long text has many, and they are only compared.
pub type Topic = u64;

/// Units by their forms; the first is the short one.
const UNITS: &[&[&str]] = &[
    &["km", "kilometre", "kilometer"],
    &["m", "metre", "meter"],
    &["cm", "centimetre", "centimeter"],
    &["mm", "millimetre", "millimeter"],
    &["mile", "mi"],
    &["foot", "feet", "ft"],
    &["inch"],
    &["kg", "kilogram", "kilo"],
    &["g", "gram"],
    &["tonne", "ton"],
    &["lb", "pound-weight"],
    &["l", "litre", "liter"],
    &["ml", "millilitre", "milliliter"],
    &["second", "sec"],
    &["minute", "min"],
    &["hour"],
    &["day"],
    &["week"],
    &["month"],
    &["year"],
    &["kwh"],
    &["kw"],
    &["w", "watt"],
    &["mb"],
    &["gb"],
    &["°c"],
    &["°f"],
    &["m²", "sqm"],
];

/// Words that make a number larger, with their factors.
const SCALES: &[(&str, i128)] = &[
    ("thousand", 1_000),
    ("k", 1_000),
    ("million", 1_000_000),
    ("mio", 1_000_000),
    ("millionen", 1_000_000),
    ("millones", 1_000_000),
    ("m", 1_000_000),
    ("billion", 1_000_000_000),
    ("bn", 1_000_000_000),
    ("milliarden", 1_000_000_000),
];

/// Words that say how much and not of what.
const AMOUNTS: &[&str] = &[
    "percent",
    "prozent",
    "pourcent",
    "cent",
    "hundred",
    "hundreds",
    "thousands",
    "millions",
    "billions",
    "dozen",
    "dozens",
    "trillion",
    "trillions",
    "half",
    "third",
    "quarter",
    "double",
    "twice",
    "three",
    "four",
    "five",
    "seven",
    "eight",
    "nine",
    "eleven",
    "twelve",
    "twenty",
    "hundert",
    "tausend",
    "milliard",
    "milliards",
    "cientos",
    "miles",
];

/// A bare count up to this in a heading is part of its wording, as in "7 signs".
const HEADING_COUNT: i128 = 20 * ONE;

/// The figures of a text that has these sentences.
pub fn figures_of(chars: &Chars, sentences: &[Range<usize>], is_heading: bool) -> Vec<Figure> {
    let mut found: Vec<Figure> = Vec::new();
    let mut before: Rc<[Topic]> = Rc::default();
    for sentence in sentences {
        let own = topics_of(&chars.slice(sentence.clone()));
        // "It costs 129 euros" is about what the sentence before is about.
        let about = if own.len() < 2 { joined(&own, &before) } else { own.clone() };
        before = own;
        let mut index = sentence.start;
        while index < sentence.end {
            let Some(number) = number_at(chars, index, sentence) else {
                index += 1;
                continue;
            };
            index = number.span.end.max(index + 1);
            if let Some(figure) = figure_of(chars, &number, sentence, &about)
                && !(is_heading && is_count(&figure))
            {
                index = index.max(figure.span.end);
                found.push(figure);
            }
        }
    }
    found
}

/// What a sentence is about, in order and each once. What is compared as the measure of a figure is no topic: that both
/// sides say "euros" does not make them about the same.
fn topics_of(sentence: &str) -> Rc<[Topic]> {
    let mut topics: Vec<Topic> = words(sentence).filter_map(|word| topic_of(&word)).collect();
    topics.sort_unstable();
    topics.dedup();
    topics.into()
}

fn joined(one: &[Topic], other: &[Topic]) -> Rc<[Topic]> {
    let mut topics = [one, other].concat();
    topics.sort_unstable();
    topics.dedup();
    topics.into()
}

fn topic_of(word: &str) -> Option<Topic> {
    let measures = AMOUNTS.contains(&word)
        || SCALES.iter().any(|(name, _)| *name == word)
        || money_word(word).is_some()
        || unit_of(word).is_some();
    if measures { None } else { topic(word).map(|word| number_of(&word)) }
}

fn number_of(word: &str) -> Topic {
    let mut hasher = DefaultHasher::new();
    word.hash(&mut hasher);
    hasher.finish()
}

fn is_count(figure: &Figure) -> bool {
    figure.measure == Measure::Plain && figure.value <= HEADING_COUNT
}

fn figure_of(chars: &Chars, number: &Number, sentence: &Range<usize>, about: &Rc<[Topic]>) -> Option<Figure> {
    let mut value = number.value?;
    if is_marker(chars, number, sentence) {
        return None;
    }
    let (mut start, mut end) = (number.span.start, number.span.end);
    let mut measure = Measure::Plain;
    if !number.is_date
        && let Some(sign) = money_sign(chars.before(start))
    {
        measure = Measure::Money(sign);
        start -= 1;
    }
    if !number.is_date && is_negative(chars, start, sentence) {
        value = -value;
        start -= 1;
    }
    let mut noun = None;
    // What follows: a scale, then a unit or the noun that is counted; glued to the number or after one space.
    for _ in 0..3 {
        let space = usize::from(matches!(chars.at(end), Some(' ' | '\u{a0}' | '\u{202f}' | '-')));
        let at = end + space;
        if let Some(sign) = money_sign(chars.at(at)).filter(|_| at < sentence.end) {
            measure = Measure::Money(sign);
            end = at + 1;
            continue;
        }
        if chars.at(at) == Some('%') && at < sentence.end {
            measure = Measure::Percent;
            end = at + 1;
            break;
        }
        let stop = chars.run(at..sentence.end, |c| c.is_alphabetic() || matches!(c, '°' | '²'));
        let word = chars.slice(at..stop).to_lowercase();
        if word.is_empty() {
            break;
        }
        // "m" is a million after money, and a metre after anything else.
        let scale = SCALES.iter().find(|(name, _)| *name == word);
        if let Some((_, factor)) = scale.filter(|(name, _)| *name != "m" || matches!(measure, Measure::Money(_))) {
            value = value.checked_mul(*factor)?;
            end = stop;
            continue;
        }
        if matches!(word.as_str(), "percent" | "prozent" | "pourcent") {
            (measure, end) = (Measure::Percent, stop);
        } else if word == "per" && chars.slice(stop..(stop + 5).min(sentence.end)) == " cent" {
            (measure, end) = (Measure::Percent, stop + 5);
        } else if let Some(sign) = money_word(&word) {
            (measure, end) = (Measure::Money(sign), stop);
        } else if let Some(unit) = unit_of(&word) {
            (measure, end) = (Measure::Unit(unit), stop);
        } else {
            noun = topic_of(&word);
        }
        break;
    }
    Some(Figure { span: start..end, sentence: sentence.clone(), value, measure, noun, topics: about.clone() })
}

/// Whether a minus stands before a number, and no hyphen: after a space or a bracket.
fn is_negative(chars: &Chars, start: usize, sentence: &Range<usize>) -> bool {
    let at = start.checked_sub(1).filter(|at| *at >= sentence.start);
    at.is_some_and(|at| {
        matches!(chars.at(at), Some('-' | '−')) && chars.before(at).is_none_or(|c| c.is_whitespace() || c == '(')
    })
}

/// A number that only counts the parts of a text: "3." before an item, "Step 3", "Figure 2".
fn is_marker(chars: &Chars, number: &Number, sentence: &Range<usize>) -> bool {
    let opens = number.span.start == sentence.start && matches!(chars.at(number.span.end), Some('.' | ')' | ':'));
    let end = chars.run_back(sentence.start..number.span.start, char::is_whitespace);
    // Longer words are none of these.
    let from = sentence.start.max(end.saturating_sub(20));
    let word = chars.slice(chars.run_back(from..end, char::is_alphabetic)..end).to_lowercase();
    opens
        || matches!(
            word.as_str(),
            "step" | "figure" | "table" | "chapter" | "part" | "no" | "nr" | "section" | "schritt" | "paso"
        )
}

fn money_sign(c: Option<char>) -> Option<char> {
    c.filter(|c| matches!(c, '$' | '€' | '£' | '¥' | '₹'))
}

fn money_word(word: &str) -> Option<char> {
    Some(match word {
        "dollar" | "dollars" | "usd" | "dólares" => '$',
        "euro" | "euros" | "eur" => '€',
        "pound" | "pounds" | "gbp" => '£',
        "yen" | "jpy" => '¥',
        "rupee" | "rupees" | "inr" => '₹',
        _ => return None,
    })
}

/// Whether a word says what a number counts in, or how many of it.
pub fn measures(word: &str) -> bool {
    unit_of(word).is_some() || SCALES.iter().any(|(name, _)| *name == word)
}

fn unit_of(word: &str) -> Option<&'static str> {
    let stemmed = stem(word);
    // The stem of a short form is that of other words: "mines" are no minutes.
    let is =
        |form: &&str| *form == word || word.strip_suffix('s') == Some(form) || form.len() > 3 && stem(form) == stemmed;
    UNITS.iter().find(|forms| forms.iter().any(is)).and_then(|forms| forms.first().copied())
}

impl Figure {
    /// Whether a figure of a source says the same: the same number of the same thing, about the same. What is not sure is
    /// no: a figure without a source is looked at, and one with a wrong source is believed.
    pub fn agrees_with(&self, source: &Self) -> bool {
        if self.value != source.value || self.measure != source.measure {
            return false;
        }
        // "12 employees" is not said by "12 offices", wherever both are.
        if let (Some(mine), Some(theirs)) = (self.noun, source.noun)
            && mine != theirs
        {
            return false;
        }
        self.shared(source) >= self.needed(source)
    }

    /// How many topics the two sentences share.
    pub fn shared(&self, source: &Self) -> usize {
        let (few, many) = if self.topics.len() < source.topics.len() { (self, source) } else { (source, self) };
        few.topics.iter().filter(|topic| many.topics.binary_search(topic).is_ok()).count()
    }

    /// How many shared topics show that two sentences are about the same: two, more in a long sentence. Of a sentence that
    /// says nothing else, what is counted is enough, as in a list of "14 mechanics".
    fn needed(&self, source: &Self) -> usize {
        match self.topics.len() {
            0..=1 if self.noun.is_some() && self.noun == source.noun => 1,
            0..=8 => 2,
            _ => 3,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::sentences;

    fn figures(text: &str, is_heading: bool) -> Vec<Figure> {
        let chars = Chars::new(text);
        figures_of(&chars, &sentences(&chars), is_heading)
    }

    fn spans(text: &str) -> Vec<String> {
        let chars = Chars::new(text);
        figures(text, false).into_iter().map(|figure| chars.slice(figure.span)).collect()
    }

    fn only(text: &str) -> Figure {
        let mut found = figures(text, false);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        found.remove(0)
    }

    #[test]
    fn figures_are_found_with_their_units() {
        assert_eq!(spans("It costs $1,300 or 1.300 €, that is 4.5% more."), ["$1,300", "1.300 €", "4.5%"]);
        assert_eq!(spans("About 30km or 12 per cent of 5 million people."), ["30km", "12 per cent", "5 million"]);
        assert_eq!(spans("Since 1998, on 2026-11-22, in 5-7 days."), ["1998", "2026-11-22", "5-7 days"]);
    }

    #[test]
    fn names_markers_and_counts_of_headings_are_no_figures() {
        assert_eq!(
            spans("Use 5W-30 in an A4 from the H7 series, open 24/7, with COVID-19 rules."),
            Vec::<String>::new()
        );
        assert_eq!(spans("3. Remove the wheel\nStep 4 is next. See Figure 2"), Vec::<String>::new());
        assert!(figures("7 signs of worn pads", true).is_empty());
        assert_eq!(figures("How 40% of drivers save", true).len(), 1);
    }

    #[test]
    fn one_number_in_many_forms_is_one() {
        let same = |a: &str, b: &str| only(a).value == only(b).value;
        assert!(same("1,300", "1300") && same("1.300", "1,300") && same("1,5", "1.5") && same("1'300", "1300"));
        assert!(same("1.3 million people", "1,300,000 people") && same("$5k", "5,000 dollars"));
        assert!(same("22/11/2026", "2026-11-22"));
        assert!(!same("1,300", "1,400") && !same("1.5", "15") && !same("13", "1.3"));
        assert!(
            !same("1,300", "1.3") && !same("1.300", "1,3") && !same("0.300 mm", "300 mm"),
            "a thousandth is not it"
        );
        assert!(!same("0.0009 mm", "0.0001 mm") && same("0.50 mm", "0,5 mm") && same("1.234.567,5", "1,234,567.50"));
        assert!(!same("-5 °C", "5 °C") && same("-5 °C", "(−5 °C)") && !same("-$5", "$5") && !same("5-7", "5000007"));
        assert_eq!(only("$5m is much").value, only("$5,000,000 is much").value);
        assert_eq!(only("5 m of pipe").measure, Measure::Unit("m"));
    }

    #[test]
    fn units_are_words_of_their_own() {
        assert_eq!(only("3 mins of rest").measure, Measure::Unit("minute"));
        assert_eq!(only("3 mines of gold").measure, Measure::Plain);
        assert_eq!(only("3 kilometers of road").measure, Measure::Unit("km"));
    }

    #[test]
    fn what_only_measures_is_no_topic() {
        assert!(topics_of("It is 5 million euros, 3 percent or 20 minutes per metre").is_empty());
        assert_eq!(topics_of("Entry costs 129 euros.").len(), 2);
    }

    #[test]
    fn figures_of_a_hostile_text_take_work_and_room_by_its_length() {
        for hostile in ["1 ", "12,", "1a", "1-a", "1.5 million ", "word 1 ", "\"a\":1,", "-", "1'1", "step 1 "] {
            let chars = Chars::new(&hostile.repeat(100_000 / hostile.chars().count()));
            let sentences = sentences(&chars);
            let found = figures_of(&chars, &sentences, false);
            let looks = chars.looks.get();
            assert!(looks < 40 * 100_000, "{looks} looks at {hostile:?}");
            let mut sets: Vec<_> = found.iter().map(|figure| figure.topics.as_ptr()).collect();
            sets.dedup();
            assert!(sets.len() <= sentences.len(), "each sentence has one set of topics: {hostile:?}");
        }
    }
}
