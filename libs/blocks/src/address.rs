//! Which addresses may stand in a body: the one rule for links and the one for pictures.

use crate::markup;

/// Longer addresses are refused, in bytes; what browsers and the sitemap protocol agree on.
pub(crate) const LONGEST: usize = 2_048;

/// A link as it is kept: `http(s)`, `mailto`, a path from the root, or a `#fragment`; `None` for anything else.
pub(crate) fn link(raw: &str) -> Option<String> {
    let address = tidy(raw)?;
    let known = web(&address) || rooted(&address) || mail(&address) || (address.starts_with('#') && address.len() > 1);
    known.then_some(address)
}

/// The address of a picture as it is kept: `http(s)` or a path from the root; `None` for anything else.
pub(crate) fn image(raw: &str) -> Option<String> {
    let address = tidy(raw)?;
    let known = web(&address) || rooted(&address);
    known.then(|| without_entities(&address)).filter(|address| address.len() <= LONGEST)
}

/// Writes the `;` of what looks like an entity as `%3B`: WordPress reads it as one in attributes, however it is escaped.
fn without_entities(address: &str) -> String {
    let mut out = String::with_capacity(address.len());
    let mut rest = address;
    while let Some((at, length)) = markup::next_entity(rest) {
        out.push_str(&rest[..at + length - 1]);
        out.push_str("%3B");
        rest = &rest[at + length..];
    }
    out.push_str(rest);
    out
}

/// True for the id of an asset: 1 to 128 characters of `A-Z a-z 0-9 . _ -`.
pub(crate) fn is_asset_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-'))
}

/// Undoes what a browser would undo before it looks at the scheme, so that we judge what it will see.
fn tidy(raw: &str) -> Option<String> {
    let trimmed = raw.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    if trimmed.len() > LONGEST {
        return None;
    }
    let mut address = String::with_capacity(trimmed.len());
    for c in trimmed.chars() {
        match c {
            // Browsers remove these wherever they stand (WHATWG URL, "remove all ASCII tab or newline").
            '\t' | '\n' | '\r' => {}
            c if c.is_control() || c == '\u{feff}' => return None,
            ' ' => address.push_str("%20"),
            '"' => address.push_str("%22"),
            '<' => address.push_str("%3C"),
            '>' => address.push_str("%3E"),
            c => address.push(c),
        }
    }
    if address.starts_with("//") {
        address.insert_str(0, "https:");
    }
    (address.len() <= LONGEST).then_some(address)
}

fn after_scheme<'a>(address: &'a str, scheme: &str) -> Option<&'a str> {
    let head = address.get(..scheme.len())?;
    head.eq_ignore_ascii_case(scheme).then(|| &address[scheme.len()..])
}

fn web(address: &str) -> bool {
    let host = after_scheme(address, "https://").or_else(|| after_scheme(address, "http://"));
    host.and_then(|host| host.chars().next()).is_some_and(|c| !matches!(c, '/' | '\\' | '?' | '#' | ':' | '@' | '%'))
}

/// A path of this site; `//host` and `/\host` would leave it.
fn rooted(address: &str) -> bool {
    let mut chars = address.chars();
    chars.next() == Some('/') && !matches!(chars.next(), Some('/' | '\\'))
}

fn mail(address: &str) -> bool {
    after_scheme(address, "mailto:").is_some_and(|rest| rest.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::{image, is_asset_id, link};

    #[test]
    fn keeps_what_leads_somewhere_safe() {
        for same in [
            "https://a.example/b?c=d&e#f",
            "HTTP://A",
            "mailto:a@b.example",
            "/",
            "/a b".trim_end_matches(" b"),
            "#top",
        ] {
            assert_eq!(link(same).as_deref(), Some(same));
        }
        assert_eq!(link("  /a b\n").as_deref(), Some("/a%20b"));
        assert_eq!(link("//cdn.example/x").as_deref(), Some("https://cdn.example/x"));
        assert_eq!(link("https://münchen.example/über").as_deref(), Some("https://münchen.example/über"));
    }

    #[test]
    fn refuses_the_rest() {
        for bad in [
            "",
            "#",
            "javascript:alert(1)",
            "JaVa\nScript:alert(1)",
            " \u{1}javascript:x",
            "data:text/html,x",
            "vbscript:x",
            "/\\evil.example",
            "https://",
            "https:///x",
            "https://\\x",
            "page.html",
            "www.example.com",
            "mailto:",
            "ftp://a",
            "java\u{0}script:x",
            "?q=1",
            "blob:https://a",
        ] {
            assert_eq!(link(bad), None, "{bad:?}");
        }
        assert_eq!(link(&format!("/{}", "a".repeat(2_048))), None);
        assert_eq!(link(&format!("/{}", " ".repeat(1_000) + "a")), None, "too long once encoded");
    }

    #[test]
    fn pictures_are_stricter() {
        assert_eq!(image("mailto:a@b.example"), None);
        assert_eq!(image("#a"), None);
        assert_eq!(image("data:image/png;base64,AA=="), None);
        assert_eq!(image("/a.jpg").as_deref(), Some("/a.jpg"));
        assert_eq!(image("/a?b&copy;=1;c&d").as_deref(), Some("/a?b&copy%3B=1;c&d"));
        assert!(is_asset_id("01H-a_b.c") && !is_asset_id("") && !is_asset_id("a/b") && !is_asset_id(&"a".repeat(129)));
    }

    #[test]
    fn keeping_twice_changes_nothing() {
        for raw in [" /a b", "//x", "https://a\t.example/\"<>", "mailto:A@b", "#a b"] {
            let once = link(raw).unwrap();
            assert_eq!(link(&once).as_deref(), Some(once.as_str()));
        }
    }
}
