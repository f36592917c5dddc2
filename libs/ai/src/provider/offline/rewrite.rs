//! Sections and titles written anew, from the same sentences as whole articles.

use serde_json::json;

use super::{
    Dice,
    content::escape,
    phrases::{BODY, CLOSES, LEADS},
    words::{capitalized, title_case},
};
use crate::shapes::{SectionInput, SectionOutput, TitleOut, TitlesInput, TitlesOutput};

pub(super) fn section(input: &SectionInput) -> SectionOutput {
    let mut dice = Dice::seeded(&serde_json::to_string(input).unwrap_or_default());
    let keyword = subject(&input.keywords, &input.title);
    let fill = |sentence: &str| {
        sentence
            .replace("{k}", &escape(&keyword))
            .replace("{K}", &escape(&capitalized(&keyword)))
            .replace("{p}", &escape(&input.section.to_lowercase()))
            .replace("{P}", &escape(&input.section))
            .replace("{h}", &escape(&input.section))
            .replace("{a}", "readers")
    };
    let mut sentences: Vec<String> =
        dice.shuffled(&LEADS).into_iter().take(1).chain(dice.shuffled(&BODY).into_iter().take(5)).map(fill).collect();
    sentences.extend(dice.shuffled(&CLOSES).into_iter().take(1).map(fill));
    let mut blocks = Vec::new();
    if !input.instructions.trim().is_empty() {
        let note =
            format!("The offline model was asked for this: “{}”. It cannot follow it.", input.instructions.trim());
        blocks.push(json!({ "type": "callout", "tone": "note", "text": escape(&note) }));
    }
    for pair in sentences.chunks(2) {
        blocks.push(json!({ "type": "paragraph", "text": pair.join(" ") }));
    }
    SectionOutput { blocks }
}

pub(super) fn titles(input: &TitlesInput) -> TitlesOutput {
    let keyword = subject(&input.keywords, &input.title);
    let forms = [
        format!("{}: what to know first", capitalized(&keyword)),
        format!("How to go about {keyword}"),
        format!("{}, step by step", capitalized(&keyword)),
        format!("What is {keyword} about?"),
        format!("{} without mistakes", capitalized(&keyword)),
        format!("A short guide to {keyword}"),
        format!("Questions about {keyword}, answered"),
        title_case(&format!("the essentials of {keyword}")),
        format!("Before you begin with {keyword}"),
        format!("{} in practice", capitalized(&keyword)),
    ];
    let known = |title: &String| *title == input.title || input.known.contains(title);
    let titles = forms.into_iter().filter(|title| !known(title)).take(input.count as usize);
    TitlesOutput { titles: titles.map(|title| TitleOut { meta_title: title.clone(), title }).collect() }
}

fn subject(keywords: &[String], title: &str) -> String {
    keywords
        .iter()
        .map(|keyword| keyword.trim().to_lowercase())
        .find(|keyword| !keyword.is_empty())
        .unwrap_or_else(|| title.to_lowercase())
}
