//! What a kind of content has beside its body, as people read it: a price, a table of properties, steps.

use igny8_blocks::{
    StructureData,
    structure::{HowTo, PageAction, PriceRange, ProductData, ServiceData, StructureStep, decimal},
};
use maud::{Markup, html};

use crate::{
    labels::{self, Labels},
    text,
    words::Words,
};

/// The facts that stand above the body; nothing when none is known.
pub(crate) fn above(data: &StructureData, language: &str) -> Option<Markup> {
    let labels = labels::of(language);
    let rows = match data {
        StructureData::Post(post) => post.how_to.as_ref().map(|how_to| needed(labels, how_to)).unwrap_or_default(),
        StructureData::Page(_) => Vec::new(),
        StructureData::Product(product) => of_product(labels, product),
        StructureData::Service(service) => of_service(labels, service),
        StructureData::Taxonomy(term) => row(labels.part_of, term.parent.as_deref()).into_iter().collect(),
    };
    (!rows.is_empty()).then(|| {
        html! { dl.facts { @for (name, value) in &rows { div { dt { (name) } dd { (value) } } } } }
    })
}

/// What stands below the body: properties, steps, a link; nothing when there is none.
pub(crate) fn below(data: &StructureData, language: &str) -> Option<Markup> {
    let labels = labels::of(language);
    match data {
        StructureData::Post(post) => post.how_to.as_ref().and_then(|how_to| steps(labels, &how_to.steps)),
        StructureData::Page(page) => page.action.as_ref().and_then(action),
        StructureData::Product(product) => specs(labels, product),
        StructureData::Service(service) => steps(labels, &service.steps),
        StructureData::Taxonomy(_) => None,
    }
}

/// The price of a product or a service, for lists.
pub(crate) fn price(data: &StructureData, language: &str) -> Option<String> {
    let labels = labels::of(language);
    match data {
        StructureData::Product(product) => {
            product.price.as_ref().map(|price| amount(labels, price.amount, &price.currency))
        }
        StructureData::Service(service) => service.price.as_ref().map(|price| range(labels, price)),
        StructureData::Post(_) | StructureData::Page(_) | StructureData::Taxonomy(_) => None,
    }
}

type Row = (&'static str, Markup);

fn row(name: &'static str, value: Option<&str>) -> Option<Row> {
    value.and_then(text::some).map(|value| (name, html! { (value) }))
}

fn of_product(labels: &Labels, product: &ProductData) -> Vec<Row> {
    let price = product.price.as_ref().map(|price| amount(labels, price.amount, &price.currency));
    let rating = product.rating.as_ref().map(|rating| {
        let average = decimal(u64::from(rating.average), "EUR").replace('.', &labels.decimal.to_string());
        format!("{average} / 5 ({})", rating.count)
    });
    let rows = [
        row(labels.price, price.as_deref()),
        row(labels.availability, product.availability.map(|state| labels.state(state))),
        row(labels.rating, rating.as_deref()),
        row(labels.brand, product.brand.as_deref()),
        row("SKU", product.sku.as_deref()),
        row("GTIN", product.gtin.as_deref()),
    ];
    rows.into_iter().flatten().collect()
}

fn of_service(labels: &Labels, service: &ServiceData) -> Vec<Row> {
    let rows = [
        row(labels.price, service.price.as_ref().map(|price| range(labels, price)).as_deref()),
        row(labels.duration, service.duration_minutes.map(duration).as_deref()),
        list(labels.area, &service.area_served),
    ];
    rows.into_iter().flatten().collect()
}

fn needed(labels: &Labels, how_to: &HowTo) -> Vec<Row> {
    let rows = [
        row(labels.duration, how_to.total_minutes.map(duration).as_deref()),
        list(labels.supplies, &how_to.supplies),
        list(labels.tools, &how_to.tools),
    ];
    rows.into_iter().flatten().collect()
}

fn list(name: &'static str, values: &[String]) -> Option<Row> {
    let values: Vec<String> = values.iter().filter_map(|value| text::some(value)).collect();
    match values.as_slice() {
        [] => None,
        [one] => Some((name, html! { (one) })),
        many => Some((name, html! { ul { @for value in many { li { (value) } } } })),
    }
}

/// Only properties with a value.
fn specs(labels: &Labels, product: &ProductData) -> Option<Markup> {
    let known: Vec<(String, String)> =
        product.specs.iter().filter_map(|spec| Some((text::some(&spec.name)?, text::some(&spec.value)?))).collect();
    (!known.is_empty()).then(|| {
        html! {
            section aria-labelledby="_details" {
                h2 id="_details" { (labels.details) }
                div { table { tbody { @for (name, value) in &known { tr { th scope="row" { (name) } td { (value) } } } } } }
            }
        }
    })
}

fn steps(labels: &Labels, steps: &[StructureStep]) -> Option<Markup> {
    let steps: Vec<(String, Option<String>)> =
        steps.iter().filter_map(|step| Some((text::some(&step.name)?, text::some(&step.text)))).collect();
    (!steps.is_empty()).then(|| {
        html! {
            section aria-labelledby="_steps" {
                h2 id="_steps" { (labels.steps) }
                ol {
                    @for (name, how) in &steps {
                        li { h3 { (name) } @if let Some(how) = how { p { (how) } } }
                    }
                }
            }
        }
    })
}

/// A link without an address is not shown.
fn action(action: &PageAction) -> Option<Markup> {
    let url = action.url.as_deref()?;
    let reaches = url.starts_with("mailto:") || url.starts_with("tel:") || text::safe_url(url).is_some();
    let label = text::some(&action.label)?;
    reaches.then(|| html! { p { a.button href=(url) { (label) } } })
}

fn amount(labels: &Labels, amount: u64, currency: &str) -> String {
    format!("{} {currency}", decimal(amount, currency).replace('.', &labels.decimal.to_string()))
}

fn range(labels: &Labels, price: &PriceRange) -> String {
    let from = amount(labels, price.from, &price.currency);
    match price.to {
        None => Words::fill(labels.from, &from),
        Some(to) if to == price.from => from,
        Some(to) => format!("{from} – {}", amount(labels, to, &price.currency)),
    }
}

/// Minutes with the symbols of hours and minutes, which every language knows.
fn duration(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
