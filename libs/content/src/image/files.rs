//! From the bytes of a picture to its files in the bucket, and to addresses of them.

use std::time::{Duration, SystemTime};

use igny8_core::{Ctx, Error, ErrorKind, ImageId, Result};
use igny8_images::{Kind, Limits, Variant, hash, read, variants};

use super::{Image, ImageAddress, ImageFiles, ImageVariant, ImageView};
use crate::Contents;

/// Addresses begin at full hours and are valid for two: within an hour they stay the same.
const STEP: Duration = Duration::from_hours(1);
const VALID: Duration = Duration::from_hours(2);

impl Contents {
    /// Makes the files of a picture and stores those that are not there yet, before any row points at them.
    ///
    /// Errors: 422 with a sentence for what is no picture that we take.
    pub(crate) async fn store_image(&self, ctx: &Ctx, bytes: Vec<u8>) -> Result<ImageFiles> {
        // Decoding and encoding take seconds of computing; other work of the process goes on meanwhile.
        let made = tokio::task::spawn_blocking(move || make(&bytes)).await.map_err(Error::internal)?;
        let (files, variants) = made?;
        for (variant, entry) in variants.into_iter().zip(&files.variants) {
            let key = files.key(ctx.tenant, entry);
            self.cloud.put_immutable("content.put_image", &key, &entry.media_type, variant.bytes).await?;
        }
        Ok(files)
    }

    /// Pictures by their ids, in this order; none for what is not there or has no files.
    pub async fn usable_images(&self, ctx: &Ctx, ids: &[ImageId]) -> Result<Vec<Option<Image>>> {
        let keys = igny8_table::Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Image::key_of(&keys, *id)).collect();
        let found: Vec<Option<Image>> = self.table.get_many(&wanted).await?;
        Ok(found.into_iter().map(|image| image.filter(|image| image.files.is_some())).collect())
    }

    /// A picture with addresses of its files.
    pub(crate) async fn image_view(&self, ctx: &Ctx, image: Image) -> Result<ImageView> {
        let addresses = match &image.files {
            Some(files) => self.addresses(ctx, files).await?,
            None => Vec::new(),
        };
        Ok(ImageView { image, addresses })
    }

    /// Where the WebP files of a picture can be looked at for a while, smallest first.
    pub(super) async fn addresses(&self, ctx: &Ctx, files: &ImageFiles) -> Result<Vec<ImageAddress>> {
        let hour = ctx.now().secs() / STEP.as_secs() as i64 * STEP.as_secs() as i64;
        let start = SystemTime::UNIX_EPOCH + Duration::from_secs(hour.max(0) as u64);
        let mut addresses = Vec::new();
        for variant in files.variants.iter().filter(|variant| variant.media_type == Kind::WebP.media_type()) {
            let url = self.cloud.presign_get(&files.key(ctx.tenant, variant), start, VALID).await?;
            let media_type = variant.media_type.clone();
            addresses.push(ImageAddress { url, media_type, width: variant.width, height: variant.height });
        }
        Ok(addresses)
    }
}

fn make(bytes: &[u8]) -> Result<(ImageFiles, Vec<Variant>)> {
    let picture = read(bytes, Limits::STANDARD).map_err(|error| Error::new(ErrorKind::Invalid, error.to_string()))?;
    let made = variants(&picture).map_err(Error::internal)?;
    let files = ImageFiles {
        hash: hash(bytes),
        width: picture.width(),
        height: picture.height(),
        variants: made
            .iter()
            .map(|variant| ImageVariant {
                name: format!("{}.{}", variant.width, variant.kind.extension()),
                media_type: variant.kind.media_type().to_owned(),
                width: variant.width,
                height: variant.height,
                bytes: variant.bytes.len() as u64,
            })
            .collect(),
    };
    Ok((files, made))
}
