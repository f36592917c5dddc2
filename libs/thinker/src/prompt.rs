//! Prompts as they are kept and shown: a row for what is live, one for each version, one for each question of a golden run.

use igny8_ai::{
    catalog::{Spec, Variable},
    golden::{self, Check},
};
use igny8_core::{JobId, Timestamp, UserId};
use igny8_table::{Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Which version of a prompt is live; without a row, the default is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PromptRow {
    pub name: String,
    /// None: the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<u32>,
    /// The newest version.
    pub newest: u32,
    pub updated_at: Timestamp,
    pub version: u64,
}

impl PromptRow {
    pub(crate) fn key_of(keys: &Keys, name: &str) -> Key {
        keys.row(Self::KIND, name)
    }
}

impl Entity for PromptRow {
    const KIND: &'static str = "PROMPT";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, &self.name)
    }
}

/// A version of a prompt, without its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PromptVersion {
    /// The prompt.
    pub name: String,
    /// Its number, from 1.
    pub number: u32,
    /// Why it was made, in the words of who made it.
    pub note: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// Who made it, where a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
}

/// A version as it is stored: a short text in the row, a long one as an object.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredVersion {
    #[serde(flatten)]
    pub version: PromptVersion,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_key: Option<String>,
}

impl StoredVersion {
    pub(crate) fn partition(keys: &Keys, name: &str) -> String {
        keys.child_partition(PromptRow::KIND, name, "VERSION")
    }

    pub(crate) fn key_of(keys: &Keys, name: &str, number: u32) -> Key {
        Key { pk: Self::partition(keys, name), sk: format!("{number:05}") }
    }
}

impl Entity for StoredVersion {
    const KIND: &'static str = "PROMPT_VERSION";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, &self.version.name, self.version.number)
    }
}

/// What a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CheckView {
    /// What was looked at.
    pub name: String,
    /// Whether the version's answer is good.
    pub passed: bool,
    /// Whether the answer of the prompt that is live is good.
    pub live_passed: bool,
}

/// A question of the golden set, asked with a version and with what was live then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CaseResult {
    /// The prompt.
    pub name: String,
    /// The version.
    pub number: u32,
    /// The question.
    pub case: String,
    /// What was live then; none is the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live: Option<u32>,
    /// What was looked at.
    pub checks: Vec<CheckView>,
    /// Whether the version did worse.
    pub worse: bool,
    /// The model that answered.
    pub model: String,
    /// The job.
    pub job_id: JobId,
    /// When.
    pub at: Timestamp,
}

impl CaseResult {
    pub(crate) fn partition(keys: &Keys, name: &str) -> String {
        keys.child_partition(PromptRow::KIND, name, "CASE")
    }

    /// Both answers side by side.
    pub(crate) fn compare(new: &[Check], live: &[Check]) -> (Vec<CheckView>, bool) {
        let of_live = |name: &str| live.iter().any(|check| check.name == name && check.passed);
        let view = |check: &Check| CheckView {
            name: check.name.clone(),
            passed: check.passed,
            live_passed: of_live(&check.name),
        };
        (new.iter().map(view).collect(), golden::is_worse(new, live))
    }
}

impl Entity for CaseResult {
    const KIND: &'static str = "PROMPT_CASE";

    fn key(&self, keys: &Keys) -> Key {
        Key { pk: Self::partition(keys, &self.name), sk: format!("{:05}#{}", self.number, self.case) }
    }
}

/// What a golden run says of a version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GoldenStatus {
    /// Not every question was asked, or another prompt has gone live since.
    Unchecked,
    /// It does worse than what is live.
    Worse,
    /// It does not do worse.
    Good,
}

/// The golden run of a version against what is live now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct GoldenRun {
    /// What it says.
    pub status: GoldenStatus,
    /// The questions that were asked.
    pub cases: Vec<CaseResult>,
}

impl GoldenRun {
    /// From the results that are there: they count when every question was asked against what is live now.
    pub(crate) fn of(spec: &Spec, live: Option<u32>, mut cases: Vec<CaseResult>) -> Self {
        let known: Vec<&str> = golden::cases(spec).iter().map(|case| case.name).collect();
        cases.retain(|one| one.live == live && known.contains(&one.case.as_str()));
        let status = if cases.len() < known.len() {
            GoldenStatus::Unchecked
        } else if cases.iter().any(|one| one.worse) {
            GoldenStatus::Worse
        } else {
            GoldenStatus::Good
        };
        Self { status, cases }
    }

    /// The first thing that got worse.
    pub(crate) fn first_loss(&self) -> Option<String> {
        let case = self.cases.iter().find(|case| case.worse)?;
        let check = case.checks.iter().find(|check| check.live_passed && !check.passed)?;
        Some(format!("“{}” fails on the question “{}”", check.name, case.case))
    }
}

/// A version with its text and its golden run.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PromptVersionView {
    /// The version.
    #[serde(flatten)]
    pub version: PromptVersion,
    /// Its text.
    pub text: String,
    /// Whether it is live.
    pub live: bool,
    /// How it does on the golden set.
    pub golden: GoldenRun,
}

/// A variable of a prompt, for who edits it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct VariableView {
    /// Its name.
    pub name: String,
    /// text, number, list or object.
    pub kind: String,
    /// What it means.
    pub meaning: String,
    /// Whether a template must use it.
    pub required: bool,
    /// An example.
    pub example: Value,
}

impl VariableView {
    pub(crate) fn of(variable: &Variable, sample: &Value) -> Self {
        Self {
            name: variable.name.to_owned(),
            kind: variable.kind.to_owned(),
            meaning: variable.meaning.to_owned(),
            required: variable.required,
            example: sample[variable.name].clone(),
        }
    }
}

/// A prompt in the list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PromptSummary {
    /// Its name, as `generate_content.post`.
    pub name: String,
    /// The AI function.
    pub function: String,
    /// Its name for people.
    pub title: String,
    /// What it does.
    pub about: String,
    /// Which version is live; none is the default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub live: Option<u32>,
    /// The newest version; 0 when there is none.
    pub newest: u32,
    /// What one answer costs, in credits.
    pub credits: i64,
    /// When it was last changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Timestamp>,
    /// Grows with every change; `If-Match` takes it. 0 when nothing was changed yet.
    pub version: u64,
}

impl PromptSummary {
    pub(crate) fn of(spec: &Spec, row: Option<&PromptRow>) -> Self {
        Self {
            name: spec.name.to_owned(),
            function: spec.function.to_owned(),
            title: spec.title.to_owned(),
            about: spec.about.to_owned(),
            live: row.and_then(|row| row.live),
            newest: row.map_or(0, |row| row.newest),
            credits: spec.credits,
            updated_at: row.map(|row| row.updated_at),
            version: row.map_or(0, |row| row.version),
        }
    }
}

/// A prompt with all that is needed to edit it.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct PromptDetail {
    /// The prompt.
    #[serde(flatten)]
    pub prompt: PromptSummary,
    /// The text that is live.
    pub text: String,
    /// The default.
    pub default_text: String,
    /// The names that it may use.
    pub variables: Vec<VariableView>,
    /// Names that must stand in the JSON of the answer that it asks for.
    pub answer_keys: Vec<String>,
    /// How many questions the golden set has.
    pub golden_cases: usize,
}

/// A new text of a prompt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PromptUpdate {
    /// The whole template.
    pub text: String,
    /// Why, at most 200 characters.
    #[serde(default)]
    pub note: String,
}
