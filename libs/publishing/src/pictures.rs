//! The pictures of a site as it goes public: which files they have, and where these lie in a version of the site.

use std::collections::{BTreeMap, BTreeSet};

use igny8_blocks::Picture;
use igny8_content::{Body, Content, Contents, Image, ImageFiles};
use igny8_core::{Ctx, ImageId, Result, TenantId};
use igny8_render::Source;

/// How much of a hash names a file: 64 bits, of the pictures of one site.
const NAME: usize = 16;

/// The pictures that some pages show.
pub(crate) struct Pictures {
    tenant: TenantId,
    images: BTreeMap<ImageId, Image>,
}

impl Pictures {
    /// Those at the tops and in the bodies of these pages; what has no file is left out.
    pub async fn of<'a>(
        ctx: &Ctx,
        contents: &Contents,
        pages: impl IntoIterator<Item = (&'a Content, &'a Body)>,
    ) -> Result<Self> {
        let (mut wanted, mut sites) = (BTreeSet::new(), BTreeSet::new());
        for (content, body) in pages {
            sites.insert(content.site_id);
            wanted.extend(content.featured_image_id);
            wanted.extend(body.blocks.asset_ids().filter_map(|id| id.parse::<ImageId>().ok()));
        }
        let ids: Vec<ImageId> = wanted.into_iter().collect();
        let found = contents.usable_images(ctx, &ids).await?;
        // A body may name whatever it likes: what another site has is not shown here.
        let own = found.into_iter().flatten().filter(|image| sites.contains(&image.site_id));
        let images = own.map(|image| (image.id, image)).collect();
        Ok(Self { tenant: ctx.tenant, images })
    }

    /// Every file once: where it lies, and its path in the site.
    pub fn files(&self) -> impl Iterator<Item = (String, String)> {
        let files: BTreeMap<String, String> = self
            .images
            .values()
            .filter_map(|image| image.files.as_ref())
            .flat_map(|files| {
                files.variants.iter().map(move |file| (path(files, &file.name), files.key(self.tenant, file)))
            })
            .collect();
        files.into_iter().map(|(path, key)| (key, path))
    }

    /// The bytes of all files.
    pub fn bytes(&self) -> u64 {
        let files: BTreeMap<String, u64> = self
            .images
            .values()
            .filter_map(|image| image.files.as_ref())
            .flat_map(|files| files.variants.iter().map(move |file| (path(files, &file.name), file.bytes)))
            .collect();
        files.values().sum()
    }

    /// A picture for the top of a page.
    pub fn featured(&self, id: ImageId) -> Option<igny8_render::Image> {
        let image = self.images.get(&id)?;
        let Picture { url, width, height, sources } = picture(image.files.as_ref()?)?;
        let sources = sources.into_iter().map(|(url, width)| Source { url, width }).collect();
        Some(igny8_render::Image { url, alt: image.alt.clone(), width, height, sources })
    }

    /// A picture for a body.
    pub fn in_body(&self, id: &str) -> Option<Picture> {
        picture(self.images.get(&id.parse().ok()?)?.files.as_ref()?)
    }
}

/// The path of a file in the site: its name says what is in it, so that browsers may keep it for good.
fn path(files: &ImageFiles, name: &str) -> String {
    format!("img/{}-{name}", files.hash.get(..NAME).unwrap_or(&files.hash))
}

/// JPEG for everyone, WebP for those who choose.
fn picture(files: &ImageFiles) -> Option<Picture> {
    let (plain, sources): (Vec<_>, Vec<_>) = files.variants.iter().partition(|file| file.media_type != "image/webp");
    let plain = plain.first().copied().or_else(|| sources.last().copied())?;
    Some(Picture {
        url: format!("/{}", path(files, &plain.name)),
        width: plain.width,
        height: plain.height,
        sources: sources.iter().map(|file| (format!("/{}", path(files, &file.name)), file.width)).collect(),
    })
}

#[cfg(test)]
mod tests {
    use igny8_content::ImageVariant;

    use super::*;

    #[test]
    fn a_picture_offers_webp_and_falls_back_to_jpeg() {
        let file = |name: &str, media_type: &str, width: u32| ImageVariant {
            name: name.into(),
            media_type: media_type.into(),
            width,
            height: width / 2,
            bytes: 1,
        };
        let files = ImageFiles {
            hash: "0123456789abcdef0123".into(),
            width: 800,
            height: 400,
            variants: vec![
                file("480.webp", "image/webp", 480),
                file("800.webp", "image/webp", 800),
                file("800.jpg", "image/jpeg", 800),
            ],
        };
        let shown = picture(&files).unwrap();
        assert_eq!((shown.url.as_str(), shown.width, shown.height), ("/img/0123456789abcdef-800.jpg", 800, 400));
        let webp = |width: u32| (format!("/img/0123456789abcdef-{width}.webp"), width);
        assert_eq!(shown.sources, [webp(480), webp(800)]);
    }
}
