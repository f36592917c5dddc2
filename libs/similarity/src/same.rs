//! Which groups of texts mean the same, where groups were made without sight of each other.
//!
//! Groups are joined in pairs, the likest pair first (average linkage), as long as the texts of one are near to those of
//! the other in two ways: by themselves, and measured by how near the texts within both are. The second one holds small
//! groups apart: a text alone is as near to itself as can be, so what joins it must be nearly the same. Two that are alone
//! must ask for the same page ([`Need`]).

use std::collections::{BTreeSet, BinaryHeap};

use crate::{Corpus, Graph, NEIGHBOURS, Need, SAME_NEED, Vector};

/// How near the texts of two groups are at least, on average.
const ALIKE: f32 = 0.16;
/// The same, as a part of how near the texts within them are.
const AS_WITHIN: f32 = 0.55;

/// A group of texts that somebody made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Group {
    /// The places of its texts.
    pub texts: Vec<usize>,
    /// Groups that have one of these in common are known to be different and stay apart.
    pub known_by: BTreeSet<u32>,
}

/// A group on the way, of those that have been joined so far.
struct Joined {
    groups: Vec<usize>,
    known_by: BTreeSet<u32>,
    /// How many texts it has, and the sum of them.
    size: f32,
    sum: Vector,
    /// What its text asks for, while it has only one.
    alone: Option<Need>,
    /// Who has a text that is a neighbour of one of these.
    near: BTreeSet<usize>,
}

impl Joined {
    fn new<T: AsRef<str>>(at: usize, group: &Group, texts: &[T], corpus: &Corpus) -> Self {
        let alone = match group.texts.as_slice() {
            [one] => Some(corpus.need(texts[*one].as_ref())),
            _ => None,
        };
        Self {
            groups: vec![at],
            known_by: group.known_by.clone(),
            size: group.texts.len() as f32,
            sum: Vector::sum(group.texts.iter().map(|text| &corpus.vectors()[*text])),
            alone,
            near: BTreeSet::new(),
        }
    }

    /// How near its texts are to each other on average; a text alone is all the same.
    fn within(&self) -> f32 {
        if self.size < 2.0 { 1.0 } else { (self.sum.dot(&self.sum) - self.size) / (self.size * (self.size - 1.0)) }
    }

    /// From 1 on, two mean the same.
    fn likeness(&self, other: &Self) -> f32 {
        if let (Some(one), Some(other)) = (&self.alone, &other.alone) {
            return one.closeness(other) / SAME_NEED;
        }
        let near = self.sum.dot(&other.sum) / (self.size * other.size);
        let within = (self.within() * other.within()).max(f32::EPSILON).sqrt();
        (near / ALIKE).min(near / within / AS_WITHIN)
    }

    fn take_in(&mut self, other: Self) {
        self.groups.extend(other.groups);
        self.known_by.extend(other.known_by);
        self.size += other.size;
        self.alone = None;
        self.sum = Vector::sum([&self.sum, &other.sum]);
        self.near.extend(other.near);
    }
}

/// Two that may be joined, as they were when they were compared; the likest is the greatest.
#[derive(Debug, PartialEq)]
struct Pair {
    likeness: f32,
    /// The place of each, and of how many groups it was.
    of: [(usize, usize); 2],
}

impl Eq for Pair {}

impl Ord for Pair {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.likeness.total_cmp(&other.likeness).then_with(|| other.of.cmp(&self.of))
    }
}

impl PartialOrd for Pair {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

/// The groups that mean the same, by their places: two or more each, in the order of their first one. A text is in one
/// group at most.
pub fn same<T: AsRef<str>>(texts: &[T], groups: &[Group]) -> Vec<Vec<usize>> {
    let corpus = Corpus::new(texts);
    let mut joined: Vec<Option<Joined>> =
        groups.iter().enumerate().map(|(at, group)| Some(Joined::new(at, group, texts, &corpus))).collect();
    let mut group_of = vec![None; texts.len()];
    for (at, group) in groups.iter().enumerate() {
        for text in &group.texts {
            group_of[*text] = Some(at);
        }
    }
    for (a, b) in Graph::of(&corpus.neighbours(NEIGHBOURS)).links() {
        if let (Some(a), Some(b)) = (group_of[a], group_of[b])
            && a != b
        {
            for (one, other) in [(a, b), (b, a)] {
                joined[one].iter_mut().for_each(|one| one.near.extend([other]));
            }
        }
    }
    let mut likely: BinaryHeap<Pair> = (0..joined.len()).flat_map(|at| pairs(&joined, at, at + 1)).collect();
    while let Some(Pair { of: [(a, a_was), (b, b_was)], .. }) = likely.pop() {
        let is = |at: usize, was| joined[at].as_ref().is_some_and(|one| one.groups.len() == was);
        // One that has changed since was compared anew.
        if !is(a, a_was) || !is(b, b_was) {
            continue;
        }
        let Some(gone) = joined[b].take() else { continue };
        for near in &gone.near {
            if let Some(near) = &mut joined[*near] {
                near.near.remove(&b);
                near.near.insert(a);
            }
        }
        if let Some(stays) = &mut joined[a] {
            stays.take_in(gone);
            stays.near.remove(&a);
            stays.near.remove(&b);
        }
        likely.extend(pairs(&joined, a, 0));
    }
    let mut found: Vec<Vec<usize>> = joined.into_iter().flatten().map(|one| one.groups).collect();
    found.retain(|groups| groups.len() > 1);
    for groups in &mut found {
        groups.sort_unstable();
    }
    found.sort_unstable();
    found
}

/// With whom, from a place on, one may be joined.
fn pairs(joined: &[Option<Joined>], at: usize, from: usize) -> Vec<Pair> {
    let Some(one) = &joined[at] else { return Vec::new() };
    let with = |other_at: &usize| {
        let other = joined[*other_at].as_ref()?;
        let likeness = one.likeness(other);
        let mut of = [(at, one.groups.len()), (*other_at, other.groups.len())];
        of.sort_unstable();
        (likeness >= 1.0 && one.known_by.is_disjoint(&other.known_by)).then_some(Pair { likeness, of })
    };
    one.near.range(from..).filter_map(with).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn group(texts: impl IntoIterator<Item = usize>, known_by: &[u32]) -> Group {
        Group { texts: texts.into_iter().collect(), known_by: known_by.iter().copied().collect() }
    }

    /// Two topics, each seen by two answers that named their part of it anew.
    fn texts() -> Vec<String> {
        let topics = ["brake pads", "winter tyres"];
        topics.iter().flat_map(|topic| (0..20).map(move |n| format!("{topic} {n}"))).collect()
    }

    #[test]
    fn groups_of_one_topic_are_joined_and_strangers_are_not() {
        let groups = [group(0..10, &[0]), group(20..30, &[0]), group(10..20, &[1]), group(30..40, &[2])];
        assert_eq!(same(&texts(), &groups), [vec![0, 2], vec![1, 3]]);
    }

    #[test]
    fn what_is_known_to_be_different_stays_apart_also_by_way_of_a_third() {
        let groups = [group(0..8, &[0]), group(8..14, &[1]), group(14..20, &[0])];
        let joined = same(&texts(), &groups);
        assert_eq!(joined.len(), 1, "{joined:?}");
        assert!(joined[0].len() == 2 && joined[0].contains(&1), "{joined:?}");
    }

    #[test]
    fn texts_alone_are_joined_only_when_they_are_nearly_the_same() {
        let texts =
            ["brake pads price", "brake pads prices", "brake discs price", "brake fluid change", "winter tyres"];
        let groups: Vec<Group> = (0..5).map(|at| group([at], &[])).collect();
        assert_eq!(same(&texts, &groups), [[0, 1]]);
    }

    #[test]
    fn a_group_without_texts_is_like_none() {
        let groups = [group(0..20, &[]), group([], &[]), group(20..40, &[])];
        assert!(same(&texts(), &groups).is_empty());
        assert!(same::<&str>(&[], &[]).is_empty());
    }

    proptest! {
        #[test]
        fn nothing_is_joined_twice_or_against_what_is_known(
            texts in prop::collection::vec("(brake|pads|tyres|oil)( (cheap|best|used|new)){0,2}", 1..60),
            cuts in prop::collection::vec((1_usize..6, 0_u32..4), 1..30),
        ) {
            let (mut groups, mut next) = (Vec::new(), 0);
            for (size, answer) in cuts {
                let end = (next + size).min(texts.len());
                groups.push(group(next..end, &[answer]));
                next = end;
            }
            let joined = same(&texts, &groups);
            prop_assert_eq!(&joined, &same(&texts, &groups));
            let all: Vec<usize> = joined.iter().flatten().copied().collect();
            prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
            for one in joined {
                prop_assert!(one.len() > 1);
                let answers: Vec<u32> = one.iter().flat_map(|at| groups[*at].known_by.clone()).collect();
                prop_assert_eq!(answers.iter().collect::<BTreeSet<_>>().len(), answers.len());
            }
        }
    }
}
