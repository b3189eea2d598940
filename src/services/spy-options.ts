import type { SuperviseMode } from '../models/supervisions.js';

/** What of ChanSpy each mode is: u exact channel, q no beep, E and S end with the spied leg, w whisper, B barge (telephony guide 1.9). */
export const spyOptions: Record<SuperviseMode, string> = {
  listen: 'quES',
  whisper: 'quwES',
  'barge-in': 'quBES',
  'take-over': 'quES',
};

/** Of a running ChanSpy: its arguments are `<channel>,<options>`. Whoever waits for a take-over only listens. */
export function spyMode(applicationData: string): SuperviseMode {
  const options = applicationData.slice(applicationData.lastIndexOf(',') + 1);
  if (options.includes('w')) return 'whisper';
  return options.includes('B') ? 'barge-in' : 'listen';
}
