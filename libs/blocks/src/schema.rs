//! The JSON Schema of blocks that language models are asked to keep.

use serde_json::{Map, Value, json};

use crate::{BlockKind, Tone};

/// The schema of an array of blocks of these kinds, strict enough for OpenAI's structured outputs: every object is closed
/// and all its fields are required, those that may be left out are nullable, and there is no `$ref`.
///
/// It is an array, and such an output must be an object: put it under a field of one.
pub fn json_schema(kinds: &[BlockKind]) -> Value {
    let kinds: Vec<Value> = kinds.iter().map(|kind| block(*kind)).collect();
    json!({ "type": "array", "items": { "anyOf": kinds } })
}

/// The fields of a kind, `type` aside.
pub(crate) const fn fields(kind: BlockKind) -> &'static [&'static str] {
    match kind {
        BlockKind::Heading => &["level", "text"],
        BlockKind::Paragraph => &["text"],
        BlockKind::List => &["ordered", "items"],
        BlockKind::Image => &["src", "alt", "caption"],
        BlockKind::Quote => &["text", "cite"],
        BlockKind::Table => &["header", "rows", "caption"],
        BlockKind::Code => &["language", "text"],
        BlockKind::Faq => &["items"],
        BlockKind::Callout => &["tone", "text"],
        BlockKind::Html => &["html"],
    }
}

fn block(kind: BlockKind) -> Value {
    let mut properties = Map::new();
    properties.insert("type".to_owned(), json!({ "type": "string", "enum": [kind.as_str()] }));
    for name in fields(kind) {
        properties.insert((*name).to_owned(), field(kind, name));
    }
    closed(&properties)
}

fn closed(properties: &Map<String, Value>) -> Value {
    let required: Vec<&String> = properties.keys().collect();
    json!({ "type": "object", "required": required, "additionalProperties": false, "properties": properties })
}

fn field(kind: BlockKind, name: &str) -> Value {
    let rich = json!({
        "type": "string",
        "description": "HTML of only <strong>, <em>, <code>, <br> and <a href>; no other tags, no Markdown",
    });
    match (kind, name) {
        (BlockKind::Code, "text") => json!({ "type": "string", "description": "Plain text, not HTML" }),
        (_, "level") => json!({ "type": "integer", "enum": [2, 3, 4] }),
        (_, "ordered") => json!({ "type": "boolean" }),
        (_, "src") => json!({ "type": "string", "description": "https://…, /path or asset:<id>" }),
        (_, "alt") => json!({ "type": "string", "description": "Plain text that describes the picture" }),
        (_, "language") => json!({ "type": ["string", "null"], "description": "As in rust or sh" }),
        (_, "caption" | "cite") => json!({ "type": ["string", "null"], "description": rich["description"] }),
        (_, "rows") => {
            json!({ "type": "array", "items": { "type": "array", "items": rich }, "description": "As many cells as heads" })
        }
        (_, "tone") => json!({ "type": "string", "enum": Tone::ALL }),
        (BlockKind::Faq, "items") => {
            let item = Map::from_iter([("question".to_owned(), rich.clone()), ("answer".to_owned(), rich)]);
            json!({ "type": "array", "items": closed(&item) })
        }
        (_, "header" | "items") => json!({ "type": "array", "items": rich }),
        (_, "html") => json!({ "type": "string", "description": "HTML that fits no other kind; the last resort" }),
        _ => rich,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::{fields, json_schema};
    use crate::{Block, BlockKind, tests::every_kind};

    /// Every object is closed and requires all that it has.
    fn assert_strict(schema: &Value) {
        if schema["type"] == "object" {
            assert_eq!(schema["additionalProperties"], false);
            let names: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
            assert_eq!(schema["required"], serde_json::to_value(names).unwrap());
        }
        match schema {
            Value::Object(map) => map.values().for_each(assert_strict),
            Value::Array(all) => all.iter().for_each(assert_strict),
            _ => {}
        }
    }

    #[test]
    fn strict_and_complete() {
        let schema = json_schema(&BlockKind::ALL);
        assert_strict(&schema);
        assert!(!schema.to_string().contains("$ref"));
        insta::assert_json_snapshot!("schema", schema);
        assert_eq!(json_schema(&BlockKind::TEXTUAL)["items"]["anyOf"].as_array().unwrap().len(), 8);
    }

    #[test]
    fn the_schema_has_the_fields_of_the_types() {
        for block in every_kind().0 {
            let json = serde_json::to_value(&block).unwrap();
            let mut have: Vec<&str> = json.as_object().unwrap().keys().map(String::as_str).collect();
            have.retain(|name| *name != "type");
            let mut want = fields(block.kind()).to_vec();
            want.sort_unstable();
            assert_eq!(have, want, "{:?}", block.kind());
            // And the names of the schema are read: a block of null fields fails for a null, not for a name.
            let all_null: serde_json::Map<String, Value> =
                want.iter().map(|name| ((*name).to_owned(), Value::Null)).collect();
            let mut all_null = Value::Object(all_null);
            all_null["type"] = block.kind().as_str().into();
            let error = serde_json::from_value::<Block>(all_null).unwrap_err().to_string();
            assert!(error.contains("invalid type: null"), "{error}");
        }
    }
}
