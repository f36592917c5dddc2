//! Hubs and spokes: which cluster supports which. Two levels, so a hub has no hub itself; each hub knows how many
//! clusters support it, and both sides are written together.

use igny8_core::{ClusterId, Ctx, Error, Result, SiteScoped};
use igny8_table::{Cond, Effects, Keys, Update};

use super::Planning;
use crate::entity::{Cluster, PageType};

impl Planning {
    /// The rows that must change, beside the cluster's own, when it goes from one hub to another or to none.
    ///
    /// Errors: a hub that is not there (404) or cannot be one (422), a cluster that is a hub itself (409).
    pub(super) async fn move_to_hub(
        &self,
        ctx: &Ctx,
        cluster: &Cluster,
        hub: Option<ClusterId>,
        effects: &mut Effects,
    ) -> Result<()> {
        if cluster.hub_id == hub {
            return Ok(());
        }
        let keys = Keys::new(ctx);
        if let Some(before) = cluster.hub_id {
            leave_hub(&keys, effects, before);
        }
        let Some(hub) = hub else { return Ok(()) };
        if hub.site_tag() != cluster.id.site_tag() {
            // The same answer as for one that is not there: of another site's clusters nothing is told.
            self.cluster_by_id(ctx, hub).await?;
            return Err(Error::invalid("hub_id", "is a cluster of another site"));
        }
        if hub == cluster.id {
            return Err(Error::invalid("hub_id", "must be another cluster"));
        }
        let row = self.cluster_by_id(ctx, hub).await?;
        if row.hub_id.is_some() {
            return Err(Error::invalid("hub_id", format!("“{}” supports a hub itself; choose a hub", row.name)));
        }
        if cluster.spoke_count > 0 {
            return Err(Error::conflict("Other clusters support this one; give them another hub first."));
        }
        let mut update = Update::at(Cluster::key_of(&keys, hub))
            .add("spoke_count", 1)
            .when(Cluster::stays().and(Cond::Lacks("hub_id")));
        // A category or a service page may be a hub as well; what is a spoke so far becomes one.
        if row.page_type == PageType::Spoke {
            update = update.set("page_type", PageType::Hub);
        }
        effects.update("hub", update);
        Ok(())
    }
}

/// One cluster fewer supports this hub.
pub(super) fn leave_hub(keys: &Keys, effects: &mut Effects, hub: ClusterId) {
    effects.update("hub", Update::at(Cluster::key_of(keys, hub)).add("spoke_count", -1).when(Cond::Exists));
}
