//! What a content would say of itself on the site that we host, before it goes there.

use igny8_core::{ContentId, Ctx, Result};
use igny8_render::address;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{Publishing, drawing::Drawing, service::HOSTED};

/// A content as search engines will read it, once it is published as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Preview {
    /// Its address on the site.
    pub url: String,
    /// The schema.org data of its page (JSON-LD), but for where it stands in the site: the breadcrumbs are made with it.
    #[schema(value_type = Vec<Object>)]
    pub json_ld: Vec<serde_json::Value>,
}

impl Publishing {
    /// What the newest revision of a content would say of itself on its page.
    pub async fn preview(&self, ctx: &Ctx, id: ContentId) -> Result<Preview> {
        let content = self.contents.content(ctx, id).await?;
        let site = self.accounts.site(ctx, content.site_id).await?;
        let body = self.contents.body(ctx, &content).await?;
        let base_url = self.url_of(&site)?;
        let url = format!("{base_url}{}", address(&content.slug));
        let published = content.destinations.get(HOSTED).map(|there| there.published_at);
        let drawing = Drawing::of(ctx, &self.contents, (&site, base_url.as_str()), &[(&content, &body)]).await?;
        let json_ld = drawing.said(&content, &body, &url, published, content.updated_at);
        Ok(Preview { url, json_ld })
    }
}
