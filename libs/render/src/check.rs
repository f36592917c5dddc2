//! The gate before a site goes public: reads finished files back, as a browser would, and names what must not be shown.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use html5gum::{DefaultEmitter, StartTag, Token, Tokenizer};
use percent_encoding::percent_decode_str;

use crate::{
    sink::{File, HTML},
    text::clean,
};

/// Something wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file's path.
    pub path: String,
    /// What kind of thing is wrong.
    pub kind: ProblemKind,
    /// The title, link, picture or text in question.
    pub detail: String,
}

/// The kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ProblemKind {
    /// Two files have one path: two articles share a slug.
    DuplicatePath,
    /// Two pages have one `<title>`.
    DuplicateTitle,
    /// A link leads to a page of this site, or to a place in a page, that does not exist.
    BrokenLink,
    /// A picture has no text for those who do not see it.
    MissingAlt,
    /// The `<title>` or the first heading is empty or absent.
    EmptyTitle,
    /// Text that was meant to be replaced: `lorem ipsum`, `{{`, `[TODO`.
    Placeholder,
    /// More than one `h1`.
    ManyHeadings,
}

impl ProblemKind {
    /// Whether a site with this problem must not go public; the others are warnings.
    pub const fn blocks(self) -> bool {
        match self {
            Self::DuplicatePath | Self::BrokenLink | Self::EmptyTitle | Self::Placeholder | Self::ManyHeadings => true,
            Self::DuplicateTitle | Self::MissingAlt => false,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            ProblemKind::DuplicatePath => "is rendered twice",
            ProblemKind::DuplicateTitle => "has the same title as",
            ProblemKind::BrokenLink => "links to a page that does not exist:",
            ProblemKind::MissingAlt => "has a picture without alternative text:",
            ProblemKind::EmptyTitle => "has no title:",
            ProblemKind::Placeholder => "still contains a placeholder:",
            ProblemKind::ManyHeadings => "has more than one main heading:",
        };
        write!(f, "{} {what} {}", self.path, self.detail)
    }
}

/// Everything wrong with the files of a site, in their order.
///
/// The files must be all files of the site, since a link is broken when nothing here answers to it. Only `href`s are
/// followed, not pictures, which may be served beside the site.
pub fn check(files: &[File]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut paths = HashSet::new();
    for file in files {
        if !paths.insert(file.path.as_str()) {
            problems.push(problem(&file.path, ProblemKind::DuplicatePath, &file.path));
        }
    }
    let pages: Vec<Facts<'_>> = files.iter().filter(|file| file.content_type == HTML).map(Facts::read).collect();
    let by_path: HashMap<&str, &Facts<'_>> = pages.iter().map(|page| (page.path, page)).collect();
    let mut titles: HashMap<&str, &str> = HashMap::new();
    for page in &pages {
        page.judge(&mut problems);
        match titles.get(page.title.as_str()) {
            // The same path twice has been said already.
            Some(&other) if other != page.path => problems.push(problem(page.path, ProblemKind::DuplicateTitle, other)),
            _ => {
                titles.insert(&page.title, page.path);
            }
        }
        for link in &page.links {
            if !page.resolves(link, &paths, &by_path) {
                problems.push(problem(page.path, ProblemKind::BrokenLink, link));
            }
        }
    }
    problems
}

fn problem(path: &str, kind: ProblemKind, detail: &str) -> Problem {
    Problem { path: path.to_owned(), kind, detail: detail.to_owned() }
}

/// What one page says about itself.
#[derive(Default)]
struct Facts<'a> {
    path: &'a str,
    title: String,
    /// The text of each `h1`.
    headings: Vec<String>,
    links: Vec<String>,
    ids: HashSet<String>,
    canonical: Option<String>,
    /// The addresses of pictures without a text.
    silent: Vec<String>,
    placeholders: Vec<String>,
}

impl<'a> Facts<'a> {
    fn read(file: &'a File) -> Self {
        let mut facts = Self { path: &file.path, ..Self::default() };
        let mut open = Open::default();
        // What stands in a script, a style or a title is text, whatever it looks like.
        let mut emitter = DefaultEmitter::<()>::default();
        emitter.naively_switch_states(true);
        for Ok(token) in Tokenizer::new_with_emitter(file.bytes.as_slice(), emitter) {
            match token {
                Token::StartTag(tag) => {
                    facts.start(&tag, &open);
                    open.change(&tag.name, true);
                    if tag.name.as_slice() == b"h1" {
                        facts.headings.push(String::new());
                    }
                }
                Token::EndTag(tag) => open.change(&tag.name, false),
                Token::String(text) => facts.text(&String::from_utf8_lossy(&text), &open),
                _ => {}
            }
        }
        facts
    }

    fn start(&mut self, tag: &StartTag<()>, open: &Open) {
        let attribute =
            |name: &str| tag.attributes.get(name.as_bytes()).map(|value| String::from_utf8_lossy(value).into_owned());
        self.ids.extend(attribute("id"));
        match tag.name.as_slice() {
            b"link" if attribute("rel").as_deref() == Some("canonical") => self.canonical = attribute("href"),
            b"a" | b"area" | b"link" => self.links.extend(attribute("href")),
            b"img" => {
                // In a figure a picture is content, elsewhere an empty text may say that it is decoration.
                let told = attribute("alt").is_some_and(|alt| open.figure == 0 || !clean(&alt).is_empty());
                if !told {
                    self.silent.push(attribute("src").unwrap_or_default());
                }
            }
            _ => {}
        }
        for value in tag.attributes.values() {
            self.placeholders.extend(placeholder(&String::from_utf8_lossy(value)));
        }
    }

    fn text(&mut self, text: &str, open: &Open) {
        // The svg element has a title too, but not in the head, where this one is first.
        if open.title > 0 {
            self.title.push_str(&clean(text));
        }
        if open.h1 > 0
            && let Some(heading) = self.headings.last_mut()
        {
            heading.push_str(&clean(text));
        }
        // Code may well show braces.
        if open.code == 0 {
            self.placeholders.extend(placeholder(text));
        }
    }

    fn judge(&self, problems: &mut Vec<Problem>) {
        let mut add = |kind, detail: &str| problems.push(problem(self.path, kind, detail));
        if self.title.is_empty() {
            add(ProblemKind::EmptyTitle, "title");
        }
        match self.headings.as_slice() {
            [] => add(ProblemKind::EmptyTitle, "h1"),
            [one] if one.is_empty() => add(ProblemKind::EmptyTitle, "h1"),
            [_] => {}
            [_, second, ..] => add(ProblemKind::ManyHeadings, second),
        }
        for src in &self.silent {
            add(ProblemKind::MissingAlt, src);
        }
        for text in &self.placeholders {
            add(ProblemKind::Placeholder, text);
        }
    }

    /// Whether a link leads somewhere, as far as this site can tell.
    fn resolves(&self, link: &str, paths: &HashSet<&str>, pages: &HashMap<&str, &Facts<'_>>) -> bool {
        let Some(target) = self.target(link) else { return true };
        let (address, fragment) = target.split_once('#').unwrap_or((&target, ""));
        let address = address.split('?').next().unwrap_or_default();
        let name = percent_decode_str(address).decode_utf8_lossy();
        let name = name.trim_matches('/');
        let index = if name.is_empty() { "index.html".to_owned() } else { format!("{name}/index.html") };
        let found = if paths.contains(name) { name } else { index.as_str() };
        if !paths.contains(found) {
            return false;
        }
        let Some(page) = pages.get(found) else { return true };
        let decoded = percent_decode_str(fragment).decode_utf8_lossy();
        // `#`, `#top` and text fragments need no id.
        fragment.is_empty()
            || decoded.eq_ignore_ascii_case("top")
            || decoded.contains(":~:")
            || page.ids.contains(fragment)
            || page.ids.contains(decoded.as_ref())
    }

    /// The root-relative form of a link into this site; none for a link that leaves it.
    fn target(&self, link: &str) -> Option<String> {
        let link = link.trim();
        let own = self.address();
        if let Some(canonical) = &self.canonical
            && let Some(base) = canonical.strip_suffix(own.as_str())
            && let Some(rest) = link.strip_prefix(base)
            && (rest.is_empty() || rest.starts_with(['/', '#', '?']))
        {
            return Some(if rest.starts_with('/') { rest.to_owned() } else { format!("/{rest}") });
        }
        let scheme = link.split_once(':').is_some_and(|(scheme, _)| {
            !scheme.is_empty() && scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
        });
        if scheme || link.starts_with("//") {
            None
        } else if link.starts_with('/') {
            Some(link.to_owned())
        } else if link.starts_with(['#', '?']) || link.is_empty() {
            Some(format!("{own}{link}"))
        } else {
            let folder = own.rsplit_once('/').map_or("", |(folder, _)| folder);
            Some(format!("{folder}/{link}"))
        }
    }

    /// This page's own address, percent-encoded as in its canonical link.
    fn address(&self) -> String {
        let path = if self.path == "index.html" { "" } else { self.path };
        let segments: Vec<_> = path.trim_end_matches("/index.html").split('/').map(crate::text::encode).collect();
        format!("/{}", segments.join("/"))
    }
}

/// How many elements of some kinds are open.
#[derive(Default)]
struct Open {
    title: u32,
    h1: u32,
    figure: u32,
    /// Elements whose text is not prose.
    code: u32,
}

impl Open {
    fn change(&mut self, name: &[u8], start: bool) {
        let count = match name {
            b"title" => &mut self.title,
            b"h1" => &mut self.h1,
            b"figure" => &mut self.figure,
            b"code" | b"pre" | b"kbd" | b"samp" | b"script" | b"style" => &mut self.code,
            _ => return,
        };
        *count = if start { *count + 1 } else { count.saturating_sub(1) };
    }
}

/// The words around the first placeholder in a text.
fn placeholder(text: &str) -> Option<String> {
    const SIGNS: [&str; 3] = ["lorem ipsum", "{{", "[todo"];
    // ASCII alone changes, so that positions stay those of the text.
    let lower = text.to_ascii_lowercase();
    let at = SIGNS.iter().filter_map(|sign| lower.find(sign)).min()?;
    Some(clean(&text[at..].chars().take(60).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::{ProblemKind, check};
    use crate::sink::{File, HTML, TEXT};

    fn page(path: &str, title: &str, body: &str) -> File {
        let html = format!("<!DOCTYPE html><title>{title}</title><h1>{title}</h1>{body}");
        File { path: path.to_owned(), content_type: HTML, bytes: html.into_bytes() }
    }

    fn found(files: &[File]) -> Vec<(ProblemKind, String)> {
        check(files).into_iter().map(|problem| (problem.kind, problem.detail)).collect()
    }

    #[test]
    fn a_sound_site_has_no_problem() {
        let site = [
            page("index.html", "Home", r##"<a href="/b%C3%A9ta#part">b</a> <a href="#">up</a> <img src=x alt="">"##),
            page(
                "béta/index.html",
                "Beta",
                r#"<p id="part"> <a href="/">a</a> <a href="mailto:a@b.c">m</a> <a href="/robots.txt">r</a> <a href="//else.example/x">e</a>"#,
            ),
            page("beta/index.html", "B", "<code>{{ name }}</code> <a href='/b%C3%A9ta/'>x</a> <a href='../x'>"),
            File { path: "robots.txt".to_owned(), content_type: TEXT, bytes: b"{{ lorem ipsum".to_vec() },
        ];
        assert_eq!(found(&site), [(ProblemKind::BrokenLink, "../x".to_owned())]);
    }

    #[test]
    fn every_kind_of_link_is_followed() {
        let canonical = r#"<link rel="canonical" href="https://a.example/x/y">"#;
        let links = "<a href='/none'></a><a href='#none'></a><a href='/#none'></a><a href='none?x'></a>\
                     <a href='https://a.example/none'></a><a href='https://a.example.org/'></a><a href='https://a.example'></a>\
                     <a href='z'></a><area href='/NONE'>";
        let site = [
            page("index.html", "Home", ""),
            page("x/y/index.html", "Y", &format!("{canonical}{links}")),
            page("x/z/index.html", "Z", ""),
        ];
        let broken: Vec<_> = found(&site)
            .into_iter()
            .map(|(kind, link)| {
                assert_eq!(kind, ProblemKind::BrokenLink);
                link
            })
            .collect();
        assert_eq!(broken, ["/none", "#none", "/#none", "none?x", "https://a.example/none", "/NONE"]);
    }

    #[test]
    fn a_script_is_no_markup() {
        let scripts = "<script>'<a href=\"/none\"><h1>{{'</script><textarea><img src=x></textarea>";
        assert_eq!(found(&[page("index.html", "Home", scripts)]), []);
    }

    #[test]
    fn names_each_problem() {
        let site = [
            page("index.html", "Home", "<img src='/a.png'><figure><img src='/b.png' alt=' '></figure>"),
            page("a/index.html", "Home", "<h1>Again</h1><p>Lorem Ipsum dolor <a title='{{title}}'>[TODO: link]</a>"),
            page("a/index.html", "A", ""),
            page("b/index.html", "", ""),
        ];
        let text = |text: &str| text.to_owned();
        assert_eq!(
            found(&site),
            [
                (ProblemKind::DuplicatePath, text("a/index.html")),
                (ProblemKind::MissingAlt, text("/a.png")),
                (ProblemKind::MissingAlt, text("/b.png")),
                (ProblemKind::ManyHeadings, text("Again")),
                (ProblemKind::Placeholder, text("Lorem Ipsum dolor")),
                (ProblemKind::Placeholder, text("{{title}}")),
                (ProblemKind::Placeholder, text("[TODO: link]")),
                (ProblemKind::DuplicateTitle, text("index.html")),
                (ProblemKind::EmptyTitle, text("title")),
                (ProblemKind::EmptyTitle, text("h1")),
            ]
        );
    }
}
