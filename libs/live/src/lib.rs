//! The live feed: who is connected, what has changed, and which of it each of them is told; and notices of ended work.
//!
//! It knows neither HTTP nor Lambda, and nothing of what jobs do. A connection sees what its actor may see at that
//! moment, by the rule of the list of jobs; nothing here grants more.

mod catch_up;
mod connection;
mod feed;
mod message;
mod notice;
mod ticket;

use igny8_accounts::Accounts;
use igny8_cloud::Cloud;
use igny8_table::Table;
use igny8_work::Work;

pub use connection::{CONNECTION_LIFE, Connection};
pub use feed::Change;
pub use message::LiveMessage;
pub use notice::{Notice, NoticeOutcome, NoticeView, NoticesRead};
pub use ticket::{TICKET_LIFE, TicketView};

/// The live feed of all tenants. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Live {
    cloud: Cloud,
    table: Table,
    accounts: Accounts,
    work: Work,
}

impl Live {
    /// A feed on a table; what it tells of jobs and credits it reads through `work`.
    pub fn new(cloud: Cloud, table: Table, accounts: Accounts, work: Work) -> Self {
        Self { cloud, table, accounts, work }
    }
}
