//! Ids are ULIDs with a type: an id of a keyword is never taken for one of a cluster.
//!
//! What belongs to a site carries the site's tag in its id: the first 20 of the ULID's 80 random bits (characters 11–14).
//! So the partition of a row follows from its id alone, without a look-up (docs/decisions/site-tags.md).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest, Sha256};
use ulid::Ulid;

/// The text is not a ULID.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected 26 characters of Crockford's base 32")]
pub struct IdParseError;

/// The four characters that say which site of a tenant an id belongs to; unique among the sites of one tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SiteTag(u32);

const TAG_BITS: u32 = 20;
const TAIL_BITS: u32 = 60;

impl fmt::Display for SiteTag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = Ulid::from_parts(0, u128::from(self.0) << TAIL_BITS).to_string();
        f.write_str(&id[10..14])
    }
}

/// An id whose record lives in a site.
pub trait SiteScoped: Copy {
    /// The tag of that site.
    fn site_tag(self) -> SiteTag;
}

fn tag_of(id: Ulid) -> SiteTag {
    SiteTag(((id.random() >> TAIL_BITS) as u32) & ((1 << TAG_BITS) - 1))
}

fn digest(parts: &[&str]) -> u128 {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    let bytes = hash.finalize();
    let mut head = [0_u8; 16];
    head.copy_from_slice(&bytes[..16]);
    u128::from_be_bytes(head)
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Ulid);

        impl $name {
            /// Milliseconds since the Unix epoch at which the id was made.
            pub fn millis(self) -> i64 {
                self.0.timestamp_ms() as i64
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0.to_string())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.to_string())
            }
        }

        impl FromStr for $name {
            type Err = IdParseError;
            fn from_str(text: &str) -> Result<Self, IdParseError> {
                let id = Ulid::from_string(text).map_err(|_| IdParseError)?;
                // Crockford's base 32 reads lower case and look-alikes too; one id has one spelling.
                if id.to_string() == text { Ok(Self(id)) } else { Err(IdParseError) }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(de::Error::custom)
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .format(Some(utoipa::openapi::SchemaFormat::Custom("ulid".into())))
                    .min_length(Some(26))
                    .max_length(Some(26))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}
    };
}

macro_rules! tenant_id {
    ($(#[$doc:meta])* $name:ident) => {
        id!($(#[$doc])* $name);

        impl $name {
            /// A new id; `random` is 80 random bits (higher bits are dropped).
            pub const fn new(millis: i64, random: u128) -> Self {
                Self(Ulid::from_parts(millis as u64, random))
            }

            /// The same id for the same time and parts, for records that a repeat must not make twice.
            pub fn derived(millis: i64, parts: &[&str]) -> Self {
                Self::new(millis, digest(parts))
            }
        }
    };
}

macro_rules! site_id {
    ($(#[$doc:meta])* $name:ident) => {
        id!($(#[$doc])* $name);

        impl $name {
            /// A new id in a site; of `random`, the lowest 60 bits are used.
            pub fn new(site: impl SiteScoped, millis: i64, random: u128) -> Self {
                let tail = random & ((1 << TAIL_BITS) - 1);
                let tag = u128::from(site.site_tag().0) << TAIL_BITS;
                Self(Ulid::from_parts(millis as u64, tag | tail))
            }

            /// The same id for the same site, time and parts, for records that a repeat must not make twice.
            pub fn derived(site: impl SiteScoped, millis: i64, parts: &[&str]) -> Self {
                Self::new(site, millis, digest(parts))
            }
        }

        impl SiteScoped for $name {
            fn site_tag(self) -> SiteTag {
                tag_of(self.0)
            }
        }
    };
}

tenant_id!(
    /// A customer: the wall between everybody's data.
    TenantId
);
tenant_id!(
    /// A person, possibly in several tenants.
    UserId
);
tenant_id!(
    /// A sign-in of a person, kept alive by refresh tokens.
    SessionId
);
tenant_id!(
    /// An invitation of a person into a tenant.
    InvitationId
);
tenant_id!(
    /// A mail that waits to be sent.
    MailId
);
tenant_id!(
    /// A group of sites.
    WorkspaceId
);
tenant_id!(
    /// A key of the API.
    ApiKeyId
);
tenant_id!(
    /// A job: work that takes time.
    JobId
);
tenant_id!(
    /// A person (real or not) in whose voice content is written.
    AuthorProfileId
);
tenant_id!(
    /// A strategy: how content of a sector and kind is to be.
    StrategyId
);
tenant_id!(
    /// Something that the model was asked to try or to draft; it has the letters of its job's id.
    TrialId
);
tenant_id!(
    /// A site of a tenant.
    SiteId
);

impl SiteScoped for SiteId {
    fn site_tag(self) -> SiteTag {
        tag_of(self.0)
    }
}

site_id!(
    /// A topic area of a site.
    SectorId
);
site_id!(
    /// A keyword of a site.
    KeywordId
);
site_id!(
    /// An upload of keywords that is imported by a job.
    ImportId
);
site_id!(
    /// A group of keywords that one page can answer.
    ClusterId
);
site_id!(
    /// A plan of an article.
    IdeaId
);
site_id!(
    /// An order to write something.
    TaskId
);
site_id!(
    /// A text that a writer is given.
    SourceId
);
site_id!(
    /// A piece of content.
    ContentId
);
site_id!(
    /// A picture of a content.
    ImageId
);
site_id!(
    /// One version of a hosted site.
    DeploymentId
);
site_id!(
    /// The state of one content at one destination.
    RecordId
);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_site_scoped_id_carries_the_tag_of_its_site(millis in 0_i64..(1 << 47), a: u128, b: u128) {
            let site = SiteId::new(millis, a);
            let keyword = KeywordId::new(site, millis, b);
            prop_assert_eq!(keyword.site_tag(), site.site_tag());
            prop_assert_eq!(keyword.millis(), millis);
            prop_assert_eq!(keyword.to_string().parse::<KeywordId>(), Ok(keyword));
            prop_assert_eq!(&keyword.to_string()[10..14], site.site_tag().to_string());
        }
    }

    #[test]
    fn derived_ids_repeat_and_differ_by_part() {
        assert_eq!(JobId::derived(7, &["a", "bc"]), JobId::derived(7, &["a", "bc"]));
        assert_ne!(JobId::derived(7, &["a", "bc"]), JobId::derived(7, &["ab", "c"]));
    }

    #[test]
    fn one_id_has_one_spelling() {
        let id = JobId::derived(7, &["x"]).to_string();
        assert!(id.parse::<JobId>().is_ok());
        assert!(id.to_lowercase().parse::<JobId>().is_err());
        assert!("".parse::<JobId>().is_err());
        assert!("é".repeat(13).parse::<JobId>().is_err());
    }
}
