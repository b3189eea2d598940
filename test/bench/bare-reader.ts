import Manager from 'asterisk-manager';

/**
 * Forked by the bench: the yardstick, asterisk-manager alone reading the event stream, doing nothing with it.
 * Messages in: `mark`, `figures`. Environment: AMI_HOST, AMI_PORT, AMI_EVENT_USER, AMI_EVENT_SECRET.
 */
export interface BareFigures {
  events: number;
  /** Used since the mark, user and system. */
  cpuSeconds: number;
  /** Milliseconds from the PBX's stamp, worst of each 20 ms. */
  lags: number[];
}

const { AMI_HOST: host = '', AMI_PORT, AMI_EVENT_USER = '', AMI_EVENT_SECRET = '' } = process.env;
const manager = new Manager(undefined, undefined, AMI_EVENT_USER, AMI_EVENT_SECRET);
let events = 0;
let worst = 0;
let lags: number[] = [];
let cpu = process.cpuUsage();
manager.on('rawevent', (record) => {
  events += 1;
  worst = Math.max(worst, Date.now() - Number(record.timestamp) * 1000);
});
manager.connect({ host, port: Number(AMI_PORT) }, undefined, () =>
  manager.login(() => process.send?.({ ready: true })),
);
setInterval(() => {
  if (worst > 0) lags.push(worst);
  worst = 0;
}, 20);
process.on('message', (asked: string) => {
  if (asked === 'figures') {
    const { user, system } = process.cpuUsage(cpu);
    process.send?.({ events, cpuSeconds: (user + system) / 1e6, lags } satisfies BareFigures);
  }
  events = 0;
  lags = [];
  cpu = process.cpuUsage();
  if (asked === 'mark') process.send?.({});
});
