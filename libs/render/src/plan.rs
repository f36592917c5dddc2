//! The plan of a site: which pages exist, at which address, in which order, and which belong together.

use std::collections::{BTreeMap, HashMap, HashSet};

use igny8_core::{Timestamp, slugify};

use crate::{
    labels,
    model::{Article, Person, Site},
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
    /// The lists of the kinds that stand in none of the posts: products, services.
    pub shelves: Vec<Shelf>,
    /// Who wrote or checked something, by the folders of their pages.
    pub people: Vec<Member<'a>>,
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
    /// The index of its author in the plan's people.
    pub author: Option<usize>,
    /// The index of its reviewer in the plan's people.
    pub reviewer: Option<usize>,
}

/// A person with what they wrote and checked.
pub(crate) struct Member<'a> {
    pub person: &'a Person,
    /// Cleaned, never empty.
    pub name: String,
    /// The root-relative address of their page.
    pub address: String,
    /// Indices of entries, newest first.
    pub written: Vec<usize>,
    /// Indices of entries, newest first.
    pub reviewed: Vec<usize>,
}

/// A category with its articles.
pub(crate) struct Topic {
    pub name: String,
    pub slug: String,
    /// Indices of entries, newest first.
    pub members: Vec<usize>,
}

/// All products, or all services.
pub(crate) struct Shelf {
    pub name: &'static str,
    /// Its root-relative address. No slug of a content has a slash.
    pub address: &'static str,
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
        let shelves = shelves(&sorted, &site.locale);
        let people = people(&sorted);
        let place = |person: Option<&Person>| {
            let address = person?.address();
            people.iter().position(|member| member.address == address)
        };
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
                author: place(author_of(article)),
                reviewer: place(reviewer_of(article)),
            }
        });
        let entries = entries.collect();
        Self {
            site,
            base_url: site.base_url.trim_end_matches('/'),
            name: text::clean(&site.name),
            description: text::clean(&site.description),
            entries,
            topics,
            shelves,
            people,
            words: words::of(&site.locale),
            assets: Assets::new(site),
        }
    }

    /// The topic of an entry.
    pub fn topic(&self, entry: &Entry<'_>) -> Option<&Topic> {
        entry.topic.and_then(|topic| self.topics.get(topic))
    }

    /// Who wrote an entry.
    pub fn author(&self, entry: &Entry<'_>) -> Option<&Member<'a>> {
        entry.author.and_then(|member| self.people.get(member))
    }

    /// Who checked an entry.
    pub fn reviewer(&self, entry: &Entry<'_>) -> Option<&Member<'a>> {
        entry.reviewer.and_then(|member| self.people.get(member))
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

    /// The posts: what the lists and the feed show.
    pub fn posts(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter().filter(|entry| entry.is("post"))
    }

    /// The standing pages, and the pages of terms: named below every page.
    pub fn standing(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.entries.iter().filter(|entry| entry.is("page") || entry.is("taxonomy"))
    }

    /// Entries by their index.
    pub fn members(&self, indices: &[usize]) -> Vec<&Entry<'a>> {
        indices.iter().filter_map(|&index| self.entries.get(index)).collect()
    }

    /// The absolute form of a root-relative address.
    pub fn absolute(&self, address: &str) -> String {
        format!("{}{address}", self.base_url)
    }

    /// When the page of a person last changed.
    pub fn changed(&self, member: &Member<'_>) -> Timestamp {
        let shown = member.written.iter().chain(&member.reviewed).filter_map(|&index| self.entries.get(index));
        latest(shown).unwrap_or_default().max(member.person.updated_at)
    }

    /// When anything on the site last changed.
    pub fn updated_at(&self) -> Timestamp {
        latest(self.entries.iter()).unwrap_or_default().max(self.site.updated_at)
    }
}

impl Entry<'_> {
    /// Whether it is of a kind of content, as `product`.
    pub fn is(&self, kind: &str) -> bool {
        self.article.data.kind() == kind
    }

    /// The last change; publishing is one.
    pub fn updated_at(&self) -> Timestamp {
        self.article.updated_at.max(self.article.published_at)
    }
}

/// The last change among entries.
pub(crate) fn latest<'a>(entries: impl Iterator<Item = &'a Entry<'a>>) -> Option<Timestamp> {
    entries.map(Entry::updated_at).max()
}

/// Whom an article names as its author: what is no post names nobody.
fn author_of(article: &Article) -> Option<&Person> {
    article.author.as_ref().filter(|_| article.data.kind() == "post").filter(|person| has_name(person))
}

/// Whom an article names as its reviewer: nobody checks what they wrote themselves.
fn reviewer_of(article: &Article) -> Option<&Person> {
    let author = author_of(article).map(Person::folder);
    article.reviewer.as_ref().filter(|person| has_name(person) && author != Some(person.folder()))
}

fn has_name(person: &Person) -> bool {
    text::some(&person.name).is_some()
}

/// The people of sorted articles, by the folders of their pages. Where one of them is told in two ways, the order of the
/// articles does not decide which counts.
fn people<'a>(sorted: &[&'a Article]) -> Vec<Member<'a>> {
    let mut found: BTreeMap<String, Member<'a>> = BTreeMap::new();
    for (index, article) in sorted.iter().enumerate() {
        for (person, writes) in [(author_of(article), true), (reviewer_of(article), false)] {
            let Some(person) = person else { continue };
            let member = found.entry(person.folder()).or_insert_with(|| Member {
                person,
                name: String::new(),
                address: person.address(),
                written: Vec::new(),
                reviewed: Vec::new(),
            });
            member.person = member.person.min(person);
            let list = if writes { &mut member.written } else { &mut member.reviewed };
            list.push(index);
        }
    }
    let named = found.into_values().map(|member| Member { name: text::clean(&member.person.name), ..member });
    named.collect()
}

/// The shelves that have something on them.
fn shelves(sorted: &[&Article], locale: &str) -> Vec<Shelf> {
    let labels = labels::of(locale);
    let kinds = [("product", labels.products, "/browse/products"), ("service", labels.services, "/browse/services")];
    let shelf = |(kind, name, address)| {
        let of_kind = sorted.iter().enumerate().filter(|(_, article)| article.data.kind() == kind);
        Shelf { name, address, members: of_kind.map(|(index, _)| index).collect() }
    };
    kinds.into_iter().map(shelf).filter(|shelf| !shelf.members.is_empty()).collect()
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
