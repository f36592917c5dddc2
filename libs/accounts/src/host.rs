//! Hosts: the names under which public sites are served, unique in the whole system.

use igny8_core::{Ctx, DeploymentId, Result, SiteId, TenantId, slugify};
use igny8_table::{Entity, Key, Keys};
use serde::{Deserialize, Serialize};

use crate::Accounts;

/// The longest label: DNS allows 63 characters, and a suffix wants some.
const LONGEST: usize = 50;

/// Labels that look like ours.
const RESERVED: [&str; 24] = [
    "admin",
    "api",
    "app",
    "assets",
    "auth",
    "blog",
    "cdn",
    "dev",
    "docs",
    "help",
    "igny8",
    "localhost",
    "login",
    "mail",
    "media",
    "ns1",
    "ns2",
    "page",
    "sites",
    "smtp",
    "staging",
    "static",
    "status",
    "www",
];

/// The name of a public site: `<label>.localhost` or `<label>.<domain of the service>`. The publisher moves its pointer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// The label.
    pub label: String,
    /// Whose site it is.
    pub tenant: TenantId,
    /// The site.
    pub site: SiteId,
    /// Where the files of the live version are, in the bucket; none before the first deployment.
    pub live_prefix: Option<String>,
    /// The live version.
    pub deployment: Option<DeploymentId>,
    /// Counts changes of the pointer.
    pub version: u64,
}

impl Host {
    /// Where the row of a label lives.
    pub fn key_of(label: &str) -> Key {
        Keys::global(Self::KIND, label)
    }
}

impl Entity for Host {
    const KIND: &'static str = "HOST";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(&self.label)
    }
}

/// A verified domain of a site's own, and the label it stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DomainName {
    pub(crate) domain: String,
    pub(crate) label: String,
    pub(crate) site: SiteId,
}

impl DomainName {
    pub(crate) fn key_of(domain: &str) -> Key {
        Keys::global(Self::KIND, domain)
    }
}

impl Entity for DomainName {
    const KIND: &'static str = "DOMAIN";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(&self.domain)
    }
}

/// The label of a name: its slug, at most 50 characters, never one that looks like ours.
pub fn host_label(name: &str) -> String {
    let slug = slugify(name);
    let cut = &slug[..slug.len().min(LONGEST)];
    let label = cut.trim_end_matches('-');
    if RESERVED.contains(&label) { format!("{label}-site") } else { label.to_owned() }
}

/// The next label to try: the name itself, `-2`, `-3`, then something random.
pub(crate) fn candidate(ctx: &Ctx, label: &str, attempt: u32) -> String {
    match attempt {
        0 => label.to_owned(),
        1 | 2 => format!("{label}-{}", attempt + 1),
        _ => format!("{label}-{:06x}", ctx.env.below(1 << 24)),
    }
}

impl Accounts {
    /// The host of a name: a label, or a verified domain.
    pub async fn host(&self, name: &str) -> Result<Option<Host>> {
        let name = name.to_ascii_lowercase();
        if !name.contains('.') {
            return Ok(self.table.get(Host::key_of(&name)).await?);
        }
        match self.table.get::<DomainName>(DomainName::key_of(&name)).await? {
            Some(domain) => Ok(self.table.get(Host::key_of(&domain.label)).await?),
            None => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn labels_follow_names() {
        assert_eq!(host_label("Taller Ñandú & Söhne"), "taller-nandu-sohne");
        assert_eq!(host_label("API"), "api-site");
        assert_eq!(host_label("!!!"), "page-site");
    }

    proptest! {
        #[test]
        fn a_label_is_one_of_dns(name in "\\PC{0,120}") {
            let label = host_label(&name);
            prop_assert!(!label.is_empty() && label.len() <= 56);
            prop_assert!(label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            prop_assert!(!label.starts_with('-') && !label.ends_with('-'));
            prop_assert!(!RESERVED.contains(&label.as_str()));
        }
    }
}
