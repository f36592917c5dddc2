//! Workspaces: groups of sites, such as one client of an agency.

use igny8_core::{Ctx, Error, Page, PageRequest, Result, TenantId, Timestamp, UserId, WorkspaceId};
use igny8_platform::{audit, remember_answer};
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query, Update};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Accounts, Visibility, expect_version,
    input::{self, Check},
};

/// A group of sites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Workspace {
    /// Its id.
    pub id: WorkspaceId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its name.
    pub name: String,
    /// How many sites it holds.
    pub sites: u64,
    /// Who made it; null for a program with a key.
    pub created_by: Option<UserId>,
    /// When.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    pub version: u64,
}

impl Workspace {
    pub(crate) fn key_of(keys: &Keys, id: WorkspaceId) -> Key {
        keys.row(Self::KIND, id)
    }

    /// The change of the number of sites; fails where there is no such workspace.
    pub(crate) fn count_sites(keys: &Keys, id: WorkspaceId, by: i64) -> Update {
        Update::at(Self::key_of(keys, id)).add("sites", by).when(Cond::Exists)
    }
}

impl Entity for Workspace {
    const KIND: &'static str = "WORKSPACE";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.id)
    }
}

/// A workspace to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceCreate {
    /// Its name.
    #[schema(min_length = 1, max_length = 100, example = "Client A")]
    pub name: String,
}

/// A change of a workspace; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspacePatch {
    /// Another name.
    #[schema(min_length = 1, max_length = 100)]
    pub name: Option<String>,
}

impl Accounts {
    /// Makes a workspace.
    pub async fn create_workspace(&self, ctx: &Ctx, input: WorkspaceCreate) -> Result<Workspace> {
        let mut check = Check::default();
        let name = check.field("name", input::name(&input.name));
        check.done()?;
        let now = ctx.now();
        let workspace = Workspace {
            id: WorkspaceId::new(now.millis(), ctx.env.random()),
            tenant_id: ctx.tenant,
            name: name.unwrap_or_default(),
            sites: 0,
            created_by: ctx.user(),
            created_at: now,
            updated_at: now,
            version: 1,
        };
        let mut effects = Effects::new();
        effects.create("workspace", &Keys::new(ctx), &workspace)?;
        audit(ctx, &mut effects, "workspace.created", format!("workspace:{}", workspace.id))?;
        remember_answer(ctx, &mut effects, 201, &workspace)?;
        self.table.transact("accounts.create_workspace", effects).await?;
        Ok(workspace)
    }

    /// The workspaces of the tenant that the context may see, the oldest first.
    pub async fn workspaces(&self, ctx: &Ctx, paging: PageRequest) -> Result<Page<Workspace>> {
        let keys = Keys::new(ctx);
        let mut query = Query::partition(keys.partition(Workspace::KIND));
        if let Visibility::Workspaces(ids) = self.visible_sites(ctx).await? {
            query = query.filter(Cond::any_of("id", ids));
        }
        Ok(self.table.page(&keys, query, paging).await?)
    }

    /// One workspace of the tenant.
    pub async fn workspace(&self, ctx: &Ctx, id: WorkspaceId) -> Result<Workspace> {
        let not_found = || Error::not_found("workspace");
        let workspace = self.table.get(Workspace::key_of(&Keys::new(ctx), id)).await?.ok_or_else(not_found)?;
        if self.visible_sites(ctx).await?.allows(Some(id)) { Ok(workspace) } else { Err(not_found()) }
    }

    /// Changes a workspace.
    pub async fn change_workspace(
        &self,
        ctx: &Ctx,
        id: WorkspaceId,
        patch: WorkspacePatch,
        expected: Option<u64>,
    ) -> Result<Workspace> {
        let mut check = Check::default();
        let name = check.maybe("name", patch.name.as_deref(), input::name);
        check.done()?;
        let mut workspace = self.workspace(ctx, id).await?;
        expect_version(expected, workspace.version)?;
        let Some(name) = name else { return Ok(workspace) };
        let before = workspace.version;
        workspace.name = name;
        workspace.updated_at = ctx.now();
        workspace.version += 1;
        // Not the whole row: the number of sites may change beside us.
        let update = Update::at(Workspace::key_of(&Keys::new(ctx), id))
            .set("name", &workspace.name)
            .set("updated_at", workspace.updated_at)
            .set_n("version", workspace.version)
            .when(Cond::eq_n("version", before));
        let mut effects = Effects::new();
        effects.update("workspace", update);
        audit(ctx, &mut effects, "workspace.changed", format!("workspace:{id}"))?;
        self.table.transact("accounts.change_workspace", effects).await?;
        Ok(workspace)
    }

    /// Removes an empty workspace. A member who is limited to it alone sees no site from then on.
    pub async fn delete_workspace(&self, ctx: &Ctx, id: WorkspaceId) -> Result<()> {
        self.workspace(ctx, id).await?;
        let mut effects = Effects::new();
        let empty = Cond::eq_n("sites", 0);
        effects.delete("workspace", Workspace::key_of(&Keys::new(ctx), id), Some(empty));
        audit(ctx, &mut effects, "workspace.deleted", format!("workspace:{id}"))?;
        match self.table.transact("accounts.delete_workspace", effects).await {
            Err(error) if error.condition().is_some_and(|failed| failed.found.is_some()) => {
                Err(Error::conflict("The workspace still holds sites. Move or delete them first."))
            }
            Err(error) if error.failed("workspace") => Err(Error::not_found("workspace")),
            other => Ok(other?),
        }
    }
}
