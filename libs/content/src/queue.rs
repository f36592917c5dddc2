//! Queueing ideas: each becomes a task that carries its plan.

use igny8_core::{Ctx, Error, IdeaId, Result, TaskId};
use igny8_planning::entity::{ContentIdea, IdeaStatus};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Keys, Update};
use serde_json::json;

use crate::{Contents, Task, TaskStatus};

/// Ideas per request: two rows each, with room for audit and answer.
const MOST: usize = 45;

impl Contents {
    /// Makes a task of each idea. All of them or none.
    ///
    /// Errors: unknown idea (404), more than 45 (422), an idea that a task has or that was rejected (409).
    pub async fn queue_ideas(&self, ctx: &Ctx, mut ids: Vec<IdeaId>) -> Result<Vec<TaskId>> {
        let mut seen = std::collections::HashSet::new();
        ids.retain(|id| seen.insert(*id));
        if ids.is_empty() || ids.len() > MOST {
            return Err(Error::invalid("idea_ids", format!("send 1 to {MOST} ids")));
        }
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| ContentIdea::key_of(&keys, *id)).collect();
        let ideas: Option<Vec<ContentIdea>> = self.table.get_many::<ContentIdea>(&wanted).await?.into_iter().collect();
        let ideas = ideas.ok_or_else(|| Error::not_found("idea"))?;
        let sites: std::collections::HashSet<_> = ideas.iter().map(|idea| idea.site_id).collect();
        for site in sites {
            self.accounts.site(ctx, site).await?;
        }
        let mut effects = Effects::new();
        let mut tasks = Vec::new();
        for idea in &ideas {
            let task = task_of(ctx, idea);
            effects.create("task", &keys, &task)?;
            take_idea(ctx, &mut effects, idea.id, task.id);
            tasks.push(task.id);
        }
        audit(ctx, &mut effects, "ideas.queued", format!("ideas:{}", ideas.len()))?;
        remember_answer(ctx, &mut effects, 201, &json!({ "task_ids": tasks }))?;
        self.table.transact("content.queue_ideas", effects).await.map_err(|error| {
            if error.failed("idea") {
                Error::conflict("One of these ideas is queued already or was rejected. Load the list again.")
            } else {
                error.into()
            }
        })?;
        Ok(tasks)
    }
}

/// The task that carries out an idea: its plan goes with it.
pub(crate) fn task_of(ctx: &Ctx, idea: &ContentIdea) -> Task {
    let (millis, random) = ctx.seed();
    Task {
        id: TaskId::new(idea.site_id, millis, random),
        site_id: idea.site_id,
        sector_id: idea.sector_id,
        idea_id: Some(idea.id),
        cluster_id: idea.cluster_id,
        title: idea.title.clone(),
        entity_type: idea.entity_type.clone(),
        structure: idea.structure.clone(),
        keywords: idea.target_keywords.clone(),
        outline: idea.outline.clone(),
        angle: idea.angle.clone(),
        audience: idea.audience.clone(),
        estimated_words: idea.estimated_words,
        status: TaskStatus::Queued,
        job_id: None,
        content_id: None,
        error: None,
        created_at: ctx.now(),
        updated_at: ctx.now(),
        created_by: ctx.user(),
        version: 1,
    }
}

/// An idea is taken by one task only.
pub(crate) fn take_idea(ctx: &Ctx, effects: &mut Effects, idea: IdeaId, task: TaskId) {
    effects.update(
        "idea",
        Update::at(ContentIdea::key_of(&Keys::new(ctx), idea))
            .set("status", IdeaStatus::Queued)
            .set("task_id", task)
            .set("updated_at", ctx.now())
            .add("version", 1)
            .when(Cond::any_of("status", [IdeaStatus::New, IdeaStatus::Accepted]).and(Cond::Lacks("task_id"))),
    );
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
