import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ConfigError,
  type Environment,
  loadConfig,
  loadDatabaseConfig,
  loadPbxName,
  loadSetupPassword,
} from '../../src/config.js';

const good = {
  DATABASE_URL: 'mysql://zuoxi:p%40ss@db.example:3307/calls',
  SESSION_SECRET: 's'.repeat(32),
  AMI_HOST: 'pbx.example',
  AMI_EVENT_USER: 'events',
  AMI_EVENT_SECRET: 'one',
  AMI_ACTION_USER: 'actions',
  AMI_ACTION_SECRET: 'two',
};

function faultsOf(environment: Environment, mode: 'production' | 'demo' = 'production'): string[] {
  try {
    loadConfig(mode, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map((fault) => fault.split(':')[0] ?? '').sort();
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  const dir = mkdtempSync(join(tmpdir(), 'zuoxi-config-'));
  after(() => rmSync(dir, { recursive: true }));

  it('nothing set: an embedded database, a simulated PBX, and both said', () => {
    const config = loadConfig('demo', {});
    assert.equal(config.database.engine, 'sqlite');
    assert.equal(config.pbx.simulated, true);
    assert.deepEqual([config.languages.offered, config.languages.default], [['zh-CN', 'en'], 'zh-CN']);
    assert.ok(config.warnings.some((line) => line.includes('EMBEDDED') || line.includes('embedded')));
    assert.ok(config.warnings.some((line) => line.includes('SIMULATED')));
  });

  it('production wants everything, and names all that is missing at once', () => {
    assert.deepEqual(faultsOf({}), Object.keys(good).sort());
    assert.deepEqual(faultsOf(good), []);
  });

  it('reads the database address, and takes the password from beside it', () => {
    assert.deepEqual(loadConfig('production', good).database, {
      ...{
        engine: 'mysql',
        host: 'db.example',
        port: 3307,
        user: 'zuoxi',
        password: 'p@ss',
        database: 'calls',
        poolSize: 10,
      },
    });
    const { database } = loadConfig('production', { ...good, DATABASE_PASSWORD: 'other' });
    assert.equal(database.engine === 'mysql' && database.password, 'other');
    assert.deepEqual(loadDatabaseConfig({ DATABASE_URL: 'sqlite:var/a.sqlite' }), {
      engine: 'sqlite',
      path: 'var/a.sqlite',
    });
  });

  it('takes secrets from files, without their last line end', () => {
    const path = join(dir, 'secret');
    writeFileSync(path, `${'f'.repeat(40)}\n`);
    const { SESSION_SECRET, ...rest } = good;
    assert.equal(loadConfig('production', { ...rest, SESSION_SECRET_FILE: path }).session.secret, 'f'.repeat(40));
    assert.deepEqual(faultsOf({ ...good, SESSION_SECRET_FILE: path }), ['SESSION_SECRET']);
    assert.deepEqual(faultsOf({ ...rest, SESSION_SECRET_FILE: join(dir, 'none') }), ['SESSION_SECRET_FILE']);
    assert.equal(loadSetupPassword({ SETUP_ADMIN_PASSWORD_FILE: path }), 'f'.repeat(40));
    assert.throws(() => loadSetupPassword({ SETUP_ADMIN_PASSWORD_FILE: join(dir, 'none') }), ConfigError);
    assert.equal(loadSetupPassword({}), null);
  });

  it('refuses what it cannot use, all of it at once', () => {
    const bad = {
      ...good,
      DATABASE_URL: 'postgres://a@b/c',
      HTTP_PORT: 'eighty',
      TRUSTED_PROXIES: '10.0.0.0/8, everyone',
      SESSION_SECRET: 'short',
      LANGUAGES: 'zh-CN,English please',
      AMI_EVENT_SECRET: 'two\r\nlines',
      PBX_NAME: 'my pbx',
      INTERNAL_URL: 'ftp://x',
      SECURE_COOKIES: 'maybe',
      LEASE_MILLIS: '1',
    };
    const names = [...new Set(faultsOf(bad))];
    const wanted = [
      'AMI_EVENT_SECRET',
      'DATABASE_URL',
      'HTTP_PORT',
      'INTERNAL_URL',
      'LEASE_MILLIS',
      'PBX_NAME',
      'SECURE_COOKIES',
      'SESSION_SECRET',
    ];
    for (const name of wanted) assert.ok(names.includes(name), name);
    assert.ok(names.some((name) => name.startsWith('TRUSTED_PROXIES')));
    assert.ok(names.some((name) => name.startsWith('LANGUAGES')));
    for (const url of ['mysql://h/db', 'mysql://u@h', 'mysql://u:%zz@h/db', 'sqlite:', 'nonsense', 'mysql://']) {
      assert.deepEqual(faultsOf({ ...good, DATABASE_URL: url }), ['DATABASE_URL'], url);
    }
    assert.deepEqual(faultsOf({ AMI_HOST: 'pbx' }, 'demo').length, 4);
    assert.deepEqual(faultsOf({ ...good, DEFAULT_LANGUAGE: 'fr' }), ['DEFAULT_LANGUAGE']);
    assert.throws(() => loadDatabaseConfig({}), ConfigError);
    assert.throws(() => loadPbxName({ PBX_NAME: 'my pbx' }), ConfigError);
  });

  it('cannot be changed afterwards, and keeps its internal key apart from the session key', () => {
    const config = loadConfig('production', good);
    assert.throws(() => Object.assign(config.http, { port: 1 }), TypeError);
    assert.throws(() => Object.assign(config, { mode: 'demo' }), TypeError);
    assert.notEqual(config.internal.secret, config.session.secret);
    assert.equal(config.internal.secret, loadConfig('production', good).internal.secret, 'the same in every process');
    assert.equal(
      loadConfig('production', { ...good, HTTP_HOST: '::', HTTP_PORT: '81' }).internal.url,
      'http://127.0.0.1:81',
    );
  });

  it('takes the key of the secrets by value or by file, long enough, or none', () => {
    assert.equal(loadConfig('production', good).secretKey, null);
    const key = 'k'.repeat(32);
    assert.equal(loadConfig('production', { ...good, ZUOXI_SECRET_KEY: key }).secretKey, key);
    assert.deepEqual(faultsOf({ ...good, ZUOXI_SECRET_KEY: 'short' }), ['ZUOXI_SECRET_KEY']);
    assert.deepEqual(faultsOf({ ...good, ZUOXI_SECRET_KEY_FILE: '/nowhere/key' }), ['ZUOXI_SECRET_KEY_FILE']);
  });
});
