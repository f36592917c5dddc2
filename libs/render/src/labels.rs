//! The words for what a product, a service or instructions have beside the body, in the language of the page.

use igny8_blocks::structure::Availability;

/// The labels of one language.
pub(crate) struct Labels {
    pub products: &'static str,
    pub services: &'static str,
    pub price: &'static str,
    /// `{}` stands for the lowest price.
    pub from: &'static str,
    pub availability: &'static str,
    /// In stock, few left, to be released, on order, sold out, no longer made.
    states: [&'static str; 6],
    pub brand: &'static str,
    pub rating: &'static str,
    pub details: &'static str,
    pub area: &'static str,
    pub duration: &'static str,
    pub steps: &'static str,
    pub supplies: &'static str,
    pub tools: &'static str,
    /// What stands above a term: its parent.
    pub part_of: &'static str,
    /// Between the whole of an amount and its part.
    pub decimal: char,
}

impl Labels {
    /// The words for whether a product can be bought.
    pub const fn state(&self, availability: Availability) -> &'static str {
        let [in_stock, few, pre_order, back_order, sold_out, discontinued] = self.states;
        match availability {
            Availability::InStock => in_stock,
            Availability::LimitedAvailability => few,
            Availability::PreOrder => pre_order,
            Availability::BackOrder => back_order,
            Availability::OutOfStock => sold_out,
            Availability::Discontinued => discontinued,
        }
    }
}

/// The labels of a language, by its BCP 47 tag; English where we do not speak it.
pub(crate) fn of(tag: &str) -> &'static Labels {
    let language = tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    let code = if language == "iw" { "he" } else { language.as_str() };
    ALL.iter().find(|(known, _)| *known == code).map_or(&EN, |(_, labels)| labels)
}

#[rustfmt::skip]
const EN: Labels = Labels {
    products: "Products", services: "Services", price: "Price", from: "from {}", availability: "Availability",
    states: ["In stock", "Only a few left", "Available for pre-order", "On order", "Out of stock", "No longer made"],
    brand: "Brand", rating: "Rating", details: "Details", area: "Where", duration: "Time needed", steps: "Step by step",
    supplies: "Supplies", tools: "Tools", part_of: "Part of", decimal: '.',
};

#[rustfmt::skip]
static ALL: &[(&str, Labels)] = &[
    ("en", EN),
    ("de", Labels {
        products: "Produkte", services: "Leistungen", price: "Preis", from: "ab {}", availability: "Verfügbarkeit",
        states: ["Auf Lager", "Nur noch wenige", "Vorbestellbar", "Auf Bestellung", "Ausverkauft", "Nicht mehr lieferbar"],
        brand: "Marke", rating: "Bewertung", details: "Eigenschaften", area: "Wo", duration: "Dauer", steps: "Schritt für Schritt",
        supplies: "Material", tools: "Werkzeug", part_of: "Teil von", decimal: ',',
    }),
    ("es", Labels {
        products: "Productos", services: "Servicios", price: "Precio", from: "desde {}", availability: "Disponibilidad",
        states: ["En existencias", "Quedan pocas unidades", "En preventa", "Por encargo", "Agotado", "Descatalogado"],
        brand: "Marca", rating: "Valoración", details: "Características", area: "Dónde", duration: "Duración", steps: "Paso a paso",
        supplies: "Materiales", tools: "Herramientas", part_of: "Parte de", decimal: ',',
    }),
    ("fr", Labels {
        products: "Produits", services: "Services", price: "Prix", from: "à partir de {}", availability: "Disponibilité",
        states: ["En stock", "Plus que quelques exemplaires", "En précommande", "Sur commande", "Épuisé", "N’est plus fabriqué"],
        brand: "Marque", rating: "Note", details: "Caractéristiques", area: "Où", duration: "Durée", steps: "Étape par étape",
        supplies: "Fournitures", tools: "Outils", part_of: "Fait partie de", decimal: ',',
    }),
    ("it", Labels {
        products: "Prodotti", services: "Servizi", price: "Prezzo", from: "da {}", availability: "Disponibilità",
        states: ["Disponibile", "Ultimi pezzi", "In prevendita", "Su ordinazione", "Esaurito", "Fuori produzione"],
        brand: "Marca", rating: "Valutazione", details: "Caratteristiche", area: "Dove", duration: "Durata", steps: "Passo dopo passo",
        supplies: "Materiali", tools: "Attrezzi", part_of: "Fa parte di", decimal: ',',
    }),
    ("pt", Labels {
        products: "Produtos", services: "Serviços", price: "Preço", from: "a partir de {}", availability: "Disponibilidade",
        states: ["Em estoque", "Últimas unidades", "Em pré-venda", "Sob encomenda", "Esgotado", "Fora de linha"],
        brand: "Marca", rating: "Avaliação", details: "Características", area: "Onde", duration: "Duração", steps: "Passo a passo",
        supplies: "Materiais", tools: "Ferramentas", part_of: "Parte de", decimal: ',',
    }),
    ("nl", Labels {
        products: "Producten", services: "Diensten", price: "Prijs", from: "vanaf {}", availability: "Beschikbaarheid",
        states: ["Op voorraad", "Nog maar enkele", "Vooraf te bestellen", "Op bestelling", "Uitverkocht", "Niet meer leverbaar"],
        brand: "Merk", rating: "Beoordeling", details: "Kenmerken", area: "Waar", duration: "Duur", steps: "Stap voor stap",
        supplies: "Materiaal", tools: "Gereedschap", part_of: "Onderdeel van", decimal: ',',
    }),
    ("pl", Labels {
        products: "Produkty", services: "Usługi", price: "Cena", from: "od {}", availability: "Dostępność",
        states: ["W magazynie", "Ostatnie sztuki", "W przedsprzedaży", "Na zamówienie", "Wyprzedane", "Wycofane z produkcji"],
        brand: "Marka", rating: "Ocena", details: "Cechy", area: "Gdzie", duration: "Czas trwania", steps: "Krok po kroku",
        supplies: "Materiały", tools: "Narzędzia", part_of: "Część", decimal: ',',
    }),
    ("tr", Labels {
        products: "Ürünler", services: "Hizmetler", price: "Fiyat", from: "{} ve üzeri", availability: "Stok durumu",
        states: ["Stokta", "Son ürünler", "Ön siparişte", "Sipariş üzerine", "Tükendi", "Artık üretilmiyor"],
        brand: "Marka", rating: "Puan", details: "Özellikler", area: "Nerede", duration: "Süre", steps: "Adım adım",
        supplies: "Malzemeler", tools: "Aletler", part_of: "Üst başlık", decimal: ',',
    }),
    ("ru", Labels {
        products: "Товары", services: "Услуги", price: "Цена", from: "от {}", availability: "Наличие",
        states: ["В наличии", "Осталось мало", "Предзаказ", "Под заказ", "Нет в наличии", "Снято с производства"],
        brand: "Бренд", rating: "Оценка", details: "Характеристики", area: "Где", duration: "Время", steps: "Шаг за шагом",
        supplies: "Материалы", tools: "Инструменты", part_of: "Раздел", decimal: ',',
    }),
    ("ar", Labels {
        products: "المنتجات", services: "الخدمات", price: "السعر", from: "ابتداءً من {}", availability: "التوفر",
        states: ["متوفر", "كمية محدودة", "متاح للطلب المسبق", "حسب الطلب", "غير متوفر", "توقف إنتاجه"],
        brand: "العلامة التجارية", rating: "التقييم", details: "المواصفات", area: "أين", duration: "المدة", steps: "خطوة بخطوة",
        supplies: "المواد", tools: "الأدوات", part_of: "جزء من", decimal: '.',
    }),
    ("fa", Labels {
        products: "محصولات", services: "خدمات", price: "قیمت", from: "از {}", availability: "موجودی",
        states: ["موجود", "تعداد محدود", "پیش‌فروش", "سفارشی", "ناموجود", "تولید نمی‌شود"],
        brand: "برند", rating: "امتیاز", details: "مشخصات", area: "کجا", duration: "مدت", steps: "گام‌به‌گام",
        supplies: "مواد لازم", tools: "ابزارها", part_of: "بخشی از", decimal: '.',
    }),
    ("he", Labels {
        products: "מוצרים", services: "שירותים", price: "מחיר", from: "החל מ־{}", availability: "זמינות",
        states: ["במלאי", "נותרו מעט", "בהזמנה מוקדמת", "לפי הזמנה", "אזל מהמלאי", "אינו מיוצר עוד"],
        brand: "מותג", rating: "דירוג", details: "מאפיינים", area: "היכן", duration: "משך", steps: "שלב אחר שלב",
        supplies: "חומרים", tools: "כלים", part_of: "חלק מתוך", decimal: '.',
    }),
    ("ur", Labels {
        products: "مصنوعات", services: "خدمات", price: "قیمت", from: "{} سے", availability: "دستیابی",
        states: ["دستیاب", "چند باقی ہیں", "پیشگی آرڈر", "آرڈر پر", "ختم", "اب نہیں بنتا"],
        brand: "برانڈ", rating: "درجہ بندی", details: "خصوصیات", area: "کہاں", duration: "دورانیہ", steps: "قدم بہ قدم",
        supplies: "سامان", tools: "اوزار", part_of: "کا حصہ", decimal: '.',
    }),
    ("hi", Labels {
        products: "उत्पाद", services: "सेवाएँ", price: "मूल्य", from: "{} से", availability: "उपलब्धता",
        states: ["उपलब्ध", "कुछ ही बचे हैं", "अग्रिम ऑर्डर", "ऑर्डर पर", "उपलब्ध नहीं", "अब नहीं बनता"],
        brand: "ब्रांड", rating: "रेटिंग", details: "विशेषताएँ", area: "कहाँ", duration: "अवधि", steps: "क्रमबद्ध चरण",
        supplies: "सामग्री", tools: "औज़ार", part_of: "का भाग", decimal: '.',
    }),
    ("ja", Labels {
        products: "商品", services: "サービス", price: "価格", from: "{} から", availability: "在庫状況",
        states: ["在庫あり", "残りわずか", "予約受付中", "取り寄せ", "在庫切れ", "生産終了"],
        brand: "ブランド", rating: "評価", details: "仕様", area: "対応地域", duration: "所要時間", steps: "手順",
        supplies: "材料", tools: "道具", part_of: "上位の項目", decimal: '.',
    }),
    ("zh", Labels {
        products: "产品", services: "服务", price: "价格", from: "{} 起", availability: "库存",
        states: ["有货", "数量有限", "可预订", "需订货", "缺货", "已停产"],
        brand: "品牌", rating: "评分", details: "规格", area: "服务地区", duration: "所需时间", steps: "步骤",
        supplies: "材料", tools: "工具", part_of: "所属", decimal: '.',
    }),
];

#[cfg(test)]
mod tests {
    use super::{ALL, of};

    #[test]
    fn every_language_of_the_words_has_labels_with_a_gap_for_the_price() {
        for (code, labels) in ALL {
            assert_eq!(labels.from.matches("{}").count(), 1, "{code}");
            assert!(labels.states.iter().all(|state| !state.is_empty()), "{code}");
        }
        assert!(crate::words::codes().eq(ALL.iter().map(|(code, _)| *code)));
        assert_eq!((of("de-AT").price, of("iw").price, of("xx").price), ("Preis", "מחיר", "Price"));
    }
}
