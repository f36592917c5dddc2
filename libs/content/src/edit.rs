//! Editing: every change of what readers see is a revision, and every revision can be restored.

use igny8_blocks::Document;
use igny8_core::{ContentId, Ctx, Error, Result, slugify};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Keys, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Body, Content, ContentStatus, ContentView, Contents, Revision, Slug, StoredRevision, Task, TaskStatus,
    service::view,
};

/// A change of a content; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContentUpdate {
    /// The title, 1 to 200 characters.
    #[serde(default)]
    pub title: Option<String>,
    /// The last part of its address.
    #[serde(default)]
    pub slug: Option<String>,
    /// A teaser, at most 400 characters.
    #[serde(default)]
    pub excerpt: Option<String>,
    /// The title in search results, at most 120 characters.
    #[serde(default)]
    pub meta_title: Option<String>,
    /// The description in search results, at most 320 characters.
    #[serde(default)]
    pub meta_description: Option<String>,
    /// The whole body.
    #[serde(default)]
    pub blocks: Option<Document>,
    /// draft, review or approved; publishing sets published.
    #[serde(default)]
    pub status: Option<ContentStatus>,
}

impl Contents {
    /// Changes a content; `version` is that of `If-Match`. A change of what readers see makes a revision, and takes the
    /// approval back where the site wants a review, unless the same change approves it.
    pub async fn update_content(
        &self,
        ctx: &Ctx,
        id: ContentId,
        change: ContentUpdate,
        version: Option<u64>,
    ) -> Result<ContentView> {
        let before = self.content(ctx, id).await?;
        igny8_planning::expect_version(before.version, version)?;
        let body_before = self.body(ctx, &before).await?;
        let mut body = body_before.clone();
        if let Some(title) = change.title {
            body.title = text("title", title, 1, 200)?;
        }
        if let Some(excerpt) = change.excerpt {
            body.excerpt = text("excerpt", excerpt, 0, 400)?;
        }
        if let Some(meta_title) = change.meta_title {
            body.meta_title = text("meta_title", meta_title, 0, 120)?;
        }
        if let Some(meta_description) = change.meta_description {
            body.meta_description = text("meta_description", meta_description, 0, 320)?;
        }
        if let Some(blocks) = change.blocks {
            blocks.validate().map_err(Error::invalid_fields)?;
            // Written cleanly it may be longer: a bare & becomes &amp;.
            let cleaned = blocks.clean().document;
            cleaned.validate().map_err(Error::invalid_fields)?;
            body.blocks = cleaned;
        }
        let mut after = before.clone();
        if let Some(slug) = change.slug {
            if slug.is_empty() || slug != slugify(&slug) {
                let message = format!("use a-z, 0-9 and single hyphens, as “{}”", slugify(&slug));
                return Err(Error::invalid("slug", message));
            }
            after.slug = slug;
        }
        let approves = change.status == Some(ContentStatus::Approved);
        if let Some(status) = change.status {
            after.status = self.next_status(ctx, &before, status).await?;
        }
        let note = (body != body_before).then_some("Edited");
        if note.is_some() && !approves {
            self.review_again(ctx, &mut after).await?;
        }
        self.save(ctx, &before, after, body, note).await
    }

    /// Makes an older revision the newest one; nothing in between is lost.
    pub async fn restore_revision(
        &self,
        ctx: &Ctx,
        id: ContentId,
        number: u32,
        version: Option<u64>,
    ) -> Result<ContentView> {
        let before = self.content(ctx, id).await?;
        igny8_planning::expect_version(before.version, version)?;
        let (_, body) = self.revision(ctx, id, number).await?;
        let note = format!("Restored from revision {number}");
        let mut after = before.clone();
        self.review_again(ctx, &mut after).await?;
        self.save(ctx, &before, after, body, Some(&note)).await
    }

    /// What was approved was another text: where the site wants a review, the new one waits for it. What is public
    /// stays so, as it is.
    async fn review_again(&self, ctx: &Ctx, content: &mut Content) -> Result<()> {
        if matches!(content.status, ContentStatus::Approved | ContentStatus::Published)
            && self.wants_review(ctx, &self.accounts.site(ctx, content.site_id).await?).await?
        {
            content.status = ContentStatus::Review;
        }
        Ok(())
    }

    async fn save(
        &self,
        ctx: &Ctx,
        before: &Content,
        mut after: Content,
        body: Body,
        note: Option<&str>,
    ) -> Result<ContentView> {
        let keys = Keys::new(ctx);
        let now = ctx.now();
        after.updated_at = now;
        after.version += 1;
        let mut effects = Effects::new();
        if let Some(note) = note {
            after.revision += 1;
            after.title.clone_from(&body.title);
            after.excerpt.clone_from(&body.excerpt);
            after.meta_title.clone_from(&body.meta_title);
            after.meta_description.clone_from(&body.meta_description);
            after.word_count = body.blocks.word_count();
            let unique = format!("{:016x}", ctx.env.random() as u64);
            let body_key = StoredRevision::body_key(ctx.tenant, after.id, after.revision, &unique);
            self.cloud.put_json("content.put_revision", &body_key, &body).await?;
            let revision = Revision {
                content_id: after.id,
                number: after.revision,
                title: after.title.clone(),
                word_count: after.word_count,
                note: note.to_owned(),
                created_at: now,
                created_by: ctx.user(),
            };
            effects.create("revision", &keys, &StoredRevision { revision, body_key })?;
        }
        effects.replace("content", &keys, &after, before.version)?;
        if after.slug != before.slug {
            effects.create("slug", &keys, &Slug { slug: after.slug.clone(), content_id: after.id })?;
            effects.delete("old slug", Slug::key_of(&keys, before.id, &before.slug), None);
        }
        if after.status != before.status
            && let Some(task) = after.task_id
        {
            let status = if after.status == ContentStatus::Review { TaskStatus::Review } else { TaskStatus::Draft };
            effects.update(
                "task",
                Update::at(Task::key_of(&keys, task)).set("status", status).set("updated_at", now).when(Cond::Exists),
            );
        }
        audit(ctx, &mut effects, "content.updated", format!("content:{}", after.id))?;
        let slug = after.slug.clone();
        let view = view(after, body);
        // A restoration is a POST: repeated after a lost answer it must not make another revision.
        remember_answer(ctx, &mut effects, 200, &view)?;
        self.table.transact("content.update", effects).await.map_err(|error| {
            if error.failed("slug") {
                Error::conflict(format!("Another page of this site has the address /{slug}. Choose another slug."))
            } else {
                error.into()
            }
        })?;
        Ok(view)
    }

    /// The editorial state machine for people: draft ⇄ review ⇄ approved; review may be skipped where the site allows.
    async fn next_status(&self, ctx: &Ctx, content: &Content, to: ContentStatus) -> Result<ContentStatus> {
        use ContentStatus::{Approved, Draft, Published, Review};
        match (content.status, to) {
            (from, to) if from == to => Ok(to),
            (_, Published) => Err(Error::invalid("status", "is set to published by POST /api/publish")),
            (Published, _) => Err(Error::conflict("This content is public. Edit it and publish it again.")),
            (Draft, Approved) => {
                if !self.wants_review(ctx, &self.accounts.site(ctx, content.site_id).await?).await? {
                    return Ok(Approved);
                }
                Err(Error::conflict("This site wants a review first: set the status to review, then to approved."))
            }
            (Draft, Review | Draft) | (Review | Approved, Draft | Review | Approved) => Ok(to),
        }
    }
}

fn text(field: &str, text: String, least: usize, most: usize) -> Result<String> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let length = tidy.chars().count();
    if length < least || length > most {
        return Err(Error::invalid(field, format!("must have {least} to {most} characters")));
    }
    Ok(tidy)
}
