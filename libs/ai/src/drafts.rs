//! Drafts: a wish in plain words becomes something to edit. The shapes of question and answers.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::shapes::{STRUCTURES, list, number, object, one_of, text, text_or_nothing};

/// Input of `draft_prompt`, `draft_persona` and `draft_strategy`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DraftInput {
    /// What somebody asked for, in plain words.
    pub wish: String,
    /// BCP 47 tag of the language to answer in, as `en`.
    #[serde(default)]
    pub language: String,
    /// The kind of content, where one was chosen.
    #[serde(default)]
    pub entity_type: String,
    /// The present template of the prompt; empty for the other drafts.
    #[serde(default)]
    pub text: String,
    /// The variables that the template may use.
    #[serde(default)]
    pub variables: Vec<Value>,
}

/// Output of `draft_prompt`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PromptDraft {
    /// The whole template.
    pub text: String,
    /// What was changed, in a sentence.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub note: String,
}

/// Output of `draft_persona`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonaDraft {
    /// A name, or a role.
    pub name: String,
    /// Their work, in a few words; may be empty.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub job_title: String,
    /// Who that is and how they see things.
    pub persona: String,
    /// How they write.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub tone: String,
    /// For readers.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub bio: String,
}

/// Output of `draft_strategy`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrategyDraft {
    /// A short name.
    pub name: String,
    /// One of [`STRUCTURES`].
    pub structure: String,
    /// Headings that every such text should have.
    #[serde(default)]
    pub sections: Vec<String>,
    /// How many words.
    #[serde(default, deserialize_with = "number")]
    pub words: u32,
}

/// The schema of [`PromptDraft`].
pub fn prompt_schema() -> Value {
    object(&[("text", text("The whole template.")), ("note", text("What was changed, in a sentence."))])
}

/// The schema of [`PersonaDraft`].
pub fn persona_schema() -> Value {
    object(&[
        ("name", text("A name, or a role.")),
        ("job_title", text("Their work, in a few words; may be empty.")),
        ("persona", text("Who that is and how they see things.")),
        ("tone", text("How they write.")),
        ("bio", text("One or two sentences for readers.")),
    ])
}

/// The schema of [`StrategyDraft`].
pub fn strategy_schema() -> Value {
    object(&[
        ("name", text("Two to five words.")),
        ("structure", one_of(&STRUCTURES)),
        ("sections", list(text("A heading."))),
        ("words", json!({ "type": "integer", "description": "How many words." })),
    ])
}
