//! The writer: tasks become content, whose body is typed blocks with every revision kept.
//!
//! The body of a revision is an object in the bucket that is never changed; the row of the content points at the newest
//! one, in the same transaction in which the revision becomes a row.

mod content;
mod edit;
mod generate;
mod queue;
mod service;
mod task;
mod write;

pub use content::{
    Body, Content, ContentStatus, ContentView, Destination, DestinationStatus, Revision, Slug, StoredRevision,
};
pub use edit::ContentUpdate;
pub use generate::GenerateRequest;
pub use service::{ContentQuery, Contents, TaskQuery};
pub use task::{Task, TaskCreate, TaskStatus, TaskUpdate};
pub use write::{GENERATE_CONTENT, WriteStep};
