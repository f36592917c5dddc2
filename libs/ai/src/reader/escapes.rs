//! What the escapes of a string mean, those that JSON does not have included.

use super::report::{Notes, RepairKind};

/// Reads what stands behind a backslash into `out`; false when the text ends there.
pub(super) fn escape(text: &str, pos: &mut usize, out: &mut String, notes: &mut Notes) -> bool {
    let at = *pos;
    let Some(c) = text[at..].chars().next() else { return false };
    *pos += c.len_utf8();
    match c {
        '"' | '\\' | '/' => out.push(c),
        'b' => out.push('\u{8}'),
        'f' => out.push('\u{c}'),
        'n' => out.push('\n'),
        'r' => out.push('\r'),
        't' => out.push('\t'),
        'u' => return unicode(text, pos, out, notes),
        '\'' | '\n' | '`' | '‘' | '’' | '“' | '”' | '„' => {
            notes.add(RepairKind::BadEscape, at);
            out.push(c);
        }
        // A pattern or a formula that was not escaped: the backslash belongs to it.
        other => {
            notes.add(RepairKind::BadEscape, at);
            out.push('\\');
            out.push(other);
        }
    }
    true
}

fn unicode(text: &str, pos: &mut usize, out: &mut String, notes: &mut Notes) -> bool {
    let hex = |at: usize| text.get(at..at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    let at = *pos;
    if text.len() - at < 4 && text[at..].bytes().all(|byte| byte.is_ascii_hexdigit()) {
        *pos = text.len();
        return false;
    }
    let Some(first) = hex(at) else {
        notes.add(RepairKind::BadEscape, at);
        out.push_str("\\u");
        return true;
    };
    *pos = at + 4;
    let code = match first {
        0xd800..=0xdbff if text[*pos..].starts_with("\\u") => match hex(*pos + 2) {
            Some(second @ 0xdc00..=0xdfff) => {
                *pos += 6;
                0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
            }
            _ => first,
        },
        other => other,
    };
    out.push(char::from_u32(code).unwrap_or_else(|| {
        notes.add(RepairKind::BadEscape, at);
        char::REPLACEMENT_CHARACTER
    }));
    true
}

/// The text of a string body whose end is known.
pub(super) fn decode(body: &str) -> String {
    let (mut out, mut pos, mut notes) = (String::new(), 0, Notes::default());
    while let Some(c) = body[pos..].chars().next() {
        pos += c.len_utf8();
        if c != '\\' {
            out.push(c);
        } else if !escape(body, &mut pos, &mut out, &mut notes) {
            break;
        }
    }
    out
}

/// Takes one level of escapes off a whole JSON text.
pub(super) fn unescape(text: &str) -> String {
    decode(text)
}
