//! Prompts for pictures: one for the article and one for every other section, from their own words.

use super::{Dice, words::topical};
use crate::image::shapes::{ImagePrompt, ImagePromptsInput, ImagePromptsOutput, PlacedPrompt};

const STYLES: [&str; 4] = [
    "Natural light, shallow depth of field, calm colours.",
    "Flat illustration with soft shapes and few colours.",
    "Bright documentary photograph, seen at eye level.",
    "Paper-cut collage with gentle shadows.",
];

/// The most words of a topic.
const WORDS: usize = 6;

pub(super) fn answer(input: &ImagePromptsInput) -> ImagePromptsOutput {
    let style = STYLES[Dice::seeded(&input.title).below(STYLES.len())];
    let subject = input.keywords.first().unwrap_or(&input.title);
    // Every other section, so that text and pictures take turns.
    let images = input
        .sections
        .iter()
        .filter(|section| !topical(&section.heading).is_empty())
        .step_by(2)
        .take(input.most as usize)
        .map(|section| PlacedPrompt {
            prompt: format!("{}, as part of {}. No text. {style}", topic(&section.heading), topic(subject)),
            alt: alt(&section.heading),
            section: section.no,
        })
        .collect();
    ImagePromptsOutput {
        featured: ImagePrompt { prompt: format!("{}. No text. {style}", topic(&input.title)), alt: alt(&input.title) },
        images,
    }
}

fn topic(text: &str) -> String {
    topical(text).into_iter().take(WORDS).collect::<Vec<_>>().join(" ")
}

/// What the offline model draws is abstract, and its description says no more.
fn alt(text: &str) -> String {
    let short: String = text.trim().chars().take(90).collect();
    format!("Abstract shapes in soft colours for “{}”", short.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::image::shapes::{ImageSection, check_alt};

    #[test]
    fn every_picture_has_a_prompt_an_alt_text_and_a_section_of_its_own() {
        let section = |no: u32| ImageSection { no, heading: format!("Choosing pads {no}"), text: String::new() };
        let input = ImagePromptsInput {
            title: "When to change brake pads".into(),
            sections: (1..=9).map(section).collect(),
            most: 3,
            ..Default::default()
        };
        let output = answer(&input);
        assert_eq!(output.images.iter().map(|image| image.section).collect::<Vec<_>>(), [1, 3, 5]);
        for alt in output.images.iter().map(|image| &image.alt).chain([&output.featured.alt]) {
            assert!(check_alt(alt).is_ok() && alt.chars().count() <= 140, "{alt}");
        }
        assert!(output.featured.prompt.contains("brake pads"));
    }
}
