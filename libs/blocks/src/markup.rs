//! What we know of HTML's elements, escaping, and the sanitiser of raw HTML blocks.

use std::{borrow::Cow, collections::HashSet, sync::LazyLock};

use crate::{address, parse::Page};
use ammonia::{Builder, UrlRelative};

/// Elements that are gone with all that is in them; those of `SILENT` without a word.
const DROPPED: [&str; 35] = [
    "script", "style", "noscript", "template", "iframe", "object", "embed", "svg", "math", "canvas", "audio", "video",
    "head", "title", "meta", "link", "base", "button", "input", "select", "textarea", "option", "param", "source",
    "track", "frame", "frameset", "noframes", "applet", "map", "area", "optgroup", "datalist", "portal", "slot",
];

const SILENT: [&str; 8] = ["head", "title", "meta", "link", "base", "source", "track", "param"];

/// Elements that stand on lines of their own.
const BLOCKS: [&str; 45] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "caption",
    "center",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hgroup",
    "hr",
    "html",
    "li",
    "main",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
];

pub(crate) fn is_dropped(name: &str) -> bool {
    DROPPED.contains(&name)
}

pub(crate) fn is_silent(name: &str) -> bool {
    SILENT.contains(&name)
}

pub(crate) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name) || name == "ul"
}

/// Writes text so that a parser reads the very same text between two tags.
pub(crate) fn escape_into(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
}

/// Writes ` name="value"`.
pub(crate) fn attribute_into(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    for part in value.split_inclusive('"') {
        escape_into(out, part.trim_end_matches('"'));
        if part.ends_with('"') {
            out.push_str("&quot;");
        }
    }
    out.push('"');
}

/// True for what a reader does not see: spaces of any kind and zero-width characters.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_whitespace() || c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(is_invisible)
}

/// True for characters that have no place in text: control characters other than spaces, and byte-order marks.
pub(crate) fn is_noise(c: char) -> bool {
    (c.is_control() && !c.is_ascii_whitespace()) || c == '\u{feff}'
}

/// Plain text of one line: noise gone, runs of ASCII spaces to one, none at the ends.
pub(crate) fn one_line(text: &str) -> String {
    let kept: String = text.chars().filter(|c| !is_noise(*c)).collect();
    kept.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// Plain text of one line that stands in an attribute: entities are what they stand for, however often they were escaped.
///
/// WordPress reads `&amp;copy;` in an attribute as `©`: text that looks like an entity does not survive there, and nobody
/// means it.
pub(crate) fn attribute_line(text: &str) -> String {
    let mut now = one_line(text);
    for _ in 0..ROUNDS {
        let Some(next) = without_entities(&now) else { return now };
        now = one_line(&next);
    }
    // Escaped so often, it was written to stall us.
    one_line(&now.replace('&', " "))
}

/// Each entity as its character; `None` when there is none.
fn without_entities(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, length)) = next_entity(rest) {
        let (before, entity) = rest[..at + length].split_at(at);
        out.push_str(before);
        out.extend(Page::parse(entity).html.root_element().text());
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    (out != text).then_some(out)
}

/// Where the first of what looks like an entity (`&copy;`, `&#169;`, `&#xa9;`) begins, and its length.
pub(crate) fn next_entity(text: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find('&')?;
        let name = &text[at + 1..];
        let digits = name.strip_prefix('#').unwrap_or(name);
        let end = digits.bytes().position(|b| !b.is_ascii_alphanumeric())?;
        if end > 0 && digits.as_bytes()[end] == b';' {
            return Some((at, 1 + name.len() - digits.len() + end + 1));
        }
        from = at + 1;
    }
}

/// Plain text of many lines: noise gone, `\n` alone as line end, no empty lines at the ends.
pub(crate) fn many_lines(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{c}'], "\n");
    let kept: String = text.chars().filter(|c| !is_noise(*c)).collect();
    let kept = kept.trim_end_matches(|c: char| c.is_ascii_whitespace());
    let first_line = kept.bytes().position(|b| !b.is_ascii_whitespace()).unwrap_or(0);
    kept[..first_line].rfind('\n').map_or(kept, |end| &kept[end + 1..]).to_owned()
}

/// Makes `<` that cannot begin a tag into text, so that `5 <6` and a last `a <b` lose nothing.
pub(crate) fn tame_angles(html: &str) -> Cow<'_, str> {
    let last_close = html.rfind('>').unwrap_or(0);
    let bytes = html.as_bytes();
    let stray = |at: usize| {
        bytes[at] == b'<'
            && (at > last_close
                || !bytes
                    .get(at + 1)
                    .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, b'/' | b'!' | b'?')))
    };
    if !(0..bytes.len()).any(stray) {
        return Cow::Borrowed(html);
    }
    let mut out = String::with_capacity(html.len() + 16);
    for (at, c) in html.char_indices() {
        if stray(at) { out.push_str("&lt;") } else { out.push(c) }
    }
    Cow::Owned(out)
}

static SANITISER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::default();
    builder
        .rm_tags(["map", "area"])
        .add_clean_content_tags([
            "noscript", "template", "iframe", "object", "embed", "svg", "math", "title", "textarea",
        ])
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .add_tag_attributes("a", ["rel"])
        .add_generic_attributes(["dir"])
        // Ammonia knows schemes; that a path stays on this site is our rule.
        .attribute_filter(|element, attribute, value| match (element, attribute) {
            ("a", "href") => address::link(value).map(Cow::Owned),
            (_, "src" | "href" | "cite" | "data" | "action" | "formaction" | "poster" | "background") => {
                address::image(value).map(Cow::Owned)
            }
            _ => Some(Cow::Borrowed(value)),
        });
    builder
});

/// How often raw HTML is read and written again before we give up on it settling.
const ROUNDS: usize = 4;

/// Raw HTML without anything that runs, in the form that reading and writing it again does not change.
///
/// `None` when it never settles (deliberately broken nesting) or nothing is left of it.
pub(crate) fn sanitise(html: &str) -> Option<String> {
    let mut now: String = html.chars().filter(|c| !is_noise(*c)).collect();
    if Page::parse(&now).cut {
        return None;
    }
    for _ in 0..ROUNDS {
        let clean = SANITISER.clean(now.trim()).to_string();
        // Read as it will be read on the page: within an element.
        let page = Page::parse(&format!("<div>{clean}</div>"));
        let next = page.html.root_element().child_elements().next().map(|div| div.inner_html()).unwrap_or_default();
        if next == now {
            return (!next.is_empty()).then_some(next);
        }
        now = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{attribute_line, many_lines, one_line, sanitise, tame_angles};

    #[test]
    fn stray_angles_become_text() {
        assert_eq!(tame_angles("5 <6 and <b>x</b> <y"), "5 &lt;6 and <b>x</b> &lt;y");
        assert_eq!(tame_angles("<"), "&lt;");
        assert_eq!(tame_angles("<b>é</b>"), "<b>é</b>");
    }

    #[test]
    fn raw_html_loses_what_runs() {
        let html = r#"<p onclick="x()" style="color:red" id="a">A <a href="javascript:x" target="_blank">b</a>
            <a href="/\evil.example">c</a> <a href="https://a.example" rel="nofollow">d</a></p><script>x()</script>
            <iframe src="https://a.example"></iframe><svg><script>x</script></svg><img src="data:x" onerror="x">"#;
        let clean = sanitise(html).unwrap();
        for bad in ["script", "onclick", "onerror", "style", "javascript", "evil", "iframe", "svg", "data:"] {
            assert!(!clean.contains(bad), "{bad} in {clean}");
        }
        assert!(clean.contains(r#"<a href="https://a.example" rel="nofollow">d</a>"#), "{clean}");
        assert_eq!(sanitise("<script>x</script>"), None);
    }

    #[test]
    fn attributes_have_no_entities() {
        assert_eq!(attribute_line("R&amp;amp;D &copy;\n&#x41;&#66; &foo; &; &#; a&b;"), "R&D © AB &foo; &; &#; a&b;");
        assert_eq!(attribute_line(&format!("&{}lt;", "amp;".repeat(50_000))).len(), 199_987);
    }

    #[test]
    fn lines_are_tidied() {
        assert_eq!(one_line(" a\r\n b\u{0}\u{feff} "), "a b");
        assert_eq!(many_lines("\r\n \n  a\r\n\tb \u{7}\n\n"), "  a\n\tb");
        assert_eq!(many_lines(" \n "), "");
    }
}
