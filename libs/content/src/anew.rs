//! What the AI writes anew meets what a person made of it: merged where that goes by itself, else kept to be looked at.

use igny8_blocks::merge;
use igny8_core::{ContentId, Ctx, Error, JobId, Result, Timestamp};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Entity, Key, Keys};
use igny8_work::Item;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::{Body, Content, Contents, StoredRevision, edit::Save, truth::Making};

/// A text that came anew for a content that people have edited, and that does not fit without somebody choosing. The
/// content stays as it is until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Proposal {
    /// The content.
    pub content_id: ContentId,
    /// Its number among the content's proposals, from 1: who takes it over or drops it names it.
    pub number: u32,
    /// What was done: what the note of the revision will be.
    pub note: String,
    /// The job that made it.
    pub job_id: JobId,
    /// The model that wrote it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub ai_model: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A proposal as it is stored: its text lies in the bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StoredProposal {
    /// The proposal.
    #[serde(flatten)]
    pub proposal: Proposal,
    /// Where [`Anew`] lies.
    pub body_key: String,
    /// The model's part in it. Older rows do not say it.
    #[serde(default)]
    pub making: Making,
    /// It was taken over or dropped. The row stays, so that the next one has another number.
    #[serde(skip_serializing_if = "std::ops::Not::not", default)]
    pub closed: bool,
}

impl StoredProposal {
    /// Where the proposal of a content lives: one at a time, for each was paid for.
    pub fn key_of(keys: &Keys, content: ContentId) -> Key {
        keys.site_row(content, Self::KIND, content)
    }
}

impl Entity for StoredProposal {
    const KIND: &'static str = "PROPOSAL";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.proposal.content_id)
    }
}

/// What is told of a text that came anew.
pub(crate) struct Said {
    /// What was done.
    pub note: String,
    /// The model's part in it.
    pub making: Making,
}

/// A text that came anew, with what it began with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Anew {
    /// What a person's edits are told apart by.
    pub base: Body,
    /// What came.
    pub new: Body,
    /// What the AI has written now, for the next time; none when it knows only a part of the content.
    pub written: Option<Body>,
    /// The prefix of the raw answers, when the whole text was made of them.
    pub raw: Option<String>,
}

impl Anew {
    /// The texts around the body: who changed one is followed, and a person before the AI.
    pub fn beside(&self, mine: &Body) -> Body {
        let pick = |base: &String, mine: &String, new: &String| {
            if mine == base && !new.is_empty() { new.clone() } else { mine.clone() }
        };
        let (base, new) = (&self.base, &self.new);
        let mut body = mine.clone();
        body.title = pick(&base.title, &mine.title, &new.title);
        body.excerpt = pick(&base.excerpt, &mine.excerpt, &new.excerpt);
        body.meta_title = pick(&base.meta_title, &mine.meta_title, &new.meta_title);
        if mine.structure_data == self.base.structure_data {
            body.structure_data.clone_from(&self.new.structure_data);
        }
        body.meta_description = pick(&base.meta_description, &mine.meta_description, &new.meta_description);
        body
    }
}

impl Contents {
    /// The body as the AI wrote it last; none for a content that no AI has written.
    pub(crate) async fn written(&self, ctx: &Ctx, content: &Content) -> Result<Option<(StoredRevision, Body)>> {
        // Older rows have no such field: the first revision of what an AI wrote is what it wrote.
        let Some(number) = content.ai_revision.or((content.source == "ai").then_some(1)) else { return Ok(None) };
        let stored = self.stored_revisions(ctx, &[(content.id, number)]).await?.remove(0);
        let body = self.cloud.get_json(stored.written_key()).await?;
        Ok(Some((stored, body)))
    }

    /// The rows that make a new text a revision, or a proposal where it contradicts what a person wrote; and the result
    /// of the item. Nothing is written when nothing is new.
    pub(crate) async fn take_anew(
        &self,
        ctx: &Ctx,
        item: &Item,
        content: &Content,
        mine: &Body,
        anew: Anew,
        said: Said,
    ) -> Result<(Effects, Value)> {
        let Said { note, making } = said;
        let merged = merge(&anew.base.blocks, &mine.blocks, &anew.new.blocks);
        let mut body = anew.beside(mine);
        body.blocks = merged.document.clone();
        let conflicts = merged.conflicts.len();
        if conflicts == 0 && body == *mine {
            return Ok((Effects::new(), json!({ "content_id": content.id, "changed": false })));
        }
        body.blocks.validate().map_err(Error::invalid_fields)?;
        let unique = item.reference().replace('/', "-");
        if conflicts == 0 {
            let base_key = match &anew.written {
                Some(written) => Some(self.put_anew(ctx, content.id, &format!("{unique}-written"), written).await?),
                None => None,
            };
            let mut after = content.clone();
            self.review_again(ctx, &mut after).await?;
            let save = Save { note: Some(note), base_key, raw: anew.raw, making, also: Effects::new() };
            let (effects, after) = self.rows_of(ctx, content, after, &body, save).await?;
            let result = json!({ "content_id": content.id, "revision": after.revision, "words": after.word_count });
            return Ok((effects, result));
        }
        let body_key = self.put_anew(ctx, content.id, &format!("{unique}-proposal"), &anew).await?;
        // Another may have come while a model wrote this one; the earlier one waits for its reader.
        let before = self.last_proposal(ctx, content.id).await?;
        if before.as_ref().is_some_and(|before| !before.closed) {
            return Err(Self::waits(content));
        }
        let (number, unchanged) = match &before {
            Some(before) => {
                let number = before.proposal.number;
                (number + 1, Cond::eq_n("number", u64::from(number)).and(Cond::Has("closed")))
            }
            None => (1, Cond::NotExists),
        };
        let proposal = Proposal {
            content_id: content.id,
            number,
            note,
            job_id: item.job,
            ai_model: making.provenance.as_ref().map(|provenance| provenance.model.clone()),
            created_at: ctx.now(),
        };
        let mut effects = Effects::new();
        let stored = StoredProposal { proposal, body_key, making, closed: false };
        effects.put("proposal", &Keys::new(ctx), &stored, Some(unchanged))?;
        audit(ctx, &mut effects, "content.proposed", format!("content:{}", content.id))?;
        Ok((effects, json!({ "content_id": content.id, "proposal": true, "conflicts": conflicts })))
    }

    pub(crate) async fn put_anew<T: Serialize + Sync>(
        &self,
        ctx: &Ctx,
        content: ContentId,
        name: &str,
        value: &T,
    ) -> Result<String> {
        let key = format!("content/{}/{content}/{name}.json", ctx.tenant);
        self.cloud.put_json("content.put_anew", &key, value).await?;
        Ok(key)
    }
}

#[cfg(test)]
mod tests {
    use igny8_blocks::Document;

    use super::{Anew, Body};

    fn body(title: &str, excerpt: &str) -> Body {
        Body {
            title: title.to_owned(),
            excerpt: excerpt.to_owned(),
            meta_title: title.to_owned(),
            meta_description: String::new(),
            blocks: Document::default(),
            structure_data: None,
        }
    }

    #[test]
    fn a_title_that_a_person_wrote_stays() {
        let anew = Anew { base: body("Oil", "Old"), new: body("Oil anew", ""), written: None, raw: None };
        let beside = anew.beside(&body("Oil, by Ana", "Old"));
        assert_eq!((beside.title.as_str(), beside.meta_title.as_str()), ("Oil, by Ana", "Oil, by Ana"));
        assert_eq!(beside.excerpt, "Old", "an empty text takes the place of nothing");
        assert_eq!(anew.beside(&body("Oil", "Mine")), body("Oil anew", "Mine"));
    }
}
