//! Where rendered files go: the caller decides whether that is memory, a disk or a bucket.

use std::collections::BTreeMap;

/// One file of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// The path in the site, without a leading slash and not percent-encoded, as `oil-change/index.html`.
    pub path: String,
    /// The media type, with its charset where it has one.
    pub content_type: &'static str,
    /// The content.
    pub bytes: Vec<u8>,
}

/// Takes rendered files, one by one.
pub trait Sink {
    /// Takes one file; `path` has no leading slash and is not percent-encoded.
    fn put(&mut self, path: &str, content_type: &'static str, bytes: Vec<u8>);
}

/// Keeps all files in the order of rendering, and both of two files with the same path.
impl Sink for Vec<File> {
    fn put(&mut self, path: &str, content_type: &'static str, bytes: Vec<u8>) {
        self.push(File { path: path.to_owned(), content_type, bytes });
    }
}

/// Keeps files by path; the later of two files with the same path wins.
impl Sink for BTreeMap<String, File> {
    fn put(&mut self, path: &str, content_type: &'static str, bytes: Vec<u8>) {
        self.insert(path.to_owned(), File { path: path.to_owned(), content_type, bytes });
    }
}

/// `text/html`.
pub(crate) const HTML: &str = "text/html; charset=utf-8";
/// `application/xml`, for sitemaps.
pub(crate) const XML: &str = "application/xml; charset=utf-8";
/// `application/atom+xml`, for the feed.
pub(crate) const ATOM: &str = "application/atom+xml; charset=utf-8";
/// `text/plain`, for robots.txt.
pub(crate) const TEXT: &str = "text/plain; charset=utf-8";
/// `text/css`.
pub(crate) const CSS: &str = "text/css; charset=utf-8";
/// `image/svg+xml`, for the icon.
pub(crate) const SVG: &str = "image/svg+xml";
