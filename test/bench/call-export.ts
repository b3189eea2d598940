import { readFile } from 'node:fs/promises';
import { tableFormats } from '../../src/web/table-files.js';
import { filled, peopleOf, withCalls } from './call-sites.js';
import type { Figure } from './figures.js';
import { productEnvironment, startLoadPbx } from './load-pbx.js';
import { benchClient } from './sign-in.js';
import type { BenchSite } from './site.js';
import { startWeb } from './web-process.js';

/**
 * Whether the server's memory grows with what it has exported already: its peak in the later half of a million calls beside that of the
 * earlier half. Not beside a small export: in a short one V8 has not yet let its heap grow to what it likes.
 */
export async function callExport(): Promise<Figure[]> {
  return withCalls(async (mariadb) => {
    const site = await filled(mariadb, 1_000_000);
    const figures: Figure[] = [];
    for (const format of tableFormats) {
      const { samples, bytes, seconds } = await exported(site, format);
      const half = Math.floor(samples.length / 2);
      const [earlier, later] = [Math.max(...samples.slice(0, half)), Math.max(...samples.slice(half))];
      figures.push({
        what: `memory of the server, a million calls as ${format}, later half beside the earlier`,
        value: later / earlier,
        unit: 'times',
        bound: { at: 'most', value: 1.1 },
        note: `${toMb(earlier)}, then ${toMb(later)}; ${toMb(bytes)} in ${seconds.toFixed(0)} s`,
      });
    }
    return figures;
  });
}

const toMb = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

/** samples: bytes of memory, every 50 ms */
interface Exported {
  samples: number[];
  bytes: number;
  seconds: number;
}

async function exported(site: BenchSite, format: string): Promise<Exported> {
  const people = await peopleOf(site);
  const pbx = await startLoadPbx(site);
  const web = await startWeb(productEnvironment(site, pbx));
  const samples: number[] = [];
  const watch = setInterval(() => void memoryOf(web.pid).then((bytes) => samples.push(bytes)), 50);
  try {
    const { cookie } = await benchClient(web.url, site, people.admin);
    const from = performance.now();
    const answer = await fetch(`${web.url}/calls/export?format=${format}&from=`, { headers: { cookie } });
    if (answer.status !== 200 || !answer.body) throw new Error(`the export answered ${answer.status}`);
    let bytes = 0;
    for await (const part of answer.body) bytes += part.byteLength;
    return { samples, bytes, seconds: (performance.now() - from) / 1000 };
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
