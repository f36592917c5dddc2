//! The short way to read rich text that is in the written form already, as nearly all that is kept is: no tree is built.

use std::rc::Rc;

use super::{Builder, Inline, Link, Marks, rel};
use crate::address;

/// Reads rich text of nothing but our own tags, well nested and spelled as we spell them; `None` for any other, which is
/// then read as HTML is. What it reads is what the long way reads.
pub(super) fn read(text: &str) -> Option<Inline> {
    if text.contains('\0') {
        return None;
    }
    let mut builder = Builder::default();
    let mut open: Vec<(&str, Marks)> = Vec::new();
    let mut marks = Marks::default();
    let mut rest = text;
    loop {
        let (words, tag) = rest.split_once('<').map_or((rest, None), |(words, tag)| (words, Some(tag)));
        if !words.is_empty() {
            builder.text(&decoded(words)?, &marks);
        }
        let Some(tag) = tag else { break };
        let (name, after) = tag.split_once('>')?;
        rest = after;
        match name {
            "br" => builder.line_break(),
            "strong" | "em" | "code" => {
                open.push((name, marks.clone()));
                match name {
                    "strong" => marks.strong = true,
                    "em" => marks.em = true,
                    _ => marks.code = true,
                }
            }
            "/strong" | "/em" | "/code" | "/a" => {
                let (opened, before) = open.pop()?;
                if opened != &name[1..] {
                    return None;
                }
                marks = before;
            }
            _ => {
                // A link within a link would end it.
                let link = link(name).filter(|_| marks.link.is_none())?;
                open.push(("a", marks.clone()));
                marks.link = Some(Rc::new(link));
            }
        }
    }
    open.is_empty().then(|| builder.finish())
}

/// Reads `a href="…"` with or without ` rel="…"`.
fn link(tag: &str) -> Option<Link> {
    let (href, rest) = tag.strip_prefix("a href=\"")?.split_once('"')?;
    let words = match rest {
        "" => None,
        rest => Some(rest.strip_prefix(" rel=\"")?.strip_suffix('"').filter(|words| !words.contains(['"', '&']))?),
    };
    Some(Link { href: address::link(&decoded(href)?)?, rel: rel(words) })
}

/// The text with the entities that we write; `None` when there are others.
fn decoded(text: &str) -> Option<std::borrow::Cow<'_, str>> {
    let mut parts = text.split('&');
    let first = parts.next()?;
    if first.len() == text.len() {
        return Some(text.into());
    }
    let mut out = String::with_capacity(text.len());
    out.push_str(first);
    for part in parts {
        let (name, after) = part.split_once(';')?;
        out.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            _ => return None,
        });
        out.push_str(after);
    }
    Some(out.into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::read;
    use crate::{
        inline::{Inline, Notes},
        tests::generate::soup,
    };

    #[test]
    fn what_is_written_is_known() {
        for text in [
            "a",
            "a &lt; b &amp;&amp; <strong>c <em>d</em><br>e</strong>",
            "<a href=\"/x?a=1&amp;b=&quot;\" rel=\"nofollow ugc\">f <code>g</code></a>",
        ] {
            assert_eq!(read(text), Some(Inline::parse_tree(text, &mut Notes::default())), "{text}");
        }
        for other in [
            "<b>a</b>",
            "a <",
            "&copy;",
            "<strong>a",
            "<em>a</strong>",
            "<a href=\"javascript:x\">a</a>",
            "a & b",
            "<a href='/x'>a</a>",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn both_ways_read_the_same(text in soup()) {
            let mut notes = Notes::default();
            let slow = Inline::parse_tree(&text, &mut notes);
            // The written form is always known, and what is known reads as the long way does and has no faults.
            let written = slow.html();
            prop_assert_eq!(read(&written), Some(Inline::parse_tree(&written, &mut Notes::default())));
            if let Some(fast) = read(&text) {
                prop_assert_eq!(&fast, &slow);
                prop_assert_eq!(notes.into_vec(), Vec::<String>::new());
            }
        }
    }
}
