//! Pictures one by one: listed, changed, deleted.

use igny8_accounts::InSite;
use igny8_core::{ContentId, Ctx, Error, ImageId, Page, PageRequest, Result, SiteId};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Entity, Index, Keys, Query};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Image, ImageOrigin, ImageRole, ImageStatus, ImageView,
    prompts::{LONGEST_ALT, LONGEST_PROMPT},
};
use crate::{Content, Contents};

/// Which pictures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageQuery {
    /// The site.
    pub site_id: SiteId,
    /// Only of this content.
    pub content_id: Option<ContentId>,
    /// Only in this state.
    pub status: Option<ImageStatus>,
    /// Only for this place.
    pub role: Option<ImageRole>,
    /// Only from there.
    pub source: Option<ImageOrigin>,
    /// Which page.
    pub page: PageRequest,
}

/// A change of a picture; what is left out stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageUpdate {
    /// What is seen, at most 250 characters.
    #[serde(default)]
    pub alt: Option<String>,
    /// What the image model is told, at most 1,000 characters; not of an upload.
    #[serde(default)]
    pub prompt: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub role: Option<ImageRole>,
    /// Under what terms it may be used, at most 200 characters.
    #[serde(default)]
    pub license: Option<String>,
    /// Whom to name beside it, at most 200 characters.
    #[serde(default)]
    pub credit: Option<String>,
}

impl Contents {
    /// A picture by its id, without addresses.
    pub async fn stored_image(&self, ctx: &Ctx, id: ImageId) -> Result<Image> {
        let key = Image::key_of(&Keys::new(ctx), id);
        let row = self.table.get::<Image>(key).await?.ok_or_else(|| Error::not_found("image"))?;
        // Who is limited to some workspaces does not see the sites of others, nor what is in them.
        self.accounts.site(ctx, row.site_id).await.map_err(|_| Error::not_found("image"))?;
        Ok(row)
    }

    /// A picture by its id.
    pub async fn image(&self, ctx: &Ctx, id: ImageId) -> Result<ImageView> {
        let image = self.stored_image(ctx, id).await?;
        self.image_view(ctx, image).await
    }

    /// Pages of a site's or a content's pictures, newest first.
    pub async fn images(&self, ctx: &Ctx, query: ImageQuery) -> Result<Page<ImageView>> {
        let named = [query.content_id.map(InSite::row::<Content>)];
        self.accounts.site_with(ctx, query.site_id, named).await?;
        let keys = Keys::new(ctx);
        let mut read = match query.content_id {
            Some(content) => Query::partition(Image::by_content(&keys, content)).index(Index::Gsi2),
            None => Query::partition(keys.site_partition(query.site_id, Image::KIND)),
        }
        .descending();
        if let Some(status) = query.status {
            read = read.filter(Cond::eq("status", status));
        }
        if let Some(role) = query.role {
            read = read.filter(Cond::eq("role", role));
        }
        if let Some(source) = query.source {
            read = read.filter(Cond::eq("source", source));
        }
        let page = self.table.page::<Image>(&keys, read, query.page).await?;
        let mut views = Vec::with_capacity(page.items.len());
        for image in page.items {
            views.push(self.image_view(ctx, image).await?);
        }
        Ok(Page { items: views, next_cursor: page.next_cursor, total: page.total })
    }

    /// Changes a picture; `version` is that of `If-Match`.
    pub async fn update_image(
        &self,
        ctx: &Ctx,
        id: ImageId,
        change: ImageUpdate,
        version: Option<u64>,
    ) -> Result<ImageView> {
        let before = self.stored_image(ctx, id).await?;
        igny8_planning::expect_version(before.version, version)?;
        let mut image = before.clone();
        if let Some(alt) = change.alt {
            image.alt = text("alt", &alt, LONGEST_ALT)?;
        }
        if let Some(prompt) = change.prompt {
            if image.source == ImageOrigin::Uploaded {
                return Err(Error::invalid("prompt", "belongs to pictures that a model makes; this one was uploaded"));
            }
            self.not_at_work(ctx, &before).await?;
            image.prompt = text("prompt", &prompt, LONGEST_PROMPT)?;
            if image.prompt.is_empty() {
                return Err(Error::invalid("prompt", "must say what the picture shows"));
            }
        }
        image.role = change.role.unwrap_or(image.role);
        if let Some(license) = change.license {
            image.license = text("license", &license, 200)?;
        }
        if let Some(credit) = change.credit {
            image.credit = text("credit", &credit, 200)?;
        }
        image.updated_at = ctx.now();
        image.version += 1;
        let mut effects = Effects::new();
        effects.replace("image", &Keys::new(ctx), &image, before.version)?;
        audit(ctx, &mut effects, "image.updated", format!("image:{id}"))?;
        self.table.transact("content.update_image", effects).await?;
        self.image_view(ctx, image).await
    }

    /// Removes a picture. Where it stands in a body or at a top it is left out from now on; its files stay, for what is
    /// public and for other pictures with the same ones.
    pub async fn delete_image(&self, ctx: &Ctx, id: ImageId) -> Result<()> {
        let image = self.stored_image(ctx, id).await?;
        self.not_at_work(ctx, &image).await?;
        let keys = Keys::new(ctx);
        let mut effects = Effects::new();
        effects.delete("image", image.key(&keys), Some(Cond::eq_n("version", image.version)));
        if let Some(mut content) = self.table.get::<Content>(Content::key_of(&keys, image.content_id)).await?
            && content.without_image(id)
        {
            content.updated_at = ctx.now();
            content.version += 1;
            effects.replace("content", &keys, &content, content.version - 1)?;
        }
        audit(ctx, &mut effects, "image.deleted", format!("image:{id}"))?;
        self.table.transact("content.delete_image", effects).await?;
        Ok(())
    }
}

/// A text on one line, of at most so many characters.
pub(super) fn text(field: &str, text: &str, most: usize) -> Result<String> {
    let tidy = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if tidy.chars().count() > most {
        return Err(Error::invalid(field, format!("must have at most {most} characters")));
    }
    Ok(tidy)
}
