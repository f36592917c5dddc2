//! The Atom feed (RFC 4287) of the newest posts, and robots.txt.

use crate::{
    plan::{Entry, Plan},
    sink::{ATOM, Sink, TEXT},
    text, xml,
};

/// Articles in the feed.
const NEWEST: usize = 20;

pub(crate) fn write(plan: &Plan<'_>, sink: &mut dyn Sink) {
    sink.put("feed.xml", ATOM, feed(plan).into_bytes());
    let robots = format!("User-agent: *\nAllow: /\n\nSitemap: {}\n", plan.absolute("/sitemap.xml"));
    sink.put("robots.txt", TEXT, robots.into_bytes());
}

fn feed(plan: &Plan<'_>) -> String {
    let mut out = xml::DECLARATION.to_owned();
    out.push_str("<feed xmlns=\"http://www.w3.org/2005/Atom\"");
    if let Some(language) = crate::page::tag(&plan.site.locale) {
        xml::attribute(&mut out, "xml:lang", &language);
    }
    out.push_str(">\n");
    xml::element(&mut out, "id", &plan.absolute("/"));
    xml::element(&mut out, "title", &plan.name);
    if !plan.description.is_empty() {
        xml::element(&mut out, "subtitle", &plan.description);
    }
    xml::element(&mut out, "updated", &plan.updated_at().to_string());
    link(&mut out, "self", "application/atom+xml", &plan.absolute("/feed.xml"));
    link(&mut out, "alternate", "text/html", &plan.absolute("/"));
    author(&mut out, &plan.name, None);
    for entry in plan.posts().take(NEWEST) {
        write_entry(&mut out, plan, entry);
    }
    out.push_str("</feed>\n");
    out
}

fn write_entry(out: &mut String, plan: &Plan<'_>, entry: &Entry<'_>) {
    let url = plan.absolute(&entry.address);
    out.push_str("<entry");
    if let Some(language) = crate::page::tag(entry.language) {
        xml::attribute(out, "xml:lang", &language);
    }
    // Links in the body are root-relative; this tells readers against what to resolve them.
    xml::attribute(out, "xml:base", &url);
    out.push_str(">\n");
    xml::element(out, "id", &url);
    xml::element(out, "title", &entry.title);
    link(out, "alternate", "text/html", &url);
    xml::element(out, "published", &entry.article.published_at.to_string());
    xml::element(out, "updated", &entry.updated_at().to_string());
    if let Some(member) = plan.author(entry) {
        author(out, &member.name, Some(&plan.absolute(&member.address)));
    }
    let topic = plan.topic(entry).map(|topic| topic.name.clone());
    for term in topic.into_iter().chain(entry.article.tags.iter().filter_map(|tag| text::some(tag))) {
        out.push_str("<category");
        xml::attribute(out, "term", &term);
        out.push_str("/>\n");
    }
    if !entry.excerpt.is_empty() {
        xml::element(out, "summary", &entry.excerpt);
    }
    out.push_str("<content type=\"html\">");
    xml::escape(out, &entry.article.body_html);
    out.push_str("</content>\n</entry>\n");
}

fn link(out: &mut String, rel: &str, kind: &str, href: &str) {
    out.push_str("<link");
    xml::attribute(out, "rel", rel);
    xml::attribute(out, "type", kind);
    xml::attribute(out, "href", href);
    out.push_str("/>\n");
}

fn author(out: &mut String, name: &str, page: Option<&str>) {
    out.push_str("<author>");
    let mut inner = String::new();
    xml::element(&mut inner, "name", name);
    if let Some(page) = page {
        xml::element(&mut inner, "uri", page);
    }
    out.push_str(inner.trim_end());
    out.push_str("</author>\n");
}
