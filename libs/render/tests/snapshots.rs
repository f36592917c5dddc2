//! What the files of the demo site look like, line by line.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../examples/demo/content.rs"]
mod content;

use std::collections::BTreeMap;

use igny8_blocks::StructureData;
use igny8_core::Timestamp;
use igny8_render::{Article, File, Person, Site, check, render};
use serde_json::{Value, json};

fn files() -> BTreeMap<String, File> {
    let mut files = BTreeMap::new();
    render(&content::site(), &content::articles(), &mut files);
    files
}

/// A file of the demo site as text.
fn text(path: &str) -> String {
    readable(&files(), path)
}

/// A file as text; HTML gets a line per element, so that a difference shows where it is, and the names of assets, which
/// must exist, lose their hash, so that a new colour changes no snapshot.
fn readable(files: &BTreeMap<String, File>, path: &str) -> String {
    let file = &files[path];
    let text = String::from_utf8(file.bytes.clone()).unwrap();
    if !file.content_type.starts_with("text/html") {
        return text;
    }
    let mut text = text.replace("><", ">\n<");
    for kind in ["style", "icon"] {
        let asset = files.keys().find(|path| path.starts_with(&format!("assets/{kind}."))).unwrap();
        assert!(text.contains(&format!("href=\"/{asset}\"")), "{path} does not name {asset}");
        text = text.replace(asset, &format!("assets/{kind}.[hash]"));
    }
    text
}

#[test]
fn article() {
    insta::assert_snapshot!(text("when-to-replace-a-bicycle-chain-measured-instead-of-guessed/index.html"));
}

#[test]
fn first_page() {
    insta::assert_snapshot!(text("index.html"));
}

#[test]
fn second_page() {
    insta::assert_snapshot!(text("page/2/index.html"));
}

#[test]
fn category() {
    insta::assert_snapshot!(text("category/brakes/index.html"));
}

#[test]
fn author() {
    insta::assert_snapshot!(text("authors/marta-lindqvist/index.html"));
}

#[test]
fn reviewer() {
    insta::assert_snapshot!(main_of(&files(), "authors/ismael-ferrer/index.html"));
}

#[test]
fn lost() {
    insta::assert_snapshot!(text("404.html"));
}

#[test]
fn arabic_article() {
    let mut files: BTreeMap<String, File> = BTreeMap::new();
    render(&content::arabic_site(), &content::arabic_articles(), &mut files);
    let slug = &content::arabic_articles()[0].slug;
    insta::assert_snapshot!(readable(&files, &format!("{slug}/index.html")));
}

#[test]
fn sitemap() {
    insta::assert_snapshot!(text("sitemap.xml"));
}

#[test]
fn feed() {
    insta::assert_snapshot!(text("feed.xml"));
}

#[test]
fn robots() {
    insta::assert_snapshot!(text("robots.txt"));
}

#[test]
fn every_file_of_a_site() {
    let listing = files().into_values().filter(|file| !file.path.starts_with("assets/"));
    let listing: Vec<_> = listing.map(|file| format!("{} ({})", file.path, file.content_type)).collect();
    insta::assert_snapshot!(listing.join("\n"));
}

#[test]
fn the_demo_sites_pass_the_gate() {
    for (site, articles) in
        [(content::site(), content::articles()), (content::arabic_site(), content::arabic_articles())]
    {
        let mut files: Vec<File> = Vec::new();
        render(&site, &articles, &mut files);
        assert_eq!(check(&files), []);
    }
}

/// Two people of one name have pages of their own, one that is told twice has one, and one without a name has none.
#[test]
fn people_are_told_apart_by_their_addresses() {
    let person = |slug: &str, name: &str, bio: &str| {
        let (slug, name, bio) = (slug.to_owned(), name.to_owned(), bio.to_owned());
        Some(Person { slug, name, bio, ..Person::default() })
    };
    let mut articles: Vec<Article> =
        (0..4).map(|at| of_kind(at, &format!("Post {at}"), json!({ "kind": "post" }))).collect();
    articles[0].author = person("ana", "Ana", "Mends bicycles.");
    articles[1].author = person("ana-2", "Ana", "Paints them.");
    articles[2].author = person("ana", "Ana", "Mends bicycles, and cars.");
    articles[2].reviewer = person("ana", "Ana", "Mends bicycles, and cars.");
    articles[3].author = person("nobody", " \u{0} ", "");
    let (mut files, mut turned) = (BTreeMap::new(), BTreeMap::new());
    render(&content::site(), &articles, &mut files);
    articles.reverse();
    render(&content::site(), &articles, &mut turned);
    assert_eq!(files, turned);
    let people: Vec<&String> = files.keys().filter(|path| path.starts_with("authors/")).collect();
    assert_eq!(people, ["authors/ana-2/index.html", "authors/ana/index.html"]);
    let ana = main_of(&files, "authors/ana/index.html");
    assert!(ana.contains("Post 0") && !ana.contains("Post 1") && ana.contains("Post 2"), "{ana}");
    let own = main_of(&files, "post-2/index.html");
    assert!(own.contains("rel=\"author\"") && !own.contains("class=\"reviewer\""), "nobody checks themselves: {own}");
    assert!(!main_of(&files, "post-3/index.html").contains("class=\"author\""));
    let all: Vec<File> = files.into_values().collect();
    assert!(check(&all).iter().all(|problem| !problem.kind.blocks()), "{:?}", check(&all));
}

/// A content of a kind, in the topic of brakes.
fn of_kind(day: i64, title: &str, data: Value) -> Article {
    let data = StructureData::read(data["kind"].as_str().unwrap(), &data).unwrap();
    Article {
        slug: igny8_core::slugify(title),
        title: title.to_owned(),
        excerpt: format!("{title}, in short."),
        body_html: format!("<p>All about {}.</p>", title.to_lowercase()),
        published_at: Timestamp::from_millis(1_790_000_000_000 + day * 86_400_000),
        category: Some("Brakes".to_owned()),
        word_count: 440,
        data,
        ..Article::default()
    }
}

/// One of every kind.
fn every_kind() -> Vec<Article> {
    let steps = json!([{ "name": "Lift the car", "text": "Loosen the nuts < 1 turn." }, { "name": "Swap the pads" }]);
    vec![
        of_kind(
            1,
            "Change brake pads",
            json!({
                "kind": "post", "how_to": { "total_minutes": 90, "supplies": ["Cleaner"], "tools": ["Jack", "Wrench"], "steps": steps },
            }),
        ),
        of_kind(
            2,
            "Contact",
            json!({
                "kind": "page", "page_kind": "contact", "action": { "label": "Call us", "url": "tel:+34123456" },
            }),
        ),
        of_kind(
            3,
            "Pads Pro",
            json!({
                "kind": "product", "sku": "BP-7", "brand": "Stopwell", "price": { "amount": 3_990, "currency": "EUR" },
                "availability": "in_stock", "gtin": "4006381333931", "rating": { "average": 460, "count": 31 },
                "specs": [{ "name": "Weight", "value": "1.2 kg" }, { "name": "Nobody knows", "value": "" }],
            }),
        ),
        of_kind(
            4,
            "Brake repair",
            json!({
                "kind": "service", "area_served": ["Madrid", "Toledo"], "price": { "from": 8_900, "currency": "EUR" },
                "duration_minutes": 120, "steps": steps,
            }),
        ),
        of_kind(
            5,
            "About brakes",
            json!({ "kind": "taxonomy", "parent": "Cars", "description": "All that stops a car." }),
        ),
    ]
}

/// What stands within `main`.
fn main_of(files: &BTreeMap<String, File>, path: &str) -> String {
    let text = readable(files, path);
    let (_, rest) = text.split_once("<main").unwrap();
    rest.split_once("</main>").unwrap().0.to_owned()
}

#[test]
fn every_kind_shows_its_data_and_has_its_place() {
    let site = Site { locale: "de".to_owned(), ..content::site() };
    let mut files = BTreeMap::new();
    render(&site, &every_kind(), &mut files);
    for path in ["change-brake-pads", "contact", "pads-pro", "brake-repair", "about-brakes"] {
        insta::assert_snapshot!(format!("kind_{path}"), main_of(&files, &format!("{path}/index.html")));
    }
    insta::assert_snapshot!("kinds_on_the_first_page", main_of(&files, "index.html"));
    insta::assert_snapshot!("kinds_of_a_topic", main_of(&files, "category/brakes/index.html"));
    insta::assert_snapshot!("shelf", readable(&files, "browse/products/index.html"));

    // The feed has the news alone; the sitemap has all.
    let feed = readable(&files, "feed.xml");
    assert_eq!((feed.matches("<entry").count(), feed.contains("Change brake pads")), (1, true), "{feed}");
    assert_eq!(readable(&files, "sitemap.xml").matches("<loc>").count(), 1 + 1 + 2 + 5);
    let all: Vec<File> = files.into_values().collect();
    assert_eq!(check(&all), []);
}

#[test]
fn a_site_without_posts_leads_to_what_it_has() {
    let products: Vec<Article> =
        (0..14).map(|at| of_kind(at, &format!("Pads {at}"), json!({ "kind": "product" }))).collect();
    let mut files = BTreeMap::new();
    render(&content::site(), &products, &mut files);
    let first = main_of(&files, "index.html");
    assert!(first.contains("href=\"/browse/products\"") && !first.contains("class=\"empty\""), "{first}");
    assert!(files.contains_key("browse/products/page/2/index.html"));
    let all: Vec<File> = files.into_values().collect();
    assert_eq!(check(&all), []);
}

#[test]
fn a_site_without_articles_is_whole() {
    let mut files: Vec<File> = Vec::new();
    render(&content::site(), &[], &mut files);
    assert_eq!(check(&files), []);
    let paths: Vec<_> = files.iter().map(|file| file.path.split('.').next().unwrap()).collect();
    assert_eq!(paths, ["index", "404", "feed", "robots", "sitemap", "assets/style", "assets/icon"]);
}
