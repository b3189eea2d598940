import assert from 'node:assert/strict';
import { type ContactWords, contactLines, mostLines } from '../../../src/services/contact-lines.js';

const team = { groupId: null, virtualUserId: null };
const words: ContactWords = {
  owners: new Map([
    ['support', { ...team, groupId: 3 }],
    ['haoyu', { ...team, virtualUserId: 7 }],
  ]),
  yes: ['yes', '是'],
  no: ['no', '否'],
  country: 'CN',
};
const read = (text: string) => contactLines(text, words);
const faults = (text: string) => read(text).faults.map(({ line, code }) => `${line} ${code}`);

describe('pasted contacts', () => {
  it('are read as spreadsheets and CSV files divide them, with or without a heading', () => {
    const plain = { ...team, name: 'Courier', phone: '95554', note: '', showNumber: true, enabled: true };
    assert.deepEqual(read('Courier,95554'), { contacts: [plain], faults: [] });
    for (const between of [',', ';', '\t']) {
      const lines = [
        ['Name', 'Number', 'Group'],
        ['Courier', '955-54'],
        [],
        ['Repair', '+86 139 1234 5678', 'SUPPORT', 'No', '"9, 18"'],
        ['老张', '10010', 'Haoyu', '是', ''],
      ];
      const { contacts, faults: none } = read(lines.map((cells) => cells.join(between)).join('\n'));
      assert.deepEqual(none, []);
      assert.deepEqual(contacts, [
        plain,
        { ...plain, name: 'Repair', phone: '13912345678', groupId: 3, showNumber: false, note: '9, 18' },
        { ...plain, name: '老张', phone: '10010', virtualUserId: 7 },
      ]);
    }
  });

  it('tell each fault with its line', () => {
    assert.deepEqual(faults('Name,Number\n,95554\nA,x1\nB,\nC,1,nobody\nD,1,,perhaps\nE,1'), [
      '2 errors.contact-line-name',
      '3 errors.number-characters',
      '4 errors.number-missing',
      '5 errors.contact-line-owner',
      '6 errors.contact-line-show',
    ]);
    assert.deepEqual(faults(`${'n'.repeat(101)},1`), ['1 errors.too-long']);
    assert.deepEqual(faults('a\u0007,1'), ['1 errors.control-characters']);
    assert.deepEqual(faults('A,1\n"B,2'), ['2 errors.contact-line-quotes']);
    assert.deepEqual(faults('A,1\n'.repeat(mostLines + 1)), [`${mostLines + 1} errors.contact-lines`]);
    assert.deepEqual(read(''), { contacts: [], faults: [] });
  });
});
