/* ES3 and ASCII: runs in IE 8 and Firefox 3. Texts come from data- attributes. Tier 1 polls fragments; tier 2 adds htmx and its stream. */
(function () {
var doc = document;
var win = window;
var root = doc.documentElement;
var self = {};
var tier = 0;
var streamOpen = false;
var heardAt = 0;
var polls = [];
var news = {};
var source = null;
var pending = {};
var top0 = findTop();

// -- small helpers

function byId(id) { return doc.getElementById(id); }
function attr(el, name) { return el && el.getAttribute ? el.getAttribute(name) : null; }
function has(el, name) { return (' ' + el.className + ' ').search(' ' + name + ' ') >= 0; }
function add(el, name) { if (!has(el, name)) { el.className = el.className + ' ' + name; } }
function drop(el, name) { el.className = (' ' + el.className + ' ').replace(' ' + name + ' ', ' ').replace(/^ +| +$/g, ''); }
function toggle(el, name) { if (has(el, name)) { drop(el, name); } else { add(el, name); } }
function now() { return new Date().getTime(); }
function on(el, name, fn) {
  if (el.addEventListener) { el.addEventListener(name, fn, false); } else if (el.attachEvent) { el.attachEvent('on' + name, fn); }
}
function stop(e) { if (e.preventDefault) { e.preventDefault(); } else { e.returnValue = false; } }
function each(list, fn) { for (var i = 0; i < list.length; i++) { fn(list[i], i); } }
/** Elements below `el` that carry the attribute; an array, so the page may change while it is walked. */
function withAttr(el, name, tag) {
  var out = [];
  each(el.getElementsByTagName(tag || '*'), function (node) {
    if (node.nodeType === 1 && attr(node, name) !== null) { out[out.length] = node; }
  });
  return out;
}
function up(el, test) {
  while (el && el.nodeType === 1) {
    if (test(el)) { return el; }
    el = el.parentNode;
  }
  return null;
}
function upWith(el, name) { return up(el, function (node) { return attr(node, name) !== null; }); }
function inside(el, box) { return up(el, function (node) { return node === box; }) !== null; }
/** The desk's window: the topmost of our own that carries it, or this one. */
function findTop() {
  try {
    if (win.parent !== win && win.parent.ZUOXI) { return win.parent.ZUOXI; }
  } catch (e) { /* a foreign frame around us */ }
  return null;
}
function word(name) {
  var desk = byId('desk');
  return (desk && attr(desk, 'data-t-' + name)) || '';
}

// -- asking the server

function newRequest() {
  if (win.XMLHttpRequest) { return new XMLHttpRequest(); }
  try { return new ActiveXObject('Microsoft.XMLHTTP'); } catch (e) { return null; }
}
/** done(status, text, etag); status 0 = no answer. Whoever is signed out, or has locked his screen, leaves the desk instead. */
function ask(method, url, body, etag, done, patience) {
  var xhr = newRequest();
  if (!xhr) { return false; }
  var finished = false;
  var timer = setTimeout(function () { finish(0); try { xhr.abort(); } catch (e) { /* already gone */ } }, patience || 15000);
  function finish(status) {
    if (finished) { return; }
    finished = true;
    clearTimeout(timer);
    if (status === 401 || status === 423) { (top0 || self).leave(status); return; }
    done(status, status ? xhr.responseText : '', status ? xhr.getResponseHeader('ETag') : null);
  }
  try {
    xhr.open(method, url, true);
    xhr.setRequestHeader('X-Requested-With', 'XMLHttpRequest');
    if (etag) { xhr.setRequestHeader('If-None-Match', etag); }
    if (body !== null) { xhr.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded; charset=utf-8'); }
    xhr.onreadystatechange = function () {
      if (xhr.readyState !== 4 || finished) { return; }
      var status = 0;
      try { status = xhr.status; } catch (e) { status = 0; }
      finish(status === 1223 ? 204 : status);
    };
    xhr.send(body);
  } catch (e) {
    finish(0);
  }
  return true;
}
var leftAt = 0;
/** Once, whoever of the desk hears of it: each time the sign-in is asked for begins another session, and a form is good for one. */
self.leave = function (status) {
  var now = new Date().getTime();
  if (now - leftAt < 5000) { return; }
  leftAt = now;
  win.location.href = status === 423 ? '/lock' : attr(byId('desk'), 'data-sign-in') || '/sign-in';
};

// -- polling (tier 1, and tier 2 while its stream is down)

function isLive() { return top0 ? top0.isLive() : streamOpen; }
function startPolls(box) {
  each(withAttr(box, 'data-poll'), function (el) {
    for (var i = 0; i < polls.length; i++) { if (polls[i].el === el) { return; } }
    var poll = { el: el, url: attr(el, 'data-poll'), pause: Number(attr(el, 'data-every')) || 2000, wait: 0, fails: 0 };
    polls[polls.length] = poll;
    poll.wait = poll.pause;
    later(poll);
  });
}
function later(poll) {
  clearTimeout(poll.timer);
  poll.timer = setTimeout(function () { run(poll, false); }, poll.wait);
}
function run(poll, anyway) {
  clearTimeout(poll.timer);
  if (!inside(poll.el, doc.body)) { forget(poll); return; }
  // Without htmx nobody reads what the stream tells of.
  if (isLive() && win.htmx && !anyway && !poll.fails) { later(poll); return; }
  var turn = asked(poll.el);
  ask('GET', poll.url, null, poll.el.zTag, function (status, text, tag) { polled(poll, turn, status, text, tag); });
}
/** The turn of a question. Two may be on their way, a poll's and htmx's: what was asked earlier and comes later is old. */
function asked(el) {
  el.zAsked = (el.zAsked || 0) + 1;
  return el.zAsked;
}
function isNews(el, turn) {
  if (turn < (el.zTurn || 0)) { return false; }
  el.zTurn = turn;
  return true;
}
function forget(poll) {
  for (var i = 0; i < polls.length; i++) { if (polls[i] === poll) { polls.splice(i, 1); return; } }
}
function polled(poll, turn, status, text, tag) {
  var el = poll.el;
  if (status !== 200 && status !== 304) { failed(poll, status); return; }
  poll.fails = 0;
  poll.wait = poll.pause;
  settled();
  if (status === 200 && isNews(el, turn)) {
    el.zTag = tag;
    if (el.zText !== text) {
      el.zText = text;
      put(el, text);
    }
  }
  later(poll);
}
/** Asks again until it is answered, stream or not: what is shown may be old. Whoever is refused is not offline. */
function failed(poll, status) {
  poll.fails += 1;
  poll.wait = Math.min(30000, poll.fails === 1 ? 1000 : poll.wait * 2);
  if (poll.fails === 2 && (!status || status >= 500)) { offline(true); }
  later(poll);
}
function settled() {
  offline(false);
  ready();
}
/** Swaps without moving the focus. */
function put(el, text) {
  var mark = markFocus(el);
  el.innerHTML = text;
  giveFocus(mark);
  swapped(el);
}
/** Where the focus stands in `box`: by id, and by its place for when the button has turned into its other state. */
function markFocus(box) {
  var active = null;
  try { active = doc.activeElement; } catch (e) { active = null; }
  if (!active || active === box || !inside(active, box)) { return null; }
  var button = active.id ? active : active.getElementsByTagName('input')[0];
  var mark = { box: box, id: button ? button.id : '', place: 0 };
  each(focusables(box), function (el, i) { if (el === active) { mark.place = i; } });
  return mark;
}
function giveFocus(mark) {
  if (!mark) { return; }
  var all = focusables(byId(mark.box.id) || mark.box);
  var el = mark.id && byId(mark.id);
  // An unlit button stands in a box that takes the focus for it, to say why.
  if (el && el.disabled) { el = upWith(el, 'tabindex'); }
  el = el || all[Math.min(mark.place, all.length - 1)];
  if (el && el !== doc.activeElement) { try { el.focus(); } catch (e) { /* hidden now */ } }
}
/** Reads everything again now: after a command, or after the stream came back. */
function poke() {
  each(polls.slice(0), function (poll) { run(poll, true); });
}
self.poke = function () {
  poke();
  eachFrame(function (desk) { desk.poke(); });
};

// -- tier 2: htmx and the stream

function modern() {
  return !!(win.NodeList && NodeList.prototype && 'forEach' in NodeList.prototype && win.EventSource && win.Promise);
}
function loadHtmx() {
  var me = byId('desk_js');
  var script = doc.createElement('script');
  script.src = attr(me, 'data-bundle');
  script.onload = function () {
    var htmx = win.htmx;
    if (!htmx) { return; }
    htmx.config.includeIndicatorStyles = false;
    htmx.config.allowEval = false;
    htmx.config.historyCacheSize = 0;
    htmx.config.historyEnabled = false;
    htmx.config.useTemplateFragments = true;
    htmx.config.defaultSettleDelay = 0;
    htmx.process(doc.body);
    ready();
    if (top0 || withAttr(doc.body, 'data-live')[0]) { caughtUp(); }
  };
  doc.body.appendChild(script);
}
/** What was told since the server made this page was told to nobody here. */
function caughtUp() {
  each(polls.slice(0), function (poll) { if (attr(poll.el, 'data-apart') === null) { run(poll, true); } });
  each(withAttr(doc.body, 'data-changes'), function (el) { self.news(attr(el, 'data-news')); });
}
function listenToHtmx() {
  on(doc.body, 'htmx:sseOpen', function (e) { opened(e.detail.source); });
  on(doc.body, 'htmx:sseError', function () { closed(); });
  on(doc.body, 'htmx:beforeOnLoad', function (e) {
    var status = e.detail.xhr.status;
    if (status === 401 || status === 423) { e.preventDefault(); (top0 || self).leave(status); }
  });
  on(doc.body, 'htmx:beforeRequest', function (e) { e.detail.xhr.zTurn = asked(e.detail.elt); });
  on(doc.body, 'htmx:afterRequest', function (e) {
    var el = e.detail.elt;
    var status = e.detail.xhr.status;
    if (e.detail.successful || status === 401 || status === 423) { return; }
    var poll = each1(polls, function (one) { return one.el === el; });
    // The changes of a monitor have no poll: their news is told again.
    var name = attr(el, 'data-news');
    if (poll) { failed(poll, status); } else if (name) { setTimeout(function () { self.news(name); }, 2000); }
  });
  on(doc.body, 'htmx:beforeSwap', function (e) {
    var el = e.detail.target;
    var text = e.detail.serverResponse;
    if (attr(el, 'data-poll') === null || e.detail.xhr.status !== 200) { return; }
    // An unchanged fragment is not swapped: a button must not vanish between the press and the release of the mouse.
    if (!isNews(el, e.detail.xhr.zTurn) || el.zText === text) { e.detail.shouldSwap = false; return; }
    el.zText = text;
    el.zTag = null;
    el.zMark = markFocus(el);
  });
  on(doc.body, 'htmx:afterSwap', function (e) {
    var el = e.detail.target || e.target;
    giveFocus(el.zMark);
    el.zMark = null;
    swapped(el);
  });
  var row = null;
  on(doc.body, 'htmx:oobBeforeSwap', function (e) { row = markFocus(e.detail.target); });
  on(doc.body, 'htmx:oobAfterSwap', function () { giveFocus(row); row = null; ticked(); });
}
/** Of a new stream every name is listened to anew: the one before may have ended for good, as where a proxy answered instead. */
function opened(stream) {
  streamOpen = true;
  heardAt = now();
  if (source !== stream) {
    source = stream;
    source.addEventListener('beat', function () { heardAt = now(); }, false);
    for (var name in news) { if (news.hasOwnProperty(name)) { listen(name); } }
  }
  offline(false);
  ready();
  liveWord();
  eachFrame(function (desk) { desk.liveWord(); });
}
function closed() {
  streamOpen = false;
  offline(true);
  liveWord();
  eachFrame(function (desk) { desk.liveWord(); });
}
function listen(name) {
  source.addEventListener(name, function () { heardAt = now(); self.heard(name); }, false);
}
/** A line that died without a word looks open for minutes: the server says something every five seconds. */
function watchStream() {
  if (!streamOpen || now() - heardAt < 15000) { return; }
  closed();
  source.close();
  // Whoever made it makes another.
  source.onerror();
}
/** A page (this one or a frame's) wants to hear of `name`. */
self.wants = function (name) {
  if (news.hasOwnProperty(name)) { return; }
  news[name] = true;
  if (source) { listen(name); }
};
self.heard = function (name) {
  self.news(name);
  eachFrame(function (desk) { desk.news(name); });
};
self.news = function (name) {
  if (name === 'session') { poke(); }
  if (name === 'tabs' && byId('tabs')) { readTabs(); }
  if (win.htmx) { win.htmx.trigger(doc.body, name); }
};
self.isLive = function () { return streamOpen; };
function wantNews(box) {
  each(withAttr(box, 'data-news'), function (el) { (top0 || self).wants(attr(el, 'data-news')); });
}
/** A page with live parts outside the desk (the wallboard) has a stream of its own. */
function ownStream() {
  var el = withAttr(doc.body, 'data-live')[0];
  if (!el || top0) { return; }
  var stream = new EventSource(attr(el, 'data-live'));
  stream.onopen = function () { opened(stream); };
  stream.onerror = function () {
    closed();
    if (stream.readyState === 2) { setTimeout(ownStream, 3000); }
  };
}
function liveWord() {
  var note = byId('live_note');
  if (!note) { return; }
  var is = isLive() ? 'live' : tier === 2 ? 'offline' : 'polling';
  note.className = 'live-note is-' + is;
  each(note.getElementsByTagName('span'), function (span) {
    if (has(span, 'live-word')) { span.innerHTML = ''; span.appendChild(doc.createTextNode(attr(note, 'data-t-' + is))); }
  });
}
self.liveWord = liveWord;
// -- what every swap must mend

function swapped(box) {
  ticked();
  for (var name in pending) { if (pending.hasOwnProperty(name) && pending[name]) { markPending(name); } }
  if (byId('desk_call')) { ring(); }
  tell(box === byId('dialog_content'));
  if (box && win.htmx && tier === 2) { wantNews(box); }
  if (box && self.came) { self.came(box); }
}
/** The tone and all that goes with it, the tools of the tabs and the keys come in files of their own, after the desk stands. */
function ring() { if (self.ring) { self.ring(); } }
function loadLater() {
  each(attr(byId('desk'), 'data-later').split(' '), function (url) {
    var script = doc.createElement('script');
    script.src = url;
    doc.body.appendChild(script);
  });
}
self.say = say;
/** What a swap shows is said once, by a region that stays: at once a call or a lost link, politely everything else. */
var said = {};
function tell(quiet) {
  var is = {};
  each(withAttr(doc.body, 'data-say', 'span'), function (el) {
    var name = attr(el, 'data-say');
    is[name] = textOf(el);
    if (!quiet && is[name] !== said[name]) { say(name === 'link' ? 'say_now' : 'say', is[name]); }
  });
  said = is;
}
function say(id, text) {
  if (top0) { top0.say(id, text); return; }
  var el = byId(id);
  if (!el) { return; }
  el.innerHTML = '';
  el.appendChild(doc.createTextNode(text));
}
var isReady = false;
function ready() {
  if (isReady) { return; }
  isReady = true;
  drop(root, 'no-js');
  add(root, 'js');
  var frame = byId('nojs');
  if (frame) { frame.parentNode.removeChild(frame); }
  fitMenu();
}
function offline(is) {
  if (is === has(root, 'is-offline')) { return; }
  if (is) {
    add(root, 'is-offline');
    toast('warning', word('offline'), 'offline');
  } else {
    drop(root, 'is-offline');
    untoast('offline');
  }
  ring();
}

// -- timers

function two(n) { return n < 10 ? '0' + n : String(n); }
function timerText(millis) {
  var s = Math.max(0, Math.floor(millis / 1000));
  var h = Math.floor(s / 3600);
  return (h ? h + ':' : '') + two(Math.floor(s / 60) % 60) + ':' + two(s % 60);
}
function ticked() {
  var t = now();
  each(doc.getElementsByTagName('span'), function (el) {
    var since = attr(el, 'data-since');
    if (since === null) { return; }
    var sent = attr(el, 'data-now');
    // The server's clock counts, not this machine's: the difference is taken when the fragment arrives.
    if (el.zSent !== sent) { el.zSent = sent; el.zSkew = Number(sent) - t; }
    var until = attr(el, 'data-until');
    var text = timerText(until ? Number(until) - t - el.zSkew : t + el.zSkew - Number(since));
    if (!el.firstChild) { el.appendChild(doc.createTextNode(text)); } else if (el.firstChild.nodeValue !== text) { el.firstChild.nodeValue = text; }
  });
}

// -- toasts

function toast(kind, text, id) {
  if (top0 && top0.toast) { top0.toast(kind, text, id); return; }
  var box = byId('toasts') || byId('page') || doc.body;
  if (!text) { return; }
  if (id && byId('toast_' + id)) { return; }
  var note = doc.createElement('div');
  note.className = 'message toast message-' + kind;
  if (id) { note.id = 'toast_' + id; }
  if (kind === 'error') { note.setAttribute('role', 'alert'); }
  note.appendChild(doc.createTextNode(text + ' '));
  var close = doc.createElement('a');
  close.href = '#';
  close.className = 'toast-close';
  close.setAttribute('title', word('close'));
  close.setAttribute('aria-label', word('close'));
  close.appendChild(doc.createTextNode('\u00d7'));
  close.onclick = function () { if (note.parentNode) { note.parentNode.removeChild(note); } return false; };
  note.appendChild(close);
  box.insertBefore(note, box.firstChild);
  if (kind === 'done' || kind === 'requested') {
    setTimeout(function () { if (note.parentNode) { note.parentNode.removeChild(note); } }, 5000);
  }
}
self.toast = toast;
function untoast(id) {
  var note = byId('toast_' + id);
  if (note) { note.parentNode.removeChild(note); }
}
self.untoast = untoast;
function textOf(el) {
  var out = '';
  for (var node = el.firstChild; node; node = node.nextSibling) { out += node.nodeType === 3 ? node.nodeValue : node.nodeType === 1 ? textOf(node) : ''; }
  return out.replace(/\s+/g, ' ').replace(/^ | $/g, '');
}

// -- commands

function fieldsOf(form, submitter) {
  var out = [];
  function put1(name, value) { out[out.length] = encodeURIComponent(name) + '=' + encodeURIComponent(value); }
  each(form.elements, function (field) {
    if (!field.name || field.disabled) { return; }
    var type = (field.type || '').toLowerCase();
    if (type === 'submit' || type === 'button' || type === 'image' || type === 'reset' || type === 'file') { return; }
    if ((type === 'radio' || type === 'checkbox') && !field.checked) { return; }
    put1(field.name, field.value);
  });
  if (submitter && submitter.name) { put1(submitter.name, submitter.value); }
  return out.join('&');
}
/** The button that says what is being done; the first one where none does. */
function submitOf(form) {
  var found = null;
  each(form.elements, function (field) {
    if (field.type !== 'submit') { return; }
    if (!found || (attr(field, 'data-pending') && !attr(found, 'data-pending'))) { found = field; }
  });
  return found;
}
function markPending(name) {
  each(withAttr(doc.body, 'data-action', 'form'), function (form) {
    var button = submitOf(form);
    if (attr(form, 'data-action') !== name || !button || !attr(button, 'data-pending')) { return; }
    if (button.zLabel === undefined || button.value !== attr(button, 'data-pending')) { button.zLabel = button.value; }
    button.value = attr(button, 'data-pending');
    // Not disabled: that would take the focus away. A second press finds it pending.
    button.setAttribute('aria-disabled', 'true');
    add(form, 'pending');
  });
}
function clearPending(name) {
  pending[name] = false;
  each(withAttr(doc.body, 'data-action', 'form'), function (form) {
    var button = submitOf(form);
    if (attr(form, 'data-action') !== name || !button || !has(form, 'pending')) { return; }
    if (button.zLabel !== undefined) { button.value = button.zLabel; }
    button.removeAttribute('aria-disabled');
    drop(form, 'pending');
  });
}
function post(form, submitter) {
  var name = attr(form, 'data-action');
  if (pending[name]) { return; }
  var body = fieldsOf(form, submitter);
  pending[name] = true;
  markPending(name);
  var late = setTimeout(function () { if (pending[name]) { toast('warning', (top0 ? top0.word('late') : word('late')), 'late'); } }, 5000);
  ask('POST', form.action, body, null, function (status, text) {
    clearTimeout(late);
    (top0 || self).untoast('late');
    clearPending(name);
    answered(status, text, form);
  }, 130000); // the server gives a command 120 s: who gives up before it would be told to press again what is still done
}
self.word = word;
function partOf(text) {
  var holder = doc.createElement('div');
  holder.innerHTML = text;
  return withAttr(holder, 'data-status')[0];
}
function wordsOf(text) {
  var part = text ? partOf(text) : null;
  return part ? textOf(part) : '';
}
function answered(status, text, form) {
  var part = text ? partOf(text) : null;
  var is = part ? attr(part, 'data-status') : '';
  if (is === 'ask' || is === 'form') { showDialog(text); return; }
  var box = byId('dialog');
  if (!status || is === 'error' || status >= 400) {
    // Without an answer of ours nobody knows whether it was done, unless it only asked for a page.
    var unknown = form.method.toLowerCase() === 'post' && (!status || status >= 500);
    toast('error', part ? textOf(part) : (top0 || self).word(unknown ? 'unanswered' : 'failed'));
    (top0 || self).poke();
    return;
  }
  if (box && inside(form, box) && !withAttr(box, 'data-keep')[0]) { closeDialog(); }
  if (part) { toast(is, textOf(part)); }
  (top0 || self).poke();
}

// -- dialogs: a page opened in a layer

var opener = null;
function openDialog(form, submitter) {
  var action = form.action.replace(/\?.*$/, '');
  // A row's one form has several buttons: which one was pressed is part of the question.
  var body = fieldsOf(form, attr(form, 'data-open-dialog') === 'which' ? submitter : null);
  ask('GET', action + (body ? '?' + body : ''), null, null, function (status, text) {
    if (status !== 200) { answered(status, text, form); return; }
    // Another choice in a dialog (whose agents are listed) takes nothing away of what was typed beside it.
    var content = byId('dialog_content');
    var typed = content && inside(form, content) ? typedIn(content) : {};
    showDialog(text);
    for (var id in typed) { if (typed.hasOwnProperty(id) && byId(id)) { byId(id).value = typed[id]; } }
  });
}
function typedIn(box) {
  var out = {};
  each(box.getElementsByTagName('input'), function (field) { if (field.type === 'text' && field.id) { out[field.id] = field.value; } });
  return out;
}
function showDialog(text) {
  var layer = byId('dialog_layer');
  if (!layer) {
    opener = markFocus(upWith(doc.activeElement, 'data-poll') || doc.body);
    layer = doc.createElement('div');
    layer.id = 'dialog_layer';
    layer.innerHTML = '<div id="dialog" role="dialog" aria-modal="true" aria-labelledby="dialog_title" tabindex="-1"><div class="dialog-head"><h2 id="dialog_title"></h2><a href="#" class="dialog-close" data-cancel="true">&times;</a></div><div id="dialog_content"></div></div>';
    doc.body.appendChild(layer);
  }
  var content = byId('dialog_content');
  content.innerHTML = text;
  var part = withAttr(content, 'data-title')[0];
  var title = byId('dialog_title');
  title.innerHTML = '';
  title.appendChild(doc.createTextNode(part ? attr(part, 'data-title') : word('dialog')));
  each(withAttr(layer, 'data-cancel', 'a'), function (a) { if (has(a, 'dialog-close')) { a.setAttribute('title', word('close')); a.setAttribute('aria-label', word('close')); } });
  byId('dialog').className = part && has(part, 'wide') ? 'dialog-wide' : '';
  if (win.htmx && tier === 2) { win.htmx.process(content); wantNews(content); }
  startPolls(content);
  swapped(content);
  focusIn(content);
  each(polls.slice(0), function (poll) { if (inside(poll.el, content)) { run(poll, true); } });
}
function focusables(box) {
  var out = [];
  each(box.getElementsByTagName('*'), function (el) {
    var tag = el.nodeType === 1 ? el.tagName.toLowerCase() : '';
    if ((tag === 'a' && el.href) || attr(el, 'tabindex') === '0' || ((tag === 'input' || tag === 'select' || tag === 'textarea') && !el.disabled && el.type !== 'hidden')) {
      if (el.offsetWidth) { out[out.length] = el; }
    }
  });
  return out;
}
function focusIn(content) {
  var summary = null;
  each(content.getElementsByTagName('div'), function (el) { if (has(el, 'error-summary')) { summary = summary || el; } });
  var first = summary || focusables(content)[0] || byId('dialog');
  try { first.focus(); } catch (e) { /* not shown */ }
}
function closeDialog() {
  var layer = byId('dialog_layer');
  if (!layer) { return; }
  layer.parentNode.removeChild(layer);
  giveFocus(opener);
}

// -- tabs

function frames() {
  var box = byId('work');
  return box ? withAttr(box, 'data-url', 'iframe') : [];
}
function eachFrame(fn) {
  each(frames(), function (frame) {
    var desk = null;
    try { desk = frame.contentWindow.ZUOXI; } catch (e) { desk = null; }
    if (desk) { try { fn(desk); } catch (e2) { /* the frame is being left */ } }
  });
}
function currentTab() {
  return each1(withAttr(byId('tabs'), 'data-tab'), function (li) { return has(li, 'current'); });
}
function each1(list, test) {
  for (var i = 0; i < list.length; i++) { if (test(list[i])) { return list[i]; } }
  return null;
}
function showFrame(url) {
  var found = null;
  each(frames(), function (frame) {
    if (attr(frame, 'data-url') === url) { found = frame; } else { frame.className = 'work-frame hidden'; }
  });
  if (!found) {
    found = doc.createElement('iframe');
    found.setAttribute('data-url', url);
    found.setAttribute('frameBorder', '0');
    var tab = each1(withAttr(byId('tabs'), 'data-at'), function (li) { return attr(li, 'data-tab') === url; });
    found.src = tab ? attr(tab, 'data-at') : url;
    byId('work').appendChild(found);
  }
  found.className = 'work-frame';
  return found;
}
var tabAsk = 0;
function tabsPost(url, fields) {
  var mine = ++tabAsk;
  var body = '_csrf=' + encodeURIComponent(attr(byId('desk'), 'data-csrf'));
  for (var name in fields) { if (fields.hasOwnProperty(name)) { body += '&' + name + '=' + encodeURIComponent(fields[name]); } }
  ask('POST', url, body, null, function (status, text) {
    if (status === 200) {
      if (mine === tabAsk) { putTabs(text); }
      return;
    }
    // A page without a tab must not stay: something would be typed in it.
    eachFrame(function (desk) { desk.givenUp = false; });
    toast('error', wordsOf(text) || word('failed'));
    readTabs();
  });
}
function readTabs() {
  var mine = tabAsk;
  ask('GET', '/desk/fragments/tabs', null, null, function (status, text) { if (status === 200 && mine === tabAsk) { putTabs(text); } });
}
function putTabs(text) {
  put(byId('tabs'), text);
  var open = {};
  each(withAttr(byId('tabs'), 'data-tab'), function (li) { open[attr(li, 'data-tab')] = textOf(li); });
  each(frames(), function (frame) { if (!open[attr(frame, 'data-url')]) { frame.parentNode.removeChild(frame); } });
  var current = currentTab();
  if (current) { showFrame(attr(current, 'data-tab')); }
  each(frames(), function (frame) { frame.title = open[attr(frame, 'data-url')]; });
}
self.openTab = function (url, title, titleKey) {
  showFrame(url);
  each(withAttr(byId('tabs'), 'data-tab'), function (li) { if (attr(li, 'data-tab') === url) { add(li, 'current'); } else { drop(li, 'current'); } });
  drop(byId('desk'), 'tabs-listed');
  tabsPost(attr(byId('desk'), 'data-tabs-url'), { url: url, title: title, titleKey: titleKey });
};
// -- menu: scrolls by whole titles, so its lists are never cut

var menuFrom = 0;
function fitMenu() {
  var list = byId('menu_list');
  if (!list || !has(root, 'js')) { return; }
  var items = [];
  each(list.childNodes, function (li) { if (li.nodeType === 1) { items[items.length] = li; } });
  each(items, function (li) { drop(li, 'away'); });
  var who = each1(byId('menu').childNodes, function (el) { return el.nodeType === 1 && has(el, 'who'); });
  var room = byId('menu').offsetWidth - (who ? who.offsetWidth : 0) - 24;
  var width = 0;
  each(items, function (li) { width += li.offsetWidth; });
  if (width <= room) { menuFrom = 0; }
  width = 0;
  var last = items.length;
  each(items, function (li, i) {
    if (i < menuFrom) { add(li, 'away'); return; }
    width += li.offsetWidth;
    if (width > room && i > menuFrom) { add(li, 'away'); last = Math.min(last, i); }
  });
  if (menuFrom > 0 || last < items.length) { add(byId('menu'), 'scrolls'); } else { drop(byId('menu'), 'scrolls'); }
  self.menuMore = last < items.length;
}
function closeMenus(except) {
  each(byId('menu') ? byId('menu').getElementsByTagName('li') : [], function (li) { if (li !== except) { drop(li, 'open'); } });
}

// -- one listener for every click

function clicked(e) {
  e = e || win.event;
  var el = e.target || e.srcElement;
  if (el && el.nodeType === 3) { el = el.parentNode; }
  if (!isReady || (e.button && e.button > 1) || e.ctrlKey || e.metaKey || e.shiftKey) { return; }
  var menuTitle = up(el, function (node) { return has(node, 'menu-title'); });
  closeMenus(menuTitle ? menuTitle.parentNode : null);
  if (top0) { top0.clickedElsewhere(); }
  if (menuTitle) { stop(e); toggle(menuTitle.parentNode, 'open'); return; }
  if (el.id === 'menu_left' || el.parentNode.id === 'menu_left') { stop(e); menuFrom = Math.max(0, menuFrom - 1); fitMenu(); return; }
  if (el.id === 'menu_right' || el.parentNode.id === 'menu_right') { stop(e); if (self.menuMore) { menuFrom += 1; fitMenu(); } return; }
  var opens = upWith(el, 'data-open');
  var desk = top0 || (byId('work') ? self : null);
  if (opens && desk && desk.openTab) { stop(e); desk.openTab(attr(opens, 'data-open'), textOf(opens), attr(opens, 'data-title-key') || ''); return; }
  if (upWith(el, 'data-fold')) { stop(e); toggle(root, 'corner-folded'); return; }
  if (upWith(el, 'data-cancel') && byId('dialog_layer')) { stop(e); closeDialog(); return; }
  var tooled = upWith(el, 'data-tool');
  var isSubmit = el.tagName && el.tagName.toLowerCase() === 'input' && el.type === 'submit';
  if (tooled && self.tool && (isSubmit || tooled.tagName.toLowerCase() === 'a')) { stop(e); self.tool(attr(tooled, 'data-tool'), tooled); return; }
  var form = up(el, function (node) { return node.tagName && node.tagName.toLowerCase() === 'form'; });
  if (form && isSubmit) {
    if (attr(form, 'data-open-dialog')) { stop(e); openDialog(form, el); return; }
    if (attr(form, 'data-action') && form.method.toLowerCase() === 'post') { stop(e); post(form, el); return; }
  }
  if (form && attr(form, 'data-auto-submit') && el.type === 'radio') { post(form, submitOf(form)); }
}
self.clickedElsewhere = function () { closeMenus(null); };
function doubleClicked(e) {
  e = e || win.event;
  var row = upWith(e.target || e.srcElement, 'data-href');
  if (row) { win.location.href = attr(row, 'data-href'); return; }
  // A row with a command: as its button. The button's own two clicks are none.
  var target = e.target || e.srcElement;
  row = upWith(target, 'data-press');
  if (!row || (target.tagName || '').toLowerCase() === 'input') { return; }
  var button = each1(row.getElementsByTagName('input'), function (el) { return el.name === attr(row, 'data-press'); });
  if (button && !button.disabled) { button.click(); }
}

// -- keys

/** 'Alt+5', 'F2', '?' of a key press; '' for what is no shortcut. AltGr writes letters in many languages, and comes as Ctrl+Alt. */
self.keyOf = function (e) {
  var code = e.keyCode;
  if (e.ctrlKey || e.metaKey || (e.getModifierState && e.getModifierState('AltGraph'))) { return ''; }
  if (!e.altKey) {
    if (code === 113 || code === 119 || code === 120) { return 'F' + (code - 111); }
    return e.key === '?' || (!e.key && e.shiftKey && code === 191) ? '?' : '';
  }
  var name = (code >= 48 && code <= 57) || (code >= 65 && code <= 90) ? String.fromCharCode(code) : { 189: '-', 173: '-', 109: '-', 187: '=', 61: '=', 107: '=' }[code];
  return name ? 'Alt+' + (e.shiftKey ? 'Shift+' : '') + name : '';
};
function pressed(e) {
  e = e || win.event;
  if (e.keyCode === 27) {
    if (byId('dialog_layer')) { stop(e); closeDialog(); return; }
    closeMenus(null);
  }
  if (e.keyCode === 9 && byId('dialog_layer')) {
    var all = focusables(byId('dialog'));
    var active = doc.activeElement;
    if (e.shiftKey && active === all[0]) { stop(e); all[all.length - 1].focus(); }
    if (!e.shiftKey && active === all[all.length - 1]) { stop(e); all[0].focus(); }
  }
  // A field that asks for a key is told it, and nothing is pressed.
  var desk = top0 || self;
  if (!attr(e.target || e.srcElement, 'data-key-field') && desk.key && desk.key(e)) { stop(e); }
}
/** A number shown in groups is copied as it is dialled. */
function copied(e) {
  var text = win.getSelection ? String(win.getSelection()) : '';
  if (/^\s*\+?[0-9][0-9 ]{5,}\s*$/.test(text) && e.clipboardData) {
    e.clipboardData.setData('text/plain', text.replace(/\s/g, ''));
    stop(e);
  }
}

/** What the file that comes later (tools.js) needs of this one. */
self.kit = { byId: byId, attr: attr, has: has, dropClass: drop, toggle: toggle, each: each, each1: each1, withAttr: withAttr, textOf: textOf, frames: frames, currentTab: currentTab, showFrame: showFrame, tabsPost: tabsPost };

// -- start

function start() {
  win.ZUOXI = self;
  if (top0) { add(root, 'framed'); }
  tier = modern() ? 2 : newRequest() ? 1 : 0;
  self.tier = tier;
  if (!tier) { return; }
  on(doc, 'click', clicked);
  on(doc, 'dblclick', doubleClicked);
  on(doc, 'keydown', pressed);
  on(doc, 'copy', copied);
  on(win, 'resize', fitMenu);
  setInterval(ticked, 500);
  ticked();
  var desk = byId('desk');
  if (desk && attr(desk, 'data-lock')) { win.location.href = attr(desk, 'data-lock'); return; }
  var live = withAttr(doc.body, 'data-poll').length > 0;
  if (tier === 2) {
    ready();
    listenToHtmx();
    if (desk) { each(['agent', 'link', 'session', 'tabs'], self.wants); }
    wantNews(doc.body);
    ownStream();
    setInterval(watchStream, 1000);
    if (live) { loadHtmx(); }
  } else if (!live) {
    ready();
  }
  tell(true);
  if (desk) { setTimeout(loadLater, 50); }
  startPolls(doc.body);
  // Tier 1 proves itself with its first answer; until then the refreshing frame stays.
  if (tier === 1) { poke(); }
  liveWord();
}
start();
})();
