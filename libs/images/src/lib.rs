//! Pictures: read within bounds, turned upright, made small in several widths, and drawn where no model is.
//!
//! Pure: bytes in, bytes out. What comes in is hostile until it is decoded; what goes out was encoded here, without any
//! metadata, and is therefore safe to serve under our own name.

mod draw;
mod read;
mod write;

pub use draw::{Palette, Scene, draw};
pub use read::{Format, Limits, Picture, ReadError, read, sniff};
pub use write::{Kind, Variant, WIDTHS, variants};

use sha2::{Digest, Sha256};

/// The SHA-256 of some bytes in lower-case hexadecimal digits: the name of a file by what is in it.
pub fn hash(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod testing {
    use std::io::Cursor;

    use image::{ImageFormat, RgbImage};

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let pixels = RgbImage::from_fn(width, height, |x, y| image::Rgb([x as u8, y as u8, (x + y) as u8]));
        let mut bytes = Cursor::new(Vec::new());
        pixels.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A PNG with a gradient.
    pub fn png(width: u32, height: u32) -> Vec<u8> {
        encoded(width, height, ImageFormat::Png)
    }

    /// A JPEG with a gradient.
    pub fn jpeg(width: u32, height: u32) -> Vec<u8> {
        encoded(width, height, ImageFormat::Jpeg)
    }
}
