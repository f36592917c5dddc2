use super::*;
use crate::iam::{Need, allowed};

const TEMPLATE: &str = include_str!("../../../tests/fixture.yaml");

fn fixture() -> Template {
    let source = TemplateSource::read(TEMPLATE).unwrap();
    Template::resolve(&source, &Place::default(), &BTreeMap::new()).unwrap()
}

#[test]
fn reads_functions_with_globals_events_and_metadata() {
    let template = fixture();
    let keywords = &template.functions["PlannerKeywords"];
    assert_eq!(keywords.binary, "planner-keywords");
    assert_eq!(keywords.timeout, Duration::from_secs(29));
    assert_eq!(keywords.memory_mb, 256);
    assert_eq!(keywords.environment["TABLE"], "igny8-local-table");
    assert_eq!(keywords.environment["QUEUE_URL"], "http://127.0.0.1:8011/000000000000/GenerateQueue");
    let routes: Vec<_> = keywords
        .events
        .iter()
        .map(|event| match &event.source {
            EventSource::Http { method, path, .. } => format!("{method} {path}"),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(routes, ["ANY /api/planner/keywords/{proxy+}", "ANY /api/planner/keywords"], "by their ids");

    let worker = &template.functions["GenerateWorker"];
    let EventSource::Queue(event) = &worker.events[0].source else { panic!("{:?}", worker.events) };
    assert_eq!((event.batch_size, event.partial_failures, event.max_concurrency), (1, true, Some(4)));
    assert_eq!(event.arn, "arn:aws:sqs:eu-central-1:000000000000:GenerateQueue");

    let stream = &template.functions["StreamFeed"];
    let EventSource::Stream(event) = &stream.events[0].source else { panic!("{:?}", stream.events) };
    assert!(event.bisect && event.from_start && event.filters.len() == 1);

    let sweep = &template.functions["Sweep"];
    let EventSource::Schedule(event) = &sweep.events[0].source else { panic!("{:?}", sweep.events) };
    assert_eq!(event.expression, "rate(1 minute)");
    assert_eq!(template.functions["Webhook"].url.as_ref().unwrap().paths, ["/webhooks/stripe", "/bridge/{proxy+}"]);
}

#[test]
fn reads_queues_tables_buckets_buses_and_secrets() {
    let template = fixture();
    let queue = &template.queues["GenerateQueue"];
    assert_eq!(queue.visibility, Duration::from_secs(2));
    assert_eq!(queue.redrive, Some(("arn:aws:sqs:eu-central-1:000000000000:GenerateDeadLetters".into(), 2)));
    let table = &template.tables["Table"];
    assert_eq!(table.name, "igny8-local-table");
    assert_eq!(table.ttl_attribute.as_deref(), Some("expires_at"));
    assert_eq!(table.stream.as_deref(), Some("NEW_AND_OLD_IMAGES"));
    assert_eq!(template.buckets["SiteBucket"].cors[0].methods, ["PUT"]);
    assert_eq!(template.buses["Bus"], "Bus");
    assert_eq!(template.secrets["SigningKey"].initial, SecretValue::Generated { length: 64, template: None });
}

#[test]
fn policies_allow_what_they_say_and_nothing_else() {
    let template = fixture();
    let place = Place::default();
    let table = place.table_arn("igny8-local-table");
    let can = |function: &str, action: &str, resource: &str| {
        allowed(&template.functions[function].statements, &Need::new(action, resource))
    };
    assert!(can("PlannerKeywords", "dynamodb:Query", &format!("{table}/index/gsi1")));
    assert!(can("PlannerKeywords", "sqs:SendMessage", &place.queue_arn("GenerateQueue")));
    assert!(!can("PlannerKeywords", "sqs:ReceiveMessage", &place.queue_arn("GenerateQueue")));
    assert!(!can("PlannerKeywords", "dynamodb:DeleteTable", &table));
    assert!(can("Webhook", "s3:PutObject", "arn:aws:s3:::igny8-local-site-bucket/uploads/x"));
    assert!(!can("Webhook", "s3:PutObject", "arn:aws:s3:::igny8-local-site-bucket/sites/x"));
    assert!(can("Webhook", "secretsmanager:GetSecretValue", &place.secret_arn("SigningKey")));
}

#[test]
fn what_cannot_be_played_is_refused_by_name() {
    for (text, word) in [
        ("Resources: {F: {Type: AWS::Serverless::Function, Properties: {Events: {E: {Type: Kafka}}}}}", "Kafka"),
        ("Resources: {F: {Type: AWS::Serverless::Function, Properties: {Policies: [{Odd: {}}]}}}", "Odd"),
        ("Resources: {R: {Type: AWS::Events::Rule}}", "AWS::Events::Rule"),
        ("{}", "Resources"),
    ] {
        let source = TemplateSource::read(text).unwrap();
        let error = Template::resolve(&source, &Place::default(), &BTreeMap::new()).unwrap_err().to_string();
        assert!(error.contains(word), "{text}: {error}");
    }
}

#[test]
fn logical_ids_become_kebab_case() {
    assert_eq!(kebab("WriterGenerateWorker"), "writer-generate-worker");
}
