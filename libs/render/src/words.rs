//! The words around the content, in the language of the page, and how that language writes a date.

use igny8_core::Timestamp;

/// The fixed texts of a page in one language. `{}` stands for what is filled in.
pub(crate) struct Words {
    pub home: &'static str,
    pub skip: &'static str,
    pub topics: &'static str,
    pub latest: &'static str,
    pub more: &'static str,
    pub contents: &'static str,
    pub related: &'static str,
    pub tags: &'static str,
    pub by: &'static str,
    pub reviewed: &'static str,
    pub minutes: &'static str,
    pub updated: &'static str,
    pub newer: &'static str,
    pub older: &'static str,
    pub page: &'static str,
    pub pages: &'static str,
    pub trail: &'static str,
    pub feed: &'static str,
    pub empty: &'static str,
    pub lost: &'static str,
    pub lost_more: &'static str,
    /// `d` day, `m` month's name, `n` month's number, `y` year.
    date: &'static str,
    /// Twelve names, as they stand beside a day.
    months: &'static str,
}

impl Words {
    /// A date (UTC) as readers of the language write it.
    pub fn date(&self, moment: Timestamp) -> String {
        let date = moment.date();
        let mut parts = date.split('-').map(|part| part.parse::<usize>().unwrap_or_default());
        let (year, month, day) =
            (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let name = self.months.split(' ').nth(month.saturating_sub(1)).unwrap_or_default();
        let mut out = String::new();
        for c in self.date.chars() {
            match c {
                'd' => out.push_str(&day.to_string()),
                'm' => out.push_str(name),
                'n' => out.push_str(&month.to_string()),
                'y' => out.push_str(&year.to_string()),
                // Spanish and Portuguese "de" would clash with the letters above.
                '~' => out.push_str("de"),
                c => out.push(c),
            }
        }
        out
    }

    /// A text with its gap filled.
    pub fn fill(pattern: &str, value: &str) -> String {
        pattern.replacen("{}", value, 1)
    }
}

/// `rtl` or `ltr`, by the script or else the language of a BCP 47 tag.
pub(crate) fn direction(tag: &str) -> &'static str {
    let mut parts = tag.split(['-', '_']);
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    let script = parts.find(|part| part.len() == 4 && part.chars().all(|c| c.is_ascii_alphabetic()));
    let rtl = match script.map(str::to_ascii_lowercase).as_deref() {
        Some(script) => matches!(script, "arab" | "hebr" | "thaa" | "syrc" | "nkoo" | "adlm" | "rohg"),
        None => {
            matches!(language.as_str(), "ar" | "he" | "iw" | "fa" | "ur" | "ps" | "sd" | "ug" | "yi" | "dv" | "ckb")
        }
    };
    if rtl { "rtl" } else { "ltr" }
}

/// The words of a language, by its BCP 47 tag; English where we do not speak it.
pub(crate) fn of(tag: &str) -> &'static Words {
    let language = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let code = match language.as_str() {
        "iw" => "he",
        code => code,
    };
    ALL.iter().find(|(known, _)| *known == code).map_or(&EN, |(_, words)| words)
}

#[rustfmt::skip]
const EN: Words = Words {
    home: "Home", skip: "Skip to content", topics: "Topics", latest: "Latest articles", more: "More articles",
    contents: "On this page", related: "Keep reading", tags: "Tags", by: "By {}", reviewed: "Reviewed by {}", minutes: "{} min read",
    updated: "Updated {}", newer: "Newer", older: "Older", page: "Page {}", pages: "Pages", trail: "Breadcrumb", feed: "Feed",
    empty: "Nothing has been published yet. Come back soon.",
    lost: "This page does not exist", lost_more: "It may have moved, or the address has a typing mistake.",
    date: "d m y",
    months: "January February March April May June July August September October November December",
};

#[rustfmt::skip]
static ALL: &[(&str, Words)] = &[
    ("en", EN),
    ("de", Words {
        home: "Start", skip: "Zum Inhalt springen", topics: "Themen", latest: "Neueste Artikel", more: "Weitere Artikel",
        contents: "Auf dieser Seite", related: "Weiterlesen", tags: "Schlagwörter", by: "Von {}", reviewed: "Geprüft von {}", minutes: "{} Min. Lesezeit",
        updated: "Aktualisiert am {}", newer: "Neuere", older: "Ältere", page: "Seite {}", pages: "Seiten", trail: "Brotkrumen", feed: "Feed",
        empty: "Hier ist noch nichts erschienen. Schauen Sie bald wieder vorbei.",
        lost: "Diese Seite gibt es nicht", lost_more: "Vielleicht ist sie umgezogen, oder die Adresse enthält einen Tippfehler.",
        date: "d. m y",
        months: "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    }),
    ("es", Words {
        home: "Inicio", skip: "Saltar al contenido", topics: "Temas", latest: "Últimos artículos", more: "Más artículos",
        contents: "En esta página", related: "Sigue leyendo", tags: "Etiquetas", by: "Por {}", reviewed: "Revisado por {}", minutes: "{} min de lectura",
        updated: "Actualizado el {}", newer: "Más recientes", older: "Anteriores", page: "Página {}", pages: "Páginas", trail: "Ruta de navegación", feed: "Feed",
        empty: "Todavía no hay nada publicado. Vuelve pronto.",
        lost: "Esta página no existe", lost_more: "Puede que se haya movido o que la dirección tenga una errata.",
        date: "d ~ m ~ y",
        months: "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    }),
    ("fr", Words {
        home: "Accueil", skip: "Aller au contenu", topics: "Thèmes", latest: "Derniers articles", more: "Autres articles",
        contents: "Sur cette page", related: "À lire aussi", tags: "Étiquettes", by: "Par {}", reviewed: "Vérifié par {}", minutes: "{} min de lecture",
        updated: "Mis à jour le {}", newer: "Plus récents", older: "Plus anciens", page: "Page {}", pages: "Pages", trail: "Fil d’Ariane", feed: "Flux",
        empty: "Rien n’est encore publié. Revenez bientôt.",
        lost: "Cette page n’existe pas", lost_more: "Elle a peut-être été déplacée, ou l’adresse contient une faute de frappe.",
        date: "d m y",
        months: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    }),
    ("it", Words {
        home: "Home", skip: "Vai al contenuto", topics: "Argomenti", latest: "Ultimi articoli", more: "Altri articoli",
        contents: "In questa pagina", related: "Continua a leggere", tags: "Tag", by: "Di {}", reviewed: "Verificato da {}", minutes: "{} min di lettura",
        updated: "Aggiornato il {}", newer: "Più recenti", older: "Meno recenti", page: "Pagina {}", pages: "Pagine", trail: "Percorso", feed: "Feed",
        empty: "Non è ancora stato pubblicato nulla. Torna presto.",
        lost: "Questa pagina non esiste", lost_more: "Forse è stata spostata, o l’indirizzo contiene un errore di battitura.",
        date: "d m y",
        months: "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    }),
    ("pt", Words {
        home: "Início", skip: "Ir para o conteúdo", topics: "Temas", latest: "Últimos artigos", more: "Mais artigos",
        contents: "Nesta página", related: "Continue lendo", tags: "Etiquetas", by: "Por {}", reviewed: "Revisado por {}", minutes: "{} min de leitura",
        updated: "Atualizado em {}", newer: "Mais recentes", older: "Anteriores", page: "Página {}", pages: "Páginas", trail: "Caminho", feed: "Feed",
        empty: "Ainda não há nada publicado. Volte em breve.",
        lost: "Esta página não existe", lost_more: "Ela pode ter mudado de lugar, ou o endereço tem um erro de digitação.",
        date: "d ~ m ~ y",
        months: "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    }),
    ("nl", Words {
        home: "Home", skip: "Naar de inhoud", topics: "Onderwerpen", latest: "Nieuwste artikelen", more: "Meer artikelen",
        contents: "Op deze pagina", related: "Lees verder", tags: "Tags", by: "Door {}", reviewed: "Nagekeken door {}", minutes: "{} min. leestijd",
        updated: "Bijgewerkt op {}", newer: "Nieuwer", older: "Ouder", page: "Pagina {}", pages: "Pagina’s", trail: "Kruimelpad", feed: "Feed",
        empty: "Er is nog niets gepubliceerd. Kom snel terug.",
        lost: "Deze pagina bestaat niet", lost_more: "Misschien is ze verhuisd, of er zit een typefout in het adres.",
        date: "d m y",
        months: "januari februari maart april mei juni juli augustus september oktober november december",
    }),
    ("pl", Words {
        home: "Start", skip: "Przejdź do treści", topics: "Tematy", latest: "Najnowsze artykuły", more: "Więcej artykułów",
        contents: "Na tej stronie", related: "Czytaj dalej", tags: "Tagi", by: "Autor: {}", reviewed: "Weryfikacja: {}", minutes: "{} min czytania",
        updated: "Aktualizacja: {}", newer: "Nowsze", older: "Starsze", page: "Strona {}", pages: "Strony", trail: "Ścieżka", feed: "Kanał",
        empty: "Nic tu jeszcze nie opublikowano. Zajrzyj wkrótce.",
        lost: "Tej strony nie ma", lost_more: "Mogła zostać przeniesiona albo w adresie jest literówka.",
        date: "d m y",
        months: "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
    }),
    ("tr", Words {
        home: "Ana sayfa", skip: "İçeriğe geç", topics: "Konular", latest: "Son yazılar", more: "Diğer yazılar",
        contents: "Bu sayfada", related: "Okumaya devam edin", tags: "Etiketler", by: "Yazan: {}", reviewed: "Kontrol eden: {}", minutes: "{} dk okuma",
        updated: "Güncelleme: {}", newer: "Daha yeni", older: "Daha eski", page: "Sayfa {}", pages: "Sayfalar", trail: "Gezinti yolu", feed: "Akış",
        empty: "Henüz bir şey yayımlanmadı. Yakında yine gelin.",
        lost: "Böyle bir sayfa yok", lost_more: "Taşınmış olabilir ya da adreste bir yazım hatası vardır.",
        date: "d m y",
        months: "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
    }),
    ("ru", Words {
        home: "Главная", skip: "К содержанию", topics: "Темы", latest: "Новые статьи", more: "Ещё статьи",
        contents: "На этой странице", related: "Читайте также", tags: "Метки", by: "Автор: {}", reviewed: "Проверка: {}", minutes: "{} мин чтения",
        updated: "Обновлено {}", newer: "Новее", older: "Старее", page: "Страница {}", pages: "Страницы", trail: "Навигационная цепочка", feed: "Лента",
        empty: "Пока ничего не опубликовано. Загляните позже.",
        lost: "Такой страницы нет", lost_more: "Возможно, она переехала или в адресе опечатка.",
        date: "d m y",
        months: "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
    }),
    ("ar", Words {
        home: "الرئيسية", skip: "انتقل إلى المحتوى", topics: "المواضيع", latest: "أحدث المقالات", more: "مقالات أخرى",
        contents: "في هذه الصفحة", related: "تابع القراءة", tags: "الوسوم", by: "بقلم {}", reviewed: "مراجعة: {}", minutes: "مدة القراءة: {} د",
        updated: "حُدّث في {}", newer: "الأحدث", older: "الأقدم", page: "صفحة {}", pages: "الصفحات", trail: "مسار التنقل", feed: "الخلاصات",
        empty: "لم يُنشر شيء بعد. عد قريبًا.",
        lost: "هذه الصفحة غير موجودة", lost_more: "ربما نُقلت، أو في العنوان خطأ مطبعي.",
        date: "d m y",
        months: "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    }),
    ("fa", Words {
        home: "خانه", skip: "رفتن به محتوا", topics: "موضوع‌ها", latest: "تازه‌ترین مقاله‌ها", more: "مقاله‌های دیگر",
        contents: "در این صفحه", related: "بیشتر بخوانید", tags: "برچسب‌ها", by: "نوشتهٔ {}", reviewed: "بازبینی: {}", minutes: "{} دقیقه مطالعه",
        updated: "به‌روزرسانی: {}", newer: "جدیدتر", older: "قدیمی‌تر", page: "صفحهٔ {}", pages: "صفحه‌ها", trail: "مسیر صفحه", feed: "خوراک",
        empty: "هنوز چیزی منتشر نشده است. به‌زودی سر بزنید.",
        lost: "این صفحه وجود ندارد", lost_more: "شاید جابه‌جا شده یا نشانی اشتباه نوشته شده است.",
        date: "d m y",
        months: "ژانویه فوریه مارس آوریل مه ژوئن ژوئیه اوت سپتامبر اکتبر نوامبر دسامبر",
    }),
    ("he", Words {
        home: "דף הבית", skip: "דילוג לתוכן", topics: "נושאים", latest: "מאמרים אחרונים", more: "מאמרים נוספים",
        contents: "בעמוד זה", related: "להמשך קריאה", tags: "תגיות", by: "מאת {}", reviewed: "נבדק על ידי {}", minutes: "{} דקות קריאה",
        updated: "עודכן ב־{}", newer: "חדשים יותר", older: "ישנים יותר", page: "עמוד {}", pages: "עמודים", trail: "נתיב ניווט", feed: "פיד",
        empty: "עדיין לא פורסם כאן דבר. כדאי לחזור בקרוב.",
        lost: "העמוד הזה לא קיים", lost_more: "ייתכן שהוא עבר למקום אחר, או שנפלה טעות בכתובת.",
        date: "d בm y",
        months: "ינואר פברואר מרץ אפריל מאי יוני יולי אוגוסט ספטמבר אוקטובר נובמבר דצמבר",
    }),
    ("ur", Words {
        home: "سرورق", skip: "مواد پر جائیں", topics: "موضوعات", latest: "تازہ مضامین", more: "مزید مضامین",
        contents: "اس صفحے پر", related: "مزید پڑھیں", tags: "ٹیگ", by: "از {}", reviewed: "نظرثانی: {}", minutes: "{} منٹ کا مطالعہ",
        updated: "تجدید: {}", newer: "نئے", older: "پرانے", page: "صفحہ {}", pages: "صفحات", trail: "راستہ", feed: "فیڈ",
        empty: "ابھی کچھ شائع نہیں ہوا۔ جلد دوبارہ آئیں۔",
        lost: "یہ صفحہ موجود نہیں", lost_more: "شاید اس کی جگہ بدل گئی ہے یا پتے میں غلطی ہے۔",
        date: "d m y",
        months: "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
    }),
    ("hi", Words {
        home: "मुखपृष्ठ", skip: "सामग्री पर जाएँ", topics: "विषय", latest: "नए लेख", more: "और लेख",
        contents: "इस पृष्ठ पर", related: "आगे पढ़ें", tags: "टैग", by: "लेखक: {}", reviewed: "समीक्षा: {}", minutes: "{} मिनट में पढ़ें",
        updated: "अद्यतन: {}", newer: "नए", older: "पुराने", page: "पृष्ठ {}", pages: "पृष्ठ", trail: "पथ", feed: "फ़ीड",
        empty: "अभी कुछ प्रकाशित नहीं हुआ है। जल्द ही फिर आएँ।",
        lost: "यह पृष्ठ मौजूद नहीं है", lost_more: "शायद यह हटाया गया है या पते में कोई ग़लती है।",
        date: "d m y",
        months: "जनवरी फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    }),
    ("ja", Words {
        home: "ホーム", skip: "本文へ移動", topics: "トピック", latest: "新着記事", more: "その他の記事",
        contents: "目次", related: "あわせて読みたい", tags: "タグ", by: "文：{}", reviewed: "監修：{}", minutes: "読了目安 {} 分",
        updated: "更新：{}", newer: "新しい記事", older: "古い記事", page: "{} ページ", pages: "ページ", trail: "パンくずリスト", feed: "フィード",
        empty: "まだ記事がありません。また近いうちにお越しください。",
        lost: "ページが見つかりません", lost_more: "移動したか、アドレスに誤りがある可能性があります。",
        date: "y年n月d日", months: "1 2 3 4 5 6 7 8 9 10 11 12",
    }),
    ("zh", Words {
        home: "首页", skip: "跳到正文", topics: "主题", latest: "最新文章", more: "更多文章",
        contents: "本页内容", related: "继续阅读", tags: "标签", by: "作者：{}", reviewed: "审核：{}", minutes: "约 {} 分钟读完",
        updated: "更新于 {}", newer: "较新", older: "较早", page: "第 {} 页", pages: "分页", trail: "面包屑导航", feed: "订阅",
        empty: "还没有发布内容，请稍后再来。",
        lost: "页面不存在", lost_more: "它可能已移动，或者地址有误。",
        date: "y年n月d日", months: "1 2 3 4 5 6 7 8 9 10 11 12",
    }),
];

/// The languages, in the order of this file.
#[cfg(test)]
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|(code, _)| *code)
}

#[cfg(test)]
mod tests {
    use super::{ALL, Words, direction, of};

    #[test]
    fn every_language_can_fill_its_gaps_and_name_twelve_months() {
        for (code, words) in ALL {
            assert_eq!(words.months.split(' ').count(), 12, "{code}");
            for pattern in [words.by, words.reviewed, words.minutes, words.updated, words.page] {
                assert_eq!(pattern.matches("{}").count(), 1, "{code}: {pattern}");
                assert!(Words::fill(pattern, "7").contains('7'));
            }
        }
    }

    #[test]
    fn dates_read_as_in_the_language() {
        let moment = "2026-03-09T23:59:59Z".parse().unwrap();
        let date = |tag| of(tag).date(moment);
        assert_eq!(date("en-GB"), "9 March 2026");
        assert_eq!(date("de"), "9. März 2026");
        assert_eq!(date("es_MX"), "9 de marzo de 2026");
        assert_eq!(date("ja-JP"), "2026年3月9日");
        assert_eq!(date("he"), "9 במרץ 2026");
        assert_eq!(date("xx"), "9 March 2026");
    }

    #[test]
    fn direction_follows_script_then_language() {
        for rtl in ["ar", "he-IL", "fa", "ur-PK", "pa-Arab", "AR-eg"] {
            assert_eq!(direction(rtl), "rtl", "{rtl}");
        }
        for ltr in ["en", "ar-Latn", "pa", "", "de-AT"] {
            assert_eq!(direction(ltr), "ltr", "{ltr}");
        }
    }
}
