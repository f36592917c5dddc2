//! Samples of what models write, and what must come of them.

use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;

use super::{RepairKind as K, *};

fn value(text: &str) -> Value {
    read::<Value>(text).unwrap_or_else(|error| panic!("{text}: {error}")).value
}

fn kinds(text: &str) -> Vec<K> {
    let mut kinds: Vec<K> = read::<Value>(text).unwrap().repairs.into_iter().map(|repair| repair.kind).collect();
    kinds.sort_unstable();
    kinds
}

#[derive(Debug, Deserialize, PartialEq)]
struct Clusters {
    clusters: Vec<Cluster>,
}

#[derive(Debug, Deserialize, PartialEq)]
struct Cluster {
    name: String,
    keywords: Vec<u32>,
}

#[test]
fn valid_json_is_left_alone() {
    for text in ["{}", " [1, 2.5, -3e2, \"a\\u00e9\\ud83d\\ude00\"] ", "\"x\"", "null", "18446744073709551615"] {
        let read = read::<Value>(text).unwrap();
        assert_eq!(read.value, serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(read.repairs, []);
    }
}

#[test]
fn each_habit_is_repaired_and_named() {
    let cases = [
        ("```json\n{\"a\": 1}\n```", json!({"a": 1}), vec![K::Fence]),
        ("Sure! Here it is:\n{\"a\": 1}\nHope this helps.", json!({"a": 1}), vec![K::Prose]),
        ("[1, 2,]", json!([1, 2]), vec![K::TrailingComma]),
        ("{'a': 'it\\'s'}", json!({"a": "it's"}), vec![K::SingleQuotes, K::BadEscape]),
        ("{“a”: “b”}", json!({"a": "b"}), vec![K::SmartQuotes]),
        ("{a: 1, b_2: 'x'}", json!({"a": 1, "b_2": "x"}), vec![K::SingleQuotes, K::UnquotedKey]),
        ("{\"a\": 1 // one\n, /* two */ \"b\": 2}", json!({"a": 1, "b": 2}), vec![K::Comment]),
        ("{\"a\": True, \"b\": None, \"c\": NaN}", json!({"a": true, "b": null, "c": null}), vec![K::Literal]),
        ("{\"a\": \"x\ny\"}", json!({"a": "x\ny"}), vec![K::ControlCharacter]),
        ("[\"a\" \"b\"\n3]", json!(["a", "b", 3]), vec![K::MissingComma]),
        ("{\"a\": 1 \"b\" 2}", json!({"a": 1, "b": 2}), vec![K::MissingComma, K::MissingColon]),
        ("{\"a\": \"say \"hi\" to all\"}", json!({"a": "say \"hi\" to all"}), vec![K::InnerQuote]),
        ("{\"a\": \"b, \"c\": \"d\"}", json!({"a": "b", "c": "d"}), vec![K::MissingQuote]),
        ("{\"a\": [\"b]}", json!({"a": ["b"]}), vec![K::MissingQuote]),
        ("[1, 2, ...]", json!([1, 2]), vec![K::Ellipsis]),
        ("{\"a\": .5, \"b\": 1_000}", json!({"a": 0.5, "b": 1000}), vec![K::Number]),
        ("{\"a\": 1200 words, \"b\": New York}", json!({"a": "1200 words", "b": "New York"}), vec![K::UnquotedString]),
        ("{\"a\": [1, 2}", json!({"a": [1, 2]}), vec![K::MissingBracket]),
        ("{\"a\": 1}}", json!({"a": 1}), vec![K::ExtraBracket]),
        ("{\"a\": \"\\d+ \\(x\\)\"}", json!({"a": "\\d+ \\(x\\)"}), vec![K::BadEscape]),
        ("{\"a\": \"x\" + \"y\"}", json!({"a": "xy"}), vec![K::Concatenation]),
        ("{\"a\": , \"b\": 1}", json!({"a": null, "b": 1}), vec![K::MissingValue]),
        ("\u{feff}{\"a\": 1}", json!({"a": 1}), vec![K::Whitespace]),
        ("\"x\"\u{a0}", json!("x"), vec![K::Whitespace]),
        ("{\"a\":\u{a0}1}", json!({"a": 1}), vec![K::Whitespace]),
        ("{\\\"a\\\": \\\"b\\\"}", json!({"a": "b"}), vec![K::EscapedJson]),
        ("{\"a\": 1, \"a\": 2,}", json!({"a": 2}), vec![K::TrailingComma, K::DuplicateKey]),
        ("{\"a\": \"\"\"x \"y\" z\"\"\"}", json!({"a": "x \"y\" z"}), vec![K::SmartQuotes]),
        ("{\"a\": {\"b\": 1}}, \"c\": 2}", json!({"a": {"b": 1}, "c": 2}), vec![K::ExtraBracket]),
        ("{\"a\": (1, \"b\", (2,)), \"c\": (3)}", json!({"a": [1, "b", [2]], "c": 3}), vec![K::Tuple]),
        ("{\"a\": ([\"x\"]), \"b\": [\"y\", (1, 2)]}", json!({"a": ["x"], "b": ["y", [1, 2]]}), vec![K::Tuple]),
        ("{\"a\": {'b', 'c'}}", json!({"a": ["b", "c"]}), vec![K::Tuple, K::SingleQuotes]),
        ("{\"a\": ObjectId(\"12\"), \"b\": f(3)}", json!({"a": "12", "b": 3}), vec![K::FunctionCall]),
        (
            "{\"a\": true, WORD \"b\": 1}",
            json!({"a": true, "b": 1}),
            vec![K::StrayWord, K::UnquotedKey, K::MissingComma],
        ),
        ("{\"\"a\"\": \"\"b\"\"}", json!({"a": "b"}), vec![K::ExtraQuote]),
        ("[\"a\": 1, \"b\": 2]", json!([{"a": 1, "b": 2}]), vec![K::MissingBracket]),
        ("{\"a\": [1], [2], \"b\": 3}", json!({"a": [1, 2], "b": 3}), vec![K::ExtraBracket]),
        ("{\"a:\"b\"}", json!({"a": "b"}), vec![K::MissingQuote]),
        ("{\"a\": 2., \"b\": 1}", json!({"a": 2.0, "b": 1}), vec![K::Number]),
        ("{\"rows\": [[\"a\", \"b\"}, \"c\": 1}", json!({"rows": [["a", "b"]], "c": 1}), vec![K::MissingBracket]),
    ];
    for (text, expected, repairs) in cases {
        assert_eq!(value(text), expected, "{text}");
        let mut repairs = repairs;
        repairs.sort_unstable();
        assert_eq!(kinds(text), repairs, "{text}");
    }
}

#[test]
fn a_long_key_ends_the_string_before_it() {
    let key = "ein langer Schlüssel: ".repeat(40);
    let json = json!({ "a": "b", key.clone(): "c", format!("{key}\"x\""): ["d", {"e": "f", key: 1}] });
    assert_eq!(value(&format!("Here: {json}")), json);
}

#[test]
fn a_cut_off_list_keeps_its_complete_elements() {
    let text = "{\"clusters\": [{\"name\": \"a\", \"keywords\": [1, 2]}, {\"name\": \"b\", \"keywords\": [3, 1";
    let read = read::<Clusters>(text).unwrap();
    assert_eq!(read.value.clusters, [Cluster { name: "a".into(), keywords: vec![1, 2] }]);
    assert!(read.is_cut());
    assert_eq!(value("[\"whole\", \"hal"), json!(["whole"]));
    assert_eq!(value("[12, 3"), json!([12]));
    assert_eq!(value("{\"a\": [1, 2], \"b\": \"hal"), json!({"a": [1, 2]}));
    assert_eq!(value("```json\n{\"a\": [1, {\"b\": 2\n```"), json!({"a": [1]}));
    // For showing, what is there of the end is kept, and a text is a text; for work it is no answer.
    let shown = |text: &str| read_with::<Value>(text, CutOff::Keep).unwrap().value;
    assert_eq!(shown("[\"whole\", \"hal"), json!(["whole", "hal"]));
    assert_eq!(shown("{\"a\": 1, \"b\":"), json!({"a": 1, "b": null}));
    assert_eq!(shown("I cannot do that."), json!("I cannot do that."));
    assert_eq!(super::read::<Value>("I cannot do that.").unwrap_err().kind, ReadErrorKind::NoJson);
    assert_eq!(shown("{\"a\": 1}\n[2, True]"), json!([{"a": 1}, [2, true]]));
}

#[test]
fn the_value_that_fits_is_found_among_others() {
    let text =
        "I group by topic [see 1] and {think}.\n\n```json\n{\"clusters\": [{\"name\": \"a\", \"keywords\": [1]}]}\n```";
    assert_eq!(read::<Clusters>(text).unwrap().value.clusters.len(), 1);
    let text = "Format: {\"clusters\": []}. Answer: {\"clusters\": [{\"name\": \"a\", \"keywords\": [1]}]}";
    let read_value = read::<Clusters>(text).unwrap();
    assert_eq!(read_value.value.clusters.len(), 1);
    assert!(read_value.repairs.iter().any(|repair| repair.kind == K::SeveralValues));
    for wrapped in [
        "[{\"clusters\": []}]",
        "{\"result\": {\"clusters\": []}}",
        "\"{\\\"clusters\\\": []}\"",
        "Text \"{\\\"clusters\\\": []}\"",
    ] {
        assert_eq!(read::<Clusters>(wrapped).unwrap().value.clusters, [], "{wrapped}");
    }
    let thinking = "<think>\nPerhaps {\"clusters\": [{\"name\": \"draft\", \"keywords\": [1, 2, 3]}]}?\n</think>\n{\"clusters\": []}";
    assert_eq!(read::<Clusters>(thinking).unwrap().value.clusters, []);
    assert!(read::<Clusters>("<think>\nPerhaps {\"clusters\": []}").unwrap_err().cut);
    let lines = "{\"name\": \"a\", \"keywords\": []}\n{\"name\": \"b\", \"keywords\": []}";
    assert_eq!(read::<Vec<Cluster>>(lines).unwrap().value.len(), 2);
    let code = "{\"text\": \"use ```json\\n{}\\n``` here\",}";
    assert_eq!(value(code), json!({"text": "use ```json\n{}\n``` here"}));
}

#[test]
fn errors_say_what_and_where() {
    let error = |text: &str| read::<Clusters>(text).unwrap_err().to_string();
    let texts = [
        "  ",
        "I am sorry, I cannot do that.",
        "{\"clusters\": [{\"name\": \"a\"}]}",
        "{\"clusters\": [{\"name\": \"a\", \"keywords\": [1, \"two\"]}]}",
        "{\"clusters\": [{\"name\": \"a\", \"keywords\": [1]}, {\"name\",\n}]}",
        "{\"clusters\":\n  [{\"name\": \"a\", : 2}]}",
        "{\"cl",
        "[]",
    ];
    insta::assert_snapshot!(texts.map(error).join("\n"));
    assert_eq!(read::<Value>(&"[".repeat(200)).unwrap_err().kind, ReadErrorKind::TooDeep);
    assert_eq!(read::<Value>(&" ".repeat(MAX_BYTES + 1)).unwrap_err().kind, ReadErrorKind::TooLarge);
    let place = read::<Value>("{\"a\": 1,\n \"b\": 'x'}").unwrap().repairs[0];
    assert_eq!((place.line, place.column), (2, 7));
}

/// Texts made to keep a careless parser busy; a quadratic one would need minutes for any of them.
#[test]
fn time_is_linear_in_the_size() {
    let size = 20_000;
    for piece in [
        "[",
        "{",
        "\"",
        "'",
        "{\"a\":",
        "{\"a\" ",
        "[\"",
        "\"a\",",
        "\"a\": \"",
        "{:",
        "[}",
        "{]",
        "```",
        "```json {",
        "\\\"",
        "{\\\"",
        "{\"a",
        "/*",
        "//",
        "\"//",
        "\"/**/",
        "a\"}",
        "\",\n\"",
        "... ",
        "{a:",
        "[1 ",
        "[{\"a\":1,{",
        "“",
        "\u{feff}",
        "[x ",
        "+\"",
        "\"\"\"",
        "{\"\"",
        "\"}]",
        "1e",
        "[-",
        "{\"a\":1}\n",
        "{\"a\":1}},",
        "[}],",
        " \n",
        "[\" ",
        "\"{\"",
        "\",‚",
        "\",\"\\\"",
        "{\"a,",
        "\",'",
        "\n//'",
    ] {
        for prefix in ["", "`", "{\"a\": \""] {
            let text = format!("{prefix}{}", piece.repeat(size / piece.len()));
            let start = Instant::now();
            let _ = read::<Value>(&text);
            let _ = read::<Clusters>(&text);
            assert!(start.elapsed() < Duration::from_secs(2), "{prefix}{piece}: {:?}", start.elapsed());
        }
    }
}

fn json_values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        "[a-z \"',:{}\\[\\]\\\\]{0,16}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(prop_oneof!["[a-z]{1,6}", "[a-z \"',:{}\\[\\]\\\\\n]{0,8}"], inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_text_ends_without_panic(text in "[\\PC\\n{}\\[\\]\",:'`/*\\\\]{0,200}") {
        let _ = read::<Value>(&text);
        let _ = read_with::<Clusters>(&text, CutOff::Keep);
    }

    #[test]
    fn what_serde_writes_comes_back(value in json_values(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let read = read::<Value>(&text).unwrap();
        prop_assert_eq!(&read.value, &value);
        prop_assert!(read.repairs.is_empty());
    }

    /// The tolerant parser itself reads valid JSON as serde does; prose in front keeps the fast path away.
    #[test]
    fn valid_json_behind_prose_is_not_changed(value in json_values()) {
        let text = format!("Here: {}", serde_json::to_string(&json!({ "value": value })).unwrap());
        let read = read::<Value>(&text).unwrap();
        prop_assert_eq!(&read.value["value"], &value);
    }

    #[test]
    fn a_prefix_keeps_only_what_was_there(items in prop::collection::vec("[a-z]{1,8}", 1..8), at in 0.0..1.0_f64) {
        let text = serde_json::to_string(&json!({ "items": items })).unwrap();
        let cut = &text[..(text.len() as f64 * at) as usize];
        if let Ok(read) = read::<Value>(cut)
            && let Some(kept) = read.value.get("items").and_then(Value::as_array) {
                for (kept, whole) in kept.iter().zip(&items) {
                    prop_assert_eq!(kept, whole);
                }
            }
    }
}
