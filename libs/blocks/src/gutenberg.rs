//! WordPress's block markup (Gutenberg), both ways: HTML parted by comments that name the blocks.
//!
//! Written is what WordPress itself would save, so that its editor opens every block as one of its own; read is what
//! is found on real sites: blocks of plugins, broken nesting, and posts from before there were blocks.

mod grammar;
mod read;
mod shortcode;
mod write;
