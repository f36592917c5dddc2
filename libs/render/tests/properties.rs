//! What holds for every site: texts come back out of the markup as they went in, links lead somewhere, bytes repeat.
#![expect(clippy::unwrap_used, clippy::format_push_string, reason = "helpers of tests")]

use igny8_blocks::{StructureData, structure};
use igny8_core::Timestamp;
use igny8_render::{Article, File, Heading, Image, Person, ProblemKind, Site, address, check, render};
use proptest::prelude::*;
use scraper::{Html, Selector};

/// Text that tries to break out of wherever it stands.
fn text() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        "</title><script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</script><!--",
        "]]>",
        "&amp;lt;&#60;&nbsp;",
        "\u{0}\u{b}\r\n\t\u{FFFE}\u{FDD0}",
        "\u{202e}abc\u{2028}",
        "<!-- <script>",
        "${a} {% b %} %3Cscript%3E",
        "العربية עברית 日本語 🚲",
        "",
    ]);
    prop_oneof![
        2 => any::<String>(),
        2 => (any::<String>(), hostile.clone(), any::<String>()).prop_map(|(a, b, c)| format!("{a}{b}{c}")),
        1 => hostile.prop_map(str::to_owned),
        2 => "[A-Za-z]{3,9}( [a-z]{2,9}){0,6}",
    ]
}

/// A body as the block renderer makes it: its text is escaped, but may hold any character.
fn body() -> impl Strategy<Value = (String, Vec<Heading>)> {
    prop::collection::vec(("[a-z]{1,8}", 2..=4u8, text()), 0..8).prop_map(|parts| {
        let mut html = String::new();
        let mut headings = Vec::new();
        for (number, (word, level, text)) in parts.into_iter().enumerate() {
            let id = format!("{word}-{number}");
            let safe = text.replace('&', "&amp;").replace('<', "&lt;");
            html += &format!("<h{level} id=\"{id}\">{safe}</h{level}><p>{safe}</p>");
            headings.push(Heading { id, level, text });
        }
        (html, headings)
    })
}

fn image() -> impl Strategy<Value = Image> {
    (
        prop_oneof![Just("/media/a.webp".to_owned()), text().prop_map(|t| format!("https://cdn.example/{t}")), text()],
        text(),
        0..4000u32,
    )
        .prop_map(|(url, alt, width)| Image { url, alt, width, height: width / 2, sources: Vec::new() })
}

prop_compose! {
    fn article()(
        (title, meta_title, meta_description, excerpt) in (text(), text(), text(), text()),
        (body_html, headings) in body(),
        (author, reviewer) in (prop::option::of(person()), prop::option::of(person())),
        published in 0..4_000_000_000_000i64,
        age in 0..100_000_000_000i64,
        language in prop::sample::select(vec!["", "en", "de-AT", "ar", "x\"><b>"]),
        category in prop::option::weighted(0.8, prop_oneof![3 => "[ABC]", 1 => text()]),
        tags in prop::collection::vec(text(), 0..3),
        word_count in 0..3000u32,
        featured_image in prop::option::of(image()),
        ld in prop::option::of(text()),
        (slug, redirects) in (text(), prop::collection::vec(text(), 0..3)),
    ) -> Article {
        Article {
            slug, title, meta_title, meta_description, excerpt, body_html, headings, author, reviewer,
            published_at: Timestamp::from_millis(published),
            updated_at: Timestamp::from_millis(published + age),
            language: language.to_owned(),
            category, tags, word_count, featured_image, redirects,
            data: StructureData::default(),
            json_ld: ld.map(|name| serde_json::json!({"@type": "Article", "name": name})).into_iter().collect(),
        }
    }
}

/// Somebody of a few addresses, told in any way.
///
/// On the heap: an article names two of them, and a tree of many articles must fit on the stack of a test.
fn person() -> BoxedStrategy<Person> {
    let slug = prop_oneof!["[ab]", Just("../x".to_owned()), text()].boxed();
    let known =
        prop::sample::select(vec!["https://example.com/nowhere", "https://else.example/@me", "javascript:alert(1)"]);
    let same_as = prop_oneof![known.prop_map(str::to_owned), text()];
    let texts = (text(), text(), text(), prop::collection::vec(text(), 0..2), prop::collection::vec(same_as, 0..3));
    let slugs = (slug.clone(), prop::collection::vec(slug, 0..2));
    let person =
        (slugs, texts, 0..2i64).prop_map(|(slugs, (name, job_title, bio, credentials, same_as), age)| Person {
            slug: slugs.0,
            former_slugs: slugs.1,
            name,
            job_title,
            bio,
            credentials,
            same_as,
            updated_at: Timestamp::from_millis(age),
        });
    person.boxed()
}

prop_compose! {
    fn site()(name in text(), description in text(), industry in prop::option::of(text()), generator in prop::option::of(text())) -> Site {
        Site {
            name, description, industry, generator,
            base_url: "https://example.com".to_owned(),
            locale: "en-GB".to_owned(),
            updated_at: Timestamp::default(),
        }
    }
}

/// The data of any kind, with any texts.
fn data() -> impl Strategy<Value = StructureData> {
    let step = || (text(), text()).prop_map(|(name, text)| structure::StructureStep { name, text });
    let steps = || prop::collection::vec(step(), 0..3);
    let texts = || prop::collection::vec(text(), 0..3);
    let spec = (text(), text()).prop_map(|(name, value)| structure::Spec { name, value });
    let specs = prop::collection::vec(spec, 0..3);
    let price = || prop::option::of((any::<u64>(), text()));
    prop_oneof![
        2 => (steps(), texts(), texts()).prop_map(|(steps, supplies, tools)| {
            let how_to = structure::HowTo { total_minutes: Some(90), supplies, tools, steps };
            StructureData::Post(structure::PostData { how_to: Some(how_to), ..Default::default() })
        }),
        // A path that nobody checked could lead nowhere, so the odd ones are none.
        1 => (text(), prop_oneof![Just("/".to_owned()), Just("mailto:a@b.example".to_owned()), text().prop_map(|odd| format!("x{odd}"))]).prop_map(|(label, url)| {
            let action = structure::PageAction { label, url: Some(url) };
            StructureData::Page(structure::PageData { action: Some(action), ..Default::default() })
        }),
        1 => (specs, price(), text(), prop::option::of(text())).prop_map(|(specs, price, sku, brand)| {
            let price = price.map(|(amount, currency)| structure::Money { amount, currency });
            StructureData::Product(structure::ProductData { specs, price, sku: Some(sku), brand, ..Default::default() })
        }),
        1 => (steps(), price(), texts()).prop_map(|(steps, price, area_served)| {
            let price = price.map(|(from, currency)| structure::PriceRange { from, to: None, currency });
            StructureData::Service(structure::ServiceData { steps, price, area_served, ..Default::default() })
        }),
        1 => (text(), text()).prop_map(|(parent, description)| {
            let (parent, description) = (Some(parent), Some(description));
            StructureData::Taxonomy(structure::TaxonomyData { parent, description, ..Default::default() })
        }),
    ]
}

/// Contents of all kinds with slugs of their own, some of them odd.
fn articles(most: usize) -> impl Strategy<Value = Vec<Article>> {
    prop::collection::vec((article(), data()), 0..most).prop_map(|pairs| {
        let numbered = pairs.into_iter().enumerate().map(|(number, (mut article, data))| {
            article.slug = format!("{}-{number}", article.slug);
            article.data = data;
            article
        });
        numbered.collect()
    })
}

fn rendered(site: &Site, articles: &[Article]) -> Vec<File> {
    let mut files = Vec::new();
    render(site, articles, &mut files);
    files
}

fn pages(files: &[File]) -> impl Iterator<Item = (&str, Html)> {
    files
        .iter()
        .filter(|file| file.content_type.starts_with("text/html"))
        .map(|file| (file.path.as_str(), Html::parse_document(std::str::from_utf8(&file.bytes).unwrap())))
}

fn all(html: &Html, selector: &str) -> Vec<String> {
    html.select(&Selector::parse(selector).unwrap()).map(|element| element.text().collect()).collect()
}

fn attribute(html: &Html, selector: &str, name: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    html.select(&selector).filter_map(|element| element.attr(name)).map(str::to_owned).collect()
}

/// What a reader may expect of a text, written again here: one line, nothing that no parser lets through.
fn one_line(text: &str) -> String {
    let kept: String = text
        .chars()
        .filter(|&c| {
            c.is_whitespace()
                || !(c.is_control() || (0xFDD0..=0xFDEF).contains(&(c as u32)) || (c as u32) % 0x1_0000 >= 0xFFFE)
        })
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn every_text_comes_back_as_it_went_in(site in site(), article in article()) {
        let files = rendered(&site, std::slice::from_ref(&article));
        let path = files.iter().map(|file| file.path.as_str()).find(|path| {
            path.ends_with("/index.html") && !path.starts_with("category/") && !path.starts_with("authors/")
        }).unwrap();
        let file = files.iter().find(|file| file.path == path).unwrap();
        let html = Html::parse_document(std::str::from_utf8(&file.bytes).unwrap());

        let title = one_line(&article.title);
        prop_assert_eq!(all(&html, "h1"), [title.clone()]);
        prop_assert_eq!(all(&html, ".trail [aria-current]"), [title.clone()]);
        let wanted = match one_line(&article.meta_title) {
            empty if empty.is_empty() => format!("{title} · {}", one_line(&site.name)),
            given => given,
        };
        prop_assert_eq!(all(&html, "head > title"), [wanted.clone()]);
        prop_assert_eq!(attribute(&html, "meta[property='og:title']", "content"), [wanted]);
        prop_assert_eq!(all(&html, ".mast .brand"), [one_line(&site.name)]);
        let description = one_line(&article.meta_description);
        if !description.is_empty() {
            prop_assert_eq!(attribute(&html, "meta[name='description']", "content"), [description]);
        }
        let named = |person: &Option<Person>| {
            person.as_ref().map(|person| one_line(&person.name)).filter(|name| !name.is_empty())
        };
        let (author, reviewer) = (named(&article.author), named(&article.reviewer));
        prop_assert_eq!(all(&html, ".author a"), author.clone().into_iter().collect::<Vec<_>>());
        let address_of = |person: &Option<Person>| person.as_ref().map(Person::address);
        let is_same = author.is_some() && address_of(&article.author) == address_of(&article.reviewer);
        prop_assert_eq!(all(&html, ".reviewer a"), reviewer.filter(|_| !is_same).into_iter().collect::<Vec<_>>());
        // Who is named has a page, which says who they are and leads back.
        for link in attribute(&html, ".author a, .reviewer a", "href") {
            let canonical = [format!("https://example.com{link}")];
            let own = pages(&files).find(|(_, page)| attribute(page, "link[rel='canonical']", "href") == canonical);
            prop_assert!(attribute(&own.unwrap().1, "a", "href").contains(&address(&article.slug)));
        }
        let tags: Vec<_> = article.tags.iter().map(|tag| one_line(tag)).filter(|tag| !tag.is_empty()).collect();
        prop_assert_eq!(all(&html, ".tags li"), tags.clone());
        prop_assert_eq!(attribute(&html, "meta[property='article:tag']", "content"), tags);
        prop_assert_eq!(
            attribute(&html, "link[rel='canonical']", "href"),
            [format!("https://example.com{}", address(&article.slug))]
        );

        // The data for search engines is JSON, and says the same.
        for script in all(&html, "script") {
            let value: serde_json::Value = serde_json::from_str(&script).unwrap();
            if let Some(given) = article.json_ld.first().filter(|given| given["@type"] == value["@type"]) {
                prop_assert_eq!(given, &value);
            } else if value["@type"] == "Article" {
                prop_assert_eq!(&value["headline"], &title);
            }
        }
    }

    #[test]
    fn no_text_becomes_markup(site in site(), articles in articles(6)) {
        let files = rendered(&site, &articles);
        for (path, html) in pages(&files) {
            for name in ["onerror", "onmouseover"] {
                prop_assert_eq!(attribute(&html, &format!("[{name}]"), name), Vec::<String>::new(), "{}", path);
            }
            prop_assert_eq!(all(&html, "script:not([type='application/ld+json']), b, img[src='x']"), Vec::<String>::new(), "{}", path);
            for src in attribute(&html, "img", "src") {
                prop_assert!(src.starts_with("/media/") || src.starts_with("https://cdn.example/") || src.starts_with('/'), "{}", src);
                prop_assert!(!src.starts_with("//"), "{}", src);
            }
            prop_assert_eq!(html.select(&Selector::parse("html > body > main").unwrap()).count(), 1, "{}", path);
            prop_assert_eq!(html.select(&Selector::parse("body > header, body > footer").unwrap()).count(), 2, "{}", path);
            prop_assert_eq!(html.select(&Selector::parse("h1").unwrap()).count(), 1, "{}", path);
            // Ids are unique: labels and jumps meet what they mean.
            let mut ids = attribute(&html, "[id]", "id");
            let count = ids.len();
            ids.sort();
            ids.dedup();
            prop_assert_eq!(ids.len(), count, "{}", path);
        }
    }

    #[test]
    fn every_internal_link_resolves(site in site(), articles in articles(28)) {
        let broken: Vec<_> = check(&rendered(&site, &articles))
            .into_iter()
            .filter(|problem| matches!(problem.kind, ProblemKind::BrokenLink | ProblemKind::DuplicatePath | ProblemKind::ManyHeadings))
            .collect();
        prop_assert_eq!(broken, []);
    }

    #[test]
    fn the_same_input_gives_the_same_bytes(site in site(), articles in articles(20), turn in any::<prop::sample::Index>()) {
        let once = rendered(&site, &articles);
        let mut turned = articles.clone();
        if !turned.is_empty() {
            let by = turn.index(turned.len());
            turned.rotate_left(by);
        }
        // Two articles of the same moment and folder would be one page twice; slugs here are distinct.
        prop_assert_eq!(once, rendered(&site, &turned));
    }

    #[test]
    fn xml_is_well_formed_and_says_the_same(site in site(), articles in articles(25)) {
        let files = rendered(&site, &articles);
        for file in files.iter().filter(|file| file.content_type.contains("xml")) {
            let xml = std::str::from_utf8(&file.bytes).unwrap();
            let texts = xml_texts(xml)?;
            if file.path == "feed.xml" {
                let titles: Vec<_> = texts.iter().filter(|(name, _)| name == "title").map(|(_, text)| text.clone()).collect();
                prop_assert_eq!(&titles[0], &one_line(&site.name));
                let mut newest: Vec<_> = articles.iter().filter(|article| article.data.kind() == "post").collect();
                newest.sort_by(|a, b| b.published_at.cmp(&a.published_at).then(a.slug.cmp(&b.slug)));
                let wanted: Vec<_> = newest.iter().take(20).map(|article| one_line(&article.title)).collect();
                prop_assert_eq!(&titles[1..], wanted);
            }
        }
    }
}

/// The name and text of every element without children; fails on anything that is not well-formed XML 1.0.
fn xml_texts(xml: &str) -> Result<Vec<(String, String)>, TestCaseError> {
    use quick_xml::{Reader, events::Event};
    let allowed =
        |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..);
    prop_assert!(xml.chars().all(allowed), "a character that XML forbids");
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<(String, String)> = Vec::new();
    let mut texts = Vec::new();
    let mut roots = 0;
    loop {
        match reader.read_event().map_err(|error| TestCaseError::fail(format!("{error}: {xml}")))? {
            Event::Start(tag) => {
                for attribute in tag.attributes() {
                    prop_assert!(attribute.is_ok(), "{attribute:?}");
                }
                roots += usize::from(open.is_empty());
                open.push((tag.name().as_ref().to_owned(), String::new()));
            }
            Event::Empty(tag) => {
                for attribute in tag.attributes() {
                    prop_assert!(attribute.is_ok(), "{attribute:?}");
                }
            }
            Event::Text(text) => {
                let text = text.to_string();
                match open.last_mut() {
                    Some((_, inner)) => inner.push_str(&text),
                    None => prop_assert!(text.trim().is_empty(), "text outside the root: {text:?}"),
                }
            }
            Event::GeneralRef(name) => {
                let name = name.to_string();
                let c = match name.as_str() {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "#13" => '\r',
                    _ => return Err(TestCaseError::fail(format!("an entity that XML does not know: {name}"))),
                };
                open.last_mut().unwrap().1.push(c);
            }
            Event::End(_) => texts.extend(open.pop()),
            Event::Eof => break,
            _ => {}
        }
    }
    prop_assert!(open.is_empty() && roots == 1);
    Ok(texts)
}

#[test]
fn the_reader_of_these_tests_refuses_what_is_broken() {
    for broken in ["<a>", "<a></b>", "<a/><b>", "<a>&nope;</a>", "<a>\u{1}</a>", "<a x></a>", "x<a></a>"] {
        assert!(xml_texts(broken).is_err(), "{broken}");
    }
}
