//! The plan of a site: which pages exist, at which address, in which order, and which belong together.

use std::collections::{HashMap, HashSet};

use igny8_core::{Timestamp, slugify};

use crate::{
    model::{Article, Site},
    style::Assets,
    text,
    words::{self, Words},
};

/// Articles on one page of a list.
pub(crate) const PER_PAGE: usize = 12;
/// Related articles below an article.
const RELATED: usize = 3;

/// Everything the pages share.
pub(crate) struct Plan<'a> {
    pub site: &'a Site,
    /// Where the site lives, without a trailing slash.
    pub base_url: &'a str,
    /// The site's name, cleaned.
    pub name: String,
    /// The site's description, cleaned.
    pub description: String,
    /// Newest first.
    pub entries: Vec<Entry<'a>>,
    /// The largest first.
    pub topics: Vec<Topic>,
    pub words: &'static Words,
    pub assets: Assets,
}

/// An article with its place in the site.
pub(crate) struct Entry<'a> {
    pub article: &'a Article,
    /// The folder of its page.
    pub folder: String,
    /// Its root-relative address.
    pub address: String,
    pub title: String,
    pub excerpt: String,
    pub language: &'a str,
    /// The index of its topic in the plan.
    pub topic: Option<usize>,
}

/// A category with its articles.
pub(crate) struct Topic {
    pub name: String,
    pub slug: String,
    /// Indices of entries, newest first.
    pub members: Vec<usize>,
}

impl Topic {
    pub fn address(&self) -> String {
        format!("/category/{}", self.slug)
    }
}

impl<'a> Plan<'a> {
    pub fn new(site: &'a Site, articles: &'a [Article]) -> Self {
        let mut sorted: Vec<&Article> = articles.iter().collect();
        sorted.sort_by(|a, b| {
            b.published_at.cmp(&a.published_at).then_with(|| a.slug.cmp(&b.slug)).then_with(|| a.title.cmp(&b.title))
        });
        let mut topics = topics(&sorted);
        topics.sort_by(|a, b| b.members.len().cmp(&a.members.len()).then_with(|| a.name.cmp(&b.name)));
        let mut topic_of = HashMap::new();
        for (topic, Topic { members, .. }) in topics.iter().enumerate() {
            topic_of.extend(members.iter().map(|&member| (member, topic)));
        }
        let entries = sorted.into_iter().enumerate().map(|(index, article)| {
            let folder = text::file_name(&article.slug);
            Entry {
                article,
                address: format!("/{}", text::encode(&folder)),
                folder,
                title: text::clean(&article.title),
                excerpt: text::clean(&article.excerpt),
                language: if article.language.is_empty() { &site.locale } else { &article.language },
                topic: topic_of.get(&index).copied(),
            }
        });
        Self {
            site,
            base_url: site.base_url.trim_end_matches('/'),
            name: text::clean(&site.name),
            description: text::clean(&site.description),
            entries: entries.collect(),
            topics,
            words: words::of(&site.locale),
            assets: Assets::new(site),
        }
    }

    /// The topic of an entry.
    pub fn topic(&self, entry: &Entry<'_>) -> Option<&Topic> {
        entry.topic.and_then(|topic| self.topics.get(topic))
    }

    /// The neighbours of an entry in its topic.
    ///
    /// Each article points to the next older ones of its topic, the oldest to the newest: a ring, so that every article
    /// of a topic is linked from as many others as it links to, and none is an orphan. A new article changes the links
    /// of three old pages only.
    pub fn related(&self, index: usize) -> Vec<&Entry<'a>> {
        let Some(topic) = self.entries.get(index).and_then(|entry| self.topic(entry)) else { return Vec::new() };
        let Ok(place) = topic.members.binary_search(&index) else { return Vec::new() };
        let others = topic.members.iter().cycle().skip(place + 1).take(RELATED.min(topic.members.len() - 1));
        others.filter_map(|&other| self.entries.get(other)).collect()
    }

    /// The absolute form of a root-relative address.
    pub fn absolute(&self, address: &str) -> String {
        format!("{}{address}", self.base_url)
    }

    /// When anything on the site last changed.
    pub fn updated_at(&self) -> Timestamp {
        latest(self.entries.iter()).unwrap_or_default().max(self.site.updated_at)
    }
}

impl Entry<'_> {
    /// The last change; publishing is one.
    pub fn updated_at(&self) -> Timestamp {
        self.article.updated_at.max(self.article.published_at)
    }
}

/// The last change among entries.
pub(crate) fn latest<'a>(entries: impl Iterator<Item = &'a Entry<'a>>) -> Option<Timestamp> {
    entries.map(Entry::updated_at).max()
}

/// The topics of sorted articles, with slugs that do not move when articles are added.
///
/// Two names can give one slug (`C` and `C++`). The topic that went public first keeps it, so a new one never takes the
/// address of an old one.
fn topics(sorted: &[&Article]) -> Vec<Topic> {
    let mut topics: Vec<Topic> = Vec::new();
    let mut by_name: HashMap<String, usize> = HashMap::new();
    let mut slugs = HashSet::new();
    for (index, article) in sorted.iter().enumerate().rev() {
        let Some(name) = article.category.as_deref().and_then(text::some) else { continue };
        let topic = *by_name.entry(name.clone()).or_insert_with(|| {
            let base = slugify(&name);
            let numbered = (2..).map(|n| format!("{base}-{n}"));
            let slug = std::iter::once(base.clone()).chain(numbered).find(|slug| !slugs.contains(slug));
            let slug = slug.unwrap_or(base);
            slugs.insert(slug.clone());
            topics.push(Topic { name, slug, members: Vec::new() });
            topics.len() - 1
        });
        if let Some(topic) = topics.get_mut(topic) {
            topic.members.push(index);
        }
    }
    for topic in &mut topics {
        topic.members.reverse();
    }
    topics
}

#[cfg(test)]
mod tests {
    use igny8_core::Timestamp;

    use super::Plan;
    use crate::{Article, Site};

    fn article(day: i64, category: &str) -> Article {
        Article {
            slug: format!("a-{day}"),
            published_at: Timestamp::from_millis(day * 86_400_000),
            category: Some(category.to_owned()),
            ..Article::default()
        }
    }

    #[test]
    fn the_older_topic_keeps_its_address() {
        let site = Site::default();
        let slug = |articles: &[Article], name: &str| {
            let plan = Plan::new(&site, articles);
            plan.topics.iter().find(|topic| topic.name == name).unwrap().slug.clone()
        };
        let mut articles = vec![article(2, "C++")];
        assert_eq!(slug(&articles, "C++"), "c");
        articles.push(article(3, "C"));
        assert_eq!((slug(&articles, "C++"), slug(&articles, "C")), ("c".to_owned(), "c-2".to_owned()));
    }

    #[test]
    fn every_article_of_a_topic_is_linked_as_often_as_it_links() {
        for count in 1..9 {
            let site = Site::default();
            let articles: Vec<_> = (0..count).map(|day| article(day, "Brakes")).collect();
            let plan = Plan::new(&site, &articles);
            let mut inbound = vec![0; articles.len()];
            for index in 0..articles.len() {
                for other in plan.related(index) {
                    let other = plan.entries.iter().position(|entry| entry.address == other.address).unwrap();
                    assert_ne!(other, index);
                    inbound[other] += 1;
                }
            }
            assert!(inbound.iter().all(|&links| links == (count - 1).min(3)), "{count}: {inbound:?}");
        }
    }
}
