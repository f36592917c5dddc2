//! `/api/planner/keywords`: keywords one by one, in numbers, from a file and back into one.

use axum::{
    Json,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use igny8_api::{
    Body, Bulk, BulkRequest, Caller, Created, Failure, IfMatch, List, ListParams, Path, Query, Raw, SearchParams,
    no_content, versioned,
};
use igny8_app::HTTP_NEEDS;
use igny8_core::{ClusterId, Cursor, Error, KeywordId, Limit, Page, SectorId, SiteId};
use igny8_lambda::FunctionSpec;
use igny8_planning::{
    AddedKeywords, DuplicateQuery, Duplicates, ImportStarted, ImportSummary, Intent, KeywordCreate, KeywordQuery,
    KeywordSort, KeywordUpdate, Planning,
    entity::{Keyword, KeywordStatus},
    export,
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

/// The function.
pub const FUNCTION: FunctionSpec = FunctionSpec {
    name: "planner-keywords",
    needs: HTTP_NEEDS,
    build: |app| igny8_app::http(app, FUNCTION.name, routes(igny8_app::planning(app))),
};

/// The most keywords of an export.
const MOST_EXPORTED: usize = 10_000;
/// The most ids of a bulk action.
const MOST_BULK: usize = 200;

/// The routes.
pub fn routes(planning: Planning) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(bulk))
        .routes(routes!(import))
        .routes(routes!(import_url))
        .routes(routes!(export_csv))
        .routes(routes!(duplicates))
        .routes(routes!(get, update, delete))
        .with_state(planning)
}

/// Which keywords.
#[derive(Debug, Clone, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// The site.
    site_id: SiteId,
    /// Only of this sector.
    sector_id: Option<SectorId>,
    /// Only of this cluster.
    cluster_id: Option<ClusterId>,
    /// Only in this state.
    status: Option<KeywordStatus>,
    /// Only with this intent.
    intent: Option<Intent>,
    /// Volume from.
    min_volume: Option<u64>,
    /// Volume to.
    max_volume: Option<u64>,
    /// Difficulty from.
    min_difficulty: Option<u8>,
    /// Difficulty to.
    max_difficulty: Option<u8>,
}

const BY_NAME: (&str, KeywordSort) = ("keyword", KeywordSort::Name);
const SORTS: &[(&str, KeywordSort)] =
    &[("-created_at", KeywordSort::Newest), ("-volume", KeywordSort::Volume), BY_NAME];

fn query(list: &List<Filter>) -> Result<KeywordQuery, Error> {
    let filter = list.filter.clone();
    Ok(KeywordQuery {
        // What begins with a prefix stands together in the order of names alone.
        sort: list.order(if list.q.is_some() { &[BY_NAME] } else { SORTS })?,
        prefix: list.q.clone(),
        page: list.page(),
        site_id: filter.site_id,
        sector_id: filter.sector_id,
        cluster_id: filter.cluster_id,
        status: filter.status,
        intent: filter.intent,
        min_volume: filter.min_volume,
        max_volume: filter.max_volume,
        min_difficulty: filter.min_difficulty,
        max_difficulty: filter.max_difficulty,
    })
}

/// Keywords of a site.
///
/// `sort` is `-created_at` (newest first), `-volume` or `keyword`; with `q` it is `keyword`. That order cannot be
/// combined with filters other than the site.
#[utoipa::path(
    get, path = "/api/planner/keywords", params(ListParams, SearchParams, Filter),
    responses((status = 200, body = Page<Keyword>))
)]
async fn list(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    list: List<Filter>,
) -> Result<Json<Page<Keyword>>, Failure> {
    Ok(Json(planning.keywords(&ctx, query(&list)?).await?))
}

/// Keywords to be added.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct KeywordsCreate {
    /// The site.
    site_id: SiteId,
    /// The sector of the site.
    #[serde(default)]
    sector_id: Option<SectorId>,
    /// At most 2,000.
    keywords: Vec<KeywordCreate>,
}

/// Adds keywords; known ones stay as they are.
#[utoipa::path(
    post, path = "/api/planner/keywords",
    request_body(content = KeywordsCreate, example = json!({
        "site_id": "01JZ0000000000000000000000",
        "keywords": [{ "keyword": "brake pads", "volume": 1300, "difficulty": 34, "cpc": 1.2, "intent": "commercial" }]
    })),
    responses((status = 201, body = AddedKeywords))
)]
async fn create(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Body(new): Body<KeywordsCreate>,
) -> Result<Created<AddedKeywords>, Failure> {
    Ok(Created(planning.add_keywords(&ctx, new.site_id, new.sector_id, new.keywords).await?))
}

/// What to do with many keywords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum KeywordAction {
    /// Change them all alike; `change` says what.
    Update,
    /// Put them away.
    Archive,
    /// Take them back.
    Unarchive,
    /// Remove them for good.
    Delete,
}

/// What to do with which keywords.
#[derive(Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BulkRequest_Keywords)]
struct KeywordBulk {
    /// What to do with each of them.
    action: KeywordAction,
    /// With which ones, at most 200.
    ids: Vec<KeywordId>,
    /// For `update` alone: what changes, as for one keyword; another `cluster_id` moves them.
    #[serde(default)]
    change: Option<KeywordUpdate>,
}

/// Changes, moves, archives, takes back or removes many keywords; answers per id.
#[utoipa::path(
    post, path = "/api/planner/keywords/bulk",
    request_body(content = KeywordBulk, example = json!({
        "action": "update", "ids": ["01JZ0000000000000000000000"], "change": { "intent": "commercial" }
    })),
    responses((status = 200, body = Bulk<KeywordId>))
)]
async fn bulk(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Body(request): Body<KeywordBulk>,
) -> Result<Bulk<KeywordId>, Failure> {
    let KeywordBulk { action, ids, change } = request;
    let status = |status| KeywordUpdate { status: Some(status), ..KeywordUpdate::default() };
    let change = match (action, change) {
        (KeywordAction::Update, Some(change)) => change,
        (KeywordAction::Update, None) => return Err(Error::invalid("change", "is required: say what changes").into()),
        (_, Some(_)) => return Err(Error::invalid("change", "belongs to the action update alone").into()),
        (KeywordAction::Archive, None) => status(KeywordStatus::Archived),
        (KeywordAction::Unarchive, None) => status(KeywordStatus::New),
        (KeywordAction::Delete, None) => {
            let (planning, ctx) = (&planning, &ctx);
            let request = BulkRequest { action, ids };
            return request.each(|_, id| async move { planning.delete_keyword(ctx, id).await }).await;
        }
    };
    if ids.len() > MOST_BULK {
        return Err(Error::invalid("ids", format!("at most {MOST_BULK} at once")).into());
    }
    Ok(Bulk::new(planning.change_keywords(&ctx, &ids, &change).await?))
}

/// Which keywords to compare with other sites.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DuplicateFilter {
    /// The site whose keywords are compared.
    site_id: SiteId,
    /// Compare with this site only; with the first 20 others that you may see unless told.
    other_site_id: Option<SiteId>,
    /// How many keywords to compare, in the order of their names.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<usize>,
    /// `next_cursor` of the answer before.
    cursor: Option<Cursor>,
}

/// Which of the next keywords of a site stand in other sites too, of those that you may see.
#[utoipa::path(
    get, path = "/api/planner/keywords/duplicates", params(DuplicateFilter),
    responses((status = 200, body = Duplicates))
)]
async fn duplicates(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Query(filter): Query<DuplicateFilter>,
) -> Result<Json<Duplicates>, Failure> {
    let limit = match filter.limit {
        None => Limit::default(),
        Some(limit) => Limit::new(limit)
            .ok_or_else(|| Error::invalid("limit", format!("must be a whole number from 1 to {}", Limit::MAX)))?,
    };
    let query =
        DuplicateQuery { site_id: filter.site_id, other_site_id: filter.other_site_id, limit, cursor: filter.cursor };
    Ok(Json(planning.duplicates(&ctx, query).await?))
}

/// Where an imported file belongs.
#[derive(Debug, Deserialize, Serialize, IntoParams, ToSchema)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Place {
    /// The site.
    site_id: SiteId,
    /// The sector of the site.
    #[serde(default)]
    sector_id: Option<SectorId>,
}

/// Imports a keyword export: the file itself is the body.
///
/// Ahrefs, Semrush, Google Keyword Planner and Search Console are recognised by their header, and any other file with
/// a keyword column. Send `application/octet-stream` (any encoding) or `text/csv` (UTF-8). At most 1 MB and 2,000
/// lines; larger files go through `import-url`.
#[utoipa::path(
    post, path = "/api/planner/keywords/import", params(Place),
    request_body(content = String, content_type = "text/csv", example = "Keyword,Volume\nbrake pads,1300\n"),
    responses((status = 200, body = ImportSummary))
)]
async fn import(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Query(place): Query<Place>,
    file: Raw,
) -> Result<Json<ImportSummary>, Failure> {
    if file.media_type == "application/json" {
        let detail = "Send the file itself as the body, as text/csv or application/octet-stream.";
        return Err(Error::new(igny8_core::ErrorKind::Unreadable, detail).into());
    }
    Ok(Json(planning.import_keywords(&ctx, place.site_id, place.sector_id, &file.bytes).await?))
}

/// Gives an address to upload a large keyword file to.
#[utoipa::path(
    post, path = "/api/planner/keywords/import-url",
    request_body(content = Place, example = json!({ "site_id": "01JZ0000000000000000000000" })),
    responses((status = 201, body = ImportStarted))
)]
async fn import_url(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Body(place): Body<Place>,
) -> Result<Created<ImportStarted>, Failure> {
    Ok(Created(planning.import_url(&ctx, place.site_id, place.sector_id).await?))
}

/// Which keywords to export.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ExportFilter {
    /// The site.
    site_id: SiteId,
}

/// The keywords of a site as a CSV file, at most 10,000. Cells that a spreadsheet would run are made harmless.
#[utoipa::path(
    get, path = "/api/planner/keywords/export", params(ExportFilter),
    responses((status = 200, body = String, content_type = "text/csv"))
)]
async fn export_csv(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Query(filter): Query<ExportFilter>,
) -> Result<Response, Failure> {
    let rows = planning.export_keywords(&ctx, filter.site_id, MOST_EXPORTED).await?;
    let csv = export::csv(rows.iter()).map_err(Error::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"keywords.csv\""),
    ];
    Ok((StatusCode::OK, headers, csv).into_response())
}

/// A keyword.
#[utoipa::path(
    get, path = "/api/planner/keywords/{id}", params(("id" = KeywordId, Path)),
    responses((status = 200, body = Keyword))
)]
async fn get(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<KeywordId>,
) -> Result<Response, Failure> {
    let keyword = planning.keyword(&ctx, id).await?;
    Ok(versioned(keyword.version, keyword))
}

/// Changes a keyword; what is null is taken away, and another `cluster_id` moves it.
#[utoipa::path(
    patch, path = "/api/planner/keywords/{id}", params(("id" = KeywordId, Path)),
    request_body(content = KeywordUpdate, example = json!({ "difficulty": 40 })),
    responses((status = 200, body = Keyword))
)]
async fn update(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<KeywordId>,
    IfMatch(version): IfMatch,
    Body(change): Body<KeywordUpdate>,
) -> Result<Response, Failure> {
    let keyword = planning.update_keyword(&ctx, id, change, version).await?;
    Ok(versioned(keyword.version, keyword))
}

/// Removes a keyword.
#[utoipa::path(
    delete, path = "/api/planner/keywords/{id}", params(("id" = KeywordId, Path)),
    responses((status = 204))
)]
async fn delete(
    State(planning): State<Planning>,
    Caller(ctx): Caller,
    Path(id): Path<KeywordId>,
) -> Result<Response, Failure> {
    planning.delete_keyword(&ctx, id).await?;
    Ok(no_content())
}
