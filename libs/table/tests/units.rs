//! The engine under the tests counts units as AWS documents them; on that rest the figures in docs/data.md.
//!
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html> and, for indexes,
//! <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GSI.html#GSI.ThroughputConsiderations>
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what cannot be set up must fail")]

use igny8_core::{Ctx, Limit, Role};
use igny8_table::{Cond, Effects, Entity, Index, Indexes, Key, Keys, Query, Table, Update};
use igny8_testing::TestTable;
use serde::{Deserialize, Serialize};

/// A row of a size, in an index or not.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    name: String,
    place: Option<String>,
    text: String,
}

impl Row {
    fn new(name: &str, bytes: usize) -> Self {
        Self { name: name.to_owned(), place: None, text: "x".repeat(bytes) }
    }

    fn indexed(name: &str, bytes: usize, place: &str) -> Self {
        Self { place: Some(place.to_owned()), ..Self::new(name, bytes) }
    }
}

impl Entity for Row {
    const KIND: &'static str = "ROW";

    fn key(&self, keys: &Keys) -> Key {
        keys.row(Self::KIND, &self.name)
    }

    fn indexes(&self, keys: &Keys) -> Indexes {
        Indexes { gsi1: self.place.clone().map(|place| (keys.partition("PLACE"), place)), gsi2: None }
    }
}

struct Meter {
    table: Table,
    keys: Keys,
    last: u64,
}

impl Meter {
    /// What was consumed since the last question.
    fn units(&mut self) -> f64 {
        let now = self.table.tenths_of_units();
        let units = (now - self.last) as f64 / 10.0;
        self.last = now;
        units
    }

    async fn write(&mut self, effects: Effects) -> f64 {
        self.table.transact("test.units", effects).await.unwrap();
        self.units()
    }

    async fn put(&mut self, rows: &[Row]) -> f64 {
        let mut effects = Effects::new();
        for row in rows {
            effects.put("row", &self.keys, row, None).unwrap();
        }
        self.write(effects).await
    }

    async fn get(&mut self, name: &str) -> f64 {
        self.table.get::<Row>(self.keys.row(Row::KIND, name)).await.unwrap();
        self.units()
    }

    async fn query(&mut self, query: Query) -> (usize, f64) {
        let limit = Limit::new(Limit::MAX).unwrap();
        let page = self.table.query::<Row>(&self.keys, query.limit(limit)).await.unwrap();
        (page.items.len(), self.units())
    }
}

#[tokio::test]
#[allow(clippy::float_cmp, reason = "halves are exact")]
async fn units_are_counted_as_aws_counts_them() {
    let test = TestTable::start().await;
    if test.is_beyond_moto("units as AWS counts them") {
        return;
    }
    let ctx: Ctx = test.ctx(Role::Owner);
    let mut m = Meter { table: test.table.clone(), keys: Keys::new(&ctx), last: 0 };

    // A write is a unit per KB begun; in a transaction two, for each row by itself.
    assert_eq!(m.put(&[Row::new("small", 700)]).await, 1.0);
    assert_eq!(m.put(&[Row::new("larger", 1_300)]).await, 2.0);
    assert_eq!(m.put(&[Row::new("a", 700), Row::new("b", 700)]).await, 4.0);
    assert_eq!(m.put(&[Row::new("a", 700), Row::new("c", 2_500)]).await, 2.0 + 6.0);
    // The larger one of before and after counts, also where an update touches one field of it.
    assert_eq!(m.put(&[Row::new("larger", 10)]).await, 2.0);
    let mut effects = Effects::new();
    effects.update("row", Update::at(m.keys.row(Row::KIND, "c")).set("name", "c"));
    assert_eq!(m.write(effects).await, 3.0);
    // A check and a removal in a transaction are writes, too.
    let mut effects = Effects::new();
    effects.check("row", m.keys.row(Row::KIND, "a"), Cond::Exists);
    effects.delete("row", m.keys.row(Row::KIND, "c"), None);
    assert_eq!(m.write(effects).await, 2.0 + 6.0);

    // An entry of an index: a unit per KB when it comes, goes or changes (the writer's mark always does), two when it
    // moves.
    assert_eq!(m.put(&[Row::indexed("i", 700, "1")]).await, 1.0 + 1.0);
    assert_eq!(m.put(&[Row::indexed("i", 700, "1")]).await, 1.0 + 1.0);
    assert_eq!(m.put(&[Row::indexed("i", 700, "2")]).await, 1.0 + 2.0);
    assert_eq!(m.put(&[Row::new("i", 700)]).await, 1.0 + 1.0);

    // A consistent read is a unit per 4 KB begun, also of what is not there.
    assert_eq!(m.get("small").await, 1.0);
    assert_eq!(m.get("not there").await, 1.0);
    m.put(&[Row::new("long", 5_000)]).await;
    m.units();
    assert_eq!(m.get("long").await, 2.0);
    let two = [m.keys.row(Row::KIND, "small"), m.keys.row(Row::KIND, "a")];
    m.table.get_many::<Row>(&two).await.unwrap();
    assert_eq!(m.units(), 2.0, "each row by itself");

    // A page counts the sum of its rows, filtered out ones included; through an index half.
    let rows: Vec<Row> = (0..20).map(|n| Row::indexed(&format!("page{n:02}"), 750, &format!("{n:02}"))).collect();
    m.put(&rows).await;
    m.units();
    let page = || Query::partition(m.keys.partition(Row::KIND)).begins_with("page");
    let (all, filtered) = (page(), page().filter(Cond::eq("place", "07")));
    let index = Query::partition(m.keys.partition("PLACE")).index(Index::Gsi1);
    // About 16.5 KB: five times 4 KB.
    assert_eq!(m.query(all).await, (20, 5.0));
    assert_eq!(m.query(filtered).await, (1, 5.0));
    assert_eq!(m.query(index).await, (20, 2.5));
}
