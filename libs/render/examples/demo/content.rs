//! Two small sites with real text, for the demo and for the tests.

use igny8_core::{Timestamp, slugify};
use igny8_render::{Article, Heading, Image, Person, Site};

/// An article in the making: text goes in piece by piece, headings are noted on the way.
#[derive(Default)]
struct Draft {
    article: Article,
}

/// Who writes here. One of them is known well.
fn person(name: &str) -> Person {
    let known = Person { slug: slugify(name), name: name.to_owned(), ..Person::default() };
    if name != "Marta Lindqvist" {
        return known;
    }
    Person {
        job_title: "Bicycle mechanic".to_owned(),
        bio: "Marta has kept the first stand of the workshop since 2009 & rides to it in any weather.".to_owned(),
        credentials: vec!["Cytech level 3".to_owned(), "Wheel builder".to_owned()],
        same_as: vec!["https://social.example/@marta/".to_owned()],
        ..known
    }
}

impl Draft {
    fn new(title: &str, category: &str, published: &str, author: &str) -> Self {
        let published_at: Timestamp = published.parse().unwrap_or_default();
        Self {
            article: Article {
                slug: slugify(title),
                title: title.to_owned(),
                author: Some(person(author)),
                published_at,
                updated_at: published_at,
                language: "en-GB".to_owned(),
                category: Some(category.to_owned()),
                ..Article::default()
            },
        }
    }

    fn excerpt(mut self, text: &str) -> Self {
        text.clone_into(&mut self.article.excerpt);
        self
    }

    fn tags(mut self, tags: &[&str]) -> Self {
        self.article.tags = tags.iter().map(|&tag| tag.to_owned()).collect();
        self
    }

    fn heading(mut self, level: u8, text: &str) -> Self {
        let id = slugify(text);
        let html = format!("<h{level} id=\"{id}\">{text}</h{level}>");
        self.article.headings.push(Heading { id, level, text: text.to_owned() });
        self.html(&html)
    }

    fn p(self, html: &str) -> Self {
        self.html(&format!("<p>{html}</p>"))
    }

    fn html(mut self, html: &str) -> Self {
        self.article.body_html.push_str(html);
        self.article.body_html.push('\n');
        self
    }

    fn done(mut self) -> Article {
        let mut inside = false;
        let text: String = self
            .article
            .body_html
            .chars()
            .map(|c| {
                inside = (inside || c == '<') && c != '>';
                if inside || c == '>' { ' ' } else { c }
            })
            .collect();
        self.article.word_count = text.split_whitespace().count() as u32;
        self.article
    }
}

/// A blog of a bicycle workshop.
pub fn site() -> Site {
    Site {
        name: "Spoke & Chain".to_owned(),
        description: "Plain answers about keeping a bicycle running, from a two-stand workshop.".to_owned(),
        base_url: "https://spokeandchain.example".to_owned(),
        locale: "en-GB".to_owned(),
        industry: Some("Outdoor sports".to_owned()),
        updated_at: "2026-11-01T08:00:00Z".parse().unwrap_or_default(),
        generator: Some("IGNY8".to_owned()),
    }
}

/// Its articles: one with everything a body can hold, one with a picture, and enough short ones for a second page.
pub fn articles() -> Vec<Article> {
    let mut all = vec![chain_wear()];
    all.extend(SHORT.iter().map(|&(title, category, published, excerpt, paragraphs)| {
        let draft = Draft::new(title, category, published, "Marta Lindqvist").excerpt(excerpt);
        paragraphs.iter().fold(draft, |draft, paragraph| draft.p(paragraph)).done()
    }));
    if let Some(article) = all.iter_mut().find(|article| article.category.as_deref() == Some("Brakes")) {
        article.featured_image = Some(Image {
            url: "/assets/wheel.svg".to_owned(),
            alt: "A front wheel with a disc brake, seen from the side".to_owned(),
            width: 1200,
            height: 630,
            sources: Vec::new(),
        });
    }
    all
}

fn chain_wear() -> Article {
    let mut article = Draft::new(
        "When to replace a bicycle chain, measured instead of guessed",
        "Drivetrain",
        "2026-11-18T06:30:00Z",
        "Marta Lindqvist",
    )
    .excerpt("A worn chain quietly files down the parts that cost ten times as much. Here is how to measure it in a minute, and what the numbers mean.")
    .tags(&["chains", "cassettes", "maintenance"])
    .p("Most riders change a chain when it starts to skip. By then the cassette has usually gone with it, and often the chainring too. In our workshop the difference between the early job and the late one is about <strong>twenty-five against one hundred and sixty euros</strong>, and the early job takes ten minutes.")
    .p("The good news is that wear is easy to measure. You need a ruler, or a gauge that costs less than a coffee and a cake, and the <a href=\"/how-to-clean-a-chain-without-special-tools\">chain should be clean</a> before you start.")
    .heading(2, "What wear actually is")
    .p("People say that a chain stretches. Steel plates do not stretch on a bicycle; what happens is that each pin slowly wears a larger hole in its bushing. A chain has more than a hundred of those joints, and the play adds up until the links no longer sit where the teeth are.")
    .p("A cassette wears to match. Once the two have worn together they run quietly, which is why an old drivetrain can feel fine right up to the day when you fit a new chain and it jumps under load.")
    .heading(2, "How to measure it")
    .heading(3, "With a ruler")
    .p("Twelve full links of a new chain measure exactly 304.8&nbsp;mm from pin to pin. Put the zero of a steel ruler on the middle of one pin, pull the lower run of the chain tight, and read where the pin at the other end is.")
    .html("<ol><li>Shift to the small chainring, so that the lower run hangs free.</li><li>Hang a finger’s weight on the chain; a slack chain reads too short.</li><li>Measure at three places. Chains wear unevenly, and the <em>largest</em> number is the one that counts.</li></ol>")
    .heading(3, "With a gauge")
    .p("A go/no-go gauge drops into the chain when the wear has passed the number printed on it. Simple ones push two rollers apart and so also count the play of the rollers, which does not matter; a gauge with three contact points measures what the teeth feel.")
    .html("<aside role=\"note\"><p><strong>Before you trust a gauge</strong></p><p>Try it on a brand-new chain. If it already drops in, the gauge is the part that is worn.</p></aside>")
    .heading(2, "What the numbers mean")
    .p("How far you may go depends on how narrow the chain is. Narrow chains sit on thinner teeth, and those forgive less.")
    .html("<figure><table><caption>When to replace, by the number of sprockets</caption><thead><tr><th scope=\"col\">Drivetrain</th><th scope=\"col\">Replace at</th><th scope=\"col\">Over 12 links</th><th scope=\"col\">If you wait</th></tr></thead><tbody><tr><td>Single speed, hub gear</td><td>1.0 %</td><td>307.8 mm</td><td>Noise, then a new sprocket</td></tr><tr><td>6 to 9 sprockets</td><td>0.75 %</td><td>307.1 mm</td><td>A new cassette</td></tr><tr><td>10 to 12 sprockets</td><td>0.5 %</td><td>306.3 mm</td><td>A new cassette, often a chainring</td></tr></tbody></table></figure>")
    .html("<blockquote><p>I would rather sell someone three chains than one cassette. The third time they come in, they bring a friend.</p><footer>Ismael, who runs the second stand</footer></blockquote>")
    .heading(2, "How long a chain lasts")
    .p("Between 1,500 and 8,000 kilometres, which is not a helpful answer, so here is what moves the number:")
    .html("<ul><li><strong>Grit.</strong> A dry summer on roads gives three times the life of one wet autumn on canal paths.</li><li><strong>Oil.</strong> Too much is worse than too little: it carries sand into the joints. See <a href=\"/wet-lube-or-dry-lube\">wet lube or dry lube</a>.</li><li><strong>Straight lines.</strong> Riding in the big ring and on the biggest sprocket bends every link, every turn.</li></ul>")
    .p("If you log your rides, you can keep a record with one line per measurement. Ours looks like this:")
    .html("<pre><code>date        km    mm     wear\n2026-03-02     0  304.8  0.00 %\n2026-06-14  1410  305.5  0.23 %\n2026-10-30  2980  306.2  0.46 %  ← order a chain</code></pre>")
    .heading(2, "Questions we hear every week")
    .html("<details><summary>Can I keep a chain past the limit if nothing skips?</summary><p>Yes, if you then run chain, cassette and chainring down together and replace all three. On an old commuter that is a sound plan.</p></details><details><summary>Must a new chain be the same brand?</summary><p>No. It must match the number of sprockets; a ten-speed chain of one maker runs well on the ten-speed cassette of another.</p></details><details><summary>Does waxing really double the life?</summary><p>In our log, yes, but it doubles the work as well. It pays for people who enjoy the work.</p></details>")
    .heading(2, "The short version")
    .p("Measure at every second oiling. Order the new chain at 0.4&nbsp;%, fit it at 0.5&nbsp;%, and the cassette will see three or four chains before it needs replacing itself.")
    .done();
    article.updated_at = "2026-11-20T09:15:00Z".parse().unwrap_or_default();
    "When to Replace a Bicycle Chain: Measure It in a Minute".clone_into(&mut article.meta_title);
    "Measure chain wear with a ruler or a gauge, read what 0.5 % and 0.75 % mean for your drivetrain, and save the cassette."
        .clone_into(&mut article.meta_description);
    article.json_ld = vec![serde_json::json!({
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [{"@type": "Question", "acceptedAnswer": {"@type": "Answer", "text": "No, but it must match the number of sprockets."}, "name": "Must a new chain be the same brand?"}],
    })];
    article.reviewer = Some(person("Ismael Ferrer"));
    article
}

/// Title, category, published, excerpt, paragraphs.
type Short = (&'static str, &'static str, &'static str, &'static str, &'static [&'static str]);

const SHORT: &[Short] = &[
    (
        "Squealing disc brakes: five causes, from the free one to the dear one",
        "Brakes",
        "2026-11-16T06:30:00Z",
        "Noise is vibration, and vibration has a cause. Work through these in order and you will rarely reach the last one.",
        &[
            "Start with what costs nothing: take the wheel out, put it back with the bike on the ground, and close the axle with the weight on it. A wheel that sits a millimetre off is the most common squeal we meet.",
            "Next, wipe the disc with alcohol and a cloth that has never seen oil. If the noise comes back within a ride, the pads have drunk something and need sanding or replacing.",
            "Only then look at the caliper. Loosen both bolts, hold the lever, tighten the bolts again a little at a time. It centres itself better than any eye can.",
        ],
    ),
    (
        "Tubeless after one year: what we would do again",
        "Wheels & tyres",
        "2026-11-13T06:30:00Z",
        "Twelve bikes, four sealants and one carpet that had to go. An honest account of a year without tubes.",
        &[
            "Of twelve bikes that we converted last November, ten are still tubeless. The two that went back belong to people who ride once a month, and whose sealant dried between rides.",
            "Punctures on the road fell from nineteen to three. None of the three needed more than a plug, and nobody walked home.",
        ],
    ),
    (
        "A winter bike for less than a service",
        "Winter riding",
        "2026-11-10T06:30:00Z",
        "Salt eats good parts. An old frame with mudguards, wide tyres and a hub gear costs less than what it saves.",
        &[
            "The best winter bike is the one you are not sorry for. Ours is a steel frame from 1994 with three gears inside the hub, where the salt does not get.",
            "Spend on tyres and lights, in that order. Everything else can be second-hand.",
        ],
    ),
    (
        "How to buy a used bicycle in ten minutes",
        "Buying",
        "2026-11-07T06:30:00Z",
        "The checks that matter, in the order in which they end the conversation.",
        &[
            "Lift the front wheel and turn the bar. If it catches in the middle, the headset is pitted. Then look along the wheel from above while it turns; a side-to-side wave of more than two millimetres means an hour of work.",
            "Look under the bottom bracket and at the joint behind the head tube. A crack in the paint there is a crack until somebody proves otherwise.",
        ],
    ),
    (
        "Wet lube or dry lube?",
        "Drivetrain",
        "2026-11-04T06:30:00Z",
        "The weather on your next three rides decides, not the label.",
        &[
            "Wet lube stays through rain and collects dust. Dry lube stays clean and washes off in the first real shower. If you ride to work whatever the forecast, take the wet one and wipe the chain every week.",
            "Whichever you choose, put one drop on each roller, turn the cranks for a minute, and wipe off everything you can reach. What is left inside is what works.",
        ],
    ),
    (
        "Tyre pressure: the number on the side is not advice",
        "Wheels & tyres",
        "2026-11-01T06:30:00Z",
        "It is the limit of the casing. What you want depends on your weight, the width of the tyre and the road.",
        &[
            "For a rider of seventy-five kilos on 32&nbsp;mm tyres we start at 3.8 bar in front and 4.2 behind, and go down until the rim makes itself known on a kerb. Then we add a quarter of a bar and stop thinking about it.",
        ],
    ),
    (
        "How to clean a chain without special tools",
        "Drivetrain",
        "2026-10-28T06:30:00Z",
        "An old toothbrush, washing-up liquid and warm water do nine tenths of what a machine does.",
        &[
            "Hang a cloth behind the chain so that the spray stays off the rim. Brush the lower run from above and below while you turn the cranks backwards, rinse with a sponge rather than a hose, and dry it at once.",
            "Water is not the enemy; water that stays is. Oil the chain the same day.",
        ],
    ),
    (
        "Bleeding hydraulic brakes without a mess",
        "Brakes",
        "2026-10-24T06:30:00Z",
        "Fluid goes where you let it. Ten minutes of preparation save an hour of cleaning and a pair of pads.",
        &[
            "Take the pads out before you open anything, and put them in another room. Level the lever, hang the caliper lower than the hose, and let the bubbles do what bubbles want to do.",
            "Mineral oil and DOT fluid are not interchangeable. The seals of one swell in the other, and no amount of rinsing brings them back.",
        ],
    ),
    (
        "Mudguards that do not rattle",
        "Winter riding",
        "2026-10-19T06:30:00Z",
        "Rattle comes from stays under tension. Bend them first, tighten them last.",
        &[
            "A stay that has to be pulled to its bolt will sing for the rest of its life. Bend it by hand until the hole falls on the thread by itself.",
        ],
    ),
    (
        "Truing a wheel on the bike, with a zip tie",
        "Wheels & tyres",
        "2026-10-14T06:30:00Z",
        "You do not need a stand to take out a small wobble. You need patience and quarter turns.",
        &[
            "Fix a zip tie to the fork so that its end almost touches the rim. Where it touches, loosen the spoke on that side by a quarter turn and tighten its neighbours on the other side by the same.",
            "Stop when the wobble is one millimetre. The last half millimetre costs more than it gives.",
        ],
    ),
    (
        "Electric bikes: what wears faster",
        "Buying",
        "2026-10-08T06:30:00Z",
        "A motor triples the force on the chain. Plan for it when you compare prices.",
        &[
            "Expect a chain every 1,500 kilometres and a cassette every third chain. Brake pads last half as long, because the bike weighs twice as much and gets to the corner sooner.",
        ],
    ),
    (
        "Lights that let you see, and not just be seen",
        "Winter riding",
        "2026-10-02T06:30:00Z",
        "Lumens sell lamps. The shape of the beam is what you ride by.",
        &[
            "A good beam has a sharp upper edge, as a car’s has. It puts light on the road between five and thirty metres, and none into the eyes of the person who comes towards you.",
        ],
    ),
    (
        "Creaks and clicks: find the noise before you buy a part",
        "Drivetrain",
        "2026-09-25T06:30:00Z",
        "Nine out of ten bottom brackets that are replaced for a creak were innocent.",
        &[
            "Stand up. If the noise stops, it lives in the saddle or its post. Pedal with one leg; a noise that comes once per turn of the crank is in the pedal, one that comes once per turn of the wheel is not.",
        ],
    ),
];

/// A blog in Arabic, about coffee at home.
pub fn arabic_site() -> Site {
    Site {
        name: "فنجان".to_owned(),
        description: "كل ما تحتاج معرفته عن القهوة في البيت.".to_owned(),
        base_url: "https://finjan.example".to_owned(),
        locale: "ar".to_owned(),
        industry: Some("Food and drink".to_owned()),
        updated_at: "2026-11-01T08:00:00Z".parse().unwrap_or_default(),
        generator: None,
    }
}

/// Its articles.
pub fn arabic_articles() -> Vec<Article> {
    let mut all = vec![
        Draft::new("كيف تختار درجة طحن البن؟", "الأساسيات", "2026-11-12T06:30:00Z", "ليلى حداد")
            .excerpt("الطحن أول ما يغيّر طعم الفنجان. دليل قصير لكل طريقة تحضير.")
            .p("كلما كان الطحن أنعم، زادت مساحة السطح التي يلامسها الماء، وأسرع الاستخلاص. لذلك يحتاج الإسبريسو إلى طحن ناعم، وتحتاج القهوة المفلترة إلى طحن متوسط.")
            .heading(2, "ابدأ من الوسط")
            .p("حضّر فنجانًا بطحن متوسط ثم تذوّق: إن كان حامضًا فاطحن أنعم، وإن كان مرًّا فاطحن أخشن. غيّر شيئًا واحدًا في كل مرة.")
            .html("<blockquote><p>المطحنة أهم من الآلة.</p></blockquote>")
            .heading(2, "كم من الوقت يبقى البن طازجًا؟")
            .p("البن الكامل يحتفظ بنكهته نحو شهر بعد التحميص، أما المطحون فيفقد معظمها خلال ساعات.")
            .tags(&["طحن", "إسبريسو"])
            .done(),
        Draft::new("حرارة الماء: هل تهم حقًا؟", "الأساسيات", "2026-11-05T06:30:00Z", "ليلى حداد")
            .excerpt("نعم، لكن أقل مما يظن كثيرون.")
            .p("بين تسعين وست وتسعين درجة مئوية تعطي معظم الحبوب أفضل ما فيها. الأهم أن تبقى الحرارة ثابتة من فنجان إلى آخر.")
            .done(),
        Draft::new("القهوة العربية خطوة بخطوة", "وصفات", "2026-10-30T06:30:00Z", "سامر عيسى")
            .excerpt("هيل وصبر ونار هادئة.")
            .p("اغلِ الماء، أضف البن المحمّص الفاتح، واتركه على نار هادئة ربع ساعة. أضف الهيل قبل التقديم بقليل.")
            .done(),
    ];
    for article in &mut all {
        "ar".clone_into(&mut article.language);
    }
    all
}
