//! Pages that lead to others: the first page, one per category, one for products and services each, one per author, and
//! the page for addresses that lead nowhere.

use igny8_blocks::StructureData;
use maud::{Markup, html};
use percent_encoding::percent_decode_str;

use crate::{
    json_ld,
    model::Person,
    page::{Head, Here, Place, card, page, trail},
    plan::{Entry, Member, PER_PAGE, Plan, Shelf, Topic},
    sink::{HTML, Sink},
    text,
    words::Words,
};

/// A description that is not longer than this, in characters, can be a headline.
const HEADLINE: usize = 90;
/// Articles offered on the page for lost visitors.
const OFFERED: usize = 3;

pub(crate) fn write(plan: &Plan<'_>, sink: &mut dyn Sink) {
    let posts: Vec<&Entry<'_>> = plan.posts().collect();
    write_list(plan, List::Posts, &posts, sink);
    for (index, topic) in plan.topics.iter().enumerate() {
        let mut members = plan.members(&topic.members);
        // The page of the term introduces the list; it does not stand in it, unless it is all there is.
        let term = members.iter().position(|entry| entry.is("taxonomy")).filter(|_| members.len() > 1);
        let term = term.map(|at| members.remove(at));
        write_list(plan, List::Topic { index, topic, term }, &members, sink);
    }
    for shelf in &plan.shelves {
        write_list(plan, List::Shelf(shelf), &plan.members(&shelf.members), sink);
    }
    for member in &plan.people {
        write_list(plan, List::Person(member), &plan.members(&member.written), sink);
    }
    sink.put("404.html", HTML, lost(plan));
}

/// One list of articles, on as many pages as it needs; an empty list has one page too.
fn write_list(plan: &Plan<'_>, list: List<'_>, entries: &[&Entry<'_>], sink: &mut dyn Sink) {
    let last = entries.len().div_ceil(PER_PAGE).max(1);
    for number in 1..=last {
        let from = (number - 1) * PER_PAGE;
        let shown = entries.get(from..entries.len().min(from + PER_PAGE)).unwrap_or_default();
        let sheet = Sheet { list, number, last };
        let address = sheet.address(number);
        // Addresses are encoded, paths are not.
        let folder = percent_decode_str(address.trim_start_matches('/')).decode_utf8_lossy();
        let path = if folder.is_empty() { "index.html".to_owned() } else { format!("{folder}/index.html") };
        sink.put(&path, HTML, sheet.page(plan, shown));
    }
}

/// What a list is of.
#[derive(Clone, Copy)]
enum List<'a> {
    /// All posts: the first page of the site.
    Posts,
    /// All of one topic, with the page of its term, if it has one.
    Topic { index: usize, topic: &'a Topic, term: Option<&'a Entry<'a>> },
    /// All products, or all services.
    Shelf(&'a Shelf),
    /// All that somebody wrote, with who they are.
    Person(&'a Member<'a>),
}

impl List<'_> {
    /// Its name; that of the site is not its own.
    fn name(&self) -> Option<&str> {
        match self {
            Self::Posts => None,
            Self::Topic { topic, .. } => Some(&topic.name),
            Self::Shelf(shelf) => Some(shelf.name),
            Self::Person(member) => Some(&member.name),
        }
    }
}

/// One page of a list.
struct Sheet<'a> {
    list: List<'a>,
    /// This page's number, from 1.
    number: usize,
    /// The last page's number.
    last: usize,
}

impl Sheet<'_> {
    /// The address of a page of this list.
    fn address(&self, number: usize) -> String {
        let first = match self.list {
            List::Posts => String::new(),
            List::Topic { topic, .. } => topic.address(),
            List::Shelf(shelf) => shelf.address.to_owned(),
            List::Person(member) => member.address.clone(),
        };
        match number {
            1 if first.is_empty() => "/".to_owned(),
            1 => first,
            _ => format!("{first}/page/{number}"),
        }
    }

    fn page(&self, plan: &Plan<'_>, entries: &[&Entry<'_>]) -> Vec<u8> {
        let words = plan.words;
        let number = (self.number > 1).then(|| Words::fill(words.page, &self.number.to_string()));
        let name = match self.list.name() {
            Some(name) => format!("{name} · {}", plan.name),
            None if number.is_none() && fits(&plan.description) => format!("{} · {}", plan.name, plan.description),
            None => plan.name.clone(),
        };
        let description = match (self.list.name(), &number) {
            (Some(_), None) if self.about().is_some() => self.about().unwrap_or_default(),
            // What is on the page describes it better than a phrase with the topic's name in it.
            (Some(_), _) | (None, Some(_)) => {
                let titles: Vec<_> = entries.iter().map(|entry| entry.title.as_str()).collect();
                text::shorten(&titles.join(" · "), 155)
            }
            (None, None) => plan.description.clone(),
        };
        let head = Head {
            title: number.as_ref().map_or_else(|| name.clone(), |number| format!("{name} · {number}")),
            description,
            address: Some(self.address(self.number)),
            language: &plan.site.locale,
            kind: if matches!(self.list, List::Person(_)) { "profile" } else { "website" },
            image: None,
            prev: (self.number > 1).then(|| self.address(self.number - 1)),
            next: (self.number < self.last).then(|| self.address(self.number + 1)),
            more: match self.list {
                List::Topic { topic, .. } => json_ld::trail(plan, Some(topic), None, words.home),
                List::Shelf(shelf) => {
                    json_ld::trail(plan, None, Some((shelf.name, &plan.absolute(shelf.address))), words.home)
                }
                List::Person(member) => html! {
                    @if number.is_none() { (json_ld::profile(plan, member)) }
                    (json_ld::trail(plan, None, Some((&member.name, &plan.absolute(&member.address))), words.home))
                },
                List::Posts if number.is_none() => json_ld::site(plan),
                List::Posts => html! {},
            },
        };
        let here: Here = match self.list {
            List::Topic { index, .. } => Some((index, "page")),
            List::Posts | List::Shelf(_) | List::Person(_) => None,
        };
        let first = self.list.name().is_none() && self.number == 1;
        // The first page of a site without posts leads to what else there is.
        let is_empty =
            entries.is_empty() && (!first || plan.entries.is_empty()) && !matches!(self.list, List::Person(_));
        let main = html! {
            div.wide {
                (self.hero(plan, number.as_deref()))
                @if is_empty {
                    p.empty { (words.empty) }
                } @else if !entries.is_empty() {
                    div class=(if first { "cards front" } else { "cards" }) {
                        @for (index, entry) in entries.iter().enumerate() {
                            (card(plan, entry, if first && index == 0 { Place::Lead } else { Place::List }, &plan.site.locale))
                        }
                    }
                }
                (self.pager(plan))
                @if first { (offers(plan)) }
                @if let List::Person(member) = self.list && number.is_none() { (reviewed(plan, member)) }
            }
        };
        page(plan, &head, here, &main)
    }

    /// Who the person of a page is, in a sentence or two.
    fn about(&self) -> Option<String> {
        let List::Person(Member { person, .. }) = self.list else { return None };
        text::some(&person.bio).or_else(|| text::some(&person.job_title)).map(|about| text::shorten(&about, 155))
    }

    fn hero(&self, plan: &Plan<'_>, number: Option<&str>) -> Markup {
        match (self.list.name(), number) {
            (Some(name), number) => html! {
                header.hero.small {
                    (trail(plan.words, None, name))
                    h1 { (name) }
                    @if let Some(number) = number { p { (number) } } @else { (self.introduction(plan)) }
                }
            },
            (None, Some(number)) => html! {
                header.hero.small { (trail(plan.words, None, number)) h1 { (plan.words.more) } p { (number) } }
            },
            // The masthead already shows the name: a short description is the better headline.
            (None, None) if fits(&plan.description) => html! { header.hero { h1 { (plan.description) } } },
            (None, None) => html! {
                header.hero { h1 { (plan.name) } @if !plan.description.is_empty() { p { (plan.description) } } }
            },
        }
    }

    /// What the term of a topic covers, with the way to its page; who a person is.
    fn introduction(&self, plan: &Plan<'_>) -> Markup {
        if let List::Person(member) = self.list {
            return introduce(plan, member.person);
        }
        let List::Topic { term: Some(term), .. } = self.list else { return html! {} };
        let said = match &term.article.data {
            StructureData::Taxonomy(data) => data.description.as_deref().and_then(text::some),
            _ => None,
        };
        html! {
            p { (said.unwrap_or_else(|| term.excerpt.clone())) " " a href=(term.address) { (term.title) } }
        }
    }

    fn pager(&self, plan: &Plan<'_>) -> Markup {
        let words = plan.words;
        html! {
            @if self.last > 1 {
                nav.pager aria-label=(words.pages) {
                    @if self.number > 1 { a rel="prev" href=(self.address(self.number - 1)) { (words.newer) } }
                    span { (Words::fill(words.page, &format!("{} / {}", self.number, self.last))) }
                    @if self.number < self.last { a rel="next" href=(self.address(self.number + 1)) { (words.older) } }
                }
            }
        }
    }
}

/// Who somebody is.
fn introduce(plan: &Plan<'_>, person: &Person) -> Markup {
    let credentials: Vec<String> = person.credentials.iter().filter_map(|one| text::some(one)).collect();
    // A link into this very site leads to no page elsewhere.
    let away = person.elsewhere().filter(|url| {
        let inside = url.strip_prefix(plan.base_url);
        !inside.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '#', '?']))
    });
    let away: Vec<&str> = away.collect();
    html! {
        @if let Some(work) = text::some(&person.job_title) { p { strong { (work) } } }
        @if let Some(bio) = text::some(&person.bio) { p { (bio) } }
        @if !credentials.is_empty() { ul.links { @for one in &credentials { li { (one) } } } }
        @if !away.is_empty() {
            ul.links { @for url in away { li { a href=(url) rel="me" { (without_scheme(url)) } } } }
        }
    }
}

/// An address as people read it.
fn without_scheme(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, rest)| rest).trim_end_matches('/')
}

/// What somebody checked: the newest.
fn reviewed(plan: &Plan<'_>, member: &Member<'_>) -> Markup {
    html! {
        @if !member.reviewed.is_empty() {
            section.rest aria-labelledby="_reviewed" {
                h2 id="_reviewed" { (Words::fill(plan.words.reviewed, &member.name)) }
                div.cards {
                    @for entry in plan.members(&member.reviewed).into_iter().take(PER_PAGE) {
                        (card(plan, entry, Place::Related, &plan.site.locale))
                    }
                }
            }
        }
    }
}

/// Products and services on the first page, a few of each.
fn offers(plan: &Plan<'_>) -> Markup {
    html! {
        @for (number, shelf) in plan.shelves.iter().enumerate() {
            section.rest aria-labelledby=(format!("_shelf{number}")) {
                h2 id=(format!("_shelf{number}")) { a href=(shelf.address) { (shelf.name) } }
                div.cards {
                    @for entry in plan.members(&shelf.members).into_iter().take(OFFERED) {
                        (card(plan, entry, Place::Related, &plan.site.locale))
                    }
                }
            }
        }
    }
}

/// Whether a description can be a headline.
fn fits(description: &str) -> bool {
    !description.is_empty() && description.chars().count() <= HEADLINE
}

/// The page for addresses that lead nowhere.
fn lost(plan: &Plan<'_>) -> Vec<u8> {
    let words = plan.words;
    let head = Head {
        title: format!("{} · {}", words.lost, plan.name),
        description: String::new(),
        address: None,
        language: &plan.site.locale,
        kind: "website",
        image: None,
        prev: None,
        next: None,
        more: html! {},
    };
    let main = html! {
        div.wide {
            header.hero {
                p.big aria-hidden="true" { "404" }
                h1 { (words.lost) }
                p { (words.lost_more) }
                p { a.button href="/" { (words.home) } }
            }
            @if plan.posts().next().is_some() {
                section.rest aria-labelledby="_latest" {
                    h2 id="_latest" { (words.latest) }
                    div.cards {
                        @for entry in plan.posts().take(OFFERED) {
                            (card(plan, entry, Place::Related, &plan.site.locale))
                        }
                    }
                }
            }
        }
    };
    page(plan, &head, None, &main)
}
