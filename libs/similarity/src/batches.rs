//! What a reader sees who gets a few texts at a time: which ones together, in which order, beside which names; and
//! which names are the same one.

use crate::{Corpus, Vector, in_order_of_kinship, terms::words};

/// Batches that stand next to each other in the order of kinship are read at least so many apart, as long as there are
/// enough: so a batch is read when what its neighbour became is known, also when eight are read at once.
const STRIDE: usize = 8;

/// Cuts texts into batches of at most `most`, as few as can be: those that are alike share one. The batches come in the
/// order in which they should be read.
pub fn batches<T: AsRef<str>>(texts: &[T], most: usize) -> Vec<Vec<usize>> {
    let order = in_order_of_kinship(&Corpus::new(texts));
    let cut: Vec<&[usize]> = order.chunks(most.max(1)).collect();
    let stride = STRIDE.min(cut.len().max(1));
    (0..stride).flat_map(|first| cut.iter().skip(first).step_by(stride).map(|batch| batch.to_vec())).collect()
}

/// The names that are nearest to some texts, nearest first: at most `most`, and none that has nothing in common with
/// any of them.
pub fn relevant<N: AsRef<str>, T: AsRef<str>>(names: &[N], texts: &[T], most: usize) -> Vec<usize> {
    let corpus = Corpus::new(names);
    let wanted: Vec<Vector> = texts.iter().map(|text| corpus.vector(text.as_ref())).collect();
    let nearest = |name: &Vector| wanted.iter().map(|text| text.cosine(name)).fold(0.0, f32::max);
    let mut found: Vec<(f32, usize)> = corpus
        .vectors()
        .iter()
        .enumerate()
        .map(|(at, name)| (nearest(name), at))
        .filter(|(near, _)| *near > 0.0)
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    found.into_iter().take(most).map(|(_, at)| at).collect()
}

/// The form of a name in which two are the same one: its words without case, accents, order and a plural's `s`.
pub fn name_form(name: &str) -> String {
    let mut words = words(name);
    for word in &mut words {
        if word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") {
            word.pop();
        }
    }
    words.sort_unstable();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn friends_share_a_batch() {
        let topics = ["brake pads", "winter tyres", "oil filter", "spark plugs"];
        let kinds = ["buy", "change", "cheap", "best", "new", "used", "repair", "cost"];
        // As a list comes that was typed: by kind, not by topic.
        let texts: Vec<String> =
            kinds.iter().flat_map(|kind| topics.iter().map(move |topic| format!("{kind} {topic}"))).collect();
        for batch in batches(&texts, kinds.len()) {
            let topic = batch[0] % topics.len();
            assert!(batch.iter().all(|at| at % topics.len() == topic), "{batch:?}");
        }
    }

    #[test]
    fn neighbours_are_read_apart() {
        let texts: Vec<String> = (0..200).map(|n| format!("topic{} keyword{n}", n / 10)).collect();
        let order: Vec<usize> = in_order_of_kinship(&Corpus::new(&texts)).chunks(10).map(|batch| batch[0]).collect();
        let read: Vec<usize> = batches(&texts, 10).iter().map(|batch| batch[0]).collect();
        for pair in order.windows(2) {
            let at = |text: usize| read.iter().position(|first| *first == text).unwrap();
            assert!(at(pair[0]).abs_diff(at(pair[1])) >= 2);
        }
    }

    #[test]
    fn the_nearest_names_come_first_and_strangers_not_at_all() {
        let names = ["Gardening", "Brake pads", "Winter tyres", "Brakes"];
        assert_eq!(relevant(&names, &["when to change brake pads"], 10)[0], 1);
        assert!(!relevant(&names, &["when to change brake pads"], 10).contains(&2));
        assert_eq!(relevant(&names, &["brake pads", "tyres for winter"], 1).len(), 1);
        assert!(relevant(&names, &["日本語"], 10).is_empty());
    }

    #[test]
    fn names_are_the_same_in_any_order_and_number() {
        assert_eq!(name_form("Brake Pads for Vans"), name_form("vans: for brake pad"));
        assert_ne!(name_form("Brake pads"), name_form("Brake discs"));
        assert_eq!(name_form("Café"), name_form("cafe"));
    }

    proptest! {
        #[test]
        fn every_text_is_in_one_batch_and_there_are_no_more_than_needed(
            texts in prop::collection::vec("[a-d ]{0,12}", 0..120), most in 1_usize..40,
        ) {
            let read = batches(&texts, most);
            prop_assert_eq!(read.len(), texts.len().div_ceil(most));
            prop_assert!(read.iter().all(|batch| batch.len() <= most));
            let mut all: Vec<usize> = read.into_iter().flatten().collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..texts.len()).collect::<Vec<_>>());
        }
    }
}
