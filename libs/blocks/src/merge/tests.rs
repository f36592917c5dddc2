//! What holds for every merge, and merges as people meet them.

use proptest::prelude::*;

use super::{Choice, Conflict, Merge, merge};
use crate::{Block, Document};

const WORDS: [&str; 14] = [
    "oil", "filter", "engine", "warm", "brake", "pad", "wheel", "torque", "gauge", "rust", "hose", "belt", "油",
    "spark",
];

fn paragraph(text: &str) -> Block {
    Block::Paragraph { text: text.to_owned() }
}

fn heading(level: u8, text: &str) -> Block {
    Block::Heading { level, text: text.to_owned() }
}

fn document(texts: &[&str]) -> Document {
    texts
        .iter()
        .map(|text| text.strip_prefix("# ").map_or_else(|| paragraph(text), |title| heading(2, title)))
        .collect()
}

fn texts(document: &Document) -> Vec<String> {
    document.0.iter().map(Block::plain_text).collect()
}

fn sentence() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(&WORDS[..]), 1..9).prop_map(|words| words.join(" "))
}

fn block() -> impl Strategy<Value = Block> {
    prop_oneof![
        4 => sentence().prop_map(|text| Block::Paragraph { text }),
        1 => (2..4_u8, sentence()).prop_map(|(level, text)| Block::Heading { level, text }),
        1 => prop::collection::vec(sentence(), 1..4).prop_map(|items| Block::List { ordered: false, items }),
    ]
}

/// One thing that somebody does to a body; positions are taken modulo its length.
#[derive(Debug, Clone)]
enum Deed {
    Add(usize, Block),
    Delete(usize),
    Move(usize, usize),
    Edit(usize, String),
    Replace(usize, Block),
}

fn deed() -> impl Strategy<Value = Deed> {
    let at = 0..100_usize;
    prop_oneof![
        (at.clone(), block()).prop_map(|(at, block)| Deed::Add(at, block)),
        at.clone().prop_map(Deed::Delete),
        (at.clone(), at.clone()).prop_map(|(from, to)| Deed::Move(from, to)),
        (at.clone(), sentence()).prop_map(|(at, text)| Deed::Edit(at, text)),
        (at, block()).prop_map(|(at, block)| Deed::Replace(at, block)),
    ]
}

fn changed(base: &Document, deeds: &[Deed]) -> Document {
    let mut blocks = base.0.clone();
    for deed in deeds {
        let count = blocks.len();
        match deed {
            Deed::Add(at, block) => blocks.insert(at % (count + 1), block.clone()),
            _ if count == 0 => {}
            Deed::Delete(at) => drop(blocks.remove(at % count)),
            Deed::Move(from, to) => {
                let block = blocks.remove(from % count);
                blocks.insert(to % count, block);
            }
            Deed::Edit(at, more) => match &mut blocks[at % count] {
                Block::Paragraph { text } | Block::Heading { text, .. } => *text = format!("{text} {more}"),
                Block::List { items, .. } => items.push(more.clone()),
                _ => {}
            },
            Deed::Replace(at, block) => blocks[at % count] = block.clone(),
        }
    }
    Document(blocks)
}

fn three() -> impl Strategy<Value = (Document, Document, Document)> {
    let deeds = || prop::collection::vec(deed(), 0..5);
    (prop::collection::vec(block(), 0..9), deeds(), deeds()).prop_map(|(base, mine, new)| {
        let base = Document(base);
        (base.clone(), changed(&base, &mine), changed(&base, &new))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn who_changed_nothing_does_not_count((base, mine, new) in three()) {
        let clean = |document: &Document| Merge { document: document.clone(), conflicts: vec![] };
        prop_assert_eq!(merge(&base, &base, &new), clean(&new));
        prop_assert_eq!(merge(&base, &mine, &base), clean(&mine));
        prop_assert_eq!(merge(&base, &mine, &mine), clean(&mine));
    }

    #[test]
    fn no_word_of_mine_is_lost((base, mine, new) in three()) {
        let merged = merge(&base, &mine, &new);
        for block in mine.0.iter().filter(|block| !base.0.contains(block)) {
            prop_assert!(merged.document.0.contains(block), "{:?} is not in {:?}", block, merged);
        }
        // Nor is anything of what came anew: it is in the body or in a conflict.
        for block in new.0.iter().filter(|block| !base.0.contains(block)) {
            let offered = merged.conflicts.iter().any(|conflict| conflict.new.0.contains(block));
            prop_assert!(offered || merged.document.0.contains(block), "{:?} is not in {:?}", block, merged);
        }
    }

    #[test]
    fn nothing_is_made_up((base, mine, new) in three()) {
        for block in &merge(&base, &mine, &new).document.0 {
            prop_assert!([&base, &mine, &new].iter().any(|side| side.0.contains(block)));
        }
    }

    #[test]
    fn conflicts_stand_where_they_say((base, mine, new) in three()) {
        let merged = merge(&base, &mine, &new);
        let mut end = 0;
        for Conflict { at, mine, .. } in &merged.conflicts {
            prop_assert!(*at >= end);
            end = at + mine.0.len();
            prop_assert_eq!(&merged.document.0[*at..end], &mine.0[..]);
        }
        prop_assert_eq!(merged.resolve(&[]), merged.document.clone());
        let both = merged.resolve(&vec![Choice::Both; merged.conflicts.len()]);
        let more: usize = merged.conflicts.iter().map(|conflict| conflict.new.0.len()).sum();
        prop_assert_eq!(both.0.len(), merged.document.0.len() + more);
    }

    #[test]
    fn both_sides_see_the_same_conflicts(base in prop::collection::vec(block(), 0..9), a in prop::collection::vec(calm(), 0..5), b in prop::collection::vec(calm(), 0..5)) {
        let base = Document(base);
        let (mine, new) = (changed(&base, &a), changed(&base, &b));
        let there = merge(&base, &mine, &new);
        let back = merge(&base, &new, &mine);
        let swapped: Vec<_> = back.conflicts.iter().map(|c| (&c.base, &c.new, &c.mine)).collect();
        let seen: Vec<_> = there.conflicts.iter().map(|c| (&c.base, &c.mine, &c.new)).collect();
        prop_assert_eq!(seen, swapped);
        prop_assert_eq!(there.resolve(&vec![Choice::New; there.conflicts.len()]), back.document);
    }

    #[test]
    fn json_keeps_a_merge((base, mine, new) in three()) {
        let merged = merge(&base, &mine, &new);
        let json = serde_json::to_string(&merged).unwrap();
        prop_assert_eq!(serde_json::from_str::<Merge>(&json).unwrap(), merged);
    }
}

/// A deed without a move: of those the hand of a person decides where a block stands, so sides are not alike.
fn calm() -> impl Strategy<Value = Deed> {
    let at = 0..100_usize;
    prop_oneof![at.clone().prop_map(Deed::Delete), (at, sentence()).prop_map(|(at, text)| Deed::Edit(at, text)),]
}

const BASE: [&str; 6] = [
    "# Why it matters",
    "Old oil wears the engine down sooner than most drivers think",
    "# How to change it",
    "Warm the engine for five minutes before you drain the oil",
    "Put a pan below the plug and open it slowly",
    "Close the plug with the torque of the handbook",
];

#[test]
fn changes_of_different_blocks_go_together() {
    let base = document(&BASE);
    let mut mine = base.clone();
    mine.0[1] = paragraph("Old oil wears the engine down sooner than most drivers think, says our workshop");
    mine.0.insert(4, paragraph("Ana does this with gloves on"));
    let mut new = base.clone();
    new.0[3] = paragraph("Warm the engine for ten minutes before you drain the oil");
    new.0.pop();
    let merged = merge(&base, &mine, &new);
    assert!(merged.is_clean(), "{merged:?}");
    let mut expected = mine.clone();
    expected.0[3] = new.0[3].clone();
    expected.0.pop();
    assert_eq!(merged.document, expected);
}

#[test]
fn one_block_in_two_ways_is_a_choice() {
    let base = document(&BASE);
    let (mut mine, mut new) = (base.clone(), base.clone());
    mine.0[4] = paragraph("Put a wide pan below the plug and open it slowly");
    new.0[4] = paragraph("Put a pan below the plug and open it with a ring spanner");
    let merged = merge(&base, &mine, &new);
    let one = |document: &Document| Document(vec![document.0[4].clone()]);
    assert_eq!(merged.document, mine);
    assert_eq!(merged.conflicts, [Conflict { at: 4, base: one(&base), mine: one(&mine), new: one(&new) }]);
    assert_eq!(merged.resolve(&[Choice::New]), new);
    let both = merged.resolve(&[Choice::Both]);
    assert_eq!(both.0[4..6], [mine.0[4].clone(), new.0[4].clone()]);
}

#[test]
fn a_rewritten_section_asks_about_what_was_edited_in_it() {
    let base = document(&BASE);
    let mut mine = base.clone();
    mine.0[4] = paragraph("Put a pan below the plug and open it slowly, with gloves");
    let mut new = Document(base.0[..3].to_vec());
    new.0.extend([paragraph("Let a garage do it"), paragraph("Ask for the bill")]);
    let merged = merge(&base, &mine, &new);
    assert_eq!(merged.document, mine);
    assert_eq!(merged.conflicts.len(), 1);
    assert_eq!(texts(&merged.conflicts[0].new), ["Let a garage do it", "Ask for the bill"]);
    assert_eq!(merged.resolve(&[Choice::New]), new);
}

#[test]
fn a_moved_block_takes_edits_with_it() {
    let base = document(&BASE);
    let mut mine = base.clone();
    let last = mine.0.pop().unwrap();
    mine.0.insert(0, last);
    let mut new = base.clone();
    new.0[5] = paragraph("Close the plug with the torque of the handbook, not more");
    for (a, b) in [(&mine, &new), (&new, &mine)] {
        let merged = merge(&base, a, b);
        assert!(merged.is_clean(), "{merged:?}");
        assert_eq!(texts(&merged.document)[0], "Close the plug with the torque of the handbook, not more");
        assert_eq!(merged.document.0.len(), base.0.len());
    }
}

#[test]
fn deleted_and_edited_is_a_choice() {
    let base = document(&BASE);
    let (mut mine, mut new) = (base.clone(), base.clone());
    mine.0.remove(3);
    new.0[3] = paragraph("Warm the engine for ten minutes before you drain the oil");
    let merged = merge(&base, &mine, &new);
    assert_eq!((merged.document.clone(), merged.conflicts.len()), (mine.clone(), 1));
    assert_eq!(merged.resolve(&[Choice::New]), new);
    let back = merge(&base, &new, &mine);
    assert_eq!((back.document.clone(), back.resolve(&[Choice::New])), (new, mine));
}

#[test]
fn sections_end_at_a_heading_of_their_level() {
    let body = Document(vec![
        paragraph("a"),
        heading(2, "One"),
        heading(3, "Below"),
        paragraph("b"),
        heading(2, "Two"),
        paragraph("c"),
    ]);
    assert_eq!(body.section(1), Some(1..4));
    assert_eq!(body.section(2), Some(2..4));
    assert_eq!(body.section(4), Some(4..6));
    assert_eq!((body.section(0), body.section(9)), (None, None));
}

#[test]
fn a_long_article_is_merged_at_once() {
    let base: Document =
        (0..500).map(|n| paragraph(&format!("{n} {} {}", WORDS[n % 14], "word ".repeat(60)))).collect();
    let edit = |n: usize| {
        move |(at, block): (usize, &Block)| match block {
            Block::Paragraph { text } if at % 10 == n => paragraph(&format!("{text} edited {n}")),
            other => other.clone(),
        }
    };
    let mine: Document = base.0.iter().enumerate().map(edit(3)).collect();
    let new: Document = base.0.iter().enumerate().map(edit(7)).collect();
    let merged = merge(&base, &mine, &new);
    assert!(merged.is_clean());
    assert_eq!(texts(&merged.document).iter().filter(|text| text.contains("edited")).count(), 100);
}
