//! How alike short texts are, in any language: vectors, neighbours, groups. Pure: texts go in, numbers come out.
//!
//! Search queries have three to ten words, so no two words weigh much alone. A text is a vector of its words and of the
//! letters inside of them ([`Corpus`]), each text knows its nearest ones ([`Corpus::neighbours`]), and groups are where
//! the neighbourhood is dense ([`groups`]). No word lists and no stems: inflections share their letters, and languages
//! without spaces have letters only. The same texts in the same order give the same answer on every machine.

mod batches;
mod graph;
mod need;
mod order;
mod same;
mod terms;
mod vectors;

pub use batches::{batches, name_form, relevant};
pub use graph::{Graph, groups};
pub use need::{Need, SAME_NEED, shared_words};
pub use order::in_order_of_kinship;
pub use same::{Group, same};
pub use vectors::{Corpus, Neighbour, Vector};

/// How many neighbours of a text are known. Fewer lose the middle of a large group, more blur its border.
pub const NEIGHBOURS: usize = 15;

/// How dense a group is at least: the mean similarity over all pairs of its members, where only neighbours count.
pub const DENSE: f32 = 0.015;
