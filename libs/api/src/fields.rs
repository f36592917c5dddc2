//! What serde says about a value, as an error about one field in our words.

use igny8_core::FieldError;

/// The longest message: serde quotes the value it found, and that may be a megabyte.
const LONGEST: usize = 300;

/// Turns an error and the path at which it arose into an error of one field.
///
/// serde reports missing, unknown and doubled fields at the object that holds them; here they are named themselves.
pub(crate) fn field_error(path: &serde_path_to_error::Path, message: &str) -> FieldError {
    let path = path.to_string();
    let path = if path == "." { "" } else { path.as_str() };
    let (field, message) = match named(message) {
        Some(("missing", name, _)) => (join(path, name), "is required".to_owned()),
        Some(("duplicate", name, _)) => (join(path, name), "is given twice".to_owned()),
        Some((_, name, rest)) => (join(path, name), format!("is not a field that we know{rest}")),
        None if message.starts_with("invalid type: null,") => (path.to_owned(), "is missing: it is null".to_owned()),
        None => (path.to_owned(), message.to_owned()),
    };
    let field = if field.is_empty() { "body".to_owned() } else { field };
    FieldError { field: cut(&field), message: cut(&message) }
}

/// The last part of `path` may be the name already, depending on where serde noticed.
fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else if path == name || path.ends_with(&format!(".{name}")) {
        path.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

/// Takes ``missing field `x` …`` apart into the word, the name and the rest.
fn named(message: &str) -> Option<(&str, &str, &str)> {
    let (word, rest) = message.split_once(" field `")?;
    if !matches!(word, "missing" | "unknown" | "duplicate") {
        return None;
    }
    let (name, rest) = rest.split_once('`')?;
    Some((word, name, rest))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
