/** Decimals of a currency, 2 of most, none of JPY. @param currency ISO 4217 code */
export function decimalsOf(currency: string): number {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
}

/** An amount in the smallest unit, as people of this language write it. */
export function moneyText(amount: number, currency: string, lang: string): string {
  const decimals = decimalsOf(currency);
  return new Intl.NumberFormat(lang, { style: 'currency', currency }).format(amount / 10 ** decimals);
}

/** The same as one types it: `1234.56`. */
export function plainMoney(amount: number, currency: string): string {
  const decimals = decimalsOf(currency);
  return (amount / 10 ** decimals).toFixed(decimals);
}

/** Most that one may type: far above every wage, far below where numbers lose their last digit. */
const most = 1_000_000_000_000;

/**
 * What was typed, in the smallest unit: digits, with a point before the decimals if any, commas between thousands at will.
 * @returns null for anything else, more decimals than the currency has, or too much
 */
export function parseMoney(text: string, currency: string): number | null {
  const decimals = decimalsOf(currency);
  const found = /^([+-]?)(\d{1,3}(?:,\d{3})+|\d{1,13})(?:\.(\d{0,6}))?$/.exec(text.trim());
  if (!found) return null;
  const [, sign = '', whole = '', part = ''] = found;
  if (part.replace(/0+$/, '').length > decimals) return null;
  const units =
    Number(whole.replaceAll(',', '')) * 10 ** decimals + Number(part.slice(0, decimals).padEnd(decimals, '0') || '0');
  if (units > most) return null;
  return sign === '-' ? 0 - units : units;
}
