import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { acceptedLanguages, createLanguages } from '../../../src/web/i18n.js';

const strict = {
  offered: ['zh-CN', 'en'] as const,
  default: 'zh-CN' as const,
  onMissing: (language: string, key: string): string => {
    throw new Error(`missing ${key} in ${language}`);
  },
};

describe('languages', () => {
  const languages = createLanguages(strict);

  it('put parameters into texts without escaping them: that is the view’s work', () => {
    const t = languages.translator('en');
    assert.equal(t('desk.menu.who', { agentNo: 2018, userName: '<时> & "x"' }), '2018 (<时> & "x")');
    assert.equal(t('layout.cancel'), 'Cancel');
    assert.notEqual(languages.translator('zh-CN')('layout.cancel'), 'Cancel');
  });

  it('leave alone what a person typed: no template, no printf, no plural in a parameter', () => {
    const t = languages.translator('en');
    for (const userName of ['%s %d', '{{{agentNo}}}', '[0] a|[1,] b', '100%']) {
      assert.equal(t('desk.menu.who', { agentNo: 1, userName }), `1 (${userName})`);
    }
  });

  it('throw for a missing key, and never write it into a file', () => {
    const file = new URL('../../../src/locales/en.json', import.meta.url);
    const before = readFileSync(file, 'utf8');
    assert.throws(() => languages.translator('en')('no.such.key'), /missing no\.such\.key in en/);
    assert.throws(() => languages.translator('en')('layout'), /./, 'a branch is no text');
    assert.equal(readFileSync(file, 'utf8'), before);
  });

  it('are chosen by the first wish that is offered', () => {
    assert.equal(languages.choose([undefined, '', 'fr', 'en-GB', 'zh-CN']), 'en');
    assert.equal(languages.choose(['zh-TW']), 'zh-CN');
    assert.equal(languages.choose(['ZH-cn']), 'zh-CN');
    assert.equal(languages.choose(['fr']), 'zh-CN');
    assert.equal(languages.choose([]), 'zh-CN');
  });

  it('read the browser’s wish, best first', () => {
    assert.deepEqual(acceptedLanguages('fr;q=0.3, en-US,zh-CN;q=0.9,*;q=0.1,de;q=0'), ['en-US', 'zh-CN', 'fr']);
    assert.deepEqual(acceptedLanguages(undefined), []);
    assert.deepEqual(acceptedLanguages('<script>;q=x,,;;'), []);
  });
});
