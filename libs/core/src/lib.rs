//! The ground floor: ids, the request context, errors, pages, credits and slugs.
//!
//! Nothing here does I/O or knows AWS; every other crate may use this one.

mod credits;
mod ctx;
mod error;
mod ids;
mod page;
mod slug;
mod time;

pub use credits::Credits;
pub use ctx::{Actor, Clock, Ctx, Env, FixedClock, Idempotency, Role, SystemClock};
pub use error::{Error, ErrorKind, FieldError, Result};
pub use ids::{
    ApiKeyId, AuthorProfileId, ClusterId, ContentId, DeploymentId, IdParseError, IdeaId, ImageId, ImportId,
    InvitationId, JobId, KeywordId, MailId, RecordId, SectorId, SessionId, SiteId, SiteScoped, SiteTag, SourceId,
    StrategyId, TaskId, TenantId, TrialId, UserId, WorkspaceId,
};
pub use page::{Cursor, Limit, Page, PageRequest};
pub use slug::slugify;
pub use time::Timestamp;

/// Reads a field of a patch that may be left out (none), null (`Some(None)`) or a value.
///
/// Errors: those of the value itself.
pub fn maybe_null<'de, T, D>(deserializer: D) -> std::result::Result<Option<Option<T>>, D::Error>
where
    T: serde::Deserialize<'de>,
    D: serde::Deserializer<'de>,
{
    serde::Deserialize::deserialize(deserializer).map(Some)
}
