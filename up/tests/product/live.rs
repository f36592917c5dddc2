//! The live feed, from the ticket to the end of a job; what was missed; and who hears nothing.

use std::time::Duration;

use crate::common::{Client, Cloud, rows};
use crate::socket::{Socket, of};
use igny8_core::{Actor, Ctx, Env, Role};
use igny8_live::Connection;
use igny8_table::{Effects, Entity, Keys};
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

async fn ticket(client: &Client<'_>) -> (String, String) {
    let answer = client.post("/api/system/events/ticket", &json!({})).await.good();
    (answer["url"].as_str().unwrap().to_owned(), answer["ticket"].as_str().unwrap().to_owned())
}

async fn socket(client: &Client<'_>) -> Socket {
    let (url, ticket) = ticket(client).await;
    Socket::open(&url, &ticket).await.unwrap()
}

/// A job that takes a moment and one credit.
async fn cluster(client: &Client<'_>, site: &str, word: &str) -> Value {
    let keywords: Vec<_> = (0..9).map(|n| json!({ "keyword": format!("{word} {n}"), "volume": 10 })).collect();
    client.post("/api/planner/keywords", &json!({ "site_id": site, "keywords": keywords })).await.good();
    let job = client.job("/api/planner/cluster", &json!({ "site_id": site, "all_new": true })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    job
}

/// A member of the tenant who is limited to these workspaces.
async fn member<'a>(owner: &Client<'a>, name: &str, workspaces: &[Value]) -> Client<'a> {
    let email = format!("{name}@example.com");
    let invite = json!({ "email": email, "role": "editor", "workspace_ids": workspaces });
    owner.post("/api/auth/users", &invite).await.good();
    let token = mailed_token(owner.cloud, &email).await;
    let accept = json!({ "token": token, "password": PASSWORD, "display_name": name });
    let signed_in = owner.cloud.nobody().post("/api/auth/invitations/accept", &accept).await.good();
    let token = signed_in["access_token"].as_str().unwrap().to_owned();
    Client { token: Some(token), user: signed_in["user"]["id"].as_str().unwrap().to_owned(), ..owner.clone() }
}

async fn mailed_token(cloud: &Cloud, email: &str) -> String {
    for _ in 0..200 {
        let outbox = cloud.nobody().get("/local/outbox").await.text();
        let mail = outbox.split("<article>").find(|mail| mail.contains(&format!("to {email} ")));
        if let Some(token) = mail.and_then(|mail| mail.split("token=").nth(1)) {
            return token.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("no mail came to {email}");
}

/// How far a job is; a later message never says less.
fn rank(message: &Value) -> (usize, u64, usize) {
    let at = |words: &[&str], value: &Value| words.iter().position(|word| value == word).unwrap_or(9);
    let job = &message["job"];
    let status = at(&["preparing", "queued", "running", "succeeded"], &job["status"]);
    let phase = at(&["init", "prep", "ai_call", "parse", "save", "done"], &job["progress"]["phase"]);
    (status, job["progress"]["done"].as_u64().unwrap(), phase)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_is_watched_to_its_end_by_those_who_may() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "50")]).await;
    let (ana, bob) = (cloud.owner("ana").await, cloud.owner("bob").await);
    let (site, _) = ana.site("Garage").await;
    let room = ana.post("/api/auth/workspaces", &json!({ "name": "Elsewhere" })).await.good();
    let mia = member(&ana, "mia", &[room["id"].clone()]).await;
    let leo = member(&ana, "leo", &[]).await;
    let (mut heard_by_ana, mut heard_by_bob) = (socket(&ana).await, socket(&bob).await);
    let (mut heard_by_mia, mut heard_by_leo) = (socket(&mia).await, socket(&leo).await);

    let job = cluster(&ana, &site, "brakes").await;
    let heard = heard_by_ana.until("notice").await;
    let jobs = of(&heard, "job");
    assert!(jobs.iter().all(|message| message["job"]["id"] == job["id"] && message["job"].get("items").is_none()));
    assert!(jobs.iter().map(|message| rank(message)).is_sorted(), "{jobs:#?}");
    let last = jobs.last().unwrap();
    assert_eq!((&last["job"]["status"], &last["job"]["progress"]["phase"]), (&json!("succeeded"), &json!("done")));
    assert_eq!(last["job"]["credits"], json!({ "reserved": 0, "charged": 1, "refunded": 0 }));
    assert_eq!(last["at"], last["job"]["updated_at"]);
    let notice = heard.last().unwrap();
    let told = &notice["notice"];
    assert_eq!((&told["job_id"], &told["outcome"], &told["read"]), (&job["id"], &json!("success"), &json!(false)));
    assert_eq!((&told["message"], &notice["at"]), (&json!("It is done. It cost 1 credit."), &told["at"]));
    let mut more = heard_by_ana.pending().await;
    more.splice(0..0, heard);
    let balance = of(&more, "balance").last().unwrap()["balance"].clone();
    assert_eq!((&balance["available"], &balance["reserved"]), (&json!(49), &json!(0)), "{more:#?}");
    assert_eq!(balance, ana.get("/api/billing/balance").await.good());

    // Who may see the site hears the same; who may not, of the credits alone; another tenant nothing.
    assert!(!of(&heard_by_leo.until("notice").await, "job").is_empty());
    let heard = heard_by_mia.pending().await;
    assert_eq!(of(&heard, "balance").len(), heard.len(), "{heard:#?}");
    assert_eq!(of(&heard, "balance").last().unwrap()["balance"]["available"], 49, "{heard:#?}");
    assert_eq!(heard_by_bob.pending().await, Vec::<Value>::new());

    // Who is no member any more hears nothing more.
    let ctx = ctx_of(&ana);
    heard_by_leo.pending().await;
    ana.delete(&format!("/api/auth/users/{}", leo.user)).await.good();
    cluster(&ana, &site, "tyres").await;
    heard_by_ana.until("notice").await;
    // A member less is one connection less; and the one that is left over says nothing.
    eventually("leo is forgotten", async || open_connections(&cloud, &ctx).await.len() == 2).await;
    assert_eq!(heard_by_leo.heard().await, None, "the socket of who was removed ends");
    leo.post("/api/system/events/ticket", &json!({})).await.bad(401);
    cloud.check(&[&ana, &bob]).await;
}

async fn eventually(what: &str, holds: impl AsyncFn() -> bool) {
    for _ in 0..200 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not in time: {what}");
}

fn ctx_of(client: &Client<'_>) -> Ctx {
    Ctx::system(client.tenant.parse().unwrap(), "test", Env::system())
}

async fn open_connections(cloud: &Cloud, ctx: &Ctx) -> Vec<Connection> {
    let table = cloud.up.admin(&cloud.settings).unwrap().table;
    let keys = Keys::new(ctx);
    rows(&table, &keys, keys.partition(Connection::KIND)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_opens_one_connection_and_the_end_of_it_is_noticed() {
    let cloud = Cloud::start().await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let (url, one) = ticket(&ana).await;
    assert_eq!(url, format!("{}/live", cloud.up.url().replacen("http", "ws", 1)));
    let open = Socket::open(&url, &one).await.unwrap();
    // Used; made up; none.
    for ticket in [one.as_str(), &"0".repeat(64), ""] {
        assert_eq!(Socket::open(&url, ticket).await.err(), Some(403), "{ticket}");
    }
    // Two at once with one ticket.
    let (_, shared) = ticket(&ana).await;
    let both = tokio::join!(Socket::open(&url, &shared), Socket::open(&url, &shared));
    assert_ne!(both.0.is_ok(), both.1.is_ok());
    // A key of the API may watch, too; without a token nobody gets a ticket.
    let key = ana.post("/api/auth/api-keys", &json!({ "name": "Screen", "role": "viewer" })).await.good();
    let key = Client { key: Some(key["secret"].as_str().unwrap().to_owned()), token: None, ..ana.clone() };
    let mut watching = socket(&key).await;
    cloud.nobody().post("/api/system/events/ticket", &json!({})).await.bad(401);

    let ctx = ctx_of(&ana);
    assert_eq!(open_connections(&cloud, &ctx).await.len(), 3);
    open.close().await;
    drop(both);
    // A connection whose end nobody told, as of a process that died.
    let lost = Connection {
        id: "AAAAAAAAAAAAAAA=".to_owned(),
        tenant: ctx.tenant,
        actor: Actor::User(ana.user.parse().unwrap()),
        session: None,
        role: Role::Owner,
        opened_at: ctx.now(),
        expires_at: ctx.now() + Duration::from_hours(1),
    };
    let mut effects = Effects::new();
    effects.create("lost", &Keys::new(&ctx), &lost).unwrap();
    let table = cloud.up.admin(&cloud.settings).unwrap().table;
    table.transact("test.connection", effects).await.unwrap();
    cluster(&ana, &site, "brakes").await;
    watching.until("notice").await;
    eventually("what is gone is forgotten", async || open_connections(&cloud, &ctx).await.len() == 1).await;
    assert_eq!(cloud.up.cloud().connections().count(), 1);
    // A key that is revoked hears nothing more.
    let id = ana.all("/api/auth/api-keys").await[0]["id"].as_str().unwrap().to_owned();
    ana.delete(&format!("/api/auth/api-keys/{id}")).await.good();
    watching.say(&json!({ "type": "ping" })).await;
    assert_eq!(watching.heard().await, None, "the socket of a revoked key ends");
    assert!(open_connections(&cloud, &ctx).await.is_empty());
    key.post("/api/system/events/ticket", &json!({})).await.bad(401);
    // The same for a session that has ended: its token is good for some minutes more, but opens nothing.
    let body = json!({ "email": "ana@example.com", "password": PASSWORD });
    let signed_in = cloud.nobody().post("/api/auth/login", &body).await.good();
    let there = Client { token: signed_in["access_token"].as_str().map(str::to_owned), ..ana.clone() };
    let mut open = socket(&there).await;
    assert_eq!(open.pending().await, Vec::<Value>::new());
    let body = json!({ "refresh_token": signed_in["refresh_token"] });
    cloud.nobody().post("/api/auth/logout", &body).await.good();
    open.say(&json!({ "type": "ping" })).await;
    assert_eq!(open.heard().await, None, "the socket of an ended session ends");
    there.post("/api/system/events/ticket", &json!({})).await.bad(401);
    cloud.check(&[&ana]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_told_and_notices_are_kept_and_read() {
    let cloud = Cloud::start_with(&[("IGNY8_TRIAL_CREDITS", "50")]).await;
    let ana = cloud.owner("ana").await;
    let (site, _) = ana.site("Garage").await;
    let room = ana.post("/api/auth/workspaces", &json!({ "name": "Elsewhere" })).await.good();
    let mia = member(&ana, "mia", &[room["id"].clone()]).await;
    let mut first = socket(&ana).await;
    let one = cluster(&ana, &site, "brakes").await;
    let last = first.until("notice").await.pop().unwrap()["at"].clone();
    first.close().await;
    let two = cluster(&ana, &site, "tyres").await;
    // The notice is written by the stream, a moment later.
    while ana.get("/api/system/notices").await.good()["items"].as_array().unwrap().len() < 2 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut second = socket(&ana).await;
    let missed = second.missed(&last).await;
    let job = of(&missed, "job").into_iter().find(|message| message["job"]["id"] == two["id"]).unwrap();
    assert_eq!(job["job"]["status"], "succeeded", "{missed:#?}");
    assert_eq!(of(&missed, "balance")[0]["balance"]["available"], 48);
    let notices: Vec<_> = of(&missed, "notice").iter().map(|message| message["notice"]["job_id"].clone()).collect();
    assert_eq!(notices.last(), Some(&two["id"]), "{missed:#?}");
    // What is too long ago is loaded anew; what cannot be read changes nothing.
    let answer = second.missed(&json!("2020-01-01T00:00:00Z")).await;
    assert_eq!((answer.len(), &answer[0]["type"]), (1, &json!("reload")), "{answer:#?}");
    second.say(&json!("nonsense")).await;
    assert_eq!(second.pending().await, Vec::<Value>::new());
    // Who may not see the site misses nothing of it.
    let mut other = socket(&mia).await;
    let missed = other.missed(&last).await;
    assert_eq!((missed.len(), &missed[0]["type"]), (1, &json!("balance")), "{missed:#?}");

    // The history, newest first, and up to where one has read it: each for themself.
    let page = ana.get("/api/system/notices?limit=1&count=true").await.good();
    assert_eq!((&page["items"][0]["job_id"], &page["total"]), (&two["id"], &json!(2)), "{page:#}");
    let cursor = page["next_cursor"].as_str().unwrap();
    let older = ana.get(&format!("/api/system/notices?limit=1&cursor={cursor}")).await.good();
    assert_eq!((&older["items"][0]["job_id"], &older["next_cursor"]), (&one["id"], &Value::Null), "{older:#}");
    let until = older["items"][0]["at"].clone();
    let unread = "/api/system/notices?unread=true&count=true";
    assert_eq!(ana.get(unread).await.good()["total"], 2);
    assert_eq!(ana.post("/api/system/notices/read", &json!({ "until": until })).await.good()["until"], until);
    let left = ana.get(unread).await.good();
    assert_eq!((&left["total"], &left["items"][0]["job_id"]), (&json!(1), &two["id"]), "{left:#}");
    let all = ana.all("/api/system/notices").await;
    assert_eq!((&all[0]["read"], &all[1]["read"]), (&json!(false), &json!(true)));
    // Nobody reads backwards, or what is still to come.
    let past = json!({ "until": "2020-01-01T00:00:00Z" });
    assert_eq!(ana.post("/api/system/notices/read", &past).await.good()["until"], until);
    let future = ana.post("/api/system/notices/read", &json!({ "until": "2999-01-01T00:00:00Z" })).await.good();
    assert!(future["until"].as_str().unwrap() < "2999", "{future:#}");
    assert_eq!(ana.get(unread).await.good()["total"], 0);
    let leo = member(&ana, "leo", &[]).await;
    assert_eq!(leo.get(unread).await.good()["total"], 2);
    assert_eq!(mia.get("/api/system/notices?count=true").await.good()["total"], 0);
    cloud.check(&[&ana]).await;
}
