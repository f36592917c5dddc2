//! The rules of the kinds' data: what may stand there, what is tidied, and what a person still has to give.
//!
//! All of a kind's texts together stay below 200 KB of UTF-8, so that an answer has room for them beside the largest body
//! (see [`crate::MAX_JSON_BYTES`]).

use igny8_core::FieldError;

use super::{
    HowTo, Money, PageData, PriceRange, ProductData, ServiceData, StructureData, StructureStep, TaxonomyData,
    currency_digits, join,
};
use crate::address;

/// The highest price, in the smallest unit: a thousand million of a currency with hundredths.
const MOST_MONEY: u64 = 100_000_000_000;
/// A year, in minutes.
const MOST_MINUTES: u32 = 525_600;
/// The most steps.
pub(super) const MOST_STEPS: usize = 30;
/// The most properties.
pub(super) const MOST_SPECS: usize = 100;
/// The most supplies, and tools.
pub(super) const MOST_THINGS: usize = 30;
/// The most places.
const MOST_AREAS: usize = 50;

impl StructureData {
    /// Takes away spaces at the ends, and texts, rows and steps with nothing in them.
    pub(super) fn tidy(&mut self) {
        match self {
            Self::Post(post) => {
                tidy_option(&mut post.section);
                if let Some(how_to) = &mut post.how_to {
                    tidy_list(&mut how_to.supplies);
                    tidy_list(&mut how_to.tools);
                    tidy_steps(&mut how_to.steps);
                }
                post.how_to = post.how_to.take().filter(|how_to| *how_to != HowTo::default());
            }
            Self::Page(page) => {
                if let Some(action) = &mut page.action {
                    tidy_text(&mut action.label);
                    tidy_option(&mut action.url);
                    // As a browser would read it.
                    action.url = action.url.take().map(|url| address::link(&url).unwrap_or(url));
                }
                page.action = page.action.take().filter(|action| !action.label.is_empty() || action.url.is_some());
            }
            Self::Product(product) => {
                tidy_option(&mut product.sku);
                tidy_option(&mut product.brand);
                tidy_option(&mut product.gtin);
                for spec in &mut product.specs {
                    tidy_text(&mut spec.name);
                    tidy_text(&mut spec.value);
                }
                product.specs.retain(|spec| !spec.name.is_empty() || !spec.value.is_empty());
            }
            Self::Service(service) => {
                tidy_option(&mut service.service_type);
                tidy_list(&mut service.area_served);
                tidy_steps(&mut service.steps);
            }
            Self::Taxonomy(taxonomy) => {
                tidy_option(&mut taxonomy.parent);
                tidy_option(&mut taxonomy.description);
            }
        }
    }

    /// What is wrong, by path; empty when nothing is.
    pub(super) fn check(&self) -> Vec<FieldError> {
        let mut errors = Errors::default();
        match self {
            Self::Post(post) => {
                errors.option("section", post.section.as_ref(), 100);
                if let Some(how_to) = &post.how_to {
                    errors.how_to(how_to);
                }
            }
            Self::Page(page) => errors.page(page),
            Self::Product(product) => errors.product(product),
            Self::Service(service) => errors.service(service),
            Self::Taxonomy(TaxonomyData { parent, description, .. }) => {
                errors.option("parent", parent.as_ref(), 100);
                errors.option("description", description.as_ref(), 1_000);
            }
        }
        errors.0
    }

    /// What only a person knows and the page does without until they give it; by path, in words for them.
    ///
    /// Nothing of it stands in the way of publishing: it is left out of the page.
    pub fn missing(&self) -> Vec<FieldError> {
        let mut missing = Errors::default();
        match self {
            Self::Post(post) => {
                if let Some(how_to) = &post.how_to {
                    missing.when(
                        how_to.total_minutes.is_none(),
                        "how_to.total_minutes",
                        "How long it takes is not given.",
                    );
                    missing.steps("how_to.steps", &how_to.steps);
                }
            }
            Self::Page(page) => {
                let is_open = page.action.as_ref().is_some_and(|action| action.url.is_none());
                missing.when(is_open, "action.url", "The link has no address yet; the page does without it.");
            }
            Self::Product(product) => {
                let no_price = "No price: without one, search engines get no offer of this product.";
                missing.when(product.price.is_none(), "price", no_price);
                missing.when(product.availability.is_none(), "availability", "Whether it can be bought is not given.");
                missing.when(product.brand.is_none(), "brand", "No brand.");
                missing.when(product.sku.is_none() && product.gtin.is_none(), "sku", "Neither SKU nor GTIN.");
                for (at, spec) in product.specs.iter().enumerate().filter(|(_, spec)| spec.value.is_empty()) {
                    missing.add(&format!("specs[{at}].value"), &format!("“{}” has no value yet.", spec.name));
                }
            }
            Self::Service(service) => {
                missing.when(service.area_served.is_empty(), "area_served", "Where it is offered is not given.");
                missing.when(service.price.is_none(), "price", "No price.");
                missing.when(service.duration_minutes.is_none(), "duration_minutes", "How long it takes is not given.");
                missing.steps("steps", &service.steps);
            }
            Self::Taxonomy(taxonomy) => {
                missing.when(taxonomy.description.is_none(), "description", "What the term covers is not said.");
            }
        }
        missing.0
    }
}

fn tidy_text(text: &mut String) {
    *text = text.split_whitespace().collect::<Vec<_>>().join(" ");
}

fn tidy_option(text: &mut Option<String>) {
    if let Some(text) = text {
        tidy_text(text);
    }
    *text = text.take().filter(|text| !text.is_empty());
}

fn tidy_list(texts: &mut Vec<String>) {
    texts.iter_mut().for_each(tidy_text);
    texts.retain(|text| !text.is_empty());
}

fn tidy_steps(steps: &mut Vec<StructureStep>) {
    for step in &mut *steps {
        tidy_text(&mut step.name);
        tidy_text(&mut step.text);
    }
    steps.retain(|step| !step.name.is_empty() || !step.text.is_empty());
}

#[derive(Default)]
struct Errors(Vec<FieldError>);

impl Errors {
    fn add(&mut self, path: &str, message: &str) {
        self.0.push(FieldError { field: join(path), message: message.to_owned() });
    }

    fn when(&mut self, is_so: bool, path: &str, message: &str) {
        if is_so {
            self.add(path, message);
        }
    }

    fn text(&mut self, path: &str, text: &str, most: usize) {
        if text.is_empty() {
            self.add(path, "is empty: write something, or leave the whole entry out");
        } else if text.chars().count() > most {
            self.add(path, &format!("has {} characters; at most {most} are kept", text.chars().count()));
        }
    }

    fn option(&mut self, path: &str, text: Option<&String>, most: usize) {
        if let Some(text) = text {
            self.text(path, text, most);
        }
    }

    fn list(&mut self, path: &str, texts: &[String], most: usize) {
        self.count(path, texts.len(), most);
        for (at, text) in texts.iter().enumerate() {
            self.text(&format!("{path}[{at}]"), text, 200);
        }
    }

    fn count(&mut self, path: &str, count: usize, most: usize) {
        self.when(count > most, path, &format!("has {count} entries; at most {most} are kept"));
    }

    fn minutes(&mut self, path: &str, minutes: Option<u32>) {
        let is_wrong = minutes.is_some_and(|minutes| !(1..=MOST_MINUTES).contains(&minutes));
        self.when(is_wrong, path, &format!("must be from 1 to {MOST_MINUTES} minutes, or be left out"));
    }

    fn how_to(&mut self, how_to: &HowTo) {
        self.minutes("how_to.total_minutes", how_to.total_minutes);
        self.list("how_to.supplies", &how_to.supplies, MOST_THINGS);
        self.list("how_to.tools", &how_to.tools, MOST_THINGS);
        self.step_rules("how_to.steps", &how_to.steps);
    }

    fn step_rules(&mut self, path: &str, steps: &[StructureStep]) {
        self.count(path, steps.len(), MOST_STEPS);
        for (at, step) in steps.iter().enumerate() {
            self.text(&format!("{path}[{at}].name"), &step.name, 200);
            if !step.text.is_empty() {
                self.text(&format!("{path}[{at}].text"), &step.text, 1_000);
            }
        }
    }

    /// The steps that say not how.
    fn steps(&mut self, path: &str, steps: &[StructureStep]) {
        for (at, step) in steps.iter().enumerate().filter(|(_, step)| step.text.is_empty()) {
            self.add(&format!("{path}[{at}].text"), &format!("The step “{}” does not say how.", step.name));
        }
    }

    fn page(&mut self, page: &PageData) {
        let Some(action) = &page.action else { return };
        self.text("action.label", &action.label, 60);
        if let Some(url) = &action.url {
            let is_address = address::link(url).is_some() || is_phone(url);
            let message = "must be an address as https://example.com/book, mailto:a@example.com, tel:+341234 or a path as /contact";
            self.when(!is_address, "action.url", message);
        }
    }

    fn product(&mut self, product: &ProductData) {
        self.option("sku", product.sku.as_ref(), 100);
        self.option("brand", product.brand.as_ref(), 100);
        if let Some(Money { amount, currency }) = &product.price {
            self.amount("price.amount", *amount);
            self.currency(currency);
        }
        if let Some(gtin) = &product.gtin {
            self.when(!is_gtin(gtin), "gtin", "must have 8, 12, 13 or 14 digits, the last one their check digit");
        }
        self.count("specs", product.specs.len(), MOST_SPECS);
        for (at, spec) in product.specs.iter().enumerate() {
            self.text(&format!("specs[{at}].name"), &spec.name, 100);
            if !spec.value.is_empty() {
                self.text(&format!("specs[{at}].value"), &spec.value, 200);
            }
        }
        if let Some(rating) = &product.rating {
            let message = "must be from 100 to 500: hundredths of 1 to 5 stars";
            self.when(!(100..=500).contains(&rating.average), "rating.average", message);
            self.when(rating.count == 0, "rating.count", "must be 1 or more; without ratings leave the rating out");
        }
    }

    fn service(&mut self, service: &ServiceData) {
        self.option("service_type", service.service_type.as_ref(), 100);
        self.list("area_served", &service.area_served, MOST_AREAS);
        self.minutes("duration_minutes", service.duration_minutes);
        self.step_rules("steps", &service.steps);
        if let Some(PriceRange { from, to, currency }) = &service.price {
            self.amount("price.from", *from);
            if let Some(to) = to {
                self.amount("price.to", *to);
                self.when(to < from, "price.to", "must not be less than price.from");
            }
            self.currency(currency);
        }
    }

    fn amount(&mut self, path: &str, amount: u64) {
        let message = format!("must be at most {MOST_MONEY}, in the smallest unit of the currency");
        self.when(amount > MOST_MONEY, path, &message);
    }

    fn currency(&mut self, currency: &str) {
        let message = "must be the code of a currency in capitals, as EUR or USD";
        self.when(currency_digits(currency).is_none(), "price.currency", message);
    }
}

/// A number to call: RFC 3966, without parameters.
fn is_phone(url: &str) -> bool {
    url.strip_prefix("tel:").is_some_and(|number| {
        (3..=30).contains(&number.len())
            && number.bytes().filter(u8::is_ascii_digit).count() >= 3
            && number.bytes().all(|byte| byte.is_ascii_digit() || b"+-.()".contains(&byte))
    })
}

/// The length and the check digit of a Global Trade Item Number, as GS1's General Specifications, section 7.9, define
/// them: the digits before it weigh 3, 1, 3 … from the right, and all of them sum up to a multiple of ten.
fn is_gtin(text: &str) -> bool {
    if !matches!(text.len(), 8 | 12 | 13 | 14) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let weighed =
        text.bytes().rev().enumerate().map(|(at, digit)| u32::from(digit - b'0') * if at % 2 == 0 { 1 } else { 3 });
    weighed.sum::<u32>() % 10 == 0
}
