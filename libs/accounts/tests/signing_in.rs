//! Registering, signing in, refreshing, switching and resetting, on a real table.

mod common;

use std::time::Duration;

use common::{PASSWORD, World, everything, kind};
use igny8_accounts::{
    ACCESS_TOKEN_LIFE, LoginInput, RefreshInput, ResetConfirmInput, ResetInput, Signer, SwitchInput, TenantStatus,
    Verifier, generate_key,
};
use igny8_billing::Billing;
use igny8_core::{Credits, ErrorKind, Role, TenantId};

fn refresh(token: &str) -> RefreshInput {
    RefreshInput { refresh_token: token.to_owned() }
}

#[tokio::test]
async fn registering_makes_a_tenant_with_an_owner_and_credits() {
    let world = World::new().await;
    let sign_in = world.register(" Ana@Example.com ").await;
    assert_eq!(sign_in.user.email, "ana@example.com");
    assert_eq!((sign_in.role, sign_in.tenant.status, sign_in.tenant.owners), (Role::Owner, TenantStatus::Trial, 1));
    let ctx = world.ctx(&sign_in);
    let balance = Billing::new(world.test.table.clone()).balance(&ctx).await.unwrap();
    assert_eq!(balance.credits.total(), Credits(25));
    assert_eq!(world.audit(&ctx).await, ["tenant.registered"]);

    let me = world.accounts.me(&ctx).await.unwrap();
    assert_eq!(me.user, Some(sign_in.user.clone()));
    assert_eq!(me.tenants.len(), 1);

    // The email is taken, in every spelling, and nothing of the second try is left.
    let before = everything(&world.test.cloud).await;
    assert_eq!(kind(world.try_register("ANA@example.com").await), ErrorKind::Conflict);
    assert_eq!(everything(&world.test.cloud).await.len(), before.len());

    // No password and no token is stored.
    let secret = sign_in.refresh_token.rsplit('.').next().unwrap();
    assert!(!before.contains(PASSWORD) && !before.contains(secret));
}

#[tokio::test]
async fn registering_says_all_that_is_wrong() {
    let world = World::new().await;
    let input = igny8_accounts::RegisterInput {
        tenant_name: " ".into(),
        email: "nobody".into(),
        password: "short".into(),
        display_name: Some("a\nb".into()),
    };
    let Err(error) = world.accounts.register(&world.visitor, input, Credits(25)).await else { panic!() };
    let fields: Vec<_> = error.fields().iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["tenant_name", "email", "password", "display_name"]);
}

#[tokio::test]
async fn one_email_registered_many_times_at_once_is_registered_once() {
    let world = World::new().await;
    if world.test.is_beyond_moto("isolation of concurrent writes") {
        return;
    }
    let tries = (0..5).map(|_| world.try_register("ana@example.com"));
    let results = futures::future::join_all(tries).await;
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
}

#[tokio::test]
async fn signing_in_needs_the_right_password_and_tells_nothing_else() {
    let world = World::new().await;
    world.register("ana@example.com").await;
    assert!(world.login("ANA@Example.com", PASSWORD).await.is_ok());
    let Err(wrong) = world.login("ana@example.com", "correct house battery").await else { panic!() };
    let Err(unknown) = world.login("bo@example.com", PASSWORD).await else { panic!() };
    let Err(unreadable) = world.login("bo", PASSWORD).await else { panic!() };
    let Err(long) = world.login("ana@example.com", &"a".repeat(5000)).await else { panic!() };
    for error in [&wrong, &unknown, &unreadable, &long] {
        assert_eq!((error.kind(), error.detail()), (ErrorKind::Unauthenticated, wrong.detail()));
    }
}

#[tokio::test]
async fn an_unknown_email_takes_as_long_as_a_wrong_password() {
    let world = World::new().await;
    world.register("ana@example.com").await;
    let time = async |email: &str| {
        let mut best = Duration::MAX;
        for _ in 0..5 {
            let start = std::time::Instant::now();
            assert!(world.login(email, "not the right one").await.is_err());
            best = best.min(start.elapsed());
        }
        best
    };
    let (known, unknown) = (time("ana@example.com").await, time("bo@example.com").await);
    // The hash takes most of the time of both; without it the unknown one would be ten times faster.
    assert!(unknown > known / 3 && known > unknown / 3, "{known:?} {unknown:?}");
}

#[tokio::test]
async fn the_answer_carries_a_token_that_verifies() {
    let world = World::new().await;
    let env = &world.test.env;
    let keys = generate_key(env).unwrap();
    let signer = Signer::new(&keys.secret, "igny8", "api").unwrap();
    let verifier = Verifier::new(&keys.jwks, "igny8", "api").unwrap();
    let sign_in = world.register("ana@example.com").await;
    let (user, tenant) = (sign_in.user.id, sign_in.tenant.id);
    let answer = sign_in.answer(&signer, env).unwrap();
    assert_eq!((answer.token_type.as_str(), answer.expires_in), ("Bearer", 900));
    let claims = verifier.verify(env, &answer.access_token).unwrap();
    assert_eq!((claims.sub, claims.tenant, claims.role), (user, tenant, Role::Owner));
    world.test.clock.advance(ACCESS_TOKEN_LIFE);
    assert!(verifier.verify(env, &answer.access_token).is_err());
}

#[tokio::test]
async fn refresh_tokens_rotate_and_a_spent_one_ends_the_session() {
    let world = World::new().await;
    let first = world.register("ana@example.com").await.refresh_token;
    let second = world.accounts.refresh(&world.visitor, refresh(&first), None).await.unwrap().refresh_token;
    let third = world.accounts.refresh(&world.visitor, refresh(&second), None).await.unwrap();
    assert_ne!(first, second);
    assert_eq!(kind(world.accounts.refresh(&world.visitor, refresh(&first), None).await), ErrorKind::Unauthenticated);
    let after = world.accounts.refresh(&world.visitor, refresh(&third.refresh_token), None).await;
    assert_eq!(kind(after), ErrorKind::Unauthenticated, "the session has ended for everyone");
    assert!(world.audit(&world.ctx(&third)).await.contains(&"session.reuse_detected".to_owned()));
}

#[tokio::test]
async fn a_made_up_token_ends_no_session() {
    let world = World::new().await;
    let first = world.register("ana@example.com").await.refresh_token;
    let second = world.accounts.refresh(&world.visitor, refresh(&first), None).await.unwrap().refresh_token;
    let parts: Vec<_> = second.split('.').collect();
    let made_up = format!("{}.{}.1.{}", parts[0], parts[1], "0".repeat(64));
    let guessed = format!("{}.{}.2.{}{}", parts[0], parts[1], &parts[3][..32], "0".repeat(32));
    let later = format!("{}.{}.3.{}", parts[0], parts[1], parts[3]);
    for text in [made_up.as_str(), &guessed, &later, "", "a.b.c.d"] {
        assert_eq!(kind(world.accounts.refresh(&world.visitor, refresh(text), None).await), ErrorKind::Unauthenticated);
        world.accounts.logout(&world.visitor, refresh(&made_up)).await.unwrap();
    }
    assert!(world.accounts.refresh(&world.visitor, refresh(&second), None).await.is_ok());
}

#[tokio::test]
async fn a_refresh_is_repeated_with_its_key_until_the_new_token_is_used() {
    let world = World::new().await;
    let first = world.register("ana@example.com").await.refresh_token;
    let (key, other) = ("4f0f9a3c-2d0e-4a53-9a7e-3f6f6c1b7a11", "00000000-2d0e-4a53-9a7e-3f6f6c1b7a11");
    let second = world.accounts.refresh(&world.visitor, refresh(&first), Some(key)).await.unwrap();
    // The answer was lost: the same request gets the same token, and is still in the same session.
    let again = world.accounts.refresh(&world.visitor, refresh(&first), Some(key)).await.unwrap();
    assert_eq!((&again.refresh_token, again.session), (&second.refresh_token, second.session));
    let third = world.accounts.refresh(&world.visitor, refresh(&second.refresh_token), Some(key)).await.unwrap();
    assert_ne!(third.refresh_token, second.refresh_token);
    // Now the first is spent, whoever shows it with whatever key.
    assert_eq!(
        kind(world.accounts.refresh(&world.visitor, refresh(&first), Some(key)).await),
        ErrorKind::Unauthenticated
    );
    let after = world.accounts.refresh(&world.visitor, refresh(&third.refresh_token), None).await;
    assert_eq!(kind(after), ErrorKind::Unauthenticated, "the session has ended for everyone");

    // Another key, none, and one that could be guessed: a second use like any other.
    for (with, then) in [(Some(key), Some(other)), (Some(key), None), (Some("1"), Some("1"))] {
        let token = world.login("ana@example.com", PASSWORD).await.unwrap().refresh_token;
        world.accounts.refresh(&world.visitor, refresh(&token), with).await.unwrap();
        let stolen = world.accounts.refresh(&world.visitor, refresh(&token), then).await;
        assert_eq!(kind(stolen), ErrorKind::Unauthenticated, "{with:?} {then:?}");
    }
}

#[tokio::test]
async fn of_refreshes_at_the_same_moment_at_most_one_wins() {
    let world = World::new().await;
    if world.test.is_beyond_moto("isolation of concurrent writes") {
        return;
    }
    let token = world.register("ana@example.com").await.refresh_token;
    let tries = (0..6).map(|_| world.accounts.refresh(&world.visitor, refresh(&token), None));
    let results = futures::future::join_all(tries).await;
    let won: Vec<_> = results.iter().filter(|result| result.is_ok()).collect();
    assert_eq!(won.len(), 1);
    for result in results {
        if let Err(error) = result {
            assert!(matches!(error.kind(), ErrorKind::Conflict | ErrorKind::Unauthenticated), "{error}");
        }
    }
}

#[tokio::test]
async fn a_refresh_whose_row_answer_was_lost_still_answers() {
    let world = World::new().await;
    let token = world.register("ana@example.com").await.refresh_token;
    let (table, line) = world.test.lossy().await;
    let accounts = igny8_accounts::Accounts::new(table, world.test.cloud.clone());
    accounts.refresh(&world.visitor, refresh(&token), None).await.map(|_| ()).unwrap();
    let next = world.login("ana@example.com", PASSWORD).await.unwrap().refresh_token;
    // Five reads, then the write: it happens, and when the SDK repeats it we know it as ours.
    line.lose_after(5, 1);
    let sign_in = accounts.refresh(&world.visitor, refresh(&next), None).await.unwrap();
    assert_eq!(line.lost(), 1);
    assert!(accounts.refresh(&world.visitor, refresh(&sign_in.refresh_token), None).await.is_ok());
}

#[tokio::test]
async fn sessions_end_by_logout_and_by_time() {
    let world = World::new().await;
    let token = world.register("ana@example.com").await.refresh_token;
    world.accounts.logout(&world.visitor, refresh(&token)).await.unwrap();
    assert_eq!(kind(world.accounts.refresh(&world.visitor, refresh(&token), None).await), ErrorKind::Unauthenticated);
    world.accounts.logout(&world.visitor, refresh(&token)).await.unwrap();

    let token = world.login("ana@example.com", PASSWORD).await.unwrap().refresh_token;
    world.test.clock.advance(Duration::from_hours(29 * 24));
    let token = world.accounts.refresh(&world.visitor, refresh(&token), None).await.unwrap().refresh_token;
    world.test.clock.advance(Duration::from_hours(30 * 24));
    assert_eq!(kind(world.accounts.refresh(&world.visitor, refresh(&token), None).await), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn switching_needs_a_membership_and_a_living_session() {
    let world = World::new().await;
    let ana = world.register("ana@example.com").await;
    let bo = world.owner("bo@example.com").await;
    let ctx = world.ctx(&ana);
    let there = SwitchInput { tenant_id: bo.tenant };
    assert_eq!(kind(world.accounts.switch(&ctx, ana.session, there.clone()).await), ErrorKind::NotFound);
    let nowhere = SwitchInput { tenant_id: TenantId::new(1, 1) };
    assert_eq!(kind(world.accounts.switch(&ctx, ana.session, nowhere).await), ErrorKind::NotFound);

    world.join(&bo, "ana@example.com", Role::Editor).await;
    assert_eq!(world.accounts.me(&ctx).await.unwrap().tenants.len(), 2);
    let switched = world.accounts.switch(&ctx, ana.session, there.clone()).await.unwrap();
    assert_eq!((switched.tenant.id, switched.role), (bo.tenant, Role::Editor));
    assert_eq!(
        kind(world.accounts.refresh(&world.visitor, refresh(&ana.refresh_token), None).await),
        ErrorKind::Unauthenticated,
        "the new session has taken the place of the old one"
    );
    assert_eq!(kind(world.accounts.switch(&ctx, ana.session, there).await), ErrorKind::Unauthenticated);
    let refreshed = world.accounts.refresh(&world.visitor, refresh(&switched.refresh_token), None).await.unwrap();
    assert_eq!(refreshed.tenant.id, bo.tenant);

    // Signing in can name the tenant.
    let input = |tenant_id| LoginInput { email: "ana@example.com".into(), password: PASSWORD.into(), tenant_id };
    let chosen = world.accounts.login(&world.visitor, input(Some(bo.tenant))).await.unwrap();
    assert_eq!(chosen.tenant.id, bo.tenant);
    assert_eq!(kind(world.accounts.login(&world.visitor, input(Some(TenantId::new(1, 1)))).await), ErrorKind::NotFound);

    // Once removed, the session goes on in a tenant that is left.
    let user = refreshed.user.id;
    world.accounts.remove_member(&bo, user).await.unwrap();
    let moved = world.accounts.refresh(&world.visitor, refresh(&refreshed.refresh_token), None).await.unwrap();
    assert_eq!(moved.tenant.id, ana.tenant.id);
    assert_eq!(kind(world.accounts.me(&world.ctx(&refreshed)).await), ErrorKind::Unauthenticated);
}

#[tokio::test]
async fn a_reset_works_once_within_its_hour_and_ends_all_sessions() {
    let world = World::new().await;
    let before = world.register("ana@example.com").await;
    let ask = async |email: &str| {
        world.accounts.request_reset(&world.visitor, ResetInput { email: email.into() }).await.unwrap();
    };
    let confirm = async |token: &str, password: &str| {
        let input = ResetConfirmInput { token: token.into(), password: password.into() };
        world.accounts.confirm_reset(&world.visitor, input).await
    };
    ask("nobody@example.com").await;
    ask("not an email").await;
    assert!(world.mails().await.is_empty());
    ask(" ANA@example.com").await;
    ask("ana@example.com").await;
    assert_eq!(world.mails().await.len(), 1, "not more than one a minute");
    let mail = world.mails().await.remove(0);
    assert_eq!(mail.to, "ana@example.com");
    assert!(mail.text.contains("https://app.igny8.test/reset-password#token="), "{}", mail.text);

    let token = world.mailed_token().await;
    assert_eq!(kind(confirm(&token, "short").await), ErrorKind::Invalid);
    let forged = format!("{}.{}", token.split('.').next().unwrap(), "0".repeat(64));
    assert_eq!(kind(confirm(&forged, "another good one").await), ErrorKind::Invalid);
    confirm(&token, "another good one").await.unwrap();
    assert_eq!(kind(confirm(&token, "a third good one").await), ErrorKind::Invalid, "once");
    assert!(world.login("ana@example.com", PASSWORD).await.is_err());
    let after = world.login("ana@example.com", "another good one").await.unwrap();
    assert!(after.user.email_verified);
    let old = world.accounts.refresh(&world.visitor, refresh(&before.refresh_token), None).await;
    assert_eq!(kind(old), ErrorKind::Unauthenticated);
    let switch = SwitchInput { tenant_id: before.tenant.id };
    let old = world.accounts.switch(&world.ctx(&before), before.session, switch).await;
    assert_eq!(kind(old), ErrorKind::Unauthenticated);
    assert!(world.accounts.refresh(&world.visitor, refresh(&after.refresh_token), None).await.is_ok());

    // A newer link replaces an older one, and both have their hour.
    world.test.clock.advance(Duration::from_mins(5));
    ask("ana@example.com").await;
    let older = world.mailed_token().await;
    world.test.clock.advance(Duration::from_mins(5));
    ask("ana@example.com").await;
    let newer = world.mailed_token().await;
    assert_eq!(kind(confirm(&older, "a fourth good one").await), ErrorKind::Invalid);
    world.test.clock.advance(Duration::from_hours(1));
    assert_eq!(kind(confirm(&newer, "a fourth good one").await), ErrorKind::Invalid);
}
