//! The frame of every page: head, masthead, footer, and the small parts that several pages share.

use maud::{DOCTYPE, Markup, html};

use crate::{
    art, facts,
    model::Image,
    plan::{Entry, Plan, Topic},
    text,
    words::{self, Words},
};

/// Topics named in the masthead; the footer has more.
const IN_MASTHEAD: usize = 5;
/// Topics named in the footer; the others are reached through their articles.
const IN_FOOTER: usize = 24;
/// The id of `main`. Ids in bodies come from slugs, which have no underscore, so that none can clash.
const MAIN: &str = "_main";

/// What differs between the heads of two pages.
pub(crate) struct Head<'a> {
    pub title: String,
    pub description: String,
    /// The page's address; a page without one (404) is kept out of search.
    pub address: Option<String>,
    pub language: &'a str,
    /// The kind of page for OpenGraph.
    pub kind: &'static str,
    pub image: Option<&'a Image>,
    pub prev: Option<String>,
    pub next: Option<String>,
    /// More meta elements and scripts.
    pub more: Markup,
}

/// Which topic of the masthead a page belongs to, and whether it is the topic's page or one of its articles.
pub(crate) type Here = Option<(usize, &'static str)>;

/// A whole page around its `main`.
pub(crate) fn page(plan: &Plan<'_>, head: &Head<'_>, here: Here, main: &Markup) -> Vec<u8> {
    let words = words::of(head.language);
    let canonical = head.address.as_deref().map(|address| plan.absolute(address));
    let (big, small) = art::mark(&plan.site.name);
    html! {
        (DOCTYPE)
        html lang=[tag(head.language)] dir=(words::direction(head.language)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (head.title) }
                @if !head.description.is_empty() { meta name="description" content=(head.description); }
                @match &canonical {
                    Some(url) => {
                        link rel="canonical" href=(url);
                        meta name="robots" content="index, follow, max-image-preview:large";
                    }
                    None => { meta name="robots" content="noindex"; }
                }
                @if let Some(prev) = &head.prev { link rel="prev" href=(prev); }
                @if let Some(next) = &head.next { link rel="next" href=(next); }
                (social(plan, head, canonical.as_deref()))
                (head.more)
                meta name="color-scheme" content="light dark";
                @if let Some(generator) = &plan.site.generator { meta name="generator" content=(text::clean(generator)); }
                link rel="icon" type="image/svg+xml" href=(plan.assets.icon);
                link rel="alternate" type="application/atom+xml" title=(plan.name) href="/feed.xml";
                link rel="stylesheet" href=(plan.assets.style);
            }
            body {
                a.skip href=(format!("#{MAIN}")) { (words.skip) }
                header.mast {
                    div.wide {
                        a.brand href="/" rel="home" {
                            svg.mark viewBox="0 0 4 4" aria-hidden="true" {
                                rect width="4" height="4" rx=".9" {}
                                path.m1 d=(big) {}
                                path.m2 d=(small) {}
                            }
                            (plan.name)
                        }
                        @if !plan.topics.is_empty() || !plan.shelves.is_empty() {
                            nav aria-label=(words.topics) { (topics(plan, IN_MASTHEAD, here, head.address.as_deref())) }
                        }
                    }
                }
                main id=(MAIN) tabindex="-1" { (main) }
                footer.foot {
                    div.wide {
                        div {
                            p.brand { (plan.name) }
                            @if !plan.description.is_empty() { p { (plan.description) } }
                        }
                        @if !plan.topics.is_empty() || !plan.shelves.is_empty() {
                            nav aria-label=(words.topics) { (topics(plan, IN_FOOTER, None, None)) }
                        }
                        ul.links {
                            li { a href="/" { (words.home) } }
                            @for entry in plan.standing().take(IN_FOOTER) {
                                li lang=[(entry.language != head.language).then(|| tag(entry.language)).flatten()] {
                                    a href=(entry.address) { (entry.title) }
                                }
                            }
                            li { a href="/feed.xml" { (words.feed) } }
                        }
                    }
                }
            }
        }
    }
    .into_string()
    .into_bytes()
}

/// OpenGraph and Twitter cards.
fn social(plan: &Plan<'_>, head: &Head<'_>, canonical: Option<&str>) -> Markup {
    let image = head.image.and_then(|image| Some((text::absolute(plan.base_url, &image.url)?, image)));
    html! {
        meta property="og:site_name" content=(plan.name);
        meta property="og:type" content=(head.kind);
        meta property="og:title" content=(head.title);
        @if !head.description.is_empty() { meta property="og:description" content=(head.description); }
        @if let Some(url) = canonical { meta property="og:url" content=(url); }
        @if let Some(locale) = og_locale(head.language) { meta property="og:locale" content=(locale); }
        @if let Some((url, image)) = &image {
            meta property="og:image" content=(url);
            @if image.width > 0 && image.height > 0 {
                meta property="og:image:width" content=(image.width);
                meta property="og:image:height" content=(image.height);
            }
            @if let Some(alt) = text::some(&image.alt) { meta property="og:image:alt" content=(alt); }
        }
        meta name="twitter:card" content=(if image.is_some() { "summary_large_image" } else { "summary" });
    }
}

/// `language_TERRITORY`, the only form that OpenGraph knows; none for a tag without a territory.
fn og_locale(tag: &str) -> Option<String> {
    let mut parts = tag.split(['-', '_']);
    let language = parts.next()?;
    let territory = parts.find(|part| part.len() == 2 && part.chars().all(|c| c.is_ascii_alphabetic()))?;
    Some(format!("{}_{}", language.to_ascii_lowercase(), territory.to_ascii_uppercase()))
}

/// A language tag as HTML wants it, or nothing.
pub(crate) fn tag(language: &str) -> Option<String> {
    text::some(language).map(|tag| tag.replace('_', "-"))
}

/// Products and services, then topics.
fn topics(plan: &Plan<'_>, most: usize, here: Here, address: Option<&str>) -> Markup {
    html! {
        ul {
            @for shelf in &plan.shelves {
                li { a href=(shelf.address) aria-current=[(address == Some(shelf.address)).then_some("page")] { (shelf.name) } }
            }
            @for (index, topic) in plan.topics.iter().take(most).enumerate() {
                li { a href=(topic.address()) aria-current=[here.filter(|here| here.0 == index).map(|here| here.1)] { (topic.name) } }
            }
        }
    }
}

/// The visible trail: home, the topic, and the page itself.
pub(crate) fn trail(words: &Words, topic: Option<&Topic>, last: &str) -> Markup {
    html! {
        nav.trail aria-label=(words.trail) {
            ol {
                li { a href="/" { (words.home) } }
                @if let Some(topic) = topic { li { a href=(topic.address()) { (topic.name) } } }
                li { span aria-current="page" { (last) } }
            }
        }
    }
}

/// Where a card stands: that decides its size, its heading's level, and how early its picture is loaded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Across the page, at the top.
    Lead,
    /// In the list of a page.
    List,
    /// Below an article, under a heading.
    Related,
}

/// An article in a list. `language` is the page's; the card names its own where it differs.
pub(crate) fn card(plan: &Plan<'_>, entry: &Entry<'_>, place: Place, language: &str) -> Markup {
    let words = words::of(language);
    let foreign = entry.language != language;
    let title = html! { a href=(entry.address) { (entry.title) } };
    html! {
        article class=(if place == Place::Lead { "card lead" } else { "card" })
            lang=[foreign.then(|| tag(entry.language)).flatten()]
            dir=[foreign.then(|| words::direction(entry.language))] {
            div.cover { (cover(entry, place)) }
            div.what {
                @if let Some(topic) = plan.topic(entry) {
                    p.kicker { a href=(topic.address()) { (topic.name) } }
                }
                @if place == Place::Related { h3 { (title) } } @else { h2 { (title) } }
                @if !entry.excerpt.is_empty() { p.sum { (text::shorten(&entry.excerpt, 180)) } }
                @if entry.is("post") {
                    p.meta {
                        (date(words, entry.article.published_at))
                        (reading_time(words, entry))
                    }
                } @else if let Some(price) = facts::price(&entry.article.data, language) {
                    p.meta { (price) }
                }
            }
        }
    }
}

fn cover(entry: &Entry<'_>, place: Place) -> Markup {
    let image = entry.article.featured_image.as_ref().and_then(|image| Some((text::safe_url(&image.url)?, image)));
    match image {
        // Beside its title the picture says nothing new: empty alt.
        Some((url, image)) => picture(url, image, "", place == Place::Lead),
        None if place == Place::Lead => art::cover(&entry.folder, 6, 4),
        None => art::cover(&entry.folder, 4, 2),
    }
}

/// A picture; the first one of a page is loaded at once, the others when they come near. Of its files the browser
/// takes the smallest that is sharp: one picture goes across the page, cards stand beside each other on wide screens.
pub(crate) fn picture(url: &str, image: &Image, alt: &str, first: bool) -> Markup {
    let sources: Vec<String> = image
        .sources
        .iter()
        .filter_map(|source| Some(format!("{} {}w", text::safe_url(&source.url)?, source.width)))
        .collect();
    let sizes = if first { "(min-width: 72rem) 70rem, 100vw" } else { "(min-width: 48rem) 22rem, 100vw" };
    let img = html! {
        img src=(url) alt=(alt) width=[known(image.width)] height=[known(image.height)]
            loading=[(!first).then_some("lazy")] decoding=[(!first).then_some("async")]
            fetchpriority=[first.then_some("high")];
    };
    if sources.is_empty() {
        return img;
    }
    html! {
        picture {
            source type="image/webp" srcset=(sources.join(", ")) sizes=(sizes);
            (img)
        }
    }
}

fn known(pixels: u32) -> Option<u32> {
    Some(pixels).filter(|&pixels| pixels > 0)
}

/// A date, for people and for machines.
pub(crate) fn date(words: &Words, moment: igny8_core::Timestamp) -> Markup {
    html! { time datetime=(moment) { (words.date(moment)) } }
}

/// How long reading takes, if the length is known.
pub(crate) fn reading_time(words: &Words, entry: &Entry<'_>) -> Markup {
    /// What adults read silently in a minute (Brysbaert 2019: 238 words of English prose), rounded down for tables and code.
    const WORDS_PER_MINUTE: u32 = 220;
    let count = entry.article.word_count;
    html! {
        @if count > 0 {
            span { (Words::fill(words.minutes, &count.div_ceil(WORDS_PER_MINUTE).to_string())) }
        }
    }
}
