//! The sitemap (sitemaps.org 0.9): one file, or an index of several where the format's limits demand it.

use igny8_core::Timestamp;

use crate::{
    plan::{Plan, latest},
    sink::{Sink, XML},
    xml,
};

/// The format's limits for one file.
#[derive(Clone, Copy)]
struct Limits {
    urls: usize,
    /// Uncompressed.
    bytes: usize,
}

const LIMITS: Limits = Limits { urls: 50_000, bytes: 50 * 1024 * 1024 };
const NAMESPACE: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// A page, and when it last changed.
struct Place {
    url: String,
    changed: Timestamp,
}

pub(crate) fn write(plan: &Plan<'_>, sink: &mut dyn Sink) {
    write_limited(plan, LIMITS, sink);
}

/// The pages that search engines should know: not the further pages of a list, which lead only to what is here.
fn places(plan: &Plan<'_>) -> impl Iterator<Item = Place> {
    let home = Place { url: plan.absolute("/"), changed: plan.updated_at() };
    let topics = plan.topics.iter().map(|topic| {
        let members = topic.members.iter().filter_map(|&member| plan.entries.get(member));
        Place { url: plan.absolute(&topic.address()), changed: latest(members).unwrap_or_default() }
    });
    let shelves = plan.shelves.iter().map(|shelf| {
        let changed = latest(plan.members(&shelf.members).into_iter()).unwrap_or_default();
        Place { url: plan.absolute(shelf.address), changed }
    });
    let people =
        plan.people.iter().map(|member| Place { url: plan.absolute(&member.address), changed: plan.changed(member) });
    let articles =
        plan.entries.iter().map(|entry| Place { url: plan.absolute(&entry.address), changed: entry.updated_at() });
    std::iter::once(home).chain(topics).chain(shelves).chain(people).chain(articles)
}

fn write_limited(plan: &Plan<'_>, limits: Limits, sink: &mut dyn Sink) {
    let mut parts = vec![Part::new("urlset")];
    for place in places(plan) {
        let item = item("url", &place);
        if parts.last().is_none_or(|part| !part.takes(&item, limits)) {
            parts.push(Part::new("urlset"));
        }
        if let Some(part) = parts.last_mut() {
            part.push(&item, place.changed);
        }
    }
    if let [_] = parts.as_slice() {
        let bytes = parts.pop().map(Part::finish).unwrap_or_default();
        sink.put("sitemap.xml", XML, bytes);
        return;
    }
    // An index holds 50,000 files as well: 2.5 billion pages, more than anyone renders in one go.
    let mut index = Part::new("sitemapindex");
    for (number, part) in (1..).zip(parts) {
        let name = format!("sitemap-{number}.xml");
        let place = Place { url: plan.absolute(&format!("/{name}")), changed: part.changed };
        index.push(&item("sitemap", &place), place.changed);
        sink.put(&name, XML, part.finish());
    }
    sink.put("sitemap.xml", XML, index.finish());
}

/// A file in the making.
struct Part {
    root: &'static str,
    text: String,
    items: usize,
    changed: Timestamp,
}

impl Part {
    fn new(root: &'static str) -> Self {
        let text = format!("{}<{root} xmlns=\"{NAMESPACE}\">\n", xml::DECLARATION);
        Self { root, text, items: 0, changed: Timestamp::default() }
    }

    fn takes(&self, item: &str, limits: Limits) -> bool {
        let end = self.root.len() + "</>\n".len();
        self.items == 0 || (self.items < limits.urls && self.text.len() + item.len() + end <= limits.bytes)
    }

    fn push(&mut self, item: &str, changed: Timestamp) {
        self.text.push_str(item);
        self.items += 1;
        self.changed = self.changed.max(changed);
    }

    fn finish(mut self) -> Vec<u8> {
        self.text.push_str("</");
        self.text.push_str(self.root);
        self.text.push_str(">\n");
        self.text.into_bytes()
    }
}

fn item(name: &str, place: &Place) -> String {
    let mut out = format!("<{name}>\n");
    xml::element(&mut out, "loc", &place.url);
    xml::element(&mut out, "lastmod", &place.changed.to_string());
    out.push_str("</");
    out.push_str(name);
    out.push_str(">\n");
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use igny8_core::Timestamp;

    use super::{Limits, write, write_limited};
    use crate::{Article, File, Site, plan::Plan};

    fn site() -> Site {
        Site { base_url: "https://example.com".to_owned(), ..Site::default() }
    }

    fn articles(count: i64) -> Vec<Article> {
        (0..count)
            .map(|n| Article {
                slug: format!("a-{n:05}"),
                published_at: Timestamp::from_millis(n * 1000),
                ..Article::default()
            })
            .collect()
    }

    fn text(files: &BTreeMap<String, File>, path: &str) -> String {
        String::from_utf8(files[path].bytes.clone()).unwrap()
    }

    fn locations(xml: &str) -> Vec<&str> {
        xml.split("<loc>").skip(1).map(|rest| rest.split("</loc>").next().unwrap()).collect()
    }

    #[test]
    fn splits_above_fifty_thousand_addresses() {
        let site = site();
        // With the first page there are 50,000, and then 50,001.
        for (count, files_wanted) in [(49_999, 1), (50_000, 3)] {
            let articles = articles(count);
            let mut files = BTreeMap::<String, File>::new();
            write(&Plan::new(&site, &articles), &mut files);
            assert_eq!(files.len(), files_wanted);
        }
    }

    #[test]
    fn the_parts_hold_every_address_once_and_keep_both_limits() {
        let site = site();
        let articles = articles(40);
        let plan = Plan::new(&site, &articles);
        for limits in [Limits { urls: 7, bytes: 1 << 20 }, Limits { urls: 1000, bytes: 600 }] {
            let mut files = BTreeMap::<String, File>::new();
            write_limited(&plan, limits, &mut files);
            let index = text(&files, "sitemap.xml");
            assert!(index.contains("<sitemapindex "));
            let mut seen = Vec::new();
            for url in locations(&index) {
                let part = text(&files, url.strip_prefix("https://example.com/").unwrap());
                assert!(part.len() <= limits.bytes && locations(&part).len() <= limits.urls, "{}", part.len());
                seen.extend(locations(&part).into_iter().map(str::to_owned));
            }
            assert_eq!(seen.len(), 41);
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 41);
        }
    }
}
