//! The operations of the document, with the places at which each takes an id.

use hyper::{Method, body::Bytes};
use serde_json::{Value, json};

use super::fixture::{Fixture, id};
use crate::common::{Answer, Client, Cloud};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Path,
    Query,
    Body,
}

/// Where an operation takes an id.
#[derive(Clone)]
pub struct Place {
    pub part: Part,
    pub name: String,
    pub kind: String,
    pub array: bool,
    /// Sent even when it is not what is tried: it is required, or the example has it.
    pub usual: bool,
}

#[derive(Clone)]
pub struct Operation {
    pub method: Method,
    pub path: String,
    pub role: Option<String>,
    pub public: bool,
    pub estimates: bool,
    /// It is a list that can count.
    pub counts: bool,
    pub bulk: bool,
    pub media: Option<String>,
    pub example: Option<Value>,
    /// The fields that the body must have.
    pub required: Vec<String>,
    pub places: Vec<Place>,
}

/// A request as it will be sent.
pub struct Call {
    pub path: String,
    pub body: Option<Bytes>,
}

impl Operation {
    pub fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// The request whose ids `pick` says; none leaves an optional one out.
    pub fn call(&self, pick: impl Fn(usize, &Place) -> Option<Vec<String>>) -> Call {
        let mut path = self.path.clone();
        let mut query: Vec<String> = Vec::new();
        let mut body = self.example.clone();
        for (n, place) in self.places.iter().enumerate() {
            let Some(ids) = pick(n, place) else { continue };
            match place.part {
                Part::Path => path = path.replace(&format!("{{{}}}", place.name), &ids[0]),
                Part::Query => query.push(format!("{}={}", place.name, ids[0])),
                Part::Body if place.array => body.as_mut().unwrap()[&place.name] = json!(ids),
                Part::Body => body.as_mut().unwrap()[&place.name] = json!(ids[0]),
            }
        }
        // A prompt is known by its name, which is everybody's; what a tenant has made of it is not.
        path = path.replace("{name}", "auto_cluster");
        // So is a schedule, by its function.
        path = path.replace("{function}", "auto_publish");
        // What is no id in a path is a number from 1.
        while let Some((start, end)) = path.find('{').zip(path.find('}')) {
            path.replace_range(start..=end, "1");
        }
        if !query.is_empty() {
            path = format!("{path}?{}", query.join("&"));
        }
        let body = body.map(|body| match body {
            Value::String(text) => Bytes::from(text),
            json => Bytes::from(json.to_string()),
        });
        Call { path, body }
    }

    /// The same without the fields of the example that the body can do without, unless they are `target`.
    pub fn bare(&self, call: &Call, target: &Place) -> Option<Call> {
        let mut body: Value = serde_json::from_slice(call.body.as_deref()?).ok()?;
        body.as_object_mut()?.retain(|name, _| *name == target.name || self.required.contains(name));
        Some(Call { path: call.path.clone(), body: Some(body.to_string().into()) })
    }

    /// The usual request with the ids of one fixture.
    pub fn usual(&self, fixture: &Fixture) -> Call {
        self.call(|_, place| place.usual.then(|| vec![id(fixture, &place.kind)]))
    }

    pub async fn send(&self, client: &Client<'_>, call: &Call) -> Answer {
        let media = self.media.as_deref().unwrap_or("application/json");
        let headers = [("content-type", media)];
        let headers = if call.body.is_some() { &headers[..] } else { &[] };
        client.call(self.method.clone(), &call.path, call.body.clone(), headers).await
    }
}

/// The type of id that a schema is, and whether it is a list of them; `owner` is the name of the schema around it.
pub fn id_type(schema: &Value, owner: &str) -> Option<(String, bool)> {
    if let Some(name) = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next()) {
        return (name.ends_with("Id") && name != "PlanId").then(|| (name.to_owned(), false));
    }
    if schema["format"] == "ulid" {
        return Some((owner.rsplit('_').next()?.to_owned(), false));
    }
    if let Some(items) = schema.get("items") {
        return id_type(items, owner).map(|(kind, _)| (kind, true));
    }
    schema["oneOf"].as_array()?.iter().find_map(|one| id_type(one, owner))
}

pub fn operations(document: &Value) -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            if operation.get("responses").is_none() {
                continue;
            }
            let mut places = Vec::new();
            let (mut estimates, mut counts) = (false, false);
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                let name = parameter["name"].as_str().unwrap();
                estimates |= name == "estimate";
                counts |= name == "count";
                let part = match parameter["in"].as_str().unwrap() {
                    "path" => Part::Path,
                    "query" => Part::Query,
                    _ => continue,
                };
                if let Some((kind, array)) = id_type(&parameter["schema"], "") {
                    let usual = parameter["required"] == true;
                    places.push(Place { part, name: name.to_owned(), kind, array, usual });
                }
            }
            let content = operation["requestBody"]["content"].as_object().and_then(|content| content.iter().next());
            let example = content.map(|(_, content)| content["example"].clone());
            assert!(example.as_ref().is_none_or(|example| !example.is_null()), "{method} {path} has no example");
            let schema = content.and_then(|(_, content)| content["schema"]["$ref"].as_str()?.rsplit('/').next());
            let schema = schema.unwrap_or_default();
            let fields = document["components"]["schemas"][schema]["properties"].as_object();
            for (name, field) in fields.into_iter().flatten() {
                if let Some((kind, array)) = id_type(field, schema) {
                    let usual = example.as_ref().unwrap().get(name).is_some();
                    places.push(Place { part: Part::Body, name: name.clone(), kind, array, usual });
                }
            }
            let text = example.as_ref().map(Value::to_string).unwrap_or_default();
            let filled = places.iter().filter(|place| place.part == Part::Body && place.usual).count();
            assert_eq!(text.matches("01JZ0000000000000000000000").count(), filled, "ids in {method} {path}: {text}");
            let role = operation["x-required-role"].as_str().filter(|role| *role != "public");
            let required = document["components"]["schemas"][schema]["required"].as_array();
            let required = required.into_iter().flatten().map(|name| name.as_str().unwrap().to_owned()).collect();
            found.push(Operation {
                required,
                public: operation["security"].as_array().is_some_and(Vec::is_empty),
                role: role.map(str::to_owned),
                estimates,
                counts,
                bulk: schema.starts_with("BulkRequest"),
                media: content.map(|(media, _)| media.clone()),
                example,
                places,
                path: path.clone(),
                method,
            });
        }
    }
    found
}

pub async fn document_of(cloud: &Cloud) -> Vec<Operation> {
    let document = cloud.nobody().get("/api/openapi.json").await.good();
    let operations = operations(&document);
    assert!(operations.len() > 50, "{}", operations.len());
    operations
}
