//! The data of every kind: what is read, what is refused, what is missing, what a model may say.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{KINDS, StructureData, json_schemas};

/// A full sample of every kind.
pub(crate) fn samples() -> Vec<Value> {
    vec![
        json!({
            "kind": "post", "schema_version": 1, "section": "Maintenance",
            "how_to": {
                "total_minutes": 90, "supplies": ["Brake cleaner"], "tools": ["Torque wrench", "Jack"],
                "steps": [
                    { "name": "Lift the car", "text": "Loosen the nuts first." },
                    { "name": "Swap the pads", "text": "Push the piston back & slide the new ones in." },
                ],
            },
        }),
        json!({
            "kind": "page", "schema_version": 1, "page_kind": "contact",
            "action": { "label": "Ask for a date", "url": "mailto:ana@garage.example" },
        }),
        json!({
            "kind": "product", "schema_version": 1, "sku": "BP-7", "brand": "Stopwell",
            "price": { "amount": 3_990, "currency": "EUR" }, "availability": "in_stock", "gtin": "4006381333931",
            "specs": [{ "name": "Weight", "value": "1.2 kg" }, { "name": "Axle", "value": "" }],
            "rating": { "average": 460, "count": 31 },
        }),
        json!({
            "kind": "service", "schema_version": 1, "service_type": "Brake repair", "provider_type": "local_business",
            "area_served": ["Madrid", "Toledo"], "price": { "from": 8_900, "to": 24_000, "currency": "EUR" },
            "duration_minutes": 120, "steps": [{ "name": "Check", "text": "We measure pads and discs." }],
        }),
        json!({
            "kind": "taxonomy", "schema_version": 1, "term_kind": "attribute", "parent": "Brakes",
            "description": "Everything about pads.",
        }),
    ]
}

/// The data of the samples, in the order of the kinds.
pub(crate) fn all() -> Vec<StructureData> {
    KINDS.into_iter().zip(samples()).map(|(kind, value)| StructureData::read(kind, &value).unwrap()).collect()
}

/// The fields that are refused.
fn refused(kind: &str, change: impl Fn(&mut Value)) -> Vec<String> {
    let at = KINDS.iter().position(|known| *known == kind).unwrap();
    let mut value = samples().remove(at);
    change(&mut value);
    let errors = StructureData::read(kind, &value).unwrap_err();
    assert!(errors.iter().all(|error| error.message.len() > 10), "{errors:?}");
    errors.into_iter().map(|error| error.field).collect()
}

#[test]
fn a_sample_of_every_kind_is_read_and_written_again() {
    for (kind, value) in KINDS.into_iter().zip(samples()) {
        let data = StructureData::read(kind, &value).unwrap();
        assert_eq!((data.kind(), serde_json::to_value(&data).unwrap()), (kind, value.clone()));
        assert_eq!(serde_json::from_value::<StructureData>(value).unwrap(), data);
        // And what is empty, too.
        let empty = StructureData::empty(kind, "article");
        assert_eq!(StructureData::read(kind, &serde_json::to_value(&empty).unwrap()), Ok(empty));
    }
}

#[test]
fn an_error_names_the_field_and_says_what_to_send() {
    let cases: [(&str, &str, fn(&mut Value)); 20] = [
        ("product", "kind", |v| v["kind"] = json!("post")),
        ("product", "schema_version", |v| v["schema_version"] = json!(2)),
        ("product", "price.currency", |v| v["price"]["currency"] = json!("euro")),
        ("product", "price.amount", |v| v["price"]["amount"] = json!(39.9)),
        ("product", "price.currency", |v| v["price"] = json!({ "amount": 5 })),
        ("product", "prize", |v| v["prize"] = json!(1)),
        ("product", "availability", |v| v["availability"] = json!("soon")),
        ("product", "gtin", |v| v["gtin"] = json!("4006381333932")),
        ("product", "specs[1].name", |v| v["specs"][1] = json!({ "name": " ", "value": "x" })),
        ("product", "rating.average", |v| v["rating"]["average"] = json!(46)),
        ("product", "rating.count", |v| v["rating"]["count"] = json!(0)),
        ("service", "price.to", |v| v["price"]["to"] = json!(1)),
        ("service", "duration_minutes", |v| v["duration_minutes"] = json!(0)),
        ("service", "steps[0].name", |v| v["steps"][0]["name"] = json!("")),
        ("service", "area_served", |v| v["area_served"] = json!(vec!["x"; 51])),
        ("post", "how_to.steps[1].name", |v| v["how_to"]["steps"][1]["name"] = json!("x".repeat(201))),
        ("page", "action.url", |v| v["action"]["url"] = json!("javascript:alert(1)")),
        ("page", "action.label", |v| v["action"]["label"] = json!("")),
        ("taxonomy", "description", |v| v["description"] = json!("x".repeat(1_001))),
        ("taxonomy", "term_kind", |v| v["term_kind"] = json!("colour")),
    ];
    for (kind, field, change) in cases {
        assert_eq!(refused(kind, change), [format!("structure_data.{field}")]);
    }
    for not_data in [json!(null), json!("x"), json!([]), json!({})] {
        let errors = StructureData::read("page", &not_data).unwrap_err();
        assert_eq!(errors[0].field, "structure_data.kind");
        assert!(errors[0].message.contains("send \"page\""), "{errors:?}");
    }
}

#[test]
fn what_only_a_person_knows_is_missing_until_they_give_it() {
    let fields = |data: &StructureData| data.missing().into_iter().map(|error| error.field).collect::<Vec<_>>();
    let product = StructureData::from_model("product", "product_page", &json!({ "spec_names": ["Weight"] }));
    let want = ["price", "availability", "brand", "sku", "specs[0].value"].map(|f| format!("structure_data.{f}"));
    assert_eq!(fields(&product), want);
    let all = all();
    assert_eq!(fields(&all[2]), ["structure_data.specs[1].value"]);
    for at in [0, 1, 3, 4] {
        assert_eq!(fields(&all[at]), [""; 0], "{:?}", all[at]);
    }
}

#[test]
fn a_model_cannot_state_a_price_or_a_number() {
    // Everything of the samples, as a model might answer: what it cannot know is not taken over.
    let mut told = json!({ "spec_names": ["<b>Weight</b>", "Weight", 7, ""], "action_label": "Write to us" });
    for sample in samples() {
        told.as_object_mut().unwrap().extend(sample.as_object().unwrap().clone());
    }
    for (kind, structure) in
        KINDS.into_iter().zip(["guide", "cluster_hub", "product_page", "service_page", "tag_archive"])
    {
        insta::assert_json_snapshot!(format!("from_model_{kind}"), StructureData::from_model(kind, structure, &told));
    }
}

#[test]
fn the_schemas_are_those_of_the_types() {
    for (schema, sample) in json_schemas().iter().zip(samples()) {
        let properties = schema.schema["properties"].as_object().unwrap();
        let mut known: Vec<&String> = properties.keys().collect();
        let mut given: Vec<&String> = sample.as_object().unwrap().keys().collect();
        known.sort();
        given.sort();
        assert_eq!(known, given);
        assert_eq!(schema.schema["additionalProperties"], false);
        assert!(!schema.schema.to_string().contains("#/components"));
    }
    insta::assert_json_snapshot!("product_schema", json_schemas()[2]);
}

/// A JSON value of any shape.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "[ a-z<>&]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        let name = prop_oneof![
            "[a-z]{1,4}".boxed(),
            prop::sample::select(vec!["steps", "how_to", "name", "text", "section", "spec_names", "page_kind"])
                .prop_map(str::to_owned)
                .boxed(),
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map(name, inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

#[test]
fn the_largest_data_leaves_room_for_the_body() {
    let text = |characters: usize| "汉".repeat(characters);
    let steps = vec![json!({ "name": text(200), "text": text(1_000) }); 30];
    let largest = [
        json!({ "kind": "post", "how_to": { "supplies": vec![text(200); 30], "tools": vec![text(200); 30], "steps": steps } }),
        json!({ "kind": "page" }),
        json!({ "kind": "product", "specs": vec![json!({ "name": text(100), "value": text(200) }); 100] }),
        json!({ "kind": "service", "area_served": vec![text(200); 50], "steps": steps }),
        json!({ "kind": "taxonomy", "description": text(1_000) }),
    ];
    for (kind, data) in KINDS.into_iter().zip(largest) {
        StructureData::read(kind, &data).unwrap();
        assert!(data.to_string().len() < 200_000, "{kind}: {}", data.to_string().len());
    }
}

proptest! {
    /// Whatever a model answers, what is kept of it passes the checks and stays the same when it is read again.
    #[test]
    fn any_answer_of_a_model_gives_valid_data(answer in any_json(), at in 0..5_usize) {
        let data = StructureData::from_model(KINDS[at], "article", &answer);
        let json = serde_json::to_value(&data).unwrap();
        prop_assert_eq!(StructureData::read(KINDS[at], &json), Ok(data));
    }
}
