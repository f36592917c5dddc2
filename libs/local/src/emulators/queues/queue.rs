//! The state of one queue: which message is ready, hidden or held back, and whose turn it is.
//!
//! Fairness, as SQS fair queues give it: among the groups that have a message ready, the one with the fewest messages in
//! flight is served first, then the one that was served longest ago. A group with a backlog and much in flight
//! therefore never delays a group that has little.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    time::Duration,
};

use serde_json::Value;
use tokio::time::Instant;

/// How a queue behaves.
#[derive(Debug, Clone)]
pub(super) struct Settings {
    pub visibility: Duration,
    pub retention: Duration,
    pub delay: Duration,
    /// Name of the dead-letter queue, and how often a message may be received before.
    pub redrive: Option<(String, u32)>,
}

/// A message as it is sent.
#[derive(Debug, Clone, Default)]
pub struct NewMessage {
    /// Its text.
    pub body: String,
    /// `MessageGroupId`.
    pub group: Option<String>,
    /// How long to hold it back, instead of the queue's own time.
    pub delay: Option<Duration>,
    /// `MessageAttributes`, as on the wire.
    pub attributes: Value,
}

/// A message as it is received.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Its id.
    pub id: String,
    /// What deletes it; of this receive alone.
    pub receipt: String,
    /// Its text.
    pub body: String,
    /// `MessageGroupId`.
    pub group: Option<String>,
    /// `MessageAttributes`, as on the wire.
    pub attributes: Value,
    /// How often it was received, this time included.
    pub receives: u32,
    /// When it was sent, in milliseconds since the Unix epoch.
    pub sent: i64,
    /// When it was first received, likewise.
    pub first_received: i64,
    /// ARN of the queue it died in.
    pub dead_from: Option<String>,
}

/// How many messages a queue has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// To be received at once.
    pub ready: usize,
    /// Received and not deleted.
    pub in_flight: usize,
    /// Held back by a delay.
    pub delayed: usize,
}

impl Counts {
    /// All messages.
    pub const fn total(self) -> usize {
        self.ready + self.in_flight + self.delayed
    }
}

/// A message and what is known of it.
#[derive(Debug, Clone)]
pub(super) struct Held {
    message: Message,
    born: Instant,
    /// Ready at that moment; `None` while it stands in its group's line.
    hidden_until: Option<Instant>,
    in_flight: bool,
}

#[derive(Debug, Default)]
struct Group {
    line: VecDeque<u64>,
    in_flight: usize,
    served: u64,
}

#[derive(Debug)]
pub(super) struct State {
    pub settings: Settings,
    held: HashMap<u64, Held>,
    receipts: HashMap<String, u64>,
    groups: BTreeMap<String, Group>,
    hidden: BTreeSet<(Instant, u64)>,
    next: u64,
    turn: u64,
    /// Messages taken out for a dead-letter queue that have not arrived there yet: they still count as in flight, so that
    /// no message is ever in neither queue.
    leaving: usize,
}

impl State {
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            held: HashMap::new(),
            receipts: HashMap::new(),
            groups: BTreeMap::new(),
            hidden: BTreeSet::new(),
            next: 0,
            turn: 0,
            leaving: 0,
        }
    }

    pub fn add(&mut self, id: &str, new: NewMessage, late: Duration, (now, millis): (Instant, i64)) {
        let message = Message {
            id: id.to_owned(),
            receipt: String::new(),
            body: new.body,
            group: new.group,
            attributes: new.attributes,
            receives: 0,
            sent: millis,
            first_received: 0,
            dead_from: None,
        };
        self.enter(message, new.delay.unwrap_or(self.settings.delay) + late, now);
    }

    /// Takes in a message that died in another queue; it keeps its id and age.
    pub fn add_dead(&mut self, held: Held, from: &str, now: Instant) {
        let message = Message { receives: 0, dead_from: Some(from.to_owned()), ..held.message };
        self.enter(message, Duration::ZERO, now);
    }

    fn enter(&mut self, message: Message, delay: Duration, now: Instant) {
        let number = self.next;
        self.next += 1;
        self.held.insert(number, Held { message, born: now, hidden_until: None, in_flight: false });
        if delay.is_zero() { self.line_up(number) } else { self.hide(number, now + delay) }
    }

    fn line_up(&mut self, number: u64) {
        if let Some(held) = self.held.get_mut(&number) {
            held.hidden_until = None;
            self.groups.entry(held.message.group.clone().unwrap_or_default()).or_default().line.push_back(number);
        }
    }

    fn hide(&mut self, number: u64, until: Instant) {
        if let Some(held) = self.held.get_mut(&number) {
            held.hidden_until = Some(until);
            self.hidden.insert((until, number));
        }
    }

    /// A message is no longer in flight.
    fn landed(&mut self, number: u64) {
        let Some(held) = self.held.get_mut(&number).filter(|held| held.in_flight) else { return };
        held.in_flight = false;
        if let Some(group) = self.groups.get_mut(held.message.group.as_deref().unwrap_or_default()) {
            group.in_flight = group.in_flight.saturating_sub(1);
        }
    }

    fn forget(&mut self, number: u64) -> Option<Held> {
        self.landed(number);
        let held = self.held.remove(&number)?;
        self.receipts.remove(&held.message.receipt);
        if let Some(until) = held.hidden_until {
            self.hidden.remove(&(until, number));
        }
        let name = held.message.group.as_deref().unwrap_or_default();
        if let Some(group) = self.groups.get_mut(name) {
            if held.hidden_until.is_none() {
                group.line.retain(|other| *other != number);
            }
            // A group that has nothing left need not be remembered, or there would be one for every tenant ever seen.
            if group.line.is_empty() && group.in_flight == 0 {
                self.groups.remove(name);
            }
        }
        Some(held)
    }

    /// Brings back what was hidden long enough.
    fn wake(&mut self, now: Instant) {
        while let Some(&(until, number)) = self.hidden.first().filter(|(until, _)| *until <= now) {
            self.hidden.remove(&(until, number));
            self.landed(number);
            self.line_up(number);
        }
    }

    /// The next moment at which something becomes ready by itself.
    pub fn next_change(&self) -> Option<Instant> {
        self.hidden.first().map(|(until, _)| *until)
    }

    /// Takes messages in fair order; beside them those that go to a dead-letter queue instead, with its name.
    pub fn take(
        &mut self,
        most: usize,
        visibility: Option<Duration>,
        (now, millis): (Instant, i64),
        mut receipt: impl FnMut() -> String,
    ) -> (Vec<Message>, Vec<(String, Held)>) {
        self.wake(now);
        let (mut found, mut dead) = (Vec::new(), Vec::new());
        while found.len() < most {
            let ready = self.groups.iter().filter(|(_, group)| !group.line.is_empty());
            let Some(name) =
                ready.min_by_key(|(_, group)| (group.in_flight, group.served)).map(|(name, _)| name.clone())
            else {
                break;
            };
            self.turn += 1;
            let turn = self.turn;
            let Some(group) = self.groups.get_mut(&name) else { break };
            group.served = turn;
            let Some(number) = group.line.front().copied() else { break };
            let Some(held) = self.held.get(&number) else {
                group.line.pop_front();
                continue;
            };
            if now.duration_since(held.born) > self.settings.retention {
                self.forget(number);
                continue;
            }
            if let Some((target, most)) = &self.settings.redrive
                && held.message.receives >= *most
            {
                let target = target.clone();
                if let Some(held) = self.forget(number) {
                    self.leaving += 1;
                    dead.push((target, held));
                }
                continue;
            }
            group.line.pop_front();
            group.in_flight += 1;
            let handle = receipt();
            if let Some(held) = self.held.get_mut(&number) {
                self.receipts.remove(&held.message.receipt);
                self.receipts.insert(handle.clone(), number);
                let message = &mut held.message;
                message.receipt = handle;
                message.receives += 1;
                if message.first_received == 0 {
                    message.first_received = millis;
                }
                held.in_flight = true;
                found.push(message.clone());
            }
            self.hide(number, now + visibility.unwrap_or(self.settings.visibility));
        }
        (found, dead)
    }

    /// A dead message has arrived where it goes.
    pub fn left(&mut self) {
        self.leaving = self.leaving.saturating_sub(1);
    }

    pub fn delete(&mut self, receipt: &str) {
        if let Some(number) = self.receipts.get(receipt).copied() {
            self.forget(number);
        }
    }

    pub fn change_visibility(&mut self, receipt: &str, visibility: Duration, now: Instant) -> bool {
        self.wake(now);
        let Some(number) = self.receipts.get(receipt).copied() else { return false };
        let Some(until) = self.held.get(&number).filter(|held| held.in_flight).and_then(|held| held.hidden_until)
        else {
            return false;
        };
        self.hidden.remove(&(until, number));
        if visibility.is_zero() {
            self.landed(number);
            self.line_up(number);
        } else {
            self.hide(number, now + visibility);
        }
        true
    }

    pub fn counts(&mut self, now: Instant) -> Counts {
        self.wake(now);
        let in_flight = self.held.values().filter(|held| held.in_flight).count();
        let ready = self.groups.values().map(|group| group.line.len()).sum();
        let delayed = self.held.len() - in_flight - ready;
        Counts { ready, in_flight: in_flight + self.leaving, delayed }
    }
}
