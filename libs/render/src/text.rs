//! Text on its way into markup: what characters may stay, and how a slug becomes a path.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a path segment keeps unencoded: RFC 3986 `unreserved`.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// One line of text: control characters and noncharacters gone, each run of white space one space, none at the ends.
///
/// HTML parsers and XML readers replace or refuse those characters; without them a text survives both unchanged.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = true;
        } else if !c.is_control() && !is_nonchar(c) {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(c);
        }
    }
    out
}

/// [`clean`], or nothing when nothing is left.
pub(crate) fn some(text: &str) -> Option<String> {
    Some(clean(text)).filter(|text| !text.is_empty())
}

/// The code points that Unicode keeps for no character; XML 1.0 forbids U+FFFE and U+FFFF.
pub(crate) fn is_nonchar(c: char) -> bool {
    let code = u32::from(c);
    (0xFDD0..=0xFDEF).contains(&code) || code & 0xFFFE == 0xFFFE
}

/// At most `longest` characters of a cleaned text, cut at a word, with an ellipsis when something was cut.
pub(crate) fn shorten(text: &str, longest: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(longest) else { return text.to_owned() };
    let head = &text[..end];
    let head = head.rfind(' ').map_or(head, |space| &head[..space]);
    format!("{}…", head.trim_end_matches([',', ';', ':', '.', ' ']))
}

/// A slug as the name of a folder: letters and digits of any script, `-` and `_`; all else becomes `-`.
///
/// Slugs from `slugify` pass unchanged; an imported one cannot climb out of the site. Dots go too: to a server, an
/// address whose last part has one is a file's (`/feed.xml`), and one without is a folder's.
pub(crate) fn file_name(slug: &str) -> String {
    let kept: String =
        slug.chars().map(|c| if c.is_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect();
    let name = kept.trim_matches('-');
    if name.is_empty() { "page".to_owned() } else { name.to_owned() }
}

/// A path segment or fragment, percent-encoded.
pub(crate) fn encode(segment: &str) -> String {
    utf8_percent_encode(segment, SEGMENT).to_string()
}

/// The absolute form of a picture's address, if it is one that a page may use.
pub(crate) fn absolute(base_url: &str, url: &str) -> Option<String> {
    match safe_url(url)? {
        path if path.starts_with('/') => Some(format!("{base_url}{path}")),
        url => Some(url.to_owned()),
    }
}

/// An address with http(s), or a root-relative one; `//host` is neither.
pub(crate) fn safe_url(url: &str) -> Option<&str> {
    let url = url.trim();
    let rooted = url.starts_with('/') && !url.starts_with("//") && !url.starts_with("/\\");
    let web = ["https://", "http://"]
        .iter()
        .any(|scheme| url.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme)));
    ((rooted || web) && !url.chars().any(|c| c.is_control() || is_nonchar(c))).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::{clean, encode, file_name, safe_url, shorten};

    #[test]
    fn cleans_what_parsers_would_change() {
        assert_eq!(clean(" a\u{0}b \r\n\t c\u{FFFE}\u{85}"), "ab c");
        assert_eq!(clean("\u{7f}"), "");
    }

    #[test]
    fn a_slug_stays_inside_the_site() {
        assert_eq!(file_name("oil-change"), "oil-change");
        assert_eq!(file_name("../../etc/passwd"), "etc-passwd");
        assert_eq!(file_name(".."), "page");
        assert_eq!(file_name("feed.xml"), "feed-xml");
        assert_eq!(encode(&file_name("تغيير-الزيت")), "%D8%AA%D8%BA%D9%8A%D9%8A%D8%B1-%D8%A7%D9%84%D8%B2%D9%8A%D8%AA");
    }

    #[test]
    fn only_web_addresses_pass() {
        assert_eq!(safe_url("/media/a.webp"), Some("/media/a.webp"));
        assert_eq!(safe_url("HTTPS://cdn.example/a.webp"), Some("HTTPS://cdn.example/a.webp"));
        for bad in
            ["javascript:alert(1)", "//evil.example/a", "/\\evil.example", "data:image/png;base64,", "a.png", "é"]
        {
            assert_eq!(safe_url(bad), None, "{bad}");
        }
    }

    #[test]
    fn cuts_at_a_word() {
        assert_eq!(shorten("one two, three", 9), "one two…");
        assert_eq!(shorten("one", 9), "one");
    }
}
