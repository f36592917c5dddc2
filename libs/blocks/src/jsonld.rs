//! schema.org data for search engines, as JSON-LD.

mod kinds;

use igny8_core::Timestamp;
use serde_json::{Map, Value, json};

pub use kinds::of_page;

use crate::{Block, Document, inline::Inline};

/// A person or an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Party {
    /// True for an organisation.
    pub organization: bool,
    /// Its name.
    pub name: String,
    /// The absolute address of its page.
    pub url: Option<String>,
    /// The absolute address of its logo.
    pub logo: Option<String>,
    /// A person's work.
    pub job_title: Option<String>,
    /// Who a person is, for readers.
    pub description: Option<String>,
    /// What shows that a person knows the subject, one each.
    pub credentials: Vec<String>,
    /// A person's pages elsewhere.
    pub same_as: Vec<String>,
}

/// What a page knows of its article and the body does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Article {
    /// A type of schema.org, as `Article` or `BlogPosting`; empty for `Article`.
    pub kind: String,
    /// The title.
    pub headline: String,
    /// The absolute canonical address.
    pub url: String,
    /// Plain text.
    pub description: Option<String>,
    /// BCP 47, as `en` or `pt-BR`.
    pub language: Option<String>,
    /// Absolute addresses of pictures, the best first.
    pub images: Vec<String>,
    /// When it was first published.
    pub published: Option<Timestamp>,
    /// When it last changed.
    pub modified: Option<Timestamp>,
    /// Who wrote it.
    pub author: Option<Party>,
    /// Who checked what it says.
    pub reviewer: Option<Party>,
    /// Who publishes it.
    pub publisher: Option<Party>,
    /// The words it is about.
    pub keywords: Vec<String>,
    /// The section of the site.
    pub section: Option<String>,
}

/// The `Article` of a page, with the number of words of its body; what is unknown is left out.
pub fn article(article: &Article, body: &Document) -> Value {
    let kind = if article.kind.is_empty() { "Article" } else { &article.kind };
    without_gaps(json!({
        "@context": "https://schema.org",
        "@type": kind,
        "headline": article.headline,
        "url": article.url,
        // `reviewedBy` is a property of the page, not of the article on it: https://schema.org/reviewedBy
        "mainEntityOfPage": without_gaps(json!({
            "@type": "WebPage",
            "@id": article.url,
            "reviewedBy": article.reviewer.as_ref().map(party),
        })),
        "description": article.description,
        "inLanguage": article.language,
        "image": article.images,
        "datePublished": article.published.map(|at| at.to_string()),
        "dateModified": article.modified.or(article.published).map(|at| at.to_string()),
        "author": article.author.as_ref().map(party),
        "publisher": article.publisher.as_ref().map(party),
        "keywords": article.keywords,
        "articleSection": article.section,
        "wordCount": body.word_count(),
    }))
}

/// The `FAQPage` of all questions of a body; `None` when it has none. Answers keep their rich text, as Google reads it.
pub fn faq_page(body: &Document) -> Option<Value> {
    let blocks = body.0.iter().filter_map(|block| if let Block::Faq { items } = block { Some(items) } else { None });
    let questions: Vec<Value> = blocks
        .flatten()
        .map(|item| (Inline::read(&item.question), Inline::read(&item.answer)))
        .filter(|(question, answer)| !question.is_blank() && !answer.is_blank())
        .map(|(question, answer)| {
            json!({
                "@type": "Question",
                "name": question.plain_line(),
                "acceptedAnswer": { "@type": "Answer", "text": answer.html() },
            })
        })
        .collect();
    (!questions.is_empty())
        .then(|| json!({ "@context": "https://schema.org", "@type": "FAQPage", "mainEntity": questions }))
}

/// The `BreadcrumbList` of a page: name and absolute address of each step, the site first, the page itself last.
pub fn breadcrumbs(steps: &[(&str, &str)]) -> Value {
    let items: Vec<Value> = steps
        .iter()
        .enumerate()
        .map(|(at, (name, url))| json!({ "@type": "ListItem", "position": at + 1, "name": name, "item": url }))
        .collect();
    json!({ "@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": items })
}

/// The data as a script element that no text in it can end or escape from.
pub fn script(data: &Value) -> String {
    let mut out = String::from("<script type=\"application/ld+json\">");
    // All of these stand only within JSON strings, where \u may replace them.
    for c in data.to_string().chars() {
        match c {
            '<' => out.push_str("\\u003c"),
            '>' => out.push_str("\\u003e"),
            '&' => out.push_str("\\u0026"),
            '\u{2028}' => out.push_str("\\u2028"),
            '\u{2029}' => out.push_str("\\u2029"),
            c => out.push(c),
        }
    }
    out.push_str("</script>");
    out
}

/// The page of a person: `ProfilePage` with the `Person` as its main entity, as Google reads it
/// (<https://developers.google.com/search/docs/appearance/structured-data/profile-page>).
pub fn profile_page(person: &Party, language: &str, modified: Timestamp) -> Value {
    without_gaps(json!({
        "@context": "https://schema.org",
        "@type": "ProfilePage",
        "url": person.url,
        "inLanguage": language,
        "dateModified": modified.to_string(),
        "mainEntity": party(person),
    }))
}

/// A person or an organisation, as part of what it has to do with.
pub fn party(party: &Party) -> Value {
    let credential = |name: &String| json!({ "@type": "EducationalOccupationalCredential", "name": name });
    without_gaps(json!({
        "@type": if party.organization { "Organization" } else { "Person" },
        "name": party.name,
        "url": party.url,
        // A person has a picture, an organisation has a logo.
        (if party.organization { "logo" } else { "image" }): party.logo,
        "jobTitle": party.job_title,
        "description": party.description,
        "hasCredential": party.credentials.iter().map(credential).collect::<Vec<_>>(),
        "sameAs": party.same_as,
    }))
}

fn without_gaps(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let full = map.into_iter().filter(|(_, value)| !is_gap(value));
            Value::Object(full.collect::<Map<_, _>>())
        }
        value => value,
    }
}

fn is_gap(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(all) => all.is_empty(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use igny8_core::Timestamp;
    use serde_json::{Value, json};

    use super::{Article, Party, article, breadcrumbs, faq_page, party, profile_page, script};
    use crate::{Document, tests::every_kind};

    fn reviewer() -> Party {
        Party {
            name: "Dr. Bo Lind".into(),
            url: Some("https://cars.example/authors/dr-bo-lind".into()),
            job_title: Some("Engineer".into()),
            description: Some("Tests oils.".into()),
            credentials: vec!["PhD in tribology".into()],
            same_as: vec!["https://example.org/bo".into()],
            ..Party::default()
        }
    }

    #[test]
    fn the_page_of_a_person() {
        let modified = Timestamp::from_millis(1_790_000_000_000);
        insta::assert_json_snapshot!("profile_page", profile_page(&reviewer(), "en", modified));
        let bare = Party { name: "Ana".into(), ..Party::default() };
        assert_eq!(party(&bare), json!({ "@type": "Person", "name": "Ana" }), "nothing is invented");
    }

    #[test]
    fn a_page_with_everything() {
        let about = Article {
            kind: "BlogPosting".into(),
            headline: "Oil & you".into(),
            url: "https://cars.example/oil".into(),
            description: Some("How to change it".into()),
            language: Some("en".into()),
            images: vec!["https://cars.example/oil.webp".into()],
            published: Some(Timestamp::from_millis(1_790_000_000_000)),
            author: Some(Party { name: "Ana".into(), ..Party::default() }),
            reviewer: Some(reviewer()),
            publisher: Some(Party {
                organization: true,
                name: "Cars".into(),
                logo: Some("https://cars.example/logo.png".into()),
                ..Party::default()
            }),
            ..Article::default()
        };
        let body = every_kind();
        let steps = [("Home", "https://cars.example/"), ("Oil & you", "https://cars.example/oil")];
        insta::assert_json_snapshot!("jsonld", [article(&about, &body), faq_page(&body).unwrap(), breadcrumbs(&steps)]);
        assert_eq!(faq_page(&Document::default()), None);
    }

    #[test]
    fn no_text_ends_the_script() {
        let data = json!({ "a": "</script><!--<script>&\u{2028}" });
        let html = script(&data);
        let inner =
            html.strip_prefix("<script type=\"application/ld+json\">").unwrap().strip_suffix("</script>").unwrap();
        assert!(!inner.contains(['<', '>', '&', '\u{2028}']), "{inner}");
        assert_eq!(serde_json::from_str::<Value>(inner).unwrap(), data);
    }
}
