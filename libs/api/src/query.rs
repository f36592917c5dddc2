//! Input from the address: ids in the path, filters, pages of lists, dry runs.

use std::borrow::Cow;

use axum::{extract::FromRequestParts, http::request::Parts};
use igny8_core::{Cursor, Error, Limit, PageRequest, Result};
use serde::{Deserialize, de::DeserializeOwned};
use utoipa::IntoParams;

use crate::{Failure, fields::field_error};

/// What every list takes beside its filters.
const LIST: [&str; 5] = ["limit", "cursor", "q", "sort", "count"];
/// The longest prefix to search for, in characters.
const LONGEST_SEARCH: usize = 200;

type Pairs<'a> = Vec<(Cow<'a, str>, Cow<'a, str>)>;

fn pairs(parts: &Parts) -> Pairs<'_> {
    form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()).collect()
}

/// Reads typed values from name and value pairs; unknown names are errors where `T` denies unknown fields.
fn read<T: DeserializeOwned>(pairs: &Pairs<'_>, keep: impl Fn(&str) -> bool) -> Result<T> {
    let mut text = form_urlencoded::Serializer::new(String::new());
    text.extend_pairs(pairs.iter().filter(|(name, _)| keep(name)));
    let text = text.finish();
    let values = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(values).map_err(|error| {
        let told = error.inner().to_string();
        let mut field = field_error(error.path(), &told);
        // What an id or a number looks like helps nobody who sent none.
        if field.message == told && pairs.iter().any(|(name, value)| *name == field.field && value.is_empty()) {
            "is empty".clone_into(&mut field.message);
        }
        Error::invalid_fields(vec![field])
    })
}

fn flag(pairs: &Pairs<'_>, name: &'static str) -> Result<bool> {
    match one(pairs, name)? {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Error::invalid(name, "must be true or false")),
    }
}

fn one<'a>(pairs: &'a Pairs<'_>, name: &'static str) -> Result<Option<&'a str>> {
    let mut values = pairs.iter().filter(|(known, _)| known == name).map(|(_, value)| value.as_ref());
    match (values.next(), values.next()) {
        (_, Some(_)) => Err(Error::invalid(name, "is given twice")),
        (value, None) => Ok(value),
    }
}

/// Values from the query; `estimate` is left out, it has [`Estimate`].
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(read(&pairs(parts), |name| name != "estimate")?))
    }
}

/// True when the caller only wants to know what it would cost: `?estimate=true`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate(pub bool);

impl<S: Sync> FromRequestParts<S> for Estimate {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        Ok(Self(flag(&pairs(parts), "estimate")?))
    }
}

/// For lists without filters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct NoFilter {}

/// Which part of a list is wanted: the page, the search, the order, and the list's own filters `F`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<F = NoFilter> {
    /// How many rows.
    pub limit: Limit,
    /// Where the page before ended.
    pub cursor: Option<Cursor>,
    /// The prefix to search for, trimmed and not empty.
    pub q: Option<String>,
    /// The order, as the client wrote it; read it with [`List::order`].
    pub sort: Option<String>,
    /// Whether to count all rows too.
    pub count: bool,
    /// The filters of this list.
    pub filter: F,
}

impl<F> List<F> {
    /// The page, as services take it.
    pub fn page(&self) -> PageRequest {
        PageRequest { limit: self.limit, cursor: self.cursor.clone(), count: self.count }
    }

    /// The order that the client wants, of those that this list knows by name; the first one unless told.
    pub fn order<T: Copy>(&self, known: &[(&str, T)]) -> Result<T> {
        let names = || known.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let found = match self.sort.as_deref() {
            None => known.first(),
            Some(sort) => known.iter().find(|(name, _)| *name == sort),
        };
        found
            .map(|(_, order)| *order)
            .ok_or_else(|| Error::invalid("sort", format!("this list knows with these filters: {}", names())))
    }

    /// For lists that cannot be searched.
    pub fn no_search(&self) -> Result<()> {
        if self.q.is_some() { Err(Error::invalid("q", "this list cannot be searched")) } else { Ok(()) }
    }
}

impl<F: DeserializeOwned, S: Sync> FromRequestParts<S> for List<F> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        let pairs = pairs(parts);
        let limit =
            match one(&pairs, "limit")? {
                None => Limit::default(),
                Some(text) => text.parse().ok().and_then(Limit::new).ok_or_else(|| {
                    Error::invalid("limit", format!("must be a whole number from 1 to {}", Limit::MAX))
                })?,
            };
        let text = |name| Ok::<_, Error>(one(&pairs, name)?.map(str::trim).filter(|text| !text.is_empty()));
        let q = text("q")?;
        if q.is_some_and(|q| q.chars().count() > LONGEST_SEARCH) {
            let message = format!("must be at most {LONGEST_SEARCH} characters");
            return Err(Error::invalid("q", message).into());
        }
        Ok(Self {
            limit,
            cursor: text("cursor")?.map(|cursor| Cursor(cursor.to_owned())),
            q: q.map(str::to_owned),
            sort: text("sort")?.map(str::to_owned),
            count: flag(&pairs, "count")?,
            filter: read(&pairs, |name| !LIST.contains(&name))?,
        })
    }
}

/// The parameters of every list, for the document: `params(ListParams, …)`.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described; read by List")]
pub struct ListParams {
    /// How many rows.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u32>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
    /// Whether to count all rows (`total`).
    #[param(default = false)]
    count: Option<bool>,
}

/// What only some lists take beside: those that can be searched and have more than one order. `params(ListParams,
/// SearchParams, …)`; the route says which orders there are.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "only described; read by List")]
pub struct SearchParams {
    /// Only rows that begin so.
    #[param(max_length = 200)]
    q: Option<String>,
    /// The order; a minus in front turns it round.
    sort: Option<String>,
}

/// Ids and numbers from the path; what cannot be one is 404: there is no such thing.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Failure> {
        match axum::extract::Path::<T>::from_request_parts(parts, &()).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            // The route itself is wrong, not the request.
            Err(rejection) if rejection.status().is_server_error() => {
                Err(Error::internal(rejection.body_text()).into())
            }
            Err(_) => Err(Error::not_found("thing").into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use igny8_core::SiteId;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code)]
    struct Filter {
        site_id: SiteId,
        least: Option<u32>,
    }

    #[test]
    fn what_is_empty_is_told_so() {
        let told = |query: &str| {
            let pairs = form_urlencoded::parse(query.as_bytes()).collect();
            let field = read::<Filter>(&pairs, |_| true).unwrap_err().fields()[0].clone();
            format!("{} {}", field.field, field.message)
        };
        let site = "site_id=01JZ0000000000000000000000";
        assert_eq!(told("site_id="), "site_id is empty");
        assert_eq!(told(&format!("{site}&least=")), "least is empty");
        assert_eq!(told(""), "site_id is required");
        assert!(told("site_id=x").contains("26 characters"));
        assert!(told(&format!("{site}&other=")).starts_with("other is not a field that we know"));
    }
}
