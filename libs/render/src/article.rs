//! The page of one article.

use html5gum::{Token, Tokenizer};
use maud::{Markup, PreEscaped, html};

use crate::{
    art, facts, json_ld,
    model::{Article, Heading, Image},
    page::{Head, Place, card, date, page, picture, reading_time, trail},
    plan::{Entry, Plan},
    sink::{HTML, Sink},
    text,
    words::{self, Words},
};

/// From this many headings on, an article gets a table of contents.
const CONTENTS_FROM: usize = 3;
/// Shorter articles, in words, get none; one of unknown length (0) does.
const LONG: u32 = 500;

pub(crate) fn write(plan: &Plan<'_>, sink: &mut dyn Sink) {
    for (index, entry) in plan.entries.iter().enumerate() {
        sink.put(&format!("{}/index.html", entry.folder), HTML, article(plan, index, entry));
    }
}

fn article(plan: &Plan<'_>, index: usize, entry: &Entry<'_>) -> Vec<u8> {
    let article = entry.article;
    let words = words::of(entry.language);
    let image = article.featured_image.as_ref().and_then(|image| Some((text::safe_url(&image.url)?, image)));
    let description = text::some(&article.meta_description).unwrap_or_else(|| text::shorten(&entry.excerpt, 155));
    let topic = plan.topic(entry);
    let head = Head {
        title: text::some(&article.meta_title).unwrap_or_else(|| format!("{} · {}", entry.title, plan.name)),
        description: description.clone(),
        address: Some(entry.address.clone()),
        language: entry.language,
        kind: if entry.is("post") { "article" } else { "website" },
        image: image.map(|(_, image)| image),
        prev: None,
        next: None,
        more: html! {
            @if entry.is("post") {
                meta property="article:published_time" content=(article.published_at);
                meta property="article:modified_time" content=(entry.updated_at());
                @if let Some(topic) = topic { meta property="article:section" content=(topic.name); }
                @for tag in tags(article) { meta property="article:tag" content=(tag); }
            }
            (json_ld::article(plan, entry, image.map(|(_, image)| image), &description))
        },
    };
    let contents = contents(words, article);
    let related = plan.related(index);
    let main = html! {
        article.story {
            header.top {
                (trail(words, topic, &entry.title))
                h1 { (entry.title) }
                @if !entry.excerpt.is_empty() && !opens_with(&article.body_html, &entry.excerpt) {
                    p.stand { (entry.excerpt) }
                }
                (byline(plan, words, entry))
                @if let Some(facts) = facts::above(&article.data, entry.language) { (facts) }
            }
            @match image {
                Some((url, image)) => (lead(url, image)),
                None => div.band { (art::cover(&entry.folder, 16, 1)) },
            }
            div class=(if contents.is_some() { "body with-toc" } else { "body" }) {
                @if let Some(contents) = &contents { (contents) }
                div.prose {
                    (PreEscaped(&article.body_html))
                    @if let Some(more) = facts::below(&article.data, entry.language) { (more) }
                }
            }
            @if tags(article).next().is_some() {
                footer.tags {
                    h2 { (words.tags) }
                    ul { @for tag in tags(article) { li { (tag) } } }
                }
            }
        }
        @if !related.is_empty() {
            aside.rest.wide aria-labelledby="_related" {
                h2 id="_related" { (words.related) }
                div.cards { @for other in related { (card(plan, other, Place::Related, entry.language)) } }
            }
        }
    };
    page(plan, &head, entry.topic.map(|topic| (topic, "true")), &main)
}

fn tags(article: &Article) -> impl Iterator<Item = String> {
    article.tags.iter().filter_map(|tag| text::some(tag))
}

fn byline(plan: &Plan<'_>, words: &Words, entry: &Entry<'_>) -> Markup {
    let article = entry.article;
    let (author, reviewer) = (plan.author(entry), plan.reviewer(entry));
    let reviewed = html! {
        @if let Some(reviewer) = reviewer {
            span.reviewer { (filled(words.reviewed, &html! { a href=(reviewer.address) { (reviewer.name) } })) }
        }
    };
    // A page or a product has no day of which it is the news.
    if !entry.is("post") {
        return html! { @if reviewer.is_some() { p.meta { (reviewed) } } };
    }
    html! {
        p.meta {
            @if let Some(author) = author {
                span.author { (filled(words.by, &html! { a href=(author.address) rel="author" { (author.name) } })) }
            }
            (reviewed)
            (date(words, article.published_at))
            // An update on the day of publishing is not news.
            @if entry.updated_at().date() > article.published_at.date() {
                span { (filled(words.updated, &date(words, entry.updated_at()))) }
            }
            (reading_time(words, entry))
        }
    }
}

/// A text with markup in its gap.
fn filled(pattern: &str, inner: &Markup) -> Markup {
    let (before, after) = pattern.split_once("{}").unwrap_or((pattern, ""));
    html! { (before) (inner) (after) }
}

fn lead(url: &str, image: &Image) -> Markup {
    html! { figure.lead { (picture(url, image, &text::clean(&image.alt), true)) } }
}

/// The table of contents of a long article: its headings of levels 2 and 3.
fn contents(words: &Words, article: &Article) -> Option<Markup> {
    let headings: Vec<&Heading> =
        article.headings.iter().filter(|heading| matches!(heading.level, 2 | 3) && !heading.id.is_empty()).collect();
    if headings.len() < CONTENTS_FROM || (1..LONG).contains(&article.word_count) {
        return None;
    }
    // One chunk is a heading of level 2 with those of level 3 below it; the first may lack its level 2.
    let chunks = headings.chunk_by(|_, next| next.level == 3);
    Some(html! {
        nav.toc aria-labelledby="_toc" {
            h2 id="_toc" { (words.contents) }
            ol {
                @for chunk in chunks {
                    @if let [first, below @ ..] = chunk {
                        li {
                            (jump(first))
                            @if !below.is_empty() { ol { @for heading in below { li { (jump(heading)) } } } }
                        }
                    }
                }
            }
        }
    })
}

fn jump(heading: &Heading) -> Markup {
    html! { a href=(format!("#{}", text::encode(&heading.id))) { (text::clean(&heading.text)) } }
}

/// Whether a body begins with the same words as an excerpt, which then need not stand above it once more.
fn opens_with(body_html: &str, excerpt: &str) -> bool {
    /// Characters compared: an excerpt cut short from the body ends in an ellipsis of its own.
    const COMPARED: usize = 48;
    let letters = |text: &str| -> String { text.chars().filter(|c| c.is_alphanumeric()).take(COMPARED).collect() };
    let wanted = letters(excerpt);
    let mut opening = String::new();
    for Ok(token) in Tokenizer::new(body_html) {
        if let Token::String(text) = token {
            opening.push_str(&letters(&String::from_utf8_lossy(&text)));
        }
        if opening.len() >= wanted.len() {
            break;
        }
    }
    opening.starts_with(&wanted)
}

#[cfg(test)]
mod tests {
    use super::{contents, opens_with};
    use crate::{Article, Heading, words};

    #[test]
    fn an_excerpt_taken_from_the_body_is_noticed() {
        let body = "<p>A dry chain <em>wears</em> twice as fast &amp; sings.</p>";
        assert!(opens_with(body, "A dry chain wears twice…"));
        assert!(!opens_with(body, "When to oil a chain"));
        assert!(!opens_with("", "When to oil a chain"));
    }

    #[test]
    fn only_long_articles_have_contents_and_levels_nest() {
        let heading = |id: &str, level| Heading { id: id.to_owned(), level, text: id.to_uppercase() };
        let mut article = Article {
            headings: vec![heading("z", 3), heading("a", 2), heading("b", 3), heading("x", 4), heading("c d", 2)],
            word_count: 499,
            ..Article::default()
        };
        assert!(contents(words::of("en"), &article).is_none());
        article.word_count = 500;
        let html = contents(words::of("en"), &article).unwrap().into_string();
        assert!(
            html.contains(
                "<ol><li><a href=\"#z\">Z</a></li><li><a href=\"#a\">A</a><ol><li><a href=\"#b\">B</a></li></ol></li>\
             <li><a href=\"#c%20d\">C D</a></li></ol>"
            ),
            "{html}"
        );
        article.headings.truncate(2);
        assert!(contents(words::of("en"), &article).is_none());
    }
}
