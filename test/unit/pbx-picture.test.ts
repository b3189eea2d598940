import assert from 'node:assert/strict';
import { AmiConnection } from '../../src/telephony/ami-connection.js';
import { contactsFrom, plainHost, readPhone, uriHost } from '../../src/telephony/pbx-phone.js';
import { askHolds, readChannels, readPicture } from '../../src/telephony/pbx-picture.js';
import { NEEDED_ACTIONS, NEEDED_PLACES, probePbx } from '../../src/telephony/pbx-probe.js';
import { ACTIONS, FakeAmi, failure, type Packet, success } from '../support/fake-ami.js';

const START = Date.UTC(2026, 10, 23, 12, 2, 0);

describe('the PBX, asked', () => {
  let fake: FakeAmi;
  let ami: AmiConnection;
  let values: Record<string, string>;
  beforeEach(async () => {
    fake = await FakeAmi.start();
    ami = new AmiConnection({
      address: fake.address,
      login: ACTIONS,
      instance: 't',
      onRecord: () => {},
      onEnd: () => {},
    });
    await ami.open();
    values = {};
    // A PBX in Shanghai.
    fake.on('CoreStatus', () => [success(['CoreStartupDate', '2026-11-23'], ['CoreStartupTime', '20:02:00'])]);
    fake.on('Getvar', (action) => {
      const name = action.headers.variable ?? '';
      return [success(['Value', name.startsWith('STRFTIME') ? '+0800' : (values[name] ?? '')])];
    });
    fake.onList('CoreShowChannels', () => [
      [
        ['Event', 'CoreShowChannel'],
        ['Channel', 'PJSIP/1001-1'],
        ['ChannelState', 6],
        ['CallerIDNum', '1001'],
        ['ConnectedLineNum', '901'],
        ['Context', 'cc-out'],
        ['Exten', '901'],
        ['Uniqueid', 'cc-1-a1'],
        ['Linkedid', 'cc-1-a1'],
        ['Application', 'Dial'],
        ['ApplicationData', 'PJSIP/901@trunk'],
        ['Duration', '01:02:03'],
        ['BridgeId', 'b1'],
      ],
    ]);
    fake.onList('ConfbridgeListRooms', () =>
      ['501', '502'].map(
        (room) =>
          [
            ['Event', 'ConfbridgeListRooms'],
            ['Conference', room],
          ] as Packet,
      ),
    );
    fake.on('ConfbridgeList', (action) =>
      action.headers.conference === '502'
        ? [failure('No Conference by that name found.')]
        : [
            success(['EventList', 'start']),
            [
              ['Event', 'ConfbridgeList'],
              ['Conference', '501'],
              ['Channel', 'PJSIP/1002-1'],
              ['Uniqueid', '1.5'],
              ['MarkedUser', 'Yes'],
            ],
            [
              ['Event', 'ConfbridgeList'],
              ['Conference', '501'],
              ['Channel', 'PJSIP/t-1'],
              ['Uniqueid', '1.4'],
              ['MarkedUser', 'No'],
            ],
            [
              ['Event', 'ConfbridgeListComplete'],
              ['EventList', 'Complete'],
            ],
          ],
    );
    fake.onList('QueueStatus', () => [
      [
        ['Event', 'QueueParams'],
        ['Queue', 'q1'],
      ],
      [
        ['Event', 'QueueMember'],
        ['Queue', 'q1'],
        ['Name', '2018'],
        ['Location', 'PJSIP/1001'],
        ['StateInterface', 'PJSIP/1001'],
        ['Penalty', 2],
        ['CallsTaken', 3],
        ['LastCall', 44],
        ['LoginTime', 1795464121],
        ['Status', 1],
        ['Paused', 1],
        ['PausedReason', 'lunch'],
      ],
      [
        ['Event', 'QueueEntry'],
        ['Queue', 'q1'],
        ['Position', 1],
        ['Channel', 'PJSIP/t-2'],
        ['Uniqueid', '1.9'],
        ['Wait', 12],
      ],
      [
        ['Event', 'QueueParams'],
        ['Queue', 'q2'],
      ],
    ]);
    fake.onList('DeviceStateList', () => [
      [
        ['Event', 'DeviceStateChange'],
        ['Device', 'PJSIP/1001'],
        ['State', 'INUSE'],
      ],
    ]);
    fake.onList('PJSIPShowContacts', () => [
      [
        ['Event', 'ContactList'],
        ['Endpoint', '1001'],
        ['Uri', 'sip:1001@10.0.0.5:5060;ob'],
        ['Status', 'Reachable'],
        ['RoundtripUsec', 2856],
        ['UserAgent', 'Yealink'],
      ],
      [
        ['Event', 'ContactList'],
        ['Endpoint', '1002'],
        ['Uri', 'sip:1002@[2001:DB8::1]:5060'],
        ['Status', 'Unreachable'],
        ['RoundtripUsec', 0],
        ['UserAgent', ''],
      ],
    ]);
  });
  afterEach(async () => {
    await ami.close();
    await fake.stop();
  });

  describe('picture', () => {
    it('says which phones hold by their own key, and asks only phones in a bridge', async () => {
      const [channel] = await readChannels(ami);
      assert.ok(channel);
      const waits = { ...channel, bridgeId: '' };
      const local = { ...channel, name: 'Local/1@x-1;1' };
      assert.deepEqual(
        await askHolds(ami, [channel, waits, local]),
        [channel, waits, local],
        'an older PBX knows it not',
      );
      values['CHANNEL(rtp,hold)'] = '1';
      assert.deepEqual(await askHolds(ami, [channel, waits, local]), [{ ...channel, holding: true }, waits, local]);
    });

    it('reads everything the switchboard is rebuilt from', async () => {
      const picture = await readPicture(ami, () => 77);
      assert.deepEqual(picture, {
        at: 77,
        startedAt: START,
        channels: [
          {
            uniqueid: 'cc-1-a1',
            linkedid: 'cc-1-a1',
            name: 'PJSIP/1001-1',
            state: 6,
            callerNumber: '1001',
            callerName: '',
            connectedNumber: '901',
            context: 'cc-out',
            exten: '901',
            bridgeId: 'b1',
            application: 'Dial',
            applicationData: 'PJSIP/901@trunk',
            durationSeconds: 3723,
          },
        ],
        rooms: [
          { room: '501', uniqueid: '1.5', channelName: 'PJSIP/1002-1', marked: true },
          { room: '501', uniqueid: '1.4', channelName: 'PJSIP/t-1', marked: false },
        ],
        queues: ['q1', 'q2'],
        members: [
          {
            queue: 'q1',
            memberName: '2018',
            interface: 'PJSIP/1001',
            stateInterface: 'PJSIP/1001',
            paused: true,
            pausedReason: 'lunch',
            status: 1,
            penalty: 2,
            callsTaken: 3,
            lastCall: 44,
            loginTime: 1795464121,
          },
        ],
        callers: [{ queue: 'q1', uniqueid: '1.9', channelName: 'PJSIP/t-2', position: 1, waitSeconds: 12 }],
        devices: [{ device: 'PJSIP/1001', state: 'INUSE' }],
        contacts: [
          {
            endpoint: '1001',
            uri: 'sip:1001@10.0.0.5:5060;ob',
            host: '10.0.0.5',
            status: 'Reachable',
            roundtripMicros: 2856,
            userAgent: 'Yealink',
          },
          {
            endpoint: '1002',
            uri: 'sip:1002@[2001:DB8::1]:5060',
            host: '2001:db8::1',
            status: 'Unreachable',
            roundtripMicros: null,
            userAgent: '',
          },
        ],
        contactsKnown: true,
      });
    });

    it('does without the list of contacts and without DeviceStateList', async () => {
      fake.on('PJSIPShowContacts', () => [failure('Permission denied')]);
      fake.on('DeviceStateList', () => [failure('Invalid/unknown command: DeviceStateList.')]);
      values['DEVICE_STATE(PJSIP/1001)'] = 'RINGING';
      const picture = await readPicture(ami, () => 77);
      assert.deepEqual([picture.contacts, picture.contactsKnown], [[], false]);
      assert.deepEqual(picture.devices, [{ device: 'PJSIP/1001', state: 'RINGING' }]);
    });

    it('fails as a whole when a list is refused, never with a half picture', async () => {
      fake.on('QueueStatus', () => [failure('Permission denied')]);
      await assert.rejects(
        readPicture(ami, () => 77),
        /telephony-refused.*QueueStatus/,
      );
      fake.on('CoreStatus', () => [failure('Permission denied')]);
      await assert.rejects(
        readPicture(ami, () => 77),
        /telephony-refused/,
      );
    });

    it('reads the channels alone', async () => {
      assert.deepEqual(
        (await readChannels(ami)).map((channel) => channel.uniqueid),
        ['cc-1-a1'],
      );
      assert.equal(fake.of('QueueStatus').length, 0);
    });
  });

  describe('phone', () => {
    it('tells one phone without class system', async () => {
      Object.assign(values, {
        'PJSIP_AOR(1001,contact)': '1001;@aa,1001;@bb',
        'PJSIP_CONTACT(1001;@aa,uri)': 'sip:1001@10.0.0.4:5060',
        'PJSIP_CONTACT(1001;@aa,status)': 'Unreachable',
        'PJSIP_CONTACT(1001;@bb,uri)': 'sip:1001@10.0.0.5:5060',
        'PJSIP_CONTACT(1001;@bb,status)': 'Reachable',
        'PJSIP_CONTACT(1001;@bb,rtt)': '2856',
        'DEVICE_STATE(PJSIP/1001)': 'NOT_INUSE',
        'DEVICE_STATE(PJSIP/1999)': 'INVALID',
      });
      assert.deepEqual(await readPhone(ami, '1001'), {
        registered: true,
        host: '10.0.0.5',
        rttMicros: 2856,
        deviceState: 'NOT_INUSE',
        status: 'Reachable',
      });
      assert.deepEqual(await readPhone(ami, '1999'), {
        registered: false,
        host: '',
        rttMicros: null,
        deviceState: 'INVALID',
        status: '',
      });
    });

    it('finds the phones behind an address, by list or one by one', async () => {
      assert.deepEqual(
        (await contactsFrom(ami, '::ffff:10.0.0.5', [])).map((contact) => contact.endpoint),
        ['1001'],
      );
      fake.on('PJSIPShowContacts', () => [failure('Permission denied')]);
      Object.assign(values, {
        'PJSIP_AOR(1001,contact)': '1001;@aa',
        'PJSIP_CONTACT(1001;@aa,uri)': 'sip:1001@10.0.0.4:5060',
        'PJSIP_AOR(1002,contact)': '1002;@aa',
        'PJSIP_CONTACT(1002;@aa,uri)': 'sip:1002@10.0.0.5:5060',
      });
      assert.deepEqual(
        (await contactsFrom(ami, '10.0.0.5', ['1001', '1002', '1003'])).map((contact) => contact.endpoint),
        ['1002'],
      );
    });

    it('takes the host out of every form of a contact', () => {
      const cases: Array<[string, string]> = [
        ['sip:1001@10.0.0.5', '10.0.0.5'],
        ['sip:1001@10.0.0.5:5060;transport=tcp', '10.0.0.5'],
        ['sips:10.0.0.5;ob', '10.0.0.5'],
        ['<sip:1001@phone.example:5060>', 'phone.example'],
        ['sip:1001@[::1]:5060', '::1'],
        ['', ''],
      ];
      for (const [uri, host] of cases) assert.equal(uriHost(uri), host, uri);
      assert.equal(plainHost('[2001:DB8::1]'), '2001:db8::1');
    });
  });

  describe('probe', () => {
    const commands = (without: string[] = []) =>
      fake.on('ListCommands', () => [
        success(
          ...Object.keys(NEEDED_ACTIONS)
            .filter((name) => !without.includes(name))
            .map((name) => [name, 'x'] as const),
        ),
      ]);
    const contexts = (without: string[] = []) => {
      for (const { context, exten } of NEEDED_PLACES)
        values[`DIALPLAN_EXISTS(${context},${exten},1)`] = without.includes(context) ? '0' : '1';
    };

    it('finds nothing missing on a PBX that has all', async () => {
      commands();
      contexts();
      assert.deepEqual(await probePbx(ami, ['q1', 'q2']), []);
    });

    it('names each context, action and queue that is missing, and what must not be offered', async () => {
      commands(['Redirect']);
      contexts(['cc-hold', 'cc-in']);
      const missing = await probePbx(ami, ['q1', 'q9']);
      assert.deepEqual(
        missing.map(({ code, what }) => `${code} ${what}`),
        ['action Redirect', 'dialplan cc-hold,s,1', 'dialplan cc-in,10,1', 'queue q9'],
      );
      assert.ok(missing[1]?.disables.includes('hold'));
    });

    it('does not call the dialplan missing when it may not ask', async () => {
      commands(['Getvar', 'QueueStatus']);
      assert.deepEqual(
        (await probePbx(ami, ['q1'])).map((missing) => missing.what),
        ['QueueStatus', 'Getvar'],
      );
    });
  });
});
