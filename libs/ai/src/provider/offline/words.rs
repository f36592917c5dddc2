//! Words of keywords: which of them carry the topic, and what their stems are.

/// Words that say nothing about a topic, in the languages of the exports that people bring most.
const STOP: &str = " a about all also am an and any are as at be been best but by can cheap could did do does doing for from get \
    give go good had has have having he her here hers him his how i if in into is it its just like make me mine more most much \
    my near need no not of off on online or our out over own please she should so some such tell than that the their them then \
    there these they this those to too top under up us use using very via vs want was we were what whats when where which while \
    who why will with would you your \
    al com como con cual cuando de del donde el ella en es esta este la las lo los mas me mejor mi muy no o para pero por que se \
    sin su sus un una unas uno unos y ya \
    am auf aus bei beim das dass dem den der des die ein eine einem einen einer eines fuer für im ist kann mit nach nicht oder \
    ohne sich sie sind so und vom von vor was welche wie wo zu zum zur \
    au aux avec ce ces comment dans de des du elle est et il je la le les leur ma mes mon ne nous ou où par pas plus pour quel \
    quelle qui sa sans ses son sur un une vos votre vous ";

/// The words of a text, in lower case.
pub(super) fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !(c.is_alphanumeric() || c == '\'' || c == '’'))
        .map(|word| word.trim_matches(['\'', '’']).replace(['\'', '’'], ""))
        .filter(|word| !word.is_empty())
        .collect()
}

/// True for a word that carries a topic.
pub(super) fn is_topical(word: &str) -> bool {
    word.chars().count() > 1 && !STOP.contains(&format!(" {word} "))
}

/// The words of a text that carry its topic; all words when none does.
pub(super) fn topical(text: &str) -> Vec<String> {
    let all = words(text);
    let topical: Vec<String> = all.iter().filter(|word| is_topical(word)).cloned().collect();
    if topical.is_empty() { all } else { topical }
}

/// A rough stem: plurals and common endings off, so that `shoes` and `shoe`, `running` and `run` meet.
pub(super) fn stem(word: &str) -> String {
    const ENDINGS: [(&str, &str); 16] = [
        ("ational", "ate"),
        ("iness", "y"),
        ("ments", ""),
        ("ment", ""),
        ("ings", ""),
        ("ing", ""),
        ("ies", "y"),
        ("ers", ""),
        ("ees", "ee"),
        ("ed", ""),
        ("er", ""),
        ("ches", "ch"),
        ("shes", "sh"),
        ("sses", "ss"),
        ("ly", ""),
        ("s", ""),
    ];
    let mut stem = word.to_owned();
    for (ending, put) in ENDINGS {
        if let Some(rest) = word.strip_suffix(ending)
            && rest.chars().count() >= 3
            && !(ending == "s" && (rest.ends_with('s') || rest.ends_with('u') || rest.ends_with("si")))
        {
            stem = format!("{rest}{put}");
            break;
        }
    }
    let chars: Vec<char> = stem.chars().collect();
    // running → runn → run; make and making meet without the e.
    if let [.., a, b] = chars.as_slice()
        && a == b
        && a.is_alphabetic()
        && !matches!(a, 'l' | 's' | 'e' | 'o')
        && chars.len() > 3
    {
        stem.pop();
    }
    if stem.ends_with('e') && stem.chars().count() > 3 {
        stem.pop();
    }
    stem
}

/// A text with a capital letter in front.
pub(super) fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A text in title case, small words left small.
pub(super) fn title_case(text: &str) -> String {
    let words: Vec<String> = text
        .split_whitespace()
        .enumerate()
        .map(|(at, word)| if at > 0 && !is_topical(&word.to_lowercase()) { word.to_owned() } else { capitalized(word) })
        .collect();
    words.join(" ")
}

/// A list in a sentence: `a, b and c`.
pub(super) fn enumerated(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
