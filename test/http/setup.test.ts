import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/db/database.js';
import * as accounts from '../../src/models/accounts.js';
import { verifyPassword } from '../../src/models/passwords.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Runs the command as a person would, with nothing at its standard input. */
function setup(environment: Record<string, string>, ...args: string[]): Promise<Ended> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'src/setup.ts'), ...args], {
    cwd: root,
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    err += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, out, err }));
  });
}

describe('npm run setup', function () {
  this.timeout(60_000);
  const dir = mkdtempSync(join(tmpdir(), 'zuoxi-setup-'));
  const path = join(dir, 'site.sqlite');
  const DATABASE_URL = `sqlite:${path}`;
  after(() => rmSync(dir, { recursive: true }));

  const adminHas = async (password: string): Promise<boolean> => {
    const db = openDatabase({ engine: 'sqlite', path });
    const admin = await accounts.forSignIn(db, '', 'admin').finally(() => db.destroy());
    return verifyPassword(admin?.passwordHash ?? '', password);
  };

  it('makes schema, administrator and site in one go, and may run again', async () => {
    const file = join(root, 'src/services/site-file.example.json');
    const first = await setup({ DATABASE_URL }, '--file', file);
    assert.equal(first.code, 0, first.err);
    const password = /shown only now: (\S+)/.exec(first.out)?.[1] ?? '';
    assert.ok(await adminHas(password));
    const again = await setup({ DATABASE_URL, SETUP_ADMIN_PASSWORD: 'another password' }, '--file', file);
    assert.equal(again.code, 0, again.err);
    assert.match(again.out, /Created: nothing/);
    assert.doesNotMatch(again.out, /shown only now/);
    assert.ok(await adminHas(password), 'the password stays');
  });

  it('resets the password only when told, from a file, and does not print it', async () => {
    const secret = join(dir, 'password');
    writeFileSync(secret, 'from a file 密码\n');
    const { code, out, err } = await setup({ DATABASE_URL, SETUP_ADMIN_PASSWORD_FILE: secret }, '--reset-password');
    assert.equal(code, 0, err);
    assert.doesNotMatch(out, /from a file/);
    assert.ok(await adminHas('from a file 密码'));
  });

  it('says what is wrong in words, with exit code 1, and leaves things as they are', async () => {
    const site = join(dir, 'bad.json');
    writeFileSync(site, '{"format":1,"teams":[{"identity":"a b","name":""}]}');
    const cases: Array<[RegExp, () => Promise<Ended>]> = [
      [/teams\[0\]\.identity: [\s\S]*teams\[0\]\.name: /, () => setup({ DATABASE_URL }, '--file', site)],
      [/DATABASE_URL: is required/, () => setup({})],
      [/Unknown option '--tema'/, () => setup({ DATABASE_URL }, '--tema', 'x')],
      [/no such file/, () => setup({ DATABASE_URL }, '--file', join(dir, 'none.json'))],
      [/password-too-short/, () => setup({ DATABASE_URL, SETUP_ADMIN_PASSWORD: 'short' }, '--reset-password')],
    ];
    for (const [wanted, run] of cases) {
      const { code, err } = await run();
      assert.equal(code, 1, err);
      assert.match(err, wanted);
      assert.doesNotMatch(err, /\n\s+at /, 'no stack trace');
    }
    assert.ok(await adminHas('from a file 密码'));
  });
});
