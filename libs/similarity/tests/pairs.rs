//! Pairs of titles and queries, labelled: does the second ask for the page that the first asks for? The threshold is
//! chosen on one half, what holds on the other half is what counts, beside a plain TF-IDF cosine that is treated alike.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up must fail")]

use std::collections::{BTreeMap, BTreeSet};

use igny8_similarity::{Corpus, SAME_NEED};

struct Pair {
    source: &'static str,
    same: bool,
    a: &'static str,
    b: &'static str,
}

fn pairs() -> Vec<Pair> {
    let read = |line: &'static str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap();
        let (source, same, _) = (next(), next() == "1", next());
        Pair { source, same, a: next(), b: next() }
    };
    include_str!("pairs/pairs.tsv").lines().skip(1).map(read).collect()
}

/// The texts of a source are one site: they say which words are common there.
fn of_source(pairs: &[Pair]) -> BTreeMap<&'static str, Vec<&'static str>> {
    let mut texts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for pair in pairs {
        texts.entry(pair.source).or_default().extend([pair.a, pair.b]);
    }
    texts
}

/// TF-IDF of words and the cosine, as scikit-learn's `TfidfVectorizer` has them by default.
fn plain(texts: &[&str], a: &str, b: &str) -> f32 {
    let words = |text: &str| -> Vec<String> {
        let lower = text.to_lowercase();
        lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.chars().count() > 1).map(str::to_owned).collect()
    };
    let sets: Vec<BTreeSet<String>> = texts.iter().map(|text| words(text).into_iter().collect()).collect();
    let weigh = |text: &str| {
        let mut weights: BTreeMap<String, f32> = BTreeMap::new();
        for word in words(text) {
            let with = sets.iter().filter(|set| set.contains(&word)).count() as f32;
            *weights.entry(word).or_default() += ((1.0 + sets.len() as f32) / (1.0 + with)).ln() + 1.0;
        }
        weights
    };
    let (a, b) = (weigh(a), weigh(b));
    let length = |weights: &BTreeMap<String, f32>| weights.values().map(|weight| weight * weight).sum::<f32>().sqrt();
    let common: f32 = a.iter().filter_map(|(word, weight)| Some(weight * b.get(word)?)).sum();
    common / (length(&a) * length(&b)).max(1e-9)
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Found {
    precision: f64,
    recall: f64,
    /// F0.5: a false warning costs more than a missed one, so precision counts double.
    f_half: f64,
}

fn at(scored: &[(f32, bool)], threshold: f32) -> Found {
    let count = |wanted: bool, found: bool| {
        scored.iter().filter(|(score, same)| *same == wanted && (*score >= threshold) == found).count() as f64
    };
    let (hits, wrong, missed) = (count(true, true), count(false, true), count(true, false));
    let (precision, recall) = (hits / (hits + wrong).max(1.0), hits / (hits + missed).max(1.0));
    let f_half = 1.25 * precision * recall / (0.25 * precision + recall).max(1e-9);
    Found { precision, recall, f_half }
}

/// The threshold with the best F0.5, in steps of a hundredth.
fn chosen(scored: &[(f32, bool)]) -> f32 {
    let steps = (1..100).map(|step| step as f32 / 100.0);
    steps.max_by(|a, b| at(scored, *a).f_half.total_cmp(&at(scored, *b).f_half)).unwrap()
}

#[test]
fn the_gate_finds_the_same_need_more_surely_than_a_plain_cosine() {
    let pairs = pairs();
    assert_eq!(pairs.len(), 300);
    let texts = of_source(&pairs);
    let corpora: BTreeMap<_, _> = texts.iter().map(|(source, texts)| (*source, Corpus::new(texts))).collect();
    let ours = |pair: &Pair| {
        let corpus = &corpora[pair.source];
        (corpus.need(pair.a).closeness(&corpus.need(pair.b)), pair.same)
    };
    let theirs = |pair: &Pair| (plain(&texts[pair.source], pair.a, pair.b), pair.same);
    let half = |rest: usize, score: &dyn Fn(&Pair) -> (f32, bool)| -> Vec<(f32, bool)> {
        pairs.iter().enumerate().filter(|(n, _)| n % 2 == rest).map(|(_, pair)| score(pair)).collect()
    };
    let plain_threshold = chosen(&half(0, &theirs));
    let (gate, plain) = (at(&half(1, &ours), SAME_NEED), at(&half(1, &theirs), plain_threshold));
    println!("chosen on the first half: ours {:.2}, plain {plain_threshold:.2}", chosen(&half(0, &ours)));
    println!("on the second half, ours at {SAME_NEED}: {gate:.2?}");
    println!("on the second half, plain at {plain_threshold:.2}: {plain:.2?}");
    for source in texts.keys() {
        let of = |score: &dyn Fn(&Pair) -> (f32, bool)| -> Vec<_> {
            pairs.iter().filter(|pair| pair.source == *source).map(score).collect()
        };
        let (ours, plain) = (at(&of(&ours), SAME_NEED), at(&of(&theirs), plain_threshold));
        println!("all of {source}: ours {ours:.2?}, plain {plain:.2?}");
    }
    assert!((chosen(&half(0, &ours)) - SAME_NEED).abs() < 0.06, "the constant is what the first half says");
    assert!(gate.precision > 0.5 && gate.recall > 0.2, "{gate:?}");
    assert!(gate.precision > plain.precision + 0.15 && gate.f_half > plain.f_half + 0.05, "{gate:?} {plain:?}");
}
