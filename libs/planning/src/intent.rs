//! What a searcher wants: the four intents, and an honest guess from the words of a keyword.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::normal_form;

/// What somebody who searches for a keyword wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// To learn something.
    Informational,
    /// To reach a certain site or place.
    Navigational,
    /// To compare before buying.
    Commercial,
    /// To buy, book or order now.
    Transactional,
}

impl Intent {
    /// From what earns most attention to what earns least: when a tool names several intents, the one nearest to a
    /// purchase is the primary one, as a page must serve it or lose the visitor.
    pub const BY_WEIGHT: [Self; 4] = [Self::Transactional, Self::Commercial, Self::Navigational, Self::Informational];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Informational => "informational",
            Self::Navigational => "navigational",
            Self::Commercial => "commercial",
            Self::Transactional => "transactional",
        }
    }

    /// Reads the label of one intent as tools write it: the word in English, Spanish, German, French, Italian or
    /// Portuguese, or its first letter.
    fn from_label(label: &str) -> Option<Self> {
        let label = label.to_lowercase();
        match label.as_str() {
            "i" => Some(Self::Informational),
            "n" => Some(Self::Navigational),
            "c" => Some(Self::Commercial),
            "t" => Some(Self::Transactional),
            _ if label.starts_with("info") => Some(Self::Informational),
            _ if label.starts_with("navi") || label.starts_with("nave") => Some(Self::Navigational),
            _ if label.starts_with("comm") || label.starts_with("come") || label.starts_with("komm") => {
                Some(Self::Commercial)
            }
            _ if label.starts_with("trans") => Some(Self::Transactional),
            _ => None,
        }
    }

    /// The primary one of several intents in a cell (`Informational, Commercial`), by [`Intent::BY_WEIGHT`].
    ///
    /// Labels of other kinds (`Branded`, `Local`, `Non-branded`) are passed over.
    pub fn primary(cell: &str) -> Option<Self> {
        let named: Vec<Self> = labels(cell).filter_map(Self::from_label).collect();
        Self::BY_WEIGHT.into_iter().find(|intent| named.contains(intent))
    }

    /// True for a cell that holds only what tools say about a keyword beside its intent.
    pub(crate) fn is_other_label(cell: &str) -> bool {
        labels(cell).all(|label| {
            let label = label.to_lowercase();
            label.starts_with("non") || matches!(label.as_str(), "branded" | "local" | "unknown")
        })
    }
}

/// The labels in a cell.
fn labels(cell: &str) -> impl Iterator<Item = &str> {
    cell.split([',', ';', '|', '/', '&', '\n']).map(str::trim)
}

/// The words of one language: entries between commas, each of one or more whole words in [`normal_form`].
struct Words {
    /// Words that, at the start, make a question.
    questions: &'static str,
    navigational: &'static str,
    transactional: &'static str,
    commercial: &'static str,
    informational: &'static str,
}

const ENGLISH: Words = Words {
    questions: "how, what, whats, what's, why, when, where, who, which, can, does, do, is, are, should, will",
    navigational: "login, log in, sign in, signin, official site, official website, customer service, phone number, \
        opening hours, contact number, my account, app download",
    transactional: "buy, price, prices, pricing, cost, cheap, cheapest, coupon, coupons, promo code, discount, deal, \
        deals, for sale, order, purchase, near me, nearby, hire, rent, rental, book, booking, quote, \
        quotes, shop, store, subscription, free shipping, online shop",
    commercial: "best, top, vs, versus, review, reviews, compare, comparison, alternative, alternatives, rated, \
        pros and cons, worth it",
    informational: "guide, tutorial, tutorials, examples, example, meaning, definition, ideas, tips, diy, recipe, \
        recipes, symptoms, history, how to, what is, learn, benefits, template, checklist",
};

const SPANISH: Words = Words {
    questions: "como, cómo, que, qué, por que, por qué, cuando, cuándo, donde, dónde, quien, quién, cual, cuál, \
        cuales, cuáles, para que, para qué",
    navigational: "iniciar sesion, iniciar sesión, acceso clientes, pagina oficial, página oficial, sitio oficial, \
        telefono, teléfono, horario, horarios, atencion al cliente, atención al cliente, mi cuenta",
    transactional: "comprar, precio, precios, barato, baratos, barata, baratas, oferta, ofertas, descuento, \
        descuentos, cupon, cupón, en venta, venta de, presupuesto, cerca de mi, cerca de mí, alquiler, \
        alquilar, reservar, contratar, tienda, a domicilio, cuanto cuesta, cuánto cuesta, costo, coste",
    commercial: "mejor, mejores, opiniones, opinion, opinión, comparativa, comparar, alternativa, alternativas, \
        vs, reseña, reseñas, diferencia entre",
    informational: "guia, guía, tutorial, ejemplos, significado, definicion, definición, ideas, consejos, receta, \
        recetas, sintomas, síntomas, historia, que es, qué es, tipos de, beneficios",
};

const GERMAN: Words = Words {
    questions: "wie, was, warum, wieso, wann, wo, wer, welche, welcher, welches, wozu",
    navigational: "login, anmelden, einloggen, offizielle seite, telefonnummer, öffnungszeiten, kundenservice, \
        mein konto",
    transactional: "kaufen, preis, preise, kosten, günstig, günstige, billig, angebot, angebote, rabatt, gutschein, \
        bestellen, mieten, buchen, in der nähe, shop, zu verkaufen, was kostet",
    commercial: "beste, besten, bester, bestes, test, vergleich, vs, erfahrungen, erfahrung, bewertung, \
        bewertungen, alternative, alternativen, testsieger, unterschied",
    informational: "anleitung, ratgeber, beispiele, beispiel, bedeutung, definition, ideen, tipps, rezept, rezepte, \
        symptome, geschichte, was ist, vorlage",
};

const FRENCH: Words = Words {
    questions: "comment, pourquoi, quand, ou, où, qui, que, quel, quelle, quels, quelles, qu'est, est-ce, \
        combien de",
    navigational: "connexion, se connecter, site officiel, numéro de téléphone, horaires, service client, \
        mon compte",
    transactional: "acheter, prix, tarif, tarifs, pas cher, pas chère, promo, code promo, réduction, devis, \
        commander, location, louer, réserver, près de moi, à vendre, boutique, soldes, combien coûte",
    commercial: "meilleur, meilleure, meilleurs, meilleures, avis, comparatif, comparaison, comparer, vs, \
        alternative, alternatives, différence entre",
    informational: "guide, tutoriel, exemple, exemples, signification, définition, idées, conseils, astuces, recette, \
        recettes, symptômes, histoire, c'est quoi",
};

/// Guesses the intent from the words of a keyword, for files and lists that name none; `None` when no word tells.
///
/// A guess by word lists in English, Spanish, German and French, so show it as one and never store it as if a tool had
/// measured it. `locale` is a language tag (`es`, `de-AT`): it selects the list, another language than the four has
/// none, and without a locale English is tried first, then the others. A question is informational, whatever else it
/// holds, unless it asks for a price.
pub fn guess_intent(keyword: &str, locale: Option<&str>) -> Option<Intent> {
    let lists: &[&Words] = match locale.map(|tag| tag.split(['-', '_']).next().unwrap_or_default().to_lowercase()) {
        None => &[&ENGLISH, &SPANISH, &GERMAN, &FRENCH],
        Some(language) => match language.as_str() {
            "en" => &[&ENGLISH],
            "es" => &[&SPANISH],
            "de" => &[&GERMAN],
            "fr" => &[&FRENCH],
            _ => &[],
        },
    };
    // Words are kept apart by single spaces, with one at each end, so that one search finds whole words only.
    let mut text = String::from(" ");
    for word in normal_form(keyword)
        .replace('’', "'")
        .split(|c: char| !c.is_alphanumeric() && c != '\'' && c != '-')
        .map(|word| word.trim_matches(['-', '\'']))
        .filter(|word| !word.is_empty())
    {
        text.push_str(word);
        text.push(' ');
    }
    lists.iter().find_map(|words| guess_in(&text, words))
}

/// The guess of one language; `text` has its words between single spaces.
fn guess_in(text: &str, words: &Words) -> Option<Intent> {
    let holds = |list: &str| list.split(", ").any(|entry| text.contains(&format!(" {entry} ")));
    let begins = |list: &str| list.split(", ").any(|entry| text.starts_with(&format!(" {entry} ")));
    let asks_price = "how much, cuanto cuesta, cuánto cuesta, was kostet, combien coûte";
    if begins(words.questions) && !begins(asks_price) {
        Some(Intent::Informational)
    } else if holds(words.navigational) {
        Some(Intent::Navigational)
    } else if begins(asks_price) || holds(words.transactional) {
        Some(Intent::Transactional)
    } else if holds(words.commercial) {
        Some(Intent::Commercial)
    } else if holds(words.informational) {
        Some(Intent::Informational)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::{Intent, guess_intent};

    #[test]
    fn the_intent_nearest_to_a_purchase_is_primary() {
        assert_eq!(Intent::primary("Informational, Transactional"), Some(Intent::Transactional));
        assert_eq!(Intent::primary("I,C"), Some(Intent::Commercial));
        assert_eq!(Intent::primary("Navegacional; Informativa"), Some(Intent::Navigational));
        assert_eq!(Intent::primary("Non-branded, Local"), None);
        assert_eq!(Intent::primary(""), None);
    }

    #[test]
    fn guesses_only_where_a_word_tells() {
        let cases = [
            ("buy running shoes", Some("en"), Some(Intent::Transactional)),
            ("best running shoes", Some("en-GB"), Some(Intent::Commercial)),
            ("best pizza near me", Some("en"), Some(Intent::Transactional)),
            ("how to buy a house", Some("en"), Some(Intent::Informational)),
            ("how much is a new roof", Some("en"), Some(Intent::Transactional)),
            ("duo admin login", Some("en"), Some(Intent::Navigational)),
            ("running shoes", Some("en"), None),
            ("bookkeeping", Some("en"), None),
            ("¿Cómo cambiar el aceite?", Some("es"), Some(Intent::Informational)),
            ("taller mecanico cerca de mi", Some("es-MX"), Some(Intent::Transactional)),
            ("staubsauger test", Some("de"), Some(Intent::Commercial)),
            ("prix d’un toit", Some("fr"), Some(Intent::Transactional)),
            ("avis matelas", None, Some(Intent::Commercial)),
            ("comprar zapatos", Some("ja"), None),
        ];
        for (keyword, locale, expected) in cases {
            assert_eq!(guess_intent(keyword, locale), expected, "{keyword}");
        }
    }
}
