//! The AWS JSON protocol of SQS: operations by name, JSON in and out.

use std::time::Duration;

use md5::{Digest as _, Md5};
use serde_json::{Map, Value, json};

use super::{
    Queues,
    queue::{Message, NewMessage},
};
use crate::{
    emulators::{ApiError, JsonResult, hex},
    iam::Need,
    place::{Place, last_part},
    template::Queue,
};

/// What SQS accepts in one message or batch, in bytes.
const MAX_BYTES: usize = 1024 * 1024;

/// What an operation asks leave for. Batches need the permission of their single form.
pub fn needs(operation: &str, body: &Value, place: &Place) -> Vec<Need> {
    let queue = body["QueueUrl"].as_str().map(last_part).or_else(|| body["QueueName"].as_str()).unwrap_or("*");
    vec![Need::new(format!("sqs:{}", operation.trim_end_matches("Batch")), place.queue_arn(queue))]
}

/// Carries out an operation.
pub async fn operation(queues: &Queues, operation: &str, body: &Value) -> JsonResult {
    match operation {
        "CreateQueue" => create(queues, body),
        "ListQueues" => {
            let prefix = body["QueueNamePrefix"].as_str().unwrap_or_default();
            let names = queues.names().into_iter().filter(|name| name.starts_with(prefix));
            Ok(json!({"QueueUrls": names.map(|name| queues.url(&name)).collect::<Vec<_>>()}))
        }
        "GetQueueUrl" => {
            let name = text(body, "QueueName")?;
            queues.counts(name).map(|_| json!({"QueueUrl": queues.url(name)})).ok_or_else(no_queue)
        }
        "GetQueueAttributes" => attributes(queues, queue(body)?, body),
        "PurgeQueue" => queues.purge(queue(body)?).then(|| json!({})).ok_or_else(no_queue),
        "SendMessage" => send(queues, queue(body)?, body),
        "ReceiveMessage" => receive(queues, queue(body)?, body).await,
        "DeleteMessage" => {
            queues.delete(queue(body)?, text(body, "ReceiptHandle")?).then(|| json!({})).ok_or_else(no_queue)
        }
        "ChangeMessageVisibility" => change(queues, queue(body)?, body),
        "SendMessageBatch" | "DeleteMessageBatch" | "ChangeMessageVisibilityBatch" => batch(queues, operation, body),
        _ => Err(ApiError::bad("com.amazonaws.sqs#UnsupportedOperation", format!("{operation} is not played here"))),
    }
}

fn no_queue() -> ApiError {
    ApiError::bad("com.amazonaws.sqs#QueueDoesNotExist", "The specified queue does not exist.")
}

fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::bad("com.amazonaws.sqs#InvalidParameterValue", message)
}

fn text<'a>(body: &'a Value, key: &str) -> Result<&'a str, ApiError> {
    body[key].as_str().ok_or_else(|| {
        ApiError::bad("com.amazonaws.sqs#MissingParameter", format!("The request must contain the parameter {key}."))
    })
}

fn queue(body: &Value) -> Result<&str, ApiError> {
    text(body, "QueueUrl").map(last_part)
}

/// Attributes are texts on the wire.
fn seconds(value: &Value) -> Option<Duration> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).map(Duration::from_secs)
}

fn create(queues: &Queues, body: &Value) -> JsonResult {
    let name = text(body, "QueueName")?;
    if name.strip_suffix(".fifo").is_some() {
        return Err(invalid("FIFO queues are not played here: IGNY8 uses fair standard queues"));
    }
    let attributes = &body["Attributes"];
    let redrive = match attributes["RedrivePolicy"].as_str() {
        None => None,
        Some(text) => {
            let policy: Value = serde_json::from_str(text).map_err(|_| invalid("RedrivePolicy is no JSON"))?;
            let most = policy["maxReceiveCount"].as_u64().or_else(|| policy["maxReceiveCount"].as_str()?.parse().ok());
            policy["deadLetterTargetArn"].as_str().map(|arn| (arn.to_owned(), most.unwrap_or(10) as u32))
        }
    };
    queues.create(&Queue {
        name: name.to_owned(),
        visibility: seconds(&attributes["VisibilityTimeout"]).unwrap_or(Duration::from_secs(30)),
        retention: seconds(&attributes["MessageRetentionPeriod"]).unwrap_or(Duration::from_hours(96)),
        delay: seconds(&attributes["DelaySeconds"]).unwrap_or_default(),
        redrive,
    });
    Ok(json!({"QueueUrl": queues.url(name)}))
}

fn attributes(queues: &Queues, name: &str, body: &Value) -> JsonResult {
    let counts = queues.counts(name).ok_or_else(no_queue)?;
    let settings = queues.one(name).ok_or_else(no_queue)?.state().settings.clone();
    let mut all = Map::new();
    let mut put = |key: &str, value: String| all.insert(key.to_owned(), Value::from(value));
    put("QueueArn", queues.place.queue_arn(name));
    put("ApproximateNumberOfMessages", counts.ready.to_string());
    put("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string());
    put("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string());
    put("VisibilityTimeout", settings.visibility.as_secs().to_string());
    put("MessageRetentionPeriod", settings.retention.as_secs().to_string());
    put("DelaySeconds", settings.delay.as_secs().to_string());
    if let Some((target, most)) = settings.redrive {
        let policy = json!({"deadLetterTargetArn": queues.place.queue_arn(&target), "maxReceiveCount": most});
        put("RedrivePolicy", policy.to_string());
    }
    let wanted = names(&body["AttributeNames"]);
    all.retain(|key, _| wanted.iter().any(|wanted| wanted == "All" || wanted == key));
    Ok(json!({"Attributes": all}))
}

fn names(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
}

fn send(queues: &Queues, name: &str, body: &Value) -> JsonResult {
    let message = text(body, "MessageBody")?;
    if message.is_empty() {
        return Err(invalid("The message body must not be empty."));
    }
    if message.len() > MAX_BYTES {
        return Err(invalid(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {MAX_BYTES} bytes."
        )));
    }
    let delay = body["DelaySeconds"].as_u64();
    if delay.is_some_and(|delay| delay > 900) {
        return Err(invalid("DelaySeconds must be between 0 and 900."));
    }
    let group = body["MessageGroupId"].as_str();
    if group.is_some_and(|group| group.is_empty() || group.len() > 128) {
        return Err(invalid(
            "MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.",
        ));
    }
    let attributes = body["MessageAttributes"].clone();
    let mut answer = json!({"MD5OfMessageBody": md5(message.as_bytes())});
    if let Some(sum) = attributes_md5(&attributes) {
        answer["MD5OfMessageAttributes"] = sum.into();
    }
    let new = NewMessage {
        body: message.to_owned(),
        group: group.map(str::to_owned),
        delay: delay.map(Duration::from_secs),
        attributes,
    };
    answer["MessageId"] = queues.send(name, new).ok_or_else(no_queue)?.into();
    Ok(answer)
}

async fn receive(queues: &Queues, name: &str, body: &Value) -> JsonResult {
    let most = body["MaxNumberOfMessages"].as_u64().unwrap_or(1);
    if !(1..=10).contains(&most) {
        return Err(invalid("MaxNumberOfMessages must be between 1 and 10."));
    }
    let wait = Duration::from_secs(body["WaitTimeSeconds"].as_u64().unwrap_or(0).min(20));
    let visibility = body["VisibilityTimeout"].as_u64().map(Duration::from_secs);
    let found = queues.receive(name, most as usize, wait, visibility).await.ok_or_else(no_queue)?;
    let mut wanted = names(&body["AttributeNames"]);
    wanted.extend(names(&body["MessageSystemAttributeNames"]));
    let messages: Vec<Value> = found
        .iter()
        .map(|message| {
            let mut out = json!({
                "MessageId": message.id,
                "ReceiptHandle": message.receipt,
                "Body": message.body,
                "MD5OfBody": md5(message.body.as_bytes()),
            });
            let mut system = system_attributes(message, &queues.place);
            system.retain(|key, _| wanted.iter().any(|wanted| wanted == "All" || wanted == key));
            if !system.is_empty() {
                out["Attributes"] = system.into();
            }
            if !names(&body["MessageAttributeNames"]).is_empty()
                && let Some(sum) = attributes_md5(&message.attributes)
            {
                out["MessageAttributes"] = message.attributes.clone();
                out["MD5OfMessageAttributes"] = sum.into();
            }
            out
        })
        .collect();
    Ok(if messages.is_empty() { json!({}) } else { json!({"Messages": messages}) })
}

/// The `attributes` of a received message, in the words of the wire and of Lambda's event.
pub(crate) fn system_attributes(message: &Message, place: &Place) -> Map<String, Value> {
    let mut system = Map::new();
    let mut put = |key: &str, value: String| system.insert(key.to_owned(), Value::from(value));
    put("ApproximateReceiveCount", message.receives.to_string());
    put("SentTimestamp", message.sent.to_string());
    put("SenderId", place.account.clone());
    put("ApproximateFirstReceiveTimestamp", message.first_received.to_string());
    if let Some(group) = &message.group {
        put("MessageGroupId", group.clone());
    }
    if let Some(from) = &message.dead_from {
        put("DeadLetterQueueSourceArn", from.clone());
    }
    system
}

fn change(queues: &Queues, name: &str, body: &Value) -> JsonResult {
    let visibility = body["VisibilityTimeout"].as_u64().filter(|seconds| *seconds <= 43_200);
    let visibility = visibility.ok_or_else(|| invalid("VisibilityTimeout must be between 0 and 43200."))?;
    let changed = queues
        .change_visibility(name, text(body, "ReceiptHandle")?, Duration::from_secs(visibility))
        .ok_or_else(no_queue)?;
    if changed {
        return Ok(json!({}));
    }
    Err(ApiError::bad("com.amazonaws.sqs#MessageNotInflight", "The message referred to isn't in flight."))
}

fn batch(queues: &Queues, operation: &str, body: &Value) -> JsonResult {
    let name = queue(body)?;
    let entries = body["Entries"].as_array().filter(|entries| !entries.is_empty()).ok_or_else(|| {
        ApiError::bad("com.amazonaws.sqs#EmptyBatchRequest", "There should be at least one entry in the request.")
    })?;
    if entries.len() > 10 {
        return Err(ApiError::bad(
            "com.amazonaws.sqs#TooManyEntriesInBatchRequest",
            "Maximum number of entries per request are 10.",
        ));
    }
    let bytes: usize = entries.iter().filter_map(|entry| entry["MessageBody"].as_str()).map(str::len).sum();
    if bytes > MAX_BYTES {
        return Err(ApiError::bad(
            "com.amazonaws.sqs#BatchRequestTooLong",
            format!("Batch requests cannot be longer than {MAX_BYTES} bytes."),
        ));
    }
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for entry in entries {
        let result = match operation {
            "SendMessageBatch" => send(queues, name, entry),
            "DeleteMessageBatch" => text(entry, "ReceiptHandle")
                .and_then(|receipt| queues.delete(name, receipt).then(|| json!({})).ok_or_else(no_queue)),
            _ => change(queues, name, entry),
        };
        match result {
            Ok(mut answer) => {
                answer["Id"] = entry["Id"].clone();
                done.push(answer);
            }
            Err(error) if error == no_queue() => return Err(error),
            Err(error) => failed.push(json!({
                "Id": entry["Id"], "SenderFault": true, "Message": error.message,
                "Code": error.code.rsplit('#').next(),
            })),
        }
    }
    Ok(json!({"Successful": done, "Failed": failed}))
}

/// MD5 in hex.
pub(crate) fn md5(bytes: &[u8]) -> String {
    hex(&Md5::digest(bytes))
}

/// The checksum of message attributes as SQS documents it: by name, each part with its length before it.
fn attributes_md5(attributes: &Value) -> Option<String> {
    use base64::Engine as _;
    let map = attributes.as_object().filter(|map| !map.is_empty())?;
    let mut flat: Vec<u8> = Vec::new();
    let part = |flat: &mut Vec<u8>, bytes: &[u8]| {
        flat.extend((bytes.len() as u32).to_be_bytes());
        flat.extend(bytes);
    };
    let mut sorted: Vec<_> = map.iter().collect();
    sorted.sort_by_key(|(name, _)| name.as_str());
    for (name, value) in sorted {
        part(&mut flat, name.as_bytes());
        part(&mut flat, value["DataType"].as_str().unwrap_or_default().as_bytes());
        if let Some(text) = value["StringValue"].as_str() {
            flat.push(1);
            part(&mut flat, text.as_bytes());
        } else {
            flat.push(2);
            let binary = value["BinaryValue"].as_str().unwrap_or_default();
            part(&mut flat, &base64::engine::general_purpose::STANDARD.decode(binary).unwrap_or_default());
        }
    }
    Some(md5(&flat))
}
