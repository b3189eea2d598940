import type { Message } from '../../../src/web/page-models.js';

/** 2026-11-22 16:05:09 in Shanghai: every picture and every test shows the same moment. */
export const now = Date.UTC(2026, 10, 22, 8, 5, 9);
export const ago = (minutes: number, seconds = 0) => now - (minutes * 60 + seconds) * 1000;
export const clock = (h: number, m: number, s: number) => Date.UTC(2026, 10, 22, h - 8, m, s);

export interface Fixture {
  /** Unique; file name of its picture. */
  name: string;
  view: string;
  model: object;
  bare?: boolean;
  messages?: Message[];
  hasDesk?: boolean;
}
