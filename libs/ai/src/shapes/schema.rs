//! The JSON Schemas of the answers. They are strict, as OpenAI's strict mode wants them: every property required, no
//! additional ones.

use serde_json::{Value, json};

use super::{ENTITY_TYPES, STRUCTURES};

/// The schema of [`SectionOutput`](super::SectionOutput): the blocks that a model may write.
pub fn section_schema() -> Value {
    object(&[("blocks", content_schema()["properties"]["blocks"].clone())])
}

/// The schema of [`TitlesOutput`](super::TitlesOutput).
pub fn titles_schema() -> Value {
    let title = object(&[
        ("title", text("A title, at most 70 characters.")),
        ("meta_title", text("The same for search results, at most 60 characters.")),
    ]);
    object(&[("titles", list(title))])
}

/// The schema of [`ClusterOutput`](super::ClusterOutput).
pub fn cluster_schema() -> Value {
    let cluster = object(&[
        (
            "name",
            text("A short topic name in the language of the keywords; an existing cluster's exact name if it fits."),
        ),
        ("description", text("One sentence: what somebody searching these keywords wants.")),
        ("keywords", list(json!({ "type": "integer", "description": "A keyword's number." }))),
    ]);
    object(&[("clusters", list(cluster))])
}

/// The schema of [`IdeasOutput`](super::IdeasOutput).
pub fn ideas_schema() -> Value {
    let section = object(&[
        ("heading", text("The section's heading.")),
        ("points", list(text("One thing that the section says."))),
    ]);
    let idea = object(&[
        ("title", text("The title, at most 70 characters.")),
        ("angle", text("What this page offers that others do not.")),
        ("structure", one_of(&STRUCTURES)),
        ("entity_type", one_of(&ENTITY_TYPES)),
        ("target_keywords", list(text("A keyword of the cluster, copied exactly."))),
        ("outline", list(section)),
        ("estimated_words", json!({ "type": "integer", "description": "Words that the page needs." })),
        ("audience", text("Whom the page is for.")),
    ]);
    object(&[("ideas", list(idea))])
}

/// The schema of [`ContentOutput`](super::ContentOutput): the blocks that a model may write (no images, no raw HTML).
pub fn content_schema() -> Value {
    let inline = text("Text; of HTML only <strong>, <em>, <code>, <a href> and <br>.");
    let or_null = |what: &str| json!({ "type": ["string", "null"], "description": what });
    let blocks = [
        block("heading", &[("level", json!({ "type": "integer", "enum": [2, 3, 4] })), ("text", inline.clone())]),
        block("paragraph", &[("text", inline.clone())]),
        block("list", &[("ordered", json!({ "type": "boolean" })), ("items", list(inline.clone()))]),
        block("quote", &[("text", inline.clone()), ("cite", or_null("Who said it, or null."))]),
        block(
            "table",
            &[
                ("header", list(text("A column's heading."))),
                ("rows", list(list(inline.clone()))),
                ("caption", or_null("What the table shows, or null.")),
            ],
        ),
        block("code", &[("language", or_null("The language, or null.")), ("text", text("The code."))]),
        block("faq", &[("items", list(object(&[("question", text("A question.")), ("answer", inline.clone())])))]),
        block("callout", &[("tone", one_of(&["note", "tip", "warning"])), ("text", inline)]),
    ];
    object(&[
        ("title", text("The title.")),
        ("meta_title", text("Title for search results, at most 60 characters.")),
        ("meta_description", text("Description for search results, at most 155 characters.")),
        ("excerpt", text("A teaser of one or two sentences.")),
        ("blocks", list(json!({ "anyOf": blocks }))),
    ])
}

pub(crate) fn text(description: &str) -> Value {
    json!({ "type": "string", "description": description })
}

pub(crate) fn list(items: impl Into<Value>) -> Value {
    json!({ "type": "array", "items": items.into() })
}

pub(crate) fn one_of(values: &[&str]) -> Value {
    json!({ "type": "string", "enum": values })
}

pub(crate) fn object(properties: &[(&str, Value)]) -> Value {
    let required: Vec<&str> = properties.iter().map(|(name, _)| *name).collect();
    let properties: serde_json::Map<String, Value> =
        properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn block(kind: &str, properties: &[(&str, Value)]) -> Value {
    let kind = ("type", json!({ "type": "string", "enum": [kind] }));
    object(&[std::slice::from_ref(&kind), properties].concat())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::shapes::{ClusterOut, ClusterOutput, ContentOutput, IdeaOut, IdeasOutput, SectionOutput, TitlesOutput};

    /// OpenAI's strict mode refuses a schema in which any object misses one of these.
    pub(crate) fn assert_strict(schema: &Value) {
        if schema["type"] == "object" || schema["type"] == json!(["object", "null"]) {
            let mut names: Vec<&str> = schema["properties"].as_object().unwrap().keys().map(String::as_str).collect();
            let mut required: Vec<&str> =
                schema["required"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            names.sort_unstable();
            required.sort_unstable();
            assert_eq!(names, required);
            assert_eq!(schema["additionalProperties"], false);
        }
        match schema {
            Value::Object(members) => members.values().for_each(assert_strict),
            Value::Array(items) => items.iter().for_each(assert_strict),
            _ => {}
        }
    }

    #[test]
    fn the_schemas_are_strict_and_have_the_fields_of_the_shapes() {
        let samples = [
            (cluster_schema(), json!(ClusterOutput::default())),
            (ideas_schema(), json!(IdeasOutput::default())),
            (content_schema(), json!(ContentOutput::default())),
            (section_schema(), json!(SectionOutput::default())),
            (titles_schema(), json!(TitlesOutput::default())),
            (cluster_schema()["properties"]["clusters"]["items"].clone(), json!(ClusterOut::default())),
            (ideas_schema()["properties"]["ideas"]["items"].clone(), json!(IdeaOut::default())),
        ];
        for (schema, sample) in samples {
            assert_strict(&schema);
            let mut properties: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
            let mut fields: Vec<&String> = sample.as_object().unwrap().keys().collect();
            properties.sort();
            fields.sort();
            assert_eq!(properties, fields);
        }
    }
}
