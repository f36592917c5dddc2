//! From blocks to the HTML of a page; `read_html` reads exactly this back.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
};

use igny8_core::slugify;

use crate::{
    Block, Document, FaqItem, ImageSource,
    clean::{language_name, source},
    inline::Inline,
    markup::{self, attribute_into, escape_into},
};

/// Gives the address of one of our own pictures by its id; `None` when there is no such picture.
pub type AssetUrl<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Gives one of our own pictures with its files by its id; `None` when there is no such picture.
pub type AssetPicture<'a> = dyn Fn(&str) -> Option<Picture> + 'a;

/// One of our own pictures, for a page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Picture {
    /// The file for browsers that know nothing else.
    pub url: String,
    /// Pixels from left to right; 0 when unknown.
    pub width: u32,
    /// Pixels from top to bottom; 0 when unknown.
    pub height: u32,
    /// The same picture as WebP: address and width in pixels, smallest first; may be empty.
    pub sources: Vec<(String, u32)>,
}

impl Document {
    /// Semantic HTML, one line break between blocks; safe whatever the blocks hold, even when nobody cleaned them.
    ///
    /// Headings are `h2`–`h4` with unique ids; [`Document::outline`] gives the same ids. The `src` of one of our own
    /// pictures stays `asset:<id>`, which [`Document::from_html`] reads back and no browser shows.
    pub fn to_html(&self) -> String {
        self.html(None)
    }

    /// As [`Document::to_html`], for a page: our own pictures get their address, and one without is left out, for a
    /// broken picture is worse than none.
    pub fn to_html_with(&self, asset_url: &AssetUrl<'_>) -> String {
        self.html(Some(&|id| asset_url(id).map(|url| Picture { url, ..Picture::default() })))
    }

    /// As [`Document::to_html_with`], with the sizes of our own pictures and their files to choose from.
    pub fn to_html_with_pictures(&self, picture: &AssetPicture<'_>) -> String {
        self.html(Some(picture))
    }

    /// The ids of our own pictures in this body, in its order.
    pub fn asset_ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|block| match block {
            Block::Image { src: ImageSource::Asset(id), .. } => Some(id.as_str()),
            _ => None,
        })
    }

    fn html(&self, asset_url: Option<&AssetPicture<'_>>) -> String {
        let mut ids = HeadingIds::default();
        let mut out = String::new();
        for block in &self.0 {
            let start = out.len();
            if start > 0 {
                out.push('\n');
            }
            let before = out.len();
            write_block(&mut out, block, &mut ids, asset_url);
            if out.len() == before {
                out.truncate(start);
            }
        }
        out
    }
}

/// Gives each heading of a body its id.
#[derive(Default)]
pub(crate) struct HeadingIds {
    taken: HashSet<String>,
    last: HashMap<String, usize>,
}

impl HeadingIds {
    pub fn next(&mut self, text: &Inline) -> String {
        let slug = slugify(&text.plain_line());
        let mut id = slug.clone();
        let number = self.last.entry(slug.clone()).or_insert(1);
        while !self.taken.insert(id.clone()) {
            *number += 1;
            id = format!("{slug}-{number}");
        }
        id
    }
}

fn write_block(out: &mut String, block: &Block, ids: &mut HeadingIds, asset_url: Option<&AssetPicture<'_>>) {
    match block {
        Block::Heading { level, text } => {
            let text = Inline::read(text);
            let level = level.clamp(&2, &4);
            let _ = write!(out, "<h{level} id=\"{}\">{}</h{level}>", ids.next(&text), text.html());
        }
        Block::Paragraph { text } => element(out, "p", text),
        Block::List { ordered, items } => {
            let name = if *ordered { "ol" } else { "ul" };
            let _ = write!(out, "<{name}>");
            for item in items {
                out.push('\n');
                element(out, "li", item);
            }
            let _ = write!(out, "\n</{name}>");
        }
        Block::Image { src, alt, caption } => write_image(out, src, alt, caption.as_deref(), asset_url),
        Block::Quote { text, cite } => {
            let open = if cite.is_some() { "<figure class=\"quote\">\n" } else { "" };
            let _ = write!(out, "{open}<blockquote>");
            element(out, "p", text);
            out.push_str("</blockquote>");
            if let Some(cite) = cite {
                out.push('\n');
                element(out, "figcaption", cite);
                out.push_str("\n</figure>");
            }
        }
        Block::Table { header, rows, caption } => write_table(out, header, rows, caption.as_deref()),
        Block::Code { language, text } => {
            out.push_str("<pre><code");
            if let Some(language) = language.as_deref().and_then(language_name) {
                attribute_into(out, "class", &format!("language-{language}"));
            }
            out.push('>');
            escape_into(out, text);
            out.push_str("</code></pre>");
        }
        Block::Faq { items } => {
            out.push_str("<section class=\"faq\">");
            for FaqItem { question, answer } in items {
                out.push_str("\n<details>\n");
                element(out, "summary", question);
                out.push('\n');
                element(out, "p", answer);
                out.push_str("\n</details>");
            }
            out.push_str("\n</section>");
        }
        Block::Callout { tone, text } => {
            let _ = write!(out, "<aside class=\"callout callout-{}\">", tone.as_str());
            element(out, "p", text);
            out.push_str("</aside>");
        }
        Block::Html { html } => {
            if let Some(html) = markup::sanitise(html) {
                let _ = write!(out, "<div class=\"raw-html\">{html}</div>");
            }
        }
    }
}

fn element(out: &mut String, name: &str, text: &str) {
    let _ = write!(out, "<{name}>{}</{name}>", Inline::read(text).html());
}

fn write_image(
    out: &mut String,
    src: &ImageSource,
    alt: &str,
    caption: Option<&str>,
    asset_url: Option<&AssetPicture<'_>>,
) {
    let picture = match (source(src), asset_url) {
        (Some(ImageSource::Asset(id)), Some(asset_url)) => asset_url(&id),
        (Some(src @ ImageSource::Asset(_)), None) => {
            return write_figure(out, &src.to_string(), &Picture::default(), alt, caption);
        }
        (Some(src), _) => Some(Picture { url: src.to_string(), ..Picture::default() }),
        (None, _) => None,
    };
    let Some(picture) = picture else { return };
    let Some(src) = crate::address::image(&picture.url) else { return };
    write_figure(out, &src, &picture, alt, caption);
}

/// How wide a picture in a body is shown: across a phone, and as wide as a column of text elsewhere.
const SIZES: &str = "(min-width: 48rem) 44rem, 100vw";

fn write_figure(out: &mut String, src: &str, picture: &Picture, alt: &str, caption: Option<&str>) {
    out.push_str("<figure class=\"image\">");
    // An address with a space or a comma would end its place in the list.
    let sources: Vec<String> = picture
        .sources
        .iter()
        .filter_map(|(url, width)| Some(format!("{} {width}w", crate::address::image(url)?.replace(',', "%2C"))))
        .collect();
    if !sources.is_empty() {
        out.push_str("<picture><source type=\"image/webp\"");
        attribute_into(out, "srcset", &sources.join(", "));
        attribute_into(out, "sizes", SIZES);
        out.push('>');
    }
    out.push_str("<img");
    attribute_into(out, "src", src);
    attribute_into(out, "alt", alt);
    for (name, pixels) in [("width", picture.width), ("height", picture.height)] {
        if pixels > 0 {
            attribute_into(out, name, &pixels.to_string());
        }
    }
    out.push_str(" loading=\"lazy\" decoding=\"async\">");
    if !sources.is_empty() {
        out.push_str("</picture>");
    }
    if let Some(caption) = caption {
        element(out, "figcaption", caption);
    }
    out.push_str("</figure>");
}

fn write_table(out: &mut String, header: &[String], rows: &[Vec<String>], caption: Option<&str>) {
    out.push_str("<table>");
    if let Some(caption) = caption {
        out.push('\n');
        element(out, "caption", caption);
    }
    if !header.is_empty() {
        out.push_str("\n<thead><tr>");
        for cell in header {
            let _ = write!(out, "<th scope=\"col\">{}</th>", Inline::read(cell).html());
        }
        out.push_str("</tr></thead>");
    }
    out.push_str("\n<tbody>");
    for row in rows {
        out.push_str("\n<tr>");
        for cell in row {
            element(out, "td", cell);
        }
        out.push_str("</tr>");
    }
    out.push_str("\n</tbody>\n</table>");
}

#[cfg(test)]
mod tests {
    use crate::{Block, Document, ImageSource};

    fn heading(text: &str) -> Block {
        Block::Heading { level: 2, text: text.into() }
    }

    #[test]
    fn ids_are_unique_and_stable() {
        let document = Document(["Oil", "Oil", "Oil 2", "Oil", "?"].map(heading).into());
        let html = document.to_html();
        for id in ["oil", "oil-2", "oil-2-2", "oil-3", "page"] {
            assert_eq!(html.matches(&format!("id=\"{id}\"")).count(), 1, "{id} in {html}");
        }
        assert_eq!(
            document.outline().iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(),
            ["oil", "oil-2", "oil-2-2", "oil-3", "page"]
        );
    }

    #[test]
    fn assets_get_their_address_or_leave() {
        let image = |id: &str| Block::Image { src: ImageSource::Asset(id.into()), alt: "\"a\"".into(), caption: None };
        let document = Document(vec![image("known"), image("unknown"), heading("a")]);
        let asset_url = |id: &str| (id == "known").then(|| "/media/known.webp".to_owned());
        let html = document.to_html_with(&asset_url);
        assert_eq!(
            html,
            "<figure class=\"image\"><img src=\"/media/known.webp\" alt=\"&quot;a&quot;\" loading=\"lazy\" decoding=\"async\"></figure>\n<h2 id=\"a\">a</h2>"
        );
        assert!(document.to_html().contains("src=\"asset:known\""));
    }

    #[test]
    fn our_own_pictures_have_their_sizes_and_files() {
        let image = Block::Image { src: ImageSource::Asset("a".into()), alt: "A disc".into(), caption: None };
        let html = Document(vec![image]).to_html_with_pictures(&|_| {
            Some(super::Picture {
                url: "/img/a.jpg".into(),
                width: 1200,
                height: 800,
                sources: vec![
                    ("/img/a-480.webp".into(), 480),
                    ("javascript:x".into(), 1),
                    ("/img/a-768.webp".into(), 768),
                ],
            })
        });
        assert_eq!(
            html,
            "<figure class=\"image\"><picture><source type=\"image/webp\" srcset=\"/img/a-480.webp 480w, /img/a-768.webp 768w\" \
             sizes=\"(min-width: 48rem) 44rem, 100vw\"><img src=\"/img/a.jpg\" alt=\"A disc\" width=\"1200\" height=\"800\" \
             loading=\"lazy\" decoding=\"async\"></picture></figure>"
        );
    }

    #[test]
    fn what_nobody_cleaned_is_safe_all_the_same() {
        let html = Document(vec![
            Block::Paragraph { text: "<script>alert(1)</script><img src=x onerror=alert(1)>ok".into() },
            Block::Code { language: Some("\"><script>".into()), text: "</code><script>".into() },
            Block::Image { src: ImageSource::Url("javascript:x".into()), alt: String::new(), caption: None },
        ])
        .to_html();
        assert_eq!(html, "<p>ok</p>\n<pre><code>&lt;/code&gt;&lt;script&gt;</code></pre>");
    }
}
