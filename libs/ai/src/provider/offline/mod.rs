//! The model that needs no network: deterministic from the input, marked as what it is, good enough to show and test
//! every flow.
//!
//! Of the variables it takes what the rendered prompt says: what a template leaves out, it does not know of, and a rule
//! that is not there it does not follow ([`heard`]).

mod cluster;
mod content;
mod drafts;
mod heard;
mod ideas;
mod image_prompts;
mod phrases;
mod reparse;
mod rewrite;
mod structure;
mod words;

use async_trait::async_trait;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Completion, ErrorClass, Provider, ProviderError, Request};

/// The name by which its answers are known.
pub const MODEL: &str = "offline";

/// The offline model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Offline;

#[async_trait]
impl Provider for Offline {
    fn name(&self) -> &'static str {
        "offline"
    }

    async fn complete(&self, request: &Request) -> Result<Completion, ProviderError> {
        let input = heard::of(request);
        let text = match request.function.as_str() {
            "auto_cluster" => answer(&input, cluster::answer),
            "generate_ideas" => answer(&input, ideas::answer),
            "generate_content" => answer(&input, content::answer),
            "generate_image_prompts" => answer(&input, image_prompts::answer),
            "reparse_content" => answer(&input, reparse::answer),
            "draft_prompt" => answer(&input, drafts::prompt),
            "draft_persona" => answer(&input, drafts::persona),
            "draft_strategy" => answer(&input, drafts::strategy),
            "generate_variation" => answer(&input, rewrite::titles),
            "regenerate_section" => answer(&input, rewrite::section),
            other => Err(format!("it does not know the function {other}")),
        };
        let text = text.map_err(|detail| {
            ProviderError::new(
                ErrorClass::ForGood,
                "The offline model cannot do this. Set up an AI provider, then retry.",
                format!("offline: {detail}"),
            )
        })?;
        // About four characters a token, as a rule of thumb; the price is nothing anyway.
        let tokens = |text: &str| text.len().div_ceil(4) as u64;
        Ok(Completion {
            tokens_in: tokens(&request.system) + tokens(&request.user),
            tokens_out: tokens(&text),
            text,
            model: MODEL.to_owned(),
            ..Completion::default()
        })
    }
}

fn answer<I: DeserializeOwned, O: Serialize>(input: &Value, make: fn(&I) -> O) -> Result<String, String> {
    let input: I = serde_path_to_error::deserialize(input).map_err(|error| format!("its input: {error}"))?;
    serde_json::to_string(&make(&input)).map_err(|error| error.to_string())
}

/// A small generator of pseudo-random numbers (SplitMix64), seeded by a text: the same input gives the same answer.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn seeded(seed: &str) -> Self {
        // FNV-1a.
        Self(
            seed.bytes()
                .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)),
        )
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        if bound == 0 { 0 } else { (self.next() % bound as u64) as usize }
    }

    /// All items in a random order.
    pub(super) fn shuffled<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        let mut items = items.to_vec();
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
        items
    }
}

#[cfg(test)]
mod tests;
