//! A person at work who remembers what the answers promised, and helpers of the walk through the product.

use std::time::{Duration, Instant};

use igny8_platform::Mail;
use igny8_table::{Index, Keys, Query};
use serde_json::{Value, json};

use crate::stack::{Person, Stack};

/// A list of the API and what must be in it: so often a row with this value in this field.
pub struct Expected {
    pub list: String,
    pub field: &'static str,
    pub value: String,
    pub times: usize,
}

/// A person at work, with what the answers promised.
pub struct Walk<'a> {
    pub stack: &'a Stack,
    pub who: &'a Person,
    pub expected: Vec<Expected>,
}

impl<'a> Walk<'a> {
    pub const fn new(stack: &'a Stack, who: &'a Person) -> Self {
        Self { stack, who, expected: Vec::new() }
    }

    pub fn expect(&mut self, list: &str, field: &'static str, value: &str, times: usize) {
        self.expected.retain(|one| (one.list.as_str(), one.field, one.value.as_str()) != (list, field, value));
        self.expected.push(Expected { list: list.to_owned(), field, value: value.to_owned(), times });
    }

    pub async fn post(&self, path: &str, body: &Value) -> Value {
        self.stack.post(self.who, path, body).await.good()
    }

    /// Makes a thing that is then in the list once; its id.
    pub async fn make(&mut self, path: &str, list: &str, body: &Value, field: &'static str) -> String {
        let made = self.post(path, body).await;
        self.expect(list, field, body[field].as_str().unwrap(), 1);
        made["id"].as_str().unwrap_or_else(|| panic!("{path}: {made:#}")).to_owned()
    }

    /// Changes a thing: the list has it under its new value, once, and not under the old one.
    pub async fn change(&mut self, path: &str, list: &str, field: &'static str, from: &str, to: &str) {
        let changed = self.stack.patch(self.who, path, &json!({ field: to })).await;
        assert_eq!(changed[field], to, "{path}: {changed:#}");
        self.expect(list, field, from, 0);
        self.expect(list, field, to, 1);
    }

    pub async fn delete(&mut self, path: &str, list: &str, field: &'static str, value: &str) {
        self.stack.delete(self.who, path).await;
        self.expect(list, field, value, 0);
    }

    /// Starts a job and waits for its end; starts it again where its creation was interrupted, and retries the items over
    /// which so many workers died that they were given up.
    pub async fn job(&self, path: &str, body: &Value) -> Value {
        loop {
            let job = self.stack.job(self.who, path, body).await;
            let mut ended = self.stack.wait(self.who, &job).await;
            while ended.to_string().contains("It did not come to an end, several times") {
                let answer = self.stack.post(self.who, &format!("/api/system/jobs/{job}/retry"), &json!({})).await;
                // A retry whose answer was lost finds the job running.
                assert!(answer.status.is_success() || answer.status == 409, "{}", answer.text());
                ended = self.stack.wait(self.who, &job).await;
            }
            let interrupted = ended["error"].as_str().is_some_and(|error| error.contains("interrupted"));
            if !interrupted {
                return ended;
            }
        }
    }

    pub async fn check(&self) {
        for expected in &self.expected {
            let rows = self.stack.all(self.who, &expected.list).await;
            let found = rows.iter().filter(|row| row[expected.field] == expected.value.as_str()).count();
            let Expected { list, field, value, times } = expected;
            assert_eq!(found, *times, "{field} “{value}” in {list}: {rows:#?}");
        }
    }
}

pub async fn site(walk: &mut Walk<'_>, name: &str) -> String {
    let body = json!({ "name": name, "site_type": "blog", "hosting_type": "igny8", "domain": format!("{}.example", igny8_core::slugify(name)) });
    walk.make("/api/auth/sites", "/api/auth/sites", &body, "name").await
}

pub fn ids(rows: &[Value]) -> Vec<Value> {
    rows.iter().map(|row| row["id"].clone()).collect()
}

/// The text of the newest mail to someone, once it is there.
pub async fn mail(stack: &Stack, to: &str, subject: &str) -> String {
    let begun = Instant::now();
    loop {
        let mails = mails(stack).await;
        if let Some(mail) = mails.iter().rfind(|mail| mail.to == to && mail.subject.contains(subject)) {
            return mail.text.clone();
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "no mail to {to}: {mails:#?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

pub async fn mails(stack: &Stack) -> Vec<Mail> {
    let today = igny8_core::Env::system().now().date();
    let query = Query::partition(Mail::by_day(&today)).index(Index::Gsi1);
    stack.app.table.query_all::<Mail>(&Keys::outside(), query, 1000).await.unwrap()
}

pub fn token_in(text: &str) -> String {
    text.split_once("token=").unwrap().1.split_whitespace().next().unwrap().to_owned()
}
