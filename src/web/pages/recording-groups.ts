import type { GroupRecording } from '../../models/recording-groups.js';

/** `recording-groups/index` · GET, POST /recording-groups {group_<id>, was_<id>, …, do_save} with 409/422 */
export interface RecordingGroupsPage {
  /** What the team's setting says. */
  teamRecords: boolean;
  rows: Array<{
    groupId: number;
    name: string;
    queue: string;
    /** As typed, or stored. */
    recording: GroupRecording;
    /** What the form was made with. */
    was: GroupRecording;
    /** What somebody else saved meanwhile; null = nobody did. */
    meanwhile: GroupRecording | null;
  }>;
  /** Of the whole form, worded; '' = none. */
  error: string;
}
