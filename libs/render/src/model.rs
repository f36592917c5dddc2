//! What the caller hands in: plain data, no ids and no tenant, so that this crate cannot read anything.

use igny8_core::Timestamp;

/// A public site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Site {
    /// The name, as visitors read it.
    pub name: String,
    /// What the site is about, in a sentence; may be empty. Up to 90 characters it is the headline of the first page.
    pub description: String,
    /// Where the site lives: `https://` and a host, without a path or a trailing slash.
    pub base_url: String,
    /// The language of the site as a BCP 47 tag, such as `en`, `pt-BR` or `ar`.
    pub locale: String,
    /// The industry in the owner's words; it only chooses the colours.
    pub industry: Option<String>,
    /// When the site's own definition last changed.
    pub updated_at: Timestamp,
    /// The content of `<meta name="generator">`.
    pub generator: Option<String>,
}

/// A published article.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// The last part of the address, unique in the site.
    pub slug: String,
    /// The headline.
    pub title: String,
    /// The `<title>`; when empty, the headline and the site's name.
    pub meta_title: String,
    /// The meta description; when empty, the excerpt.
    pub meta_description: String,
    /// One or two sentences for lists and below the headline; may be empty.
    pub excerpt: String,
    /// Safe, semantic HTML without an `h1`; written as it is.
    pub body_html: String,
    /// The headings of `body_html`, in its order, for the table of contents.
    pub headings: Vec<Heading>,
    /// Who wrote it.
    pub author: Option<String>,
    /// When it first went public.
    pub published_at: Timestamp,
    /// When its content last changed.
    pub updated_at: Timestamp,
    /// The language as a BCP 47 tag; when empty, the site's.
    pub language: String,
    /// The name of its cluster, which becomes a category of the site.
    pub category: Option<String>,
    /// Tags, for people and for `article:tag`; they have no pages.
    pub tags: Vec<String>,
    /// The length of the body, in words; 0 when unknown.
    pub word_count: u32,
    /// The picture at the top and in lists.
    pub featured_image: Option<Image>,
    /// schema.org objects of the page; an `Article` and a `BreadcrumbList` are added when none is among them.
    pub json_ld: Vec<serde_json::Value>,
}

/// A heading of an article's body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heading {
    /// The `id` attribute in the body.
    pub id: String,
    /// 2 to 6.
    pub level: u8,
    /// The text, without markup.
    pub text: String,
}

/// A picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Image {
    /// An `https://` (or `http://`) address, or a root-relative path; any other is left out.
    pub url: String,
    /// What it shows, for those who do not see it.
    pub alt: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}
