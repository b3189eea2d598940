/** A stretch of a line; with `url` it is a link. */
export interface TextPart {
  text: string;
  url?: string;
}

/** Addresses of the web only, up to a space, a quote, an angle bracket or a CJK mark; `javascript:` and its kin are text. */
const address = /https?:\/\/[^\s<>"'\u3000-\u303f\uff00-\uff65]+/gi;
/** What ends a sentence is no part of the address in it. */
const trailing = /[.,;:!?)\]}]+$/;
/** Longer ones are text: no browser takes them. */
const longestAddress = 2_000;

/** A typed text as lines with its web addresses found; the view escapes every part. */
export function textLines(text: string): TextPart[][] {
  return text.split('\n').map(lineParts);
}

function lineParts(line: string): TextPart[] {
  const parts: TextPart[] = [];
  let from = 0;
  for (const match of line.matchAll(address)) {
    const url = match[0].replace(trailing, '');
    if (!URL.canParse(url) || url.length > longestAddress) continue;
    if (match.index > from) parts.push({ text: line.slice(from, match.index) });
    parts.push({ text: url, url });
    from = match.index + url.length;
  }
  if (from < line.length) parts.push({ text: line.slice(from) });
  return parts;
}
