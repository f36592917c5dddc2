//! Variables to try a prompt with: what previews and the checks of a template fill in.

use serde_json::{Value, json};

use crate::{
    drafts::DraftInput,
    image::shapes::{ImagePromptsInput, ImageSection},
    shapes::{
        Author, ClusterInfo, ClusterInput, ContentInput, ExistingCluster, IdeasInput, KeywordIn, ReparseInput, Section,
        SectionInput, SiteInfo, TitlesInput,
    },
};

/// A site for samples and golden runs.
pub(crate) fn site() -> SiteInfo {
    SiteInfo { site_name: "Bay Street Garage".into(), industry: "Car repair".into(), locale: "en-US".into() }
}

pub(crate) fn sections(list: &[(&str, &[&str])]) -> Vec<Section> {
    let section = |(heading, points): &(&str, &[&str])| Section {
        heading: (*heading).to_owned(),
        points: points.iter().map(|point| (*point).to_owned()).collect(),
    };
    list.iter().map(section).collect()
}

pub(crate) fn numbered(keywords: &[&str]) -> Vec<KeywordIn> {
    let one = |(n, keyword): (usize, &&str)| KeywordIn {
        id_no: n as u32 + 1,
        keyword: (*keyword).to_owned(),
        volume: Some(100 * (n as u64 + 1)),
        ..KeywordIn::default()
    };
    keywords.iter().enumerate().map(one).collect()
}

pub(super) fn cluster_sample() -> Value {
    let existing =
        ExistingCluster { name: "Oil Change".into(), description: Some("When and how to change oil.".into()) };
    let keywords = numbered(&["brake pads", "best brake pads", "change brake pads", "oil change cost"]);
    json!(ClusterInput { site: site(), keywords, existing_clusters: vec![existing] })
}

pub(super) fn ideas_sample() -> Value {
    let keywords = ["brake pads", "when to change brake pads"].map(str::to_owned).to_vec();
    let cluster = ClusterInfo { name: "Brake Pads".into(), description: "Wear, choice and change.".into(), keywords };
    json!(IdeasInput { site: site(), cluster, existing_titles: vec!["Brake Fluid Basics".into()], count: 2 })
}

fn author() -> Author {
    Author { name: "Ana Ruiz".into(), persona: "Mechanic for twenty years".into(), tone: "calm".into() }
}

pub(crate) fn content_sample() -> Value {
    json!(ContentInput {
        site: site(),
        title: "When to Change Brake Pads".into(),
        structure: "guide".into(),
        entity_type: "post".into(),
        audience: "Drivers who hear a noise".into(),
        angle: "A check for each sign, in the order in which they show.".into(),
        outline: sections(&[
            ("Signs of wear", &["noise", "longer way to a stop"]),
            ("How to measure a pad", &["through the wheel", "with the wheel off"]),
            ("What to do next", &["drive on or not", "questions for the workshop"]),
        ]),
        keywords: ["brake pads", "worn brake pads"].map(str::to_owned).to_vec(),
        language: "en".into(),
        estimated_words: 900,
        author: Some(author()),
        ..ContentInput::default()
    })
}

pub(super) fn reparse_sample() -> Value {
    let text = "<h2>Signs of wear</h2><p>A squeal is the first sign.</p>".to_owned();
    json!(ReparseInput { title: "When to Change Brake Pads".into(), text, language: "en".into() })
}

pub(super) fn section_sample() -> Value {
    json!(SectionInput {
        title: "When to Change Brake Pads".into(),
        keywords: vec!["brake pads".into()],
        outline: ["Signs of wear", "How to measure a pad"].map(str::to_owned).to_vec(),
        section: "Signs of wear".into(),
        level: 2,
        text: "A squeal is the first sign. Later the way to a stop is longer.".into(),
        instructions: "Shorter, for beginners.".into(),
        language: "en".into(),
        author: Some(author()),
        ..SectionInput::default()
    })
}

pub(super) fn titles_sample() -> Value {
    json!(TitlesInput {
        title: "When to Change Brake Pads".into(),
        keywords: vec!["brake pads".into()],
        outline: ["Signs of wear", "How to measure a pad"].map(str::to_owned).to_vec(),
        excerpt: "A squeal is the first sign.".into(),
        known: vec!["Worn Brake Pads: The Signs".into()],
        count: 3,
        language: "en".into(),
        author: Some(author()),
    })
}

pub(super) fn images_sample() -> Value {
    let sections =
        [("Signs of wear", "A squeal is the first sign."), ("How to measure a pad", "Look through the wheel.")];
    let section = |(no, (heading, text)): (u32, (&str, &str))| ImageSection {
        no,
        heading: heading.to_owned(),
        text: text.to_owned(),
    };
    json!(ImagePromptsInput {
        site: site(),
        title: "When to Change Brake Pads".into(),
        excerpt: "How to see that pads are worn.".into(),
        keywords: vec!["brake pads".into()],
        language: "en".into(),
        sections: (1..).zip(sections).map(section).collect(),
        most: 1,
    })
}

pub(super) fn draft_sample() -> Value {
    json!(DraftInput {
        wish: "A patient mechanic who explains with everyday comparisons.".into(),
        language: "en".into(),
        entity_type: "post".into(),
        text: "Write about {{ title }}.".into(),
        variables: vec![json!({ "name": "title", "kind": "text", "meaning": "The title.", "required": true })],
    })
}
