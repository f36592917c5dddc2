//! A service on an empty table, people in it, and the mail that they get.
#![allow(dead_code, reason = "every test file takes what it needs")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "what cannot be set up must fail")]

use std::time::Duration;

use igny8_accounts::{
    AcceptInput, Accounts, HostingType, InviteInput, LoginInput, RegisterInput, SignIn, SiteCreate, SiteType, Visitor,
};
use igny8_core::{Actor, Credits, Ctx, ErrorKind, Result, Role};
use igny8_platform::{AuditEvent, Mail};
use igny8_table::{Keys, Query, Table};
use igny8_testing::TestTable;

pub const PASSWORD: &str = "correct horse battery";

pub struct World {
    pub test: TestTable,
    pub accounts: Accounts,
    pub visitor: Visitor,
}

impl World {
    pub async fn new() -> Self {
        let test = TestTable::start_with(&[("APP_URL", "https://app.igny8.test/")]).await;
        let accounts = Accounts::new(test.table.clone(), test.cloud.clone());
        let visitor = Visitor { env: test.env.clone(), request_id: "test".to_owned() };
        Self { test, accounts, visitor }
    }

    pub async fn register(&self, email: &str) -> SignIn {
        self.try_register(email).await.unwrap()
    }

    pub async fn try_register(&self, email: &str) -> Result<SignIn> {
        let input = RegisterInput {
            tenant_name: format!("Tenant of {email}"),
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
            display_name: Some("Ana".to_owned()),
        };
        self.accounts.register(&self.visitor, input, Credits(25)).await
    }

    /// A new tenant, seen by its owner.
    pub async fn owner(&self, email: &str) -> Ctx {
        self.ctx(&self.register(email).await)
    }

    pub fn ctx(&self, sign_in: &SignIn) -> Ctx {
        Ctx {
            tenant: sign_in.tenant.id,
            actor: Actor::User(sign_in.user.id),
            role: sign_in.role,
            request_id: "test".to_owned(),
            idempotency: None,
            env: self.test.env.clone(),
        }
    }

    pub async fn login(&self, email: &str, password: &str) -> Result<SignIn> {
        let input = LoginInput { email: email.to_owned(), password: password.to_owned(), tenant_id: None };
        self.accounts.login(&self.visitor, input).await
    }

    /// Invites someone and accepts in their name.
    pub async fn join(&self, by: &Ctx, email: &str, role: Role) -> Ctx {
        let input = InviteInput { email: email.to_owned(), role, workspace_ids: Vec::new() };
        self.accounts.invite(by, input).await.unwrap();
        self.ctx(&self.accept(&self.mailed_token().await, Some(PASSWORD)).await.unwrap())
    }

    pub async fn accept(&self, token: &str, password: Option<&str>) -> Result<SignIn> {
        let input = AcceptInput {
            token: token.to_owned(),
            password: password.map(str::to_owned),
            display_name: Some("Bo".to_owned()),
        };
        self.accounts.accept_invitation(&self.visitor, input).await
    }

    /// Every mail so far, the oldest first; the next one will be later.
    pub async fn mails(&self) -> Vec<Mail> {
        self.test.clock.advance(Duration::from_millis(1));
        let mut mails: Vec<Mail> = rows(&self.test.cloud, "MAIL").await;
        mails.sort_by_key(|mail| mail.id);
        mails
    }

    /// The token in the link of the last mail.
    pub async fn mailed_token(&self) -> String {
        let mails = self.mails().await;
        let (_, rest) = mails.last().expect("there is a mail").text.split_once("#token=").expect("with a link");
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// What the audit trail of a tenant says, the oldest first.
    pub async fn audit(&self, ctx: &Ctx) -> Vec<String> {
        let keys = Keys::new(ctx);
        let query = Query::partition(keys.partition("AUDIT"));
        let events = self.test.table.query_all::<AuditEvent>(&keys, query, 1000).await.unwrap();
        events.into_iter().map(|event| event.action).collect()
    }
}

/// All rows of a kind, for tests alone: the service itself never reads a table from end to end.
#[allow(clippy::disallowed_types, clippy::disallowed_methods)]
pub async fn rows<E: igny8_table::Entity>(cloud: &igny8_cloud::Cloud, kind: &str) -> Vec<E> {
    let client = aws_sdk_dynamodb::Client::new(cloud.sdk_config());
    let (mut rows, mut start) = (Vec::new(), None);
    loop {
        let page = client
            .scan()
            .table_name(cloud.config().need("TABLE_NAME").unwrap())
            .set_exclusive_start_key(start)
            .send()
            .await
            .unwrap();
        for item in page.items.unwrap_or_default() {
            if igny8_table::text_of(&item, "_k") == Some(kind) {
                rows.push(igny8_table::from_item(item).unwrap());
            }
        }
        start = page.last_evaluated_key;
        if start.is_none() {
            return rows;
        }
    }
}

/// Every text that is stored anywhere.
#[allow(clippy::disallowed_types, clippy::disallowed_methods)]
pub async fn everything(cloud: &igny8_cloud::Cloud) -> String {
    let client = aws_sdk_dynamodb::Client::new(cloud.sdk_config());
    let name = cloud.config().need("TABLE_NAME").unwrap();
    let page = client.scan().table_name(name).send().await.unwrap();
    format!("{:?}", page.items())
}

pub fn kind<T>(result: Result<T>) -> ErrorKind {
    match result {
        Ok(_) => panic!("it should have failed"),
        Err(error) => error.kind(),
    }
}

pub fn site(name: &str) -> SiteCreate {
    SiteCreate {
        name: name.to_owned(),
        domain: None,
        site_type: SiteType::Blog,
        hosting_type: HostingType::Igny8,
        industry: None,
        locale: None,
        workspace_id: None,
    }
}

pub fn table(world: &World) -> &Table {
    &world.test.table
}
