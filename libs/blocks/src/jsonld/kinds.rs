//! What the page of each kind of content says to search engines. Nothing is invented: what is not given is left out, and
//! a thing whose required parts are not given is not named at all.
//!
//! Required is what schema.org's type needs to make sense, and what Google's documents call required (read in November
//! 2026): [Article], [FAQPage], [Product] and its [merchant listing], [BreadcrumbList], [Organization]. Google shows no
//! results of its own for HowTo any more, nor for Service and DefinedTerm: there schema.org alone is followed.
//!
//! [Article]: https://developers.google.com/search/docs/appearance/structured-data/article
//! [FAQPage]: https://developers.google.com/search/docs/appearance/structured-data/faqpage
//! [Product]: https://developers.google.com/search/docs/appearance/structured-data/product-snippet
//! [merchant listing]: https://developers.google.com/search/docs/appearance/structured-data/merchant-listing
//! [BreadcrumbList]: https://developers.google.com/search/docs/appearance/structured-data/breadcrumb
//! [Organization]: https://developers.google.com/search/docs/appearance/structured-data/organization

use serde_json::{Value, json};

use super::{Article, article, faq_page, party, without_gaps};
use crate::{
    Document,
    structure::{
        Availability, HowTo, Money, PageData, PageKind, PriceRange, ProductData, ProviderType, Rating, ServiceData,
        StructureData, TaxonomyData, decimal,
    },
};

/// All that the page of a content says of itself, but for where it stands in its site ([`super::breadcrumbs`]).
///
/// A post is an article (of the type that `about` names) and may be a `HowTo`; a page is a `WebPage` of its kind; a
/// product a `Product` once it has a price or ratings, and till then an `ItemPage`; a service a `Service`; a term a
/// `CollectionPage` about a `DefinedTerm`. The questions of any of them are a `FAQPage`.
pub fn of_page(about: &Article, body: &Document, data: &StructureData) -> Vec<Value> {
    let mut said = match data {
        StructureData::Post(post) => {
            let mut said = vec![article(about, body)];
            said.extend(post.how_to.as_ref().and_then(|instructions| how_to(about, instructions)));
            said
        }
        StructureData::Page(page) => vec![web_page(about, page_type(page), None)],
        StructureData::Product(data) => vec![product(about, data)],
        StructureData::Service(data) => vec![service(about, data)],
        StructureData::Taxonomy(data) => vec![web_page(about, "CollectionPage", Some(defined_term(about, data)))],
    };
    said.extend(faq_page(body));
    said
}

/// A page that is no article. schema.org: `WebPage` and its subtypes.
fn web_page(about: &Article, kind: &str, main_entity: Option<Value>) -> Value {
    without_gaps(json!({
        "@context": "https://schema.org",
        "@type": kind,
        "name": about.headline,
        "url": about.url,
        "description": about.description,
        "inLanguage": about.language,
        "primaryImageOfPage": about.images.first().map(|url| json!({ "@type": "ImageObject", "url": url })),
        "datePublished": about.published.map(|at| at.to_string()),
        "dateModified": about.modified.or(about.published).map(|at| at.to_string()),
        "publisher": about.publisher.as_ref().map(party),
        "reviewedBy": about.reviewer.as_ref().map(party),
        "mainEntity": main_entity,
    }))
}

const fn page_type(page: &PageData) -> &'static str {
    match page.page_kind {
        PageKind::About => "AboutPage",
        PageKind::Contact => "ContactPage",
        PageKind::Hub => "CollectionPage",
        PageKind::Home | PageKind::Landing | PageKind::Legal | PageKind::Other => "WebPage",
    }
}

/// Instructions. schema.org: `HowTo` with `name` and `step`; a `HowToStep` has a `text`. `None` without two steps.
fn how_to(about: &Article, instructions: &HowTo) -> Option<Value> {
    let steps: Vec<Value> = instructions
        .steps
        .iter()
        .enumerate()
        .map(|(at, step)| {
            let text = if step.text.is_empty() { &step.name } else { &step.text };
            json!({ "@type": "HowToStep", "position": at + 1, "name": step.name, "text": text })
        })
        .collect();
    let named = |kind: &str, names: &[String]| -> Vec<Value> {
        names.iter().map(|name| json!({ "@type": kind, "name": name })).collect()
    };
    (steps.len() > 1).then(|| {
        without_gaps(json!({
            "@context": "https://schema.org",
            "@type": "HowTo",
            "name": about.headline,
            "description": about.description,
            "inLanguage": about.language,
            "image": about.images,
            "totalTime": instructions.total_minutes.map(duration),
            "supply": named("HowToSupply", &instructions.supplies),
            "tool": named("HowToTool", &instructions.tools),
            "step": steps,
        }))
    })
}

/// A product. Google requires `name` and one of `offers`, `aggregateRating` and `review`: without a price and without
/// ratings the page is an `ItemPage`, which requires nothing and promises nothing.
fn product(about: &Article, data: &ProductData) -> Value {
    if data.price.is_none() && data.rating.is_none() {
        return web_page(about, "ItemPage", None);
    }
    let specs: Vec<Value> = data
        .specs
        .iter()
        .filter(|spec| !spec.value.is_empty())
        .map(|spec| json!({ "@type": "PropertyValue", "name": spec.name, "value": spec.value }))
        .collect();
    without_gaps(json!({
        "@context": "https://schema.org",
        "@type": "Product",
        "name": about.headline,
        "url": about.url,
        "description": about.description,
        "image": about.images,
        "sku": data.sku,
        "gtin": data.gtin,
        "brand": data.brand.as_ref().map(|name| json!({ "@type": "Brand", "name": name })),
        "category": about.section,
        "additionalProperty": specs,
        "offers": data.price.as_ref().map(|price| offer(about, price, data.availability)),
        "aggregateRating": data.rating.map(aggregate_rating),
    }))
}

/// Google requires `price` and `priceCurrency` of an `Offer`.
fn offer(about: &Article, Money { amount, currency }: &Money, availability: Option<Availability>) -> Value {
    without_gaps(json!({
        "@type": "Offer",
        "url": about.url,
        "price": decimal(*amount, currency),
        "priceCurrency": currency,
        "availability": availability.map(|state| format!("https://schema.org/{}", availability_name(state))),
        "seller": about.publisher.as_ref().map(party),
    }))
}

const fn availability_name(availability: Availability) -> &'static str {
    match availability {
        Availability::InStock => "InStock",
        Availability::LimitedAvailability => "LimitedAvailability",
        Availability::PreOrder => "PreOrder",
        Availability::BackOrder => "BackOrder",
        Availability::OutOfStock => "OutOfStock",
        Availability::Discontinued => "Discontinued",
    }
}

/// Google requires `ratingValue` and one of `ratingCount` and `reviewCount`.
fn aggregate_rating(rating: Rating) -> Value {
    json!({
        "@type": "AggregateRating",
        "ratingValue": decimal(u64::from(rating.average), "EUR"),
        "bestRating": "5",
        "worstRating": "1",
        "ratingCount": rating.count,
    })
}

/// A service. schema.org: `Service`; the type of its provider is the one that a person chose.
fn service(about: &Article, data: &ServiceData) -> Value {
    let provider = about.publisher.as_ref().map(|publisher| {
        let mut provider = party(publisher);
        provider["@type"] = json!(match data.provider_type {
            ProviderType::Organization => "Organization",
            ProviderType::LocalBusiness => "LocalBusiness",
            ProviderType::Person => "Person",
        });
        provider
    });
    let areas: Vec<Value> = data.area_served.iter().map(|name| json!({ "@type": "Place", "name": name })).collect();
    without_gaps(json!({
        "@context": "https://schema.org",
        "@type": "Service",
        "name": about.headline,
        "url": about.url,
        "description": about.description,
        "image": about.images,
        "serviceType": data.service_type,
        "category": about.section,
        "provider": provider,
        "areaServed": areas,
        "offers": data.price.as_ref().map(|price| price_offer(about, price)),
    }))
}

/// One price is a price; a range, or a price to begin with, is a `PriceSpecification`.
fn price_offer(about: &Article, PriceRange { from, to, currency }: &PriceRange) -> Value {
    if *to == Some(*from) {
        return offer(about, &Money { amount: *from, currency: currency.clone() }, None);
    }
    json!({
        "@type": "Offer",
        "url": about.url,
        "priceSpecification": without_gaps(json!({
            "@type": "PriceSpecification",
            "minPrice": decimal(*from, currency),
            "maxPrice": to.map(|to| decimal(to, currency)),
            "priceCurrency": currency,
        })),
    })
}

/// A term. schema.org: `DefinedTerm`, in the set of the term above it.
fn defined_term(about: &Article, data: &TaxonomyData) -> Value {
    without_gaps(json!({
        "@type": "DefinedTerm",
        "name": about.headline,
        "url": about.url,
        "description": data.description,
        "inDefinedTermSet": data.parent.as_ref().map(|name| json!({ "@type": "DefinedTermSet", "name": name })),
    }))
}

/// Minutes as a duration of ISO 8601: `PT1H30M`.
fn duration(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("PT{minutes}M"),
        (hours, 0) => format!("PT{hours}H"),
        (hours, minutes) => format!("PT{hours}H{minutes}M"),
    }
}

#[cfg(test)]
mod tests {
    use igny8_core::Timestamp;
    use serde_json::{Value, json};

    use super::{duration, of_page};
    use crate::{
        Document,
        jsonld::{Article, Party, breadcrumbs},
        structure::{KINDS, StructureData, tests::all},
    };

    fn about() -> Article {
        Article {
            kind: "BlogPosting".into(),
            headline: "Brake pads".into(),
            url: "https://garage.example/brake-pads".into(),
            description: Some("What to know".into()),
            language: Some("en".into()),
            published: Some(Timestamp::from_millis(1_790_000_000_000)),
            publisher: Some(Party {
                organization: true,
                name: "Garage".into(),
                url: Some("https://garage.example".into()),
                ..Party::default()
            }),
            section: Some("Brakes".into()),
            ..Article::default()
        }
    }

    fn body() -> Document {
        serde_json::from_value(json!([
            { "type": "paragraph", "text": "Pads wear." },
            { "type": "faq", "items": [{ "question": "When?", "answer": "Below <strong>3 mm</strong>." }] },
        ]))
        .unwrap()
    }

    /// The things of a page by their types, also those within others.
    fn things<'a>(value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
        match value {
            Value::Object(members) => {
                if let Some(kind) = members.get("@type").and_then(Value::as_str) {
                    found.push((kind, value));
                }
                members.values().for_each(|inner| things(inner, found));
            }
            Value::Array(items) => items.iter().for_each(|inner| things(inner, found)),
            _ => {}
        }
    }

    /// What each type must have, and what it must have one of.
    const REQUIRED: [(&str, &[&str], &[&str]); 16] = [
        ("BlogPosting", &["headline", "url", "datePublished", "publisher"], &[]),
        ("FAQPage", &["mainEntity"], &[]),
        ("Question", &["name", "acceptedAnswer"], &[]),
        ("Answer", &["text"], &[]),
        ("HowTo", &["name", "step"], &[]),
        ("HowToStep", &["name", "text", "position"], &[]),
        ("Product", &["name"], &["offers", "aggregateRating", "review"]),
        ("Offer", &[], &["price", "priceSpecification"]),
        ("AggregateRating", &["ratingValue", "ratingCount"], &[]),
        ("Brand", &["name"], &[]),
        ("Service", &["name", "provider"], &[]),
        ("Organization", &["name"], &[]),
        ("CollectionPage", &["name", "mainEntity"], &[]),
        ("DefinedTerm", &["name"], &[]),
        ("BreadcrumbList", &["itemListElement"], &[]),
        ("ListItem", &["position", "name", "item"], &[]),
    ];

    fn assert_whole(said: &[Value]) {
        let mut found = Vec::new();
        for value in said {
            things(value, &mut found);
        }
        for (kind, value) in found {
            for (of, all, one) in REQUIRED {
                if of == kind {
                    assert!(all.iter().all(|name| value.get(name).is_some()), "{kind} lacks one of {all:?}: {value:#}");
                    assert!(
                        one.is_empty() || one.iter().any(|name| value.get(name).is_some()),
                        "{kind} needs one of {one:?}: {value:#}"
                    );
                }
            }
            let empty = value.as_object().unwrap().iter().find(|(_, value)| {
                value.is_null() || value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty)
            });
            assert_eq!(empty, None, "{value:#}");
        }
    }

    #[test]
    fn every_kind_says_what_it_is() {
        for data in all() {
            let said = of_page(&about(), &body(), &data);
            assert_whole(&said);
            insta::assert_json_snapshot!(format!("jsonld_{}", data.kind()), said);
        }
        assert_whole(&[breadcrumbs(&[("Home", "https://garage.example/"), ("Pads", "https://garage.example/pads")])]);
    }

    #[test]
    fn what_is_not_given_is_not_said() {
        let types = |data: &StructureData| {
            let said = of_page(&about(), &Document::default(), data);
            assert_whole(&said);
            let mut found = Vec::new();
            for value in &said {
                things(value, &mut found);
            }
            found.into_iter().map(|(kind, _)| kind.to_owned()).collect::<Vec<_>>().join(" ")
        };
        let empty = KINDS.map(|kind| types(&StructureData::empty(kind, "article")));
        assert_eq!(
            empty,
            [
                "BlogPosting WebPage Organization",
                "WebPage Organization",
                "ItemPage Organization",
                "Service Organization",
                "CollectionPage DefinedTerm Organization",
            ]
        );
        // Ratings alone make a product; an offer is not made up for it.
        let rated = json!({ "kind": "product", "rating": { "average": 405, "count": 2 } });
        let rated = StructureData::read("product", &rated).unwrap();
        assert_eq!(types(&rated), "Product AggregateRating");
        assert_eq!(of_page(&about(), &Document::default(), &rated)[0]["aggregateRating"]["ratingValue"], "4.05");
        // One step is no instruction.
        let short = json!({ "kind": "post", "how_to": { "steps": [{ "name": "Look" }] } });
        assert_eq!(types(&StructureData::read("post", &short).unwrap()), "BlogPosting WebPage Organization");
    }

    /// <https://schema.org/reviewedBy> is a property of `WebPage` and its subtypes alone.
    #[test]
    fn who_checked_it_stands_with_the_page() {
        let reviewer = Some(Party { name: "Bo".into(), ..Party::default() });
        let about = Article { reviewer, ..about() };
        let bo = json!({ "@type": "Person", "name": "Bo" });
        let of = |kind: &str| of_page(&about, &body(), &StructureData::empty(kind, "article")).remove(0);
        let post = of("post");
        assert_eq!((&post["mainEntityOfPage"]["reviewedBy"], &post["reviewedBy"]), (&bo, &Value::Null));
        for page in ["page", "product", "taxonomy"] {
            assert_eq!(of(page)["reviewedBy"], bo, "{page}");
        }
        assert!(!of("service").to_string().contains("reviewedBy"), "a Service is no page");
    }

    #[test]
    fn durations_are_of_iso_8601() {
        assert_eq!([45, 60, 90, 1_500].map(duration), ["PT45M", "PT1H", "PT1H30M", "PT25H"]);
    }
}
