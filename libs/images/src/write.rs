//! From pixels to the files that are served: WebP in several widths, and one JPEG for whom WebP is nothing.

use std::io::Cursor;

use image::{DynamicImage, codecs::jpeg::JpegEncoder, imageops::FilterType};

use crate::Picture;

/// The widths that a picture is offered in, in pixels; only those up to its own, which stands in for larger ones.
pub const WIDTHS: [u32; 4] = [480, 768, 1200, 1600];

/// The width of the JPEG: what link previews ask for (Open Graph, 1200 × 630).
const JPEG_WIDTH: u32 = 1200;
/// The quality of WebP, 0 to 100: libwebp's own default is 75, and photographs show no blocks from about 80 on.
const WEBP_QUALITY: f32 = 80.0;
/// The quality of JPEG, 1 to 100.
const JPEG_QUALITY: u8 = 82;

/// What a file of a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// WebP.
    WebP,
    /// JPEG.
    Jpeg,
}

impl Kind {
    /// The media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::WebP => "image/webp",
            Self::Jpeg => "image/jpeg",
        }
    }

    /// How names of such files end, without a dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::WebP => "webp",
            Self::Jpeg => "jpg",
        }
    }
}

/// One file of a picture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variant {
    /// What it is.
    pub kind: Kind,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// The file, without any metadata.
    pub bytes: Vec<u8>,
}

/// The files of a picture: WebP in the widths of [`WIDTHS`] that it has, smallest first, and one JPEG.
///
/// The same picture always gives the same bytes.
///
/// # Errors
/// A sentence for the log, when an encoder refuses the pixels.
pub fn variants(picture: &Picture) -> Result<Vec<Variant>, String> {
    let own = picture.width();
    let mut widths: Vec<u32> = WIDTHS.into_iter().filter(|width| *width < own).collect();
    if widths.len() < WIDTHS.len() {
        widths.push(own);
    }
    // From the largest down, each from the one before it: a quarter of the work, and Lanczos bears it.
    let mut made = Vec::with_capacity(widths.len() + 1);
    let mut source = plain(&picture.pixels);
    let mut jpeg = None;
    for width in widths.into_iter().rev() {
        source = scaled(source, width);
        if width <= JPEG_WIDTH && jpeg.is_none() {
            jpeg = Some(write_jpeg(&source)?);
        }
        made.push(write_webp(&source)?);
    }
    made.reverse();
    made.extend(jpeg);
    Ok(made)
}

/// Eight bits a channel, with alpha only where it is used.
fn plain(pixels: &DynamicImage) -> DynamicImage {
    if pixels.color().has_alpha() {
        let rgba = pixels.to_rgba8();
        if rgba.pixels().any(|pixel| pixel.0[3] != u8::MAX) {
            return DynamicImage::ImageRgba8(rgba);
        }
    }
    DynamicImage::ImageRgb8(pixels.to_rgb8())
}

fn scaled(source: DynamicImage, width: u32) -> DynamicImage {
    if source.width() <= width {
        return source;
    }
    let height = u64::from(source.height()) * u64::from(width) / u64::from(source.width());
    source.resize_exact(width, (height as u32).max(1), FilterType::Lanczos3)
}

fn write_webp(pixels: &DynamicImage) -> Result<Variant, String> {
    let (width, height) = (pixels.width(), pixels.height());
    let encoder = match pixels {
        DynamicImage::ImageRgba8(rgba) => webp::Encoder::from_rgba(rgba, width, height),
        DynamicImage::ImageRgb8(rgb) => webp::Encoder::from_rgb(rgb, width, height),
        _ => return Err("pixels of another layout".to_owned()),
    };
    let file = encoder.encode_simple(false, WEBP_QUALITY).map_err(|error| format!("WebP: {error:?}"))?;
    Ok(Variant { kind: Kind::WebP, width, height, bytes: file.to_vec() })
}

fn write_jpeg(pixels: &DynamicImage) -> Result<Variant, String> {
    let rgb = match pixels {
        DynamicImage::ImageRgb8(rgb) => rgb.clone(),
        // JPEG knows no transparency: what shines through is white, not the black below.
        other => on_white(other),
    };
    let mut bytes = Cursor::new(Vec::new());
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .encode_image(&rgb)
        .map_err(|error| format!("JPEG: {error}"))?;
    Ok(Variant { kind: Kind::Jpeg, width: rgb.width(), height: rgb.height(), bytes: bytes.into_inner() })
}

fn on_white(pixels: &DynamicImage) -> image::RgbImage {
    let rgba = pixels.to_rgba8();
    image::RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
        let [red, green, blue, alpha] = rgba.get_pixel(x, y).0.map(u32::from);
        image::Rgb([red, green, blue].map(|channel| ((channel * alpha + 255 * (255 - alpha)) / 255) as u8))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Limits, read, testing::png};

    fn made(width: u32, height: u32) -> Vec<Variant> {
        variants(&read(&png(width, height), Limits::STANDARD).unwrap()).unwrap()
    }

    #[test]
    fn widths_are_those_up_to_its_own() {
        let sizes = |width, height| {
            made(width, height).iter().map(|file| (file.kind.extension(), file.width, file.height)).collect::<Vec<_>>()
        };
        assert_eq!(sizes(300, 100), [("webp", 300, 100), ("jpg", 300, 100)]);
        assert_eq!(sizes(768, 384), [("webp", 480, 240), ("webp", 768, 384), ("jpg", 768, 384)]);
        assert_eq!(
            sizes(2000, 1000),
            [("webp", 480, 240), ("webp", 768, 384), ("webp", 1200, 600), ("webp", 1600, 800), ("jpg", 1200, 600)]
        );
    }

    #[test]
    fn what_is_written_can_be_read_and_holds_no_metadata() {
        for file in made(500, 300) {
            let again = read(&file.bytes, Limits::STANDARD).unwrap();
            assert_eq!((again.width(), again.height()), (file.width, file.height));
            assert_eq!(again.format.media_type(), file.kind.media_type());
            assert!(!file.bytes.windows(4).any(|four| four == b"Exif"));
        }
    }

    #[test]
    fn transparent_pixels_are_white_in_a_jpeg() {
        let clear = DynamicImage::ImageRgba8(image::RgbaImage::new(8, 8));
        let file = write_jpeg(&clear).unwrap();
        let pixel = read(&file.bytes, Limits::STANDARD).unwrap().pixels.to_rgb8().get_pixel(4, 4).0;
        assert!(pixel.iter().all(|channel| *channel > 250), "{pixel:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(12))]
        #[test]
        fn every_size_has_its_files_smallest_first(width in 1_u32..1900, height in 1_u32..400) {
            let files = made(width, height);
            let (jpeg, webps) = files.split_last().unwrap();
            prop_assert!(jpeg.kind == Kind::Jpeg && jpeg.width <= JPEG_WIDTH);
            prop_assert!(webps.iter().all(|file| file.kind == Kind::WebP && file.width <= width && file.height >= 1));
            prop_assert!(webps.is_sorted_by(|a, b| a.width < b.width));
        }
    }
}
