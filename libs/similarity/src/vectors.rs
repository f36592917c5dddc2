//! Texts as sparse vectors: TF-IDF with a logarithm on both, and the nearest ones of each.

use std::{collections::HashMap, hash::BuildHasherDefault};

use crate::terms::{AsItIs, Term, terms};

/// What the words say of a text, and what the letters do: half and half.
const OF_WORDS: f32 = 0.5;
/// Places of the index that are looked at for one text. Its rare terms come first, so the rest would say little.
const LOOKED_AT: usize = 6_000;
/// Of how many likely neighbours the exact similarity is computed, for each that is wanted.
const CANDIDATES: usize = 4;

type Map<V> = HashMap<Term, V, BuildHasherDefault<AsItIs>>;

/// A text as a vector of length one (or zero, for a text without words): term numbers, rising, and their weights.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Vector(Vec<(u32, f32)>);

/// A text that is near another one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Neighbour {
    /// Its place among the texts.
    pub text: u32,
    /// The cosine of both, above 0 and up to 1.
    pub similarity: f32,
}

/// Texts that are compared with each other: how much a term says depends on how many of them have it.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    vocabulary: Map<u32>,
    /// How much a term says: `ln((1 + texts) / (1 + texts with it)) + 1`.
    idf: Vec<f32>,
    /// What a term says that no text has.
    unknown: f32,
    rows: Vec<Vector>,
}

impl Vector {
    /// The cosine of two texts, from 0 to 1.
    pub fn cosine(&self, other: &Self) -> f32 {
        self.dot(other).clamp(0.0, 1.0)
    }

    /// The product of two vectors of any length.
    pub(crate) fn dot(&self, other: &Self) -> f32 {
        let (mut a, mut b, mut sum) = (0, 0, 0.0);
        while let (Some((left, x)), Some((right, y))) = (self.0.get(a), other.0.get(b)) {
            match left.cmp(right) {
                std::cmp::Ordering::Less => a += 1,
                std::cmp::Ordering::Greater => b += 1,
                std::cmp::Ordering::Equal => {
                    sum += x * y;
                    a += 1;
                    b += 1;
                }
            }
        }
        sum
    }

    /// All of them in one, not brought to a length.
    pub(crate) fn sum<'a>(of: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut all: Vec<(u32, f32)> = of.into_iter().flat_map(|vector| vector.0.iter().copied()).collect();
        all.sort_by_key(|(term, _)| *term);
        let mut sum: Vec<(u32, f32)> = Vec::new();
        for (term, weight) in all {
            match sum.last_mut() {
                Some(last) if last.0 == term => last.1 += weight,
                _ => sum.push((term, weight)),
            }
        }
        Self(sum)
    }

    /// The middle of some texts, of length one.
    pub fn middle<'a>(of: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut middle = Self::sum(of);
        let length = middle.dot(&middle).sqrt();
        if length > 0.0 {
            for (_, weight) in &mut middle.0 {
                *weight /= length;
            }
        }
        middle
    }
}

impl Corpus {
    /// Reads texts.
    pub fn new<T: AsRef<str>>(texts: &[T]) -> Self {
        let read: Vec<_> = texts.iter().map(|text| terms(text.as_ref())).collect();
        let mut counts: Map<(u32, u32)> = Map::default();
        for (at, terms) in read.iter().enumerate() {
            for term in terms.words.iter().chain(&terms.runs) {
                let (count, last) = counts.entry(*term).or_insert((0, u32::MAX));
                if *last != at as u32 {
                    (*count, *last) = (*count + 1, at as u32);
                }
            }
        }
        let all = texts.len() as f32;
        let mut corpus = Self { unknown: (1.0 + all).ln() + 1.0, ..Self::default() };
        // In the order of the texts, so that numbers do not depend on the map.
        for term in read.iter().flat_map(|terms| terms.words.iter().chain(&terms.runs)) {
            let next = corpus.idf.len() as u32;
            let number = *corpus.vocabulary.entry(*term).or_insert(next);
            if number == next {
                let count = counts.get(term).map_or(1, |(count, _)| *count) as f32;
                corpus.idf.push(((1.0 + all) / (1.0 + count)).ln() + 1.0);
            }
        }
        corpus.rows = read.into_iter().map(|terms| corpus.weigh(terms)).collect();
        corpus
    }

    /// How many texts there are.
    pub const fn len(&self) -> usize {
        self.rows.len()
    }

    /// True without texts.
    pub const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The vectors of the texts, in their order.
    pub fn vectors(&self) -> &[Vector] {
        &self.rows
    }

    /// Another text as a vector; what only it says makes it differ from all.
    pub fn vector(&self, text: &str) -> Vector {
        self.weigh(terms(text))
    }

    /// How much a word says among these texts.
    pub(crate) fn says(&self, word: &str) -> f32 {
        let term = crate::terms::number(0, word.chars());
        let known = self.vocabulary.get(&term).and_then(|term| self.idf.get(*term as usize));
        known.copied().unwrap_or(self.unknown)
    }

    fn weigh(&self, terms: crate::terms::Terms) -> Vector {
        let mut row = self.part(terms.words, OF_WORDS.sqrt());
        row.extend(self.part(terms.runs, (1.0 - OF_WORDS).sqrt()));
        row.sort_unstable_by_key(|(term, _)| *term);
        Vector(row)
    }

    /// One kind of terms, brought to a length.
    fn part(&self, mut terms: Vec<Term>, length: f32) -> Vec<(u32, f32)> {
        terms.sort_unstable();
        let mut squares = 0.0;
        let mut part = Vec::with_capacity(terms.len());
        for same in terms.chunk_by(|a, b| a == b) {
            let known = self.vocabulary.get(&same[0]).copied();
            let idf = known.and_then(|term| self.idf.get(term as usize)).copied().unwrap_or(self.unknown);
            let weight = (1.0 + (same.len() as f32).ln()) * idf;
            squares += weight * weight;
            part.extend(known.map(|term| (term, weight)));
        }
        let scale = if squares > 0.0 { length / squares.sqrt() } else { 0.0 };
        for (_, weight) in &mut part {
            *weight *= scale;
        }
        part
    }

    /// The nearest texts of each, nearest first; at most so many, and none that has nothing in common.
    pub fn neighbours(&self, most: usize) -> Vec<Vec<Neighbour>> {
        let mut index: Vec<Vec<(u32, f32)>> = vec![Vec::new(); self.idf.len()];
        for (at, row) in self.rows.iter().enumerate() {
            for (term, weight) in &row.0 {
                index[*term as usize].push((at as u32, *weight));
            }
        }
        let mut scores = vec![0.0_f32; self.rows.len()];
        let mut touched: Vec<u32> = Vec::new();
        let mut rare: Vec<(u32, f32)> = Vec::new();
        let look = |(at, row): (usize, &Vector)| {
            rare.clear();
            rare.extend(row.0.iter().filter(|(term, _)| index[*term as usize].len() > 1));
            rare.sort_unstable_by_key(|(term, _)| (index[*term as usize].len(), *term));
            let mut looked_at = 0;
            for (term, weight) in &rare {
                let places = &index[*term as usize];
                looked_at += places.len();
                if looked_at > LOOKED_AT && !touched.is_empty() {
                    break;
                }
                for (other, theirs) in places {
                    let score = &mut scores[*other as usize];
                    if *score == 0.0 {
                        touched.push(*other);
                    }
                    *score += weight * theirs;
                }
            }
            let mut near: Vec<Neighbour> = touched
                .drain(..)
                .map(|text| Neighbour { text, similarity: std::mem::take(&mut scores[text as usize]) })
                .filter(|other| other.text as usize != at)
                .collect();
            keep_best(&mut near, most * CANDIDATES);
            for other in &mut near {
                other.similarity = row.cosine(&self.rows[other.text as usize]);
            }
            keep_best(&mut near, most);
            near.shrink_to_fit();
            near
        };
        self.rows.iter().enumerate().map(look).collect()
    }
}

/// Keeps the most similar, sorted; equal ones by their place.
fn keep_best(near: &mut Vec<Neighbour>, most: usize) {
    let order = |a: &Neighbour, b: &Neighbour| b.similarity.total_cmp(&a.similarity).then(a.text.cmp(&b.text));
    if near.len() > most {
        near.select_nth_unstable_by(most, order);
        near.truncate(most);
    }
    near.sort_unstable_by(order);
}
