//! The way through on answers that a real model gave to our own prompts: good ones end in stored clusters, ideas and
//! articles; damaged ones go back once, and what is still of no use fails with a sentence and the credits back.
//!
//! The answers lie in `up/tests/recorded`; its README says where they come from and how to record more.

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use crate::common::{Client, Cloud};
use crate::model::{Model, Reply};
use crate::recording::{FUNCTIONS, Recording, folder, walk};
use serde_json::{Value, json};

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
    cloud.without_rates().await;
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
