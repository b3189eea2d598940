import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Folder with the Debian that install.sh made; undefined when there is none. ZUOXI_ASTERISK_SUITE chooses among several. */
export function asteriskRoot(): string | undefined {
  const cache = process.env.ZUOXI_CACHE ?? join(homedir(), '.cache', 'zuoxi');
  const suites = (process.env.ZUOXI_ASTERISK_SUITE ?? 'sid bullseye').split(' ');
  return suites.map((suite) => join(cache, `asterisk-${suite}`)).find((root) => existsSync(join(root, '.zuoxi-ready')));
}

/** One Asterisk with its own configuration, spool, log and run folders, running in the foreground inside the chroot. */
export class AsteriskProcess {
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  private constructor(
    private readonly root: string,
    /** The instance's folder as seen from inside the chroot. */
    readonly dir: string,
  ) {}

  /** Writes the files of one instance; it does not start it. */
  static async create(root: string, dir: string, files: Record<string, string>): Promise<AsteriskProcess> {
    const outside = join(root, dir);
    for (const folder of ['etc', 'lib', 'spool', 'run', 'log']) await mkdir(join(outside, folder), { recursive: true });
    const all = { 'asterisk.conf': asteriskConf(root, dir), 'logger.conf': loggerConf, ...files };
    for (const [file, text] of Object.entries(all)) await writeFile(join(outside, 'etc', file), text);
    return new AsteriskProcess(root, dir);
  }

  get logFile(): string {
    return join(this.folder('log'), 'messages.log');
  }

  /** One of its folders, as seen from outside the chroot. */
  folder(name: 'etc' | 'lib' | 'spool' | 'run' | 'log'): string {
    return join(this.root, this.dir, name);
  }

  get running(): boolean {
    return this.#child !== undefined;
  }

  start(): void {
    // It dies with this process, even when that is killed.
    const args = [
      '--pdeathsig',
      'KILL',
      'chroot',
      this.root,
      'asterisk',
      '-f',
      '-C',
      join(this.dir, 'etc', 'asterisk.conf'),
    ];
    const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8' };
    const child = spawn('/usr/bin/setpriv', args, { stdio: 'ignore', env });
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => {
        if (this.#child === child) this.#child = undefined;
        resolve();
      });
    });
  }

  /** Kills it without warning (SIGKILL): no BYE, no Shutdown event. */
  async kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    await this.#ended;
  }

  /** Freezes it: connections stay open and nothing answers, until thaw(). */
  freeze(): void {
    this.#child?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child?.kill('SIGCONT');
  }
}

/** Asterisk's version, as "22.10.1". */
export function asteriskVersion(root: string): string {
  const answer = spawnSync('chroot', [root, 'asterisk', '-V'], { encoding: 'utf8' });
  return /\d+\.\d+\.\d+/.exec(answer.stdout)?.[0] ?? 'unknown';
}

function asteriskConf(root: string, dir: string): string {
  const modules = [
    '/usr/lib/x86_64-linux-gnu/asterisk/modules',
    '/usr/lib/aarch64-linux-gnu/asterisk/modules',
    '/usr/lib/asterisk/modules',
  ];
  const found = modules.find((folder) => existsSync(join(root, folder, 'app_queue.so')));
  if (!found) throw new Error(`no Asterisk modules in ${root}`);
  return `[directories]
astetcdir => ${dir}/etc
astmoddir => ${found}
astvarlibdir => ${dir}/lib
astdbdir => ${dir}/lib
astkeydir => ${dir}/lib
astdatadir => /usr/share/asterisk
astagidir => ${dir}/lib
astspooldir => ${dir}/spool
astrundir => ${dir}/run
astlogdir => ${dir}/log
[options]
nocolor = yes
`;
}

const loggerConf = `[general]
[logfiles]
messages.log => notice,warning,error
`;
