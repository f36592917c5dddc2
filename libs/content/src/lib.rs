//! The writer: tasks become content, whose body is typed blocks with every revision kept.
//!
//! The body of a revision is an object in the bucket that is never changed; the row of the content points at the newest
//! one, in the same transaction in which the revision becomes a row.

mod address;
mod anew;
mod content;
mod edit;
mod generate;
mod image;
mod map;
mod merge;
mod merge_idea;
mod proposal;
mod queue;
mod regenerate;
mod reparse;
mod rewriting;
mod rivals;
mod schedule;
mod scheduled;
mod service;
mod source;
mod task;
mod truth;
mod variation;
mod voice;
mod write;

pub use anew::Proposal;
pub use content::{
    Body, Content, ContentStatus, ContentView, Destination, DestinationStatus, Revision, Slug, StoredRevision,
};
pub use edit::ContentUpdate;
pub use generate::{GeneratePlan, GenerateRequest, PRICE};
pub use image::{
    GENERATE_IMAGE_PROMPTS, GENERATE_IMAGES, IMAGE_PRICE, Image, ImageAddress, ImageFeature, ImageFiles, ImageModels,
    ImageOrigin, ImagePromptsRequest, ImagePromptsStep, ImageQuery, ImageRole, ImageStatus, ImageStep, ImageTest,
    ImageUpdate, ImageUpload, ImageUploadStarted, ImageVariant, ImageView, ImagesGenerate, TEST_IMAGE, TestedImage,
};
pub use map::{ClusterMap, MappedCluster};
pub use merge::MergeStep;
pub use proposal::{ProposalAnswer, ProposalChoices, ProposalView};
pub use queue::MOST as IDEAS_PER_REQUEST;
pub use regenerate::{REGENERATE, RegenerateRequest};
pub use reparse::{REPARSE, ReparseRequest};
pub use rewriting::Rewriting;
pub use schedule::{DueStarted, DueTask};
pub use service::{ContentQuery, Contents, TaskQuery};
pub use source::{Source, SourceCreate, SourceUpdate, SourceView};
pub use task::{Task, TaskCreate, TaskStatus, TaskUpdate};
pub use truth::{Claims, Provenance};
pub use variation::{VARIATION, Variation, VariationKind, VariationRequest, VariationView};
pub use write::{GENERATE_CONTENT, WriteStep};
