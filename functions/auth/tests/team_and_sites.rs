//! The team, sites, workspaces and keys through the routes.

mod common;

use axum::http::HeaderValue;
use common::{By, PASSWORD, World, request, stored, text};
use igny8_api::access;
use igny8_lambda::App;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;

fn site() -> Value {
    json!({ "name": "Taller Ana", "domain": "www.taller-ana.example", "site_type": "blog", "hosting_type": "igny8",
            "locale": "es" })
}

/// Invites someone and accepts in their name; the access token.
async fn join(world: &World, by: By<'_>, email: &str, role: &str) -> Value {
    world.post(by, "/api/auth/users", json!({ "email": email, "role": role })).await.ok(201);
    let accept = json!({ "token": world.mailed_token().await, "password": PASSWORD, "display_name": "Bo" });
    world.post(By::Nobody, "/api/auth/invitations/accept", accept).await.ok(200)
}

#[tokio::test]
async fn someone_is_invited_accepts_rises_and_leaves() {
    let world = World::new().await;
    let ana = world.register("ana@example.com").await;
    let ana_token = By::Token(text(&ana, "access_token"));
    let bo = join(&world, ana_token, "bo@example.com", "viewer").await;
    let bo_token = By::Token(text(&bo, "access_token"));
    assert_eq!((&bo["tenant"]["id"], &bo["role"]), (&ana["tenant"]["id"], &json!("viewer")));

    let invitations = world.get(ana_token, "/api/auth/users/invitations?count=true").await.ok(200);
    assert_eq!((&invitations["total"], &invitations["items"][0]["status"]), (&json!(1), &json!("accepted")));
    assert_eq!(world.get(bo_token, "/api/auth/users/invitations").await.problem(), (403, "forbidden"));
    let second =
        world.post(ana_token, "/api/auth/users", json!({ "email": "cy@example.com", "role": "editor" })).await.ok(201);
    let path = format!("/api/auth/users/invitations/{}", text(&second, "id"));
    world.call(ana_token, "DELETE", &path, Value::Null).await.ok(204);
    assert_eq!(world.get(ana_token, &path).await.ok(200)["status"], "revoked");

    let team = world.get(bo_token, "/api/auth/users?limit=1&count=true").await.ok(200);
    assert_eq!((team["items"].as_array().unwrap().len(), &team["total"]), (1, &json!(2)));
    let next = format!("/api/auth/users?limit=1&cursor={}", text(&team, "next_cursor"));
    let rest = world.get(bo_token, &next).await.ok(200);
    assert_ne!(team["items"][0]["id"], rest["items"][0]["id"]);
    assert_eq!(world.get(bo_token, "/api/auth/users").await.ok(200)["next_cursor"], Value::Null);

    let path = format!("/api/auth/users/{}", text(&bo["user"], "id"));
    assert_eq!(world.call(bo_token, "PATCH", &path, json!({ "role": "owner" })).await.problem(), (403, "forbidden"));
    let raised = world.call(ana_token, "PATCH", &path, json!({ "role": "editor" })).await;
    assert_eq!(raised.headers["etag"], "\"2\"");
    assert_eq!(raised.ok(200)["role"], "editor");
    let others = format!("/api/auth/users/{}", text(&ana["user"], "id"));
    assert_eq!(world.call(bo_token, "DELETE", &others, Value::Null).await.problem(), (403, "forbidden"));
    assert_eq!(world.call(ana_token, "DELETE", &others, Value::Null).await.problem(), (409, "conflict"), "last owner");
    world.call(bo_token, "DELETE", &path, Value::Null).await.ok(204);
    assert_eq!(world.get(ana_token, &path).await.problem(), (404, "not_found"));
}

#[tokio::test]
async fn a_site_with_sectors_and_settings_is_behind_its_tenants_wall() {
    let world = World::new().await;
    let (ana, eve) = (world.register("ana@example.com").await, world.register("eve@example.com").await);
    let (ana, eve) = (By::Token(text(&ana, "access_token")), By::Token(text(&eve, "access_token")));
    let made = world.post(ana, "/api/auth/sites", site()).await.ok(201);
    assert_eq!((text(&made, "host"), text(&made, "locale")), ("taller-ana", "es"));
    let path = format!("/api/auth/sites/{}", text(&made, "id"));
    let read = world.get(ana, &path).await;
    assert_eq!(read.headers["etag"], "\"1\"");
    assert_eq!(read.ok(200), made);

    let mut change = request(ana, "PATCH", &path, &json!({ "name": "Taller Ana e hijos", "domain": null }));
    change.headers_mut().insert("if-match", HeaderValue::from_static("\"1\""));
    let changed = world.send(change).await.ok(200);
    assert_eq!((text(&changed, "name"), &changed["domain"]), ("Taller Ana e hijos", &Value::Null));
    let mut late = request(ana, "PATCH", &path, &json!({ "name": "Late" }));
    late.headers_mut().insert("if-match", HeaderValue::from_static("\"1\""));
    assert_eq!(world.send(late).await.problem(), (409, "version_mismatch"));
    let settings = format!("{path}/settings");
    let changed = world.call(ana, "PATCH", &settings, json!({ "review": "first_n", "review_first": 3 })).await.ok(200);
    assert_eq!(changed["settings"], json!({ "review": "first_n", "review_first": 3 }));

    let sectors = format!("{path}/sectors");
    let sector = world.post(ana, &sectors, json!({ "name": "Brakes" })).await.ok(201);
    let one = format!("{sectors}/{}", text(&sector, "id"));
    let changed = world.call(ana, "PATCH", &one, json!({ "description": "Pads and discs" })).await.ok(200);
    assert_eq!((text(&changed, "name"), text(&changed, "description")), ("Brakes", "Pads and discs"));
    assert_eq!(world.get(ana, &format!("{sectors}?count=true")).await.ok(200)["total"], 1);

    for foreign in [&path, &sectors, &one] {
        assert_eq!(world.get(eve, foreign).await.problem(), (404, "not_found"), "{foreign}");
        assert_eq!(world.get(By::Nobody, foreign).await.problem(), (401, "unauthenticated"), "{foreign}");
    }
    for (method, foreign) in [("PATCH", &path), ("PATCH", &settings), ("PATCH", &one), ("POST", &sectors)] {
        let body = if foreign == &settings { json!({ "review": "always" }) } else { json!({ "name": "Mine" }) };
        assert_eq!(world.call(eve, method, foreign, body).await.problem(), (404, "not_found"), "{method} {foreign}");
    }
    for foreign in [&one, &path] {
        assert_eq!(world.call(eve, "DELETE", foreign, Value::Null).await.problem(), (404, "not_found"));
        world.call(ana, "DELETE", foreign, Value::Null).await.ok(204);
    }
    assert_eq!(world.get(ana, "/api/auth/sites?count=true").await.ok(200)["total"], 0);
}

#[tokio::test]
async fn workspaces_group_sites_and_lists_say_what_they_cannot() {
    let world = World::new().await;
    let ana = world.register("ana@example.com").await;
    let ana = By::Token(text(&ana, "access_token"));
    let workspace = world.post(ana, "/api/auth/workspaces", json!({ "name": "Client A" })).await.ok(201);
    let id = text(&workspace, "id");
    let mut inside = site();
    inside["workspace_id"] = json!(id);
    let inside = world.post(ana, "/api/auth/sites", inside).await.ok(201);
    world.post(ana, "/api/auth/sites", site()).await.ok(201);
    let listed = world.get(ana, &format!("/api/auth/sites?workspace_id={id}&count=true")).await.ok(200);
    assert_eq!((&listed["total"], &listed["items"][0]["id"]), (&json!(1), &inside["id"]));

    let path = format!("/api/auth/workspaces/{id}");
    assert_eq!(world.get(ana, &path).await.ok(200)["sites"], 1);
    assert_eq!(world.call(ana, "DELETE", &path, Value::Null).await.problem(), (409, "conflict"), "it holds a site");
    assert_eq!(world.call(ana, "PATCH", &path, json!({ "name": "Client B" })).await.ok(200)["name"], "Client B");
    world.call(ana, "DELETE", &format!("/api/auth/sites/{}", text(&inside, "id")), Value::Null).await.ok(204);
    world.call(ana, "DELETE", &path, Value::Null).await.ok(204);
    assert_eq!(world.get(ana, "/api/auth/workspaces").await.ok(200)["items"], json!([]));

    for wrong in ["limit=0", "limit=201", "sort=name", "q=a", "cursor=x", "color=red"] {
        assert_eq!(world.get(ana, &format!("/api/auth/sites?{wrong}")).await.status, 422, "{wrong}");
    }
}

#[tokio::test]
async fn a_key_works_within_its_role_and_until_it_is_ended() {
    let world = World::new().await;
    let ana = world.register("ana@example.com").await;
    let by_ana = By::Token(text(&ana, "access_token"));
    let new = json!({ "name": "Reporting", "role": "viewer" });
    let once = || {
        let mut request = request(by_ana, "POST", "/api/auth/api-keys", &new);
        request.headers_mut().insert("idempotency-key", HeaderValue::from_static("key-1"));
        request
    };
    let made = world.send(once()).await.ok(201);
    let secret = text(&made, "secret");
    let again = world.send(once()).await;
    assert_eq!(again.headers["idempotency-replayed"], "true");
    let again = again.ok(201);
    assert_eq!((&again["id"], &again["secret"]), (&made["id"], &Value::Null));
    assert!(!stored(&world.test).await.contains(secret));

    let key = By::Key(secret);
    let me = world.get(key, "/api/auth/me").await.ok(200);
    assert_eq!((&me["user"], &me["tenant"], &me["role"]), (&Value::Null, &ana["tenant"], &json!("viewer")));
    world.get(key, "/api/auth/sites").await.ok(200);
    assert_eq!(world.post(key, "/api/auth/sites", site()).await.problem(), (403, "forbidden"));
    let switch = json!({ "tenant_id": ana["tenant"]["id"] });
    assert_eq!(world.post(key, "/api/auth/switch", switch).await.problem(), (403, "forbidden"));
    assert_eq!(world.get(By::Key("igny8_x_y"), "/api/auth/me").await.problem(), (401, "unauthenticated"));

    let path = format!("/api/auth/api-keys/{}", text(&made, "id"));
    let renamed = world.call(by_ana, "PATCH", &path, json!({ "name": "Weekly" })).await.ok(200);
    assert_eq!((text(&renamed, "name"), renamed.get("secret")), ("Weekly", None));
    assert_eq!(world.get(by_ana, "/api/auth/api-keys").await.ok(200)["items"], json!([renamed]));
    world.call(by_ana, "DELETE", &path, Value::Null).await.ok(204);
    assert_eq!(world.get(key, "/api/auth/me").await.problem(), (401, "unauthenticated"));
}

/// Whatever the table of access says about this module is served, and the other way round.
#[tokio::test]
async fn every_route_of_the_module_has_a_rule_and_an_example() {
    let test = igny8_testing::TestTable::start().await;
    let app: App = common::app(&test);
    let parts: Vec<_> = igny8_fn_auth::routes(&app).into_iter().map(OpenApiRouter::into_openapi).collect();
    let document = igny8_api::docs::document("test", parts);
    let ours = |text: &String| text.contains(" /api/auth/");
    assert_eq!(access::differences(&document).into_iter().filter(ours).collect::<Vec<_>>(), Vec::<String>::new());
    let document = serde_json::to_value(&document).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Some(body) = operation.get("requestBody") else { continue };
            let example = &body["content"]["application/json"]["example"];
            assert!(example.is_object(), "{method} {path} has no example");
        }
    }
}
