//! From bytes to pixels: which format it is, how large it may be, and which way is up.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageReader};

/// A format that we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Portable Network Graphics.
    Png,
    /// JPEG.
    Jpeg,
    /// WebP, lossy or lossless; of an animation the first picture.
    WebP,
}

impl Format {
    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }

    const fn codec(self) -> image::ImageFormat {
        match self {
            Self::Png => image::ImageFormat::Png,
            Self::Jpeg => image::ImageFormat::Jpeg,
            Self::WebP => image::ImageFormat::WebP,
        }
    }
}

/// How large a picture may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Pixels of the longer side.
    pub side: u32,
    /// Pixels in all.
    pub pixels: u64,
}

impl Limits {
    /// 15 MB and 24 megapixels, which decoded are 96 MB: what a worker of 1 GB has room for with its copies.
    pub const STANDARD: Self = Self { bytes: 15 << 20, side: 12_000, pixels: 24_000_000 };
}

/// Why bytes are no picture that can be used. Each one is a sentence for a person.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// Nothing is there.
    #[error("The file is empty.")]
    Empty,
    /// More bytes than allowed.
    #[error("The file has more than {0} MB. Send a smaller one.")]
    Bytes(usize),
    /// A format that we know and do not take; the name of it.
    #[error("This is {0}, which is not taken. Send a PNG, a JPEG or a WebP.")]
    Refused(&'static str),
    /// No format that we know.
    #[error("This is no picture that we know. Send a PNG, a JPEG or a WebP.")]
    Unknown,
    /// More pixels than allowed.
    #[error(
        "The picture has {width} × {height} pixels; at most {side} on a side and {megapixels} million in all are taken."
    )]
    Pixels {
        /// Pixels from left to right, as the file says.
        width: u32,
        /// Pixels from top to bottom, as the file says.
        height: u32,
        /// The longest side that is taken.
        side: u32,
        /// The most pixels that are taken, in millions.
        megapixels: u64,
    },
    /// It begins as a picture and cannot be decoded.
    #[error("The picture is damaged and cannot be read ({0}).")]
    Damaged(String),
}

/// A decoded picture, upright.
#[derive(Debug, Clone)]
pub struct Picture {
    pub(crate) pixels: DynamicImage,
    /// The format it was in.
    pub format: Format,
}

impl Picture {
    /// Pixels from left to right.
    pub fn width(&self) -> u32 {
        self.pixels.width()
    }

    /// Pixels from top to bottom.
    pub fn height(&self) -> u32 {
        self.pixels.height()
    }
}

/// The format by the first bytes: what a file is, whatever it is called.
///
/// # Errors
/// [`ReadError::Empty`], [`ReadError::Refused`] with the name of a format that we do not take, or [`ReadError::Unknown`].
pub fn sniff(bytes: &[u8]) -> Result<Format, ReadError> {
    // Four bytes of length come before the brand of an ISO media file.
    let brand = bytes.get(4..12).unwrap_or_default();
    match bytes {
        [] => Err(ReadError::Empty),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Ok(Format::Png),
        [0xff, 0xd8, 0xff, ..] => Ok(Format::Jpeg),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Ok(Format::WebP),
        [b'G', b'I', b'F', b'8', ..] => Err(ReadError::Refused("a GIF")),
        [b'B', b'M', ..] => Err(ReadError::Refused("a BMP")),
        [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Err(ReadError::Refused("a TIFF")),
        [b'%', b'P', b'D', b'F', ..] => Err(ReadError::Refused("a PDF")),
        _ if brand.starts_with(b"ftypavi") => Err(ReadError::Refused("an AVIF")),
        _ if brand.starts_with(b"ftyphei") || brand == b"ftypmif1" => Err(ReadError::Refused("a HEIC")),
        _ if is_svg(bytes) => Err(ReadError::Refused("an SVG")),
        _ => Err(ReadError::Unknown),
    }
}

fn is_svg(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(bytes.get(..1024).unwrap_or(bytes)).to_ascii_lowercase();
    head.trim_start_matches('\u{feff}').trim_start().starts_with('<') && head.contains("<svg")
}

/// Decodes a picture and turns it as its EXIF orientation says.
///
/// The size stands in the first bytes of a file and is compared before anything is decoded, so a small file that
/// would become large is refused at no cost.
///
/// # Errors
/// [`ReadError`], each a sentence for the person who sent it.
pub fn read(bytes: &[u8], limits: Limits) -> Result<Picture, ReadError> {
    if bytes.len() > limits.bytes {
        return Err(ReadError::Bytes(limits.bytes >> 20));
    }
    let format = sniff(bytes)?;
    let damaged = |error: image::ImageError| ReadError::Damaged(error.to_string());
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format.codec());
    let mut room = image::Limits::default();
    // Four bytes a pixel, and as much again for what the decoder needs beside it.
    room.max_alloc = Some(limits.pixels * 8 + (16 << 20));
    reader.limits(room);
    let mut decoder = reader.into_decoder().map_err(damaged)?;
    let (width, height) = decoder.dimensions();
    if width > limits.side || height > limits.side || u64::from(width) * u64::from(height) > limits.pixels {
        let (side, megapixels) = (limits.side, limits.pixels / 1_000_000);
        return Err(ReadError::Pixels { width, height, side, megapixels });
    }
    if width == 0 || height == 0 {
        return Err(ReadError::Damaged("it has no pixels".to_owned()));
    }
    let orientation = decoder.orientation().map_err(damaged)?;
    let mut pixels = DynamicImage::from_decoder(decoder).map_err(damaged)?;
    pixels.apply_orientation(orientation);
    Ok(Picture { pixels, format })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{jpeg, png};
    use proptest::prelude::*;

    #[test]
    fn formats_are_known_by_their_bytes_and_others_refused_by_name() {
        let refused = |bytes: &[u8]| sniff(bytes).unwrap_err().to_string();
        assert_eq!(sniff(&png(2, 2)), Ok(Format::Png));
        assert_eq!(sniff(&jpeg(2, 2)), Ok(Format::Jpeg));
        assert!(refused(b"GIF89a...").contains("a GIF"));
        assert!(refused(b"\0\0\0\x20ftypavif....").contains("an AVIF"));
        assert!(refused(b"\0\0\0\x20ftypheic....").contains("a HEIC"));
        assert!(refused(b"\xef\xbb\xbf <?xml version='1.0'?><!-- --><SVG xmlns=''>").contains("an SVG"));
        assert_eq!(sniff(b"<html>no picture</html>"), Err(ReadError::Unknown));
        assert_eq!(sniff(b""), Err(ReadError::Empty));
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_decoded() {
        // The head of a PNG of 60,000 × 60,000 pixels: 10 GB decoded, 33 bytes as a file.
        let mut bomb = png(1, 1);
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let crc = crc(&bomb[12..29]);
        bomb[29..33].copy_from_slice(&crc.to_be_bytes());
        let error = read(&bomb, Limits::STANDARD).unwrap_err();
        assert!(matches!(error, ReadError::Pixels { width: 60_000, .. } | ReadError::Damaged(_)), "{error}");
        let error = read(&png(30, 20), Limits { pixels: 599, ..Limits::STANDARD }).unwrap_err();
        assert!(matches!(error, ReadError::Pixels { width: 30, height: 20, .. }));
        assert!(matches!(read(&png(30, 20), Limits { bytes: 40, ..Limits::STANDARD }), Err(ReadError::Bytes(0))));
        assert!(read(&png(30, 20), Limits { pixels: 600, side: 30, ..Limits::STANDARD }).is_ok());
    }

    /// CRC-32 of PNG (ISO 3309), bit by bit.
    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(u32::MAX, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 })
        })
    }

    #[test]
    fn orientation_is_applied() {
        // APP1 with one EXIF entry: orientation 6, turn by 90° clockwise.
        let mut tiff = b"Exif\0\0II*\0\x08\0\0\0\x01\0".to_vec();
        tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0]);
        let plain = jpeg(40, 20);
        let mut turned = plain[..2].to_vec();
        turned.extend([0xff, 0xe1]);
        turned.extend(((tiff.len() + 2) as u16).to_be_bytes());
        turned.extend(&tiff);
        turned.extend(&plain[2..]);
        let size = |bytes: &[u8]| read(bytes, Limits::STANDARD).map(|read| (read.width(), read.height())).unwrap();
        assert_eq!(size(&plain), (40, 20));
        assert_eq!(size(&turned), (20, 40));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(cut in 0_usize..400, flips in proptest::collection::vec((0_usize..400, any::<u8>()), 0..8)) {
            for mut bytes in [png(17, 9), jpeg(17, 9)] {
                for (at, byte) in &flips {
                    if let Some(place) = bytes.get_mut(*at) {
                        *place = *byte;
                    }
                }
                bytes.truncate(cut);
                let _ = read(&bytes, Limits { pixels: 10_000, ..Limits::STANDARD });
            }
        }
    }
}
