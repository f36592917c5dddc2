//! Proposals: a text that came anew beside what a person wrote, and the choices between them.
//!
//! Nothing of the merge is stored: it is made anew of what the content is now, so edits that come after the proposal
//! are kept like those before it.

use igny8_blocks::{Choice, Conflict, Document, merge};
use igny8_core::{ContentId, Ctx, Error, Result};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Keys, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Content, ContentView, Contents, Proposal,
    anew::{Anew, StoredProposal},
    edit::Save,
};

/// A proposal beside the content as it is now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProposalView {
    /// The proposal.
    #[serde(flatten)]
    pub proposal: Proposal,
    /// The version of the content that it was merged with; `If-Match` takes it.
    pub version: u64,
    /// The merged body; at a conflict it has what stands in the content now.
    pub blocks: Document,
    /// What somebody has to choose, in reading order.
    pub conflicts: Vec<Conflict>,
}

/// The proposal of a content, if there is one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProposalAnswer {
    /// Null when there is none.
    pub proposal: Option<ProposalView>,
}

/// What to do about each conflict of a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalChoices {
    /// One choice per conflict, in their order: mine, new or both.
    pub choices: Vec<Choice>,
}

impl Contents {
    /// The proposal of a content beside what the content is now; none when there is none.
    pub async fn proposal(&self, ctx: &Ctx, id: ContentId) -> Result<ProposalAnswer> {
        let content = self.content(ctx, id).await?;
        let Some((stored, anew)) = self.stored_proposal(ctx, &content).await? else {
            return Ok(ProposalAnswer { proposal: None });
        };
        let mine = self.body(ctx, &content).await?;
        let merged = merge(&anew.base.blocks, &mine.blocks, &anew.new.blocks);
        let view = ProposalView {
            proposal: stored.proposal,
            version: content.version,
            conflicts: merged.conflicts,
            blocks: merged.document,
        };
        Ok(ProposalAnswer { proposal: Some(view) })
    }

    /// Takes the proposal of this number over with these choices: a new revision, and the proposal is gone.
    ///
    /// Errors: no proposal (404), not one choice per conflict (422), another proposal waits now or the content has changed
    /// since `version` (409).
    pub async fn accept_proposal(
        &self,
        ctx: &Ctx,
        id: ContentId,
        number: u32,
        choices: &[Choice],
        version: Option<u64>,
    ) -> Result<ContentView> {
        let before = self.content(ctx, id).await?;
        let stored = self.proposal_named(ctx, id, number).await?;
        let anew: Anew = self.cloud.get_json(&stored.body_key).await?;
        igny8_planning::expect_version(before.version, version)?;
        let mine = self.body(ctx, &before).await?;
        let merged = merge(&anew.base.blocks, &mine.blocks, &anew.new.blocks);
        let wanted = merged.conflicts.len();
        if choices.len() != wanted {
            let message = format!("send one choice per conflict; there are {wanted}");
            return Err(Error::invalid("choices", message));
        }
        let mut body = anew.beside(&mine);
        body.blocks = merged.resolve(choices);
        body.blocks.validate().map_err(Error::invalid_fields)?;
        let mut save = Save::default();
        save.also.update("proposal", closed(ctx, id, number));
        let mut after = before.clone();
        if body != mine {
            if let Some(written) = &anew.written {
                let name = format!("{:016x}-written", ctx.env.random() as u64);
                save.base_key = Some(self.put_anew(ctx, id, &name, written).await?);
            }
            save.note = Some(stored.proposal.note);
            save.raw = anew.raw;
            save.making = stored.making;
            self.review_again(ctx, &mut after).await?;
        }
        self.save(ctx, &before, after, body, save).await
    }

    /// Drops the proposal of this number: the content stays as it is.
    ///
    /// Errors: no proposal (404), another proposal waits now (409).
    pub async fn discard_proposal(&self, ctx: &Ctx, id: ContentId, number: u32) -> Result<()> {
        self.content(ctx, id).await?;
        self.proposal_named(ctx, id, number).await?;
        let mut effects = Effects::new();
        effects.update("proposal", closed(ctx, id, number));
        audit(ctx, &mut effects, "content.proposal_discarded", format!("content:{id}"))?;
        self.table.transact("content.discard_proposal", effects).await?;
        Ok(())
    }

    /// That no proposal waits: a second one would take the place of what was paid for, and nobody would have read it.
    ///
    /// Errors: one waits (409).
    pub(crate) async fn no_proposal(&self, ctx: &Ctx, content: &Content) -> Result<()> {
        match self.last_proposal(ctx, content.id).await? {
            Some(stored) if !stored.closed => Err(Self::waits(content)),
            _ => Ok(()),
        }
    }

    pub(crate) fn waits(content: &Content) -> Error {
        Error::conflict(format!(
            "A new text for “{}” waits already. Take it over or drop it, then ask for another one. Nothing was charged.",
            content.title
        ))
    }

    /// The last proposal of a content, whether it waits or not.
    pub(crate) async fn last_proposal(&self, ctx: &Ctx, id: ContentId) -> Result<Option<StoredProposal>> {
        Ok(self.table.get::<StoredProposal>(StoredProposal::key_of(&Keys::new(ctx), id)).await?)
    }

    /// The proposal that waits, if it is the one that somebody has looked at.
    async fn proposal_named(&self, ctx: &Ctx, id: ContentId, number: u32) -> Result<StoredProposal> {
        let waits = self.last_proposal(ctx, id).await?.filter(|stored| !stored.closed);
        let stored = waits.ok_or_else(|| Error::not_found("proposal"))?;
        if stored.proposal.number == number {
            return Ok(stored);
        }
        let message = "Another new text waits by now than the one that you looked at. Look at it before you choose.";
        Err(Error::conflict(message))
    }

    async fn stored_proposal(&self, ctx: &Ctx, content: &Content) -> Result<Option<(StoredProposal, Anew)>> {
        let waits = self.last_proposal(ctx, content.id).await?.filter(|stored| !stored.closed);
        let Some(stored) = waits else { return Ok(None) };
        let anew = self.cloud.get_json(&stored.body_key).await?;
        Ok(Some((stored, anew)))
    }
}

/// The proposal of a content has its answer.
fn closed(ctx: &Ctx, id: ContentId, number: u32) -> Update {
    let waits = Cond::eq_n("number", u64::from(number)).and(Cond::Lacks("closed"));
    Update::at(StoredProposal::key_of(&Keys::new(ctx), id)).set_bool("closed", true).when(waits)
}
