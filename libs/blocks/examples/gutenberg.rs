//! Writes bodies as block markup, one JSON a line, into the file that is named, for WordPress's own validator
//! (`cargo xtask test --only gutenberg`).
//!
//! The bodies are those of the property tests: the one with every kind, and random ones from a fixed seed.
#![allow(clippy::unwrap_used, reason = "a part of the tests")]

use std::{
    env,
    fs::File,
    io::{BufWriter, Write as _},
};

use igny8_blocks::{Block, Document, FaqItem, ImageSource, Tone};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

#[path = "../src/tests/generate.rs"]
#[allow(dead_code, reason = "the tests use all of it")]
mod generate;

/// How many random bodies.
const RANDOM: usize = 600;

fn main() {
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[8; 32]);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let strategy = generate::document();
    let random = (0..RANDOM).map(|_| strategy.new_tree(&mut runner).unwrap().current().clean().document);
    let mut out = BufWriter::new(File::create(env::args().nth(1).unwrap()).unwrap());
    for (at, document) in [generate::every_kind()].into_iter().chain(random).enumerate() {
        let name = if at == 0 { "every kind".to_owned() } else { format!("random {at}") };
        let body = serde_json::json!({
            "name": name,
            "markup": document.to_gutenberg(),
            "blocks": document.blocks().len(),
        });
        writeln!(out, "{body}").unwrap();
    }
    out.flush().unwrap();
}
