//! A table for tests: a DynamoDB emulator inside the test's own process, or another one by its address.
//!
//! For dev-dependencies alone. With `IGNY8_TEST_ENDPOINT=http://127.0.0.1:5000` the very same tests run against moto,
//! LocalStack or DynamoDB Local; every test has a table of its own there.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot be set up must fail")]
#![allow(clippy::print_stdout, reason = "a skipped test must be seen")]

mod lossy;

use std::sync::Arc;

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType,
};
use igny8_cloud::{Cloud, Config};
use igny8_core::{Actor, Ctx, Env, FixedClock, Role, TenantId, Timestamp, UserId};
use igny8_table::Table;

pub use lossy::Lossy;

/// The moment at which the clock of every test starts: 2026-11-22T10:00:00Z.
pub const START: Timestamp = Timestamp::from_millis(1_795_341_600_000);

/// An empty table with everything that a service wants besides.
pub struct TestTable {
    /// The configuration that leads to the table.
    pub cloud: Cloud,
    /// The table.
    pub table: Table,
    /// A clock that stands still, and repeatable chance.
    pub env: Env,
    /// The clock of `env`, to be moved.
    pub clock: Arc<FixedClock>,
    endpoint: String,
    is_moto: bool,
    vars: Vec<(String, String)>,
}

impl TestTable {
    /// An empty table.
    pub async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// An empty table, and more settings (`APP_URL`, …).
    pub async fn start_with(settings: &[(&str, &str)]) -> Self {
        let clock = Arc::new(FixedClock::at(START));
        let env = Env::fixed(clock.clone(), 7);
        #[allow(clippy::disallowed_methods, reason = "the test runner's choice, not a setting of the service")]
        let endpoint = match std::env::var("IGNY8_TEST_ENDPOINT") {
            Ok(endpoint) if !endpoint.is_empty() => endpoint,
            _ => emulator().await,
        };
        // Several tests share one external emulator; chance of the machine keeps their tables apart.
        let name = format!("igny8-test-{:032x}", Env::system().random());
        let mut vars = vec![
            ("AWS_REGION".to_owned(), "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID".to_owned(), "test".to_owned()),
            ("AWS_SECRET_ACCESS_KEY".to_owned(), "test".to_owned()),
            ("TABLE_NAME".to_owned(), name.clone()),
        ];
        vars.extend(settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let cloud = cloud_at(&endpoint, &vars);
        create_table(&cloud, &name).await;
        let table = Table::new(cloud.clone(), env.clone());
        let is_moto = is_moto(&endpoint).await;
        Self { cloud, table, env, clock, endpoint, is_moto, vars }
    }

    /// True on moto, which does not keep this promise of DynamoDB; says so, so that the gap is seen in the output.
    ///
    /// Found with moto 5: transactions have no request tokens, concurrent writes are not isolated (two conditional
    /// creates of one row may both succeed), and a strongly consistent read counts as half a unit.
    pub fn is_beyond_moto(&self, promise: &str) -> bool {
        if self.is_moto {
            println!("skipped on moto, which does not have it: {promise}");
        }
        self.is_moto
    }

    /// The same table through a line that loses answers on demand: the write happens, its answer does not come.
    pub async fn lossy(&self) -> (Table, Lossy) {
        let lossy = Lossy::before(&self.endpoint).await;
        let table = Table::new(cloud_at(&lossy.endpoint(), &self.vars), self.env.clone());
        (table, lossy)
    }

    /// The context of a person of a new tenant, who is no more than an id: nothing is written.
    pub fn ctx(&self, role: Role) -> Ctx {
        let now = self.env.now().millis();
        Ctx {
            tenant: TenantId::new(now, self.env.random()),
            actor: Actor::User(UserId::new(now, self.env.random())),
            role,
            request_id: "test".to_owned(),
            idempotency: None,
            env: self.env.clone(),
        }
    }
}

fn cloud_at(endpoint: &str, vars: &[(String, String)]) -> Cloud {
    let endpoint = ("AWS_ENDPOINT_URL".to_owned(), endpoint.to_owned());
    Cloud::new(Config::from_vars(vars.iter().cloned().chain([endpoint])).unwrap())
}

/// Starts an emulator that ends with the test's runtime; gives its address.
async fn emulator() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    format!("http://{address}")
}

/// True when a moto server answers at the endpoint: it alone has this page.
async fn is_moto(endpoint: &str) -> bool {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let address = endpoint.trim_start_matches("http://").trim_end_matches('/');
    let Ok(mut stream) = tokio::net::TcpStream::connect(address).await else { return false };
    let request = format!("GET /moto-api/ HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut answer = Vec::new();
    let sent = stream.write_all(request.as_bytes()).await.is_ok();
    sent && stream.read_to_end(&mut answer).await.is_ok() && answer.starts_with(b"HTTP/1.1 200")
}

/// Makes a table as template.yaml does: `PK` and `SK`, two sparse indexes with every attribute.
///
/// # Panics
/// When it cannot be made.
#[allow(clippy::disallowed_types, reason = "services get a table, they never make one")]
pub async fn create_table(cloud: &Cloud, name: &str) {
    let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let attribute = |name: &str| {
        AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let index = |name: &str| {
        GlobalSecondaryIndex::builder()
            .index_name(name)
            .key_schema(key(&format!("{name}PK"), KeyType::Hash))
            .key_schema(key(&format!("{name}SK"), KeyType::Range))
            .projection(Projection::builder().projection_type(ProjectionType::All).build())
            .build()
            .unwrap()
    };
    aws_sdk_dynamodb::Client::new(cloud.sdk_config())
        .create_table()
        .table_name(name)
        .billing_mode(BillingMode::PayPerRequest)
        .key_schema(key("PK", KeyType::Hash))
        .key_schema(key("SK", KeyType::Range))
        .set_attribute_definitions(Some(["PK", "SK", "GSI1PK", "GSI1SK", "GSI2PK", "GSI2SK"].map(attribute).to_vec()))
        .global_secondary_indexes(index("GSI1"))
        .global_secondary_indexes(index("GSI2"))
        .send()
        .await
        .unwrap();
}
