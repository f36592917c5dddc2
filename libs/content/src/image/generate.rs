//! `generate_images`: planned pictures are made, one item and one credit each.

use async_trait::async_trait;
use igny8_core::{Credits, Ctx, Error, ImageId, Result, SiteId};
use igny8_platform::settings::{AI_IMAGES_PER_REQUEST, Settings};
use igny8_table::{Cond, Effects, Keys, Update};
use igny8_work::{Failure, FunctionSpec, Item, Job, JobCreate, NewItem, Outcome, Phase, Progress, Step};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{
    Image, ImageOrigin, ImageRole, ImageStatus,
    make::{ImageStep, Wanted},
    trial::TEST_IMAGE,
};
use crate::{Content, Contents};

/// Makes a picture.
pub const GENERATE_IMAGES: FunctionSpec =
    FunctionSpec { name: "generate_images", queue: "writer-images", max_attempts: 4 };

/// The most pictures of one run of a schedule.
pub(crate) const MOST_SCHEDULED: usize = 40;
/// What a picture costs.
pub const PRICE: Credits = Credits(1);
/// The most bytes of the error that a picture keeps; the row has to stay small.
const MOST_ERROR: usize = 400;

/// Which pictures to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ImagesGenerate {
    /// The pictures, at most as many as the settings allow (6), all of one site. One that is there already is made anew.
    pub image_ids: Vec<ImageId>,
}

impl Contents {
    /// What making these pictures would cost.
    pub async fn plan_images(&self, ctx: &Ctx, request: &ImagesGenerate) -> Result<(Credits, usize)> {
        let most = self.images_per_request(ctx).await?;
        let (_, images) = self.images_to_make(ctx, &request.image_ids, most).await?;
        Ok((images.iter().map(|_| PRICE).sum(), images.len()))
    }

    /// Starts to make pictures: one item each, 1 credit for each that is made.
    ///
    /// Errors: unknown picture (404), more than the settings allow or one without a prompt (422), one that is being made (409), too few
    /// credits (402).
    pub async fn generate_images(&self, ctx: &Ctx, request: &ImagesGenerate) -> Result<Job> {
        let most = self.images_per_request(ctx).await?;
        self.make_at_most(ctx, &request.image_ids, most).await
    }

    async fn images_per_request(&self, ctx: &Ctx) -> Result<usize> {
        Ok(Settings::read(&self.table, ctx).await?.get(AI_IMAGES_PER_REQUEST) as usize)
    }

    /// As [`generate_images`](Self::generate_images), for schedules: up to 40 pictures, as many as are taken in the
    /// transaction that creates the job.
    pub async fn make_images(&self, ctx: &Ctx, ids: &[ImageId]) -> Result<Job> {
        self.make_at_most(ctx, ids, MOST_SCHEDULED).await
    }

    async fn make_at_most(&self, ctx: &Ctx, ids: &[ImageId], most: usize) -> Result<Job> {
        let (site, images) = self.images_to_make(ctx, ids, most).await?;
        let keys = Keys::new(ctx);
        let items = images
            .iter()
            .map(|image| NewItem { title: image.title(), input: json!({ "image_id": image.id }), price: PRICE })
            .collect();
        let create = JobCreate::new(ctx, GENERATE_IMAGES, site, items);
        let mut effects = Effects::new();
        for image in &images {
            // Only one job may have a picture: a second request that came at the same moment fails here.
            effects.update(
                "image",
                Update::at(Image::key_of(&keys, image.id))
                    .set("status", ImageStatus::Queued)
                    .set("job_id", create.id)
                    .set("updated_at", ctx.now())
                    .add("version", 1)
                    .remove("error")
                    .when(Cond::eq_n("version", image.version)),
            );
        }
        self.work.create(ctx, create.with(effects)).await
    }

    async fn images_to_make(&self, ctx: &Ctx, ids: &[ImageId], most: usize) -> Result<(SiteId, Vec<Image>)> {
        let mut seen = std::collections::HashSet::new();
        let ids: Vec<ImageId> = ids.iter().copied().filter(|id| seen.insert(*id)).collect();
        if ids.is_empty() || ids.len() > most {
            return Err(Error::invalid("image_ids", format!("send 1 to {most} ids")));
        }
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Image::key_of(&keys, *id)).collect();
        let images: Option<Vec<Image>> = self.table.get_many::<Image>(&wanted).await?.into_iter().collect();
        let images = images.ok_or_else(|| Error::not_found("image"))?;
        let site = images[0].site_id;
        if images.iter().any(|image| image.site_id != site) {
            return Err(Error::invalid("image_ids", "must all be of one site"));
        }
        self.accounts.site(ctx, site).await.map_err(|_| Error::not_found("image"))?;
        for image in &images {
            if image.source == ImageOrigin::Uploaded {
                return Err(Error::invalid("image_ids", "holds an uploaded picture; only planned ones can be made"));
            }
            if image.prompt.is_empty() {
                return Err(Error::invalid("image_ids", "holds a picture without a prompt; write one first"));
            }
            self.not_at_work(ctx, image).await?;
        }
        Ok((site, images))
    }

    /// Refuses a picture that a job has in hand. One whose job was cancelled or is over is free.
    pub(super) async fn not_at_work(&self, ctx: &Ctx, image: &Image) -> Result<()> {
        if let (ImageStatus::Queued | ImageStatus::Generating, Some(job)) = (image.status, image.job_id)
            && !self.work.status(ctx, job).await?.is_terminal()
        {
            return Err(Error::conflict("This picture is being made right now; see its job."));
        }
        Ok(())
    }
}

#[derive(Debug, Deserialize)]
struct Input {
    image_id: ImageId,
}

#[async_trait]
impl Step for ImageStep {
    fn spec(&self) -> FunctionSpec {
        GENERATE_IMAGES
    }

    /// It takes all items of the queue `writer-images`: pictures of contents, and pictures that try a model.
    async fn run(&self, ctx: &Ctx, item: &Item, progress: &Progress<'_>) -> Result<Outcome, Failure> {
        if item.function == TEST_IMAGE.name {
            return self.test(ctx, item, progress).await;
        }
        let Some(image) = self.image(ctx, item).await? else {
            return Err(Failure::for_good("This picture has been deleted in the meantime."));
        };
        if image.job_id != Some(item.job) {
            return Err(Failure::for_good("Another job makes this picture."));
        }
        let keys = Keys::new(ctx);
        if image.status != ImageStatus::Generating {
            let mut effects = Effects::new();
            effects.update(
                "image",
                Update::at(Image::key_of(&keys, image.id))
                    .set("status", ImageStatus::Generating)
                    .set("updated_at", ctx.now())
                    .add("version", 1)
                    .when(Cond::eq("job_id", item.job)),
            );
            self.contents.table.transact("content.begin_image", effects).await?;
        }
        progress.phase(Phase::AiCall).await;
        let wanted = Wanted { site: image.site_id, prompt: &image.prompt, model: None };
        let stored = self.make(ctx, item, &wanted).await?;
        progress.phase(Phase::Save).await;
        let (files, usage) = self.files(ctx, &stored, &wanted).await?;
        let mut effects = Effects::new();
        effects.update(
            "image",
            Update::at(Image::key_of(&keys, image.id))
                .set("status", ImageStatus::Ready)
                .set("provider", &stored.provider)
                .set("model", &stored.model)
                .set_serde("files", &files)?
                .set("updated_at", ctx.now())
                .add("version", 1)
                .remove("error")
                .when(Cond::eq("job_id", item.job)),
        );
        self.feature_first(ctx, &image, &mut effects).await?;
        let result = json!({ "image_id": image.id, "content_id": image.content_id, "hash": files.hash });
        Ok(Outcome { effects, price: PRICE, usage, result })
    }

    async fn give_up(&self, ctx: &Ctx, item: &Item, sentence: &str) -> Result<Effects, Failure> {
        let mut effects = Effects::new();
        // What tries a model has no row.
        if item.function != TEST_IMAGE.name
            && let Some(image) = self.image(ctx, item).await?
            && image.job_id == Some(item.job)
        {
            effects.update(
                "image",
                Update::at(Image::key_of(&Keys::new(ctx), image.id))
                    .set("status", ImageStatus::Failed)
                    .set("error", &sentence[..sentence.floor_char_boundary(MOST_ERROR)])
                    .set("updated_at", ctx.now())
                    .add("version", 1)
                    .when(Cond::eq("job_id", item.job)),
            );
        }
        Ok(effects)
    }
}

impl ImageStep {
    async fn image(&self, ctx: &Ctx, item: &Item) -> Result<Option<Image>, Failure> {
        let input: Input = serde_json::from_value(item.input.clone()).map_err(Error::internal)?;
        Ok(self.contents.table.get::<Image>(Image::key_of(&Keys::new(ctx), input.image_id)).await?)
    }

    /// A content that has no picture at its top gets the first one that was made for that place.
    async fn feature_first(&self, ctx: &Ctx, image: &Image, effects: &mut Effects) -> Result<(), Failure> {
        if image.role != ImageRole::Featured || image.alt.trim().is_empty() {
            return Ok(());
        }
        let key = Content::key_of(&Keys::new(ctx), image.content_id);
        if let Some(content) = self.contents.table.get::<Content>(key.clone()).await?
            && content.featured_image_id.is_none()
        {
            effects.update(
                "content",
                Update::at(key)
                    .set("featured_image_id", image.id)
                    .set("updated_at", ctx.now())
                    .add("version", 1)
                    .when(Cond::Exists.and(Cond::Lacks("featured_image_id"))),
            );
        }
        Ok(())
    }
}
