import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { toneWav } from './recording.js';

export interface BoxCount {
  fresh: number;
  old: number;
}

/** The voicemail boxes: counted in memory, or, with a spool, in files as Asterisk keeps them. */
export class Mailboxes {
  readonly #counts = new Map<string, BoxCount>();
  #left = 0;

  constructor(
    /** Folder `voicemail` of the spool. */
    private readonly folder: string | null,
    private readonly now: () => number,
  ) {}

  count(mailbox: string): BoxCount {
    const name = fullName(mailbox);
    if (this.folder === null) return this.#counts.get(name) ?? { fresh: 0, old: 0 };
    return { fresh: this.#files(name, 'INBOX'), old: this.#files(name, 'Old') };
  }

  /** Someone spoke. Answers the box's full name. */
  leave(mailbox: string, caller: string, seconds = 2): string {
    const name = fullName(mailbox);
    const { fresh, old } = this.count(name);
    this.#left += 1;
    if (this.folder === null) this.#counts.set(name, { fresh: fresh + 1, old });
    else this.#write(name, fresh, caller, seconds);
    return name;
  }

  #write(name: string, number: number, caller: string, seconds: number): void {
    const inbox = this.#path(name, 'INBOX');
    const base = join(inbox, `msg${String(number).padStart(4, '0')}`);
    const at = Math.floor(this.now() / 1000);
    mkdirSync(inbox, { recursive: true });
    writeFileSync(`${base}.wav`, toneWav(seconds * 1000));
    writeFileSync(
      `${base}.txt`,
      `[message]\ncallerid="${caller}" <${caller}>\norigtime=${at}\nduration=${seconds}\n` +
        `msg_id=${at}-${String(this.#left).padStart(8, '0')}\nflag=\n`,
    );
  }

  #files(name: string, folder: string): number {
    try {
      return readdirSync(this.#path(name, folder)).filter((file) => file.endsWith('.txt')).length;
    } catch {
      // Nobody has left a message there.
      return 0;
    }
  }

  #path(name: string, folder: string): string {
    const [box = '', context = ''] = name.split('@').map((part) => part.replace(/[^A-Za-z0-9_-]/g, ''));
    return join(this.folder ?? '', context, box, folder);
  }
}

function fullName(mailbox: string): string {
  return mailbox.includes('@') ? mailbox : `${mailbox}@default`;
}
