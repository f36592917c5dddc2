//! The habits of the HTTP interface: who calls and what they may do, typed input, errors as problem+json, repeats that
//! are safe, and documents that cannot drift.
//!
//! It knows no route but their names and roles (`access`); what a route does belongs to the functions.

pub mod access;
mod body;
mod context;
pub mod docs;
mod fields;
mod headers;
mod idempotency;
mod problem;
mod query;
mod reply;
mod router;

pub use access::Access;
pub use body::{BODY_LIMIT, Body, Raw};
pub use context::{Authenticator, Caller, ClientIp, Identity, RequestId, Visitor};
pub use headers::{IfMatch, versioned};
pub use idempotency::JobAnswers;
pub use problem::{Code, Failure, Problem};
pub use query::{Estimate, List, ListParams, NoFilter, Path, Query, SearchParams};
pub use reply::{
    Accepted, AcceptedJob, Bulk, BulkError, BulkItem, BulkRequest, Created, Secret, StartedJob, accepted, created,
    no_content,
};
pub use router::Api;

/// What a handler answers.
pub type Reply<T = axum::response::Response> = Result<T, Failure>;
