//! How many articles a second are rendered on one core (`cargo xtask bench blocks`), beside pulldown-cmark with the same
//! articles as Markdown. Fails below 1,000 a second.
#![allow(clippy::print_stdout, reason = "a measurement talks to a terminal")]

use std::{hint::black_box, process::ExitCode, time::Instant};

use igny8_blocks::{Block, Document, FaqItem, ImageSource, Tone};
use pulldown_cmark::{Options, Parser, html::push_html};

/// How many articles, all different.
const ARTICLES: usize = 200;
/// How often all are rendered; the best time counts, for other processes can only slow one down.
const ROUNDS: usize = 15;
/// What must be reached, in articles a second.
const LEAST: f64 = 1_000.0;

const WORDS: [&str; 24] = [
    "oil",
    "engine",
    "change",
    "the",
    "a",
    "of",
    "filter",
    "and",
    "every",
    "mile",
    "is",
    "car",
    "best",
    "how",
    "with",
    "garage",
    "you",
    "synthetic",
    "for",
    "pressure",
    "when",
    "cold",
    "drain",
    "R&D",
];

/// A source of numbers that is the same every time (Knuth's MMIX generator).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }

    /// Plain words as rich text.
    fn words(&mut self, count: usize) -> String {
        let words: Vec<String> = (0..count).map(|_| WORDS[self.below(WORDS.len())].replace('&', "&amp;")).collect();
        words.join(" ")
    }

    /// A text as a writer marks it up: two or three marks and a link in fifty words.
    fn text(&mut self, count: usize) -> String {
        let third = count / 3;
        let (before, strong, between) = (self.words(third), self.words(2), self.words(third));
        let (link, after) = (self.words(3), self.words(third));
        format!("{before} <strong>{strong}</strong> {between} <a href=\"/guides/oil?a=1&amp;b=2\">{link}</a> {after}.")
    }

    /// Some 1,500 words: an article as this product writes it.
    fn article(&mut self) -> Document {
        let mut blocks = Vec::new();
        for section in 0..8 {
            blocks.push(Block::Heading { level: 2 + (section % 2), text: self.words(6) });
            for _ in 0..3 {
                blocks.push(Block::Paragraph { text: self.text(48) });
            }
            blocks.push(match section {
                1 => Block::Table {
                    header: (0..4).map(|_| self.words(1)).collect(),
                    rows: (0..6).map(|_| (0..4).map(|_| self.words(3)).collect()).collect(),
                    caption: None,
                },
                3 => Block::Quote { text: self.text(20), cite: Some(self.words(2)) },
                5 => Block::Image {
                    src: ImageSource::Url("/media/oil.webp".into()),
                    alt: "An engine".into(),
                    caption: None,
                },
                7 => Block::Callout { tone: Tone::Tip, text: self.text(15) },
                _ => Block::List { ordered: section == 4, items: (0..6).map(|_| self.text(9)).collect() },
            });
        }
        let items = (0..4).map(|_| FaqItem { question: self.words(8), answer: self.text(30) });
        blocks.push(Block::Faq { items: items.collect() });
        Document(blocks).clean().document
    }
}

/// Articles a second at the best of all rounds.
fn rate<T>(articles: &[T], render: impl Fn(&T) -> usize) -> f64 {
    let round = |_| {
        let start = Instant::now();
        let size: usize = articles.iter().map(&render).sum();
        black_box(size);
        articles.len() as f64 / start.elapsed().as_secs_f64()
    };
    (0..ROUNDS).map(round).fold(0.0, f64::max)
}

fn main() -> ExitCode {
    let mut numbers = Numbers(8);
    let articles: Vec<Document> = (0..ARTICLES).map(|_| numbers.article()).collect();
    let words = articles.iter().map(|article| article.word_count() as usize).sum::<usize>() / ARTICLES;
    let markdown: Vec<String> = articles.iter().map(Document::to_markdown).collect();
    let markup: Vec<String> = articles.iter().map(Document::to_gutenberg).collect();
    let html: Vec<String> = articles.iter().map(Document::to_html).collect();

    let ours = rate(&articles, |article| article.to_html().len());
    let peer = rate(&markdown, |text| {
        let mut out = String::new();
        push_html(&mut out, Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_GFM));
        out.len()
    });
    println!("{ARTICLES} articles of {words} words, one core, the best of {ROUNDS} rounds; articles a second:");
    println!("  blocks to HTML                        {ours:>8.0}");
    println!("  pulldown-cmark, Markdown to HTML      {peer:>8.0}   ours is {:.2} of it", ours / peer);
    println!(
        "  blocks to WordPress's block markup    {:>8.0}",
        rate(&articles, |article| article.to_gutenberg().len())
    );
    println!("  HTML to blocks                        {:>8.0}", rate(&html, |html| Document::from_html(html).0.len()));
    println!(
        "  WordPress's block markup to blocks    {:>8.0}",
        rate(&markup, |markup| Document::from_gutenberg(markup).0.len())
    );
    if ours < LEAST {
        println!("FAILED: at least {LEAST} articles a second are to be rendered");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
