//! Secrets that we hand out and know again: only their hash is stored.

use sha2::{Digest, Sha256};

/// SHA-256 in hex. Enough for secrets of 128 random bits and more, which nobody can guess from a dictionary.
pub(crate) fn hash(secret: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(secret.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// True when the secret has this hash; takes the same time wherever they differ.
pub(crate) fn matches(secret: &str, stored: &str) -> bool {
    let hash = hash(secret);
    hash.len() == stored.len() && hash.bytes().zip(stored.bytes()).fold(0, |acc, (a, b)| acc | (a ^ b)) == 0
}

/// True for text that [`igny8_core::Env::secret`] could have made.
pub(crate) fn is_secret(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_its_own_again() {
        // echo -n abc | sha256sum
        assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert!(matches("abc", &hash("abc")));
        assert!(!matches("abd", &hash("abc")) && !matches("abc", ""));
        assert!(is_secret(&hash("abc")) && !is_secret("abc"));
    }
}
