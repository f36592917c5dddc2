//! The way through on answers that a real model gave to our own prompts: good ones end in stored clusters, ideas and
//! articles; damaged ones go back once, and what is still of no use fails with a sentence and the credits back.
//!
//! The answers lie in `up/tests/recorded`; its README says where they come from and how to record more.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test that cannot be set up must fail; where to record from is the one who records's choice"
)]

mod common;
mod model;

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use common::{Client, Cloud};
use http_body_util::{BodyExt, Full};
use hyper::{Request, body::Bytes};
use hyper_util::{client::legacy::Client as Hyper, rt::TokioExecutor};
use model::{Model, Question, Reply};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const KEYWORDS: [&str; 9] = [
    "brake pads",
    "best brake pads",
    "change brake pads",
    "how to change brake pads",
    "oil change",
    "oil change near me",
    "oil change cost",
    "wheel alignment",
    "wheel alignment cost",
];
const FUNCTIONS: [&str; 3] = ["auto_cluster", "generate_ideas", "generate_content"];
/// How a server may be asked for an answer's shape.
const FORMATS: [&str; 3] = ["json_schema", "json_object", "text"];

/// One item's conversation with a model, as it was.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Recording {
    /// The AI function.
    function: String,
    /// How the answer's shape was asked for.
    format: String,
    /// How the job ended: `succeeded` or `failed`.
    ends: String,
    /// The keywords that the way began with.
    #[serde(default = "nine_keywords")]
    keywords: Vec<String>,
    /// The bodies of the answers, in their order, as they came.
    answers: Vec<Value>,
}

fn nine_keywords() -> Vec<String> {
    KEYWORDS.map(str::to_owned).to_vec()
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/recorded")
}

fn recordings() -> Vec<(String, Recording)> {
    let mut files: Vec<_> = std::fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|kind| kind == "json"));
    files.sort();
    let read = |file: PathBuf| {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        (name, serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap())
    };
    files.into_iter().map(read).collect()
}

/// Goes the way until the function in question, whose job comes back with how the way went on.
async fn walk(ana: &Client<'_>, function: &str, keywords: &[String]) -> (String, Value) {
    let (site, _) = ana.site("Taller").await;
    let keywords: Vec<_> = keywords.iter().map(|keyword| json!({ "keyword": keyword })).collect();
    ana.post("/api/planner/keywords", &json!({ "site_id": site, "keywords": keywords })).await.good();
    let job = ana.job("/api/planner/cluster", &json!({ "site_id": site, "all_new": true })).await;
    if function == "auto_cluster" {
        return (site, job);
    }
    let clusters = ana.all(&format!("/api/planner/clusters?site_id={site}")).await;
    let ask = json!({ "cluster_ids": [clusters[0]["id"]], "per_cluster": 3 });
    let job = ana.job("/api/planner/ideas/generate", &ask).await;
    if function == "generate_ideas" {
        return (site, job);
    }
    let ideas = ana.all(&format!("/api/planner/ideas?site_id={site}")).await;
    let tasks = ana.post("/api/planner/ideas/queue", &json!({ "idea_ids": [ideas[0]["id"]] })).await.good();
    let job = ana.job("/api/writer/generate", &json!({ "task_ids": tasks["task_ids"] })).await;
    (site, job)
}

/// What must hold of a job that a model's answers made.
async fn check(ana: &Client<'_>, site: &str, job: &Value, recording: &Recording) {
    let item = &job["items"][0];
    assert_eq!(job["status"], json!(recording.ends), "{job:#}");
    // Every call is in the usage log with its tokens, also those of no use.
    let usage = ana.all("/api/billing/usage").await;
    let mut logged: Vec<_> = usage.iter().filter(|used| used["job_id"] == job["id"]).collect();
    logged.sort_by_key(|used| !used["id"].as_str().unwrap().ends_with("/first"));
    let tokens = |used: &Value, one: &str, two: &str| (used[one].as_u64().unwrap(), used[two].as_u64().unwrap());
    let logged: Vec<_> = logged.into_iter().map(|used| tokens(used, "tokens_in", "tokens_out")).collect();
    let answered = recording.answers.iter().map(|body| tokens(&body["usage"], "prompt_tokens", "completion_tokens"));
    assert_eq!(logged, answered.collect::<Vec<_>>());

    let charged = job["credits"]["charged"].as_u64().unwrap();
    let clusters = ana.all(&format!("/api/planner/clusters?site_id={site}")).await;
    let ideas = ana.all(&format!("/api/planner/ideas?site_id={site}")).await;
    let contents = ana.all(&format!("/api/writer/content?site_id={site}")).await;
    let good = recording.ends == "succeeded";
    if !good {
        let sentence = item["error"]["message"].as_str().unwrap();
        assert!(sentence.contains("no usable answer") && sentence.contains("Nothing is charged"), "{item:#}");
        assert_eq!((charged, recording.answers.len(), &item["error"]["will_retry"]), (0, 2, &json!(false)));
    }
    match recording.function.as_str() {
        "auto_cluster" => {
            let keywords = ana.all(&format!("/api/planner/keywords?site_id={site}")).await;
            let placed = keywords.iter().filter(|keyword| keyword["status"] == "clustered").count();
            let counted: u64 = clusters.iter().map(|cluster| cluster["keyword_count"].as_u64().unwrap()).sum();
            assert_eq!((placed as u64, clusters.is_empty()), (counted, !good), "{clusters:#?}");
            assert!(if good { placed * 2 >= recording.keywords.len() } else { placed == 0 }, "{placed}");
            assert_eq!(charged, u64::from(good));
        }
        "generate_ideas" => {
            assert_eq!((ideas.len() as u64, ideas.is_empty()), (charged, !good), "{ideas:#?}");
            let known: BTreeSet<_> = recording.keywords.iter().map(String::as_str).collect();
            for idea in &ideas {
                assert!(!idea["outline"].as_array().unwrap().is_empty(), "{idea:#}");
                let targets = idea["target_keywords"].as_array().unwrap();
                assert!(targets.iter().all(|keyword| known.contains(keyword.as_str().unwrap())), "{idea:#}");
            }
        }
        _ => {
            assert_eq!((contents.len(), charged), if good { (1, 3) } else { (0, 0) });
            let tasks = ana.all(&format!("/api/writer/tasks?site_id={site}")).await;
            assert_eq!(tasks[0]["status"], if good { "draft" } else { "failed" });
            if good {
                publish(ana, &contents[0]).await;
            }
        }
    }
}

/// Whatever a model wrote, it becomes a sound page.
async fn publish(ana: &Client<'_>, content: &Value) {
    let publish = json!({ "content_ids": [content["id"]], "destinations": ["igny8"] });
    let job = ana.job("/api/publish", &publish).await;
    assert_eq!(job["status"], "succeeded", "{job:#}");
    let view = ana.get(&format!("/api/writer/content/{}", content["id"].as_str().unwrap())).await.good();
    let url = view["destinations"]["igny8"]["url"].as_str().unwrap();
    let (host, path) = url.trim_start_matches("http://").split_once('/').unwrap();
    let page = ana.cloud.page(host.split(':').next().unwrap(), &format!("/{path}")).await;
    assert_eq!(page.status, 200, "{url}");
    assert!(page.text().contains("<article") && !page.text().contains("<script>"), "{}", page.text());
}

#[tokio::test(flavor = "multi_thread")]
async fn recorded_answers_of_a_real_model_end_as_specified() {
    let now: Arc<Mutex<Option<(Recording, usize)>>> = Arc::default();
    let playing = now.clone();
    let model = Model::start(move |question| {
        let mut playing = playing.lock().unwrap();
        let (recording, next) = playing.as_mut().unwrap();
        if question.function != recording.function {
            return Reply::text(question.good());
        }
        *next += 1;
        assert_eq!(question.is_repair, *next == 2, "the second question is the first with what was wrong");
        Reply::new(200, &recording.answers[*next - 1])
    })
    .await;
    let cloud = Cloud::start_with(&model.vars()).await;
    let mut seen = BTreeSet::new();
    for (name, recording) in recordings() {
        println!("{name}");
        let ana = cloud.owner(&name).await;
        *now.lock().unwrap() = Some((recording.clone(), 0));
        let (site, job) = walk(&ana, &recording.function, &recording.keywords).await;
        check(&ana, &site, &job, &recording).await;
        let asked = now.lock().unwrap().take().unwrap().1;
        assert_eq!(asked, recording.answers.len(), "{name}: questions");
        cloud.check(&[&ana]).await;
        seen.insert((recording.function, recording.ends));
    }
    for function in FUNCTIONS {
        for end in ["succeeded", "failed"] {
            assert!(seen.contains(&(function.to_owned(), end.to_owned())), "{function}: none is recorded that {end}");
        }
    }
}

/// Records; up/tests/recorded/README.md says how.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs a model server; see up/tests/recorded/README.md"]
async fn record() {
    let from = std::env::var("IGNY8_RECORD_FROM").expect("IGNY8_RECORD_FROM");
    let rounds = std::env::var("IGNY8_RECORD_ROUNDS").map_or(1, |rounds| rounds.parse().unwrap());
    let only = std::env::var("IGNY8_RECORD_ONLY").ok();
    let ends = std::env::var("IGNY8_RECORD_ENDS").ok();
    let keywords = std::env::var("IGNY8_RECORD_KEYWORDS").map_or_else(
        |_| nine_keywords(),
        |keywords| keywords.split(',').map(|keyword| keyword.trim().to_owned()).collect(),
    );
    for round in 1..=rounds {
        for function in FUNCTIONS {
            for format in FORMATS {
                let name = format!("{}-{}-{round}", function.replace('_', "-"), format.replace('_', "-"));
                let wanted = only.as_ref().is_none_or(|only| name.contains(only.as_str()));
                if !wanted || folder().join(format!("{name}.json")).exists() {
                    continue;
                }
                let answers: Arc<Mutex<Vec<Value>>> = Arc::default();
                let (kept, from) = (answers.clone(), from.clone());
                let model = Model::start_with(move |question| {
                    let (kept, from) = (kept.clone(), from.clone());
                    Box::pin(async move {
                        if question.function != function {
                            return Reply::text(question.good());
                        }
                        let reply = ask(&from, question, format, round).await;
                        kept.lock().unwrap().push(serde_json::from_str(&reply.body).unwrap());
                        reply
                    })
                })
                .await;
                let cloud = Cloud::start_with(&model.vars()).await;
                let ana = cloud.owner("ana").await;
                let (_, job) = walk(&ana, function, &keywords).await;
                let recording = Recording {
                    function: function.to_owned(),
                    format: format.to_owned(),
                    ends: job["status"].as_str().unwrap().to_owned(),
                    keywords: keywords.clone(),
                    answers: answers.lock().unwrap().clone(),
                };
                println!("{name}: {} after {} answers", recording.ends, recording.answers.len());
                if ends.as_ref().is_some_and(|ends| *ends != recording.ends) {
                    continue;
                }
                let text = serde_json::to_string_pretty(&recording).unwrap();
                std::fs::write(folder().join(format!("{name}.json")), text + "\n").unwrap();
            }
        }
    }
}

/// Asks the real model our question; only the shape, the length and the chance are set here. The body is changed as a
/// text: read and written again, the fields of the schema would come in another order, and so would the answer's.
async fn ask(from: &str, question: Question, format: &str, round: u64) -> Reply {
    let mut body = question.body;
    let (rest, _) = body.split_once(",\"response_format\":").expect("the format comes last");
    if format == "text" {
        body = format!("{rest}}}");
    } else if format == "json_object" {
        body = format!("{rest},\"response_format\":{{\"type\":\"json_object\"}}}}");
    }
    let (_, rest) = body.split_once("\"max_tokens\":").expect("a limit is set");
    let limit: String = rest.chars().take_while(char::is_ascii_digit).collect();
    let most = std::env::var("IGNY8_RECORD_TOKENS").unwrap_or_else(|_| "400".to_owned());
    body = body.replacen(&format!("\"max_tokens\":{limit}"), &format!("\"max_tokens\":{most},\"seed\":{round}"), 1);
    let key = std::env::var("IGNY8_RECORD_KEY").unwrap_or_default();
    let request = Request::post(format!("{from}/chat/completions"))
        .header("content-type", "application/json")
        .header("authorization", format!("Bearer {key}"))
        .body(Full::new(Bytes::from(body)))
        .unwrap();
    let http: Hyper<_, Full<Bytes>> = Hyper::builder(TokioExecutor::new()).build_http();
    let answer = http.request(request).await.unwrap();
    let status = answer.status().as_u16();
    let bytes = answer.into_body().collect().await.unwrap().to_bytes();
    Reply::new(status, String::from_utf8_lossy(&bytes))
}
