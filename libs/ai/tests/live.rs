//! The three functions against a real model; runs when IGNY8_LIVE_OPENAI names a base URL (with /v1).
//!
//! A model of a few hundred million parameters writes nonsense; what counts is that every run ends as specified: a
//! typed answer, or a failure of a class with a sentence, and each call counted.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use std::time::Instant;

use igny8_ai::{
    AiFunction, Config, Options, ProviderKind, Router, run,
    shapes::{ContentInput, ContentOutput, IdeasInput, IdeasOutput, content_schema, ideas_schema},
};
use igny8_core::Credits;
use serde_json::{Value, json};
use support::{Cluster, Memory, keywords};

struct Ideas;

impl AiFunction for Ideas {
    const NAME: &'static str = "generate_ideas";
    const MAX_TOKENS: u32 = 1200;
    type Input = IdeasInput;
    type Output = IdeasOutput;

    fn schema() -> Value {
        ideas_schema()
    }

    fn check(&self, _input: &IdeasInput, mut output: IdeasOutput) -> Result<IdeasOutput, String> {
        output.ideas.retain(|idea| !idea.title.trim().is_empty() && !idea.outline.is_empty());
        if output.ideas.is_empty() { Err("There is no idea with an outline.".into()) } else { Ok(output) }
    }

    fn price(&self, _input: &IdeasInput, output: &IdeasOutput) -> Credits {
        Credits(output.ideas.len() as i64)
    }
}

struct Article;

impl AiFunction for Article {
    const NAME: &'static str = "generate_content";
    const MAX_TOKENS: u32 = 700;
    type Input = ContentInput;
    type Output = ContentOutput;

    fn schema() -> Value {
        content_schema()
    }

    fn accepts_cut(&self) -> bool {
        false
    }

    fn check(&self, _input: &ContentInput, output: ContentOutput) -> Result<ContentOutput, String> {
        if output.blocks.is_empty() { Err("The body has no blocks.".into()) } else { Ok(output) }
    }

    fn price(&self, _input: &ContentInput, _output: &ContentOutput) -> Credits {
        Credits(3)
    }
}

#[allow(clippy::disallowed_methods, reason = "names an optional peer")]
fn live() -> Option<Router> {
    let Ok(openai_base_url) = std::env::var("IGNY8_LIVE_OPENAI") else {
        println!("SKIPPED: no real model was asked, because IGNY8_LIVE_OPENAI is not set");
        return None;
    };
    Some(Router::new(Config {
        ai: ProviderKind::OpenAi,
        openai_base_url,
        openai_api_key: std::env::var("IGNY8_LIVE_KEY").unwrap_or_else(|_| "sk-local-test".into()),
        openai_model: std::env::var("IGNY8_LIVE_MODEL").unwrap_or_else(|_| "smollm2-135m-instruct".into()),
        ..Config::default()
    }))
}

async fn try_it<F: AiFunction>(router: &Router, function: F, input: &F::Input)
where
    F::Output: std::fmt::Debug,
{
    let (store, start) = (Memory::default(), Instant::now());
    match run(router, &function, input, &store, &Options::default()).await {
        Ok(answer) => {
            println!("{} ok after {:?}: {:?}\n{:#?}", F::NAME, start.elapsed(), answer.usage, answer.output);
        }
        Err(failure) => {
            println!("{} after {:?}: {failure:#?}", F::NAME, start.elapsed());
            assert!(!failure.sentence().is_empty());
        }
    }
    for (call, answer) in store.answers.lock().unwrap().iter() {
        println!("--- raw {call:?} ({:?}):\n{}", answer.finish, answer.text);
        assert!(answer.tokens_in > 0);
    }
}

#[tokio::test]
async fn a_real_model_clusters() {
    let Some(router) = live() else { return };
    let list = ["running shoes for flat feet", "trail running shoes", "marathon training plan", "protein powder"];
    try_it(&router, Cluster, &keywords(&list)).await;
}

#[tokio::test]
async fn a_real_model_has_ideas() {
    let Some(router) = live() else { return };
    let input = json!({
        "site_name": "Stride", "count": 2,
        "cluster": { "name": "Running Shoes", "keywords": ["running shoes for flat feet", "trail running shoes"] },
    });
    try_it(&router, Ideas, &serde_json::from_value(input).unwrap()).await;
}

#[tokio::test]
async fn a_real_model_writes() {
    let Some(router) = live() else { return };
    let input = json!({
        "site_name": "Stride", "title": "Running Shoes for Flat Feet", "structure": "guide", "entity_type": "post",
        "keywords": ["running shoes for flat feet"], "language": "en", "estimated_words": 300,
        "outline": [{ "heading": "What flat feet need", "points": ["support", "width"] }],
    });
    try_it(&router, Article, &serde_json::from_value(input).unwrap()).await;
}
