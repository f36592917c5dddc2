//! Slugs: the part of an address that names a page.

/// The longest slug, in characters; longer titles are cut at a word.
const LONGEST: usize = 80;

/// Turns a title into a slug of `a-z`, `0-9` and single hyphens, at most 80 characters, transliterated from any script.
///
/// A title without a letter or digit gives `page`, so that a slug is never empty.
pub fn slugify(title: &str) -> String {
    let full = ::slug::slugify(title);
    let cut = if full.len() <= LONGEST {
        full.as_str()
    } else {
        let head = &full[..LONGEST];
        head.rfind('-').map_or(head, |hyphen| &head[..hyphen])
    };
    if cut.is_empty() { "page".to_owned() } else { cut.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::slugify;

    #[test]
    fn transliterates_and_never_is_empty() {
        assert_eq!(slugify("Cambio de aceite: ¿cuánto cuesta?"), "cambio-de-aceite-cuanto-cuesta");
        assert_eq!(slugify("???"), "page");
    }

    #[test]
    fn cuts_at_a_word() {
        let slug = slugify(&"word ".repeat(40));
        assert!(slug.len() <= 80 && slug.ends_with("word"), "{slug}");
    }
}
