//! Bookings: the only way to change a balance.

use std::time::Duration;

use igny8_core::{Credits, Ctx, Error, JobId, Page, PageRequest, Result};
use igny8_table::{Effects, Index, Keys, Query, Table, TableError};

use crate::{Balance, Bucket, PlanId, Split, Transaction, TransactionType, Usage};

/// The label of the balance in a transaction: when its condition fails, another booking came first.
pub const BALANCE: &str = "balance";

/// How often a booking is tried when others come first.
const ATTEMPTS: u32 = 40;

/// Billing of all tenants. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Billing {
    table: Table,
}

/// A change of the balance and its ledger entries, on their way into a transaction.
#[derive(Debug)]
pub struct Booking {
    balance: Balance,
    version_before: u64,
    entries: Vec<Transaction>,
    changed: bool,
}

impl Booking {
    pub(crate) fn of(balance: Balance) -> Self {
        Self { version_before: balance.version, balance, entries: Vec::new(), changed: false }
    }

    /// The balance as this booking would leave it.
    pub const fn balance(&self) -> &Balance {
        &self.balance
    }

    #[cfg(test)]
    pub(crate) fn entries(&self) -> &[Transaction] {
        &self.entries
    }

    /// Reserves an amount, monthly credits first.
    pub fn reserve(&mut self, amount: Credits) -> Result<Split> {
        self.changed |= !amount.is_zero();
        self.balance.reserve(amount)
    }

    /// Gives a reservation back.
    pub fn release(&mut self, reserved: Split) {
        self.changed |= reserved != Split::ZERO;
        self.balance.release(reserved);
    }

    /// Ends a reservation and charges `amount` of it, never more; the rest is released. Returns what was charged.
    pub fn charge(
        &mut self,
        ctx: &Ctx,
        reserved: Split,
        amount: Credits,
        job: JobId,
        reference: &str,
        reason: &str,
    ) -> Split {
        self.release(reserved);
        let charged = reserved.take(amount);
        for (bucket, part) in [(Bucket::Monthly, charged.monthly), (Bucket::Bonus, charged.bonus)] {
            self.enter(ctx, TransactionType::Charge, bucket, -part, Some(job), reference, reason);
        }
        charged
    }

    /// Adds credits.
    pub fn grant(&mut self, ctx: &Ctx, bucket: Bucket, amount: Credits, reference: &str, reason: &str) {
        self.enter(ctx, TransactionType::Grant, bucket, amount, None, reference, reason);
    }

    #[allow(clippy::too_many_arguments, reason = "an entry has these columns")]
    fn enter(
        &mut self,
        ctx: &Ctx,
        kind: TransactionType,
        bucket: Bucket,
        amount: Credits,
        job_id: Option<JobId>,
        reference: &str,
        reason: &str,
    ) {
        if amount.is_zero() {
            return;
        }
        let (column, name) = match bucket {
            Bucket::Monthly => (&mut self.balance.credits.monthly, "monthly"),
            Bucket::Bonus => (&mut self.balance.credits.bonus, "bonus"),
        };
        *column += amount;
        self.balance.entries += 1;
        self.changed = true;
        self.entries.push(Transaction {
            reference: format!("{reference}/{name}"),
            number: self.balance.entries,
            kind,
            amount,
            bucket,
            balance_after: self.balance.credits.total(),
            job_id,
            reason: reason.to_owned(),
            created_at: ctx.now(),
        });
    }

    /// Adds the balance and the ledger entries to the transaction of the deed.
    fn into_effects(mut self, ctx: &Ctx, effects: &mut Effects) -> Result<(), TableError> {
        if !self.changed {
            return Ok(());
        }
        let keys = Keys::new(ctx);
        self.balance.version += 1;
        effects.replace(BALANCE, &keys, &self.balance, self.version_before)?;
        for entry in &self.entries {
            effects.create("ledger", &keys, entry)?;
        }
        Ok(())
    }
}

/// Opens a tenant's account with its first grant, in the transaction that creates the tenant.
pub fn open_account(ctx: &Ctx, effects: &mut Effects, trial: Credits) -> Result<(), TableError> {
    let keys = Keys::new(ctx);
    let empty = Balance {
        plan: PlanId::Trial,
        credits: Split::ZERO,
        reserved: Split::ZERO,
        renews_at: None,
        entries: 0,
        version: 1,
    };
    let mut booking = Booking::of(empty);
    booking.grant(ctx, Bucket::Bonus, trial, "grant/trial", "Credits of the trial");
    effects.create(BALANCE, &keys, &booking.balance)?;
    for entry in &booking.entries {
        effects.create("ledger", &keys, entry)?;
    }
    Ok(())
}

impl Billing {
    /// Billing on a table.
    pub const fn new(table: Table) -> Self {
        Self { table }
    }

    /// The balance of the context's tenant.
    pub async fn balance(&self, ctx: &Ctx) -> Result<Balance> {
        let key = Balance::key_of(&Keys::new(ctx));
        self.table.get::<Balance>(key).await?.ok_or_else(|| Error::not_found("account"))
    }

    /// Books in the transaction of a deed: `deed` gets the booking and the effects, as often as other bookings come
    /// first, and must therefore only compute.
    ///
    /// Errors of other conditions than the balance's come back as they are, for the caller to read their label.
    pub async fn book<T: Send>(
        &self,
        ctx: &Ctx,
        point: &'static str,
        mut deed: impl FnMut(&mut Booking, &mut Effects) -> Result<T, BookError> + Send,
    ) -> Result<T, BookError> {
        let mut wait = Duration::from_millis(5);
        let mut attempt = 0;
        loop {
            attempt += 1;
            let mut booking = Booking::of(self.balance(ctx).await?);
            let mut effects = Effects::new();
            let done = deed(&mut booking, &mut effects)?;
            booking.into_effects(ctx, &mut effects)?;
            match self.table.transact(point, effects).await {
                Ok(()) => return Ok(done),
                Err(error) if error.failed(BALANCE) && attempt < ATTEMPTS => {
                    tokio::time::sleep(wait + Duration::from_millis(ctx.env.below(wait.as_millis() as u64 + 1))).await;
                    wait = (wait * 2).min(Duration::from_millis(200));
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Pages of the ledger, newest first.
    pub async fn transactions(&self, ctx: &Ctx, page: PageRequest) -> Result<Page<Transaction>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(Transaction::by_number(&keys)).index(Index::Gsi1).descending();
        Ok(self.table.page(&keys, query, page).await?)
    }

    /// Pages of the usage log, newest first.
    pub async fn usage(&self, ctx: &Ctx, page: PageRequest) -> Result<Page<Usage>> {
        let keys = Keys::new(ctx);
        let query = Query::partition(Usage::partition(&keys)).descending();
        Ok(self.table.page(&keys, query, page).await?)
    }
}

/// Why a booking did not happen.
#[derive(Debug)]
pub enum BookError {
    /// A refusal for the user, as too few credits.
    Refused(Error),
    /// The table refused: a condition of the deed did not hold, or it is busy.
    Table(TableError),
}

impl BookError {
    /// True when the condition with this label failed.
    pub fn failed(&self, label: &str) -> bool {
        matches!(self, Self::Table(error) if error.failed(label))
    }
}

impl From<Error> for BookError {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<TableError> for BookError {
    fn from(error: TableError) -> Self {
        Self::Table(error)
    }
}

impl From<BookError> for Error {
    fn from(error: BookError) -> Self {
        match error {
            BookError::Refused(error) => error,
            BookError::Table(error) => error.into(),
        }
    }
}
