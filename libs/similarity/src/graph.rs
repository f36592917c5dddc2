//! Groups in a graph of neighbours: where it is dense.
//!
//! Local moving as in Blondel et al., "Fast unfolding of communities in large networks" (2008), with the constant Potts
//! model of Traag et al. (2011) as what is to be made large: the weight inside of groups less `density` for each pair.
//! So a group is dense by itself, whatever else there is: the same keywords give the same groups on a small site and on
//! a large one.

use std::collections::VecDeque;

use crate::Neighbour;

/// How often a node may move, on average: the gain rises with every move, this only bounds the time.
const MOVES: usize = 20;

/// An undirected graph with weights, whose nodes stand for one text or for many.
#[derive(Debug, Clone, Default)]
pub struct Graph {
    edges: Vec<Vec<(u32, f32)>>,
    /// How many texts a node stands for.
    sizes: Vec<f32>,
}

impl Graph {
    /// The graph of neighbours: two texts are linked when one of them is a neighbour of the other.
    pub fn of(neighbours: &[Vec<Neighbour>]) -> Self {
        let links = neighbours.iter().enumerate().flat_map(|(a, near)| {
            near.iter().map(move |b| (a.min(b.text as usize), a.max(b.text as usize), b.similarity))
        });
        let mut links: Vec<_> = links.collect();
        links.sort_unstable_by_key(|link| (link.0, link.1));
        links.dedup_by_key(|link| (link.0, link.1));
        let mut graph = Self { edges: vec![Vec::new(); neighbours.len()], sizes: vec![1.0; neighbours.len()] };
        for (a, b, weight) in links {
            graph.edges[a].push((b as u32, weight));
            graph.edges[b].push((a as u32, weight));
        }
        graph
    }

    /// The links, each once.
    pub(crate) fn links(&self) -> impl Iterator<Item = (usize, usize)> {
        let all = self.edges.iter().enumerate();
        all.flat_map(|(node, near)| near.iter().map(move |(other, _)| (node, *other as usize))).filter(|(a, b)| a < b)
    }

    /// One node for each group; `group` says which, from 0 without gaps.
    fn merged(&self, group: &[u32]) -> Self {
        let count = group.iter().max().map_or(0, |last| *last as usize + 1);
        let mut sizes = vec![0.0; count];
        let mut links = Vec::new();
        for (node, own) in group.iter().enumerate() {
            sizes[*own as usize] += self.sizes[node];
            let outside = self.edges[node].iter().map(|(other, weight)| (group[*other as usize], *weight));
            links.extend(outside.filter(|(other, _)| other != own).map(|(other, weight)| (*own, other, weight)));
        }
        links.sort_unstable_by_key(|(a, b, _)| (*a, *b));
        let mut edges = vec![Vec::new(); count];
        for pair in links.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
            edges[pair[0].0 as usize].push((pair[0].1, pair.iter().map(|(_, _, weight)| weight).sum()));
        }
        Self { edges, sizes }
    }

    /// Moves nodes between groups while that gains. Groups are numbered from 0 in the order of their first node.
    fn moved(&self, density: f32) -> Vec<u32> {
        let count = self.edges.len();
        let mut group: Vec<u32> = (0..count as u32).collect();
        let mut sizes = self.sizes.clone();
        let mut queue: VecDeque<u32> = (0..count as u32).collect();
        let mut waits = vec![true; count];
        let mut weights = vec![0.0_f32; count];
        let mut near = Vec::new();
        let mut left = count * MOVES;
        while let Some(node) = queue.pop_front() {
            let at = node as usize;
            waits[at] = false;
            let own = group[at];
            sizes[own as usize] -= self.sizes[at];
            near.clear();
            near.push(own);
            for (other, weight) in &self.edges[at] {
                let theirs = group[*other as usize];
                if weights[theirs as usize] == 0.0 && theirs != own {
                    near.push(theirs);
                }
                weights[theirs as usize] += weight;
            }
            let mut best = (own, weights[own as usize] - density * self.sizes[at] * sizes[own as usize]);
            for theirs in near.drain(..) {
                let gain = weights[theirs as usize] - density * self.sizes[at] * sizes[theirs as usize];
                weights[theirs as usize] = 0.0;
                if gain > best.1 + 1e-6 {
                    best = (theirs, gain);
                }
            }
            sizes[best.0 as usize] += self.sizes[at];
            if best.0 != own && left > 0 {
                left -= 1;
                group[at] = best.0;
                for (other, _) in &self.edges[at] {
                    if group[*other as usize] != best.0 && !std::mem::replace(&mut waits[*other as usize], true) {
                        queue.push_back(*other);
                    }
                }
            } else if best.0 != own {
                sizes[best.0 as usize] -= self.sizes[at];
                sizes[own as usize] += self.sizes[at];
            }
        }
        numbered(&group)
    }
}

/// Numbers from 0 in the order of first sight.
fn numbered(group: &[u32]) -> Vec<u32> {
    let mut names = vec![u32::MAX; group.len()];
    let mut next = 0;
    let name = |old: &u32| {
        let name = &mut names[*old as usize];
        if *name == u32::MAX {
            *name = next;
            next += 1;
        }
        *name
    };
    group.iter().map(name).collect()
}

/// The group of each node, from 0 without gaps: groups in which pairs are at least so dense on average.
pub fn groups(graph: &Graph, density: f32) -> Vec<u32> {
    let mut group: Vec<u32> = (0..graph.edges.len() as u32).collect();
    let mut level = graph.clone();
    loop {
        let moved = level.moved(density);
        let count = moved.iter().max().map_or(0, |last| *last as usize + 1);
        if count == moved.len() {
            return numbered(&group);
        }
        for own in &mut group {
            *own = moved[*own as usize];
        }
        level = level.merged(&moved);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(text: u32, similarity: f32) -> Neighbour {
        Neighbour { text, similarity }
    }

    #[test]
    fn two_cliques_with_one_weak_link_are_two_groups() {
        let clique = |first: u32, at: u32| {
            (first..first + 4).filter(move |other| *other != at).map(|other| near(other, 0.5)).collect::<Vec<_>>()
        };
        let mut neighbours: Vec<_> = (0..8).map(|at| clique(at / 4 * 4, at)).collect();
        neighbours[0].push(near(7, 0.1));
        assert_eq!(groups(&Graph::of(&neighbours), 0.05), [0, 0, 0, 0, 1, 1, 1, 1]);
        assert_eq!(groups(&Graph::of(&neighbours), 0.000_1), [0; 8]);
        assert_eq!(groups(&Graph::of(&neighbours), 0.9), [0, 1, 2, 3, 4, 5, 6, 7]);
    }

    proptest! {
        #[test]
        fn groups_are_numbered_without_gaps_and_repeat(
            neighbours in prop::collection::vec(prop::collection::vec((0_u32..30, 0.01_f32..1.0), 0..6), 30),
            density in 0.001_f32..0.5,
        ) {
            let neighbours: Vec<Vec<Neighbour>> = neighbours
                .iter()
                .enumerate()
                .map(|(at, links)| {
                    links.iter().filter(|(to, _)| *to as usize != at).map(|(to, weight)| near(*to, *weight)).collect()
                })
                .collect();
            let found = groups(&Graph::of(&neighbours), density);
            prop_assert_eq!(found.len(), 30);
            let mut next = 0;
            for own in &found {
                prop_assert!(*own <= next);
                next = next.max(own + 1);
            }
            prop_assert_eq!(groups(&Graph::of(&neighbours), density), found);
        }
    }
}
