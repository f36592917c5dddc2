//! Uploads: an address to PUT a file to, and the end of it, where the file is read and made small.

use std::time::Duration;

use igny8_cloud::CloudError;
use igny8_core::{ContentId, Ctx, Error, ErrorKind, ImageId, Result};
use igny8_images::Limits;
use igny8_platform::{audit, remember_answer};
use igny8_table::{Effects, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Image, ImageOrigin, ImageRole, ImageStatus, ImageView, prompts::LONGEST_ALT, service::text};
use crate::Contents;

/// How long an upload address is valid.
const VALID: Duration = Duration::from_hours(1);

/// A picture to be uploaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImageUpload {
    /// The content that it is for.
    pub content_id: ContentId,
    /// What it is for; `in_article` unless told.
    #[serde(default)]
    pub role: Option<ImageRole>,
    /// What is seen, at most 250 characters. It may come later, but before the picture is placed.
    #[serde(default)]
    pub alt: Option<String>,
    /// Under what terms it may be used, at most 200 characters.
    #[serde(default)]
    pub license: Option<String>,
    /// Whom to name beside it, at most 200 characters.
    #[serde(default)]
    pub credit: Option<String>,
}

/// Where to upload to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImageUploadStarted {
    /// PUT the file here within an hour: a PNG, JPEG or WebP of at most 15 MB and 24 megapixels.
    pub url: String,
    /// The picture; POST to its `finish` afterwards.
    pub image_id: ImageId,
}

impl Contents {
    /// Begins an upload.
    pub async fn upload_image(&self, ctx: &Ctx, new: ImageUpload) -> Result<ImageUploadStarted> {
        let content = self.content(ctx, new.content_id).await?;
        let (millis, random) = ctx.seed();
        let id = ImageId::new(content.site_id, millis, random);
        let short = |field: &str, given: Option<String>, most| {
            given.map_or(Ok(String::new()), |given| text(field, &given, most))
        };
        let image = Image {
            id,
            site_id: content.site_id,
            content_id: content.id,
            role: new.role.unwrap_or(ImageRole::InArticle),
            position: 0,
            section: None,
            prompt: String::new(),
            alt: short("alt", new.alt, LONGEST_ALT)?,
            status: ImageStatus::Uploading,
            error: None,
            source: ImageOrigin::Uploaded,
            provider: None,
            model: None,
            files: None,
            license: short("license", new.license, 200)?,
            credit: short("credit", new.credit, 200)?,
            job_id: None,
            created_at: ctx.now(),
            updated_at: ctx.now(),
            created_by: ctx.user(),
            version: 1,
        };
        let url = self.cloud.presign_put(&Image::upload_key(ctx.tenant, id), VALID).await?;
        let started = ImageUploadStarted { url, image_id: id };
        let mut effects = Effects::new();
        effects.create("image", &Keys::new(ctx), &image)?;
        audit(ctx, &mut effects, "image.uploading", format!("image:{id}"))?;
        remember_answer(ctx, &mut effects, 201, &started)?;
        self.table.transact("content.upload_image", effects).await?;
        Ok(started)
    }

    /// Ends an upload: reads the file, turns it upright, takes its metadata off and makes it small. A picture that has
    /// its files is answered as it is.
    ///
    /// Errors: nothing uploaded yet (409), more than 15 MB (413), no PNG, JPEG or WebP, or too many pixels (422).
    pub async fn finish_image(&self, ctx: &Ctx, id: ImageId) -> Result<ImageView> {
        let before = self.stored_image(ctx, id).await?;
        if before.status != ImageStatus::Uploading {
            return match before.files {
                // The end of an upload whose answer was lost.
                Some(_) => self.image_view(ctx, before).await,
                None => Err(Error::conflict("This picture waits for no file. Start an upload, or make it.")),
            };
        }
        let key = Image::upload_key(ctx.tenant, id);
        let size = match self.cloud.object_size(&key).await {
            Ok(size) => size,
            Err(CloudError::NotFound) => {
                return Err(Error::conflict(
                    "Nothing has been uploaded yet. PUT the file to the url of the upload first.",
                ));
            }
            Err(error) => return Err(error.into()),
        };
        if size > Limits::STANDARD.bytes as u64 {
            let most = Limits::STANDARD.bytes >> 20;
            return Err(Error::new(
                ErrorKind::TooLarge,
                format!("The file has more than {most} MB. Send a smaller one."),
            ));
        }
        let bytes = self.cloud.get_object(&key).await?;
        let files = self.store_image(ctx, bytes.to_vec()).await?;
        let mut image = before.clone();
        image.status = ImageStatus::Ready;
        image.files = Some(files);
        image.updated_at = ctx.now();
        image.version += 1;
        let view = self.image_view(ctx, image).await?;
        let mut effects = Effects::new();
        effects.replace("image", &Keys::new(ctx), &view.image, before.version)?;
        audit(ctx, &mut effects, "image.uploaded", format!("image:{id}"))?;
        remember_answer(ctx, &mut effects, 200, &view)?;
        self.table.transact("content.finish_image", effects).await?;
        Ok(view)
    }
}
