import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type PhoneOptions, pbxAddress, type QueueOptions, type RigOptions, trunkAddress } from './options.js';
import type { PortBlock } from './ports.js';
import { modulesConf, quietFiles, rtpConf } from './shared-config.js';

const dialplanFolder = fileURLToPath(new URL('../../../src/telephony/dialplan/', import.meta.url));

const pbxModules = [
  'app_queue',
  'app_confbridge',
  'app_chanspy',
  'app_mixmonitor',
  'app_voicemail',
  'res_manager_devicestate',
];

/** Secrets of the PBX's AMI users. */
export const pbxSecrets = {
  events: 'rig-events-1',
  actions: 'rig-actions-1',
  phones: 'rig-phones-1',
  rig: 'rig-all-1',
};

/** Configuration files of the PBX. What src/telephony/dialplan ships is included as it is, secrets apart. */
export async function pbxFiles(options: RigOptions, ports: PortBlock): Promise<Record<string, string>> {
  const shipped = (file: string) => readFile(`${dialplanFolder}${file}`, 'utf8');
  return {
    ...quietFiles,
    'modules.conf': modulesConf(pbxModules),
    'rtp.conf': rtpConf(ports.pbxRtp),
    'cc-extensions.conf': await shipped('cc-extensions.conf'),
    'cc-confbridge.conf': await shipped('cc-confbridge.conf'),
    'cc-queues.conf': await shipped('cc-queues.conf.sample'),
    'cc-manager.conf': withSecrets(await shipped('cc-manager.conf.sample')),
    'confbridge.conf': '[general]\n#include "cc-confbridge.conf"\n',
    'manager.conf': managerConf(ports.pbxAmi),
    'queues.conf': `#include "cc-queues.conf"\n${(options.queues ?? []).map(queue).join('')}`,
    'extensions.conf': extensionsConf(options),
    'pjsip.conf': pjsipConf(options, ports),
    'musiconhold.conf': musicConf,
    'voicemail.conf': voicemailConf(options.extensions),
  };
}

function withSecrets(text: string): string {
  return text
    .replace('CHANGE-ME-EVENTS', pbxSecrets.events)
    .replace('CHANGE-ME-ACTIONS', pbxSecrets.actions)
    .replace('CHANGE-ME-PHONES', pbxSecrets.phones);
}

function managerConf(port: number): string {
  return `[general]
enabled = yes
bindaddr = 127.0.0.1
port = ${port}
timestampevents = yes
#include "cc-manager.conf"
[rig]
secret = ${pbxSecrets.rig}
read = system,call,agent,user,log
write = all
writetimeout = 5000
`;
}

function queue({ name, strategy, extra = {} }: QueueOptions): string {
  const settings = { ...(strategy ? { strategy } : {}), ...extra };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  return `[${name}](cc-queue)\n${lines.join('')}`;
}

function extensionsConf({ dids = {}, globals = {} }: RigOptions): string {
  const doors = Object.entries(dids).map(
    ([did, queueName]) => `exten => ${did},1,Set(CCQUEUE=${queueName})\n same => n,Goto(cc-in,\${EXTEN},1)\n`,
  );
  const variables = Object.entries({ CCTRUNK: 'trunk', ...globals }).map(([key, value]) => `${key}=${value}\n`);
  return `[globals]
${variables.join('')}
#include "cc-extensions.conf"

[from-trunk]
${doors.join('')}
; what a phone dials by itself: a number of ours, another phone, the voicemail of a phone, or the world
[from-phone]
exten => _*97X.,1,VoiceMail(\${EXTEN:3}@default,s)
 same => n,Hangup(16)
exten => _[0-9*#+]!,1,GotoIf($[\${DIALPLAN_EXISTS(from-trunk,\${EXTEN},1)}]?from-trunk,\${EXTEN},1)
 same => n,Set(TO=PJSIP/\${EXTEN})
 same => n,ExecIf($["\${DEVICE_STATE(\${TO})}" = "INVALID"]?Set(TO=\${TO}@trunk))
 same => n,Dial(\${TO},60)
 same => n,Hangup(\${HANGUPCAUSE})
`;
}

function pjsipConf({ extensions, qualify = 2 }: RigOptions, ports: PortBlock): string {
  return `[transport-udp]
type = transport
protocol = udp
bind = ${pbxAddress}:${ports.pbxSip}

[trunk]
type = endpoint
transport = transport-udp
context = from-trunk
disallow = all
allow = ulaw
aors = trunk
direct_media = no
[trunk]
type = aor
contact = sip:${trunkAddress}:${ports.farmSip}
[trunk]
type = identify
endpoint = trunk
match = ${trunkAddress}

${extensions.map((phone) => endpoint(phone, qualify)).join('\n')}`;
}

function endpoint({ number, secret = number }: PhoneOptions, qualify: number): string {
  return `[${number}]
type = endpoint
transport = transport-udp
context = from-phone
disallow = all
allow = ulaw
auth = ${number}
aors = ${number}
callerid = "${number}" <${number}>
direct_media = no
rtp_symmetric = yes
rewrite_contact = yes
[${number}]
type = auth
auth_type = userpass
username = ${number}
password = ${secret}
[${number}]
type = aor
max_contacts = 1
remove_existing = yes
qualify_frequency = ${qualify}
qualify_timeout = 1.0
`;
}

function voicemailConf(extensions: PhoneOptions[]): string {
  const boxes = extensions.map(({ number }) => `${number} => ${number},${number}\n`);
  return `[general]\nformat = wav\nmaxsilence = 0\n[default]\n${boxes.join('')}`;
}

const musicConf = `[default]
mode = files
directory = /usr/share/asterisk/sounds/en/digits
[silence]
mode = files
directory = /usr/share/asterisk/sounds/en/silence
`;
