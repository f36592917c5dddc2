//! What there is to know about each prompt: which variables it gets, what it must ask for, how it is tried out.
//!
//! The one typed source: validation, the documentation beside the editor, previews and golden runs read it from here.

mod samples;

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{
    drafts::{self, PersonaDraft, PromptDraft, StrategyDraft},
    image::shapes::{ImagePromptsOutput, image_prompts_schema},
    prompt::{Prompt, PromptError},
    reader,
    shapes::{self, ClusterOutput, ContentOutput, ENTITY_TYPES, IdeasOutput, SectionOutput, TitlesOutput},
};

use samples::{
    cluster_sample, draft_sample, ideas_sample, images_sample, reparse_sample, section_sample, titles_sample,
};
pub(crate) use samples::{content_sample, numbered, sections, site};

/// A name that a template may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variable {
    /// The name.
    pub name: &'static str,
    /// What it is: text, number, list or object.
    pub kind: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Whether a template must use it.
    pub required: bool,
}

/// What there is to know about a prompt.
#[derive(Clone, Copy)]
pub struct Spec {
    /// Its name: the function, with the kind of content behind a dot where each has its own.
    pub name: &'static str,
    /// The AI function.
    pub function: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// What a template must name, so that the answer has the shape that is read.
    pub answer_keys: &'static [&'static str],
    /// What it is rendered from.
    pub variables: &'static [Variable],
    /// At most this many tokens of answer.
    pub max_tokens: u32,
    /// Randomness of the answer.
    pub temperature: f32,
    /// What one answer costs, in credits.
    pub credits: i64,
    /// The JSON Schema of the answer.
    pub schema: fn() -> Value,
    /// Reads an answer into its shape; what is wrong comes as a sentence.
    pub read: fn(&str) -> Result<Value, String>,
    /// Variables to try it with.
    pub sample: fn() -> Value,
}

impl std::fmt::Debug for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

const fn required(name: &'static str, kind: &'static str, meaning: &'static str) -> Variable {
    Variable { name, kind, meaning, required: true }
}

const fn optional(name: &'static str, kind: &'static str, meaning: &'static str) -> Variable {
    Variable { name, kind, meaning, required: false }
}

const SITE_NAME: Variable = optional("site_name", "text", "The site's name.");
const INDUSTRY: Variable = optional("industry", "text", "The site's industry, as the owner put it; may be empty.");
const LOCALE: Variable = optional("locale", "text", "Language and region of the site, as en-US; may be empty.");

const AUTHOR: Variable = optional("author", "object", "The author profile, if one is set: name, persona, tone.");
const SOURCES: Variable = optional("sources", "list", "What it is written from: ref, title and text of each.");
const PAGES: Variable = optional("pages", "list", "Pages of the site that it may refer to: ref and title of each.");

const CLUSTER: &[Variable] = &[
    SITE_NAME,
    INDUSTRY,
    LOCALE,
    required(
        "keywords",
        "list",
        "The keywords to group: id_no, keyword, and volume, difficulty and intent where known.",
    ),
    required("existing_clusters", "list", "Clusters that may take keywords too: name and description."),
];
const IDEAS: &[Variable] = &[
    SITE_NAME,
    INDUSTRY,
    LOCALE,
    required("cluster", "object", "The cluster: name, description, keywords."),
    required("existing_titles", "list", "Titles that the site already has; ideas must differ from them."),
    required("count", "number", "How many ideas are wanted."),
];
const CONTENT: &[Variable] = &[
    SITE_NAME,
    INDUSTRY,
    LOCALE,
    required("title", "text", "The title of the task."),
    optional("structure", "text", "One of the 14 structures, as guide or comparison."),
    optional("entity_type", "text", "post, page, product, service or taxonomy."),
    optional("audience", "text", "Whom it is for; may be empty."),
    optional("angle", "text", "What sets it apart; may be empty."),
    required("outline", "list", "The sections to follow: heading and points; may be empty."),
    required("keywords", "list", "The keywords, the primary one first."),
    required("language", "text", "Language to write in, as en."),
    required("estimated_words", "number", "Words that it should have."),
    AUTHOR,
    SOURCES,
    PAGES,
];
const REPARSE: &[Variable] = &[
    optional("title", "text", "The title that the content has now."),
    required("text", "text", "A stored raw answer, HTML or Markdown."),
    optional("language", "text", "Language of the text, as en."),
];
const SECTION: &[Variable] = &[
    optional("title", "text", "The title of the page."),
    optional("keywords", "list", "The keywords of the page, the primary one first."),
    optional("outline", "list", "The headings of the page, in its order."),
    required("section", "text", "The heading of the section."),
    optional("level", "number", "The level of that heading, 2 to 4."),
    required("text", "text", "The section as it is now, as plain text."),
    required("instructions", "text", "What the editor of the page wishes; may be empty."),
    required("language", "text", "Language to write in, as en."),
    AUTHOR,
    SOURCES,
    PAGES,
];
const TITLES: &[Variable] = &[
    required("title", "text", "The title that the page has."),
    optional("keywords", "list", "The keywords of the page, the primary one first."),
    optional("outline", "list", "The headings of the page, in its order."),
    optional("excerpt", "text", "How the page begins."),
    required("known", "list", "Titles that were found before; may be empty."),
    required("count", "number", "How many titles are wanted."),
    required("language", "text", "Language to write in, as en."),
    AUTHOR,
];
const IMAGES: &[Variable] = &[
    SITE_NAME,
    INDUSTRY,
    LOCALE,
    required("title", "text", "The title of the content."),
    optional("excerpt", "text", "Its teaser; may be empty."),
    optional("keywords", "list", "Its keywords, the primary one first."),
    required("language", "text", "Its language: alt texts are written in it."),
    required("sections", "list", "Its sections: no, heading and text of each; may be empty."),
    required("most", "number", "The most pictures between the sections."),
];
const DRAFT: &[Variable] = &[
    required("wish", "text", "What somebody asked for, in plain words."),
    optional("language", "text", "Language to answer in, as en."),
    optional("entity_type", "text", "The kind of content, where one was chosen."),
    optional("text", "text", "The present template."),
    optional("variables", "list", "The variables that the template may use: name, kind, meaning, required."),
];
const DRAFT_PROMPT: &[Variable] = &[
    required("wish", "text", "What somebody asked for, in plain words."),
    optional("language", "text", "Language to answer in, as en."),
    optional("entity_type", "text", "The kind of content, where one was chosen."),
    required("text", "text", "The present template."),
    required("variables", "list", "The variables that the template may use: name, kind, meaning, required."),
];

/// Every prompt there is, in the order in which people see them.
pub const PROMPTS: &[Spec] = &[
    Spec {
        name: "auto_cluster",
        function: "auto_cluster",
        title: "Group keywords",
        about: "Sorts up to 30 keywords into topic clusters.",
        answer_keys: &["clusters", "name", "keywords"],
        variables: CLUSTER,
        max_tokens: 4_000,
        temperature: 0.2,
        credits: 1,
        schema: shapes::cluster_schema,
        read: read_as::<ClusterOutput>,
        sample: cluster_sample,
    },
    Spec {
        name: "generate_ideas",
        function: "generate_ideas",
        title: "Plan ideas",
        about: "Turns a cluster of keywords into ideas for pages.",
        answer_keys: &["ideas", "title", "outline", "target_keywords"],
        variables: IDEAS,
        max_tokens: 8_000,
        temperature: 0.7,
        credits: 3,
        schema: shapes::ideas_schema,
        read: read_as::<IdeasOutput>,
        sample: ideas_sample,
    },
    content("generate_content.post", "Write a post", "Writes an article of a blog, in blocks.", || {
        shapes::content_schema_for("post")
    }),
    content("generate_content.page", "Write a page", "Writes a standing page, in blocks.", || {
        shapes::content_schema_for("page")
    }),
    content("generate_content.product", "Write a product page", "Writes the page of a product, in blocks.", || {
        shapes::content_schema_for("product")
    }),
    content("generate_content.service", "Write a service page", "Writes the page of a service, in blocks.", || {
        shapes::content_schema_for("service")
    }),
    content(
        "generate_content.taxonomy",
        "Write an archive page",
        "Writes the page of a category or a tag, in blocks.",
        || shapes::content_schema_for("taxonomy"),
    ),
    Spec {
        name: "reparse_content",
        function: "reparse_content",
        title: "Sort text into blocks",
        about: "Turns a text into typed blocks without changing what it says.",
        answer_keys: &["blocks"],
        variables: REPARSE,
        max_tokens: 16_000,
        temperature: 0.4,
        credits: 1,
        schema: shapes::content_schema,
        read: read_as::<ContentOutput>,
        sample: reparse_sample,
    },
    Spec {
        name: "regenerate_section",
        function: "regenerate_section",
        title: "Write a section anew",
        about: "Writes one section of a page anew, in blocks.",
        answer_keys: &["blocks"],
        variables: SECTION,
        max_tokens: 6_000,
        temperature: 0.7,
        credits: 1,
        schema: shapes::section_schema,
        read: read_as::<SectionOutput>,
        sample: section_sample,
    },
    Spec {
        name: "generate_variation",
        function: "generate_variation",
        title: "Find other titles",
        about: "Writes other titles for a page, to choose between.",
        answer_keys: &["titles", "title", "meta_title"],
        variables: TITLES,
        max_tokens: 1_500,
        temperature: 0.9,
        credits: 1,
        schema: shapes::titles_schema,
        read: read_as::<TitlesOutput>,
        sample: titles_sample,
    },
    Spec {
        name: "generate_image_prompts",
        function: "generate_image_prompts",
        title: "Plan pictures",
        about: "Describes the pictures of a content for an image model, with alt texts.",
        answer_keys: &["featured", "images", "prompt", "alt"],
        variables: IMAGES,
        max_tokens: 2_000,
        temperature: 0.6,
        credits: 1,
        schema: image_prompts_schema,
        read: read_as::<ImagePromptsOutput>,
        sample: images_sample,
    },
    Spec {
        name: "draft_prompt",
        function: "draft_prompt",
        title: "Draft a prompt",
        about: "Turns a wish in plain words into a prompt to edit.",
        answer_keys: &["text"],
        variables: DRAFT_PROMPT,
        max_tokens: 8_000,
        temperature: 0.3,
        credits: 1,
        schema: drafts::prompt_schema,
        read: read_as::<PromptDraft>,
        sample: draft_sample,
    },
    Spec {
        name: "draft_persona",
        function: "draft_persona",
        title: "Draft an author",
        about: "Turns a wish in plain words into an author profile to edit.",
        answer_keys: &["persona", "tone"],
        variables: DRAFT,
        max_tokens: 2_000,
        temperature: 0.6,
        credits: 1,
        schema: drafts::persona_schema,
        read: read_as::<PersonaDraft>,
        sample: draft_sample,
    },
    Spec {
        name: "draft_strategy",
        function: "draft_strategy",
        title: "Draft a strategy",
        about: "Turns a wish in plain words into a strategy to edit.",
        answer_keys: &["structure", "sections", "words"],
        variables: DRAFT,
        max_tokens: 2_000,
        temperature: 0.4,
        credits: 1,
        schema: drafts::strategy_schema,
        read: read_as::<StrategyDraft>,
        sample: draft_sample,
    },
];

const fn content(name: &'static str, title: &'static str, about: &'static str, schema: fn() -> Value) -> Spec {
    Spec {
        name,
        function: "generate_content",
        title,
        about,
        answer_keys: &["blocks", "title", "meta_title", "meta_description", "excerpt", "structure_data"],
        variables: CONTENT,
        max_tokens: 16_000,
        temperature: 0.6,
        credits: 3,
        schema,
        read: read_as::<ContentOutput>,
        sample: content_sample,
    }
}

/// A prompt by its name.
pub fn find(name: &str) -> Option<&'static Spec> {
    PROMPTS.iter().find(|spec| spec.name == name)
}

/// The prompt of a function, for a kind of content where each has its own.
pub fn of_function(function: &str, kind: Option<&str>) -> Option<&'static Spec> {
    let own = |spec: &&Spec| kind.is_some_and(|kind| spec.name.strip_prefix(function) == Some(&format!(".{kind}")));
    PROMPTS.iter().find(own).or_else(|| find(function))
}

impl Spec {
    /// The prompt that comes with the program.
    pub fn default_prompt(&self) -> Option<Prompt> {
        Prompt::default_for(self.name).or_else(|| Prompt::default_for(self.function))
    }

    /// The kind of content that it is for, where each has its own.
    pub fn entity_type(&self) -> Option<&'static str> {
        let kind = self.name.split_once('.')?.1;
        ENTITY_TYPES.into_iter().find(|known| *known == kind)
    }

    /// The template as it would be used, when it can be: it parses, renders, uses what it must and asks for the answer
    /// that is read.
    ///
    /// # Errors
    /// With the variable or the line that is wrong.
    pub fn check(&self, text: &str) -> Result<Prompt, PromptError> {
        let wrong = |message: String| PromptError { line: None, message };
        let prompt = Prompt::override_for(self.function, text)?;
        let used = prompt.variables()?;
        if let Some(missing) = self.variables.iter().find(|one| one.required && !used.contains(one.name)) {
            return Err(wrong(format!(
                "It never uses {{{{ {} }}}}, which it needs: {}",
                missing.name, missing.meaning
            )));
        }
        if let Some(unknown) = used.iter().find(|name| self.variables.iter().all(|one| one.name != name.as_str())) {
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
            let line = text.lines().position(|line| line.split(|c| !is_name(c)).any(|word| word == unknown));
            let message = format!("It uses {{{{ {unknown} }}}}, which is not there.");
            return Err(PromptError { line: line.map(|line| line + 1), message });
        }
        let whole = prompt.text();
        if !whole.contains("JSON") {
            return Err(wrong(
                "It does not ask for JSON. Keep the line that begins “Answer with one JSON object”.".into(),
            ));
        }
        if let Some(key) = self.answer_keys.iter().find(|key| !whole.contains(&format!("\"{key}\""))) {
            return Err(wrong(format!(
                "It does not say that the answer has \"{key}\". Keep the line that shows the JSON."
            )));
        }
        prompt.render(&(self.sample)())?;
        Ok(prompt)
    }
}

fn read_as<T: DeserializeOwned + Serialize>(text: &str) -> Result<Value, String> {
    let read = reader::read::<T>(text).map_err(|error| error.to_string())?;
    if read.is_cut() {
        return Err("The answer ends before the JSON does.".to_owned());
    }
    serde_json::to_value(read.value).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests;
