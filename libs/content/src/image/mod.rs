//! Pictures of contents: planned by a model, made by another or uploaded, kept as files named by what is in them.

mod files;
mod generate;
mod make;
mod place;
mod prompts;
mod service;
mod trial;
mod upload;

use igny8_core::{ContentId, ImageId, JobId, SiteId, TenantId, Timestamp, UserId};
use igny8_table::{Entity, Indexes, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub(crate) use generate::MOST_SCHEDULED;
pub use generate::{GENERATE_IMAGES, ImagesGenerate, PRICE as IMAGE_PRICE};
pub use make::{ImageModels, ImageStep};
pub use place::ImageFeature;
pub(crate) use prompts::MOST_CONTENTS;
pub use prompts::{GENERATE_IMAGE_PROMPTS, ImagePromptsRequest, ImagePromptsStep};
pub use service::{ImageQuery, ImageUpdate};
pub use trial::{ImageTest, TEST_IMAGE, TestedImage};
pub use upload::{ImageUpload, ImageUploadStarted};

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImageRole {
    /// At the top of the page, in lists and in link previews.
    Featured,
    /// Between the blocks of the body.
    InArticle,
}

impl std::fmt::Display for ImageRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Featured => "featured",
            Self::InArticle => "in_article",
        })
    }
}

/// How far a picture has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImageStatus {
    /// What it shall show is written down.
    Prompted,
    /// It waits to be made.
    Queued,
    /// A model makes it.
    Generating,
    /// Its file may be uploaded.
    Uploading,
    /// It can be used.
    Ready,
    /// It could not be made; it can be tried again. A file that it had before stays.
    Failed,
}

impl std::fmt::Display for ImageStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Prompted => "prompted",
            Self::Queued => "queued",
            Self::Generating => "generating",
            Self::Uploading => "uploading",
            Self::Ready => "ready",
            Self::Failed => "failed",
        })
    }
}

/// Where a picture comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImageOrigin {
    /// A model made it.
    Generated,
    /// A person uploaded it.
    Uploaded,
}

impl std::fmt::Display for ImageOrigin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Generated => "generated",
            Self::Uploaded => "uploaded",
        })
    }
}

/// One file of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImageVariant {
    /// Its name: width and extension, as `768.webp`.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
    /// Its size in bytes.
    pub bytes: u64,
}

/// The files of a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImageFiles {
    /// SHA-256 of what they were made from, in hexadecimal digits: the same picture has the same files.
    pub hash: String,
    /// Pixels of the original from left to right, upright.
    pub width: u32,
    /// Pixels of the original from top to bottom, upright.
    pub height: u32,
    /// WebP in several widths, smallest first, and one JPEG at the end.
    pub variants: Vec<ImageVariant>,
}

impl ImageFiles {
    /// Where a file of this picture lies.
    pub fn key(&self, tenant: TenantId, variant: &ImageVariant) -> String {
        format!("images/{tenant}/{}/{}", self.hash, variant.name)
    }
}

/// A picture of a content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Image {
    /// Its id; in a body it is written `asset:<id>`.
    pub id: ImageId,
    /// The site.
    pub site_id: SiteId,
    /// The content.
    pub content_id: ContentId,
    /// What it is for.
    pub role: ImageRole,
    /// After how many blocks of the body it was planned; 0 for the top.
    pub position: u32,
    /// The heading of the section that it was planned for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub section: Option<String>,
    /// What the image model is told; empty for an upload.
    pub prompt: String,
    /// What is seen, for those who do not see it.
    pub alt: String,
    /// How far it has come.
    pub status: ImageStatus,
    /// Why it failed, for the user.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub error: Option<String>,
    /// Where it comes from.
    pub source: ImageOrigin,
    /// The provider that made it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub provider: Option<String>,
    /// The model that made it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub model: Option<String>,
    /// Its files, once it has some.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub files: Option<ImageFiles>,
    /// Under what terms it may be used, in the words of who uploaded it.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub license: String,
    /// Whom to name beside it.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub credit: String,
    /// The job that makes it, or made it last.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub job_id: Option<JobId>,
    /// When it was planned or uploaded.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Who asked for it, where a person did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_by: Option<UserId>,
    /// Grows with every change; `If-Match` takes it.
    pub version: u64,
}

impl Image {
    /// Where a picture lives.
    pub fn key_of(keys: &Keys, id: ImageId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }

    /// What it shows in a few words, for lists of work.
    pub fn title(&self) -> String {
        prompts::cut(if self.alt.is_empty() { &self.prompt } else { &self.alt }, 120)
    }

    /// The partition of a content's pictures.
    pub fn by_content(keys: &Keys, content: ContentId) -> String {
        keys.site_partition(content, &format!("CONTENT#{content}#IMAGE"))
    }

    /// Where the file of an upload comes to lie.
    pub fn upload_key(tenant: TenantId, id: ImageId) -> String {
        format!("uploads/{tenant}/{id}")
    }
}

impl Entity for Image {
    const KIND: &'static str = "IMAGE";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }

    fn indexes(&self, keys: &Keys) -> Indexes {
        Indexes { gsi1: None, gsi2: Some((Self::by_content(keys, self.content_id), self.id.to_string())) }
    }

    /// What was never uploaded goes.
    fn ttl(&self) -> Option<Timestamp> {
        (self.status == ImageStatus::Uploading).then(|| self.created_at + std::time::Duration::from_hours(24 * 7))
    }
}

/// A file of a picture with an address at which it can be looked at for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImageAddress {
    /// The address; it ends within two hours.
    pub url: String,
    /// Its media type.
    pub media_type: String,
    /// Pixels from left to right.
    pub width: u32,
    /// Pixels from top to bottom.
    pub height: u32,
}

/// A picture as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ImageView {
    /// The picture.
    #[serde(flatten)]
    pub image: Image,
    /// Where its WebP files can be looked at, smallest first; none before it has files.
    pub addresses: Vec<ImageAddress>,
}
