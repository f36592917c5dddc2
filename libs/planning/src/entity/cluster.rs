//! A cluster: keywords that one page can answer.

use igny8_core::{ClusterId, SectorId, SiteId, Timestamp, UserId};
use igny8_table::{Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A cluster of a site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cluster {
    /// Its id.
    pub id: ClusterId,
    /// The site.
    pub site_id: SiteId,
    /// The sector of the site.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sector_id: Option<SectorId>,
    /// A short name, unique within its site and sector.
    pub name: String,
    /// What its searchers want.
    pub description: String,
    /// How many keywords it has.
    pub keyword_count: u64,
    /// Searches a month of all its keywords.
    pub volume: u64,
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

impl Cluster {
    /// Where a cluster lives.
    pub fn key_of(keys: &Keys, id: ClusterId) -> Key {
        keys.site_row(id, Self::KIND, id)
    }
}

impl Entity for Cluster {
    const KIND: &'static str = "CLUSTER";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}

/// The name of a cluster: one row per normal form makes it unique within its site and sector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClusterName {
    /// The site.
    pub site_id: SiteId,
    /// The sector.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sector_id: Option<SectorId>,
    /// The name in its normal form.
    pub name: String,
    /// The cluster of that name.
    pub id: ClusterId,
}

impl ClusterName {
    /// Where the name lives.
    pub fn key_of(keys: &Keys, site: SiteId, sector: Option<SectorId>, name: &str) -> Key {
        let sector = sector.map_or_else(|| "-".to_owned(), |sector| sector.to_string());
        keys.site_row(site, Self::KIND, format!("{sector}#{name}"))
    }
}

impl Entity for ClusterName {
    const KIND: &'static str = "CLUSTER_NAME";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.site_id, self.sector_id, &self.name)
    }
}
