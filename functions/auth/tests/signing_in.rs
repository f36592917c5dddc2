//! Signing in through the routes: tokens, rotation, switching, passwords, and what a function needs to start.

mod common;

use axum::http::HeaderValue;
use common::{By, PASSWORD, World, app, request, stored, text};
use igny8_accounts::{ACCESS_TOKEN_LIFE, Verifier};
use igny8_fn_auth::session;
use igny8_lambda::metrics;
use igny8_testing::TestTable;
use serde_json::{Value, json};

fn refresh_of(body: &Value) -> Value {
    json!({ "refresh_token": body["refresh_token"] })
}

#[tokio::test]
async fn from_registering_to_the_end_of_a_session() {
    let world = World::new().await;
    let new = world.register("ana@example.com").await;
    assert_eq!((text(&new, "token_type"), &new["expires_in"]), ("Bearer", &json!(900)));
    assert_eq!((&new["user"]["email"], &new["tenant"]["plan"]), (&json!("ana@example.com"), &json!("trial")));
    assert_eq!(
        world
            .post(
                By::Nobody,
                "/api/auth/register",
                json!({
                    "tenant_name": "Other", "email": "ANA@example.com", "password": PASSWORD
                })
            )
            .await
            .problem(),
        (409, "conflict")
    );

    let login = json!({ "email": "ana@example.com", "password": PASSWORD });
    let one = world.post(By::Nobody, "/api/auth/login", login).await.ok(200);
    let names = |body: &Value| body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&one), names(&new), "every way to sign in has the same answer");
    let wrong = json!({ "email": "ana@example.com", "password": "correct house battery" });
    assert_eq!(world.post(By::Nobody, "/api/auth/login", wrong).await.problem(), (401, "unauthenticated"));

    let two = world.post(By::Nobody, "/api/auth/refresh", refresh_of(&one)).await.ok(200);
    assert_eq!(names(&two), names(&new));
    assert_ne!(two["refresh_token"], one["refresh_token"]);
    let me = world.get(By::Token(text(&two, "access_token")), "/api/auth/me").await.ok(200);
    assert_eq!((&me["user"], &me["tenant"], &me["role"]), (&new["user"], &new["tenant"], &json!("owner")));
    assert_eq!((&me["tenants"][0]["id"], &me["flags"]), (&new["tenant"]["id"], &json!({})));

    // A spent token ends the session, with it the one good token; the other session lives on.
    let reused = world.post(By::Nobody, "/api/auth/refresh", refresh_of(&one)).await;
    assert_eq!(reused.problem(), (401, "unauthenticated"));
    assert_eq!(world.post(By::Nobody, "/api/auth/refresh", refresh_of(&two)).await.problem().0, 401);
    let three = world.post(By::Nobody, "/api/auth/refresh", refresh_of(&new)).await.ok(200);

    // Signing out needs no access token: it has often expired by then. A second time changes nothing.
    world.test.clock.advance(ACCESS_TOKEN_LIFE);
    assert_eq!(world.get(By::Token(text(&three, "access_token")), "/api/auth/me").await.problem().0, 401);
    for _ in 0..2 {
        world.post(By::Nobody, "/api/auth/logout", refresh_of(&three)).await.ok(204);
    }
    assert_eq!(world.post(By::Nobody, "/api/auth/refresh", refresh_of(&three)).await.problem().0, 401);
}

#[tokio::test]
async fn what_cannot_be_is_told_field_by_field() {
    let world = World::new().await;
    let wrong = json!({ "tenant_name": "", "email": "ana", "password": "short" });
    let answer = world.post(By::Nobody, "/api/auth/register", wrong).await;
    assert_eq!(answer.problem(), (422, "invalid"));
    let fields: Vec<_> = answer.body["errors"].as_array().unwrap().iter().map(|error| text(error, "field")).collect();
    assert_eq!(fields, ["tenant_name", "email", "password"]);
    let unknown = json!({ "email": "ana@example.com", "passwort": PASSWORD });
    assert_eq!(world.post(By::Nobody, "/api/auth/login", unknown).await.status, 422);
    assert_eq!(world.get(By::Nobody, "/api/auth/me").await.problem(), (401, "unauthenticated"));
    assert_eq!(world.get(By::Nobody, "/api/auth/login").await.status, 405);
}

#[tokio::test]
async fn the_public_keys_verify_what_was_signed_and_hold_no_secret() {
    let world = World::new().await;
    let new = world.register("ana@example.com").await;
    let answer = world.get(By::Nobody, "/api/auth/jwks.json").await;
    assert_eq!(answer.headers["cache-control"], "public, max-age=300");
    let keys = answer.ok(200);
    assert_eq!(keys, serde_json::from_str::<Value>(&world.keys.jwks).unwrap());
    let verifier = Verifier::new(&keys.to_string(), igny8_app::ISSUER, igny8_app::AUDIENCE).unwrap();
    let claims = verifier.verify(&world.test.env, text(&new, "access_token")).unwrap();
    assert_eq!(claims.tenant.to_string(), text(&new["tenant"], "id"));

    // Even where the operator has put the secret half there.
    let private = format!("{{\"keys\":[{}]}}", world.keys.secret);
    let test = TestTable::start_with(&[("JWT_PUBLIC_KEYS", &private), ("BUCKET_NAME", "none")]).await;
    let app = app(&test);
    let routes = session::routes(igny8_app::accounts(&app), session::Keys::new(&app), session::TRIAL);
    let router = igny8_app::router(&app, "auth-session", routes).unwrap();
    let response = tower::ServiceExt::oneshot(router, request(By::Nobody, "GET", "/api/auth/jwks.json", &Value::Null))
        .await
        .unwrap();
    let body = http_body_util::BodyExt::collect(response.into_body()).await.unwrap().to_bytes();
    assert_eq!(serde_json::from_slice::<Value>(&body).unwrap(), keys);
}

#[tokio::test]
async fn switching_goes_only_where_one_belongs_and_keeps_no_token() {
    let world = World::new().await;
    let ana = world.register("ana@example.com").await;
    let bo = world.register("bo@example.com").await;
    let there = json!({ "tenant_id": ana["tenant"]["id"] });
    let (by_ana, by_bo) = (By::Token(text(&ana, "access_token")), By::Token(text(&bo, "access_token")));
    assert_eq!(world.post(by_bo, "/api/auth/switch", there.clone()).await.problem(), (404, "not_found"));

    let invitation = json!({ "email": "bo@example.com", "role": "viewer" });
    world.post(by_ana, "/api/auth/users", invitation).await.ok(201);
    let accept = json!({ "token": world.mailed_token().await, "password": PASSWORD });
    world.post(By::Nobody, "/api/auth/invitations/accept", accept).await.ok(200);

    let mut repeatable = request(by_bo, "POST", "/api/auth/switch", &there);
    repeatable.headers_mut().insert("idempotency-key", HeaderValue::from_static("switch-1"));
    let switched = world.send(repeatable).await.ok(200);
    assert_eq!((&switched["tenant"], &switched["role"]), (&ana["tenant"], &json!("viewer")));
    let me = world.get(By::Token(text(&switched, "access_token")), "/api/auth/me").await.ok(200);
    assert_eq!((&me["tenant"]["id"], &me["role"]), (&ana["tenant"]["id"], &json!("viewer")));
    assert_eq!(me["tenants"].as_array().unwrap().len(), 2);
    let stored = stored(&world.test).await;
    for token in ["access_token", "refresh_token"] {
        assert!(!stored.contains(text(&switched, token)), "the {token} is stored");
    }
    assert_eq!(world.post(By::Nobody, "/api/auth/refresh", refresh_of(&bo)).await.problem().0, 401, "it has moved");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_through_the_mail() {
    let world = World::new().await;
    let ana = world.register("ana@example.com").await;
    let ask = |email: &str| json!({ "email": email });
    world.post(By::Nobody, "/api/auth/password-reset", ask("nobody@example.com")).await.ok(204);
    world.post(By::Nobody, "/api/auth/password-reset", ask("ana@example.com")).await.ok(204);
    let token = world.mailed_token().await;
    let confirm = json!({ "token": token, "password": "another horse battery" });
    world.post(By::Nobody, "/api/auth/password-reset/confirm", confirm.clone()).await.ok(204);
    assert_eq!(world.post(By::Nobody, "/api/auth/password-reset/confirm", confirm).await.status, 422);
    assert_eq!(world.post(By::Nobody, "/api/auth/refresh", refresh_of(&ana)).await.problem().0, 401);
    let login = |password: &str| json!({ "email": "ana@example.com", "password": password });
    assert_eq!(world.post(By::Nobody, "/api/auth/login", login(PASSWORD)).await.problem().0, 401);
    world.post(By::Nobody, "/api/auth/login", login("another horse battery")).await.ok(200);
}

#[tokio::test]
async fn the_function_refuses_to_start_with_wrong_settings() {
    let keys = igny8_accounts::generate_key(&igny8_core::Env::system()).unwrap();
    let start = async |more: &[(&str, &str)]| {
        let mut settings =
            vec![("JWT_PUBLIC_KEYS", keys.jwks.as_str()), ("BUCKET_NAME", "b"), ("APP_URL", "https://a.b")];
        settings.extend_from_slice(more);
        let test = TestTable::start_with(&settings).await;
        session::FUNCTION.start(&app(&test), metrics::nowhere).err().map(|error| error.to_string())
    };
    let arn = ("SIGNING_KEY_SECRET_ARN", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:k");
    assert_eq!(start(&[arn]).await, None);
    assert_eq!(start(&[arn, ("IGNY8_TRIAL_CREDITS", "100000")]).await, None);
    assert!(start(&[]).await.unwrap().contains("SIGNING_KEY_SECRET_ARN"));
    for wrong in ["many", "-1", "2.5"] {
        let error = start(&[arn, ("IGNY8_TRIAL_CREDITS", wrong)]).await.unwrap();
        assert!(error.contains("IGNY8_TRIAL_CREDITS must be a whole number"), "{wrong}: {error}");
    }
}
