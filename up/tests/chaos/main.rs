//! Everything goes wrong at once, with a seed: real worker processes die by SIGKILL at their fail points, messages are
//! lost, doubled and late, the table refuses and forgets to answer, indexes lag, users cancel and retry, dead letters
//! come. What must hold, holds at every moment; and in the end no item is lost and nothing is doubled.
//!
//! `IGNY8_CHAOS_SEED`, `IGNY8_CHAOS_TENANTS` and `IGNY8_CHAOS_ITEMS` (articles per tenant) make it longer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::disallowed_methods,
    reason = "a test that cannot be set up must fail; its size and its worker's name come from the environment"
)]

mod common;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write,
    process::ExitCode,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use common::{Answer, Web, check_rest, items_of, ledger, pass_time};
use hyper::Method;
use igny8_cloud::Config;
use igny8_core::{Ctx, Env, SystemClock};
use igny8_lambda::{App, Invocation, metrics};
use igny8_local::{
    Faults, Guests, InvocationContext, Invoke, LocalCloud, Options, Registry, TemplateSource,
    emulators::queues::NewMessage,
    process::{Binary, Processes},
};
use igny8_up::{Settings, TEMPLATE, functions};
use igny8_work::{Job, Lane, Work};
use serde_json::{Value, json};

/// The functions that run as processes.
const WORKERS: [&str; 3] = ["planner-cluster-worker", "planner-ideas-worker", "writer-generate-worker"];
/// Tells this executable which function to be.
const BE: &str = "IGNY8_CHAOS_FUNCTION";
/// The end of everything that may take long.
const PATIENCE: Duration = Duration::from_mins(20);

fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).ok().map_or(otherwise, |text| text.parse().unwrap_or_else(|_| panic!("{name}: {text}")))
}

/// Not a test of its own: the chaos run starts this executable again with this test alone, which then is a worker's
/// process with the main function of its binary, until it is killed.
#[test]
fn a_worker_process() {
    let known: BTreeSet<_> = functions().iter().map(|function| function.name).collect();
    assert!(WORKERS.iter().all(|name| known.contains(name)), "{known:?}");
    let Ok(name) = std::env::var(BE) else { return };
    let function = functions().into_iter().find(|function| function.name == name).unwrap();
    assert_eq!(igny8_lambda::serve(function), ExitCode::SUCCESS);
}

/// Counts at which fail points processes died; they say so in their log.
#[derive(Clone, Default)]
struct Deaths(Arc<Mutex<BTreeMap<String, u64>>>);

impl Write for Deaths {
    fn write(&mut self, line: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        if text.contains("fail point kills the process") {
            let field = |name: &str| {
                let rest = text.split_once(&format!("\"{name}\":\""))?.1;
                Some(rest.split('"').next()?.to_owned())
            };
            let point = format!("{} {}", field("when").unwrap_or_default(), field("point").unwrap_or_default());
            *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(point).or_default() += 1;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The whole of IGNY8, with its workers as processes that die.
struct Stack {
    cloud: LocalCloud,
    processes: Vec<Arc<Processes>>,
    app: App,
    work: Work,
    web: Web,
    env: Env,
    keys: AtomicU64,
}

/// What kills a worker's processes, by turns: any point now and then, and some that a process passes seldom.
fn plans(seed: u64) -> Vec<String> {
    vec![
        format!("{seed}:60"),
        format!("{}:6:work.finish", seed + 1),
        format!("{}:120", seed + 2),
        format!("{}:8:work.claim", seed + 3),
        format!("{}:6:work.raw_answer", seed + 4),
        format!("{}:8:work.dispatch", seed + 5),
        format!("{}:8:work.send", seed + 6),
        format!("{}:200", seed + 7),
    ]
}

impl Stack {
    async fn start(folder: &std::path::Path, seed: u64) -> Self {
        let vars = [
            ("IGNY8_ADDR", "127.0.0.1:0".to_owned()),
            ("IGNY8_DATA_DIR", folder.display().to_string()),
            ("IGNY8_TRIAL_CREDITS", "2000".to_owned()),
            ("IGNY8_AI", "offline".to_owned()),
        ];
        let settings = Settings::from_vars(&vars.map(|(name, value)| (name.to_owned(), value)).into()).unwrap();
        let keys = settings.signing_keys().unwrap();
        let mut options = Options::new(folder, TemplateSource::read(TEMPLATE).unwrap());
        options.faults = Arc::new(Faults::seeded(seed));
        options.schedules = false;
        let cloud = LocalCloud::open(options).await.unwrap();
        let port = cloud.url().rsplit(':').next().unwrap().to_owned();
        let mut shared = settings.passed_on.clone();
        shared.insert("JWT_PUBLIC_KEYS".to_owned(), keys.jwks.clone());
        shared.insert("SITES_DOMAIN".to_owned(), format!("localhost:{port}"));
        shared.insert("APP_URL".to_owned(), format!("http://localhost:{port}"));
        let secret = cloud.environment("auth-session").unwrap().remove("SIGNING_KEY_SECRET_ARN").unwrap();
        cloud.secrets().set(&secret, &keys.secret).unwrap();

        let environment = |name: &str| {
            let mut vars = cloud.environment(name).unwrap();
            vars.extend(shared.clone());
            vars
        };
        let (mut registry, mut processes) = (Registry::new(), Vec::new());
        for function in functions() {
            let mut vars = environment(function.name);
            let invoke: Invoke = if WORKERS.contains(&function.name) {
                vars.insert(BE.to_owned(), function.name.to_owned());
                let made: Vec<_> = plans(seed).into_iter().map(|plan| mortal(&vars, plan, &cloud)).collect();
                processes.extend(made.iter().cloned());
                by_turns(made)
            } else {
                let invoke =
                    function.start(&App::new(Config::from_vars(vars).unwrap(), Env::system()), metrics::nowhere);
                let invoke = invoke.unwrap();
                Arc::new(move |event, context: InvocationContext| {
                    let deadline = igny8_core::Timestamp::from_millis(context.deadline_ms);
                    let (request_id, function_name) = (context.request_id, context.function_name);
                    invoke(event, Invocation { request_id, function_name, deadline })
                })
            };
            registry.insert(function.name.to_owned(), invoke);
        }
        cloud.serve(Guests { registry, sites: None, local: None }).unwrap();

        let mut vars = environment("publisher-deploy-worker");
        let admin = cloud.admin_key();
        vars.insert("AWS_ACCESS_KEY_ID".to_owned(), admin.id);
        vars.insert("AWS_SECRET_ACCESS_KEY".to_owned(), admin.secret);
        let app = App::new(Config::from_vars(vars).unwrap(), Env::system());
        let work = Work::new(app.cloud.clone(), app.table.clone());
        let web = Web::new(cloud.url());
        let env = Env::fixed(Arc::new(SystemClock), seed);
        Self { cloud, processes, app, work, web, env, keys: AtomicU64::new(0) }
    }

    /// A request that is sent until it is answered with less than 500; the same request, by its key.
    async fn call(&self, method: Method, path: &str, token: &str, body: Option<&Value>) -> Answer {
        let key = format!("chaos-{}", self.keys.fetch_add(1, Ordering::Relaxed));
        let headers: &[(&str, &str)] = &[("idempotency-key", key.as_str())];
        let headers = if method == Method::POST { headers } else { &[] };
        let begun = Instant::now();
        loop {
            let answer = self.web.call(method.clone(), path, Some(token), body, headers).await;
            match answer {
                Some(answer) if answer.status.as_u16() == 409 && answer.text().contains("idempotency") => {}
                Some(answer) if !answer.status.is_server_error() && answer.status.as_u16() != 429 => return answer,
                _ => {}
            }
            assert!(begun.elapsed() < Duration::from_mins(3), "{method} {path} is not answered");
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    async fn post(&self, path: &str, token: &str, body: &Value) -> Answer {
        self.call(Method::POST, path, token, Some(body)).await
    }

    async fn get(&self, path: &str, token: &str) -> Value {
        self.call(Method::GET, path, token, None).await.good()
    }

    async fn all(&self, path: &str, token: &str) -> Vec<Value> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{joint}limit=200{cursor}"), token).await;
            rows.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }

    async fn wait(&self, job: &str, token: &str) -> Value {
        let begun = Instant::now();
        loop {
            let seen = self.get(&format!("/api/system/jobs/{job}"), token).await;
            if ["succeeded", "partial", "failed", "cancelled"].contains(&seen["status"].as_str().unwrap()) {
                return seen;
            }
            assert!(begun.elapsed() < PATIENCE, "the job does not end: {seen:#}");
            tokio::time::sleep(Duration::from_millis(400)).await;
        }
    }
}

/// This executable as a worker's process that dies after a plan.
fn mortal(vars: &BTreeMap<String, String>, plan: String, cloud: &LocalCloud) -> Arc<Processes> {
    let function = cloud.template().function(&vars[BE]).unwrap();
    let mut environment = vars.clone();
    environment.insert("IGNY8_FAILPOINTS".to_owned(), plan);
    environment.insert("PATH".to_owned(), std::env::var("PATH").unwrap_or_default());
    Processes::new(Binary {
        program: std::env::current_exe().unwrap(),
        arguments: ["--exact", "a_worker_process", "--nocapture", "--test-threads=1"].map(str::to_owned).to_vec(),
        environment,
        function_name: function.name.clone(),
        memory_mb: function.memory_mb,
        concurrency: 1,
    })
}

fn by_turns(processes: Vec<Arc<Processes>>) -> Invoke {
    let turn = AtomicUsize::new(0);
    let invokes: Vec<Invoke> = processes.iter().map(Processes::invoke).collect();
    Arc::new(move |event, context| invokes[turn.fetch_add(1, Ordering::Relaxed) % invokes.len()](event, context))
}

/// A tenant and what it is about to do.
struct Tenant {
    ctx: Ctx,
    token: String,
    site: String,
    tasks: Vec<Value>,
    number: usize,
}

impl Tenant {
    async fn make(stack: &Stack, number: usize, items: usize) -> Self {
        let body = json!({
            "tenant_name": format!("Tenant {number}"), "email": format!("t{number}@example.com"),
            "password": "correct horse battery",
        });
        let answer = stack.web.call(Method::POST, "/api/auth/register", None, Some(&body), &[]).await.unwrap().good();
        let token = answer["access_token"].as_str().unwrap().to_owned();
        let tenant = answer["tenant"]["id"].as_str().unwrap().parse().unwrap();
        let site = json!({ "name": format!("Site {number}"), "site_type": "blog", "hosting_type": "igny8" });
        let site = stack.post("/api/auth/sites", &token, &site).await.good()["id"].as_str().unwrap().to_owned();
        let topics = ["brake pads", "oil change", "wheel alignment", "car battery", "winter tyres"];
        let mut csv = "Keyword,Volume\n".to_owned();
        for n in 0..items.max(10) * 4 {
            csv.push_str(&format!("{} number {n},{}\n", topics[n % topics.len()], 10 + n));
        }
        stack.web.text(&format!("/api/planner/keywords/import?site_id={site}"), &token, "text/csv", csv).await.good();
        let mut tasks = Vec::new();
        for n in 0..items {
            let task = json!({ "site_id": site, "title": format!("Brake pads, part {n}"), "keywords": ["brake pads"] });
            tasks.push(stack.post("/api/writer/tasks", &token, &task).await.good()["id"].clone());
        }
        Self { ctx: Ctx::system(tenant, "chaos", Env::system()), token, site, tasks, number }
    }

    async fn start(&self, stack: &Stack, path: &str, body: &Value) -> String {
        let answer = stack.post(path, &self.token, body).await;
        assert_eq!(answer.status, 202, "{}: {}", answer.what, answer.text());
        answer.json()["job"]["id"].as_str().unwrap().to_owned()
    }

    /// A day of this tenant: everything that it starts ends in some way.
    async fn live(&self, stack: &Stack) {
        let token = self.token.as_str();
        let all_new = json!({ "site_id": self.site, "all_new": true });
        let mut jobs = vec![self.start(stack, "/api/planner/cluster", &all_new).await];
        let half = self.tasks.len().div_ceil(2).min(40);
        for tasks in self.tasks.chunks(half) {
            jobs.push(self.start(stack, "/api/writer/generate", &json!({ "task_ids": tasks })).await);
        }
        if self.number.is_multiple_of(2) {
            tokio::time::sleep(Duration::from_millis(stack.env.below(6_000))).await;
            self.race(stack, jobs.last().unwrap(), &["cancel", "cancel"]).await;
        }
        for job in &jobs {
            stack.wait(job, token).await;
        }
        let clusters = stack.all(&format!("/api/planner/clusters?site_id={}", self.site), token).await;
        let ids: Vec<_> = clusters.iter().take(3).map(|cluster| cluster["id"].clone()).collect();
        if !ids.is_empty() {
            let ideas = json!({ "cluster_ids": ids, "per_cluster": 2 });
            jobs.push(self.start(stack, "/api/planner/ideas/generate", &ideas).await);
            stack.wait(jobs.last().unwrap(), token).await;
        }
        // What failed is tried again, by two at once; some change their mind.
        for round in 0..2 {
            for job in &jobs {
                let seen = stack.wait(job, token).await;
                if seen["progress"]["failed"].as_u64().unwrap() > 0 {
                    let deeds = ["retry", "retry", "cancel"];
                    let cancels = round == 0 && self.number.is_multiple_of(3);
                    self.race(stack, job, if cancels { &deeds } else { &deeds[..2] }).await;
                    stack.wait(job, token).await;
                }
            }
        }
        // What was cancelled is ordered again.
        let mut open = Vec::new();
        for task in &self.tasks {
            let seen = stack.get(&format!("/api/writer/tasks/{}", task.as_str().unwrap()), token).await;
            if seen["content_id"].is_null() {
                open.push(task.clone());
            }
        }
        for tasks in open.chunks(40) {
            let job = self.start(stack, "/api/writer/generate", &json!({ "task_ids": tasks })).await;
            stack.wait(&job, token).await;
        }
    }

    /// Several deeds on a job at the same moment: each is done or refused, none breaks.
    async fn race(&self, stack: &Stack, job: &str, deeds: &[&str]) {
        let sent = deeds.iter().map(|deed| {
            let path = format!("/api/system/jobs/{job}/{deed}");
            async move { stack.post(&path, &self.token, &json!({})).await }
        });
        // At once: each request is on its way before the first is answered.
        let mut waiting: Vec<_> = sent.map(Box::pin).collect();
        std::future::poll_fn(|context| {
            waiting.retain_mut(|one| match one.as_mut().poll(context) {
                std::task::Poll::Ready(answer) => {
                    assert!(answer.status.is_success() || answer.status == 409, "{}: {}", answer.what, answer.text());
                    false
                }
                std::task::Poll::Pending => true,
            });
            if waiting.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
    }

    /// What holds at every moment. The ledger up to the number that the balance names is complete, and adds up to it.
    async fn check_moment(&self, stack: &Stack) -> Option<()> {
        let balance = stack.work.billing().balance(&self.ctx).await.ok()?;
        let entries = ledger(&stack.app.table, &stack.work, &self.ctx).await.ok()?;
        let until: Vec<_> = entries.iter().filter(|entry| entry.number <= balance.entries).collect();
        assert_eq!(until.len() as u64, balance.entries, "numbers without a gap: {balance:?}");
        let sum: i64 = until.iter().map(|entry| entry.amount).sum();
        assert_eq!(sum, balance.credits.total().0, "balance = sum of transactions: {balance:?}");
        assert!(balance.available().0 >= 0 && balance.reserved.total().0 >= 0, "{balance:?}");
        assert!(balance.reserved.monthly.0 >= 0 && balance.reserved.bonus.0 >= 0, "{balance:?}");
        let lane = stack.app.table.get::<Lane>(Lane::key_of(&igny8_table::Keys::new(&self.ctx))).await.ok()?;
        if let Some(lane) = lane {
            assert!((0..=1).contains(&lane.in_flight) && lane.pending >= 0, "a trial has one item in flight: {lane:?}");
        }
        for (job, items) in items_of(&stack.app.table, &self.ctx).await.ok()? {
            assert!(job.done + job.failed + job.cancelled <= job.total, "{job:?}");
            assert!(items.len() as u64 >= job.made, "{job:?}");
        }
        Some(())
    }

    /// What came of it all.
    async fn check_end(&self, stack: &Stack) -> u64 {
        check_rest(&stack.app.table, &stack.work, &self.ctx).await;
        let token = self.token.as_str();
        let contents = stack.all(&format!("/api/writer/content?site_id={}", self.site), token).await;
        let mut of_task = BTreeMap::new();
        for content in &contents {
            let view = stack.get(&format!("/api/writer/content/{}", content["id"].as_str().unwrap()), token).await;
            let before = of_task.insert(view["task_id"].to_string(), content["id"].clone());
            assert_eq!(before, None, "a task has two contents: {view:#}");
        }
        for task in &self.tasks {
            let seen = stack.get(&format!("/api/writer/tasks/{}", task.as_str().unwrap()), token).await;
            let expected = of_task.get(&task.to_string()).cloned().unwrap_or_default();
            assert_eq!(seen["content_id"], expected, "task and content agree: {seen:#}");
        }
        let jobs = items_of(&stack.app.table, &self.ctx).await.unwrap();
        let written: u64 = jobs.iter().map(|(job, _)| job).filter(|job| writes(job)).map(|job| job.done).sum();
        assert_eq!(written, contents.len() as u64, "an article for each item that succeeded");
        let charged: i64 =
            jobs.iter().map(|(job, _)| job).filter(|job| writes(job)).map(|job| job.credits_charged).sum();
        assert_eq!(charged, 3 * contents.len() as i64);

        let clusters = stack.all(&format!("/api/planner/clusters?site_id={}", self.site), token).await;
        let keywords = stack.all(&format!("/api/planner/keywords?site_id={}", self.site), token).await;
        let names: BTreeSet<_> = clusters.iter().map(|cluster| cluster["name"].to_string().to_lowercase()).collect();
        assert_eq!(names.len(), clusters.len(), "a cluster is doubled: {names:?}");
        for cluster in &clusters {
            let members = keywords.iter().filter(|keyword| keyword["cluster_id"] == cluster["id"]);
            let (mut count, mut volume) = (0, 0);
            for keyword in members {
                count += 1;
                volume += keyword["volume"].as_u64().unwrap_or_default();
            }
            assert_eq!(cluster["keyword_count"], count, "{cluster:#}");
            assert_eq!(cluster["volume"], volume, "{cluster:#}");
        }
        let placed = keywords.iter().filter(|keyword| !keyword["cluster_id"].is_null()).count() as u64;
        let counted: u64 = clusters.iter().map(|cluster| cluster["keyword_count"].as_u64().unwrap()).sum();
        assert_eq!(placed, counted);
        let ideas = stack.all(&format!("/api/planner/ideas?site_id={}", self.site), token).await;
        let titles: BTreeSet<_> = ideas.iter().map(|idea| idea["title"].to_string().to_lowercase()).collect();
        assert_eq!(titles.len(), ideas.len(), "an idea is doubled");
        jobs.iter().map(|(job, _)| job.total).sum()
    }
}

fn writes(job: &Job) -> bool {
    job.function == "generate_content"
}

/// Lets time pass, sends dead letters, and sweeps, until it is told to stop.
async fn clock(stack: Arc<Stack>, tenants: Arc<Vec<Tenant>>, stop: Arc<AtomicU64>) {
    let dead: Vec<_> =
        stack.cloud.queues().names().into_iter().filter(|name| name.to_lowercase().contains("dead")).collect();
    while stop.load(Ordering::Relaxed) == 0 {
        for tenant in tenants.iter() {
            // Also this meets the faults; the next round comes soon.
            let _ = pass_time(&stack.app.table, &tenant.ctx, Duration::from_secs(2)).await;
            if let Ok(jobs) = items_of(&stack.app.table, &tenant.ctx).await
                && let Some(item) = jobs.iter().flat_map(|(_, items)| items).nth(stack.env.below(40) as usize)
            {
                let body = json!({
                    "v": 1, "tenant": tenant.ctx.tenant, "job": item.job, "index": item.index,
                    "generation": item.generation,
                });
                let wanted = item.queue.replace('-', "");
                let queue = dead.iter().find(|name| name.to_lowercase().replace('-', "").contains(&wanted));
                let message = NewMessage { body: body.to_string(), ..NewMessage::default() };
                stack.cloud.queues().send(queue.unwrap_or_else(|| panic!("no dead letters: {dead:?}")), message);
            }
        }
        let _ = stack.cloud.trigger("system-sweep").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// Looks again and again whether everything holds; counts how often it could see all of it.
async fn sampler(stack: Arc<Stack>, tenants: Arc<Vec<Tenant>>, stop: Arc<AtomicU64>) -> u64 {
    let mut seen = 0;
    while stop.load(Ordering::Relaxed) == 0 {
        for tenant in tenants.iter() {
            seen += u64::from(tenant.check_moment(&stack).await.is_some());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_doubled_or_wrongly_charged() {
    let seed = number("IGNY8_CHAOS_SEED", 7) as u64;
    let (count, items) = (number("IGNY8_CHAOS_TENANTS", 3), number("IGNY8_CHAOS_ITEMS", 5));
    let deaths = Deaths::default();
    let log = deaths.clone();
    let writer = move || log.clone();
    tracing_subscriber::fmt().with_ansi(false).with_max_level(tracing::Level::INFO).with_writer(writer).init();
    let folder = tempfile::tempdir().unwrap();
    let stack = Arc::new(Stack::start(folder.path(), seed).await);
    let mut tenants = Vec::new();
    for number in 0..count {
        tenants.push(Tenant::make(&stack, number, items).await);
    }
    let tenants = Arc::new(tenants);

    stack
        .cloud
        .set_faults(|plan| {
            plan.table.conflict = 0.04;
            plan.table.throttle = 0.03;
            plan.table.internal = 0.02;
            plan.table.lost_answer = 0.03;
            plan.stale_indexes = Some(Duration::from_secs(2));
            plan.queue.lost = 0.05;
            plan.queue.twice = 0.15;
            plan.queue.late = 0.15;
            plan.queue.late_by = Duration::from_secs(3);
        })
        .await
        .unwrap();
    let begun = Instant::now();
    let stop = Arc::new(AtomicU64::new(0));
    let clock = tokio::spawn(clock(Arc::clone(&stack), Arc::clone(&tenants), Arc::clone(&stop)));
    let sampler = tokio::spawn(sampler(Arc::clone(&stack), Arc::clone(&tenants), Arc::clone(&stop)));
    let mut lives = tokio::task::JoinSet::new();
    for n in 0..count {
        let (stack, tenants) = (Arc::clone(&stack), Arc::clone(&tenants));
        lives.spawn(async move { tenants[n].live(&stack).await });
    }
    while let Some(lived) = lives.join_next().await {
        lived.unwrap();
    }
    stack.cloud.set_faults(|plan| *plan = igny8_local::Plan::default()).await.unwrap();
    // Messages that are late or doubled still come; they find nothing to do.
    tokio::time::sleep(Duration::from_secs(4)).await;
    stop.store(1, Ordering::Relaxed);
    clock.await.unwrap();
    let seen = sampler.await.unwrap();

    let mut total = 0;
    for tenant in tenants.iter() {
        tenant.check_moment(&stack).await.unwrap();
        total += tenant.check_end(&stack).await;
    }
    assert_eq!(stack.cloud.denied(), vec![], "calls that a policy does not allow");
    let deaths = deaths.0.lock().unwrap().clone();
    let died: u64 = deaths.values().sum();
    let started: u64 = stack.processes.iter().map(|processes| processes.started()).sum();
    eprintln!(
        "seed {seed}: {:.0?}, {total} items, {started} processes, {seen} looks, {died} deaths: {deaths:#?}",
        begun.elapsed()
    );
    assert!(total >= (count * items) as u64, "{total} items");
    assert!(stack.cloud.tally("system-dead-letters").0 > 0, "no dead letter came");
    assert!(seen >= 10, "only {seen} looks");
    assert!(died >= 3 && deaths.len() >= 2, "too little went wrong: {deaths:?}");
    for processes in &stack.processes {
        processes.stop();
    }
    stack.cloud.shutdown().await;
}
