//! An order in which friends stand together, so that it can be cut anywhere.

use crate::{Corpus, DENSE, Graph, NEIGHBOURS, groups};

/// How much looser and denser the groups around and inside of a group are.
const STEP: f32 = 6.0;

/// The places of texts in an order of kinship: groups stay together, within them denser groups do, and groups that are
/// near each other are near in it. Equal texts keep their order.
pub fn in_order_of_kinship(corpus: &Corpus) -> Vec<usize> {
    let graph = Graph::of(&corpus.neighbours(NEIGHBOURS));
    let levels: Vec<Vec<u32>> =
        [DENSE / STEP, DENSE, DENSE * STEP].iter().map(|density| groups(&graph, *density)).collect();
    let mut order: Vec<usize> = (0..corpus.len()).collect();
    order.sort_by_key(|at| (levels[0][*at], levels[1][*at], levels[2][*at]));
    order
}
