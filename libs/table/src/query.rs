//! Queries: one partition, a range of it, a filter, a page.

use igny8_core::{Cursor, Limit};

use crate::Cond;

/// The sparse indexes. What is read through one may lag a moment behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Index {
    /// `GSI1`: sort orders and times that are due.
    Gsi1,
    /// `GSI2`: children of a parent.
    Gsi2,
}

#[derive(Debug, Clone)]
pub(crate) enum Range {
    All,
    BeginsWith(String),
    Between(String, String),
}

/// A read of one partition.
#[derive(Debug, Clone)]
pub struct Query {
    pub(crate) pk: String,
    pub(crate) index: Option<Index>,
    pub(crate) range: Range,
    pub(crate) filter: Option<Cond>,
    pub(crate) descending: bool,
    pub(crate) limit: Limit,
    pub(crate) cursor: Option<Cursor>,
}

impl Query {
    /// All rows of a partition, in the order of their sort keys.
    pub fn partition(pk: String) -> Self {
        Self {
            pk,
            index: None,
            range: Range::All,
            filter: None,
            descending: false,
            limit: Limit::default(),
            cursor: None,
        }
    }

    /// Through an index, whose partition key the query then names.
    #[must_use]
    pub const fn index(mut self, index: Index) -> Self {
        self.index = Some(index);
        self
    }

    /// Only sort keys that begin so.
    #[must_use]
    pub fn begins_with(mut self, prefix: impl Into<String>) -> Self {
        self.range = Range::BeginsWith(prefix.into());
        self
    }

    /// Only sort keys from `first` to `last`, both included.
    #[must_use]
    pub fn between(mut self, first: impl Into<String>, last: impl Into<String>) -> Self {
        self.range = Range::Between(first.into(), last.into());
        self
    }

    /// Only rows for which this holds. They are read all the same, so the range should be small.
    #[must_use]
    pub fn filter(mut self, cond: Cond) -> Self {
        self.filter = Some(match self.filter.take() {
            Some(before) => before.and(cond),
            None => cond,
        });
        self
    }

    /// From the last to the first.
    #[must_use]
    pub const fn descending(mut self) -> Self {
        self.descending = true;
        self
    }

    /// At most so many rows.
    #[must_use]
    pub const fn limit(mut self, limit: Limit) -> Self {
        self.limit = limit;
        self
    }

    /// From where an earlier page ended.
    #[must_use]
    pub fn cursor(mut self, cursor: Option<Cursor>) -> Self {
        self.cursor = cursor;
        self
    }
}
