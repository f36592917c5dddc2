//! Invitations, roles, owners and API keys, on a real table.

mod common;

use std::time::Duration;

use common::{PASSWORD, World, everything, kind, site};
use igny8_accounts::{
    ApiKeyCreate, ApiKeyPatch, InvitationStatus, InviteInput, MemberPatch, RefreshInput, Visibility, WorkspaceCreate,
};
use igny8_core::{Actor, ApiKeyId, Ctx, ErrorKind, Idempotency, PageRequest, Role, UserId, WorkspaceId};
use igny8_platform::{Answer, IdempotencyRow};
use igny8_table::{Effects, Keys};

fn invite(email: &str, role: Role) -> InviteInput {
    InviteInput { email: email.to_owned(), role, workspace_ids: Vec::new() }
}

fn to(role: Role) -> MemberPatch {
    MemberPatch { role: Some(role), workspace_ids: None }
}

#[tokio::test]
async fn an_invitation_is_mailed_listed_and_accepted_once() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let invitation = world.accounts.invite(&ana, invite(" Bo@Example.com", Role::Editor)).await.unwrap();
    let again = world.accounts.invite(&ana, invite("bo@example.com", Role::Viewer)).await;
    assert_eq!(kind(again), ErrorKind::Conflict, "one open invitation per person");
    let mail = world.mails().await.remove(0);
    assert_eq!(mail.to, "bo@example.com");
    assert!(mail.text.contains("https://app.igny8.test/accept-invitation#token="), "{}", mail.text);
    assert!(mail.subject.contains("Ana"));
    let token = world.mailed_token().await;
    let page = world.accounts.invitations(&ana, PageRequest::default()).await.unwrap();
    assert_eq!(page.items, std::slice::from_ref(&invitation));

    assert_eq!(kind(world.accept(&token, None).await), ErrorKind::Invalid);
    assert_eq!(kind(world.accept(&token, Some("short")).await), ErrorKind::Invalid);
    assert_eq!(kind(world.accept(&format!("{token}0"), Some(PASSWORD)).await), ErrorKind::Invalid);
    let bo = world.accept(&token, Some(PASSWORD)).await.unwrap();
    assert_eq!((bo.tenant.id, bo.role, bo.user.email_verified), (ana.tenant, Role::Editor, true));
    assert_eq!(kind(world.accept(&token, Some(PASSWORD)).await), ErrorKind::Invalid, "once");
    let accepted = world.accounts.invitation(&ana, invitation.id).await.unwrap();
    assert_eq!(accepted.status, InvitationStatus::Accepted);
    assert_eq!(kind(world.accounts.revoke_invitation(&ana, invitation.id).await), ErrorKind::Conflict);
    assert_eq!(kind(world.accounts.invite(&ana, invite("bo@example.com", Role::Viewer)).await), ErrorKind::Conflict);
    assert!(world.login("bo@example.com", PASSWORD).await.is_ok());

    let members = world.accounts.members(&ana, PageRequest::default()).await.unwrap();
    let mut emails: Vec<_> = members.items.iter().map(|member| member.email.as_str()).collect();
    emails.sort_unstable();
    assert_eq!(emails, ["ana@example.com", "bo@example.com"]);
    let secret = token.split('.').nth(1).unwrap();
    let stored = everything(&world.test.cloud).await;
    assert_eq!(stored.matches(secret).count(), 1, "only the mail itself has the token");
}

#[tokio::test]
async fn who_has_an_account_proves_it_to_accept() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let bo = world.owner("bo@example.com").await;
    world.accounts.invite(&ana, invite("bo@example.com", Role::Owner)).await.unwrap();
    let token = world.mailed_token().await;
    assert_eq!(kind(world.accept(&token, Some("not the right one")).await), ErrorKind::Unauthenticated);
    let joined = world.accept(&token, Some(PASSWORD)).await.unwrap();
    assert_eq!((Some(joined.user.id), joined.tenant.id), (bo.user(), ana.tenant));
    assert_eq!(world.accounts.tenant(&ana).await.unwrap().owners, 2);
    assert_eq!(world.accounts.me(&bo).await.unwrap().tenants.len(), 2);
}

#[tokio::test]
async fn invitations_are_taken_back_and_expire() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let first = world.accounts.invite(&ana, invite("bo@example.com", Role::Editor)).await.unwrap();
    let token = world.mailed_token().await;
    world.accounts.revoke_invitation(&ana, first.id).await.unwrap();
    world.accounts.revoke_invitation(&ana, first.id).await.unwrap();
    assert_eq!(kind(world.accept(&token, Some(PASSWORD)).await), ErrorKind::Invalid);

    let second = world.accounts.invite(&ana, invite("bo@example.com", Role::Editor)).await.unwrap();
    let token = world.mailed_token().await;
    world.test.clock.advance(Duration::from_hours(7 * 24 + 1));
    assert_eq!(kind(world.accept(&token, Some(PASSWORD)).await), ErrorKind::Invalid);
    // The expired one makes room, and revoking it does not take the room of the next one.
    world.accounts.invite(&ana, invite("bo@example.com", Role::Editor)).await.unwrap();
    world.accounts.revoke_invitation(&ana, second.id).await.unwrap();
    assert_eq!(kind(world.accounts.invite(&ana, invite("bo@example.com", Role::Editor)).await), ErrorKind::Conflict);
    let token = world.mailed_token().await;
    assert!(world.accept(&token, Some(PASSWORD)).await.is_ok());
}

#[tokio::test]
async fn only_an_owner_makes_admins_and_owners() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let admin = world.join(&ana, "admin@example.com", Role::Admin).await;
    let other = world.join(&ana, "other@example.com", Role::Admin).await;
    let editor = world.join(&admin, "editor@example.com", Role::Editor).await;
    let viewer = world.join(&admin, "viewer@example.com", Role::Viewer).await;
    for role in [Role::Admin, Role::Owner] {
        assert_eq!(kind(world.accounts.invite(&admin, invite("x@example.com", role)).await), ErrorKind::Forbidden);
        let change = world.accounts.change_member(&admin, editor.user().unwrap(), to(role), None).await;
        assert_eq!(kind(change), ErrorKind::Forbidden);
    }
    for ctx in [&editor, &viewer] {
        assert_eq!(kind(world.accounts.invite(ctx, invite("x@example.com", Role::Viewer)).await), ErrorKind::Forbidden);
        let change = world.accounts.change_member(ctx, viewer.user().unwrap(), to(Role::Editor), None).await;
        assert_eq!(kind(change), ErrorKind::Forbidden);
        assert_eq!(kind(world.accounts.remove_member(ctx, admin.user().unwrap()).await), ErrorKind::Forbidden);
    }
    let bot = world.accounts.invite(&ana, invite("bot@example.com", Role::SystemBot)).await;
    assert_eq!(kind(bot), ErrorKind::Invalid);
    for target in [&ana, &other] {
        let change = world.accounts.change_member(&admin, target.user().unwrap(), to(Role::Viewer), None).await;
        assert_eq!(kind(change), ErrorKind::Forbidden);
        assert_eq!(kind(world.accounts.remove_member(&admin, target.user().unwrap()).await), ErrorKind::Forbidden);
    }
    // What they may.
    let lifted = world.accounts.change_member(&admin, viewer.user().unwrap(), to(Role::Editor), Some(1)).await.unwrap();
    assert_eq!((lifted.role, lifted.version), (Role::Editor, 2));
    let stale = world.accounts.change_member(&admin, viewer.user().unwrap(), to(Role::Viewer), Some(1)).await;
    assert_eq!(kind(stale), ErrorKind::VersionMismatch);
    world.accounts.remove_member(&admin, editor.user().unwrap()).await.unwrap();
    assert_eq!(kind(world.accounts.member(&ana, editor.user().unwrap()).await), ErrorKind::NotFound);
    world.accounts.remove_member(&other, other.user().unwrap()).await.unwrap();
    assert_eq!(world.accounts.members(&ana, PageRequest::default()).await.unwrap().items.len(), 3);
}

#[tokio::test]
async fn nobody_changes_their_own_role_and_the_last_owner_stays() {
    let world = World::new().await;
    if world.test.is_beyond_moto("isolation of concurrent writes") {
        return;
    }
    let ana = world.owner("ana@example.com").await;
    let id = ana.user().unwrap();
    assert_eq!(kind(world.accounts.change_member(&ana, id, to(Role::Admin), None).await), ErrorKind::Forbidden);
    assert_eq!(kind(world.accounts.remove_member(&ana, id).await), ErrorKind::Conflict);

    let bo = world.join(&ana, "bo@example.com", Role::Owner).await;
    // Each takes the other's crown at the same moment: one of the two stays an owner.
    let (one, two) = futures::join!(
        world.accounts.change_member(&ana, bo.user().unwrap(), to(Role::Editor), None),
        world.accounts.change_member(&bo, id, to(Role::Editor), None),
    );
    assert!(one.is_ok() != two.is_ok());
    let roles = [
        world.accounts.member(&ana, id).await.unwrap().role,
        world.accounts.member(&ana, bo.user().unwrap()).await.unwrap().role,
    ];
    assert_eq!(roles.iter().filter(|role| **role == Role::Owner).count(), 1);
    assert_eq!(world.accounts.tenant(&ana).await.unwrap().owners, 1);

    // A refresh takes the role as it is now.
    let (loser, email) = if one.is_ok() { (&bo, "bo@example.com") } else { (&ana, "ana@example.com") };
    assert_eq!(loser.role, Role::Owner);
    let token = world.login(email, PASSWORD).await.unwrap().refresh_token;
    let now = world.accounts.refresh(&world.visitor, RefreshInput { refresh_token: token }, None).await.unwrap();
    assert_eq!(now.role, Role::Editor);
}

#[tokio::test]
async fn strangers_see_nothing_of_a_tenant() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let eve = world.owner("eve@example.com").await;
    let invitation = world.accounts.invite(&ana, invite("bo@example.com", Role::Editor)).await.unwrap();
    let key = ApiKeyCreate { name: "a".into(), role: Role::Viewer, expires_at: None };
    let key = world.accounts.create_api_key(&ana, key).await.unwrap().key;
    let id = ana.user().unwrap();
    assert_eq!(kind(world.accounts.member(&eve, id).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.change_member(&eve, id, to(Role::Viewer), None).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.remove_member(&eve, id).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.invitation(&eve, invitation.id).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.revoke_invitation(&eve, invitation.id).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.api_key(&eve, key.id).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.revoke_api_key(&eve, key.id).await), ErrorKind::NotFound);
    assert!(world.accounts.api_keys(&eve, PageRequest::default()).await.unwrap().items.is_empty());
    assert!(world.accounts.invitations(&eve, PageRequest::default()).await.unwrap().items.is_empty());
    assert_eq!(world.accounts.members(&eve, PageRequest::default()).await.unwrap().items.len(), 1);
    // A workspace of another tenant in a body.
    let workspace = world.accounts.create_workspace(&ana, WorkspaceCreate { name: "A".into() }).await.unwrap();
    let input = InviteInput { workspace_ids: vec![workspace.id], ..invite("x@example.com", Role::Viewer) };
    assert_eq!(kind(world.accounts.invite(&eve, input).await), ErrorKind::NotFound);
}

#[tokio::test]
async fn members_are_limited_to_workspaces() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let workspace = world.accounts.create_workspace(&ana, WorkspaceCreate { name: "Client A".into() }).await.unwrap();
    let admin = InviteInput { workspace_ids: vec![workspace.id], ..invite("x@example.com", Role::Admin) };
    assert_eq!(kind(world.accounts.invite(&ana, admin).await), ErrorKind::Invalid);
    let unknown = InviteInput { workspace_ids: vec![WorkspaceId::new(1, 1)], ..invite("x@example.com", Role::Viewer) };
    assert_eq!(kind(world.accounts.invite(&ana, unknown).await), ErrorKind::NotFound);

    let input = InviteInput { workspace_ids: vec![workspace.id; 2], ..invite("bo@example.com", Role::Editor) };
    world.accounts.invite(&ana, input).await.unwrap();
    let bo = world.accept(&world.mailed_token().await, Some(PASSWORD)).await.unwrap();
    let bo = world.ctx(&bo);
    assert_eq!(world.accounts.visible_sites(&bo).await.unwrap(), Visibility::Workspaces(vec![workspace.id]));
    let key = ApiKeyCreate { name: "a".into(), role: Role::Viewer, expires_at: None };
    assert_eq!(kind(world.accounts.create_api_key(&bo, key).await), ErrorKind::Forbidden, "a key would see all");

    // Made an admin, the limits go; taken back, they do not return by themselves.
    let id = bo.user().unwrap();
    let member = world.accounts.change_member(&ana, id, to(Role::Admin), None).await.unwrap();
    assert!(member.workspace_ids.is_empty());
    let both = MemberPatch { role: Some(Role::Viewer), workspace_ids: Some(vec![workspace.id]) };
    let member = world.accounts.change_member(&ana, id, both, None).await.unwrap();
    assert_eq!((member.role, member.workspace_ids), (Role::Viewer, vec![workspace.id]));
    let lift = MemberPatch { role: None, workspace_ids: Some(Vec::new()) };
    world.accounts.change_member(&ana, id, lift, None).await.unwrap();
    assert_eq!(world.accounts.visible_sites(&bo).await.unwrap(), Visibility::All);
    world.accounts.remove_member(&ana, id).await.unwrap();
    assert_eq!(kind(world.accounts.visible_sites(&bo).await), ErrorKind::Forbidden);
}

#[tokio::test]
async fn a_key_is_shown_once_known_by_its_hash_and_ends() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let admin = world.join(&ana, "admin@example.com", Role::Admin).await;
    let input = |role| ApiKeyCreate { name: " Reports ".into(), role, expires_at: None };
    assert_eq!(kind(world.accounts.create_api_key(&ana, input(Role::Owner)).await), ErrorKind::Invalid);
    let past = ApiKeyCreate { expires_at: Some(world.test.env.now()), ..input(Role::Viewer) };
    assert_eq!(kind(world.accounts.create_api_key(&ana, past).await), ErrorKind::Invalid);
    let editor = Ctx { role: Role::Editor, ..admin.clone() };
    assert_eq!(kind(world.accounts.create_api_key(&editor, input(Role::Admin)).await), ErrorKind::Forbidden);

    let made = world.accounts.create_api_key(&admin, input(Role::Admin)).await.unwrap();
    let secret = made.secret.unwrap();
    assert!(secret.starts_with(&format!("igny8_{}_", made.key.id)));
    assert_eq!(made.key.name, "Reports");
    assert!(!everything(&world.test.cloud).await.contains(secret.split('_').nth(2).unwrap()));
    let env = &world.test.env;
    let identity = world.accounts.authenticate_key(env, &secret).await.unwrap();
    assert_eq!((identity.tenant, identity.id, identity.role), (ana.tenant, made.key.id, Role::Admin));

    let other = secret.replace(&made.key.id.to_string(), &ApiKeyId::new(1, 1).to_string());
    let wrong = format!("igny8_{}_{}", made.key.id, "0".repeat(64));
    for text in ["", "igny8", "igny8_x_y", &other, &wrong, &secret.to_uppercase(), &format!("{secret}_"), &secret[..80]]
    {
        assert_eq!(kind(world.accounts.authenticate_key(env, text).await), ErrorKind::Unauthenticated, "{text}");
    }

    let renamed = ApiKeyPatch { name: Some("Exports".into()) };
    assert_eq!(world.accounts.change_api_key(&ana, made.key.id, renamed, Some(1)).await.unwrap().name, "Exports");
    assert_eq!(kind(world.accounts.revoke_api_key(&editor, made.key.id).await), ErrorKind::Forbidden);
    world.accounts.revoke_api_key(&ana, made.key.id).await.unwrap();
    assert_eq!(kind(world.accounts.authenticate_key(env, &secret).await), ErrorKind::Unauthenticated);
    assert_eq!(kind(world.accounts.revoke_api_key(&ana, made.key.id).await), ErrorKind::NotFound);

    let soon = ApiKeyCreate { expires_at: Some(env.now() + Duration::from_hours(1)), ..input(Role::Viewer) };
    let secret = world.accounts.create_api_key(&ana, soon).await.unwrap().secret.unwrap();
    assert!(world.accounts.authenticate_key(env, &secret).await.is_ok());
    world.test.clock.advance(Duration::from_hours(1));
    assert_eq!(kind(world.accounts.authenticate_key(env, &secret).await), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn a_program_with_a_key_acts_without_a_person() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let robot = Ctx { actor: Actor::ApiKey(ApiKeyId::new(1, 1)), role: Role::Admin, ..ana.clone() };
    let me = world.accounts.me(&robot).await.unwrap();
    assert!(me.user.is_none() && me.tenant.id == ana.tenant);
    world.accounts.invite(&robot, invite("bo@example.com", Role::Editor)).await.unwrap();
    assert!(world.mails().await[0].subject.contains("Tenant of ana"));
    assert_eq!(world.accounts.create_site(&robot, site("By a robot")).await.unwrap().created_by, None);
}

#[tokio::test]
async fn answers_are_remembered_with_the_deed_and_without_secrets() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let keys = Keys::new(&ana);
    let begin = async |key: &str| {
        let row = IdempotencyRow {
            key: key.into(),
            request_hash: "h".into(),
            locked_until: ana.now(),
            expires_at: ana.now(),
            answer: None,
        };
        let mut effects = Effects::new();
        effects.create("row", &keys, &row).unwrap();
        world.test.table.transact("test.begin", effects).await.unwrap();
        Ctx { idempotency: Some(Idempotency { key: key.into(), request_hash: "h".into() }), ..ana.clone() }
    };
    let answer = async |key: &str| {
        let row = world.test.table.get::<IdempotencyRow>(IdempotencyRow::key_of(&keys, key)).await.unwrap().unwrap();
        let Some(Answer::Body { status, body }) = row.answer else { panic!("no answer for {key}") };
        (status, serde_json::from_str::<serde_json::Value>(&body).unwrap())
    };
    let ctx = begin("site").await;
    // The first host is taken, so that the answer has to be made anew.
    world.accounts.create_site(&ana, site("Twice")).await.unwrap();
    let made = world.accounts.create_site(&ctx, site("Twice")).await.unwrap();
    assert_eq!(answer("site").await, (201, serde_json::to_value(&made).unwrap()));
    assert_eq!(kind(world.accounts.create_site(&ctx, site("Thrice")).await), ErrorKind::Conflict, "one deed per key");

    let ctx = begin("key").await;
    let input = ApiKeyCreate { name: "a".into(), role: Role::Viewer, expires_at: None };
    let made = world.accounts.create_api_key(&ctx, input).await.unwrap();
    let (status, body) = answer("key").await;
    assert_eq!(
        (status, &body["id"], &body["secret"]),
        (201, &made.key.id.to_string().into(), &serde_json::Value::Null)
    );

    let ctx = begin("invite").await;
    let made = world.accounts.invite(&ctx, invite("bo@example.com", Role::Viewer)).await.unwrap();
    assert_eq!(answer("invite").await, (201, serde_json::to_value(&made).unwrap()));
    assert_eq!(kind(world.accounts.member(&ana, UserId::new(1, 1)).await), ErrorKind::NotFound);
}
