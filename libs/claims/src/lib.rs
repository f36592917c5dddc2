//! Truth by evidence: every figure and every quotation of a body, bound to the span of a given source that supports it,
//! or to none.
//!
//! Pure, and without a language model: what is bound can be pointed at. It does not judge whether a source is right, nor
//! claims without a figure or a quotation.

mod figure;
mod number;
mod quotation;
mod source;
mod words;

use std::ops::Range;

use igny8_blocks::{Block, Document};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use figure::Figure;
use source::Sources;
use words::Chars;

/// The most claims of a body; what an article says beyond them is data and no claim.
pub const MOST_CLAIMS: usize = 500;

/// The most of a sentence that goes with its claim, in characters.
const LONGEST_CONTEXT: usize = 1_000;

/// A text that a writer was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source<'a> {
    /// Its id.
    pub id: &'a str,
    /// Its plain text.
    pub text: &'a str,
}

/// What kind of claim it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClaimKind {
    /// A number: an amount, a share, a price, a year, a date.
    Figure,
    /// Words that are said to be somebody's own.
    Quotation,
}

/// The place in a source that supports a claim.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Support {
    /// The source's id.
    pub source: String,
    /// Where the span begins in the text of the source, in characters.
    pub start: usize,
    /// Where it ends, in characters.
    pub end: usize,
    /// The span: the sentence that has the figure, or the words that are quoted.
    pub text: String,
}

/// A claim of a body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Claim {
    /// The number of the block, from 0.
    pub block: usize,
    /// Where it begins in the plain text of the block, in characters.
    pub start: usize,
    /// Where it ends, in characters.
    pub end: usize,
    /// Figure or quotation.
    pub kind: ClaimKind,
    /// The claim as it stands there.
    pub text: String,
    /// The sentence around it.
    pub sentence: String,
    /// What supports it; nothing when no given source does.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub support: Option<Support>,
}

/// The claims of a body in the order of its text, the first [`MOST_CLAIMS`], each with its support among these sources.
pub fn claims(document: &Document, sources: &[Source<'_>]) -> Vec<Claim> {
    let sources = Sources::new(sources);
    let mut found = Vec::new();
    for (number, block) in document.blocks().iter().enumerate() {
        if matches!(block, Block::Code { .. }) {
            continue;
        }
        let text = block.plain_text();
        let chars = Chars::new(&text);
        let sentences = words::sentences(&chars);
        let figures = figure::figures_of(&chars, &sentences, matches!(block, Block::Heading { .. }));
        let mut said: Vec<(Range<usize>, Option<Figure>)> =
            figures.into_iter().map(|figure| (figure.span.clone(), Some(figure))).collect();
        let quoted = quoted(block, &text, &chars);
        said.extend(quoted.into_iter().filter(|span| !span.is_empty()).map(|span| (span, None)));
        said.sort_by_key(|(span, _)| (span.start, span.end));
        said.truncate(MOST_CLAIMS - found.len());
        found.extend(said.into_iter().map(|(span, figure)| {
            let text = chars.slice(span.clone());
            let around = words::sentence_around(&sentences, &span);
            Claim {
                block: number,
                start: span.start,
                end: span.end,
                kind: if figure.is_some() { ClaimKind::Figure } else { ClaimKind::Quotation },
                sentence: chars.slice(around.start..around.end.min(around.start + LONGEST_CONTEXT)),
                support: match figure {
                    Some(figure) => sources.support_of_figure(&figure),
                    None => sources.support_of_quotation(&text),
                },
                text,
            }
        }));
    }
    found
}

/// Where a block has the words of somebody else.
fn quoted(block: &Block, text: &str, chars: &Chars) -> Vec<Range<usize>> {
    let Block::Quote { cite, .. } = block else { return quotation::quotations_of(chars) };
    // Who said it stands on the line after it.
    let end = match cite {
        Some(_) => text.rsplit_once('\n').map_or(text, |(quote, _)| quote).chars().count(),
        None => chars.len(),
    };
    std::iter::once(0..end).collect()
}
