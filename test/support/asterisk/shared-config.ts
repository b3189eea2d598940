const common = [
  'res_timing_timerfd',
  'res_sorcery_config',
  'res_sorcery_memory',
  'res_sorcery_astdb',
  'res_pjproject',
  'res_rtp_asterisk',
  'res_pjsip',
  'res_pjsip_session',
  'res_pjsip_pubsub',
  'res_pjsip_sdp_rtp',
  'res_pjsip_nat',
  'res_pjsip_caller_id',
  'res_pjsip_registrar',
  'res_pjsip_rfc3326',
  'res_pjsip_header_funcs',
  'res_pjsip_authenticator_digest',
  'res_pjsip_outbound_authenticator_digest',
  'res_pjsip_outbound_registration',
  'res_pjsip_endpoint_identifier_user',
  'res_pjsip_endpoint_identifier_ip',
  'chan_pjsip',
  'chan_bridge_media',
  'bridge_simple',
  'bridge_softmix',
  'bridge_holding',
  'bridge_builtin_features',
  'codec_ulaw',
  'codec_gsm',
  'format_wav',
  'format_gsm',
  'format_pcm',
  'format_sln',
  'pbx_config',
  'res_musiconhold',
  'app_dial',
  'app_echo',
  'app_exec',
  'app_playback',
  'app_playtones',
  'app_stack',
  'app_userevent',
  'func_callerid',
  'func_channel',
  'func_devstate',
  'func_dialplan',
  'func_global',
  'func_logic',
  'func_md5',
  'func_pjsip_aor',
  'func_pjsip_contact',
  'func_rand',
  'func_strings',
];

/** modules.conf with the few modules that make Asterisk start in a second. */
export function modulesConf(more: string[]): string {
  const lines = [...common, ...more].map((name) => `load = ${name}.so\n`);
  return `[modules]\nautoload = no\n${lines.join('')}`;
}

/** rtp.conf for a range of ports. */
export function rtpConf([start, end]: [number, number]): string {
  return `[general]\nrtpstart = ${start}\nrtpend = ${end}\nstrictrtp = no\n`;
}

/** Files that Asterisk warns about when they are missing. */
export const quietFiles: Record<string, string> = {
  'acl.conf': '',
  'ccss.conf': '[general]\n',
  'cdr.conf': '[general]\nenable = no\n',
  'cel.conf': '[general]\nenable = no\n',
  'features.conf': '[general]\n',
  'indications.conf':
    '[general]\ncountry = us\n[us]\ndescription = US\nringcadence = 2000,4000\ndial = 350+440\nbusy = 480+620/500,0/500\nring = 440+480/2000,0/4000\ncongestion = 480+620/250,0/250\n',
  'pjproject.conf': '[startup]\ntype = startup\n',
  'queuerules.conf': '',
  'udptl.conf': '[general]\n',
};
