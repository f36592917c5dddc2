//! Covers for articles without a picture: a few tiles, drawn from the slug, in the colours of the site.
//!
//! They are decoration, hidden from assistive technology, and cost about half a kilobyte each.

use std::fmt::Write as _;

use maud::{Markup, PreEscaped};
use sha2::{Digest, Sha256};

/// The side of a tile.
const SIDE: usize = 2;

/// A cover of `columns` × `rows` tiles; fills come from the style sheet, so that it follows dark mode.
pub(crate) fn cover(seed: &str, columns: usize, rows: usize) -> Markup {
    let layers = draw(seed, columns, rows);
    let mut svg = format!(
        "<svg class=\"art\" viewBox=\"0 0 {} {}\" preserveAspectRatio=\"xMidYMid slice\" aria-hidden=\"true\">",
        columns * SIDE,
        rows * SIDE
    );
    for (index, path) in layers.iter().enumerate().filter(|(_, path)| !path.is_empty()) {
        // Writing to a String cannot fail.
        let _ = write!(svg, "<path class=\"a{index}\" d=\"{path}\"/>");
    }
    svg.push_str("</svg>");
    PreEscaped(svg)
}

/// The site's icon, a file of its own and therefore with its own colours.
pub(crate) fn icon(name: &str, accent: &str, pop: &str) -> String {
    let (big, small) = mark(name);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 4\"><rect width=\"4\" height=\"4\" rx=\".9\" \
         fill=\"{accent}\"/><path fill=\"#fff\" d=\"{big}\"/><path fill=\"{pop}\" d=\"{small}\"/></svg>\n"
    )
}

/// The two paths of the site's mark, in a square of 4: a shape and a dot beside it.
pub(crate) fn mark(name: &str) -> (String, &'static str) {
    let turn = Sha256::digest(name.as_bytes()).first().copied().unwrap_or_default() % 3;
    let big = match turn {
        0 => "M.9 3.1V.9A2.2 2.2 0 0 1 3.1 3.1z",
        1 => "M.9.9A2.2 2.2 0 0 1 3.1 3.1A2.2 2.2 0 0 1 .9.9z",
        _ => "M.9.9H2V3.1H.9zM2 3.1A1.1 1.1 0 0 0 2 .9z",
    };
    (big.to_owned(), "M2.3 1.2a.45.45 0 1 0 .9 0a.45.45 0 1 0-.9 0z")
}

/// The path data of five layers, from the back to the front.
fn draw(seed: &str, columns: usize, rows: usize) -> [String; 5] {
    let mut layers: [String; 5] = Default::default();
    let digest = Sha256::digest(seed.as_bytes());
    let mut bytes =
        digest.iter().copied().cycle().zip(0u8..).map(|(byte, round)| byte.rotate_left(u32::from(round / 32)));
    for row in 0..rows {
        for column in 0..columns {
            let (shape, tint) = (bytes.next().unwrap_or_default(), bytes.next().unwrap_or_default());
            let (x, y) = (column * SIDE, row * SIDE);
            // The ground is one of two tints; the shape is accent, its middle tint, or, rarely, the second colour.
            if tint & 1 == 1
                && let Some(ground) = layers.get_mut(0)
            {
                let _ = write!(ground, "M{x} {y}h2v2h-2z");
            }
            let layer = match tint >> 4 {
                0..=5 => 1,
                6..=9 => 2,
                10..=12 => 3,
                _ => 4,
            };
            if let Some(layer) = layers.get_mut(layer) {
                layer.push_str(&tile(shape, x, y));
            }
        }
    }
    layers
}

/// One shape inside the tile whose corner is (x, y).
fn tile(shape: u8, x: usize, y: usize) -> String {
    let (right, below) = (x + SIDE, y + SIDE);
    match shape % 15 {
        // Quarter discs around the four corners.
        0 | 9 => format!("M{x} {y}h2a2 2 0 0 1-2 2z"),
        1 | 10 => format!("M{right} {y}v2a2 2 0 0 1-2-2z"),
        2 | 11 => format!("M{right} {below}h-2a2 2 0 0 1 2-2z"),
        3 | 12 => format!("M{x} {below}v-2a2 2 0 0 1 2 2z"),
        // Leaves along the two diagonals.
        4 => format!("M{x} {y}a2 2 0 0 1 2 2a2 2 0 0 1-2-2z"),
        5 => format!("M{right} {y}a2 2 0 0 1-2 2a2 2 0 0 1 2-2z"),
        // A disc, and half discs that lie and stand.
        6 => format!("M{x} {}a1 1 0 0 1 2 0a1 1 0 0 1-2 0z", y + 1),
        7 => format!("M{x} {below}a1 1 0 0 1 2 0zM{x} {}a1 1 0 0 1 2 0z", y + 1),
        // An empty tile now and then lets the others breathe.
        13 | 14 => String::new(),
        _ => format!("M{x} {y}a1 1 0 0 1 0 2zM{} {y}a1 1 0 0 1 0 2z", x + 1),
    }
}
