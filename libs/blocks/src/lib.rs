//! The typed body of content: its schema, its checks, HTML, Markdown and WordPress's block markup both ways, and
//! JSON-LD.
//!
//! Pure: no I/O, no clock, no tenant. Markup that strangers wrote (a model, an editor, another site) enters through
//! [`Document::clean`], [`Document::from_html`], [`Document::from_markdown`] and [`Document::from_gutenberg`]; the writers
//! never copy markup through, they build it anew from what was read, so that even a document that nobody cleaned cannot
//! put a script on a page.

mod address;
mod block;
mod clean;
mod gutenberg;
mod inline;
pub mod jsonld;
mod links;
mod markdown;
mod markup;
mod merge;
mod parse;
mod read_html;
mod read_json;
mod schema;
pub mod structure;
mod text;
mod validate;
mod write_html;

pub use block::{Block, BlockKind, Document, FaqItem, ImageSource, Tone};
pub use clean::Cleaned;
pub use links::Address;
pub use merge::{Choice, Conflict, Merge, merge};
pub use schema::json_schema;
pub use structure::StructureData;
pub use text::OutlineEntry;
pub use validate::{MAX_BLOCK_BYTES, MAX_BLOCKS, MAX_DOCUMENT_BYTES, MAX_JSON_BYTES, MAX_LINK_BYTES};
pub use write_html::{AssetPicture, AssetUrl, Picture};

#[cfg(test)]
mod tests;
