//! `/api/auth/users`: the team, its roles, and invitations.

use axum::{Json, extract::State, response::Response};
use igny8_accounts::{Accounts, Invitation, InviteInput, Member, MemberPatch};
use igny8_api::{Body, Caller, Created, Failure, IfMatch, List, ListParams, Path, no_content, versioned};
use igny8_core::{InvitationId, Page, UserId};
use igny8_lambda::FunctionSpec;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::paging;

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "auth-users",
    needs: &["TABLE_NAME", "BUCKET_NAME", "JWT_PUBLIC_KEYS", "APP_URL"],
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::accounts(app))),
};

/// The routes.
pub fn routes(accounts: Accounts) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, invite))
        .routes(routes!(invitations))
        .routes(routes!(invitation, revoke))
        .routes(routes!(get, update, remove))
        .with_state(accounts)
}

/// The members of the team, in the order of their ids.
#[utoipa::path(get, path = "/api/auth/users", params(ListParams), responses((status = 200, body = Page<Member>)))]
async fn list(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    list: List,
) -> Result<Json<Page<Member>>, Failure> {
    Ok(Json(accounts.members(&ctx, paging(&list, "id")?).await?))
}

/// Invites someone by mail; they are a member once they accept, within seven days.
///
/// Admins invite viewers and editors, owners anyone.
#[utoipa::path(
    post, path = "/api/auth/users",
    request_body(content = InviteInput, example = json!({ "email": "bo@example.com", "role": "editor" })),
    responses((status = 201, body = Invitation))
)]
async fn invite(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Body(new): Body<InviteInput>,
) -> Result<Created<Invitation>, Failure> {
    Ok(Created(accounts.invite(&ctx, new).await?))
}

/// The invitations of the tenant, newest first; accepted and revoked ones too.
#[utoipa::path(
    get, path = "/api/auth/users/invitations", params(ListParams),
    responses((status = 200, body = Page<Invitation>))
)]
async fn invitations(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    list: List,
) -> Result<Json<Page<Invitation>>, Failure> {
    Ok(Json(accounts.invitations(&ctx, paging(&list, "-created_at")?).await?))
}

/// An invitation.
#[utoipa::path(
    get, path = "/api/auth/users/invitations/{id}", params(("id" = InvitationId, Path)),
    responses((status = 200, body = Invitation))
)]
async fn invitation(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<InvitationId>,
) -> Result<Json<Invitation>, Failure> {
    Ok(Json(accounts.invitation(&ctx, id).await?))
}

/// Takes an invitation back: its link is dead, and the person can be invited anew.
#[utoipa::path(
    delete, path = "/api/auth/users/invitations/{id}", params(("id" = InvitationId, Path)),
    responses((status = 204))
)]
async fn revoke(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<InvitationId>,
) -> Result<Response, Failure> {
    accounts.revoke_invitation(&ctx, id).await?;
    Ok(no_content())
}

/// A member of the team.
#[utoipa::path(
    get, path = "/api/auth/users/{id}", params(("id" = UserId, Path)),
    responses((status = 200, body = Member))
)]
async fn get(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<UserId>,
) -> Result<Response, Failure> {
    let member = accounts.member(&ctx, id).await?;
    Ok(versioned(member.version, member))
}

/// Changes what a member may do. Nobody changes their own role, and the last owner stays one.
#[utoipa::path(
    patch, path = "/api/auth/users/{id}", params(("id" = UserId, Path)),
    request_body(content = MemberPatch, example = json!({ "role": "viewer" })),
    responses((status = 200, body = Member))
)]
async fn update(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<UserId>,
    IfMatch(version): IfMatch,
    Body(change): Body<MemberPatch>,
) -> Result<Response, Failure> {
    let member = accounts.change_member(&ctx, id, change, version).await?;
    Ok(versioned(member.version, member))
}

/// Removes a member. Everyone may remove themself; the last owner cannot leave.
#[utoipa::path(
    delete, path = "/api/auth/users/{id}", params(("id" = UserId, Path)),
    responses((status = 204))
)]
async fn remove(
    State(accounts): State<Accounts>,
    Caller(ctx): Caller,
    Path(id): Path<UserId>,
) -> Result<Response, Failure> {
    accounts.remove_member(&ctx, id).await?;
    Ok(no_content())
}
