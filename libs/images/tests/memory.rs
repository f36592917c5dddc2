//! The largest picture that is taken fits the memory of the functions that read it (1,024 MB in template.yaml).
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "tests")]

use std::{io::Cursor, time::Instant};

use igny8_images::{Limits, read, variants};
use image::{ImageFormat, RgbaImage};

/// The most memory that this process has had, in MB (proc(5), `VmHWM`).
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

#[test]
fn the_largest_picture_fits_a_function_of_a_gigabyte() {
    // 24 million pixels with alpha, the costliest layout, in a file that compresses well.
    let (width, height) = (6_000, 4_000);
    let mut file = Cursor::new(Vec::new());
    let pixels = RgbaImage::from_fn(width, height, |x, y| image::Rgba([(x / 64) as u8, (y / 64) as u8, 90, 200]));
    pixels.write_to(&mut file, ImageFormat::Png).unwrap();
    drop(pixels);
    let begun = Instant::now();
    let picture = read(file.get_ref(), Limits::STANDARD).unwrap();
    let files = variants(&picture).unwrap();
    println!("{} files in {:.1?}, at most {} MB", files.len(), begun.elapsed(), peak());
    assert_eq!((picture.width(), picture.height(), files.len()), (width, height, 5));
    assert!(peak() < 800, "{} MB: the rest of a function needs room too", peak());
}
