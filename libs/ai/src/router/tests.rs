use super::*;

fn route(config: Config, function: &str, roll: u64) -> Vec<String> {
    Router::new(config).route(function, roll).targets.iter().map(|target| target.model.key()).collect()
}

fn names(config: Config, function: &str) -> (String, Option<String>) {
    let mut names = route(config, function, 0).into_iter();
    (names.next().unwrap(), names.next())
}

fn priced(name: &str, cents: u64) -> Model {
    Model { price: Some(Price::new(cents, cents)), ..Model::new(ProviderKind::OpenAi, name) }
}

fn three(strategy: Strategy) -> Config {
    Config {
        ai: ProviderKind::OpenAi,
        openai_model: "a".into(),
        fallback_model: "b, c".into(),
        models: vec![priced("a", 30), priced("b", 10)],
        strategy,
        ..Config::default()
    }
}

#[test]
fn the_order_is_the_configurations_the_cheapest_or_drawn() {
    assert_eq!(route(three(Strategy::Order), "x", 0), ["openai:a", "openai:b", "openai:c"]);
    // A model without a price is not taken for a free one.
    assert_eq!(route(three(Strategy::Price), "x", 0), ["openai:b", "openai:a", "openai:c"]);
    let mut ordered = three(Strategy::Order);
    ordered.models.push(Model { order: Some(1), ..Model::new(ProviderKind::OpenAi, "c") });
    assert_eq!(route(ordered, "x", 0), ["openai:c", "openai:a", "openai:b"]);

    let mut weighed = three(Strategy::Balance);
    weighed.models = vec![Model { weight: 3, ..priced("a", 30) }, Model { weight: 0, ..priced("b", 10) }];
    let firsts = (0..400).map(|roll| route(weighed.clone(), "x", roll).swap_remove(0));
    let count = |name: &str, firsts: &[String]| firsts.iter().filter(|first| *first == name).count();
    let firsts: Vec<_> = firsts.collect();
    assert_eq!((count("openai:a", &firsts), count("openai:b", &firsts)), (300, 0));
    assert_eq!(route(weighed, "x", 3), ["openai:c", "openai:a", "openai:b"], "the others stand in");
}

#[test]
fn a_function_has_models_of_its_own_and_too_many_are_left_out() {
    let mut config = three(Strategy::Order);
    config.by_function.insert("x".into(), "d,e,f,g,h".into());
    assert_eq!(route(config.clone(), "x", 0), ["openai:d", "openai:e", "openai:f", "openai:g"]);
    assert_eq!(route(config.clone(), "y", 0), ["openai:a", "openai:b", "openai:c"]);
    config.models = vec![Model { enabled: false, ..Model::new(ProviderKind::OpenAi, "a") }];
    assert_eq!(route(config.clone(), "y", 0), ["openai:b", "openai:c"]);
    // Settings can add a model that the configuration does not name.
    config.models.push(Model { order: Some(900), ..priced("new", 1) });
    config.models.push(priced("only priced", 1));
    assert_eq!(route(config.clone(), "y", 0), ["openai:b", "openai:c", "openai:new"]);
    let names: Vec<_> = Router::new(config).models().iter().map(|model| model.name.clone()).collect();
    assert_eq!(names, ["a", "b", "c", "d", "e", "f", "g", "h", "new", "only priced"]);
}

#[test]
fn picks_by_function_and_never_falls_back_to_offline() {
    assert_eq!(
        names(Config { fallback_model: "gpt-5".into(), ..Config::default() }, "x"),
        ("offline:offline".into(), None)
    );
    let config = Config {
        ai: ProviderKind::OpenAi,
        openai_model: "qwen3:0.6b".into(),
        anthropic_api_key: "k".into(),
        fallback_model: "claude-haiku-4-5".into(),
        by_function: [("auto_cluster".to_owned(), "openai:small".to_owned())].into(),
        ..Config::default()
    };
    let fallback = Some("anthropic:claude-haiku-4-5".to_owned());
    assert_eq!(names(config.clone(), "generate_content"), ("openai:qwen3:0.6b".into(), fallback.clone()));
    assert_eq!(names(config.clone(), "auto_cluster"), ("openai:small".into(), fallback));
    let offline = Config { fallback_model: "offline:offline".into(), ..config.clone() };
    assert_eq!(names(offline, "x").1, None);
    let itself = Config { fallback_model: "qwen3:0.6b".into(), ..config.clone() };
    assert_eq!(names(itself, "x").1, None);
    let off = Model { enabled: false, ..Model::new(ProviderKind::OpenAi, "qwen3:0.6b") };
    let disabled = Config { models: vec![off], ..config };
    assert_eq!(names(disabled, "x"), ("anthropic:claude-haiku-4-5".into(), None));
}

#[test]
fn a_choice_of_the_operators_models_goes_first() {
    let config =
        Config { ai: ProviderKind::OpenAi, openai_model: "a".into(), fallback_model: "b".into(), ..Config::default() };
    let router = Router::new(config);
    assert_eq!(router.choices("x"), ["a", "b"]);
    assert_eq!(router.clone().preferring("x", "b").choices("x"), ["b", "a"]);
    assert_eq!(router.preferring("x", "dear").choices("x"), ["a", "b"]);
    assert_eq!(Router::new(Config::default()).preferring("x", "dear").choices("x"), ["offline"]);
}

#[test]
fn keys_are_not_shown() {
    let config =
        Config { openai_api_key: "sk-secret".into(), anthropic_api_key: "sk-other".into(), ..Config::default() };
    let shown = format!("{config:?} {:?}", Router::new(config.clone()));
    assert!(!shown.contains("sk-"), "{shown}");
}
