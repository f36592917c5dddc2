//! Which block of a changed body is which block of its base: by their words, in order, and then those that were moved.

use std::hash::{DefaultHasher, Hash, Hasher};

use super::three;
use crate::{Block, text::is_ideograph};

/// Equal blocks count so much; alike ones less.
const EQUAL: u32 = 1_000;
/// Blocks that have less than this share of their words in common are not the same block.
const ALIKE: u32 = 500;
/// A block that is somewhere else must be this much alike to pass for one that was moved.
const MOVED: u32 = 800;

/// A changed body beside its base.
pub(super) struct Side {
    /// Its blocks in order; those of a move may have been merged already.
    pub blocks: Vec<Block>,
    /// For each block of the base: where it is here.
    pub of_base: Vec<Option<usize>>,
    /// For each block here: which one of the base it is.
    from: Vec<Option<usize>>,
    /// Blocks here that stand elsewhere on the other side, and count there.
    gone: Vec<bool>,
}

impl Side {
    pub fn of(base: &[Block], blocks: &[Block]) -> Self {
        let of_base = align(base, blocks);
        let mut from = vec![None; blocks.len()];
        for (at, here) in of_base.iter().enumerate() {
            if let Some(here) = here {
                from[*here] = Some(at);
            }
        }
        Self { blocks: blocks.to_vec(), of_base, from, gone: vec![false; blocks.len()] }
    }

    /// The blocks of a range that stand here.
    pub fn chunk(&self, (first, end): (usize, usize)) -> Vec<Block> {
        (first..end).filter(|at| !self.gone[*at]).map(|at| self.blocks[at].clone()).collect()
    }

    /// The blocks in a range that the base has not, by the gap between blocks of the base in which they stand: as early
    /// as their order allows.
    pub fn added(&self, (first, end): (usize, usize), (start, stop): (usize, usize)) -> Vec<Vec<Block>> {
        let mut gaps = vec![Vec::new(); end - first + 1];
        let mut gap = 0;
        for at in start..stop {
            match self.from[at] {
                Some(base) => gap = base + 1 - first,
                None if !self.gone[at] => gaps[gap].push(self.blocks[at].clone()),
                None => {}
            }
        }
        gaps
    }

    /// The block of the base after which a block stands here.
    fn after(&self, at: usize) -> Option<usize> {
        self.from[..at].iter().rev().find_map(|base| *base)
    }

    /// Where a block of the base went that is no longer in its order.
    fn moved_to(&self, block: &Block) -> Option<usize> {
        let words = Words::of(block);
        let mut best = None;
        for at in 0..self.blocks.len() {
            if self.from[at].is_some() || self.gone[at] {
                continue;
            }
            let alike = words.alike(block, &Words::of(&self.blocks[at]), &self.blocks[at]);
            if alike >= MOVED && best.is_none_or(|(most, _)| alike > most) {
                best = Some((alike, at));
            }
        }
        best.map(|(_, at)| at)
    }
}

/// Lets a block that one side moved take the changes of the other side with it; one that both moved stands where `mine`
/// has it.
pub(super) fn find_moves(base: &[Block], mine: &mut Side, new: &mut Side) {
    for (at, block) in base.iter().enumerate() {
        match (mine.of_base[at], new.of_base[at]) {
            (None, Some(kept)) => follow(block, at, mine, new, kept),
            (Some(kept), None) => follow(block, at, new, mine, kept),
            (None, None) => {
                if let (Some(here), Some(there)) = (mine.moved_to(block), new.moved_to(block))
                    && mine.after(here) != new.after(there)
                    && let Some(merged) = three(block, &mine.blocks[here], &new.blocks[there]).cloned()
                {
                    mine.blocks[here] = merged;
                    new.gone[there] = true;
                }
            }
            (Some(_), Some(_)) => {}
        }
    }
}

fn follow(block: &Block, at: usize, mover: &mut Side, other: &mut Side, kept: usize) {
    if let Some(to) = mover.moved_to(block)
        && let Some(merged) = three(block, &other.blocks[kept], &mover.blocks[to]).cloned()
    {
        mover.blocks[to] = merged;
        other.of_base[at] = None;
        other.from[kept] = None;
        other.gone[kept] = true;
    }
}

/// For each block of the base, its counterpart: the matching in order that has most in common.
fn align(base: &[Block], other: &[Block]) -> Vec<Option<usize>> {
    let mut matched = vec![None; base.len()];
    let head = base.iter().zip(other).take_while(|(a, b)| a == b).count();
    let tail = base[head..].iter().rev().zip(other[head..].iter().rev()).take_while(|(a, b)| a == b).count();
    for (at, slot) in matched.iter_mut().enumerate().take(head) {
        *slot = Some(at);
    }
    for back in 1..=tail {
        matched[base.len() - back] = Some(other.len() - back);
    }
    let (rows, columns) = (&base[head..base.len() - tail], &other[head..other.len() - tail]);
    let words = |blocks: &[Block]| blocks.iter().map(Words::of).collect::<Vec<_>>();
    let (of_rows, of_columns) = (words(rows), words(columns));
    let wide = columns.len() + 1;
    // best[r][c]: the most that rows from r and columns from c have in common.
    let mut best = vec![0_u32; (rows.len() + 1) * wide];
    let mut pairs = vec![0_u32; rows.len() * columns.len()];
    for r in (0..rows.len()).rev() {
        for c in (0..columns.len()).rev() {
            let alike = of_rows[r].alike(&rows[r], &of_columns[c], &columns[c]);
            pairs[r * columns.len() + c] = alike;
            let without = best[(r + 1) * wide + c].max(best[r * wide + c + 1]);
            let with = if alike >= ALIKE { alike + best[(r + 1) * wide + c + 1] } else { 0 };
            best[r * wide + c] = with.max(without);
        }
    }
    let (mut r, mut c) = (0, 0);
    while r < rows.len() && c < columns.len() {
        let alike = pairs[r * columns.len() + c];
        if alike >= ALIKE && best[r * wide + c] == alike + best[(r + 1) * wide + c + 1] {
            matched[head + r] = Some(head + c);
            (r, c) = (r + 1, c + 1);
        } else if best[r * wide + c] == best[(r + 1) * wide + c] {
            r += 1;
        } else {
            c += 1;
        }
    }
    matched
}

/// The words of a block as sorted hashes, each as often as it stands there.
struct Words(Vec<u64>);

impl Words {
    fn of(block: &Block) -> Self {
        let mut hashes = Vec::new();
        let mut word = String::new();
        let mut end = |word: &mut String| {
            if !word.is_empty() {
                let mut hasher = DefaultHasher::new();
                word.hash(&mut hasher);
                hashes.push(hasher.finish());
                word.clear();
            }
        };
        for c in block.plain_text().chars().flat_map(char::to_lowercase) {
            if is_ideograph(c) {
                end(&mut word);
                word.push(c);
                end(&mut word);
            } else if c.is_alphanumeric() {
                word.push(c);
            } else {
                end(&mut word);
            }
        }
        end(&mut word);
        hashes.sort_unstable();
        Self(hashes)
    }

    /// How much two blocks have in common, in thousandths: the coefficient of Dice over their words (L. R. Dice, 1945),
    /// less a tenth when their kinds differ. Pictures of one address are the same picture.
    fn alike(&self, block: &Block, other_words: &Self, other: &Block) -> u32 {
        if block == other {
            return EQUAL;
        }
        if let (Block::Image { src: a, .. }, Block::Image { src: b, .. }) = (block, other) {
            return if a == b { EQUAL * 9 / 10 } else { 0 };
        }
        let (a, b) = (&self.0, &other_words.0);
        let (mut common, mut left, mut right) = (0_usize, 0, 0);
        while left < a.len() && right < b.len() {
            match a[left].cmp(&b[right]) {
                std::cmp::Ordering::Less => left += 1,
                std::cmp::Ordering::Greater => right += 1,
                std::cmp::Ordering::Equal => {
                    common += 1;
                    (left, right) = (left + 1, right + 1);
                }
            }
        }
        let all = a.len() + b.len();
        let dice = (2 * (EQUAL as usize) * common).checked_div(all).unwrap_or_default();
        let dice = if block.kind() == other.kind() { dice } else { dice * 9 / 10 };
        // Only what is equal counts as equal.
        u32::try_from(dice).unwrap_or(EQUAL).min(EQUAL - 1)
    }
}
