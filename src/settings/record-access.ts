import { z } from 'zod';
import type { Db } from '../db/database.js';
import { NotFound } from '../errors.js';
import * as teams from '../models/teams.js';
import type { SettingsSection } from './section.js';

const choices = ['none', 'records', 'records-audio'] as const;

export interface RecordAccessSettings {
  recordAccess: teams.RecordAccess;
}

/** 坐席录音权限 (specification: 个人通话记录): whether agents see the records of their calls, and whether they may listen. */
export const recordAccess: SettingsSection<RecordAccessSettings> = {
  name: 'record-access',
  of: 'team',
  schema: z.object({ recordAccess: z.enum(choices) }),
  defaults: { recordAccess: 'records' },
  fields: [{ name: 'recordAccess', kind: 'choice', choices }],
  place: {
    read: async (db: Db, teamId: number) => {
      const team = await teams.byId(db, teamId);
      if (!team) throw new NotFound();
      return { recordAccess: team.recordAccess };
    },
    write: (db, teamId, from, to, now) => teams.changeRecordAccess(db, teamId, from.recordAccess, to.recordAccess, now),
  },
};
