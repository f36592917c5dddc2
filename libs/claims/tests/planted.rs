//! True and false figures and quotations, planted in drafts: the true ones bind to the right span, the false ones to none.

use igny8_blocks::{Block, Document};
use igny8_claims::{Claim, ClaimKind, Source, claims};
use proptest::prelude::*;

const GARAGE: &str = "Taller Ana opened in Valencia in 1998. In 2024 the workshop had 14 mechanics in 3 halls. \
    A change of front brake pads costs 129 euros, parts included, and takes 45 minutes. Last year 62 percent of its \
    customers came back within 12 months.\n\
    “We never fit a part that we would not drive with ourselves,” says the founder, Ana Ruiz.";
const REPORT: &str = "Brake pads wear at very different rates. On city roads they last about 30,000 km; drivers on motorways \
    report 70.000 km and more. The study measured 2.4 million stops of 850 cars. Wet roads lengthen the braking distance \
    from 100 km/h by 18 metres. Pads thinner than 3 mm must be replaced.";

fn sources() -> [Source<'static>; 2] {
    [Source { id: "garage", text: GARAGE }, Source { id: "report", text: REPORT }]
}

fn of(text: &str) -> Vec<Claim> {
    claims(&Document(vec![Block::Paragraph { text: text.to_owned() }]), &sources())
}

/// The claim that a sentence makes, and what supports it.
fn only(text: &str) -> Claim {
    let mut found = of(text);
    assert_eq!(found.len(), 1, "{text}: {found:#?}");
    found.remove(0)
}

#[test]
fn true_figures_bind_to_the_sentence_that_says_them() {
    for (draft, source, span) in [
        ("The workshop in Valencia opened in 1998.", "garage", "Taller Ana opened in Valencia in 1998."),
        ("Today 14 mechanics work in the workshop.", "garage", "In 2024 the workshop had 14 mechanics in 3 halls."),
        ("New front brake pads cost €129 there.", "garage", "A change of front brake pads costs 129 euros"),
        ("The change of pads is done in 45 min.", "garage", "A change of front brake pads costs 129 euros"),
        (
            "62% of the customers came back.",
            "garage",
            "Last year 62 percent of its customers came back within 12 months.",
        ),
        ("Expect 30.000 km from brake pads on city roads.", "report", "On city roads they last about 30,000 km"),
        ("Motorway drivers report 70,000 kilometres.", "report", "On city roads they last about 30,000 km; drivers"),
        ("Researchers measured 2,400,000 stops.", "report", "The study measured 2.4 million stops of 850 cars."),
        ("A wet road makes the braking distance 18 m longer.", "report", "Wet roads lengthen the braking distance"),
        ("Replace pads that are thinner than 3 mm.", "report", "Pads thinner than 3 mm must be replaced."),
    ] {
        let claim = only(draft);
        let support = claim.support.unwrap_or_else(|| panic!("no source for: {draft}"));
        assert_eq!((support.source.as_str(), claim.kind), (source, ClaimKind::Figure), "{draft}");
        assert!(support.text.starts_with(span), "{draft}: {}", support.text);
        let text = if source == "garage" { GARAGE } else { REPORT };
        let at: String = text.chars().skip(support.start).take(support.end - support.start).collect();
        assert_eq!(at, support.text);
    }
}

#[test]
fn false_figures_are_flagged() {
    for draft in [
        "The workshop in Valencia opened in 1989.",
        "Today 41 mechanics work in the workshop.",
        "The workshop has 3 mechanics.",
        "The workshop had 14 halls in Valencia.",
        "New front brake pads cost €192 there.",
        "New front brake pads cost $129 there.",
        "The change of front pads takes 45 hours.",
        "26% of the customers came back.",
        "62 customers came back within a year.",
        "Expect 3,000 km from brake pads on city roads.",
        "Researchers measured 2.4 billion stops of cars.",
        "The study measured 850 million stops.",
        "A wet road makes the braking distance 81 metres longer.",
        "Replace pads that are thinner than 3 cm.",
        "Our bakery sold 850 loaves of bread.",
        // What measures is no topic: that both say "euros", "percent" or "million" makes them about nothing.
        "Entry costs 129 euros.",
        "About 62 percent like percent signs.",
        "It holds 2.4 million of a million grains.",
        "A stop takes 45 minutes.",
        // Another noun is another thing, whatever the sentences share.
        "In 2024 the workshop had 14 apprentices.",
        "The workshop in Valencia has 3 mechanics who came back.",
        "The study measured 850 stops of cars.",
        // With nothing to compare, nothing supports it.
        "It is 62%.",
        "It is 3 mm.",
        "62 %",
        "€129",
        "A new battery is what most need. It costs 129 euros.",
        // A thousandth of it is not it.
        "On city roads brake pads last about 30 km.",
        "Pads thinner than 3,000 mm must be replaced.",
        "Pads thinner than -3 mm must be replaced.",
        "The study measured 2,400 million stops of cars.",
    ] {
        for claim in of(draft) {
            assert_eq!(claim.support, None, "{draft}: {}", claim.text);
        }
        assert!(!of(draft).is_empty(), "{draft} has no claim");
    }
}

#[test]
fn quotations_bind_only_when_they_are_word_for_word() {
    let claim = only("Ana says “we never fit a part that we would not drive with ourselves”.");
    assert_eq!(claim.kind, ClaimKind::Quotation);
    assert_eq!(claim.support.unwrap().text, "We never fit a part that we would not drive with ourselves");
    assert_eq!(only("Ana says “we always fit parts that we would drive with”.").support, None);
    let quote = |text: &str| {
        let block = Block::Quote { text: text.to_owned(), cite: Some("Ana Ruiz".to_owned()) };
        claims(&Document(vec![block]), &sources()).remove(0)
    };
    assert!(quote("We never fit a part that we would not drive with ourselves.").support.is_some());
    assert_eq!(quote("Quality is our passion.").support, None);
}

#[test]
fn claims_stand_where_they_say_in_every_kind_of_block() {
    let document = Document(vec![
        Block::Heading { level: 2, text: "7 signs that 40% of drivers miss".to_owned() },
        Block::List { ordered: false, items: vec!["<strong>3</strong> halls".to_owned(), "14 mechanics".to_owned()] },
        Block::Code { language: None, text: "let x = 42;".to_owned() },
        Block::Table { header: vec![], rows: vec![vec!["Price".to_owned(), "129 €".to_owned()]], caption: None },
    ]);
    let found = claims(&document, &sources());
    let texts: Vec<_> = found.iter().map(|claim| (claim.block, claim.text.as_str())).collect();
    assert_eq!(texts, [(0, "40%"), (1, "3"), (1, "14"), (3, "129 €")]);
    for claim in &found {
        let text = document.blocks()[claim.block].plain_text();
        let at: String = text.chars().skip(claim.start).take(claim.end - claim.start).collect();
        assert_eq!(at, claim.text);
    }
}

#[test]
fn a_sentence_that_says_little_is_about_what_the_one_before_is_about() {
    let claim = only("The front brake pads are changed. It costs 129 euros.");
    assert!(claim.support.unwrap().text.starts_with("A change of front brake pads costs 129 euros"));
}

#[test]
fn a_thousandth_in_a_source_supports_nothing() {
    let of = |draft: &str, source: &str| {
        let document = Document(vec![Block::Paragraph { text: draft.to_owned() }]);
        claims(&document, &[Source { id: "s", text: source }]).remove(0).support
    };
    let source = "The engine holds 1.3 litres of oil.";
    assert_eq!(of("The engine holds 1,300 litres of oil.", source), None);
    assert_eq!(of("The engine holds 1.300 litres of oil.", source), None);
    assert!(of("The engine holds 1,3 litres of oil.", source).is_some());
    let source = "The opening of the valve is 0.0009 mm.";
    assert_eq!(of("The opening of the valve is 0.0001 mm.", source), None);
    assert!(of("The opening of the valve is 0,0009 mm.", source).is_some());
    let source = "There are 12 offices in Berlin and Hamburg.";
    assert_eq!(of("There are 12 employees in Berlin and Hamburg.", source), None);
}

/// What a source or a body of the greatest length says of itself in one line: the answer stays one that can be sent.
#[test]
fn hostile_texts_have_a_bounded_answer() {
    let numbers = (10_000..24_000).map(|n| format!("\"k{n}\":{n},")).collect::<Vec<_>>().concat();
    let repeated = "1 door ".repeat(14_000);
    let open = "„never closed ".repeat(7_000);
    let texts = [numbers.as_str(), &repeated, &open];
    let sources: Vec<_> = texts.iter().map(|text| Source { id: "s", text }).collect();
    for text in texts {
        let document = Document(vec![Block::Paragraph { text: igny8_blocks_text(text) }; 3]);
        let found = claims(&document, &sources);
        assert!(found.len() <= igny8_claims::MOST_CLAIMS);
        let said = |claim: &Claim| {
            let support = claim.support.as_ref().map_or(0, |support| support.text.len());
            claim.text.len() + claim.sentence.len() + support
        };
        let bytes: usize = found.iter().map(said).sum();
        assert!(bytes <= found.len() * 3_000, "{bytes} bytes in {} claims", found.len());
    }
}

proptest! {
    #[test]
    fn whatever_the_text_spans_are_within_it(text in "[ -~“”„«»€°²äß…\n]{0,200}", source in "[ -~“”\n]{0,200}") {
        let block = Block::Code { language: None, text: String::new() };
        let quote = Block::Quote { text: igny8_blocks_text(&text), cite: None };
        let document = Document(vec![block, Block::Paragraph { text: igny8_blocks_text(&text) }, quote]);
        for claim in claims(&document, &[Source { id: "s", text: &source }]) {
            let plain = document.blocks()[claim.block].plain_text();
            let at: String = plain.chars().skip(claim.start).take(claim.end - claim.start).collect();
            prop_assert_eq!(&at, &claim.text);
            if let Some(support) = claim.support {
                let at: String = source.chars().skip(support.start).take(support.end - support.start).collect();
                prop_assert_eq!(at, support.text);
            }
        }
    }

    #[test]
    fn a_sentence_that_is_copied_is_always_bound(number in 21_u32..2_000_000, unit in "km|euros|percent|windows|hours") {
        let text = format!("The northern station counted {number} {unit} of measured traffic.");
        let source = format!("Much is unknown. {text} Nothing else was said about 7 others.");
        let document = Document(vec![Block::Paragraph { text: text.clone() }]);
        let found = claims(&document, &[Source { id: "s", text: &source }]);
        prop_assert_eq!(found.len(), 1);
        prop_assert_eq!(&found[0].support.as_ref().unwrap().text, &text);
    }
}

/// Rich text of which this is the plain text.
fn igny8_blocks_text(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
