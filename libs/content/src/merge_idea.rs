//! Merging an idea into its rival, instead of writing a second page that would compete with it; and taking that back.

use igny8_core::{Ctx, Error, ErrorKind, IdeaId, Result, TaskId};
use igny8_planning::{
    Gift, MergedInto, Rival, RivalKind,
    entity::{ContentIdea, IdeaStatus},
};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Keys, TableError, Update};

use crate::{Content, ContentStatus, Contents, Task};

/// The most keywords of a content, with those of ideas.
const MOST_KEYWORDS: usize = 50;

/// What an idea is merged into, as it is now: an idea that became a task, or a task that was written, is what it became.
enum Target {
    Idea(Box<ContentIdea>),
    Task(Box<Task>),
    Content(Box<Content>),
}

impl Contents {
    /// Merges an idea into the rival that its verdict names: an idea or a task gets its keywords and its outline, a
    /// content its keywords. All in one write.
    ///
    /// Errors: unknown idea (404), another rival by now, an idea that a task has, a rival that is gone or that is being
    /// written at this moment (409), a rival that would become too large (422).
    pub async fn merge_idea(&self, ctx: &Ctx, id: IdeaId, rival_id: &str) -> Result<ContentIdea> {
        let before = self.planning.idea(ctx, id).await?;
        if !is_open(&before) {
            return Err(Error::conflict("A task has this idea already, or it was rejected. Load it again."));
        }
        let rival = before.verdict.as_ref().map(|verdict| &verdict.rival).filter(|rival| rival.id == rival_id);
        let rival =
            rival.ok_or_else(|| Error::conflict("The gate names another rival by now. Load the idea again."))?;
        let mut target = self.target(ctx, rival).await?;
        let gave = target.give(&before)?;
        let merged = MergedInto { rival: target.rival(), was: before.status, gave };
        let mut idea = before.clone();
        idea.status = IdeaStatus::Rejected;
        idea.merged_into = Some(merged);
        self.write_merge(ctx, &before, idea, Some(&target), "idea.merged").await
    }

    /// Takes the merge of an idea back. From a rival that is gone or written by now nothing is taken.
    ///
    /// Errors: unknown idea (404), one that is not merged (409).
    pub async fn unmerge_idea(&self, ctx: &Ctx, id: IdeaId) -> Result<ContentIdea> {
        let before = self.planning.idea(ctx, id).await?;
        let merged = before.merged_into.as_ref();
        let merged = merged.ok_or_else(|| Error::conflict("This idea is not merged into anything. Load it again."))?;
        // Only where it was put: what has become of that since is another matter.
        let mut target = match self.target(ctx, &merged.rival).await {
            Ok(target) => (target.rival().id == merged.rival.id).then_some(target),
            Err(error) if error.kind() == ErrorKind::Conflict => None,
            Err(error) => return Err(error),
        };
        if let Some(target) = &mut target {
            target.take_back(&merged.gave);
        }
        let mut idea = before.clone();
        idea.status = merged.was;
        idea.merged_into = None;
        self.write_merge(ctx, &before, idea, target.as_ref(), "idea.unmerged").await
    }

    /// The idea and its rival in one write, each as it was read.
    async fn write_merge(
        &self,
        ctx: &Ctx,
        before: &ContentIdea,
        mut idea: ContentIdea,
        target: Option<&Target>,
        deed: &str,
    ) -> Result<ContentIdea> {
        let keys = Keys::new(ctx);
        idea.updated_at = ctx.now();
        idea.version += 1;
        let mut effects = Effects::new();
        effects.replace("idea", &keys, &idea, before.version)?;
        if let Some(target) = target {
            target.write(ctx, &keys, &mut effects)?;
        }
        audit(ctx, &mut effects, deed, format!("idea:{}", idea.id))?;
        remember_answer(ctx, &mut effects, 200, &idea)?;
        self.table.transact("content.merge_idea", effects).await.map_err(|error| {
            if error.failed("idea") || error.failed("rival") {
                Error::conflict("The idea or its rival has changed at this moment. Load the idea again.")
            } else {
                error.into()
            }
        })?;
        Ok(idea)
    }

    async fn target(&self, ctx: &Ctx, rival: &Rival) -> Result<Target> {
        let found = match rival.kind {
            RivalKind::Idea => {
                let idea = self.planning.idea(ctx, rival.id.parse().map_err(Error::internal)?).await;
                match idea {
                    Ok(ContentIdea { task_id: Some(task), .. }) => self.task_target(ctx, task).await,
                    Ok(idea) if !is_open(&idea) => {
                        return Err(Error::conflict(format!("“{}” was rejected meanwhile.", idea.title)));
                    }
                    other => other.map(|idea| Target::Idea(Box::new(idea))),
                }
            }
            RivalKind::Task => self.task_target(ctx, rival.id.parse().map_err(Error::internal)?).await,
            RivalKind::Page | RivalKind::Draft => {
                let content = self.content(ctx, rival.id.parse().map_err(Error::internal)?).await;
                content.map(|content| Target::Content(Box::new(content)))
            }
        };
        found.map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::conflict("Its rival is gone meanwhile, so nothing competes with it there."),
            _ => error,
        })
    }

    async fn task_target(&self, ctx: &Ctx, task: TaskId) -> Result<Target> {
        let task = self.task(ctx, task).await?;
        if let Some(content) = task.content_id {
            return self.content(ctx, content).await.map(|content| Target::Content(Box::new(content)));
        }
        if self.is_free(ctx, &task).await? {
            return Ok(Target::Task(Box::new(task)));
        }
        Err(Error::conflict(format!("“{}” is being written at this moment. Try again when it is.", task.title)))
    }
}

impl Target {
    fn rival(&self) -> Rival {
        let (kind, id, title) = match self {
            Self::Idea(idea) => (RivalKind::Idea, idea.id.to_string(), &idea.title),
            Self::Task(task) => (RivalKind::Task, task.id.to_string(), &task.title),
            Self::Content(content) => {
                let is_public = content.status == ContentStatus::Published;
                let kind = if is_public { RivalKind::Page } else { RivalKind::Draft };
                (kind, content.id.to_string(), &content.title)
            }
        };
        Rival::new(kind, id, title)
    }

    fn give(&mut self, idea: &ContentIdea) -> Result<Gift> {
        let too_large = |title: &str, why: &str| {
            let message = format!("“{title}” would become too large: {why}. Shorten one of both first");
            Error::invalid("rival_id", message)
        };
        match self {
            Self::Idea(rival) => {
                let gave = Gift::give(idea, &mut rival.target_keywords, &mut rival.outline);
                rival.plan().check().map_err(|error| too_large(&rival.title, error.detail()))?;
                Ok(gave)
            }
            Self::Task(rival) => {
                let gave = Gift::give(idea, &mut rival.keywords, &mut rival.outline);
                rival.plan().check().map_err(|error| too_large(&rival.title, error.detail()))?;
                Ok(gave)
            }
            Self::Content(rival) => {
                let mut all = rival.keywords();
                let gave = Gift::keywords(idea, &mut all);
                rival.secondary_keywords.extend(gave.keywords.iter().cloned());
                if rival.secondary_keywords.len() > MOST_KEYWORDS {
                    return Err(too_large(&rival.title, "it may have 50 keywords"));
                }
                Ok(gave)
            }
        }
    }

    fn take_back(&mut self, gave: &Gift) {
        match self {
            Self::Idea(rival) => gave.take_back(&mut rival.target_keywords, &mut rival.outline),
            Self::Task(rival) => gave.take_back(&mut rival.keywords, &mut rival.outline),
            Self::Content(rival) => gave.take_back(&mut rival.secondary_keywords, &mut Vec::new()),
        }
    }

    /// Writes it as it is now, if it is still the row that was read.
    fn write(&self, ctx: &Ctx, keys: &Keys, effects: &mut Effects) -> std::result::Result<(), TableError> {
        match self {
            Self::Idea(rival) => {
                let mut rival = rival.as_ref().clone();
                rival.updated_at = ctx.now();
                rival.version += 1;
                effects.replace("rival", keys, &rival, rival.version - 1)
            }
            Self::Task(rival) => {
                let mut rival = rival.as_ref().clone();
                rival.updated_at = ctx.now();
                rival.version += 1;
                // A worker that begins with it does not count as a change.
                let as_read = Cond::eq_n("version", rival.version - 1).and(Cond::eq("status", rival.status));
                effects.put("rival", keys, &rival, Some(as_read))
            }
            Self::Content(rival) => {
                let update = Update::at(rival.key(keys))
                    .set_serde("secondary_keywords", &rival.secondary_keywords)?
                    .set("updated_at", ctx.now())
                    .add("version", 1)
                    .when(Cond::eq_n("version", rival.version));
                effects.update("rival", update);
                Ok(())
            }
        }
    }
}

const fn is_open(idea: &ContentIdea) -> bool {
    matches!(idea.status, IdeaStatus::New | IdeaStatus::Accepted)
}
