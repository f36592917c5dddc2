//! Amounts of money in the smallest unit of their currency, so that nothing is ever rounded.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// ISO 4217: the currencies in use whose smallest unit is a hundredth.
const HUNDREDTHS: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF \
    CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR \
    IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO \
    NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS \
    TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW";
/// Those without a smaller unit.
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Those with thousandths.
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";

/// A price.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// In the smallest unit of the currency: 1999 is 19.99 EUR, or 1,999 JPY.
    #[schema(minimum = 0, maximum = 100_000_000_000_i64)]
    pub amount: u64,
    /// The code of the currency (ISO 4217), as `EUR`.
    pub currency: String,
}

/// From a price, and up to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PriceRange {
    /// In the smallest unit of the currency: 1999 is 19.99 EUR, or 1,999 JPY.
    #[schema(minimum = 0, maximum = 100_000_000_000_i64)]
    pub from: u64,
    /// The highest price, in the same unit; left out where it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 100_000_000_000_i64)]
    pub to: Option<u64>,
    /// The code of the currency (ISO 4217), as `EUR`.
    pub currency: String,
}

/// How many decimal digits a currency has; `None` for what is no currency in use.
pub fn currency_digits(code: &str) -> Option<u32> {
    let lists = [(HUNDREDTHS, 2), (WHOLE, 0), (THOUSANDTHS, 3)];
    let is_code = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let found = lists.into_iter().find(|(list, _)| list.split(' ').any(|known| known == code));
    found.filter(|_| is_code).map(|(_, digits)| digits)
}

/// An amount as a decimal number with a point, as schema.org wants it: `19.99`.
pub fn decimal(amount: u64, currency: &str) -> String {
    let digits = currency_digits(currency).unwrap_or(2) as usize;
    if digits == 0 {
        return amount.to_string();
    }
    let text = format!("{amount:0width$}", width = digits + 1);
    let (whole, part) = text.split_at(text.len() - digits);
    format!("{whole}.{part}")
}

#[cfg(test)]
mod tests {
    use super::{currency_digits, decimal};

    #[test]
    fn amounts_have_the_digits_of_their_currency() {
        let cases = [(1999, "EUR", "19.99"), (5, "USD", "0.05"), (1999, "JPY", "1999"), (1_500, "KWD", "1.500")];
        for (amount, currency, text) in cases {
            assert_eq!(decimal(amount, currency), text, "{currency}");
        }
        for wrong in ["eur", "EURO", "XXX", "", "E R", "AED AFN"] {
            assert_eq!(currency_digits(wrong), None, "{wrong}");
        }
    }
}
