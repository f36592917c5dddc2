//! What a call costs: tokens by kind, prices by the million, list prices of known models.

/// The tokens of one call, each counted once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tokens {
    /// Tokens of the prompt that were read anew.
    pub fresh: u64,
    /// Tokens of the prompt that the provider found in its cache.
    pub cached: u64,
    /// Tokens of the prompt that the provider put into its cache (Anthropic bills that apart).
    pub cache_written: u64,
    /// Tokens of the answer, thinking included.
    pub output: u64,
}

/// What a model costs, in cents for a million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price {
    /// Tokens of prompts.
    pub input: u64,
    /// Tokens of answers.
    pub output: u64,
    /// What a token found in the provider's cache costs, in percent of `input`.
    pub cached_percent: u64,
    /// What a token put into the provider's cache costs, in percent of `input`.
    pub cache_written_percent: u64,
}

impl Price {
    /// A price without a discount for cached tokens.
    pub const fn new(input: u64, output: u64) -> Self {
        Self { input, output, cached_percent: 100, cache_written_percent: 100 }
    }

    /// The cost of one call in millionths of a cent, rounded up: one token at a cent for a million costs exactly one.
    pub const fn microcents(self, tokens: Tokens) -> u64 {
        let weighed = tokens
            .fresh
            .saturating_mul(100)
            .saturating_add(tokens.cached.saturating_mul(self.cached_percent))
            .saturating_add(tokens.cache_written.saturating_mul(self.cache_written_percent));
        self.input.saturating_mul(weighed).div_ceil(100).saturating_add(self.output.saturating_mul(tokens.output))
    }
}

/// List prices of providers with their percentages for cached tokens, by the longest name that a model's name begins
/// with; settings override them.
///
/// <https://platform.openai.com/docs/pricing>, <https://docs.anthropic.com/en/docs/about-claude/pricing>
const LIST: [(&str, Price); 13] = [
    ("gpt-4.1", openai(200, 800, 25)),
    ("gpt-4.1-mini", openai(40, 160, 25)),
    ("gpt-4.1-nano", openai(10, 40, 25)),
    ("gpt-4o", openai(250, 1000, 50)),
    ("gpt-4o-mini", openai(15, 60, 50)),
    ("gpt-5", openai(125, 1000, 10)),
    ("gpt-5-mini", openai(25, 200, 10)),
    ("gpt-5-nano", openai(5, 40, 10)),
    ("o4-mini", openai(110, 440, 25)),
    ("claude-haiku-4-5", anthropic(100, 500)),
    ("claude-sonnet-4", anthropic(300, 1500)),
    ("claude-opus-4-1", anthropic(1500, 7500)),
    ("claude-opus-4-5", anthropic(500, 2500)),
];

const fn openai(input: u64, output: u64, cached_percent: u64) -> Price {
    Price { cached_percent, ..Price::new(input, output) }
}

const fn anthropic(input: u64, output: u64) -> Price {
    Price { input, output, cached_percent: 10, cache_written_percent: 125 }
}

/// The names of the list.
pub fn listed_names() -> impl Iterator<Item = &'static str> {
    LIST.iter().map(|(name, _)| *name)
}

/// The list price of a model by its name; `None` for one that is not in the list.
pub fn list_price(name: &str) -> Option<Price> {
    // A dated name is its model's, as gpt-4o-2024-08-06; another word or version behind it is another model.
    let is_dated = |rest: &str| rest.is_empty() || (rest.starts_with("-20") && rest.len() >= 9);
    LIST.iter()
        .filter(|(prefix, _)| name.strip_prefix(prefix).is_some_and(is_dated))
        .max_by_key(|(prefix, _)| prefix.len())
        .map(|&(_, price)| price)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cost_is_exact() {
        let price = list_price("gpt-4o-mini-2024-07-18").unwrap();
        let tokens = |fresh, cached, output| Tokens { fresh, cached, output, ..Tokens::default() };
        assert_eq!(price.microcents(tokens(1_000_000, 0, 0)), 15 * 1_000_000);
        assert_eq!(price.microcents(tokens(1234, 0, 567)), 15 * 1234 + 60 * 567);
        assert_eq!(price.microcents(tokens(0, 1000, 0)), 15 * 1000 / 2);
        assert_eq!(price.microcents(tokens(0, 1, 0)), 8);
        assert_eq!(list_price("gpt-4o-audio"), None);
    }

    #[test]
    fn anthropic_bills_the_writing_of_its_cache() {
        let price = list_price("claude-sonnet-4-20250514").unwrap();
        let tokens = Tokens { fresh: 10, cached: 1000, cache_written: 1000, output: 10 };
        assert_eq!(price.microcents(tokens), 300 * (10 + 100 + 1250) + 1500 * 10);
        assert_eq!(Price::new(10, 20).microcents(tokens), 10 * 2010 + 20 * 10);
    }
}
