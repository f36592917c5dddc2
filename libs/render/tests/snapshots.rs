//! What the files of the demo site look like, line by line.
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

#[path = "../examples/demo/content.rs"]
mod content;

use std::collections::BTreeMap;

use igny8_render::{File, check, render};

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

#[test]
fn a_site_without_articles_is_whole() {
    let mut files: Vec<File> = Vec::new();
    render(&content::site(), &[], &mut files);
    assert_eq!(check(&files), []);
    let paths: Vec<_> = files.iter().map(|file| file.path.split('.').next().unwrap()).collect();
    assert_eq!(paths, ["index", "404", "feed", "robots", "sitemap", "assets/style", "assets/icon"]);
}
