import { readFileSync } from 'node:fs';
import { typedEvent } from '../../src/telephony/ami-events.js';
import type { PbxEvent } from '../../src/telephony/events.js';

const FOLDER = new URL('../traces/', import.meta.url);

/** The messages of a recorded trace as the parser would hand them over: keys in lower case, a repeated key as an array. */
export function traceRecords(name: string): Array<Record<string, string | string[]>> {
  const frames = readFileSync(new URL(`${name}.ami`, FOLDER), 'utf8').split('\r\n\r\n');
  return frames.map(recordOf).filter((record) => Object.keys(record).length > 0);
}

function recordOf(frame: string): Record<string, string | string[]> {
  const record: Record<string, string | string[]> = {};
  for (const line of frame.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon < 0) continue;
    const key = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trimStart();
    const before = record[key];
    record[key] = before === undefined ? value : [...(Array.isArray(before) ? before : [before]), value];
  }
  return record;
}

/** The typed events of a trace, a millisecond apart, as nothing in a trace tells more than its order. */
export function traceEvents(name: string, startAt: number): PbxEvent[] {
  return traceRecords(name)
    .map((record, index) => typedEvent(record, startAt + index))
    .filter((event) => event !== null);
}
