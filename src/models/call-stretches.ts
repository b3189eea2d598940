import type { Db, Query } from '../db/database.js';
import { type CallFilter, type CallSearch, callDirections, callResults } from './call-search.js';
import {
  byKind,
  callsBy,
  kindIndex,
  ofAgent,
  ofCalls,
  ownerOf,
  owners,
  parts,
  placeOfCall,
  type Walk,
  within,
} from './call-walks.js';

/** One stretch of one index that holds each call it finds once; the stretches of a search do not overlap. */
export interface Stretch extends Walk {
  /** Columns with the talk time and whether it was answered. */
  talk: string;
  answered: string;
}

/** What the walks find, for counting: order does not matter, so many kinds of calls are one stretch; those of which there are most come first. */
export function stretches(db: Db, search: CallSearch): Stretch[] {
  const { scope, filter } = search;
  return parts(scope, filter).flatMap((part): Stretch[] => {
    if (part.kind === 'agent') return [{ ...ofAgent(db, part, search), talk: 'o.talk_millis', answered: 'o.answered' }];
    const columns = { talk: 'c.talk_millis', answered: 'c.answered' };
    if (part.kind !== 'kinds') return [{ ...ofCalls(db, part.kind, search), ...columns }];
    const all = owners(part.groupIds);
    const slices = all.length > 1 ? [everything] : commonFirst;
    return all.flatMap((groupId) => {
      const calls = (): Query => within(callsBy(db, kindIndex(groupId)).where(ownerOf(scope, groupId)), filter);
      const stretch = (query: Query): Stretch => ({ ...placeOfCall, ...columns, query, through: null });
      const narrowed = byKind(filter) || filter.from !== undefined || filter.to !== undefined;
      if (!narrowed) return [stretch(calls())];
      return slices.flatMap((slice) => {
        const some = inBoth(slice, filter);
        return some ? [stretch(ofSlice(calls(), some, filter))] : [];
      });
    });
  });
}

interface Slice {
  directions: readonly string[];
  /** null: it goes on. */
  results: ReadonlyArray<string | null>;
}

const everything: Slice = { directions: callDirections, results: [...callResults, null] };
const common = ['answered', 'noanswer', 'abandoned', 'busy'];
const withCustomers = ['in', 'out'];
/**
 * Where one slice held nearly all there is, MariaDB would read the index from its beginning instead: half a million calls of other kinds
 * before the first. Of a team or a group that has so many, one of the first slices alone is more than is counted.
 */
const commonFirst: readonly Slice[] = [
  ...common.flatMap((result) => withCustomers.map((direction) => ({ directions: [direction], results: [result] }))),
  { directions: withCustomers, results: everything.results.filter((one) => one === null || !common.includes(one)) },
  { directions: ['internal'], results: everything.results },
];

function inBoth({ directions, results }: Slice, filter: CallFilter): Slice | null {
  const some = {
    directions: directions.filter((one) => !filter.direction || one === filter.direction),
    results: results.filter((one) => !filter.result || one === filter.result).filter((one) => mayBe(one, filter)),
  };
  return some.directions.length > 0 && some.results.length > 0 ? some : null;
}

/** Only what was answered has the result, and may be recorded; what was lost, or goes on, may have been answered. */
function mayBe(result: string | null, { answered, recorded }: CallFilter): boolean {
  if (result === 'answered') return answered !== false;
  return result === 'lost' || result === null || (answered !== true && recorded !== true);
}

/** All that stands in the index before the start, so that it is not looked for in every call. */
function ofSlice(query: Query, { directions, results }: Slice, { answered, recorded }: CallFilter): Query {
  return query
    .whereIn('c.direction', [...directions])
    .where((either: Query) => {
      const ended = results.filter((one) => one !== null);
      if (ended.length > 0) either.whereIn('c.result', ended);
      if (results.includes(null)) either.orWhereNull('c.result');
    })
    .whereIn('c.answered', answered === undefined ? [false, true] : [answered])
    .whereIn('c.recorded', recorded === undefined ? [false, true] : [recorded]);
}
