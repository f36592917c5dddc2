//! Addresses: a changed slug keeps its old one as a redirect, until somebody releases it.
//!
//! The row of an old slug names the content and not its new slug, so an old address always leads to where the content
//! is now: there are neither chains nor loops.

use igny8_core::{ContentId, Ctx, Error, Result};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Keys, TableError};

use crate::{Content, ContentView, Contents, Slug, service::view};

/// The most old addresses of a content.
const MOST: usize = 10;

/// The rows of a content that moves to another slug: `after` has it already.
pub(crate) fn move_to(keys: &Keys, effects: &mut Effects, before: &Content, after: &mut Content) -> Result<(), Error> {
    // Its own old address may be taken back; nobody else's.
    after.redirects.retain(|old| *old != after.slug);
    if after.redirects.len() >= MOST {
        return Err(Error::conflict(format!(
            "{MOST} old addresses lead to this page already. Release one of them, then change the slug."
        )));
    }
    after.redirects.push(before.slug.clone());
    let own = Cond::NotExists.or(Cond::eq("content_id", after.id));
    let slug = |slug: &str, redirect| Slug { slug: slug.to_owned(), content_id: after.id, redirect };
    let rows = |effects: &mut Effects| -> Result<(), TableError> {
        effects.put("slug", keys, &slug(&after.slug, false), Some(own))?;
        effects.put("old slug", keys, &slug(&before.slug, true), Some(Cond::eq("content_id", after.id)))
    };
    Ok(rows(effects)?)
}

impl Contents {
    /// Gives an old address up: it leads nowhere after the next publication, and another content may have it.
    ///
    /// Errors: no such old address (404).
    pub async fn release_address(
        &self,
        ctx: &Ctx,
        id: ContentId,
        slug: &str,
        version: Option<u64>,
    ) -> Result<ContentView> {
        let before = self.content(ctx, id).await?;
        igny8_planning::expect_version(before.version, version)?;
        let body = self.body(ctx, &before).await?;
        let mut after = before.clone();
        after.redirects.retain(|old| old != slug);
        if after.redirects.len() == before.redirects.len() {
            return Err(Error::not_found("old address"));
        }
        after.updated_at = ctx.now();
        after.version += 1;
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.replace("content", &keys, &after, before.version)?;
        effects.delete("old slug", Slug::key_of(&keys, id, slug), Some(Cond::eq("content_id", id)));
        audit(ctx, &mut effects, "content.address_released", format!("content:{id}"))?;
        self.table.transact("content.release_address", effects).await?;
        Ok(view(after, body))
    }
}
