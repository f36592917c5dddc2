//! From the answer of a language model to the data of a kind: only what a model can know is taken over.
//!
//! A price, a number, a rating or an area that a model states is made up, whatever it was asked for, so it is not even
//! looked at: these fields stay empty for a person (see [`StructureData::missing`]).

use serde_json::Value;

use super::{
    HowTo, PageAction, PageData, PageKind, PostData, ProductData, ServiceData, Spec, StructureData, StructureStep,
    TaxonomyData, TermKind,
    check::{MOST_SPECS, MOST_STEPS, MOST_THINGS},
};

impl StructureData {
    /// Reads the `structure_data` of a model's answer. It forgives: what cannot be used is left out, and anything but an
    /// object gives the kind's empty data.
    ///
    /// What a model may say: of a post its section and its instructions, of a page its kind and the words of its link, of
    /// a product which properties matter (without their values), of a service its kind and its steps, of a term what it
    /// covers.
    pub fn from_model(entity_type: &str, structure: &str, answer: &Value) -> Self {
        let mut data = Self::empty(entity_type, structure);
        match &mut data {
            Self::Post(PostData { section, how_to, .. }) => {
                *section = text(&answer["section"], 100);
                *how_to = instructions(&answer["how_to"]);
            }
            Self::Page(PageData { page_kind, action, .. }) => {
                if *page_kind == PageKind::Other
                    && let Ok(kind) = serde_json::from_value(answer["page_kind"].clone())
                {
                    *page_kind = kind;
                }
                *action = text(&answer["action_label"], 60).map(|label| PageAction { label, url: None });
            }
            Self::Product(ProductData { specs, .. }) => {
                let names = texts(&answer["spec_names"], 100, MOST_SPECS);
                *specs = names.into_iter().map(|name| Spec { name, value: String::new() }).collect();
            }
            Self::Service(ServiceData { service_type, steps, .. }) => {
                *service_type = text(&answer["service_type"], 100);
                *steps = steps_of(&answer["steps"]);
            }
            Self::Taxonomy(TaxonomyData { description, .. }) => *description = text(&answer["description"], 1_000),
        }
        data.tidy();
        data
    }
}

/// The kind of a page by its structure.
pub(super) fn page_kind(structure: &str) -> PageKind {
    match structure {
        "landing_page" => PageKind::Landing,
        "cluster_hub" => PageKind::Hub,
        _ => PageKind::Other,
    }
}

/// The kind of a term by its structure.
pub(super) fn term_kind(structure: &str) -> TermKind {
    match structure {
        "tag_archive" => TermKind::Tag,
        "attribute_archive" => TermKind::Attribute,
        _ => TermKind::Category,
    }
}

/// Instructions of at least two steps; fewer are none.
fn instructions(value: &Value) -> Option<HowTo> {
    let steps = steps_of(&value["steps"]);
    (steps.len() > 1).then(|| HowTo {
        total_minutes: None,
        supplies: texts(&value["supplies"], 200, MOST_THINGS),
        tools: texts(&value["tools"], 200, MOST_THINGS),
        steps,
    })
}

fn steps_of(value: &Value) -> Vec<StructureStep> {
    let step = |value: &Value| {
        let text_of = text(&value["text"], 1_000).unwrap_or_default();
        // A bare text is a step, too.
        let name = text(&value["name"], 200).or_else(|| text(value, 200))?;
        Some(StructureStep { name, text: text_of })
    };
    value.as_array().map(|all| all.iter().filter_map(step).take(MOST_STEPS).collect()).unwrap_or_default()
}

fn texts(value: &Value, longest: usize, most: usize) -> Vec<String> {
    let texts = value.as_array().into_iter().flatten().filter_map(|one| text(one, longest));
    let mut kept: Vec<String> = Vec::new();
    for text in texts {
        if !kept.contains(&text) && kept.len() < most {
            kept.push(text);
        }
    }
    kept
}

/// Plain text on one line, cut at a length; markup, which a model may use by habit, is read away.
fn text(value: &Value, longest: usize) -> Option<String> {
    let plain = crate::inline::Inline::read(value.as_str()?).plain_line();
    let cut: String = plain.chars().take(longest).collect();
    Some(cut.trim().to_owned()).filter(|text| !text.is_empty())
}
