import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { wavFile } from './wav.js';

export interface LeftMessage {
  id: string;
  /** Epoch seconds. */
  at?: number;
  callerid?: string;
  seconds?: number;
  /** null = no sound beside the index. */
  sound?: Buffer | null;
}

/** Writes messages into a box's folder as Asterisk 22 does, numbered from msg0000. */
export async function leaveMessages(box: string, folder: string, messages: readonly LeftMessage[]): Promise<void> {
  const path = join(box, folder);
  await mkdir(path, { recursive: true });
  const first = (await readdir(path)).filter((name) => name.endsWith('.txt')).length;
  for (const [i, message] of messages.entries()) {
    const name = `msg${String(first + i).padStart(4, '0')}`;
    const { id, at = 1_732_262_709, callerid = '"Li" <13904127788>', seconds = 2 } = message;
    if (message.sound !== null)
      await writeFile(join(path, `${name}.wav`), message.sound ?? wavFile({ bits: 16, sound: 32_000 }));
    await writeFile(
      join(path, `${name}.txt`),
      `;\n; Message Information file\n;\n[message]\norigmailbox=8001\ncontext=cc-in\nexten=8001\nrdnis=unknown\npriority=1\n` +
        `callerchan=PJSIP/trunk-00000001\ncallerid=${callerid}\norigdate=Sun Nov 22 08:05:09 UTC 2026\norigtime=${at}\n` +
        `category=\nmsg_id=${id}\nflag=\nduration=${seconds}\n`,
    );
  }
}

/** Names of a folder, locks included; [] where there is none. */
export async function namesOf(box: string, folder: string): Promise<string[]> {
  return (await readdir(join(box, folder)).catch(() => [])).sort();
}
