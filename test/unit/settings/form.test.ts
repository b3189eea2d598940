import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { parseTyped, textsOf, typedOf } from '../../../src/settings/form.js';
import { sections } from '../../../src/settings/index.js';
import type { SettingsSection } from '../../../src/settings/section.js';

interface Sample {
  host: string;
  port: number | null;
  secret: string;
  safe: boolean;
  hosts: string[];
  note: string;
  mode: string;
  url: string;
}
const sample: SettingsSection<Sample> = {
  name: 'sample',
  of: 'both',
  schema: z.object({
    host: z.string().min(1).max(20),
    port: z.number().int().min(1).max(65_535).nullable(),
    secret: z.string().max(50),
    safe: z.boolean(),
    hosts: z.array(z.string().max(20)).max(3),
    note: z.string().max(100),
    mode: z.enum(['one', 'two']),
    url: z.string(),
  }),
  defaults: { host: 'localhost', port: 25, secret: '', safe: true, hosts: [], note: '', mode: 'one', url: '' },
  fields: [
    ...([{ name: 'host', kind: 'text' }] as const),
    { name: 'port', kind: 'number' },
    { name: 'secret', kind: 'secret' },
    { name: 'safe', kind: 'switch' },
    { name: 'hosts', kind: 'lines' },
    { name: 'note', kind: 'lines' },
    { name: 'mode', kind: 'choice', choices: ['one', 'two'] },
    { name: 'url', kind: 'url' },
  ],
};
const good = {
  host: ' mail ',
  port: '465',
  secret: '',
  hosts: 'a\r\n\r\n b \r\n',
  note: 'x\r\ny',
  mode: 'two',
  url: '',
};
const parse = (typed: Record<string, unknown>, kept: Sample | null = null) =>
  parseTyped(sample, typedOf(sample, { ...good, ...typed }), kept);
const faults = (typed: Record<string, unknown>) => {
  const parsed = parse(typed);
  return 'faults' in parsed ? Object.entries(parsed.faults).map(([name, { key }]) => `${name} ${key}`) : [];
};

describe('forms of settings', () => {
  it('make a value of what was typed, and texts of a value', () => {
    const parsed = parse({ safe: 'yes' });
    const value = {
      ...{ host: 'mail', port: 465, secret: '', safe: true, hosts: ['a', 'b'] },
      ...{ note: 'x\ny', mode: 'two', url: '' },
    };
    assert.deepEqual(parsed, { value });
    assert.deepEqual(textsOf(sample, { ...value, secret: 'hush' }), {
      ...{ host: 'mail', port: '465', secret: '', safe: 'yes', hosts: 'a\nb', note: 'x\ny', mode: 'two', url: '' },
    });
    assert.deepEqual(parse({}), { value: { ...value, safe: false } }, 'a box that is not ticked is not sent');
    assert.deepEqual(parse({ port: ' ' }), { value: { ...value, safe: false, port: null } });
  });

  it('keep a secret that is left blank, and only the own one', () => {
    const kept = { ...sample.defaults, secret: 'hush' };
    const secretOf = (typed: string, of: Sample | null) => {
      const parsed = parse({ secret: typed }, of);
      return 'value' in parsed ? parsed.value.secret : null;
    };
    assert.equal(secretOf('', kept), 'hush');
    assert.equal(secretOf(' new ', kept), ' new ', 'a password is taken as typed');
    assert.equal(secretOf('', null), '');
  });

  it('say what is wrong in words of ours, whatever was sent', () => {
    const cases: Array<[Record<string, unknown>, string[]]> = [
      [{ host: '' }, ['host errors.required']],
      [{ host: 'x'.repeat(21) }, ['host errors.too-long']],
      [{ host: 'a\r\nb' }, ['host errors.control-characters']],
      [{ host: ['a', 'b'] }, ['host errors.required']],
      [{ host: '\ud800' }, ['host errors.invalid']],
      [{ port: '0' }, ['port errors.number-least']],
      [{ port: '65536' }, ['port errors.number-most']],
      [{ port: '1e3' }, ['port errors.number']],
      [{ port: '1.5' }, ['port errors.number']],
      [{ hosts: 'a\nb\nc\nd' }, ['hosts errors.number-most']],
      [{ mode: 'three' }, ['mode errors.choice']],
      [{ url: 'javascript:alert(1)' }, ['url errors.url']],
      [{ url: 'https://a b' }, ['url errors.url']],
      [{ note: 'a\0b', mode: '' }, ['note errors.control-characters', 'mode errors.choice']],
    ];
    for (const [typed, expected] of cases) assert.deepEqual(faults(typed), expected, JSON.stringify(typed));
    assert.deepEqual(faults({ url: 'https://sms.example/send?to={number}' }), []);
    for (const body of [undefined, null, 'x', 7, []])
      assert.ok('faults' in parseTyped(sample, typedOf(sample, body), null));
  });

  it('of the registry name a property of their value each, and have their texts in every language', () => {
    assert.equal(new Set(sections.map(({ name }) => name)).size, sections.length);
    for (const language of ['zh-CN', 'en']) {
      const file = new URL(`../../../src/locales/${language}.json`, import.meta.url);
      const texts = JSON.parse(readFileSync(file, 'utf8')).settings;
      for (const { name, fields, defaults, schema, test } of sections) {
        assert.match(name, /^[a-z]+(-[a-z]+)*$/);
        assert.ok(schema.safeParse(defaults).success, `${name}: its defaults are of its schema`);
        const { title, note, fields: named, ...rest } = texts[name];
        assert.ok(title && note, name);
        assert.deepEqual(Object.keys(rest), test ? ['test'] : [], name);
        assert.deepEqual(Object.keys(named).sort(), fields.map((field) => field.name).sort(), name);
        for (const field of fields) {
          assert.ok(field.name in defaults, `${name}.${field.name}`);
          const { label, help, choices = {} } = named[field.name];
          assert.ok(label && help, `${name}.${field.name} in ${language}`);
          assert.deepEqual(Object.keys(choices), [...(field.choices ?? [])], `${name}.${field.name} in ${language}`);
        }
      }
    }
  });
});
