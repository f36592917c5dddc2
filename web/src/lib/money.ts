/** Amounts in the smallest unit of their currency, as the API has them (libs/blocks/src/structure/money.rs). */

const HUNDREDTHS =
  "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD YER ZAR ZMW".split(
    " ",
  );
const WHOLE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" ");
const THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND".split(" ");

export const CURRENCIES = [...HUNDREDTHS, ...WHOLE, ...THOUSANDTHS].sort();

export function digitsOf(currency: string): number {
  if (WHOLE.includes(currency)) return 0;
  return THOUSANDTHS.includes(currency) ? 3 : 2;
}

/** `1999` of EUR is `19.99`. */
export const toUnits = (amount: number, currency: string) => amount / 10 ** digitsOf(currency);

/** `19.99` EUR is `1999`. */
export const toSmallest = (value: number, currency: string) => Math.round(value * 10 ** digitsOf(currency));

const NAMES = new Intl.DisplayNames("en", { type: "currency" });

export const currencyOptions = () => CURRENCIES.map((id) => ({ id, name: `${id}, ${NAMES.of(id) ?? id}` }));
