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
    ApiKeyId, ClusterId, ContentId, DeploymentId, IdParseError, IdeaId, ImportId, InvitationId, JobId, KeywordId,
    MailId, RecordId, SectorId, SessionId, SiteId, SiteScoped, SiteTag, TaskId, TenantId, UserId, WorkspaceId,
};
pub use page::{Cursor, Limit, Page, PageRequest};
pub use slug::slugify;
pub use time::Timestamp;
