import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parseSite, SiteFileError } from '../../../src/services/site-file.js';

const example = new URL('../../../src/services/site-file.example.json', import.meta.url);

function faults(text: string): string[] {
  try {
    parseSite(text);
  } catch (error) {
    if (error instanceof SiteFileError) return error.faults.map((fault) => fault.path);
    throw error;
  }
  return [];
}
const withTeam = (team: object): string =>
  JSON.stringify({ format: 1, teams: [{ identity: 'a', name: 'A', ...team }] });

describe('a site file', () => {
  it('the example is one, and every default is filled in', () => {
    const site = parseSite(readFileSync(example, 'utf8'));
    assert.equal(site.teams[0]?.groups[1]?.wrapUpMode, 'choice');
    assert.deepEqual(
      site.teams[0]?.groups.map((group) => group.forbiddenNumbers),
      [['110', '119', '12X'], []],
    );
    assert.equal(site.teams[0]?.accounts[2]?.agent?.extensionMode, 'fixed');
  });

  it('says where its JSON breaks', () => {
    assert.deepEqual(faults('{\n  "format": 1,\n  oops'), ['line 3, column 3']);
    assert.deepEqual(faults('{"format": 1,\n"teams": ['), ['line 2']);
    assert.equal(faults('').length, 1);
  });

  it('takes patterns of forbidden numbers, a small x too, and nothing else as one', () => {
    const withNumbers = (forbiddenNumbers: unknown) =>
      withTeam({ groups: [{ name: 'G', queue: 'g', forbiddenNumbers }] });
    assert.deepEqual(parseSite(withNumbers(['12x', '00!'])).teams[0]?.groups[0]?.forbiddenNumbers, ['12X', '00!']);
    for (const wrong of ['', '1 0', '11!0', '.*', '1'.repeat(33)])
      assert.deepEqual(faults(withNumbers([wrong])), ['teams[0].groups[0].forbiddenNumbers[0]'], wrong);
  });

  it('takes a byte order mark', () => {
    assert.deepEqual(faults(`\uFEFF${withTeam({})}`), []);
  });

  it('tells every fault at once, each with its path', () => {
    const text = withTeam({
      identity: 'two words',
      timeZone: 'Mars/Olympus',
      language: 'Chinese!',
      colour: 'red',
      groups: [{ name: 'line\nbreak', queue: 'a b', wrapUpSeconds: 0 }],
      extensions: [{ number: '22x' }, { number: '1', interface: 'PJSIP/1\r\nAction: Hangup' }],
      accounts: [{ userName: "o'brien", password: 'short', agent: { agentNo: 'x', groups: [{ group: '' }] } }],
    });
    assert.deepEqual(faults(text).sort(), [
      'teams[0]',
      'teams[0].accounts[0].agent.agentNo',
      'teams[0].accounts[0].agent.groups[0].group',
      'teams[0].accounts[0].password',
      'teams[0].accounts[0].userName',
      'teams[0].extensions[0].number',
      'teams[0].extensions[1].interface',
      'teams[0].groups[0].name',
      'teams[0].groups[0].queue',
      'teams[0].groups[0].wrapUpSeconds',
      'teams[0].identity',
      'teams[0].language',
      'teams[0].timeZone',
    ]);
    assert.deepEqual(faults('[]'), ['file']);
    assert.deepEqual(faults('{"format":2,"teams":[]}').sort(), ['format', 'teams']);
  });

  it('finds what it says twice and what it names without having it', () => {
    const member = (group: string) => ({ group, defaultOutbound: true });
    const text = withTeam({
      groups: [
        { name: 'G', queue: 'q', dids: [{ number: '1' }] },
        { name: 'G', queue: 'q', dids: [{ number: '1' }] },
        { name: 'H', queue: 'h' },
      ],
      campaigns: [{ name: 'C', groups: ['G', 'Y'] }, { name: 'C' }],
      contacts: [
        { name: 'K', phone: '1', group: 'G' },
        { name: 'K', phone: '1', group: 'G' },
        { name: 'K', phone: '1', group: 'Y', virtualUser: 'V' },
      ],
      extensions: [
        { number: '1' },
        { number: '1' },
        { number: '2', kind: 'external' },
        { number: '3', interface: 'PJSIP/1' },
      ],
      accounts: [
        { userName: 'u', agent: { agentNo: '1', extension: '9', groups: [member('G'), member('H'), { group: 'X' }] } },
        { userName: 'u', agent: { agentNo: '1' } },
      ],
    });
    assert.deepEqual(faults(text).sort(), [
      'teams[0].accounts[0].agent.extension',
      'teams[0].accounts[0].agent.groups',
      'teams[0].accounts[0].agent.groups[2].group',
      'teams[0].accounts[1].agent.agentNo',
      'teams[0].accounts[1].userName',
      'teams[0].campaigns[0].groups',
      'teams[0].campaigns[1].name',
      'teams[0].contacts[1].name',
      'teams[0].contacts[2]',
      'teams[0].contacts[2].group',
      'teams[0].contacts[2].virtualUser',
      'teams[0].extensions[1].interface',
      'teams[0].extensions[1].number',
      'teams[0].extensions[2].interface',
      'teams[0].extensions[3].interface',
      'teams[0].groups[1].dids[0].number',
      'teams[0].groups[1].name',
      'teams[0].groups[1].queue',
    ]);
  });
});
