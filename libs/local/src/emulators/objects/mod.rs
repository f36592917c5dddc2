//! S3: buckets on disk behind the `s3s` protocol layer.

mod protocol;
mod store;

pub use protocol::service;
pub(crate) use store::hex;
pub use store::{Meta, Object, ObjectStore};
