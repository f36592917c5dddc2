//! From a resolved template to the structs of `mod.rs`.

use std::{collections::BTreeMap, time::Duration};

use serde_json::Value;

use super::{
    Bucket, CorsRule, Event, EventSource, Function, FunctionUrl, Queue, QueueEvent, RuleEvent, ScheduleEvent, Secret,
    SecretValue, StreamEvent, Table, Template, TemplateSource, missing, policies, sockets,
    source::{Resolver, Resources},
    texts,
};
use crate::place::{LocalError, Place, Result, last_part};

/// AWS's upper limit for HTTP APIs.
const GATEWAY_TIMEOUT: Duration = Duration::from_secs(30);

struct Names;

impl Names {
    /// The physical name: the one given, or one made from the logical id.
    fn physical(id: &str, resource: &Value, resolver: &Resolver<'_>) -> Result<String> {
        let (key, made) = match resource["Type"].as_str().unwrap_or_default() {
            "AWS::Serverless::Function" | "AWS::Lambda::Function" => ("FunctionName", id.to_owned()),
            "AWS::SQS::Queue" => ("QueueName", id.to_owned()),
            "AWS::DynamoDB::Table" => ("TableName", id.to_owned()),
            "AWS::ApiGatewayV2::Stage" => ("StageName", id.to_owned()),
            "AWS::S3::Bucket" => ("BucketName", format!("{}-{}", resolver.place.stack, kebab(id))),
            "AWS::Events::EventBus" | "AWS::SecretsManager::Secret" | "AWS::Scheduler::Schedule" => {
                ("Name", id.to_owned())
            }
            _ => return Ok(id.to_owned()),
        };
        match &resource["Properties"][key] {
            Value::Null => Ok(made),
            given => resolver.text(given),
        }
    }
}

impl Resources for Names {
    fn reference(&self, id: &str, resource: &Value, resolver: &Resolver<'_>) -> Result<String> {
        let name = Self::physical(id, resource, resolver)?;
        Ok(match resource["Type"].as_str().unwrap_or_default() {
            "AWS::SQS::Queue" => resolver.place.queue_url(&name),
            "AWS::SecretsManager::Secret" => resolver.place.secret_arn(&name),
            _ => name,
        })
    }

    fn attribute(&self, id: &str, attribute: &str, resource: &Value, resolver: &Resolver<'_>) -> Result<String> {
        let name = Self::physical(id, resource, resolver)?;
        let place = resolver.place;
        Ok(match (resource["Type"].as_str().unwrap_or_default(), attribute) {
            ("AWS::SQS::Queue", "Arn") => place.queue_arn(&name),
            ("AWS::SQS::Queue", "QueueUrl") => place.queue_url(&name),
            ("AWS::DynamoDB::Table", "Arn") => place.table_arn(&name),
            ("AWS::DynamoDB::Table", "StreamArn") => place.stream_arn(&name),
            ("AWS::S3::Bucket", "Arn") => format!("arn:aws:s3:::{name}"),
            ("AWS::S3::Bucket", "DomainName" | "RegionalDomainName") => {
                format!("{name}.s3.{}.amazonaws.com", place.region)
            }
            ("AWS::Serverless::Function" | "AWS::Lambda::Function", "Arn") => place.function_arn(&name),
            // The gateway serves a Function URL at its public paths.
            ("AWS::Serverless::Function" | "AWS::Lambda::Function", "FunctionUrl") => format!("{}/", place.gateway),
            // The gateway serves the stages of WebSocket APIs beside everything else.
            ("AWS::ApiGatewayV2::Api", "ApiEndpoint") => place.gateway.replacen("http", "ws", 1),
            ("AWS::Events::EventBus", "Arn") => place.bus_arn(&name),
            ("AWS::SecretsManager::Secret", "Id" | "Arn") => place.secret_arn(&name),
            ("AWS::KMS::Key", "Arn") => place.arn("kms", format_args!("key/{name}")),
            (_, "QueueName" | "Name") => name,
            (kind, "Arn") => {
                let service = kind.split("::").nth(1).unwrap_or("unknown").to_ascii_lowercase();
                place.arn(&service, &name)
            }
            (kind, _) => {
                return Err(LocalError::Template(format!("{id}.{attribute} of a {kind} cannot be worked out here")));
            }
        })
    }
}

pub(super) fn template(
    source: &TemplateSource,
    place: &Place,
    parameters: &BTreeMap<String, String>,
) -> Result<Template> {
    let resolver = Resolver::new(source, place, parameters, &Names)?;
    let globals = resolver.resolve(&source.0["Globals"]["Function"])?;
    let mut out = Template::default();
    let resources =
        source.0["Resources"].as_object().ok_or_else(|| LocalError::Template("there are no Resources".into()))?;
    for (id, resource) in resources {
        if let Some(condition) = resource["Condition"].as_str()
            && !resolver.condition(condition)?
        {
            continue;
        }
        let name = Names::physical(id, resource, &resolver)?;
        let properties = || resolver.resolve(&resource["Properties"]);
        match resource["Type"].as_str().ok_or_else(|| missing(id, "a Type"))? {
            "AWS::Serverless::Function" => {
                let metadata = resolver.resolve(&resource["Metadata"])?;
                out.functions.insert(id.clone(), function(id, name, &properties()?, &globals, &metadata, place)?);
            }
            "AWS::SQS::Queue" => {
                out.queues.insert(id.clone(), queue(name, &properties()?));
            }
            "AWS::DynamoDB::Table" => {
                out.tables.insert(id.clone(), table(name, properties()?));
            }
            "AWS::S3::Bucket" => {
                out.buckets.insert(id.clone(), bucket(name, &properties()?));
            }
            "AWS::Events::EventBus" => {
                out.buses.insert(id.clone(), name);
            }
            "AWS::SecretsManager::Secret" => {
                out.secrets.insert(id.clone(), secret(name, &properties()?));
            }
            "AWS::Serverless::SimpleTable"
            | "AWS::Lambda::Function"
            | "AWS::Lambda::EventSourceMapping"
            | "AWS::Events::Rule"
            | "AWS::Scheduler::Schedule" => {
                return Err(LocalError::Template(format!(
                    "{id}: the local cloud plays functions with their Events, not a {} of its own",
                    resource["Type"]
                )));
            }
            // Roles, policies of buckets and queues, alarms, log groups and the like have no local counterpart.
            _ => {}
        }
    }
    out.sockets = sockets::apis(resources, &resolver, &out)?;
    if let Some(outputs) = source.0["Outputs"].as_object() {
        for (id, output) in outputs {
            if let Ok(value) = resolver.text(&output["Value"]) {
                out.outputs.insert(id.clone(), value);
            }
        }
    }
    Ok(out)
}

fn function(
    id: &str,
    name: String,
    properties: &Value,
    globals: &Value,
    metadata: &Value,
    place: &Place,
) -> Result<Function> {
    let own_or_global = |key: &str| Some(&properties[key]).filter(|value| !value.is_null()).unwrap_or(&globals[key]);
    let mut environment = BTreeMap::new();
    for variables in [&globals["Environment"]["Variables"], &properties["Environment"]["Variables"]] {
        for (key, value) in variables.as_object().into_iter().flatten() {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            environment.insert(key.clone(), text);
        }
    }
    let mut events = Vec::new();
    for (event_id, event) in properties["Events"].as_object().into_iter().flatten() {
        if let Some(source) = self::event(id, event_id, event, place)? {
            events.push(Event { id: event_id.clone(), source });
        }
    }
    let url = match own_or_global("FunctionUrlConfig") {
        Value::Null => None,
        config => {
            Some(FunctionUrl { iam: config["AuthType"] == "AWS_IAM", paths: texts(&metadata["FunctionUrlPaths"]) })
        }
    };
    Ok(Function {
        id: id.to_owned(),
        binary: metadata["BuildProperties"]["Binary"].as_str().map_or_else(|| kebab(id), str::to_owned),
        name,
        timeout: Duration::from_secs(number(own_or_global("Timeout")).unwrap_or(3)),
        memory_mb: number(own_or_global("MemorySize")).unwrap_or(128) as u32,
        concurrency: number(own_or_global("ReservedConcurrentExecutions")).map(|n| n as u32),
        environment,
        events,
        url,
        statements: policies::statements(&properties["Policies"], place)
            .map_err(|e| LocalError::Template(format!("{id}: {e}")))?,
        on_failure: destination(&properties["EventInvokeConfig"]["DestinationConfig"])
            .or_else(|| properties["DeadLetterQueue"]["TargetArn"].as_str().map(str::to_owned)),
    })
}

fn event(function: &str, id: &str, event: &Value, place: &Place) -> Result<Option<EventSource>> {
    let properties = &event["Properties"];
    let text = |key: &str| {
        properties[key].as_str().map(str::to_owned).ok_or_else(|| missing(&format!("{function}.{id}"), key))
    };
    let enabled = properties["Enabled"].as_bool().unwrap_or(true) && properties["State"] != "DISABLED";
    let partial_failures =
        texts(&properties["FunctionResponseTypes"]).iter().any(|kind| kind == "ReportBatchItemFailures");
    let input = match &properties["Input"] {
        Value::Null => None,
        Value::String(text) => Some(
            serde_json::from_str(text)
                .map_err(|_| LocalError::Template(format!("{function}.{id}: Input is no JSON")))?,
        ),
        other => Some(other.clone()),
    };
    let dead_letter = properties["DeadLetterConfig"]["Arn"].as_str().map(str::to_owned);
    let source = match event["Type"].as_str().unwrap_or_default() {
        "HttpApi" => {
            let millis = number(&properties["TimeoutInMillis"]).map_or(GATEWAY_TIMEOUT, Duration::from_millis);
            EventSource::Http {
                method: properties["Method"].as_str().unwrap_or("ANY").to_ascii_uppercase(),
                path: properties["Path"].as_str().unwrap_or("$default").to_owned(),
                timeout: millis.min(GATEWAY_TIMEOUT),
            }
        }
        "SQS" => EventSource::Queue(QueueEvent {
            arn: text("Queue")?,
            batch_size: number(&properties["BatchSize"]).unwrap_or(10).clamp(1, 10_000) as usize,
            window: Duration::from_secs(number(&properties["MaximumBatchingWindowInSeconds"]).unwrap_or(0)),
            partial_failures,
            max_concurrency: number(&properties["ScalingConfig"]["MaximumConcurrency"]).map(|n| n as u32),
        }),
        "DynamoDB" => EventSource::Stream(StreamEvent {
            arn: text("Stream")?,
            batch_size: number(&properties["BatchSize"]).unwrap_or(100).clamp(1, 1000) as usize,
            partial_failures,
            bisect: properties["BisectBatchOnFunctionError"].as_bool().unwrap_or(false),
            max_retries: properties["MaximumRetryAttempts"].as_i64().and_then(|n| u32::try_from(n).ok()),
            from_start: properties["StartingPosition"] == "TRIM_HORIZON",
            filters: filters(&properties["FilterCriteria"])?,
            on_failure: destination(&properties["DestinationConfig"]),
        }),
        "ScheduleV2" | "Schedule" => EventSource::Schedule(ScheduleEvent {
            name: properties["Name"].as_str().map_or_else(|| format!("{function}{id}"), str::to_owned),
            expression: text(if event["Type"] == "Schedule" { "Schedule" } else { "ScheduleExpression" })?,
            input,
            enabled,
            dead_letter,
        }),
        "EventBridgeRule" | "CloudWatchEvent" => EventSource::Rule(RuleEvent {
            bus: properties["EventBusName"].as_str().map_or("default", last_part).to_owned(),
            pattern: properties["Pattern"].clone(),
            input,
            dead_letter,
        }),
        other => {
            return Err(LocalError::Template(format!("{function}.{id}: events of type {other:?} are not played here")));
        }
    };
    let _ = place;
    // Schedules stay known when they are off, so that a test can still trigger them.
    Ok((enabled || matches!(source, EventSource::Schedule(_))).then_some(source))
}

fn destination(config: &Value) -> Option<String> {
    config["OnFailure"]["Destination"].as_str().map(str::to_owned)
}

fn filters(criteria: &Value) -> Result<Vec<Value>> {
    let mut out = Vec::new();
    for filter in criteria["Filters"].as_array().into_iter().flatten() {
        out.push(match &filter["Pattern"] {
            Value::String(text) => serde_json::from_str(text)
                .map_err(|_| LocalError::Template(format!("the filter pattern {text} is no JSON")))?,
            other => other.clone(),
        });
    }
    Ok(out)
}

fn queue(name: String, properties: &Value) -> Queue {
    let seconds = |key: &str, default| Duration::from_secs(number(&properties[key]).unwrap_or(default));
    let redrive = &properties["RedrivePolicy"];
    Queue {
        name,
        visibility: seconds("VisibilityTimeout", 30),
        retention: seconds("MessageRetentionPeriod", 345_600),
        delay: seconds("DelaySeconds", 0),
        redrive: redrive["deadLetterTargetArn"]
            .as_str()
            .map(|arn| (arn.to_owned(), number(&redrive["maxReceiveCount"]).unwrap_or(10) as u32)),
    }
}

fn table(name: String, properties: Value) -> Table {
    let ttl = &properties["TimeToLiveSpecification"];
    Table {
        ttl_attribute: ttl["AttributeName"].as_str().filter(|_| ttl["Enabled"] != false).map(str::to_owned),
        stream: properties["StreamSpecification"]["StreamViewType"].as_str().map(str::to_owned),
        name,
        properties,
    }
}

fn bucket(name: String, properties: &Value) -> Bucket {
    let rules = properties["CorsConfiguration"]["CorsRules"].as_array();
    let cors = rules.into_iter().flatten().map(|rule| CorsRule {
        origins: texts(&rule["AllowedOrigins"]),
        methods: texts(&rule["AllowedMethods"]),
        headers: texts(&rule["AllowedHeaders"]),
        exposed: texts(&rule["ExposedHeaders"]),
    });
    Bucket { name, cors: cors.collect() }
}

fn secret(name: String, properties: &Value) -> Secret {
    let generate = &properties["GenerateSecretString"];
    let initial = if let Some(text) = properties["SecretString"].as_str() {
        SecretValue::Text(text.to_owned())
    } else if generate.is_null() {
        SecretValue::Empty
    } else {
        SecretValue::Generated {
            length: number(&generate["PasswordLength"]).unwrap_or(32) as usize,
            template: generate["SecretStringTemplate"]
                .as_str()
                .zip(generate["GenerateStringKey"].as_str())
                .map(|(template, key)| (template.to_owned(), key.to_owned())),
        }
    };
    Secret { name, initial }
}

/// Numbers may be written as texts, as CloudFormation allows.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

/// `WriterGenerateWorker` → `writer-generate-worker`.
fn kebab(id: &str) -> String {
    let mut out = String::new();
    for (position, letter) in id.chars().enumerate() {
        if letter.is_ascii_uppercase() && position > 0 {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests;
