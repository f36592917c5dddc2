//! The balance of a tenant: two buckets, and what of them is reserved.

use std::ops::{Add, AddAssign, Sub};

use igny8_core::{Credits, Error, ErrorKind, Timestamp};
use igny8_table::{Entity, Key, Keys};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::PlanId;

/// Where credits are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bucket {
    /// Credits of the month: spent first, and they expire with it.
    Monthly,
    /// Credits of the trial and of packs: they never expire.
    Bonus,
}

/// An amount, by bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Split {
    /// Credits of the month.
    pub monthly: Credits,
    /// Credits that never expire.
    pub bonus: Credits,
}

impl Split {
    /// Nothing of either.
    pub const ZERO: Self = Self { monthly: Credits::ZERO, bonus: Credits::ZERO };

    /// Both together.
    pub fn total(self) -> Credits {
        self.monthly + self.bonus
    }

    /// The part of this of `amount` credits, monthly ones first; at most all of it.
    #[must_use]
    pub fn take(self, amount: Credits) -> Self {
        let monthly = amount.min(self.monthly).max(Credits::ZERO);
        let bonus = (amount - monthly).min(self.bonus).max(Credits::ZERO);
        Self { monthly, bonus }
    }
}

impl Add for Split {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { monthly: self.monthly + other.monthly, bonus: self.bonus + other.bonus }
    }
}

impl AddAssign for Split {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sub for Split {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { monthly: self.monthly - other.monthly, bonus: self.bonus - other.bonus }
    }
}

/// The balance of a tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// The plan.
    pub plan: PlanId,
    /// What is there, by bucket.
    pub credits: Split,
    /// What of it is reserved for work that is queued or runs.
    pub reserved: Split,
    /// When the month's credits are renewed.
    pub renews_at: Option<Timestamp>,
    /// How many ledger entries there are.
    pub entries: u64,
    /// Grows with every write.
    pub version: u64,
}

impl Balance {
    /// Where the balance lives.
    pub fn key_of(keys: &Keys) -> Key {
        keys.row(Self::KIND, "-")
    }

    /// What can be reserved.
    pub fn available(&self) -> Credits {
        (self.credits - self.reserved).total()
    }

    /// Reserves an amount, monthly credits first; an error that tells both numbers when there are too few.
    pub fn reserve(&mut self, amount: Credits) -> Result<Split, Error> {
        let available = self.available();
        if amount > available {
            return Err(Error::new(
                ErrorKind::InsufficientCredits { required: amount, available },
                format!(
                    "This needs {amount} credits and {available} are available. Choose less, or add credits in billing."
                ),
            ));
        }
        let split = (self.credits - self.reserved).take(amount);
        self.reserved += split;
        Ok(split)
    }

    /// Gives a reservation back.
    pub fn release(&mut self, reserved: Split) {
        self.reserved = self.reserved - reserved;
    }
}

/// The balance of a tenant, as the API shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BalanceView {
    /// The sum of all transactions.
    pub balance: Credits,
    /// What of it is reserved for work that waits or runs.
    pub reserved: Credits,
    /// What can be spent: balance − reserved.
    pub available: Credits,
    /// Credits of the month; they are spent first.
    pub monthly: Credits,
    /// Credits that never expire.
    pub bonus: Credits,
    /// The plan.
    pub plan: PlanId,
    /// When the month's credits are renewed.
    pub renews_at: Option<Timestamp>,
}

impl From<&Balance> for BalanceView {
    fn from(balance: &Balance) -> Self {
        Self {
            balance: balance.credits.total(),
            reserved: balance.reserved.total(),
            available: balance.available(),
            monthly: balance.credits.monthly,
            bonus: balance.credits.bonus,
            plan: balance.plan,
            renews_at: balance.renews_at,
        }
    }
}

impl Entity for Balance {
    const KIND: &'static str = "BALANCE";

    fn key(&self, keys: &Keys) -> Key {
        Self::key_of(keys)
    }
}
