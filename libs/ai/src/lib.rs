//! Language models, from the prompt to a typed answer: providers, routing, prompts, the tolerant reader, cost.
//!
//! This room knows nothing of tables, HTTP servers or Lambda, reads no environment, and nobody outside learns which
//! provider answered.

pub mod engine;
pub mod function;
pub mod prompt;
pub mod provider;
pub mod reader;
pub mod router;
pub mod shapes;

pub use engine::{Answer, AnswerStore, Call, Failure, NoStore, Options, StoredAnswer, Usage, run};
pub use function::AiFunction;
pub use prompt::{Prompt, PromptError};
pub use router::{Config, Model, Price, ProviderKind, Router};
