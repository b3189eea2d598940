/**
 * Style sheets and scripts as they travel: without comments and indentation. Whole lines only, so nothing inside a string can be meant;
 * a template literal could not be told from code, and our scripts are ES3.
 */

/** @returns the same sheet; a comment inside a rule goes too */
export function packStylesheet(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
    .replace(/\s*([{};,])\s*/g, '$1')
    .replace(/;}/g, '}')
    .trim();
}

/** @returns the same script; comments that begin their line go, line ends stay (a script may count on them) */
export function packScript(text: string): string {
  return text
    .replace(/^[ \t]*\/\*[\s\S]*?\*\/[ \t]*$/gm, '')
    .replace(/^[ \t]*\/\/.*$/gm, '')
    .replace(/^[ \t]+/gm, '')
    .replace(/\n{2,}/g, '\n')
    .trim();
}
