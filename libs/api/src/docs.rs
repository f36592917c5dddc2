//! The document of the whole API, assembled from the routers of all functions, with what is the same everywhere.

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, Info, ObjectBuilder, OpenApi, Paths, Ref, RefOr, Required, Response, ResponseBuilder,
        extensions::Extensions,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn},
        schema::Type,
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
        tag::TagBuilder,
    },
};

use crate::{
    Access, Problem,
    access::{self, RULES, Rule},
};

const BEARER: &str = "bearer";
const API_KEY: &str = "api_key";

/// The modules, by the second part of the path, with what they are for.
const TAGS: &[(&str, &str)] = &[
    ("auth", "Signing in, the team, sites, sectors, workspaces and API keys"),
    ("planner", "Keywords, clusters and ideas"),
    ("writer", "Tasks and content"),
    ("billing", "Credits: balance, transactions, usage and plans"),
    ("system", "Jobs and health"),
    ("publish", "Publishing, its records and the versions of hosted sites"),
];

/// The document of all `parts`: what the routers say, and for every operation its id, tag, security and required role
/// (from [`access`]), the headers that every route takes, and the problems that it may answer.
pub fn document(version: &str, parts: impl IntoIterator<Item = OpenApi>) -> OpenApi {
    with_rules(version, parts, RULES)
}

/// [`document`] with another table of rules.
pub fn with_rules(version: &str, parts: impl IntoIterator<Item = OpenApi>, rules: &[Rule]) -> OpenApi {
    let mut info = Info::new("IGNY8", version);
    info.description = Some("From a keyword list to a living website. Errors are RFC 9457 problems.".to_owned());
    let mut document = OpenApi::new(info, Paths::new());
    for part in parts {
        document.merge(part);
    }
    let components = document.components.get_or_insert_with(Components::new);
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    components.schemas.extend(schemas);
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    components.add_security_scheme(BEARER, SecurityScheme::Http(bearer));
    components.add_security_scheme(API_KEY, SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-Api-Key"))));
    let known = |path: &str| TAGS.iter().find(|(tag, _)| Some(*tag) == module_of(path));
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in access::operations(item) {
            if let Some((tag, _)) = known(path) {
                operation.tags = Some(vec![(*tag).to_owned()]);
            }
            operation.operation_id = Some(operation_id(method, path));
            secure(operation, access::find(rules, method, path));
            if method == "POST" && access::find(rules, method, path) != Some(Access::Public) {
                operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
            }
            problems(operation, method, access::find(rules, method, path) == Some(Access::Public));
        }
    }
    document.tags =
        Some(TAGS.iter().map(|(name, text)| TagBuilder::new().name(*name).description(Some(*text)).build()).collect());
    document
}

/// Schemas that two parts give the same name and another shape; the document could hold only one of them.
pub fn conflicts(parts: &[OpenApi]) -> Vec<String> {
    let mut seen = std::collections::BTreeMap::new();
    let mut conflicts = Vec::new();
    for part in parts {
        for (name, schema) in part.components.iter().flat_map(|components| &components.schemas) {
            if seen.insert(name, schema).is_some_and(|before| before != schema) {
                conflicts.push(name.clone());
            }
        }
    }
    conflicts
}

fn module_of(path: &str) -> Option<&str> {
    path.strip_prefix("/api/")?.split('/').next()
}

/// `GET /api/planner/keywords/{id}` → `get_planner_keywords_by_id`: unique, and stable while the path is.
fn operation_id(method: &str, path: &str) -> String {
    let mut id = method.to_ascii_lowercase();
    for part in path.trim_start_matches("/api").split('/').filter(|part| !part.is_empty()) {
        let (by, part) = match part.strip_prefix('{') {
            Some(name) => ("by_", name.trim_end_matches('}')),
            None => ("", part),
        };
        let word = part.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        id.push_str(&format!("_{by}{word}"));
    }
    id
}

fn secure(operation: &mut Operation, access: Option<Access>) {
    let none: [&str; 0] = [];
    let (security, role) = match access {
        Some(Access::Public) => (Vec::new(), "public".to_owned()),
        Some(Access::Role(role)) => {
            (vec![SecurityRequirement::new(BEARER, none), SecurityRequirement::new(API_KEY, none)], role.to_string())
        }
        // Such a route answers 500 until it has a rule (access::differences finds it before).
        None => (vec![SecurityRequirement::new(BEARER, none)], "none".to_owned()),
    };
    operation.security = Some(security);
    operation.extensions.get_or_insert_default().merge(Extensions::from_iter([("x-required-role", role)]));
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("Makes the request safe to repeat for 24 hours; with another body it is 422."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(255)).build()))
        .build()
}

/// Adds the problems that an operation may answer by what it takes; what the route itself says stays.
fn problems(operation: &mut Operation, method: &str, public: bool) {
    let has = |wanted: ParameterIn| {
        operation.parameters.iter().flatten().any(|parameter| match parameter {
            RefOr::T(parameter) => parameter.parameter_in == wanted,
            RefOr::Ref(_) => false,
        })
    };
    let writes = method != "GET";
    let reads_body = operation.request_body.is_some();
    let rows = [
        ("400", "The body cannot be read", reads_body),
        ("401", "No valid token or key", !public),
        ("403", "The role may not do this", !public),
        ("404", "There is no such thing, or it is another tenant's", has(ParameterIn::Path)),
        ("409", "It contradicts the present state, or If-Match names an older version", writes),
        ("413", "The body or the selection is too large", reads_body),
        ("422", "Readable but wrong: see errors", reads_body || has(ParameterIn::Query) || has(ParameterIn::Header)),
        ("423", "The tenant is suspended", writes && !public),
        ("429", "Too many requests: see Retry-After", true),
        ("500", "Our own fault", true),
        ("503", "Something we need does not answer now: see Retry-After", true),
    ];
    for (status, text, fits) in rows {
        if fits {
            operation.responses.responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(text)));
        }
    }
}

fn problem(text: &str) -> Response {
    let schema = Ref::from_schema_name(Problem::name());
    ResponseBuilder::new().description(text).content(Problem::MEDIA_TYPE, Content::new(Some(schema))).build()
}
