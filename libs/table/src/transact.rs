//! Writes: effects that happen together or not at all, tried again while the table is only busy.

use std::time::{Duration, Instant};

use aws_sdk_dynamodb::{
    error::{ProvideErrorMetadata, SdkError},
    types::{
        AttributeValue, ConditionCheck, Delete, Put, ReturnConsumedCapacity, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem, Update as SdkUpdate,
    },
};
use igny8_cloud::failpoint;

use crate::{
    Cond, ConditionFailed, Effects, Item, Table, TableError, Update,
    cond::Expressions,
    effects::{Action, MAX_ACTIONS, MAX_BYTES},
    error::is_busy,
    item::WRITER,
    read::key_item,
};

const ALL_OLD: ReturnValuesOnConditionCheckFailure = ReturnValuesOnConditionCheckFailure::AllOld;

enum Outcome {
    Done,
    Busy(String),
    Failed(TableError),
}

impl Table {
    /// Writes all effects or none.
    ///
    /// Conflicts and throttles are tried again with jitter, until the table's patience is over: the SDK does not repeat
    /// a cancelled transaction. A call whose answer was lost is recognised as our own, by the request token of the
    /// transaction or by the writer's mark on a single row. `point` names the write for chaos runs.
    pub async fn transact(&self, point: failpoint::Point, effects: Effects) -> Result<(), TableError> {
        if effects.is_empty() {
            return Ok(());
        }
        if effects.len() > MAX_ACTIONS || effects.bytes() > MAX_BYTES {
            return Err(TableError::TooLarge { actions: effects.len(), bytes: effects.bytes() });
        }
        tracing::debug!(point, actions = effects.len(), bytes = effects.bytes(), "transact");
        let token = format!("{:032x}", self.0.env.random());
        let until = Instant::now() + self.0.patience;
        let mut wait = Duration::from_millis(10);
        loop {
            let outcome = match effects.actions.as_slice() {
                [Action::Put { item, when, label }] => self.put_one(point, item, when.as_ref(), label, &token).await?,
                // Adding is not safe to repeat, and only a transaction has a request token.
                [Action::Update { update, label }] if update.add.is_empty() => {
                    self.update_one(point, update, label, &token).await?
                }
                actions => self.write_together(point, actions, &token).await?,
            };
            match outcome {
                Outcome::Done => break,
                Outcome::Failed(error) => return Err(error),
                Outcome::Busy(reason) if Instant::now() >= until => return Err(TableError::Busy(reason)),
                Outcome::Busy(_) => {
                    tokio::time::sleep(wait + self.jitter(wait.as_millis() as u64)).await;
                    wait = (wait * 2).min(Duration::from_millis(400));
                }
            }
        }
        Ok(())
    }

    async fn put_one(
        &self,
        point: failpoint::Point,
        item: &Item,
        when: Option<&Cond>,
        label: &'static str,
        token: &str,
    ) -> Result<Outcome, TableError> {
        let mut expressions = Expressions::default();
        let condition = when.map(|cond| expressions.condition(cond));
        let (names, values) = expressions.names();
        let request = failpoint::around(
            point,
            self.client()
                .put_item()
                .table_name(self.name()?)
                .set_item(Some(marked(item, token)))
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(ALL_OLD)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send(),
        );
        let sent = request.await;
        Ok(match sent {
            Ok(answer) => {
                self.count(answer.consumed_capacity());
                Outcome::Done
            }
            Err(error) => {
                let found = match error.as_service_error() {
                    Some(aws_sdk_dynamodb::operation::put_item::PutItemError::ConditionalCheckFailedException(e)) => {
                        Some(e.item().cloned())
                    }
                    _ => None,
                };
                single_outcome(&error, found, label, token)
            }
        })
    }

    async fn update_one(
        &self,
        point: failpoint::Point,
        update: &Update,
        label: &'static str,
        token: &str,
    ) -> Result<Outcome, TableError> {
        let mut expressions = Expressions::default();
        let expression = update_expression(update, token, &mut expressions);
        let condition = update.when.as_ref().map(|cond| expressions.condition(cond));
        let (names, values) = expressions.names();
        let request = failpoint::around(
            point,
            self.client()
                .update_item()
                .table_name(self.name()?)
                .set_key(Some(key_item(update.key.clone())))
                .update_expression(expression)
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(ALL_OLD)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send(),
        );
        let sent = request.await;
        Ok(match sent {
            Ok(answer) => {
                self.count(answer.consumed_capacity());
                Outcome::Done
            }
            Err(error) => {
                let found = match error.as_service_error() {
                    Some(
                        aws_sdk_dynamodb::operation::update_item::UpdateItemError::ConditionalCheckFailedException(e),
                    ) => Some(e.item().cloned()),
                    _ => None,
                };
                single_outcome(&error, found, label, token)
            }
        })
    }

    async fn write_together(
        &self,
        point: failpoint::Point,
        actions: &[Action],
        token: &str,
    ) -> Result<Outcome, TableError> {
        let name = self.name()?;
        let items =
            actions.iter().map(|action| transact_item(action, name, token)).collect::<Result<Vec<_>, TableError>>()?;
        let request = failpoint::around(
            point,
            self.client()
                .transact_write_items()
                .set_transact_items(Some(items))
                .client_request_token(token)
                .return_consumed_capacity(ReturnConsumedCapacity::Total)
                .send(),
        );
        let sent = request.await;
        let error = match sent {
            Ok(answer) => {
                self.count(answer.consumed_capacity());
                return Ok(Outcome::Done);
            }
            Err(error) => error,
        };
        let Some(
            aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError::TransactionCanceledException(
                cancelled,
            ),
        ) = error.as_service_error()
        else {
            return Ok(if is_busy(&error) {
                Outcome::Busy(error.to_string())
            } else {
                Outcome::Failed(TableError::from_sdk(&error))
            });
        };
        for (action, reason) in actions.iter().zip(cancelled.cancellation_reasons()) {
            match reason.code() {
                None | Some("None" | "TransactionConflict" | "ThrottlingError" | "ProvisionedThroughputExceeded") => {}
                // All of a transaction is written or nothing: one row with our mark means that we have done it before.
                // The request token says so too, but only for ten minutes, and not on every emulator.
                Some("ConditionalCheckFailed") if is_ours(reason.item(), token) => return Ok(Outcome::Done),
                Some("ConditionalCheckFailed") => {
                    let failed = ConditionFailed { label: action.label(), found: reason.item().cloned() };
                    return Ok(Outcome::Failed(TableError::Condition(Box::new(failed))));
                }
                Some(_) => return Ok(Outcome::Failed(TableError::from_sdk(&error))),
            }
        }
        Ok(Outcome::Busy("the transaction conflicts with others".into()))
    }
}

/// Classes the error of a single write. A failed condition on a row that carries our own mark is our own write, whose
/// answer was lost on the way and which the SDK then repeated.
fn single_outcome<E>(error: &SdkError<E>, found: Option<Option<Item>>, label: &'static str, token: &str) -> Outcome
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    match found {
        Some(Some(item)) if is_ours(Some(&item), token) => Outcome::Done,
        Some(found) => Outcome::Failed(TableError::Condition(Box::new(ConditionFailed { label, found }))),
        None if is_busy(error) => Outcome::Busy(error.to_string()),
        None => Outcome::Failed(TableError::from_sdk(error)),
    }
}

/// True for a row that the call with this token has written last.
fn is_ours(item: Option<&Item>, token: &str) -> bool {
    item.is_some_and(|item| crate::text_of(item, WRITER) == Some(token))
}

fn marked(item: &Item, token: &str) -> Item {
    let mut item = item.clone();
    item.insert(WRITER.to_owned(), AttributeValue::S(token.to_owned()));
    item
}

fn update_expression(update: &Update, token: &str, expressions: &mut Expressions) -> String {
    let mut set =
        vec![format!("{} = {}", expressions.name(WRITER), expressions.value(AttributeValue::S(token.to_owned())))];
    for (name, value) in &update.set {
        let (name, value) = (expressions.name(name), expressions.value(value.clone()));
        set.push(format!("{name} = {value}"));
    }
    for (name, value) in &update.set_if_absent {
        let (name, value) = (expressions.name(name), expressions.value(value.clone()));
        set.push(format!("{name} = if_not_exists({name}, {value})"));
    }
    let mut expression = format!("SET {}", set.join(", "));
    if !update.add.is_empty() {
        let add: Vec<_> = update
            .add
            .iter()
            .map(|(name, number)| {
                let value = expressions.value(AttributeValue::N(number.to_string()));
                format!("{} {value}", expressions.name(name))
            })
            .collect();
        expression.push_str(&format!(" ADD {}", add.join(", ")));
    }
    if !update.remove.is_empty() {
        let remove: Vec<_> = update.remove.iter().map(|name| expressions.name(name)).collect();
        expression.push_str(&format!(" REMOVE {}", remove.join(", ")));
    }
    expression
}

fn transact_item(action: &Action, table: &str, token: &str) -> Result<TransactWriteItem, TableError> {
    let shape = |error: aws_sdk_dynamodb::error::BuildError| TableError::Failed(error.to_string());
    let mut expressions = Expressions::default();
    let builder = TransactWriteItem::builder();
    let item = match action {
        Action::Put { item, when, .. } => {
            let condition = when.as_ref().map(|cond| expressions.condition(cond));
            let (names, values) = expressions.names();
            let put = Put::builder()
                .table_name(table)
                .set_item(Some(marked(item, token)))
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(ALL_OLD)
                .build()
                .map_err(shape)?;
            builder.put(put)
        }
        Action::Update { update, .. } => {
            let expression = update_expression(update, token, &mut expressions);
            let condition = update.when.as_ref().map(|cond| expressions.condition(cond));
            let (names, values) = expressions.names();
            let update = SdkUpdate::builder()
                .table_name(table)
                .set_key(Some(key_item(update.key.clone())))
                .update_expression(expression)
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(ALL_OLD)
                .build()
                .map_err(shape)?;
            builder.update(update)
        }
        Action::Delete { key, when, .. } => {
            let condition = when.as_ref().map(|cond| expressions.condition(cond));
            let (names, values) = expressions.names();
            let delete = Delete::builder()
                .table_name(table)
                .set_key(Some(key_item(key.clone())))
                .set_condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(ALL_OLD)
                .build()
                .map_err(shape)?;
            builder.delete(delete)
        }
        Action::Check { key, when, .. } => {
            let condition = expressions.condition(when);
            let (names, values) = expressions.names();
            let check = ConditionCheck::builder()
                .table_name(table)
                .set_key(Some(key_item(key.clone())))
                .condition_expression(condition)
                .set_expression_attribute_names(names)
                .set_expression_attribute_values(values)
                .return_values_on_condition_check_failure(ALL_OLD)
                .build()
                .map_err(shape)?;
            builder.condition_check(check)
        }
    };
    Ok(item.build())
}
