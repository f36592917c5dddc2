//! Shortcodes: `[name …]` in the text of a post, which WordPress replaces when it shows the page.

use std::borrow::Cow;

/// Those of WordPress itself that stand for something that is not in the text.
const DRAWN: [&str; 4] = ["gallery", "audio", "video", "playlist"];

/// One `[name …]` or `[/name]`.
struct Shortcode<'a> {
    start: usize,
    end: usize,
    closes: bool,
    name: &'a str,
}

/// The first shortcode from a place on whose name fits.
fn find(text: &str, mut from: usize, fits: impl Fn(&str) -> bool) -> Option<Shortcode<'_>> {
    while let Some(start) = text[from..].find('[').map(|at| from + at) {
        let inside = &text[start + 1..];
        let (closes, inside) = inside.strip_prefix('/').map_or((false, inside), |inside| (true, inside));
        let length = inside.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(0);
        let name = &inside[..length];
        if length > 0 && fits(name) && inside[length..].starts_with([']', ' ', '\n', '\t', '\r', '/']) {
            let end = text[start..].find(']').map(|at| start + at + 1)?;
            return Some(Shortcode { start, end, closes, name });
        }
        from = start + 1;
    }
    None
}

/// Without any shortcode; what they enclose stays. For the block that holds nothing else.
pub(super) fn without_all(text: &str) -> String {
    without(text, |_| true).into_owned()
}

fn without(text: &str, fits: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let mut out = String::new();
    let mut from = 0;
    while let Some(found) = find(text, from, &fits) {
        out.push_str(&text[from..found.start]);
        from = found.end;
    }
    if from == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// Makes those of WordPress itself into the HTML they stand for, as far as the text has it; others are left alone, for
/// `[sic]` is no shortcode. Gives the names of those that went.
pub(super) fn expand(text: &str) -> (Cow<'_, str>, Vec<&'static str>) {
    let gone: Vec<&'static str> =
        DRAWN.into_iter().filter(|drawn| find(text, 0, |name| name == *drawn).is_some()).collect();
    let is_caption = |name: &str| matches!(name, "caption" | "wp_caption");
    if gone.is_empty() && find(text, 0, |name| is_caption(name) || name == "embed").is_none() {
        return (Cow::Borrowed(text), gone);
    }
    let mut out = String::with_capacity(text.len() + 64);
    let mut from = 0;
    while let Some(open) = find(text, from, is_caption) {
        out.push_str(&text[from..open.start]);
        from = open.end;
        if open.closes {
            continue;
        }
        let Some(close) = find(text, open.end, |name| name == open.name).filter(|close| close.closes) else { continue };
        out.push_str(&figure(&text[open.end..close.start]));
        from = close.end;
    }
    out.push_str(&text[from..]);
    // The address within [embed] stays as the text that it is.
    let out = without(&out, |name| name == "embed" || DRAWN.contains(&name)).into_owned();
    (Cow::Owned(out), gone)
}

/// The picture of `[caption]` with the words after it.
fn figure(inside: &str) -> String {
    let picture = inside.find("<img").and_then(|start| inside[start..].find('>').map(|at| start + at + 1));
    let Some(mut end) = picture else { return inside.to_owned() };
    // The picture is often within a link.
    if let Some(after) = inside[end..].trim_start().strip_prefix("</a>") {
        end = inside.len() - after.len();
    }
    format!("<figure>{}<figcaption>{}</figcaption></figure>", &inside[..end], inside[end..].trim())
}

#[cfg(test)]
mod tests {
    use super::{expand, without_all};

    #[test]
    fn captions_become_figures() {
        let (text, gone) = expand(
            "a [caption id=\"x\" align=\"none\"]<a href=\"/b\"><img src=\"/a.jpg\" /></a> So <b>it</b> is[/caption] c [sic] [1]",
        );
        assert_eq!(
            text,
            "a <figure><a href=\"/b\"><img src=\"/a.jpg\" /></a><figcaption>So <b>it</b> is</figcaption></figure> c [sic] [1]"
        );
        assert!(gone.is_empty());
    }

    #[test]
    fn what_is_drawn_goes_and_is_named() {
        let (text, gone) =
            expand("a [gallery ids=\"1,2\"] b [embed width=\"1\"]https://a.example/[/embed] [captions] [caption]c");
        assert_eq!(text, "a  b https://a.example/ [captions] c");
        assert_eq!(gone, ["gallery"]);
        assert_eq!(without_all("[a b=\"c\"]d[/a] [1 e"), "d [1 e");
        assert_eq!(expand("[] [").0, "[] [");
    }
}
