import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * The table of architecture.md: what a folder of src/ may import, of this project by folder or file, of packages by name.
 * node: is always allowed. `types` = import type only: the contracts (pure data) that other layers fill or read.
 */
interface Rule {
  own: readonly string[];
  types?: readonly string[];
  packages: readonly string[];
}
const root_files = ['errors', 'clock', 'log'];
const table: Record<string, Rule> = {
  telephony: { own: ['telephony', ...root_files], types: ['config'], packages: ['ulid', 'zod'] },
  db: { own: ['db', ...root_files], types: ['config'], packages: ['knex'] },
  models: {
    own: ['models', 'db', ...root_files],
    types: ['telephony/state', 'actions/action'],
    packages: ['@node-rs/argon2', 'lru-cache', 'rate-limiter-flexible', 'ulid', 'zod'],
  },
  // A section may try itself out with a service, a service reads its section.
  settings: { own: ['settings', 'models', 'services', 'db', ...root_files], packages: ['zod'] },
  services: {
    own: ['services', 'settings', 'models', 'telephony', 'db', ...root_files],
    types: ['actions/action', 'config'],
    packages: ['csv-parse', 'nodemailer', 'smpp', 'ulid', 'zod', 'lru-cache', 'libphonenumber-js', 'luxon'],
  },
  actions: {
    own: ['actions', 'telephony', 'services', 'models', ...root_files],
    packages: ['zod', 'libphonenumber-js'],
  },
  controllers: {
    own: ['controllers', 'models', 'services', 'settings', 'actions', 'web', ...root_files],
    types: ['db/database', 'telephony/state'],
    packages: ['express', 'zod', 'luxon', 'libphonenumber-js', 'passport', 'express-session'],
  },
  jobs: { own: ['jobs', 'services', 'models', ...root_files], types: ['db/database'], packages: [] },
};
/** One file each: the only importers of these packages in the whole of src/. */
const soleImporters: Record<string, RegExp> = {
  'asterisk-manager': /^telephony\/ami-connection\.ts$/,
  knex: /^db\//,
  mysql2: /^$/,
  'better-sqlite3': /^$/,
};

interface Import {
  from: string;
  /** `package` or `folder/file` of this project without extension. */
  target: string;
  own: boolean;
  typeOnly: boolean;
}

const importLine =
  /^\s*(?:import|export)\s+(type\s+)?(?:[\w*$\s{},]+?\s+from\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/gm;

/** Every import of a source text. */
function importsOf(from: string, text: string): Import[] {
  const found: Import[] = [];
  for (const match of text.matchAll(importLine)) {
    const specifier = match[2] ?? match[3] ?? '';
    if (specifier.startsWith('node:')) continue;
    const own = specifier.startsWith('.');
    const target = own
      ? posix.join(posix.dirname(from), specifier).replace(/\.(js|ts|json)$/, '')
      : specifier
          .split('/')
          .slice(0, specifier.startsWith('@') ? 2 : 1)
          .join('/');
    found.push({ from, target, own, typeOnly: match[1] !== undefined });
  }
  return found;
}

function sources(): Import[] {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => file.replaceAll('\\', '/'))
    .flatMap((file) => importsOf(file, readFileSync(join(root, 'src', file), 'utf8')));
}

const within = (target: string, allowed: readonly string[]): boolean =>
  allowed.some((name) => target === name || target.startsWith(`${name}/`));

/** A sentence when the table forbids it, else null. */
function fault(line: Import): string | null {
  const sole = line.own ? undefined : soleImporters[line.target];
  if (sole && !sole.test(line.from)) return `${line.from} imports ${line.target}, which is for ${sole.source} only`;
  if (sole) return null;
  const rule = table[line.from.split('/')[0] ?? ''];
  if (!rule) return null;
  const allowed = line.own
    ? within(line.target, rule.own) || (line.typeOnly && within(line.target, rule.types ?? []))
    : rule.packages.includes(line.target);
  return allowed ? null : `${line.from} imports ${line.typeOnly ? 'types of ' : ''}${line.target}`;
}

describe('the import table', () => {
  it('holds for every file of src/', () => {
    const all = sources();
    assert.ok(all.length > 100, 'found the imports');
    assert.deepEqual(all.map(fault).filter(Boolean), []);
  });

  it('reads every kind of import line', () => {
    const text = [
      "import { a } from '../models/a.js';",
      "import type { B } from '../services/b.js';",
      "import 'knex';",
      "export { c } from './c.js';",
      "import {\n  d,\n  e,\n} from '@node-rs/argon2';",
      "const f = await import('express');",
      "import { g } from 'node:fs';",
    ].join('\n');
    const seen = importsOf('models/x.ts', text).map((line) => `${line.typeOnly ? 'type ' : ''}${line.target}`);
    assert.deepEqual(seen, ['models/a', 'type services/b', 'knex', 'models/c', '@node-rs/argon2', 'express']);
  });

  it('refuses what architecture.md forbids', () => {
    const forbidden: Array<[string, string]> = [
      ['telephony/x.ts', "import { q } from '../models/q.js';"],
      ['telephony/x.ts', "import express from 'express';"],
      ['telephony/ami-events.ts', "import ami from 'asterisk-manager';"],
      ['models/x.ts', "import { apply } from '../telephony/switchboard.js';"],
      ['models/x.ts', "import { apply } from '../telephony/state.js';"],
      ['models/x.ts', "import knex from 'knex';"],
      ['settings/x.ts', "import { page } from '../web/render.js';"],
      ['services/x.ts', "import { render } from '../web/render.js';"],
      ['actions/x.ts', "import type { Request } from 'express';"],
      ['controllers/x.ts', "import { Switchboard } from '../telephony/switchboard.js';"],
      ['controllers/x.ts', "import knex from 'knex';"],
      ['db/x.ts', "import mysql from 'mysql2';"],
    ];
    for (const [from, text] of forbidden) {
      assert.ok(
        importsOf(from, text).some((line) => fault(line)),
        `${from}: ${text}`,
      );
    }
  });

  it('keeps migrations free of the application', () => {
    const folder = join(root, 'migrations');
    for (const file of readdirSync(folder)) {
      const targets = importsOf(`migrations/${file}`, readFileSync(join(folder, file), 'utf8'));
      assert.deepEqual(
        targets.map((line) => line.target),
        ['knex'],
        relative(root, join(dirname(folder), file)),
      );
      assert.ok(targets.every((line) => line.typeOnly));
    }
  });
});
