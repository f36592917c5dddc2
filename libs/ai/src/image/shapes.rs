//! What goes into `generate_image_prompts` and what comes out of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::shapes::{SiteInfo, list, number, object, text, text_or_nothing};

/// A section of a content, as a place for a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageSection {
    /// Its number in this request, from 1.
    pub no: u32,
    /// Its heading.
    pub heading: String,
    /// How it begins.
    pub text: String,
}

/// Input of `generate_image_prompts`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImagePromptsInput {
    /// The site.
    #[serde(flatten)]
    pub site: SiteInfo,
    /// The title of the content.
    pub title: String,
    /// Its teaser; may be empty.
    #[serde(default)]
    pub excerpt: String,
    /// Its keywords, the primary one first.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// BCP 47 tag of its language: alt texts are written in it.
    #[serde(default)]
    pub language: String,
    /// Its sections.
    #[serde(default)]
    pub sections: Vec<ImageSection>,
    /// The most pictures between the sections.
    pub most: u32,
}

/// Output of `generate_image_prompts`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImagePromptsOutput {
    /// The picture at the top.
    pub featured: ImagePrompt,
    /// Pictures between the sections.
    #[serde(default)]
    pub images: Vec<PlacedPrompt>,
}

/// A picture to be made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImagePrompt {
    /// What the image model is told.
    pub prompt: String,
    /// What is seen, for those who do not see it.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub alt: String,
}

/// A picture with its place.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedPrompt {
    /// What the image model is told.
    pub prompt: String,
    /// What is seen, for those who do not see it.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub alt: String,
    /// The number of the section that it belongs to.
    #[serde(default, deserialize_with = "number")]
    pub section: u32,
}

/// The schema of [`ImagePromptsOutput`].
pub fn image_prompts_schema() -> Value {
    let prompt =
        || ("prompt", text("What the picture shows, in English: subject, setting, light, style. No text in it."));
    let alt = || ("alt", text("What is seen, in the language of the article, at most 125 characters; not “image of”."));
    let section = ("section", serde_json::json!({ "type": "integer", "description": "The number of its section." }));
    object(&[("featured", object(&[prompt(), alt()])), ("images", list(object(&[prompt(), alt(), section])))])
}

/// Whether a text says what is seen.
///
/// # Errors
/// A sentence that says what to write instead.
pub fn check_alt(alt: &str) -> Result<(), String> {
    /// How descriptions begin that waste the listener's time: a screen reader has said that it is an image already.
    const EMPTY: [&str; 14] = [
        "image of",
        "an image of",
        "the image",
        "picture of",
        "a picture of",
        "photo of",
        "a photo of",
        "illustration of",
        "imagen de",
        "una imagen",
        "foto de",
        "bild von",
        "ein bild",
        "image de",
    ];
    let tidy = alt.trim().to_lowercase();
    if tidy.is_empty() {
        return Err("The alt text is missing. Say what is seen.".to_owned());
    }
    match EMPTY.iter().find(|empty| tidy.starts_with(**empty)) {
        Some(empty) => Err(format!("The alt text begins with “{empty}”. Say at once what is seen.")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alt_texts_say_what_is_seen() {
        assert!(check_alt("A mechanic measures a brake disc").is_ok());
        assert!(check_alt("Imagery of dunes").is_ok());
        for bad in ["", "  ", "Image of a car", "A photo of brakes", "Imagen de un coche", "Ein Bild eines Autos"] {
            assert!(check_alt(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_schema_has_the_fields_of_the_shape() {
        let (schema, sample) = (
            image_prompts_schema(),
            serde_json::json!(ImagePromptsOutput { images: vec![PlacedPrompt::default()], ..Default::default() }),
        );
        let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        let properties = &schema["properties"];
        assert_eq!(names(properties), names(&sample));
        assert_eq!(names(&properties["featured"]["properties"]), names(&sample["featured"]));
        assert_eq!(names(&properties["images"]["items"]["properties"]), names(&sample["images"][0]));
        for object in [&schema, &properties["featured"], &properties["images"]["items"]] {
            assert_eq!(object["additionalProperties"], false);
            assert_eq!(object["required"].as_array().unwrap().len(), names(&object["properties"]).len());
        }
    }
}
