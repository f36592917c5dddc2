//! A strategy: how content of a sector and kind is to be. Which one counts is decided here, without reading anything.

use igny8_ai::shapes::{ENTITY_TYPES, STRUCTURES};
use igny8_core::{AuthorProfileId, Ctx, Error, Result, SectorId, SiteId, StrategyId, Timestamp, UserId};
use igny8_table::{Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::line;

/// A strategy. There is at most one for each sector and kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Strategy {
    /// Its id.
    pub id: StrategyId,
    /// What it says.
    #[serde(flatten)]
    pub strategy: StrategyInput,
    /// The site of its sector, where it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site_id: Option<SiteId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Who made it, where a person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_by: Option<UserId>,
    /// Grows with every change; `If-Match` takes it.
    pub version: u64,
}

/// What a strategy says. What is left out is decided by the next wider one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StrategyInput {
    /// Its name, 1 to 100 characters.
    pub name: String,
    /// The sector that it is for; all without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector_id: Option<SectorId>,
    /// post, page, product, service or taxonomy; all without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_type: Option<String>,
    /// One of the 14 structures.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub structure: Option<String>,
    /// Headings that such a text has besides its own outline; at most 6 of 100 characters.
    #[serde(default)]
    pub sections: Vec<String>,
    /// How many words, 200 to 5,000.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<u32>,
    /// The model, one of those that the operator has set up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// In whose voice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_profile_id: Option<AuthorProfileId>,
}

impl StrategyInput {
    pub(crate) fn checked(mut self) -> Result<Self> {
        self.name = line("name", &self.name, 1, 100)?;
        known("entity_type", self.entity_type.as_deref(), &ENTITY_TYPES)?;
        known("structure", self.structure.as_deref(), &STRUCTURES)?;
        if self.words.is_some_and(|words| !(200..=5_000).contains(&words)) {
            return Err(Error::invalid("words", "must be from 200 to 5000"));
        }
        if self.sections.len() > 6 {
            return Err(Error::invalid("sections", "has at most 6 headings"));
        }
        for (n, section) in self.sections.iter_mut().enumerate() {
            *section = line(&format!("sections[{n}]"), section, 1, 100)?;
        }
        if let Some(model) = &mut self.model {
            *model = line("model", model, 1, 100)?;
        }
        Ok(self)
    }
}

fn known(field: &str, value: Option<&str>, all: &[&str]) -> Result<()> {
    match value {
        Some(value) if !all.contains(&value) => {
            Err(Error::invalid(field, format!("must be one of {}", all.join(", "))))
        }
        _ => Ok(()),
    }
}

impl Strategy {
    /// The id of the strategy for a sector and a kind: so there is one of each at most, and it is found without a list.
    pub(crate) fn id_of(ctx: &Ctx, sector: Option<SectorId>, kind: Option<&str>) -> StrategyId {
        let sector = sector.map(|sector| sector.to_string());
        let parts = [ctx.tenant.to_string(), sector.unwrap_or_default(), kind.unwrap_or_default().to_owned()];
        StrategyId::derived(0, &parts.each_ref().map(String::as_str))
    }

    pub(crate) fn key_of(keys: &Keys, id: StrategyId) -> Key {
        keys.row(Self::KIND, id)
    }
}

impl Entity for Strategy {
    const KIND: &'static str = "STRATEGY";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}

/// What is decided for a content; by a task, or by strategies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Choice {
    /// One of the 14 structures.
    pub structure: Option<String>,
    /// Headings besides the outline.
    pub sections: Vec<String>,
    /// How many words.
    pub words: Option<u32>,
    /// The model.
    pub model: Option<String>,
    /// In whose voice.
    pub author_profile_id: Option<AuthorProfileId>,
}

/// What counts: what the task says, then the strategy of its sector and kind, of its sector, of its kind, of the tenant.
/// Each field goes by itself: what one leaves out, the next decides.
pub fn resolve(
    task: Choice,
    sector_and_kind: Option<&Strategy>,
    sector: Option<&Strategy>,
    kind: Option<&Strategy>,
    all: Option<&Strategy>,
) -> Choice {
    let mut choice = task;
    for Strategy { strategy, .. } in [sector_and_kind, sector, kind, all].into_iter().flatten() {
        choice.structure = choice.structure.or_else(|| strategy.structure.clone());
        choice.words = choice.words.or(strategy.words);
        choice.model = choice.model.or_else(|| strategy.model.clone());
        choice.author_profile_id = choice.author_profile_id.or(strategy.author_profile_id);
        if choice.sections.is_empty() {
            choice.sections.clone_from(&strategy.sections);
        }
    }
    choice
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strategy(structure: Option<&str>, words: Option<u32>, sections: &[&str]) -> Strategy {
        let strategy = StrategyInput {
            name: "x".into(),
            structure: structure.map(str::to_owned),
            words,
            sections: sections.iter().map(|one| (*one).to_owned()).collect(),
            ..StrategyInput::default()
        };
        let at = Timestamp::from_millis(0);
        Strategy {
            id: StrategyId::derived(0, &[]),
            strategy,
            site_id: None,
            created_at: at,
            updated_at: at,
            created_by: None,
            version: 1,
        }
    }

    #[test]
    fn the_narrower_decides_and_each_field_goes_by_itself() {
        let both = strategy(Some("guide"), None, &[]);
        let sector = strategy(Some("review"), Some(800), &[]);
        let kind = strategy(None, Some(900), &["Costs"]);
        let all = strategy(Some("article"), Some(1_000), &["Questions"]);
        let choice = resolve(Choice::default(), Some(&both), Some(&sector), Some(&kind), Some(&all));
        assert_eq!(
            (choice.structure.as_deref(), choice.words, choice.sections),
            (Some("guide"), Some(800), vec!["Costs".to_owned()])
        );
        let task = Choice { structure: Some("listicle".into()), words: Some(500), ..Choice::default() };
        let choice = resolve(task, Some(&both), Some(&sector), None, Some(&all));
        assert_eq!(
            (choice.structure.as_deref(), choice.words, choice.sections),
            (Some("listicle"), Some(500), vec!["Questions".to_owned()])
        );
        assert_eq!(resolve(Choice::default(), None, None, None, None), Choice::default());
        assert_eq!(resolve(Choice::default(), None, None, Some(&kind), Some(&all)).words, Some(900));
    }

    #[test]
    fn what_it_says_is_checked_by_field() {
        let good = StrategyInput { name: " A  plan ".into(), words: Some(900), ..StrategyInput::default() };
        assert_eq!(good.clone().checked().unwrap().name, "A plan");
        let field = |input: StrategyInput| input.checked().unwrap_err().fields()[0].field.clone();
        assert_eq!(field(StrategyInput { words: Some(9), ..good.clone() }), "words");
        assert_eq!(field(StrategyInput { entity_type: Some("song".into()), ..good.clone() }), "entity_type");
        assert_eq!(field(StrategyInput { structure: Some("song".into()), ..good.clone() }), "structure");
        assert_eq!(field(StrategyInput { sections: vec![String::new()], ..good }), "sections[0]");
    }
}
