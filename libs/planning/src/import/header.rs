//! Finding the header: its line, the delimiter, what each column is, and which tool wrote the file.

use std::{borrow::Cow, cmp::Reverse, collections::HashMap};

use serde::{Deserialize, Serialize};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};
use utoipa::ToSchema;

use super::{
    ImportError,
    records::{MOST_CELLS, Records, is_blank},
};

/// Among how many lines that are not empty the header is looked for; Keyword Planner puts two before it.
const LOOKED: usize = 10;

/// A character that no file has between its cells, for files of one column.
const NO_DELIMITER: u8 = 0x1f;

/// The tool that wrote a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Ahrefs, Keywords Explorer.
    AhrefsKeywordsExplorer,
    /// Ahrefs, Site Explorer, organic keywords.
    AhrefsSiteExplorer,
    /// Semrush, Keyword Magic Tool.
    SemrushKeywordMagic,
    /// Google Ads, Keyword Planner.
    GoogleKeywordPlanner,
    /// Google Search Console, queries.
    SearchConsole,
    /// Any other file with a keyword column.
    Other,
}

/// What a column is read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The keyword.
    Keyword,
    /// Searches a month.
    Volume,
    /// The lower bound of the searches a month, for lines without a volume.
    VolumeMin,
    /// The upper bound of the searches a month, for lines without a volume.
    VolumeMax,
    /// How hard it is to rank, 0 to 100.
    Difficulty,
    /// The price of a click.
    Cpc,
    /// One or several intents by name.
    Intent,
    /// True for informational keywords.
    Informational,
    /// True for navigational keywords.
    Navigational,
    /// True for commercial keywords.
    Commercial,
    /// True for transactional keywords.
    Transactional,
    /// A country or place.
    Country,
    /// A language.
    Language,
    /// The parent keyword or topic.
    ParentTopic,
}

/// One column of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Column {
    /// Its header as the file has it.
    pub header: String,
    /// What it is read as; `None` when it is not read.
    pub field: Option<Field>,
}

/// The headers of each field in the form of [`folded`], the best first: when a file has two columns for one field, the
/// one that stands further up here is read, then the one further left.
///
/// The tools' own come from their exports; the other languages are those of Search Console and Keyword Planner.
const ALIASES: &[(Field, &[&str])] = &[
    (
        Field::Keyword,
        &[
            "keyword",
            "topqueries",
            "query",
            "searchqueries",
            "searchquery",
            "queries",
            "keywords",
            "searchterm",
            "searchterms",
            "keyphrase",
            "phrase",
            "term",
            "palabraclave",
            "palabrasclave",
            "consultasprincipales",
            "consultasmasfrecuentes",
            "consulta",
            "consultas",
            "terminodebusqueda",
            "suchanfrage",
            "suchanfragen",
            "haufigstesuchanfragen",
            "suchbegriff",
            "schlusselwort",
            "requeteslesplusfrequentes",
            "requete",
            "requetes",
            "motcle",
            "motscles",
            "queryprincipali",
            "querypiufrequenti",
            "parolachiave",
            "principaisconsultas",
            "consultasmaisfrequentes",
            "palavrachave",
            "populairstezoekopdrachten",
            "zoekwoord",
            "zoekterm",
            "najpopularniejszezapytania",
            "vanligastesokfragorna",
            "enpopulersorgular",
            "上位のクエリ",
            "인기검색어",
            "热门查询",
        ],
    ),
    (
        Field::Volume,
        &[
            "avgmonthlysearches",
            "volume",
            "searchvolume",
            "monthlyvolume",
            "monthlysearches",
            "averagemonthlysearches",
            "avgsearchvolume",
            "searchvol",
            "vol",
            "sv",
            "searches",
            "promediodebusquedasmensuales",
            "prombusquedasmensuales",
            "promdebusquedasmensuales",
            "mediadebusquedasmensuales",
            "volumen",
            "volumendebusqueda",
            "busquedasmensuales",
            "durchschnsuchanfragenpromonat",
            "durchschnittlsuchanfragenpromonat",
            "suchvolumen",
            "nbmoyderecherchesmensuelles",
            "volumederecherche",
            "globalvolume",
        ],
    ),
    (Field::VolumeMin, &["minsearchvolume", "minvolume"]),
    (Field::VolumeMax, &["maxsearchvolume", "maxvolume"]),
    (
        Field::Difficulty,
        &[
            "keyworddifficulty",
            "kd",
            "difficulty",
            "kdindex",
            "keyworddifficultyindex",
            "keyworddifficultyscore",
            "seodifficulty",
            "dificultad",
            "dificultaddelapalabraclave",
            "dificultadkd",
            "schwierigkeit",
            "difficulte",
        ],
    ),
    (
        Field::Cpc,
        &[
            "cpc",
            "costperclick",
            "avgcpc",
            "averagecpc",
            "suggestedbid",
            "topofpagebidhighrange",
            "costeporclic",
            "costoporclic",
            "pujaporlapartesuperiordelapaginaintervaloalto",
            "gebotfurobereseitenpositionobererbereich",
            "topofpagebidlowrange",
            "pujaporlapartesuperiordelapaginaintervalobajo",
            "gebotfurobereseitenpositionuntererbereich",
        ],
    ),
    (
        Field::Intent,
        &[
            "intent",
            "intents",
            "searchintent",
            "searchintents",
            "keywordintent",
            "keywordintents",
            "intencion",
            "intenciondebusqueda",
            "suchintention",
            "intention",
            "intentionderecherche",
        ],
    ),
    (Field::Informational, &["informational"]),
    (Field::Navigational, &["navigational"]),
    (Field::Commercial, &["commercial"]),
    (Field::Transactional, &["transactional"]),
    (Field::Country, &["countrycode", "country", "location", "pais", "land", "pays"]),
    (Field::Language, &["languagecode", "language", "languages", "locale", "idioma", "sprache", "langue"]),
    (Field::ParentTopic, &["parentkeyword", "parenttopic", "temaprincipal"]),
];

/// A header in the form in which it is compared: letters and digits only, lower case, without accents, so that
/// `Keyword Difficulty`, `keyword_difficulty` and `"KeywordDifficulty"` are one.
fn folded(header: &str) -> String {
    header
        .chars()
        .take(200)
        .nfkd()
        .filter(|c| c.is_alphanumeric() && !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        // Korean comes apart in NFKD.
        .nfc()
        .collect()
}

/// The field of a folded header, and how good a name it is (0 is best).
fn field_of(folded: &str) -> Option<(Field, usize)> {
    for (field, names) in ALIASES {
        if let Some(rank) = names.iter().position(|name| *name == folded) {
            return Some((*field, rank));
        }
    }
    // "CPC (USD)": the currency varies.
    let currency = folded.strip_prefix("cpc").is_some_and(|code| super::is_code(code, 3..=3));
    currency.then_some((Field::Cpc, 0))
}

/// What the header of a file tells.
#[derive(Debug, Clone)]
pub(super) struct Layout<'a> {
    pub source: Source,
    /// What stands between cells, as [`Records`] takes it.
    delimiter: u8,
    /// The line of the header.
    pub line: u32,
    pub columns: Vec<Column>,
    /// The records after the header.
    pub body: Records<'a>,
}

impl Layout<'_> {
    /// What stands between cells; `None` for a file of one column.
    pub fn delimiter(&self) -> Option<char> {
        (self.delimiter != NO_DELIMITER).then_some(char::from(self.delimiter))
    }

    /// The index of the column that is read as a field.
    pub fn index(&self, field: Field) -> Option<usize> {
        self.columns.iter().position(|column| column.field == Some(field))
    }
}

/// Finds the header of a text: of the first lines, read with each delimiter, the one with most known columns, one of
/// which must be the keyword; then the first of them, then the one with most cells.
pub(super) fn find(text: &str) -> Result<Layout<'_>, ImportError> {
    let mut best = None;
    let mut seen: Vec<String> = Vec::new();
    let mut looked = 0;
    for delimiter in [b'\t', b',', b';'] {
        let mut records = Records::new(text, delimiter);
        let mut filled = 0;
        while filled < LOOKED
            && let Some(record) = records.next()
        {
            if record.is_blank() {
                continue;
            }
            filled += 1;
            looked = looked.max(filled);
            let Ok(cells) = record.cells else { continue };
            let last = cells.iter().rposition(|cell| !is_blank(cell)).unwrap_or_default();
            let named = &cells[..=last];
            if named.len() > seen.len() {
                seen = named.iter().take(12).map(|cell| shown(cell)).collect();
            }
            let columns = columns_of(named);
            if !columns.iter().any(|column| column.field == Some(Field::Keyword)) {
                continue;
            }
            let known = columns.iter().filter(|column| column.field.is_some()).count();
            let merit = (known, Reverse(record.line), cells.len());
            if best.as_ref().is_none_or(|(best, _)| merit > *best) {
                // One cell and no delimiter: whatever stands in the lines below is part of the keyword.
                let delimiter = if cells.len() == 1 { NO_DELIMITER } else { delimiter };
                let body = records.clone().with_delimiter(delimiter);
                best = Some((merit, Layout { source: source_of(named), delimiter, line: record.line, columns, body }));
            }
        }
    }
    let Some((_, layout)) = best else { return Err(no_keyword_column(looked, &seen)) };
    if layout.columns.len() >= MOST_CELLS {
        return Err(ImportError::TooManyColumns { most: MOST_CELLS - 1 });
    }
    Ok(layout)
}

/// What each cell of a header is read as; each field once.
fn columns_of(cells: &[Cow<'_, str>]) -> Vec<Column> {
    let fields: Vec<Option<(Field, usize)>> = cells.iter().map(|cell| field_of(&folded(cell))).collect();
    let mut taken: HashMap<Field, (usize, usize)> = HashMap::new();
    for (index, (field, rank)) in fields.iter().enumerate().filter_map(|(index, found)| Some((index, (*found)?))) {
        let best = taken.entry(field).or_insert((rank, index));
        *best = (*best).min((rank, index));
    }
    let read_as = |index: usize| {
        let (field, rank) = fields.get(index).copied().flatten()?;
        (taken.get(&field) == Some(&(rank, index))).then_some(field)
    };
    cells.iter().enumerate().map(|(index, cell)| Column { header: shown(cell), field: read_as(index) }).collect()
}

/// Which tool writes such a header.
fn source_of(cells: &[Cow<'_, str>]) -> Source {
    let headers: Vec<String> = cells.iter().map(|cell| folded(cell)).collect();
    let has = |name: &str| headers.iter().any(|header| header == name);
    let has_like = |part: &str| headers.iter().any(|header| header.contains(part));
    // In compare mode Search Console writes each metric twice, with the period before or after it.
    let clicks = ["click", "clic", "klick", "klik", "クリック", "클릭", "点击"];
    let metrics = clicks.iter().any(|name| has_like(name)) && (has("ctr") || has_like("ctr") || has_like("posi"));
    if metrics && !has("keyword") && !has("cpc") {
        Source::SearchConsole
    } else if has_like("competitionindexedvalue")
        || has_like("avgmonthlysearches")
        || has_like("topofpagebid")
        || has("promediodebusquedasmensuales")
        || has_like("suchanfragenpromonat")
    {
        Source::GoogleKeywordPlanner
    } else if has("competitivedensity") || (has("intent") && has("keyworddifficulty") && has("cpcusd")) {
        Source::SemrushKeywordMagic
    } else if has("currenturl") || has("currentposition") || (has("organictraffic") && has("kd")) {
        Source::AhrefsSiteExplorer
    } else if has("cps") || has("trafficpotential") || (has("parentkeyword") && has("difficulty")) {
        Source::AhrefsKeywordsExplorer
    } else {
        Source::Other
    }
}

/// A header for the eyes of the user: one line, and not too long.
fn shown(header: &str) -> String {
    let words: Vec<&str> = header.split_whitespace().collect();
    words.join(" ").trim_start_matches('\u{feff}').chars().filter(|c| !c.is_control()).take(100).collect()
}

fn no_keyword_column(looked: usize, seen: &[String]) -> ImportError {
    let headers: Vec<String> = seen
        .iter()
        .filter(|header| !header.is_empty())
        .map(|header| format!("\u{201c}{}\u{201d}", header.chars().take(40).collect::<String>()))
        .collect();
    let seen =
        if headers.is_empty() { String::new() } else { format!("The columns seen are {}. ", headers.join(", ")) };
    let aliases = "Keyword, Keywords, Query, Top queries, Search queries, Search term, Phrase or Palabra clave";
    ImportError::NoKeywordColumn { looked, seen, aliases: aliases.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::{ALIASES, Field, ImportError, Source, field_of, find, folded};

    #[test]
    fn every_alias_is_in_its_compared_form_and_stands_once() {
        let mut names: Vec<&str> = ALIASES.iter().flat_map(|(_, names)| names.iter().copied()).collect();
        for name in &names {
            assert_eq!(folded(name), *name);
        }
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        assert_eq!(names.len(), all);
        for accepted in ["Keyword", "Keywords", "Query", "Top queries", "Search queries", "Search term", "Phrase"] {
            assert_eq!(field_of(&folded(accepted)).map(|(field, _)| field), Some(Field::Keyword), "{accepted}");
        }
    }

    #[test]
    fn recognises_headers_however_they_are_written() {
        let cases = [
            ("Avg. monthly searches", Some(Field::Volume)),
            ("SEARCH_VOLUME", Some(Field::Volume)),
            ("KD %", Some(Field::Difficulty)),
            ("Keyword Difficulty", Some(Field::Difficulty)),
            ("CPC (USD)", Some(Field::Cpc)),
            ("cpc", Some(Field::Cpc)),
            ("CPC EUR", Some(Field::Cpc)),
            ("Top of page bid (high range)", Some(Field::Cpc)),
            ("Búsquedas mensuales", Some(Field::Volume)),
            ("Palabra clave", Some(Field::Keyword)),
            ("Häufigste Suchanfragen", Some(Field::Keyword)),
            ("Requêtes les plus fréquentes", Some(Field::Keyword)),
            ("上位のクエリ", Some(Field::Keyword)),
            ("인기 검색어", Some(Field::Keyword)),
            ("Impressions", None),
            ("Competition (indexed value)", None),
            ("Searches: Oct 2020", None),
            ("SV trend (03-2024 - 02-2026)", None),
            ("#", None),
        ];
        for (header, field) in cases {
            assert_eq!(field_of(&folded(header)).map(|(field, _)| field), field, "{header}");
        }
    }

    #[test]
    fn the_better_of_two_columns_is_read_and_the_left_of_equals() {
        let layout = find("Global volume;Query;Keyword;Volume;Volume\n").unwrap();
        assert_eq!(layout.delimiter(), Some(';'));
        assert_eq!((layout.index(Field::Keyword), layout.index(Field::Volume)), (Some(2), Some(3)));
    }

    #[test]
    fn looks_past_what_stands_before_the_header() {
        let layout = find("sep=;\n\nReport, of today\nKeyword;KD, %;Volume\nquery;1;2\n").unwrap();
        assert_eq!((layout.line, layout.delimiter()), (4, Some(';')));
        let eleventh = format!("{}Keyword,Volume\n", "title\n".repeat(10));
        assert!(matches!(find(&eleventh), Err(ImportError::NoKeywordColumn { looked: 10, .. })));
    }

    #[test]
    fn one_column_has_no_delimiter() {
        assert_eq!(find("Keyword\nred, blue\n").unwrap().delimiter(), None);
        assert_eq!(find("Keyword,,,\nred,,,\n").unwrap().delimiter(), Some(','));
    }

    #[test]
    fn names_the_headers_that_it_saw() {
        let error = find("Name;Páginas\na;b\n").unwrap_err().to_string();
        assert!(error.contains("“Name”, “Páginas”") && error.contains("Top queries"), "{error}");
    }

    #[test]
    fn a_file_of_search_terms_is_not_search_console() {
        assert_eq!(find("keyword,clicks,position\n").unwrap().source, Source::Other);
        assert_eq!(
            find("Consultas principales,Clics,Impresiones,CTR,Posición\n").unwrap().source,
            Source::SearchConsole
        );
    }
}
