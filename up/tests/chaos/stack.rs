//! The whole of IGNY8 with functions as real processes that die, and a client that repeats what was not answered.

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use hyper::Method;
use igny8_cloud::Config;
use igny8_core::{Ctx, Env, SystemClock};
use igny8_lambda::{App, Invocation, metrics};
use igny8_local::{
    Faults, Guests, InvocationContext, Invoke, LocalCloud, Options, Registry, TemplateSource,
    process::{Binary, Processes},
};
use igny8_platform::{
    IdempotencyRow,
    settings::{AI_RATE_PER_MINUTE, ModelSettings, SystemRow},
};
use igny8_table::{Cond, Effects, Keys, Update};
use igny8_up::{Settings, TEMPLATE, functions};
use igny8_work::Work;
use serde_json::{Value, json};

use crate::{
    BE, PATIENCE,
    common::{Answer, Web},
    provider::Provider,
};

pub const PASSWORD: &str = "correct horse battery";

/// How a function's processes die: a plan for each group of processes, which take turns; none for a function that runs in
/// this process and lives.
pub type Plans<'a> = &'a dyn Fn(&str) -> Vec<String>;

pub struct Stack {
    pub cloud: LocalCloud,
    pub processes: Vec<Arc<Processes>>,
    pub app: App,
    pub work: Work,
    pub web: Web,
    pub env: Env,
    pub provider: Provider,
    /// The environment of a process that may do everything.
    pub admin: BTreeMap<String, String>,
    /// How long who waits for a job looks away: many who look all the time leave no time for the work.
    pub pause: Duration,
    keys: AtomicU64,
}

/// Someone with an account, who signs in again when the token is over.
pub struct Person {
    pub email: String,
    pub ctx: Ctx,
    token: Mutex<String>,
}

impl Person {
    /// The same person with another sign-in.
    pub fn signed_in(&self, answer: &Value) -> Self {
        let person = Self { email: self.email.clone(), ctx: self.ctx.clone(), token: Mutex::default() };
        person.set_token(answer);
        person
    }

    pub fn token(&self) -> String {
        self.token.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set_token(&self, answer: &Value) {
        let token = answer["access_token"].as_str().unwrap().to_owned();
        *self.token.lock().unwrap_or_else(PoisonError::into_inner) = token;
    }
}

impl Stack {
    pub async fn start(folder: &Path, seed: u64, plans: Plans<'_>) -> Self {
        let provider = Provider::start(seed).await;
        let vars = [
            ("IGNY8_ADDR", "127.0.0.1:0"),
            ("IGNY8_DATA_DIR", &folder.display().to_string()),
            ("IGNY8_TRIAL_CREDITS", "5000"),
            ("IGNY8_AI", "openai"),
            ("IGNY8_IMAGE_AI", "openai"),
            ("OPENAI_BASE_URL", &provider.url),
            ("OPENAI_API_KEY", "chaos"),
            ("OPENAI_MODEL", "chaos"),
        ];
        let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let settings = Settings::from_vars(&vars.into()).unwrap();
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
            let plans = plans(function.name);
            let invoke: Invoke = if plans.is_empty() {
                let app = App::new(Config::from_vars(vars).unwrap(), Env::system());
                let invoke = function.start(&app, metrics::nowhere).unwrap();
                Arc::new(move |event, context: InvocationContext| {
                    let deadline = igny8_core::Timestamp::from_millis(context.deadline_ms);
                    let (request_id, function_name) = (context.request_id, context.function_name);
                    invoke(event, Invocation { request_id, function_name, deadline })
                })
            } else {
                vars.insert(BE.to_owned(), function.name.to_owned());
                let made: Vec<_> = plans.into_iter().map(|plan| mortal(&vars, plan)).collect();
                processes.extend(made.iter().cloned());
                by_turns(&made)
            };
            registry.insert(function.name.to_owned(), invoke);
        }
        cloud.serve(Guests { registry, sites: None, local: None }).unwrap();

        let mut admin = environment("publisher-deploy-worker");
        let key = cloud.admin_key();
        admin.insert("AWS_ACCESS_KEY_ID".to_owned(), key.id);
        admin.insert("AWS_SECRET_ACCESS_KEY".to_owned(), key.secret);
        let app = App::new(Config::from_vars(admin.clone()).unwrap(), Env::system());
        ai_settings(&app).await;
        let work = Work::new(app.cloud.clone(), app.table.clone());
        let web = Web::new(cloud.url());
        let env = Env::fixed(Arc::new(SystemClock), seed);
        Self {
            cloud,
            processes,
            app,
            work,
            web,
            env,
            provider,
            admin,
            pause: Duration::from_millis(200),
            keys: AtomicU64::new(0),
        }
    }

    pub async fn stop(&self) {
        for processes in &self.processes {
            processes.stop();
        }
        self.cloud.shutdown().await;
    }

    /// A request of nobody, sent until it is answered with less than 500. True when it was sent again.
    pub async fn public(&self, path: &str, body: &Value) -> (Answer, bool) {
        let (begun, mut again) = (Instant::now(), false);
        loop {
            match self.web.call(Method::POST, path, None, Some(body), &[]).await {
                Some(answer) if !answer.status.is_server_error() && answer.status != 429 => return (answer, again),
                _ => again = true,
            }
            assert!(begun.elapsed() < Duration::from_mins(3), "{path} is not answered");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// A new tenant with its owner. Who is told that the email is taken, after an answer was lost, signs in.
    pub async fn register(&self, name: &str) -> Person {
        let email = format!("{name}@example.com");
        let body = json!({ "tenant_name": format!("Tenant {name}"), "email": email, "password": PASSWORD });
        let (answer, again) = self.public("/api/auth/register", &body).await;
        let answer = if again && answer.status == 409 { self.login(&email, None).await } else { answer.good() };
        let tenant = answer["tenant"]["id"].as_str().unwrap().parse().unwrap();
        let person = Person { email, ctx: Ctx::system(tenant, "chaos", Env::system()), token: Mutex::default() };
        person.set_token(&answer);
        person
    }

    pub async fn login(&self, email: &str, tenant: Option<&str>) -> Value {
        let mut body = json!({ "email": email, "password": PASSWORD });
        if let Some(tenant) = tenant {
            body["tenant_id"] = tenant.into();
        }
        self.public("/api/auth/login", &body).await.0.good()
    }

    /// A request that is sent until it is answered with less than 500; the same request, by its key. What an interrupted
    /// attempt may have done already counts as done: a DELETE that finds nothing any more is answered as if by 204.
    pub async fn call(&self, who: &Person, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let key = format!("chaos-{}", self.keys.fetch_add(1, Ordering::Relaxed));
        let headers: &[(&str, &str)] = &[("idempotency-key", key.as_str())];
        let headers = if method == Method::POST { headers } else { &[] };
        let (begun, mut again) = (Instant::now(), false);
        loop {
            match self.web.call(method.clone(), path, Some(&who.token()), body, headers).await {
                Some(mut answer) => match answer.status.as_u16() {
                    401 => who.set_token(&self.login(&who.email, Some(&who.ctx.tenant.to_string())).await),
                    409 if answer.text().contains("Idempotency-Key is still running") => self.unlock(who, &key).await,
                    404 if again && method == Method::DELETE => {
                        answer.status = hyper::StatusCode::NO_CONTENT;
                        answer.bytes.clear();
                        return answer;
                    }
                    429 | 500.. => again = true,
                    _ => return answer,
                },
                None => again = true,
            }
            assert!(begun.elapsed() < Duration::from_mins(3), "{method} {path} is not answered");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Makes the minute pass after which a request may be taken over from a process that died. The client had its 5xx, so
    /// nobody works on it any more.
    async fn unlock(&self, who: &Person, key: &str) {
        let past = who.ctx.now().before(Duration::from_millis(1));
        let mut effects = Effects::new();
        let update = Update::at(IdempotencyRow::key_of(&Keys::new(&who.ctx), key)).set("locked_until", past);
        effects.update("idempotency", update.when(Cond::Exists.and(Cond::Lacks("answer"))));
        // It may be answered meanwhile, or the table may refuse: the next round tells.
        let _ = self.app.table.transact("test.unlock", effects).await;
    }

    pub async fn post(&self, who: &Person, path: &str, body: &Value) -> Answer {
        self.call(who, Method::POST, path, Some(body)).await
    }

    pub async fn patch(&self, who: &Person, path: &str, body: &Value) -> Value {
        self.call(who, Method::PATCH, path, Some(body)).await.good()
    }

    pub async fn delete(&self, who: &Person, path: &str) {
        let answer = self.call(who, Method::DELETE, path, None).await;
        assert!(answer.status.is_success(), "{}: {} {}", answer.what, answer.status, answer.text());
    }

    pub async fn get(&self, who: &Person, path: &str) -> Value {
        self.call(who, Method::GET, path, None).await.good()
    }

    /// Posts a CSV file until it is answered.
    pub async fn csv(&self, who: &Person, path: &str, csv: &str) -> Value {
        let begun = Instant::now();
        loop {
            let answer = self.web.text(path, &who.token(), "text/csv", csv.to_owned()).await;
            if !answer.status.is_server_error() {
                return answer.good();
            }
            assert!(begun.elapsed() < Duration::from_mins(3), "{path} is not answered");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn all(&self, who: &Person, path: &str) -> Vec<Value> {
        let (mut rows, mut cursor) = (Vec::new(), String::new());
        loop {
            let joint = if path.contains('?') { '&' } else { '?' };
            let page = self.get(who, &format!("{path}{joint}limit=200{cursor}")).await;
            rows.extend(page["items"].as_array().unwrap().iter().cloned());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return rows,
            }
        }
    }

    /// Starts a job.
    pub async fn job(&self, who: &Person, path: &str, body: &Value) -> String {
        let answer = self.post(who, path, body).await;
        assert_eq!(answer.status, 202, "{}: {}", answer.what, answer.text());
        answer.json()["job"]["id"].as_str().unwrap().to_owned()
    }

    pub async fn wait(&self, who: &Person, job: &str) -> Value {
        let begun = Instant::now();
        loop {
            let seen = self.get(who, &format!("/api/system/jobs/{job}")).await;
            if ["succeeded", "partial", "failed", "cancelled"].contains(&seen["status"].as_str().unwrap()) {
                return seen;
            }
            assert!(begun.elapsed() < PATIENCE, "the job does not end: {seen:#}");
            tokio::time::sleep(self.pause).await;
        }
    }
}

/// This executable as a function's process that dies after a plan.
pub fn mortal(vars: &BTreeMap<String, String>, plan: String) -> Arc<Processes> {
    let mut environment = vars.clone();
    environment.insert("IGNY8_FAILPOINTS".to_owned(), plan);
    environment.insert("PATH".to_owned(), std::env::var("PATH").unwrap_or_default());
    Processes::new(Binary {
        program: std::env::current_exe().unwrap(),
        arguments: ["--exact", "a_worker_process", "--nocapture", "--test-threads=1"].map(str::to_owned).to_vec(),
        environment,
        function_name: vars[BE].clone(),
        memory_mb: 256,
        // The turns do not ask who is busy.
        concurrency: 2,
    })
}

fn by_turns(processes: &[Arc<Processes>]) -> Invoke {
    let turn = AtomicUsize::new(0);
    let invokes: Vec<Invoke> = processes.iter().map(Processes::invoke).collect();
    Arc::new(move |event, context| invokes[turn.fetch_add(1, Ordering::Relaxed) % invokes.len()](event, context))
}

/// What the operator sets: the model has a price, so that its cost is counted, and may be asked as often as it takes.
async fn ai_settings(app: &App) {
    let mut row = SystemRow::default();
    row.0.values.insert(AI_RATE_PER_MINUTE.key.to_owned(), 100_000);
    let price = ModelSettings { input_cents: Some(100), output_cents: Some(400), ..ModelSettings::default() };
    row.0.models.insert("openai:chaos".to_owned(), price);
    let mut effects = Effects::new();
    effects.put("system", &Keys::outside(), &row, None).unwrap();
    app.table.transact("settings.save", effects).await.unwrap();
}
