//! The text of a keyword: what is kept of what somebody typed, and when two are the same.

use unicode_normalization::UnicodeNormalization;

/// The longest keyword, in characters, of the spelling and of its [`normal_form`] alike; at most 800 bytes of UTF-8,
/// so that the normal form fits into a key of the table.
pub const LONGEST_KEYWORD: usize = 200;

/// Why a text cannot be a keyword.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeywordError {
    /// Nothing is left after trimming.
    #[error("is empty")]
    Empty,
    /// More than [`LONGEST_KEYWORD`] characters.
    #[error("is longer than {LONGEST_KEYWORD} characters")]
    TooLong,
    /// A control character that is not white space.
    #[error("holds the control character U+{:04X}", u32::from(*.0))]
    Control(char),
    /// U+FFFD: the text was already damaged when it was decoded.
    #[error("holds characters that cannot be read (damaged encoding)")]
    Damaged,
}

/// Marks that cannot be seen and come along when text is copied from web pages and spreadsheets. Joiners (U+200C,
/// U+200D) are not among them: Persian, Indic scripts and emoji need them.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'
        | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// Iterates over the text without invisible marks, trimmed, with each run of white space as one space.
fn collapsed(text: &str) -> impl Iterator<Item = char> {
    let mut gap = false;
    let mut started = false;
    text.chars().filter(|c| !is_invisible(*c)).flat_map(move |c| {
        if c.is_whitespace() {
            gap = started;
            return [None, None].into_iter().flatten();
        }
        let space = gap.then_some(' ');
        gap = false;
        started = true;
        [space, Some(c)].into_iter().flatten()
    })
}

/// The spelling of a keyword that is kept: trimmed, white space collapsed (line breaks too), invisible marks removed;
/// case and characters as typed.
///
/// A text that begins like a spreadsheet formula is a keyword like any other; only [`crate::export`] has to care.
pub fn clean_keyword(text: &str) -> Result<String, KeywordError> {
    let mut keyword = String::with_capacity(text.len().min(4 * LONGEST_KEYWORD));
    for (index, c) in collapsed(text).enumerate() {
        if index >= LONGEST_KEYWORD {
            return Err(KeywordError::TooLong);
        }
        if c.is_control() {
            return Err(KeywordError::Control(c));
        }
        if c == char::REPLACEMENT_CHARACTER {
            return Err(KeywordError::Damaged);
        }
        keyword.push(c);
    }
    if keyword.is_empty() {
        return Err(KeywordError::Empty);
    }
    // One compatibility character may unfold into eighteen.
    if normal_form(&keyword).chars().nth(LONGEST_KEYWORD).is_some() {
        return Err(KeywordError::TooLong);
    }
    Ok(keyword)
}

/// The form in which two keywords of a site are compared: Unicode NFKC, lower case, white space collapsed, invisible
/// marks removed. Applying it twice changes nothing.
pub fn normal_form(keyword: &str) -> String {
    let lower = keyword.nfkc().collect::<String>().to_lowercase();
    let composed: String = lower.nfkc().collect();
    collapsed(&composed).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{KeywordError, LONGEST_KEYWORD, clean_keyword, normal_form};

    #[test]
    fn keeps_the_spelling_and_compares_the_meaning() {
        assert_eq!(clean_keyword(" \u{feff}Running\u{a0} \n\tShoes\u{200b} ").unwrap(), "Running Shoes");
        assert_eq!(normal_form("Running\u{a0} Shoes"), "running shoes");
        assert_eq!(normal_form("ＣＡＦÉ ﬁne"), normal_form("cafe\u{301} fine"));
        assert_eq!(clean_keyword("=1+1").unwrap(), "=1+1");
    }

    #[test]
    fn refuses_what_cannot_be_a_keyword() {
        assert_eq!(clean_keyword(" \u{200b}\t"), Err(KeywordError::Empty));
        assert_eq!(clean_keyword("a\0b"), Err(KeywordError::Control('\0')));
        assert_eq!(clean_keyword("caf\u{fffd}"), Err(KeywordError::Damaged));
        assert_eq!(clean_keyword(&"x".repeat(LONGEST_KEYWORD)).unwrap().len(), LONGEST_KEYWORD);
        assert_eq!(clean_keyword(&"x".repeat(LONGEST_KEYWORD + 1)), Err(KeywordError::TooLong));
        assert_eq!(clean_keyword(&"x ".repeat(1 << 20)), Err(KeywordError::TooLong));
        assert_eq!(clean_keyword(&"\u{fdfa}".repeat(12)), Err(KeywordError::TooLong), "18 characters each in NFKC");
    }

    #[test]
    fn the_normal_form_of_every_character_is_stable() {
        // Both planes with scripts and symbols, and the one place beyond them with compatibility characters.
        for c in ('\0'..='\u{1ffff}').chain('\u{2f800}'..='\u{2fa1f}') {
            let once = normal_form(&format!("a{c}b"));
            assert_eq!(normal_form(&once), once, "U+{:04X}", u32::from(c));
        }
    }

    proptest! {
        #[test]
        fn cleaning_and_folding_are_stable(text in ".{0,240}") {
            let once = normal_form(&text);
            prop_assert_eq!(normal_form(&once), once.clone());
            if let Ok(keyword) = clean_keyword(&text) {
                prop_assert_eq!(clean_keyword(&keyword).unwrap(), keyword.clone());
                prop_assert_eq!(normal_form(&keyword), once);
                prop_assert!(keyword.chars().count() <= LONGEST_KEYWORD);
                prop_assert!(normal_form(&keyword).len() <= 4 * LONGEST_KEYWORD);
            }
        }
    }
}
