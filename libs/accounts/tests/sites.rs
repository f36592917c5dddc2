//! Sites, hosts, sectors and workspaces, on a real table.
#![allow(clippy::unwrap_used, reason = "what cannot be set up must fail")]

mod common;

use common::{PASSWORD, World, kind, rows, site};
use igny8_accounts::{
    Host, HostingType, InviteInput, Review, SectorCreate, SectorPatch, Site, SiteCreate, SitePatch, SiteQuery,
    SiteSettingsPatch, TenantPatch, WorkspaceCreate, WorkspacePatch,
};
use igny8_core::{Ctx, ErrorKind, KeywordId, Limit, PageRequest, Role, SectorId, SiteId, SiteScoped, WorkspaceId};

async fn names(world: &World, ctx: &Ctx, query: SiteQuery) -> Vec<String> {
    let page = world.accounts.sites(ctx, &query, PageRequest::default()).await.unwrap();
    let mut names: Vec<_> = page.items.into_iter().map(|site| site.name).collect();
    names.sort_unstable();
    names
}

fn patch(json: serde_json::Value) -> SitePatch {
    serde_json::from_value(json).unwrap()
}

async fn workspace(world: &World, ctx: &Ctx, name: &str) -> WorkspaceId {
    world.accounts.create_workspace(ctx, WorkspaceCreate { name: name.into() }).await.unwrap().id
}

#[tokio::test]
async fn a_site_has_defaults_a_host_and_a_tag() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let input = SiteCreate { domain: Some("https://WWW.Ana.example/".into()), ..site("Taller Ñandú") };
    let made = world.accounts.create_site(&ana, input).await.unwrap();
    assert_eq!((made.host.as_str(), made.locale.as_str()), ("taller-nandu", "en"));
    assert_eq!((made.domain.as_deref(), made.settings.review), (Some("www.ana.example"), Review::Never));
    assert_eq!(world.accounts.site(&ana, made.id).await.unwrap(), made);
    let host = world.accounts.host("taller-nandu").await.unwrap().unwrap();
    assert_eq!((host.tenant, host.site, host.live_prefix), (ana.tenant, made.id, None));
    let keyword = KeywordId::new(made.id, 1, 1);
    assert_eq!(world.accounts.site_of(&ana, keyword).await.unwrap().id, made.id);

    let eve = world.owner("eve@example.com").await;
    assert_eq!(kind(world.accounts.site(&eve, made.id).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.site_of(&eve, keyword).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.change_site(&eve, made.id, SitePatch::default(), None).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.delete_site(&eve, made.id, None).await), ErrorKind::NotFound);
    assert!(names(&world, &eve, SiteQuery::default()).await.is_empty());

    let bad = SiteCreate {
        domain: Some("no domain".into()),
        industry: Some(String::new()),
        locale: Some("english".into()),
        ..site(" ")
    };
    let Err(error) = world.accounts.create_site(&ana, bad).await else { panic!() };
    let fields: Vec<_> = error.fields().iter().map(|field| field.field.as_str()).collect();
    assert_eq!(fields, ["name", "domain", "industry", "locale"]);
}

#[tokio::test]
async fn sites_of_one_name_get_hosts_of_their_own() {
    let world = World::new().await;
    if world.test.is_beyond_moto("isolation of concurrent writes") {
        return;
    }
    let (ana, eve) = (world.owner("ana@example.com").await, world.owner("eve@example.com").await);
    let tries = (0..6).map(|n| world.accounts.create_site(if n % 2 == 0 { &ana } else { &eve }, site("Blog One")));
    let mut hosts: Vec<_> = futures::future::join_all(tries).await.into_iter().map(|site| site.unwrap().host).collect();
    hosts.sort_unstable();
    hosts.dedup();
    assert_eq!(hosts.len(), 6);
    assert_eq!(hosts[..3], ["blog-one", "blog-one-2", "blog-one-3"]);
    assert_eq!(rows::<Host>(&world.test.cloud, "HOST").await.len(), 6);
}

#[tokio::test]
async fn a_tag_that_is_taken_gives_way_to_another() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    // The same chance twice: the second site wants the very tag of the first.
    let seeded = |ctx: &Ctx| Ctx { env: igny8_core::Env::fixed(world.test.clock.clone(), 42), ..ctx.clone() };
    let one = world.accounts.create_site(&seeded(&ana), site("One")).await.unwrap();
    world.test.clock.advance(std::time::Duration::from_secs(1));
    let two = world.accounts.create_site(&seeded(&ana), site("Two")).await.unwrap();
    assert_ne!(one.id.site_tag(), two.id.site_tag());
    assert_eq!(rows::<Site>(&world.test.cloud, "SITE").await.len(), 2);
    // In another tenant the tag is free.
    let eve = world.owner("eve@example.com").await;
    let same = world.accounts.create_site(&seeded(&eve), site("Three")).await.unwrap();
    assert_eq!(same.id.site_tag(), one.id.site_tag());
}

#[tokio::test]
async fn a_site_changes_by_version() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let made =
        world.accounts.create_site(&ana, SiteCreate { industry: Some("Cars".into()), ..site("One") }).await.unwrap();
    let change =
        patch(serde_json::json!({"name": "Two", "industry": null, "hosting_type": "multi", "locale": "PT-br"}));
    let changed = world.accounts.change_site(&ana, made.id, change.clone(), Some(1)).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.industry.as_deref(), changed.version), ("Two", None, 2));
    assert_eq!((changed.hosting_type, changed.locale.as_str()), (HostingType::Multi, "pt-BR"));
    assert_eq!(changed.host, "one", "addresses do not change with names");
    assert_eq!(world.accounts.site(&ana, made.id).await.unwrap(), changed);
    assert_eq!(
        kind(world.accounts.change_site(&ana, made.id, change.clone(), Some(1)).await),
        ErrorKind::VersionMismatch
    );
    let same = world.accounts.change_site(&ana, made.id, change, None).await.unwrap();
    assert_eq!(same.version, 2, "nothing new, nothing written");

    let settings = SiteSettingsPatch { review: Some(Review::FirstN), review_first: Some(3) };
    let changed = world.accounts.change_site_settings(&ana, made.id, settings, Some(2)).await.unwrap();
    assert_eq!((changed.settings.review, changed.settings.review_first, changed.version), (Review::FirstN, 3, 3));
    let zero = SiteSettingsPatch { review: None, review_first: Some(0) };
    assert_eq!(kind(world.accounts.change_site_settings(&ana, made.id, zero, None).await), ErrorKind::Invalid);

    if world.test.is_beyond_moto("isolation of concurrent writes") {
        return;
    }
    // Two at once with the same version: one of them.
    let names = ["A", "B"].map(|name| patch(serde_json::json!({"name": name})));
    let [a, b] = names;
    let (a, b) = futures::join!(
        world.accounts.change_site(&ana, made.id, a, Some(3)),
        world.accounts.change_site(&ana, made.id, b, Some(3)),
    );
    assert!(a.is_ok() != b.is_ok());
}

#[tokio::test]
async fn a_deleted_site_is_gone_and_its_names_are_free() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let here = workspace(&world, &ana, "A").await;
    let input = SiteCreate { domain: Some("ana.example".into()), workspace_id: Some(here), ..site("One") };
    let made = world.accounts.create_site(&ana, input).await.unwrap();
    assert!(world.accounts.host("ana.example").await.unwrap().is_none(), "not before it is verified");
    world.accounts.attach_domain(&ana, made.id).await.unwrap();
    world.accounts.attach_domain(&ana, made.id).await.unwrap();
    assert_eq!(world.accounts.host("ANA.example").await.unwrap().unwrap().site, made.id);
    let eve = world.owner("eve@example.com").await;
    let rival = SiteCreate { domain: Some("ana.example".into()), ..site("Eve") };
    let rival = world.accounts.create_site(&eve, rival).await.unwrap();
    assert_eq!(kind(world.accounts.attach_domain(&eve, rival.id).await), ErrorKind::Conflict);

    assert_eq!(kind(world.accounts.delete_site(&ana, made.id, Some(1)).await), ErrorKind::VersionMismatch);
    world.accounts.delete_site(&ana, made.id, Some(2)).await.unwrap();
    assert_eq!(kind(world.accounts.site(&ana, made.id).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.site_of(&ana, KeywordId::new(made.id, 1, 1)).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.delete_site(&ana, made.id, None).await), ErrorKind::NotFound);
    assert_eq!(world.accounts.workspace(&ana, here).await.unwrap().sites, 0);
    assert!(world.accounts.host("one").await.unwrap().is_none());
    assert!(world.accounts.attach_domain(&eve, rival.id).await.is_ok());
    assert_eq!(world.accounts.create_site(&eve, site("One")).await.unwrap().host, "one");

    // A verified domain that is changed is free as well, and wants to be verified anew.
    let other = patch(serde_json::json!({"domain": "eve.example"}));
    let changed = world.accounts.change_site(&eve, rival.id, other, None).await.unwrap();
    assert_eq!(changed.domain_verified_at, None);
    assert!(world.accounts.host("ana.example").await.unwrap().is_none());
}

#[tokio::test]
async fn workspaces_count_their_sites_and_go_when_empty() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let (a, b) = (workspace(&world, &ana, "A").await, workspace(&world, &ana, "B").await);
    let made = world.accounts.create_site(&ana, SiteCreate { workspace_id: Some(a), ..site("One") }).await.unwrap();
    assert_eq!(kind(world.accounts.delete_workspace(&ana, a).await), ErrorKind::Conflict);
    let rename = WorkspacePatch { name: Some("Client A".into()) };
    let renamed = world.accounts.change_workspace(&ana, a, rename, Some(1)).await.unwrap();
    assert_eq!((renamed.name.as_str(), renamed.sites, renamed.version), ("Client A", 1, 2));
    assert_eq!(
        kind(world.accounts.change_workspace(&ana, a, WorkspacePatch::default(), Some(1)).await),
        ErrorKind::VersionMismatch
    );

    let there = patch(serde_json::json!({"workspace_id": b}));
    world.accounts.change_site(&ana, made.id, there, None).await.unwrap();
    assert_eq!(world.accounts.workspace(&ana, a).await.unwrap().sites, 0);
    assert_eq!(world.accounts.workspace(&ana, b).await.unwrap().sites, 1);
    world.accounts.delete_workspace(&ana, a).await.unwrap();
    assert_eq!(kind(world.accounts.delete_workspace(&ana, a).await), ErrorKind::NotFound);
    let gone = patch(serde_json::json!({"workspace_id": a}));
    assert_eq!(kind(world.accounts.change_site(&ana, made.id, gone, None).await), ErrorKind::NotFound);
    let nowhere = patch(serde_json::json!({"workspace_id": null}));
    assert_eq!(world.accounts.change_site(&ana, made.id, nowhere, None).await.unwrap().workspace_id, None);
    assert_eq!(world.accounts.workspace(&ana, b).await.unwrap().sites, 0);

    let eve = world.owner("eve@example.com").await;
    assert_eq!(kind(world.accounts.workspace(&eve, b).await), ErrorKind::NotFound);
    let foreign = SiteCreate { workspace_id: Some(b), ..site("X") };
    assert_eq!(kind(world.accounts.create_site(&eve, foreign).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.delete_workspace(&eve, b).await), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_limited_member_sees_the_sites_of_their_workspaces_alone() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let (a, b) = (workspace(&world, &ana, "A").await, workspace(&world, &ana, "B").await);
    let mut made = Vec::new();
    for (name, workspace_id) in [("In A", Some(a)), ("In B", Some(b)), ("In none", None)] {
        made.push(world.accounts.create_site(&ana, SiteCreate { workspace_id, ..site(name) }).await.unwrap());
    }
    let input = InviteInput { email: "bo@example.com".into(), role: Role::Editor, workspace_ids: vec![a] };
    world.accounts.invite(&ana, input).await.unwrap();
    let bo = world.ctx(&world.accept(&world.mailed_token().await, Some(PASSWORD)).await.unwrap());

    assert_eq!(names(&world, &bo, SiteQuery::default()).await, ["In A"]);
    let of_b = SiteQuery { workspace_id: Some(b), hosting_type: None };
    assert_eq!(kind(world.accounts.sites(&bo, &of_b, PageRequest::default()).await), ErrorKind::NotFound);
    assert_eq!(names(&world, &ana, of_b).await, ["In B"]);
    let hosted = SiteQuery { workspace_id: None, hosting_type: Some(HostingType::Shopify) };
    assert!(names(&world, &ana, hosted).await.is_empty());
    assert!(world.accounts.site(&bo, made[0].id).await.is_ok());
    for hidden in &made[1..] {
        assert_eq!(kind(world.accounts.site(&bo, hidden.id).await), ErrorKind::NotFound);
        assert_eq!(kind(world.accounts.site_of(&bo, KeywordId::new(hidden.id, 1, 1)).await), ErrorKind::NotFound);
        assert_eq!(kind(world.accounts.sectors(&bo, hidden.id, PageRequest::default()).await), ErrorKind::NotFound);
    }
    let workspaces = world.accounts.workspaces(&bo, PageRequest::default()).await.unwrap();
    assert_eq!(workspaces.items.iter().map(|one| one.id).collect::<Vec<_>>(), [a]);
    assert_eq!(kind(world.accounts.workspace(&bo, b).await), ErrorKind::NotFound);
    // Nor can they put a site where they do not see it.
    let away = patch(serde_json::json!({"workspace_id": null}));
    assert_eq!(kind(world.accounts.change_site(&bo, made[0].id, away, None).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.create_site(&bo, site("Y")).await), ErrorKind::NotFound);
}

#[tokio::test]
async fn sectors_belong_to_one_site() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let one = world.accounts.create_site(&ana, site("One")).await.unwrap();
    let two = world.accounts.create_site(&ana, site("Two")).await.unwrap();
    let input = |name: &str| SectorCreate { name: name.into(), description: Some("Stopping".into()) };
    let sector = world.accounts.create_sector(&ana, one.id, input("Brakes")).await.unwrap();
    assert_eq!(sector.id.site_tag(), one.id.site_tag());
    let listed = world.accounts.sectors(&ana, one.id, PageRequest::default()).await.unwrap();
    assert_eq!(listed.items, std::slice::from_ref(&sector));
    assert!(world.accounts.sectors(&ana, two.id, PageRequest::default()).await.unwrap().items.is_empty());
    assert_eq!(kind(world.accounts.sector(&ana, two.id, sector.id).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.create_sector(&ana, SiteId::new(1, 1), input("X")).await), ErrorKind::NotFound);

    let change: SectorPatch = serde_json::from_str(r#"{"name": "Tyres", "description": null}"#).unwrap();
    let changed = world.accounts.change_sector(&ana, one.id, sector.id, change.clone(), Some(1)).await.unwrap();
    assert_eq!((changed.name.as_str(), changed.description, changed.version), ("Tyres", None, 2));
    let stale = world.accounts.change_sector(&ana, one.id, sector.id, change, Some(1)).await;
    assert_eq!(kind(stale), ErrorKind::VersionMismatch);

    let eve = world.owner("eve@example.com").await;
    assert_eq!(kind(world.accounts.sector(&eve, one.id, sector.id).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.create_sector(&eve, one.id, input("X")).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.delete_sector(&eve, one.id, sector.id).await), ErrorKind::NotFound);
    world.accounts.delete_sector(&ana, one.id, sector.id).await.unwrap();
    let gone = SectorId::new(one.id, sector.id.millis(), 0);
    assert_eq!(kind(world.accounts.sector(&ana, one.id, sector.id).await), ErrorKind::NotFound);
    assert_eq!(kind(world.accounts.delete_sector(&ana, one.id, gone).await), ErrorKind::NotFound);
}

#[tokio::test]
async fn lists_have_pages() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    for n in 0..5 {
        world.accounts.create_site(&ana, site(&format!("Site {n}"))).await.unwrap();
    }
    let (mut seen, mut next) = (Vec::new(), None);
    for _ in 0..3 {
        let paging = PageRequest { limit: Limit::new(2).unwrap(), cursor: next, count: true };
        let page = world.accounts.sites(&ana, &SiteQuery::default(), paging).await.unwrap();
        assert_eq!(page.total, Some(5));
        seen.extend(page.items.into_iter().map(|site| site.name));
        next = page.next_cursor;
    }
    seen.sort_unstable();
    assert_eq!(seen, ["Site 0", "Site 1", "Site 2", "Site 3", "Site 4"]);
    assert!(next.is_none());
}

#[tokio::test]
async fn a_tenant_is_renamed_while_owners_come_and_go() {
    let world = World::new().await;
    let ana = world.owner("ana@example.com").await;
    let bo = world.join(&ana, "bo@example.com", Role::Owner).await;
    let rename = TenantPatch { name: Some("Neue Werkstatt".into()) };
    let renamed = world.accounts.change_tenant(&ana, rename.clone(), Some(1)).await.unwrap();
    assert_eq!((renamed.slug.as_str(), renamed.owners, renamed.version), ("neue-werkstatt", 2, 2));
    assert_eq!(world.accounts.tenant(&bo).await.unwrap(), renamed);
    assert_eq!(kind(world.accounts.change_tenant(&bo, rename, Some(1)).await), ErrorKind::VersionMismatch);
}
