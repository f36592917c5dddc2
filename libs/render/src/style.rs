//! The style sheet and the icon: one small file each, with the site's colours in it and its hash in the name.

use sha2::{Digest, Sha256};

use crate::{
    art,
    model::Site,
    plan::Plan,
    sink::{CSS, SVG, Sink},
};

const SHEET: &str = include_str!("style.css");

/// The colours that differ between sites; a test holds all of them to WCAG AA.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Palette {
    /// Links and marks on light paper.
    light: &'static str,
    /// Links and marks on dark paper.
    dark: &'static str,
    /// A second colour, for pictures only.
    pop: &'static str,
    /// Stems of industries that the colours suit.
    suits: &'static [&'static str],
}

const PALETTES: &[Palette] = &[
    Palette {
        light: "#2543c4",
        dark: "#a3b6ff",
        pop: "#f2b33d",
        suits: &["tech", "software", "saas", "internet", "telecom", "market"],
    },
    Palette {
        light: "#0b6a6c",
        dark: "#68d3cb",
        pop: "#f08a5d",
        suits: &["health", "medic", "dental", "pharm", "wellness", "clean"],
    },
    Palette {
        light: "#2a6a3a",
        dark: "#8fd6a0",
        pop: "#e9b44c",
        suits: &["garden", "agric", "farm", "outdoor", "environment", "energy", "pet"],
    },
    Palette {
        light: "#ab3d1c",
        dark: "#ff9f7c",
        pop: "#3f8f8b",
        suits: &["food", "restaurant", "cook", "home", "construct", "craft"],
    },
    Palette {
        light: "#82307c",
        dark: "#e7a4e2",
        pop: "#f2a65a",
        suits: &["beauty", "fashion", "wedding", "event", "art", "music"],
    },
    Palette {
        light: "#7d5300",
        dark: "#efc265",
        pop: "#3d6fb6",
        suits: &["travel", "hospitality", "tourism", "hotel", "jewel", "furniture"],
    },
    Palette {
        light: "#ae1f3d",
        dark: "#ff9aa8",
        pop: "#2f7f95",
        suits: &["auto", "car", "sport", "fitness", "game", "entertain"],
    },
    Palette {
        light: "#34506e",
        dark: "#a9c4e0",
        pop: "#d9864a",
        suits: &["financ", "bank", "insur", "law", "legal", "account", "consult", "real estate", "logist"],
    },
];

impl Palette {
    /// The palette that suits the industry, or else one by the site's name: always the same for a site.
    fn of(site: &Site) -> Self {
        let industry = site.industry.as_deref().unwrap_or_default().to_lowercase();
        let suits = |palette: &&Self| {
            palette.suits.iter().any(|stem| {
                industry.match_indices(stem).any(|(at, _)| {
                    // At the start of a word: "art" is not in "department".
                    industry[..at].chars().next_back().is_none_or(|before| !before.is_alphanumeric())
                })
            })
        };
        let by_name = || {
            let first = Sha256::digest(site.name.as_bytes()).first().copied().unwrap_or_default();
            PALETTES.get(usize::from(first) % PALETTES.len())
        };
        PALETTES.iter().find(suits).or_else(by_name).copied().unwrap_or(PALETTES[0])
    }
}

/// Files that every page names, with their content.
pub(crate) struct Assets {
    /// The root-relative address of the style sheet.
    pub style: String,
    /// The root-relative address of the icon.
    pub icon: String,
    css: String,
    svg: String,
}

impl Assets {
    pub fn new(site: &Site) -> Self {
        let Palette { light, dark, pop, .. } = Palette::of(site);
        let css = minify(SHEET).replace("$light", light).replace("$dark", dark).replace("$pop", pop);
        let svg = art::icon(&site.name, light, pop);
        Self {
            style: format!("/assets/style.{}.css", hash(&css)),
            icon: format!("/assets/icon.{}.svg", hash(&svg)),
            css,
            svg,
        }
    }
}

pub(crate) fn write(plan: &Plan<'_>, sink: &mut dyn Sink) {
    let Assets { style, icon, css, svg } = &plan.assets;
    sink.put(style.trim_start_matches('/'), CSS, css.clone().into_bytes());
    sink.put(icon.trim_start_matches('/'), SVG, svg.clone().into_bytes());
}

/// The first 48 bits of the SHA-256 of a text: enough to name the versions of one file apart.
fn hash(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes()).iter().take(6).fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

/// Our own sheet without comments, indentation and line feeds; it has no text in which those matter.
fn minify(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    let lines: String = out.lines().map(str::trim).collect();
    lines.replace(": ", ":").replace(" {", "{").replace(", ", ",").replace(";}", "}")
}

#[cfg(test)]
mod tests {
    use super::{Assets, PALETTES, Palette};
    use crate::Site;

    /// The relative luminance of `#rrggbb` (WCAG 2.2).
    fn luminance(color: &str) -> f64 {
        let channel = |at| {
            let value = f64::from(u8::from_str_radix(&color[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
    }

    fn contrast(a: &str, b: &str) -> f64 {
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// The value of a custom property in the nth `:root` of the sheet.
    fn variable<'a>(css: &'a str, scheme: usize, name: &str) -> &'a str {
        let root = css.split(":root{").nth(scheme + 1).unwrap().split('}').next().unwrap();
        let value = root.split(';').find_map(|rule| rule.strip_prefix(&format!("--{name}:")));
        value.unwrap_or_else(|| panic!("no --{name} in {root}"))
    }

    #[test]
    fn every_text_colour_meets_wcag_aa_in_every_palette() {
        assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
        for palette in PALETTES {
            let css = super::minify(super::SHEET).replace("$light", palette.light).replace("$dark", palette.dark);
            for scheme in 0..2 {
                for ink in ["ink", "soft", "accent"] {
                    for paper in ["paper", "panel"] {
                        let (ink, paper) = (variable(&css, scheme, ink), variable(&css, scheme, paper));
                        let ratio = contrast(ink, paper);
                        assert!(ratio >= 4.5, "{ink} on {paper}: {ratio:.2} ({palette:?})");
                    }
                }
                // Text on the accent: the skip link and selected text.
                let ratio = contrast(variable(&css, scheme, "paper"), variable(&css, scheme, "accent"));
                assert!(ratio >= 4.5, "paper on accent: {ratio:.2}");
            }
        }
    }

    #[test]
    fn the_sheet_is_small_and_whole() {
        let css = Assets::new(&Site::default()).css;
        assert!(css.len() < 12 * 1024, "{} bytes", css.len());
        assert_eq!(css.matches('{').count(), css.matches('}').count());
        assert!(!css.contains('$') && !css.contains("/*") && !css.contains('\n'));
    }

    #[test]
    fn industries_choose_colours() {
        let palette =
            |industry: &str| Palette::of(&Site { industry: Some(industry.to_owned()), ..Site::default() }).light;
        assert_eq!(palette("Automotive"), "#ae1f3d");
        assert_eq!(palette("Health & Wellness"), "#0b6a6c");
        assert_eq!(palette("Department of nothing"), palette("something else"));
    }
}
