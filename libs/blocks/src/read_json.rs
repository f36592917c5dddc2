//! From the JSON of a language model to blocks, when it kept the schema only nearly.

use igny8_core::FieldError;
use serde_json::{Map, Value, json};

use crate::{Block, BlockKind, Cleaned, Document, clean::clean_numbered, schema};

impl Document {
    /// Reads what a model answered: an array of blocks, or an object that has one as `blocks`.
    ///
    /// Unlike the plain `Deserialize` it forgives: unknown fields are ignored, a missing level, order or tone gets
    /// its usual value, and a block of an unknown kind with text becomes a paragraph. What it could not use is named in
    /// [`Cleaned::removed`]. The rest is cleaned. For any other JSON the document is empty.
    pub fn from_model(answer: &Value) -> Cleaned {
        let mut removed = Vec::new();
        let Some(values) = answer.as_array().or_else(|| answer.get("blocks")?.as_array()) else {
            let message = "This is not an array of blocks.".to_owned();
            return Cleaned {
                document: Self::default(),
                removed: vec![FieldError { field: "blocks".to_owned(), message }],
            };
        };
        let mut blocks = Vec::with_capacity(values.len());
        for (at, value) in values.iter().enumerate() {
            match read_block(value) {
                Ok(block) => blocks.push((at, block)),
                Err(message) => {
                    removed.push(FieldError { field: format!("blocks[{at}]"), message });
                    blocks.extend(rescued(value).map(|block| (at, block)));
                }
            }
        }
        clean_numbered(blocks.into_iter(), removed)
    }
}

fn read_block(value: &Value) -> Result<Block, String> {
    let Value::Object(fields) = value else { return Err("This is not an object with a type.".to_owned()) };
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().trim().to_ascii_lowercase();
    let Some(known) = BlockKind::ALL.into_iter().find(|known| known.as_str() == kind) else {
        let names = BlockKind::ALL.map(BlockKind::as_str).join(", ");
        return Err(format!("{kind:?} is not a kind of block; these are: {names}."));
    };
    let mut kept = Map::new();
    kept.insert("type".to_owned(), json!(known.as_str()));
    for &name in schema::fields(known) {
        if let Some(value) = fields.get(name).cloned().or_else(|| usual(name)) {
            kept.insert(name.to_owned(), forgiven(name, value));
        }
    }
    serde_json::from_value(Value::Object(kept)).map_err(|error| error.to_string())
}

/// The value of a field that a model left out.
fn usual(name: &str) -> Option<Value> {
    match name {
        "level" => Some(json!(2)),
        "ordered" => Some(json!(false)),
        "tone" => Some(json!("note")),
        _ => None,
    }
}

/// What models write in place of the value that the schema wants.
fn forgiven(name: &str, value: Value) -> Value {
    match (name, &value) {
        ("level", Value::String(text)) => {
            text.trim_start_matches(['h', 'H']).parse::<u8>().map_or(value, |level| json!(level))
        }
        ("tone", Value::String(tone)) => match tone.to_ascii_lowercase().as_str() {
            "tip" | "success" | "hint" => json!("tip"),
            "warning" | "danger" | "caution" | "error" => json!("warning"),
            _ => json!("note"),
        },
        ("header" | "alt", Value::Null) => {
            if name == "alt" {
                json!("")
            } else {
                json!([])
            }
        }
        _ => value,
    }
}

fn rescued(value: &Value) -> Option<Block> {
    let text = match value {
        Value::String(text) => text,
        _ => ["text", "content"].iter().find_map(|name| value.get(name)?.as_str())?,
    };
    Some(Block::Paragraph { text: text.to_owned() })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Block, Document, Tone};

    #[test]
    fn nearly_right_is_read() {
        let read = Document::from_model(&json!({"title": "x", "blocks": [
            {"type": "Heading", "level": "h3", "text": "A", "id": 7},
            {"type": "list", "items": ["a"], "text": null},
            {"type": "table", "header": null, "rows": [["1"]], "caption": null},
            {"type": "callout", "tone": "danger", "text": "Hot"},
            {"type": "video", "content": "Words of a video"},
            {"type": "paragraph"},
            "Bare words",
            {"type": "paragraph", "text": "<b>B</b><script>x</script>"},
        ]}));
        assert_eq!(
            read.document.0,
            [
                Block::Heading { level: 3, text: "A".into() },
                Block::List { ordered: false, items: vec!["a".into()] },
                Block::Table { header: vec![], rows: vec![vec!["1".into()]], caption: None },
                Block::Callout { tone: Tone::Warning, text: "Hot".into() },
                Block::Paragraph { text: "Words of a video".into() },
                Block::Paragraph { text: "Bare words".into() },
                Block::Paragraph { text: "<strong>B</strong>".into() },
            ]
        );
        let fields: Vec<_> = read.removed.iter().map(|removed| removed.field.as_str()).collect();
        assert_eq!(fields, ["blocks[4]", "blocks[5]", "blocks[6]", "blocks[7].text"]);
        assert!(read.removed[1].message.contains("missing field `text`"), "{:?}", read.removed[1]);
    }

    #[test]
    fn other_json_is_refused() {
        for value in [json!(null), json!({}), json!("x"), json!({"blocks": 3})] {
            let read = Document::from_model(&value);
            assert!(read.document.is_empty());
            assert_eq!(read.removed[0].field, "blocks");
        }
    }
}
