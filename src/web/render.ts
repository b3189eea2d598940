import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import ejs from 'ejs';
import type { PageLocals } from './page-models.js';

export interface Renderer {
  /** HTML of `views/<name>.ejs`. */
  render(name: string, locals: PageLocals & object): string;
}

type Template = (locals: object) => string;
type Include = (path: string, data?: object) => string;

/**
 * Compiles each view once (in development: every time). `include` is ours: the package looks at the disk for every include of every
 * render, and a monitor of 300 agents has a thousand of them.
 * @param directory absolute path of views/
 */
export function createRenderer(directory: string, options: { cache: boolean }): Renderer {
  const compiled = new Map<string, Template>();

  const templateOf = (name: string): Template => {
    const known = compiled.get(name);
    if (known) return known;
    const filename = join(directory, `${name}.ejs`);
    const template = ejs.compile(readFileSync(filename, 'utf8'), { filename, async: false });
    if (options.cache) compiled.set(name, (locals) => template(locals));
    return (locals) => template(locals);
  };

  const run = (name: string, locals: object, data: object): string => {
    const own: { include?: Include } = { ...locals, ...data };
    own.include = (path, more = {}) => run(posix.join(posix.dirname(name), path), own, more);
    return templateOf(name)(own);
  };

  return { render: (name, locals) => run(name, {}, locals) };
}
