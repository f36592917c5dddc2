//! Sites: what they are, and how they are to be treated.

use igny8_core::{SiteId, SiteTag, TenantId, Timestamp, UserId, WorkspaceId, maybe_null};
use igny8_table::{Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a site is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SiteType {
    /// Articles.
    Blog,
    /// A product or a campaign.
    Marketing,
    /// A shop.
    Ecommerce,
    /// Works to show.
    Portfolio,
    /// A company.
    Corporate,
}

/// Where a site lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HostingType {
    /// With us.
    Igny8,
    /// In a WordPress.
    Wordpress,
    /// In a Shopify shop.
    Shopify,
    /// In several places.
    Multi,
}

/// Whether content must be reviewed before it may be published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Review {
    /// Never: a draft may be approved or published at once.
    #[default]
    Never,
    /// Always: what is published has been approved, and before that in review.
    Always,
    /// As always, until `review_first` contents of the site are approved or published; then as never.
    FirstN,
}

/// How a site is to be treated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SiteSettings {
    /// Whether content must be reviewed.
    pub review: Review,
    /// How many contents `first_n` means.
    pub review_first: u32,
}

impl Default for SiteSettings {
    fn default() -> Self {
        Self { review: Review::default(), review_first: 5 }
    }
}

/// A site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Site {
    /// Its id.
    pub id: SiteId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its name.
    pub name: String,
    /// Its own domain, where it has one.
    pub domain: Option<String>,
    /// Since when the domain is known to be the tenant's; only then are our pages served under it.
    pub domain_verified_at: Option<Timestamp>,
    /// The label of its public address with us: `<host>.localhost`.
    pub host: String,
    /// What it is for.
    pub site_type: SiteType,
    /// Where it lives.
    pub hosting_type: HostingType,
    /// The trade.
    pub industry: Option<String>,
    /// Its language, as a BCP 47 tag.
    pub locale: String,
    /// The workspace it belongs to.
    pub workspace_id: Option<WorkspaceId>,
    /// How it is to be treated.
    #[serde(default)]
    pub settings: SiteSettings,
    /// Who made it; null for a program with a key.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    pub version: u64,
}

impl Site {
    /// Where the row of a site lives.
    pub fn key_of(keys: &Keys, id: SiteId) -> Key {
        keys.row(Self::KIND, id)
    }
}

impl Entity for Site {
    const KIND: &'static str = "SITE";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}

/// A site that was deleted: out of every list, but its rows are still there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct DeletedSite {
    #[serde(flatten)]
    pub(crate) site: Site,
    pub(crate) deleted_at: Timestamp,
}

impl Entity for DeletedSite {
    const KIND: &'static str = "DELETEDSITE";

    fn key(&self, keys: &Keys) -> Key {
        keys.row(Self::KIND, self.site.id)
    }
}

/// Makes a tag unique within the tenant, and leads from the id of anything in a site to the site. It outlives the site,
/// so that a new one never finds the rows of an old one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct TagRow {
    pub(crate) tag: String,
    pub(crate) site: SiteId,
}

impl TagRow {
    pub(crate) fn key_of(keys: &Keys, tag: SiteTag) -> Key {
        keys.row(Self::KIND, tag)
    }
}

impl Entity for TagRow {
    const KIND: &'static str = "SITETAG";

    fn key(&self, keys: &Keys) -> Key {
        keys.row(Self::KIND, &self.tag)
    }
}

/// A site to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteCreate {
    /// Its name.
    #[schema(min_length = 1, max_length = 100, example = "Taller Ana")]
    pub name: String,
    /// Its own domain, where it has one.
    #[schema(example = "www.taller-ana.example")]
    pub domain: Option<String>,
    /// What it is for.
    pub site_type: SiteType,
    /// Where it lives.
    pub hosting_type: HostingType,
    /// The trade.
    #[schema(max_length = 100, example = "Car repair")]
    pub industry: Option<String>,
    /// Its language, as a BCP 47 tag; `en` unless told.
    #[schema(example = "es")]
    pub locale: Option<String>,
    /// The workspace it belongs to.
    pub workspace_id: Option<WorkspaceId>,
}

/// A change of a site; what is left out stays, and null takes away.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct SitePatch {
    /// Another name; the host stays.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
    /// Another domain; it wants to be verified anew.
    #[serde(deserialize_with = "maybe_null")]
    #[schema(value_type = Option<String>)]
    pub domain: Option<Option<String>>,
    /// What it is for.
    pub site_type: Option<SiteType>,
    /// Where it lives.
    pub hosting_type: Option<HostingType>,
    /// The trade.
    #[serde(deserialize_with = "maybe_null")]
    #[schema(value_type = Option<String>, max_length = 100)]
    pub industry: Option<Option<String>>,
    /// Its language, as a BCP 47 tag.
    pub locale: Option<String>,
    /// The workspace it belongs to.
    #[serde(deserialize_with = "maybe_null")]
    #[schema(value_type = Option<WorkspaceId>)]
    pub workspace_id: Option<Option<WorkspaceId>>,
}

/// A change of a site's settings; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteSettingsPatch {
    /// Whether content must be reviewed.
    pub review: Option<Review>,
    /// How many contents `first_n` means: 1–1000.
    #[schema(minimum = 1, maximum = 1000)]
    pub review_first: Option<u32>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patch_tells_null_from_nothing() {
        let patch: SitePatch = serde_json::from_str(r#"{"domain": null, "name": "A"}"#).unwrap();
        assert_eq!((patch.domain, patch.industry, patch.name.as_deref()), (Some(None), None, Some("A")));
        assert!(serde_json::from_str::<SitePatch>(r#"{"host": "other"}"#).is_err());
    }

    #[test]
    fn the_words_of_the_contract() {
        let words = |value: serde_json::Value| value.as_str().unwrap().to_owned();
        assert_eq!(words(serde_json::to_value(HostingType::Igny8).unwrap()), "igny8");
        assert_eq!(words(serde_json::to_value(Review::FirstN).unwrap()), "first_n");
        assert_eq!(SiteSettings::default().review, Review::Never);
    }
}
