//! Language models, from the prompt to a typed answer: providers, routing, prompts, the tolerant reader, cost; and
//! models that make pictures.
//!
//! This room knows nothing of tables, HTTP servers or Lambda, reads no environment, and nobody outside learns which
//! provider answered.

pub mod answers;
pub mod catalog;
pub mod drafts;
pub mod engine;
pub mod function;
pub mod gate;
pub mod golden;
pub mod image;
pub mod price;
pub mod prompt;
pub mod provider;
pub mod reader;
pub mod router;
pub mod shapes;
pub mod trial;

pub use answers::{AnswerStore, Call, NoStore, StoredAnswer};
pub use engine::{Answer, Failure, Options, Usage, run};
pub use function::AiFunction;
pub use gate::{Admission, Gate, Health, Open};
pub use image::{ImageConfig, ImageMaker, ImageProviderKind, MadeImage, Picture, Shape};
pub use price::{Price, Tokens};
pub use prompt::{Prompt, PromptError};
pub use router::{Config, Model, ProviderKind, Router, Strategy};
