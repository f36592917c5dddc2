//! The walk through accounts: sessions, the team, sites and what groups them.

use igny8_accounts::{Accounts, TenantPatch};
use igny8_core::{Ctx, SiteId, TenantId};
use igny8_lambda::{FunctionSpec, Handler};
use igny8_local::InvocationContext;
use serde::Deserialize;
use serde_json::json;

use crate::{
    BE,
    stack::{PASSWORD, Person, Stack, mortal},
    walk::{Walk, mail, site, token_in},
};

/// What the services can do and no route offers yet: it runs in a process of its own, to die there like the rest.
pub const DEEDS: FunctionSpec = FunctionSpec {
    name: "chaos-deeds",
    needs: &["TABLE_NAME"],
    build: |app| {
        let (accounts, env) = (Accounts::new(app.table.clone(), app.cloud.clone()), app.env.clone());
        Ok(Handler::event(move |event, _| {
            let (accounts, env) = (accounts.clone(), env.clone());
            async move {
                let deed: Deed = event.json()?;
                let ctx = Ctx::system(deed.tenant, "deed", env);
                accounts.attach_domain(&ctx, deed.site).await?;
                let patch = TenantPatch { name: Some("Another name".to_owned()) };
                accounts.change_tenant(&ctx, patch, None).await.map(|_| ())
            }
        }))
    },
};

#[derive(Deserialize)]
struct Deed {
    tenant: TenantId,
    site: SiteId,
}

/// Signing in and out, refreshing, the theft of a token, a new password.
pub async fn sessions(stack: &Stack, ana: &Person) {
    let signed_in = stack.login(&ana.email, None).await;
    // Who does not get the answer to a refresh repeats it with the same token, which is then spent: the session ends.
    let mut refresh = signed_in["refresh_token"].clone();
    for _ in 0..3 {
        let (answer, again) = stack.public("/api/auth/refresh", &json!({ "refresh_token": refresh })).await;
        refresh = match answer.status.as_u16() {
            200 => answer.json()["refresh_token"].clone(),
            401 if again => stack.login(&ana.email, None).await["refresh_token"].clone(),
            status => panic!("{status}: {}", answer.text()),
        };
    }
    // A stolen token: the spent one is tried again.
    let (next, _) = stack.public("/api/auth/refresh", &json!({ "refresh_token": refresh })).await;
    assert_eq!(next.status, 200, "{}", next.text());
    assert_eq!(stack.public("/api/auth/refresh", &json!({ "refresh_token": refresh })).await.0.status, 401);
    let spent = json!({ "refresh_token": next.json()["refresh_token"] });
    assert_eq!(stack.public("/api/auth/refresh", &spent).await.0.status, 401, "a stolen session lives on");
    let open = json!({ "refresh_token": stack.login(&ana.email, None).await["refresh_token"] });
    assert!(stack.public("/api/auth/logout", &open).await.0.status.is_success());
    assert_eq!(stack.public("/api/auth/refresh", &open).await.0.status, 401);
    // A new password, which is the old one.
    stack.public("/api/auth/password-reset", &json!({ "email": ana.email })).await.0.good();
    let token = token_in(&mail(stack, &ana.email, "password").await);
    let (answer, again) =
        stack.public("/api/auth/password-reset/confirm", &json!({ "token": token, "password": PASSWORD })).await;
    // Spent by the attempt whose answer was lost.
    assert!(answer.status.is_success() || again && answer.status == 422, "{}", answer.text());
    ana.set_token(&stack.login(&ana.email, None).await);
}

/// The team: invitations, members, roles, two tenants.
pub async fn team(stack: &Stack, ana: &Person) {
    let mut walk = Walk::new(stack, ana);
    let (invitations, users) = ("/api/auth/users/invitations", "/api/auth/users");
    let invite = |email: &str| json!({ "email": email, "role": "editor" });
    let nobody = walk.make(users, invitations, &invite("nobody@example.com"), "email").await;
    walk.make(users, invitations, &invite("bo@example.com"), "email").await;
    walk.check().await;
    stack.delete(ana, &format!("{invitations}/{nobody}")).await;
    accept(stack, "bo@example.com").await;
    let bo = stack.login("bo@example.com", None).await["user"]["id"].as_str().unwrap().to_owned();
    stack.patch(ana, &format!("{users}/{bo}"), &json!({ "role": "viewer" })).await;

    // Ana belongs to a second tenant, and goes there. A session whose switch was not answered has ended: she signs in.
    let eve = stack.register("eve").await;
    stack.post(&eve, users, &json!({ "email": ana.email, "role": "admin" })).await.good();
    accept(stack, &ana.email).await;
    let (here, there) = (ana.ctx.tenant.to_string(), eve.ctx.tenant.to_string());
    let mut tries = 0;
    loop {
        ana.set_token(&stack.login(&ana.email, Some(&here)).await);
        let answer = stack.web.post("/api/auth/switch", &ana.token(), &json!({ "tenant_id": there })).await;
        if answer.status.is_success() {
            assert_eq!(answer.json()["tenant"]["id"], there.as_str());
            break;
        }
        tries += 1;
        assert!(tries < 8 && answer.status.is_server_error(), "{} {}", answer.status, answer.text());
    }
    ana.set_token(&stack.login(&ana.email, Some(&here)).await);
    stack.delete(ana, &format!("{users}/{bo}")).await;
    let members = stack.all(ana, users).await;
    assert_eq!(members.len(), 1, "bo is gone, and ana is there once: {members:#?}");
    let members = stack.all(&eve, users).await;
    assert_eq!(members.len(), 2, "eve, and ana once: {members:#?}");
}

/// Accepts the invitation that was mailed to someone. After an answer that was lost it is spent.
async fn accept(stack: &Stack, email: &str) {
    let token = token_in(&mail(stack, email, "invites").await);
    let body = json!({ "token": token, "password": PASSWORD });
    let (answer, again) = stack.public("/api/auth/invitations/accept", &body).await;
    let spent = again && matches!(answer.status.as_u16(), 409 | 422);
    assert!(answer.status.is_success() || spent, "{}: {}", answer.status, answer.text());
}

/// Sites and what groups them, API keys.
pub async fn places(stack: &Stack, ana: &Person, plan: &str) {
    let mut walk = Walk::new(stack, ana);
    let (workspaces, sites, keys) = ("/api/auth/workspaces", "/api/auth/sites", "/api/auth/api-keys");
    let id = walk.make(workspaces, workspaces, &json!({ "name": "Client A" }), "name").await;
    walk.change(&format!("{workspaces}/{id}"), workspaces, "name", "Client A", "Client B").await;
    walk.delete(&format!("{workspaces}/{id}"), workspaces, "name", "Client B").await;

    let id = walk.make(keys, keys, &json!({ "name": "Reporting", "role": "viewer" }), "name").await;
    walk.change(&format!("{keys}/{id}"), keys, "name", "Reporting", "Weekly").await;
    walk.delete(&format!("{keys}/{id}"), keys, "name", "Weekly").await;

    let limits = json!({ "limits": { "ai_daily_cost_cents": 500 } });
    let settings = stack.patch(ana, "/api/settings/tenant", &limits).await;
    assert_eq!(settings["limits"][0]["value"], 500, "{settings:#}");
    let limits = json!({ "limits": { "ai_daily_cost_cents": 600 } });
    stack.patch(ana, "/api/settings/tenant", &limits).await;

    let id = site(&mut walk, "Taller").await;
    walk.change(&format!("{sites}/{id}"), sites, "name", "Taller", "Taller Ana").await;
    stack.patch(ana, &format!("{sites}/{id}/settings"), &json!({ "review": "first_n", "review_first": 3 })).await;
    let sectors = format!("{sites}/{id}/sectors");
    let sector = walk.make(&sectors, &sectors, &json!({ "name": "Brakes" }), "name").await;
    walk.change(&format!("{sectors}/{sector}"), &sectors, "name", "Brakes", "Wheels").await;
    walk.delete(&format!("{sectors}/{sector}"), &sectors, "name", "Wheels").await;
    deeds(stack, ana, &id, plan).await;
    walk.check().await;
    walk.expected.clear();
    walk.delete(&format!("{sites}/{id}"), sites, "name", "Taller Ana").await;
    walk.check().await;
}

/// What no route offers.
async fn deeds(stack: &Stack, ana: &Person, site: &str, plan: &str) {
    let mut vars = stack.admin.clone();
    vars.insert(BE.to_owned(), DEEDS.name.to_owned());
    let processes = mortal(&vars, plan.to_owned());
    let event = json!({ "id": "1", "detail-type": "deed", "detail": { "tenant": ana.ctx.tenant, "site": site } });
    for n in 0.. {
        let deadline_ms = ana.ctx.now().millis() + 30_000;
        let context =
            InvocationContext { request_id: format!("deed-{n}"), function_name: DEEDS.name.to_owned(), deadline_ms };
        if processes.invoke()(event.clone(), context).await.is_ok() {
            break;
        }
        assert!(n < 10, "the deed is never done");
    }
    processes.stop();
}
