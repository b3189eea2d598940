import type { DialTarget } from '../models/dial-targets.js';

/** Of the dial page (E6): » virtual user, « campaign, <> application. */
const marks = { 'virtual-user': '\u00bb', campaign: '\u00ab', application: '<>' } as const;

export function markedName({ kind, name }: Pick<DialTarget, 'kind' | 'name'>): string {
  return `${marks[kind]} ${name}`;
}
