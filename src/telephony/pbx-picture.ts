import { channelFacts, memberFacts } from './ami-facts.js';
import { type AmiFields, type AmiSender, flag, number, PbxRefused, text } from './ami-record.js';
import { getvar } from './commands.js';
import type { PbxPicture } from './events.js';
import { listContacts } from './pbx-phone.js';

/**
 * Reads the whole PBX through list actions (telephony.md 1.17), for every connect and for resync. After a silence events
 * must be held meanwhile (AmiClient.holdEvents): the lists are not of one moment. Throws TelephonyDown, and PbxRefused when the action user lacks a class.
 */
export async function readPicture(ami: AmiSender, now: () => number): Promise<PbxPicture> {
  const at = now();
  const [startedAt, channels, rooms, queues, contacts] = await Promise.all([
    readStart(ami),
    readChannels(ami),
    readRooms(ami),
    readQueues(ami),
    listContacts(ami),
  ]);
  const devices = await readDevices(ami, queues.members);
  return {
    at,
    startedAt,
    channels,
    rooms,
    ...queues,
    devices,
    contacts: contacts ?? [],
    contactsKnown: contacts !== null,
  };
}

/** The live channels alone: for one agent's resync and for the check of stuck calls. */
export async function readChannels(ami: AmiSender): Promise<PbxPicture['channels']> {
  const items = await ami.list({ name: 'CoreShowChannels' });
  return items.flatMap((item) => {
    const facts = channelFacts(item);
    if (facts === null) return [];
    return {
      ...facts,
      bridgeId: text(item, 'bridgeid'),
      application: text(item, 'application'),
      applicationData: text(item, 'applicationdata'),
      durationSeconds: clockSeconds(text(item, 'duration')),
    };
  });
}

/**
 * Which phones hold by their own key: no list tells it, and its events came while nobody heard. A question a phone in a bridge, so only
 * for a picture after a silence, not for each sweep.
 */
export function askHolds(ami: AmiSender, channels: PbxPicture['channels']): Promise<PbxPicture['channels']> {
  return Promise.all(
    channels.map(async (channel) => {
      if (channel.state !== 6 || channel.bridgeId === '' || !channel.name.startsWith('PJSIP/')) return channel;
      const told = await getvar(ami, 'CHANNEL(rtp,hold)', channel.name);
      return told === '1' || told === '0' ? { ...channel, holding: told === '1' } : channel;
    }),
  );
}

/** One queue's members and callers, or all. */
export async function readQueues(
  ami: AmiSender,
  queue?: string,
): Promise<Pick<PbxPicture, 'queues' | 'members' | 'callers'>> {
  const items = await ami.list({ name: 'QueueStatus', headers: queue === undefined ? {} : { Queue: queue } });
  const read: Pick<PbxPicture, 'queues' | 'members' | 'callers'> = { queues: [], members: [], callers: [] };
  for (const item of items) {
    if (item.event === 'QueueParams') read.queues.push(text(item, 'queue'));
    else if (item.event === 'QueueMember') read.members.push(memberOf(item));
    else if (item.event === 'QueueEntry') read.callers.push(callerOf(item));
  }
  return read;
}

/** Here, unlike in the QueueMember* events, a member is called `Name` and its interface `Location`. */
function memberOf(item: AmiFields): PbxPicture['members'][number] {
  return {
    queue: text(item, 'queue'),
    memberName: text(item, 'name'),
    interface: text(item, 'location'),
    ...memberFacts(item),
    loginTime: number(item, 'logintime'),
  };
}

function callerOf(item: AmiFields): PbxPicture['callers'][number] {
  return {
    queue: text(item, 'queue'),
    uniqueid: text(item, 'uniqueid'),
    channelName: text(item, 'channel'),
    position: number(item, 'position'),
    waitSeconds: number(item, 'wait'),
  };
}

async function readRooms(ami: AmiSender): Promise<PbxPicture['rooms']> {
  const rooms = await ami.list({ name: 'ConfbridgeListRooms' });
  const people = await Promise.all(rooms.map((room) => readRoom(ami, text(room, 'conference'))));
  return people.flat();
}

async function readRoom(ami: AmiSender, room: string): Promise<PbxPicture['rooms']> {
  const items = await ami.list({ name: 'ConfbridgeList', headers: { Conference: room } });
  return items.map((item) => ({
    room,
    uniqueid: text(item, 'uniqueid'),
    channelName: text(item, 'channel'),
    marked: flag(item, 'markeduser'),
  }));
}

/**
 * DeviceStateList is a module of its own (res_manager_devicestate), often not loaded. Then the devices of the queues' members are asked
 * one by one: 1000 answers in under half a second.
 */
async function readDevices(ami: AmiSender, members: PbxPicture['members']): Promise<PbxPicture['devices']> {
  try {
    const items = await ami.list({ name: 'DeviceStateList' });
    return items.map((item) => ({ device: text(item, 'device'), state: text(item, 'state') }));
  } catch (error) {
    if (!(error instanceof PbxRefused)) throw error;
    return await askDevices(ami, [...new Set(members.map((member) => member.stateInterface))].filter(isPlain));
  }
}

/** Members that others added may carry anything. */
function isPlain(device: string): boolean {
  return /^[A-Za-z0-9_.:@/*#+;-]+$/.test(device);
}

function askDevices(ami: AmiSender, devices: string[]): Promise<PbxPicture['devices']> {
  return Promise.all(
    devices.map(async (device) => ({ device, state: (await getvar(ami, `DEVICE_STATE(${device})`)) || 'UNKNOWN' })),
  );
}

/**
 * CoreStatus tells the start as local time without a zone. The zone is asked for that very moment, so that the answer stays the same
 * across a change to summer time: services compare it to tell a restart from a lost link.
 */
async function readStart(ami: AmiSender): Promise<number> {
  const { fields } = await ami.send({ name: 'CoreStatus' });
  const local = Date.parse(`${fields.corestartupdate ?? ''}T${fields.corestartuptime ?? ''}Z`);
  if (Number.isNaN(local)) throw new PbxRefused('CoreStatus', fields.message ?? '');
  const guess = local - (await zoneMillis(ami, local));
  return local - (await zoneMillis(ami, guess));
}

/** `+0800` → 28800000. */
async function zoneMillis(ami: AmiSender, at: number): Promise<number> {
  const zone = (await getvar(ami, `STRFTIME(${Math.round(at / 1000)},,%z)`)) ?? '';
  const found = /^([+-])(\d\d)(\d\d)$/.exec(zone);
  if (found === null) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return (found[1] === '-' ? -minutes : minutes) * 60_000;
}

/** `01:02:03` → 3723. */
function clockSeconds(clock: string): number {
  return clock.split(':').reduce((sum, part) => sum * 60 + (Number(part) || 0), 0);
}
