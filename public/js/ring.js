/* ES3 and ASCII. Ringing: tone, title, icon and notification; never the focus. Loaded after the desk stands (desk.js). */
(function () {
var doc = document;
var win = window;
var desk = win.ZUOXI;
var title = doc.title;
var ringing = '';
var since = 0;
var bell = null;
var notice = null;
var icon = null;
/** A phone rings no longer than this; longer, and we have not heard the end of it. */
var longest = 120000;

function byId(id) { return doc.getElementById(id); }
function data(name) { var el = byId('desk_call'); return (el && el.getAttribute('data-' + name)) || ''; }
function rootHas(name) { return (' ' + doc.documentElement.className + ' ').search(' ' + name + ' ') >= 0; }
function rootDrop(name) { doc.documentElement.className = (' ' + doc.documentElement.className + ' ').replace(' ' + name + ' ', ' '); }
function now() { return new Date().getTime(); }

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
    notify();
  }
  tone();
};
function volume() { return Math.max(0, Math.min(100, Number(data('volume')) || 0)) / 100; }
function tone() {
  var loud = ringing && now() - since < longest ? volume() : 0;
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
  if (!ringing || !data('notify') || !win.Notification || win.Notification.permission !== 'granted' || !doc.hidden) { return; }
  try {
    notice = new win.Notification(data('ring-text'), { tag: ringing, silent: true });
    notice.onclick = function () { win.focus(); notice.close(); };
  } catch (e) { notice = null; }
}
function flash() {
  if (!ringing) { return; }
  doc.title = doc.title === title ? data('ring-text') : title;
  if (now() - since >= longest) { tone(); }
}

setInterval(flash, 1000);
if (doc.addEventListener) { doc.addEventListener('click', clicked, false); } else { doc.attachEvent('onclick', clicked); }
desk.ring();
})();
