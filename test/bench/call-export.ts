import { readFile } from 'node:fs/promises';
import { tableFormats } from '../../src/web/table-files.js';
import { filled, peopleOf, withCalls } from './call-sites.js';
import type { Figure } from './figures.js';
import { productEnvironment, startLoadPbx } from './load-pbx.js';
import { benchClient } from './sign-in.js';
import type { BenchSite } from './site.js';
import { startWeb } from './web-process.js';

/** What the server's memory grows to while a million calls are exported, beside 100,000; each in a process of its own. */
export async function callExport(): Promise<Figure[]> {
  return withCalls(async (mariadb) => {
    const few = await filled(mariadb, 100_000);
    const many = await filled(mariadb, 1_000_000);
    const figures: Figure[] = [];
    for (const format of tableFormats) {
      const small = await exported(few, format);
      const large = await exported(many, format);
      figures.push({
        what: `memory of the server, a million calls as ${format}, beside 100,000`,
        value: large.peak / small.peak,
        unit: 'times',
        bound: { at: 'most', value: 1.25 },
        note: `${toMb(small.peak)}, then ${toMb(large.peak)}; ${toMb(large.bytes)} in ${large.seconds.toFixed(0)} s`,
      });
    }
    return figures;
  });
}

const toMb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

async function exported(site: BenchSite, format: string): Promise<{ peak: number; bytes: number; seconds: number }> {
  const people = await peopleOf(site);
  const pbx = await startLoadPbx(site);
  const web = await startWeb(productEnvironment(site, pbx));
  let peak = 0;
  const watch = setInterval(() => void memoryOf(web.pid).then((bytes) => (peak = Math.max(peak, bytes))), 50);
  try {
    const { cookie } = await benchClient(web.url, site, people.admin);
    const from = performance.now();
    const answer = await fetch(`${web.url}/calls/export?format=${format}&from=`, { headers: { cookie } });
    if (answer.status !== 200 || !answer.body) throw new Error(`the export answered ${answer.status}`);
    let bytes = 0;
    for await (const part of answer.body) bytes += part.byteLength;
    return { peak, bytes, seconds: (performance.now() - from) / 1000 };
  } finally {
    clearInterval(watch);
    await web.stop();
    await pbx.stop();
  }
}

async function memoryOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
