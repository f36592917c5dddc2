//! schema.org for search engines: what a page is, who made it and where it stands.

use igny8_blocks::jsonld;
use maud::{Markup, PreEscaped, html};
use serde::Serialize;
use serde_json::Value;

use crate::{
    model::Image,
    plan::{Entry, Member, Plan, Topic},
    text,
};

/// schema.org's kinds of article, as they appear in `@type`.
const ARTICLES: &[&str] = &[
    "Article",
    "BlogPosting",
    "NewsArticle",
    "TechArticle",
    "ScholarlyArticle",
    "Report",
    "SocialMediaPosting",
    "AdvertiserContentArticle",
    "SatiricalArticle",
];

// Structs and not `json!`: their fields keep this order whatever serde_json's features are, so bytes stay the same.

#[derive(Serialize)]
struct Thing<T: Serialize> {
    #[serde(rename = "@context")]
    context: &'static str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(flatten)]
    fields: T,
}

#[derive(Serialize)]
struct Party<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

/// The page that an article is on: what a reviewer checks is a page (<https://schema.org/reviewedBy>).
#[derive(Serialize)]
struct Page<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(rename = "@id")]
    id: &'a str,
    #[serde(rename = "reviewedBy", skip_serializing_if = "Option::is_none")]
    reviewed_by: Option<Party<'a>>,
}

#[derive(Serialize)]
struct Picture {
    #[serde(rename = "@type")]
    kind: &'static str,
    url: String,
    width: u32,
    height: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WebSite<'a> {
    url: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    in_language: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Story<'a> {
    headline: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    url: &'a str,
    main_entity_of_page: Page<'a>,
    date_published: String,
    date_modified: String,
    in_language: &'a str,
    author: Party<'a>,
    publisher: Party<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Picture>,
    #[serde(skip_serializing_if = "Option::is_none")]
    article_section: Option<&'a str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    keywords: Vec<String>,
    #[serde(skip_serializing_if = "is_zero")]
    word_count: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Trail<'a> {
    item_list_element: Vec<Step<'a>>,
}

#[derive(Serialize)]
struct Step<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    position: usize,
    name: &'a str,
    item: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape that serde calls")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// The scripts of an article's page.
pub(crate) fn article(plan: &Plan<'_>, entry: &Entry<'_>, image: Option<&Image>, description: &str) -> Markup {
    let given = &entry.article.json_ld;
    let url = plan.absolute(&entry.address);
    html! {
        @for value in given { (script(value)) }
        @if entry.is("post") && !has(given, ARTICLES) {
            (script(&Thing { context: "https://schema.org", kind: "Article", fields: Story {
                headline: &entry.title,
                description,
                url: &url,
                main_entity_of_page: Page {
                    kind: "WebPage",
                    id: &url,
                    reviewed_by: plan.reviewer(entry).map(|member| person(plan, member)),
                },
                date_published: entry.article.published_at.to_string(),
                date_modified: entry.updated_at().to_string(),
                in_language: entry.language,
                author: plan.author(entry).map_or_else(|| owner(plan), |member| person(plan, member)),
                publisher: owner(plan),
                image: image.and_then(|image| Some(Picture {
                    kind: "ImageObject",
                    url: text::absolute(plan.base_url, &image.url)?,
                    width: image.width,
                    height: image.height,
                })),
                article_section: plan.topic(entry).map(|topic| topic.name.as_str()),
                keywords: entry.article.tags.iter().filter_map(|tag| text::some(tag)).collect(),
                word_count: entry.article.word_count,
            } }))
        }
        @if !has(given, &["BreadcrumbList"]) {
            (trail(plan, plan.topic(entry), Some((&entry.title, &url)), crate::words::of(entry.language).home))
        }
    }
}

/// The script of the first page.
pub(crate) fn site(plan: &Plan<'_>) -> Markup {
    let url = plan.absolute("/");
    script(&Thing {
        context: "https://schema.org",
        kind: "WebSite",
        fields: WebSite { url: &url, name: &plan.name, description: &plan.description, in_language: &plan.site.locale },
    })
}

/// The script of the page of a person.
pub(crate) fn profile(plan: &Plan<'_>, member: &Member<'_>) -> Markup {
    let person = member.person.party(plan.base_url);
    script(&jsonld::profile_page(&person, &plan.site.locale, plan.changed(member)))
}

/// The script that says where a page stands: home, its topic, itself.
pub(crate) fn trail(plan: &Plan<'_>, topic: Option<&Topic>, last: Option<(&str, &str)>, home: &str) -> Markup {
    let mut steps = vec![(home, plan.absolute("/"))];
    steps.extend(topic.map(|topic| (topic.name.as_str(), plan.absolute(&topic.address()))));
    steps.extend(last.map(|(name, url)| (name, url.to_owned())));
    let steps = steps.into_iter().enumerate();
    script(&Thing {
        context: "https://schema.org",
        kind: "BreadcrumbList",
        fields: Trail {
            item_list_element: steps
                .map(|(index, (name, item))| Step { kind: "ListItem", position: index + 1, name, item })
                .collect(),
        },
    })
}

fn owner<'a>(plan: &'a Plan<'_>) -> Party<'a> {
    Party { kind: "Organization", name: &plan.name, url: Some(plan.base_url.to_owned()) }
}

fn person<'a>(plan: &Plan<'_>, member: &'a Member<'_>) -> Party<'a> {
    Party { kind: "Person", name: &member.name, url: Some(plan.absolute(&member.address)) }
}

/// Whether one of the values, or of their graphs, is of one of the types.
fn has(values: &[Value], types: &[&str]) -> bool {
    values.iter().any(|value| {
        let of_type = match value.get("@type") {
            Some(Value::String(kind)) => types.contains(&kind.as_str()),
            Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(|kind| types.contains(&kind)),
            _ => false,
        };
        let inner = value.get("@graph").or_else(|| value.is_array().then_some(value)).and_then(Value::as_array);
        of_type || inner.is_some_and(|graph| has(graph, types))
    })
}

/// A JSON-LD script. `<`, `>` and `&` are written as escapes of JSON, so that no text can end the script or open a comment.
fn script(value: &impl Serialize) -> Markup {
    // Only maps with keys that are not text could fail, and there are none.
    let json = serde_json::to_string(value).unwrap_or_default();
    let json = json.replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026");
    html! { script type="application/ld+json" { (PreEscaped(json)) } }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{ARTICLES, has, script};

    #[test]
    fn no_text_ends_the_script() {
        let markup = script(&json!({"name": "</script><!-- <script>"})).into_string();
        assert_eq!(markup.matches('<').count(), 2, "{markup}");
    }

    #[test]
    fn finds_types_in_lists_and_graphs() {
        assert!(has(&[json!({"@type": ["WebPage", "TechArticle"]})], ARTICLES));
        assert!(has(&[json!({"@graph": [{"@type": "BlogPosting"}]})], ARTICLES));
        assert!(!has(&[json!({"@type": "FAQPage"})], ARTICLES));
    }
}
