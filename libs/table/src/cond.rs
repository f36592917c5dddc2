//! Conditions and filters, as values.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;

/// The most values of one IN.
const MOST_IN: usize = 100;

/// A condition on a row: what must hold for a write, or which rows a list keeps.
///
/// A dot in the name of an attribute leads into a map: `destinations.igny8`.
#[derive(Debug, Clone, PartialEq)]
pub enum Cond {
    /// The row exists.
    Exists,
    /// There is no such row.
    NotExists,
    /// The attribute exists.
    Has(&'static str),
    /// The attribute does not exist.
    Lacks(&'static str),
    /// The attribute is equal to the value.
    Eq(&'static str, AttributeValue),
    /// The attribute exists and differs from the value.
    Ne(&'static str, AttributeValue),
    /// The attribute is less than the value.
    Lt(&'static str, AttributeValue),
    /// The attribute is at most the value.
    Le(&'static str, AttributeValue),
    /// The attribute is at least the value.
    Ge(&'static str, AttributeValue),
    /// The attribute is one of the values.
    In(&'static str, Vec<AttributeValue>),
    /// The text attribute begins with the text.
    BeginsWith(&'static str, String),
    /// All of them hold.
    All(Vec<Cond>),
    /// One of them holds.
    Any(Vec<Cond>),
}

impl Cond {
    /// The text attribute is equal to the text.
    pub fn eq(name: &'static str, text: impl ToString) -> Self {
        Self::Eq(name, AttributeValue::S(text.to_string()))
    }

    /// The text attribute exists and differs from the text.
    pub fn ne(name: &'static str, text: impl ToString) -> Self {
        Self::Ne(name, AttributeValue::S(text.to_string()))
    }

    /// The number attribute is equal to the number.
    pub fn eq_n(name: &'static str, number: impl ToString) -> Self {
        Self::Eq(name, AttributeValue::N(number.to_string()))
    }

    /// The number attribute is at least the number.
    pub fn ge_n(name: &'static str, number: impl ToString) -> Self {
        Self::Ge(name, AttributeValue::N(number.to_string()))
    }

    /// The number attribute is at most the number.
    pub fn le_n(name: &'static str, number: impl ToString) -> Self {
        Self::Le(name, AttributeValue::N(number.to_string()))
    }

    /// The number attribute is less than the number.
    pub fn lt_n(name: &'static str, number: impl ToString) -> Self {
        Self::Lt(name, AttributeValue::N(number.to_string()))
    }

    /// The text attribute is less than the text (times are texts that sort).
    pub fn lt(name: &'static str, text: impl ToString) -> Self {
        Self::Lt(name, AttributeValue::S(text.to_string()))
    }

    /// The text attribute is one of the texts.
    pub fn any_of<T: ToString>(name: &'static str, texts: impl IntoIterator<Item = T>) -> Self {
        Self::In(name, texts.into_iter().map(|text| AttributeValue::S(text.to_string())).collect())
    }

    /// Both hold.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match self {
            Self::All(mut all) => {
                all.push(other);
                Self::All(all)
            }
            one => Self::All(vec![one, other]),
        }
    }

    /// One of both holds.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self::Any(vec![self, other])
    }
}

/// Collects the names and values of one request's expressions behind placeholders.
#[derive(Debug, Default)]
pub(crate) struct Expressions {
    pub(crate) names: HashMap<String, String>,
    pub(crate) values: HashMap<String, AttributeValue>,
}

impl Expressions {
    pub(crate) fn name(&mut self, name: &str) -> String {
        let part = |part: &str| {
            let placeholder = format!("#{}", part.replace(|c: char| !c.is_ascii_alphanumeric(), "_"));
            self.names.insert(placeholder.clone(), part.to_owned());
            placeholder
        };
        name.split('.').map(part).collect::<Vec<_>>().join(".")
    }

    pub(crate) fn value(&mut self, value: AttributeValue) -> String {
        let placeholder = format!(":v{}", self.values.len());
        self.values.insert(placeholder.clone(), value);
        placeholder
    }

    pub(crate) fn names(self) -> (Option<HashMap<String, String>>, Option<HashMap<String, AttributeValue>>) {
        let some = |empty: bool| !empty;
        (some(self.names.is_empty()).then_some(self.names), some(self.values.is_empty()).then_some(self.values))
    }

    pub(crate) fn condition(&mut self, cond: &Cond) -> String {
        match cond {
            Cond::Exists => "attribute_exists(PK)".to_owned(),
            Cond::NotExists => "attribute_not_exists(PK)".to_owned(),
            Cond::Has(name) => format!("attribute_exists({})", self.name(name)),
            Cond::Lacks(name) => format!("attribute_not_exists({})", self.name(name)),
            Cond::Eq(name, value) => self.compare(name, "=", value),
            Cond::Ne(name, value) => format!("({})", {
                let has = self.name(name);
                format!("attribute_exists({has}) AND {}", self.compare(name, "<>", value))
            }),
            Cond::Lt(name, value) => self.compare(name, "<", value),
            Cond::Le(name, value) => self.compare(name, "<=", value),
            Cond::Ge(name, value) => self.compare(name, ">=", value),
            Cond::In(name, values) => {
                let name = self.name(name);
                let lists: Vec<_> = values
                    .chunks(MOST_IN)
                    .map(|values| {
                        let values: Vec<_> = values.iter().map(|value| self.value(value.clone())).collect();
                        format!("{name} IN ({})", values.join(", "))
                    })
                    .collect();
                match lists.as_slice() {
                    // Nothing is one of no values; the language has no word for false.
                    [] => format!("(attribute_exists({name}) AND attribute_not_exists({name}))"),
                    [one] => one.clone(),
                    many => format!("({})", many.join(" OR ")),
                }
            }
            Cond::BeginsWith(name, text) => {
                let name = self.name(name);
                let value = self.value(AttributeValue::S(text.clone()));
                format!("begins_with({name}, {value})")
            }
            Cond::All(all) => self.join(all, " AND "),
            Cond::Any(any) => self.join(any, " OR "),
        }
    }

    fn compare(&mut self, name: &str, operator: &str, value: &AttributeValue) -> String {
        let name = self.name(name);
        let value = self.value(value.clone());
        format!("{name} {operator} {value}")
    }

    fn join(&mut self, conds: &[Cond], word: &str) -> String {
        let parts: Vec<_> = conds.iter().map(|cond| self.condition(cond)).collect();
        format!("({})", parts.join(word))
    }
}
