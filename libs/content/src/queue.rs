//! Queueing ideas: each becomes a task that carries its plan.

use std::collections::{BTreeMap, BTreeSet};

use igny8_core::{Ctx, Error, FieldError, IdeaId, Result, TaskId};
use igny8_planning::{
    Verdict,
    entity::{ContentIdea, IdeaStatus},
};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Keys, TableError, Update};
use igny8_thinker::{Choice, Strategies};
use serde_json::json;

use crate::{Contents, Task, TaskStatus};

/// Ideas per request: two rows each, with room for audit and answer.
pub const MOST: usize = 45;

/// Ideas that were judged once more, each with the verdict of this moment.
struct Judged {
    /// Those that may be written.
    pass: Vec<ContentIdea>,
    /// Those that have a rival which nobody has overruled.
    refused: Vec<ContentIdea>,
    /// Puts what is new to the refused ones on them.
    news: Effects,
}

impl Contents {
    /// Makes a task of each idea. All of them or none. What is in `overrule` is written though it has a rival: the one
    /// that the idea names already.
    ///
    /// Errors: unknown idea (404), more than 45 (422), an idea that a task has, that was rejected or that has a rival
    /// (409).
    pub async fn queue_ideas(&self, ctx: &Ctx, ids: Vec<IdeaId>, overrule: &[IdeaId]) -> Result<Vec<TaskId>> {
        if overrule.iter().any(|id| !ids.contains(id)) {
            return Err(Error::not_found("idea"));
        }
        let ideas = self.ideas_to_queue(ctx, ids.clone()).await?;
        let judged = self.judged_again(ctx, ideas, overrule).await?;
        if judged.refused.is_empty() {
            return self.make_tasks(ctx, &judged.pass).await;
        }
        self.note(judged.news).await?;
        let place = |idea: &ContentIdea| ids.iter().position(|id| *id == idea.id).unwrap_or_default();
        Err(rivals_of(&judged.refused, |idea| format!("idea_ids[{}]", place(idea))))
    }

    /// Makes a task of each idea that has no rival, for who cannot be asked; the others name theirs from then on.
    pub async fn queue_without_rivals(&self, ctx: &Ctx, ids: Vec<IdeaId>) -> Result<Vec<TaskId>> {
        let ideas = self.ideas_to_queue(ctx, ids).await?;
        let judged = self.judged_again(ctx, ideas, &[]).await?;
        self.note(judged.news).await?;
        if judged.pass.is_empty() {
            return Ok(Vec::new());
        }
        self.make_tasks(ctx, &judged.pass).await
    }

    /// An idea that a task is made of by hand, judged once more as what that task is called.
    pub(crate) async fn idea_for(&self, ctx: &Ctx, idea: ContentIdea, title: &str) -> Result<ContentIdea> {
        let own = idea.title.clone();
        let mut judged = self.judged_again(ctx, vec![ContentIdea { title: title.to_owned(), ..idea }], &[]).await?;
        self.note(judged.news).await?;
        match judged.pass.pop() {
            Some(idea) => Ok(ContentIdea { title: own, ..idea }),
            None => Err(rivals_of(&judged.refused, |_| "idea_id".to_owned())),
        }
    }

    async fn ideas_to_queue(&self, ctx: &Ctx, mut ids: Vec<IdeaId>) -> Result<Vec<ContentIdea>> {
        let mut seen = BTreeSet::new();
        ids.retain(|id| seen.insert(*id));
        if ids.is_empty() || ids.len() > MOST {
            return Err(Error::invalid("idea_ids", format!("send 1 to {MOST} ids")));
        }
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| ContentIdea::key_of(&keys, *id)).collect();
        let ideas: Option<Vec<ContentIdea>> = self.table.get_many::<ContentIdea>(&wanted).await?.into_iter().collect();
        let ideas = ideas.ok_or_else(|| Error::not_found("idea"))?;
        let sites: BTreeSet<_> = ideas.iter().map(|idea| idea.site_id).collect();
        for site in sites {
            self.accounts.site(ctx, site).await?;
        }
        if ideas.iter().any(|idea| !matches!(idea.status, IdeaStatus::New | IdeaStatus::Accepted)) {
            return Err(taken());
        }
        Ok(ideas)
    }

    /// Judges ideas once more, before anything is spent on them: since they were made others may have come.
    async fn judged_again(&self, ctx: &Ctx, ideas: Vec<ContentIdea>, overrule: &[IdeaId]) -> Result<Judged> {
        let mut titles: BTreeMap<_, Vec<&str>> = BTreeMap::new();
        for idea in &ideas {
            titles.entry(idea.site_id).or_default().push(&idea.title);
        }
        let mut gates = BTreeMap::new();
        for (site, titles) in titles {
            gates.insert(site, self.planning.gate(ctx, site, self, &titles).await?);
        }
        let keys = Keys::new(ctx);
        let mut judged = Judged { pass: Vec::new(), refused: Vec::new(), news: Effects::new() };
        for mut idea in ideas {
            let now = gates.get(&idea.site_id).and_then(|gate| gate.recheck(&idea));
            let before = idea.verdict.take();
            let Some(mut now) = now else {
                judged.pass.push(idea);
                continue;
            };
            // Nobody overrules a rival that they have not been told of.
            let is_told = before.as_ref().is_some_and(|before| before.names_same(&now));
            now.overruled |= is_told && overrule.contains(&idea.id);
            let is_new = before.as_ref() != Some(&now);
            let may = now.overruled;
            if !may && is_new {
                let update = Update::at(idea.key(&keys)).set_serde("verdict", &now)?.set("updated_at", ctx.now());
                judged.news.update("idea", update.add("version", 1).when(Cond::eq_n("version", idea.version)));
            }
            idea.verdict = Some(now);
            let side = if may { &mut judged.pass } else { &mut judged.refused };
            side.push(idea);
        }
        Ok(judged)
    }

    /// Writes verdicts. An idea that has changed meanwhile is judged again anyway before it is written.
    async fn note(&self, news: Effects) -> Result<()> {
        if news.is_empty() {
            return Ok(());
        }
        match self.table.transact("content.note_rivals", news).await {
            Err(error) if !error.failed("idea") => Err(error.into()),
            _ => Ok(()),
        }
    }

    async fn make_tasks(&self, ctx: &Ctx, ideas: &[ContentIdea]) -> Result<Vec<TaskId>> {
        let keys = Keys::new(ctx);
        let kinds: Vec<_> = ideas.iter().map(|idea| (idea.sector_id, idea.entity_type.as_str())).collect();
        let strategies = self.thinker.strategies_for(ctx, &kinds).await?;
        let mut effects = Effects::new();
        let mut tasks = Vec::new();
        for idea in ideas {
            let task = task_of(ctx, idea, &strategies);
            effects.create("task", &keys, &task)?;
            take_idea(ctx, &mut effects, idea, task.id)?;
            tasks.push(task.id);
        }
        audit(ctx, &mut effects, "ideas.queued", format!("ideas:{}", ideas.len()))?;
        let overruled: Vec<_> =
            ideas.iter().filter(|one| one.verdict.is_some()).map(|one| one.id.to_string()).collect();
        if !overruled.is_empty() {
            audit(ctx, &mut effects, "ideas.overruled", format!("ideas:{}", overruled.join(",")))?;
        }
        remember_answer(ctx, &mut effects, 201, &json!({ "task_ids": tasks }))?;
        self.table
            .transact("content.queue_ideas", effects)
            .await
            .map_err(|error| if error.failed("idea") { taken() } else { error.into() })?;
        Ok(tasks)
    }
}

fn taken() -> Error {
    Error::conflict("One of these ideas is queued already, was rejected or changed. Load the list again.")
}

/// Which ideas have which rivals, for who may overrule them.
fn rivals_of(refused: &[ContentIdea], field: impl Fn(&ContentIdea) -> String) -> Error {
    let said = |idea: &ContentIdea| {
        let why = idea.verdict.as_ref().map(Verdict::sentence).unwrap_or_default();
        format!("“{}” would compete with your own content. {why}", idea.title)
    };
    let detail = match refused {
        [one] => format!("{} Merge it, reject it, or say that it shall be written all the same.", said(one)),
        many => format!(
            "{} of these ideas would compete with your own content; see errors. Merge them, reject them, or say that they \
             shall be written all the same.",
            many.len()
        ),
    };
    let fields = refused.iter().map(|idea| FieldError { field: field(idea), message: said(idea) });
    Error::conflict(detail).with_fields(fields.collect())
}

/// The task that carries out an idea: its plan goes with it. What the strategy of its sector and kind says goes before
/// what the model proposed.
pub(crate) fn task_of(ctx: &Ctx, idea: &ContentIdea, strategies: &Strategies) -> Task {
    let choice = strategies.choice(Choice::default(), idea.sector_id, &idea.entity_type);
    let (millis, random) = ctx.seed();
    Task {
        id: TaskId::new(idea.site_id, millis, random),
        site_id: idea.site_id,
        sector_id: idea.sector_id,
        idea_id: Some(idea.id),
        cluster_id: idea.cluster_id,
        title: idea.title.clone(),
        entity_type: idea.entity_type.clone(),
        structure: choice.structure.unwrap_or_else(|| idea.structure.clone()),
        keywords: idea.target_keywords.clone(),
        source_ids: Vec::new(),
        outline: idea.outline.clone(),
        angle: idea.angle.clone(),
        audience: idea.audience.clone(),
        estimated_words: choice.words.unwrap_or(idea.estimated_words),
        author_profile_id: choice.author_profile_id,
        status: TaskStatus::Queued,
        job_id: None,
        content_id: None,
        scheduled_at: None,
        error: None,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        created_by: ctx.user(),
        version: 1,
    }
}

/// An idea is taken by one task only, as it was when the task was made of it, with the verdict of that moment.
pub(crate) fn take_idea(
    ctx: &Ctx,
    effects: &mut Effects,
    idea: &ContentIdea,
    task: TaskId,
) -> std::result::Result<(), TableError> {
    let update = Update::at(ContentIdea::key_of(&Keys::new(ctx), idea.id));
    let update = match &idea.verdict {
        Some(verdict) => update.set_serde("verdict", verdict)?,
        None => update.remove("verdict"),
    };
    effects.update(
        "idea",
        update
            .set("status", IdeaStatus::Queued)
            .set("task_id", task)
            .set("updated_at", ctx.now())
            .add("version", 1)
            .when(
                Cond::any_of("status", [IdeaStatus::New, IdeaStatus::Accepted])
                    .and(Cond::Lacks("task_id"))
                    .and(Cond::eq_n("version", idea.version)),
            ),
    );
    Ok(())
}

/// The task is gone: the idea may be queued again.
pub(crate) fn give_idea_back(ctx: &Ctx, effects: &mut Effects, idea: IdeaId, task: TaskId) {
    effects.update(
        "idea",
        Update::at(ContentIdea::key_of(&Keys::new(ctx), idea))
            .set("status", IdeaStatus::Accepted)
            .set("updated_at", ctx.now())
            .add("version", 1)
            .remove("task_id")
            .when(Cond::eq("task_id", task)),
    );
}
