//! A cluster: keywords that one page can answer.

use igny8_accounts::SiteType;
use igny8_core::{ClusterId, SectorId, SiteId, Timestamp, UserId};
use igny8_table::{Cond, Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Intent, guess_intent};

/// The kind of page that answers a cluster.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PageType {
    /// The wide page of a topic, which its spokes link to.
    Hub,
    /// A page about a part of a topic.
    #[default]
    Spoke,
    /// The page of a product.
    Product,
    /// The page of a service.
    Service,
    /// A list of products or articles.
    Category,
    /// The page of a campaign, a brand or a place.
    Landing,
}

impl PageType {
    /// The type that a name asks for on such a site, by its intent: who wants to buy wants a product in a shop, a landing
    /// page on a blog and a service elsewhere; who compares wants a category in a shop; who looks for a brand or a place
    /// wants a landing page; everybody else an article.
    pub fn guess(name: &str, site: SiteType) -> Self {
        match (guess_intent(name, None), site) {
            (Some(Intent::Transactional), SiteType::Ecommerce) => Self::Product,
            (Some(Intent::Transactional), SiteType::Blog) | (Some(Intent::Navigational), _) => Self::Landing,
            (Some(Intent::Transactional), _) => Self::Service,
            (Some(Intent::Commercial), SiteType::Ecommerce) => Self::Category,
            (Some(Intent::Commercial | Intent::Informational) | None, _) => Self::Spoke,
        }
    }
}

impl std::fmt::Display for PageType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Hub => "hub",
            Self::Spoke => "spoke",
            Self::Product => "product",
            Self::Service => "service",
            Self::Category => "category",
            Self::Landing => "landing",
        })
    }
}

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
    /// The kind of page that answers it: by a rule at first, then what somebody chose.
    #[serde(default)]
    #[schema(required = true)]
    pub page_type: PageType,
    /// The hub that it supports. A hub has none itself.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hub_id: Option<ClusterId>,
    /// How many clusters support it.
    #[serde(default)]
    #[schema(required = true)]
    pub spoke_count: u64,
    /// The cluster that it is being merged into: nothing new may refer to it.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub merging_into: Option<ClusterId>,
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

    /// What must hold for a row that will refer to it: it is there, and is not about to go.
    pub fn stays() -> Cond {
        Cond::Exists.and(Cond::Lacks("merging_into"))
    }

    /// Nothing supports it.
    pub fn without_spokes() -> Cond {
        Cond::Lacks("spoke_count").or(Cond::eq_n("spoke_count", 0))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_type_follows_from_the_intent_and_the_site() {
        let guess = PageType::guess;
        assert_eq!(guess("Buy brake pads", SiteType::Ecommerce), PageType::Product);
        assert_eq!(guess("Buy brake pads", SiteType::Corporate), PageType::Service);
        assert_eq!(guess("Buy brake pads", SiteType::Blog), PageType::Landing);
        assert_eq!(guess("Best brake pads", SiteType::Ecommerce), PageType::Category);
        assert_eq!(guess("Best brake pads", SiteType::Blog), PageType::Spoke);
        assert_eq!(guess("How to change brake pads", SiteType::Ecommerce), PageType::Spoke);
        assert_eq!(guess("Brake pads", SiteType::Corporate), PageType::Spoke);
    }
}
