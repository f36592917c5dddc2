//! What the main operations consume, as README.md says: a read or a write more than planned shows here.
#![allow(clippy::expect_used, clippy::unwrap_used, reason = "what cannot be set up must fail")]

mod common;

use common::{PASSWORD, World, site};
use igny8_accounts::{ApiKeyCreate, InviteInput, RefreshInput, SectorCreate, SiteQuery, WorkspaceCreate};
use igny8_core::{Ctx, PageRequest, Role};

/// The lines of the table in README.md that stand between the marks, as operation and units.
fn documented() -> Vec<(String, String)> {
    let readme = include_str!("../README.md");
    let (_, table) = readme.split_once("<!-- units -->").expect("the table begins");
    let (table, _) = table.split_once("<!-- /units -->").expect("the table ends");
    let cells = |line: &str| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows = table.trim().lines().skip(2).map(cells);
    rows.map(|cells| (cells[0].clone(), cells[1].clone())).collect()
}

#[tokio::test]
async fn the_main_operations_consume_what_the_readme_says() {
    let world = World::new().await;
    if world.test.is_beyond_moto("units as AWS counts them") {
        return;
    }
    let a = &world.accounts;
    let mut measured = Vec::new();
    let mut last = 0;
    let mut note = |operation: &str| {
        let now = world.test.table.tenths_of_units();
        measured.push((operation.to_owned(), format!("{:.1}", (now - last) as f64 / 10.0)));
        last = now;
    };
    let sign_in = world.register("ana@example.com").await;
    note("register");
    let ana = world.ctx(&sign_in);
    let viewer = Ctx { role: Role::Viewer, ..ana.clone() };
    let token = world.login("ana@example.com", PASSWORD).await.unwrap().refresh_token;
    note("login");
    let token = a.refresh(&world.visitor, RefreshInput { refresh_token: token }, None).await.unwrap().refresh_token;
    note("refresh");
    a.me(&ana).await.unwrap();
    note("me");
    a.logout(&world.visitor, RefreshInput { refresh_token: token }).await.unwrap();
    note("logout");
    a.create_workspace(&ana, WorkspaceCreate { name: "A".into() }).await.unwrap();
    note("create workspace");
    let one = a.create_site(&ana, site("One")).await.unwrap();
    note("create site");
    a.site(&ana, one.id).await.unwrap();
    note("site, as admin");
    a.site(&viewer, one.id).await.unwrap();
    note("site, as viewer");
    for n in 2..=50 {
        a.create_site(&ana, site(&format!("Number {n}"))).await.unwrap();
    }
    note("49 sites");
    let page = a.sites(&ana, &SiteQuery::default(), PageRequest::default()).await.unwrap();
    assert_eq!(page.items.len(), 50);
    note("page of 50 sites");
    a.create_sector(&ana, one.id, SectorCreate { name: "Brakes".into(), description: None }).await.unwrap();
    note("create sector");
    let input = InviteInput { email: "bo@example.com".into(), role: Role::Editor, workspace_ids: Vec::new() };
    a.invite(&ana, input).await.unwrap();
    note("invite");
    let token = world.mailed_token().await;
    world.accept(&token, Some(PASSWORD)).await.unwrap();
    note("accept invitation, new person");
    a.members(&ana, PageRequest::default()).await.unwrap();
    note("members, page of 2");
    let key = ApiKeyCreate { name: "a".into(), role: Role::Viewer, expires_at: None };
    let secret = a.create_api_key(&ana, key).await.unwrap().secret.unwrap();
    note("create API key");
    a.authenticate_key(&world.test.env, &secret).await.unwrap();
    note("authenticate a key");
    a.delete_site(&ana, one.id, None).await.unwrap();
    note("delete site");
    measured.retain(|(operation, _)| operation != "49 sites");
    assert_eq!(measured, documented());
}
