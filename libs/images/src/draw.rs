//! Abstract illustrations without a model: the same scene always gives the same pixels.
//!
//! A seed chooses one of three compositions (hills under a sun, arcs, a paper collage) and one of the palettes; layers
//! of soft colour and a little grain make it something to look at. It shows nothing, so it cannot show anything wrong.

use std::io::Cursor;

use image::{ImageFormat, RgbaImage};
use sha2::{Digest, Sha256};
use tiny_skia::{
    Color, FillRule, GradientStop, LinearGradient, Paint, PathBuilder, Pixmap, Point, RadialGradient, Rect, Shader,
    SpreadMode, Transform,
};

/// Five colours that go together, as 0xRRGGBB: the sky's two, and three for what stands before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette(pub [u32; 5]);

const PALETTES: [Palette; 8] = [
    Palette([0xfd_e8cd, 0xf6_b88f, 0xe0_7a5f, 0x3d_5a80, 0x29_3241]),
    Palette([0xd9_f0ee, 0x8f_c9c4, 0x3a_8f94, 0x1f_5c70, 0xf2_b46b]),
    Palette([0xe9_e6f7, 0xb9_b3e6, 0x7a_6fc9, 0x3f_3878, 0xf4_a6b7]),
    Palette([0xf3_f1e3, 0xc9_d6a3, 0x7f_a363, 0x3a_6647, 0xe8_a23d]),
    Palette([0xdf_ecfb, 0x9c_c3f0, 0x4f_86cf, 0x24_4a8c, 0xff_c857]),
    Palette([0xfb_e4e1, 0xf0_a7a0, 0xc9_5d6a, 0x6b_2f4e, 0xf6_d186]),
    Palette([0xea_eef1, 0xb4_c3cd, 0x6c_8798, 0x35_4a59, 0xe9_8a5b]),
    Palette([0xfc_f0d8, 0xf2_c879, 0xd4_8b3c, 0x7a_4a2b, 0x4d_8a86]),
];

/// What to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scene<'a> {
    /// Chooses the composition and its details.
    pub seed: &'a str,
    /// Chooses the colours, so that the pictures of one site belong together.
    pub brand: &'a str,
    /// Pixels from left to right, 16 to 4096.
    pub width: u32,
    /// Pixels from top to bottom, 16 to 4096.
    pub height: u32,
}

/// Draws a scene as a PNG.
///
/// # Errors
/// A sentence for the log, when the size is out of bounds.
pub fn draw(scene: &Scene<'_>) -> Result<Vec<u8>, String> {
    let bounds = 16..=4096;
    if !bounds.contains(&scene.width) || !bounds.contains(&scene.height) {
        return Err(format!("{} × {} pixels are out of bounds", scene.width, scene.height));
    }
    let map = Pixmap::new(scene.width, scene.height).ok_or("no room for the pixels")?;
    let mut dice = Dice::new(scene.seed);
    let palette = PALETTES[Dice::new(scene.brand).below(PALETTES.len())];
    let mut canvas = Canvas { map, palette, width: scene.width as f32, height: scene.height as f32 };
    canvas.sky(&mut dice);
    match dice.below(3) {
        0 => canvas.hills(&mut dice),
        1 => canvas.arcs(&mut dice),
        _ => canvas.collage(&mut dice),
    }
    let mut pixels = RgbaImage::from_raw(scene.width, scene.height, canvas.map.take()).ok_or("a size does not fit")?;
    grain(&mut pixels, &mut dice);
    let mut bytes = Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, ImageFormat::Png).map_err(|error| error.to_string())?;
    Ok(bytes.into_inner())
}

/// Noise of ±3 of 255: gradients show no bands, and flat colour looks like paper.
fn grain(pixels: &mut RgbaImage, dice: &mut Dice) {
    for pixel in pixels.pixels_mut() {
        let shift = (dice.next() % 7) as i16 - 3;
        for channel in &mut pixel.0[..3] {
            *channel = (i16::from(*channel) + shift).clamp(0, 255) as u8;
        }
    }
}

/// Pseudo-random numbers (SplitMix64; Steele, Lea, Flood 2014), seeded by the hash of a text.
struct Dice(u64);

impl Dice {
    fn new(seed: &str) -> Self {
        let digest = Sha256::digest(seed.as_bytes());
        Self(digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    /// A number between two others.
    fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * ((self.next() >> 40) as f32 / (1_u64 << 24) as f32)
    }
}

/// The picture while it is painted.
struct Canvas {
    map: Pixmap,
    palette: Palette,
    width: f32,
    height: f32,
}

impl Canvas {
    fn color(&self, index: usize, alpha: f32) -> Color {
        let [_, r, g, b] = self.palette.0[index % 5].to_be_bytes();
        let channel = |byte: u8| f32::from(byte) / 255.0;
        Color::from_rgba(channel(r), channel(g), channel(b), alpha.clamp(0.0, 1.0)).unwrap_or(Color::WHITE)
    }

    fn fill(&mut self, path: PathBuilder, shader: Shader<'_>) {
        let Some(path) = path.finish() else { return };
        let paint = Paint { shader, anti_alias: true, ..Paint::default() };
        self.map.fill_path(&path, &paint, FillRule::EvenOdd, Transform::identity(), None);
    }

    /// A gradient from one point to another, or the first colour where there is no way between them.
    fn blend(from: (f32, f32), to: (f32, f32), colors: [Color; 2]) -> Shader<'static> {
        let stops = vec![GradientStop::new(0.0, colors[0]), GradientStop::new(1.0, colors[1])];
        let point = |(x, y)| Point::from_xy(x, y);
        LinearGradient::new(point(from), point(to), stops, SpreadMode::Pad, Transform::identity())
            .unwrap_or(Shader::SolidColor(colors[0]))
    }

    /// The ground: two light colours, and two glows in it.
    fn sky(&mut self, dice: &mut Dice) {
        let slant = dice.between(-0.3, 0.3) * self.width;
        let shader = Self::blend(
            (self.width / 2.0 - slant, 0.0),
            (self.width / 2.0 + slant, self.height),
            [self.color(0, 1.0), self.color(1, 1.0)],
        );
        let mut all = PathBuilder::new();
        if let Some(rect) = Rect::from_xywh(0.0, 0.0, self.width, self.height) {
            all.push_rect(rect);
        }
        self.fill(all, shader);
        for tone in [4, 2] {
            let (x, y) = (dice.between(0.0, self.width), dice.between(0.0, self.height * 0.7));
            let radius = dice.between(0.35, 0.6) * self.width;
            self.glow(x, y, radius, tone, 0.35);
        }
    }

    /// A disc that fades to nothing.
    fn glow(&mut self, x: f32, y: f32, radius: f32, tone: usize, alpha: f32) {
        let stops =
            vec![GradientStop::new(0.0, self.color(tone, alpha)), GradientStop::new(1.0, self.color(tone, 0.0))];
        let center = Point::from_xy(x, y);
        let shader = RadialGradient::new(center, 0.0, center, radius, stops, SpreadMode::Pad, Transform::identity());
        let mut disc = PathBuilder::new();
        disc.push_circle(x, y, radius);
        if let Some(shader) = shader {
            self.fill(disc, shader);
        }
    }

    fn disc(&mut self, x: f32, y: f32, radius: f32, tone: usize, alpha: f32) {
        let mut disc = PathBuilder::new();
        disc.push_circle(x, y, radius);
        let shader =
            Self::blend((x, y - radius), (x, y + radius), [self.color(tone, alpha), self.color(tone, alpha * 0.7)]);
        self.fill(disc, shader);
    }

    /// A sun and rows of hills, each darker than the one behind it.
    fn hills(&mut self, dice: &mut Dice) {
        let (x, y) = (dice.between(0.2, 0.8) * self.width, dice.between(0.22, 0.42) * self.height);
        let radius = dice.between(0.09, 0.15) * self.height.min(self.width);
        self.glow(x, y, radius * 3.2, 4, 0.5);
        self.disc(x, y, radius, 4, 0.95);
        let rows = 5;
        for row in 0..rows {
            let depth = row as f32 / (rows - 1) as f32;
            let level = self.height * (0.48 + 0.42 * depth);
            let tone = if row < 2 { 2 } else { 3 };
            let near = 0.35 + 0.6 * depth;
            self.ridge(dice, level, self.height * dice_swing(depth), tone, near);
        }
    }

    /// A hill's line from edge to edge, filled down to the bottom.
    fn ridge(&mut self, dice: &mut Dice, level: f32, swing: f32, tone: usize, alpha: f32) {
        let steps = 3 + dice.below(3);
        let width = self.width / steps as f32;
        let mut line = PathBuilder::new();
        let mut height = level + dice.between(-swing, swing);
        line.move_to(0.0, height);
        for step in 0..steps {
            let from = step as f32 * width;
            let next = level + dice.between(-swing, swing);
            // Flat at both ends of a step: the line has no corners.
            line.cubic_to(from + width / 2.0, height, from + width / 2.0, next, from + width, next);
            height = next;
        }
        line.line_to(self.width, self.height);
        line.line_to(0.0, self.height);
        line.close();
        let shader = Self::blend(
            (0.0, level - swing),
            (0.0, self.height),
            [self.color(tone, alpha), self.color(tone, (alpha + 0.25).min(1.0))],
        );
        self.fill(line, shader);
    }

    /// Rings around one or two centres that overlap, and a disc in one of them.
    fn arcs(&mut self, dice: &mut Dice) {
        let short = self.width.min(self.height);
        for center in 0..2 + dice.below(2) {
            let x = dice.between(0.05, 0.95) * self.width;
            let y = dice.between(0.35, 1.05) * self.height;
            let step = short * dice.between(0.07, 0.11);
            let rings = 4 + dice.below(3);
            for ring in (1..=rings).rev() {
                let tone = [2, 3, 4][(ring + center) % 3];
                let outer = ring as f32 * step + short * 0.06;
                let mut path = PathBuilder::new();
                path.push_circle(x, y, outer);
                path.push_circle(x, y, outer - step * 0.62);
                let shader = Self::blend(
                    (x - outer, y - outer),
                    (x + outer, y + outer),
                    [self.color(tone, 0.82), self.color(tone, 0.45)],
                );
                self.fill(path, shader);
            }
            self.disc(x, y, short * 0.05, 4, 1.0);
        }
    }

    /// Sheets of coloured paper with shadows, half discs and leaves.
    fn collage(&mut self, dice: &mut Dice) {
        let short = self.width.min(self.height);
        for sheet in 0..7 {
            let tone = [2, 3, 4, 1, 2, 3, 4][sheet];
            let x = dice.between(0.0, 1.0) * self.width;
            let y = dice.between(0.15, 1.0) * self.height;
            let size = short * dice.between(0.2, 0.42);
            let kind = dice.below(3);
            let turn = dice.between(0.0, 360.0);
            let shadow = Shader::SolidColor(Color::from_rgba(0.0, 0.0, 0.0, 0.1).unwrap_or(Color::BLACK));
            let place = |by: f32| Transform::from_rotate(turn).post_translate(x + by, y + by);
            for (by, shader) in [
                (size * 0.035, shadow),
                (
                    0.0,
                    Self::blend(
                        (x - size, y - size),
                        (x + size, y + size),
                        [self.color(tone, 0.95), self.color(tone, 0.72)],
                    ),
                ),
            ] {
                let path = leaf(kind, size).finish().and_then(|path| path.transform(place(by)));
                if let Some(path) = path {
                    let paint = Paint { shader, anti_alias: true, ..Paint::default() };
                    self.map.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
                }
            }
        }
    }
}

/// How far a row of hills swings, as a part of the height: far ones are steep, near ones calm.
fn dice_swing(depth: f32) -> f32 {
    0.11 - 0.06 * depth
}

/// A half disc, a leaf or a rounded tile around the origin.
fn leaf(kind: usize, size: f32) -> PathBuilder {
    /// How far the handles of a cubic are from its ends, to be a quarter of a circle.
    const QUARTER: f32 = 0.552_285;
    let (r, k) = (size, size * QUARTER);
    let mut path = PathBuilder::new();
    match kind {
        0 => {
            path.move_to(-r, 0.0);
            path.cubic_to(-r, -k, -k, -r, 0.0, -r);
            path.cubic_to(k, -r, r, -k, r, 0.0);
        }
        1 => {
            path.move_to(-r, 0.0);
            path.cubic_to(-k, -r, k, -r, r, 0.0);
            path.cubic_to(k, r, -k, r, -r, 0.0);
        }
        _ => {
            let (side, corner) = (r * 0.75, r * 0.2);
            path.move_to(-side + corner, -side);
            path.line_to(side - corner, -side);
            path.quad_to(side, -side, side, -side + corner);
            path.line_to(side, side - corner);
            path.quad_to(side, side, side - corner, side);
            path.line_to(-side + corner, side);
            path.quad_to(-side, side, -side, side - corner);
            path.line_to(-side, -side + corner);
            path.quad_to(-side, -side, -side + corner, -side);
        }
    }
    path.close();
    path
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::{Limits, read};

    fn scene(seed: &str) -> Scene<'_> {
        Scene { seed, brand: "Taller Ana", width: 240, height: 135 }
    }

    #[test]
    fn a_scene_is_always_the_same_and_seeds_differ() {
        assert_eq!(draw(&scene("brakes")), draw(&scene("brakes")));
        let all: HashSet<_> = (0..40).map(|n| draw(&scene(&format!("title {n}"))).unwrap()).collect();
        assert_eq!(all.len(), 40);
    }

    #[test]
    fn it_is_no_grey_box() {
        for n in 0..40 {
            let pixels = read(&draw(&scene(&format!("title {n}"))).unwrap(), Limits::STANDARD).unwrap().pixels;
            let pixels = pixels.to_rgb8();
            // Many colours, and light and dark beside each other, without the grain's seven.
            let colors: HashSet<_> = pixels.pixels().map(|pixel| pixel.0.map(|channel| channel / 16)).collect();
            let light = |pixel: &image::Rgb<u8>| pixel.0.iter().map(|channel| u32::from(*channel)).sum::<u32>() / 3;
            let (dark, bright) = (pixels.pixels().map(light).min().unwrap(), pixels.pixels().map(light).max().unwrap());
            assert!(colors.len() > 30 && bright - dark > 60, "{n}: {} colours, {dark} to {bright}", colors.len());
        }
    }

    #[test]
    fn sizes_have_bounds() {
        assert!(draw(&Scene { width: 5000, ..scene("x") }).is_err());
        assert!(draw(&Scene { height: 0, ..scene("x") }).is_err());
    }
}
