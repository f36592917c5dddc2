//! What the caller hands in: plain data, no ids and no tenant, so that this crate cannot read anything.

use igny8_blocks::{StructureData, jsonld::Party};
use igny8_core::Timestamp;

use crate::text;

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
    /// Slugs that it had before: their addresses lead here, by the file `_redirects`.
    pub redirects: Vec<String>,
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
    /// Who wrote it; a post names them.
    pub author: Option<Person>,
    /// Who checked what it says; nobody where that is the author.
    pub reviewer: Option<Person>,
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
    /// What kind of content it is, and what that has beside its body: it is shown around the body. Posts stand in the
    /// lists and the feed; the other kinds have places of their own.
    pub data: StructureData,
    /// schema.org objects of the page; a `BreadcrumbList`, and for a post an `Article`, are added when none is among them.
    pub json_ld: Vec<serde_json::Value>,
}

/// Somebody who wrote or checked articles, as readers may know them. They have a page of their own on the site.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Person {
    /// The last part of the address of their page: who has the same one is the same person.
    pub slug: String,
    /// Slugs that they had before: those addresses lead here, by the file `_redirects`.
    pub former_slugs: Vec<String>,
    /// The name; who has none is left out.
    pub name: String,
    /// Their work; may be empty.
    pub job_title: String,
    /// Who they are, in a few sentences; may be empty.
    pub bio: String,
    /// What shows that they know the subject, one each.
    pub credentials: Vec<String>,
    /// Their pages elsewhere: `https://` or `http://`; any other is left out.
    pub same_as: Vec<String>,
    /// When what is known of them last changed.
    pub updated_at: Timestamp,
}

fn address_of(slug: &str) -> String {
    format!("/authors/{}", text::encode(&text::file_name(slug)))
}

impl Person {
    /// The root-relative address of their page, as `/authors/ana-ruiz`.
    pub fn address(&self) -> String {
        address_of(&self.slug)
    }

    /// The addresses that their page had before.
    pub(crate) fn former_addresses(&self) -> impl Iterator<Item = String> {
        self.former_slugs.iter().map(|slug| address_of(slug))
    }

    /// The last part of the folder of their page.
    pub(crate) fn folder(&self) -> String {
        text::file_name(&self.slug)
    }

    /// Their pages elsewhere that a page may link to.
    pub(crate) fn elsewhere(&self) -> impl Iterator<Item = &str> {
        self.same_as.iter().filter_map(|url| text::safe_url(url)).filter(|url| !url.starts_with('/'))
    }

    /// What they are to search engines, on the site at `base_url`.
    pub fn party(&self, base_url: &str) -> Party {
        Party {
            name: text::clean(&self.name),
            url: Some(format!("{base_url}{}", self.address())),
            job_title: text::some(&self.job_title),
            description: text::some(&self.bio),
            credentials: self.credentials.iter().filter_map(|credential| text::some(credential)).collect(),
            same_as: self.elsewhere().map(str::to_owned).collect(),
            ..Party::default()
        }
    }
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
    /// The same picture as WebP in several widths, smallest first; may be empty.
    pub sources: Vec<Source>,
}

/// A file of a picture that a browser may choose.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// An address, as that of the picture.
    pub url: String,
    /// Pixels from left to right.
    pub width: u32,
}
