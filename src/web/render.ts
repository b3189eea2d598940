import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ejs from 'ejs';
import type { PageLocals } from './page-models.js';

export interface Renderer {
  /** HTML of `views/<name>.ejs`. */
  render(name: string, locals: PageLocals & object): string;
}

type Template = (locals: object) => string;

/**
 * Compiles each view once (in development: every time).
 * @param directory absolute path of views/
 */
export function createRenderer(directory: string, options: { cache: boolean }): Renderer {
  const compiled = new Map<string, Template>();
  const compile = (name: string): Template => {
    const filename = join(directory, `${name}.ejs`);
    const template = ejs.compile(readFileSync(filename, 'utf8'), { filename, cache: options.cache, async: false });
    return (locals) => template(locals);
  };
  return {
    render: (name, locals) => {
      const template = compiled.get(name) ?? compile(name);
      if (options.cache) compiled.set(name, template);
      return template(locals);
    },
  };
}
