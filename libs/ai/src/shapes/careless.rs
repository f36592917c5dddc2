//! Reading what models write carelessly: a number as text, null for a text.

use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

/// A text; null counts as an empty one.
pub(crate) fn text_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(deserializer)?.unwrap_or_default())
}

/// A whole number; also `"1,200 words"`, `1200.0` or null (0).
pub(crate) fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
    whole(&Value::deserialize(deserializer)?).map_err(de::Error::custom)
}

/// A list of whole numbers, each as lenient as [`number`].
pub(super) fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u32>, D::Error> {
    let values = Vec::<Value>::deserialize(deserializer)?;
    values.iter().map(|value| whole(value).map_err(de::Error::custom)).collect()
}

fn whole(value: &Value) -> Result<u32, String> {
    let wrong = || format!("expected a whole number, found {value}");
    match value {
        Value::Null => Ok(0),
        Value::Number(number) => number
            .as_u64()
            .or_else(|| number.as_f64().filter(|number| *number >= 0.0).map(|number| number.round() as u64))
            .and_then(|number| u32::try_from(number).ok())
            .ok_or_else(wrong),
        Value::String(text) => {
            let digits: String = text
                .trim_start_matches(|c: char| !c.is_ascii_digit() && c != '-')
                .chars()
                .take_while(|c| c.is_ascii_digit() || matches!(c, ',' | '_'))
                .filter(char::is_ascii_digit)
                .collect();
            digits.parse().map_err(|_| wrong())
        }
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::shapes::{ClusterOut, IdeaOut};

    #[test]
    fn careless_numbers_are_read() {
        let idea: IdeaOut =
            serde_json::from_value(json!({ "title": "t", "outline": [], "estimated_words": "about 1,200 words" }))
                .unwrap();
        assert_eq!((idea.estimated_words, idea.structure.as_str()), (1200, "article"));
        let cluster = json!({ "name": "c", "description": null, "keywords": ["1", 2, 3.0, "#4"] });
        assert_eq!(serde_json::from_value::<ClusterOut>(cluster).unwrap().keywords, [1, 2, 3, 4]);
        let wrong = json!({ "name": "c", "keywords": ["running shoes"] });
        let error = serde_json::from_value::<ClusterOut>(wrong).unwrap_err().to_string();
        assert!(error.contains("expected a whole number, found \"running shoes\""), "{error}");
    }
}
