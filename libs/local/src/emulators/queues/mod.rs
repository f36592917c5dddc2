//! SQS: standard queues in memory, fair between message groups, behind the AWS JSON protocol.
//!
//! They forget when the process ends: the table is the truth, and the sweep dispatches again.

mod protocol;
mod queue;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use igny8_core::{Clock as _, SystemClock};
use tokio::{
    sync::Notify,
    time::{Instant, timeout_at},
};

pub(crate) use protocol::{md5, system_attributes};
pub use protocol::{needs, operation};
pub use queue::{Counts, Message, NewMessage};
use queue::{Settings, State};

use crate::{
    faults::{Faults, QueueFault},
    place::{Place, last_part},
    template::Queue,
};

/// All queues.
#[derive(Debug)]
pub struct Queues {
    place: Place,
    faults: Arc<Faults>,
    by_name: Mutex<BTreeMap<String, Arc<One>>>,
}

/// One queue and the bell for those who wait for its messages.
#[derive(Debug)]
struct One {
    state: Mutex<State>,
    bell: Notify,
}

impl Queues {
    /// No queues yet.
    pub fn new(place: Place, faults: Arc<Faults>) -> Self {
        Self { place, faults, by_name: Mutex::default() }
    }

    /// Makes a queue, or gives an existing one new settings.
    pub fn create(&self, queue: &Queue) {
        let settings = Settings {
            visibility: queue.visibility,
            retention: queue.retention,
            delay: queue.delay,
            redrive: queue.redrive.as_ref().map(|(arn, most)| (last_part(arn).to_owned(), *most)),
        };
        let mut queues = self.by_name.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(there) = queues.get(&queue.name) {
            there.state().settings = settings;
        } else {
            let state = Mutex::new(State::new(settings));
            queues.insert(queue.name.clone(), Arc::new(One { state, bell: Notify::new() }));
        }
    }

    /// The names of all queues.
    pub fn names(&self) -> Vec<String> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    fn one(&self, name: &str) -> Option<Arc<One>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// Adds a message; its id, or none when there is no such queue.
    pub fn send(&self, queue: &str, message: NewMessage) -> Option<String> {
        let one = self.one(queue)?;
        let id = self.id();
        let now = (Instant::now(), SystemClock.now().millis());
        let fault = self.faults.queue();
        let mut state = one.state();
        match fault {
            QueueFault::None => state.add(&id, message, Duration::ZERO, now),
            QueueFault::Lost => {}
            QueueFault::Twice => {
                state.add(&id, message.clone(), Duration::ZERO, now);
                state.add(&id, message, Duration::ZERO, now);
            }
            QueueFault::Late(delay) => state.add(&id, message, delay, now),
        }
        drop(state);
        one.bell.notify_waiters();
        Some(id)
    }

    /// Takes up to `most` messages, waiting up to `wait` for the first; none when there is no such queue.
    ///
    /// `visibility` hides them for that long instead of the queue's own time.
    pub async fn receive(
        &self,
        queue: &str,
        most: usize,
        wait: Duration,
        visibility: Option<Duration>,
    ) -> Option<Vec<Message>> {
        let one = self.one(queue)?;
        let until = Instant::now() + wait;
        loop {
            // Listening begins before looking, so that no message slips through between.
            let bell = one.bell.notified();
            tokio::pin!(bell);
            bell.as_mut().enable();
            let (found, dead, next) = {
                let mut state = one.state();
                let now = (Instant::now(), SystemClock.now().millis());
                let (found, dead) = state.take(most, visibility, now, || self.id());
                (found, dead, state.next_change())
            };
            for (target, message) in dead {
                // Without its dead-letter queue a message is lost, as on AWS.
                if let Some(target) = self.one(&target) {
                    target.state().add_dead(message, &self.place.queue_arn(queue), Instant::now());
                    target.bell.notify_waiters();
                }
                one.state().left();
                one.bell.notify_waiters();
            }
            if !found.is_empty() || Instant::now() >= until {
                return Some(found);
            }
            let _ = timeout_at(next.map_or(until, |next| next.min(until)), bell).await;
        }
    }

    /// Deletes a message that was received; `false` when there is no such queue.
    ///
    /// As on AWS, an outdated receipt handle deletes nothing and is no error.
    pub fn delete(&self, queue: &str, receipt: &str) -> bool {
        let Some(one) = self.one(queue) else { return false };
        one.state().delete(receipt);
        one.bell.notify_waiters();
        true
    }

    /// Hides a received message for that long from now; `None` when there is no such queue, `Some(false)` when the
    /// receipt handle is outdated.
    pub fn change_visibility(&self, queue: &str, receipt: &str, visibility: Duration) -> Option<bool> {
        let one = self.one(queue)?;
        let changed = one.state().change_visibility(receipt, visibility, Instant::now());
        one.bell.notify_waiters();
        Some(changed)
    }

    /// How many messages there are, by state.
    pub fn counts(&self, queue: &str) -> Option<Counts> {
        Some(self.one(queue)?.state().counts(Instant::now()))
    }

    /// Drops all messages.
    pub fn purge(&self, queue: &str) -> bool {
        let Some(one) = self.one(queue) else { return false };
        let mut state = one.state();
        *state = State::new(state.settings.clone());
        true
    }

    /// Waits until a queue is empty: nothing to be received, held back or in flight.
    pub async fn drained(&self, queue: &str, within: Duration) -> bool {
        let Some(one) = self.one(queue) else { return true };
        let until = Instant::now() + within;
        loop {
            let bell = one.bell.notified();
            tokio::pin!(bell);
            bell.as_mut().enable();
            if one.state().counts(Instant::now()).total() == 0 {
                return true;
            }
            if timeout_at(until, bell).await.is_err() {
                return false;
            }
        }
    }

    fn id(&self) -> String {
        crate::uuid(self.faults.env())
    }

    fn url(&self, queue: &str) -> String {
        self.place.queue_url(queue)
    }
}

impl One {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
