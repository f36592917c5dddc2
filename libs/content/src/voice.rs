//! In whose voice and by which model a content is written, the first time and anew: what the task or the content says,
//! then the strategies.

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use igny8_ai::{
    Router,
    shapes::{Author, Section},
};
use igny8_core::{AuthorProfileId, Ctx, Result, SectorId};
use igny8_thinker::{AuthorProfile, Choice, Thinker};
use igny8_work::{Models, OwnPrompt};

use crate::{Content, Contents, Task, VARIATION, regenerate::SECTION, write::GENERATE_CONTENT};

/// The functions that write in an author's voice: a strategy prefers its model for all of them.
const VOICED: [&str; 3] = [GENERATE_CONTENT.name, SECTION, VARIATION.name];

/// For what it is decided.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Order<'a> {
    sector_id: Option<SectorId>,
    entity_type: &'a str,
    author_profile_id: Option<AuthorProfileId>,
}

impl<'a> From<&'a Task> for Order<'a> {
    fn from(task: &'a Task) -> Self {
        let Task { sector_id, entity_type, author_profile_id, .. } = task;
        Self { sector_id: *sector_id, entity_type, author_profile_id: *author_profile_id }
    }
}

impl<'a> From<&'a Content> for Order<'a> {
    fn from(content: &'a Content) -> Self {
        let Content { sector_id, entity_type, author_profile_id, .. } = content;
        Self { sector_id: *sector_id, entity_type, author_profile_id: *author_profile_id }
    }
}

/// What was decided.
pub(crate) struct Chosen {
    /// The author; none where none was chosen, or it was deleted since.
    pub(crate) author: Option<AuthorProfile>,
    /// The author's language, where they have one.
    pub(crate) language: Option<String>,
    /// Headings that such a text has besides its own outline.
    sections: Vec<String>,
    /// The models, the chosen one first.
    pub(crate) models: Arc<dyn Models>,
}

impl Chosen {
    /// The author, as prompts see them.
    pub(crate) fn voice(&self) -> Option<Author> {
        self.author.as_ref().map(AuthorProfile::for_prompts)
    }

    /// An outline with the sections of the strategy, where it has no such heading yet.
    pub(crate) fn whole(&self, mut outline: Vec<Section>) -> Vec<Section> {
        for heading in &self.sections {
            if !outline.iter().any(|section| section.heading.eq_ignore_ascii_case(heading)) {
                outline.push(Section { heading: heading.clone(), points: Vec::new() });
            }
        }
        outline
    }
}

/// Decides, from the strategies as they are now.
pub(crate) async fn chosen(thinker: &Thinker, ctx: &Ctx, order: Order<'_>, models: &Arc<dyn Models>) -> Result<Chosen> {
    let strategies = thinker.strategies_for(ctx, &[(order.sector_id, order.entity_type)]).await?;
    let told = Choice { author_profile_id: order.author_profile_id, ..Choice::default() };
    let choice = strategies.choice(told, order.sector_id, order.entity_type);
    let author = match choice.author_profile_id {
        Some(id) => thinker.find_profile(ctx, id).await?,
        None => None,
    };
    let language =
        author.as_ref().map(|author| author.profile.language.clone()).filter(|language| !language.is_empty());
    Ok(Chosen {
        author,
        language,
        sections: choice.sections,
        models: match choice.model {
            Some(model) => Arc::new(Preferring { models: Arc::clone(models), model }),
            None => Arc::clone(models),
        },
    })
}

impl Contents {
    /// The authors and reviewers of contents, by their ids; those that were deleted are left out.
    pub async fn people<'a>(
        &self,
        ctx: &Ctx,
        contents: impl IntoIterator<Item = &'a Content>,
    ) -> Result<BTreeMap<AuthorProfileId, AuthorProfile>> {
        let named = |content: &Content| [content.author_profile_id, content.reviewer_profile_id];
        let ids = contents.into_iter().flat_map(named).flatten().collect();
        let found = self.thinker.find_profiles(ctx, &ids).await?;
        Ok(found.into_iter().map(|person| (person.id, person)).collect())
    }
}

/// Models of which a strategy prefers one.
struct Preferring {
    models: Arc<dyn Models>,
    model: String,
}

#[async_trait]
impl Models for Preferring {
    async fn router(&self) -> Result<Router> {
        let router = self.models.router().await?;
        Ok(VOICED.iter().fold(router, |router, function| router.preferring(function, &self.model)))
    }

    async fn prompt(&self, ctx: &Ctx, function: &str, kind: Option<&str>) -> Result<Option<OwnPrompt>> {
        self.models.prompt(ctx, function, kind).await
    }
}
