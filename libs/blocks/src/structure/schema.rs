//! The JSON Schema of each kind's data, made from the types themselves, so that it cannot differ from what is read.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

use super::{KINDS, PageData, PostData, ProductData, ServiceData, TaxonomyData, VERSION};

/// The schema of one kind.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KindSchema {
    /// The kind: the `entity_type` of a content.
    #[schema(example = "product")]
    pub kind: String,
    /// The version of its shape, which is a field of the data, too.
    #[schema(example = 1)]
    pub schema_version: u16,
    /// JSON Schema (draft 2020-12) of the content's `structure_data`.
    #[schema(value_type = Object)]
    pub schema: Value,
}

/// The schemas of all kinds.
pub fn json_schemas() -> Vec<KindSchema> {
    let schemas = [of::<PostData>(), of::<PageData>(), of::<ProductData>(), of::<ServiceData>(), of::<TaxonomyData>()];
    KINDS
        .into_iter()
        .zip(schemas)
        .map(|(kind, schema)| KindSchema {
            kind: kind.to_owned(),
            schema_version: VERSION,
            schema: finished(kind, schema),
        })
        .collect()
}

/// The schema of a type with those that it refers to.
fn of<T: ToSchema>() -> Value {
    let mut parts: Vec<(String, RefOr<Schema>)> = Vec::new();
    T::schemas(&mut parts);
    let definitions: serde_json::Map<String, Value> =
        parts.into_iter().map(|(name, schema)| (name, json!(schema))).collect();
    let mut schema = json!(T::schema());
    if !definitions.is_empty() {
        schema["$defs"] = Value::Object(definitions);
    }
    schema
}

/// With its head, the field `kind`, and references that lead into itself.
fn finished(kind: &str, mut schema: Value) -> Value {
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["$id"] = json!(format!("urn:igny8:structure-data:{kind}:{VERSION}"));
    schema["properties"]["kind"] = json!({ "const": kind });
    schema["properties"]["schema_version"] = json!({ "const": VERSION });
    let mut required = schema["required"].as_array().cloned().unwrap_or_default();
    required.push(json!("kind"));
    schema["required"] = Value::Array(required);
    redirect(&mut schema);
    schema
}

fn redirect(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                match value {
                    Value::String(path) if name == "$ref" => {
                        *path = path.replace("#/components/schemas/", "#/$defs/");
                    }
                    value => redirect(value),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(redirect),
        _ => {}
    }
}
