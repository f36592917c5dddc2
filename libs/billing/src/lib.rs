//! Credits: the balance, what is reserved of it, the immutable ledger, usage and plans.
//!
//! One rule above all: balance = sum of all transactions, and available = balance − reserved ≥ 0, at every moment.
//! Every booking goes through [`Billing::book`]: it reads the balance, and the transaction of the deed writes the next
//! version of it together with the ledger entries, or nothing.

mod balance;
mod ledger;
mod plan;
mod service;
#[cfg(test)]
mod tests;
mod usage;

pub use balance::{Balance, BalanceView, Bucket, Split};
pub use ledger::{Transaction, TransactionType};
pub use plan::{PLANS, Plan, PlanId};
pub use service::{BALANCE, Billing, BookError, Booking, open_account};
pub use usage::Usage;
