//! Language models, from the prompt to a typed answer: providers, routing, prompts, the tolerant reader, cost.
//!
//! This room knows nothing of tables, HTTP servers or Lambda, and nobody outside learns which provider answered.

pub mod reader;
