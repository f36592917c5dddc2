//! Old addresses of articles and of people: one file, `_redirects`, that whoever serves the site answers from with 301.
//!
//! A line is `/old /new 301`, the form that static hosts know (Netlify, Cloudflare Pages), so a copy of the site keeps
//! its old addresses elsewhere too. An old address leads to where the page is in this version: never to another old one.

use std::collections::BTreeMap;

use crate::{
    plan::Plan,
    sink::{Sink, TEXT},
    text,
};

/// The file's path.
pub(crate) const FILE: &str = "_redirects";

pub(crate) fn write(plan: &Plan<'_>, sink: &mut dyn Sink) {
    let taken: Vec<&str> = plan.entries.iter().map(|entry| entry.address.as_str()).collect();
    let mut lines = BTreeMap::new();
    for entry in &plan.entries {
        for old in &entry.article.redirects {
            let old = format!("/{}", text::encode(&text::file_name(old)));
            // Where a page is, nobody is sent away.
            if !taken.contains(&old.as_str()) {
                lines.insert(old, entry.address.clone());
            }
        }
    }
    let homes: Vec<&str> = plan.people.iter().map(|member| member.address.as_str()).collect();
    for member in &plan.people {
        for old in member.person.former_addresses() {
            // The name may be somebody else's by now.
            if !homes.contains(&old.as_str()) {
                lines.entry(old).or_insert_with(|| member.address.clone());
            }
        }
    }
    if !lines.is_empty() {
        let lines: String = lines.iter().flat_map(|(old, new)| [old.as_str(), " ", new.as_str(), " 301\n"]).collect();
        sink.put(FILE, TEXT, lines.into_bytes());
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::{Article, File, Person, Site, render};

    #[test]
    fn old_addresses_lead_to_where_an_article_is() {
        let article = |slug: &str, redirects: &[&str]| Article {
            slug: slug.to_owned(),
            title: slug.to_owned(),
            redirects: redirects.iter().map(|old| (*old).to_owned()).collect(),
            ..Article::default()
        };
        let site = Site { name: "Garage".to_owned(), base_url: "https://garage.example".to_owned(), ..Site::default() };
        let mut files: BTreeMap<String, File> = BTreeMap::new();
        render(&site, &[article("oil", &["öl", "old-oil", "brakes"]), article("brakes", &[])], &mut files);
        let text = String::from_utf8(files["_redirects"].bytes.clone()).unwrap();
        assert_eq!(text, "/%C3%B6l /oil 301\n/old-oil /oil 301\n");

        let person = |slug: &str, former: &[&str]| Person {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            former_slugs: former.iter().map(|old| (*old).to_owned()).collect(),
            ..Person::default()
        };
        let by = |slug: &str, author| Article { author: Some(author), ..article(slug, &[]) };
        let mut files: BTreeMap<String, File> = BTreeMap::new();
        render(&site, &[by("a", person("ana-lind", &["ana-ruiz", "bo"])), by("b", person("bo", &[]))], &mut files);
        let text = String::from_utf8(files["_redirects"].bytes.clone()).unwrap();
        assert_eq!(text, "/authors/ana-ruiz /authors/ana-lind 301\n");

        let mut none: BTreeMap<String, File> = BTreeMap::new();
        render(&site, &[article("oil", &[])], &mut none);
        assert!(!none.contains_key("_redirects"));
    }
}
