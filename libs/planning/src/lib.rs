//! Keywords and what is planned from them.
//!
//! So far the pure half: [`import`] reads the keyword files that users bring, [`export`] writes them again, and
//! [`Intent`] says what a searcher wants. Nothing in these modules does I/O.

pub mod export;
pub mod import;
mod intent;
mod keyword;

pub use intent::{Intent, guess_intent};
pub use keyword::{KeywordError, LONGEST_KEYWORD, clean_keyword, normal_form};
