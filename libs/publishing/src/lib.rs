//! Publishing: contents become a version of a hosted site, which visitors see when one pointer moves.
//!
//! The files of a version lie under a prefix of their own and are never changed. The pointer is a field of the site's
//! host row and moves in the transaction that ends the item: visitors see the old version or the new one, never a mix,
//! and the states of the contents cannot say anything else.

mod deploy;
mod drawing;
mod people;
mod pictures;
mod preview;
mod record;
mod service;
mod warnings;

pub use deploy::{DEPLOY, DeployStep};
pub use preview::Preview;
pub use record::{Deployment, DeploymentView, PublishingRecord, RecordStatus};
pub use service::{PublishPlan, PublishRequest, Publishing, public_url};
