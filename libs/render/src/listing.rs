//! Pages that lead to articles: the first page, one per category, and the page for addresses that lead nowhere.

use maud::{Markup, html};

use crate::{
    json_ld,
    page::{Head, Here, Place, card, page, trail},
    plan::{Entry, PER_PAGE, Plan, Topic},
    sink::{HTML, Sink},
    text,
    words::Words,
};

/// A description that is not longer than this, in characters, can be a headline.
const HEADLINE: usize = 90;
/// Articles offered on the page for lost visitors.
const OFFERED: usize = 3;

pub(crate) fn write(plan: &Plan<'_>, sink: &mut dyn Sink) {
    let all: Vec<&Entry<'_>> = plan.entries.iter().collect();
    write_list(plan, None, &all, sink);
    for (index, topic) in plan.topics.iter().enumerate() {
        let members: Vec<_> = topic.members.iter().filter_map(|&member| plan.entries.get(member)).collect();
        write_list(plan, Some((index, topic)), &members, sink);
    }
    sink.put("404.html", HTML, lost(plan));
}

/// One list of articles, on as many pages as it needs; an empty list has one page too.
fn write_list(plan: &Plan<'_>, topic: Option<(usize, &Topic)>, entries: &[&Entry<'_>], sink: &mut dyn Sink) {
    let last = entries.len().div_ceil(PER_PAGE).max(1);
    for number in 1..=last {
        let from = (number - 1) * PER_PAGE;
        let shown = entries.get(from..entries.len().min(from + PER_PAGE)).unwrap_or_default();
        let sheet = Sheet { topic, number, last };
        let address = sheet.address(number);
        let folder = address.trim_start_matches('/');
        let path = if folder.is_empty() { "index.html".to_owned() } else { format!("{folder}/index.html") };
        sink.put(&path, HTML, sheet.page(plan, shown));
    }
}

/// One page of a list.
struct Sheet<'a> {
    topic: Option<(usize, &'a Topic)>,
    /// This page's number, from 1.
    number: usize,
    /// The last page's number.
    last: usize,
}

impl Sheet<'_> {
    /// The address of a page of this list.
    fn address(&self, number: usize) -> String {
        let first = self.topic.map_or_else(String::new, |(_, topic)| topic.address());
        match number {
            1 if first.is_empty() => "/".to_owned(),
            1 => first,
            _ => format!("{first}/page/{number}"),
        }
    }

    fn page(&self, plan: &Plan<'_>, entries: &[&Entry<'_>]) -> Vec<u8> {
        let words = plan.words;
        let number = (self.number > 1).then(|| Words::fill(words.page, &self.number.to_string()));
        let name = match self.topic {
            Some((_, topic)) => format!("{} · {}", topic.name, plan.name),
            None if number.is_none() && fits(&plan.description) => format!("{} · {}", plan.name, plan.description),
            None => plan.name.clone(),
        };
        let description = match (self.topic, &number) {
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
            kind: "website",
            image: None,
            prev: (self.number > 1).then(|| self.address(self.number - 1)),
            next: (self.number < self.last).then(|| self.address(self.number + 1)),
            more: match self.topic {
                Some((_, topic)) => json_ld::trail(plan, Some(topic), None, words.home),
                None if number.is_none() => json_ld::site(plan),
                None => html! {},
            },
        };
        let here: Here = self.topic.map(|(index, _)| (index, "page"));
        let first = self.topic.is_none() && self.number == 1;
        let main = html! {
            div.wide {
                (self.hero(plan, number.as_deref()))
                @if entries.is_empty() {
                    p.empty { (words.empty) }
                } @else {
                    div class=(if first { "cards front" } else { "cards" }) {
                        @for (index, entry) in entries.iter().enumerate() {
                            (card(plan, entry, if first && index == 0 { Place::Lead } else { Place::List }, &plan.site.locale))
                        }
                    }
                }
                (self.pager(plan))
            }
        };
        page(plan, &head, here, &main)
    }

    fn hero(&self, plan: &Plan<'_>, number: Option<&str>) -> Markup {
        match (self.topic, number) {
            (Some((_, topic)), number) => html! {
                header.hero.small {
                    (trail(plan.words, None, &topic.name))
                    h1 { (topic.name) }
                    @if let Some(number) = number { p { (number) } }
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
            @if !plan.entries.is_empty() {
                section.rest aria-labelledby="_latest" {
                    h2 id="_latest" { (words.latest) }
                    div.cards {
                        @for entry in plan.entries.iter().take(OFFERED) {
                            (card(plan, entry, Place::Related, &plan.site.locale))
                        }
                    }
                }
            }
        }
    };
    page(plan, &head, None, &main)
}
