//! A provider that does what it should not, under whole jobs: real requests, queues and workers, and a real HTTP server
//! that speaks the protocol. Each failure ends as specified: tried again at its due time, sent back to the model once,
//! answered by the model that stands in, or failed with a sentence and the credits back.

use std::time::Duration;

use crate::common::{Client, Cloud, check_rest, pass_time};
use crate::model::{Model, Question, Reply, TOKENS};
use igny8_core::{Ctx, Env};
use igny8_lambda::App;
use igny8_work::Work;
use serde_json::{Value, json};

/// How long the models may take for one item in these tests, in seconds.
const PATIENCE: u64 = 10;

/// What the server does with the question that is the `nth` about this title.
fn misbehave(title: &str, nth: usize, question: &Question) -> Reply {
    let good = || Reply::text(question.good());
    match (title, nth) {
        ("busy", 0) => Reply::error(429, "rate_limit", "Slow down").header("retry-after", "4"),
        ("broken" | "broken twice", 0) | ("always broken", _) => Reply::error(500, "server_error", "Out of order"),
        ("broken twice", 1) => Reply::new(503, "<html>try later</html>"),
        ("slow", 0) => good().after(Duration::from_secs(PATIENCE * 10)),
        ("cut", 0) | ("always cut", _) => {
            let text = question.good().to_string();
            Reply::finished(&text[..text.len() / 2], "length")
        }
        ("wrong", 0) | ("always wrong", _) => Reply::text(json!({ "title": "An article", "body": ["no blocks"] })),
        ("prose", 0) | ("always prose" | "prose again", _) => {
            Reply::text("As a language model, I would rather talk about the sea.")
        }
        ("wrong, then busy", 0) => Reply::text("{}"),
        ("wrong, then busy", 1) => Reply::error(429, "rate_limit", "Slow down").header("retry-after", "1"),
        ("unknown model" | "filtered, then unknown", _) if question.model == "main" => match title {
            "unknown model" => Reply::error(404, "model_not_found", "The model `main` does not exist"),
            _ => Reply::finished("", "content_filter"),
        },
        // The one model is down, the other is not.
        ("main is down", _) if question.model == "main" => Reply::error(500, "server_error", "Out of order"),
        ("unknown models", _) => Reply::error(404, "model_not_found", "No such model"),
        ("refused key", 0) => Reply::error(401, "invalid_api_key", "Incorrect API key provided: sk-test"),
        ("no credit", 0) => Reply::error(429, "insufficient_quota", "You exceeded your current quota"),
        ("no API", 0) => Reply::new(200, "<html>Welcome!</html>"),
        _ => good(),
    }
}

/// A model server, and the way of one article past it.
pub(crate) struct Stage {
    pub(crate) cloud: Cloud,
    pub(crate) app: App,
    model: Model,
}

/// How the way of one article ended.
pub(crate) struct Ended {
    pub(crate) job: Value,
    task: Value,
    pub(crate) contents: usize,
    /// The usage log: call, model, tokens in and out, credits.
    usage: Vec<(String, String, u64, u64, i64)>,
    /// The charges of the ledger.
    pub(crate) charges: Vec<i64>,
    pub(crate) questions: Vec<Question>,
}

impl Ended {
    pub(crate) fn item(&self) -> &Value {
        &self.job["items"][0]
    }

    pub(crate) fn sentence(&self) -> &str {
        self.item()["error"]["message"].as_str().unwrap_or_default()
    }

    #[track_caller]
    pub(crate) fn succeeded(&self, attempts: u64, calls: &[&str]) {
        assert_eq!(self.job["status"], "succeeded", "{:#}", self.job);
        assert_eq!(self.job["credits"], json!({ "reserved": 0, "charged": 3, "refunded": 0 }));
        assert_eq!((self.item()["attempts"].as_u64(), self.sentence()), (Some(attempts), ""), "{:#}", self.job);
        assert_eq!((&self.task["status"], self.contents, &self.charges[..]), (&json!("draft"), 1, &[-3][..]));
        self.used(calls, 3);
    }

    #[track_caller]
    pub(crate) fn failed(&self, attempts: u64, calls: &[&str], sentence: &str) {
        assert_eq!(self.job["status"], "failed", "{:#}", self.job);
        assert_eq!(self.job["credits"], json!({ "reserved": 0, "charged": 0, "refunded": 3 }));
        let item = self.item();
        assert_eq!((item["attempts"].as_u64(), &item["error"]["will_retry"]), (Some(attempts), &json!(false)));
        assert!(self.sentence().contains(sentence), "{}", self.sentence());
        assert!(!self.sentence().contains("by itself") && !self.sentence().contains("sk-"), "{}", self.sentence());
        assert_eq!((&self.task["status"], &self.task["error"]), (&json!("failed"), &item["error"]["message"]));
        assert_eq!((self.contents, self.charges.len()), (0, 0));
        self.used(calls, 0);
    }

    /// Each answered call is in the log once, with its tokens; the last one carries what the item was charged.
    #[track_caller]
    fn used(&self, calls: &[&str], credits: i64) {
        let last = calls.len().wrapping_sub(1);
        let wanted = calls.iter().enumerate().map(|(n, call)| {
            ((*call).to_owned(), "test-model".to_owned(), TOKENS.0, TOKENS.1, if n == last { credits } else { 0 })
        });
        assert_eq!(self.usage, wanted.collect::<Vec<_>>());
    }
}

impl Stage {
    pub(crate) async fn open(more: &[(&str, &str)]) -> Self {
        Self::open_untold(more, None).await
    }

    /// With a variable that the functions are not told.
    async fn open_untold(more: &[(&str, &str)], untold: Option<&str>) -> Self {
        let counts = std::sync::Mutex::new(std::collections::HashMap::<String, usize>::new());
        let model = Model::start(move |question| {
            let title = question.data("brief")["title"].as_str().unwrap().to_owned();
            let nth = {
                let mut counts = counts.lock().unwrap();
                let count = counts.entry(title.clone()).or_default();
                *count += 1;
                *count - 1
            };
            misbehave(&title, nth, question)
        })
        .await;
        let patience = PATIENCE.to_string();
        let mut vars = model.vars();
        vars.push(("AI_TIMEOUT_SECONDS", &patience));
        vars.extend(more);
        let cloud = match untold {
            Some(name) => Cloud::start_untold(&vars, name).await,
            None => Cloud::start_with(&vars).await,
        };
        let app = cloud.up.admin(&cloud.settings).unwrap();
        Self { cloud, app, model }
    }

    pub(crate) fn ctx(ana: &Client<'_>) -> Ctx {
        Ctx::system(ana.tenant.parse().unwrap(), "test", Env::system())
    }

    /// Orders one article of this title.
    pub(crate) async fn order(&self, title: &str) -> (Client<'_>, String, String) {
        let ana = self.cloud.owner(&title.replace([' ', ','], "-")).await;
        let (site, _) = ana.site("Garage").await;
        let task = ana.post("/api/writer/tasks", &json!({ "site_id": site, "title": title })).await.good();
        let started = ana.post("/api/writer/generate", &json!({ "task_ids": [task["id"]] })).await.good();
        (ana, site, started["job"]["id"].as_str().unwrap().to_owned())
    }

    pub(crate) async fn job(ana: &Client<'_>, job: &str) -> Value {
        ana.get(&format!("/api/system/jobs/{job}")).await.good()
    }

    /// Waits until the item waits for its time; the job as it stands then.
    pub(crate) async fn waiting(ana: &Client<'_>, job: &str) -> Value {
        for _ in 0..600 {
            let found = Self::job(ana, job).await;
            let item = &found["items"][0];
            if item["state"] == "waiting" && item["error"]["will_retry"] == true {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("it does not wait: {:#}", Self::job(ana, job).await);
    }

    /// Lets the minutes of a backoff pass until the job has ended.
    pub(crate) async fn hurry(&self, ana: &Client<'_>, job: &str) {
        hurry(&self.cloud, &self.app, ana, job).await;
    }

    /// Waits for the end and looks at everything.
    pub(crate) async fn end(&self, ana: &Client<'_>, site: &str, job: &str) -> Ended {
        let job = ana.wait(job).await;
        let task = ana.all(&format!("/api/writer/tasks?site_id={site}")).await.remove(0);
        let questions =
            self.model.seen().into_iter().filter(|question| question.data("brief")["title"] == task["title"]);
        let mut usage: Vec<_> = ana.all("/api/billing/usage").await;
        let order = |row: &Value| {
            let id = row["id"].as_str().unwrap().to_owned();
            ["first", "repair", "fallback"].iter().position(|call| id.ends_with(call)).unwrap()
        };
        usage.sort_by_key(order);
        let text = |row: &Value, field: &str| row[field].as_str().unwrap().to_owned();
        let number = |row: &Value, field: &str| row[field].as_u64().unwrap();
        let ended = Ended {
            contents: ana.all(&format!("/api/writer/content?site_id={site}")).await.len(),
            usage: usage
                .iter()
                .map(|row| {
                    let call = text(row, "id").rsplit('/').next().unwrap().to_owned();
                    let credits = row["credits"].as_i64().unwrap();
                    (call, text(row, "model"), number(row, "tokens_in"), number(row, "tokens_out"), credits)
                })
                .collect(),
            charges: ana
                .all("/api/billing/transactions")
                .await
                .iter()
                .filter(|entry| entry["type"] == "charge")
                .map(|entry| entry["amount"].as_i64().unwrap())
                .collect(),
            questions: questions.collect(),
            job,
            task,
        };
        self.cloud.check(&[ana]).await;
        let work = Work::new(self.app.cloud.clone(), self.app.table.clone());
        check_rest(&self.app.table, &work, &Self::ctx(ana)).await;
        ended
    }

    /// All questions so far.
    pub(crate) fn seen(&self) -> Vec<Question> {
        self.model.seen()
    }

    /// The whole way of an article of this title.
    pub(crate) async fn write(&self, title: &str) -> Ended {
        let (ana, site, job) = self.order(title).await;
        self.hurry(&ana, &job).await;
        self.end(&ana, &site, &job).await
    }
}

/// Lets the minutes of a backoff pass until the job has ended.
pub(crate) async fn hurry(cloud: &Cloud, app: &App, ana: &Client<'_>, job: &str) {
    for _ in 0..600 {
        if ["succeeded", "partial", "failed"].contains(&Stage::job(ana, job).await["status"].as_str().unwrap()) {
            return;
        }
        pass_time(&app.table, &Stage::ctx(ana), Duration::from_hours(1)).await.unwrap();
        cloud.up.cloud().trigger("system-sweep").await.unwrap();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it does not end: {:#}", Stage::job(ana, job).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_nobody_is_asked() {
    let stage = Stage::open_untold(&[], Some("OPENAI_API_KEY")).await;
    let (ana, site, job) = stage.order("no key").await;
    let ended = stage.end(&ana, &site, &job).await;
    ended.failed(1, &[], "No API key is set for the AI provider. Set one, then retry the failed items.");
    assert_eq!(ended.questions.len(), 0);
    // What trying again would cost is told, and nothing is started by the question.
    let retry = format!("/api/system/jobs/{job}/retry");
    let estimate = ana.post(&format!("{retry}?estimate=true"), &json!({})).await.good();
    assert_eq!(estimate, json!({ "credits": 3, "items": 1 }));
    assert_eq!(ana.get("/api/billing/balance").await.good()["reserved"], 0);
    // Trying again without a key ends the same way, and nothing is lost on the way.
    ana.post(&retry, &json!({})).await.good();
    let again = stage.end(&ana, &site, &job).await;
    assert_eq!((&again.job["credits"]["charged"], again.charges.len()), (&json!(0), 0));
    // Who looks for what went wrong finds it.
    for (filter, found) in [("has_failures=true", 1), ("has_failures=false", 0), (&format!("site_id={site}"), 1)] {
        let jobs = ana.get(&format!("/api/system/jobs?count=true&{filter}")).await.good();
        assert_eq!((&jobs["total"], jobs["items"].as_array().unwrap().len()), (&json!(found), found), "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_by_itself_is_tried_again_at_its_time() {
    let stage = Stage::open(&[("AI_FALLBACK_MODEL", "spare")]).await;

    // The provider's own delay: not before, and without help from the sweep soon after.
    let (ana, site, job) = stage.order("busy").await;
    let meanwhile = Stage::waiting(&ana, &job).await;
    assert_eq!(meanwhile["credits"], json!({ "reserved": 3, "charged": 0, "refunded": 0 }), "{meanwhile:#}");
    let sentence = meanwhile["items"][0]["error"]["message"].as_str().unwrap();
    assert_eq!(sentence, "The AI provider has too many requests now. It is tried again by itself.");
    let ended = stage.end(&ana, &site, &job).await;
    ended.succeeded(2, &["first"]);
    let gap = ended.questions[1].at - ended.questions[0].at;
    assert!(gap >= Duration::from_secs(4) && gap < Duration::from_secs(30), "{gap:?}");
    let models: Vec<_> = ended.questions.iter().map(|question| question.model.as_str()).collect();
    assert_eq!(models, ["main", "main"], "what passes by itself is no reason for another model");

    // Its own failures, and an answer that takes too long, with our delay.
    let ended = stage.write("broken").await;
    ended.succeeded(2, &["first"]);
    let ended = stage.write("broken twice").await;
    ended.succeeded(3, &["first"]);
    let ended = stage.write("slow").await;
    ended.succeeded(2, &["first"]);
    let gap = ended.questions[1].at - ended.questions[0].at;
    assert!(gap >= Duration::from_secs(PATIENCE) && gap < Duration::from_secs(PATIENCE * 9), "{gap:?}");

    // Four times are enough.
    let ended = stage.write("always broken").await;
    ended.failed(4, &[], "The AI provider has a problem now. It was tried 4 times.");
    assert_eq!(ended.questions.len(), 4);

    // The answer that was paid for is kept while the second question waits.
    let ended = stage.write("wrong, then busy").await;
    ended.succeeded(2, &["first", "repair"]);
    assert_eq!(ended.questions.iter().map(|question| question.is_repair).collect::<Vec<_>>(), [false, true, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_answer_goes_back_once() {
    let stage = Stage::open(&[("AI_FALLBACK_MODEL", "spare")]).await;
    for (title, reason) in [("cut", "write it shorter"), ("wrong", "blocks"), ("prose", "holds no JSON")] {
        let ended = stage.write(title).await;
        ended.succeeded(1, &["first", "repair"]);
        let [first, second] = &ended.questions[..] else { panic!("{title}: {} questions", ended.questions.len()) };
        assert!(!first.is_repair && second.is_repair && second.user.contains(reason), "{}", second.user);
        assert_eq!((first.model.as_str(), second.model.as_str()), ("main", "main"));

        let ended = stage.write(&format!("always {title}")).await;
        ended.failed(1, &["first", "repair"], "no usable answer, also not when it was asked again. Nothing is charged");
        assert_eq!(ended.questions.len(), 2, "{title}");
    }

    // A user's retry is a new generation: it asks anew, and is charged once.
    let (ana, site, job) = stage.order("prose again").await;
    stage.end(&ana, &site, &job).await.failed(1, &["first", "repair"], "no usable answer");
    ana.post(&format!("/api/system/jobs/{job}/retry"), &json!({})).await.good();
    let again = stage.end(&ana, &site, &job).await;
    assert_eq!((&again.job["status"], again.questions.len()), (&json!("failed"), 4));
    assert_eq!((again.usage.len(), again.charges.len()), (4, 0), "{:?}", again.usage);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_model_stands_in_once_and_what_is_for_good_ends_at_once() {
    let stage = Stage::open(&[("AI_FALLBACK_MODEL", "spare")]).await;
    for (title, calls) in [("unknown model", &["fallback"][..]), ("filtered, then unknown", &["first", "fallback"])] {
        let ended = stage.write(title).await;
        ended.succeeded(1, calls);
        let models: Vec<_> = ended.questions.iter().map(|question| question.model.as_str()).collect();
        assert_eq!(models, ["main", "spare"], "{title}");
    }
    let ended = stage.write("unknown models").await;
    ended.failed(1, &[], "does not know the model that is set. Choose another model.");
    assert_eq!(ended.questions.len(), 2);

    let for_good = [
        ("refused key", "does not accept the API key"),
        ("no credit", "has no credit left"),
        ("no API", "does not speak its API"),
    ];
    for (title, sentence) in for_good {
        let (ana, site, job) = stage.order(title).await;
        let ended = stage.end(&ana, &site, &job).await;
        ended.failed(1, &[], sentence);
        assert_eq!(ended.questions.len(), 1, "{title}");
        // Once it is mended, a retry of the failed item is all it takes.
        ana.post(&format!("/api/system/jobs/{job}/retry"), &json!({})).await.good();
        let ended = stage.end(&ana, &site, &job).await;
        assert_eq!((&ended.job["status"], &ended.charges[..]), (&json!("succeeded"), &[-3][..]), "{:#}", ended.job);
    }
}
