//! From bytes to text: byte order marks, UTF-16 by its pattern of zeros, and Windows-1252 when nothing else fits.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ImportError;

/// How many bytes at the start decide what a file is.
const SAMPLE: usize = 4096;

/// How the characters of a file are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, low byte first, as Google Ads and Ahrefs write it.
    #[serde(rename = "utf16_le")]
    Utf16Le,
    /// UTF-16, high byte first.
    #[serde(rename = "utf16_be")]
    Utf16Be,
    /// The old Western European code page, as spreadsheets on Windows write it.
    #[serde(rename = "windows_1252")]
    Windows1252,
}

/// The text of a file.
pub(super) struct Decoded<'a> {
    pub text: Cow<'a, str>,
    pub encoding: Encoding,
    /// What the user should know, when something was guessed or is damaged.
    pub note: Option<&'static str>,
}

/// Files that users send by mistake, by their first bytes.
const FOREIGN: [(&[u8], &str); 8] = [
    (b"PK\x03\x04", "it is an Excel workbook (.xlsx) or a ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "it is an old Excel workbook (.xls)"),
    (b"%PDF", "it is a PDF document"),
    (b"\x1f\x8b", "it is a gzip archive"),
    (b"\x89PNG", "it is a picture"),
    (b"\xff\xd8\xff", "it is a picture"),
    (b"\xff\xfe\0\0", "it is written in UTF-32"),
    (b"\0\0\xfe\xff", "it is written in UTF-32"),
];

/// Decodes a file.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, ImportError> {
    if bytes.is_empty() {
        return Err(ImportError::Empty);
    }
    if let Some((_, what)) = FOREIGN.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(ImportError::NotText { what });
    }
    let mut decoded = if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        utf8(rest, true)
    } else if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        utf16(rest, Encoding::Utf16Le)
    } else if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        utf16(rest, Encoding::Utf16Be)
    } else if let Some(encoding) = utf16_by_zeros(bytes) {
        utf16(bytes, encoding)
    } else {
        utf8(bytes, false)
    };
    if seems_binary(&decoded.text) {
        return Err(ImportError::NotText { what: "it is full of control characters" });
    }
    if decoded.text.chars().all(|c| c.is_whitespace() || c == '\u{feff}') {
        return Err(ImportError::Empty);
    }
    // A second mark, as programs leave it that put one before a file that has one.
    if decoded.text.starts_with('\u{feff}') {
        decoded.text = Cow::Owned(decoded.text.trim_start_matches('\u{feff}').to_owned());
    }
    Ok(decoded)
}

/// UTF-8 if it is, else Windows-1252; with a mark, or with more whole than broken characters beyond ASCII, it is
/// damaged UTF-8 instead, and the lines with U+FFFD in their keyword are rejected later.
fn utf8(bytes: &[u8], marked: bool) -> Decoded<'_> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return Decoded { text: Cow::Borrowed(text), encoding: Encoding::Utf8, note: None };
    }
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    if marked || whole > broken {
        Decoded {
            text: String::from_utf8_lossy(bytes),
            encoding: Encoding::Utf8,
            note: Some(
                "Some characters of the file are damaged (not valid UTF-8); keywords that hold them are rejected.",
            ),
        }
    } else {
        Decoded {
            text: WINDOWS_1252.decode_without_bom_handling(bytes).0,
            encoding: Encoding::Windows1252,
            note: Some(
                "The file is not valid UTF-8 and was read as Windows-1252. If accented letters look wrong, save it as UTF-8 and import it again.",
            ),
        }
    }
}

fn utf16(bytes: &[u8], encoding: Encoding) -> Decoded<'_> {
    let codec = if encoding == Encoding::Utf16Be { UTF_16BE } else { UTF_16LE };
    let (text, damaged) = codec.decode_without_bom_handling(bytes);
    Decoded {
        text,
        encoding,
        note: damaged.then_some(
            "Some characters of the file are damaged (not valid UTF-16, or cut off at the end); keywords that hold them are rejected.",
        ),
    }
}

/// Text in UTF-16 has a zero in every ASCII character, always on the same side; headers are mostly ASCII.
fn utf16_by_zeros(bytes: &[u8]) -> Option<Encoding> {
    let sample = &bytes[..bytes.len().min(SAMPLE)];
    let zeros = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    // A tenth of the sample at least, and next to none on the other side.
    let plenty = |count: usize, other: usize| count * 10 >= sample.len() && count >= 2 && other * 20 <= count;
    if plenty(odd, even) {
        Some(Encoding::Utf16Le)
    } else if plenty(even, odd) {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// More control characters than a damaged cell or two explain.
fn seems_binary(text: &str) -> bool {
    let (mut all, mut controls) = (0_usize, 0_usize);
    for c in text.chars().take(SAMPLE) {
        all += 1;
        controls += usize::from(c.is_control() && !matches!(c, '\t' | '\n' | '\r'));
    }
    controls >= 8 && controls * 20 > all
}

#[cfg(test)]
mod tests {
    use super::{Encoding, decode};
    use crate::import::ImportError;

    const TEXT: &str = "Keyword\tVolume\r\ncafé año\t10\r\n";

    fn utf16(text: &str, mark: bool, little: bool) -> Vec<u8> {
        mark.then_some('\u{feff}')
            .into_iter()
            .chain(text.chars())
            .collect::<String>()
            .encode_utf16()
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    }

    #[test]
    fn knows_each_encoding() {
        let latin: Vec<u8> = TEXT.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
        let cases = [
            (TEXT.as_bytes().to_vec(), Encoding::Utf8),
            (format!("\u{feff}{TEXT}").into_bytes(), Encoding::Utf8),
            (format!("\u{feff}\u{feff}{TEXT}").into_bytes(), Encoding::Utf8),
            (utf16(TEXT, true, true), Encoding::Utf16Le),
            (utf16(TEXT, false, true), Encoding::Utf16Le),
            (utf16(TEXT, true, false), Encoding::Utf16Be),
            (utf16(TEXT, false, false), Encoding::Utf16Be),
            (latin, Encoding::Windows1252),
        ];
        for (bytes, encoding) in cases {
            let decoded = decode(&bytes).unwrap();
            assert_eq!(decoded.encoding, encoding);
            assert_eq!(decoded.text, TEXT, "{encoding:?}");
            assert_eq!(decoded.note.is_some(), encoding == Encoding::Windows1252);
        }
    }

    #[test]
    fn a_damaged_place_does_not_change_the_encoding_of_the_rest() {
        let mut bytes = "keyword\ncafé\naño\n".as_bytes().to_vec();
        bytes.extend(b"caf\xe9\n");
        let decoded = decode(&bytes).unwrap();
        assert_eq!((decoded.encoding, decoded.note.is_some()), (Encoding::Utf8, true));
        assert!(decoded.text.contains("café") && decoded.text.ends_with("caf\u{fffd}\n"));
        let mut cut = utf16(TEXT, true, true);
        cut.pop();
        let decoded = decode(&cut).unwrap();
        assert!(decoded.note.is_some() && decoded.text.starts_with("Keyword"));
    }

    #[test]
    fn refuses_what_is_not_text() {
        assert_eq!(decode(b"").err(), Some(ImportError::Empty));
        assert_eq!(decode(b" \r\n\t").err(), Some(ImportError::Empty));
        assert_eq!(decode(b"\xef\xbb\xbf").err(), Some(ImportError::Empty));
        assert_eq!(decode(b"\xff\xfe").err(), Some(ImportError::Empty));
        for bytes in
            [&b"PK\x03\x04 workbook"[..], b"\x1f\x8b\x08", b"\xff\xfe\0\0k\0\0\0", &[1, 2, 3, 0, 0, 4, 5, 6, 7, 8]]
        {
            assert!(matches!(decode(bytes), Err(ImportError::NotText { .. })), "{bytes:?}");
        }
    }
}
