/**
 * Style sheets and scripts as they travel: without comments and the spaces nobody reads. Strings stay as they are. A script's line with a
 * slash in it stays too: it may hold a pattern or end in a comment. Our scripts are ES3, so there is no template literal.
 */

const quoted = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/;

/** @returns the same sheet; a comment inside a rule goes too */
export function packStylesheet(text: string): string {
  const lines = text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\s*\n\s*/g, '\n');
  return betweenStrings(lines, (part) =>
    part
      .replace(/\s*([{};,>])\s*/g, '$1')
      .replace(/:\s+/g, ':')
      .replace(/;}/g, '}')
      .replace(/([\s,:(-])0\./g, '$1.'),
  ).trim();
}

/** @returns the same script: what its parser reads does not change */
export function packScript(text: string): string {
  return text
    .replace(/^[ \t]*\/\*[\s\S]*?\*\/[ \t]*$/gm, '')
    .replace(/^[ \t]*\/\/.*$/gm, '')
    .replace(/^[ \t]+/gm, '')
    .replace(/\n{2,}/g, '\n')
    .split('\n')
    .map((line) => (line.includes('/') ? `${line}\n` : packLine(line)))
    .join('')
    .trim();
}

/** Not around + and -, where two become one; a line end goes where nothing can be meant by it. */
function packLine(line: string): string {
  const packed = betweenStrings(line, (part) => part.replace(/ *([{}();,=<>?:|&]) */g, '$1').replace(/;}/g, '}'));
  return /[{;,]$/.test(packed) ? packed : `${packed}\n`;
}

function betweenStrings(text: string, pack: (part: string) => string): string {
  return text
    .split(quoted)
    .map((part, i) => (i % 2 ? part : pack(part)))
    .join('');
}
