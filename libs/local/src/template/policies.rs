//! A function's policies: inline statements and the SAM policy templates, as resolved statements.
//!
//! Source of the templates: aws-sam-translator's `policy_templates.json`; those that no IGNY8 function uses are not read.

use serde_json::Value;

use super::texts;
use crate::{
    iam::{Condition, Statement},
    place::{LocalError, Place, Result, last_part},
};

/// Managed policies that only allow logs and traces, which this cloud does not have.
const HARMLESS: &[&str] = &["AWSLambdaBasicExecutionRole", "AWSXRayDaemonWriteAccess", "AWSXrayWriteOnlyAccess"];

/// The statements of `Policies`, whose intrinsic functions are worked out already.
pub(super) fn statements(policies: &Value, place: &Place) -> Result<Vec<Statement>> {
    let list = match policies {
        Value::Null => return Ok(Vec::new()),
        Value::Array(list) => list.clone(),
        one => vec![one.clone()],
    };
    let mut out = Vec::new();
    for policy in &list {
        match policy {
            Value::String(managed) if HARMLESS.contains(&last_part(managed)) => {}
            Value::Object(map) if map.contains_key("Statement") => {
                let statements = match &policy["Statement"] {
                    Value::Array(list) => list.clone(),
                    one => vec![one.clone()],
                };
                for statement in &statements {
                    out.push(inline(statement)?);
                }
            }
            Value::Object(map) if map.len() == 1 => {
                for (name, arguments) in map {
                    out.extend(template(name, arguments, place)?);
                }
            }
            other => return Err(LocalError::Template(format!("the policy {other} cannot be read here"))),
        }
    }
    Ok(out)
}

fn inline(statement: &Value) -> Result<Statement> {
    let refuse = |why: &str| LocalError::Template(format!("the statement {statement} {why}"));
    if statement.get("NotAction").is_some() || statement.get("NotResource").is_some() {
        return Err(refuse("uses NotAction or NotResource, which are not read here"));
    }
    let deny = match statement["Effect"].as_str() {
        Some("Allow") => false,
        Some("Deny") => true,
        _ => return Err(refuse("has no Effect")),
    };
    let (actions, resources) = (texts(&statement["Action"]), texts(&statement["Resource"]));
    if actions.is_empty() || resources.is_empty() {
        return Err(refuse("needs Action and Resource"));
    }
    let mut conditions = Vec::new();
    if let Some(operators) = statement["Condition"].as_object() {
        for (operator, keys) in operators {
            let (like, absent_passes) = match operator.as_str() {
                "StringLike" => (true, false),
                "StringEquals" => (false, false),
                "StringLikeIfExists" | "ForAllValues:StringLike" => (true, true),
                "StringEqualsIfExists" | "ForAllValues:StringEquals" => (false, true),
                _ => return Err(refuse("has a condition that is not read here")),
            };
            for (key, values) in keys.as_object().into_iter().flatten() {
                let key = key.to_ascii_lowercase();
                if key != "s3:prefix" {
                    return Err(refuse("has a condition that is not read here"));
                }
                conditions.push(Condition { like, absent_passes, key, values: texts(values) });
            }
        }
    }
    Ok(Statement { deny, actions, resources, conditions })
}

fn template(name: &str, arguments: &Value, place: &Place) -> Result<Vec<Statement>> {
    let argument = |key: &str| {
        arguments[key].as_str().ok_or_else(|| LocalError::Template(format!("the policy {name} needs {key}")))
    };
    let table = || argument("TableName").map(|table| place.table_arn(last_part(table)));
    let bucket = || argument("BucketName").map(|bucket| format!("arn:aws:s3:::{bucket}"));
    let queue = || argument("QueueName").map(|queue| place.queue_arn(queue));
    let both = |arn: String, below: &str| vec![format!("{arn}/{below}"), arn];
    let (actions, resources): (&[&str], Vec<String>) = match name {
        "DynamoDBCrudPolicy" => (
            &[
                "GetItem",
                "DeleteItem",
                "PutItem",
                "Scan",
                "Query",
                "UpdateItem",
                "BatchWriteItem",
                "BatchGetItem",
                "DescribeTable",
                "ConditionCheckItem",
            ],
            both(table()?, "index/*"),
        ),
        "DynamoDBReadPolicy" => {
            (&["GetItem", "Scan", "Query", "BatchGetItem", "DescribeTable"], both(table()?, "index/*"))
        }
        "DynamoDBWritePolicy" => (&["PutItem", "UpdateItem", "BatchWriteItem"], both(table()?, "index/*")),
        "DynamoDBStreamReadPolicy" => (
            &["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"],
            vec![format!("{}/stream/*", table()?)],
        ),
        "SQSSendMessagePolicy" => (&["SendMessage*"], vec![queue()?]),
        "SQSPollerPolicy" => (
            &[
                "ChangeMessageVisibility",
                "ChangeMessageVisibilityBatch",
                "DeleteMessage",
                "DeleteMessageBatch",
                "GetQueueAttributes",
                "ReceiveMessage",
            ],
            vec![queue()?],
        ),
        "S3ReadPolicy" => (
            &["GetObject", "ListBucket", "GetBucketLocation", "GetObjectVersion", "GetLifecycleConfiguration"],
            both(bucket()?, "*"),
        ),
        "S3WritePolicy" => (&["PutObject", "PutObjectAcl", "PutLifecycleConfiguration"], both(bucket()?, "*")),
        "S3CrudPolicy" => (
            &[
                "GetObject",
                "ListBucket",
                "GetBucketLocation",
                "GetObjectVersion",
                "PutObject",
                "PutObjectAcl",
                "GetLifecycleConfiguration",
                "PutLifecycleConfiguration",
                "DeleteObject",
            ],
            both(bucket()?, "*"),
        ),
        "AWSSecretsManagerGetSecretValuePolicy" => (&["GetSecretValue"], vec![argument("SecretArn")?.to_owned()]),
        "EventBridgePutEventsPolicy" => (&["PutEvents"], vec![place.bus_arn(last_part(argument("EventBusName")?))]),
        "LambdaInvokePolicy" => {
            (&["InvokeFunction"], vec![format!("{}*", place.function_arn(argument("FunctionName")?))])
        }
        "KMSDecryptPolicy" => (&["Decrypt"], vec![place.arn("kms", format_args!("key/{}", argument("KeyId")?))]),
        "KMSEncryptPolicy" => (
            &["Encrypt", "GenerateDataKey*", "ReEncrypt*"],
            vec![place.arn("kms", format_args!("key/{}", argument("KeyId")?))],
        ),
        _ => return Err(LocalError::Template(format!("the policy template {name} is not known here"))),
    };
    let service = match name {
        _ if name.starts_with("DynamoDB") => "dynamodb",
        _ if name.starts_with("SQS") => "sqs",
        _ if name.starts_with("S3") => "s3",
        _ if name.starts_with("Event") => "events",
        _ if name.starts_with("Lambda") => "lambda",
        _ if name.starts_with("KMS") => "kms",
        _ => "secretsmanager",
    };
    let actions = actions.iter().map(|action| format!("{service}:{action}")).collect();
    Ok(vec![Statement { actions, resources, ..Statement::default() }])
}
