//! At every fail point of the sources a real process dies by SIGKILL, once before and once after the write, while clients
//! use the whole product and repeat what was not answered. Then each deed that a client was told of is there exactly once,
//! every job has ended, and the ledger adds up. A fail point that nobody passes fails the test by its name.

use std::{
    collections::BTreeSet,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use igny8_accounts::{Accounts, TenantPatch};
use igny8_core::{Ctx, SiteId, TenantId};
use igny8_lambda::{FunctionSpec, Handler};
use igny8_local::InvocationContext;
use igny8_platform::{Mail, MailStatus};
use igny8_table::{Index, Keys, Query};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    BE,
    common::{check_rest, items_of, pass_time},
    deaths::Deaths,
    points,
    provider::{LATER, REFUSED},
    stack::{PASSWORD, Person, Stack, mortal},
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

/// A list of the API and what must be in it: so often a row with this value in this field.
struct Expected {
    list: String,
    field: &'static str,
    value: String,
    times: usize,
}

/// A person at work, with what the answers promised.
struct Walk<'a> {
    stack: &'a Stack,
    who: &'a Person,
    expected: Vec<Expected>,
}

impl<'a> Walk<'a> {
    const fn new(stack: &'a Stack, who: &'a Person) -> Self {
        Self { stack, who, expected: Vec::new() }
    }

    fn expect(&mut self, list: &str, field: &'static str, value: &str, times: usize) {
        self.expected.retain(|one| (one.list.as_str(), one.field, one.value.as_str()) != (list, field, value));
        self.expected.push(Expected { list: list.to_owned(), field, value: value.to_owned(), times });
    }

    async fn post(&self, path: &str, body: &Value) -> Value {
        self.stack.post(self.who, path, body).await.good()
    }

    /// Makes a thing that is then in the list once; its id.
    async fn make(&mut self, path: &str, list: &str, body: &Value, field: &'static str) -> String {
        let made = self.post(path, body).await;
        self.expect(list, field, body[field].as_str().unwrap(), 1);
        made["id"].as_str().unwrap_or_else(|| panic!("{path}: {made:#}")).to_owned()
    }

    /// Changes a thing: the list has it under its new value, once, and not under the old one.
    async fn change(&mut self, path: &str, list: &str, field: &'static str, from: &str, to: &str) {
        let changed = self.stack.patch(self.who, path, &json!({ field: to })).await;
        assert_eq!(changed[field], to, "{path}: {changed:#}");
        self.expect(list, field, from, 0);
        self.expect(list, field, to, 1);
    }

    async fn delete(&mut self, path: &str, list: &str, field: &'static str, value: &str) {
        self.stack.delete(self.who, path).await;
        self.expect(list, field, value, 0);
    }

    /// Starts a job and waits for its end; starts it again where its creation was interrupted, and retries the items over
    /// which so many workers died that they were given up.
    async fn job(&self, path: &str, body: &Value) -> Value {
        loop {
            let job = self.stack.job(self.who, path, body).await;
            let mut ended = self.stack.wait(self.who, &job).await;
            while ended.to_string().contains("It did not come to an end, several times") {
                let answer = self.stack.post(self.who, &format!("/api/system/jobs/{job}/retry"), &json!({})).await;
                // A retry whose answer was lost finds the job running.
                assert!(answer.status.is_success() || answer.status == 409, "{}", answer.text());
                ended = self.stack.wait(self.who, &job).await;
            }
            let interrupted = ended["error"].as_str().is_some_and(|error| error.contains("interrupted"));
            if !interrupted {
                return ended;
            }
        }
    }

    async fn check(&self) {
        for expected in &self.expected {
            let rows = self.stack.all(self.who, &expected.list).await;
            let found = rows.iter().filter(|row| row[expected.field] == expected.value.as_str()).count();
            let Expected { list, field, value, times } = expected;
            assert_eq!(found, *times, "{field} “{value}” in {list}: {rows:#?}");
        }
    }
}

async fn site(walk: &mut Walk<'_>, name: &str) -> String {
    let body = json!({ "name": name, "site_type": "blog", "hosting_type": "igny8", "domain": format!("{}.example", igny8_core::slugify(name)) });
    walk.make("/api/auth/sites", "/api/auth/sites", &body, "name").await
}

fn ids(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| row["id"].clone()).collect()
}

/// The text of the newest mail to someone, once it is there.
async fn mail(stack: &Stack, to: &str, subject: &str) -> String {
    let begun = Instant::now();
    loop {
        let mails = mails(stack).await;
        if let Some(mail) = mails.iter().rfind(|mail| mail.to == to && mail.subject.contains(subject)) {
            return mail.text.clone();
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "no mail to {to}: {mails:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn mails(stack: &Stack) -> Vec<Mail> {
    let today = igny8_core::Env::system().now().date();
    let query = Query::partition(Mail::by_day(&today)).index(Index::Gsi1);
    stack.app.table.query_all::<Mail>(&Keys::outside(), query, 1000).await.unwrap()
}

fn token_in(text: &str) -> String {
    text.split_once("token=").unwrap().1.split_whitespace().next().unwrap().to_owned()
}

/// Signing in and out, refreshing, the theft of a token, a new password.
async fn sessions(stack: &Stack, ana: &Person) {
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
async fn team(stack: &Stack, ana: &Person) {
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
async fn places(stack: &Stack, ana: &Person, plan: &str) {
    let mut walk = Walk::new(stack, ana);
    let (workspaces, sites, keys) = ("/api/auth/workspaces", "/api/auth/sites", "/api/auth/api-keys");
    let id = walk.make(workspaces, workspaces, &json!({ "name": "Client A" }), "name").await;
    walk.change(&format!("{workspaces}/{id}"), workspaces, "name", "Client A", "Client B").await;
    walk.delete(&format!("{workspaces}/{id}"), workspaces, "name", "Client B").await;

    let id = walk.make(keys, keys, &json!({ "name": "Reporting", "role": "viewer" }), "name").await;
    walk.change(&format!("{keys}/{id}"), keys, "name", "Reporting", "Weekly").await;
    walk.delete(&format!("{keys}/{id}"), keys, "name", "Weekly").await;

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
        let deadline_ms = ana.ctx.now().millis() as i64 + 30_000;
        let context =
            InvocationContext { request_id: format!("deed-{n}"), function_name: DEEDS.name.to_owned(), deadline_ms };
        if processes.invoke()(event.clone(), context).await.is_ok() {
            break;
        }
        assert!(n < 10, "the deed is never done");
    }
    processes.stop();
}

/// Keywords, clusters and ideas by hand, and imports.
async fn planning(stack: &Stack, who: &Person) {
    let mut walk = Walk::new(stack, who);
    let id = site(&mut walk, "Planning").await;
    let of = |kind: &str| format!("/api/planner/{kind}?site_id={id}");

    let keyword = |text: &str| json!({ "keyword": text, "volume": 10 });
    let made = json!({ "site_id": id, "keywords": [keyword("brake pads"), keyword("brake discs"), keyword("oil")] });
    walk.post("/api/planner/keywords", &made).await;
    let rows = stack.all(who, &of("keywords")).await;
    assert_eq!(rows.len(), 3, "{rows:#?}");
    let by_name = |name: &str| rows.iter().find(|row| row["keyword"] == name).unwrap()["id"].clone();
    let pads = by_name("brake pads");
    stack.patch(who, &format!("/api/planner/keywords/{}", pads.as_str().unwrap()), &json!({ "difficulty": 40 })).await;
    let bulk = json!({ "action": "archive", "ids": [pads, by_name("brake discs")] });
    walk.post("/api/planner/keywords/bulk", &bulk).await;
    let oil = by_name("oil");
    walk.delete(&format!("/api/planner/keywords/{}", oil.as_str().unwrap()), &of("keywords"), "keyword", "oil").await;
    walk.expect(&of("keywords"), "keyword", "brake pads", 1);
    walk.expect(&of("keywords"), "status", "archived", 2);

    // An import of a file that was uploaded.
    let started = walk.post("/api/planner/keywords/import-url", &json!({ "site_id": id })).await;
    let url = started["url"].as_str().unwrap();
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let upload = crate::common::Web::new(format!("http://{host}"));
    let csv = "Keyword,Volume\nwheel alignment,800\nwheel balancing,600\nwheel alignment cost,500\n";
    upload.put(&format!("/{path}"), csv).await.good();
    let run = format!("/api/planner/keywords/imports/{}/run", started["import_id"].as_str().unwrap());
    let job = walk.job(&run, &json!({})).await;
    assert_eq!((job["status"].as_str(), job["progress"]["done"].as_u64()), (Some("succeeded"), Some(1)), "{job:#}");
    for name in ["wheel alignment", "wheel balancing", "wheel alignment cost"] {
        walk.expect(&of("keywords"), "keyword", name, 1);
    }

    let cluster = json!({ "site_id": id, "name": "Brake pads", "description": "By hand" });
    let made = walk.make("/api/planner/clusters", &of("clusters"), &cluster, "name").await;
    let path = format!("/api/planner/clusters/{made}");
    walk.change(&path, &of("clusters"), "name", "Brake pads", "Brake discs").await;
    walk.delete(&path, &of("clusters"), "name", "Brake discs").await;

    let idea = json!({
        "site_id": id, "title": "When to change brake pads", "target_keywords": ["brake pads"],
        "outline": [{ "heading": "The signs", "points": ["Noise"] }],
    });
    let made = walk.make("/api/planner/ideas", &of("ideas"), &idea, "title").await;
    let path = format!("/api/planner/ideas/{made}");
    stack.patch(who, &path, &json!({ "status": "accepted" })).await;
    walk.expect(&of("ideas"), "status", "accepted", 1);
    walk.check().await;
    walk.expected.retain(|one| one.field != "status");
    walk.delete(&path, &of("ideas"), "title", "When to change brake pads").await;
    walk.check().await;
}

/// From keywords to a public page, with the AI; items that fail and are tried again.
async fn writing(stack: &Stack, who: &Person, plan: &str) {
    let mut walk = Walk::new(stack, who);
    let id = site(&mut walk, "Writing").await;
    let csv = "Keyword,Volume\nbrake pads,1300\nbest brake pads,900\nchange brake pads,700\noil change,2400\n\
        oil change near me,1900\noil change cost,1100\nwheel alignment,800\nwheel alignment cost,500\n";
    stack.csv(who, &format!("/api/planner/keywords/import?site_id={id}"), csv).await;
    let job = walk.job("/api/planner/cluster", &json!({ "site_id": id, "all_new": true })).await;
    assert_eq!((job["status"].as_str(), job["credits"]["charged"].as_u64()), (Some("succeeded"), Some(1)), "{job:#}");
    let clusters = stack.all(who, &format!("/api/planner/clusters?site_id={id}")).await;
    let job =
        walk.job("/api/planner/ideas/generate", &json!({ "cluster_ids": ids(&clusters), "per_cluster": 2 })).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let ideas = stack.all(who, &format!("/api/planner/ideas?site_id={id}")).await;
    assert_eq!(job["credits"]["charged"].as_u64(), Some(ideas.len() as u64), "{job:#}");
    let queued = walk.post("/api/planner/ideas/queue", &json!({ "idea_ids": ids(&ideas[..3]) })).await;
    let mut tasks = queued["task_ids"].as_array().unwrap().clone();

    // Tasks by hand: one that is refused for good at first, one that is answered later, one that is deleted.
    let list = format!("/api/writer/tasks?site_id={id}");
    let mut by_hand = Vec::new();
    for title in [format!("A {REFUSED} task"), format!("A {LATER} task"), "A task too many".to_owned()] {
        let task = json!({ "site_id": id, "title": title, "keywords": ["brake pads"] });
        by_hand.push(walk.make("/api/writer/tasks", &list, &task, "title").await);
    }
    walk.delete(&format!("/api/writer/tasks/{}", by_hand[2]), &list, "title", "A task too many").await;
    stack.patch(who, &format!("/api/writer/tasks/{}", by_hand[1]), &json!({ "estimated_words": 700 })).await;
    tasks.extend(by_hand[..2].iter().map(|id| Value::from(id.as_str())));
    let count = tasks.len() as u64;

    let job = walk.job("/api/writer/generate", &json!({ "task_ids": tasks })).await;
    let ends = |job: &Value| (job["progress"]["done"].as_u64().unwrap(), job["progress"]["failed"].as_u64().unwrap());
    assert_eq!(ends(&job), (count - 1, 1), "{job:#}");
    // Its title no longer offends; the retry is repeated where its answer is lost, and then finds it running.
    let (path, refused) = (format!("/api/writer/tasks/{}", by_hand[0]), format!("A {REFUSED} task"));
    walk.change(&path, &list, "title", &refused, "A good task").await;
    let retry = format!("/api/system/jobs/{}/retry", job["id"].as_str().unwrap());
    let answer = stack.post(who, &retry, &json!({})).await;
    assert!(answer.status.is_success() || answer.status == 409, "{}", answer.text());
    let job = stack.wait(who, job["id"].as_str().unwrap()).await;
    assert_eq!(ends(&job), (count, 0), "{job:#}");
    assert_eq!(job["credits"]["charged"].as_u64(), Some(3 * count), "{job:#}");
    let contents = stack.all(who, &format!("/api/writer/content?site_id={id}")).await;
    assert_eq!(contents.len() as u64, count, "an article for each task");
    let wrote: BTreeSet<_> = contents.iter().map(|content| content["task_id"].to_string()).collect();
    assert_eq!(wrote.len() as u64, count, "two articles of one task: {contents:#?}");

    // A job that is cancelled.
    let task = json!({ "site_id": id, "title": "A task in vain", "keywords": ["oil"] });
    let vain = walk.make("/api/writer/tasks", &list, &task, "title").await;
    let job = stack.job(who, "/api/writer/generate", &json!({ "task_ids": [vain] })).await;
    let answer = stack.post(who, &format!("/api/system/jobs/{job}/cancel"), &json!({})).await;
    assert!(answer.status.is_success() || answer.status == 409, "{}", answer.text());
    stack.wait(who, &job).await;

    publishing(stack, who, &id, &contents, plan).await;
    walk.check().await;
}

/// An edit, a restored revision, approval, publication, a second deployment, and back.
async fn publishing(stack: &Stack, who: &Person, site: &str, contents: &[Value], plan: &str) {
    let path = format!("/api/writer/content/{}", contents[0]["id"].as_str().unwrap());
    let edited = stack.patch(who, &path, &json!({ "title": "Ana's own title" })).await;
    assert_eq!(edited["title"], "Ana's own title");
    let before = stack.all(who, &format!("{path}/revisions")).await.len();
    // The edit has died at these points already; a restoration passes them too, and must not make two revisions.
    die_again(plan, &["content.update ", "content.put_revision "]);
    let restored = stack.post(who, &format!("{path}/revisions/1/restore"), &json!({})).await.good();
    let after = stack.all(who, &format!("{path}/revisions")).await;
    assert_eq!((after.len(), restored["revision"].as_u64()), (before + 1, Some(before as u64 + 1)), "{after:#?}");
    for content in contents {
        let path = format!("/api/writer/content/{}", content["id"].as_str().unwrap());
        assert_eq!(stack.patch(who, &path, &json!({ "status": "approved" })).await["status"], "approved");
    }
    let walk = Walk::new(stack, who);
    let publish = json!({ "content_ids": ids(contents), "destinations": ["igny8"] });
    for (path, body) in [("/api/publish".to_owned(), publish), (format!("/api/publish/sites/{site}/deploy"), json!({}))]
    {
        let job = walk.job(&path, &body).await;
        assert_eq!(job["status"], "succeeded", "{job:#}");
    }
    let list = format!("/api/publish/deployments?site_id={site}");
    let deployments = stack.all(who, &list).await;
    assert_eq!(deployments.len(), 2, "a deployment for each job: {deployments:#?}");
    let older = deployments[1]["id"].as_str().unwrap();
    stack.post(who, &format!("/api/publish/deployments/{older}/rollback"), &json!({})).await.good();
    let live: Vec<_> = stack.all(who, &list).await.into_iter().filter(|one| one["live"] == true).collect();
    assert_eq!(ids(&live), [Value::from(older)]);
    let records = stack.all(who, &format!("/api/publish/records?site_id={site}")).await;
    assert_eq!(records.len(), contents.len(), "a record for each content: {records:#?}");
}

/// Lets processes die once more at points at which they did before.
fn die_again(plan: &str, points: &[&str]) {
    let path = plan.strip_prefix("each:").unwrap();
    let mut file = std::fs::OpenOptions::new().read(true).write(true).open(path).unwrap();
    file.lock().unwrap();
    let mut text = String::new();
    file.read_to_string(&mut text).unwrap();
    let kept = text.lines().filter(|line| !points.iter().any(|point| line.starts_with(point)));
    let kept: String = kept.map(|line| format!("{line}\n")).collect();
    file.set_len(0).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file.write_all(kept.as_bytes()).unwrap();
}

/// A job too large for one transaction, whose creation is interrupted twice and then cancelled.
async fn large_jobs(stack: &Stack, who: &Person) {
    let mut walk = Walk::new(stack, who);
    let id = site(&mut walk, "Much").await;
    let mut csv = "Keyword,Volume\n".to_owned();
    for n in 0..1_900 {
        csv.push_str(&format!("brake pads number {n},{n}\n"));
    }
    stack.csv(who, &format!("/api/planner/keywords/import?site_id={id}"), &csv).await;
    let mut interrupted = 0;
    for _ in 0..3 {
        let job = stack.job(who, "/api/planner/cluster", &json!({ "site_id": id, "all_new": true })).await;
        let seen = stack.get(who, &format!("/api/system/jobs/{job}")).await;
        interrupted += u32::from(seen["status"] == "preparing");
        let answer = stack.post(who, &format!("/api/system/jobs/{job}/cancel"), &json!({})).await;
        assert!(answer.status.is_success() || answer.status == 409, "{}", answer.text());
        let ended = stack.wait(who, &job).await;
        assert!(ended["progress"]["done"].as_u64().unwrap() < 60, "it was cancelled: {ended:#}");
    }
    assert!(interrupted >= 1, "no creation of a job was interrupted");
    let keywords = stack.all(who, &format!("/api/planner/keywords?site_id={id}")).await;
    assert_eq!(keywords.len(), 1_900, "each keyword of the file once");
}

/// Lets time pass for the tenants, and sweeps.
async fn clock(stack: Arc<Stack>, tenants: Vec<Ctx>, stop: Arc<AtomicBool>) {
    while !stop.load(Ordering::Relaxed) {
        for ctx in &tenants {
            pass_time(&stack.app.table, ctx, Duration::from_secs(1)).await.unwrap();
        }
        let _ = stack.cloud.trigger("system-sweep").await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_dies_at_every_fail_point() {
    let begun = Instant::now();
    let _log = Deaths::count();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("killed-at");
    let plan = format!("each:{}", file.display());
    let stack = Arc::new(Stack::start(folder.path(), 1, &|_| vec![plan.clone()]).await);
    let (ana, ben) = (stack.register("ana").await, stack.register("ben").await);
    let (cleo, dora) = (stack.register("cleo").await, stack.register("dora").await);
    let tenants: Vec<_> = [&ana, &ben, &cleo, &dora].iter().map(|one| one.ctx.clone()).collect();
    let stop = Arc::new(AtomicBool::new(false));
    let clock = tokio::spawn(clock(Arc::clone(&stack), tenants.clone(), Arc::clone(&stop)));

    let accounts = async {
        team(&stack, &ana).await;
        sessions(&stack, &ana).await;
        places(&stack, &ana, &plan).await;
    };
    tokio::join!(accounts, planning(&stack, &ben), writing(&stack, &cleo, &plan), large_jobs(&stack, &dora));
    eprintln!("everything was done in {:.0?}", begun.elapsed());
    // A mail that died on its way is sent when Lambda tries again, after a minute.
    while mails(&stack).await.iter().any(|mail| mail.status != MailStatus::Sent) {
        assert!(begun.elapsed() < Duration::from_mins(5), "a mail was not sent: {:#?}", mails(&stack).await);
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    // Work that is cancelled while it runs ends by itself, and the sweep forgets who has nothing to do.
    for ctx in &tenants {
        while items_of(&stack.app.table, ctx).await.unwrap().iter().any(|(job, _)| !job.status().is_terminal()) {
            assert!(begun.elapsed() < Duration::from_mins(5), "a job does not end");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
    tokio::time::sleep(Duration::from_secs(1)).await;
    stop.store(true, Ordering::Relaxed);
    clock.await.unwrap();
    for ctx in &tenants {
        check_rest(&stack.app.table, &stack.work, ctx).await;
    }
    assert_eq!(stack.cloud.denied(), vec![], "calls that a policy does not allow");

    let killed: BTreeSet<String> = std::fs::read_to_string(&file).unwrap().lines().map(str::to_owned).collect();
    let wanted: BTreeSet<String> = points::of_the_sources()
        .points
        .iter()
        .flat_map(|point| ["before", "after"].map(|when| format!("{point} {when}")))
        .collect();
    eprintln!("{} deaths at {} fail points in {:.0?}", killed.len(), wanted.len() / 2, begun.elapsed());
    let missed: Vec<_> = wanted.difference(&killed).collect();
    assert!(missed.is_empty(), "fail points at which nobody died: {missed:#?}");
    let unknown: Vec<_> = killed.difference(&wanted).collect();
    assert!(unknown.is_empty(), "fail points that the sources do not show: {unknown:#?}");
    stack.stop().await;
}
