//! The grammar of block markup: where a block begins and ends. Nothing is known here of what a block means.

use serde_json::{Map, Value};

/// One part of block markup, in the order of the text.
#[derive(Debug, PartialEq)]
pub(super) enum Token<'a> {
    /// What stands between two delimiters, other comments with it.
    Html(&'a str),
    /// `<!-- wp:name {…} -->`
    Open(Delimiter),
    /// `<!-- /wp:name -->`, by its name.
    Close(String),
    /// `<!-- wp:name {…} /-->`: a block without content.
    Void(Delimiter),
}

/// What the comment of a block says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Delimiter {
    /// With its namespace, as `core/paragraph`.
    pub name: String,
    /// Its attributes; empty where there are none or where they are no JSON.
    pub attributes: Map<String, Value>,
}

impl Delimiter {
    /// An attribute that is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.attributes.get(name)?.as_str()
    }
}

/// Parts block markup. Never fails: what is no delimiter is HTML.
pub(super) fn tokens(markup: &str) -> Tokens<'_> {
    Tokens { rest: markup, next: None }
}

pub(super) struct Tokens<'a> {
    rest: &'a str,
    next: Option<Token<'a>>,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if let Some(token) = self.next.take() {
            return Some(token);
        }
        let mut from = 0;
        let mut end = 0;
        while let Some(start) = self.rest[from..].find("<!--").map(|at| from + at) {
            let after = start + "<!--".len();
            // A delimiter ends at the first `-->`; it is looked for once, however many comments open before it.
            if end < after {
                let Some(length) = self.rest[after..].find("-->") else { break };
                end = after + length;
            }
            if let Some(token) = delimiter(&self.rest[after..end]) {
                let html = &self.rest[..start];
                self.rest = &self.rest[end + "-->".len()..];
                if html.is_empty() {
                    return Some(token);
                }
                self.next = Some(token);
                return Some(Token::Html(html));
            }
            from = after;
        }
        let html = std::mem::take(&mut self.rest);
        (!html.is_empty()).then_some(Token::Html(html))
    }
}

/// Reads the inside of a comment; `None` when it is not about a block.
fn delimiter<'a>(comment: &str) -> Option<Token<'a>> {
    let is_space = |c: char| c.is_ascii_whitespace();
    let body = comment.strip_prefix(is_space)?.trim_start_matches(is_space);
    let (closes, body) = body.strip_prefix('/').map_or((false, body), |body| (true, body));
    let body = body.strip_prefix("wp:")?;
    let end = body.find(|c: char| is_space(c) || c == '{').unwrap_or(body.len());
    let (name, body) = body.split_at(end);
    let (void, body) = body.strip_suffix('/').map_or((false, body), |body| (true, body));
    let name = full_name(name)?;
    if closes {
        return Some(Token::Close(name));
    }
    let attributes = match serde_json::from_str(body.trim()) {
        Ok(Value::Object(attributes)) => attributes,
        _ => Map::new(),
    };
    let delimiter = Delimiter { name, attributes };
    Some(if void { Token::Void(delimiter) } else { Token::Open(delimiter) })
}

/// The name with its namespace; `None` for what cannot be the name of a block.
fn full_name(name: &str) -> Option<String> {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_'))
    };
    match name.split_once('/') {
        Some((namespace, name)) => (part(namespace) && part(name)).then(|| format!("{namespace}/{name}")),
        None => part(name).then(|| format!("core/{name}")),
    }
}

/// Writes an attribute's text so that it stands within a comment: as WordPress does, `--`, `<`, `>` and `&` escaped.
pub(super) fn json_text(text: &str) -> String {
    let json = Value::String(text.to_owned()).to_string();
    let escaped = json.replace("--", "\\u002d\\u002d").replace('<', "\\u003c").replace('>', "\\u003e");
    escaped.replace('&', "\\u0026").replace("\\\"", "\\u0022")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Delimiter, Token, json_text, tokens};

    fn delimiter(name: &str, attributes: serde_json::Value) -> Delimiter {
        Delimiter { name: name.into(), attributes: attributes.as_object().cloned().unwrap_or_default() }
    }

    #[test]
    fn blocks_are_told_from_html() {
        let markup = "a<!-- wp:heading {\"level\":3} -->\n<h3>b</h3><!--more--><!-- /wp:heading -->\n\
                      <!-- wp:acme/box /--><!--\n wp:list {\"a\":{\"b\":\"}\"}}\n --><!-- wp:Bad -->c";
        assert_eq!(
            tokens(markup).collect::<Vec<_>>(),
            [
                Token::Html("a"),
                Token::Open(delimiter("core/heading", json!({ "level": 3 }))),
                Token::Html("\n<h3>b</h3><!--more-->"),
                Token::Close("core/heading".into()),
                Token::Html("\n"),
                Token::Void(delimiter("acme/box", json!({}))),
                Token::Open(delimiter("core/list", json!({ "a": { "b": "}" } }))),
                Token::Html("<!-- wp:Bad -->c"),
            ]
        );
    }

    #[test]
    fn what_is_broken_is_html_or_has_no_attributes() {
        assert_eq!(tokens("<!-- wp:a").collect::<Vec<_>>(), [Token::Html("<!-- wp:a")]);
        assert_eq!(tokens("<!-- wp:a {\"b\":} -->").collect::<Vec<_>>(), [Token::Open(delimiter("core/a", json!({})))]);
        assert_eq!(tokens("").count(), 0);
        let many = "<!--".repeat(100_000);
        assert_eq!(tokens(&many).collect::<Vec<_>>(), [Token::Html(many.as_str())]);
    }

    #[test]
    fn text_ends_no_comment() {
        assert_eq!(json_text("a-->\"<&"), "\"a\\u002d\\u002d\\u003e\\u0022\\u003c\\u0026\"");
        let back: String = serde_json::from_str(&json_text("a-->\"<&\\\"--")).unwrap();
        assert_eq!(back, "a-->\"<&\\\"--");
    }
}
