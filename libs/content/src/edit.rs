//! Editing: every change of what readers see is a revision, and every revision can be restored.

use igny8_blocks::{Document, StructureData};
use igny8_core::{AuthorProfileId, ContentId, Ctx, Error, Result, SourceId, slugify};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Keys, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Body, Content, ContentStatus, ContentView, Contents, Revision, StoredRevision, Task, TaskStatus, address::move_to,
    service::view, task::maybe_null, truth::Making,
};

/// The most tags of a content.
const MOST_TAGS: usize = 10;
/// The longest tag, in characters.
const LONGEST_TAG: usize = 40;

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
    /// The sources that its figures and quotations are compared with, at most five.
    #[serde(default)]
    pub source_ids: Option<Vec<SourceId>>,
    /// The whole body.
    #[serde(default)]
    pub blocks: Option<Document>,
    /// All of what its kind has beside the body; what is left out of it is removed.
    #[serde(default)]
    #[schema(value_type = Option<StructureData>)]
    pub structure_data: Option<serde_json::Value>,
    /// draft, review, approved or archived; publishing sets published.
    #[serde(default)]
    pub status: Option<ContentStatus>,
    /// Its category on the site, at most 80 characters; null for none.
    #[serde(default, deserialize_with = "maybe_null")]
    #[schema(value_type = Option<String>)]
    pub category: Option<Option<String>>,
    /// Whose name stands under it, and in whose voice it is written anew; null for nobody's.
    #[serde(default, deserialize_with = "maybe_null")]
    #[schema(value_type = Option<AuthorProfileId>)]
    pub author_profile_id: Option<Option<AuthorProfileId>>,
    /// Who checked what it says, another one than the author; null for nobody. The page names them.
    #[serde(default, deserialize_with = "maybe_null")]
    #[schema(value_type = Option<AuthorProfileId>)]
    pub reviewer_profile_id: Option<Option<AuthorProfileId>>,
    /// All its tags, at most 10 of at most 40 characters.
    #[serde(default)]
    pub tags: Option<Vec<String>>,
    /// BCP 47 tag of its language, as `en`, `pt-BR` or `zh-Hant-TW`.
    #[serde(default)]
    pub language: Option<String>,
}

/// What is written with a changed content.
#[derive(Debug, Default)]
pub(crate) struct Save {
    /// Why there is a new revision; none when readers see nothing new.
    pub note: Option<String>,
    /// Where the body lies as the AI wrote it, when this revision takes it over.
    pub base_key: Option<String>,
    /// The prefix of the raw answers of which it was made.
    pub raw: Option<String>,
    /// The model's part in it.
    pub making: Making,
    /// Rows that are written with it.
    pub also: Effects,
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
        if let Some(data) = change.structure_data {
            let data = StructureData::read(&before.entity_type, &data).map_err(Error::invalid_fields)?;
            // Empty data of a body that has none is no change.
            if data != body.data(&before) {
                body.structure_data = Some(data);
            }
        }
        let mut after = before.clone();
        if let Some(slug) = change.slug {
            if slug.is_empty() || slug != slugify(&slug) {
                let message = format!("use a-z, 0-9 and single hyphens, as “{}”", slugify(&slug));
                return Err(Error::invalid("slug", message));
            }
            after.slug = slug;
        }
        if let Some(category) = change.category {
            after.category = category.map(|name| text("category", name, 1, 80)).transpose()?;
        }
        if let Some(tags) = change.tags {
            after.tags = tidy_tags(tags)?;
        }
        if let Some(author) = change.author_profile_id {
            after.author_profile_id = author;
        }
        if let Some(reviewer) = change.reviewer_profile_id {
            after.reviewer_profile_id = reviewer;
        }
        self.check_people(ctx, &before, &after).await?;
        if let Some(language) = change.language {
            after.language = language_tag(language)?;
        }
        if let Some(sources) = change.source_ids {
            after.source_ids = self.check_sources(ctx, before.site_id, sources).await?;
        }
        let approves = change.status == Some(ContentStatus::Approved);
        if let Some(status) = change.status {
            after.status = self.next_status(ctx, &before, status).await?;
        }
        let note = (body != body_before).then(|| "Edited".to_owned());
        if note.is_some() && !approves {
            self.review_again(ctx, &mut after).await?;
        }
        self.save(ctx, &before, after, body, Save { note, ..Save::default() }).await
    }

    /// People that a change names: they are there, and nobody checks what they wrote themselves.
    async fn check_people(&self, ctx: &Ctx, before: &Content, after: &Content) -> Result<()> {
        let (author, reviewer) = (after.author_profile_id, after.reviewer_profile_id);
        if (author, reviewer) == (before.author_profile_id, before.reviewer_profile_id) {
            return Ok(());
        }
        if author.is_some() && author == reviewer {
            return Err(Error::invalid("reviewer_profile_id", "must be another one than the author"));
        }
        // One that is gone since it was named may stay so.
        for (is, was) in [(author, before.author_profile_id), (reviewer, before.reviewer_profile_id)] {
            if let Some(id) = is.filter(|_| is != was) {
                self.thinker.profile(ctx, id).await?;
            }
        }
        Ok(())
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
        self.save(ctx, &before, after, body, Save { note: Some(note), ..Save::default() }).await
    }

    /// What was approved was another text: where the site wants a review, the new one waits for it. What is public
    /// stays so, as it is.
    pub(crate) async fn review_again(&self, ctx: &Ctx, content: &mut Content) -> Result<()> {
        if matches!(content.status, ContentStatus::Approved | ContentStatus::Published)
            && self.wants_review(ctx, &self.accounts.site(ctx, content.site_id).await?).await?
        {
            content.status = ContentStatus::Review;
        }
        Ok(())
    }

    pub(crate) async fn save(
        &self,
        ctx: &Ctx,
        before: &Content,
        after: Content,
        body: Body,
        save: Save,
    ) -> Result<ContentView> {
        let (mut effects, after) = self.rows_of(ctx, before, after, &body, save).await?;
        let slug = after.slug.clone();
        let view = view(after, body);
        // A restoration is a POST: repeated after a lost answer it must not make another revision.
        remember_answer(ctx, &mut effects, 200, &view)?;
        self.table.transact("content.update", effects).await.map_err(|error| {
            if error.failed("slug") {
                Error::conflict(format!(
                    "The address /{slug} is taken: another page of this site has it, or it leads to one. Choose another \
                     slug, or release the old address there."
                ))
            } else {
                error.into()
            }
        })?;
        Ok(view)
    }

    /// The rows of a changed content, and how it will be; its body lies in the bucket then.
    pub(crate) async fn rows_of(
        &self,
        ctx: &Ctx,
        before: &Content,
        mut after: Content,
        body: &Body,
        save: Save,
    ) -> Result<(Effects, Content)> {
        let keys = Keys::new(ctx);
        let now = ctx.now();
        after.updated_at = now;
        after.version += 1;
        let mut effects = save.also;
        if let Some(note) = save.note {
            after.show(body);
            if save.base_key.is_some() {
                after.ai_revision = Some(after.revision);
            }
            let unique = format!("{:016x}", ctx.env.random() as u64);
            let body_key = StoredRevision::body_key(ctx.tenant, after.id, after.revision, &unique);
            self.cloud.put_json("content.put_revision", &body_key, body).await?;
            let Making { provenance, prompt_version } = save.making;
            let revision = Revision { provenance, prompt_version, ..Revision::of(&after, note, now, ctx.user()) };
            let stored = StoredRevision { revision, body_key, base_key: save.base_key, raw: save.raw };
            effects.create("revision", &keys, &stored)?;
        }
        if after.slug != before.slug {
            move_to(&keys, &mut effects, before, &mut after)?;
        }
        effects.replace("content", &keys, &after, before.version)?;
        if after.status != before.status
            && let Some(task) = after.task_id
        {
            let status = if after.status == ContentStatus::Review { TaskStatus::Review } else { TaskStatus::Draft };
            effects.update(
                "task",
                Update::at(Task::key_of(&keys, task))
                    .set("status", status)
                    .set("updated_at", now)
                    .when(Cond::any_of("status", status.before().iter().copied())),
            );
        }
        audit(ctx, &mut effects, "content.updated", format!("content:{}", after.id))?;
        Ok((effects, after))
    }

    /// The editorial state machine for people: draft ⇄ review ⇄ approved; review may be skipped where the site allows.
    /// What is not public may be archived, and is a draft when it comes back.
    async fn next_status(&self, ctx: &Ctx, content: &Content, to: ContentStatus) -> Result<ContentStatus> {
        use ContentStatus::{Approved, Archived, Draft, Published, Review};
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
            (_, Archived) if !content.destinations.is_empty() => {
                Err(Error::conflict("This content is public as it was published before; it cannot be put away."))
            }
            (Archived, Review | Approved) => {
                Err(Error::conflict("This content is put away. Set its status to draft first."))
            }
            (Draft, Review | Draft)
            | (Review | Approved, Draft | Review | Approved)
            | (Draft | Review | Approved, Archived)
            | (Archived, _) => Ok(to),
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

/// Tags without doubles, which are told apart without regard to case.
fn tidy_tags(tags: Vec<String>) -> Result<Vec<String>> {
    let mut tidy: Vec<String> = Vec::new();
    for (at, tag) in tags.into_iter().enumerate() {
        let tag = text(&format!("tags[{at}]"), tag, 1, LONGEST_TAG)?;
        if !tidy.iter().any(|known| known.to_lowercase() == tag.to_lowercase()) {
            tidy.push(tag);
        }
    }
    if tidy.len() > MOST_TAGS {
        return Err(Error::invalid("tags", format!("at most {MOST_TAGS} tags are kept; leave some out")));
    }
    Ok(tidy)
}

/// A tag of a language as BCP 47 (RFC 5646, 2.1) builds it: a language, perhaps a script, a region and variants.
fn language_tag(tag: String) -> Result<String> {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default();
    let letters = |part: &str| part.chars().all(|c| c.is_ascii_alphabetic());
    let known = (2..=3).contains(&language.len()) && letters(language);
    let rest = parts.all(|part| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()));
    if known && rest && tag.len() <= 35 {
        Ok(tag)
    } else {
        Err(Error::invalid("language", "use a language tag as en, pt-BR or zh-Hant-TW"))
    }
}

#[cfg(test)]
mod tests {
    use super::{language_tag, tidy_tags};

    #[test]
    fn tags_are_tidied_and_counted() {
        let tags = |tags: &[&str]| tidy_tags(tags.iter().map(|tag| (*tag).to_owned()).collect());
        assert_eq!(tags(&[" Oil  change", "oil change", "Brakes"]).unwrap(), ["Oil change", "Brakes"]);
        assert_eq!(tags(&["a", " "]).unwrap_err().fields()[0].field, "tags[1]");
        assert!(tags(&["a", &"x".repeat(41)]).is_err());
        let many: Vec<String> = (0..11).map(|n| n.to_string()).collect();
        assert!(tidy_tags(many[..10].to_vec()).is_ok() && tidy_tags(many).is_err());
    }

    #[test]
    fn languages_are_tags() {
        for good in ["en", "pt-BR", "zh-Hant-TW", "de-1996", "ckb"] {
            assert!(language_tag(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "e", "english", "en_US", "en-", "12", "pt-B"] {
            assert!(language_tag(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
