//! Effects: a set of writes that happen together or not at all.

use aws_sdk_dynamodb::types::AttributeValue;

use crate::{
    Cond, Entity, Item, Key, Keys, TableError,
    item::{size_of, to_item},
};

/// The most actions of one transaction.
pub(crate) const MAX_ACTIONS: usize = 100;
/// The most bytes of one transaction, with some room for the expressions.
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024 - 64 * 1024;

#[derive(Debug, Clone)]
pub(crate) enum Action {
    Put { item: Item, when: Option<Cond>, label: &'static str },
    Update { update: Update, label: &'static str },
    Delete { key: Key, when: Option<Cond>, label: &'static str },
    Check { key: Key, when: Cond, label: &'static str },
}

impl Action {
    pub(crate) const fn label(&self) -> &'static str {
        match self {
            Self::Put { label, .. }
            | Self::Update { label, .. }
            | Self::Delete { label, .. }
            | Self::Check { label, .. } => label,
        }
    }
}

/// A change of some attributes of a row.
#[derive(Debug, Clone)]
pub struct Update {
    pub(crate) key: Key,
    pub(crate) set: Vec<(&'static str, AttributeValue)>,
    pub(crate) set_if_absent: Vec<(&'static str, AttributeValue)>,
    pub(crate) add: Vec<(&'static str, i64)>,
    pub(crate) remove: Vec<&'static str>,
    pub(crate) when: Option<Cond>,
}

impl Update {
    /// A change of the row at this key.
    pub const fn at(key: Key) -> Self {
        Self { key, set: Vec::new(), set_if_absent: Vec::new(), add: Vec::new(), remove: Vec::new(), when: None }
    }

    /// Sets a text.
    #[must_use]
    pub fn set(self, name: &'static str, text: impl ToString) -> Self {
        self.set_value(name, AttributeValue::S(text.to_string()))
    }

    /// Sets a number.
    #[must_use]
    pub fn set_n(self, name: &'static str, number: impl ToString) -> Self {
        self.set_value(name, AttributeValue::N(number.to_string()))
    }

    /// Sets a truth value.
    #[must_use]
    pub fn set_bool(self, name: &'static str, value: bool) -> Self {
        self.set_value(name, AttributeValue::Bool(value))
    }

    /// Sets any value.
    #[must_use]
    pub fn set_value(mut self, name: &'static str, value: AttributeValue) -> Self {
        self.set.push((name, value));
        self
    }

    /// Sets anything that serialises.
    pub fn set_serde<T: serde::Serialize>(self, name: &'static str, value: &T) -> Result<Self, TableError> {
        let value = serde_dynamo::to_attribute_value(value).map_err(|error| TableError::Shape(error.to_string()))?;
        Ok(self.set_value(name, value))
    }

    /// Sets a text unless there is one.
    #[must_use]
    pub fn set_if_absent(mut self, name: &'static str, text: impl ToString) -> Self {
        self.set_if_absent.push((name, AttributeValue::S(text.to_string())));
        self
    }

    /// Adds to a number (from 0 when absent).
    #[must_use]
    pub fn add(mut self, name: &'static str, number: i64) -> Self {
        self.add.push((name, number));
        self
    }

    /// Removes an attribute.
    #[must_use]
    pub fn remove(mut self, name: &'static str) -> Self {
        self.remove.push(name);
        self
    }

    /// Only if this holds (together with what was said before).
    #[must_use]
    pub fn when(mut self, cond: Cond) -> Self {
        self.when = Some(match self.when.take() {
            Some(before) => before.and(cond),
            None => cond,
        });
        self
    }
}

/// A set of writes that happen together or not at all.
///
/// Each action has a label; when its condition does not hold, the error carries it.
#[derive(Debug, Clone, Default)]
pub struct Effects {
    pub(crate) actions: Vec<Action>,
    bytes: usize,
}

impl Effects {
    /// No writes yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many actions.
    pub fn len(&self) -> usize {
        self.actions.len()
    }

    /// True without any action.
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty()
    }

    /// About how many bytes.
    pub const fn bytes(&self) -> usize {
        self.bytes
    }

    /// True when so many more actions and bytes still fit into one transaction.
    pub fn has_room(&self, actions: usize, bytes: usize) -> bool {
        self.len() + actions <= MAX_ACTIONS && self.bytes + bytes <= MAX_BYTES
    }

    /// Writes a row that must not exist yet.
    pub fn create<E: Entity>(&mut self, label: &'static str, keys: &Keys, entity: &E) -> Result<(), TableError> {
        self.put(label, keys, entity, Some(Cond::NotExists))
    }

    /// Writes a row if the condition holds for the one that is there.
    pub fn put<E: Entity>(
        &mut self,
        label: &'static str,
        keys: &Keys,
        entity: &E,
        when: Option<Cond>,
    ) -> Result<(), TableError> {
        let item = to_item(keys, entity)?;
        self.bytes += size_of(&item);
        self.actions.push(Action::Put { item, when, label });
        Ok(())
    }

    /// Writes the next version of a row: the one that is there must have the version before.
    pub fn replace<E: Entity>(
        &mut self,
        label: &'static str,
        keys: &Keys,
        entity: &E,
        version_before: u64,
    ) -> Result<(), TableError> {
        self.put(label, keys, entity, Some(Cond::eq_n("version", version_before)))
    }

    /// Changes attributes of a row.
    pub fn update(&mut self, label: &'static str, update: Update) {
        self.bytes += update.key.pk.len()
            + update.key.sk.len()
            + size_of(&update.set.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect());
        self.actions.push(Action::Update { update, label });
    }

    /// Removes a row.
    pub fn delete(&mut self, label: &'static str, key: Key, when: Option<Cond>) {
        self.actions.push(Action::Delete { key, when, label });
    }

    /// Changes nothing, but must hold.
    pub fn check(&mut self, label: &'static str, key: Key, when: Cond) {
        self.actions.push(Action::Check { key, when, label });
    }

    /// All of `other` too.
    pub fn append(&mut self, mut other: Self) {
        self.bytes += other.bytes;
        self.actions.append(&mut other.actions);
    }
}
