//! What the table promises, kept on every emulator that it runs on (`IGNY8_TEST_ENDPOINT` names another one).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what cannot be set up must fail")]

use igny8_core::{Cursor, Limit, PageRequest, Role};
use igny8_table::{Cond, Effects, Entity, Index, Indexes, Key, Keys, Query, Table, TableError, Update};
use igny8_testing::TestTable;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    id: String,
    text: String,
    color: Option<String>,
    parent: Option<String>,
    version: u64,
}

impl Note {
    fn new(id: impl ToString) -> Self {
        Self { id: id.to_string(), text: "a".to_owned(), color: None, parent: None, version: 1 }
    }

    fn in_color(id: impl ToString, color: &str) -> Self {
        Self { color: Some(color.to_owned()), ..Self::new(id) }
    }
}

impl Entity for Note {
    const KIND: &'static str = "NOTE";

    fn key(&self, keys: &Keys) -> Key {
        keys.row(Self::KIND, &self.id)
    }

    fn indexes(&self, keys: &Keys) -> Indexes {
        let gsi2 =
            self.parent.as_ref().map(|parent| (keys.child_partition("NOTE", parent, Self::KIND), self.id.clone()));
        Indexes { gsi1: None, gsi2 }
    }
}

fn limit(limit: usize) -> Limit {
    Limit::new(limit).unwrap()
}

async fn write(table: &Table, keys: &Keys, notes: impl IntoIterator<Item = Note>) {
    let mut effects = Effects::new();
    for note in notes {
        if !effects.has_room(1, 1000) {
            table.transact("test.write", std::mem::take(&mut effects)).await.unwrap();
        }
        effects.create("note", keys, &note).unwrap();
    }
    table.transact("test.write", effects).await.unwrap();
}

/// All pages of a list; each but the last has a cursor, and none is larger than the limit.
async fn pages(table: &Table, keys: &Keys, query: Query, most: usize) -> Vec<Vec<String>> {
    let (mut pages, mut next) = (Vec::new(), None);
    loop {
        let page = table.query::<Note>(keys, query.clone().limit(limit(most)).cursor(next)).await.unwrap();
        assert!(page.items.len() <= most);
        pages.push(page.items.into_iter().map(|note| note.id).collect());
        next = page.next_cursor;
        if next.is_none() {
            return pages;
        }
        assert!(pages.len() < 1000, "the list has no end");
    }
}

#[tokio::test]
async fn a_row_is_created_once() {
    let test = TestTable::start().await;
    let keys = Keys::new(&test.ctx(Role::Owner));
    let note = Note::new("one");
    write(&test.table, &keys, [note.clone()]).await;

    let mut effects = Effects::new();
    effects.create("again", &keys, &Note { text: "b".into(), ..note.clone() }).unwrap();
    let error = test.table.transact("test.again", effects).await.unwrap_err();
    let failed = error.condition().expect("the condition fails");
    assert_eq!(failed.label, "again");
    let found = failed.found.clone().expect("and shows the row that is there");
    assert_eq!(igny8_table::from_item::<Note>(found).unwrap(), note);
    assert_eq!(test.table.get::<Note>(note.key(&keys)).await.unwrap(), Some(note), "nothing of it has changed");
}

#[tokio::test]
async fn a_failed_condition_in_a_transaction_names_itself_and_writes_nothing() {
    let test = TestTable::start().await;
    let keys = Keys::new(&test.ctx(Role::Owner));
    write(&test.table, &keys, [Note::new("one")]).await;

    let mut effects = Effects::new();
    effects.create("first", &keys, &Note::new("two")).unwrap();
    effects.create("second", &keys, &Note::new("one")).unwrap();
    let error = test.table.transact("test.both", effects).await.unwrap_err();
    assert!(error.failed("second") && !error.failed("first"), "{error}");
    assert!(error.condition().unwrap().found.is_some());
    assert_eq!(test.table.get::<Note>(keys.row("NOTE", "two")).await.unwrap(), None);
}

#[tokio::test]
async fn the_next_version_needs_the_version_before() {
    let test = TestTable::start().await;
    let keys = Keys::new(&test.ctx(Role::Owner));
    let first = Note::new("one");
    write(&test.table, &keys, [first.clone()]).await;

    let second = Note { text: "b".into(), version: 2, ..first.clone() };
    let mut effects = Effects::new();
    effects.replace("note", &keys, &second, 1).unwrap();
    test.table.transact("test.replace", effects.clone()).await.unwrap();
    let error = test.table.transact("test.replace", effects).await.unwrap_err();
    assert!(error.failed("note"));

    if test.is_beyond_moto("isolation of concurrent writes") {
        return;
    }
    // Many write the same next version; one wins.
    let tries = (0..8).map(|n| {
        let (table, keys) = (test.table.clone(), keys.clone());
        let third = Note { text: n.to_string(), version: 3, ..first.clone() };
        tokio::spawn(async move {
            let mut effects = Effects::new();
            effects.replace("note", &keys, &third, 2).unwrap();
            table.transact("test.race", effects).await.is_ok()
        })
    });
    let mut won = 0;
    for one in tries.collect::<Vec<_>>() {
        won += usize::from(one.await.unwrap());
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn updates_set_add_remove_and_keep_what_is_there() {
    let test = TestTable::start().await;
    let keys = Keys::new(&test.ctx(Role::Owner));
    write(&test.table, &keys, [Note::in_color("one", "red")]).await;

    let key = keys.row("NOTE", "one");
    let mut effects = Effects::new();
    effects.update("one", Update::at(key.clone()).set("text", "b").remove("color").when(Cond::eq("color", "red")));
    test.table.transact("test.update", effects.clone()).await.unwrap();
    assert!(test.table.transact("test.update", effects).await.unwrap_err().failed("one"), "it is not red any more");

    let mut effects = Effects::new();
    effects.update("add", Update::at(key.clone()).add("version", 5).set_if_absent("text", "c"));
    test.table.transact("test.add", effects).await.unwrap();
    let note = test.table.get::<Note>(key).await.unwrap().unwrap();
    assert_eq!(note, Note { text: "b".into(), color: None, version: 6, ..Note::new("one") });
}

#[tokio::test]
async fn a_write_whose_answer_was_lost_is_recognised_as_our_own() {
    let test = TestTable::start().await;
    let keys = Keys::new(&test.ctx(Role::Owner));
    let (table, line) = test.lossy().await;
    // The first call only opens the connection.
    table.get::<Note>(keys.row("NOTE", "none")).await.unwrap();

    // One row: PutItem has no request token, the writer's mark tells.
    line.lose(1);
    write(&table, &keys, [Note::new("put")]).await;
    assert_eq!(line.lost(), 1);

    // Several rows: the request token tells.
    line.lose(1);
    write(&table, &keys, [Note::new("two"), Note::new("three")]).await;
    assert_eq!(line.lost(), 2);

    // An update whose own condition does not hold after it: the mark again.
    let update = Update::at(keys.row("NOTE", "put")).set("text", "b").when(Cond::eq("text", "a"));
    let mut effects = Effects::new();
    effects.update("update", update);
    line.lose(1);
    table.transact("test.update", effects).await.unwrap();
    assert_eq!(line.lost(), 3);

    // What another one has written is not taken for ours, lost answer or not.
    let mut effects = Effects::new();
    effects.create("again", &keys, &Note::new("two")).unwrap();
    line.lose(1);
    assert!(table.transact("test.again", effects).await.unwrap_err().failed("again"));
}

#[tokio::test]
async fn an_addition_whose_answer_was_lost_is_not_done_twice() {
    let test = TestTable::start().await;
    if test.is_beyond_moto("request tokens of transactions") {
        return;
    }
    let keys = Keys::new(&test.ctx(Role::Owner));
    let (table, line) = test.lossy().await;
    write(&table, &keys, [Note::new("one")]).await;
    let mut effects = Effects::new();
    effects.update("add", Update::at(keys.row("NOTE", "one")).add("version", 1));
    line.lose(1);
    table.transact("test.add", effects).await.unwrap();
    assert_eq!(line.lost(), 1);
    assert_eq!(test.table.get::<Note>(keys.row("NOTE", "one")).await.unwrap().unwrap().version, 2);
}

#[tokio::test]
async fn a_hundred_actions_fit_and_one_more_does_not() {
    let test = TestTable::start().await;
    let keys = Keys::new(&test.ctx(Role::Owner));
    let mut effects = Effects::new();
    for n in 0..100 {
        assert!(effects.has_room(1, 100));
        effects.create("note", &keys, &Note::new(format!("{n:03}"))).unwrap();
    }
    assert!(!effects.has_room(1, 100));
    let mut larger = effects.clone();
    larger.create("note", &keys, &Note::new("100")).unwrap();
    let error = test.table.transact("test.larger", larger).await.unwrap_err();
    assert!(matches!(error, TableError::TooLarge { actions: 101, .. }), "{error}");
    test.table.transact("test.hundred", effects).await.unwrap();
    assert_eq!(test.table.count_rows(&Query::partition(keys.partition("NOTE"))).await.unwrap(), 100);
}

#[tokio::test]
async fn many_keys_give_many_rows_in_their_order() {
    let test = TestTable::start().await;
    let keys = Keys::new(&test.ctx(Role::Owner));
    write(&test.table, &keys, (0..150).map(|n| Note::new(format!("{n:03}")))).await;
    let mut wanted: Vec<_> = (0..150).rev().map(|n| keys.row("NOTE", format!("{n:03}"))).collect();
    wanted.insert(7, keys.row("NOTE", "none"));
    wanted.push(keys.row("NOTE", "000"));
    let rows = test.table.get_many::<Note>(&wanted).await.unwrap();
    assert_eq!(rows.len(), wanted.len());
    for (key, row) in wanted.iter().zip(rows) {
        assert_eq!(row.map_or_else(|| "none".to_owned(), |note| note.id), key.sk);
    }
}

#[tokio::test]
async fn pages_hold_every_row_once_in_both_directions() {
    let test = TestTable::start().await;
    let keys = Keys::new(&test.ctx(Role::Owner));
    let stranger = Keys::new(&test.ctx(Role::Owner));
    write(&test.table, &stranger, (0..5).map(Note::new)).await;
    let ids: Vec<_> = (0..25).map(|n| format!("{n:03}")).collect();
    write(&test.table, &keys, ids.iter().map(Note::new)).await;
    let query = Query::partition(keys.partition("NOTE"));
    for most in [1, 7, 25, 200] {
        assert_eq!(pages(&test.table, &keys, query.clone(), most).await.concat(), ids);
        let mut down = pages(&test.table, &keys, query.clone().descending(), most).await.concat();
        down.reverse();
        assert_eq!(down, ids);
    }
    let some = pages(&test.table, &keys, query.clone().between("005", "011"), 3).await.concat();
    assert_eq!(some, ids[5..12]);
    assert_eq!(pages(&test.table, &keys, query.begins_with("01"), 4).await.concat(), ids[10..20]);
}

#[tokio::test]
async fn filtered_pages_hold_every_row_that_fits_once() {
    let test = TestTable::start().await;
    let keys = Keys::new(&test.ctx(Role::Owner));
    // More rows than one request of a filtered list reads, and only few of them fit.
    let notes = (0..620).map(|n| Note::in_color(format!("{n:04}"), if n % 97 == 0 { "red" } else { "blue" }));
    write(&test.table, &keys, notes).await;
    let query = Query::partition(keys.partition("NOTE")).filter(Cond::eq("color", "red"));
    let expected: Vec<_> = (0..620).step_by(97).map(|n| format!("{n:04}")).collect();
    for most in [1, 4, 200] {
        assert_eq!(pages(&test.table, &keys, query.clone(), most).await.concat(), expected, "{most} a page");
    }
    assert_eq!(test.table.count_rows(&query).await.unwrap(), expected.len() as u64);
    let all = test.table.query_all::<Note>(&keys, query.clone(), expected.len()).await.unwrap();
    assert_eq!(all.len(), expected.len());
    for (most, found) in [(0, 0), (3, 3), (50, expected.len())] {
        assert_eq!(test.table.first::<Note>(&keys, query.clone(), most).await.unwrap().len(), found);
    }
    let error = test.table.query_all::<Note>(&keys, query, expected.len() - 1).await.unwrap_err();
    assert!(matches!(error, TableError::TooLarge { .. }), "{error}");
}

#[tokio::test]
async fn filters_take_none_or_hundreds_of_values_and_look_into_maps() {
    #[derive(Debug, Serialize, Deserialize)]
    struct Tree {
        id: String,
        places: std::collections::BTreeMap<String, String>,
    }
    impl Entity for Tree {
        const KIND: &'static str = "TREE";

        fn key(&self, keys: &Keys) -> Key {
            keys.row(Self::KIND, &self.id)
        }
    }
    let test = TestTable::start().await;
    let keys = Keys::new(&test.ctx(Role::Owner));
    let notes = (0..5).map(|n| Note::in_color(n, &format!("color-{}", n * 60)));
    write(&test.table, &keys, notes).await;
    let found = async |most: usize| {
        let colors = (0..most).map(|n| format!("color-{n}"));
        let query = Query::partition(keys.partition(Note::KIND)).filter(Cond::any_of("color", colors));
        test.table.page::<Note>(&keys, query, PageRequest { count: true, ..PageRequest::default() }).await.unwrap()
    };
    for (most, expected) in [(0, 0), (1, 1), (100, 2), (101, 2), (250, 5)] {
        let page = found(most).await;
        assert_eq!((page.items.len(), page.total), (expected, Some(expected as u64)), "{most}");
    }
    let mut effects = Effects::new();
    for (id, place) in [("a", "garden"), ("b", "park")] {
        let places = [(place.to_owned(), "there".to_owned())].into();
        effects.create("tree", &keys, &Tree { id: id.to_owned(), places }).unwrap();
    }
    test.table.transact("test.write", effects).await.unwrap();
    let query = Query::partition(keys.partition(Tree::KIND)).filter(Cond::Has("places.park"));
    let found = test.table.query::<Tree>(&keys, query).await.unwrap();
    assert_eq!(found.items.iter().map(|tree| tree.id.as_str()).collect::<Vec<_>>(), ["b"]);
}

#[tokio::test]
async fn children_are_found_through_the_index() {
    let test = TestTable::start().await;
    let keys = Keys::new(&test.ctx(Role::Owner));
    let child =
        |id: usize| Note { parent: id.is_multiple_of(2).then(|| "mother".into()), ..Note::new(format!("{id:03}")) };
    write(&test.table, &keys, (0..30).map(child)).await;
    let query = Query::partition(keys.child_partition("NOTE", "mother", "NOTE")).index(Index::Gsi2);
    let found = pages(&test.table, &keys, query.clone(), 4).await.concat();
    assert_eq!(found, (0..30).step_by(2).map(|n| format!("{n:03}")).collect::<Vec<_>>());
    let stranger = Keys::new(&test.ctx(Role::Owner));
    let query = Query::partition(stranger.child_partition("NOTE", "mother", "NOTE")).index(Index::Gsi2);
    assert!(pages(&test.table, &stranger, query, 4).await.concat().is_empty());
}

#[tokio::test]
async fn a_tampered_cursor_is_refused_or_stays_in_its_partition() {
    let test = TestTable::start().await;
    let (keys, victim) = (Keys::new(&test.ctx(Role::Owner)), Keys::new(&test.ctx(Role::Owner)));
    let child = |id: usize| Note { parent: Some("mother".into()), ..Note::new(format!("{id:03}")) };
    write(&test.table, &keys, (0..10).map(child)).await;
    write(&test.table, &victim, (100..110).map(child)).await;

    let own = Query::partition(keys.partition("NOTE"));
    let children = Query::partition(keys.child_partition("NOTE", "mother", "NOTE")).index(Index::Gsi2);
    let of_victim = |query: &Query, at: &Keys| {
        let (table, query, at) = (test.table.clone(), query.clone().limit(limit(3)), at.clone());
        async move { table.query::<Note>(&at, query).await.unwrap().next_cursor.unwrap() }
    };
    let stolen = of_victim(&Query::partition(victim.partition("NOTE")), &victim).await;
    let stolen_child =
        of_victim(&Query::partition(victim.child_partition("NOTE", "mother", "NOTE")).index(Index::Gsi2), &victim)
            .await;

    let long = "eyJhIjoxfQ".repeat(500);
    for text in ["", "!", "W10", "WyIiXQ", "bnVsbA", "WzFd", &stolen.0[1..], &long] {
        for query in [&own, &children] {
            let query = query.clone().cursor(Some(Cursor(text.to_owned())));
            let error = test.table.query::<Note>(&keys, query).await.unwrap_err();
            assert!(matches!(error, TableError::Cursor), "{text:.20}: {error}");
        }
    }
    // A cursor of another tenant or of another list goes on in our own partition, or is refused.
    for (query, cursor) in [(&own, &stolen), (&own, &stolen_child), (&children, &stolen), (&children, &stolen_child)] {
        match test.table.query::<Note>(&keys, query.clone().cursor(Some(cursor.clone()))).await {
            Ok(page) => assert!(page.items.iter().all(|note| note.id.as_str() < "100"), "a stranger's row"),
            Err(error) => assert!(matches!(error, TableError::Cursor), "{error}"),
        }
    }
}

#[tokio::test]
async fn units_are_counted() {
    let test = TestTable::start().await;
    if test.is_beyond_moto("units as AWS counts them") {
        return;
    }
    let keys = Keys::new(&test.ctx(Role::Owner));
    let before = test.table.tenths_of_units();
    write(&test.table, &keys, [Note::new("one")]).await;
    let written = test.table.tenths_of_units() - before;
    assert_eq!(written, 10, "one unit for one small row");
    test.table.get::<Note>(keys.row("NOTE", "one")).await.unwrap();
    assert_eq!(test.table.tenths_of_units() - before - written, 10, "one unit for a consistent read");
}
