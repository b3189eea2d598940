/* ES3 and ASCII. The wallboard's clock, its sound at every multiple of so many waiting callers, and the full screen. */
(function () {
var doc = document;
var win = window;
var board = doc.getElementById('wall');
var sound = doc.getElementById('wall_sound');
var full = doc.getElementById('wall_full');
var clock = doc.getElementById('wall_clock');
var skew = Number(attr(clock, 'data-now')) - now();
var offset = Number(attr(clock, 'data-offset')) * 60000;
var date = doc.getElementById('wall_date');
var readAt = 0;
var steps = {};
var isOn = false;
var chime = null;

function attr(el, name) { return el && el.getAttribute ? el.getAttribute(name) : null; }
function now() { return new Date().getTime(); }
function two(n) { return n < 10 ? '0' + n : String(n); }
function say(el, text) {
  el.innerHTML = '';
  el.appendChild(doc.createTextNode(text));
}
function stop(e) {
  if (e.preventDefault) { e.preventDefault(); } else { e.returnValue = false; }
  return false;
}

// -- sound: browsers let a page be heard only after somebody has touched it, so it begins switched off and says so

function play() {
  var address = attr(board, 'data-sound');
  try {
    chime = chime || (win.Audio ? new Audio(address) : null);
    if (!chime || (chime.canPlayType && !chime.canPlayType('audio/wav'))) {
      // IE: no Audio, or one that plays no WAV.
      var old = doc.getElementById('wall_chime');
      if (old) { old.parentNode.removeChild(old); }
      var bg = doc.createElement('bgsound');
      bg.id = 'wall_chime';
      bg.src = address;
      board.appendChild(bg);
      return;
    }
    chime.currentTime = 0;
    var played = chime.play();
    if (played && played['catch']) { played['catch'](function () { turn(false, 'blocked'); }); }
  } catch (e) { turn(false, 'blocked'); }
}
function turn(is, word) {
  isOn = is;
  say(sound, attr(sound, 'data-t-' + (word || (is ? 'on' : 'off'))));
  sound.className = 'button js-only' + (is ? ' wall-sound-on' : '');
  if (is) { play(); }
}
/** What was read last knows the day and the team's clock; at midnight all are read anew. */
function newest(queue) {
  var at = Number(attr(queue, 'data-at'));
  if (at <= readAt) { return; }
  readAt = at;
  offset = Number(attr(queue, 'data-offset')) * 60000;
  if (date.firstChild.nodeValue !== attr(queue, 'data-date')) { say(date, attr(queue, 'data-date')); }
}
/** Another multiple is reached, in any queue; fewer callers sound nothing. */
function listen() {
  var all = board.getElementsByTagName('div');
  var louder = false;
  for (var i = 0; i < all.length; i++) {
    var waiting = attr(all[i], 'data-waiting');
    if (waiting !== null) {
      var step = Math.floor(Number(waiting) / Number(attr(all[i], 'data-every')));
      if (steps[all[i].id] !== undefined && step > steps[all[i].id]) { louder = true; }
      steps[all[i].id] = step;
      newest(all[i]);
    }
  }
  if (louder && isOn) { play(); }
}

function tick() {
  var at = new Date(now() + skew + offset);
  var text = two(at.getUTCHours()) + ':' + two(at.getUTCMinutes());
  if (clock.firstChild.nodeValue !== text) { say(clock, text); }
  listen();
}

sound.onclick = function (e) { turn(!isOn); return stop(e || win.event); };
if (doc.documentElement.requestFullscreen) {
  full.onclick = function (e) {
    if (doc.fullscreenElement) { doc.exitFullscreen(); } else { doc.documentElement.requestFullscreen(); }
    return stop(e || win.event);
  };
} else {
  full.parentNode.removeChild(full);
}
setInterval(tick, 1000);
tick();
})();
