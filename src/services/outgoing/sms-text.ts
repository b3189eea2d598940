/** GSM 03.38, what costs one septet, and behind it what costs two. */
const basic =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const doubled = '\f^{}\\[~]|€';

/** Most parts of one message: more is a letter. */
export const mostParts = 10;

export interface SmsText {
  /** gsm: 7 bits a character, 160 in one part, 153 in each of several; ucs2: 16 bits, 70 and 67 (GSM 03.40 9.2.3.24.1). */
  alphabet: 'gsm' | 'ucs2';
  parts: string[];
}

/** A text as the parts in which it travels; a pair of surrogates and a doubled character are never cut. */
export function smsText(text: string): SmsText {
  const characters = Array.from(text);
  const gsm = characters.every((one) => basic.includes(one) || doubled.includes(one));
  const cost = (one: string): number => (gsm ? (doubled.includes(one) ? 2 : 1) : one.length);
  const total = characters.reduce((sum, one) => sum + cost(one), 0);
  const [single, each] = gsm ? [160, 153] : [70, 67];
  const alphabet = gsm ? 'gsm' : 'ucs2';
  if (total <= single) return { alphabet, parts: [text] };
  const parts: string[] = [];
  let part = '';
  let used = 0;
  for (const one of characters) {
    if (used + cost(one) > each) {
      parts.push(part);
      part = '';
      used = 0;
    }
    part += one;
    used += cost(one);
  }
  return { alphabet, parts: [...parts, part] };
}
