//! An AI function: pure knowledge of what goes in, what comes out, what is acceptable and what it costs.

use igny8_core::Credits;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// One AI function. The bounded contexts implement it; it does no I/O.
pub trait AiFunction: Send + Sync {
    /// Its name in prompts, usage records and settings, as `auto_cluster`.
    const NAME: &'static str;
    /// At most this many tokens of answer.
    const MAX_TOKENS: u32;
    /// Randomness of the answer, 0 to 2.
    const TEMPERATURE: f32 = 0.4;

    /// What the prompt is rendered from.
    type Input: Serialize + Send + Sync;
    /// What the answer is read into.
    type Output: DeserializeOwned + Send;

    /// The JSON Schema of the answer.
    fn schema() -> Value;

    /// The kind of content that an input asks for, where the function has a prompt for each
    /// ([`crate::Prompt::default_for_kind`]).
    fn kind<'i>(&self, _input: &'i Self::Input) -> Option<&'i str> {
        None
    }

    /// The JSON Schema of the answer to an input: another one where the answer depends on what is asked for.
    fn schema_of(&self, _input: &Self::Input) -> Value {
        Self::schema()
    }

    /// Whether an answer that ended early may be used with its complete parts. A list may; an article without its
    /// end may not.
    fn accepts_cut(&self) -> bool {
        true
    }

    /// Checks what a schema cannot say; may drop bad parts of the output.
    ///
    /// # Errors
    /// A sentence for the model, that says what to do otherwise; it is sent back once.
    fn check(&self, input: &Self::Input, output: Self::Output) -> Result<Self::Output, String>;

    /// What the output is worth.
    fn price(&self, input: &Self::Input, output: &Self::Output) -> Credits;
}
