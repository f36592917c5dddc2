//! Where pictures stand: at the top of a content, in its body, or nowhere.

use igny8_blocks::{Block, Document, ImageSource as BlockSource};
use igny8_core::{Ctx, Error, ImageId, Result};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Effects, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    Image,
    prompts::{cut, plain},
};
use crate::{Content, ContentUpdate, ContentView, Contents};

/// Whether a picture stands at the top of its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageFeature {
    /// True puts it there in place of another, false takes it away.
    pub featured: bool,
}

impl Contents {
    /// Chooses the picture at the top of a content, or takes it away. The body stays as it is.
    pub async fn feature_image(&self, ctx: &Ctx, id: ImageId, change: ImageFeature) -> Result<Content> {
        let image = self.stored_image(ctx, id).await?;
        let before = self.content(ctx, image.content_id).await?;
        let mut content = before.clone();
        if change.featured {
            usable(&image)?;
            content.featured_image_id = Some(id);
        } else if content.featured_image_id == Some(id) {
            content.featured_image_id = None;
        }
        if content == before {
            return Ok(content);
        }
        content.updated_at = ctx.now();
        content.version += 1;
        let mut effects = Effects::new();
        effects.replace("content", &Keys::new(ctx), &content, before.version)?;
        let action = if change.featured { "image.featured" } else { "image.unfeatured" };
        audit(ctx, &mut effects, action, format!("image:{id}"))?;
        remember_answer(ctx, &mut effects, 200, &content)?;
        self.table.transact("content.feature_image", effects).await?;
        Ok(content)
    }

    /// Puts a picture into the body of its content, where it was planned, else at the end of its first section: a new
    /// revision. One that stands there already stays where it is.
    pub async fn place_image(&self, ctx: &Ctx, id: ImageId) -> Result<ContentView> {
        let image = self.stored_image(ctx, id).await?;
        usable(&image)?;
        let view = self.content_view(ctx, image.content_id).await?;
        if view.blocks.blocks().iter().any(|block| shows(block, id)) {
            return Ok(view);
        }
        let blocks = with(&view.blocks, &image);
        self.change_body(ctx, view, blocks).await
    }

    /// Takes a picture out of the body of its content: a new revision. The picture itself stays.
    pub async fn remove_image(&self, ctx: &Ctx, id: ImageId) -> Result<ContentView> {
        let image = self.stored_image(ctx, id).await?;
        let view = self.content_view(ctx, image.content_id).await?;
        let left: Vec<Block> = view.blocks.blocks().iter().filter(|block| !shows(block, id)).cloned().collect();
        if left.len() == view.blocks.blocks().len() {
            return Ok(view);
        }
        self.change_body(ctx, view, Document(left)).await
    }

    async fn change_body(&self, ctx: &Ctx, before: ContentView, blocks: Document) -> Result<ContentView> {
        let change = ContentUpdate { blocks: Some(blocks), ..ContentUpdate::default() };
        self.update_content(ctx, before.content.id, change, Some(before.content.version)).await
    }
}

/// A picture may be shown when it has files, and words for those who do not see it.
fn usable(image: &Image) -> Result<()> {
    if image.files.is_none() {
        return Err(Error::conflict("This picture has no file yet. Make it or finish its upload first."));
    }
    if image.alt.trim().is_empty() {
        return Err(Error::invalid("alt", "is missing: say what is seen before the picture is shown"));
    }
    Ok(())
}

/// Captions are markup; a credit is not.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn shows(block: &Block, id: ImageId) -> bool {
    matches!(block, Block::Image { src: BlockSource::Asset(asset), .. } if *asset == id.to_string())
}

/// The body with a picture. Its section is found by its heading, since blocks may have moved; without one the planned
/// number counts.
fn with(body: &Document, image: &Image) -> Document {
    let mut blocks = body.blocks().to_vec();
    let heading = |wanted: &String| {
        blocks
            .iter()
            .position(|block| matches!(block, Block::Heading { text, .. } if cut(&plain(text), 200) == *wanted))
    };
    let after = match image.section.as_ref().and_then(heading) {
        Some(heading) if matches!(blocks.get(heading + 1), Some(Block::Paragraph { .. })) => heading + 2,
        Some(heading) => heading + 1,
        None if image.position > 0 => image.position as usize,
        // Below the introduction.
        None => blocks.iter().position(|block| matches!(block, Block::Heading { .. })).unwrap_or(blocks.len()),
    };
    let caption = (!image.credit.is_empty()).then(|| escape(&image.credit));
    let picture = Block::Image { src: BlockSource::Asset(image.id.to_string()), alt: image.alt.clone(), caption };
    blocks.insert(after.min(blocks.len()), picture);
    Document(blocks)
}
