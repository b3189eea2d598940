/* ES3 and ASCII. Ringing: tone, title, icon and notification; never the focus. And room below pages for what lies over their end.
   Loaded after the desk stands (desk.js). */
(function () {
var doc = document;
var win = window;
var desk = win.ZUOXI;
var title = doc.title;
var ringing = '';
var since = 0;
var bell = null;
var plays = null;
var notice = null;
var icon = null;
/** A phone rings no longer than this; longer, and we have not heard the end of it. */
var longest = 120000;
/** Of several windows of one person one sounds: this one, where it is true. What the others know lies in localStorage. */
var mine = false;
var window0 = String(now()) + String(Math.random()).substring(2, 8);
var waiting = null;
/** A window that sounds says so each second; silent for longer, it is gone. */
var stale = 5000;

function byId(id) { return doc.getElementById(id); }
function data(name) { var el = byId('desk_call'); return (el && el.getAttribute('data-' + name)) || ''; }
function rootHas(name) { return (' ' + doc.documentElement.className + ' ').search(' ' + name + ' ') >= 0; }
function rootDrop(name) { doc.documentElement.className = (' ' + doc.documentElement.className + ' ').replace(' ' + name + ' ', ' '); }
function now() { return new Date().getTime(); }

/** What lies over an edge of the pages can be scrolled clear of. */
function room() {
  for (var i = 0, all = doc.getElementsByTagName('iframe'); i < all.length; i++) {
    try {
      var box = all[i].getBoundingClientRect();
      var within = all[i].contentWindow.document;
      var body = within.getElementById('page') || within.body;
      var need = Math.max(covered(box, byId('desk_call')), covered(box, byId('toasts')));
      var over = banner(box);
      if (box.bottom > box.top && body.zRoom !== need + ' ' + over) {
        body.zRoom = need + ' ' + over;
        body.style.paddingBottom = need ? need + 'px' : '';
        body.style.paddingTop = over ? over + 'px' : '';
      }
    } catch (e) { /* a page of another address, or none yet */ }
  }
}
function covered(box, el) {
  if (!el || !el.offsetHeight) { return 0; }
  var over = el.getBoundingClientRect();
  return over.left < box.right && over.right > box.left && over.top < box.bottom ? Math.round(box.bottom - over.top) + 16 : 0;
}
/** The base sheet lays the news of a lost link over the page; the modern one makes room for it. */
function banner(box) {
  for (var i = 0, all = byId('bar').getElementsByTagName('div'); i < all.length; i++) {
    if (all[i].className === 'link-down') {
      var high = Math.round(all[i].getBoundingClientRect().bottom - box.top);
      return high > 0 ? high : 0;
    }
  }
  return 0;
}
/** Called after every change of the corner window. While the server cannot be heard nobody knows what rings, so nothing does. */
desk.ring = function () {
  var id = data('phase') === 'ringing' && !rootHas('is-offline') ? data('call') : '';
  if (id !== ringing) {
    ringing = id;
    since = now();
    doc.title = title;
    desk.say('say_now', id ? data('ring-text') : '');
    if (id) { rootDrop('corner-hidden'); rootDrop('corner-folded'); }
    badge(id !== '');
    if (!id) { release(); }
    compete();
    notify();
  }
  tone();
  room();
};
function read(name) { try { return win.localStorage.getItem('zuoxi.' + name) || ''; } catch (e) { return ''; } }
/** No: there is no such thing in this browser, or it is refused. */
function write(name, value) { try { win.localStorage.setItem('zuoxi.' + name, value); return true; } catch (e) { return false; } }
/** The window that is looked at goes first, then one that can be seen, then the one used last; where nothing can be known, all ring. */
function compete() {
  clearTimeout(waiting);
  waiting = null;
  mine = false;
  if (!ringing) { return; }
  if (!write('window', window0)) { mine = true; return; }
  var rank = doc.hasFocus && doc.hasFocus() ? 0 : !doc.hidden ? 60 : read('used') === window0 ? 120 : 240 + Math.random() * 200;
  waiting = setTimeout(claim, rank);
}
function claim() {
  var held = read('rings').split('|');
  waiting = null;
  if (!ringing || (held[0] === ringing && held[1] !== window0 && now() - Number(held[2]) < stale)) { return; }
  hold();
  // Of two that wrote in the same moment the later one stands.
  waiting = setTimeout(function () {
    waiting = null;
    mine = ringing !== '' && read('rings').split('|')[1] === window0;
    tone();
    notify();
  }, 80);
}
function hold() { write('rings', ringing + '|' + window0 + '|' + now()); }
function release() { if (mine && read('rings').split('|')[1] === window0) { write('rings', ''); } }
function volume() { return Math.max(0, Math.min(100, Number(data('volume')) || 0)) / 100; }
/** IE has no Audio, or one that plays no WAV, and an element of its own for sounds: in hundredths of a decibel, below the loudest. */
function oldTone(loud) {
  var old = byId('ring_old');
  var level = loud && String(Math.round(2000 * Math.log(loud) / Math.LN10));
  if (old && old.getAttribute('volume') !== level) { old.parentNode.removeChild(old); old = null; }
  if (old || !loud) { return; }
  old = doc.createElement('bgsound');
  old.id = 'ring_old';
  old.setAttribute('loop', '-1');
  old.setAttribute('volume', level);
  old.src = byId('desk').getAttribute('data-ring');
  doc.body.appendChild(old);
}
function playsWav() {
  try {
    var audio = new Audio();
    return !audio.canPlayType || audio.canPlayType('audio/wav') !== '';
  } catch (e) { return false; }
}
function tone() {
  var loud = ringing && mine && now() - since < longest ? volume() : 0;
  if (plays === null) { plays = playsWav(); }
  if (!plays) { oldTone(loud); return; }
  if (!loud) {
    if (bell) { try { bell.pause(); } catch (e) { /* never played */ } }
    return;
  }
  try {
    bell = bell || new Audio(byId('desk').getAttribute('data-ring'));
    bell.loop = true;
    bell.volume = loud;
    if (bell.zCall === ringing && !bell.paused) { return; }
    bell.zCall = ringing;
    bell.currentTime = 0;
    // Refused before the first click on the page: title and window still tell, and the click lets it sound.
    var played = bell.play();
    if (played && played['catch']) { played['catch'](function () { /* clicked() tries again */ }); }
  } catch (e2) { bell = null; }
}
function clicked() { if (ringing) { tone(); } }
function badge(on) {
  if (!icon) {
    for (var i = 0, all = doc.getElementsByTagName('link'); i < all.length; i++) { if (all[i].rel === 'icon') { icon = all[i]; icon.zHref = icon.href; } }
  }
  if (icon) { icon.href = on ? byId('desk').getAttribute('data-icon-ring') : icon.zHref; }
}
/** Only where the person has asked for it and the browser has allowed it, and only while he looks elsewhere. */
function notify() {
  if (notice) { notice.close(); notice = null; }
  if (!ringing || !mine || !data('notify') || !win.Notification || win.Notification.permission !== 'granted' || !doc.hidden) { return; }
  try {
    notice = new win.Notification(data('ring-text'), { tag: ringing, silent: true });
    notice.onclick = function () { win.focus(); notice.close(); };
  } catch (e) { notice = null; }
}
function flash() {
  room();
  if (doc.hasFocus && doc.hasFocus() && read('used') !== window0) { write('used', window0); }
  if (!ringing) { return; }
  if (mine) { hold(); } else if (!waiting) { claim(); }
  doc.title = doc.title === title ? data('ring-text') : title;
  if (now() - since >= longest) { tone(); }
}

setInterval(flash, 1000);
if (doc.addEventListener) { doc.addEventListener('click', clicked, false); win.addEventListener('unload', release, false); } else { doc.attachEvent('onclick', clicked); win.attachEvent('onunload', release); }
desk.ring();
})();
