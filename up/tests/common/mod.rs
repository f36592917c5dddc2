//! A fresh cloud for a test, clients by who they are, and the checks that every test ends with.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    dead_code,
    reason = "a test that cannot be set up must fail"
)]

mod web;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use http_body_util::{BodyExt, Full};
use hyper::{Method, Request, StatusCode, body::Bytes, header::HeaderMap};
use hyper_util::{
    client::legacy::{Client as Hyper, connect::HttpConnector},
    rt::TokioExecutor,
};
use igny8_core::{Ctx, JobId, Limit, PageRequest, SiteId};
use igny8_local::Faults;
use igny8_platform::settings::{AI_RATE_PER_MINUTE, Setting, SystemRow};
use igny8_table::{Cond, Effects, Entity, Keys, Query, Table, TableError, Update};
use igny8_up::{Settings, Up};
use igny8_work::{Item, ItemState, Job, Lane, Work};
use serde_json::{Value, json};
use tracing_subscriber::{filter::LevelFilter, fmt::TestWriter};

#[allow(unused_imports, reason = "not every program of tests calls other addresses")]
pub use web::Web;

/// A cloud of one test, on free ports, in a folder of its own.
pub struct Cloud {
    pub up: Up,
    pub settings: Settings,
    http: Hyper<HttpConnector, Full<Bytes>>,
    folder: tempfile::TempDir,
}

impl Cloud {
    /// A cloud whose new tenants have 25 credits.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A cloud with settings, as `IGNY8_TRIAL_CREDITS`.
    pub async fn start_with(vars: &[(&str, &str)]) -> Self {
        let log = igny8_up::subscriber(LevelFilter::WARN, TestWriter::new());
        let _ = tracing::subscriber::set_global_default(log);
        let folder = tempfile::tempdir().unwrap();
        Self::open(folder, vars, Arc::new(Faults::none())).await
    }

    /// A cloud whose functions are not told a variable, though the process starts only with it: what an empty secret
    /// is on AWS.
    pub async fn start_untold(vars: &[(&str, &str)], untold: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Self::settings(&folder, vars);
        assert!(settings.passed_on.remove(untold).is_some(), "{untold} was not set");
        Self::open_settings(folder, settings, Arc::new(Faults::none())).await
    }

    /// A cloud on the state that a folder holds.
    pub async fn open(folder: tempfile::TempDir, vars: &[(&str, &str)], faults: Arc<Faults>) -> Self {
        let settings = Self::settings(&folder, vars);
        Self::open_settings(folder, settings, faults).await
    }

    fn settings(folder: &tempfile::TempDir, vars: &[(&str, &str)]) -> Settings {
        let mut settings: BTreeMap<String, String> =
            vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        settings.insert("IGNY8_ADDR".to_owned(), "127.0.0.1:0".to_owned());
        settings.insert("IGNY8_DATA_DIR".to_owned(), folder.path().display().to_string());
        Settings::from_vars(&settings).unwrap()
    }

    async fn open_settings(folder: tempfile::TempDir, settings: Settings, faults: Arc<Faults>) -> Self {
        let up = Up::start_with(&settings, faults, false).await.unwrap();
        let http = Hyper::builder(TokioExecutor::new()).build_http();
        Self { up, settings, http, folder }
    }

    /// Ends the process's part without mercy and keeps the folder.
    pub async fn stop(self) -> tempfile::TempDir {
        self.up.stop().await;
        self.folder
    }

    /// What a test may use beside the API: the table and the queues, with the rights of the deploy worker.
    pub fn app(&self) -> igny8_lambda::App {
        self.up.admin(&self.settings).unwrap()
    }

    /// Someone without a token.
    pub fn nobody(&self) -> Client<'_> {
        Client { cloud: self, token: None, key: None, tenant: String::new(), user: String::new() }
    }

    /// The owner of a new tenant.
    pub async fn owner(&self, name: &str) -> Client<'_> {
        let body = json!({
            "tenant_name": name, "email": format!("{name}@example.com"), "password": "correct horse battery",
        });
        let answer = self.nobody().post("/api/auth/register", &body).await.good();
        Client {
            cloud: self,
            token: Some(answer["access_token"].as_str().unwrap().to_owned()),
            key: None,
            tenant: answer["tenant"]["id"].as_str().unwrap().to_owned(),
            user: answer["user"]["id"].as_str().unwrap().to_owned(),
        }
    }

    /// What the operator sets for the whole system.
    pub async fn operator_sets(&self, values: &[(Setting, u64)]) {
        let mut row = SystemRow::default();
        row.0.values = values.iter().map(|(setting, value)| (setting.key.to_owned(), *value)).collect();
        let mut effects = Effects::new();
        effects.put("system", &Keys::outside(), &row, None).unwrap();
        let app = self.up.admin(&self.settings).unwrap();
        app.table.transact("settings.save", effects).await.unwrap();
    }

    /// Models that may be asked as often as a test likes.
    pub async fn without_rates(&self) {
        self.operator_sets(&[(AI_RATE_PER_MINUTE, AI_RATE_PER_MINUTE.max)]).await;
    }

    /// A page of a public site.
    pub async fn page(&self, host: &str, path: &str) -> Answer {
        let authority = self.up.url().trim_start_matches("http://");
        let port = authority.rsplit(':').next().unwrap();
        let request = Request::get(format!("{}{path}", self.up.url()))
            .header("host", format!("{host}:{port}"))
            .body(Full::default())
            .unwrap();
        self.send(request).await
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        let what = format!("{} {}", request.method(), request.uri());
        let response = self.http.request(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer { what, status: parts.status, headers: parts.headers, bytes }
    }

    /// The checks that every test ends with: nothing was done that a policy does not allow, and each ledger adds up.
    pub async fn check(&self, clients: &[&Client<'_>]) {
        assert_eq!(self.up.cloud().denied(), vec![], "calls that a policy does not allow");
        for client in clients {
            client.check_ledger().await;
        }
    }
}

/// Someone who calls the API.
#[derive(Clone)]
pub struct Client<'a> {
    pub cloud: &'a Cloud,
    pub token: Option<String>,
    pub key: Option<String>,
    pub tenant: String,
    pub user: String,
}

/// What came back.
pub struct Answer {
    pub what: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Bytes,
}

impl Answer {
    /// The JSON of a 2xx answer; anything else fails the test with what came back.
    #[track_caller]
    pub fn good(self) -> Value {
        assert!(self.status.is_success(), "{}: {} {}", self.what, self.status, self.text());
        if self.bytes.is_empty() { Value::Null } else { self.json() }
    }

    /// The problem of an answer with this status.
    #[track_caller]
    pub fn bad(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}: {}", self.what, self.text());
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.what);
        self.json()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|_| panic!("{}: not JSON: {}", self.what, self.text()))
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

impl Client<'_> {
    pub async fn get(&self, path: &str) -> Answer {
        self.call(Method::GET, path, None, &[]).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, Some(body.to_string().into()), &[]).await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.call(Method::PATCH, path, Some(body.to_string().into()), &[]).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.call(Method::DELETE, path, None, &[]).await
    }

    /// Any request; a body without a content type is JSON.
    pub async fn call(&self, method: Method, path: &str, body: Option<Bytes>, headers: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{path}", self.cloud.up.url()));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if let Some(key) = &self.key {
            request = request.header("x-api-key", key);
        }
        if body.is_some() && !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.cloud.send(request.body(Full::new(body.unwrap_or_default())).unwrap()).await
    }

    /// A new site; its id and its host label.
    pub async fn site(&self, name: &str) -> (String, String) {
        let body = json!({ "name": name, "site_type": "blog", "hosting_type": "igny8" });
        let site = self.post("/api/auth/sites", &body).await.good();
        (site["id"].as_str().unwrap().to_owned(), site["host"].as_str().unwrap().to_owned())
    }

    /// Starts a job and waits for its end.
    pub async fn job(&self, path: &str, body: &Value) -> Value {
        let started = self.post(path, body).await;
        assert_eq!(started.status, StatusCode::ACCEPTED, "{path}: {}", started.text());
        self.wait(started.json()["job"]["id"].as_str().unwrap()).await
    }

    /// Waits for the end of a job.
    pub async fn wait(&self, id: &str) -> Value {
        let mut last = Value::Null;
        for _ in 0..2400 {
            last = self.get(&format!("/api/system/jobs/{id}")).await.good();
            if ["succeeded", "partial", "failed", "cancelled"].contains(&last["status"].as_str().unwrap()) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the job does not end: {last:#}");
    }

    /// All rows of a list.
    pub async fn all(&self, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut cursor = String::new();
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{joint}limit=200{cursor}")).await.good();
            rows.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }

    /// balance = sum of all transactions, available = balance − reserved ≥ 0, numbers without a gap.
    pub async fn check_ledger(&self) {
        let balance = self.get("/api/billing/balance").await.good();
        let entries = self.all("/api/billing/transactions").await;
        let sum: i64 = entries.iter().map(|entry| entry["amount"].as_i64().unwrap()).sum();
        let number = |field: &str| balance[field].as_i64().unwrap();
        assert_eq!(number("balance"), sum, "{balance:#}");
        assert_eq!(number("available"), number("balance") - number("reserved"));
        assert!(number("available") >= 0 && number("reserved") >= 0);
        let mut numbers: Vec<_> = entries.iter().map(|entry| entry["number"].as_u64().unwrap()).collect();
        numbers.reverse();
        assert_eq!(numbers, (1..=entries.len() as u64).collect::<Vec<_>>());
    }
}

/// All items of a tenant's jobs, as they stand in the table.
pub async fn items_of(table: &Table, ctx: &Ctx) -> Result<Vec<(Job, Vec<Item>)>, TableError> {
    let keys = Keys::new(ctx);
    let mut found = Vec::new();
    for job in rows::<Job>(table, &keys, keys.partition(Job::KIND)).await? {
        let items = rows::<Item>(table, &keys, Item::partition(&keys, job.id)).await?;
        found.push((job, items));
    }
    Ok(found)
}

/// All rows of a partition.
pub async fn rows<E: Entity>(table: &Table, keys: &Keys, partition: String) -> Result<Vec<E>, TableError> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let query = Query::partition(partition.clone()).limit(Limit::new(Limit::MAX).unwrap()).cursor(cursor);
        let page = table.query::<E>(keys, query).await?;
        found.extend(page.items);
        cursor = page.next_cursor;
        if cursor.is_none() {
            return Ok(found);
        }
    }
}

/// Makes the hours pass until a schedule is due: its next run, and the tick's look at it, come now. False when it is off.
pub async fn come_due(table: &Table, ctx: &Ctx, site: &str, function: &str) -> bool {
    let site: SiteId = site.parse().unwrap();
    let past = ctx.now().before(Duration::from_millis(1));
    let update = Update::at(Keys::new(ctx).site_row(site, "SCHEDULE", function))
        .set("next_run", past)
        .set("GSI1SK", format!("{past}#{}#{site}#{function}", ctx.tenant))
        .when(Cond::Has("next_run"));
    let mut effects = Effects::new();
    effects.update("row", update);
    match table.transact("test.time", effects).await {
        Ok(()) => true,
        Err(TableError::Condition(_)) => false,
        Err(error) => panic!("{error}"),
    }
}

/// Makes minutes pass for one tenant: the times of its items and of its jobs in the making that have stood for `patience`
/// come now, as does the next look of the sweep. A worker that still runs an item whose lease is over then is a slow worker.
pub async fn pass_time(table: &Table, ctx: &Ctx, patience: Duration) -> Result<(), TableError> {
    let keys = Keys::new(ctx);
    let write = async |update: Update| {
        let mut effects = Effects::new();
        effects.update("row", update);
        match table.transact("test.time", effects).await {
            // It has moved on by itself.
            Err(TableError::Condition(_)) => Ok(()),
            other => other,
        }
    };
    for item in items_of(table, ctx).await?.into_iter().flat_map(|(_, items)| items) {
        let now = ctx.now();
        let (class, whole) = match item.state {
            ItemState::Waiting => ('W', Duration::ZERO),
            ItemState::Dispatched => {
                let whole = Duration::from_mins(2) * 2_u32.pow(item.sends.saturating_sub(1).min(3));
                ('A', whole.min(Duration::from_mins(15)))
            }
            ItemState::Running => ('A', Duration::from_secs(330)),
            _ => continue,
        };
        // What is left of the wait; what is gone of it is how long the item has stood.
        let gone = whole.saturating_sub(item.due.since(now));
        if item.due <= now || item.state != ItemState::Waiting && gone < patience {
            continue;
        }
        let due = now.before(Duration::from_millis(1));
        let update = Update::at(item.id().key(&keys))
            .set("due", due)
            .set("GSI1SK", format!("{class}#{due}#{}", item.id()))
            .when(
                Cond::eq("state", item.state)
                    .and(Cond::eq("due", item.due))
                    .and(Cond::eq_n("generation", item.generation))
                    .and(Cond::eq_n("attempts", item.attempts)),
            );
        write(update).await?;
    }
    for job in rows::<Job>(table, &keys, keys.partition(Job::KIND)).await? {
        let now = ctx.now();
        let Some(until) = job.prepare_until.filter(|until| *until > now) else { continue };
        if Duration::from_mins(2).saturating_sub(until.since(now)) >= patience {
            let past = now.before(Duration::from_millis(1));
            let update =
                Update::at(job.key(&keys)).set("prepare_until", past).set("GSI1SK", format!("P#{past}#{}", job.id));
            write(update.when(Cond::eq("prepare_until", until).and(Cond::eq_n("made", job.made)))).await?;
        }
    }
    let past = format!("{}#{}", ctx.now().before(Duration::from_secs(1)), ctx.tenant);
    write(Update::at(Lane::key_of(&keys)).set("GSI1SK", past).when(Cond::Has("GSI1PK"))).await
}

/// What must hold of a tenant at rest: the counters of its lane and of its jobs are those of its items, every job has
/// ended, and nothing is reserved.
pub async fn check_rest(table: &Table, work: &Work, ctx: &Ctx) {
    let keys = Keys::new(ctx);
    let lane = table.get::<Lane>(Lane::key_of(&keys)).await.unwrap();
    assert!(lane.as_ref().is_none_or(|lane| lane.in_flight == 0 && lane.pending == 0), "{}: {lane:?}", ctx.tenant);
    let mut charged = 0;
    for (job, items) in items_of(table, ctx).await.unwrap() {
        assert!(job.status().is_terminal(), "{job:?}");
        assert_eq!(job.done + job.failed + job.cancelled, job.total, "{job:?}");
        assert_eq!(items.len() as u64, job.total, "an item is lost: {job:?}");
        let count = |state| items.iter().filter(|item| item.state == state).count() as u64;
        let counted = (count(ItemState::Succeeded), count(ItemState::Failed), count(ItemState::Cancelled));
        assert_eq!(counted, (job.done, job.failed, job.cancelled), "{job:?}");
        assert_eq!(job.credits_reserved, 0, "{job:?}");
        let sum: i64 = items.iter().map(|item| item.charged.0).sum();
        assert_eq!(sum, job.credits_charged, "{job:?}");
        charged += sum;
    }
    let balance = work.billing().balance(ctx).await.unwrap();
    assert_eq!(balance.reserved.total().0, 0, "{balance:?}");
    let entries = ledger(table, work, ctx).await.unwrap();
    let of_jobs: i64 = entries.iter().filter(|entry| entry.job_id.is_some()).map(|entry| -entry.amount).sum();
    assert_eq!(of_jobs, charged, "what the ledger charges is what the jobs say");
    assert_eq!(balance.credits.total().0, entries.iter().map(|entry| entry.amount).sum::<i64>());
}

/// An entry of the ledger, read from the rows themselves: no index lags behind it.
#[derive(Debug, Clone)]
pub struct Entry {
    pub reference: String,
    pub number: u64,
    pub amount: i64,
    pub job_id: Option<JobId>,
}

pub async fn ledger(table: &Table, work: &Work, ctx: &Ctx) -> Result<Vec<Entry>, igny8_core::Error> {
    let keys = Keys::new(ctx);
    // This page comes through an index; below it is replaced by the rows.
    let mut page = work.billing().transactions(ctx, PageRequest::default()).await?;
    page.items = rows(table, &keys, keys.partition("LEDGER")).await?;
    let entry = page.items.into_iter().map(|found| Entry {
        reference: found.reference,
        number: found.number,
        amount: found.amount.0,
        job_id: found.job_id,
    });
    Ok(entry.collect())
}
