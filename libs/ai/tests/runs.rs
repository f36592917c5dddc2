//! Runs of AI functions against a real HTTP server on loopback: what is stored, repaired, counted, and who stands in.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use igny8_ai::{
    Admission, Answer, Call, Config, Failure, Gate, Health, Model, Options, Price, ProviderKind, Router,
    reader::RepairKind, run, shapes::ClusterOutput,
};
use serde_json::{Value, json};
use support::{Cluster, GOOD, Memory, Reply, Server, keywords, rude_server};

const KEY: &str = "sk-very-secret";

fn router(server: &Server, fallback: &str) -> Router {
    let priced = |name: &str| Model { price: Some(Price::new(15, 60)), ..Model::new(ProviderKind::OpenAi, name) };
    Router::new(Config {
        ai: ProviderKind::OpenAi,
        openai_base_url: server.url.clone(),
        openai_api_key: KEY.into(),
        openai_model: "main".into(),
        fallback_model: fallback.into(),
        models: vec![priced("main"), priced("spare")],
        ..Config::default()
    })
}

async fn cluster(router: &Router, store: &Memory) -> Result<Answer<ClusterOutput>, Failure> {
    run(router, &Cluster, &keywords(&["running shoes", "trail shoes"]), store, &Options::default()).await
}

fn models(server: &Server) -> Vec<String> {
    server.seen().iter().map(|seen| seen.body["model"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_run_is_stored_counted_and_not_repeated() {
    let server = Server::start(vec![Reply::chat(&format!("Sure:\n```json\n{GOOD}\n```"))]).await;
    let (router, store) = (router(&server, ""), Memory::default());
    let answer = cluster(&router, &store).await.unwrap();
    assert_eq!(answer.output.clusters[0].keywords, [1, 2]);
    let usage = &answer.usage[0];
    assert_eq!((usage.model.as_str(), usage.provider.as_str(), usage.call), ("test-model-1", "openai", Call::First));
    assert_eq!((usage.tokens_in, usage.tokens_out, usage.cost_microcents), (100, 20, Some(15 * 100 + 60 * 20)));
    assert_eq!(usage.repaired, [RepairKind::Prose, RepairKind::Fence]);
    // The rerun after a crash reads the stored answer.
    assert_eq!(cluster(&router, &store).await.unwrap(), answer);
    assert_eq!(server.seen().len(), 1);
    let prompt = server.seen()[0].body["messages"][1]["content"].as_str().unwrap().to_owned();
    assert!(prompt.contains("<data name=\"keywords\">") && prompt.contains("trail shoes"), "{prompt}");
}

#[tokio::test]
async fn cached_tokens_cost_less() {
    let mut body: Value = serde_json::from_str(&Reply::chat(GOOD).body).unwrap();
    body["usage"]["prompt_tokens_details"] = json!({ "cached_tokens": 60 });
    let server = Server::start(vec![Reply::new(200, body)]).await;
    let config = Config {
        ai: ProviderKind::OpenAi,
        openai_base_url: server.url.clone(),
        openai_api_key: KEY.into(),
        openai_model: "gpt-4.1".into(),
        ..Config::default()
    };
    let answer = cluster(&Router::new(config), &Memory::default()).await.unwrap();
    // 40 tokens anew, 60 at a quarter of the price, 20 of answer.
    assert_eq!(answer.usage[0].cost_microcents, Some(200 * 40 + 50 * 60 + 800 * 20));
}

#[tokio::test]
async fn a_wrong_answer_goes_back_once_with_the_reason() {
    let cases = [
        (Reply::chat("I would rather not."), "holds no JSON"),
        (Reply::chat("{\"clusters\": [{\"name\": \"Shoes\"}]}"), "missing field `keywords`"),
        (Reply::chat("{\"clusters\": [{\"name\": \"Shoes\", \"keywords\": [7, 8]}]}"), "use the numbers 1 to 2"),
        (Reply::finished("{\"clus", "length"), "write it shorter"),
        (Reply::finished("", "length"), "write it shorter"),
    ];
    for (bad, reason) in cases {
        let server = Server::start(vec![bad.clone(), Reply::chat(GOOD)]).await;
        let store = Memory::default();
        let answer = cluster(&router(&server, "spare"), &store).await.unwrap();
        assert_eq!(answer.usage.iter().map(|usage| usage.call).collect::<Vec<_>>(), [Call::First, Call::Repair]);
        let again = server.seen()[1].body["messages"][1]["content"].as_str().unwrap().to_owned();
        assert!(again.contains(reason) && again.contains("<previous_answer>"), "{again}");
        assert_eq!(models(&server), ["main", "main"]);

        // Twice wrong is for good, with both calls on the bill.
        let server = Server::start(vec![bad]).await;
        let store = Memory::default();
        let router = router(&server, "spare");
        let failure = cluster(&router, &store).await.unwrap_err();
        assert!(matches!(failure, Failure::ForGood { .. }) && failure.usage().len() == 2, "{failure:?}");
        assert!(failure.sentence().contains("no usable answer"));
        assert_eq!(cluster(&router, &store).await.unwrap_err(), failure);
        assert_eq!(server.seen().len(), 2, "a rerun reads both stored answers");
    }
}

#[tokio::test]
async fn a_cut_off_list_is_used_as_far_as_it_goes() {
    let text = "{\"clusters\": [{\"name\": \"Shoes\", \"description\": \"\", \"keywords\": [1]}, {\"name\": \"Tra";
    let server = Server::start(vec![Reply::finished(text, "length")]).await;
    let answer = cluster(&router(&server, ""), &Memory::default()).await.unwrap();
    assert_eq!(answer.output.clusters.len(), 1);
    assert_eq!(answer.repairs[0].kind, RepairKind::CutOff);
}

#[tokio::test]
async fn another_model_stands_in_once() {
    let gone = Reply::error(404, "model_not_found", "The model `main` does not exist");
    let filtered = Reply::finished("", "content_filter");
    for (first, calls) in [(gone, vec![Call::Fallback]), (filtered, vec![Call::First, Call::Fallback])] {
        let server = Server::start(vec![first.clone(), Reply::chat(GOOD)]).await;
        let store = Memory::default();
        let router_with = router(&server, "spare");
        let answer = cluster(&router_with, &store).await.unwrap();
        assert_eq!(answer.usage.iter().map(|usage| usage.call).collect::<Vec<_>>(), calls);
        assert_eq!(models(&server), ["main", "spare"]);
        cluster(&router_with, &store).await.unwrap();
        assert_eq!(server.seen().len(), 2, "a rerun asks neither again");

        let server = Server::start(vec![first]).await;
        let failure = cluster(&router(&server, ""), &Memory::default()).await.unwrap_err();
        assert!(matches!(failure, Failure::ForGood { .. }), "{failure:?}");
    }
}

#[tokio::test]
async fn what_may_pass_is_retried_with_the_providers_delay() {
    let busy = Reply::error(429, "", "Slow down").header("retry-after", "42");
    let server = Server::start(vec![busy]).await;
    let failure = cluster(&router(&server, "spare"), &Memory::default()).await.unwrap_err();
    let Failure::RetryLater { after, usage, .. } = failure else { panic!("{failure:?}") };
    assert_eq!((after, usage.len()), (Some(Duration::from_secs(42)), 0));
    assert_eq!(server.seen().len(), 1, "no fallback for what passes by itself");

    // A retry of the repair call keeps the first answer.
    let server = Server::start(vec![Reply::chat("no"), Reply::new(500, ""), Reply::chat(GOOD)]).await;
    let (router, store) = (router(&server, ""), Memory::default());
    let failure = cluster(&router, &store).await.unwrap_err();
    assert!(matches!(failure, Failure::RetryLater { .. }) && failure.usage().len() == 1, "{failure:?}");
    let answer = cluster(&router, &store).await.unwrap();
    assert_eq!((answer.usage.len(), server.seen().len()), (2, 3));
}

#[tokio::test]
async fn a_store_that_is_away_is_tried_again_later() {
    let server = Server::start(vec![Reply::chat(GOOD)]).await;
    let store = Memory { broken: true, ..Memory::default() };
    let failure = cluster(&router(&server, ""), &store).await.unwrap_err();
    assert!(matches!(failure, Failure::RetryLater { .. }) && failure.detail().contains("S3 is away"), "{failure:?}");
}

#[tokio::test]
async fn no_time_left_is_retry_later() {
    let server = Server::start(vec![Reply::chat(GOOD)]).await;
    let options = Options { timeout: Duration::from_secs(1), ..Options::default() };
    let failure =
        run(&router(&server, ""), &Cluster, &keywords(&["a"]), &Memory::default(), &options).await.unwrap_err();
    assert!(matches!(failure, Failure::RetryLater { .. }) && server.seen().is_empty());
}

#[tokio::test]
async fn offline_needs_no_server() {
    let router = Router::new(Config::default());
    let answer = cluster(&router, &Memory::default()).await.unwrap();
    assert_eq!((answer.usage[0].model.as_str(), answer.usage[0].cost_microcents), ("offline", Some(0)));
    assert_eq!(answer.repairs, []);
}

/// Lets the models pass that it does not name, and remembers what it was told.
#[derive(Debug, Default)]
struct Doorman {
    waits: Mutex<HashMap<&'static str, u64>>,
    stop: bool,
    told: Mutex<Vec<(String, Health, u64)>>,
}

#[async_trait]
impl Gate for Doorman {
    async fn admit(&self, model: &Model) -> igny8_core::Result<Admission> {
        if self.stop {
            return Ok(Admission::Stop { after: Duration::from_secs(99), sentence: "Enough for today.".into() });
        }
        let waits = self.waits.lock().unwrap();
        Ok(waits.get(model.name.as_str()).map_or(Admission::Go, |seconds| Admission::Wait {
            after: Duration::from_secs(*seconds),
            sentence: format!("{} is busy.", model.name),
        }))
    }

    async fn report(&self, model: &Model, health: Health, cost_microcents: u64) -> igny8_core::Result<()> {
        self.told.lock().unwrap().push((model.name.clone(), health, cost_microcents));
        Ok(())
    }
}

async fn guarded(server: &Server, fallback: &str, store: &Memory, gate: &Arc<Doorman>) -> Result<(), Failure> {
    let options = Options { gate: Arc::<Doorman>::clone(gate), ..Options::default() };
    run(&router(server, fallback), &Cluster, &keywords(&["a", "b"]), store, &options).await.map(|_| ())
}

#[tokio::test]
async fn a_model_over_its_limit_is_passed_over() {
    let server = Server::start(vec![Reply::chat(GOOD)]).await;
    let gate = Arc::new(Doorman::default());
    gate.waits.lock().unwrap().extend([("main", 20), ("spare", 5)]);
    // The third may be asked; its answer is the first one of the item.
    let store = Memory::default();
    guarded(&server, "spare, third", &store, &gate).await.unwrap();
    assert_eq!(models(&server), ["third"]);
    assert!(store.answers.lock().unwrap().contains_key(&Call::First));
    // A rerun reads it although the first model may be asked by now.
    gate.waits.lock().unwrap().clear();
    guarded(&server, "spare, third", &store, &gate).await.unwrap();
    assert_eq!(server.seen().len(), 1);

    // All of them: the soonest counts, nobody is asked, and it is no attempt.
    gate.waits.lock().unwrap().extend([("main", 20), ("spare", 5)]);
    let failure = guarded(&server, "spare", &Memory::default(), &gate).await.unwrap_err();
    let Failure::Postponed { after, sentence, .. } = failure else { panic!("{failure:?}") };
    assert_eq!((after, sentence.as_str()), (Duration::from_secs(5), "spare is busy."));
    let stopped = Arc::new(Doorman { stop: true, ..Doorman::default() });
    let failure = guarded(&server, "spare", &Memory::default(), &stopped).await.unwrap_err();
    assert_eq!(failure.sentence(), "Enough for today.");
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn several_models_stand_in_one_after_the_other() {
    let gone = || Reply::error(404, "model_not_found", "No such model");
    let server = Server::start(vec![gone(), gone(), Reply::chat(GOOD)]).await;
    let (gate, store) = (Arc::new(Doorman::default()), Memory::default());
    guarded(&server, "spare, third, fourth", &store, &gate).await.unwrap();
    assert_eq!(models(&server), ["main", "spare", "third"]);
    assert!(store.answers.lock().unwrap().contains_key(&Call::SecondFallback));
    guarded(&server, "spare, third, fourth", &store, &gate).await.unwrap();
    assert_eq!(server.seen().len(), 3, "a rerun asks none of them again");

    // What can only wait may still do it: it is not given up for the refusal of another.
    let server = Server::start(vec![gone()]).await;
    gate.waits.lock().unwrap().insert("spare", 7);
    let failure = guarded(&server, "spare", &Memory::default(), &gate).await.unwrap_err();
    assert!(matches!(failure, Failure::Postponed { .. }), "{failure:?}");
}

#[tokio::test]
async fn a_refusal_stays_with_the_model_that_gave_it() {
    // The first model has to wait, the spare one declines: the item is put off.
    let server = Server::start(vec![Reply::finished("", "content_filter"), Reply::chat("no"), Reply::chat(GOOD)]).await;
    let (gate, store) = (Arc::new(Doorman::default()), Memory::default());
    gate.waits.lock().unwrap().insert("main", 20);
    let failure = guarded(&server, "spare", &store, &gate).await.unwrap_err();
    assert!(matches!(failure, Failure::Postponed { .. }), "{failure:?}");
    // By now it may be asked, and the spare one is not asked again; what is wrong goes back to who answered.
    gate.waits.lock().unwrap().clear();
    guarded(&server, "spare", &store, &gate).await.unwrap();
    assert_eq!(models(&server), ["spare", "main", "main"]);
}

#[tokio::test]
async fn the_order_of_today_may_be_another_one() {
    // The first model refuses, the second one answers badly, and its second try has to wait for the provider.
    let gone = Reply::error(404, "model_not_found", "No such model");
    let server = Server::start(vec![gone, Reply::chat("no"), Reply::new(500, ""), Reply::chat(GOOD)]).await;
    let (gate, store) = (Arc::new(Doorman::default()), Memory::default());
    guarded(&server, "spare", &store, &gate).await.unwrap_err();
    let turned = router(&server, "spare").preferring("auto_cluster", "spare");
    cluster(&turned, &store).await.unwrap();
    assert_eq!(models(&server), ["main", "spare", "spare", "spare"]);

    // The refusal of a model that is gone by now says nothing about the others.
    let server = Server::start(vec![Reply::finished("", "content_filter"), Reply::chat(GOOD)]).await;
    let store = Memory::default();
    gate.waits.lock().unwrap().insert("spare", 20);
    let failure = guarded(&server, "spare", &store, &gate).await.unwrap_err();
    assert!(matches!(failure, Failure::Postponed { .. }), "{failure:?}");
    let off = Model { enabled: false, ..Model::new(ProviderKind::OpenAi, "main") };
    let left = router(&server, "spare").with_settings(|config| config.models[0] = off);
    cluster(&left, &store).await.unwrap();
    assert_eq!(models(&server), ["main", "spare"]);
}

#[tokio::test]
async fn what_was_sent_and_not_answered_counts_in_full() {
    let mut server = Server::start(vec![Reply::chat(GOOD)]).await;
    server.url = rude_server(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{").await;
    let gate = Arc::new(Doorman::default());
    guarded(&server, "", &Memory::default(), &gate).await.unwrap_err();
    let told = gate.told.lock().unwrap();
    let (_, health, cost) = &told[0];
    assert_eq!(*health, Health::Bad { after: None });
    // 800 tokens of answer at 60, and the prompt.
    assert!((60 * 800 + 15 * 100..60 * 800 + 15 * 2000).contains(cost), "{cost}");
}

#[tokio::test]
async fn how_a_call_went_is_told() {
    let server = Server::start(vec![
        Reply::error(429, "", "Slow down").header("retry-after", "42"),
        Reply::error(404, "model_not_found", "No such model"),
        Reply::chat(GOOD),
    ])
    .await;
    let (gate, store) = (Arc::new(Doorman::default()), Memory::default());
    guarded(&server, "spare", &store, &gate).await.unwrap_err();
    guarded(&server, "spare", &store, &gate).await.unwrap();
    let after = Some(Duration::from_secs(42));
    let wanted = [
        ("main".to_owned(), Health::Bad { after }, 0),
        ("main".to_owned(), Health::Unknown, 0),
        ("spare".to_owned(), Health::Good, 15 * 100 + 60 * 20),
    ];
    assert_eq!(*gate.told.lock().unwrap(), wanted);
}
