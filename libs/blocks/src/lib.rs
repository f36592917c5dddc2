//! The typed body of content: its schema, its checks, HTML and Markdown both ways, and JSON-LD.
//!
//! Pure: no I/O, no clock, no tenant. Markup that strangers wrote (a model, an editor, another site) enters through
//! [`Document::clean`], [`Document::from_html`] and [`Document::from_markdown`]; the writers never copy markup through,
//! they build it anew from what was read, so that even a document that nobody cleaned cannot put a script on a page.

mod address;
mod block;
mod clean;
mod inline;
pub mod jsonld;
mod markdown;
mod markup;
mod parse;
mod read_html;
mod read_json;
mod schema;
mod text;
mod validate;
mod write_html;

pub use block::{Block, BlockKind, Document, FaqItem, ImageSource, Tone};
pub use clean::Cleaned;
pub use schema::json_schema;
pub use text::OutlineEntry;
pub use validate::{MAX_BLOCK_BYTES, MAX_BLOCKS, MAX_DOCUMENT_BYTES, MAX_JSON_BYTES, MAX_LINK_BYTES};
pub use write_html::AssetUrl;

#[cfg(test)]
mod tests;
