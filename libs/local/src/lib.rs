//! The local cloud: plays template.yaml on loopback, with the contracts of AWS and nothing of IGNY8's domain.
//!
//! It is given a template and a registry of functions (JSON event in, JSON answer out) and serves them as API Gateway,
//! SQS, streams, schedules and the bus would. May never be linked into a deployed binary.

pub mod cloud;
mod door;
pub mod emulators;
pub mod faults;
pub mod gateway;
pub mod iam;
pub mod invoke;
pub mod mappings;
pub mod place;
pub mod private;
pub mod process;
mod server;
pub mod template;

pub use cloud::{Guests, LocalCloud, Options};
pub use faults::{Faults, Plan};
pub use gateway::{SiteResolver, SiteRoot};
pub use iam::{AccessKey, Capacity, Denied};
pub use invoke::{InvocationContext, Invoke, InvokeError, Registry};
pub use place::{LocalError, Place, Result};
pub use template::{Template, TemplateSource};

/// A random UUID of version 4, as text.
pub(crate) fn uuid(env: &igny8_core::Env) -> String {
    let bits = (env.random() & !(0xf000 << 64) & !(0xc << 60)) | (0x4000 << 64) | (0x8 << 60);
    let hex = format!("{bits:032x}");
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
