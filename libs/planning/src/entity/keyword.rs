//! A keyword of a site, and the name that makes it unique there.

use igny8_core::{ClusterId, KeywordId, SectorId, SiteId, Timestamp, UserId};
use igny8_table::{Entity, Indexes, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::Intent;

/// How far a keyword has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeywordStatus {
    /// It waits for a cluster.
    New,
    /// It has a cluster.
    Clustered,
    /// An idea serves it.
    Mapped,
    /// It is kept, but not planned with.
    Archived,
}

impl std::fmt::Display for KeywordStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::New => "new",
            Self::Clustered => "clustered",
            Self::Mapped => "mapped",
            Self::Archived => "archived",
        })
    }
}

/// A keyword of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Keyword {
    /// Its id.
    pub id: KeywordId,
    /// The site.
    pub site_id: SiteId,
    /// The sector of the site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sector_id: Option<SectorId>,
    /// The keyword as it was entered.
    pub keyword: String,
    /// Searches a month.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub volume: Option<u64>,
    /// Keyword difficulty, 0 to 100.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub difficulty: Option<u8>,
    /// Cost per click, in cents.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cpc_cents: Option<u32>,
    /// Search intent.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub intent: Option<Intent>,
    /// Country or language of the numbers.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub locale: Option<String>,
    /// The wider topic, where the source knows it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub parent_topic: Option<String>,
    /// Where it came from: `manual`, `api` or the kind of export.
    pub source: String,
    /// How far it has come.
    pub status: KeywordStatus,
    /// Its cluster.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub cluster_id: Option<ClusterId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub updated_at: Timestamp,
    /// Who made it, where a person did.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub created_by: Option<UserId>,
    /// Grows with every change; `If-Match` takes it.
    pub version: u64,
}

impl Keyword {
    /// Where a keyword lives.
    pub fn key_of(keys: &Keys, id: KeywordId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }

    /// The partition of a site's keywords by volume, in `GSI1`.
    pub fn by_volume(keys: &Keys, site: SiteId) -> String {
        keys.site_partition(site, "KEYWORD_VOLUME")
    }

    /// The partition of a cluster's keywords, in `GSI2`.
    pub fn by_cluster(keys: &Keys, cluster: ClusterId) -> String {
        keys.site_partition(cluster, &format!("CLUSTER#{cluster}#KEYWORD"))
    }
}

impl Entity for Keyword {
    const KIND: &'static str = "KEYWORD";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }

    fn indexes(&self, keys: &Keys) -> Indexes {
        Indexes {
            gsi1: Some((
                Self::by_volume(keys, self.site_id),
                format!("{:012}#{}", self.volume.unwrap_or_default(), self.id),
            )),
            gsi2: self.cluster_id.map(|cluster| (Self::by_cluster(keys, cluster), self.id.to_string())),
        }
    }
}

/// The name of a keyword: one row per normal form makes it unique within its site, and lists can search by prefix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeywordName {
    /// The site.
    pub site_id: SiteId,
    /// The keyword in its normal form.
    pub name: String,
    /// The keyword of that name.
    pub id: KeywordId,
}

impl KeywordName {
    /// Where the name lives.
    pub fn key_of(keys: &Keys, site: SiteId, name: &str) -> Key {
        keys.site_row(site, Self::KIND, name)
    }
}

impl Entity for KeywordName {
    const KIND: &'static str = "KEYWORD_NAME";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.site_id, &self.name)
    }
}
