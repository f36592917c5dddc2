//! What people type, made clean: emails, passwords, names, domains and locales. Pure.

use igny8_core::{Error, FieldError, Result};
use unicode_normalization::UnicodeNormalization;

/// The longest address that mail servers take (RFC 5321, 4.5.3.1.3, without the angle brackets).
const LONGEST_EMAIL: usize = 254;
/// The longest part before the `@` (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
const SHORTEST_PASSWORD: usize = 10;
const LONGEST_PASSWORD: usize = 1024;

/// Collects what is wrong with the fields of one input, so that the user learns all of it at once.
#[derive(Debug, Default)]
pub(crate) struct Check(Vec<FieldError>);

impl Check {
    pub(crate) fn field<T>(&mut self, field: &str, result: Result<T, &'static str>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(message) => {
                self.0.push(FieldError { field: field.to_owned(), message: message.to_owned() });
                None
            }
        }
    }

    /// A field that may be left out.
    pub(crate) fn maybe<T>(
        &mut self,
        field: &str,
        text: Option<&str>,
        read: impl FnOnce(&str) -> Result<T, &'static str>,
    ) -> Option<T> {
        text.and_then(|text| self.field(field, read(text)))
    }

    pub(crate) fn done(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::invalid_fields(self.0)) }
    }
}

/// The one form of an email address: NFKC, lower case, without spaces around.
///
/// Not whether it exists: only a mail can tell.
pub fn email(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "is not an email address; write it as name@example.com";
    let lower = text.trim().nfkc().collect::<String>().to_lowercase();
    let email: String = lower.nfkc().collect();
    let Some((local, domain)) = email.rsplit_once('@') else { return Err(WRONG) };
    let local_is_fine = !local.is_empty()
        && local.len() <= LONGEST_LOCAL
        && local.chars().all(|c| !c.is_control() && !c.is_whitespace() && !"@<>()[],;:\\\"".contains(c));
    let label_is_fine = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    let domain_is_fine = domain.contains('.') && domain.split('.').all(label_is_fine);
    if local_is_fine && domain_is_fine && email.len() <= LONGEST_EMAIL { Ok(email) } else { Err(WRONG) }
}

/// A password that may be set; `email` in its one form.
pub(crate) fn new_password(text: &str, email: &str) -> Result<(), &'static str> {
    if text.chars().count() < SHORTEST_PASSWORD {
        Err("is too short; take at least 10 characters")
    } else if text.len() > LONGEST_PASSWORD {
        Err("is too long; take at most 1024 bytes")
    } else if !email.is_empty() && text.trim().nfkc().collect::<String>().to_lowercase() == email {
        Err("must not be the email address")
    } else {
        Ok(())
    }
}

/// A name or another single line of at most `most` characters, without spaces around.
pub(crate) fn line(text: &str, most: usize) -> Result<String, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        Err("must not be empty")
    } else if text.chars().count() > most {
        Err("is too long")
    } else if text.chars().any(char::is_control) {
        Err("must be one line without control characters")
    } else {
        Ok(text.to_owned())
    }
}

/// A name of at most 100 characters.
pub(crate) fn name(text: &str) -> Result<String, &'static str> {
    line(text, 100)
}

/// The one form of a domain: lower case, without scheme, path and final dot.
pub fn domain(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "is not a domain; write it as www.example.com (international names in their xn-- form)";
    let lower = text.trim().to_ascii_lowercase();
    let bare = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
    let bare = bare.strip_suffix('/').unwrap_or(bare);
    let bare = bare.strip_suffix('.').unwrap_or(bare);
    let label_is_fine = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let is_address = bare.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    if bare.len() <= 253 && bare.contains('.') && bare.split('.').all(label_is_fine) && !is_address {
        Ok(bare.to_owned())
    } else {
        Err(WRONG)
    }
}

/// A language tag in its usual case: `en`, `pt-BR`, `zh-Hant-TW` (RFC 5646: language, script, region, variants).
pub fn locale(text: &str) -> Result<String, &'static str> {
    const WRONG: &str = "is not a language tag; write it as en or pt-BR";
    let mut parts = text.trim().split('-').peekable();
    let letters = |part: &&str| part.bytes().all(|b| b.is_ascii_alphabetic());
    let language = parts.next().filter(|part| (2..=3).contains(&part.len()) && letters(part)).ok_or(WRONG)?;
    let mut tag = language.to_ascii_lowercase();
    if let Some(script) = parts.next_if(|part| part.len() == 4 && letters(part)) {
        tag.push('-');
        tag.push_str(&script[..1].to_ascii_uppercase());
        tag.push_str(&script[1..].to_ascii_lowercase());
    }
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if let Some(region) = parts.next_if(|part| (part.len() == 2 && letters(part)) || (part.len() == 3 && digits(part)))
    {
        tag.push('-');
        tag.push_str(&region.to_ascii_uppercase());
    }
    for variant in parts {
        let fine = variant.bytes().all(|b| b.is_ascii_alphanumeric())
            && match variant.len() {
                5..=8 => true,
                4 => variant.as_bytes()[0].is_ascii_digit(),
                _ => false,
            };
        if !fine || tag.len() > 30 {
            return Err(WRONG);
        }
        tag.push('-');
        tag.push_str(&variant.to_ascii_lowercase());
    }
    Ok(tag)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn emails_have_one_form() {
        for text in ["Ana@Example.com", " ana@example.com\n", "ａｎａ@ｅｘａｍｐｌｅ.ｃｏｍ", "ANA@EXAMPLE．COM"]
        {
            assert_eq!(email(text).as_deref(), Ok("ana@example.com"), "{text}");
        }
        for text in
            ["", "ana", "@example.com", "ana@", "ana@localhost", "a b@example.com", "a@b@example.com", "a@-x.com"]
        {
            assert!(email(text).is_err(), "{text}");
        }
        assert!(email(&format!("{}@example.com", "a".repeat(65))).is_err());
        assert!(email("ana\u{0}@example.com").is_err());
        assert!(email("ana@example.com\r\nBcc: eve@example.com").is_err());
    }

    #[test]
    fn passwords_are_long_enough_and_not_the_email() {
        assert!(new_password("short", "a@b.co").is_err());
        assert!(new_password(&"a".repeat(1025), "a@b.co").is_err());
        assert!(new_password("Someone@Example.com", "someone@example.com").is_err());
        assert!(new_password("correct horse", "someone@example.com").is_ok());
        assert!(new_password("пароль-дня", "someone@example.com").is_ok());
    }

    #[test]
    fn domains_have_one_form() {
        assert_eq!(domain("https://WWW.Example.com/").as_deref(), Ok("www.example.com"));
        for text in ["", "example", "exa mple.com", "example.com/blog", "-a.com", "127.0.0.1", "a..com", "münchen.de"]
        {
            assert!(domain(text).is_err(), "{text}");
        }
    }

    #[test]
    fn locales_have_one_form() {
        for (text, tag) in [("EN", "en"), ("pt-br", "pt-BR"), ("ZH-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")] {
            assert_eq!(locale(text).as_deref(), Ok(tag));
        }
        assert_eq!(locale("de-1996").as_deref(), Ok("de-1996"));
        for text in ["", "e", "english", "en_US", "en-", "en-U", "-en", "e1", "en-US-x"] {
            assert!(locale(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_one_form_is_stable(text in "\\PC{0,12}@[\\w.-]{1,12}\\.[a-zA-Z]{2,3}") {
            if let Ok(first) = email(&text) {
                prop_assert_eq!(email(&first), Ok(first.clone()));
            }
        }

        #[test]
        fn anything_is_read_without_panic(text in "\\PC*") {
            let _ = (email(&text), domain(&text), line(&text, 10));
            if let Ok(tag) = locale(&text) {
                prop_assert_eq!(locale(&tag), Ok(tag.clone()));
            }
        }
    }
}
