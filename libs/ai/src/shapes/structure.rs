//! What a model is asked for beside the body, by the kind of content.

use serde_json::{Value, json};

use super::{content_schema, list, object, one_of, text};

/// The schema of [`super::ContentOutput`] for a kind of content: with `structure_data`.
///
/// It asks only for what a model can know. Prices, numbers, measures, ratings, places and times are not in it: they would
/// be made up.
pub fn content_schema_for(entity_type: &str) -> Value {
    let nullable = |mut schema: Value| {
        schema["type"] = json!([schema["type"], "null"]);
        schema
    };
    let steps = |what: &str| {
        list(object(&[
            ("name", text(what)),
            ("text", text("How it is done, in one to three sentences of plain text.")),
        ]))
    };
    let data = match entity_type {
        "page" => object(&[
            ("page_kind", one_of(&["home", "about", "contact", "landing", "hub", "legal", "other"])),
            ("action_label", nullable(text("The words of one link at the end, without an address; or null."))),
        ]),
        "product" => object(&[(
            "spec_names",
            list(text("The name of a property that buyers compare, as Weight; without its value.")),
        )]),
        "service" => object(&[
            ("service_type", text("What kind of service it is, in one to four words.")),
            ("steps", steps("What is done, in a few words.")),
        ]),
        "taxonomy" => object(&[("description", text("What the term covers, in one or two sentences of plain text."))]),
        _ => object(&[
            ("section", text("The part of a magazine that it belongs to, in one to three words.")),
            (
                "how_to",
                nullable(object(&[
                    ("supplies", list(text("What is used up."))),
                    ("tools", list(text("What is needed and stays."))),
                    ("steps", steps("What to do, in a few words.")),
                ])),
            ),
        ]),
    };
    let mut schema = content_schema();
    schema["properties"]["structure_data"] = data;
    if let Some(required) = schema["required"].as_array_mut() {
        required.push(json!("structure_data"));
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::content_schema_for;
    use crate::shapes::{ENTITY_TYPES, schema::tests::assert_strict};

    #[test]
    fn no_kind_is_asked_for_what_a_model_cannot_know() {
        for kind in ENTITY_TYPES {
            let schema = content_schema_for(kind);
            assert_strict(&schema);
            let asked = schema["properties"]["structure_data"].to_string();
            for made_up in ["price", "sku", "gtin", "rating", "brand", "value\"", "area", "minutes", "url"] {
                assert!(!asked.contains(&format!("\"{made_up}")), "{kind} is asked for {made_up}: {asked}");
            }
        }
    }
}
