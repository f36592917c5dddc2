//! A JSON Schema as it goes over the wire: the properties in the order in which `required` names them.
//!
//! Models write an object's fields in the schema's order, and what comes first steers what follows: a block's type
//! before its text, a title before the body. A JSON object in memory has its keys sorted, so the order has to be made.

use serde::{
    Serialize, Serializer,
    ser::{SerializeMap, SerializeSeq},
};
use serde_json::{Map, Value};

/// Serializes a schema with its properties in the order of `required`.
pub(super) struct Ordered<'s>(pub(super) &'s Value);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (name, value) in members {
                    match (name.as_str(), value) {
                        ("properties", Value::Object(properties)) => {
                            map.serialize_entry(name, &Properties(properties, members.get("required")))?;
                        }
                        _ => map.serialize_entry(name, &Ordered(value))?,
                    }
                }
                map.end()
            }
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Ordered(item))?;
                }
                list.end()
            }
            other => other.serialize(serializer),
        }
    }
}

struct Properties<'s>(&'s Map<String, Value>, Option<&'s Value>);

impl Serialize for Properties<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let first: Vec<&str> =
            self.1.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for name in &first {
            if let Some(schema) = self.0.get(*name) {
                map.serialize_entry(name, &Ordered(schema))?;
            }
        }
        for (name, schema) in self.0.iter().filter(|(name, _)| !first.contains(&name.as_str())) {
            map.serialize_entry(name, &Ordered(schema))?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::shapes::content_schema;

    #[test]
    fn properties_come_in_the_order_of_required() {
        let schema = json!({
            "type": "object",
            "properties": { "a": { "type": "object", "properties": { "y": {}, "x": {} }, "required": ["y", "x"] }, "b": {}, "c": {} },
            "required": ["c", "a"],
        });
        let text = serde_json::to_string(&Ordered(&schema)).unwrap();
        assert_eq!(
            text,
            r#"{"properties":{"c":{},"a":{"properties":{"y":{},"x":{}},"required":["y","x"],"type":"object"},"b":{}},"required":["c","a"],"type":"object"}"#
        );
        let content = serde_json::to_string(&Ordered(&content_schema())).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&content).unwrap(), content_schema(), "nothing but the order changes");
        assert!(content.find("\"title\"") < content.find("\"blocks\""));
    }
}
