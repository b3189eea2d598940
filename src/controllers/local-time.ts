import { DateTime } from 'luxon';
import { InvalidInput } from '../errors.js';
import { singleLine } from '../web/forms.js';

export const dateField = singleLine(10);
export const timeField = singleLine(5);

/** What date and time fields of a form show for a moment. */
export function localFields(at: number | null, zone: string): { date: string; time: string } {
  if (at === null) return { date: '', time: '' };
  const local = DateTime.fromMillis(at, { zone });
  return { date: local.toFormat('yyyy-MM-dd'), time: local.toFormat('HH:mm') };
}

/**
 * The moment of a date and a time of day in the team's zone. A time that comes twice, when summer time ends, is the first of the two.
 * @param field name of the fields: `<field>Date`, `<field>Time`
 * @param usual time of day where none is given
 * @returns null where no date is given
 * @throws InvalidInput for a day or time that does not exist: 30 February, 25:00, or one the change to summer time leaves out
 */
export function moment(
  field: string,
  { date, time }: { date: string; time: string },
  usual: string,
  zone: string,
): number | null {
  const dateName = `${field}Date`;
  const timeName = `${field}Time`;
  if (date === '' && time === '') return null;
  if (date === '') throw new InvalidInput('invalid', { [dateName]: 'errors.required' });
  const day = DateTime.fromFormat(date, 'yyyy-MM-dd', { zone });
  if (!day.isValid || day.year < 1970) throw new InvalidInput('invalid', { [dateName]: 'errors.date' });
  const clock = /^([01]?\d|2[0-3])[:\uff1a]([0-5]\d)$/.exec(time === '' ? usual : time);
  if (!clock) throw new InvalidInput('invalid', { [timeName]: 'errors.time' });
  const [, hour, minute] = clock.map(Number);
  const at = DateTime.fromObject({ ...day.toObject(), hour: hour ?? 0, minute: minute ?? 0 }, { zone });
  if (at.hour !== hour || at.minute !== minute)
    throw new InvalidInput('invalid', { [timeName]: 'errors.time-skipped' });
  return Math.min(...at.getPossibleOffsets().map((one) => one.toMillis()));
}
