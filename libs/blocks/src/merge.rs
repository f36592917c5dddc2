//! Three-way merge of bodies, block by block: what a person made of a text and what came anew, over what both began with.
//!
//! Pure and without memory: [`merge`] says what fits together by itself and what does not, [`Merge::resolve`] carries out
//! what was chosen. Blocks are matched by their words, so that an edited block is still the same one, and a block that
//! was moved is not one that was deleted and another that was written.

mod align;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Block, Document};
use align::{Side, find_moves};

/// A place where both sides changed the same blocks, each in its own way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Conflict {
    /// The index of its first block in the merged body, where the blocks of `mine` stand until it is resolved.
    pub at: usize,
    /// What both began with; empty where both wrote something new.
    pub base: Document,
    /// What a person made of it; empty where it was deleted.
    pub mine: Document,
    /// What came anew; empty where it left it out.
    pub new: Document,
}

/// What to do about a conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    /// Keep what the person wrote.
    Mine,
    /// Take what came anew.
    New,
    /// Keep what the person wrote, and what came anew after it.
    Both,
}

/// A merged body, with the places that somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Merge {
    /// The merged body. At a conflict it has the blocks of `mine`: without a choice nothing of a person is lost.
    pub document: Document,
    /// The conflicts in reading order; they do not overlap.
    pub conflicts: Vec<Conflict>,
}

impl Merge {
    /// True when nothing has to be chosen.
    pub const fn is_clean(&self) -> bool {
        self.conflicts.is_empty()
    }

    /// The body with one choice per conflict, in their order; conflicts without a choice keep `mine`.
    pub fn resolve(&self, choices: &[Choice]) -> Document {
        let mut blocks = Vec::with_capacity(self.document.0.len());
        let mut next = 0;
        for (at, conflict) in self.conflicts.iter().enumerate() {
            blocks.extend(self.document.0.iter().take(conflict.at).skip(next).cloned());
            next = conflict.at + conflict.mine.0.len();
            let choice = choices.get(at).copied().unwrap_or(Choice::Mine);
            if choice != Choice::New {
                blocks.extend(conflict.mine.0.iter().cloned());
            }
            if choice != Choice::Mine {
                blocks.extend(conflict.new.0.iter().cloned());
            }
        }
        blocks.extend(self.document.0.iter().skip(next).cloned());
        Document(blocks)
    }
}

/// Merges two changes of one body.
///
/// A block that one side alone changed, moved, deleted or added is taken from that side. Where both did something else
/// with the same blocks, that is a [`Conflict`]. So `merge(b, b, n)` is `n`, `merge(b, m, b)` and `merge(b, m, m)` are
/// `m`, and every block that `mine` has and `base` has not is in the merged body.
pub fn merge(base: &Document, mine: &Document, new: &Document) -> Merge {
    let moved = merge_with(base, mine, new, true);
    if keeps(base, mine, &moved) {
        return moved;
    }
    // A block that came anew at another place, with the words of a person in it, met a conflict there: a move is not
    // worth that these words hang on a choice. Without moves they stay where they are.
    merge_with(base, mine, new, false)
}

/// Whether everything that `mine` has written stands in the merged body.
fn keeps(base: &Document, mine: &Document, merged: &Merge) -> bool {
    mine.0.iter().all(|block| base.0.contains(block) || merged.document.0.contains(block))
}

fn merge_with(base: &Document, mine: &Document, new: &Document, moves: bool) -> Merge {
    let (mut mine, mut new) = (Side::of(&base.0, &mine.0), Side::of(&base.0, &new.0));
    if moves {
        find_moves(&base.0, &mut mine, &mut new);
    }
    let mut merged = Merge { document: Document::default(), conflicts: Vec::new() };
    let mut from = (0, 0, 0);
    for (at, block) in base.0.iter().enumerate() {
        let (Some(of_mine), Some(of_new)) = (mine.of_base[at], new.of_base[at]) else { continue };
        let region = Region { base: (from.0, at), mine: (from.1, of_mine), new: (from.2, of_new) };
        region.merge(&base.0, &mine, &new, &mut merged);
        let (a, b) = (&mine.blocks[of_mine], &new.blocks[of_new]);
        if let Some(block) = three(block, a, b) {
            merged.document.0.push(block.clone());
        } else {
            merged.conflict(vec![block.clone()], vec![a.clone()], vec![b.clone()]);
        }
        from = (at + 1, of_mine + 1, of_new + 1);
    }
    let end = (base.0.len(), mine.blocks.len(), new.blocks.len());
    let rest = Region { base: (from.0, end.0), mine: (from.1, end.1), new: (from.2, end.2) };
    rest.merge(&base.0, &mine, &new, &mut merged);
    merged
}

/// The rule of three: who changed something is followed; nobody when both did, differently.
fn three<'a, T: PartialEq + ?Sized>(base: &'a T, mine: &'a T, new: &'a T) -> Option<&'a T> {
    if mine == base {
        Some(new)
    } else if new == base || mine == new {
        Some(mine)
    } else {
        None
    }
}

impl Merge {
    fn conflict(&mut self, base: Vec<Block>, mine: Vec<Block>, new: Vec<Block>) {
        let at = self.document.0.len();
        self.document.0.extend(mine.iter().cloned());
        self.conflicts.push(Conflict { at, base: Document(base), mine: Document(mine), new: Document(new) });
    }
}

/// What lies between two blocks that both sides kept: half-open ranges of the three bodies.
struct Region {
    base: (usize, usize),
    mine: (usize, usize),
    new: (usize, usize),
}

impl Region {
    fn merge(&self, base: &[Block], mine: &Side, new: &Side, merged: &mut Merge) {
        if let Some(blocks) = self.slots(base, mine, new) {
            merged.document.0.extend(blocks);
        } else {
            let whole = base[self.base.0..self.base.1].to_vec();
            merged.conflict(whole, mine.chunk(self.mine), new.chunk(self.new));
        }
    }

    /// Block by block and gap by gap, or nothing when one of them is changed by both.
    fn slots(&self, base: &[Block], mine: &Side, new: &Side) -> Option<Vec<Block>> {
        let mut blocks = Vec::new();
        let (added, anew) = (mine.added(self.base, self.mine), new.added(self.base, self.new));
        let slots = self.base.0..self.base.1;
        for (gap, (mine_added, new_added)) in added.iter().zip(&anew).enumerate() {
            blocks.extend_from_slice(three(&[][..], &mine_added[..], &new_added[..])?);
            let slot = slots.start + gap;
            let Some(there) = base.get(slot).filter(|_| slots.contains(&slot)) else { break };
            // At least one side has deleted it: it stays away unless the other one has written in it.
            let kept = mine.of_base[slot].map(|at| &mine.blocks[at]).or(new.of_base[slot].map(|at| &new.blocks[at]));
            if kept.is_some_and(|kept| kept != there) {
                return None;
            }
        }
        Some(blocks)
    }
}

impl Document {
    /// The section of the heading at this index: from it up to the next heading of its level or above.
    /// Nothing when there is no heading.
    pub fn section(&self, heading: usize) -> Option<std::ops::Range<usize>> {
        let Some(Block::Heading { level, .. }) = self.0.get(heading) else { return None };
        let ends = |block: &Block| matches!(block, Block::Heading { level: other, .. } if other <= level);
        let end = self.0.iter().skip(heading + 1).position(ends);
        Some(heading..end.map_or(self.0.len(), |more| heading + 1 + more))
    }

    /// The index of the block in `other` that is this document's block `at`, perhaps edited; nothing when it is not there.
    pub fn counterpart(&self, at: usize, other: &Self) -> Option<usize> {
        Side::of(&self.0, &other.0).of_base.get(at).copied().flatten()
    }
}
