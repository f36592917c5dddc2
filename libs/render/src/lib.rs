//! The printer's room: a site and its published articles go in, the files of the public site come out.
//!
//! Pure functions into a [`Sink`]: no I/O, no clock, no randomness, so the same input always gives the same bytes and a
//! deployment can tell by hash which pages changed. Bodies arrive as HTML that is already safe; every other text is
//! escaped here. [`check`] reads the finished files back and says what must not go public.

mod art;
mod article;
mod check;
mod facts;
mod feed;
mod json_ld;
mod labels;
mod listing;
mod model;
mod page;
mod plan;
mod redirects;
mod sink;
mod sitemap;
mod style;
mod text;
mod words;
mod xml;

pub use check::{Problem, ProblemKind, check};
pub use model::{Article, Heading, Image, Person, Site, Source};
pub use sink::{File, Sink};

use plan::Plan;

/// Writes every file of the public site into `sink`.
///
/// The order of `articles` does not matter; pages list them newest first. Two articles with one slug write one path
/// twice: collect into a `Vec<File>` and [`check`] names them.
pub fn render(site: &Site, articles: &[Article], sink: &mut dyn Sink) {
    let plan = Plan::new(site, articles);
    listing::write(&plan, sink);
    article::write(&plan, sink);
    feed::write(&plan, sink);
    redirects::write(&plan, sink);
    sitemap::write(&plan, sink);
    style::write(&plan, sink);
}

/// The root-relative address of an article, as `/oil-change`: what follows `base_url` in its canonical link.
pub fn address(slug: &str) -> String {
    format!("/{}", text::encode(&text::file_name(slug)))
}
