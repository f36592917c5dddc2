//! Memberships: who belongs to a tenant, as what, and who may change that.

use igny8_core::{
    Actor, Ctx, Error, ErrorKind, Page, PageRequest, Result, Role, SessionId, TenantId, Timestamp, UserId, WorkspaceId,
};
use igny8_platform::audit;
use igny8_table::{Cond, Effects, Entity, Key, Keys, Query, TableError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Accounts, Tenant, User, UserStatus, Workspace, expect_version};

/// The most workspaces that one member may be limited to: they are the values of one filter.
const MOST_WORKSPACES: usize = 50;

/// A person in a tenant. Two rows of the same shape: by tenant, and by person ([`MemberOf`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The person.
    pub user_id: UserId,
    /// What they may do there.
    pub role: Role,
    /// The workspaces they are limited to; none is no limit.
    pub workspace_ids: Vec<WorkspaceId>,
    /// Since when.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    pub version: u64,
}

impl Membership {
    pub(crate) fn new(ctx: &Ctx, user_id: UserId, role: Role, workspace_ids: Vec<WorkspaceId>) -> Self {
        let now = ctx.now();
        Self { tenant_id: ctx.tenant, user_id, role, workspace_ids, created_at: now, updated_at: now, version: 1 }
    }

    pub(crate) fn key_of(keys: &Keys, user: UserId) -> Key {
        keys.row(Self::KIND, user)
    }

    /// Adds both rows; the label `member` fails for who is a member already.
    pub(crate) fn create(self, keys: &Keys, effects: &mut Effects) -> Result<(), TableError> {
        effects.create("member", keys, &self)?;
        effects.create("member", keys, &MemberOf(self))
    }
}

impl Entity for Membership {
    const KIND: &'static str = "MEMBER";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys, self.user_id)
    }
}

/// The same membership, beside the person: the tenants of a person are one read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct MemberOf(pub(crate) Membership);

impl MemberOf {
    pub(crate) fn key_of(user: UserId, tenant: TenantId) -> Key {
        Keys::global_child(User::KIND, user, Self::KIND, tenant)
    }
}

impl Entity for MemberOf {
    const KIND: &'static str = "MEMBEROF";

    fn key(&self, _: &Keys) -> Key {
        Self::key_of(self.0.user_id, self.0.tenant_id)
    }
}

/// A member of the team, as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    /// The person's id.
    pub id: UserId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Their email.
    pub email: String,
    /// How they want to be called.
    pub display_name: Option<String>,
    /// Whether they may sign in.
    pub status: UserStatus,
    /// What they may do.
    pub role: Role,
    /// The workspaces they are limited to; none is no limit.
    pub workspace_ids: Vec<WorkspaceId>,
    /// Since when they belong to the tenant.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// For `If-Match`.
    pub version: u64,
}

impl Member {
    fn new(membership: Membership, user: User) -> Self {
        Self {
            id: user.id,
            tenant_id: membership.tenant_id,
            email: user.email,
            display_name: user.display_name,
            status: user.status,
            role: membership.role,
            workspace_ids: membership.workspace_ids,
            created_at: membership.created_at,
            updated_at: membership.updated_at,
            version: membership.version,
        }
    }
}

/// A change of a member; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberPatch {
    /// Another role.
    pub role: Option<Role>,
    /// Other limits; an empty list lifts them.
    #[schema(max_items = 50)]
    pub workspace_ids: Option<Vec<WorkspaceId>>,
}

/// Who may give a role to someone: an owner any, an admin those below admin, and nobody makes a person a bot.
pub(crate) fn may_grant(actor: Role, role: Role) -> Result<()> {
    if role == Role::SystemBot {
        return Err(Error::invalid("role", "must be viewer, editor, admin or owner"));
    }
    match actor {
        Role::Owner => Ok(()),
        Role::Admin if role < Role::Admin => Ok(()),
        Role::Admin => Err(Error::forbidden("Only an owner can make someone an admin or an owner.")),
        Role::Viewer | Role::SystemBot | Role::Editor => Err(Error::forbidden("Your role cannot manage the team.")),
    }
}

/// Who may change or remove someone of that role.
pub(crate) fn may_manage(actor: Role, target: Role) -> Result<()> {
    match actor {
        Role::Owner => Ok(()),
        Role::Admin if target < Role::Admin => Ok(()),
        Role::Admin => Err(Error::forbidden("Only an owner can change or remove an admin or an owner.")),
        Role::Viewer | Role::SystemBot | Role::Editor => Err(Error::forbidden("Your role cannot manage the team.")),
    }
}

/// Limits are for those below admin: who manages sites must see them.
pub(crate) fn check_limits(role: Role, workspace_ids: &[WorkspaceId]) -> Result<()> {
    if workspace_ids.len() > MOST_WORKSPACES {
        return Err(Error::invalid("workspace_ids", "holds too many; at most 50 workspaces"));
    }
    if role >= Role::Admin && !workspace_ids.is_empty() {
        return Err(Error::invalid("workspace_ids", "must be empty for admins and owners: they see all sites"));
    }
    Ok(())
}

fn last_owner(error: TableError) -> Error {
    if error.failed("last_owner") {
        Error::conflict("This is the last owner. Make someone else an owner first.")
    } else {
        error.into()
    }
}

impl Accounts {
    /// The members of the tenant.
    pub async fn members(&self, ctx: &Ctx, paging: PageRequest) -> Result<Page<Member>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.partition(Membership::KIND));
        let page = self.table.page::<Membership>(&keys, query, paging).await?;
        let users: Vec<_> = page.items.iter().map(|membership| User::key_of(membership.user_id)).collect();
        let users = self.table.get_many::<User>(&users).await?;
        let items = page.items.into_iter().zip(users);
        let items = items.filter_map(|(membership, user)| Some(Member::new(membership, user?))).collect();
        Ok(Page { items, next_cursor: page.next_cursor, total: page.total })
    }

    /// One member of the tenant.
    pub async fn member(&self, ctx: &Ctx, id: UserId) -> Result<Member> {
        let membership = self.membership(ctx, id).await?;
        Ok(Member::new(membership, self.user(id).await?))
    }

    /// What someone may do in the tenant now; none when they do not belong to it (any more), or when the session they came
    /// with has ended. For what lives longer than a token: an open socket.
    pub async fn standing(&self, ctx: &Ctx, actor: Actor, session: Option<SessionId>) -> Result<Option<Role>> {
        let keys = Keys::new(ctx);
        Ok(match actor {
            Actor::User(id) => {
                if let Some(session) = session
                    && !self.session_lives(ctx, id, session).await?
                {
                    return Ok(None);
                }
                self.table.get::<Membership>(Membership::key_of(&keys, id)).await?.map(|row| row.role)
            }
            Actor::ApiKey(id) => match self.api_key(ctx, id).await {
                Ok(key) if key.expires_at.is_some_and(|expires_at| expires_at <= ctx.now()) => None,
                Ok(key) => Some(key.role),
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => return Err(error),
            },
            Actor::System => None,
        })
    }

    pub(crate) async fn membership(&self, ctx: &Ctx, id: UserId) -> Result<Membership> {
        let key = Membership::key_of(&Keys::new(ctx), id);
        self.table.get(key).await?.ok_or_else(|| Error::not_found("user"))
    }

    /// Changes what a member may do. Nobody changes their own role, and the last owner stays one.
    pub async fn change_member(
        &self,
        ctx: &Ctx,
        id: UserId,
        patch: MemberPatch,
        expected: Option<u64>,
    ) -> Result<Member> {
        let keys = Keys::new(ctx);
        let mut membership = self.membership(ctx, id).await?;
        expect_version(expected, membership.version)?;
        may_manage(ctx.role, membership.role)?;
        if ctx.user() == Some(id) {
            return Err(Error::forbidden("Nobody changes their own role. Ask another owner."));
        }
        let before = membership.clone();
        if let Some(role) = patch.role.filter(|role| *role != before.role) {
            may_grant(ctx.role, role)?;
            membership.role = role;
            if role >= Role::Admin {
                membership.workspace_ids.clear();
            }
        }
        if let Some(workspace_ids) = patch.workspace_ids {
            membership.workspace_ids = workspace_ids;
            membership.workspace_ids.sort_unstable();
            membership.workspace_ids.dedup();
            check_limits(membership.role, &membership.workspace_ids)?;
            self.expect_workspaces(ctx, &membership.workspace_ids).await?;
        }
        let user = self.user(id).await?;
        if membership == before {
            return Ok(Member::new(membership, user));
        }
        membership.updated_at = ctx.now();
        membership.version += 1;
        let mut effects = Effects::new();
        effects.replace("member", &keys, &membership, before.version)?;
        effects.replace("member", &keys, &MemberOf(membership.clone()), before.version)?;
        match (before.role, membership.role) {
            (Role::Owner, Role::Owner) => {}
            (Role::Owner, _) => effects.update("last_owner", Tenant::count_owners(&keys, -1)),
            (_, Role::Owner) => effects.update("tenant", Tenant::count_owners(&keys, 1)),
            _ => {}
        }
        audit(ctx, &mut effects, "user.role_changed", format!("user:{id}"))?;
        self.table.transact("accounts.change_member", effects).await.map_err(last_owner)?;
        Ok(Member::new(membership, user))
    }

    /// Removes a member, or lets someone leave. The last owner cannot.
    ///
    /// Access tokens that are out end with their 15 minutes; sessions find no membership at their next refresh.
    pub async fn remove_member(&self, ctx: &Ctx, id: UserId) -> Result<()> {
        let keys = Keys::new(ctx);
        let membership = self.membership(ctx, id).await?;
        if ctx.user() != Some(id) {
            may_manage(ctx.role, membership.role)?;
        }
        let mut effects = Effects::new();
        let unchanged = Some(Cond::eq_n("version", membership.version));
        effects.delete("member", membership.key(&keys), unchanged.clone());
        effects.delete("member", MemberOf::key_of(id, ctx.tenant), unchanged);
        if membership.role == Role::Owner {
            effects.update("last_owner", Tenant::count_owners(&keys, -1));
        }
        audit(ctx, &mut effects, "user.removed", format!("user:{id}"))?;
        self.table.transact("accounts.remove_member", effects).await.map_err(last_owner)
    }

    /// Refuses workspaces that the tenant does not have.
    pub(crate) async fn expect_workspaces(&self, ctx: &Ctx, ids: &[WorkspaceId]) -> Result<()> {
        let keys = Keys::new(ctx);
        let wanted: Vec<_> = ids.iter().map(|id| Workspace::key_of(&keys, *id)).collect();
        let found = self.table.get_many::<Workspace>(&wanted).await?;
        if found.iter().all(Option::is_some) { Ok(()) } else { Err(Error::not_found("workspace")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROLES: [Role; 5] = [Role::Viewer, Role::SystemBot, Role::Editor, Role::Admin, Role::Owner];

    #[test]
    fn nobody_lifts_anyone_to_or_above_themself_but_an_owner() {
        for actor in ROLES {
            for role in ROLES {
                let granted = may_grant(actor, role).is_ok();
                assert_eq!(
                    granted,
                    role != Role::SystemBot && actor >= Role::Admin && (role < actor || actor == Role::Owner)
                );
                assert_eq!(
                    may_manage(actor, role).is_ok(),
                    actor >= Role::Admin && (role < actor || actor == Role::Owner)
                );
            }
        }
    }

    #[test]
    fn limits_are_for_those_below_admin() {
        let one = [WorkspaceId::new(1, 1)];
        for role in ROLES {
            assert!(check_limits(role, &[]).is_ok());
            assert_eq!(check_limits(role, &one).is_ok(), role < Role::Admin);
        }
        assert!(check_limits(Role::Viewer, &[one[0]; 51]).is_err());
    }
}
