/**
 * The headers that are recognised, for the preview. The server's list (libs/planning/src/import/header.rs) decides; a
 * header that is missing here is shown as not recognised and read all the same.
 */

export type Field =
  | "keyword"
  | "volume"
  | "volume_min"
  | "volume_max"
  | "difficulty"
  | "cpc"
  | "intent"
  | "country"
  | "language"
  | "parent_topic";

/** Of each field the best name first: of two columns for one field, that is the one that is read. */
const ALIASES: [Field, string][] = [
  [
    "keyword",
    "keyword topqueries query searchqueries searchquery queries keywords searchterm searchterms keyphrase phrase term " +
      "palabraclave palabrasclave consultasprincipales consultasmasfrecuentes consulta consultas terminodebusqueda " +
      "suchanfrage suchanfragen haufigstesuchanfragen suchbegriff schlusselwort requeteslesplusfrequentes requete " +
      "requetes motcle motscles queryprincipali querypiufrequenti parolachiave principaisconsultas " +
      "consultasmaisfrequentes palavrachave populairstezoekopdrachten zoekwoord zoekterm najpopularniejszezapytania " +
      "vanligastesokfragorna enpopulersorgular 上位のクエリ 인기검색어 热门查询",
  ],
  [
    "volume",
    "avgmonthlysearches volume searchvolume monthlyvolume monthlysearches averagemonthlysearches avgsearchvolume " +
      "searchvol vol sv searches promediodebusquedasmensuales prombusquedasmensuales promdebusquedasmensuales " +
      "mediadebusquedasmensuales volumen volumendebusqueda busquedasmensuales durchschnsuchanfragenpromonat " +
      "durchschnittlsuchanfragenpromonat suchvolumen nbmoyderecherchesmensuelles volumederecherche globalvolume",
  ],
  ["volume_min", "minsearchvolume minvolume"],
  ["volume_max", "maxsearchvolume maxvolume"],
  [
    "difficulty",
    "keyworddifficulty kd difficulty kdindex keyworddifficultyindex keyworddifficultyscore seodifficulty dificultad " +
      "dificultaddelapalabraclave dificultadkd schwierigkeit difficulte",
  ],
  [
    "cpc",
    "cpc costperclick avgcpc averagecpc suggestedbid topofpagebidhighrange costeporclic costoporclic " +
      "pujaporlapartesuperiordelapaginaintervaloalto gebotfurobereseitenpositionobererbereich topofpagebidlowrange " +
      "pujaporlapartesuperiordelapaginaintervalobajo gebotfurobereseitenpositionuntererbereich",
  ],
  [
    "intent",
    "intent intents searchintent searchintents keywordintent keywordintents intencion intenciondebusqueda " +
      "suchintention intention intentionderecherche",
  ],
  ["country", "countrycode country location pais land pays"],
  ["language", "languagecode language languages locale idioma sprache langue"],
  ["parent_topic", "parentkeyword parenttopic temaprincipal"],
];

const RANKS = new Map<string, { field: Field; rank: number }>(
  ALIASES.flatMap(([field, names]) => names.split(" ").map((name, rank) => [name, { field, rank }] as const)),
);

/** A header as it is compared: letters and digits only, lower case, without accents. */
export function folded(header: string): string {
  return header
    .slice(0, 200)
    .normalize("NFKD")
    .replace(/\p{M}|[^\p{L}\p{N}]/gu, "")
    .toLowerCase()
    .normalize("NFC");
}

/** What each cell of a header is read as; each field once. */
export function fieldsOf(cells: string[]): (Field | undefined)[] {
  const found = cells.map((cell) => {
    const name = folded(cell);
    // The currency of "CPC (USD)" varies.
    return RANKS.get(name) ?? (/^cpc[a-z]{3}$/.test(name) ? ({ field: "cpc", rank: 0 } as const) : undefined);
  });
  const best = new Map<Field, { rank: number; index: number }>();
  for (const [index, one] of found.entries()) {
    if (!one) continue;
    const other = best.get(one.field);
    if (!other || one.rank < other.rank) best.set(one.field, { rank: one.rank, index });
  }
  return found.map((one, index) => (one && best.get(one.field)?.index === index ? one.field : undefined));
}
