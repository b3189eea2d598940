import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import excel from 'exceljs';
import { makeFormat } from '../../../src/web/format.js';
import { type Cell, type TableFile, tableFormats, writeTable } from '../../../src/web/table-files.js';

const by = { fmt: makeFormat('Asia/Shanghai', 'en'), zone: 'Asia/Shanghai' };

/** A table of many parts that counts how far it was read. */
function longTable(parts: number) {
  const told = { parts: 0, ended: false };
  async function* rows(): AsyncGenerator<Cell[][]> {
    try {
      while (told.parts < parts) {
        told.parts += 1;
        yield Array.from({ length: 100 }, (_, n) => [`row ${Math.sin(told.parts * 100 + n)}`, { millis: n }]);
      }
    } finally {
      told.ended = true;
    }
  }
  const table: TableFile = {
    title: 'Long',
    columns: [
      { head: 'Name', kind: 'text', width: 10 },
      { head: 'Length', kind: 'millis', width: 10 },
    ],
    parts: rows(),
  };
  return { told, table };
}

describe('a table as a file', () => {
  it('xlsx: goes on in a next sheet, with its head, where one is full', async () => {
    for (const [parts, sheets] of [
      [2, [50, 50, 50, 50]],
      [3, [50, 50, 50, 50, 50, 50]],
      [1, [70, 30]],
    ] as const) {
      const { table } = longTable(parts);
      const out = new PassThrough();
      const rowsASheet = Math.max(...sheets);
      const [bytes] = await Promise.all([buffer(out), writeTable('xlsx', table, out, { ...by, rowsASheet })]);
      const book = new excel.Workbook();
      await book.xlsx.load(bytes.buffer);
      const names = sheets.map((_, n) => (n === 0 ? 'Long' : `Long ${n + 1}`));
      assert.deepEqual(
        book.worksheets.map(({ name }) => name),
        names,
      );
      const seen: unknown[] = [];
      for (const [n, sheet] of book.worksheets.entries()) {
        assert.equal(sheet.rowCount, 1 + (sheets[n] ?? 0), sheet.name);
        assert.deepEqual(Object.values(sheet.getRow(1).values), ['Name', 'Length']);
        assert.deepEqual(sheet.views, [{ ...sheet.views[0], state: 'frozen', ySplit: 1 }]);
        assert.equal(sheet.getRow(2).getCell(2).numFmt, '[hh]:mm:ss');
        for (let row = 2; row <= sheet.rowCount; row += 1) seen.push(sheet.getRow(row).getCell(1).value);
      }
      const wanted: unknown[] = [];
      for await (const rows of longTable(parts).table.parts) wanted.push(...rows.map(([name]) => name));
      assert.deepEqual(seen, wanted, 'every row once, in order');
    }
  });

  for (const format of tableFormats) {
    it(`${format}: reads no further than its reader, and stops when he goes away`, async () => {
      const { told, table } = longTable(1_000);
      const out = new PassThrough({ highWaterMark: 1_000 });
      const writing = writeTable(format, table, out, by);
      writing.catch(() => undefined);
      for (let turn = 0; turn < 500; turn += 1) await setImmediate();
      const waiting = told.parts;
      assert.ok(waiting > 0 && waiting < 50, `${waiting} of 1000 parts for a reader who took nothing`);
      // Packing is done beside us, in its own time.
      for (const late = Date.now() + 5_000; told.parts <= waiting && Date.now() < late; ) {
        out.read();
        await setImmediate();
      }
      assert.ok(told.parts > waiting, 'it goes on when he reads');
      out.destroy();
      await assert.rejects(writing);
      assert.equal(told.ended, true);
      assert.ok(told.parts < 1_000, 'the rest was not asked for');
    });

    it(`${format}: fails when its rows do`, async () => {
      async function* broken(): AsyncGenerator<Cell[][]> {
        yield [['one', null]];
        throw new Error('the database is away');
      }
      const out = new PassThrough();
      out.resume();
      const { table } = longTable(1);
      await assert.rejects(writeTable(format, { ...table, parts: broken() }, out, by), /away/);
      assert.equal(out.writableFinished, false);
    });
  }
});
