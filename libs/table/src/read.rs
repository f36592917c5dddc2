//! Reads: by key, many by key, a page of a partition.

use std::{collections::HashMap, time::Duration};

use aws_sdk_dynamodb::{
    operation::query::builders::QueryFluentBuilder,
    types::{AttributeValue, KeysAndAttributes, ReturnConsumedCapacity, Select},
};
use igny8_core::{Limit, Page, PageRequest};

use crate::{
    Entity, Item, Key, Keys, Query, Table, TableError,
    cond::Expressions,
    cursor,
    item::{from_item, size_of},
    query::Range,
};

/// BatchGetItem takes at most this many keys.
const BATCH: usize = 100;
/// A filtered list reads at most this many rows for one page; then it says where to go on.
const MOST_READ: usize = 5_000;
/// Rows per request of a filtered list.
const STRIDE: usize = 500;
/// A page holds rows of at most so many bytes, and one more: an answer of a function may have 6 MB.
const MOST_BYTES: usize = 2 << 20;

impl Table {
    /// A row by its key, as it is now (strongly consistent).
    pub async fn get<E: Entity>(&self, key: Key) -> Result<Option<E>, TableError> {
        self.get_item(key).await?.map(from_item).transpose()
    }

    /// The attributes of a row by its key, as they are now (strongly consistent).
    pub async fn get_item(&self, key: Key) -> Result<Option<Item>, TableError> {
        let answer = self
            .client()
            .get_item()
            .table_name(self.name()?)
            .set_key(Some(key_item(key)))
            .consistent_read(true)
            .return_consumed_capacity(ReturnConsumedCapacity::Total)
            .send()
            .await
            .map_err(|error| TableError::from_sdk(&error))?;
        self.count(answer.consumed_capacity());
        Ok(answer.item)
    }

    /// Rows by their keys (strongly consistent), in the order of the keys; none for what is not there.
    pub async fn get_many<E: Entity>(&self, keys: &[Key]) -> Result<Vec<Option<E>>, TableError> {
        let mut found: HashMap<Key, Item> = HashMap::with_capacity(keys.len());
        let mut wanted: Vec<Key> = keys.to_vec();
        wanted.sort_unstable();
        wanted.dedup();
        for chunk in wanted.chunks(BATCH) {
            let mut pending: Vec<Item> = chunk.iter().cloned().map(key_item).collect();
            let mut attempt = 0;
            while !pending.is_empty() {
                if attempt > 0 {
                    let wait = Duration::from_millis(20 << attempt.min(6)) + self.jitter(50);
                    tokio::time::sleep(wait).await;
                }
                attempt += 1;
                let request = KeysAndAttributes::builder()
                    .set_keys(Some(std::mem::take(&mut pending)))
                    .consistent_read(true)
                    .build()
                    .map_err(|error| TableError::Failed(error.to_string()))?;
                let answer = self
                    .client()
                    .batch_get_item()
                    .request_items(self.name()?, request)
                    .return_consumed_capacity(ReturnConsumedCapacity::Total)
                    .send()
                    .await
                    .map_err(|error| TableError::from_sdk(&error))?;
                self.count(answer.consumed_capacity());
                for item in answer.responses.unwrap_or_default().into_values().flatten() {
                    found.insert(key_of(&item)?, item);
                }
                if let Some(rest) = answer.unprocessed_keys.unwrap_or_default().into_values().next() {
                    pending = rest.keys;
                }
                if attempt > 8 && !pending.is_empty() {
                    return Err(TableError::Busy("a batch stays unprocessed".into()));
                }
            }
        }
        keys.iter().map(|key| found.get(key).cloned().map(from_item).transpose()).collect()
    }

    /// A page of a partition: consistent unless it goes through an index.
    ///
    /// With a filter, or with rows so large that they would not fit into an answer, a page may hold fewer rows than the
    /// limit and still have a next one.
    pub async fn query<E: Entity>(&self, keys: &Keys, query: Query) -> Result<Page<E>, TableError> {
        let limit = query.limit.get();
        let mut start = query.cursor.as_ref().map(|cursor| cursor::start_key(&query, keys, cursor)).transpose()?;
        // One more than wanted tells whether there is a next page, so that the last one says null.
        let stride = if query.filter.is_some() { STRIDE.max(limit + 1) } else { limit + 1 };
        let (mut rows, mut read, mut bytes, mut fitting) = (Vec::new(), 0, 0, 0);
        loop {
            let answer = self
                .request(&query)?
                .limit(i32::try_from(stride).unwrap_or(i32::MAX))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| match &error {
                    aws_sdk_dynamodb::error::SdkError::ServiceError(service)
                        if query.cursor.is_some() && is_validation(service.err()) =>
                    {
                        TableError::Cursor
                    }
                    _ => TableError::from_sdk(&error),
                })?;
            self.count(answer.consumed_capacity());
            read += answer.scanned_count.max(0) as usize;
            let more = answer.last_evaluated_key.filter(|key| !key.is_empty());
            for row in answer.items.unwrap_or_default() {
                bytes += size_of(&row);
                rows.push(row);
                if bytes <= MOST_BYTES {
                    fitting = rows.len();
                }
            }
            let limit = limit.min(fitting.max(1));
            if rows.len() > limit || more.is_none() || read >= MOST_READ {
                let next_cursor = if rows.len() > limit {
                    rows.truncate(limit);
                    rows.last().and_then(|last| cursor::after(&query, keys, last))
                } else {
                    more.as_ref().and_then(|last| cursor::after(&query, keys, last))
                };
                let items = rows.into_iter().map(from_item).collect::<Result<_, _>>()?;
                return Ok(Page { items, next_cursor, total: None });
            }
            start = more;
        }
    }

    /// A page of a list, with the number of all its rows where that is wanted.
    pub async fn page<E: Entity>(&self, keys: &Keys, query: Query, page: PageRequest) -> Result<Page<E>, TableError> {
        let total = if page.count { Some(self.count_rows(&query).await?) } else { None };
        let found = self.query(keys, query.limit(page.limit).cursor(page.cursor)).await?;
        Ok(Page { total, ..found })
    }

    /// The first rows of a query, at most so many, however many others its filter passes over.
    pub async fn first<E: Entity>(&self, keys: &Keys, query: Query, most: usize) -> Result<Vec<E>, TableError> {
        let (mut rows, mut next) = (Vec::new(), query.cursor.clone());
        while rows.len() < most {
            let limit = Limit::new((most - rows.len()).min(Limit::MAX)).unwrap_or_default();
            let page = self.query::<E>(keys, query.clone().limit(limit).cursor(next)).await?;
            rows.extend(page.items);
            next = page.next_cursor;
            if next.is_none() {
                break;
            }
        }
        Ok(rows)
    }

    /// Every row of a partition that is known to be small; an error when it has more than `most`.
    pub async fn query_all<E: Entity>(&self, keys: &Keys, query: Query, most: usize) -> Result<Vec<E>, TableError> {
        let mut rows = Vec::new();
        let mut next = query.cursor.clone();
        loop {
            let query = query.clone().limit(Limit::new(Limit::MAX).unwrap_or_default()).cursor(next);
            let page = self.query::<E>(keys, query).await?;
            rows.extend(page.items);
            if rows.len() > most {
                return Err(TableError::TooLarge { actions: rows.len(), bytes: 0 });
            }
            next = page.next_cursor;
            if next.is_none() {
                return Ok(rows);
            }
        }
    }

    /// How many rows a query has, without reading them over the wire.
    pub async fn count_rows(&self, query: &Query) -> Result<u64, TableError> {
        let (mut total, mut start) = (0, None);
        loop {
            let answer = self
                .request(query)?
                .select(Select::Count)
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(|error| TableError::from_sdk(&error))?;
            self.count(answer.consumed_capacity());
            total += answer.count.max(0) as u64;
            start = answer.last_evaluated_key.filter(|key| !key.is_empty());
            if start.is_none() {
                return Ok(total);
            }
        }
    }

    fn request(&self, query: &Query) -> Result<QueryFluentBuilder, TableError> {
        let mut expressions = Expressions::default();
        let (pk, sk) = query.index.map_or(("PK", "SK"), |index| (index.pk(), index.sk()));
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let partition = expressions.value(text(&query.pk));
        let mut condition = format!("{pk} = {partition}");
        match &query.range {
            Range::All => {}
            Range::BeginsWith(prefix) if prefix.is_empty() => {}
            Range::BeginsWith(prefix) => {
                let prefix = expressions.value(text(prefix));
                condition.push_str(&format!(" AND begins_with({sk}, {prefix})"));
            }
            Range::Between(first, last) => {
                let (first, last) = (expressions.value(text(first)), expressions.value(text(last)));
                condition.push_str(&format!(" AND {sk} BETWEEN {first} AND {last}"));
            }
        }
        let filter = query.filter.as_ref().map(|cond| expressions.condition(cond));
        let (names, values) = expressions.names();
        Ok(self
            .client()
            .query()
            .table_name(self.name()?)
            .set_index_name(query.index.map(|index| index.name().to_owned()))
            .key_condition_expression(condition)
            .set_filter_expression(filter)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(values)
            .consistent_read(query.index.is_none())
            .scan_index_forward(!query.descending)
            .return_consumed_capacity(ReturnConsumedCapacity::Total))
    }

    pub(crate) fn jitter(&self, most_millis: u64) -> Duration {
        Duration::from_millis(self.0.env.below(most_millis))
    }
}

impl crate::Index {
    const fn name(self) -> &'static str {
        match self {
            Self::Gsi1 => "GSI1",
            Self::Gsi2 => "GSI2",
        }
    }
}

fn is_validation<E: aws_sdk_dynamodb::error::ProvideErrorMetadata>(error: &E) -> bool {
    error.code() == Some("ValidationException")
}

pub(crate) fn key_item(key: Key) -> Item {
    HashMap::from([("PK".to_owned(), AttributeValue::S(key.pk)), ("SK".to_owned(), AttributeValue::S(key.sk))])
}

fn key_of(item: &Item) -> Result<Key, TableError> {
    match (crate::text_of(item, "PK"), crate::text_of(item, "SK")) {
        (Some(pk), Some(sk)) => Ok(Key { pk: pk.to_owned(), sk: sk.to_owned() }),
        _ => Err(TableError::Shape("a row without a key".into())),
    }
}
